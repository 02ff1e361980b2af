package off

import (
	"bytes"
	"context"
	"io"
	"net/http"
)

// Shape 7 of the corpus.
func post(client *http.Client, url string) error {
	b := bufs.Get().(*bytes.Buffer)
	b.Reset()
	b.WriteString("x")
	req, err := http.NewRequest(http.MethodPost, url, b)
	if err != nil {
		return err
	}
	resp, err := client.Do(req) // want `b is the body of the request that client.Do sends, and line \d+ puts it back`
	if b.Cap() < 1000 {
		bufs.Put(b)
	}
	if err != nil {
		return err
	}
	return resp.Body.Close()
}

func postBytes(ctx context.Context, client *http.Client, url string) (*http.Response, error) {
	b := bufs.Get().(*bytes.Buffer)
	b.Reset()
	defer bound(b)
	b.WriteString("x")
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(b.Bytes()))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "text/plain")
	return client.Do(req) // want `b is the body of the request that client.Do sends`
}

func postAtOnce(url string) (*http.Response, error) {
	b := bufs.Get().(*bytes.Buffer)
	b.Reset()
	defer bound(b)
	return http.Post(url, "text/plain", b) // want `b is the body of the request that http.Post sends`
}

func bound(b *bytes.Buffer) {
	if b.Cap() < 1000 {
		bufs.Put(b)
	}
}

func okCopied(client *http.Client, url string) (*http.Response, error) {
	b := bufs.Get().(*bytes.Buffer)
	b.Reset()
	defer bound(b)
	req, err := http.NewRequest(http.MethodPost, url, bytes.NewReader(bytes.Clone(b.Bytes()))) // ok
	if err != nil {
		return nil, err
	}
	return client.Do(req)
}

// The transport closes the body when it has done with it.
type body struct{ *bytes.Buffer }

func (b body) Close() error { bound(b.Buffer); return nil }

func okClosed(client *http.Client, url string) (*http.Response, error) {
	b := bufs.Get().(*bytes.Buffer)
	b.Reset()
	var r io.ReadCloser = body{b}
	req, err := http.NewRequest(http.MethodPost, url, r) // ok
	if err != nil {
		return nil, err
	}
	return client.Do(req)
}

// A request that nobody sends.
func okUnsent(url string) (string, error) {
	b := bufs.Get().(*bytes.Buffer)
	b.Reset()
	defer bound(b)
	req, err := http.NewRequest(http.MethodPost, url, b) // ok
	if err != nil {
		return "", err
	}
	return req.Host, nil
}
