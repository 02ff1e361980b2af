package escape_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"

	"github.com/perflint/perflint/analyzers/escape"
	"github.com/perflint/perflint/internal/finding"
	"github.com/perflint/perflint/internal/pragma"
)

// heapRules are the rules about what a profile must judge, and one that knows
// better in one place.
var heapRules = []string{"escape/allocation", "escape/may-allocate", "escape/allocating-call", "escape/split-to-iterate"}

// TestAllocations compares what is kept for a profile with the expectations
// in the fixture. Without a profile none of it is shown but for calls on hot
// paths, whatever the thresholds.
func TestAllocations(t *testing.T) {
	all := pragma.Options{Enable: heapRules, Disable: []string{"escape"}, Severity: finding.Info, Confidence: finding.Possible}
	wants := regexp.MustCompile("// want .*")
	nothing := func(_ string, src []byte) []byte { return wants.ReplaceAll(src, nil) }
	got := make(map[string][]string)
	for _, r := range analysistest.Run(unchecked{}, module(t, "heap", nothing), escape.New(all), "./...") {
		for _, f := range r.Result.(*finding.List).Findings {
			key := fmt.Sprintf("%s:%d", filepath.Base(f.Location.File), f.Location.Line)
			if text := strings.TrimPrefix(f.Rule, "escape/") + ": " + f.Message; !slices.Contains(got[key], text) { // the test variant has it, too
				got[key] = append(got[key], text)
			}
			if hot := strings.Contains(f.Message, " for each "); f.Hidden == "" && f.Rule != "escape/split-to-iterate" && (f.Rule != "escape/allocating-call" || !hot) {
				t.Errorf("%s: %s is shown without a profile", key, f.Message)
			}
			if f.Site.Kind == "" {
				t.Errorf("%s: %s: no site", key, f.Message)
			}
		}
	}
	files, err := filepath.Glob("testdata/src/heap/*.go")
	if err != nil {
		t.Fatal(err)
	}
	expectation := regexp.MustCompile("`([^`]*)`")
	for _, file := range files {
		src, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for i, line := range strings.Split(string(src), "\n") {
			key := fmt.Sprintf("%s:%d", filepath.Base(file), i+1)
			for _, want := range expectation.FindAllStringSubmatch(wants.FindString(line), -1) {
				at := slices.IndexFunc(got[key], regexp.MustCompile(want[1]).MatchString)
				if at < 0 {
					t.Errorf("%s: no finding matches %s", key, want[1])
					continue
				}
				got[key] = slices.Delete(got[key], at, at+1)
			}
			for _, more := range got[key] {
				t.Errorf("%s: unexpected %s", key, more)
			}
		}
	}
}
