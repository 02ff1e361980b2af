package chanmodel

import "testing"

// An inert function has no details in the model, so none may be inert that
// leads to an operation in any way.
func TestInert(t *testing.T) {
	m := extractText(t, `package p

type mutex struct{}

func (*mutex) Lock() {}

type locker interface{ lock() }

type a struct{ mu mutex }

func (x *a) lock() { x.mu.Lock() }

func sends(c chan int)       { c <- 1 }
func makes() chan int        { return make(chan int) }
func calls(c chan int)       { sends(c) }
func starts(c chan int)      { go calls(c) }
func defers(c chan int)      { defer calls(c) }
func byInterface(l locker)   { l.lock() }
func byValue()               { f := sends; f(nil) }
func literal(c chan int)     { func() { <-c }() }
func recursive(c chan int)   { if c != nil { recursive(nil) }; sends(c) }
func computes(n int) int     { return n + helps(n) }
func helps(n int) int        { if n > 0 { return computes(n - 1) }; return 0 }
func stores(p **int, q *int) { *p = q }
`)
	inert := map[string]bool{"computes": true, "helps": true, "stores": true, "mutex:Lock": true}
	for _, f := range m.Funcs {
		if f.inert != inert[f.Name] {
			t.Errorf("%s: inert is %v", f.Name, f.inert)
		}
	}
}
