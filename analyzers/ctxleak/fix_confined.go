package ctxleak

import (
	"go/token"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"
	"golang.org/x/tools/go/types/typeutil"

	"github.com/perflint/perflint/internal/ssax"
)

// confined reports whether every use of a context is certainly over when the
// function that holds it, or the round of the loop that makes it, ends.
//
// Followed are copies, variables, closures that are called where they stand,
// and contexts derived from it. It may be given to calls whose results cannot
// keep it (see [inert]); what the callee does is read where its body is at
// hand and judged by its name elsewhere. A callee whose body is elsewhere and
// whose name betrays nothing may yet keep the context: this is the one hole,
// and [retains] is wide for that reason.
func confined(context ssa.Value) bool {
	u := &usage{seen: make(map[ssa.Value]bool)}
	return u.value(context, 0)
}

// maxCalls bounds how deep a context is followed into callees.
const maxCalls = 3

// A usage is the search for a use of a context that may outlive it. Its
// methods report whether there is none.
type usage struct {
	seen map[ssa.Value]bool
}

// value checks the uses of a context in a register.
func (u *usage) value(v ssa.Value, depth int) bool {
	if u.seen[v] {
		return true
	}
	u.seen[v] = true
	return !slices.ContainsFunc(*v.Referrers(), func(ref ssa.Instruction) bool { return !u.use(v, ref, depth) })
}

func (u *usage) use(v ssa.Value, ref ssa.Instruction, depth int) bool {
	switch ref := ref.(type) {
	case *ssa.DebugRef, *ssa.BinOp: // compared
		return true
	case *ssa.Phi:
		return u.value(ref, depth)
	case *ssa.ChangeInterface:
		return u.value(ref, depth)
	case *ssa.MakeInterface:
		return u.value(ref, depth)
	case *ssa.Store:
		cell, ok := ref.Addr.(*ssa.Alloc)
		return ok && u.cell(cell, depth)
	case *ssa.Call:
		return u.call(v, ref, depth)
	}
	return false // returned, sent, stored, deferred, given to a goroutine, …
}

// cell checks the uses of a variable that holds the context and that a
// closure refers to.
func (u *usage) cell(cell ssa.Value, depth int) bool {
	if u.seen[cell] {
		return true
	}
	u.seen[cell] = true
	for _, ref := range *cell.Referrers() {
		ok := false
		switch ref := ref.(type) {
		case *ssa.DebugRef:
			ok = true
		case *ssa.Store:
			ok = ref.Addr == cell
		case *ssa.UnOp:
			ok = ref.Op == token.MUL && u.value(ref, depth)
		case *ssa.MakeClosure:
			free := ref.Fn.(*ssa.Function).FreeVars[slices.Index(ref.Bindings, cell)]
			ok = calledInPlace(ref) && u.cell(free, depth)
		}
		if !ok {
			return false
		}
	}
	return true
}

// calledInPlace reports whether a closure is called and not kept:
// func() { … }().
func calledInPlace(closure *ssa.MakeClosure) bool {
	for _, ref := range *closure.Referrers() {
		call, ok := ref.(*ssa.Call)
		if !ok || call.Call.Value != closure || slices.Contains(call.Call.Args, ssa.Value(closure)) {
			return false
		}
	}
	return true
}

// call checks a call that has the context as receiver or argument.
func (u *usage) call(v ssa.Value, call *ssa.Call, depth int) bool {
	common := &call.Call
	callee := ssax.Callee(common)
	if common.IsInvoke() && common.Value == v {
		return !slices.Contains(common.Args, v) && u.method(call)
	}
	if callee != nil {
		if keep, ok := contextFuncs[callee.FullName()]; ok {
			return keep == nothing || keep == first && u.derived(call, depth)
		}
	}
	if retains(callee) || !inertResults(common.Signature()) {
		return false
	}
	if common.IsInvoke() {
		return true
	}
	fn := common.StaticCallee()
	if fn == nil {
		return false // an unknown function value, or a builtin such as append
	}
	return u.callee(v, call, fn, depth)
}

// method checks a call of a method of the context itself.
func (u *usage) method(call *ssa.Call) bool {
	if call.Call.Method.Name() != "Done" {
		return true // an error, a time or a value: nothing that ends
	}
	for _, ref := range *call.Referrers() {
		switch ref := ref.(type) {
		case *ssa.DebugRef, *ssa.BinOp:
		case *ssa.Select:
			if slices.ContainsFunc(ref.States, func(s *ssa.SelectState) bool { return s.Send == call }) {
				return false
			}
		case *ssa.UnOp:
			if ref.Op != token.ARROW {
				return false
			}
		default:
			return false // kept for later
		}
	}
	return true
}

