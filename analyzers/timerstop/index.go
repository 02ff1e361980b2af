package timerstop

import (
	"go/constant"
	"go/token"
	"go/types"
	"strings"
	"time"

	"golang.org/x/tools/go/ssa"

	"github.com/perflint/perflint/internal/ssax"
)

// An acquisition is a call of a producer.
type acquisition struct {
	call     *ssa.Call // or the call of a dropped timer; nil for defer and go
	makes    shape
	name     string // of the producer as people write it
	places   []place
	duration ssa.Value
	function ssa.Value // of a callback
}

// An eventKind is what a piece of code does with a timer.
type eventKind int

const (
	stops    eventKind = iota // calls Stop, or makes a function value of it
	resets                    // calls Reset
	receives                  // receives from its channel
)

// An event is one use of a timer.
type event struct {
	kind   eventKind
	instr  ssa.Instruction
	timer  ssa.Value // the timer itself; nil for channels that were made without one
	places []place
	state  int // for a receive in a select statement: its case; -1 otherwise
}

// An index is what a package does with timers.
type index struct {
	spec     *spec
	funcs    []*ssa.Function
	made     []*acquisition
	events   []event
	at       map[ssa.Instruction][]event
	leaked   map[place]bool // handed to code that the index does not see through
	closures map[*ssa.Function]*ssa.MakeClosure
	started  map[*ssa.Function][]*ssa.Go // the go statements that run a function
	callers  map[*ssa.Function][]ssa.CallInstruction

	operands []*ssa.Value // of the instruction at hand; its memory serves again
}

func newIndex(s *spec, funcs []*ssa.Function) *index {
	x := &index{
		spec: s, funcs: funcs,
		at:       make(map[ssa.Instruction][]event),
		leaked:   make(map[place]bool),
		closures: make(map[*ssa.Function]*ssa.MakeClosure),
		started:  make(map[*ssa.Function][]*ssa.Go),
		callers:  make(map[*ssa.Function][]ssa.CallInstruction),
	}
	x.each(x.addClosure)
	x.each(x.addEvents)
	x.each(x.addLeaks)
	return x
}

// each calls f for every instruction, in source order.
func (x *index) each(f func(ssa.Instruction)) {
	for _, fn := range x.funcs {
		for _, block := range fn.Blocks {
			for _, instr := range block.Instrs {
				f(instr)
			}
		}
	}
}

func (x *index) addClosure(instr ssa.Instruction) {
	switch instr := instr.(type) {
	case *ssa.MakeClosure:
		x.closures[instr.Fn.(*ssa.Function)] = instr
	case ssa.CallInstruction:
		callee := instr.Common().StaticCallee()
		if callee == nil {
			return
		}
		x.callers[callee] = append(x.callers[callee], instr)
		if started, ok := instr.(*ssa.Go); ok {
			x.started[callee] = append(x.started[callee], started)
		}
	}
}

func (x *index) addEvents(instr ssa.Instruction) {
	switch instr := instr.(type) {
	case ssa.CallInstruction:
		x.addCall(instr)
	case *ssa.MakeClosure:
		if x.boundMethod(instr) == "Stop" {
			x.add(event{kind: stops, instr: instr, timer: instr.Bindings[0], state: -1})
		}
	case *ssa.UnOp:
		if instr.Op == token.ARROW {
			x.addReceive(instr, instr.X, -1)
		}
	case *ssa.Select:
		for i, s := range instr.States {
			if s.Dir == types.RecvOnly {
				x.addReceive(instr, s.Chan, i)
			}
		}
	}
}

func (x *index) add(e event) {
	if e.places == nil {
		e.places = x.places(e.timer)
	}
	x.events = append(x.events, e)
	x.at[e.instr] = append(x.at[e.instr], e)
}

func (x *index) addCall(instr ssa.CallInstruction) {
	common := instr.Common()
	callee := ssax.Callee(common)
	if makes, ok := x.spec.producer(callee); ok {
		call, ok := instr.(*ssa.Call)
		if !ok {
			return // deferred, or in a goroutine of its own
		}
		a := &acquisition{call: call, makes: makes, name: callee.Pkg().Name() + "." + callee.Name(), duration: argument(common, 0), places: x.places(call)}
		if makes == callback {
			a.function = argument(common, 1)
		}
		x.made = append(x.made, a)
		return
	}
	switch x.spec.method(callee) {
	case "Stop":
		x.add(event{kind: stops, instr: instr, timer: receiver(common), state: -1})
	case "Reset":
		x.add(event{kind: resets, instr: instr, timer: receiver(common), state: -1})
	}
}

// addReceive adds a receive from a channel if it is that of a timer.
func (x *index) addReceive(instr ssa.Instruction, channel ssa.Value, state int) {
	for _, t := range x.timersOf(channel) {
		x.add(event{kind: receives, instr: instr, timer: t, state: state})
	}
	if call, ok := channel.(*ssa.Call); ok {
		if makes, ok := x.spec.producer(ssax.Callee(call.Common())); ok && (makes == after || makes == tick) {
			x.add(event{kind: receives, instr: instr, places: []place{call}, state: state})
		}
	}
}

