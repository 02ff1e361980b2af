package allocmodel

import (
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ssa"

	"github.com/perflint/perflint/internal/ssax"
)

// An entry says how often a function is entered.
type entry struct {
	level  Level
	each   bool // see Heat.Each
	loops  int  // around the calls that lead to it
	root   *ssa.Function
	depth  int    // calls between the function and what makes it hot
	source string // what makes it hot, as a clause
	why    string // how often its body runs
	within string // the same behind another clause: "in …"
	steps  []HeatStep
}

// How far heat goes along calls that are in no loop: from a root, a handler's
// say, to what its own author would call a part of it; from a loop only to
// what is called there.
const (
	depthFromRoot = 3
	depthFromLoop = 1
)

// byRole returns how often a function is entered by its role alone.
func (h *Hotness) byRole(fn *ssa.Function) *entry {
	if h.inTest(fn) {
		return &entry{level: Cold, why: "in a test"}
	}
	if ssax.IsLoopBody(fn) {
		return new(entry)
	}
	if r, ok := role(h.table.Often, fn); ok {
		within := "in " + r.Noun + " " + h.name(fn)
		return &entry{
			level: Hot, root: fn, loops: r.Loops,
			source: r.Often + ", " + within,
			why:    r.Often + ", " + within,
			within: within,
			steps:  []HeatStep{{fn.Pos(), r.Noun + " " + h.name(fn) + " runs " + r.Often}},
		}
	}
	if fn.Parent() != nil {
		return new(entry)
	}
	if fn.Signature.Recv() == nil && (fn.Name() == "main" && fn.Pkg.Pkg.Name() == "main" || isInit(fn)) {
		return &entry{level: Cold, why: "once, when the process starts"}
	}
	if r, ok := role(h.table.Seldom, fn); ok {
		return &entry{level: Cold, each: r.Each, why: r.Often}
	}
	return new(entry)
}

// isInit reports whether a function is an init function, which the SSA builder
// numbers.
func isInit(fn *ssa.Function) bool {
	const name = "init"
	return fn.Name() == name || len(fn.Name()) > len(name) && fn.Name()[:len(name)+1] == name+"#"
}

// A call is a place from which a function of the package is called.
type call struct {
	site   ssa.Instruction
	callee *ssa.Function
	extra  int    // loops between the site and the callee, in a function that is given the callee
	once   bool   // at most once in the life of a process
	verb   string // "calls", "starts" or "passes"
}

// callGraph is what a package shows about who calls its functions.
type callGraph struct {
	h       *Hotness
	calls   []call
	open    map[*ssa.Function]bool // there may be callers that calls does not list
	invoked map[string]bool        // names of methods that are called through interfaces
}

// local returns the function of the package behind a call or value, or nil.
func (h *Hotness) local(fn *ssa.Function) *ssa.Function {
	if fn == nil {
		return nil
	}
	if origin := fn.Origin(); origin != nil {
		fn = origin
	}
	if h.heat[fn] == nil {
		return nil
	}
	return fn
}

// funcValue returns the function of the package that a value is, or nil. What
// is made of a method value is its method.
func (h *Hotness) funcValue(v ssa.Value) *ssa.Function {
	switch v := v.(type) {
	case *ssa.MakeClosure:
		return h.funcValue(v.Fn)
	case *ssa.ChangeType:
		return h.funcValue(v.X)
	case *ssa.MakeInterface:
		return h.funcValue(v.X)
	case *ssa.Function:
		if fn := h.local(v); fn != nil {
			return fn
		}
		if obj, ok := v.Object().(*types.Func); ok { // a bound method or the like
			return h.local(v.Prog.FuncValue(obj))
		}
	}
	return nil
}

func (h *Hotness) callGraph() *callGraph {
	g := &callGraph{h: h, open: make(map[*ssa.Function]bool), invoked: make(map[string]bool)}
	for _, fn := range h.funcs {
		for _, b := range fn.Blocks {
			for _, instr := range b.Instrs {
				g.add(instr)
			}
		}
	}
	return g
}

func (g *callGraph) add(instr ssa.Instruction) {
	site, isCall := instr.(ssa.CallInstruction)
	if !isCall {
		if _, ok := instr.(*ssa.MakeClosure); ok {
			return // what becomes of it counts
		}
		for _, op := range instr.Operands(nil) {
			switch instr.(type) {
			case *ssa.ChangeType, *ssa.MakeInterface:
				if _, stored := (*op).(*ssa.MakeClosure); stored || g.argumentOnly(instr.(ssa.Value)) {
					continue
				}
			}
			if fn := g.h.funcValue(*op); fn != nil {
				g.open[fn] = true
			}
		}
		return
	}
	common := site.Common()
	if common.IsInvoke() {
		g.invoked[common.Method.Name()] = true
	} else if fn := g.h.local(common.StaticCallee()); fn != nil {
		verb := "calls"
		if _, ok := instr.(*ssa.Go); ok {
			verb = "starts"
		}
		g.calls = append(g.calls, call{site: instr, callee: fn, verb: verb})
	}
	for i, arg := range common.Args {
		if fn := g.h.funcValue(arg); fn != nil {
			g.argument(instr, common, i, fn)
		}
	}
}

// argumentOnly reports whether a converted function is only an argument.
func (g *callGraph) argumentOnly(v ssa.Value) bool {
	for _, ref := range *v.Referrers() {
		if _, ok := ref.(ssa.CallInstruction); !ok {
			return false
		}
	}
	return true
}

// argument adds the calls of a function that is given to another one.
func (g *callGraph) argument(site ssa.Instruction, common *ssa.CallCommon, i int, fn *ssa.Function) {
	c := call{site: site, callee: fn, verb: "passes"}
	if ssax.IsLoopBody(fn) {
		c.extra = 1
		g.calls = append(g.calls, c)
		return
	}
	switch how, _ := g.h.given.Of(ssax.Callee(common)); how {
	case CallsOnce:
		c.once = true
	case CallsEach:
		c.extra = 1
	default:
		taker, known := g.h.local(common.StaticCallee()), false
		if taker != nil && i < len(taker.Params) {
			if c.extra, known = g.h.callsOf(taker, taker.Params[i]); !known {
				g.open[fn] = true
				return // it may be called later
			}
		}
		g.open[fn] = g.open[fn] || !known
	}
	g.calls = append(g.calls, c)
}

// callsOf returns the number of loops around the call of a parameter, and
// whether calling it is all that a function does with it.
func (h *Hotness) callsOf(fn *ssa.Function, param *ssa.Parameter) (loops int, known bool) {
	for _, ref := range *param.Referrers() {
		c, ok := ref.(ssa.CallInstruction)
		if !ok || c.Common().Value != ssa.Value(param) {
			return 0, false
		}
		known = true
		loops = max(loops, len(h.outlines[fn].around(c.Block(), false)))
	}
	return loops, known
}

// closed reports whether all callers of a function are listed.
func (g *callGraph) closed(fn *ssa.Function) bool {
	if g.open[fn] {
		return false
	}
	if fn.Parent() != nil {
		return true
	}
	if fn.Signature.Recv() != nil {
		return !token.IsExported(fn.Name()) && !g.invoked[fn.Name()]
	}
	return !token.IsExported(fn.Name()) || fn.Pkg.Pkg.Name() == "main"
}
