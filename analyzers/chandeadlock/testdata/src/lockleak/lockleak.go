// Package lockleak has locks that some path leaves held, and ones that look
// like that and are not.
package lockleak

import (
	"errors"
	"os"
	"sync"
	"time"
)

var errClosed = errors.New("closed")

type store struct {
	mu     sync.Mutex
	rw     sync.RWMutex
	closed bool
	m      map[string]int
	next   *store
	subs   []*store
}

func (s *store) earlyReturn(k string) error {
	s.mu.Lock() // want `s.mu is still locked at the return on line 26 when s.closed, unlike on other paths \(line 29\): the next Lock waits for ever; call s.mu.Unlock there, or defer it`
	if s.closed {
		return errClosed
	}
	s.m[k]++
	s.mu.Unlock()
	return nil
}

func (s *store) released(k string) error {
	s.mu.Lock() // ok
	if s.closed {
		s.mu.Unlock()
		return errClosed
	}
	s.m[k]++
	s.mu.Unlock()
	return nil
}

func (s *store) deferred(k string) error {
	s.mu.Lock() // ok
	defer s.mu.Unlock()
	if s.closed {
		return errClosed
	}
	return nil
}

func (s *store) severalReturns(k string) int {
	s.rw.RLock() // want `s.rw is still locked at the return on line \d+ \(and on 1 more\) when k == "", unlike on other paths`
	if k == "" {
		return 0
	}
	if k == "x" {
		return 1
	}
	n := s.m[k]
	s.rw.RUnlock()
	return n
}

func (s *store) panics(k string) {
	s.mu.Lock() // ok: a panic is another matter
	if k == "" {
		panic("empty key")
	}
	s.mu.Unlock()
}

func (s *store) exits(k string) {
	s.mu.Lock() // ok
	if k == "" {
		os.Exit(1)
	}
	s.mu.Unlock()
}

func (s *store) continues(keys []string) {
	for _, k := range keys {
		s.mu.Lock() // want `s.mu is still held when the loop comes back to this Lock when k == "": the goroutine waits for itself for ever; call s.mu.Unlock before the next round`
		if k == "" {
			continue
		}
		s.m[k]++
		s.mu.Unlock()
	}
}

func (s *store) breaks(keys <-chan string, stop <-chan bool) {
loop:
	for {
		s.mu.Lock() // want `s.mu is still locked at the return on line \d+, unlike on other paths`
		select {
		case <-stop:
			break loop
		case k := <-keys:
			s.m[k]++
		}
		s.mu.Unlock()
	}
}

func (s *store) breaksAndUnlocks(keys <-chan string, stop <-chan bool) {
	s.mu.Lock() // ok: released behind the loop
loop:
	for {
		select {
		case <-stop:
			break loop
		case k := <-keys:
			s.m[k]++
		}
	}
	s.mu.Unlock()
}

func (s *store) eachSub() {
	for _, sub := range s.subs {
		sub.rw.RLock() // want `the round ends with sub.rw locked when sub.closed, and nothing can release it any more`
		if sub.closed {
			continue
		}
		sub.m["x"]++
		sub.rw.RUnlock()
	}
}

func (s *store) all() {
	for _, sub := range s.subs {
		sub.mu.Lock() // ok: all are released below
	}
	for _, sub := range s.subs {
		sub.mu.Unlock()
	}
}

func (s *store) handOverHand() {
	cur := s
	cur.mu.Lock() // ok
	for cur.next != nil {
		next := cur.next
		next.mu.Lock() // ok: released as cur in the next round
		cur.mu.Unlock()
		cur = next
	}
	cur.mu.Unlock()
}

func (s *store) deferInLoop(keys []string) {
	for _, k := range keys {
		s.mu.Lock() // want `the deferred s.mu.Unlock on line \d+ runs when store.deferInLoop returns, not at the end of the round: the next round waits here for ever`
		defer s.mu.Unlock()
		s.m[k]++
	}
}

func (s *store) deferInLoopOnce(keys []string) {
	for _, k := range keys {
		if k == "x" {
			s.mu.Lock() // ok: returns in the same round
			defer s.mu.Unlock()
			s.m[k]++
			return
		}
	}
}

func (s *store) deferInLiteral(keys []string) {
	for _, k := range keys {
		func() {
			s.mu.Lock() // ok
			defer s.mu.Unlock()
			s.m[k]++
		}()
	}
}

func (s *store) callback() {
	time.AfterFunc(time.Second, func() {
		s.mu.Lock() // want `s.mu is still locked at the return on line \d+ when s.closed`
		if s.closed {
			return
		}
		s.m["x"]++
		s.mu.Unlock()
	})
}

func (s *store) flag(lock bool) {
	if lock {
		s.mu.Lock() // ok: the same flag releases it
	}
	s.m["x"]++
	if lock {
		s.mu.Unlock()
	}
}

func (s *store) localFlag(k string) {
	locked := false
	if k != "" {
		s.mu.Lock() // ok
		locked = true
	}
	if locked {
		s.mu.Unlock()
	}
}

func (s *store) try() bool {
	if !s.mu.TryLock() {
		return false // ok: not taken
	}
	s.m["x"]++
	s.mu.Unlock()
	return true
}

func (s *store) tryForget() bool {
	if !s.mu.TryLock() { // want `s.mu is still locked at the return on line \d+ when s.mu.TryLock\(\) and s.closed`
		return false
	}
	if s.closed {
		return false
	}
	s.mu.Unlock()
	return true
}

func (s *store) goroutine() {
	s.mu.Lock() // ok: handed over
	go func() {
		defer s.mu.Unlock()
		s.m["x"]++
	}()
}

func (s *store) deferredLiteral(k string) {
	s.mu.Lock() // ok
	defer func() {
		s.m[k]++
		s.mu.Unlock()
	}()
	if k == "" {
		return
	}
}

func (s *store) unlock() { s.mu.Unlock() }

func (s *store) throughMethod(k string) {
	s.mu.Lock() // ok
	if k == "" {
		s.unlock()
		return
	}
	s.unlock()
}

func (s *store) jumps(n int) {
again:
	s.mu.Lock() // want `s.mu is still held when the loop comes back to this Lock when n > 10`
	if n > 10 {
		n--
		goto again
	}
	s.mu.Unlock()
}
