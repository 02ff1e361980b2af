// Package requests sends HTTP requests without a context or a timeout.
package requests

import (
	"context"
	"net/http"
	"strings"
	"time"
)

func warnGet(ctx context.Context, url string) (*http.Response, error) {
	return http.Get(url) // want `the request does not carry ctx: when the caller gives up, it goes on; make it with http.NewRequestWithContext\(ctx, …\)`
}

func warnNew(ctx context.Context, client *http.Client, url string) (*http.Response, error) {
	req, err := http.NewRequest("GET", url, nil) // want `the request does not carry ctx`
	if err != nil {
		return nil, err
	}
	req.Header.Set("Accept", "text/plain")
	req.SetBasicAuth("a", "b")
	return client.Do(req)
}

func okContext(ctx context.Context, client *http.Client, url string) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, "GET", url, nil) // ok
	if err != nil {
		return nil, err
	}
	return client.Do(req)
}

func okLater(ctx context.Context, client *http.Client, url string) (*http.Response, error) {
	req, err := http.NewRequest("GET", url, nil) // ok
	if err != nil {
		return nil, err
	}
	return client.Do(req.WithContext(ctx))
}

// Others may add the context.
func okHandedOn(ctx context.Context, url string, send func(context.Context, *http.Request) error) error {
	req, err := http.NewRequest("GET", url, nil) // ok
	if err != nil {
		return err
	}
	return send(ctx, req)
}

func okNoContext(url string) (*http.Response, error) {
	return http.Get(url) // ok
}

func warnHandler(w http.ResponseWriter, r *http.Request) {
	http.Post("http://x/", "text/plain", strings.NewReader("")) // want `the request does not carry r.Context\(\)`
}

func warnGoroutine(url string) {
	go func() {
		http.Get(url) // want `nothing limits the time of this request: a server that does not answer holds this goroutine for ever; use an http.Client with a Timeout, or a context with one`
	}()
}

func okGoroutine(url string) {
	client := &http.Client{Timeout: time.Second}
	go func() {
		client.Get(url) // ok
	}()
}

func warnOwnClient(url string) {
	go func() {
		client := &http.Client{}
		client.Get(url) // want `nothing limits the time of this request`
	}()
}

func okOwnClient(url string) {
	go func() {
		client := &http.Client{Timeout: time.Second}
		client.Get(url) // ok
	}()
}

// Who made this client knows.
func okOtherClient(client *http.Client, url string) {
	go func() {
		client.Get(url) // ok
	}()
}

func warnDefaultClient(url string) {
	go func() {
		req, err := http.NewRequest("GET", url, nil) // want `nothing limits the time of this request`
		if err == nil {
			http.DefaultClient.Do(req)
		}
	}()
}

func okBounded(ctx context.Context, url string) {
	go func() {
		req, err := http.NewRequestWithContext(ctx, "GET", url, nil) // ok
		if err == nil {
			http.DefaultClient.Do(req)
		}
	}()
}

// The shape of prometheus's hetzner discovery: the parameter has no name.
func okUnnamed(context.Context) (*http.Response, error) {
	return http.Get("http://x/") // ok
}
