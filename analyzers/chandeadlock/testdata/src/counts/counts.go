// Package counts has goroutines that send or receive more often than others
// do the other half, and near twins that do not.
package counts

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"sync"
	"time"
)

type result struct {
	n   int
	err error
}

func work() result { return result{} }

// The consumer leaves early.

func earlyReturn(err error) int {
	ch := make(chan int)
	go func() {
		ch <- 1 // want `the goroutine of line \d+ blocks for ever sending to ch: earlyReturn returns when err != nil without receiving; make the channel \(line \d+\) with room for one`
	}()
	if err != nil {
		return 0
	}
	return <-ch
}

func earlyReturnRoom(err error) int {
	ch := make(chan int, 1)
	go func() {
		ch <- 1 // ok: it has room
	}()
	if err != nil {
		return 0
	}
	return <-ch
}

func earlyReturnBefore(err error) int {
	ch := make(chan int)
	if err != nil {
		return 0
	}
	go func() {
		ch <- 1 // ok: it is not started on the path that leaves
	}()
	return <-ch
}

func timeout(ctx context.Context) (result, error) {
	ch := make(chan result)
	go func() {
		r := work()
		ch <- r // want `blocks for ever sending to ch: timeout returns in case <-ctx.Done\(\) without receiving`
	}()
	select {
	case r := <-ch:
		return r, nil
	case <-ctx.Done():
		return result{}, ctx.Err()
	}
}

func timeoutGuarded(ctx context.Context) (result, error) {
	ch := make(chan result)
	go func() {
		select {
		case ch <- work(): // ok
		case <-ctx.Done():
		}
	}()
	select {
	case r := <-ch:
		return r, nil
	case <-ctx.Done():
		return result{}, ctx.Err()
	}
}

func timeoutDrained(ctx context.Context) (result, error) {
	ch := make(chan result)
	go func() {
		ch <- work() // ok: somebody takes what the caller has left
	}()
	select {
	case r := <-ch:
		return r, nil
	case <-ctx.Done():
		go func() { <-ch }()
		return result{}, ctx.Err()
	}
}

func timer() bool {
	done := make(chan struct{})
	go func() {
		defer func() {
			done <- struct{}{} // want `blocks for ever sending to done: timer returns in case <-time.After\(time.Second\) without receiving`
		}()
		work()
	}()
	select {
	case <-done:
		return true
	case <-time.After(time.Second):
		return false
	}
}

func closedInstead() bool {
	done := make(chan struct{})
	go func() {
		defer close(done) // ok: does not wait
		work()
	}()
	select {
	case <-done:
		return true
	case <-time.After(time.Second):
		return false
	}
}

// who leaves because of what the sender does after the send

func leavesAfter(stop <-chan struct{}) int {
	ch := make(chan int)
	finished := make(chan struct{})
	go func() {
		ch <- 1 // ok: finished is closed after it
		close(finished)
	}()
	sum := 0
	for {
		select {
		case n := <-ch:
			sum += n
		case <-finished:
			return sum
		}
	}
}

func leavesByThird(stop <-chan struct{}) int {
	ch := make(chan int)
	go func() {
		ch <- 1 // want `blocks for ever sending to ch: leavesByThird returns in case <-stop without receiving`
	}()
	select {
	case n := <-ch:
		return n
	case <-stop:
		return 0
	}
}

func joined() int {
	ch := make(chan int, 3)
	var wg sync.WaitGroup
	for range 3 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			ch <- 1 // ok
		}()
	}
	wg.Wait()
	close(ch)
	sum := 0
	for n := range ch {
		sum += n
	}
	return sum
}

func joinedTooSmall() int {
	ch := make(chan int, 2)
	var wg sync.WaitGroup
	for range 3 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			ch <- 1 // want `a goroutine of line \d+ blocks for ever sending to ch: joinedTooSmall waits on line \d+ for something else, without receiving`
		}()
	}
	wg.Wait()
	close(ch)
	sum := 0
	for n := range ch {
		sum += n
	}
	return sum
}

