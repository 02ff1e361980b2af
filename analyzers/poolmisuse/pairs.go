package poolmisuse

import (
	"fmt"
	"go/types"
	"maps"
	"strings"

	"github.com/perflint/perflint/internal/ssax"
)

// knownPairs returns what the functions of pairs do, by full name. Methods
// have their pool as receiver; a function stands for a pool of its own.
func knownPairs(list []pair) map[string]*wraps {
	known := make(map[string]*wraps)
	for _, p := range list {
		own := strings.HasPrefix(p.get, "(")
		known[p.get] = &wraps{Gets: 1, Own: own}
		object := uint64(1)
		if own {
			object = 2 // behind the receiver
		}
		known[p.put] = &wraps{Puts: object, Own: own, Sure: true}
	}
	return known
}

// A half is what a function of a pair does: it takes an object from a pool or
// gives one back.
type half int

const (
	takes half = iota + 1
	gives
)

// halves are the functions that the option Pools names.
type halves map[ssax.FuncName]half

// parsePools returns what the entries of the option Pools say.
func parsePools(list []string) (halves, error) {
	named := make(halves)
	for _, entry := range list {
		get, put, ok := strings.Cut(entry, "=")
		if !ok {
			return nil, fmt.Errorf("%q: want GET=PUT, such as (*example.com/pool.Pool).Get=(*example.com/pool.Pool).Put", entry)
		}
		for _, f := range []struct {
			text string
			does half
		}{{get, takes}, {put, gives}} {
			fn, err := ssax.ParseFuncName(strings.TrimSpace(f.text))
			if err != nil {
				return nil, fmt.Errorf("%q: %w", entry, err)
			}
			if old, twice := named[fn]; twice && old != f.does {
				return nil, fmt.Errorf("%q: %s cannot be a function that takes an object and one that gives it back", entry, fn)
			}
			named[fn] = f.does
		}
	}
	return named, nil
}

// learn adds the functions of the option Pools that the package declares or
// mentions to those that are known, and reports whether there is one. Only
// here their signatures, and the names of their type parameters, are known.
func (c *checker) learn(named halves) bool {
	learnt := make(map[string]*wraps)
	add := func(obj types.Object) {
		fn, ok := obj.(*types.Func)
		if !ok {
			return
		}
		name, ok := ssax.NameOf(fn)
		if !ok || named[name] == 0 {
			return
		}
		if w := wrapsOf(fn.Signature(), named[name]); w != nil {
			learnt[fn.FullName()], learnt[fn.Origin().FullName()] = w, w
		}
	}
	if len(named) > 0 {
		for _, obj := range c.pass.TypesInfo.Defs {
			add(obj)
		}
		for _, obj := range c.pass.TypesInfo.Uses {
			add(obj)
		}
	}
	if len(learnt) == 0 {
		return false
	}
	known := maps.Clone(c.known.All())
	maps.Copy(known, learnt)
	c.known = ssax.NewNames(known)
	return true
}

// wrapsOf returns what a function with a signature does that takes an object
// from a pool, its first result, or gives one back: its first parameter or,
// for a method that has none, such as Free, the receiver. The pool is the
// receiver otherwise. It returns nil for a signature without room for an
// object.
func wrapsOf(sig *types.Signature, does half) *wraps {
	method := sig.Recv() != nil
	switch {
	case does == takes && sig.Results().Len() > 0:
		return &wraps{Gets: 1, Own: method}
	case does == gives && method && sig.Params().Len() > 0:
		return &wraps{Puts: 2, Own: true, Sure: true}
	case does == gives && (method || sig.Params().Len() > 0):
		return &wraps{Puts: 1, Sure: true}
	}
	return nil
}
