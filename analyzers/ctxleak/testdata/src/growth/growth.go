// Package growth wraps contexts again and again.
package growth

import (
	"context"
	"time"
)

type key struct{}

func use(ctx context.Context) error { return ctx.Err() }

func warnValue(ctx context.Context, jobs []int) {
	for _, job := range jobs {
		ctx = context.WithValue(ctx, key{}, job) // want `each round wraps ctx of the round before: the chain grows with the loop, and so does the time of every lookup; derive it from the context before the loop`
		use(ctx)
	}
}

func okNewVariable(ctx context.Context, jobs []int) {
	for _, job := range jobs {
		ctx := context.WithValue(ctx, key{}, job) // ok
		use(ctx)
	}
}

func okOtherVariable(ctx context.Context, jobs []int) {
	var inner context.Context
	for _, job := range jobs {
		inner = context.WithValue(ctx, key{}, job) // ok
		use(inner)
	}
}

// Each value has its own key.
func okCollection(ctx context.Context, values map[any]any) context.Context {
	for k, v := range values {
		ctx = context.WithValue(ctx, k, v) // ok
	}
	return ctx
}

func warnSometimes(ctx context.Context, jobs <-chan int) {
	for job := range jobs {
		if job > 0 {
			ctx = context.WithValue(ctx, key{}, job) // want `each round wraps ctx`
		}
		use(ctx)
	}
}

func warnTimeout(ctx context.Context, n int) {
	var cancel context.CancelFunc
	for range n {
		ctx, cancel = context.WithTimeout(ctx, time.Second) // want `each round derives ctx from that of the round before: the first deadline, or the first cancel, ends all later rounds`
		use(ctx)
		cancel()
	}
}

func warnCaptured(ctx context.Context, jobs []int, run func(func())) {
	for _, job := range jobs {
		ctx = context.WithValue(ctx, key{}, job) // want `each round wraps ctx`
		run(func() { use(ctx) })
	}
}

func okLeaves(ctx context.Context, jobs []int) {
	for _, job := range jobs {
		if job > 0 {
			ctx = context.WithValue(ctx, key{}, job) // ok
			use(ctx)
			return
		}
	}
}

type server struct{ ctx context.Context }

func warnField(s *server, jobs []int) {
	for _, job := range jobs {
		s.ctx = context.WithValue(s.ctx, key{}, job) // want `each round wraps ctx`
	}
}

// The shape of caddy's Provision: the field starts anew in every round.
func okFieldFromOutside(s *server, jobs []int) {
	old := s.ctx
	for _, job := range jobs {
		s.ctx = context.WithValue(old, key{}, job) // ok
	}
}

func okFieldReset(s *server, jobs []int, base context.Context) {
	for _, job := range jobs {
		s.ctx = base
		s.ctx = context.WithValue(s.ctx, key{}, job) // ok
	}
}

func okManyServers(servers []*server) {
	for _, s := range servers {
		s.ctx = context.WithValue(s.ctx, key{}, 1) // ok
	}
}

func (s *server) possibleMethod(user string) {
	s.ctx = context.WithValue(s.ctx, key{}, user) // want `every call of possibleMethod wraps the context in this field once more`
}

func (s *server) okMethod(parent context.Context, user string) {
	s.ctx = context.WithValue(parent, key{}, user) // ok
}
