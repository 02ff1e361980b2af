package timerstop

import (
	"fmt"
	"go/token"
	"go/types"
	"slices"
	"strings"
	"time"

	"golang.org/x/tools/go/ssa"

	"github.com/perflint/perflint/internal/finding"
	"github.com/perflint/perflint/internal/pragma"
	"github.com/perflint/perflint/internal/ssax"
	"github.com/perflint/perflint/internal/typestate"
)

// The rules about time.AfterFunc. The runtime keeps such a timer, and all that
// its function refers to, until it fires or is stopped, in every version.

// afterFunc checks an AfterFunc timer that does not leave its function.
//
// Many are meant to fire when the function has long returned. A guard is not:
// its function ends some work that the same function made and waits for.
func (c *checker) afterFunc(a *acquisition, t *trail, released ssa.Instruction) {
	if g, ok := c.guard(a); ok {
		c.reportGuard(a, g, t, released)
	} else if released == nil {
		c.captures(a)
	}
}

// A guard is what the function of a timer ends.
type guard struct {
	text string          // what the function does
	root ssa.Value       // the value that it ends, or the context
	work ssa.Instruction // the first call behind the timer that uses the root
}

// enders are the methods that end what their receiver does.
var enders = map[string]bool{
	"Close": true, "Kill": true, "Cancel": true, "Abort": true, "Interrupt": true, "CloseWithError": true, "Shutdown": true,
}

// guard returns what the function of a timer ends, if that was made here and
// work goes on with it behind the timer's start.
func (c *checker) guard(a *acquisition) (guard, bool) {
	for _, g := range c.ends(a.function) {
		if !c.madeHere(a, g.root) || c.livesOn(a, g.root) {
			continue
		}
		if g.work = c.work(a, g.root); g.work != nil {
			return g, true
		}
	}
	return guard{}, false
}

// ends returns what a function value ends when it is called.
func (c *checker) ends(fn ssa.Value) []guard {
	switch fn := fn.(type) {
	case *ssa.ChangeType:
		return c.ends(fn.X)
	case *ssa.Extract:
		if root := contextOf(fn); root != nil {
			return []guard{{text: "cancels the context", root: root}}
		}
	case *ssa.MakeClosure:
		literal := fn.Fn.(*ssa.Function)
		if name, ok := strings.CutSuffix(literal.Name(), "$bound"); ok {
			if enders[name] && len(fn.Bindings) == 1 {
				return []guard{{text: "calls " + name, root: root(fn.Bindings[0])}}
			}
			return nil
		}
		return c.endsIn(literal)
	}
	return nil
}

// endsIn returns what the body of a function literal ends. One with much else
// in it is more than a guard.
func (c *checker) endsIn(fn *ssa.Function) []guard {
	var list []guard
	if len(fn.Blocks) > 6 {
		return nil
	}
	for _, block := range fn.Blocks {
		for _, instr := range block.Instrs {
			call, ok := instr.(*ssa.Call)
			if !ok {
				continue
			}
			if b, ok := call.Call.Value.(*ssa.Builtin); ok {
				if b.Name() == "close" {
					list = c.appendGuard(list, "closes the channel", call.Call.Args[0])
				}
			} else if callee := ssax.Callee(call.Common()); callee != nil {
				if enders[callee.Name()] && callee.Signature().Recv() != nil {
					list = c.appendGuard(list, "calls "+callee.Name(), receiver(call.Common()))
				}
			} else if free, ok := root(call.Call.Value).(*ssa.FreeVar); ok {
				for _, v := range c.storedIn(c.binding(free)) {
					list = append(list, c.ends(v)...)
				}
			}
		}
	}
	return list
}

func (c *checker) appendGuard(list []guard, text string, v ssa.Value) []guard {
	if free, ok := root(v).(*ssa.FreeVar); ok {
		if cell := c.binding(free); cell != nil {
			return append(list, guard{text: text, root: cell})
		}
	}
	return list
}

