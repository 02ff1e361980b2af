// Package lockfix has locks that are not released, and what is done about it.
package lockfix

import (
	"errors"
	"sync"
)

type store struct {
	mu sync.RWMutex
	n  int
}

func (s *store) early(k string) (int, error) {
	s.mu.RLock() // want `s.mu is still locked`
	if k == "" {
		return 0, errors.New("empty")
	}
	n := s.n
	if k == "x" {
		return n, nil
	}
	s.mu.RUnlock()
	return n, nil
}

func (s *store) typo() {
	s.mu.Lock()
	defer s.mu.Lock() // want `this defers another Lock of s.mu`
	s.n++
}

type counter struct {
	mu sync.Mutex
	n  int
}

func (c *counter) add() {
	c.mu.Lock() // want `counter.add returns with c.mu locked`
	c.n++
}
