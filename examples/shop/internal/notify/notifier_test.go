package notify_test

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"

	"example.com/shop/internal/notify"
	"example.com/shop/internal/order"
)

func TestPublish(t *testing.T) {
	var calls atomic.Int32
	got := make(chan string, 1)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if calls.Add(1) == 1 { // the notifier tries again
			http.Error(w, "not now", http.StatusServiceUnavailable)
			return
		}
		body, _ := io.ReadAll(r.Body)
		got <- string(body)
	}))
	defer srv.Close()

	n := notify.Start(t.Context(), srv.Client(), slog.New(slog.DiscardHandler))
	defer n.Close()
	n.Publish(order.Event{OrderID: "order-0", Status: order.Paid}) // nobody asked
	n.Publish(order.Event{OrderID: "order-1", Status: order.Paid, Callback: srv.URL})
	want := `{"order_id":"order-1","status":"paid"}`
	if body := <-got; body != want {
		t.Errorf("got %s, want %s", body, want)
	}
}
