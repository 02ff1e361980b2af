package ctxleak

import (
	"go/token"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/perflint/perflint/internal/ssax"
)

// endsProcess reports whether the process is about to end when a function
// returns: main calls it once and waits for nothing more, or such a function
// returns what it returns.
func (c *checker) endsProcess(fn *ssa.Function) bool {
	if c.pass.Pkg.Name() != "main" || fn.Parent() != nil || fn.Signature.Recv() != nil {
		return false
	}
	calls := 0
	for _, caller := range c.pass.ResultOf[ssax.Analyzer].(*ssax.Lazy).Get().Funcs {
		for _, block := range caller.Blocks {
			for _, instr := range block.Instrs {
				if !slices.ContainsFunc(instr.Operands(nil), func(v *ssa.Value) bool { return *v == ssa.Value(fn) }) {
					continue
				}
				call, ok := instr.(*ssa.Call)
				if !ok || call.Call.StaticCallee() != fn || !c.lastCall(call) {
					return false
				}
				calls++
			}
		}
	}
	return calls > 0
}

// lastCall reports whether a call is the last thing of note that the process
// does.
func (c *checker) lastCall(call *ssa.Call) bool {
	caller := call.Parent()
	if ssax.InCycle(call.Block()) {
		return false
	}
	if caller.Name() != "main" {
		_, returns := call.Block().Instrs[len(call.Block().Instrs)-1].(*ssa.Return)
		return returns && caller != call.Call.StaticCallee() && c.endsProcess(caller)
	}
	for _, b := range caller.Blocks {
		if (b == call.Block() || ssax.Reaches(call.Block(), b, nil)) && slices.ContainsFunc(b.Instrs, func(instr ssa.Instruction) bool {
			return (b != call.Block() || comesBefore(call, instr)) && goesOn(instr)
		}) {
			return false
		}
	}
	return true
}

// lastWords are the packages with which a command says how it ended, by path.
var lastWords = map[string]bool{"errors": true, "flag": true, "fmt": true, "log": true, "log/slog": true, "os": true}

// goesOn reports whether an instruction waits, starts something, or calls what
// may do so.
func goesOn(instr ssa.Instruction) bool {
	switch instr := instr.(type) {
	case *ssa.Call:
		if _, builtin := instr.Call.Value.(*ssa.Builtin); builtin {
			return false
		}
		callee := ssax.Callee(&instr.Call)
		return callee == nil || callee.Name() != "Error" && (callee.Pkg() == nil || !lastWords[callee.Pkg().Path()])
	case *ssa.Select, *ssa.Go, *ssa.Send:
		return true
	case *ssa.UnOp:
		return instr.Op == token.ARROW
	case *ssa.Jump, *ssa.If:
		return ssax.InCycle(instr.Block())
	}
	return false
}
