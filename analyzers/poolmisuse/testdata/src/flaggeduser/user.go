// Package flaggeduser uses the pools that only the flag -pools knows.
package flaggeduser

import "example.com/pools/flagged"

func store(s *flagged.Store) int {
	x := s.Take()
	s.Give(x)
	return *x // want `x is used after s.Give gave it back`
}

func keyed(k *flagged.Keyed[string, int]) int {
	x, _ := k.Take("a")
	k.Give(x)
	return *x // want `x is used after k.Give gave it back`
}

func okKeyed(k *flagged.Keyed[string, int]) int {
	x, ok := k.Take("a")
	if !ok {
		return 0
	}
	n := *x
	k.Give(x)
	return n // ok
}

func source(s flagged.Source) {
	x := s.Take()
	s.Give(x)
	s.Give(x) // want `x is put back twice`
}

func okSource(s flagged.Source) {
	x := s.Take()
	s.Give(x)
	x = s.Take()
	s.Give(x) // ok: another one
}

func function() int {
	x := flagged.Borrow()
	flagged.Return(x)
	return *x // want `x is used after flagged.Return gave it back`
}

func okFunction() int {
	x := flagged.Borrow()
	defer flagged.Return(x)
	return *x // ok
}

// The object is the receiver of Free, and no pool.
func page(a *flagged.Arena) int {
	p := a.Page(1)
	p.Free()
	return p.N // want `memory of p is used after p.Free gave p back`
}

func okPage(a *flagged.Arena) int {
	p := a.Page(1)
	n := p.N
	p.Free()
	q := a.Page(2) // ok: the arena is used, not the page
	defer q.Free()
	return n + q.N
}

func okUnnamed(u flagged.Unnamed) int {
	x := u.Take()
	u.Give(x)
	return *x // ok: no pair names these methods
}
