package p

type buf struct {
	data []byte
	next *buf
}

func get() *buf
func put(*buf)
func (*buf) Bytes() []byte
func (*buf) Reset()
func cond() bool
func use(any)
func useBytes([]byte)

func okStraight() {
	b := get()
	b.Reset()
	use(b)
	put(b)
}

func usedAfter() {
	b := get()
	put(b)
	use(b)
}

func usedMethod() {
	b := get()
	put(b)
	b.Reset()
}

func usedField() int {
	b := get()
	put(b)
	return len(b.data)
}

func usedBytes() {
	b := get()
	data := b.Bytes()
	put(b)
	useBytes(data)
}

func okCopied() {
	b := get()
	n := len(b.Bytes())
	put(b)
	use(n)
}

func usedReturned() []byte {
	b := get()
	data := b.Bytes()
	put(b)
	return data[:1]
}

func leakedReturned() []byte {
	b := get()
	defer put(b)
	return b.Bytes()
}

func okDeferred() int {
	b := get()
	defer put(b)
	return len(b.Bytes())
}

func usedByDefer() {
	b := get()
	defer b.Reset()
	defer put(b)
}

func okDeferOrder() {
	b := get()
	defer put(b)
	defer b.Reset()
}

func twiceStraight() {
	b := get()
	put(b)
	put(b)
}

func twiceDeferred() {
	b := get()
	defer put(b)
	if cond() {
		put(b)
	}
}

func twiceThroughHelper() {
	b := get()
	defer PutBack(b)
	put(b)
}

func PutBack(b *buf) { put(b) }

func limited(b *buf) {
	if len(b.data) < 100 {
		put(b)
	}
}

func usedAfterHelper() {
	b := get()
	limited(b)
	use(b)
}

func okLoop() {
	for cond() {
		b := get()
		use(b)
		put(b)
	}
}

func twiceLoop() {
	b := get()
	for {
		put(b)
		if cond() {
			return
		}
	}
}

func okAgain() {
	b := get()
	put(b)
	b = get()
	use(b)
	put(b)
}

func okBranches() {
	b := get()
	if cond() {
		put(b)
	} else {
		use(b)
		put(b)
	}
}

func okStored(x *struct{ b *buf }) {
	b := get()
	x.b = b
}

func sharedGo() {
	b := get()
	go use(b)
	put(b)
}

func sharedDefer() {
	b := get()
	defer put(b)
	go func() { use(b) }()
}

func okNextGo() {
	b := get()
	n := b.data
	_ = n
	put(b)
}

func usedClosure() {
	b := get()
	f := func() { use(b) }
	put(b)
	f()
}