// timersOf returns the timers that a channel may belong to.
func (x *index) timersOf(channel ssa.Value) []ssa.Value {
	var timers []ssa.Value
	seen := make(map[ssa.Value]bool)
	var visit func(ssa.Value)
	visit = func(v ssa.Value) {
		if seen[v] {
			return
		}
		seen[v] = true
		switch v := v.(type) {
		case *ssa.Phi:
			for _, e := range v.Edges {
				visit(e)
			}
		case *ssa.UnOp:
			if f, ok := v.X.(*ssa.FieldAddr); ok && v.Op == token.MUL && x.spec.isTimer(f.X.Type()) {
				if field, _ := structField(f.X.Type(), f.Field).(*types.Var); field != nil && field.Name() == "C" {
					timers = append(timers, f.X)
				}
			}
		case *ssa.Call:
			if m := x.spec.method(ssax.Callee(v.Common())); m == "C" || m == "Chan" {
				timers = append(timers, receiver(v.Common()))
			}
		case *ssa.ChangeType:
			visit(v.X)
		}
	}
	visit(channel)
	return timers
}

// boundMethod returns the name of the timer's method that a method value
// stands for, or "".
func (x *index) boundMethod(closure *ssa.MakeClosure) string {
	fn := closure.Fn.(*ssa.Function)
	if !strings.HasSuffix(fn.Name(), "$bound") || len(closure.Bindings) != 1 {
		return ""
	}
	method, _ := fn.Object().(*types.Func)
	return x.spec.method(method)
}

// addLeaks notes the places whose timers other code may stop, rearm or
// receive from out of sight.
func (x *index) addLeaks(instr ssa.Instruction) {
	x.operands = instr.Operands(x.operands[:0])
	for _, operand := range x.operands {
		v := *operand
		if v == nil {
			continue
		}
		var places []place
		switch {
		case x.spec.isTimerCell(v.Type()):
			if !x.keepsCell(instr, v) {
				places = []place{x.placeAt(v)}
			}
		case x.spec.isTimer(v.Type()):
			if !x.keepsTimer(instr, v) {
				places = x.places(v)
			}
		}
		for _, p := range places {
			x.leaked[p] = true
		}
	}
}

func (x *index) keepsCell(instr ssa.Instruction, v ssa.Value) bool {
	switch instr := instr.(type) {
	case *ssa.UnOp, *ssa.MakeClosure, *ssa.DebugRef:
		return true
	case *ssa.Store:
		return instr.Addr == v
	}
	return false
}

func (x *index) keepsTimer(instr ssa.Instruction, v ssa.Value) bool {
	switch instr := instr.(type) {
	case *ssa.FieldAddr, *ssa.Phi, *ssa.BinOp, *ssa.DebugRef:
		return true
	case *ssa.MakeClosure:
		return x.boundMethod(instr) == "Stop"
	case ssa.CallInstruction:
		return x.spec.method(ssax.Callee(instr.Common())) != "" && receiver(instr.Common()) == v
	case *ssa.Store:
		if c, ok := v.(*ssa.Const); ok && c.IsNil() {
			return true
		}
		// Only a producer's own result is known to be in one place: a copy
		// would have two.
		call, ok := v.(*ssa.Call)
		if !ok || x.placeAt(instr.Addr) == nil {
			x.leaked[x.placeAt(instr.Addr)] = true
			return false
		}
		_, made := x.spec.producer(ssax.Callee(call.Common()))
		if !made {
			x.leaked[x.placeAt(instr.Addr)] = true
		}
		return made
	}
	return false
}

// outOfSight reports whether other code may use a timer.
func (x *index) outOfSight(places []place) bool {
	for _, p := range places {
		switch p := p.(type) {
		case *types.Var:
			if p.Exported() || x.leaked[p] {
				return true
			}
		default:
			if x.leaked[p] {
				return true
			}
		}
	}
	return false
}

// uses returns the events of a kind on timers in the given places.
func (x *index) uses(kind eventKind, places []place) []event {
	var found []event
	for _, e := range x.events {
		if e.kind == kind && share(e.places, places) {
			found = append(found, e)
		}
	}
	return found
}

// receiver returns the receiver of a method call.
func receiver(call *ssa.CallCommon) ssa.Value {
	if call.IsInvoke() {
		return call.Value
	}
	return call.Args[0]
}

// argument returns the n'th argument of a call, not counting the receiver.
func argument(call *ssa.CallCommon, n int) ssa.Value {
	if !call.IsInvoke() && call.Signature().Recv() != nil {
		n++
	}
	if n >= len(call.Args) {
		return nil
	}
	return call.Args[n]
}

// constantDuration returns the value of a duration, if it is constant.
func constantDuration(v ssa.Value) (time.Duration, bool) {
	c, ok := v.(*ssa.Const)
	if !ok || c.Value == nil {
		return 0, false
	}
	n, exact := constant.Int64Val(constant.ToInt(c.Value))
	return time.Duration(n), exact
}
