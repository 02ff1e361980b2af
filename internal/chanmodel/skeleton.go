package chanmodel

import (
	"go/constant"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/perflint/perflint/internal/ssax"
)

// skeleton fills in the blocks of a function.
func (x *extractor) skeleton(fn *ssa.Function) {
	f := x.funcs[fn]
	f.Blocks = make([]*Block, len(fn.Blocks))
	for _, b := range fn.Blocks {
		block := &Block{Succs: make([]Edge, len(b.Succs))}
		f.Blocks[b.Index] = block
		for _, instr := range b.Instrs {
			ops := x.operations(instr)
			if len(block.Ops) == 0 {
				block.Ops = ops
			} else {
				block.Ops = append(block.Ops, ops...)
			}
			if load, ok := instr.(*ssa.UnOp); ok && !f.inert {
				x.captures(f, load)
			}
			if call, ok := instr.(*ssa.Call); ok {
				x.removes(f, call)
			}
			if made, ok := instr.(*ssa.Alloc); ok && private(made) {
				f.Fresh = append(f.Fresh, x.opaque(made).object)
			}
		}
		for i := range b.Succs {
			if f.inert {
				block.Succs[i] = Edge{To: b.Succs[i].Index, Case: -1}
			} else {
				block.Succs[i] = x.edge(b, i)
			}
		}
	}
	// A TryLock belongs to the edges on which it took the lock.
	for _, b := range fn.Blocks {
		x.tried(f, b)
	}
}

// removes notes that a function takes an element out of a map: from then on
// nobody else finds it there.
func (x *extractor) removes(f *Func, call *ssa.Call) {
	if b, ok := call.Call.Value.(*ssa.Builtin); ok && b.Name() == "delete" {
		if element := x.element(call.Call.Args[0], call.Call.Args[1]).object; element != "" {
			f.Fresh = append(f.Fresh, element)
		}
	}
}

// captures notes that a function literal reads a parameter of a function
// around it.
func (x *extractor) captures(f *Func, load *ssa.UnOp) {
	if _, ok := load.X.(*ssa.FreeVar); !ok || load.Op != token.MUL {
		return
	}
	object := x.ref(load).object
	for outer := f.Outer; outer != nil; outer = outer.Outer {
		if slices.Contains(outer.Params, object) {
			b := f.branches.(*ssaBranches)
			b.captured = append(b.captured, capture{load, object})
		}
	}
}

// private reports whether nobody but the function that makes a struct, what it
// calls, and whoever gets its result, can have it.
func private(made *ssa.Alloc) bool {
	if !made.Heap || pointee(made.Type()) == "" {
		return false
	}
	for _, ref := range *made.Referrers() {
		switch ref := ref.(type) {
		case *ssa.Store:
			if cell, ok := ref.Addr.(*ssa.Alloc); ref.Val == ssa.Value(made) && (!ok || cell.Heap) {
				return false // a cell that is not on the heap keeps the result while deferred calls run
			}
		case *ssa.FieldAddr, *ssa.UnOp, *ssa.Return, *ssa.DebugRef:
		case *ssa.Call:
		default:
			return false
		}
	}
	return true
}

func (x *extractor) edge(b *ssa.BasicBlock, succ int) Edge {
	e := Edge{To: b.Succs[succ].Index, Case: -1, Turn: x.turn(b, succ), Test: x.test(b, succ), Closed: x.closedOn(b, succ), Nil: x.nilOn(b, succ)}
	chosen := ssax.ChosenCase(b, succ)
	if chosen == nil {
		return e
	}
	sel := b.Instrs[len(b.Instrs)-1].(*ssa.If).Cond.(*ssa.BinOp).X.(*ssa.Extract).Tuple.(*ssa.Select)
	e.Case = slices.Index(sel.States, chosen)
	return e
}

// tried notes which edges a TryLock in a block takes its lock on.
func (x *extractor) tried(f *Func, b *ssa.BasicBlock) {
	branch, ok := b.Instrs[len(b.Instrs)-1].(*ssa.If)
	if !ok {
		return
	}
	cond, taken := branch.Cond, 0
	if not, ok := cond.(*ssa.UnOp); ok && not.Op == token.NOT {
		cond, taken = not.X, 1
	}
	call, ok := cond.(*ssa.Call)
	if !ok {
		return
	}
	if s, ok := x.symbol(&call.Call); ok && s.Op == TryLock {
		for _, op := range f.Blocks[call.Block().Index].Ops {
			if op.Kind == TryLock && op.Pos == call.Pos() {
				f.Blocks[b.Index].Succs[taken].Took = op
			}
		}
	}
}

