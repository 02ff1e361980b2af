// Package body has HTTP responses.
package body

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
)

func leakNever(url string) (int, error) {
	resp, err := http.Get(url) // want `the body of resp, from http.Get, is never closed`
	if err != nil {
		return 0, err
	}
	return resp.StatusCode, nil
}

func okDeferred(url string) (int, error) {
	resp, err := http.Get(url) // ok
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	return resp.StatusCode, nil
}

func leakOnStatus(c *http.Client, req *http.Request) error {
	resp, err := c.Do(req) // want `the body of resp, from Do, is not closed before line \d+ when err == nil and resp.StatusCode != http.StatusOK`
	if err != nil {
		return err
	}
	if resp.StatusCode != http.StatusOK {
		return errors.New(resp.Status)
	}
	defer resp.Body.Close()
	_, err = io.Copy(io.Discard, resp.Body)
	return err
}

func okOnStatus(c *http.Client, req *http.Request) error {
	resp, err := c.Do(req) // ok
	if err != nil {
		return err
	}
	if resp.StatusCode != http.StatusOK {
		resp.Body.Close()
		return errors.New(resp.Status)
	}
	_, err = io.Copy(io.Discard, resp.Body)
	resp.Body.Close()
	return err
}

func leakRead(url string) ([]byte, error) {
	resp, err := http.Get(url) // want `the body of resp, from http.Get, is never closed`
	if err != nil {
		return nil, err
	}
	return io.ReadAll(resp.Body)
}

func okBodyVariable(url string) ([]byte, error) {
	resp, err := http.Get(url) // ok
	if err != nil {
		return nil, err
	}
	body := resp.Body
	defer body.Close()
	return io.ReadAll(body)
}

func leakDecoded(url string, v any) error {
	resp, err := http.Get(url) // want `the body of resp, from http.Get, is never closed`
	if err != nil {
		return err
	}
	return json.NewDecoder(resp.Body).Decode(v)
}

func leakInLoop(c *http.Client, reqs []*http.Request) {
	for _, req := range reqs {
		resp, err := c.Do(req) // want `the body of resp, from Do, is not closed`
		if err != nil {
			continue
		}
		if resp.StatusCode == http.StatusNotFound {
			continue
		}
		resp.Body.Close()
	}
}

func okReturned(url string) (*http.Response, error) {
	return http.Get(url) // ok
}

func okReturnedLater(url string) (*http.Response, error) {
	resp, err := http.Get(url) // ok
	if err != nil {
		return nil, err
	}
	return resp, nil
}

func okBodyReturned(url string) (io.ReadCloser, error) {
	resp, err := http.Get(url) // ok
	if err != nil {
		return nil, err
	}
	return resp.Body, nil
}

func okHelper(url string) error {
	resp, err := http.Get(url) // ok
	if err != nil {
		return err
	}
	return check(resp)
}

func check(resp *http.Response) error {
	defer resp.Body.Close()
	return nil
}

func leakHelper(url string) error {
	resp, err := http.Get(url) // want `the body of resp, from http.Get, is never closed`
	if err != nil {
		return err
	}
	return status(resp)
}

func status(resp *http.Response) error {
	if resp.StatusCode != http.StatusOK {
		return errors.New(resp.Status)
	}
	return nil
}

func okDeferredClosure(url string) error {
	resp, err := http.Get(url) // ok
	if err != nil {
		return err
	}
	defer func() {
		io.Copy(io.Discard, resp.Body)
		resp.Body.Close()
	}()
	return nil
}

func okNilCheck(url string) {
	resp, _ := http.Get(url) // ok
	if resp != nil {
		resp.Body.Close()
	}
}

func okNilBody(url string) error {
	resp, err := http.Get(url) // ok
	if err != nil {
		return err
	}
	if resp.Body != nil {
		defer resp.Body.Close()
	}
	return nil
}

// The error check comes late, but it comes.
func okLateCheck(url string) error {
	resp, err := http.Get(url) // ok
	if err == nil {
		defer resp.Body.Close()
	}
	return err
}

type page struct{ body io.ReadCloser }

func okStored(p *page, url string) error {
	resp, err := http.Get(url) // ok
	if err != nil {
		return err
	}
	p.body = resp.Body
	return nil
}

func okRetry(c *http.Client, req *http.Request) (resp *http.Response, err error) {
	for range 3 {
		if resp, err = c.Do(req); err == nil { // ok
			return resp, nil
		}
	}
	return nil, err
}

func okGoroutine(url string) {
	resp, err := http.Get(url) // ok
	if err != nil {
		return
	}
	go func() {
		defer resp.Body.Close()
		io.Copy(io.Discard, resp.Body)
	}()
}

func okHead(url string) (int, error) {
	resp, err := http.Head(url) // ok
	if err != nil {
		return 0, err
	}
	return resp.StatusCode, nil
}

func okHeadRequest(c *http.Client, url string) (int, error) {
	req, err := http.NewRequest(http.MethodHead, url, nil)
	if err != nil {
		return 0, err
	}
	resp, err := c.Do(req) // ok
	if err != nil {
		return 0, err
	}
	return resp.StatusCode, nil
}

func leakGetRequest(c *http.Client, url string) (int, error) {
	req, err := http.NewRequest(http.MethodGet, url, nil)
	if err != nil {
		return 0, err
	}
	resp, err := c.Do(req) // want `the body of resp, from Do, is never closed`
	if err != nil {
		return 0, err
	}
	return resp.StatusCode, nil
}

func noError(err error) bool { return err == nil }

// As with testify's assertions.
func okAsserted(url string) {
	resp, err := http.Get(url) // ok
	if !noError(err) {
		return
	}
	resp.Body.Close()
}

// Some responses have no body.
func okNoContent(c *http.Client, req *http.Request) error {
	resp, err := c.Do(req) // ok
	if err != nil {
		return err
	}
	if resp.StatusCode == http.StatusNoContent {
		return nil
	}
	defer resp.Body.Close()
	_, err = io.Copy(io.Discard, resp.Body)
	return err
}
