package chanmodel

import (
	"go/token"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/perflint/perflint/internal/ssax"
)

// A Contract is what a function that starts a goroutine leaves to its caller:
// the goroutine ends only when something happens to a field of an object, and
// there are functions that make it happen. It is the "method contract" of
// Saioc et al., "Unveiling and Vanquishing Goroutine Leaks in Enterprise
// Microservices" (CGO 2024).
type Contract struct {
	Starter *Func
	// The object is a parameter of the starter or one of its results; the
	// other is -1.
	Param, Result int
	Go            *Op // in the starter, or in a function that it calls
	Begin         *Func
	Signal        Use // what the goroutine waits for
	// Stops are the functions that give the signal, or lead to one that does.
	// It is empty if the signal is the end of a context.
	Stops []*Func
	// Always is set if the starter starts the goroutine on all paths, but for
	// those where it may return an error.
	Always bool
}

// contracts finds the contracts of a package.
type contracts struct {
	m     *Model
	found []Contract
	users map[*Resource]map[*Func]bool
	known map[question]need // see needs
}

// Contracts returns the contracts of the package's functions, in the order of
// the model.
func (m *Model) Contracts() []Contract {
	c := &contracts{m: m, users: make(map[*Resource]map[*Func]bool), known: make(map[question]need)}
	for _, f := range m.Funcs {
		c.direct(f)
	}
	// What a function starts, its callers start as well.
	for i := 0; i < len(c.found) && i < maxContracts; i++ {
		c.inherit(c.found[i])
	}
	return c.found
}

// maxContracts bounds the chains of callers that are followed.
const maxContracts = 1000

// direct finds the contracts of the go statements in a function.
func (c *contracts) direct(f *Func) {
	for i, b := range f.Blocks {
		for j, op := range b.Ops {
			if op.Kind != Go || op.Deferred || len(op.Callees) != 1 || op.Callees[0].Func == nil || op.Counts.Resource != nil {
				continue
			}
			callee := &op.Callees[0]
			signal, ok := c.onlyEnd(callee.Func)
			if !ok {
				continue
			}
			owner := callee.In(owner(signal.Ref().Object))
			c.add(f, Use{f, i, j, op, -1}, owner, Contract{Go: op, Begin: callee.Func, Signal: signal, Stops: c.stops(signal)})
		}
	}
}

// owner returns the object that a field belongs to: the root of its path.
func owner(o Object) Object {
	if o.Root() == o {
		return "" // no field
	}
	return o.Root()
}

// inherit finds the functions that call a starter and become one.
func (c *contracts) inherit(k Contract) {
	if k.Param < 0 {
		return
	}
	for _, site := range k.Starter.Callers {
		if site.Op.Kind != Call || site.Op.Deferred || len(site.Op.Callees) != 1 || slices.Contains(k.Stops, site.In) {
			continue
		}
		object := site.Op.Callees[0].Args[k.Starter.Params[k.Param]]
		index := slices.Index(site.In.Blocks[site.Block].Ops, site.Op)
		inherited := k
		inherited.Always = false
		c.add(site.In, Use{site.In, site.Block, index, site.Op, -1}, object.Root(), inherited)
	}
}

// add adds a contract if the object is the caller's business: a parameter or
// a result of the function.
func (c *contracts) add(f *Func, at Use, object Object, k Contract) {
	k.Starter, k.Param, k.Result = f, slices.Index(f.Params, object), slices.Index(f.Results, object)
	if object == "" || k.Param < 0 && k.Result < 0 || f.Outer != nil {
		return
	}
	if k.Param >= 0 {
		k.Result = -1
	}
	if slices.ContainsFunc(c.found, func(have Contract) bool { return have.Starter == f && have.Signal == k.Signal }) {
		return
	}
	k.Always = c.always(at)
	c.found = append(c.found, k)
}

