package allocmodel

import (
	"fmt"
	"go/token"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/perflint/perflint/internal/ssax"
)

// A Level says how often code runs.
type Level int

// The levels.
const (
	Cold Level = iota - 1 // a few times in the life of a process, or only when something fails
	Warm                  // nothing is known
	Hot                   // in a loop, or in a function that runs for each request, record, comparison …
)

// String returns the level's name.
func (l Level) String() string {
	if l < Cold || l > Hot {
		return fmt.Sprintf("Level(%d)", int(l))
	}
	return [...]string{"cold", "warm", "hot"}[l+1]
}

// Heat says how often an instruction runs, and why.
type Heat struct {
	Level Level
	// Loops is the number of loops around the instruction, those around the
	// calls that lead there included. Loops with few or slow rounds do not
	// count. It is 0 unless the level is Hot.
	Loops int
	// Ranges tells that the innermost loop goes over the elements of a
	// collection, and not over a stream or the like.
	Ranges bool
	// Root is the function that runs often by its role, such as a handler
	// or a benchmark. It is nil if only loops make the instruction hot.
	Root *ssa.Function
	// Each tells of code that is cold because it makes a new value, which
	// happens as often as such values are needed.
	Each bool
	// Why is a clause: "for each element of the loop on line 12, in the
	// HTTP handler (*Server).ServeHTTP", "only when there is an error".
	Why string
	// Steps lead from the root to the instruction.
	Steps []HeatStep
}

// A HeatStep is a place that makes code hot: a function, loop or call.
type HeatStep struct {
	Pos  token.Pos
	Text string // a clause
}

// Hotness answers how often the code of a package runs, as far as the package
// itself shows.
//
// It is a guess from structure. Loops are taken to have many rounds unless
// they count to a small constant or wait for the clock; error paths are taken
// to be rare; who calls exported functions is not known. A profile knows
// better. It is not safe for concurrent use.
type Hotness struct {
	table    *HotTable
	pauses   ssax.Names[bool]
	failures ssax.Names[bool]
	given    ssax.Names[Calls]
	fset     *token.FileSet
	funcs    []*ssa.Function
	outlines map[*ssa.Function]*outline
	heat     map[*ssa.Function]*entry
}

// An outline is what the body of a function tells.
type outline struct {
	cold []string // by block index
	loop []*loop  // by block index
}

// NewHotness looks at all functions of a package.
func NewHotness(pkg *ssax.Package, table *HotTable) *Hotness {
	h := &Hotness{
		table:    table,
		pauses:   nameSet(table.Pauses),
		failures: nameSet(table.Failures),
		given:    ssax.NewNames(table.Callbacks),
		fset:     pkg.SSA.Prog.Fset,
		funcs:    pkg.Funcs,
		outlines: make(map[*ssa.Function]*outline, len(pkg.Funcs)),
		heat:     make(map[*ssa.Function]*entry, len(pkg.Funcs)),
	}
	if init := pkg.SSA.Func("init"); init != nil { // which has the initialisers of variables
		h.funcs = append([]*ssa.Function{init}, h.funcs...)
	}
	for _, fn := range h.funcs {
		cold := coldBlocks(fn, h.failures)
		h.outlines[fn] = &outline{cold, h.findLoops(fn, cold)}
		h.heat[fn] = h.byRole(fn)
	}
	h.propagate()
	return h
}

func nameSet(names []string) ssax.Names[bool] {
	set := make(map[string]bool, len(names))
	for _, name := range names {
		set[name] = true
	}
	return ssax.NewNames(set)
}

// Heat returns how often an instruction of the package runs.
func (h *Hotness) Heat(instr ssa.Instruction) Heat {
	b := instr.Block()
	if b == nil {
		return Heat{}
	}
	return h.block(b)
}

// block returns how often a block runs.
func (h *Hotness) block(b *ssa.BasicBlock) Heat {
	fn := b.Parent()
	s, e := h.outlines[fn], h.heat[fn]
	if s == nil {
		return Heat{} // a wrapper
	}
	if why := s.cold[b.Index]; why != "" {
		return Heat{Level: Cold, Why: why}
	}
	around := s.around(b, e.level == Cold)
	if len(around) == 0 && e.level != Hot {
		return Heat{Level: e.level, Each: e.each, Why: e.why}
	}
	heat := Heat{Level: Hot, Loops: len(around)}
	if e.level == Hot {
		heat.Loops += e.loops
		heat.Root = e.root
		heat.Steps = append(heat.Steps, e.steps...)
	}
	for _, l := range around {
		heat.Steps = append(heat.Steps, HeatStep{l.pos, l.clause()})
	}
	if l := around; len(l) > 0 && e.root == nil && slices.ContainsFunc(l, func(l *loop) bool { return l.pace == driven }) {
		heat.Root = fn
	}
	if l := innermost(around); l != nil {
		heat.Ranges = l.pace == elements
	}
	heat.Why = h.why(around, e)
	return heat
}

// around returns the loops around a block that make it run more often, the
// outermost first. If the function is cold, the loop that goes on by itself
// comes first.
func (s *outline) around(b *ssa.BasicBlock, cold bool) []*loop {
	var found []*loop
	for l := s.loop[b.Index]; l != nil; l = l.parent {
		if l.pace.heats() && !l.tick(b) {
			found = append([]*loop{l}, found...)
		}
	}
	if !cold {
		return found
	}
	for len(found) > 0 && !found[0].pace.alone() {
		found = found[1:]
	}
	return found
}

// clause says what a loop does.
func (l *loop) clause() string {
	switch l.pace {
	case elements:
		return "the loop runs for each element"
	case messages:
		return "the loop runs for each message that it receives"
	case driven:
		return "the benchmark measures this loop"
	}
	return "the loop runs many times"
}

// often says how often the body of a loop runs.
func (l *loop) often(where string) string {
	switch l.pace {
	case elements:
		return "for each element of the loop on " + where
	case messages:
		return "for each message that the loop on " + where + " receives"
	}
	return "in each round of the loop on " + where
}

// why words a hot block's heat: the innermost loop, then how its function is
// reached.
func (h *Hotness) why(around []*loop, e *entry) string {
	if len(around) == 0 {
		return e.why
	}
	l := innermost(around)
	why := "in each round of a loop"
	if l.pos.IsValid() {
		why = l.often(fmt.Sprintf("line %d", h.fset.Position(l.pos).Line))
	}
	if e.level == Hot && e.within != "" {
		why += ", " + e.within
	}
	return why
}

// name returns what a function is called in a clause.
func (h *Hotness) name(fn *ssa.Function) string {
	if fn.Parent() != nil {
		return "the function on " + h.file(fn.Pos())
	}
	return fn.RelString(fn.Pkg.Pkg)
}

// file writes where something stands, for a reader who may be elsewhere:
// "other.go:12".
func (h *Hotness) file(pos token.Pos) string {
	p := h.fset.Position(pos)
	return fmt.Sprintf("%s:%d", filepath.Base(p.Filename), p.Line)
}

// inTest reports whether a function stands in a test file.
func (h *Hotness) inTest(fn *ssa.Function) bool {
	return strings.HasSuffix(h.fset.Position(fn.Pos()).Filename, "_test.go")
}
