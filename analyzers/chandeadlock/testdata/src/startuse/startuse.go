// Package startuse starts what another package declares.
package startuse

import (
	"context"

	"example.com/x/startdep"
)

func onPath(v int) error {
	w, err := startdep.New(8) // want `the goroutine that New starts \(startdep.go:21\) ends only when w.done is closed, and nobody calls Close before the return on line 16 when err != nil: it waits for ever; call Close on this path too`
	if err != nil {
		return err
	}
	if err := w.Submit(v); err != nil {
		return err
	}
	w.Close()
	return nil
}

func deferred(v int) error {
	w, err := startdep.New(8) // ok
	if err != nil {
		return err
	}
	defer w.Close()
	return w.Submit(v)
}

type holder struct{ w *startdep.Worker }

func kept() (*holder, error) {
	w, err := startdep.New(8) // ok
	if err != nil {
		return nil, err
	}
	return &holder{w}, nil
}

func started() {
	s := startdep.NewServer()
	s.Start() // want `the goroutine that Start starts \(startdep.go:\d+\) ends only when s.quit is closed, and nobody calls Stop`
}

func startedAndStopped() {
	s := startdep.NewServer()
	s.Start() // ok
	defer s.Stop()
}

func notStarted() {
	startdep.NewServer() // ok
}

func session() {
	startdep.Open(context.Background()) // want `the goroutine that Open starts \(startdep.go:\d+\) ends only when s.ctx is cancelled, and nobody calls Close`
}

func sessionOf(ctx context.Context) {
	startdep.Open(ctx) // ok: it ends with the context
}

func sessionClosed() {
	s := startdep.Open(context.Background()) // ok
	defer s.Close()
}

func private() {
	startdep.NewPrivate() // ok: nobody here could end it
}