// derived checks the context that a function of package context made of it.
func (u *usage) derived(call *ssa.Call, depth int) bool {
	if _, ok := call.Type().(*types.Tuple); !ok {
		return u.value(call, depth)
	}
	for _, ref := range *call.Referrers() {
		extract, ok := ref.(*ssa.Extract)
		if !ok || extract.Index == 0 && !u.value(extract, depth) {
			return false
		}
	}
	return true
}

// callee follows the context into a function whose body is at hand.
func (u *usage) callee(v ssa.Value, call *ssa.Call, fn *ssa.Function, depth int) bool {
	if origin := fn.Origin(); origin != nil {
		fn = origin
	}
	if own := call.Parent().Pkg; fn.Pkg != own || len(fn.Blocks) == 0 {
		obj := fn.Object()
		return obj != nil && obj.Pkg() != own.Pkg // of another package: its name has been judged
	}
	if depth == maxCalls {
		return false
	}
	for i, arg := range call.Call.Args {
		if arg == v && !u.value(fn.Params[i], depth+1) {
			return false
		}
	}
	return true
}

// What a function of package context keeps of the context that it is given.
type keeping int

const (
	nothing  keeping = iota
	first            // its first result is derived from it
	callback         // it starts something when the context ends
)

// contextFuncs are the functions of package context, by [types.Func.FullName].
var contextFuncs = map[string]keeping{
	"context.AfterFunc":         callback, // https://pkg.go.dev/context#AfterFunc
	"context.Cause":             nothing,  // https://pkg.go.dev/context#Cause
	"context.WithCancel":        first,    // https://pkg.go.dev/context#WithCancel
	"context.WithCancelCause":   first,    // https://pkg.go.dev/context#WithCancelCause
	"context.WithDeadline":      first,    // https://pkg.go.dev/context#WithDeadline
	"context.WithDeadlineCause": first,    // https://pkg.go.dev/context#WithDeadlineCause
	"context.WithTimeout":       first,    // https://pkg.go.dev/context#WithTimeout
	"context.WithTimeoutCause":  first,    // https://pkg.go.dev/context#WithTimeoutCause
	"context.WithValue":         first,    // https://pkg.go.dev/context#WithValue
	"context.WithoutCancel":     nothing,  // https://pkg.go.dev/context#WithoutCancel
}

// retaining are the beginnings of the names of functions that commonly leave
// something running, open or registered under the context they are given.
var retaining = []string{
	"Accept", "Add", "Async", "Attach", "Begin", "Bind", "Connect", "Dial", "Enqueue", "Go", "Init", "Launch",
	"Listen", "New", "Notify", "Open", "Push", "Queue", "Register", "Run", "Schedule", "Serve", "Set", "Spawn",
	"Start", "Stream", "Submit", "Subscribe", "Watch", "With",
}

// retains reports whether a function may keep the context behind its
// caller's back, as far as its name and results tell.
func retains(callee *types.Func) bool {
	if callee == nil {
		return false // a function literal, whose body is at hand
	}
	name := strings.ToUpper(callee.Name()[:1]) + callee.Name()[1:]
	if strings.HasSuffix(name, "Async") {
		return true
	}
	return slices.ContainsFunc(retaining, func(prefix string) bool { return strings.HasPrefix(name, prefix) })
}

// inertResults reports whether a function returns something and nothing that
// could refer to the context. A function without results does what it does
// behind the caller's back.
func inertResults(sig *types.Signature) bool {
	if sig.Results().Len() == 0 {
		return false
	}
	for result := range sig.Results().Variables() {
		if !inert(result.Type()) {
			return false
		}
	}
	return true
}

// inert reports whether no value of a type can refer to a context or do
// anything by itself: it holds no function, channel, interface other than
// error, unsafe.Pointer or type parameter.
func inert(t types.Type) bool {
	seen := new(typeutil.Map)
	var check func(types.Type) bool
	check = func(t types.Type) bool {
		if seen.At(t) != nil || ssax.IsError(t) {
			return true
		}
		seen.Set(t, true)
		switch t := t.Underlying().(type) {
		case *types.Basic:
			return t.Kind() != types.UnsafePointer
		case *types.Pointer:
			return check(t.Elem())
		case *types.Slice:
			return check(t.Elem())
		case *types.Array:
			return check(t.Elem())
		case *types.Map:
			return check(t.Key()) && check(t.Elem())
		case *types.Struct:
			for field := range t.Fields() {
				if !check(field.Type()) {
					return false
				}
			}
			return true
		}
		return false // under a type parameter is an interface, too
	}
	return check(t)
}
