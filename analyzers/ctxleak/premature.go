package ctxleak

import (
	"fmt"
	"go/token"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/perflint/perflint/internal/finding"
	"github.com/perflint/perflint/internal/pragma"
	"github.com/perflint/perflint/internal/ssax"
)

// prematureCancel reports a deferred cancel that ends a context while it is
// still needed: by a goroutine that the function starts just before it
// returns, or by a value that it returns.
//
// A goroutine that ends with the function that started it is the ordinary
// case, and most functions do something in the meantime. So all that can
// happen between the go statement and the return must be known to take no
// time (see [quick]); anything unknown may be what the goroutine accompanies,
// or may wait for it. What a returned value needs is a table, in spec.go.
func (c *checker) prematureCancel(fn *ssa.Function) {
	for _, d := range derivations(fn) {
		if d.release == nil || d.context == nil {
			continue
		}
		contexts := inherits(d.context, d.call)
		deferred := d.deferral()
		if deferred != nil {
			c.prematureGo(d, deferred, contexts)
		}
		if endings := d.endings(deferred); len(endings) > 0 {
			c.prematureReturn(d, endings, contexts)
		}
	}
}

// deferral returns the statement "defer cancel()", or nil. A deferred
// literal that does more may wait for whatever uses the context.
func (d *derivation) deferral() *ssa.Defer {
	release := holders(d.release)
	for _, block := range d.call.Parent().Blocks {
		for _, instr := range block.Instrs {
			deferred, ok := instr.(*ssa.Defer)
			if !ok || deferred.Call.IsInvoke() || !release[deferred.Call.Value] || !follows(deferred, d.call) {
				continue
			}
			if closure, ok := deferred.Call.Value.(*ssa.MakeClosure); ok && !onlyCancels(closure.Fn.(*ssa.Function)) {
				continue
			}
			return deferred
		}
	}
	return nil
}

// onlyCancels reports whether a deferred function literal calls the cancel
// function whatever happens, and waits for nothing.
func onlyCancels(fn *ssa.Function) bool {
	return len(fn.Blocks) > 0 && quickFunction(fn, 0) && slices.ContainsFunc(fn.Blocks[0].Instrs, func(instr ssa.Instruction) bool {
		call, ok := instr.(*ssa.Call)
		return ok && isRelease(call.Common())
	})
}

// inherits returns what may hold a context or one that ends with it, once a
// call is executed.
func inherits(context ssa.Value, after *ssa.Call) map[ssa.Value]bool {
	found := make(map[ssa.Value]bool)
	var add func(ssa.Value)
	add = func(v ssa.Value) {
		for h := range holders(v) {
			if found[h] || after != nil && !laterThan(h, after) {
				continue
			}
			found[h] = true
			for _, ref := range *h.Referrers() {
				call, ok := ref.(*ssa.Call)
				if !ok || !children[calleeName(call.Common())] || !slices.Contains(call.Call.Args, h) {
					continue
				}
				if first := result(call, 0); first != nil {
					add(first)
				} else if !isTuple(call) {
					add(call)
				}
			}
		}
	}
	add(context)
	return found
}

// laterThan reports whether a value can be computed after a call. A load of
// the variable before it yields another context. Variables are earlier.
func laterThan(v ssa.Value, call *ssa.Call) bool {
	switch v := v.(type) {
	case *ssa.Alloc:
		return true
	case ssa.Instruction:
		return follows(v, call)
	}
	return true
}

// prematureGo reports goroutines that are given the context although the
// function then has nothing left to do but return.
func (c *checker) prematureGo(d *derivation, deferred *ssa.Defer, contexts map[ssa.Value]bool) {
	for _, block := range d.call.Parent().Blocks {
		for _, instr := range block.Instrs {
			start, ok := instr.(*ssa.Go)
			if !ok || !follows(start, deferred) || !worksWith(start, contexts) {
				continue
			}
			if ret := returnsAtOnce(start, deferred); ret != nil {
				c.reportPrematureGo(d, deferred, start, ret)
			}
		}
	}
}

// worksWith reports whether a goroutine gives a context to code that may need
// it alive. One that only waits for its end wants the cancel, and one that
// only reads its values does not mind.
func worksWith(start *ssa.Go, contexts map[ssa.Value]bool) bool {
	if needsArgument(start.Common(), contexts, 0) {
		return true
	}
	closure, ok := start.Call.Value.(*ssa.MakeClosure)
	if !ok {
		return false
	}
	fn := closure.Fn.(*ssa.Function)
	for i, binding := range closure.Bindings {
		if contexts[binding] && passedOn(fn.FreeVars[i], 0) {
			return true
		}
	}
	return false
}

// needsArgument reports whether a call may need one of its arguments that are
// in a set: unless the function is in this package, nobody can tell.
func needsArgument(call *ssa.CallCommon, set map[ssa.Value]bool, depth int) bool {
	for i, arg := range call.Args {
		if !set[arg] {
			continue
		}
		fn := call.StaticCallee()
		if fn == nil || len(fn.Blocks) == 0 {
			return !isQuickCall(call, 0)
		}
		if passedOn(fn.Params[i], depth+1) {
			return true
		}
	}
	return false
}

