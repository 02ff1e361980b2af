package timerstop

import "github.com/perflint/perflint/internal/finding"

// The rules.
const (
	neverStopped     = "timerstop/never-stopped"
	lostOnPath       = "timerstop/lost-on-path"
	fieldNotStopped  = "timerstop/field-not-stopped"
	receiverForever  = "timerstop/receiver-never-exits"
	overwritten      = "timerstop/overwritten"
	stopEndsNothing  = "timerstop/stop-ends-nothing"
	afterInLoop      = "timerstop/after-in-loop"
	afterAbandoned   = "timerstop/after-abandoned"
	unstoppable      = "timerstop/unstoppable"
	tickInLoop       = "timerstop/tick-in-loop"
	pinnedCaptures   = "timerstop/pinned-captures"
	guardNotStopped  = "timerstop/guard-not-stopped"
	staleReset       = "timerstop/stale-reset"
	drainBlocks      = "timerstop/drain-blocks"
	afterFuncChannel = "timerstop/afterfunc-channel"
	needlessDrain    = "timerstop/needless-drain"
	deferInLoop      = "timerstop/defer-in-loop"
	stopIgnored      = "timerstop/stop-result-ignored"
	channelLength    = "timerstop/channel-length"
	sleepIgnoresCtx  = "timerstop/sleep-ignores-context"
	contextAsTimer   = "timerstop/context-as-timer"
	resetInCallback  = "timerstop/reset-in-callback"
	badInterval      = "timerstop/bad-interval"
)

// Rules returns the rules of the analyzer.
func Rules() []finding.Rule {
	on := func(name string, s finding.Severity, c finding.Confidence, summary string, nolint ...string) finding.Rule {
		return finding.Rule{Name: name, Severity: s, Confidence: c, Default: true, Summary: summary, Nolint: nolint}
	}
	off := func(name string, s finding.Severity, summary string) finding.Rule {
		return finding.Rule{Name: name, Severity: s, Confidence: finding.Possible, Summary: summary}
	}
	rules := []finding.Rule{
		on(neverStopped, finding.Warning, finding.Likely, "a timer or ticker that nothing outlives is never stopped"),
		on(lostOnPath, finding.Warning, finding.Likely, "a timer or ticker is not stopped on some path"),
		on(fieldNotStopped, finding.Warning, finding.Likely, "a type's Close leaves its timer or ticker running"),
		off(receiverForever, finding.Warning, "a goroutine receives from a ticker for ever, and its type cannot be closed"),
		on(overwritten, finding.Warning, finding.Likely, "a field with a running timer or ticker gets another one"),
		on(stopEndsNothing, finding.Error, finding.Likely, "a goroutine waits for a channel to close that Stop does not close"),
		on(afterInLoop, finding.Warning, finding.Likely, "a loop makes a timer with time.After for each message that it receives"),
		on(afterAbandoned, finding.Warning, finding.Likely, "a timer of time.After runs on when another case was faster (before Go 1.23)"),
		on(unstoppable, finding.Warning, finding.Likely, "only the channel of a timer or ticker is kept, so nothing can stop it (before Go 1.23)", "staticcheck", "megacheck", "SA1015"), // https://staticcheck.dev/docs/checks#SA1015
		on(tickInLoop, finding.Warning, finding.Likely, "a loop makes a new ticker in every round"),
		on(pinnedCaptures, finding.Warning, finding.Likely, "a time.AfterFunc that nobody can stop pins what its function captures"),
		on(guardNotStopped, finding.Warning, finding.Likely, "the time.AfterFunc that bounds some work still fires when the work is done"),
		on(staleReset, finding.Warning, finding.Likely, "a timer is reset while an old value may be in its channel (before Go 1.23)"),
		on(drainBlocks, finding.Error, finding.Likely, "a timer's channel is drained of a value that was received already"),
		on(afterFuncChannel, finding.Error, finding.Likely, "the channel of a time.AfterFunc timer is nil"),
		off(needlessDrain, finding.Info, "draining a timer's channel does nothing since Go 1.23"),
		on(deferInLoop, finding.Warning, finding.Likely, "a timer's Stop is deferred in a loop"),
		off(stopIgnored, finding.Warning, "what an AfterFunc function uses is closed although it may be running"),
		on(channelLength, finding.Error, finding.Likely, "len or cap of a timer's channel is always 0 since Go 1.23"),
		off(sleepIgnoresCtx, finding.Warning, "a loop sleeps without looking at its context"),
		off(contextAsTimer, finding.Warning, "a context is made in every round only to wait for its deadline"),
		off(resetInCallback, finding.Info, "an AfterFunc function resets its own timer"),
		on(badInterval, finding.Error, finding.Likely, "a ticker's interval is not positive"),
	}
	for i := range rules {
		r := &rules[i]
		r.Since = "v0.1.0"
		r.Doc = finding.MustExtractDoc(doc, "Rule "+r.Name)
	}
	return rules
}
