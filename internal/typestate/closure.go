package typestate

import (
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/perflint/perflint/internal/ssax"
)

// An entry is a way in which a function gets the resource: a parameter, or a
// captured variable.
type entry struct {
	fn    *ssa.Function
	value ssa.Value
}

// An entryEffect is what a function does with what it gets.
type entryEffect struct {
	effect Effect
	lost   *Violation // a path on which it neither discharges nor moves it
	writes bool       // a captured variable is assigned to
}

// paramEffect returns the effect of a function of this package on its i'th
// parameter. It reports false if there is no telling, as in a recursion.
func (e *Engine) paramEffect(fn *ssa.Function, i int) (Effect, bool) {
	if i >= len(fn.Params) || fn.Signature.Variadic() && i == len(fn.Params)-1 {
		return 0, false
	}
	if x := e.entryEffect(fn, fn.Params[i], held); x != nil {
		return x.effect, true
	}
	return 0, false
}

// entryEffect tracks what a function does with a value that it gets.
func (e *Engine) entryEffect(fn *ssa.Function, v ssa.Value, r role) *entryEffect {
	k := entry{fn, v}
	if x, ok := e.entries[k]; ok {
		return x
	}
	if e.busy[k] || len(e.busy) > 50 || len(fn.Blocks) == 0 {
		return nil
	}
	e.busy[k] = true
	defer delete(e.busy, k)
	t := e.newTracker(fn, v)
	start := &point{block: fn.Blocks[0], roles: map[ssa.Value]role{v: r}, state: Live}
	if r == held {
		start.env = t.paths.NonNil(start.env, v)
	}
	result := t.run(start)
	x := &entryEffect{lost: result.Lost}
	if r == cell && assigns(v) {
		x.writes = true
	}
	live := result.ends
	if result.Handed {
		live |= SetOf(Moved)
	}
	if result.Released != nil && !result.Handed {
		live |= SetOf(Released) // the rest of a path that ends its protocol is not followed
	}
	if result.Exhausted {
		live |= SetOf(Moved)
	}
	if live == 0 {
		live = SetOf(Live) // it runs for ever
	}
	x.effect = Map(func(s State) Set {
		if s.Phase() != Live {
			return SetOf(s)
		}
		var set Set
		for to := range State(states) {
			if live.Has(to) {
				set |= SetOf(to.Phase() | s&Covered)
			}
		}
		return set
	})
	e.entries[k] = x
	return x
}

// A closureUse is what calling a closure does to the resource in the
// variables that it captured.
type closureUse struct {
	effect Effect
	// lost is a path in the closure on which it does not discharge it, and
	// that does not depend on what it shares with others.
	lost *Violation
}

// closureCall returns what calling a closure does. Where it is not clear which
// closure a value is, it may do anything.
func (t *tracker) closureCall(v ssa.Value) closureUse {
	if made, ok := v.(*ssa.MakeClosure); ok {
		if use, ok := t.closures[made]; ok {
			return use
		}
	}
	return closureUse{effect: Move}
}

// closureEffect returns what calling a closure does to the resource in one of
// its bindings.
func (t *tracker) closureEffect(made *ssa.MakeClosure, i int, r role) closureUse {
	fn := made.Fn.(*ssa.Function)
	if method, ok := fn.Object().(*types.Func); ok && r&held != 0 { // a bound method, such as t.Stop
		return closureUse{effect: t.boundEffect(method)}
	}
	x := t.engine.captured(fn, i)
	switch {
	case x == nil || x.writes:
		return closureUse{effect: Move} // what the variable holds from here on is beyond this trace
	case x.effect.From(Live) == SetOf(Live):
		return closureUse{effect: Identity}
	case x.effect.From(Live).Has(Moved):
		return closureUse{effect: Move}
	}
	// Where it discharges it under a condition, that may be the one under
	// which it is called.
	use := closureUse{effect: Release}
	if x.lost != nil && independent(x.lost) {
		use.lost = x.lost
	}
	return use
}

// boundEffect returns the effect of calling a bound method of the resource.
func (t *tracker) boundEffect(method *types.Func) Effect {
	e := t.methodEffect(method)
	if e != Identity || method.Pkg() != t.engine.pkg.Pkg {
		return e
	}
	if fn := t.engine.pkg.Prog.FuncValue(method); fn != nil {
		if e, ok := t.engine.paramEffect(fn, 0); ok {
			return e
		}
	}
	return t.spec.Unknown
}