// storedIn returns the values that are stored in a cell.
func (c *checker) storedIn(cell ssa.Value) []ssa.Value {
	var values []ssa.Value
	if cell == nil {
		return nil
	}
	for _, ref := range *cell.Referrers() {
		if store, ok := ref.(*ssa.Store); ok && store.Addr == cell {
			values = append(values, store.Val)
		}
	}
	return values
}

// contextOf returns the context that a cancel function belongs to.
func contextOf(cancel *ssa.Extract) ssa.Value {
	call, ok := cancel.Tuple.(*ssa.Call)
	if !ok || cancel.Index != 1 {
		return nil
	}
	callee := ssax.Callee(call.Common())
	if callee == nil || callee.Pkg() == nil || callee.Pkg().Path() != "context" {
		return nil
	}
	for _, ref := range *call.Referrers() {
		if ctx, ok := ref.(*ssa.Extract); ok && ctx.Index == 0 {
			return ctx
		}
	}
	return nil
}

// root returns what a value was read from: cmd for cmd.Process.
func root(v ssa.Value) ssa.Value {
	for {
		switch x := v.(type) {
		case *ssa.UnOp:
			if x.Op != token.MUL {
				return v
			}
			v = x.X
		case *ssa.FieldAddr:
			v = x.X
		case *ssa.Field:
			v = x.X
		case *ssa.ChangeType:
			v = x.X
		case *ssa.ChangeInterface:
			v = x.X
		case *ssa.MakeInterface:
			v = x.X
		default:
			return v
		}
	}
}

// madeHere reports whether a value was made by the function of an acquisition.
func (c *checker) madeHere(a *acquisition, v ssa.Value) bool {
	switch v := v.(type) {
	case *ssa.Alloc:
		for _, stored := range c.storedIn(v) {
			switch root(stored).(type) {
			case *ssa.Call, *ssa.Extract, *ssa.MakeChan, *ssa.Alloc:
			default:
				return false
			}
		}
		return v.Parent() == a.call.Parent()
	case *ssa.Call, *ssa.Extract, *ssa.MakeChan:
		return v.Parent() == a.call.Parent()
	}
	return false
}

// refersTo reports whether an operand of an instruction was read from a value.
func refersTo(instr ssa.Instruction, v ssa.Value) bool {
	return slices.ContainsFunc(instr.Operands(nil), func(op *ssa.Value) bool {
		return *op != nil && root(*op) == v
	})
}

// livesOn reports whether a value outlives the function by other ways than
// the timer: it may then be meant to be ended late.
func (c *checker) livesOn(a *acquisition, v ssa.Value) bool {
	for _, block := range a.call.Parent().Blocks {
		for _, instr := range block.Instrs {
			if !refersTo(instr, v) {
				continue
			}
			switch instr := instr.(type) {
			case *ssa.Return, *ssa.Go, *ssa.Send, *ssa.MapUpdate:
				return true
			case *ssa.Store:
				if _, local := instr.Addr.(*ssa.Alloc); !local && root(instr.Val) == v {
					return true
				}
			case *ssa.MakeClosure:
				if ssa.Value(instr) == a.function {
					continue
				}
				for _, ref := range *instr.Referrers() {
					if _, isDefer := ref.(*ssa.Defer); !isDefer {
						return true
					}
				}
			}
		}
	}
	return false
}

// work returns a call or receive behind the start of a timer that uses the
// guarded value and may take its time.
func (c *checker) work(a *acquisition, v ssa.Value) ssa.Instruction {
	w := &walk{
		paths: c.pathsOf(a.call.Parent()),
		instr: func(instr ssa.Instruction) verdict {
			switch instr := instr.(type) {
			case *ssa.Call:
				callee := ssax.Callee(instr.Common())
				if _, builtin := instr.Call.Value.(*ssa.Builtin); !builtin && refersTo(instr, v) && (callee == nil || !enders[callee.Name()]) {
					return found
				}
			case *ssa.Select:
				if refersTo(instr, v) {
					return found
				}
			}
			return goOn
		},
	}
	if t := w.after(a.call); t != nil {
		return t.at
	}
	return nil
}

