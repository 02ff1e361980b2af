// Package flagged has a pool that only the flag -pools knows.
package flagged

type Store struct{ free []*int }

func (s *Store) Take() *int { return new(int) }

func (s *Store) Give(x *int) { s.free = append(s.free, x) }

func use(s *Store) int {
	x := s.Take()
	s.Give(x)
	return *x // want `x is used after s.Give gave it back`
}

func okUse(s *Store) int {
	x := s.Take()
	n := *x
	s.Give(x)
	return n // ok
}

type Keyed[K comparable, V any] struct{ free map[K][]*V }

func (k *Keyed[K, V]) Take(key K) (*V, bool) { return new(V), true }

func (k *Keyed[K, V]) Give(v *V) {}

type Source interface {
	Take() *int
	Give(*int)
}

func Borrow() *int { return new(int) }

func Return(x *int) {}

type Arena struct{ pages []*Page }

type Page struct{ N int }

func (a *Arena) Page(size int) *Page { return new(Page) }

// Free gives its receiver back.
func (p *Page) Free() {}

// Unnamed has methods of the same names, which nobody named.
type Unnamed struct{}

func (Unnamed) Take() *int { return new(int) }

func (Unnamed) Give(x *int) {}
