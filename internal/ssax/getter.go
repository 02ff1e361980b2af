package ssax

import (
	"go/token"
	"slices"
	"strconv"

	"golang.org/x/tools/go/ssa"
)

// getter returns how a function gets at its result from its first parameter,
// if it is one that does nothing but return a field: loads and selections,
// the first one first. Two calls of it return the same, as two reads of the
// field do.
func getter(fn *ssa.Function) []ssa.Value {
	if fn == nil || len(fn.Blocks) != 1 || len(fn.Params) == 0 {
		return nil
	}
	instrs := fn.Blocks[0].Instrs
	ret, ok := instrs[len(instrs)-1].(*ssa.Return)
	if !ok || len(ret.Results) != 1 {
		return nil
	}
	var steps []ssa.Value
	for v := ret.Results[0]; v != ssa.Value(fn.Params[0]); {
		steps = append(steps, v)
		switch step := v.(type) {
		case *ssa.UnOp:
			if step.Op != token.MUL {
				return nil
			}
			v = step.X
		case *ssa.FieldAddr:
			v = step.X
		case *ssa.Field:
			v = step.X
		default:
			return nil
		}
	}
	for _, instr := range instrs[:len(instrs)-1] {
		v, ok := instr.(ssa.Value)
		if _, debug := instr.(*ssa.DebugRef); !debug && !(ok && slices.Contains(steps, v)) {
			return nil
		}
	}
	slices.Reverse(steps)
	return steps
}

// got writes the form of what a getter returns to t.
func (p *Paths) got(e Env, call *ssa.Call, steps []ssa.Value, t *term) {
	p.term(e, call.Call.Args[0], t)
	for _, step := range steps {
		switch step := step.(type) {
		case *ssa.FieldAddr:
			t.text += "." + strconv.Itoa(step.Field)
		case *ssa.Field:
			t.text += "." + strconv.Itoa(step.Field)
		case *ssa.UnOp:
			t.reads = append(slices.Clip(t.reads), addressKey(step.X, t.text))
			t.text += step.Op.String()
		}
	}
}