func joinedByCloser(stop bool) error {
	ch := make(chan error)
	var wg sync.WaitGroup
	for range 3 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			ch <- nil // ok: the range ends when all are done
		}()
	}
	go func() {
		wg.Wait()
		close(ch)
	}()
	var first error
	for err := range ch {
		if err != nil {
			first = err
		}
	}
	return first
}

func rangeLeft() error {
	ch := make(chan error)
	var wg sync.WaitGroup
	for range 3 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			ch <- nil // want `a goroutine of line \d+ blocks for ever sending to ch: rangeLeft returns when err != nil having received once of \d`
		}()
	}
	go func() {
		wg.Wait()
		close(ch)
	}()
	for err := range ch {
		if err != nil {
			return err
		}
	}
	return nil
}

// Several senders, and fewer receives.

func firstOf(mirrors []string) result {
	ch := make(chan result)
	for range mirrors {
		go func() {
			ch <- work() // want `a goroutine of line \d+ blocks for ever sending to ch: firstOf returns having received once, however many are sent`
		}()
	}
	return <-ch
}

func firstOfRoom(mirrors []string) result {
	ch := make(chan result, len(mirrors))
	for range mirrors {
		go func() {
			ch <- work() // ok
		}()
	}
	return <-ch
}

func allOf(mirrors []string) (list []result) {
	ch := make(chan result)
	for _, m := range mirrors {
		go func() {
			_ = m
			ch <- work() // ok
		}()
	}
	for range mirrors {
		list = append(list, <-ch)
	}
	return list
}

func allOfCounted(groups [][]string) (list []result) {
	ch := make(chan result)
	n := 0
	for _, g := range groups {
		for range g {
			n++
			go func() {
				ch <- work() // ok: n says how many there are
			}()
		}
	}
	for range n {
		list = append(list, <-ch)
	}
	return list
}

func firstError(jobs []string) error {
	errs := make(chan error)
	for i := 0; i < len(jobs); i++ {
		go func() {
			errs <- errors.New(jobs[i]) // want `a goroutine of line \d+ blocks for ever sending to errs: firstError returns when err != nil having received once, however many are sent`
		}()
	}
	for range jobs {
		if err := <-errs; err != nil {
			return err
		}
	}
	return nil
}

func firstErrorRoom(jobs []string) error {
	errs := make(chan error, len(jobs))
	for i := 0; i < len(jobs); i++ {
		go func() {
			errs <- errors.New(jobs[i]) // ok
		}()
	}
	for range jobs {
		if err := <-errs; err != nil {
			return err
		}
	}
	return nil
}

func perform(errs chan<- error, jobs []string) {
	for range jobs {
		go func() {
			errs <- nil // want `a goroutine of line \d+ blocks for ever sending to errs: viaHelper returns when err != nil having received once, however many are sent`
		}()
	}
}

func viaHelper(jobs []string) error {
	errs := make(chan error)
	go perform(errs, jobs)
	for range jobs {
		if err := <-errs; err != nil {
			return err
		}
	}
	return nil
}

func two() error {
	errs := make(chan error)
	go func() { errs <- work().err }() // want `the goroutine of line \d+ blocks for ever sending to errs: two returns when err != nil having received once of \d`
	go func() { errs <- work().err }() // want `the goroutine of line \d+ blocks for ever sending to errs: two returns when err != nil having received once of \d`
	for i := 0; i < 2; i++ {
		if err := <-errs; err != nil {
			return err
		}
	}
	return nil
}

func either() (int, error) {
	values, errs := make(chan int), make(chan error)
	go func() {
		r := work()
		if r.err != nil {
			errs <- r.err // ok
			return
		}
		values <- r.n // ok: sends one or the other
	}()
	select {
	case n := <-values:
		return n, nil
	case err := <-errs:
		return 0, err
	}
}

