package typestate

import (
	"go/constant"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/perflint/perflint/internal/ssax"
)

// execute applies an instruction to a point. It reports whether the path is
// over: there is nothing more to learn on it.
func (t *tracker) execute(p *point, instr ssa.Instruction, index int) bool {
	switch instr := instr.(type) {
	case *ssa.Call, *ssa.Go, *ssa.Defer:
		return t.executeCall(p, instr.(ssa.CallInstruction), index)
	case *ssa.Store:
		return t.executeStore(p, instr)
	case *ssa.Return:
		t.executeReturn(p, instr)
		return true
	case *ssa.Panic:
		return true
	case *ssa.MakeClosure:
		return t.executeClosure(p, instr)
	case *ssa.Phi, *ssa.BinOp, *ssa.If, *ssa.Jump, *ssa.RunDefers, *ssa.DebugRef, *ssa.Alloc:
		// Comparing it with nil or ignoring it does nothing to it.
		return false
	case *ssa.UnOp:
		return t.executeUnary(p, instr)
	case ssa.Value:
		if t.executeAlias(p, instr) {
			return false
		}
	}
	// Sent, put into a map, …
	t.operands = instr.Operands(t.operands[:0])
	for _, operand := range t.operands {
		if *operand != nil && p.roles[*operand]&(held|closure|derived) != 0 {
			return t.escape(p, instr, p.roles[*operand])
		}
	}
	return false
}

// executeUnary handles loads and receives.
func (t *tracker) executeUnary(p *point, instr *ssa.UnOp) bool {
	from := p.roles[instr.X]
	switch {
	case instr.Op == token.ARROW:
		if t.drains(p, instr.X) {
			return t.apply(p, Release, instr)
		}
		return t.use(p, instr, from)
	case instr.Op != token.MUL:
		return false
	case from&(cell|slot|failure|paired) != 0:
		p.roles[instr] = loaded(from)
		return false
	case from&(held|derived) != 0:
		if part := fieldAddr(instr.X); part != "" && part == t.spec.Part {
			p.roles[instr] = held
			return t.use(p, instr, from)
		}
		over := t.use(p, instr, from)
		if t.spec.UseAfter && refers(instr.Type()) && t.pointsInto(instr.X) {
			p.roles[instr] = derived
		}
		return over
	}
	return false
}

// loaded returns the role of what is loaded from a variable.
func loaded(r role) role {
	switch {
	case r&cell != 0:
		return held
	case r&slot != 0:
		return derived
	}
	return r
}

// pointsInto reports whether what is loaded from an address that refers to
// the resource is taken for a part of it. A slice that the resource points to
// is; what its fields point to may have been given to it by others.
func (t *tracker) pointsInto(addr ssa.Value) bool {
	_, field := addr.(*ssa.FieldAddr)
	_, element := addr.(*ssa.IndexAddr)
	return !field && !element
}

// refers reports whether values of a type refer to memory that is reused with
// the object that they come from.
func refers(t types.Type) bool {
	_, ok := t.Underlying().(*types.Slice)
	return ok
}

// fieldAddr returns the name of the field whose address a value is, or "".
func fieldAddr(v ssa.Value) string {
	f, ok := v.(*ssa.FieldAddr)
	if !ok {
		return ""
	}
	ptr, ok := f.X.Type().Underlying().(*types.Pointer)
	if !ok {
		return ""
	}
	return ptr.Elem().Underlying().(*types.Struct).Field(f.Field).Name()
}

// drains reports whether a channel is the one from which a receive discharges
// the resource.
func (t *tracker) drains(p *point, channel ssa.Value) bool {
	load, ok := channel.(*ssa.UnOp)
	if !ok || t.spec.Drains == "" || fieldAddr(load.X) != t.spec.Drains {
		return false
	}
	return p.roles[load.X.(*ssa.FieldAddr).X]&held != 0
}

// executeAlias handles values that are made of the resource without doing
// anything to it. It reports false for other instructions.
func (t *tracker) executeAlias(p *point, v ssa.Value) bool {
	var from ssa.Value
	keep := held | closure | derived | failure | paired
	switch v := v.(type) {
	case *ssa.ChangeType:
		from = v.X
	case *ssa.MakeInterface:
		from = v.X
	case *ssa.ChangeInterface:
		from = v.X
	case *ssa.TypeAssert:
		from = v.X
	case *ssa.Extract:
		assert, ok := v.Tuple.(*ssa.TypeAssert)
		if !ok {
			return true
		}
		if r := p.roles[assert]; v.Index == 1 && r&held != 0 {
			p.roles[v] = success
			return true
		}
		from = v.Tuple
	case *ssa.FieldAddr:
		return t.refer(p, v, v.X)
	case *ssa.IndexAddr:
		return t.refer(p, v, v.X)
	case *ssa.Slice:
		return t.refer(p, v, v.X)
	case *ssa.Convert:
		if basic, ok := v.Type().Underlying().(*types.Basic); !ok || basic.Kind() == types.UnsafePointer {
			return t.refer(p, v, v.X)
		}
		return true // a copy
	default:
		return false
	}
	if r := p.roles[from] & keep; r != 0 {
		p.roles[v] = r
	}
	return true
}

// refer notes that a value refers into another one.
func (t *tracker) refer(p *point, v, into ssa.Value) bool {
	r := p.roles[into]
	if r&(cell|slot) != 0 && r&held == 0 { // the variable is an array, or its address is taken
		return false
	}
	if r&(held|derived) != 0 {
		p.roles[v] = derived
	}
	return true
}

// use notes that an instruction uses the resource.
func (t *tracker) use(p *point, instr ssa.Instruction, r role) bool {
	if r&(held|derived|closure) == 0 || !t.spec.UseAfter || p.state.Phase() != Released {
		return false
	}
	t.violate(&t.result.Used, p, AtUse, instr, p.release)
	return true
}

