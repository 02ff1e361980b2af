package evidence

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/pprof/profile"

	"github.com/perflint/perflint/internal/finding"
)

func TestParseSymbol(t *testing.T) {
	tests := []struct {
		text, pkg, name string
		literal         bool
	}{
		{"example.com/sym.v2/lib.burn", "example.com/sym.v2/lib", "burn", false},
		{"example.com/sym.v2/lib.Sq.Area", "example.com/sym.v2/lib", "Sq.Area", false},
		{"example.com/sym.v2/yaml%2ev3.(*T).M", "example.com/sym.v2/yaml.v3", "T.M", false},
		{"main.main", "main", "main", false},
		{"example.com/lib.Map[go.shape.int,go.shape.*uint8]", "example.com/lib", "Map", false},
		{"example.com/lib.(*List[go.shape.struct { F [2]a/b.T }]).Push", "example.com/lib", "List.Push", false},
		{"example.com/lib.Map[...]", "example.com/lib", "Map", false},
		{"example.com/lib.Run.func1", "example.com/lib", "Run", true},
		{"example.com/lib.(*T).Run.func1.2", "example.com/lib", "T.Run", true},
		{"example.com/lib.Run.seq.func5", "example.com/lib", "Run.seq", true},
		{"example.com/lib.Run-range1", "example.com/lib", "Run", true},
		{"example.com/lib.Run.gowrap2", "example.com/lib", "Run", true},
		{"example.com/lib.Shape.Area-fm", "example.com/lib", "Shape.Area", false},
		{"runtime.mallocgc", "runtime", "mallocgc", false},
		{"_cgo_wait", "", "_cgo_wait", false},
	}
	for _, test := range tests {
		if got, want := parseSymbol(test.text), (symbol{test.pkg, test.name, test.literal}); got != want {
			t.Errorf("%s: %+v, want %+v", test.text, got, want)
		}
	}
}

// The same file has many names: on the machine where it was built, with
// -trimpath, as a dependency.
func TestFind(t *testing.T) {
	p := NewProgram([]Package{
		{"example.com/m/server", "server", "/src/m/server", []string{"/src/m/server/handler.go", "/src/m/server/main.go"}},
		{"example.com/m/client", "client", "/src/m/client", []string{"/src/m/client/handler.go"}},
		{"example.com/m/cmd/a", "main", "/src/m/cmd/a", []string{"/src/m/cmd/a/main.go"}},
		{"example.com/m/cmd/b", "main", "/src/m/cmd/b", []string{"/src/m/cmd/b/main.go"}},
	}, os.ReadFile)
	tests := []struct{ name, pkg, want string }{
		{"/src/m/server/handler.go", "example.com/m/server", "/src/m/server/handler.go"},
		{"example.com/m/server/handler.go", "example.com/m/server", "/src/m/server/handler.go"},
		{"example.com/m@v1.2.3/client/handler.go", "example.com/m/client", "/src/m/client/handler.go"},
		{"/build/elsewhere/handler.go", "example.com/m/client", "/src/m/client/handler.go"},
		{"example.com/m/cmd/b/main.go", "main", "/src/m/cmd/b/main.go"},
		{"/build/m/cmd/a/main.go", "main", "/src/m/cmd/a/main.go"},
		{"/build/main.go", "main", ""},        // whose?
		{"/build/server/main.go", "main", ""}, // not a program here
		{"/build/fork/server/handler.go", "example.com/fork/server", "/src/m/server/handler.go"},
		{"/build/fork/other/handler.go", "example.com/fork/other", ""},
		{"/usr/lib/go/src/net/http/server.go", "net/http", ""},
	}
	for _, test := range tests {
		if got := p.find(test.name, symbol{pkg: test.pkg}); got != test.want {
			t.Errorf("%s of %s: %q, want %q", test.name, test.pkg, got, test.want)
		}
	}
}

// A stack is written innermost first, as "symbol file start line", with
// inlined frames in front of the function that they are inlined into after "<".
type stackText struct {
	value  []int64
	frames string
}