// always reports whether no path returns without an operation, unless it may
// return an error: then there is nothing to stop.
func (c *contracts) always(u Use) bool {
	return !slices.ContainsFunc(u.Func.Blocks, func(b *Block) bool {
		i := slices.IndexFunc(b.Ops, func(op *Op) bool { return op.Kind == Return })
		block := slices.Index(u.Func.Blocks, b)
		if i < 0 || u.Func.mayFail(block) {
			return false
		}
		at := Use{u.Func, block, i, b.Ops[i], -1}
		return reachedWithout(at, func(op *Op) bool { return op == u.Op })
	})
}

// mayFail reports whether the last result of a return is an error that is not
// always nil.
func (f *Func) mayFail(block int) bool {
	if f.source == nil {
		return false
	}
	instrs := f.source.Blocks[block].Instrs
	ret, ok := instrs[len(instrs)-1].(*ssa.Return)
	if !ok || len(ret.Results) == 0 {
		return false
	}
	last := ret.Results[len(ret.Results)-1]
	return ssax.IsError(last.Type()) && !ssax.IsNil(last)
}

// onlyEnd returns the receive from a field without which a goroutine does not
// end, if there is just one such field.
func (c *contracts) onlyEnd(begin *Func) (Use, bool) {
	var candidates []Use
	for _, f := range within(begin) {
		for i, b := range f.Blocks {
			for j, op := range b.Ops {
				if op.Resource != nil && (op.Kind == Receive || op.Kind == Range) {
					candidates = append(candidates, Use{f, i, j, op, -1})
				}
				for k, one := range op.Cases {
					if one.Kind == Receive && one.Resource != nil {
						candidates = append(candidates, Use{f, i, j, op, k})
					}
				}
			}
		}
	}
	for _, u := range candidates {
		r := u.Ref().Resource
		if !strings.HasPrefix(r.ID, "F:") || u.Ref().Object == "" || !c.canEnd(u) {
			continue
		}
		if n := c.needs(begin, r); n.only && n.some {
			if f := u.Func; f != begin {
				u, ok := c.lift(u, begin)
				return u, ok
			}
			return u, true
		}
	}
	return Use{}, false
}

// within returns a function and those that it calls directly.
func within(f *Func) []*Func {
	list := []*Func{f}
	for _, b := range f.Blocks {
		for _, op := range b.Ops {
			if op.Kind == Call && len(op.Callees) == 1 && op.Callees[0].Func != nil && !slices.Contains(list, op.Callees[0].Func) {
				list = append(list, op.Callees[0].Func)
			}
		}
	}
	return list
}

// lift expresses an operation of a callee in terms of the function that calls
// it. Only the object is changed.
func (c *contracts) lift(u Use, begin *Func) (Use, bool) {
	for _, site := range u.Func.Callers {
		if site.In != begin || site.Op.Kind != Call {
			continue
		}
		op := *u.Op
		object := site.Op.Callees[0].In(u.Ref().Object)
		if u.Case >= 0 {
			op.Cases = slices.Clone(op.Cases)
			op.Cases[u.Case].Object = object
		} else {
			op.Object = object
		}
		u.Op = &op
		return u, object != ""
	}
	return u, false
}

// canEnd reports whether the package alone decides when a receive from a
// field succeeds, and it does at some time.
func (c *contracts) canEnd(u Use) bool {
	r := u.Ref().Resource
	if r.Kind == Done {
		return true
	}
	return r.Kind == Chan && !r.Unknown && r.Access&OthersSend == 0 && len(c.stops(u)) > 0
}

// stops returns the functions that make a receive succeed: they close the
// channel or, unless it is the range of a loop, send to it; and those that
// call them.
func (c *contracts) stops(signal Use) []*Func {
	var list []*Func
	add := func(f *Func) {
		if !slices.Contains(list, f) {
			list = append(list, f)
		}
	}
	for _, u := range c.m.Uses(signal.Ref().Resource) {
		if u.Kind() == Close || u.Kind() == Send && signal.Kind() != Range {
			add(u.Func)
		}
	}
	for i := 0; i < len(list); i++ {
		for _, site := range list[i].Callers {
			add(site.In)
		}
		if list[i].Outer != nil {
			add(list[i].Outer)
		}
	}
	return list
}

// Pos returns where the goroutine of a contract is started.
func (k *Contract) Pos() token.Pos { return k.Go.Pos }