func (c *checker) reportGuard(a *acquisition, g guard, t *trail, released ssa.Instruction) {
	pos, end := c.span(a.call)
	exit, where := c.exit(t, typestate.AtReturn)
	draft := pragma.Draft{Rule: guardNotStopped, Pos: pos, End: end}
	d := c.text(a.call, 0)
	draft.Message = fmt.Sprintf("the timer of %s is not stopped when the work that it bounds is over: it and what its function captures stay for %s, and then it %s all the same; keep the timer and defer its Stop", a.name, d, g.text)
	if released != nil {
		draft.Message = fmt.Sprintf("the timer of %s is not stopped before %s%s: it and what its function captures stay for %s, and then it %s all the same; defer its Stop", a.name, where, t.when(), d, g.text)
	}
	if n, ok := constantDuration(a.duration); ok && n < time.Second {
		draft.Severity = finding.Info
	}
	draft.Witness = []pragma.Step{
		{Kind: "acquire", Pos: pos, End: end, Text: fmt.Sprintf("after %s, the function %s", d, g.text)},
		{Kind: "call", Pos: g.work.Pos(), Text: "the work that it bounds"},
	}
	draft.Witness = append(draft.Witness, t.witness()...)
	draft.Witness = append(draft.Witness, pragma.Step{Kind: "exit", Pos: exit, Text: "the work is over, and the timer runs on"})
	c.report(draft)
}

// largeCapture is the size from which a captured value counts.
const largeCapture = 1 << 10

// captures reports a timer without a handle whose function captures something
// large, or something that belongs to one request.
func (c *checker) captures(a *acquisition) {
	closure, ok := a.function.(*ssa.MakeClosure)
	if !ok {
		return
	}
	d, constant := constantDuration(a.duration)
	if constant && d < time.Second || strings.HasSuffix(closure.Fn.Name(), "$bound") {
		return
	}
	fn := closure.Fn.(*ssa.Function)
	for i, binding := range closure.Bindings {
		what := c.large(binding.Type().Underlying().(*types.Pointer).Elem())
		if what == "" {
			continue
		}
		pos, end := c.span(a.call)
		name := fn.FreeVars[i].Name()
		draft := pragma.Draft{Rule: pinnedCaptures, Pos: pos, End: end, Message: fmt.Sprintf(
			"the function of %s keeps %s, %s, in memory for %s, and nothing can stop its timer; capture only what it needs, or keep the timer and stop it",
			a.name, name, what, c.text(a.call, 0))}
		draft.Witness = []pragma.Step{
			{Kind: "acquire", Pos: pos, End: end, Text: "the runtime keeps the function until the timer fires"},
			{Kind: "capture", Pos: fn.Pos(), Text: fmt.Sprintf("it refers to %s", name)},
		}
		c.report(draft)
		return
	}
}

// large returns words for a type whose values are large, or "".
func (c *checker) large(t types.Type) string {
	if typeIs(t, "net/http", "Request") || typeIs(t, "net/http", "ResponseWriter") {
		return "a request with its body and buffers"
	}
	if typeIs(t, "bytes", "Buffer") {
		return "a buffer"
	}
	if s, ok := t.Underlying().(*types.Slice); ok {
		if b, ok := s.Elem().Underlying().(*types.Basic); ok && b.Kind() == types.Byte {
			return "a byte slice"
		}
	}
	// What a pointer leads to is likely to be kept by others as well.
	switch t.Underlying().(type) {
	case *types.Array, *types.Struct:
		if size := c.pass.TypesSizes.Sizeof(t); size >= largeCapture {
			return fmt.Sprintf("%d bytes", size)
		}
	}
	return ""
}

func typeIs(t types.Type, path, name string) bool {
	if ptr, ok := t.(*types.Pointer); ok {
		t = ptr.Elem()
	}
	named, ok := types.Unalias(t).(*types.Named)
	return ok && named.Obj().Name() == name && named.Obj().Pkg() != nil && named.Obj().Pkg().Path() == path
}