func both() (int, error) {
	values, errs := make(chan int), make(chan error)
	go func() {
		r := work()
		if r.err != nil {
			errs <- r.err
		}
		values <- r.n // want `the goroutine of line \d+ blocks for ever sending to values: both returns in case err := <-errs without receiving`
	}()
	select {
	case n := <-values:
		return n, nil
	case err := <-errs:
		return 0, err
	}
}

func send(ch chan int, err error) {
	if err != nil {
		ch <- 0
	}
	ch <- 1 // want `the goroutine of line \d+ blocks for ever sending to ch: doubleSend returns having received once of \d`
}

func doubleSend(err error) int {
	ch := make(chan int)
	go send(ch, err)
	return <-ch
}

func sendOnce(ch chan int, err error) {
	if err != nil {
		ch <- 0
		return
	}
	ch <- 1 // ok
}

func singleSend(err error) int {
	ch := make(chan int)
	go sendOnce(ch, err)
	return <-ch
}

// A sentinel says how much there is.

func untilLast() (sum int) {
	ch := make(chan result)
	go func() {
		for i := range 10 {
			ch <- result{n: i} // ok
		}
		ch <- result{n: -1} // ok
	}()
	for {
		r := <-ch
		if r.n < 0 {
			return sum
		}
		sum += r.n
	}
}

func untilCount(want int) (sum int) {
	ch := make(chan int)
	go func() {
		for range want {
			ch <- 1 // ok
		}
	}()
	got := 0
	for {
		sum += <-ch
		if got++; got == want {
			return sum
		}
	}
}

// The consumer is the goroutine.

func consumerLeaves(ctx context.Context, list []int) {
	ch := make(chan int)
	go func() {
		for {
			select {
			case n := <-ch:
				_ = n
			case <-ctx.Done():
				return
			}
		}
	}()
	for _, n := range list {
		ch <- n // want `consumerLeaves blocks for ever sending to ch: the goroutine of line \d+ can end in case <-ctx.Done\(\) without receiving`
	}
}

func consumerStays(list []int) {
	ch, stop := make(chan int), make(chan struct{})
	go func() {
		for {
			select {
			case n := <-ch:
				_ = n
			case <-stop:
				return
			}
		}
	}()
	for _, n := range list {
		ch <- n // ok: stop is closed when all is sent
	}
	close(stop)
}

// The result is not wanted.

func start() <-chan result {
	ch := make(chan result)
	go func() {
		ch <- work() // want `the goroutine of line \d+ blocks for ever sending to ch: drops returns without receiving`
	}()
	return ch
}

func drops() {
	start()
}

func startUsed() <-chan result {
	ch := make(chan result)
	go func() {
		ch <- work() // ok
	}()
	return ch
}

func uses() result { return <-startUsed() }

// Closures that a helper of the package runs.

type stopper struct{ wg sync.WaitGroup }

func (s *stopper) run(f func()) {
	s.wg.Add(1)
	go func() {
		defer s.wg.Done()
		f()
	}()
}

func viaStopper(s *stopper, quit <-chan struct{}) {
	errs := make(chan error)
	s.run(func() {
		errs <- work().err // want `the goroutine of line \d+ blocks for ever sending to errs: viaStopper returns in case <-quit without receiving`
	})
	select {
	case <-errs:
	case <-quit:
		println("quit")
	}
}

func viaStopperTwo(s *stopper) {
	in, out := make(chan int), make(chan int)
	s.run(func() { out <- <-in }) // ok
	in <- 1                       // ok
	<-out
}

// Others have it.

var registry = make(map[string]chan int)

func registered(name string, quit <-chan struct{}) {
	ch := make(chan int)
	registry[name] = ch
	go func() {
		ch <- 1 // ok: whoever reads the registry may receive
	}()
	select {
	case <-ch:
	case <-quit:
	}
}

func receives(name string) int { return <-registry[name] }

func Exported(quit <-chan struct{}) <-chan int {
	ch := make(chan int)
	go func() {
		ch <- 1 // ok: the caller receives
	}()
	return ch
}

// A semaphore.

