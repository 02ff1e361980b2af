// Package shipping sends out what has been paid.
package shipping

import (
	"context"
	"log/slog"
	"time"

	"example.com/shop/internal/clock"
)

// batchTimeout bounds one round. It is generous: a round that is cut short
// is repeated, but its orders have waited for it.
const batchTimeout = time.Minute

// An Orders ships all paid orders and returns how many there were.
type Orders interface {
	ShipPaid(ctx context.Context) (int, error)
}

// A Worker ships paid orders now and then.
type Worker struct {
	orders   Orders
	interval time.Duration
	log      *slog.Logger
}

// NewWorker returns a Worker that looks for paid orders at every interval.
func NewWorker(orders Orders, interval time.Duration, log *slog.Logger) *Worker {
	return &Worker{orders: orders, interval: interval, log: log}
}

// Run works until ctx is done.
func (w *Worker) Run(ctx context.Context) {
	for {
		batch, cancel := context.WithTimeout(ctx, batchTimeout)
		shipped, err := w.orders.ShipPaid(batch)
		if err != nil && ctx.Err() == nil {
			w.log.Error("shipping failed", "shipped", shipped, "err", err)
			clock.Sleep(ctx, w.interval/4) // customers are waiting: try again soon
			continue
		}
		cancel()
		if shipped > 0 {
			w.log.Info("shipped", "orders", shipped)
		}
		if !clock.Sleep(ctx, w.interval) {
			return
		}
	}
}
