package ctxleak

import (
	"fmt"
	"go/types"

	"golang.org/x/tools/go/ssa"

	"github.com/perflint/perflint/internal/finding"
	"github.com/perflint/perflint/internal/pragma"
	"github.com/perflint/perflint/internal/ssax"
	"github.com/perflint/perflint/internal/typestate"
)

// An owner is a field of a type that holds release functions, together with
// the functions that make values of that type. Such a value is a resource
// itself: somebody has to call what is in the field.
type owner struct {
	field        *types.Var
	constructors map[*ssa.Function]typestate.Product
}

// noteOwner notes that a release function is stored in a new value that the
// function returns.
func (c *checker) noteOwner(a *acquisition, search *typestate.Track) {
	for _, store := range search.Stored {
		field := typestate.Field(store)
		if field == nil || field.Exported() || field.Pkg() != c.pass.Pkg || !c.engine.Discharged(field) {
			continue
		}
		made, ok := store.Addr.(*ssa.FieldAddr).X.(*ssa.Alloc)
		if !ok {
			continue
		}
		fn := a.Call.Parent()
		for i := range fn.Signature.Results().Len() {
			if !returns(fn, made, i) {
				continue
			}
			o := c.owners[field]
			if o == nil {
				o = &owner{field, make(map[*ssa.Function]typestate.Product)}
				c.owners[field] = o
				c.ownerOrder = append(c.ownerOrder, o)
			}
			p := typestate.Product{Result: i, Err: -1, Companion: -1, Class: a.Class}
			if last := fn.Signature.Results().Len() - 1; last > i && ssax.IsError(fn.Signature.Results().At(last).Type()) {
				p.Err = last
			}
			o.constructors[fn] = p
		}
	}
}

// returns reports whether a function returns a value as its n'th result.
func returns(fn *ssa.Function, v ssa.Value, n int) bool {
	for _, block := range fn.Blocks {
		if ret, ok := block.Instrs[len(block.Instrs)-1].(*ssa.Return); ok && ret.Results[n] == v {
			return true
		}
	}
	return false
}

// checkOwners reports owners that are dropped on some path.
func (c *checker) checkOwners(pkg *ssax.Package) {
	for _, o := range c.ownerOrder {
		engine := typestate.New(o.spec(), pkg, nil)
		for _, fn := range pkg.Funcs {
			for _, a := range engine.Acquisitions(fn) {
				if a.Value == nil {
					continue
				}
				track := engine.Track(a)
				if track.Lost != nil && !track.Exhausted && !runsOnce(fn) {
					c.reportOwner(o, a, track)
				}
			}
		}
	}
}

// spec returns the protocol of an owner: what is in its field has to be
// called. It moves when it is stored, except in a function that also returns
// it; other code that gets it borrows it.
func (o *owner) spec() *typestate.Spec {
	return &typestate.Spec{
		Match: func(call *ssa.CallCommon) (typestate.Product, bool) {
			fn := call.StaticCallee()
			if fn == nil {
				return typestate.Product{}, false
			}
			if origin := fn.Origin(); origin != nil {
				fn = origin
			}
			p, ok := o.constructors[fn]
			return p, ok
		},
		Calling: true,
		Part:    o.field.Name(),
		Unknown: typestate.Identity,
		Types:   o.owns,
		Exits:   exits,

		Registers: true,
	}
}

// owns reports whether a type is a pointer to the struct with the field.
func (o *owner) owns(t types.Type) bool {
	ptr, ok := t.Underlying().(*types.Pointer)
	if !ok {
		return false
	}
	s, ok := ptr.Elem().Underlying().(*types.Struct)
	if !ok {
		return false
	}
	for f := range s.Fields() {
		if f.Origin() == o.field {
			return true
		}
	}
	return false
}

func (c *checker) reportOwner(o *owner, a *typestate.Acquisition, track *typestate.Track) {
	source := findAssignment(c.pass.Files, a.Call.Pos(), a.Result)
	name := source.name("the result")
	maker := producerName(a.Callee)
	field := name + "." + o.field.Name()
	draft := pragma.Draft{Rule: ownerDropped, Pos: a.Call.Pos()}
	if source.call != nil {
		draft.Pos, draft.End = source.call.Pos(), source.call.End()
	}
	branches := describe(track.Lost)
	exit := c.lossPos(track.Lost, draft.Pos)
	draft.Message = fmt.Sprintf("%s from %s holds a context, and %s is not called before line %d%s: the context stays registered with its parent; call it on this path too, or a method that does",
		name, maker, field, c.pass.Fset.Position(exit).Line, ssax.Conditions(branches))
	if c.inTest(a.Call.Pos()) {
		draft.Severity = finding.Info
	}
	draft.Witness = []pragma.Step{
		{Kind: "acquire", Pos: draft.Pos, End: draft.End, Text: fmt.Sprintf("%s makes a context and keeps its cancel function in %s", maker, field)},
	}
	for _, b := range branches {
		draft.Witness = append(draft.Witness, pragma.Step{Kind: "branch", Pos: b.Pos, End: b.End, Text: b.Clause()})
	}
	draft.Witness = append(draft.Witness, pragma.Step{Kind: "exit", Pos: exit, Text: fmt.Sprintf("%s is dropped here without a call of %s", name, field)})
	c.reporter.Report(draft)
}
