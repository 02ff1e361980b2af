// Package waitcounts has wait groups that count other things than goroutines,
// and waits that somebody else, or the waiter itself, ends.
package waitcounts

import (
	"errors"
	"os"
	"strings"
	"sync"
	"time"
)

func read(string) error { return errors.New("") }

// The group counts resources: a goroutine that succeeds leaves its Done to
// whoever destroys the resource.
type pool struct {
	alive sync.WaitGroup
	mu    sync.Mutex
	list  []string
}

func (p *pool) create(name string) {
	p.alive.Add(1)
	go func() {
		if err := read(name); err != nil {
			p.alive.Done()
			return
		}
		p.mu.Lock()
		p.list = append(p.list, name)
		p.mu.Unlock() // ok
	}()
}

func (p *pool) destroy() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.list = p.list[1:]
	p.alive.Done()
}

func (p *pool) close() { p.alive.Wait() }

// Here the goroutine is what counts.
type tasks struct{ alive sync.WaitGroup }

func (t *tasks) create(name string) {
	t.alive.Add(1)
	go func() {
		if err := read(name); err != nil {
			return // want `the goroutine ends here without t.alive.Done when err != nil`
		}
		t.alive.Done()
	}()
}

func (t *tasks) close() { t.alive.Wait() }

// A wait that is there to wait for ever.
func serve(debug bool) {
	var wg sync.WaitGroup
	wg.Add(1)
	if debug {
		go read("debug")
	}
	wg.Wait() // ok
}

func serveAll() {
	var wg sync.WaitGroup
	wg.Add(1)
	go read("all")
	wg.Wait() // want `wg.Wait blocks for ever: nothing calls wg.Done`
}

// Others close the connection, too: its Done counts no goroutine.
type Conn struct {
	mu     sync.Mutex
	closed sync.WaitGroup
	ended  bool
}

func (c *Conn) Start() {
	c.closed.Add(1)
	go c.reader()
}

func (c *Conn) Close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.ended {
		c.ended = true
		c.closed.Done()
	}
	c.closed.Wait() // ok
}

func (c *Conn) reader() {
	defer c.Close()
	read("conn")
}

// The worker itself closes the keeper, which waits for it.
type keeper struct {
	mu   sync.Mutex
	done sync.WaitGroup
	stop chan struct{}
}

func (k *keeper) start() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.stop = make(chan struct{})
	k.done.Add(1)
	go func() {
		defer k.done.Done()
		if read("") != nil {
			k.end()
		}
	}()
}

func (k *keeper) end() {
	k.mu.Lock()
	defer k.mu.Unlock()
	close(k.stop)
	k.done.Wait() // want `k.done.Wait may block for ever with k.mu held` `k.done.Wait blocks for ever: only this goroutine could end the wait`
}

// A function on the way decides by what it is asked for.
type client struct{ token, login chan string }

func newClient() *client {
	c := &client{make(chan string), make(chan string)}
	go c.manage()
	return c
}

func (c *client) manage() {
	for {
		select {
		case name := <-c.login:
			c.call("login/" + name)
			continue
		default:
		}
		c.token <- "token"
	}
}

func (c *client) call(api string) {
	if strings.HasPrefix(api, "login/") {
		read(api)
	} else {
		read(api + <-c.token) // want `the receive from c.token blocks for ever`
	}
	os.Getpid()
}

// A select has put something into the buffer.
func throughBuffer(cancelled <-chan struct{}) error {
	ch := make(chan error, 1)
	defer close(ch)
	select {
	case <-cancelled:
		return nil
	case ch <- read(""):
	}
	return <-ch // ok
}

func fromNobody() error {
	ch := make(chan error, 1)
	defer close(ch)
	return <-ch // want `the receive from ch blocks for ever: only this goroutine could end the wait`
}

// A flag says that the receiver has passed the lock.
type cache[K comparable] struct {
	mu      sync.Mutex
	stopped bool
	stop    chan struct{}
	m       map[K]int
}

func newCache[T comparable]() *cache[T] {
	return &cache[T]{stopped: true, stop: make(chan struct{})}
}

func (c *cache[K]) run() {
	c.mu.Lock()
	if !c.stopped {
		c.mu.Unlock()
		return
	}
	c.stopped = false
	c.mu.Unlock()
	<-c.stop
}

func (c *cache[Key]) end() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.stopped {
		return
	}
	c.stop <- struct{}{} // ok
	c.stopped = true
}

type eager struct {
	mu   sync.Mutex
	stop chan struct{}
}

func newEager() *eager { return &eager{stop: make(chan struct{})} }

func (e *eager) run() {
	e.mu.Lock()
	read("")
	e.mu.Unlock()
	<-e.stop
}

func (e *eager) end() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.stop <- struct{}{} // want `the send to e.stop may block for ever with e.mu held`
}

// The condition's lock is a struct that a lock is embedded in.
type gate struct {
	sync.Mutex
	busy bool
	free *sync.Cond
}

type user struct{ gate *gate }

func (u *user) enter() {
	u.gate.Lock()
	for u.gate.busy {
		u.gate.free.Wait() // ok
	}
	u.gate.Unlock()
}

func (u *user) leave() {
	u.gate.Lock()
	u.gate.busy = true
	u.gate.free = sync.NewCond(u.gate)
	u.gate.Unlock()
	u.gate.Lock()
	u.gate.busy = false
	u.gate.free.Broadcast()
	u.gate.Unlock()
}

// A loop that stops its timer while the table is empty: only possible.
type limiter struct {
	mu    sync.Mutex
	table map[string]int
	reset chan struct{}
}

func newLimiter() *limiter {
	l := &limiter{table: make(map[string]int), reset: make(chan struct{})}
	go l.loop()
	return l
}

func (l *limiter) loop() {
	ticker := time.NewTicker(time.Second)
	for {
		select {
		case <-l.reset:
			ticker.Reset(time.Second)
		case <-ticker.C:
			if l.clean() {
				ticker.Stop()
			}
		}
	}
}

func (l *limiter) clean() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	clear(l.table)
	return true
}

func (l *limiter) allow(name string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.table[name]++
	if len(l.table) == 1 {
		l.reset <- struct{}{} // want `the send to l.reset may block for ever with l.mu held`
	}
}

// Here it ticks until the end.
type dumper struct {
	mu   sync.Mutex
	n    int
	stop chan struct{}
}

func newDumper() *dumper {
	d := &dumper{stop: make(chan struct{})}
	go d.loop()
	return d
}

func (d *dumper) loop() {
	ticker := time.NewTicker(time.Second)
	for {
		select {
		case <-d.stop:
			ticker.Stop()
			return
		case <-ticker.C:
			d.dump()
		}
	}
}

func (d *dumper) dump() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.n++
}

func (d *dumper) end() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.stop <- struct{}{} // want `the send to d.stop may block for ever with d.mu held`
}
