package ctxleak

// A producer is a function that returns a context and the function that
// releases it.
type producer struct {
	result int   // index of the release function among the results
	bound  bound // what ends the context if nobody releases it
}

// A bound is what ends a context that is never released.
type bound int

const (
	byParent   bound = iota // the end of the parent
	byDeadline              // the end of the parent, or a deadline
	bySignal                // the end of the parent, or a signal; signal handling stays
)

// producers are the functions whose release function this analyzer follows,
// by [types.Func.FullName].
var producers = map[string]producer{
	"context.WithCancel":        {1, byParent},   // https://pkg.go.dev/context#WithCancel
	"context.WithCancelCause":   {1, byParent},   // https://pkg.go.dev/context#WithCancelCause
	"context.WithDeadline":      {1, byDeadline}, // https://pkg.go.dev/context#WithDeadline
	"context.WithDeadlineCause": {1, byDeadline}, // https://pkg.go.dev/context#WithDeadlineCause
	"context.WithTimeout":       {1, byDeadline}, // https://pkg.go.dev/context#WithTimeout
	"context.WithTimeoutCause":  {1, byDeadline}, // https://pkg.go.dev/context#WithTimeoutCause
	// The predecessor, whose functions are wrappers now.
	"golang.org/x/net/context.WithCancel":   {1, byParent},   // https://pkg.go.dev/golang.org/x/net/context#WithCancel
	"golang.org/x/net/context.WithDeadline": {1, byDeadline}, // https://pkg.go.dev/golang.org/x/net/context#WithDeadline
	"golang.org/x/net/context.WithTimeout":  {1, byDeadline}, // https://pkg.go.dev/golang.org/x/net/context#WithTimeout

	"os/signal.NotifyContext": {1, bySignal}, // https://pkg.go.dev/os/signal#NotifyContext
}

// detached are the functions whose context never ends.
var detached = map[string]bool{
	"context.Background":    true, // https://pkg.go.dev/context#Background
	"context.TODO":          true, // https://pkg.go.dev/context#TODO
	"context.WithoutCancel": true, // https://pkg.go.dev/context#WithoutCancel

	"golang.org/x/net/context.Background": true,
	"golang.org/x/net/context.TODO":       true,
}

// selfEnding are the functions whose context is cancelled without the
// caller's help when the work that it belongs to is over.
var selfEnding = map[string]bool{
	"(*testing.common).Context": true, // https://pkg.go.dev/testing#T.Context
	"(testing.TB).Context":      true, // https://pkg.go.dev/testing#TB
}

// exits are the interface methods that do not return. Functions and methods
// that do not return are known from their bodies.
var exits = map[string]bool{
	"(testing.TB).FailNow": true, // https://pkg.go.dev/testing#TB
	"(testing.TB).Fatal":   true,
	"(testing.TB).Fatalf":  true,
	"(testing.TB).Skip":    true,
	"(testing.TB).SkipNow": true,
	"(testing.TB).Skipf":   true,
}

// The methods that tell whether a context has ended.
const (
	contextDone = "(context.Context).Done" // https://pkg.go.dev/context#Context
	contextErr  = "(context.Context).Err"
)

// homes are the packages of the producers: a package that imports none of
// them cannot call one.
var homes = []string{"context", "golang.org/x/net/context", "os/signal"}