// escape handles the resource, or what refers into it, becoming known to
// other code.
func (t *tracker) escape(p *point, instr ssa.Instruction, r role) bool {
	if t.use(p, instr, r) {
		return true
	}
	if r&derived != 0 && r&held == 0 {
		if p.state&Covered != 0 {
			t.violate(&t.result.Leaked, p, AtEscape, instr, p.release)
		}
		return t.spec.linear() // what refers into it may keep it alive
	}
	if store, ok := instr.(*ssa.Store); ok && r&held != 0 && !slices.Contains(t.result.Stored, store) {
		t.result.Stored = append(t.result.Stored, store)
	}
	return t.apply(p, Move, instr)
}

// apply applies an effect and reports whether the path is over.
func (t *tracker) apply(p *point, e Effect, instr ssa.Instruction) bool {
	before := p.state
	after := e.From(p.state)
	switch {
	case after.Has(Moved | before&Covered):
		t.result.Handed, t.result.Kept = true, true
		if t.result.Released == nil {
			t.result.Released = instr
		}
		p.state = Moved | before&Covered
		return !t.spec.Registers
	case after == 0:
		return true // does not return
	case after.Has(Released | before&Covered):
		if before.Phase() == Released && t.spec.Once && e.From(Live) == SetOf(Released) {
			t.violate(&t.result.Twice, p, AtRelease, instr, p.release)
			return true
		}
		if before.Phase() != Released {
			p.state = Released | before&Covered
			p.release = instr
			return t.discharged(p, instr)
		}
	case after.Has(Live|before&Covered) && before.Phase() == Released && !after.Has(before):
		p.state, p.release = Live|before&Covered, nil
	}
	return false
}

// discharged notes a discharge and reports whether the path is over.
func (t *tracker) discharged(p *point, instr ssa.Instruction) bool {
	if t.result.Released == nil {
		t.result.Released = instr
	}
	if p.shared != nil {
		t.violate(&t.result.Shared, p, AtRelease, instr, p.shared)
	}
	return t.spec.linear()
}

func (t *tracker) executeStore(p *point, store *ssa.Store) bool {
	if !t.coarse {
		p.env = t.paths.Store(p.env, store)
	}
	variable, local := store.Addr.(*ssa.Alloc)
	r := p.roles[store.Val]
	if r&(held|closure|derived) != 0 {
		if !local || r&(held|closure) != 0 && sharedBefore(t.engine, variable, store) {
			return t.escape(p, store, r)
		}
		p.roles[variable] = map[bool]role{true: cell, false: slot}[r&(held|closure) != 0]
		if r&held != 0 {
			// The register keeps it as well, but the source knows it by
			// the variable only.
			delete(p.roles, t.value)
		}
		return false
	}
	if r&(failure|paired) != 0 && local {
		p.roles[variable] = r
		return false
	}
	if p.roles[store.Addr]&(held|derived) != 0 { // assigns to a part of it
		return t.use(p, store, p.roles[store.Addr])
	}
	if local && p.roles[variable] != 0 {
		was := p.roles[variable]
		delete(p.roles, variable)
		if was&cell != 0 && p.state == Live && !p.keeps(held|cell|closure|derived|slot) {
			t.violate(&t.result.Lost, p, AtOverwrite, store, nil)
			return true
		}
	}
	return false
}

// executeReturn handles the end of the function.
func (t *tracker) executeReturn(p *point, ret *ssa.Return) {
	for i, v := range ret.Results {
		r := p.roles[v]
		switch {
		case r&(held|closure|derived) == 0:
		case p.state.Phase() == Released:
			t.use(p, ret, r)
			return
		case p.state&Covered != 0:
			t.violate(&t.result.Leaked, p, AtEscape, ret, p.release)
			return
		default:
			t.returned(p, ret, i, r)
			return
		}
	}
	if p.late != nil && p.state&Covered != 0 && t.spec.UseAfter {
		t.violate(&t.result.Used, p, AtUse, p.late, p.release)
	}
	switch {
	case p.state == Released|Covered && t.spec.Once:
		t.violate(&t.result.Twice, p, AtRelease, ret, p.release)
	case p.state == Live|Covered && p.shared != nil:
		t.violate(&t.result.Shared, p, AtRelease, ret, p.shared)
	case p.state == Live:
		t.violate(&t.result.Lost, p, returnKind(ret), ret, nil)
	}
	t.result.ends |= Return.From(p.state)
}

// returned notes that a result is the resource, or keeps it.
func (t *tracker) returned(p *point, ret *ssa.Return, i int, r role) {
	t.result.Handed = true
	if t.result.Released == nil {
		t.result.Released = ret
	}
	t.result.ends |= SetOf(Moved)
	if r&(held|closure) == 0 {
		return
	}
	companion := slices.IndexFunc(ret.Results, func(v ssa.Value) bool { return p.roles[v]&paired != 0 })
	found := ReturnedResult{Result: i, Companion: companion}
	if !slices.ContainsFunc(t.result.Returned, func(have ReturnedResult) bool { return have.Result == i }) {
		t.result.Returned = append(t.result.Returned, found)
	}
}

// returnKind tells what a return means in the source: in the body of a
// range-over-func loop it may be the end of a round.
func returnKind(ret *ssa.Return) Kind {
	if ssax.IsLoopBody(ret.Parent()) && len(ret.Results) == 1 {
		if more, ok := ret.Results[0].(*ssa.Const); ok && more.Value != nil && constant.BoolVal(more.Value) {
			return AtRepeat
		}
	}
	return AtReturn
}
