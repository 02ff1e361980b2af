// Package tests shows what belongs to tests.
package tests

import "context"

func use(ctx context.Context) error { return ctx.Err() }
