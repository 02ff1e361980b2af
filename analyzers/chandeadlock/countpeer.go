package chandeadlock

import (
	"fmt"
	"go/token"

	"github.com/perflint/perflint/internal/chanmodel"
	"github.com/perflint/perflint/internal/finding"
	"github.com/perflint/perflint/internal/pragma"
)

// The rules about channels of which one half is missing.
const (
	noPeer     = "chandeadlock/no-peer"
	nilChannel = "chandeadlock/nil-channel"
)

// loners reports operations for which nobody does the other half, unless they
// have been reported already.
func (c *checker) loners(reported map[token.Pos]bool) {
	for _, l := range c.model.Loners() {
		if reported[l.Pos()] || l.Deliberate() {
			continue
		}
		reported[l.Pos()] = true
		c.loner(&l)
	}
}

func (c *checker) loner(l *chanmodel.Loner) {
	name := c.name(l.Pos(), l.Resource.Name)
	doing := map[chanmodel.OpKind]string{
		chanmodel.Send: "sends to", chanmodel.Receive: "receives from", chanmodel.Range: "ranges over",
	}[l.Kind()]
	d := pragma.Draft{Rule: noPeer}
	switch {
	case l.Nil:
		d.Rule = nilChannel
		d.Message = fmt.Sprintf("%s %s %s, which is nil and blocks for ever: the package never makes this channel", l.Func.Label, doing, name)
	case l.Kind() != chanmodel.Send:
		d.Message = fmt.Sprintf("%s %s %s and blocks for ever: nobody sends to this channel or closes it", l.Func.Label, doing, name)
	case l.Room:
		d.Message = fmt.Sprintf("%s %s %s and blocks for ever when the buffer is full: nobody receives from this channel", l.Func.Label, doing, name)
		d.Confidence = finding.Possible
	default:
		d.Message = fmt.Sprintf("%s %s %s and blocks for ever: nobody receives from this channel", l.Func.Label, doing, name)
	}
	if l.Idle {
		d.Confidence = finding.Possible
	}
	if c.testing(l.Pos()) {
		d.Severity, d.Confidence = finding.Info, finding.Possible
	}
	d.Pos, d.End = c.span(l.Pos())
	for _, made := range l.Resource.Made {
		d.Witness = append(d.Witness, c.step("create", made.Pos, "the channel is made here"))
	}
	d.Witness = append(d.Witness, c.step("block", l.Pos(), "nobody in the package does the other half, and nobody outside of it has the channel"))
	c.reporter.Report(d)
}
