package chandeadlock

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/token"
	"regexp"
	"slices"
	"strings"

	"github.com/perflint/perflint/internal/chanmodel"
	"github.com/perflint/perflint/internal/finding"
	"github.com/perflint/perflint/internal/pragma"
	"github.com/perflint/perflint/internal/ssax"
)

// The rules about how often goroutines send and receive.
const (
	abandonedSend    = "chandeadlock/abandoned-send"
	abandonedReceive = "chandeadlock/abandoned-receive"
	excessSend       = "chandeadlock/excess-send"
	unclosedRange    = "chandeadlock/unclosed-range"
	selfBlock        = "chandeadlock/self-block"
)

// countRules returns the rules of this family.
func countRules() []finding.Rule {
	on := func(name, summary string) finding.Rule {
		return finding.Rule{Name: name, Severity: finding.Warning, Confidence: finding.Likely, Default: true, Summary: summary}
	}
	return []finding.Rule{
		on(abandonedSend, "a goroutine sends to a channel whose only receiver has left"),
		on(abandonedReceive, "a goroutine receives from a channel whose only sender has left"),
		on(excessSend, "goroutines send more often to a channel than anybody receives"),
		on(unclosedRange, "a goroutine ranges over a channel that nobody closes"),
		on(noPeer, "a channel of the package to which nobody sends, or from which nobody receives"),
		on(nilChannel, "a channel that is never made is used outside of a select"),
		on(selfBlock, "a function waits for itself: nobody else can receive what it sends, or send what it receives"),
	}
}

// counts applies the rules of this family.
func (c *checker) counts() {
	reported := make(map[token.Pos]bool)
	for _, sh := range c.model.Balance() {
		if !reported[sh.Op.Pos] {
			reported[sh.Op.Pos] = true
			c.shortage(&sh)
		}
	}
	c.loners(reported)
}

// shortage reports a goroutine that blocks.
func (c *checker) shortage(sh *chanmodel.Shortage) {
	d := pragma.Draft{Rule: rule(sh)}
	d.Pos, d.End = c.span(sh.Op.Pos)
	name := c.name(sh.Op.Pos, sh.Resource.Name)
	d.Message = c.blocks(sh, name) + ": " + c.because(sh) + c.advice(sh)
	d.Witness = c.shortageSteps(sh)
	d.Fixes = c.roomFix(sh)
	// Whether to receive once more often depends on what was received.
	again := sh.Kind != chanmodel.Send && sh.Each > 1
	// A goroutine that a command leaves behind ends with the process.
	if sh.Guessed || again || !convincing(sh) || keptTrack(sh) || sh.Blocked.Go != nil && c.model.OnlyOnce(sh.Root) {
		d.Confidence = finding.Possible
	}
	if c.testing(sh.Op.Pos) {
		d.Severity, d.Confidence = finding.Info, finding.Possible
	}
	c.reporter.Report(d)
}

// convincing reports whether a reader will believe that a path can be taken.
// A goroutine that receives expects that somebody sends or closes; that this
// is left out on some path is a mistake where an error or a case of a select
// cuts the path short. Other conditions often agree with ones that the
// receiver has seen.
func convincing(sh *chanmodel.Shortage) bool {
	if sh.Kind == chanmodel.Send {
		return true
	}
	known := sh.Alone || sh.Steady
	for _, o := range sh.Other {
		list := branches(o.Way)
		i := len(list) - 1
		for i >= 0 && list[i].Kind != ssax.IfBranch && list[i].Kind != ssax.CaseBranch {
			i--
		}
		switch {
		case i < 0:
		case sh.Kind == chanmodel.Range && o.Go != nil && strings.Contains(list[i].Text, ".Done()"):
			return false // a producer that lives as long as its context, often the process
		case list[i].Kind == ssax.CaseBranch && sh.Kind == chanmodel.Receive && stopField.MatchString(list[i].Text):
			// Who is told to stop through its own field has been started before.
		case list[i].Kind == ssax.CaseBranch, errorTest.MatchString(list[i].Text):
			known = true
		}
	}
	return known
}

// stopField is a receive from a channel in a field, rather than from that of a
// context or timer.
var stopField = regexp.MustCompile(`<-\w+\.\w+$`)

var errorTest = regexp.MustCompile(`(?i)err\w* != nil`)

// rule returns the rule that a shortage belongs to.
func rule(sh *chanmodel.Shortage) string {
	switch {
	case sh.Kind == chanmodel.Range:
		return unclosedRange
	case sh.Blocked.Go == nil && len(sh.Other) == 0:
		return selfBlock
	case sh.Kind == chanmodel.Receive:
		return abandonedReceive
	case sh.Always && sh.Blocked.Go != nil:
		return excessSend
	}
	return abandonedSend
}

// blocks says who blocks where.
func (c *checker) blocks(sh *chanmodel.Shortage, name string) string {
	what := map[chanmodel.OpKind]string{
		chanmodel.Send: "sending to ", chanmodel.Receive: "receiving from ", chanmodel.Range: "ranging over ",
	}[sh.Kind] + name
	if sh.Blocked.Go == nil {
		return sh.Root.Label + " blocks for ever " + what
	}
	at := c.line(sh.Blocked.Go.Pos, sh.Op.Pos)
	if sh.Blocked.Count > 1 {
		return fmt.Sprintf("a goroutine of %s blocks for ever %s", at, what)
	}
	return fmt.Sprintf("the goroutine of %s blocks for ever %s", at, what)
}

