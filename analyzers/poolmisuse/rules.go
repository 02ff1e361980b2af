package poolmisuse

import (
	"github.com/perflint/perflint/internal/finding"
)

// The rules.
const (
	useAfterPut    = "poolmisuse/use-after-put"
	returnedAlias  = "poolmisuse/returned-alias"
	keptAlias      = "poolmisuse/kept-alias"
	doublePut      = "poolmisuse/double-put"
	noReset        = "poolmisuse/no-reset"
	resetMisses    = "poolmisuse/reset-misses-field"
	retained       = "poolmisuse/retained-reference"
	notPutOnPath   = "poolmisuse/not-put-on-path"
	neverPut       = "poolmisuse/never-put"
	wrongType      = "poolmisuse/wrong-type"
	nonPointer     = "poolmisuse/non-pointer"
	freshPointer   = "poolmisuse/fresh-pointer"
	typedNil       = "poolmisuse/typed-nil"
	nilGet         = "poolmisuse/nil-get"
	requestBody    = "poolmisuse/request-body"
	newNotGet      = "poolmisuse/new-not-get"
	finalizer      = "poolmisuse/finalizer"
	copied         = "poolmisuse/copied"
	replaced       = "poolmisuse/replaced"
	localPool      = "poolmisuse/local-pool"
	deferInLoop    = "poolmisuse/defer-in-loop"
	shrinks        = "poolmisuse/shrinks"
	sizeByLen      = "poolmisuse/size-by-len"
	oversize       = "poolmisuse/oversize"
	repeatable     = "poolmisuse/repeatable-put"
	scopedRetained = "poolmisuse/scoped-object"
	newCaptures    = "poolmisuse/new-captures-variable"
)

// Rules returns the rules of the analyzer.
func Rules() []finding.Rule {
	on := func(name, summary string, severity finding.Severity, nolint ...string) finding.Rule {
		return finding.Rule{Name: name, Summary: summary, Severity: severity, Confidence: finding.Likely, Default: true, Nolint: nolint}
	}
	off := func(name, summary string, severity finding.Severity, nolint ...string) finding.Rule {
		return finding.Rule{Name: name, Summary: summary, Severity: severity, Confidence: finding.Possible, Nolint: nolint}
	}
	rules := []finding.Rule{
		on(useAfterPut, "a pooled object is used after it was put back", finding.Error),
		on(doublePut, "a pooled object is put back twice", finding.Error),
		on(returnedAlias, "a function returns memory of an object that it puts back", finding.Error),
		on(keptAlias, "memory of a pooled object is kept beyond its put", finding.Error),
		on(wrongType, "a pool holds objects of another type than its users expect", finding.Error),
		on(noReset, "nobody resets the buffers of a pool", finding.Error),
		on(neverPut, "nobody puts anything into a pool", finding.Warning),
		on(typedNil, "a nil pointer is put into a pool", finding.Error),
		on(newNotGet, "a pool's New is called instead of its Get", finding.Warning),
		on(finalizer, "a finalizer or cleanup is left on a pooled object", finding.Warning),
		on(copied, "a pool is copied", finding.Error, "govet", "copylocks"), // https://pkg.go.dev/golang.org/x/tools/go/analysis/passes/copylock
		on(localPool, "a pool lives no longer than the function that makes it", finding.Warning),
		on(deferInLoop, "a put is deferred in the loop that takes the object", finding.Warning),
		on(shrinks, "a slice is put back without its front", finding.Warning),
		on(newCaptures, "a pool's New captures a loop variable that all rounds share", finding.Warning),
		off(nonPointer, "a value that is no pointer is put into a pool, which allocates", finding.Warning, "staticcheck", "megacheck", "SA6002"), // https://staticcheck.dev/docs/checks#SA6002
		off(nilGet, "what Get returns is not checked although the pool may be empty and makes nothing", finding.Warning),
		off(requestBody, "a pooled object is the body of a request, and put back while it may still be read", finding.Warning),
		off(resetMisses, "a reset of a pooled object misses a field", finding.Warning),
		off(retained, "references stay in a slice that is put back", finding.Info),
		off(notPutOnPath, "a pooled object is not put back on some path", finding.Info),
		off(freshPointer, "the address of a local variable is put into a pool, which allocates", finding.Info),
		off(replaced, "a pool in use is replaced", finding.Warning),
		off(sizeByLen, "a slice goes to the pool for its length, not for its capacity", finding.Warning),
		off(oversize, "buffers of any size go back into a pool", finding.Info),
		off(repeatable, "a method puts back what its receiver still has", finding.Warning),
		off(scopedRetained, "an object that its framework pools outlives the handler", finding.Warning),
	}
	for i := range rules {
		rules[i].Since = "v0.1.0"
		rules[i].Doc = finding.MustExtractDoc(doc, "Rule "+rules[i].Name)
	}
	return rules
}