// encode returns a pprof file.
func encode(t *testing.T, types string, stacks ...stackText) []byte {
	t.Helper()
	p := &profile.Profile{PeriodType: &profile.ValueType{Type: "x", Unit: "y"}, Period: 1}
	for name := range strings.FieldsSeq(types) {
		p.SampleType = append(p.SampleType, &profile.ValueType{Type: name, Unit: "count"})
	}
	functions := make(map[string]*profile.Function)
	for _, stack := range stacks {
		s := &profile.Sample{Value: stack.value}
		for text := range strings.SplitSeq(stack.frames, ";") {
			var location *profile.Location
			for frame := range strings.SplitSeq(text, "<") {
				fields := strings.Fields(frame)
				key := strings.Join(fields[:3], " ")
				if functions[key] == nil {
					functions[key] = &profile.Function{ID: uint64(len(functions) + 1), Name: fields[0], SystemName: fields[0], Filename: fields[1], StartLine: int64(number(t, fields[2]))}
					p.Function = append(p.Function, functions[key])
				}
				if location == nil {
					location = &profile.Location{ID: uint64(len(p.Location) + 1), Address: uint64(len(p.Location) + 1)}
					p.Location = append(p.Location, location)
				}
				location.Line = append(location.Line, profile.Line{Function: functions[key], Line: int64(number(t, fields[3]))})
			}
			s.Location = append(s.Location, location)
		}
		p.Sample = append(p.Sample, s)
	}
	var buf bytes.Buffer
	if err := p.Write(&buf); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

func number(t *testing.T, text string) int {
	t.Helper()
	n := 0
	for _, r := range text {
		n = 10*n + int(r-'0')
	}
	return n
}

// weigh writes files and maps them to a program with one file, /m/a.go.
func weigh(t *testing.T, src string, files ...[]byte) *Weights {
	t.Helper()
	var names []string
	for _, data := range files {
		name := filepath.Join(t.TempDir(), "p.out")
		if err := os.WriteFile(name, data, 0o644); err != nil {
			t.Fatal(err)
		}
		names = append(names, name)
	}
	p, err := ReadProfile(names, false)
	if err != nil {
		t.Fatal(err)
	}
	read := func(string) ([]byte, error) { return []byte(src), nil }
	return p.Weigh(NewProgram([]Package{{"m", "m", "/m", []string{"/m/a.go"}}}, read))
}

const weighed = `package m

func outer() {
	inner()
	inner()
	other.F()
}

func inner() { _ = new(int) }

func lit() {
	func() {
		_ = 1
	}()
}
`

func TestWeigh(t *testing.T) {
	w := weigh(t, weighed,
		encode(t, "samples cpu",
			stackText{[]int64{1, 40}, "runtime.memclr /go/m.s 1 5;runtime.mallocgc /go/malloc.go 1 9;m.inner /m/a.go 9 9<m.outer /m/a.go 3 4;main.main /x/main.go 1 2"},
			stackText{[]int64{1, 30}, "m.inner /m/a.go 9 9;m.outer /m/a.go 3 5;m.outer /m/a.go 3 5"}, // recursion counts once
			stackText{[]int64{1, 20}, "runtime.mallocgc /go/malloc.go 1 9;other.F /o/o.go 1 2;m.outer /m/a.go 3 6"},
			stackText{[]int64{1, 10}, "other.G /o/o.go 5 6"},
		),
		encode(t, "alloc_objects alloc_space inuse_objects inuse_space",
			stackText{[]int64{1, 75, 9, 9}, "m.inner /m/a.go 9 9;m.outer /m/a.go 3 4"},
			stackText{[]int64{3, 25, 9, 9}, "other.F /o/o.go 1 2;m.outer /m/a.go 3 6"},
		))
	tests := []struct {
		line             int
		direct, own, cum Weight
	}{
		{9, Weight{0.7, 0.4, 0.75, 0.25}, Weight{0.7, 0.4, 0.75, 0.25}, Weight{0.7, 0.4, 0.75, 0.25}},
		{4, Weight{}, Weight{}, Weight{0.4, 0.4, 0.75, 0.25}},
		{5, Weight{}, Weight{}, Weight{0.3, 0, 0, 0}},
		{6, Weight{}, Weight{0.2, 0.2, 0.25, 0.75}, Weight{0.2, 0.2, 0.25, 0.75}},
	}
	for _, test := range tests {
		got := w.at(finding.Position{File: "/m/a.go", Line: test.line}, finding.Position{})
		if !near(got.direct, test.direct) || !near(got.own, test.own) || !near(got.cum, test.cum) {
			t.Errorf("line %d: %+v, want %+v", test.line, got, test)
		}
	}
	if got := w.Function("/m/a.go", 3); !near(got, Weight{0.9, 0.6, 1, 1}) {
		t.Errorf("outer: %+v", got)
	}
	if share, known := w.Unmapped(); share != 0 || !known {
		t.Errorf("unmapped: %v, %v", share, known)
	}
}

func near(a, b Weight) bool {
	for _, dimension := range dimensions {
		if d := *dimension(&a) - *dimension(&b); d > 1e-9 || d < -1e-9 {
			return false
		}
	}
	return true
}

// Functions that moved since the profile are found by their names, with all
// that is in them; what is gone is counted.
func TestWeighStale(t *testing.T) {
	tests := []struct {
		frames string
		want   int // the line now; 0 if it is lost
	}{
		{"m.inner /m/a.go 9 9", 9},
		{"m.inner /m/a.go 29 29", 9},
		{"m.inner /m/old.go 29 29", 9}, // it was in another file
		{"m.outer /m/a.go 103 104", 4},
		{"m.outer /m/a.go 103 109", 0}, // outer has become shorter
		{"m.gone /m/a.go 3 4", 0},
		{"m.lit.func1 /m/a.go 12 13", 13},
		{"m.lit.func1 /m/a.go 112 113;m.lit /m/a.go 111 112", 13},
		{"m.lit.func1 /m/a.go 112 113", 0}, // nothing says how far it has moved
		{"m.outer /m/a.go 0 5", 5},         // before Go 1.20
	}
	for _, test := range tests {
		w := weigh(t, weighed, encode(t, "cpu", stackText{[]int64{10}, test.frames}))
		share, known := w.Unmapped()
		got := 0
		for at, weight := range w.lines {
			if weight.own.CPU > 0 {
				got = at.line
			}
		}
		if got != test.want || !known || (share > 0) != (test.want == 0) {
			t.Errorf("%s: line %d, want %d; unmapped %v", test.frames, got, test.want, share)
		}
	}
}

// Half of the cost is hot, nine tenths are warm, and what is below half a
// percent is neither.
func TestTier(t *testing.T) {
	var stacks []stackText
	for line, value := range map[int]int64{3: 300, 4: 250, 5: 200, 6: 190, 9: 58, 12: 2} {
		frame := map[bool]string{true: "m.outer /m/a.go 3 ", false: "m.inner /m/a.go 9 "}[line < 9]
		if line == 12 {
			frame = "m.lit /m/a.go 11 "
		}
		stacks = append(stacks, stackText{[]int64{value}, frame + string([]byte{'0' + byte(line/10), '0' + byte(line%10)})})
	}
	w := weigh(t, weighed, encode(t, "cpu", stacks...))
	want := map[int]Tier{3: Hot, 4: Hot, 5: Warm, 6: Warm, 9: Cold, 12: Cold}
	for line, tier := range want {
		if got := w.Tier(w.at(finding.Position{File: "/m/a.go", Line: line}, finding.Position{}).own); got != tier {
			t.Errorf("line %d is %d, want %d", line, got, tier)
		}
	}
}

func TestReadProfileErrors(t *testing.T) {
	frames := "m.inner /m/a.go 9 9"
	tests := []struct {
		data []byte
		want string
	}{
		{nil, "it is empty"},
		{[]byte("GO PREPROFILE V1\n"), "it is preprocessed"},
		{[]byte("text"), "not a pprof file"},
		{encode(t, "contentions delay", stackText{[]int64{1, 1}, frames}), `it is a profile of ["contentions" "delay"]`},
		{encode(t, "inuse_objects inuse_space", stackText{[]int64{1, 1}, frames}), "want a CPU profile, or a heap or allocs profile"},
		{encode(t, "alloc_objects alloc_space"), "this heap profile has no allocations"},
		{encode(t, "samples cpu", stackText{[]int64{0, 0}, frames}), "this CPU profile has no samples"},
	}
	for _, test := range tests {
		_, err := parseProfile(test.data, make(map[function]*function))
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("error %v, want one with %q", err, test.want)
		}
	}
}

