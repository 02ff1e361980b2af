package finding

import (
	"bytes"
	"cmp"
	"encoding/gob"
	"fmt"
	"math/rand"
	"reflect"
	"slices"
	"strings"
	"testing"
)

func TestSort(t *testing.T) {
	want := []string{
		"/a.go:1:1 a/a m",
		"/a.go:1:2 a/a m",
		"/a.go:2:1 a/a m",
		"/a.go:2:1 a/a n",
		"/a.go:2:1 a/b m",
		"/a.go:10:1 a/a m",
		"/b.go:1:1 a/a m",
	}
	var findings []Finding
	for _, w := range want {
		var f Finding
		place, rest, _ := strings.Cut(w, ":")
		f.Location.File = place
		if _, err := fmt.Sscanf(rest, "%d:%d %s %s", &f.Location.Line, &f.Location.Column, &f.Rule, &f.Message); err != nil {
			t.Fatal(err)
		}
		findings = append(findings, f)
	}
	random := rand.New(rand.NewSource(1))
	for range 10 {
		random.Shuffle(len(findings), func(i, j int) { findings[i], findings[j] = findings[j], findings[i] })
		Sort(findings)
		var got []string
		for _, f := range findings {
			got = append(got, fmt.Sprintf("%s:%d:%d %s %s", f.Location.File, f.Location.Line, f.Location.Column, f.Rule, f.Message))
		}
		if !slices.Equal(got, want) {
			t.Fatalf("Sort:\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
}

func TestSortIsStable(t *testing.T) {
	var findings []Finding
	for i := range 100 {
		findings = append(findings, Finding{Location: Position{Line: i % 3}, Function: fmt.Sprintf("f%02d", i)})
	}
	Sort(findings)
	if !slices.IsSortedFunc(findings, func(a, b Finding) int {
		return cmp.Or(a.Location.Line-b.Location.Line, strings.Compare(a.Function, b.Function))
	}) {
		t.Errorf("Sort moved equal findings: %v", findings)
	}
}

func TestShown(t *testing.T) {
	tests := []struct {
		f    Finding
		want bool
	}{
		{Finding{}, true},
		{Finding{Suppressed: "/a.go:1:1"}, false},
		{Finding{Hidden: "severity"}, false},
		{Finding{Suppressed: "/a.go:1:1", Hidden: "severity"}, false},
	}
	for _, test := range tests {
		if got := test.f.Shown(); got != test.want {
			t.Errorf("Shown of %+v = %t", test.f, got)
		}
	}
}

// full returns a finding in which no field is zero, nor in what it holds.
func full() Finding {
	at := func(line int) Position { return Position{File: "/src/a.go", Line: line, Column: line + 1} }
	return Finding{
		Rule:        "ctxleak/lost",
		Severity:    Error,
		Confidence:  Certain,
		Location:    at(10),
		End:         at(11),
		Message:     "cancel is not called",
		Witness:     []Step{{Kind: "exit", Location: at(13), End: at(14), Text: "return <-done && ok"}},
		Fixes:       []Fix{{Message: "Defer cancel()", Edits: []Edit{{File: "/src/a.go", Start: 100, End: 110, New: "defer cancel()\n"}}}},
		Evidence:    map[string]string{"cpu": "3 %", "goroutineleak": "12"},
		Verdict:     Confirmed,
		Site:        Site{Kind: SiteNew, Location: at(15), End: at(16)},
		Share:       0.03,
		Fingerprint: "0123456789abcdef0123456789abcdef",
		Package:     "example.com/a",
		Function:    "Server.run",
		Source:      "ctx, cancel := context.WithCancel(parent)",
		Suppressed:  "/src/a.go:9:2",
		Hidden:      "confidence",
	}
}

// The driver's cache keeps findings in gob form, hidden ones included.
func TestGob(t *testing.T) {
	list := List{Findings: []Finding{full(), {}}}
	for _, f := range list.Findings[:1] {
		checkNoZero(t, "Finding", reflect.ValueOf(f))
	}
	var buf bytes.Buffer
	if err := gob.NewEncoder(&buf).Encode(&list); err != nil {
		t.Fatal(err)
	}
	var got List
	if err := gob.NewDecoder(&buf).Decode(&got); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, list) {
		t.Errorf("after gob:\n%+v\nwant\n%+v", got, list)
	}
}

// checkNoZero fails for a new field that full does not set, and for an
// unexported one, which gob would drop.
func checkNoZero(t *testing.T, path string, v reflect.Value) {
	t.Helper()
	if v.IsZero() {
		t.Errorf("%s is zero: the test does not cover it", path)
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			field := v.Type().Field(i)
			if !field.IsExported() {
				t.Errorf("%s.%s is not exported: gob loses it", path, field.Name)
			}
			checkNoZero(t, path+"."+field.Name, v.Field(i))
		}
	case reflect.Slice:
		for i := range v.Len() {
			checkNoZero(t, fmt.Sprintf("%s[%d]", path, i), v.Index(i))
		}
	}
}
