package typestate

import (
	"go/types"
	"maps"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/perflint/perflint/internal/ssax"
)

// executeCall handles calls, go statements and defers. It reports whether the
// path is over.
func (t *tracker) executeCall(p *point, call ssa.CallInstruction, index int) bool {
	common := call.Common()
	callee := ssax.Callee(common)
	if exits, _ := t.engine.named.exits.Of(callee); exits && common.IsInvoke() {
		return true
	}
	t.judges(p, call)
	e, r, inner := t.callEffect(p, common)
	if r == 0 || measures(common) {
		return false
	}
	switch call := call.(type) {
	case *ssa.Defer:
		return t.deferred(p, call, e, r)
	case *ssa.Go:
		return t.started(p, call, e, r, inner, index)
	}
	if t.derives(p, call, callee) {
		return t.use(p, call, r)
	}
	if !t.releases(p, e) && t.use(p, call, r) {
		return true
	}
	if e == Identity {
		t.lent(call, r)
		return false
	}
	return t.apply(p, e, call)
}

// lent notes that a call gets the resource and leaves it as it is.
func (t *tracker) lent(call ssa.CallInstruction, r role) {
	common := call.Common()
	if r&held == 0 || common.IsInvoke() || ssax.Callee(common) == nil || slices.Contains(t.result.Lent, call) {
		return
	}
	t.result.Lent = append(t.result.Lent, call)
}

// judges notes that a call gets the error beside the resource: a boolean that
// it returns may tell whether there is one, and so may an error.
func (t *tracker) judges(p *point, call ssa.CallInstruction) {
	v := call.Value()
	if v == nil || !slices.ContainsFunc(call.Common().Args, func(arg ssa.Value) bool { return p.roles[arg]&failure != 0 }) {
		return
	}
	if r := judgement(v.Type()); r != 0 {
		p.roles[v] = r
	}
	for _, ref := range *v.Referrers() {
		if x, ok := ref.(*ssa.Extract); ok {
			if r := judgement(x.Type()); r != 0 {
				p.roles[x] = r
			}
		}
	}
}

// judgement returns the role of a value that a call makes of the error.
func judgement(t types.Type) role {
	if basic, ok := t.Underlying().(*types.Basic); ok && basic.Kind() == types.Bool {
		return verdict
	}
	if ssax.IsError(t) {
		return failure
	}
	return 0
}

// measures reports whether a call is one of len and cap, which look at a
// slice's header only.
func measures(call *ssa.CallCommon) bool {
	b, ok := call.Value.(*ssa.Builtin)
	return ok && (b.Name() == "len" || b.Name() == "cap")
}

// releases reports whether an effect discharges what it finds live, perhaps
// on some paths only: the condition may be the one under which it is called.
func (t *tracker) releases(p *point, e Effect) bool {
	return e.From(Live).Has(Released)
}

// callEffect returns what a call does to the resource and by which role it
// gets it; the role is 0 if the call has nothing to do with the resource.
// For a closure, inner is a path in it on which the resource is lost.
func (t *tracker) callEffect(p *point, call *ssa.CallCommon) (e Effect, r role, inner *Violation) {
	callee := ssax.Callee(call)
	if have := p.roles[call.Value]; have&(held|closure) != 0 {
		switch {
		case call.IsInvoke():
			return t.methodEffect(callee), held, nil
		case have&held != 0 && t.spec.Calling:
			return Release, held, nil
		case have&closure != 0:
			use := t.closureCall(call.Value)
			return use.effect, closure, use.lost
		}
		return t.spec.Unknown, have, nil
	}
	e = Identity
	args := call.Args
	shift := 0
	if call.IsInvoke() {
		shift = 1 // the receiver is not among the arguments
	}
	for i, arg := range args {
		have := p.roles[arg]
		if have&(held|closure|derived) == 0 {
			continue
		}
		r |= have & (held | closure | derived)
		if have&held != 0 {
			e = e.Then(t.argEffect(call, i, i+shift))
		} else if have&closure != 0 {
			// It may be called, or kept to be called later.
			if t.closureCall(arg).effect != Identity {
				e = e.Then(Move)
			}
		}
	}
	return e, r, nil
}

