package order

import (
	"context"
	"fmt"
)

// Cancel takes an order back that has not been shipped. If it fails half-way
// the order is left Cancelling, and Cancel may be called again.
func (s *Service) Cancel(ctx context.Context, id string) (Order, error) {
	ctx, cancel := context.WithTimeout(ctx, s.Timeout)

	o, err := s.Store.Get(ctx, id)
	if err != nil {
		cancel()
		return Order{}, err
	}
	if !o.Status.Cancellable() {
		return Order{}, fmt.Errorf("cancel order %s: %w: it is %s", id, ErrConflict, o.Status)
	}

	o, err = s.takeBack(ctx, id)
	cancel() // publishing is not part of the deadline
	if err != nil {
		return Order{}, err
	}
	s.Events.Publish(eventOf(o))
	return o, nil
}

// takeBack claims the order before it moves any money, so that it cannot be
// shipped and refunded at the same time.
func (s *Service) takeBack(ctx context.Context, id string) (Order, error) {
	_, err := s.Store.Update(ctx, id, func(o *Order) error {
		if !o.Status.Cancellable() {
			return fmt.Errorf("cancel order %s: %w: it is %s", id, ErrConflict, o.Status)
		}
		o.Status = Cancelling
		return nil
	})
	if err != nil {
		return Order{}, err
	}
	if err := s.giveBack(ctx, id); err != nil {
		return Order{}, err
	}
	return s.Store.Update(ctx, id, func(o *Order) error {
		o.Status = Cancelled
		return nil
	})
}
