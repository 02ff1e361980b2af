// Package lockread has goroutines that take a read lock twice.
package lockread

import "sync"

type cache struct {
	mu sync.RWMutex
	m  map[string]int
}

func (c *cache) set(k string, v int) {
	c.mu.Lock()
	c.m[k] = v
	c.mu.Unlock()
}

func (c *cache) get(k string) int {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.m[k]
}

func (c *cache) sum() int {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.get("a") + c.m["b"] // want `c.mu is read-locked since line 24, and get takes it again \(line 18\): both wait for ever if a Lock \(line 12\) comes between`
}

func (c *cache) nested() int {
	c.mu.RLock()
	defer c.mu.RUnlock()
	c.mu.RLock() // want `c.mu is read-locked since line 30, and this RLock takes it again`
	defer c.mu.RUnlock()
	return len(c.m)
}

func (c *cache) inTurn() int {
	c.mu.RLock()
	n := c.m["b"]
	c.mu.RUnlock()
	return c.get("a") + n // ok
}

func (c *cache) writes() {
	c.mu.RLock()
	defer c.mu.RUnlock()
	c.set("a", 1) // want `c.mu is held since line 45, and set takes it again \(line 12\): the goroutine waits for itself for ever`
}

type frozen struct {
	mu sync.RWMutex
	m  map[string]int
}

func (f *frozen) get(k string) int {
	f.mu.RLock()
	defer f.mu.RUnlock()
	return f.m[k]
}

func (f *frozen) sum() int {
	f.mu.RLock()
	defer f.mu.RUnlock()
	return f.get("a") // ok: nobody ever writes
}
