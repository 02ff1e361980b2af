// Package report tells the accountants what was sold.
package report

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"log/slog"
	"strconv"
	"time"

	"example.com/shop/internal/order"
)

// Orders is where the figures come from.
type Orders interface {
	List(ctx context.Context) ([]order.Order, error)
}

// An Exporter writes reports.
type Exporter struct {
	orders  Orders
	timeout time.Duration
	log     *slog.Logger
}

// NewExporter returns an Exporter whose reports may take as long as timeout.
func NewExporter(orders Orders, timeout time.Duration, log *slog.Logger) *Exporter {
	return &Exporter{orders: orders, timeout: timeout, log: log}
}

// CSV writes one line for each order, after a header.
func (e *Exporter) CSV(ctx context.Context, w io.Writer) error {
	ctx, cancel := context.WithTimeout(ctx, e.timeout)
	start, rows := time.Now(), 0
	finish := func() {
		cancel()
		e.log.Info("exported", "rows", rows, "took", time.Since(start))
	}

	orders, err := e.orders.List(ctx)
	if err != nil {
		return fmt.Errorf("export orders: %w", err)
	}
	defer finish()

	out := csv.NewWriter(w)
	if err := out.Write([]string{"id", "status", "total_cents", "created_at"}); err != nil {
		return fmt.Errorf("export orders: %w", err)
	}
	for _, o := range orders {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("export orders: %w", err)
		}
		if err := out.Write(record(o)); err != nil {
			return fmt.Errorf("export orders: %w", err)
		}
		rows++
	}
	out.Flush()
	return out.Error()
}

func record(o order.Order) []string {
	return []string{
		o.ID,
		string(o.Status),
		strconv.FormatInt(o.TotalCents, 10),
		o.CreatedAt.Format(time.RFC3339),
	}
}
