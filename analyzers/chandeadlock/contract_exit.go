package chandeadlock

import (
	"fmt"
	"go/token"
	"slices"
	"strings"

	"github.com/perflint/perflint/internal/chanmodel"
	"github.com/perflint/perflint/internal/finding"
	"github.com/perflint/perflint/internal/pragma"
	"github.com/perflint/perflint/internal/ssax"
)

// strandedSends reports bare sends whose receivers may all return.
func (c *checker) strandedSends() {
	for _, s := range c.model.StrandedSends() {
		if c.reported(s.Pos()) {
			continue
		}
		channel := c.channel(s.Use)
		c.reportStranded(&s, pragma.Draft{
			Rule:       receiverMayExit,
			Confidence: strandedConfidence(&s),
			Fixes:      c.selectFix(&s),
			Message: fmt.Sprintf("this send on %s blocks for ever if %s returned%s: %s; send in a select that also waits for that",
				channel, c.peers(&s, "receiver", "has"), c.departs(&s), c.ignorance(&s, "sender")),
		})
	}
}

// strandedReceives reports bare receives whose senders may all give up.
func (c *checker) strandedReceives() {
	for _, s := range c.model.StrandedReceives() {
		if c.reported(s.Pos()) {
			continue
		}
		channel := c.channel(s.Use)
		c.reportStranded(&s, pragma.Draft{
			Rule: senderMayExit,
			Message: fmt.Sprintf("this receive from %s blocks for ever if %s given up%s: nothing closes %s, and %s; close it when the senders are done, or receive in a select",
				channel, c.peers(&s, "sender", "has"), c.departs(&s), channel, c.ignorance(&s, "receiver")),
		})
	}
}

func (c *checker) reported(pos token.Pos) bool {
	at := c.pass.Fset.Position(pos)
	return c.spokenFor(finding.Position{File: at.Filename, Line: at.Line})
}

// channel returns the name of a channel at an operation.
func (c *checker) channel(u chanmodel.Use) string { return c.name(u.Pos(), u.Ref().Resource.Name) }

// strandedConfidence judges a stranded operation. It is only possible where
// others run the function, who may know that they must not any more; where the
// peers give up one request of many, or because it takes too long; and at a
// field, where nothing shows that the function knows of the signal at all.
func strandedConfidence(s *chanmodel.Stranded) finding.Confidence {
	local := !s.Ref().Resource.Field()
	switch {
	case !s.Started || !s.Final && !s.Served || timed(s) || buffered(s):
		return finding.Possible
	case local || s.Aware.Op != nil:
		return finding.Likely
	}
	return finding.Possible
}

// buffered reports whether the send blocks only when a buffer is full: the
// sender may end before that.
func buffered(s *chanmodel.Stranded) bool {
	return slices.ContainsFunc(s.Ref().Resource.Made, func(made chanmodel.Creation) bool { return made.Cap.N > 0 })
}

// timed reports whether a peer gives up because something takes too long.
func timed(s *chanmodel.Stranded) bool {
	return slices.ContainsFunc(s.Peers, func(p chanmodel.Departure) bool { return p.On.Ref().Resource.Kind == chanmodel.Timer })
}

// peers names the peers: "its receiver, on line 12, has".
func (c *checker) peers(s *chanmodel.Stranded, what, verb string) string {
	lines := make([]string, 0, len(s.Peers))
	for _, p := range s.Peers {
		lines = append(lines, c.line(p.Use.Pos(), s.Pos()))
	}
	if len(lines) == 1 {
		return fmt.Sprintf("its %s (%s) %s", what, lines[0], verb)
	}
	if verb == "has" {
		verb = "have"
	}
	return fmt.Sprintf("its %ss (%s) %s", what, strings.Join(lines, ", "), verb)
}

// departs says why the first peer departs.
func (c *checker) departs(s *chanmodel.Stranded) string {
	p := s.Peers[0]
	return fmt.Sprintf(" because of %s, %s", c.channel(p.On), c.line(p.On.Pos(), s.Pos()))
}

// ignorance says that an operation does not listen to what its peers do.
func (c *checker) ignorance(s *chanmodel.Stranded, what string) string {
	if s.Aware.Op != nil {
		return fmt.Sprintf("the %s waits for %s on %s, but not here", what, c.channel(s.Aware), c.line(s.Aware.Pos(), s.Pos()))
	}
	return fmt.Sprintf("the %s does not wait for that", what)
}

func (c *checker) reportStranded(s *chanmodel.Stranded, draft pragma.Draft) {
	draft.Pos, draft.End = c.span(s.Pos())
	if c.inTest(s.Pos()) {
		draft.Severity = finding.Info
	}
	draft.Witness = append(draft.Witness, c.step("make", s.Position(), "the channel is made"))
	for _, p := range s.Peers {
		draft.Witness = append(draft.Witness, c.step("peer", p.Use.Pos(), fmt.Sprintf("%s waits here, in a loop", p.Use.Func.Label)))
		draft.Witness = append(draft.Witness, c.step("depart", p.On.Pos(), fmt.Sprintf("it also waits for %s, and leaves the loop%s", c.channel(p.On), ssax.Conditions(p.Path))))
		draft.Witness = append(draft.Witness, pragma.Step{Kind: "exit", Pos: p.Exit.Pos, Text: "it returns"})
	}
	if s.Aware.Op != nil {
		draft.Witness = append(draft.Witness, c.step("other", s.Aware.Pos(), fmt.Sprintf("the function waits for %s here", c.channel(s.Aware))))
	}
	draft.Witness = append(draft.Witness, c.step("block", s.Pos(), fmt.Sprintf("%s waits here for ever", s.Func.Label)))
	c.reporter.Report(draft)
}