// captured returns what a closure does with its i'th captured variable.
func (e *Engine) captured(fn *ssa.Function, i int) *entryEffect {
	if len(fn.FreeVars) <= i {
		return nil
	}
	return e.entryEffect(fn, fn.FreeVars[i], cell)
}

// assigns reports whether a closure, or one inside of it, assigns to a
// captured variable.
func assigns(free ssa.Value) bool {
	for _, ref := range *free.Referrers() {
		switch ref := ref.(type) {
		case *ssa.Store:
			if ref.Addr == free {
				return true
			}
		case *ssa.MakeClosure:
			i := slices.Index(ref.Bindings, free)
			if inner := ref.Fn.(*ssa.Function); i >= 0 && assigns(inner.FreeVars[i]) {
				return true
			}
		}
	}
	return false
}

// independent reports whether the decisions on a path depend on nothing that
// is shared with the function that made the closure: their outcome could be
// tied to the path outside.
func independent(v *Violation) bool {
	for _, step := range v.Steps {
		branch, ok := step.From.Instrs[len(step.From.Instrs)-1].(*ssa.If)
		if !ok || ssax.ChosenCase(step.From, 0) != nil {
			continue
		}
		if readsShared(branch.Cond, 0) {
			return false
		}
	}
	return true
}

// readsShared reports whether a value is computed from a captured variable.
func readsShared(v ssa.Value, depth int) bool {
	if depth > 6 {
		return true
	}
	switch v := v.(type) {
	case *ssa.FreeVar, *ssa.Global:
		return true
	case *ssa.Const, *ssa.Parameter, *ssa.Alloc, *ssa.Call, *ssa.Extract, *ssa.Phi:
		return false
	case ssa.Instruction:
		for _, operand := range v.Operands(nil) {
			if *operand != nil && readsShared(*operand, depth+1) {
				return true
			}
		}
	}
	return false
}

// executeClosure handles a function literal that refers to a variable that
// holds the resource, or a method value of the resource.
func (t *tracker) executeClosure(p *point, made *ssa.MakeClosure) bool {
	use := closureUse{effect: Identity}
	for i, binding := range made.Bindings {
		r := p.roles[binding]
		switch {
		case r&(cell|held|closure) != 0:
			one := t.closureEffect(made, i, r)
			use.effect = use.effect.Then(one.effect)
			if one.lost != nil {
				use.lost = one.lost
			}
			p.roles[made] |= closure
		case r&(slot|derived) != 0:
			p.roles[made] |= derived
		}
	}
	if p.roles[made]&closure == 0 {
		return false
	}
	if use.effect.From(Live).Has(Moved) {
		return t.apply(p, Move, made)
	}
	if use.effect == Identity && !t.spec.UseAfter {
		delete(p.roles, made)
	}
	t.closures[made] = use
	return false
}

// sharedBefore reports whether, when a store into a variable is executed,
// other code may already know the variable: a closure that was made before,
// or anything that its address was given to. That code may use whatever the
// variable holds later, as in
//
//	var cancel context.CancelFunc
//	defer func() { cancel() }()
//	ctx, cancel = context.WithCancel(ctx)
func sharedBefore(e *Engine, variable *ssa.Alloc, store *ssa.Store) bool {
	for _, ref := range *variable.Referrers() {
		switch ref := ref.(type) {
		case *ssa.UnOp, *ssa.DebugRef:
		case *ssa.Store:
			if ref.Val == variable {
				return true
			}
		case *ssa.MakeClosure:
			i := slices.Index(ref.Bindings, ssa.Value(variable))
			x := e.captured(ref.Fn.(*ssa.Function), i)
			ignores := x != nil && !x.writes && x.effect.From(Live) == SetOf(Live)
			if !ignores && precedes(ref, store, variable) {
				return true
			}
		default:
			return true
		}
	}
	return false
}

// precedes reports whether an instruction can be executed before another
// without the variable being made anew in between.
func precedes(first, second ssa.Instruction, variable *ssa.Alloc) bool {
	if first.Block() == second.Block() && slices.Index(first.Block().Instrs, first) < slices.Index(first.Block().Instrs, second) {
		return true
	}
	if variable.Block() == second.Block() {
		return false // made anew before the store, wherever the path comes from
	}
	for _, succ := range first.Block().Succs {
		if succ != variable.Block() && ssax.Reaches(succ, second.Block(), variable.Block()) {
			return true
		}
	}
	return false
}
