package chandeadlock

import (
	"slices"

	"github.com/perflint/perflint/internal/finding"
	"github.com/perflint/perflint/internal/ssax"
)

// The rules of this family: what goroutines expect of each other.
const (
	receiverMayExit = "chandeadlock/receiver-may-exit"
	senderMayExit   = "chandeadlock/sender-may-exit"
	notStopped      = "chandeadlock/not-stopped"
	foreignWatcher  = "chandeadlock/foreign-watcher"
	circularWait    = "chandeadlock/circular-wait"
)

// contractRules returns the rules of this family. Two are off: all that they
// have found in public code so far was false, and became fixtures.
func contractRules() []finding.Rule {
	return []finding.Rule{
		{Name: receiverMayExit, Summary: "a send whose receivers may all have returned", Severity: finding.Warning, Confidence: finding.Likely, Default: true},
		{Name: senderMayExit, Summary: "a receive whose senders may all have given up", Severity: finding.Warning, Confidence: finding.Possible},
		{Name: notStopped, Summary: "what a function starts is not stopped on some path", Severity: finding.Warning, Confidence: finding.Likely, Default: true},
		{Name: foreignWatcher, Summary: "a goroutine that ends a context does not end with it", Severity: finding.Warning, Confidence: finding.Likely, Default: true},
		{Name: circularWait, Summary: "two goroutines can each wait in a send that only the other receives", Severity: finding.Warning, Confidence: finding.Possible},
	}
}

// contracts applies the rules of this file. The protocols of the package are
// known already.
func (c *checker) contracts(pkg *ssax.Package, own []*lifecycle) {
	if c.reporter.Enabled(circularWait) {
		c.circularWaits()
	}
	if c.reporter.Enabled(foreignWatcher) {
		c.foreignWatchers()
	}
	if c.reporter.Enabled(receiverMayExit) {
		c.strandedSends()
	}
	if c.reporter.Enabled(senderMayExit) {
		c.strandedReceives()
	}
	if c.reporter.Enabled(notStopped) {
		c.notStopped(pkg, append(c.foreignLifecycles(pkg), own...))
	}
}

// spokenFor reports whether another rule has a finding on a line. One bug has
// one finding: that of the rule which needs the fewest assumptions.
func (c *checker) spokenFor(at finding.Position) bool {
	return slices.ContainsFunc(c.reporter.List().Findings, func(f finding.Finding) bool {
		return f.Location.File == at.File && f.Location.Line == at.Line
	})
}
