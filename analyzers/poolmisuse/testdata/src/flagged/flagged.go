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