// operations returns what an instruction does.
func (x *extractor) operations(instr ssa.Instruction) []*Op {
	switch instr := instr.(type) {
	case *ssa.Send:
		return one(&Op{Kind: Send, Ref: x.on(instr.Chan), Pos: instr.Pos()})
	case *ssa.UnOp:
		if instr.Op == token.ARROW {
			op := &Op{Kind: Receive, Ref: x.on(instr.X), Pos: instr.Pos()}
			if instr.CommaOk && instr.Block().Comment == "rangechan.loop" {
				op.Kind = Range
			}
			return one(op)
		}
	case *ssa.Select:
		return one(x.selects(instr))
	case *ssa.Store:
		if x.funcs[instr.Parent()].inert {
			return nil
		}
		return x.reassigned(instr)
	case *ssa.MakeClosure:
		return x.handOver(instr)
	case *ssa.Return:
		ret := &Op{Kind: Return, Pos: ssax.ExitPos(instr)}
		if ssax.IsLoopBody(instr.Parent()) {
			// What it defers runs when the loop's function returns. That it runs
			// now is taken for granted: nobody else would release what it holds.
			return []*Op{{Kind: RunDefers, Pos: ret.Pos}, ret}
		}
		return one(ret)
	case *ssa.RunDefers:
		return one(&Op{Kind: RunDefers, Pos: instr.Pos()})
	case *ssa.Panic:
		return one(&Op{Kind: panicKind(instr), Pos: instr.Pos()})
	case ssa.CallInstruction:
		ops := x.call(instr)
		_, deferred := instr.(*ssa.Defer)
		for _, op := range ops {
			op.Deferred = deferred
		}
		return ops
	}
	return nil
}

func one(op *Op) []*Op { return []*Op{op} }

// panicKind tells panics of the program from those that the SSA builder puts
// behind calls that do not return and selects without default.
func panicKind(p *ssa.Panic) OpKind {
	v := p.X
	if boxed, ok := v.(*ssa.MakeInterface); ok {
		v = boxed.X
	}
	if c, ok := v.(*ssa.Const); ok && c.Value != nil && c.Value.Kind() == constant.String && !p.Pos().IsValid() {
		if constant.StringVal(c.Value) == "noreturn" {
			return Exit
		}
		return Never
	}
	return Panic
}

// on returns what an operation on a channel works on.
func (x *extractor) on(v ssa.Value) Ref {
	r := x.ref(v)
	c := r.class.find()
	if c.kind == 0 {
		c.kind = x.kind(v.Type())
	}
	return Ref{r.object, x.resource(c)}
}

func (x *extractor) selects(instr *ssa.Select) *Op {
	op := &Op{Kind: Select, Pos: instr.Pos(), Default: !instr.Blocking}
	for _, s := range instr.States {
		c := Case{Kind: Receive, Ref: x.on(s.Chan), Pos: s.Pos}
		if s.Dir == types.SendOnly {
			c.Kind = Send
		}
		op.Cases = append(op.Cases, c)
	}
	return op
}

// reassigned returns what a store does to access paths: those through a field
// that gets another pointer lead elsewhere now.
func (x *extractor) reassigned(store *ssa.Store) []*Op {
	switch store.Val.Type().Underlying().(type) {
	case *types.Pointer, *types.Chan, *types.Interface, *types.Map, *types.Slice, *types.Signature:
	default:
		return nil
	}
	if cell := x.cell(store.Addr); cell != nil && len(x.cells[cell]) == 1 {
		return nil // the variable is what is stored
	}
	r := x.ref(store.Addr)
	if r.object == "" {
		return nil
	}
	return one(&Op{Kind: Reassign, Ref: Ref{Object: r.object}, Pos: store.Pos()})
}

