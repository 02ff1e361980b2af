// Package lockorder has locks that are taken in both orders.
package lockorder

import "sync"

type bank struct {
	mu       sync.Mutex
	accounts map[string]*account
}

type account struct {
	mu   sync.Mutex
	bank *bank
	n    int
}

func (b *bank) Report(name string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	a := b.accounts[name]
	a.mu.Lock() // want `bank.Report holds bank.mu when it takes account.mu, but account.Close holds account.mu when it calls remove, which takes bank.mu \(line 29\): two goroutines that do so at the same time wait for each other for ever; take the locks in one order`
	a.n++
	a.mu.Unlock()
}

func (a *account) Close() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.bank.remove("x")
}

func (b *bank) remove(name string) {
	b.mu.Lock()
	delete(b.accounts, name)
	b.mu.Unlock()
}

// One order only.

type outer struct {
	mu sync.Mutex
	in inner
}

type inner struct{ mu sync.Mutex }

func (o *outer) A() {
	o.mu.Lock()
	o.in.mu.Lock() // ok
	o.in.mu.Unlock()
	o.mu.Unlock()
}

func (o *outer) B() {
	o.in.mu.Lock()
	o.in.mu.Unlock()
	o.mu.Lock() // ok: one after the other
	o.mu.Unlock()
}

// A gate: both orders need a third lock.

type gated struct{ gate, a, b sync.Mutex }

func (g *gated) AB() {
	g.gate.Lock()
	defer g.gate.Unlock()
	g.a.Lock()
	g.b.Lock() // ok: nobody else can be in BA
	g.b.Unlock()
	g.a.Unlock()
}

func (g *gated) BA() {
	g.gate.Lock()
	defer g.gate.Unlock()
	g.ba()
}

func (g *gated) ba() {
	g.b.Lock()
	g.a.Lock()
	g.a.Unlock()
	g.b.Unlock()
}

// A tree.

type node struct {
	mu       sync.Mutex
	children []*node
}

func (n *node) Walk() {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, c := range n.children {
		c.mu.Lock() // ok: from the root down
		c.mu.Unlock()
	}
}

// What nobody else has yet.

type pool struct {
	mu    sync.Mutex
	items []*item
}

type item struct{ mu sync.Mutex }

func (p *pool) Add() *item {
	it := &item{}
	it.mu.Lock()
	defer it.mu.Unlock()
	p.mu.Lock() // ok: nobody waits for it
	defer p.mu.Unlock()
	return it
}

func (p *pool) Visit() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, it := range p.items {
		it.mu.Lock()
		it.mu.Unlock()
	}
}

// A lock per key that is released under another one.

type keyed struct {
	mu   sync.RWMutex
	keys map[string]*sync.Mutex
}

func (k *keyed) Acquire(key string) {
	k.mu.Lock()
	k.keys[key].Lock() // want `keyed.Acquire holds keyed.mu when it takes keyed.keys\[\*\], but keyed.Release takes keyed.mu before it releases keyed.keys\[\*\], which somebody holds \(line \d+\)`
	k.mu.Unlock()
}

func (k *keyed) Release(key string) {
	k.mu.RLock()
	defer k.mu.RUnlock()
	k.keys[key].Unlock()
}

// One goroutine does both, and it is started once.

type single struct{ a, b sync.Mutex }

func Start() {
	s := new(single)
	go s.run()
}

func (s *single) run() {
	s.a.Lock()
	s.b.Lock() // ok
	s.b.Unlock()
	s.a.Unlock()
	s.b.Lock()
	s.a.Lock()
	s.a.Unlock()
	s.b.Unlock()
}

// A pointer that is to either of two locks.

type left struct{ mu, own sync.Mutex }

type right struct{ mu sync.Mutex }

func either(l *left, r *right, b bool) {
	mu := &l.mu
	if b {
		mu = &r.mu
	}
	mu.Lock()
	mu.Unlock()
}

func (l *left) One() {
	l.mu.Lock()
	l.own.Lock() // ok: the other order is about right.mu
	l.own.Unlock()
	l.mu.Unlock()
}

func (l *left) Other(r *right) {
	l.own.Lock()
	r.mu.Lock()
	r.mu.Unlock()
	l.own.Unlock()
}

// Two fields of one type.

type half struct{ mu sync.Mutex }

type conn struct {
	handshake sync.Mutex
	in, out   half
}

func (c *conn) Read() {
	c.in.mu.Lock()
	defer c.in.mu.Unlock()
	c.handshake.Lock()
	c.handshake.Unlock()
}

func (c *conn) Handshake() {
	c.handshake.Lock()
	defer c.handshake.Unlock()
	c.out.mu.Lock() // ok: the other half
	c.out.mu.Unlock()
}

// A path that panics.

type reader struct{ mu, state sync.Mutex }

func (r *reader) Read(twice bool) {
	r.mu.Lock()
	if twice {
		r.state.Lock() // ok: the program has a worse bug
		r.state.Unlock()
		panic("twice")
	}
	r.mu.Unlock()
}

func (r *reader) Hijack() {
	r.state.Lock()
	r.mu.Lock()
	r.mu.Unlock()
	r.state.Unlock()
}

// An element that was taken out of its map before.

type buckets struct {
	mu sync.Mutex
	m  map[string]*bucket
}

type bucket struct{ mu sync.Mutex }

func (b *buckets) Each() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, x := range b.m {
		x.mu.Lock()
		x.mu.Unlock()
	}
}

func (b *buckets) Delete(name string) {
	b.mu.Lock()
	x := b.m[name]
	delete(b.m, name)
	b.mu.Unlock()
	x.mu.Lock()
	defer x.mu.Unlock()
	b.mu.Lock() // ok: Each does not find it any more
	b.mu.Unlock()
}
