package httpapi

import (
	"context"
	"net/http"
)

// health turns bad as soon as the server shuts down, so that a load balancer
// sends no new requests while the running ones finish, and while the store
// does not answer.
func (a *API) health(w http.ResponseWriter, r *http.Request) {
	if a.ctx.Err() != nil {
		a.reply(w, http.StatusServiceUnavailable, map[string]string{"status": "shutting down"})
		return
	}
	if err := a.storeAnswers(r.Context()); err != nil {
		a.fail(w, r, err)
		return
	}
	a.reply(w, http.StatusOK, map[string]string{"status": "ok"})
}

// storeAnswers waits for the store, but no longer than a request may take.
func (a *API) storeAnswers(ctx context.Context) error {
	answer := make(chan error)
	go func() {
		_, err := a.orders.List(ctx)
		answer <- err
	}()
	select {
	case err := <-answer:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}
