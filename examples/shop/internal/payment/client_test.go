package payment_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"example.com/shop/internal/order"
	"example.com/shop/internal/payment"
)

func TestCharge(t *testing.T) {
	other := errors.New("any other error")
	tests := []struct {
		name    string
		handler http.HandlerFunc
		id      string
		want    error
	}{
		{"approved", answer(200, `{"id":"ch-1","approved":true}`), "ch-1", nil},
		{"declined", answer(200, `{"approved":false,"reason":"no money"}`), "", order.ErrDeclined},
		{"broken", answer(500, `{}`), "", other},
		{"nonsense", answer(200, `<html>`), "", other},
		{"slow", slow, "", context.DeadlineExceeded},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			srv := httptest.NewServer(tt.handler)
			defer srv.Close()
			timeout := 5 * time.Second
			if tt.want == context.DeadlineExceeded {
				timeout = 20 * time.Millisecond
			}
			c := payment.NewClient(srv.URL, http.DefaultTransport, timeout)
			id, err := c.Charge(t.Context(), "order-1", "4242", 1200)
			if id != tt.id || !(errors.Is(err, tt.want) || tt.want == other && err != nil) {
				t.Errorf("got %q and error %v, want %q and %v", id, err, tt.id, tt.want)
			}
		})
	}
}

func TestRefundKey(t *testing.T) {
	keys := make(chan string, 1)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		keys <- r.URL.Path + " " + r.Header.Get("Idempotency-Key")
	}))
	defer srv.Close()
	c := payment.NewClient(srv.URL, http.DefaultTransport, 5*time.Second)
	if err := c.Refund(t.Context(), "order-1"); err != nil {
		t.Fatal(err)
	}
	if got := <-keys; got != "/refunds order-1" {
		t.Errorf("got %q", got)
	}
}

func answer(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(status)
		io.WriteString(w, body)
	}
}

// slow answers nothing until the client gives up. The body has to be read
// for the server to notice.
func slow(w http.ResponseWriter, r *http.Request) {
	io.Copy(io.Discard, r.Body)
	<-r.Context().Done()
}
