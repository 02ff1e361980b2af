package typestate

import (
	"fmt"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/perflint/perflint/internal/ssax"
)

// A Spec is a protocol: what acquires a resource, what discharges it, and
// what else may be done with it. Functions and methods are named as by
// [types.Func.FullName], that of the generic one for an instance; arguments
// are counted from 0, the receiver first.
//
// Specs are Go literals in the folders of the analyzers.
type Spec struct {
	// Produces are the functions that acquire a resource.
	Produces map[string]Product
	// Match finds the product of calls that no table can list and of which no
	// summary tells; it may be nil. It returns false for most calls.
	Match func(*ssa.CallCommon) (Product, bool)

	// Declares finds the product of functions whose types show that they
	// return a resource, such as one with the type of release functions among
	// its results. It counts where such a function makes what it returns
	// itself, by other means than the spec knows. It may be nil.
	Declares func(*types.Signature) (Product, bool)

	// Calling says that a resource is a function whose call discharges it.
	Calling bool
	// Releases are the functions that discharge an argument.
	Releases map[string]int
	// Rearms are the functions that make an argument live again.
	Rearms map[string]int
	// Borrows are the functions that use their arguments and give them back.
	// Methods called on the resource itself do so without being listed.
	Borrows map[string]bool
	// Drains is the field of the resource, a channel, from which a receive
	// discharges it. Empty if there is none.
	Drains string
	// Part is the field of the resource to which the protocol applies as
	// well: what can be done with one can be done with the other. Empty if
	// there is none.
	Part string
	// Carries are the functions whose result refers into an argument.
	Carries map[string]int

	// Unknown is the effect of code that the engine does not see: usually
	// [Move] or [Identity].
	Unknown Effect
	// Types says which parameters may be resources; summaries are made for
	// these only.
	Types func(types.Type) bool

	// Registers says that a function that stores a resource and then returns
	// it, as one that keeps a registry does, leaves it to its caller
	// nevertheless.
	Registers bool

	// Exits are interface methods that do not return. Functions that do not
	// return are known from their bodies.
	Exits map[string]bool

	// UseAfter says that a resource must not be used once it is released,
	// Once that it must not be released twice.
	UseAfter, Once bool
}

// A Product is what a call acquires.
type Product struct {
	Result    int    // index of the resource among the results
	Err       int    // index of the error that says that there is none; -1 if there is no such
	Companion int    // index of another result that belongs to it, such as the context of a cancel function; -1
	Class     string // what the spec's analyzer calls this kind of resource
	Kept      bool   // on some path, other code than the caller takes it over
}

// names are the tables of a spec, ready to be asked.
type names struct {
	produces                  ssax.Names[Product]
	releases, rearms, carries ssax.Names[int]
	borrows, exits            ssax.Names[bool]
}

func (s *Spec) names() names {
	return names{
		produces: ssax.NewNames(s.Produces),
		releases: ssax.NewNames(s.Releases), rearms: ssax.NewNames(s.Rearms), carries: ssax.NewNames(s.Carries),
		borrows: ssax.NewNames(s.Borrows), exits: ssax.NewNames(s.Exits),
	}
}

// linear reports whether the protocol is over for a resource once it is
// discharged.
func (s *Spec) linear() bool { return !s.UseAfter && !s.Once && len(s.Rearms) == 0 }

// A Summary is what callers cannot see of a function and would otherwise
// assume to be different. The zero value says nothing. It survives encoding,
// with the same bytes for equal summaries.
type Summary struct {
	Params []ParamEffect
	Fresh  []Product // results that are live resources on some path
}

// A ParamEffect is what a function does to one argument.
type ParamEffect struct {
	Index  int
	Effect Effect
}

// Effect returns the effect on an argument, if the summary has one.
func (s *Summary) Effect(arg int) (Effect, bool) {
	if s == nil {
		return 0, false
	}
	i := slices.IndexFunc(s.Params, func(p ParamEffect) bool { return p.Index == arg })
	if i < 0 {
		return 0, false
	}
	return s.Params[i].Effect, true
}

// Empty reports whether the summary says nothing.
func (s *Summary) Empty() bool { return s == nil || len(s.Params) == 0 && len(s.Fresh) == 0 }

func (s *Summary) String() string {
	var parts []string
	for _, p := range s.Params {
		parts = append(parts, fmt.Sprintf("param %d becomes %v", p.Index, p.Effect.From(Live)))
	}
	for _, p := range s.Fresh {
		part := fmt.Sprintf("result %d is a live %s", p.Result, p.Class)
		if p.Kept {
			part += " that is kept"
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, ", ")
}
