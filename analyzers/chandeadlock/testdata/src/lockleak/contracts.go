package lockleak

import "sync"

// Locks that a function returns with on purpose.

type table struct {
	mu   sync.Mutex
	open bool
}

// lockOpen returns with the lock if it returns true.
func (t *table) lockOpen() bool {
	t.mu.Lock() // ok: the caller releases it
	if !t.open {
		t.mu.Unlock()
		return false
	}
	return true
}

func (t *table) useOpen() {
	if !t.lockOpen() {
		return
	}
	t.open = false
	t.mu.Unlock()
}

type locked struct{ mu sync.Mutex }

// take always returns with the lock.
func (l *locked) take() {
	if l == nil {
		panic("nil")
	}
	l.mu.Lock()
}

func (l *locked) forgets(n int) {
	l.take() // want `locked.mu is still locked at the return on line \d+ when n == 0, unlike on other paths`
	if n == 0 {
		return
	}
	l.mu.Unlock()
}

type guarded struct{ mu sync.Mutex }

func (g *guarded) hold(n int) func() {
	g.mu.Lock() // ok: the result releases it
	if n == 0 {
		g.mu.Unlock()
		return nil
	}
	return g.mu.Unlock
}

func (g *guarded) holdLiteral(n int) func() {
	g.mu.Lock() // ok
	if n == 0 {
		g.mu.Unlock()
		return nil
	}
	return func() { g.mu.Unlock() }
}

type DB struct{ mu sync.Mutex }

type Tx struct{ db *DB }

func (db *DB) Update(n int) *Tx {
	db.mu.Lock() // want `db.mu is still locked at the return`
	if n == 0 {
		db.mu.Unlock()
		return nil
	}
	return &Tx{db} // only possible: Commit releases it
}

func (tx *Tx) Commit() { tx.db.mu.Unlock() }

type counter struct {
	mu sync.Mutex
	n  int
}

func (c *counter) add() {
	c.mu.Lock() // want `counter.add returns with c.mu locked, and nothing in the package releases it: the next Lock waits for ever; add defer c.mu.Unlock\(\)`
	c.n++
}

func makeCounter() *counter {
	c := new(counter)
	c.mu.Lock() // ok: whoever gets it may release it
	return c
}

type signal struct{ mu sync.Mutex }

// A lock as a signal: another goroutine releases it.
func pingPong(jobs chan int) {
	var s signal
	s.mu.Lock()
	go func() {
		for range jobs {
			s.mu.Unlock()
			s.mu.Lock()
		}
	}()
	for i := range 10 {
		s.mu.Lock() // ok
		jobs <- i
		s.mu.Unlock()
	}
}

// A lock that a transaction keeps until it ends.

type kv struct {
	mu sync.RWMutex
	n  int
}

type txn interface{ End() }

type readTxn struct{ kv *kv }

func (k *kv) read() txn {
	k.mu.RLock()
	return &readTxn{k}
}

func (t *readTxn) End() { t.kv.mu.RUnlock() }

type writeTxn struct{ kv *kv }

func (t *writeTxn) End() { t.kv.n++ }

type logTxn struct{ txn }

func (t *logTxn) End() { t.txn.End() }

type noTxn struct{}

func (noTxn) End() {}

func (k *kv) reads(n int) {
	for range n {
		t := k.read() // ok: End released the former one
		t.End()
	}
}

func (k *kv) set() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.n++
}

// A method value that releases the lock.

type rows struct{ mu sync.RWMutex }

func (r *rows) grab(ok bool) func() {
	r.mu.RLock() // ok: the result releases it
	if !ok {
		r.mu.RUnlock()
		return nil
	}
	return r.drop
}

func (r *rows) drop() { r.mu.RUnlock() }

// A flag says whether a later call releases it.

type scanner struct {
	mu   sync.RWMutex
	held bool
}

func (s *scanner) scan(keep bool) {
	s.release()
	s.mu.RLock() // ok: the next scan releases it
	if keep {
		s.held = true
		return
	}
	s.mu.RUnlock()
}

func (s *scanner) release() {
	if s.held {
		s.held = false
		s.mu.RUnlock()
	}
}

// A lock made of a lock.

type spin struct {
	mu sync.Mutex
	n  int
}

func (s *spin) TryLock() bool {
	if !s.mu.TryLock() { // want `s.mu is still locked at the return`
		return false
	}
	if s.n > 0 {
		s.mu.Unlock()
		return false
	}
	return true // only possible: the name says so
}

// A variable of a function.
func local() func() {
	var mu sync.Mutex
	return func() {
		mu.Lock() // ok: nobody else uses it
	}
}

// A flag in memory, and a deferred function that looks at it.

type level struct {
	mu     sync.Mutex
	parent *level
	done   bool
}

func (l *level) top() *level {
	locked := false
	defer func() {
		if locked {
			l.mu.Unlock()
		}
	}()
	for l.parent != nil {
		if locked {
			l.mu.Unlock()
		}
		l = l.parent
		locked = true
		l.mu.Lock() // ok
	}
	return l
}

func (l *level) undone() *level {
	for p := l.parent; p != nil; p = p.parent {
		p.mu.Lock() // ok: all are released in the end
		defer p.mu.Unlock()
		if !p.done {
			return p
		}
	}
	return nil
}