// call returns what a call, go or defer statement does.
func (x *extractor) call(instr ssa.CallInstruction) []*Op {
	call := x.direct(instr.Common())
	pos := instr.Pos()
	if b, ok := call.Value.(*ssa.Builtin); ok {
		if b.Name() == "close" {
			return one(&Op{Kind: Close, Ref: x.on(call.Args[0]), Pos: pos})
		}
		return nil
	}
	_, spawned := instr.(*ssa.Go)
	if s, ok := x.symbol(call); ok {
		x.halts(instr, s)
		return x.known(call, s, pos, spawned)
	}
	x.locklike(instr, call)
	op := &Op{Kind: Call, Pos: pos, Text: calleeText(call)}
	if spawned {
		op.Kind = Go
	}
	var all bool
	op.Callees, all = x.callees(call)
	op.Unknown = !all || x.implementedElsewhere(call)
	if !call.IsInvoke() && call.StaticCallee() == nil {
		op.Object = x.ref(call.Value).object // the function value
	}
	ops := x.boundSymbols(call, pos, spawned)
	if len(op.Callees) > 0 {
		ops = append(ops, op)
	} else {
		ops = append(ops, x.handedLocks(call, pos)...)
	}
	for _, arg := range call.Args {
		if body := loopBody(arg); body != nil {
			callees, _ := x.static(body, nil)
			ops = append(ops, &Op{Kind: Call, Callees: callees, Pos: body.Syntax().Pos(), Text: "the body of the loop"})
		}
	}
	return ops
}

// halts notes that a function stops a timer.
func (x *extractor) halts(instr ssa.CallInstruction, s Symbol) {
	if _, deferred := instr.(*ssa.Defer); s.Halts && !deferred {
		f := x.funcs[instr.Parent()]
		f.halts = append(f.halts, instr.Block().Index)
	}
}

// locklike notes that a function calls a method that is named like those of
// locks.
func (x *extractor) locklike(instr ssa.CallInstruction, call *ssa.CallCommon) {
	if x.likeLock(call) {
		f := x.funcs[instr.Parent()]
		f.locklike = append(f.locklike, x.ref(arguments(call)[0]).class.id)
	}
}

func (x *extractor) likeLock(call *ssa.CallCommon) bool {
	return len(arguments(call)) > 0 && slices.Contains(x.table.Lockers, calleeText(call))
}

func calleeText(call *ssa.CallCommon) string {
	if callee := ssax.Callee(call); callee != nil {
		return callee.Name()
	}
	if fn := call.StaticCallee(); fn != nil {
		return label(fn)
	}
	return "the function value"
}

// known returns what a call of a function of the table does.
func (x *extractor) known(call *ssa.CallCommon, s Symbol, pos token.Pos, spawned bool) []*Op {
	args := arguments(call)
	var ops []*Op
	if s.Op == Add && len(s.Starts) > 0 { // counts, starts and finishes: the goroutine is counted
		ops = append(ops, &Op{Kind: Add, Ref: x.on(args[0]), N: s.Add, Pos: pos})
	} else if s.Op != 0 && !spawned {
		op := &Op{Kind: s.Op, Pos: pos}
		if len(args) > 0 && s.Op != Slow && s.Op != Exit {
			op.Ref = x.on(args[0])
		}
		switch s.Op {
		case Add, Limit:
			op.N = addend(args, s.Add)
		case CondWait:
			op.Locker = x.locker(args[0])
		}
		ops = append(ops, op)
	}
	invoke := func(i int, kind OpKind) {
		if i >= len(args) {
			return
		}
		callees, all := x.valueCallees(args[i], nil)
		if len(callees) > 0 {
			ops = append(ops, &Op{Kind: kind, Callees: callees, Unknown: !all, Pos: pos, Text: calleeText(call), Ref: Ref{Object: x.ref(args[i]).object}})
		}
	}
	called := Call
	if spawned { // "go once.Do(f)" runs f in the goroutine
		called = Go
	}
	for _, i := range s.Calls {
		if !s.Later {
			invoke(i, called)
		}
	}
	for _, i := range s.Starts {
		invoke(i, Go)
		if s.Op != Add {
			continue
		}
		if ops[len(ops)-1].Kind != Go { // of a function that is not known
			ops = append(ops, &Op{Kind: Go, Unknown: true, Pos: pos, Text: calleeText(call)})
		}
		ops[len(ops)-1].Counts = x.on(args[0])
	}
	if s.Prints && !spawned {
		ops = append(ops, x.printed(call, pos)...)
	}
	return ops
}

// addend returns what an Add adds.
func addend(args []ssa.Value, n int) int {
	if n != 0 {
		return n
	}
	if len(args) > 1 {
		if c, ok := args[1].(*ssa.Const); ok && c.Value != nil {
			return int(c.Int64())
		}
	}
	return Unknown
}

// locker returns the lock of a condition.
func (x *extractor) locker(cond ssa.Value) Ref {
	c := x.ref(cond)
	lock := Ref{c.object.dot("L"), x.resource(c.class.part(".L"))}
	if sibling := x.lockers[c.class.find()]; sibling != "" {
		lock.Object = c.object.up().dot(sibling)
	}
	return lock
}
