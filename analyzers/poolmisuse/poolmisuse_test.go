package poolmisuse_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"

	"github.com/perflint/perflint/analyzers/poolmisuse"
	"github.com/perflint/perflint/internal/finding"
	"github.com/perflint/perflint/internal/pragma"
)

var update = flag.Bool("update", false, "rewrite testdata/findings.golden")

// everything shows what the default options hide.
var everything = pragma.Options{Severity: finding.Info, Confidence: finding.Possible, Enable: []string{"poolmisuse"}}

func Test(t *testing.T) {
	analysistest.Run(t, analysistest.TestData(), poolmisuse.Analyzer,
		"after", "alias", "values", "decl", "reset", "silent", "example.com/pools/pool", "wrapped", "thirdparty")
}

// The options show what is of off, and nothing of silent.
func TestEverything(t *testing.T) {
	analysistest.Run(t, analysistest.TestData(), poolmisuse.New(everything), "off", "offwrapped", "silent", "tests")
}

// The flag -pools adds pools that nothing else tells apart from other types.
func TestPools(t *testing.T) {
	a := poolmisuse.New(pragma.Options{})
	for _, pairs := range []string{
		"(*example.com/pools/flagged.Store).Take=(*example.com/pools/flagged.Store).Give",
		"(example.com/pools/flagged.Keyed[K, V]).Take=(*example.com/pools/flagged.Keyed[K,V]).Give, (example.com/pools/flagged.Source).Take=(example.com/pools/flagged.Source).Give",
		"example.com/pools/flagged.Borrow=example.com/pools/flagged.Return,(*example.com/pools/flagged.Arena).Page=(*example.com/pools/flagged.Page).Free",
	} {
		if err := a.Flags.Set("pools", pairs); err != nil {
			t.Fatal(err)
		}
	}
	analysistest.Run(t, analysistest.TestData(), a, "example.com/pools/flagged", "flaggeduser")
}

func TestPoolsFlag(t *testing.T) {
	a := poolmisuse.New(pragma.Options{})
	const good = "a.Get=a.Put,(*a.Pool[K,V]).Get=(*a.Pool[K,V]).Put"
	if err := a.Flags.Set("pools", good); err != nil {
		t.Fatal(err)
	}
	for bad, want := range map[string]string{
		"(*b.Store).Take":             "want GET=PUT",
		"(*b.Store).Take=":            "want a name with the path of its package",
		"=b.Put":                      "want a name with the path of its package",
		"b.Store.Take=b.Store.Give":   "want a method as (*PACKAGE.TYPE).NAME",
		"(*b.Store).Take=Give":        "want a name with the path of its package",
		"b.Get=b.Put=b.Drop":          `"b.Put=b" is no package path`,
		"b.Get=b.Get":                 "cannot be a function that takes an object and one that gives it back",
		"b.Get=a.Get":                 "cannot be a function that takes an object and one that gives it back",
		"b.Get=b.Put,(*b.Store).Take": "want GET=PUT",
	} {
		if err := a.Flags.Set("pools", bad); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("-pools=%s: error %v, want one with %q", bad, err, want)
		}
	}
	if got := a.Flags.Lookup("pools").Value.String(); got != good {
		t.Errorf("-pools is %q, want %q", got, good)
	}
	if _, err := poolmisuse.New(pragma.Options{Pools: []string{"b.Get"}}).Run(nil); err == nil || !strings.Contains(err.Error(), "option pools: ") {
		t.Errorf("a bad option: error %v, want one that names it", err)
	}
}

// TestFindings compares what diagnostics do not show: severity, witness, and
// why a finding is hidden.
func TestFindings(t *testing.T) {
	var got bytes.Buffer
	for _, f := range findings(t, "after", "alias", "values", "decl", "reset", "off", "tests", "thirdparty") {
		printFinding(&got, &f)
	}
	golden := filepath.Join("testdata", "findings.golden")
	if *update {
		if err := os.WriteFile(golden, got.Bytes(), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got.Bytes(), want) {
		t.Errorf("%s differs; run with -update and review the difference. Got:\n%s", golden, got.Bytes())
	}
}

// unchecked ignores expectations, which another test is about.
type unchecked struct{}

func (unchecked) Errorf(string, ...any) {}

// findings returns all findings in packages, hidden ones included, in order.
func findings(t *testing.T, pkgs ...string) []finding.Finding {
	t.Helper()
	var all []finding.Finding
	for _, result := range analysistest.Run(unchecked{}, analysistest.TestData(), poolmisuse.New(everything), pkgs...) {
		if result.Err != nil {
			t.Fatal(result.Err)
		}
		all = append(all, result.Result.(*finding.List).Findings...)
	}
	finding.Sort(all)
	return all
}

func printFinding(w *bytes.Buffer, f *finding.Finding) {
	fmt.Fprintf(w, "%s/%s:%d %s %s %s %s", f.Package, filepath.Base(f.Location.File), f.Location.Line, f.Function, f.Rule, f.Severity, f.Confidence)
	if f.Hidden != "" {
		fmt.Fprintf(w, " hidden: %s", f.Hidden)
	}
	if f.Suppressed != "" {
		fmt.Fprintf(w, " suppressed by line %s", strings.Split(f.Suppressed, ":")[1])
	}
	fmt.Fprintf(w, "\n\t%s\n", f.Message)
	for _, s := range f.Witness {
		fmt.Fprintf(w, "\t%d %s: %s\n", s.Location.Line, s.Kind, s.Text)
	}
}

// FuzzPools: a list of pools that is accepted is accepted again as it is
// printed, and means the same.
func FuzzPools(f *testing.F) {
	for _, seed := range []string{"a.Get=a.Put", "(*a/b.P[K, V]).Get = (a/b.P).Put,a.G=a.P", "a.Get=a.Get", "(a.T[).M=(a.T]).M", "=,=", "a.G=a.P=a.Q"} {
		f.Add(seed)
	}
	set := func(opts *pragma.Options, text string) error {
		flags := flag.NewFlagSet("test", flag.ContinueOnError)
		poolmisuse.AddFlags(flags, opts)
		return flags.Set("pools", text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var one, two pragma.Options
		if set(&one, text) != nil {
			return
		}
		if err := set(&two, strings.Join(one.Pools, ",")); err != nil || !slices.Equal(one.Pools, two.Pools) {
			t.Errorf("%q is read as %q, and that as %q, %v", text, one.Pools, two.Pools, err)
		}
	})
}
