package p

type ctx int

func open() (ctx, func())
func cond() bool
func use(...any)
func keep(func())

type exiter interface{ Exit() }

var global func()

func lostBlank()                     { open() }
func lostNever() ctx                 { c, cancel := open(); _ = cancel; return c }
func okCalled()                      { _, cancel := open(); cancel() }
func okDeferred()                    { _, cancel := open(); defer cancel(); use() }
func okReturned() func()             { _, cancel := open(); return cancel }
func okBoth() (ctx, func())          { return open() }
func okHanded()                      { _, cancel := open(); keep(cancel) }
func okGlobal()                      { _, cancel := open(); global = cancel }
func okSent(ch chan func())          { _, cancel := open(); ch <- cancel }
func okAppended(s []func()) []func() { _, cancel := open(); return append(s, cancel) }

func lostOnPath() {
	_, cancel := open()
	if cond() {
		return
	}
	cancel()
}

func okBothPaths() {
	_, cancel := open()
	if cond() {
		cancel()
		return
	}
	cancel()
}

func okCorrelated() {
	ok := cond()
	var cancel func()
	if ok {
		_, cancel = open()
	}
	use()
	if ok {
		cancel()
	}
}

func okNilGuard() {
	_, cancel := open()
	defer func() {
		if cancel != nil {
			cancel()
		}
	}()
}

func lostInLoop() {
	for cond() {
		_, cancel := open()
		if cond() {
			continue
		}
		cancel()
	}
}

func lostOverwritten() {
	_, cancel := open()
	_, cancel = open()
	cancel()
}

func okExit(e exiter) {
	_, cancel := open()
	if cond() {
		e.Exit()
	}
	cancel()
}

func okPanic() {
	_, cancel := open()
	if cond() {
		panic("no")
	}
	cancel()
}

func okClosure() {
	_, cancel := open()
	f := func() { cancel() }
	f()
}

func lostInClosure() {
	_, cancel := open()
	f := func() { _ = cancel }
	f()
}

func okGo() {
	_, cancel := open()
	go func() {
		use()
		cancel()
	}()
}

// The goroutine calls it in one case only.
func lostInGo(a, b chan int) {
	_, cancel := open()
	go func() {
		select {
		case <-a:
			cancel()
		case <-b:
		}
	}()
}

func okInGo(a, b chan int) {
	_, cancel := open()
	go func() {
		defer cancel()
		select {
		case <-a:
		case <-b:
		}
	}()
}

// What the goroutine decides by may be what the function decides by.
func okGoShared() {
	_, cancel := open()
	failed := false
	go func() {
		if failed {
			cancel()
		}
	}()
	failed = cond()
}

func okRearmed() {
	var cancel func()
	defer func() { cancel() }()
	for cond() {
		_, cancel = open()
	}
}

func ignores(cancel func())  {}
func compares(cancel func()) { use(cancel == nil) }
func calls(cancel func())    { cancel() }
func maybe(cancel func()) {
	if cond() {
		cancel()
	}
}

func lostIgnored()  { _, cancel := open(); ignores(cancel) }
func lostCompared() { _, cancel := open(); compares(cancel) }
func okPassed()     { _, cancel := open(); calls(cancel) }
func okMaybe()      { _, cancel := open(); maybe(cancel) }

func wrap() (ctx, func()) { return open() }
func wrapClosure() (ctx, func()) {
	c, cancel := open()
	return c, func() { use(); cancel() }
}

func lostWrapped()        { c, _ := wrap(); use(c) }
func lostWrappedClosure() { c, _ := wrapClosure(); use(c) }
func okWrapped()          { _, cancel := wrap(); cancel() }
func okWrappedClosure()   { _, cancel := wrapClosure(); defer cancel() }

func recursive(n int, cancel func()) {
	if n > 0 {
		recursive(n-1, cancel)
		return
	}
	cancel()
}

func okRecursive() { _, cancel := open(); recursive(3, cancel) }
