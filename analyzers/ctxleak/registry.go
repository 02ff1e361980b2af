package ctxleak

import (
	"fmt"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ssa"

	"github.com/perflint/perflint/internal/pragma"
	"github.com/perflint/perflint/internal/ssax"
)

// Release functions that are put into a map, slice or sync.Map.
//
// Only collections in unexported fields and variables of the package count,
// and only release functions with which nothing else is done: then the
// package's own code is all that can call them. Whatever else than what is
// listed in [registry] is done with the collection may call them, too.

// noteRegistered notes an acquisition whose release function is put into a
// collection, and nowhere else.
func (c *checker) noteRegistered(a *acquisition) {
	where, put := putInto(a.Value)
	if where == nil || where.Exported() || where.Pkg() != c.pass.Pkg {
		return
	}
	c.registered = append(c.registered, registration{a, where, put})
}

// A registration is a release function that is put into a collection.
type registration struct {
	*acquisition
	where *types.Var // the field or variable that is the collection
	put   ssa.Instruction
}

// collectionName returns a collection as people write it: "Type.field", or the
// name of the variable.
func (c *checker) collectionName(v *types.Var) string {
	scope := c.pass.Pkg.Scope()
	for _, name := range scope.Names() {
		if st, ok := scope.Lookup(name).Type().Underlying().(*types.Struct); ok && v.IsField() {
			for field := range st.Fields() {
				if field == v {
					return name + "." + v.Name()
				}
			}
		}
	}
	return v.Name()
}

// putInto returns the collection that a release function is put into, if
// nothing else is done with it.
func putInto(v ssa.Value) (where *types.Var, put ssa.Instruction) {
	for h := range holders(v) {
		for _, ref := range *h.Referrers() {
			var to *types.Var
			switch ref := ref.(type) {
			case *ssa.BinOp, *ssa.DebugRef, *ssa.Phi, *ssa.ChangeType:
				continue
			case *ssa.UnOp:
				if ref.Op == token.MUL {
					continue
				}
			case *ssa.Store:
				if _, local := ref.Addr.(*ssa.Alloc); local {
					continue
				}
				to = elementStore(ref)
			case *ssa.MapUpdate:
				if ref.Key != h {
					to = collectionOf(ref.Map)
				}
			case *ssa.MakeInterface:
				to, put = syncMapStore(ref)
			}
			if to == nil || where != nil {
				return nil, nil // it goes elsewhere, or to two places
			}
			where = to
			if _, boxed := ref.(*ssa.MakeInterface); !boxed {
				put = ref
			}
		}
	}
	return where, put
}

// collectionOf returns the field or variable that a value was loaded from.
func collectionOf(v ssa.Value) *types.Var {
	load, ok := v.(*ssa.UnOp)
	if !ok || load.Op != token.MUL {
		return nil
	}
	return collectionAt(load.X)
}

// collectionAt returns the field or variable that an address is of.
func collectionAt(addr ssa.Value) *types.Var {
	switch addr := addr.(type) {
	case *ssa.Global:
		v, _ := addr.Object().(*types.Var)
		return v
	case *ssa.FieldAddr:
		t := addr.X.Type().Underlying().(*types.Pointer).Elem()
		return t.Underlying().(*types.Struct).Field(addr.Field).Origin()
	}
	return nil
}

// elementStore returns the slice whose element a store assigns to, by index
// or by append to itself.
func elementStore(store *ssa.Store) *types.Var {
	element, ok := store.Addr.(*ssa.IndexAddr)
	if !ok {
		return nil
	}
	array, ok := element.X.(*ssa.Alloc)
	if !ok {
		return collectionOf(element.X)
	}
	for _, ref := range *array.Referrers() { // the arguments of a variadic call
		slice, ok := ref.(*ssa.Slice)
		if !ok || len(*slice.Referrers()) != 1 {
			continue
		}
		if call, ok := (*slice.Referrers())[0].(*ssa.Call); ok {
			return appendedTo(call)
		}
	}
	return nil
}

// appendedTo returns the slice that a call appends to and whose place the
// result takes.
func appendedTo(call *ssa.Call) *types.Var {
	if b, ok := call.Call.Value.(*ssa.Builtin); !ok || b.Name() != "append" || len(*call.Referrers()) != 1 {
		return nil
	}
	to := collectionOf(call.Call.Args[0])
	if store, ok := (*call.Referrers())[0].(*ssa.Store); ok && to != nil && collectionAt(store.Addr) == to {
		return to
	}
	return nil
}

