package chanmodel

import (
	"fmt"
	"go/types"
	"path/filepath"
	"slices"
	"strings"
)

// Summaries calls f for each function of the package of which callers in
// other packages must know what it does to locks: to those that they can take
// themselves, or get by a call. Locks that nobody else can hold are left out,
// which leaves few functions.
func (l *Locks) Summaries(f func(fn *types.Func, s *Summary)) {
	shared := l.shared()
	for _, fn := range l.model.Funcs {
		obj := fn.exported()
		if obj == nil {
			continue
		}
		e := l.effects[fn]
		s := new(Summary)
		for _, a := range e.acquires {
			if a.Resource.Access&OthersReceive == 0 && !shared[a.Resource] {
				continue
			}
			via := a.via
			if via == "" {
				posn := fn.source.Prog.Fset.Position(fn.Pos)
				via = fmt.Sprintf("%s (%s:%d)", fn.Label, filepath.Base(posn.Filename), posn.Line)
			}
			if use := fn.public(a.Ref, obj.Pkg().Path()); use.Object != "" {
				use.Read, use.Via = a.read, via
				s.Acquires = append(s.Acquires, use)
			}
		}
		s.Holds = fn.publicEnds(e.holds, obj.Pkg().Path())
		s.Releases = fn.publicEnds(e.releases, obj.Pkg().Path())
		if len(s.Acquires)+len(s.Holds)+len(s.Releases) > 0 {
			f(obj, s)
		}
	}
}

// shared returns the locks with which functions return that others can call.
func (l *Locks) shared() map[*Resource]bool {
	shared := make(map[*Resource]bool)
	for _, fn := range l.model.Funcs {
		if fn.exported() != nil {
			for _, h := range l.effects[fn].holds {
				shared[h.Resource] = true
			}
		}
	}
	return shared
}

// exported returns the object of a function that other packages can call by
// its name, or nil.
func (f *Func) exported() *types.Func {
	if f.source == nil || f.InTest {
		return nil
	}
	obj, ok := f.source.Object().(*types.Func)
	if !ok || !obj.Exported() {
		return nil
	}
	return obj
}

// public returns a lock in terms that other packages understand. The object
// is empty if there are none.
func (f *Func) public(r Ref, pkg string) LockUse {
	use := LockUse{Class: r.Resource.ID}
	if kind, name, ok := strings.Cut(use.Class, ":"); ok && !r.Resource.elsewhere && (kind == "F" || kind == "G") {
		use.Class = kind + ":" + pkg + "." + name
	}
	root := r.Object.Root()
	switch {
	case slices.Contains(f.Params, root):
		use.Object = r.Object[len(f.Name):]
	case strings.HasPrefix(string(root), "G:") && !r.Resource.elsewhere:
		use.Object = Object("G:"+rootName(pkg+"."+string(root[2:]))) + r.Object[len(root):]
	}
	return use
}

func (f *Func) publicEnds(ends []endState, pkg string) []LockUse {
	var list []LockUse
	for _, e := range ends {
		if use := f.public(e.Ref, pkg); use.Object != "" {
			use.Read, use.Always = e.read, e.always
			list = append(list, use)
		}
	}
	return list
}

// String returns a text for tests.
func (s *Summary) String() string {
	var parts []string
	add := func(what string, list []LockUse) {
		for _, u := range list {
			mode := ""
			if u.Read {
				mode = " to read"
			}
			parts = append(parts, fmt.Sprintf("%s %s%s", what, u.Object, mode))
		}
	}
	add("takes", s.Acquires)
	add("returns with", s.Holds)
	add("releases", s.Releases)
	return strings.Join(parts, ", ")
}
