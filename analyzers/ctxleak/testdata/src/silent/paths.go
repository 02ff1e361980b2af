package silent

import (
	"context"
	"log"
	"os"
	"runtime"
	"testing"
	"time"
)

func okPanic(parent context.Context) error {
	ctx, cancel := context.WithCancel(parent)
	if use(ctx) != nil {
		panic("unusable")
	}
	cancel()
	return nil
}

func okExit(parent context.Context) {
	ctx, cancel := context.WithCancel(parent)
	if use(ctx) != nil {
		os.Exit(1)
	}
	cancel()
}

func okFatal(parent context.Context) {
	ctx, cancel := context.WithCancel(parent)
	if err := use(ctx); err != nil {
		log.Fatal(err)
	}
	cancel()
}

func okFatalHelper(parent context.Context) {
	ctx, cancel := context.WithCancel(parent)
	if err := use(ctx); err != nil {
		die(err)
	}
	cancel()
}

func die(err error) {
	log.Print(err)
	os.Exit(2)
}

func okGoexit(parent context.Context) {
	ctx, cancel := context.WithCancel(parent)
	if use(ctx) != nil {
		runtime.Goexit()
	}
	cancel()
}

func okTestingTB(tb testing.TB, parent context.Context) {
	ctx, cancel := context.WithCancel(parent)
	if err := use(ctx); err != nil {
		tb.Fatal(err)
	}
	if err := use(ctx); err != nil {
		tb.Fatalf("use: %v", err)
	}
	if cond() {
		tb.Skip("not now")
	}
	cancel()
}

func okEndless(parent context.Context) {
	ctx, cancel := context.WithCancel(parent)
	for {
		if use(ctx) != nil {
			cancel()
			return
		}
	}
}

func okBlockedForEver(parent context.Context) {
	ctx, cancel := context.WithCancel(parent)
	_ = cancel
	use(ctx)
	select {}
}

func okNilChecked(parent context.Context, limited bool) error {
	ctx := parent
	var cancel context.CancelFunc
	if limited {
		ctx, cancel = context.WithTimeout(parent, d)
	}
	err := use(ctx)
	if cancel != nil {
		cancel()
	}
	return err
}

func okNilCheckedFirst(parent context.Context) error {
	ctx, cancel := context.WithTimeout(parent, d)
	if cancel == nil {
		return errStop
	}
	defer cancel()
	return use(ctx)
}

func okCorrelatedField(parent context.Context, opts *struct{ timeout time.Duration }) error {
	ctx := parent
	cancel := func() {}
	if opts.timeout > 0 {
		ctx, cancel = context.WithTimeout(parent, opts.timeout)
	}
	defer cancel()
	return use(ctx)
}

func okSetFlag(parent context.Context, n int) error {
	ctx := parent
	var cancel func()
	set := false
	if n > 3 {
		ctx, cancel = context.WithTimeout(parent, d)
		set = true
	}
	err := use(ctx)
	if set {
		cancel()
	}
	return err
}

func okNoop(parent context.Context, limited bool) error {
	ctx, cancel := parent, func() {}
	if limited {
		ctx, cancel = context.WithTimeout(parent, d)
	}
	defer cancel()
	return use(ctx)
}

func okErrNilCorrelated(parent context.Context) (err error) {
	ctx, cancel := context.WithTimeout(parent, d)
	err = use(ctx)
	if err != nil {
		cancel()
	}
	if err == nil {
		cancel()
	}
	return err
}
