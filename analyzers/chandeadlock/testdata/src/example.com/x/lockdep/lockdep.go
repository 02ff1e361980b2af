/* Package lockdep has locks that other packages can take. */ // want package:"has functions with facts"
package lockdep

import "sync"

type Registry struct {
	sync.Mutex
	names map[string]int
}

func (r *Registry) Get(name string) int { // want Get:`takes #p0.Mutex`
	r.Lock()
	defer r.Unlock()
	return r.names[name]
}

// GetLocked expects the lock.
func (r *Registry) GetLocked(name string) int { return r.names[name] }

type Hidden struct {
	mu sync.RWMutex
	n  int
}

func (h *Hidden) Lock() { h.mu.Lock() } // want Lock:`takes #p0.mu, returns with #p0.mu`

func (h *Hidden) Unlock() { h.mu.Unlock() } // want Unlock:`releases #p0.mu`

func (h *Hidden) Value() int { // want Value:`takes #p0.mu to read`
	h.mu.RLock()
	defer h.mu.RUnlock()
	return h.n
}

// Nobody else can hold this one.

type Own struct{ mu sync.Mutex }

func (o *Own) Use() {
	o.mu.Lock()
	defer o.mu.Unlock()
}

var Mu sync.Mutex

func Global() { // want Global:`takes G:example:com/x/lockdep:Mu`
	Mu.Lock()
	defer Mu.Unlock()
}
