package httpapi_test

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"example.com/shop/internal/httpapi"
	"example.com/shop/internal/order"
	"example.com/shop/internal/payment"
	"example.com/shop/internal/report"
	"example.com/shop/internal/stock"
	"example.com/shop/internal/store"
)

const oneMug = `{"lines":[{"sku":"mug","quantity":1}],"card":"4242"}`

// newServer returns the address of a shop and its service. The shop shuts
// down with ctx.
func newServer(ctx context.Context, t *testing.T) (string, *order.Service) {
	hub := order.NewHub()
	log := slog.New(slog.DiscardHandler)
	orders := &order.Service{
		Store:    store.NewMemory(),
		Stock:    stock.NewWarehouse(stock.Assortment()),
		Payments: payment.NewClient("http://payments.invalid", payment.Sandbox{}, time.Second),
		Events:   hub,
		Timeout:  time.Second,
	}
	api := httpapi.New(ctx, orders, hub, report.NewExporter(orders, time.Second, log), time.Second, log)
	srv := httptest.NewServer(api.Handler())
	t.Cleanup(srv.Close)
	return srv.URL, orders
}

func call(t *testing.T, method, url, body string) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(answer)
}

func place(t *testing.T, base string) string {
	t.Helper()
	status, body := call(t, "POST", base+"/orders", oneMug)
	var o order.Order
	if err := json.Unmarshal([]byte(body), &o); err != nil || status != http.StatusCreated {
		t.Fatalf("got %d %s", status, body)
	}
	return o.ID
}

func TestStatus(t *testing.T) {
	base, _ := newServer(t.Context(), t)
	id := place(t, base)
	tests := []struct {
		method, path, body string
		status             int
		contains           string
	}{
		{"GET", "/healthz", "", 200, `"ok"`},
		{"GET", "/orders/" + id, "", 200, `"paid"`},
		{"GET", "/orders/nothing", "", 404, "not found"},
		{"GET", "/orders/nothing/events", "", 404, "not found"},
		{"POST", "/orders", "{", 400, "invalid order"},
		{"POST", "/orders", `{"coupon":"free"}`, 400, "unknown field"},
		{"POST", "/orders", strings.Replace(oneMug, "4242", "declined", 1), 402, "declined"},
		{"POST", "/orders", strings.Replace(oneMug, ":1}", ":9999}", 1), 409, "out of stock"},
		{"GET", "/reports/orders.csv", "", 200, id + ",paid,1200,"},
		{"POST", "/orders/" + id + "/cancel", "", 200, `"cancelled"`},
		{"POST", "/orders/" + id + "/cancel", "", 409, "not possible any more"},
	}
	for _, tt := range tests {
		status, body := call(t, tt.method, base+tt.path, tt.body)
		if status != tt.status || !strings.Contains(body, tt.contains) {
			t.Errorf("%s %s: got %d %s, want %d and %q", tt.method, tt.path, status, body, tt.status, tt.contains)
		}
	}
}

func TestWatch(t *testing.T) {
	base, orders := newServer(t.Context(), t)
	id := place(t, base)
	resp, err := http.Get(base + "/orders/" + id + "/events")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if _, err := orders.Cancel(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	stream, err := io.ReadAll(resp.Body) // ends with the order
	if err != nil {
		t.Fatal(err)
	}
	if first, last := strings.Index(string(stream), `"paid"`), strings.Index(string(stream), `"cancelled"`); first < 0 || last < first {
		t.Errorf("got stream %q, want paid and then cancelled", stream)
	}
}

func TestShutdown(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	base, _ := newServer(ctx, t)
	cancel()
	if status, body := call(t, "GET", base+"/healthz", ""); status != http.StatusServiceUnavailable {
		t.Errorf("got %d %s, want %d", status, body, http.StatusServiceUnavailable)
	}
}