// Files of programs that share code count alike, however long they are.
func TestReadProfileEqual(t *testing.T) {
	var names []string
	for _, data := range [][]byte{
		encode(t, "cpu", stackText{[]int64{1}, "m.inner /m/a.go 9 9"}),
		encode(t, "cpu", stackText{[]int64{999}, "m.outer /m/a.go 3 4"}),
	} {
		name := filepath.Join(t.TempDir(), "p")
		if err := os.WriteFile(name, data, 0o644); err != nil {
			t.Fatal(err)
		}
		names = append(names, name)
	}
	for _, test := range []struct {
		equal bool
		want  float64
	}{{true, 0.5}, {false, 0.001}} {
		p, err := ReadProfile(names, test.equal)
		if err != nil {
			t.Fatal(err)
		}
		if got := p.samples[0].value.CPU; got != test.want {
			t.Errorf("equal %v: %v, want %v", test.equal, got, test.want)
		}
	}
}

// A finding gets the share of its line; only one about an allocation is judged.
func TestPrice(t *testing.T) {
	w := weigh(t, weighed, encode(t, "alloc_objects alloc_space",
		stackText{[]int64{1, 900}, "m.inner /m/a.go 9 9;m.outer /m/a.go 3 4"},
		stackText{[]int64{1, 99}, "other.F /o/o.go 1 2;m.outer /m/a.go 3 6"},
		stackText{[]int64{0, 1}, "m.lit /m/a.go 11 12"},
	))
	at := func(line int) finding.Position { return finding.Position{File: "/m/a.go", Line: line, Column: 1} }
	site := func(kind finding.SiteKind, line int) finding.Finding {
		return finding.Finding{Location: at(line), End: at(line), Site: finding.Site{Kind: kind, Location: at(line), End: at(line)}}
	}
	tests := []struct {
		f       finding.Finding
		bytes   string
		verdict finding.Verdict
	}{
		{site(finding.SiteNew, 9), "90.0%", finding.Confirmed},
		{site(finding.SiteCall, 6), "9.9%", finding.Confirmed},
		{site(finding.SiteNew, 6), "", ""}, // the bytes are the callee's
		{site("", 4), "90.0%", ""},
		{site(finding.SiteNew, 12), "0.1%", finding.ExecutedButCheap},
		{site(finding.SiteNew, 13), "", ""},
	}
	for _, test := range tests {
		list := []finding.Finding{test.f}
		w.Price(list)
		if got := list[0]; got.Evidence[KeyBytes] != test.bytes || got.Verdict != test.verdict {
			t.Errorf("%+v: %v, %q; want %q, %q", test.f.Site, got.Evidence, got.Verdict, test.bytes, test.verdict)
		}
		test.f.Hidden = finding.Cold
		promoted := w.Promote([]finding.Finding{test.f})
		if hot := test.bytes == "90.0%" || test.bytes == "9.9%"; (len(promoted) == 1 && promoted[0].Hidden == "") != hot {
			t.Errorf("%+v: promoted %v", test.f.Site, promoted)
		}
	}
}
