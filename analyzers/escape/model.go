package escape

import (
	"go/types"
	"reflect"
	"runtime"
	"slices"
	"sync"

	"golang.org/x/tools/go/analysis"

	"github.com/perflint/perflint/internal/allocmodel"
	"github.com/perflint/perflint/internal/pragma"
	"github.com/perflint/perflint/internal/ssax"
)

// NewModel returns an analyzer that reports nothing: its result is the
// [allocmodel.Model] of a package, and its facts carry what functions do with
// their arguments from package to package. The result is nil for packages that
// nobody works on, see [own], and if no rule of escape is enabled: hosts that
// cache facts know them by the options or leave the analyzer out.
func NewModel(opts *pragma.Options) *analysis.Analyzer {
	known := sync.OnceValues(newTable)
	return &analysis.Analyzer{
		Name:       "escapemodel",
		Doc:        "find where memory is allocated\n\nIt reports nothing itself.",
		URL:        "https://github.com/perflint/perflint",
		Requires:   []*analysis.Analyzer{ssax.Analyzer},
		ResultType: reflect.TypeFor[*allocmodel.Model](),
		FactTypes:  []analysis.Fact{new(leaks), new(costs)},
		Run: func(pass *analysis.Pass) (any, error) {
			if !own(pass) || !slices.ContainsFunc(Rules(), opts.Enabled) {
				return (*allocmodel.Model)(nil), nil
			}
			table, err := known()
			if err != nil {
				return nil, err
			}
			return model(pass, opts, table), nil
		},
	}
}

// own reports whether a package is being worked on, as opposed to one of a
// module that was downloaded or of the standard library. Those cost more to
// build than all that they could say: what the usual ones do with their
// arguments is in the tables of spec.go.
func own(pass *analysis.Pass) bool {
	mod := pass.Module
	return mod != nil && mod.Path != "" && mod.Version == ""
}

// model makes the model of a package and exports its facts.
func model(pass *analysis.Pass, opts *pragma.Options, table *table) *allocmodel.Model {
	toolchain := opts.Toolchain
	if toolchain == "" {
		toolchain = runtime.Version()
	}
	pkg := pass.ResultOf[ssax.Analyzer].(*ssax.Lazy).Get()
	m := allocmodel.New(pkg, allocmodel.Options{
		Info:      pass.TypesInfo,
		Sizes:     pass.TypesSizes,
		Toolchain: toolchain,
		Known:     func(fn *types.Func) *allocmodel.Summary { return table.known(pass, fn) },
		Costs:     (&prices{pass, make(map[*types.Package]map[string]*allocmodel.Cost)}).cost,
		Failures:  failures,
	})
	for _, fn := range pkg.Funcs {
		obj, ok := fn.Object().(*types.Func)
		s := m.Summary(fn)
		if ok && s != nil && obj.Exported() && s.String() != assumed(obj.Signature()).String() {
			pass.ExportObjectFact(obj, &leaks{s.String()})
		}
	}
	exportCosts(pass, pkg, m)
	return m
}