// because says why nobody helps.
func (c *checker) because(sh *chanmodel.Shortage) string {
	if sh.Blocked.Go == nil {
		if len(sh.Other) == 0 && sh.Have > 0 {
			return fmt.Sprintf("the channel has room for %d, and no other goroutine uses it yet", sh.Have)
		}
		if len(sh.Other) == 0 {
			return "no other goroutine uses the channel yet"
		}
		other := sh.Other[0]
		if sh.Steady && other.Sends > 0 {
			return fmt.Sprintf("that is the receive number %d on this path, and the goroutine of %s sends %s", sh.Each, c.line(other.Go.Pos, sh.Op.Pos), times(other.Count*other.Sends))
		}
		return fmt.Sprintf("the goroutine of %s can end%s %s", c.line(other.Go.Pos, sh.Op.Pos), conditions(other.Way), without(sh))
	}
	if sh.Waits != nil {
		return fmt.Sprintf("%s waits on %s for something else, %s", sh.Root.Label, c.line(sh.Waits.Pos, sh.Op.Pos), without(sh))
	}
	verb := "returns"
	if sh.Again {
		verb = "begins anew"
	}
	return fmt.Sprintf("%s %s%s %s", sh.Root.Label, verb, conditions(sh.Other[0].Way), without(sh))
}

// without says what a goroutine that could have helped has not done.
func without(sh *chanmodel.Shortage) string {
	done := 0
	for _, o := range sh.Other {
		done += o.Count * o.Recvs
	}
	switch {
	case sh.Kind == chanmodel.Range:
		return "without closing the channel"
	case sh.Kind == chanmodel.Receive:
		return "without sending or closing"
	case done > 0 && sh.Unknown:
		return fmt.Sprintf("having received %s, however many are sent", times(done))
	case done > 0:
		if sh.Cap > 0 {
			return fmt.Sprintf("having received %s of %d, with room for %d", times(done), sh.Need, sh.Cap)
		}
		return fmt.Sprintf("having received %s of %d", times(done), sh.Need)
	}
	return "without receiving"
}

func times(n int) string {
	if n == 1 {
		return "once"
	}
	return fmt.Sprintf("%d times", n)
}

// conditions returns the last condition on a way.
func conditions(way []chanmodel.Way) string {
	list := branches(way)
	for i := len(list) - 1; i >= 0; i-- {
		if list[i].Kind == ssax.IfBranch || list[i].Kind == ssax.CaseBranch {
			return ssax.Conditions(list[i : i+1])
		}
	}
	return ""
}

func branches(way []chanmodel.Way) []ssax.Branch {
	var list []ssax.Branch
	for _, w := range way {
		list = append(list, w.Path.Branches(w.Func)...)
	}
	return list
}

// advice says what to do.
func (c *checker) advice(sh *chanmodel.Shortage) string {
	if sh.Kind == chanmodel.Send && c.model.SendsRepeat(sh.Resource) {
		return "; send in a select that also waits for the receiver's end, such as the end of a context"
	}
	if sh.Kind == chanmodel.Send && sh.Cap == 0 && sh.Blocked.Go != nil && sh.Need == 1 {
		return fmt.Sprintf("; make the channel (%s) with room for one", c.line(sh.Made.Pos, sh.Op.Pos))
	}
	return ""
}

// shortageSteps returns the witness of a shortage.
func (c *checker) shortageSteps(sh *chanmodel.Shortage) []pragma.Step {
	size := "without a buffer"
	if sh.Made.Cap.Sym != "" {
		size = "with a buffer"
	} else if n := sh.Made.Cap.N; n > 0 {
		size = fmt.Sprintf("with room for %d", n)
	}
	steps := []pragma.Step{c.step("create", sh.Made.Pos, "the channel is made here, "+size)}
	actors := sh.Other
	if sh.Blocked.Go != nil {
		steps = append(steps, c.step("spawn", sh.Blocked.Go.Pos, "the goroutine that blocks is started here"))
	}
	for _, a := range actors {
		if a.Go != nil {
			steps = append(steps, c.step("spawn", a.Go.Pos, fmt.Sprintf("another goroutine is started here; it can end%s", conditions(a.Way))))
			continue
		}
		steps = append(steps, last(branchSteps(branches(a.Way)), 5)...)
	}
	if sh.Waits != nil {
		steps = append(steps, c.step("wait", sh.Waits.Pos, sh.Root.Label+" waits here"))
	}
	steps = append(steps, last(branchSteps(branches(sh.Blocked.Way)), 4)...)
	for _, pos := range sh.Peers {
		steps = append(steps, c.step("peer", pos, "the other half is here, and is not done, or not often enough, on that path"))
	}
	return append(steps, c.step("block", sh.Op.Pos, "nobody takes part in this any more: it waits for ever"))
}

func last(steps []pragma.Step, n int) []pragma.Step {
	steps = slices.CompactFunc(steps, func(a, b pragma.Step) bool { return cmp.Compare(a.Pos, b.Pos) == 0 && a.Text == b.Text })
	return steps[max(0, len(steps)-n):]
}

// testPath is that of a package which serves tests or measurements.
var testPath = regexp.MustCompile(`(^|/)(\w*test(ing|s|utils?|helpers?)?|bench(es|marks?|marking)?)(/|$)`)

var testingImport = regexp.MustCompile(`[/"]((go-)?testing(-interface)?|testify(/\w+)?|dockertest(/v\d+)?)"$`)

// testing reports whether a position is in a test, or in code that is there for
// tests or benchmarks: there, a goroutine that is left behind when one has failed
// or is over harms nobody.
func (c *checker) testing(pos token.Pos) bool {
	if c.inTest(pos) || testPath.MatchString(c.pass.Pkg.Path()) {
		return true
	}
	for _, file := range c.pass.Files {
		if file.FileStart <= pos && pos <= file.FileEnd {
			return slices.ContainsFunc(file.Imports, func(s *ast.ImportSpec) bool { return testingImport.MatchString(s.Path.Value) })
		}
	}
	return false
}
