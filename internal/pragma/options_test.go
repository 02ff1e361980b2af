package pragma

import (
	"flag"
	"io"
	"reflect"
	"strings"
	"testing"

	"github.com/perflint/perflint/internal/finding"
)

func TestEnabled(t *testing.T) {
	tests := []struct {
		enable, disable string // comma-separated
		on, off         bool   // whether a rule speaks that is on, off by default
	}{
		{"", "", true, false},
		{"timerstop", "", true, false},
		{"", "timerstop", true, false},

		// Each kind of pattern alone.
		{"all", "", true, true},
		{"*", "", true, true},
		{"*/*", "", true, true},
		{"ctx*", "", true, true},
		{"ctxleak", "", true, true},
		{"ctxleak/*", "", true, true},
		{"*/discarded", "", true, true},
		{"ctxleak/discarded", "", true, true},
		{"", "all", false, false},
		{"", "*", false, false},
		{"", "*/*", false, false},
		{"", "ctx*", false, false},
		{"", "ctxleak", false, false},
		{"", "ctxleak/*", false, false},
		{"", "*/discarded", false, false},
		{"", "ctxleak/discarded", false, false},

		// The more specific one decides, on either side.
		{"ctxleak/discarded", "ctxleak", true, true},
		{"ctxleak", "ctxleak/discarded", false, false},
		{"ctxleak/discarded", "*/discarded", true, true},
		{"*/discarded", "ctxleak/discarded", false, false},
		{"ctxleak", "ctx*", true, true},
		{"ctx*", "ctxleak", false, false},
		{"ctxleak/*", "ctx*", true, true},
		{"ctx*", "ctxleak/*", false, false},
		{"ctx*", "all", true, true},
		{"ctx*", "*", true, true},
		{"ctx*", "*/*", true, true},
		{"all", "ctx*", false, false},
		{"ctxleak", "all", true, true},
		{"all", "ctxleak/discarded", false, false},

		// Between equals, disabling does.
		{"all", "all", false, false},
		{"all", "*/*", false, false},
		{"ctx*", "c*", false, false},
		{"ctxleak", "ctxleak/*", false, false},
		{"*/discarded", "ctxleak", false, false},
		{"ctxleak/discarded", "ctxleak/discarded", false, false},

		// The most specific of several, wherever it stands.
		{"all,ctxleak/discarded", "ctxleak", true, true},
		{"ctxleak/discarded,all", "ctxleak", true, true},
		{"ctxleak", "all,timerstop,ctx*", true, true},
		{"all", "timerstop,ctxleak", false, false},
		{"timerstop/discarded", "ctxleak", false, false},

		// Patterns that select nothing.
		{"ctxleak/lost", "", true, false},
		{"ctx[", "", true, false},
		{"", "discarded", true, false},
	}
	for _, test := range tests {
		opts := &Options{Enable: split(test.enable), Disable: split(test.disable)}
		on := opts.Enabled(finding.Rule{Name: "ctxleak/discarded", Default: true})
		off := opts.Enabled(finding.Rule{Name: "ctxleak/discarded"})
		if on != test.on || off != test.off {
			t.Errorf("-enable=%s -disable=%s: %t if on by default, %t if off; want %t, %t", test.enable, test.disable, on, off, test.on, test.off)
		}
	}
}

func split(list string) []string {
	if list == "" {
		return nil
	}
	return strings.Split(list, ",")
}

func TestAddFlags(t *testing.T) {
	tests := []struct {
		args []string
		want Options
	}{
		{nil, Options{Severity: finding.Warning, Confidence: finding.Likely}},
		{[]string{"-severity=info", "-confidence=certain"}, Options{Severity: finding.Info, Confidence: finding.Certain}},
		{[]string{"-enable=ctxleak,*/lost", "-enable", "all"},
			Options{Severity: finding.Warning, Confidence: finding.Likely, Enable: []string{"ctxleak", "*/lost", "all"}}},
		{[]string{"-disable= a , ,b,"},
			Options{Severity: finding.Warning, Confidence: finding.Likely, Disable: []string{"a", "b"}}},
		{[]string{"-disable=a[b,c],d"},
			Options{Severity: finding.Warning, Confidence: finding.Likely, Disable: []string{"a[b,c]", "d"}}},
		{[]string{"-generated", "-go=1.22"},
			Options{Severity: finding.Warning, Confidence: finding.Likely, Generated: true, Go: "1.22"}},
	}
	for _, test := range tests {
		var got Options
		if err := parseFlags(&got, test.args...); err != nil {
			t.Errorf("%q: %v", test.args, err)
		}
		if !reflect.DeepEqual(got, test.want) {
			t.Errorf("%q:\ngot  %+v\nwant %+v", test.args, got, test.want)
		}
	}
}

// What New(Options) was given stays in force unless a flag says otherwise.
func TestAddFlagsKeepsOptions(t *testing.T) {
	set := Options{Severity: finding.Error, Confidence: finding.Possible, Enable: []string{"a"}, Disable: []string{"b"}, Generated: true, SkipTests: true, Go: "1.21", Toolchain: "go1.25"}
	got := set
	if err := parseFlags(&got); err != nil {
		t.Error(err)
	}
	if !reflect.DeepEqual(got, set) {
		t.Errorf("got  %+v\nwant %+v", got, set)
	}
}

func TestAddFlagsErrors(t *testing.T) {
	tests := []struct{ arg, want string }{
		{"-severity=high", "want info, warning or error"},
		{"-confidence=high", "want possible, likely or certain"},
		{"-enable=ctx[", `malformed rule pattern "ctx[": syntax error in pattern`},
		{"-disable=a,[", `malformed rule pattern "[": syntax error in pattern`},
	}
	for _, test := range tests {
		if err := parseFlags(new(Options), test.arg); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: error %v, want one with %q", test.arg, err, test.want)
		}
	}
}

// A value that is refused adds nothing, and two sets of options that began as
// one do not write into each other's lists.
func TestListVar(t *testing.T) {
	shared := Options{Enable: append(make([]string, 0, 8), "a")}
	one, two := shared, shared
	if err := parseFlags(&one, "-enable=b"); err != nil {
		t.Fatal(err)
	}
	if err := parseFlags(&two, "-enable=c"); err != nil {
		t.Fatal(err)
	}
	if err := parseFlags(&two, "-enable=d,["); err == nil {
		t.Error("a malformed pattern is accepted")
	}
	if got := strings.Join(one.Enable, " ") + ", " + strings.Join(two.Enable, " "); got != "a b, a c" {
		t.Errorf("the lists are %s", got)
	}
}

func parseFlags(opts *Options, args ...string) error {
	flags := flag.NewFlagSet("test", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	opts.AddFlags(flags)
	return flags.Parse(args)
}
