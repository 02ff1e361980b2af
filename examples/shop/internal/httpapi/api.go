// Package httpapi serves the shop over HTTP.
package httpapi

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"example.com/shop/internal/order"
	"example.com/shop/internal/report"
)

// maxBody is the largest order that is accepted, in bytes.
const maxBody = 64 << 10

// An API is the shop's HTTP interface.
type API struct {
	ctx     context.Context // done when the server begins to shut down
	orders  *order.Service
	hub     *order.Hub
	reports *report.Exporter
	timeout time.Duration
	log     *slog.Logger
}

// New returns an API whose streams end with ctx and whose other requests may
// take as long as timeout.
func New(ctx context.Context, orders *order.Service, hub *order.Hub, reports *report.Exporter, timeout time.Duration, log *slog.Logger) *API {
	return &API{ctx: ctx, orders: orders, hub: hub, reports: reports, timeout: timeout, log: log}
}

// Handler returns the routes.
func (a *API) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("POST /orders", a.limited(a.place))
	mux.Handle("GET /orders/{id}", a.limited(a.get))
	mux.Handle("POST /orders/{id}/cancel", a.limited(a.cancel))
	mux.HandleFunc("GET /orders/{id}/events", a.watch) // stays open
	mux.Handle("GET /reports/orders.csv", a.limited(a.export))
	mux.Handle("GET /healthz", a.limited(a.health))
	return mux
}

// limited gives each request to h a deadline.
func (a *API) limited(h http.HandlerFunc) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), a.timeout)
		defer cancel()
		h(w, r.WithContext(ctx))
	})
}

func (a *API) place(w http.ResponseWriter, r *http.Request) {
	var req order.Request
	dec := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBody))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&req); err != nil {
		a.fail(w, r, fmt.Errorf("%w: %w", order.ErrInvalid, err))
		return
	}
	o, err := a.orders.Place(r.Context(), req)
	if err != nil {
		a.fail(w, r, err)
		return
	}
	w.Header().Set("Location", "/orders/"+o.ID)
	a.reply(w, http.StatusCreated, o)
}

func (a *API) get(w http.ResponseWriter, r *http.Request) {
	o, err := a.orders.Get(r.Context(), orderID(r))
	if err != nil {
		a.fail(w, r, err)
		return
	}
	a.reply(w, http.StatusOK, o)
}

func (a *API) cancel(w http.ResponseWriter, r *http.Request) {
	o, err := a.orders.Cancel(r.Context(), orderID(r))
	if err != nil {
		a.fail(w, r, err)
		return
	}
	a.reply(w, http.StatusOK, o)
}

func (a *API) export(w http.ResponseWriter, r *http.Request) {
	var buf bytes.Buffer // so that a failure can still be answered as one
	if err := a.reports.CSV(r.Context(), &buf); err != nil {
		a.fail(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	if _, err := buf.WriteTo(w); err != nil {
		a.log.Warn("reply failed", "err", err)
	}
}

func (a *API) reply(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	if err := json.NewEncoder(w).Encode(v); err != nil {
		a.log.Warn("reply failed", "err", err) // the client has gone away
	}
}

// fail tells the client what is wrong with its request, and only the log what
// is wrong with the service.
func (a *API) fail(w http.ResponseWriter, r *http.Request, err error) {
	status, message := http.StatusInternalServerError, "internal error"
	switch {
	case errors.Is(err, order.ErrInvalid):
		status, message = http.StatusBadRequest, err.Error()
	case errors.Is(err, order.ErrNotFound):
		status, message = http.StatusNotFound, err.Error()
	case errors.Is(err, order.ErrConflict), errors.Is(err, order.ErrOutOfStock):
		status, message = http.StatusConflict, err.Error()
	case errors.Is(err, order.ErrDeclined):
		status, message = http.StatusPaymentRequired, err.Error()
	case errors.Is(err, context.DeadlineExceeded):
		status, message = http.StatusGatewayTimeout, "out of time"
	}
	if status >= 500 {
		a.log.Error("request failed", "method", r.Method, "path", r.URL.Path, "err", err)
	}
	a.reply(w, status, map[string]string{"error": message})
}
