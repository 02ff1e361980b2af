package allocmodel

import (
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// A HotTable is what an analyzer knows of APIs that make functions run often
// or seldom. Types are named as [types.TypeString] writes them with full
// package paths, functions as [types.Func.FullName] does.
type HotTable struct {
	// Often are functions that run for each request, record, comparison …
	// The first that matches counts.
	Often []Role
	// Seldom are functions that run a few times in the life of a process.
	// They lose against Often and against callers that are hot.
	Seldom []Role
	// Drivers are types of values that drive the loops of benchmarks: a loop
	// is measured if its condition depends on such a value.
	Drivers []string
	// Ticks are the element types of channels that say no more than that
	// time has passed. A loop that waits for one is paced.
	Ticks []string
	// Pauses are functions that wait on purpose; they pace a loop, too.
	Pauses []string
	// Failures are functions that return an error that is not nil.
	Failures []string
	// Callbacks say how often functions call the function they are given.
	Callbacks map[string]Calls
}

// A Role describes functions by their name and signature. An empty field
// matches everything.
type Role struct {
	Name    string   // without package and receiver; a trailing * matches the rest unless a lower-case letter follows
	Method  bool     // methods only
	Takes   []string // types that all occur among the parameters
	Params  []string // the types of all parameters; "_" matches any type
	Results []string // likewise
	Having  string   // a method that some parameter's type has
	Each    bool     // it makes a value, and runs as often as one is needed
	Loops   int      // that its callers are known to call it in
	Noun    string   // such as "the HTTP handler"
	Often   string   // such as "for each request"
}

// Calls says how often a function calls the function that it is given.
type Calls int

// How often a function argument is called.
const (
	CallsOnce Calls = iota + 1 // at most once in the life of a process
	CallsEach                  // for each element of a collection or input
)

// role returns the first role that a function has.
func role(roles []Role, fn *ssa.Function) (Role, bool) {
	sig := newSignature(fn)
	for _, r := range roles {
		if sig.matches(&r) {
			return r, true
		}
	}
	return Role{}, false
}

// A signature is that of a function, its types spelled out when first asked for.
type signature struct {
	name            string
	sig             *types.Signature
	params, results []string
}

func newSignature(fn *ssa.Function) *signature {
	s := &signature{sig: fn.Signature}
	if fn.Parent() == nil {
		s.name = fn.Name()
	}
	return s
}

func (s *signature) matches(r *Role) bool {
	if r.Name != "" && !matchName(r.Name, s.name) || r.Method && s.sig.Recv() == nil {
		return false
	}
	if r.Params != nil && len(r.Params) != s.sig.Params().Len() || r.Results != nil && len(r.Results) != s.sig.Results().Len() {
		return false // before anything is spelled out
	}
	if r.Having != "" && !anyHas(s.sig.Params(), r.Having) {
		return false
	}
	if r.Takes == nil && r.Params == nil && r.Results == nil {
		return true
	}
	if s.params == nil {
		s.params, s.results = spell(s.sig.Params()), spell(s.sig.Results())
	}
	for _, t := range r.Takes {
		if !slices.Contains(s.params, t) {
			return false
		}
	}
	return matchTypes(r.Params, s.params) && matchTypes(r.Results, s.results)
}

// matchName compares a function's name with that of a role.
func matchName(pattern, name string) bool {
	prefix, open := strings.CutSuffix(pattern, "*")
	if !open {
		return pattern == name
	}
	rest, ok := strings.CutPrefix(name, prefix)
	return ok && (rest == "" || rest[0] < 'a' || rest[0] > 'z')
}

func matchTypes(want, got []string) bool {
	for i, t := range want {
		if t != "_" && t != got[i] {
			return false
		}
	}
	return true
}

func spell(tuple *types.Tuple) []string {
	names := make([]string, tuple.Len())
	for i := range names {
		names[i] = typeName(tuple.At(i).Type())
	}
	return names
}

// typeName names a type as tables do. Nothing in them is generic, and to spell
// a type's arguments out costs the most.
func typeName(t types.Type) string {
	switch t := types.Unalias(t).(type) {
	case *types.Pointer:
		return "*" + typeName(t.Elem())
	case *types.Slice:
		return "[]" + typeName(t.Elem())
	case *types.Named:
		if t.TypeArgs().Len() > 0 {
			return ""
		}
		if pkg := t.Obj().Pkg(); pkg != nil {
			return pkg.Path() + "." + t.Obj().Name()
		}
		return t.Obj().Name()
	case *types.Basic:
		return types.Typ[t.Kind()].Name() // byte is uint8
	case *types.Interface:
		if t.Empty() {
			return "any"
		}
	}
	return ""
}

// anyHas reports whether the type of a parameter has a method.
func anyHas(params *types.Tuple, method string) bool {
	for v := range params.Variables() {
		if obj, _, _ := types.LookupFieldOrMethod(v.Type(), false, v.Pkg(), method); obj != nil {
			if _, ok := obj.(*types.Func); ok {
				return true
			}
		}
	}
	return false
}
