package driver

import (
	"crypto/sha256"
	"fmt"
	"maps"
	"slices"

	"github.com/rogpeppe/go-internal/cache"
)

// verdictRecord is what others keep in the cache.
const verdictRecord record = "verdicts"

// Recall returns what was kept under a key.
func (c *Cache) Recall(key [32]byte) ([]byte, bool) {
	return c.get(cache.ActionID(key), verdictRecord)
}

// Keep keeps something under a key that is the hash of all that it depends on.
func (c *Cache) Keep(key [32]byte, data []byte) { c.put(cache.ActionID(key), verdictRecord, data) }

// SourceKey returns the hash of the source of some packages, without their
// tests, and of all that they import, with this program and its environment.
// Unlike the keys of the analysis, it changes with the body of any function
// further down, for the compiler inlines and knows what callees keep. It
// reports false without a cache, or if one of these packages has errors.
func (r *Result) SourceKey(packages []string) (key [32]byte, ok bool) {
	return r.sourceKey(packages, func(n *node) ([32]byte, bool) { return n.text, n.hasKey })
}

// SourceUnchanged reports whether the source of some packages, and of all that
// they import, is still what the run has read.
func (r *Result) SourceUnchanged(packages []string) bool {
	before, ok := r.SourceKey(packages)
	if !ok {
		return false
	}
	now, ok := r.sourceKey(packages, func(n *node) ([32]byte, bool) {
		h := sha256.New()
		ok := r.run.hashText(h, &node{pkg: n.pkg, sources: make(map[string][]byte)})
		return [32]byte(h.Sum(nil)), ok
	})
	return ok && now == before
}

// sourceKey combines the hashes that a function returns for single packages.
func (r *Result) sourceKey(packages []string, text func(*node) ([32]byte, bool)) (key [32]byte, ok bool) {
	if r.run == nil || r.run.cfg.Cache == nil {
		return key, false
	}
	nodes := make(map[string]*node)
	for _, n := range r.run.graph.nodes {
		if n.pkg.ForTest == "" {
			nodes[n.pkg.PkgPath] = n
		}
	}
	s := sourceHasher{text: text, known: make(map[*node][32]byte)}
	h := sha256.New()
	h.Write(r.run.base[:])
	for _, path := range packages {
		n := nodes[path]
		if n == nil || !s.add(n) {
			return key, false
		}
		fmt.Fprintf(h, "%q %x\n", path, s.known[n])
	}
	return [32]byte(h.Sum(nil)), true
}

// A sourceHasher hashes packages with all that they import.
type sourceHasher struct {
	text  func(*node) ([32]byte, bool)
	known map[*node][32]byte
}

// add hashes a package. It reports false if it, or one below it, has no hash.
func (s *sourceHasher) add(n *node) bool {
	if _, ok := s.known[n]; ok {
		return true
	}
	text, ok := s.text(n)
	if !ok {
		return false
	}
	h := sha256.New()
	h.Write(text[:])
	for _, path := range slices.Sorted(maps.Keys(n.imports)) {
		dep := n.imports[path]
		if !s.add(dep) {
			return false
		}
		fmt.Fprintf(h, "%q %x\n", path, s.known[dep])
	}
	s.known[n] = [32]byte(h.Sum(nil))
	return true
}
