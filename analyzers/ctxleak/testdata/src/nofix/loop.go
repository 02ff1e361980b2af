package nofix

import (
	"context"
	"database/sql"
	"log"
)

// The result is computed under the context.
func nofixReturnUsesContext(parent context.Context, jobs []job) error {
	for range jobs {
		ctx, cancel := context.WithTimeout(parent, d) // want `before the return`
		if use(ctx) != nil {
			return use(ctx)
		}
		cancel()
	}
	return nil
}

// The last exit is the end of the body, which has no statement.
func nofixFallsThrough(parent context.Context, jobs []job) {
	for range jobs {
		ctx, cancel := context.WithTimeout(parent, d) // want `before the loop starts over`
		if use(ctx) != nil {
			cancel()
		}
	}
}

// Here it is one of two.
func nofixContinuesOrFallsThrough(parent context.Context, jobs []job) {
	for _, j := range jobs {
		ctx, cancel := context.WithTimeout(parent, d) // want `before the loop starts over`
		if j == 0 {
			continue
		}
		if use(ctx) != nil {
			cancel()
		}
	}
}

func nofixOtherMention(parent context.Context, jobs []job) {
	for range jobs {
		ctx, cancel := context.WithTimeout(parent, d) // want `before the loop starts over`
		if use(ctx) != nil {
			log.Print(cancel == nil)
			continue
		}
		cancel()
	}
}

// The variables outlive the round.
func nofixOuterVariables(parent context.Context, jobs []job) error {
	var ctx context.Context
	var cancel context.CancelFunc
	for range jobs {
		ctx, cancel = context.WithTimeout(parent, d) // want `before the loop starts over`
		if use(ctx) != nil {
			continue
		}
		cancel()
	}
	return use(ctx)
}

func nofixOutlivesRound(parent context.Context, jobs []job) {
	for range jobs {
		ctx, cancel := context.WithTimeout(parent, d) // want `before the loop starts over`
		if use(ctx) != nil {
			go worker(ctx)
			continue
		}
		cancel()
	}
}

func nofixGotoInLoop(parent context.Context, jobs []job) {
	for range jobs {
		ctx, cancel := context.WithTimeout(parent, d) // want `before the`
		if use(ctx) != nil {
			goto next
		}
		cancel()
	next:
	}
}

func nofixFallthrough(parent context.Context, jobs []job) {
	for _, j := range jobs {
		ctx, cancel := context.WithTimeout(parent, d) // want `before the loop starts over`
		switch j {
		case 1:
			use(ctx)
			fallthrough
		case 2:
			continue
		}
		cancel()
	}
}

func nofixSwitchWithoutDefault(parent context.Context, jobs []job) {
	for _, j := range jobs {
		ctx, cancel := context.WithTimeout(parent, d) // want `before the loop starts over`
		switch use(ctx); j {
		case 1, 2:
			cancel()
		}
	}
}

// The deferred call uses the context after the round.
func nofixDeferredUse(parent context.Context, jobs []job) {
	for range jobs {
		ctx, cancel := context.WithTimeout(parent, d) // want `before the loop starts over`
		defer use(ctx)
		if use(ctx) != nil {
			continue
		}
		cancel()
	}
}

// The rows of the last round are read behind the loop.
func nofixResultOutlivesRound(parent context.Context, db *sql.DB, jobs []job) (rows *sql.Rows, err error) {
	for range jobs {
		ctx, cancel := context.WithTimeout(parent, d) // want `before the return`
		if rows, err = db.QueryContext(ctx, "select 1"); err == nil {
			break
		}
		cancel()
	}
	return rows, err
}

func nofixBreakOfSwitch(parent context.Context, jobs []job) {
	for _, j := range jobs {
		ctx, cancel := context.WithTimeout(parent, d) // want `before the loop starts over`
		if j == 0 {
			continue
		}
		switch j {
		case 1:
			if use(ctx) != nil {
				break
			}
			cancel()
		default:
			cancel()
		}
	}
}
