package chandeadlock

import (
	"go/types"
	"strings"

	"github.com/perflint/perflint/internal/chanmodel"
)

// A lockSummary is a fact about a function that takes or releases locks which
// its callers in other packages can hold.
type lockSummary struct{ chanmodel.Summary }

func (*lockSummary) AFact()           {}
func (s *lockSummary) String() string { return s.Summary.String() }

// lookup returns the summary of a function of another package, or nil.
func (c *checker) lookup(fn *types.Func) *chanmodel.Summary {
	if fn.Pkg() == nil || fn.Pkg() == c.pass.Pkg {
		return nil
	}
	var s lockSummary
	if !c.pass.ImportObjectFact(fn.Origin(), &s) {
		return nil
	}
	return &s.Summary
}

// exportLocks exports what other packages need to know of locks, and reports
// whether there is something.
func (c *checker) exportLocks(locks *chanmodel.Locks) bool {
	found := false
	locks.Summaries(func(fn *types.Func, s *chanmodel.Summary) {
		c.pass.ExportObjectFact(fn, &lockSummary{*s})
		found = true
	})
	return found
}

// sharesLocks reports whether others may be able to take a lock of the
// package: an exported variable or field of an exported type, or by a function
// that has "lock" in its name. It saves the SSA form of most dependencies.
func (c *checker) sharesLocks() bool {
	scope := c.pass.Pkg.Scope()
	for _, name := range scope.Names() {
		obj := scope.Lookup(name)
		if !obj.Exported() {
			continue
		}
		switch obj := obj.(type) {
		case *types.Var:
			if isLock(obj.Type()) {
				return true
			}
		case *types.Func:
			if namesLock(obj.Name()) {
				return true
			}
		case *types.TypeName:
			if named, ok := types.Unalias(obj.Type()).(*types.Named); ok && sharesField(named) {
				return true
			}
		}
	}
	return false
}

// sharesField reports whether a type has a lock that others can name, or a
// method that sounds like one.
func sharesField(named *types.Named) bool {
	if s, ok := named.Underlying().(*types.Struct); ok {
		for f := range s.Fields() {
			if f.Exported() && isLock(f.Type()) {
				return true
			}
		}
	}
	for m := range named.Methods() {
		if m.Exported() && namesLock(m.Name()) {
			return true
		}
	}
	return false
}

func namesLock(name string) bool { return strings.Contains(strings.ToLower(name), "lock") }

// isLock reports whether a type is one of the locks of the table.
func isLock(t types.Type) bool {
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem()
	}
	named, ok := types.Unalias(t).(*types.Named)
	return ok && named.Obj().Pkg() != nil && table.Types[named.Obj().Pkg().Path()+"."+named.Obj().Name()] == chanmodel.Mutex
}
