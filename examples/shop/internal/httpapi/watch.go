package httpapi

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"

	"example.com/shop/internal/order"
)

// watch streams what happens to an order, as server-sent events.
func (a *API) watch(w http.ResponseWriter, r *http.Request) {
	id := r.PathValue("id")

	// A graceful shutdown waits for requests and does not end them, so the
	// stream has a context of its own under the server's.
	ctx, cancel := context.WithCancel(a.ctx)
	_ = cancel // the hub closes the stream after the last event

	// Watch first and look then: nothing that happens in between is missed.
	events := a.hub.Watch(ctx, id)
	o, err := a.orders.Get(r.Context(), id)
	if err != nil {
		a.fail(w, r, err)
		return
	}

	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	if err := send(w, order.Event{OrderID: id, Status: o.Status}); err != nil || o.Status.Final() {
		return
	}
	for {
		select {
		case <-r.Context().Done():
			return
		case e, ok := <-events:
			if !ok {
				return
			}
			if err := send(w, e); err != nil {
				return
			}
		}
	}
}

// send writes one event and does not let it wait in a buffer.
func send(w http.ResponseWriter, e order.Event) error {
	data, err := json.Marshal(e)
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintf(w, "event: status\ndata: %s\n\n", data); err != nil {
		return err
	}
	return http.NewResponseController(w).Flush()
}
