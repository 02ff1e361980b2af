package escape

import "github.com/perflint/perflint/internal/finding"

// The rules.
const (
	boxed           = "escape/boxed"
	closure         = "escape/closure"
	returnedPointer = "escape/returned-pointer"
	loopAllocation  = "escape/loop-allocation"
	appendGrowth    = "escape/append-growth"
	conversion      = "escape/conversion"
	mapInLoop       = "escape/map-in-loop"
	largeLocal      = "escape/large-local"

	recompiled   = "escape/recompiled"
	scalarFormat = "escape/scalar-format"
	concatInLoop = "escape/concat-in-loop"
	deferInLoop  = "escape/defer-in-loop"
	bytesLookup  = "escape/bytes-lookup"

	mapGrowth      = "escape/map-growth"
	splitToIterate = "escape/split-to-iterate"
	splitForParts  = "escape/split-for-parts"
	checksumSlice  = "escape/checksum-slice"
	droppedResult  = "escape/dropped-result"

	allocates      = "escape/allocation"
	mayAllocate    = "escape/may-allocate"
	allocatingCall = "escape/allocating-call"
)

// Rules returns the rules of the analyzer.
func Rules() []finding.Rule {
	// Candidates are kept for those who have a profile, and hidden otherwise.
	candidate := func(name string, summary string) finding.Rule {
		return finding.Rule{Name: name, Severity: finding.Info, Confidence: finding.Possible, Default: true, Summary: summary}
	}
	on := func(name string, summary string, nolint ...string) finding.Rule {
		return finding.Rule{Name: name, Severity: finding.Warning, Confidence: finding.Likely, Default: true, Summary: summary, Nolint: nolint}
	}
	// Where it is hot, arguable: shown with the confidence possible.
	arguable := func(name string, summary string) finding.Rule {
		return finding.Rule{Name: name, Severity: finding.Warning, Confidence: finding.Possible, Default: true, Summary: summary}
	}
	rules := []finding.Rule{
		candidate(boxed, "a value is boxed in an interface on a hot path"),
		candidate(closure, "a function literal or method value is allocated on a hot path"),
		candidate(returnedPointer, "a hot function returns a pointer to a small value that it makes"),
		arguable(loopAllocation, "each round of a hot loop allocates a value"),
		arguable(appendGrowth, "a slice of known length grows step by step on a hot path"),
		arguable(conversion, "a hot path copies a string to bytes or back"),
		candidate(mapInLoop, "each round of a hot loop makes a map"),
		on(largeLocal, "a local variable is too large for the stack"),
		on(recompiled, "a hot path compiles the same pattern again and again"),
		arguable(scalarFormat, "a hot path formats a single value with fmt.Sprintf"),
		arguable(concatInLoop, "a string grows by concatenation in a loop"),
		arguable(deferInLoop, "a hot loop defers calls that wait until the function returns"),
		arguable(mapGrowth, "a map of known size grows step by step on a hot path"),
		arguable(splitToIterate, "a hot path makes a list of substrings only to range over it"),
		arguable(splitForParts, "a hot path makes a list of substrings to use one or two of them"),
		arguable(checksumSlice, "a hot path makes a slice for a checksum that is a number or an array"),
		arguable(droppedResult, "each round of a hot loop allocates what a function returns, and drops it"),
		candidate(allocates, "a value is allocated on a path that a profile shows to be hot"),
		candidate(mayAllocate, "something grows, or may be kept, on a path that a profile shows to be hot"),
		candidate(allocatingCall, "a function that allocates is called on a path that a profile shows to be hot"),
		on(bytesLookup, "bytes are copied to a string only to be looked up", "staticcheck", "megacheck", "SA6001"), // https://staticcheck.dev/docs/checks#SA6001
	}
	for i := range rules {
		r := &rules[i]
		r.Since = "v0.1.0"
		r.Doc = finding.MustExtractDoc(doc, "Rule "+r.Name)
	}
	return rules
}
