package poolmisuse

import (
	"fmt"
	"go/types"
	"sort"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/perflint/perflint/internal/pragma"
	"github.com/perflint/perflint/internal/ssax"
)

// checkNoReset reports a pool of buffers that accumulate, none of which is
// ever reset: not after Get, not before Put, not in what they are passed to.
// Anything that may be a reset, anywhere in the package, keeps it silent.
func (c *checker) checkNoReset(s *stock) {
	if !c.reporter.Enabled(noReset) || !s.private() || len(s.gets) == 0 || len(s.puts) == 0 || !s.std() {
		return
	}
	var written *ssa.Call
	for _, get := range s.gets {
		held := c.holdings(get.value)
		name := ""
		for v := range held {
			if p := pointee(v.Type()); p != nil && accumulating[typeName(p)] && held[v] == whole {
				name = typeName(p)
			}
		}
		if name == "" || c.mayReset(held) || returnedAs(get.value) != 0 {
			return
		}
		if w := writes(held); w != nil && written == nil {
			written = w
		}
	}
	for _, put := range s.puts {
		if _, param := strip(put.value).(*ssa.Parameter); param || c.mayReset(c.holdings(strip(put.value))) {
			return
		}
	}
	if written == nil {
		return
	}
	pos, end := c.span(written)
	c.report(pragma.Draft{
		Rule: noReset, Pos: pos, End: end,
		Message: fmt.Sprintf("%s appends to what the previous user of %s left: nothing resets the buffer, neither after Get nor before Put; call Reset", c.calleeText(written), s.pool.Name()),
		Witness: []pragma.Step{
			{Kind: "acquire", Pos: s.gets[0].call.Pos(), Text: "a buffer is taken, with its content"},
			{Kind: "use", Pos: pos, End: end, Text: "more is written behind that"},
			{Kind: "put", Pos: s.puts[0].call.Pos(), Text: "it is put back as it is"},
		},
	})
}

// mayReset reports whether anything that is done with an object could empty
// it: methods that are named so, or functions that get it and are not known
// to write only.
func (c *checker) mayReset(held map[ssa.Value]hold) bool {
	for v, h := range held {
		if h != whole || v.Referrers() == nil {
			continue
		}
		for _, ref := range *v.Referrers() {
			switch ref := ref.(type) {
			case ssa.CallInstruction:
				if _, put := c.given(ref); !put && !appendsOnly(ref) {
					return true
				}
			case *ssa.Store:
				if cell, ok := ref.Addr.(*ssa.Alloc); !ok || assignedOnce(cell) == nil || capturedBy(cell) {
					return true
				}
			case *ssa.MakeClosure, *ssa.MapUpdate, *ssa.Send, *ssa.Return, *ssa.FieldAddr:
				return true
			}
		}
	}
	return false
}

// capturedBy reports whether a function literal captures a variable.
func capturedBy(cell *ssa.Alloc) bool {
	for _, ref := range *cell.Referrers() {
		if _, ok := ref.(*ssa.MakeClosure); ok {
			return true
		}
	}
	return false
}

// appendsOnly reports whether a call leaves the content of a buffer that it
// gets and may add to it.
func appendsOnly(call ssa.CallInstruction) bool {
	callee := ssax.Callee(call.Common())
	if callee == nil {
		return false
	}
	if callee.Signature().Recv() == nil {
		switch callee.FullName() {
		case "fmt.Fprintf", "fmt.Fprint", "fmt.Fprintln", "io.Copy", "io.WriteString", "encoding/json.NewEncoder":
			return true
		}
		return false
	}
	name := callee.Name()
	return strings.HasPrefix(name, "Write") && name != "WriteTo" || name == "String" || name == "Bytes" || name == "Len" || name == "Cap" || name == "Grow"
}

// writes returns a call that writes to an object.
func writes(held map[ssa.Value]hold) *ssa.Call {
	var found []*ssa.Call
	for v, h := range held {
		if h != whole || v.Referrers() == nil {
			continue
		}
		for _, ref := range *v.Referrers() {
			if call, ok := ref.(*ssa.Call); ok {
				callee := ssax.Callee(call.Common())
				if callee != nil && (strings.HasPrefix(callee.Name(), "Write") || strings.HasPrefix(callee.Name(), "Fprint")) {
					found = append(found, call)
				}
			}
		}
	}
	if len(found) == 0 {
		return nil
	}
	sort.Slice(found, func(i, j int) bool { return found[i].Pos() < found[j].Pos() })
	return found[0]
}

// A coverage is what the package does with the fields of a pooled struct.
type coverage struct {
	assigned map[*types.Var]ssa.Instruction // outside of the reset, somewhere
	reset    map[*types.Var]bool
	all      bool // the reset assigns the whole struct
}