// passedOn reports whether a context, or the variable that holds it, is given
// to code that may need it.
func passedOn(v ssa.Value, depth int) bool {
	if depth > 4 || v.Referrers() == nil {
		return false
	}
	held := holders(v)
	for h := range held {
		for _, ref := range *h.Referrers() {
			switch ref := ref.(type) {
			case *ssa.MakeClosure:
				inner := ref.Fn.(*ssa.Function)
				if i := slices.Index(ref.Bindings, h); i >= 0 && passedOn(inner.FreeVars[i], depth+1) {
					return true
				}
			case ssa.CallInstruction:
				if needsArgument(ref.Common(), held, depth) {
					return true
				}
			}
		}
	}
	return false
}

// returnsAtOnce returns a return that a go statement leads to, if nothing
// that can happen before it, or among the deferred calls, takes time.
func returnsAtOnce(start *ssa.Go, release *ssa.Defer) *ssa.Return {
	fn := start.Parent()
	if ssax.IsLoopBody(fn) {
		return nil // the function goes on
	}
	for _, block := range fn.Blocks {
		for _, instr := range block.Instrs {
			if d, ok := instr.(*ssa.Defer); ok && d != release && !isQuickCall(d.Common(), 0) {
				return nil
			}
		}
	}
	var ret *ssa.Return
	seen := make(map[*ssa.BasicBlock]bool)
	var visit func(*ssa.BasicBlock, int) bool
	visit = func(b *ssa.BasicBlock, from int) bool {
		for _, instr := range b.Instrs[from:] {
			if r, ok := instr.(*ssa.Return); ok && ret == nil {
				ret = r
			}
			if !quick(instr, 0) {
				return false
			}
		}
		for _, succ := range b.Succs {
			if !seen[succ] {
				seen[succ] = true
				if !visit(succ, 0) {
					return false
				}
			}
		}
		return true
	}
	if !visit(start.Block(), slices.Index(start.Block().Instrs, ssa.Instruction(start))+1) {
		return nil
	}
	return ret
}

// quick reports whether an instruction takes next to no time and waits for
// nothing.
func quick(instr ssa.Instruction, depth int) bool {
	switch instr := instr.(type) {
	case *ssa.Select, *ssa.Send:
		return false
	case *ssa.UnOp:
		return instr.Op != token.ARROW
	case *ssa.Next:
		return true
	case *ssa.Call:
		return isQuickCall(instr.Common(), depth)
	case *ssa.Defer:
		return isQuickCall(instr.Common(), depth)
	}
	return true
}

// isQuickCall reports whether a call takes next to no time: a builtin, what
// the table knows, and functions of this package that do nothing else.
func isQuickCall(call *ssa.CallCommon, depth int) bool {
	if _, ok := call.Value.(*ssa.Builtin); ok {
		return true
	}
	if callee := ssax.Callee(call); callee != nil {
		if quickCalls[callee.FullName()] || callee.Pkg() != nil && quickPackages[callee.Pkg().Path()] {
			return true
		}
		if callee.Pkg() == nil { // error.Error
			return true
		}
	}
	switch fn := call.Value.(type) {
	case *ssa.Function:
		return quickFunction(fn, depth+1)
	case *ssa.MakeClosure:
		return quickFunction(fn.Fn.(*ssa.Function), depth+1)
	}
	return isRelease(call)
}

// isRelease reports whether a call is one of a cancel function.
func isRelease(call *ssa.CallCommon) bool {
	return !call.IsInvoke() && strings.HasPrefix(strings.TrimPrefix(call.Value.Type().String(), "golang.org/x/net/"), "context.Cancel")
}

// maxQuickDepth bounds how many calls deep a function is looked into.
const maxQuickDepth = 3

func quickFunction(fn *ssa.Function, depth int) bool {
	if len(fn.Blocks) == 0 || depth > maxQuickDepth {
		return false // of another package, or too deep to tell
	}
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			if !quick(instr, depth) {
				return false
			}
		}
	}
	return true
}

func (c *checker) reportPrematureGo(d *derivation, deferred *ssa.Defer, start *ssa.Go, ret *ssa.Return) {
	context, release := c.variable(d.call, 0, "the context"), c.variable(d.call, d.result, "cancel")
	exit := ssax.ExitPos(ret)
	c.reporter.Report(pragma.Draft{
		Rule: prematureCancel, Pos: start.Pos(),
		Severity: c.unlessTest(start.Pos(), finding.Error),
		Message: fmt.Sprintf("the deferred %s on line %d ends %s as soon as the function returns on line %d, while this goroutine still uses it; let the goroutine make and cancel its own context, or wait for it",
			release, c.line(deferred.Pos()), context, c.line(exit)),
		Witness: []pragma.Step{
			c.stepAt("acquire", d.call, fmt.Sprintf("%s returns %s", d.name, context)),
			step("defer", deferred.Pos(), fmt.Sprintf("%s is called when the function returns", release)),
			step("go", start.Pos(), fmt.Sprintf("the goroutine is given %s", context)),
			step("exit", exit, fmt.Sprintf("the function returns without waiting for it, and %s ends", context)),
		},
	})
}

// unlessTest returns a severity, or info in test files.
func (c *checker) unlessTest(pos token.Pos, severity finding.Severity) finding.Severity {
	if c.inTest(pos) {
		return finding.Info
	}
	return severity
}
