// Package suppressed has findings that somebody has excused.
package suppressed

import (
	"context"
	"time"
)

func use(ctx context.Context) error { return ctx.Err() }

func okIgnored(parent context.Context) error {
	//perflint:ignore ctxleak/discarded the deadline is a millisecond away
	ctx, _ := context.WithTimeout(parent, time.Millisecond)
	return use(ctx)
}

func okIgnoredOnTheLine(parent context.Context) error {
	ctx, _ := context.WithTimeout(parent, time.Millisecond) //perflint:ignore ctxleak short
	return use(ctx)
}

//perflint:ignore ctxleak/lost-on-path the parent is cancelled by the caller
func okIgnoredFunction(parent context.Context) error {
	ctx, cancel := context.WithCancel(parent)
	if err := use(ctx); err != nil {
		return err
	}
	cancel()
	return nil
}

func okNolint(parent context.Context) error {
	ctx, _ := context.WithTimeout(parent, time.Millisecond) //nolint:ctxleak // short
	return use(ctx)
}

func okLintIgnore(parent context.Context) error {
	//lint:ignore ctxleak/discarded short
	ctx, _ := context.WithTimeout(parent, time.Millisecond)
	return use(ctx)
}

func leakOtherRule(parent context.Context) error {
	//perflint:ignore ctxleak/lost-on-path not what is wrong here
	ctx, _ := context.WithTimeout(parent, time.Millisecond) // want `is discarded`
	return use(ctx)
}

func leakNoReason(parent context.Context) error {
	//perflint:ignore ctxleak/discarded
	ctx, _ := context.WithTimeout(parent, time.Millisecond) // want `is discarded`
	return use(ctx)
}

func leakOtherLinter(parent context.Context) error {
	ctx, _ := context.WithTimeout(parent, time.Millisecond) //nolint:errcheck // want `is discarded`
	return use(ctx)
}