// checkCoverage reports the fields of a pooled struct that its reset method
// leaves alone although others assign to them. Fields that whoever takes the
// object assigns anew are covered as well.
func (c *checker) checkCoverage(funcs []*ssa.Function, s *stock) {
	if !c.reporter.Enabled(resetMisses) || len(s.gets) == 0 {
		return
	}
	named, reset := c.resetMethod(s)
	if reset == nil || len(reset.Blocks) == 0 {
		return
	}
	cover := &coverage{assigned: make(map[*types.Var]ssa.Instruction), reset: make(map[*types.Var]bool)}
	cover.addReset(reset, reset.Params[0], 0)
	if cover.all {
		return
	}
	for _, get := range s.gets {
		held := c.holdings(get.value)
		for v, h := range held {
			if h == whole {
				cover.addOwner(v)
			}
		}
	}
	for _, fn := range funcs {
		if fn == reset {
			continue
		}
		cover.addAssigned(fn, named)
	}
	var missed []*types.Var
	st := named.Underlying().(*types.Struct)
	for f := range st.Fields() {
		if cover.assigned[f.Origin()] != nil && !cover.reset[f.Origin()] {
			missed = append(missed, f)
		}
	}
	for _, f := range missed {
		c.reportMissed(named, reset, f, cover.assigned[f.Origin()])
	}
}

// resetMethod returns the struct type of a pool's objects and its method
// that resets them.
func (c *checker) resetMethod(s *stock) (*types.Named, *ssa.Function) {
	for _, get := range s.gets {
		for v := range c.holdings(get.value) {
			p := pointee(v.Type())
			if p == nil {
				continue
			}
			named, ok := types.Unalias(p).(*types.Named)
			if !ok || named.Obj().Pkg() != c.pass.Pkg {
				continue
			}
			if _, ok := named.Underlying().(*types.Struct); !ok {
				continue
			}
			for _, name := range []string{"Reset", "reset"} {
				obj, _, _ := types.LookupFieldOrMethod(types.NewPointer(named), false, c.pass.Pkg, name)
				if fn, ok := obj.(*types.Func); ok && fn.Pkg() == c.pass.Pkg {
					if reset := c.ssaPackage().Prog.FuncValue(fn); reset != nil && len(reset.Params) > 0 && types.Identical(pointee(reset.Params[0].Type()), named) {
						return named, reset
					}
				}
			}
		}
	}
	return nil, nil
}

// addReset notes what a reset assigns, and what the methods that it calls do.
func (v *coverage) addReset(fn *ssa.Function, recv ssa.Value, depth int) {
	if depth > 3 {
		v.all = true
		return
	}
	for _, ref := range *recv.Referrers() {
		switch ref := ref.(type) {
		case *ssa.Store:
			if ref.Addr == recv {
				v.all = true // *x = T{…}
			}
		case *ssa.FieldAddr:
			v.reset[fieldOf(ref.X.Type(), ref.Field)] = true
		case ssa.CallInstruction:
			callee := ref.Common().StaticCallee()
			if callee == nil || len(callee.Blocks) == 0 || len(callee.Params) == 0 || ref.Common().Args[0] != recv {
				v.all = true // it may do anything
				continue
			}
			v.addReset(callee, callee.Params[0], depth+1)
		case *ssa.UnOp, *ssa.DebugRef:
		default:
			v.all = true
		}
	}
}

// addOwner notes what whoever takes an object assigns to its fields.
func (v *coverage) addOwner(object ssa.Value) {
	if object.Referrers() == nil {
		return
	}
	for _, ref := range *object.Referrers() {
		if f, ok := ref.(*ssa.FieldAddr); ok && isStored(f) {
			v.reset[fieldOf(f.X.Type(), f.Field)] = true
		}
	}
}

func isStored(f *ssa.FieldAddr) bool {
	for _, ref := range *f.Referrers() {
		if s, ok := ref.(*ssa.Store); ok && s.Addr == f {
			return true
		}
	}
	return false
}

// addAssigned notes the fields of a struct that a function assigns to, other
// than in an object that it has just made.
func (v *coverage) addAssigned(fn *ssa.Function, named *types.Named) {
	for _, block := range fn.Blocks {
		for _, instr := range block.Instrs {
			f, ok := instr.(*ssa.FieldAddr)
			if !ok || !isStored(f) || !types.Identical(pointee(f.X.Type()), named) {
				continue
			}
			if _, fresh := f.X.(*ssa.Alloc); fresh {
				continue
			}
			field := fieldOf(f.X.Type(), f.Field)
			if v.assigned[field] == nil {
				v.assigned[field] = f
			}
		}
	}
}

func (c *checker) reportMissed(named *types.Named, reset *ssa.Function, f *types.Var, assigned ssa.Instruction) {
	c.report(pragma.Draft{
		Rule: resetMisses, Pos: reset.Pos(),
		Message: fmt.Sprintf("%s of %s leaves field %s alone, which line %d assigns to: the next user of the pool sees the value of the previous one; assign to it here", reset.Name(), named.Obj().Name(), f.Name(), c.line(assigned.Pos())),
		Witness: []pragma.Step{
			{Kind: "assign", Pos: assigned.Pos(), Text: f.Name() + " gets a value"},
			{Kind: "reset", Pos: reset.Pos(), Text: reset.Name() + " does not assign to it, nor does whoever takes an object"},
		},
	})
}
