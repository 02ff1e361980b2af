package order

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"
)

// A Service places, cancels and ships orders. All of its fields are required.
type Service struct {
	Store    Store
	Stock    Stock
	Payments Payments
	Events   Publisher
	Timeout  time.Duration // of one operation, with all the calls it makes
}

// Place sets the goods aside, charges the card and records the order.
func (s *Service) Place(ctx context.Context, req Request) (Order, error) {
	if err := req.validate(); err != nil {
		return Order{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, s.Timeout)
	defer cancel()

	o := Order{ID: rand.Text(), Status: Paid, Lines: req.Lines, Callback: req.Callback, CreatedAt: time.Now().UTC()}
	var err error
	if o.TotalCents, err = s.Stock.Reserve(ctx, o.ID, o.Lines); err != nil {
		return Order{}, err
	}
	if o.ChargeID, err = s.Payments.Charge(ctx, o.ID, req.Card, o.TotalCents); err != nil {
		return Order{}, s.undo(ctx, o.ID, err)
	}
	if err := s.Store.Create(ctx, o); err != nil {
		return Order{}, s.undo(ctx, o.ID, err)
	}
	s.Events.Publish(eventOf(o))
	return o, nil
}

// undo gives back what was taken for an order that could not be placed, and
// returns why. If that fails too, it is no longer the customer's mistake.
func (s *Service) undo(ctx context.Context, id string, cause error) error {
	ctx, cancel := detached(ctx, s.Timeout)
	defer cancel()
	if err := s.giveBack(ctx, id); err != nil {
		return fmt.Errorf("%w (after: %v)", err, cause)
	}
	return cause
}

// detached returns a context for work that must be done even though the
// caller has gone away or has run out of time.
func detached(ctx context.Context, timeout time.Duration) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), timeout)
}

// giveBack returns the money and then the goods of an order.
func (s *Service) giveBack(ctx context.Context, id string) error {
	if err := s.Payments.Refund(ctx, id); err != nil {
		return fmt.Errorf("refund order %s: %w", id, err)
	}
	if err := s.Stock.Release(ctx, id); err != nil {
		return fmt.Errorf("release goods of order %s: %w", id, err)
	}
	return nil
}

// Get returns an order.
func (s *Service) Get(ctx context.Context, id string) (Order, error) {
	return s.Store.Get(ctx, id)
}

// List returns all orders, oldest first.
func (s *Service) List(ctx context.Context) ([]Order, error) {
	return s.Store.List(ctx)
}

// ShipPaid ships every paid order and returns how many there were. Orders
// that a customer cancels meanwhile are left alone.
func (s *Service) ShipPaid(ctx context.Context) (int, error) {
	paid, err := s.Store.List(ctx, Paid)
	if err != nil {
		return 0, err
	}
	shipped := 0
	for _, o := range paid {
		o, err := s.Store.Update(ctx, o.ID, func(o *Order) error {
			if o.Status != Paid {
				return ErrConflict
			}
			o.Status = Shipped
			return nil
		})
		if errors.Is(err, ErrConflict) {
			continue
		}
		if err != nil {
			return shipped, err
		}
		shipped++
		s.Events.Publish(eventOf(o))
	}
	return shipped, nil
}