// syncMapStore returns the sync.Map in which a call stores a boxed value.
func syncMapStore(boxed *ssa.MakeInterface) (*types.Var, ssa.Instruction) {
	if len(*boxed.Referrers()) != 1 {
		return nil, nil
	}
	call, ok := (*boxed.Referrers())[0].(*ssa.Call)
	if !ok || calleeName(call.Common()) != syncMap+"Store" || call.Call.Args[2] != boxed {
		return nil, nil
	}
	return collectionAt(call.Call.Args[0]), call
}

// checkRegistries reports release functions that nothing ever takes out of
// the collection that they are put into, and those that are removed from it
// by code that does not look at them.
func (c *checker) checkRegistries(pkg *ssax.Package) {
	if len(c.registered) == 0 || !c.reporter.Enabled(lostInRegistry) {
		return
	}
	known := make(map[*types.Var]*registry)
	for _, r := range c.registered {
		known[r.where] = new(registry)
	}
	for _, fn := range append([]*ssa.Function{pkg.SSA.Func("init")}, pkg.Funcs...) {
		for _, block := range fn.Blocks {
			for _, instr := range block.Instrs {
				enterRegistries(known, instr)
			}
		}
	}
	said := make(map[*types.Var]bool)
	for _, r := range c.registered {
		switch all := known[r.where]; {
		case all.unknown:
		case len(all.takes) == 0:
			c.reportNeverTaken(r, all)
		case !said[r.where]:
			said[r.where] = true
			c.reportRemovals(r, all)
		}
	}
}

func (c *checker) reportNeverTaken(r registration, all *registry) {
	name, where := r.source.name(r.releaseWord()), c.collectionName(r.where)
	what := "which nothing in this package ever takes it out of"
	witness := []pragma.Step{
		{Kind: "acquire", Pos: c.callPos(r.acquisition), End: c.callEnd(r.acquisition), Text: fmt.Sprintf("%s returns the function that releases the context", r.name)},
		step("put", placeOf(r.put, c.callPos(r.acquisition)), fmt.Sprintf("it is put into %s", where)),
	}
	if len(all.removals) > 0 {
		removal := all.removals[0]
		what = fmt.Sprintf("from which line %d removes it without calling it", c.line(removal.Pos()))
		witness = append(witness, step("remove", removal.Pos(), "it is removed unseen"))
	} else {
		witness = append(witness, step("collection", r.where.Pos(), "no function of this package reads what is in here"))
	}
	c.reporter.Report(pragma.Draft{
		Rule: lostInRegistry, Pos: c.callPos(r.acquisition), End: c.callEnd(r.acquisition), Severity: r.severity(), Witness: witness,
		Message: fmt.Sprintf("%s is put into %s, %s: %s; call it when its entry is removed", name, where, what, r.consequence()),
	})
}

// reportRemovals reports code that removes entries unseen while other code
// looks at them. Whether that other code has always been there first, nobody
// can tell.
func (c *checker) reportRemovals(r registration, all *registry) {
	where := c.collectionName(r.where)
	for _, removal := range all.removals {
		if all.takenAround(removal.Parent()) || waitsBefore(removal) {
			continue
		}
		c.reporter.Report(pragma.Draft{
			Rule: lostInRegistry, Pos: removal.Pos(), Severity: r.severity(),
			Message: fmt.Sprintf("an entry of %s is removed without calling %s, the %s function of %s, that is in it: %s; take it out and call it",
				where, r.source.name(r.releaseWord()), r.releaseWord(), r.name, r.consequence()),
			Witness: []pragma.Step{
				{Kind: "acquire", Pos: c.callPos(r.acquisition), End: c.callEnd(r.acquisition), Text: fmt.Sprintf("%s returns the function that releases the context", r.name)},
				step("put", placeOf(r.put, c.callPos(r.acquisition)), fmt.Sprintf("it is put into %s", where)),
				step("remove", removal.Pos(), "here it is removed unseen"),
				step("take", all.takes[0].Pos(), "elsewhere it is taken out"),
			},
		})
	}
}

// waitsBefore reports whether a function may have waited for the end of a
// context by the time it executes an instruction: then it is likely that
// context which has ended.
func waitsBefore(instr ssa.Instruction) bool {
	for call, callee := range calls(instr.Parent()) {
		if callee.FullName() == contextDone && follows(instr, call) {
			return true
		}
	}
	return false
}

// placeOf returns where an instruction stands, or fallback.
func placeOf(instr ssa.Instruction, fallback token.Pos) token.Pos {
	if pos := instr.Pos(); pos.IsValid() {
		return pos
	}
	return fallback
}
