package shipping_test

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"example.com/shop/internal/shipping"
)

// orders fails the first time and remembers when it was asked.
type orders struct {
	start time.Time
	asked []time.Duration
}

func (o *orders) ShipPaid(context.Context) (int, error) {
	o.asked = append(o.asked, time.Since(o.start))
	if len(o.asked) == 1 {
		return 0, errors.New("the truck broke down")
	}
	return 1, nil
}

func TestRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
		defer cancel()
		o := &orders{start: time.Now()}
		shipping.NewWorker(o, 4*time.Minute, slog.New(slog.DiscardHandler)).Run(ctx)
		// Soon after the failure, and at every interval after a success.
		if want := []time.Duration{0, time.Minute, 5 * time.Minute, 9 * time.Minute}; !slices.Equal(o.asked, want) {
			t.Errorf("asked after %v, want %v", o.asked, want)
		}
	})
}
