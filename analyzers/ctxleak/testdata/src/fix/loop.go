package fix

import (
	"context"
	"errors"
	"fmt"
	"log"
)

func fixContinue(parent context.Context, jobs []job) {
	for _, j := range jobs {
		ctx, cancel := context.WithTimeout(parent, d) // want `before the loop starts over`
		if err := perform(ctx, j); err != nil {
			log.Print(err)
			continue
		}
		cancel()
	}
}

func fixReturn(parent context.Context, jobs []job) error {
	for _, j := range jobs {
		ctx, cancel := context.WithTimeout(parent, d) // want `before the return`
		if err := perform(ctx, j); err != nil {
			return fmt.Errorf("job %d: %w", j, err)
		}
		cancel()
	}
	return nil
}

func fixBreak(parent context.Context, jobs []job) {
	for _, j := range jobs {
		ctx, cancel := context.WithTimeout(parent, d) // want `before the return`
		if perform(ctx, j) != nil {
			break
		}
		cancel()
	}
}

func fixSeveralExits(parent context.Context, jobs []job) (err error) {
	for i, j := range jobs {
		ctx, cancel := context.WithCancelCause(parent) // want `before the`
		var r *row
		r, err = load(ctx)
		switch {
		case errors.Is(err, errStop):
			return
		case err != nil:
			continue // the next one may do
		case i > 3:
			cancel(errStop)
			return nil
		}
		if r.next != nil {
			if perform(ctx, j) != nil {
				return errors.New("job " + r.name)
			}
		}
		cancel(nil)
	}
	return nil
}

func fixLabelled(parent context.Context, batches [][]job) {
outer:
	for _, batch := range batches {
		ctx, cancel := context.WithTimeout(parent, d) // want `before the loop starts over`
		for _, j := range batch {
			if perform(ctx, j) == nil {
				continue
			}
			continue outer
		}
		cancel()
	}
}

func fixInCommClause(parent context.Context, in <-chan job, quit <-chan bool) error {
	for {
		select {
		case j := <-in:
			ctx, cancel := context.WithTimeout(parent, d) // want `before the return`
			if perform(ctx, j) != nil {
				return errStop
			}
			cancel()
		case <-quit:
			return nil
		}
	}
}

func fixRangeFunc(parent context.Context, seq func(func(job) bool)) error {
	for j := range seq {
		ctx, cancel := context.WithTimeout(parent, d) // want `before the return`
		if err := perform(ctx, j); err != nil {
			return err
		}
		cancel()
	}
	return nil
}

// Inner breaks and continues stay within the round.
func fixAroundInnerStatements(parent context.Context, jobs []job) error {
	for _, j := range jobs {
		ctx, cancel := context.WithTimeout(parent, d) // want `before the return`
		for range 3 {
			if use(ctx) == nil {
				break
			}
			continue
		}
		switch err := perform(ctx, j); {
		case err == nil:
			cancel()
		case j == 0:
			return err
		default:
			cancel()
		}
	}
	return nil
}

// The cancel function of each round is called in each round already; the
// function literal makes a deferred call the right one.
func fixFunctionPerRound(parent context.Context, jobs []job) {
	for _, j := range jobs {
		func() {
			ctx, cancel := context.WithTimeout(parent, d) // want `before the return`
			if perform(ctx, j) != nil {
				return
			}
			cancel()
		}()
	}
}
