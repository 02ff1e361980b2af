// Package order holds the rules of the shop: what an order is, how it is
// placed, cancelled and shipped, and who hears about it.
package order

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"time"
)

// What can be wrong with a request. Other errors are the service's own fault.
var (
	ErrInvalid    = errors.New("invalid order")
	ErrNotFound   = errors.New("order not found")
	ErrConflict   = errors.New("not possible any more")
	ErrOutOfStock = errors.New("out of stock")
	ErrDeclined   = errors.New("payment declined")
)

// A Status is a stage in the life of an order.
type Status string

// The stages. An order that is Cancelling has been promised back to the
// customer, but the money or the goods may still be under way.
const (
	Paid       Status = "paid"
	Shipped    Status = "shipped"
	Cancelling Status = "cancelling"
	Cancelled  Status = "cancelled"
)

// Final reports whether nothing happens to an order after s.
func (s Status) Final() bool { return s == Shipped || s == Cancelled }

// Cancellable reports whether an order in s may be cancelled. Cancelling is
// included so that a cancellation that failed half-way can be repeated.
func (s Status) Cancellable() bool { return s == Paid || s == Cancelling }

// A Line is a number of pieces of one article.
type Line struct {
	SKU      string `json:"sku"`
	Quantity int    `json:"quantity"`
}

// An Order is what a customer bought. Its lines never change.
type Order struct {
	ID         string    `json:"id"`
	Status     Status    `json:"status"`
	Lines      []Line    `json:"lines"`
	TotalCents int64     `json:"total_cents"`
	ChargeID   string    `json:"charge_id"`
	Callback   string    `json:"callback,omitempty"`
	CreatedAt  time.Time `json:"created_at"`
}

// A Request asks for an order.
type Request struct {
	Lines    []Line `json:"lines"`
	Card     string `json:"card"`
	Callback string `json:"callback,omitempty"` // is told of every change of status
}

func (r Request) validate() error {
	if len(r.Lines) == 0 {
		return fmt.Errorf("%w: no lines", ErrInvalid)
	}
	for i, l := range r.Lines {
		if l.SKU == "" || l.Quantity <= 0 {
			return fmt.Errorf("%w: line %d needs an sku and a positive quantity", ErrInvalid, i+1)
		}
	}
	if r.Card == "" {
		return fmt.Errorf("%w: no card", ErrInvalid)
	}
	if r.Callback != "" {
		u, err := url.Parse(r.Callback)
		if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
			return fmt.Errorf("%w: callback is not an http URL", ErrInvalid)
		}
	}
	return nil
}

// A Store keeps orders.
type Store interface {
	Create(ctx context.Context, o Order) error
	// Get and Update return ErrNotFound for an unknown order.
	Get(ctx context.Context, id string) (Order, error)
	// Update changes an order under the store's lock, unless change fails.
	Update(ctx context.Context, id string, change func(*Order) error) (Order, error)
	// List returns the orders in any of the given stages, or all, oldest first.
	List(ctx context.Context, in ...Status) ([]Order, error)
}

// A Stock sets goods aside for orders.
type Stock interface {
	// Reserve sets all lines aside, or none, and returns what they cost.
	Reserve(ctx context.Context, orderID string, lines []Line) (totalCents int64, err error)
	// Release may be repeated.
	Release(ctx context.Context, orderID string) error
}

// Payments moves money. Both calls are keyed by the order, so that repeating
// one, or refunding what was never charged, does no harm.
type Payments interface {
	Charge(ctx context.Context, orderID, card string, cents int64) (chargeID string, err error)
	Refund(ctx context.Context, orderID string) error
}
