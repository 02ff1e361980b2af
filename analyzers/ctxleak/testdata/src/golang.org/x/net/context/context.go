// Package context stands in for the predecessor of the standard package.
package context

import "context"

type (
	Context    = context.Context
	CancelFunc = context.CancelFunc
)

func WithCancel(parent Context) (Context, CancelFunc) { return context.WithCancel(parent) }

func Background() Context { return context.Background() }
