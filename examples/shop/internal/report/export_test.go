package report_test

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"example.com/shop/internal/order"
	"example.com/shop/internal/report"
)

type orders struct {
	list []order.Order
	err  error
}

func (o orders) List(context.Context) ([]order.Order, error) { return o.list, o.err }

func export(t *testing.T, o orders) (string, error) {
	var out strings.Builder
	err := report.NewExporter(o, time.Second, slog.New(slog.DiscardHandler)).CSV(t.Context(), &out)
	return out.String(), err
}

func TestCSV(t *testing.T) {
	got, err := export(t, orders{list: []order.Order{
		{ID: "a", Status: order.Paid, TotalCents: 1200, CreatedAt: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)},
	}})
	want := "id,status,total_cents,created_at\na,paid,1200,2026-01-02T03:04:05Z\n"
	if got != want || err != nil {
		t.Errorf("got %q and error %v, want %q", got, err, want)
	}
}

func TestCSVFails(t *testing.T) {
	broken := errors.New("the store is closed")
	if got, err := export(t, orders{err: broken}); got != "" || !errors.Is(err, broken) {
		t.Errorf("got %q and error %v, want only %v", got, err, broken)
	}
}
