// Package lockslow has locks that are held while the world outside works.
package lockslow

import (
	"os"
	"sync"
	"time"
)

type client struct {
	mu   sync.Mutex
	last []byte
}

func (c *client) fetch(url string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.last, _ = os.ReadFile(url) // want `c.mu is held since line 16 while this waits for the world outside: all who need the lock wait as long; release it first, or do this before the Lock`
}

func (c *client) sleeps() {
	c.mu.Lock()
	time.Sleep(time.Second) // want `c.mu is held since line 22`
	c.mu.Unlock()
	time.Sleep(time.Second) // ok
}

func (c *client) first(url string) {
	resp, _ := os.ReadFile(url) // ok
	c.mu.Lock()
	c.last = resp
	c.mu.Unlock()
}