func semaphore(jobs []string) {
	sem := make(chan struct{}, 4)
	for range jobs {
		sem <- struct{}{} // ok
		go func() {
			defer func() { <-sem }() // ok
			work()
		}()
	}
	for range cap(sem) {
		sem <- struct{}{} // ok
	}
}

// Notify sends to a channel that it gets.

func signals() {
	sigs := make(chan os.Signal, 1)
	signal.Notify(sigs, os.Interrupt)
	<-sigs // ok
}

// A channel for each round.

func nextTick(n int) <-chan int {
	ch := make(chan int, 1)
	ch <- n // ok: each call makes a new one
	return ch
}

func ticks(quit <-chan struct{}) {
	for i := 0; ; i++ {
		select {
		case <-nextTick(i):
		case <-quit:
			return
		}
	}
}

// Somebody who waits for something else goes on.

func waitsOnTheWay(in <-chan int, quit chan struct{}) int {
	ch, ready := make(chan int), make(chan struct{})
	go func() {
		ch <- 1 // ok: ready comes from another goroutine
	}()
	go func() {
		for range in {
			select {
			case ready <- struct{}{}:
			default:
			}
		}
	}()
	<-ready
	return <-ch
}

// What was decided before the channel was made is no part of the story.

func checksFirst(name string, quit <-chan struct{}) int {
	if name == "" {
		return 0
	}
	ch := make(chan int)
	go func() {
		ch <- len(name) // want `checksFirst returns in case <-quit without receiving`
	}()
	select {
	case n := <-ch:
		return n
	case <-quit:
		return 0
	}
}

// A function that calls itself makes a channel each time.

func tree(depth int) int {
	ch := make(chan int)
	go func() {
		if depth > 0 {
			ch <- tree(depth - 1) // ok
			return
		}
		ch <- 1 // ok
	}()
	return <-ch // ok
}

// As many are received as the buffer has room for.

func fillsBuffer() int {
	found := make(chan int, 2)
	go func() { found <- 1 }() // ok
	go func() { found <- 2 }() // ok
	for i := 0; i < cap(found); i++ {
		if n := <-found; n > 1 { // ok
			return n
		}
	}
	return 0
}

// A flag that is a channel.

func busyFlag(events <-chan int, done chan int) {
	busy := make(chan struct{}, 1)
	for range events {
		select {
		case busy <- struct{}{}:
			go func() { done <- 1 }()
		default:
		}
		select {
		case <-done:
			<-busy // ok: it is set
		default:
		}
	}
}

// One answer for each question.

func answers(quit <-chan struct{}) {
	questions, replies := make(chan int), make(chan int, 1)
	defer close(questions)
	go func() {
		for q := range questions {
			replies <- q // want `answers returns in case <-quit without receiving`
		}
	}()
	for {
		questions <- 1
		select {
		case <-replies:
		case <-quit:
			return
		}
	}
}

// A semaphore that a goroutine's goroutine gives back.

func prefetch(n int, quit <-chan struct{}) {
	sem := make(chan struct{}, 4)
	go func() {
		for range n {
			select {
			case sem <- struct{}{}:
			case <-quit:
				return
			}
			go func() {
				defer func() { <-sem }() // ok
				work()
			}()
		}
	}()
	<-quit
}

// Senders that start others before.

func probe(n int) {
	var wg sync.WaitGroup
	for range n {
		wg.Add(1)
		go func() {
			defer wg.Done()
			work()
		}()
	}
	wg.Wait()
}

func heal(sets []int, errs chan<- error) {
	probe(len(sets))
	errs <- work().err // want `a goroutine of line \d+ blocks for ever sending to errs: healAll returns having received once, however many are sent`
}

func healAll(pools [][]int) error {
	errs := make(chan error)
	go func() {
		defer close(errs)
		var wg sync.WaitGroup
		for _, sets := range pools {
			wg.Add(1)
			go func() {
				defer wg.Done()
				heal(sets, errs)
			}()
		}
		wg.Wait()
	}()
	return <-errs
}
