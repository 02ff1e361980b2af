package main

import (
	"context"
	"go/ast"
	"go/token"
	"go/types"
	"reflect"
	"sync"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ssa"

	"github.com/perflint/perflint/analyzers/escape"
	"github.com/perflint/perflint/internal/allocmodel"
	"github.com/perflint/perflint/internal/driver"
	"github.com/perflint/perflint/internal/finding"
	"github.com/perflint/perflint/internal/pragma"
	"github.com/perflint/perflint/internal/ssax"
)

// A place is a line of a file.
type place struct {
	file string
	line int
}

// A found site is one that perflint knows of.
type foundSite struct {
	place
	kind string
	fate allocmodel.Fate
	why  string
}

// A code is what perflint knows of the code.
type code struct {
	sites  []foundSite
	static map[place]bool // lines with function literals that capture nothing
	consts map[place]int  // lines with boxed constants and bytes, and how many
	plus   map[place]bool // lines with +=
	inside map[place]bool // lines of functions that are not generic
}

// model returns the sites of the packages that match the patterns.
func model(ctx context.Context, dir string, patterns []string) (*code, error) {
	opts := pragma.Options{}
	models := escape.NewModel(&opts)
	c := &code{static: make(map[place]bool), consts: make(map[place]int), inside: make(map[place]bool), plus: make(map[place]bool)}
	var mu sync.Mutex
	listed := make(map[string]bool)
	collector := &analysis.Analyzer{
		Name:       "escapetruth",
		Doc:        "collect allocation sites",
		Requires:   []*analysis.Analyzer{pragma.Analyzer, models, ssax.Analyzer},
		ResultType: reflect.TypeFor[*finding.List](),
	}
	collector.Run = func(pass *analysis.Pass) (any, error) {
		m := pass.ResultOf[models].(*allocmodel.Model)
		mu.Lock()
		defer mu.Unlock()
		if m == nil || pass.ResultOf[pragma.Analyzer].(*pragma.Index).FactsOnly || listed[pass.Pkg.Path()] {
			return new(finding.List), nil
		}
		listed[pass.Pkg.Path()] = true
		for _, fn := range pass.ResultOf[ssax.Analyzer].(*ssax.Lazy).Get().Funcs {
			c.add(pass.Fset, m, fn)
		}
		return new(finding.List), nil
	}
	_, err := driver.Run(ctx, &driver.Config{Dir: dir, Patterns: patterns, Analyzers: []*analysis.Analyzer{collector}})
	return c, err
}

// add adds the sites of a function.
func (c *code) add(fset *token.FileSet, m *allocmodel.Model, fn *ssa.Function) {
	if isGeneric(fn) || fn.Syntax() == nil {
		return
	}
	at := func(pos token.Pos) place {
		p := fset.Position(pos)
		return place{p.Filename, p.Line}
	}
	first, last := at(fn.Syntax().Pos()), at(fn.Syntax().End())
	for line := first.line; line <= last.line; line++ {
		c.inside[place{first.file, line}] = true
	}
	ast.Inspect(fn.Syntax(), func(n ast.Node) bool {
		if assign, ok := n.(*ast.AssignStmt); ok && assign.Tok == token.ADD_ASSIGN {
			c.plus[at(assign.Pos())] = true
		}
		return true
	})
	for _, s := range m.Sites(fn) {
		why := ""
		if len(s.Way) > 0 {
			why = s.Reason().String()
			if callee := s.Way[len(s.Way)-1].Callee; callee != nil {
				why += " " + callee.FullName()
			}
		}
		kind := s.Kind.String()
		if _, isGo := s.Instr.(*ssa.Go); isGo {
			kind = "go"
		}
		c.sites = append(c.sites, foundSite{at(s.Pos), kind, s.Fate, why})
	}
	var operands []*ssa.Value
	for _, block := range fn.Blocks {
		for _, instr := range block.Instrs {
			if box, ok := instr.(*ssa.MakeInterface); ok {
				if _, isConst := box.X.(*ssa.Const); isConst || isByte(box.X.Type()) {
					c.consts[at(m.BoxPos(box))]++
				}
			}
			operands = instr.Operands(operands[:0])
			for _, op := range operands {
				literal, ok := (*op).(*ssa.Function)
				if ok && literal.Parent() != nil && len(literal.FreeVars) == 0 {
					c.static[at(literal.Pos())] = true
				}
			}
		}
	}
}

// isByte reports whether boxed values of a type are those that the runtime has.
func isByte(t types.Type) bool {
	basic, ok := t.Underlying().(*types.Basic)
	return ok && (basic.Kind() == types.Bool || basic.Kind() == types.Uint8 || basic.Kind() == types.Int8)
}

func isGeneric(fn *ssa.Function) bool {
	for ; fn != nil; fn = fn.Parent() {
		if fn.TypeParams().Len() > 0 {
			return true
		}
	}
	return false
}
