package ctxleak

import (
	"go/types"
	"slices"

	"github.com/perflint/perflint/internal/ssax"
	"github.com/perflint/perflint/internal/typestate"
)

// A bound is what ends a context that nobody releases. It is the class of
// the products of spec.
type bound string

const (
	byParent   bound = "parent"   // the end of the parent
	byDeadline bound = "deadline" // the end of the parent, or a deadline
	bySignal   bound = "signal"   // the end of the parent, or a signal; signal handling stays
	byOwner    bound = "owner"    // nobody knows; the function's type is all there is to see
)

// release is the product of a function that returns a context and the
// function that releases it.
func release(b bound) typestate.Product {
	return typestate.Product{Result: 1, Err: -1, Companion: 0, Class: string(b)}
}

// spec is the protocol of functions that release contexts: to be called once
// at least, by whoever has them last.
var spec = typestate.Spec{
	Produces: map[string]typestate.Product{
		"context.WithCancel":        release(byParent),   // https://pkg.go.dev/context#WithCancel
		"context.WithCancelCause":   release(byParent),   // https://pkg.go.dev/context#WithCancelCause
		"context.WithDeadline":      release(byDeadline), // https://pkg.go.dev/context#WithDeadline
		"context.WithDeadlineCause": release(byDeadline), // https://pkg.go.dev/context#WithDeadlineCause
		"context.WithTimeout":       release(byDeadline), // https://pkg.go.dev/context#WithTimeout
		"context.WithTimeoutCause":  release(byDeadline), // https://pkg.go.dev/context#WithTimeoutCause
		// The predecessor, whose functions are wrappers now.
		"golang.org/x/net/context.WithCancel":   release(byParent),   // https://pkg.go.dev/golang.org/x/net/context#WithCancel
		"golang.org/x/net/context.WithDeadline": release(byDeadline), // https://pkg.go.dev/golang.org/x/net/context#WithDeadline
		"golang.org/x/net/context.WithTimeout":  release(byDeadline), // https://pkg.go.dev/golang.org/x/net/context#WithTimeout

		"os/signal.NotifyContext": release(bySignal), // https://pkg.go.dev/os/signal#NotifyContext
	},
	Declares: returnsCancelFunc,
	Calling:  true,
	Unknown:  typestate.Move, // who gets one is expected to call it
	Types:    isReleaseFunc,
	Exits:    exits,
}

// producers are those of spec.
var producers = ssax.NewNames(spec.Produces)

// returnsCancelFunc finds functions with a context and a context.CancelFunc
// among their results. Whatever they do, their authors say with that type that
// somebody has to call it.
func returnsCancelFunc(sig *types.Signature) (typestate.Product, bool) {
	p := typestate.Product{Result: -1, Err: -1, Companion: -1, Class: string(byOwner)}
	results := sig.Results()
	for i := range results.Len() {
		switch t := results.At(i).Type(); {
		case isContext(t):
			p.Companion = i
		case isNamed(t, "CancelFunc") || isNamed(t, "CancelCauseFunc"):
			p.Result = i
		case i > 0 && ssax.IsError(t):
			p.Err = i
		}
	}
	return p, p.Result >= 0 && p.Companion >= 0
}

// isContext reports whether a type is context.Context.
func isContext(t types.Type) bool { return isNamed(t, "Context") }

// isNamed reports whether a type is one that a context package declares.
func isNamed(t types.Type, name string) bool {
	named, ok := types.Unalias(t).(*types.Named)
	return ok && named.Obj().Name() == name && named.Obj().Pkg() != nil && slices.Contains(homes, named.Obj().Pkg().Path())
}

// isReleaseFunc reports whether values of a type can be release functions:
// functions without results that take nothing or an error.
func isReleaseFunc(t types.Type) bool {
	sig, ok := t.Underlying().(*types.Signature)
	if !ok || sig.Results().Len() > 0 || sig.Params().Len() > 1 {
		return false
	}
	return sig.Params().Len() == 0 || ssax.IsError(sig.Params().At(0).Type())
}

// An origin is where a context that never ends comes from.
type origin int

const (
	root   origin = iota + 1 // it has no parent
	cutOff                   // it keeps the values of its parent, and nothing else
)

// detached are the functions whose context never ends.
var detached = ssax.NewNames(map[string]origin{
	"context.Background":    root,   // https://pkg.go.dev/context#Background
	"context.TODO":          root,   // https://pkg.go.dev/context#TODO
	"context.WithoutCancel": cutOff, // https://pkg.go.dev/context#WithoutCancel

	"golang.org/x/net/context.Background": root, // https://pkg.go.dev/golang.org/x/net/context#Background
	"golang.org/x/net/context.TODO":       root, // https://pkg.go.dev/golang.org/x/net/context#TODO
})

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

// starters start a goroutine for a group, joins wait for all goroutines of a
// group, and groupDone tells it that one has ended.
var starters = map[string]bool{
	"(*sync.WaitGroup).Go":                   true, // https://pkg.go.dev/sync#WaitGroup.Go
	"(*golang.org/x/sync/errgroup.Group).Go": true, // https://pkg.go.dev/golang.org/x/sync/errgroup#Group.Go
}

var joins = map[string]bool{
	"(*sync.WaitGroup).Wait":                   true, // https://pkg.go.dev/sync#WaitGroup.Wait
	"(*golang.org/x/sync/errgroup.Group).Wait": true, // https://pkg.go.dev/golang.org/x/sync/errgroup#Group.Wait
}

const groupDone = "(*sync.WaitGroup).Done" // https://pkg.go.dev/sync#WaitGroup.Done

// syncMap begins the names of the methods of a sync.Map.
const syncMap = "(*sync.Map)." // https://pkg.go.dev/sync#Map

// homes are the packages of the producers: a package that imports none of
// them cannot call one.
var homes = []string{"context", "golang.org/x/net/context", "os/signal"}
