package inject

import (
	"fmt"
	"go/types"
	"path"
	"regexp"
	"strings"
)

// A Place says what a rule is about.
type Place string

// The places.
const (
	AtEntry  Place = "entry"  // functions
	AtCall   Place = "call"   // calls
	AtBranch Place = "branch" // the bodies of if, else, case
)

// A Rule says which functions or calls are marked, and as what. It matches
// and nothing else: no rule can break a build.
type Rule struct {
	ID   string `yaml:"id"`
	Kind string `yaml:"kind"` // what the marks are called in reports, such as "db_query"
	At   Place  `yaml:"at"`

	// Func are patterns for [types.Func.FullName], such as
	// "(*database/sql.DB).Query*"; "*" matches any characters but a slash. A
	// generic type is named without its parameters: "(*example.com/set.Set).Add".
	Func []string `yaml:"func"`
	// Params are the types of a function's first parameters, such as
	// "net/http.ResponseWriter"; a last "..." allows more.
	Params []string `yaml:"params"`
	// Results are the types of its results; empty allows any.
	Results []string `yaml:"results"`
	// Implements are interfaces that the receiver must implement: a qualified
	// name, or a pattern whose last element is one ("*Server").
	Implements []string `yaml:"implements"`
	// Imports is a package that the package of such an interface must import.
	Imports string `yaml:"imports"`
	// Label is set if profiles shall carry the function as the label of all
	// that runs on its behalf.
	Label bool `yaml:"label"`

	// Optional rules are only used when they are asked for.
	Optional bool `yaml:"-"`
}

// Check returns an error that says what is wrong with a rule.
func (r *Rule) Check() error {
	switch {
	case r.ID == "":
		return fmt.Errorf("a rule needs an id")
	case r.Kind == "":
		return fmt.Errorf("rule %s needs a kind, such as \"db_query\"", r.ID)
	case r.At != AtEntry && r.At != AtCall:
		return fmt.Errorf("rule %s: at is %q, want entry or call", r.ID, r.At)
	case r.At == AtCall && len(r.Func) == 0 && len(r.Implements) == 0:
		return fmt.Errorf("rule %s matches every call; it needs func or implements", r.ID)
	}
	for _, pattern := range r.Func {
		if _, err := path.Match(pattern, ""); err != nil {
			return fmt.Errorf("rule %s: the pattern %q is malformed; only * ? [ ] are special", r.ID, pattern)
		}
	}
	for _, name := range r.Implements {
		if !strings.Contains(name, ".") {
			return fmt.Errorf("rule %s: implements names the interface %q without its package; want \"PATH.%[2]s\", or \"*.%[2]s\" for any package", r.ID, name)
		}
	}
	return nil
}

// matches reports whether a rule is about a function or method.
func (r *Rule) matches(fn *types.Func) bool {
	return r.matchesName(fn) && r.matchesSignature(fn.Signature()) && r.matchesReceiver(fn)
}

func (r *Rule) matchesName(fn *types.Func) bool {
	if len(r.Func) == 0 {
		return true
	}
	name := typeParameters.ReplaceAllString(fn.Origin().FullName(), "")
	for _, pattern := range r.Func {
		if matchName(pattern, name) {
			return true
		}
	}
	return false
}

// typeParameters are those of a receiver.
var typeParameters = regexp.MustCompile(`\[[^]]*\]`)

// matchName matches the full name of a function. Parentheses and stars of
// methods, as in "(*T).M", mean themselves: a star is special only where it
// is not behind "(".
func matchName(pattern, name string) bool {
	literal := strings.ReplaceAll(pattern, "(*", "(\x00")
	ok, err := path.Match(literal, strings.ReplaceAll(name, "(*", "(\x00"))
	return err == nil && ok
}

// matchesSignature compares the types of parameters and results.
func (r *Rule) matchesSignature(sig *types.Signature) bool {
	if len(r.Params) > 0 {
		want, more := r.Params, false
		if want[len(want)-1] == "..." {
			want, more = want[:len(want)-1], true
		}
		have := sig.Params()
		if have.Len() < len(want) || have.Len() > len(want) && !more {
			return false
		}
		for i, t := range want {
			if typeName(have.At(i).Type()) != t {
				return false
			}
		}
	}
	if len(r.Results) > 0 {
		if sig.Results().Len() != len(r.Results) {
			return false
		}
		for i, t := range r.Results {
			if typeName(sig.Results().At(i).Type()) != t {
				return false
			}
		}
	}
	return true
}

// typeName returns the name of a type that rules know it by: that of what an
// alias stands for, and of a generic type without its arguments.
func typeName(t types.Type) string {
	t = types.Unalias(t)
	switch t := t.(type) {
	case *types.Pointer:
		return "*" + typeName(t.Elem())
	case *types.Named:
		if t.TypeArgs().Len() > 0 {
			return t.Obj().Pkg().Path() + "." + t.Obj().Name()
		}
		if t.Obj().Pkg() != nil {
			return t.Obj().Pkg().Path() + "." + t.Obj().Name()
		}
	}
	return t.String()
}

// matchesReceiver reports whether the receiver implements an interface. An
// interface is looked for in the packages that the receiver's package knows.
func (r *Rule) matchesReceiver(fn *types.Func) bool {
	if len(r.Implements) == 0 {
		return true
	}
	recv := fn.Signature().Recv()
	if recv == nil {
		return false
	}
	t := recv.Type()
	if _, ok := t.(*types.Pointer); !ok && !types.IsInterface(t) {
		t = types.NewPointer(t)
	}
	for _, name := range r.Implements {
		dot := strings.LastIndexByte(name, '.')
		if dot < 0 {
			continue
		}
		for _, iface := range r.interfaces(fn.Pkg(), name[:dot], name[dot+1:]) {
			if iface.NumMethods() > 0 && types.Implements(t, iface) && declares(iface, fn.Name()) {
				return true
			}
		}
	}
	return false
}

// interfaces returns the interfaces whose name matches a pattern in a package
// of the given path, or in any for "*", among those that pkg imports or is.
func (r *Rule) interfaces(pkg *types.Package, in, pattern string) []*types.Interface {
	if pkg == nil {
		return nil
	}
	var list []*types.Interface
	for _, p := range append([]*types.Package{pkg}, pkg.Imports()...) {
		if in != "*" && p.Path() != in || r.Imports != "" && !imports(p, r.Imports) {
			continue
		}
		for _, name := range p.Scope().Names() {
			if ok, _ := path.Match(pattern, name); !ok {
				continue
			}
			if obj, ok := p.Scope().Lookup(name).(*types.TypeName); ok {
				if iface, ok := obj.Type().Underlying().(*types.Interface); ok {
					list = append(list, iface)
				}
			}
		}
	}
	return list
}

func imports(p *types.Package, name string) bool {
	for _, q := range p.Imports() {
		if q.Path() == name {
			return true
		}
	}
	return false
}

func declares(iface *types.Interface, method string) bool {
	for m := range iface.Methods() {
		if m.Name() == method {
			return true
		}
	}
	return false
}
