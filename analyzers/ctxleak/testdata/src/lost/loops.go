package lost

import (
	"context"
	"log"
)

func leakOnContinue(parent context.Context, jobs []job) {
	for _, j := range jobs {
		ctx, cancel := context.WithTimeout(parent, d) // want `cancel is not called before the loop starts over when err != nil: .*, once more in every round`
		if err := run(ctx, j); err != nil {
			log.Print(err)
			continue
		}
		cancel()
	}
}

func okOnContinue(parent context.Context, jobs []job) {
	for _, j := range jobs {
		ctx, cancel := context.WithTimeout(parent, d) // ok
		if err := run(ctx, j); err != nil {
			log.Print(err)
			cancel()
			continue
		}
		cancel()
	}
}

// Shape 7 of the corpus: no path of this function returns.
func leakInEndlessLoop(parent context.Context) {
	for {
		ctx, cancel := context.WithCancel(parent) // want `cancel is not called before the loop starts over when err != nil`
		if err := use(ctx); err != nil {
			continue
		}
		cancel()
	}
}

func okInEndlessLoop(parent context.Context) {
	for {
		ctx, cancel := context.WithCancel(parent) // ok
		if err := use(ctx); err != nil {
			cancel()
			continue
		}
		cancel()
	}
}

// Shape 6: only the last round is released.
func leakAllButLast(parent context.Context, n int) {
	var ctx context.Context
	var cancel context.CancelFunc
	for i := 0; i < n; i++ {
		ctx, cancel = context.WithTimeout(parent, d) // want `cancel is not called before the loop starts over`
		use(ctx)
	}
	if cancel != nil {
		cancel()
	}
}

func okEachRound(parent context.Context, n int) {
	for i := 0; i < n; i++ {
		ctx, cancel := context.WithTimeout(parent, d) // ok
		use(ctx)
		cancel()
	}
}

func okPreviousReleased(parent context.Context, n int) {
	var cancel context.CancelFunc
	for range n {
		if cancel != nil {
			cancel()
		}
		var ctx context.Context
		ctx, cancel = context.WithTimeout(parent, d) // ok
		use(ctx)
	}
	if cancel != nil {
		cancel()
	}
}

func leakOnReturnInLoop(parent context.Context, jobs []job) error {
	for _, j := range jobs {
		ctx, cancel := context.WithTimeout(parent, d) // want `cancel is not called before the return on line \d+ when err != nil`
		if err := run(ctx, j); err != nil {
			return err
		}
		cancel()
	}
	return nil
}

func okOnReturnInLoop(parent context.Context, jobs []job) error {
	for _, j := range jobs {
		ctx, cancel := context.WithTimeout(parent, d) // ok
		err := run(ctx, j)
		cancel()
		if err != nil {
			return err
		}
	}
	return nil
}

// The counter of the loop decides; a condition on it once recursed without end.
func leakOnCount(parent context.Context, jobs []job) error {
	for i := range jobs {
		ctx, cancel := context.WithTimeout(parent, d) // want `cancel is not called before the return on line \d+ when .*cond\(\)`
		switch {
		case use(ctx) != nil:
			cancel()
			continue
		case i > 3:
			cancel()
			return nil
		}
		if cond() {
			return errStop
		}
		cancel()
	}
	return nil
}

func okOnCount(parent context.Context, n int) error {
	for i := 0; ; i++ {
		ctx, cancel := context.WithTimeout(parent, d) // ok
		err := use(ctx)
		cancel()
		if err == nil || i > n {
			return err
		}
	}
}

func leakOnBreak(parent context.Context, jobs []job) {
	for _, j := range jobs {
		ctx, cancel := context.WithTimeout(parent, d) // want `cancel is not called before the return on line \d+ when run\(ctx, j\) != nil`
		if run(ctx, j) != nil {
			break
		}
		cancel()
	}
}

func okOnBreak(parent context.Context, jobs []job) {
	for _, j := range jobs {
		ctx, cancel := context.WithTimeout(parent, d) // ok
		if run(ctx, j) != nil {
			cancel()
			break
		}
		cancel()
	}
}

func leakOnLabelledContinue(parent context.Context, batches [][]job) {
outer:
	for _, batch := range batches {
		ctx, cancel := context.WithTimeout(parent, d) // want `cancel is not called before the loop starts over when run\(ctx, j\) != nil`
		for _, j := range batch {
			if run(ctx, j) != nil {
				continue outer
			}
		}
		cancel()
	}
}

func okOnLabelledContinue(parent context.Context, batches [][]job) {
outer:
	for _, batch := range batches {
		ctx, cancel := context.WithTimeout(parent, d) // ok
		for _, j := range batch {
			if run(ctx, j) != nil {
				cancel()
				continue outer
			}
		}
		cancel()
	}
}

func leakOnLabelledBreak(parent context.Context, in <-chan job, quit <-chan bool) {
loop:
	for {
		ctx, cancel := context.WithTimeout(parent, d) // want `cancel is not called before the return on line \d+( in case <-quit)?:`
		select {
		case j := <-in:
			run(ctx, j)
		case <-quit:
			break loop
		}
		cancel()
	}
}

// The break leaves the select statement only.
func okOnBreakOfSelect(parent context.Context, in <-chan job) {
	for {
		ctx, cancel := context.WithTimeout(parent, d) // ok
		select {
		case j := <-in:
			run(ctx, j)
		case <-ctx.Done():
			break
		}
		cancel()
	}
}

func leakByGotoLoop(parent context.Context) {
again:
	ctx, cancel := context.WithTimeout(parent, d) // want `cancel is not called before the loop starts over when use\(ctx\) != nil`
	if use(ctx) != nil {
		goto again
	}
	cancel()
}

func leakInRangeFunc(parent context.Context, seq func(func(job) bool)) error {
	for j := range seq {
		ctx, cancel := context.WithTimeout(parent, d) // want `cancel is not called before the return on line \d+ when err != nil`
		if err := run(ctx, j); err != nil {
			return err
		}
		cancel()
	}
	return nil
}

func okInRangeFunc(parent context.Context, seq func(func(job) bool)) error {
	for j := range seq {
		ctx, cancel := context.WithTimeout(parent, d) // ok
		err := run(ctx, j)
		cancel()
		if err != nil {
			return err
		}
	}
	return nil
}

func okRangeFuncInside(parent context.Context, seq func(func(job) bool)) error {
	ctx, cancel := context.WithTimeout(parent, d) // ok
	defer cancel()
	for j := range seq {
		if err := run(ctx, j); err != nil {
			return err
		}
	}
	return nil
}

func okDeferredInRangeFunc(parent context.Context, seq func(func(job) bool)) {
	ctx, cancel := context.WithTimeout(parent, d) // ok
	for j := range seq {
		if run(ctx, j) != nil {
			break
		}
	}
	cancel()
}

// Deferring in a loop keeps every context until the end, but loses none.
func okDeferredInLoop(parent context.Context, jobs []job) {
	for _, j := range jobs {
		ctx, cancel := context.WithTimeout(parent, d) // ok
		defer cancel()
		run(ctx, j)
	}
}

func okFunctionPerRound(parent context.Context, jobs []job) {
	for _, j := range jobs {
		func() {
			ctx, cancel := context.WithTimeout(parent, d) // ok
			defer cancel()
			run(ctx, j)
		}()
	}
}
