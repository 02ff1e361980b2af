// Command leaks blocks goroutines for ever in ten ways and prints the
// goroutine leak profile: what the runtime says about the findings.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime/pprof"
	"sync"
	"time"
)

var errFailed = errors.New("failed")

func fetch(fail bool) error {
	if fail {
		return errFailed
	}
	return nil
}

// The parent returns before it receives.
func earlyReturn(fail bool) error {
	results := make(chan int)
	go func() {
		results <- 1
	}()
	if err := fetch(fail); err != nil {
		return err
	}
	fmt.Fprintln(os.Stderr, <-results)
	return nil
}

// The parent gives up when its context ends.
func timeout(ctx context.Context) int {
	results := make(chan int)
	go func() {
		time.Sleep(time.Millisecond)
		results <- 1
	}()
	select {
	case r := <-results:
		return r
	case <-ctx.Done():
		return 0
	}
}

type bank struct{ accounts, ledger sync.Mutex }

// Payments and audits take the locks in opposite orders.
func (b *bank) pay() {
	b.accounts.Lock()
	defer b.accounts.Unlock()
	time.Sleep(10 * time.Millisecond)
	b.ledger.Lock()
	defer b.ledger.Unlock()
}

func (b *bank) audit() {
	b.ledger.Lock()
	defer b.ledger.Unlock()
	time.Sleep(10 * time.Millisecond)
	b.accounts.Lock()
	defer b.accounts.Unlock()
}

// A return is missing after the first send.
func sendTwice(fail bool) error {
	errs := make(chan error)
	go func() {
		err := fetch(fail)
		if err != nil {
			errs <- err
		}
		errs <- nil
	}()
	return <-errs
}

// Nobody closes the channel.
func workers(jobs []int) {
	queue := make(chan int)
	for range 2 {
		go func() {
			for job := range queue {
				_ = job
			}
		}()
	}
	for _, job := range jobs {
		queue <- job
	}
}

type store struct {
	mu    sync.Mutex
	items map[string]int
}

// The lock is still held when the key is missing.
func (s *store) get(key string) (int, error) {
	s.mu.Lock()
	item, ok := s.items[key]
	if !ok {
		return 0, errFailed
	}
	s.mu.Unlock()
	return item, nil
}

// The lock is taken again by a method that is called with it.
func (s *store) add(key string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.size() < 10 {
		s.items[key]++
	}
}

func (s *store) size() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.items)
}

// Done is skipped when the job fails.
func group(fails []bool) {
	var wg sync.WaitGroup
	for _, fail := range fails {
		wg.Add(1)
		go func() {
			if fetch(fail) != nil {
				return
			}
			wg.Done()
		}()
	}
	wg.Wait()
}

type queue struct {
	mu    sync.Mutex
	ready *sync.Cond
	items []int
}

// Nobody signals.
func (q *queue) pop() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.items) == 0 {
		q.ready.Wait()
	}
	item := q.items[0]
	q.items = q.items[1:]
	return item
}

type monitor struct {
	mu     sync.Mutex
	events chan int
	last   int
}

// The send waits for a receiver that needs the lock.
func (m *monitor) publish(event int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.events <- event
}

func (m *monitor) watch() {
	for event := range m.events {
		m.mu.Lock()
		m.last = event
		m.mu.Unlock()
	}
}

func main() {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	go earlyReturn(true)
	go timeout(ctx)
	go func() {
		b := new(bank)
		go b.pay()
		b.audit()
	}()
	go sendTwice(true)
	go workers([]int{1, 2, 3})
	go func() {
		s := &store{items: map[string]int{}}
		s.get("a")
		s.get("b")
	}()
	go func() { (&store{items: map[string]int{}}).add("a") }()
	go group([]bool{true})
	go func() {
		q := new(queue)
		q.ready = sync.NewCond(&q.mu)
		q.pop()
	}()
	go func() {
		m := &monitor{events: make(chan int)}
		go m.watch()
		for {
			m.publish(1)
		}
	}()
	profile := pprof.Lookup("goroutineleak")
	if profile == nil {
		fmt.Fprintln(os.Stderr, "this runtime has no goroutine leak profile")
		os.Exit(3)
	}
	for range 2 { // the first may find some goroutines still on their way
		time.Sleep(100 * time.Millisecond)
		fmt.Println("profile:")
		profile.WriteTo(os.Stdout, 2)
	}
}
