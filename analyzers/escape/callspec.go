package escape

import "github.com/perflint/perflint/internal/ssax"

// The functions of the rules about calls.
const fmtSprintf = "fmt.Sprintf" // https://pkg.go.dev/fmt#Sprintf

// A compiler says what a function makes of the pattern that is its first
// argument.
type compiler int

const (
	compilesOrPanics compiler = iota // returns the compiled pattern
	compiles                         // returns it, or an error
	matches                          // compiles it for one match, and returns whether it matches, or an error
)

// compilers are the functions that compile patterns: https://pkg.go.dev/regexp
var compilers = ssax.NewNames(map[string]compiler{
	"regexp.MustCompile":      compilesOrPanics,
	"regexp.MustCompilePOSIX": compilesOrPanics,
	"regexp.Compile":          compiles,
	"regexp.CompilePOSIX":     compiles,
	"regexp.MatchString":      matches,
	"regexp.Match":            matches,
})

// splitters are the functions that make a list of substrings, with the
// iterators over the same substrings, which are there since Go 1.24:
// https://pkg.go.dev/strings#SplitSeq
var splitters = ssax.NewNames(map[string]string{
	"strings.Split":      "SplitSeq",
	"strings.SplitAfter": "SplitAfterSeq",
	"strings.Fields":     "FieldsSeq",
})

// changesPattern are the methods that change a compiled pattern.
var changesPattern = ssax.NewNames(map[string]bool{
	"(*regexp.Regexp).Longest":       true, // https://pkg.go.dev/regexp#Regexp.Longest
	"(*regexp.Regexp).UnmarshalText": true,
})

// deferredByOthers are the functions whose deferred calls in a loop are the
// business of another analyzer.
var deferredByOthers = ssax.NewNames(map[string]bool{
	"(*time.Timer).Stop":      true, // timerstop/defer-in-loop
	"(*time.Ticker).Stop":     true,
	"(*sync.Pool).Put":        true, // poolmisuse/defer-in-loop
	"(*sync.Mutex).Unlock":    true, // chandeadlock/double-lock
	"(*sync.RWMutex).Unlock":  true,
	"(*sync.RWMutex).RUnlock": true,
	"(sync.Locker).Unlock":    true,
	"(*sync.WaitGroup).Done":  true,
})

// keptByOthers are the functions whose arguments are on the heap for reasons
// that are the business of another analyzer.
var keptByOthers = ssax.NewNames(map[string]bool{
	"(*sync.Pool).Put":  true, // poolmisuse/non-pointer
	"time.AfterFunc":    true, // timerstop
	"context.AfterFunc": true, // ctxleak/stop-dropped
	"context.WithValue": true, // ctxleak/value-growth
})

// fieldsOfOthers are the types whose fields of function type are the business
// of another analyzer.
var fieldsOfOthers = map[string]bool{
	"*sync.Pool": true, // poolmisuse/new-captures-variable
}

// deferredTypes are the types of functions that are the business of another
// analyzer when they are deferred in a loop.
var deferredTypes = map[string]bool{
	"context.CancelFunc":      true, // ctxleak/defer-in-loop
	"context.CancelCauseFunc": true,
}
