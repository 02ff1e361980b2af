// Package lockuse takes locks of another package, which says what it does to
// them.
package lockuse

import "example.com/x/lockdep"

type user struct{ reg *lockdep.Registry }

func (u *user) twice() int {
	u.reg.Lock()
	defer u.reg.Unlock()
	return u.reg.Get("a") // want `u.reg is held since line 10, and Get takes it again \(Registry.Get \(lockdep.go:11\)\)`
}

func (u *user) once() int {
	u.reg.Lock()
	defer u.reg.Unlock()
	return u.reg.GetLocked("a") // ok
}

func other(a, b *lockdep.Registry) int {
	a.Lock()
	defer a.Unlock()
	return b.Get("a") // ok
}

func hidden(h *lockdep.Hidden) int {
	h.Lock()
	defer h.Unlock()
	return h.Value() // want `is held since line 28, and Value takes it again \(Hidden.Value \(lockdep.go:29\)\)`
}

func inTurn(h *lockdep.Hidden) int {
	h.Lock()
	h.Unlock()
	return h.Value() // ok
}

func early(h *lockdep.Hidden, n int) {
	h.Lock() // want `is still locked at the return on line \d+ when n == 0`
	if n == 0 {
		return
	}
	h.Unlock()
}

func global() {
	lockdep.Mu.Lock()
	defer lockdep.Mu.Unlock()
	lockdep.Global() // want `lockdep.Mu is held since line 48, and Global takes it again`
}
