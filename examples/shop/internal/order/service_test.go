package order_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"example.com/shop/internal/order"
	"example.com/shop/internal/payment"
	"example.com/shop/internal/stock"
	"example.com/shop/internal/store"
)

var twoMugs = order.Request{Lines: []order.Line{{SKU: "mug", Quantity: 2}}, Card: "4242"}

// newService returns a service with two mugs in stock.
func newService(hub *order.Hub) *order.Service {
	return &order.Service{
		Store:    store.NewMemory(),
		Stock:    stock.NewWarehouse(map[string]stock.Article{"mug": {Cents: 1200, Left: 2}}),
		Payments: payment.NewClient("http://payments.invalid", payment.Sandbox{}, time.Second),
		Events:   order.Publishers{hub},
		Timeout:  time.Second,
	}
}

func TestPlace(t *testing.T) {
	declined := twoMugs
	declined.Card = "declined"
	steps := []struct {
		name string
		req  order.Request
		want error
	}{
		{"empty", order.Request{Card: "4242"}, order.ErrInvalid},
		{"unknown article", order.Request{Lines: []order.Line{{SKU: "cup", Quantity: 1}}, Card: "4242"}, order.ErrInvalid},
		{"too many", order.Request{Lines: []order.Line{{SKU: "mug", Quantity: 1}, {SKU: "mug", Quantity: 2}}, Card: "4242"}, order.ErrOutOfStock},
		{"declined", declined, order.ErrDeclined},
		{"good", twoMugs, nil}, // whatever failed before has given its goods back
		{"sold out", twoMugs, order.ErrOutOfStock},
	}
	s := newService(order.NewHub())
	for _, step := range steps {
		if _, err := s.Place(t.Context(), step.req); !errors.Is(err, step.want) {
			t.Errorf("%s: got error %v, want %v", step.name, err, step.want)
		}
	}
}

func TestCancel(t *testing.T) {
	s := newService(order.NewHub())
	if _, err := s.Cancel(t.Context(), "nothing"); !errors.Is(err, order.ErrNotFound) {
		t.Errorf("unknown order: got error %v, want %v", err, order.ErrNotFound)
	}
	o, err := s.Place(t.Context(), twoMugs)
	if err != nil {
		t.Fatal(err)
	}
	if o, err = s.Cancel(t.Context(), o.ID); err != nil || o.Status != order.Cancelled {
		t.Fatalf("got status %s and error %v, want %s", o.Status, err, order.Cancelled)
	}
	if _, err := s.Cancel(t.Context(), o.ID); !errors.Is(err, order.ErrConflict) {
		t.Errorf("cancelled order: got error %v, want %v", err, order.ErrConflict)
	}
	if _, err := s.Place(t.Context(), twoMugs); err != nil {
		t.Errorf("the goods did not come back: %v", err)
	}
}

func TestWatch(t *testing.T) {
	hub := order.NewHub()
	s := newService(hub)
	o, err := s.Place(t.Context(), twoMugs)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	impatient, patient := hub.Watch(ctx, o.ID), hub.Watch(t.Context(), o.ID)
	cancel()
	if e, ok := <-impatient; ok {
		t.Errorf("got %v after the context had ended", e)
	}
	if n, err := s.ShipPaid(t.Context()); n != 1 || err != nil {
		t.Fatalf("shipped %d orders with error %v, want 1", n, err)
	}
	if e := <-patient; e.Status != order.Shipped {
		t.Errorf("got %v, want status %s", e, order.Shipped)
	}
	if e, ok := <-patient; ok {
		t.Errorf("got %v after the last event", e)
	}
}
