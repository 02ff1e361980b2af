package off

import (
	"bufio"
	"bytes"
	"io"
	"sync"
)

var readers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

func use(*bytes.Buffer) error { return nil }

func lostOnError() error {
	b := readers.Get().(*bytes.Buffer) // want `the object that readers.Get returns is not put back before the return on line \d+`
	b.Reset()
	if err := use(b); err != nil {
		return err
	}
	if b.Cap() < 1000 {
		readers.Put(b)
	}
	return nil
}

func okDeferred() error {
	b := readers.Get().(*bytes.Buffer)
	b.Reset()
	defer func() {
		if b.Cap() < 1000 {
			readers.Put(b)
		}
	}()
	return use(b) // ok
}

func okTooLarge() {
	b := readers.Get().(*bytes.Buffer)
	b.Reset()
	use(b)
	if b.Cap() > 1000 {
		return // ok: dropped on purpose
	}
	readers.Put(b)
}

func lostNowhere() error {
	b := readers.Get().(*bytes.Buffer) // want `the object that readers.Get returns is not put back before the return on line \d+`
	b.Reset()
	return use(b)
}

func lostInLoop(queue chan *bytes.Buffer) {
	for {
		b := readers.Get().(*bytes.Buffer) // want `the object that readers.Get returns is not put back before the loop takes the next one`
		b.Reset()
		if use(b) != nil {
			continue
		}
		queue <- b
	}
}

func okWrapped() io.Reader {
	b := readers.Get().(*bytes.Buffer)
	b.Reset()
	return bufio.NewReader(b) // ok: the reader has it
}

func okPart() *[]byte {
	b := readers.Get().(*bytes.Buffer)
	b.Reset()
	data := b.Bytes()
	return &data // ok: the caller has it
}

func okPartWithDefer(r io.ReadCloser) (*[]byte, error) {
	b := readers.Get().(*bytes.Buffer)
	b.Reset()
	defer r.Close()
	data := b.Bytes()
	return &data, nil // ok: the caller has it
}
