package chandeadlock

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/perflint/perflint/internal/chanmodel"
	"github.com/perflint/perflint/internal/ssax"
)

// A startSummary is a fact about a function that starts a goroutine which its
// callers have to stop. Parameters are counted with the receiver, if there is
// one, as number 0.
type startSummary struct {
	// The object is a parameter or a result; the other number is -1.
	Param, Result int
	Stops         []stopper
	Signal        string // what the goroutine waits for, as the source names it
	// Cancelled is set if the signal is the end of a context that the function
	// derives, and whose cancel function the object has. Parent is the
	// parameter that it is derived from, or -1 if that never ends.
	Cancelled bool
	Parent    int
	Via       string // where the goroutine is started: "worker.go:20"
}

// A stopper is a function that stops an object.
type stopper struct {
	Name   string // by [types.Func.FullName]
	Arg    int    // which parameter the object is
	Method string // its name, if it is a method of the object
}

func (*startSummary) AFact() {}
func (s *startSummary) String() string {
	names := make([]string, 0, len(s.Stops))
	for _, stop := range s.Stops {
		names = append(names, stop.Name)
	}
	return fmt.Sprintf("starts what %s stops", strings.Join(names, ", "))
}

// A carrier is a fact about a package that has functions with facts: one that
// imports it may have something to say without a mention of channels or of
// package sync.
type carrier struct{}

func (*carrier) AFact()         {}
func (*carrier) String() string { return "has functions with facts" }

// carries reports whether a package that is imported directly is a carrier.
func (c *checker) carries() bool {
	return slices.ContainsFunc(c.pass.Pkg.Imports(), func(p *types.Package) bool { return c.pass.ImportPackageFact(p, new(carrier)) })
}

// exportStarts exports the protocols that other packages can keep to, and
// reports whether there are any.
func (c *checker) exportStarts(list []*lifecycle) bool {
	found := false
	for _, l := range list {
		fact := l.startSummary
		fact.Stops = slices.DeleteFunc(slices.Clone(l.Stops), func(s stopper) bool { return !ast.IsExported(s.Name[strings.LastIndex(s.Name, ".")+1:]) })
		if len(fact.Stops) > 0 && l.start.Exported() && l.object.Obj().Exported() && !c.inTest(l.start.Pos()) {
			c.pass.ExportObjectFact(l.start, &fact)
			found = true
		}
	}
	return found
}

// foreignLifecycles returns the protocols of the functions of other packages
// that this one calls, in the order of the calls.
func (c *checker) foreignLifecycles(pkg *ssax.Package) []*lifecycle {
	var list []*lifecycle
	seen := make(map[*types.Func]bool)
	for _, fn := range pkg.Funcs {
		for _, b := range fn.Blocks {
			for _, instr := range b.Instrs {
				call, ok := instr.(*ssa.Call)
				if !ok || call.Call.IsInvoke() {
					continue
				}
				callee := ssax.Callee(call.Common())
				if callee == nil || callee.Pkg() == nil || callee.Pkg() == c.pass.Pkg || seen[callee] {
					continue
				}
				seen[callee] = true
				var fact startSummary
				if !c.pass.ImportObjectFact(callee, &fact) {
					continue
				}
				if l := newLifecycle(callee, fact); l != nil {
					list = append(list, l)
				}
			}
		}
	}
	return list
}

// place returns a position as facts have it.
func (c *checker) place(pos token.Pos) string {
	at := c.pass.Fset.Position(pos)
	return fmt.Sprintf("%s:%d", filepath.Base(at.Filename), at.Line)
}

// sharesStarts reports whether others may be able to start a goroutine of the
// package that they have to stop: it has a go statement, and an exported type
// with a channel or a cancel function in a field, and a method that sounds like
// the end. It saves the SSA form of most dependencies.
func (c *checker) sharesStarts() bool {
	scope := c.pass.Pkg.Scope()
	return slices.ContainsFunc(scope.Names(), func(name string) bool {
		obj, ok := scope.Lookup(name).(*types.TypeName)
		if !ok || !obj.Exported() || obj.IsAlias() {
			return false
		}
		named, ok := obj.Type().(*types.Named)
		return ok && hasSignal(named) && stoppable(named)
	}) && c.startsGoroutines()
}

// hasSignal reports whether a struct type has a field that may tell a
// goroutine to end.
func hasSignal(named *types.Named) bool {
	s, ok := named.Underlying().(*types.Struct)
	if !ok {
		return false
	}
	for f := range s.Fields() {
		if _, ok := f.Type().Underlying().(*types.Chan); ok {
			return true
		}
		if n, ok := types.Unalias(f.Type()).(*types.Named); ok && n.Obj().Pkg() != nil && n.Obj().Pkg().Path() == "context" {
			return true
		}
	}
	return false
}

// stoppable reports whether a type has an exported method that sounds like the
// end.
func stoppable(named *types.Named) bool {
	for m := range named.Methods() {
		if m.Exported() && slices.ContainsFunc(endings, func(s string) bool { return strings.Contains(m.Name(), s) }) {
			return true
		}
	}
	return false
}

// endings are what methods that stop something are called.
var endings = []string{"Close", "Stop", "Shutdown", "Cancel", "Quit", "Exit", "End", "Finish", "Kill", "Release", "Rollback", "Terminate"}

// startsGoroutines reports whether the package has a go statement outside of
// tests.
func (c *checker) startsGoroutines() bool {
	for _, file := range c.pass.Files {
		if c.inTest(file.Pos()) {
			continue
		}
		found := false
		ast.Inspect(file, func(n ast.Node) bool {
			_, ok := n.(*ast.GoStmt)
			found = found || ok
			return !found
		})
		if found {
			return true
		}
	}
	return false
}

// export exports what other packages need to know, and reports whether there
// is something.
func (c *checker) export(locks *chanmodel.Locks, starts []*lifecycle) bool {
	one, other := c.exportLocks(locks), c.exportStarts(starts)
	return one || other
}
