// Package errgroup stands in for golang.org/x/sync/errgroup in fixtures.
package errgroup

import "context"

// A Group has the methods of the real one.
type Group struct{ limit chan struct{} }

// WithContext returns a group and a context.
func WithContext(ctx context.Context) (*Group, context.Context) { return new(Group), ctx }

// Go starts f when there is room.
func (g *Group) Go(f func() error) { go f() }

// TryGo starts f if there is room.
func (g *Group) TryGo(f func() error) bool { go f(); return true }

// SetLimit sets the limit.
func (g *Group) SetLimit(n int) { g.limit = make(chan struct{}, n) }

// Wait waits for all.
func (g *Group) Wait() error { return nil }