// argEffect returns the effect of a call on its i'th argument, which is the
// n'th of the function, the receiver included.
func (t *tracker) argEffect(call *ssa.CallCommon, i, n int) Effect {
	callee := ssax.Callee(call)
	if callee == nil {
		if _, ok := call.Value.(*ssa.Builtin); ok {
			return Identity // append stores into an array first
		}
		return t.spec.Unknown
	}
	named := &t.engine.named
	if arg, ok := named.releases.Of(callee); ok && arg == n {
		return Release
	}
	if arg, ok := named.rearms.Of(callee); ok && arg == n {
		return Rearm
	}
	if borrows, _ := named.borrows.Of(callee); borrows {
		return Identity
	}
	if fn := t.engine.source(call); fn != nil {
		if e, ok := t.engine.paramEffect(fn, i); ok {
			return e
		}
		return t.spec.Unknown
	}
	if e, ok := t.engine.lookup(callee).Effect(n); ok {
		return e
	}
	if n == 0 && callee.Signature().Recv() != nil {
		return Identity // a method of the resource
	}
	return t.spec.Unknown
}

// methodEffect returns the effect of a method called on the resource, which
// is in an interface.
func (t *tracker) methodEffect(method *types.Func) Effect {
	if arg, ok := t.engine.named.releases.Of(method); ok && arg == 0 {
		return Release
	}
	if arg, ok := t.engine.named.rearms.Of(method); ok && arg == 0 {
		return Rearm
	}
	return Identity
}

// derives notes that the result of a call refers into the resource.
func (t *tracker) derives(p *point, call ssa.CallInstruction, callee *types.Func) bool {
	v := call.Value()
	arg, ok := t.engine.named.carries.Of(callee)
	if v == nil || !ok {
		return false
	}
	args := call.Common().Args
	if call.Common().IsInvoke() {
		args = slices.Insert(slices.Clone(args), 0, call.Common().Value)
	}
	if arg >= len(args) || p.roles[args[arg]]&(held|derived) == 0 {
		return false
	}
	p.roles[v] = derived
	return true
}

// deferred handles a call that runs when the function returns.
func (t *tracker) deferred(p *point, call *ssa.Defer, e Effect, r role) bool {
	switch {
	case e.From(Live).Has(Moved):
		return t.apply(p, e, call)
	case t.releases(p, e):
		if p.state.Phase() == Released && t.spec.UseAfter {
			if t.spec.Once {
				t.violate(&t.result.Twice, p, AtRelease, call, p.release)
			}
			return true
		}
		if p.state&Covered != 0 && t.spec.Once {
			t.violate(&t.result.Twice, p, AtRelease, call, p.release)
			return true
		}
		if t.result.Released == nil {
			t.result.Released = call
		}
		p.state |= Covered
		if p.release == nil {
			p.release = call
		}
		return t.spec.linear()
	}
	if t.use(p, call, r) {
		return true
	}
	t.lent(call, r)
	if p.state&Covered == 0 && p.late == nil && r&held != 0 {
		p.late = call // runs after whatever is deferred from here on
	}
	return false
}

// started handles a goroutine that gets the resource.
func (t *tracker) started(p *point, call *ssa.Go, e Effect, r role, inner *Violation, index int) bool {
	if t.use(p, call, r) {
		return true
	}
	if e == Identity {
		t.lent(call, r)
		if p.shared == nil && t.spec.UseAfter {
			p.shared = call
		}
		return false
	}
	if inner != nil && p.state == Live {
		other := *p
		other.roles = maps.Clone(p.roles)
		other.next, other.inner = index+1, inner
		other.prev, other.via = p, Edge{}
		t.queue = append(t.queue, &other)
	}
	return t.apply(p, e, call)
}
