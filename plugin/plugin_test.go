package plugin

import (
	"slices"
	"strings"
	"testing"

	"github.com/golangci/plugin-module-register/register"
	"golang.org/x/tools/go/analysis"

	"github.com/perflint/perflint/analyzers"
)

func TestRegistered(t *testing.T) {
	all := analyzers.All()
	want := map[string][]*analysis.Analyzer{umbrella: all}
	for _, a := range all {
		want[a.Name] = []*analysis.Analyzer{a}
	}
	for name, analyzers := range want {
		construct, err := register.GetPlugin(name)
		if err != nil {
			t.Error(err)
			continue
		}
		linter, err := construct(nil)
		if err != nil {
			t.Errorf("%s without settings: %v", name, err)
			continue
		}
		if mode := linter.GetLoadMode(); mode != register.LoadModeTypesInfo {
			t.Errorf("%s: load mode %q", name, mode)
		}
		got, err := linter.BuildAnalyzers()
		if err != nil || analysis.Validate(got) != nil {
			t.Errorf("%s: %v, %v", name, err, analysis.Validate(got))
		}
		// golangci-lint shares results by the identity of what is required,
		// and facts by name and type. What has options is made for each linter.
		same := func(a, b *analysis.Analyzer) bool {
			return a == b || a.Name == b.Name && !strings.HasPrefix(a.Name, "perflint") && len(a.Requires) > 0
		}
		if !slices.EqualFunc(got, analyzers, func(a, b *analysis.Analyzer) bool {
			return a.Name == b.Name && a.ResultType == b.ResultType && slices.EqualFunc(a.Requires, b.Requires, same) && len(a.FactTypes) == len(b.FactTypes)
		}) {
			t.Errorf("%s: analyzers %v, want %v", name, got, analyzers)
		}
		if _, err := construct(map[string]any{"sevrity": "info"}); err == nil {
			t.Errorf("%s accepts an unknown setting", name)
		}
	}
}

// The analyzers of one linter do not share settings with those of another.
func TestNoSharedState(t *testing.T) {
	one, err := constructor("ctxleak")(map[string]any{"severity": "error"})
	if err != nil {
		t.Fatal(err)
	}
	two, err := constructor("ctxleak")(nil)
	if err != nil {
		t.Fatal(err)
	}
	a, _ := one.BuildAnalyzers()
	b, _ := two.BuildAnalyzers()
	if a[0] == b[0] || a[0].Flags.Lookup("severity").Value.String() != "error" || b[0].Flags.Lookup("severity").Value.String() != "warning" {
		t.Error("two linters share an analyzer or its settings")
	}
}
