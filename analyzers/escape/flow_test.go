package escape_test

import (
	"bytes"
	"regexp"
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"

	"github.com/perflint/perflint/analyzers/escape"
	"github.com/perflint/perflint/internal/finding"
	"github.com/perflint/perflint/internal/pragma"
)

// flowRules are the rules about the flow of values.
var flowRules = []string{
	"escape/boxed", "escape/closure", "escape/returned-pointer", "escape/loop-allocation",
	"escape/conversion", "escape/map-in-loop", "escape/large-local",
}

// resultRules are the rules about what called functions allocate.
var resultRules = []string{"escape/dropped-result", "escape/allocating-call"}

// ruleNames stand before the messages in the fixture, for readers.
var ruleNames = regexp.MustCompile("`[a-z-]+: ")

// TestFlow runs the rules about the flow of values: first with the default
// thresholds, where candidates are hidden, then without any.
func TestFlow(t *testing.T) {
	for _, name := range []string{"flow", "facts"} {
		t.Run(name, func(t *testing.T) {
			testFlow(t, name, pragma.Options{Enable: flowRules, Disable: []string{"escape"}})
		})
	}
}

// TestResults is like TestFlow, for rules whose confidence is possible.
func TestResults(t *testing.T) {
	testFlow(t, "results", pragma.Options{Enable: resultRules, Disable: []string{"escape"}, Confidence: finding.Possible})
}

func testFlow(t *testing.T, name string, shown pragma.Options) {
	plain := func(_ string, src []byte) []byte { return ruleNames.ReplaceAll(src, []byte("`")) }
	analysistest.Run(t, module(t, name, plain), escape.New(shown), "./...")

	all := shown
	all.Severity, all.Confidence = finding.Info, finding.Possible
	everything := func(_ string, src []byte) []byte {
		src = bytes.ReplaceAll(src, []byte("// candidate "), []byte("// want "))
		return ruleNames.ReplaceAll(src, []byte("`"))
	}
	analysistest.Run(t, module(t, name, everything), escape.New(all), "./...")
}
