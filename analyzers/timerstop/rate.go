package timerstop

import (
	"go/ast"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/perflint/perflint/internal/ssax"
)

// How often the cases of a select statement are likely to be chosen.

// A rate says how often a case of a select statement is likely to be chosen.
type rate int

const (
	unknownRate rate = iota
	rareRate         // signals, other timers
	wakeupRate       // channels without data
	messageRate
)

// rateOf guesses from the source and type of a channel how often it delivers.
func (c *checker) rateOf(s *ssa.SelectState) rate {
	if s.Dir == types.SendOnly {
		return wakeupRate // as often as the other side is ready
	}
	switch made := root(s.Chan).(type) {
	case *ssa.MakeChan:
		if ssax.InCycle(made.Block()) {
			return wakeupRate // made for one answer
		}
	case *ssa.Alloc:
		if ssax.InCycle(made.Block()) {
			return wakeupRate
		}
	}
	if call, ok := s.Chan.(*ssa.Call); ok {
		if callee := ssax.Callee(call.Common()); callee != nil && callee.Name() == "Done" {
			return rareRate
		}
	}
	return rateOfType(s.Chan.Type().Underlying().(*types.Chan).Elem())
}

// rateOfType guesses from the type of messages how often they come.
func rateOfType(elem types.Type) rate {
	if named, ok := types.Unalias(elem).(*types.Named); ok && named.Obj().Pkg() != nil {
		switch named.Obj().Pkg().Path() + "." + named.Obj().Name() {
		case "time.Time", "os.Signal":
			return rareRate
		}
	}
	switch u := elem.Underlying().(type) {
	case *types.Chan:
		return wakeupRate // a request to answer, most often the one to quit
	case *types.Struct:
		if u.NumFields() == 0 {
			return wakeupRate
		}
	case *types.Basic:
		if u.Kind() == types.Bool {
			return wakeupRate
		}
	}
	if ssax.IsError(elem) {
		return wakeupRate
	}
	return messageRate
}

// againByError reports whether a case of a select statement is followed by a
// repetition of an instruction only if something has failed: the loop is not
// there for many of its messages.
func againByError(sel *ssa.Select, state int, instr ssa.Instruction) bool {
	for _, block := range sel.Parent().Blocks {
		for succ, to := range block.Succs {
			if ssax.ChosenCase(block, succ) == sel.States[state] {
				return !reachesWithoutError(to, instr.Block(), make(map[*ssa.BasicBlock]bool))
			}
		}
	}
	return false
}

// reachesWithoutError reports whether a path leads from one block to another
// on which no error is known not to be nil.
func reachesWithoutError(from, to *ssa.BasicBlock, seen map[*ssa.BasicBlock]bool) bool {
	if from == to {
		return true
	}
	seen[from] = true
	for i, succ := range from.Succs {
		v, isNil := ssax.NilTest(from, i)
		if failed := v != nil && !isNil && ssax.IsError(v.Type()); !failed && !seen[succ] && reachesWithoutError(succ, to, seen) {
			return true
		}
	}
	return false
}

// controls end the names of types whose values tell of something that happens
// now and then, rather than carry the traffic of a service. The names of
// channels contain them.
var controls = []string{
	"Event", "Update", "Change", "Config", "Notification", "Status", "Result", "Response", "Reply", "Signal", "Command",
	"Reload",
}

// isControl reports whether a channel carries such values: by their type, or by
// the name that the channel itself has.
func (c *checker) isControl(s *ssa.SelectState) bool {
	name := typeName(s.Chan.Type().Underlying().(*types.Chan).Elem())
	channel := strings.ToLower(c.channelName(s))
	return slices.ContainsFunc(controls, func(word string) bool {
		return strings.HasSuffix(name, word) || strings.Contains(channel, strings.ToLower(word))
	})
}

// channelName returns the last identifier of the channel of a case, or "".
func (c *checker) channelName(s *ssa.SelectState) string {
	for _, n := range c.enclosing(s.Pos) {
		if clause, ok := n.(*ast.CommClause); ok && clause.Comm != nil {
			text := commText(clause.Comm)
			return text[strings.LastIndexAny(text, ".<- ")+1:]
		}
	}
	return ""
}
