// Package plugin makes perflint's analyzers linters of golangci-lint.
//
// It registers each analyzer under its own name and all of them together as
// "perflint"; a configuration enables the one or the other, or every finding
// would come twice. docs/golangci-lint.md is the page for users.
//
// golangci-lint knows less of a finding than other hosts do. The rule and
// the witness therefore become part of the message, see [adapt].
package plugin

import (
	"github.com/golangci/plugin-module-register/register"
	"golang.org/x/tools/go/analysis"

	"github.com/perflint/perflint/analyzers"
	"github.com/perflint/perflint/internal/pragma"
)

// umbrella is the name of the linter that consists of all analyzers.
const umbrella = "perflint"

func init() {
	register.Plugin(umbrella, constructor(umbrella))
	for _, a := range analyzers.All() {
		register.Plugin(a.Name, constructor(a.Name))
	}
}

// constructor returns what golangci-lint calls with the settings of a linter.
func constructor(name string) register.NewPlugin {
	return func(conf any) (register.LinterPlugin, error) {
		opts, err := readSettings(conf)
		if err != nil {
			return nil, err
		}
		opts.Linter = name
		return &linter{opts}, nil
	}
}

// A linter is an analyzer, or all of them, with its settings.
type linter struct{ opts pragma.Options }

// BuildAnalyzers returns new analyzers: golangci-lint may ask for those of
// several linters in one process.
func (l *linter) BuildAnalyzers() ([]*analysis.Analyzer, error) {
	var built []*analysis.Analyzer
	for _, a := range analyzers.New(l.opts) {
		if l.opts.Linter == umbrella || l.opts.Linter == a.Name {
			built = append(built, adapt(a))
		}
	}
	return built, nil
}

// GetLoadMode says that types are needed.
func (*linter) GetLoadMode() string { return register.LoadModeTypesInfo }
