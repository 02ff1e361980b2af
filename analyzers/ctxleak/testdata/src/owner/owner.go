// Package owner has values that hold release functions.
package owner

import (
	"context"
	"errors"
)

type client struct {
	ctx    context.Context
	cancel context.CancelCauseFunc
	id     int
}

func newClient(parent context.Context, id int) *client {
	ctx, cancel := context.WithCancelCause(parent) // ok
	return &client{ctx: ctx, cancel: cancel, id: id}
}

func (c *client) do() error { return c.ctx.Err() }

func (c *client) close() { c.cancel(nil) }

func (c *client) stop() { c.close() }

var errDenied = errors.New("denied")

func allowed(id int) bool { return id > 0 }

type pool struct {
	clients map[int]*client
	last    *client
}

// A wrapper makes clients too.
func (p *pool) client(parent context.Context, id int) (*client, error) {
	c := newClient(parent, id) // want `c from owner.newClient holds a context, and c.cancel is not called before line \d+ when !allowed\(c.id\)`
	if !allowed(c.id) {
		return nil, errDenied
	}
	return c, nil
}

func (p *pool) leakNever(parent context.Context) error {
	c, err := p.client(parent, 1) // want `c from client holds a context, and c.cancel is not called before line \d+`
	if err != nil {
		return err
	}
	return c.do()
}

func (p *pool) leakDeferred(parent context.Context) error {
	c, err := p.client(parent, 1) // want `c from client holds a context`
	if err != nil {
		return err
	}
	defer func() { delete(p.clients, c.id) }()
	return c.do()
}

func (p *pool) okDeferred(parent context.Context) error {
	c, err := p.client(parent, 1) // ok
	if err != nil {
		return err
	}
	defer func() {
		c.cancel(context.Canceled)
		delete(p.clients, c.id)
	}()
	return c.do()
}

func okMethod(parent context.Context) error {
	c := newClient(parent, 1) // ok
	defer c.close()
	return c.do()
}

func okMethodOfMethod(parent context.Context) error {
	c := newClient(parent, 1) // ok
	err := c.do()
	c.stop()
	return err
}

func (p *pool) okStored(parent context.Context) {
	p.last = newClient(parent, 1) // ok
}

func (p *pool) okInMap(parent context.Context) {
	p.clients[2] = newClient(parent, 2) // ok
}

func okReturned(parent context.Context) *client {
	return newClient(parent, 3) // ok
}

func okPassedOn(parent context.Context, ch chan *client) {
	ch <- newClient(parent, 3) // ok
}

func okTakenOut(parent context.Context) func() {
	c := newClient(parent, 1) // ok
	return c.stop
}

func okFunctionTakenOut(parent context.Context) (context.Context, context.CancelCauseFunc) {
	c := newClient(parent, 1) // ok
	return c.ctx, c.cancel
}

// A registry keeps the client until it is deleted; who asked for it still has
// to call its function.
func (p *pool) register(parent context.Context, id int) *client {
	c := newClient(parent, id) // ok
	p.clients[id] = c
	return c
}

func (p *pool) leakRegistered(parent context.Context) error {
	c := p.register(parent, 7) // want `c from register holds a context, and c.cancel is not called before line \d+`
	defer delete(p.clients, c.id)
	return c.do()
}

func (p *pool) okRegistered(parent context.Context) error {
	c := p.register(parent, 7) // ok
	defer delete(p.clients, c.id)
	defer c.close()
	return c.do()
}
