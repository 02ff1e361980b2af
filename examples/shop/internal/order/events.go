package order

import (
	"context"
	"slices"
	"sync"
)

// An Event says that an order has reached a status.
type Event struct {
	OrderID  string `json:"order_id"`
	Status   Status `json:"status"`
	Callback string `json:"-"`
}

func eventOf(o Order) Event {
	return Event{OrderID: o.ID, Status: o.Status, Callback: o.Callback}
}

// A Publisher is told of events. Publish does not wait for anybody.
type Publisher interface {
	Publish(Event)
}

// Publishers tells each of them.
type Publishers []Publisher

// Publish implements [Publisher].
func (ps Publishers) Publish(e Event) {
	for _, p := range ps {
		p.Publish(e)
	}
}

// A Hub hands events to those who watch an order.
type Hub struct {
	mu       sync.Mutex
	watchers map[string][]*watcher // by order
}

type watcher struct {
	events chan Event
	forget func() bool // detaches the watcher from its context
}

// NewHub returns a Hub without watchers.
func NewHub() *Hub {
	return &Hub{watchers: make(map[string][]*watcher)}
}

// Watch returns the events of an order from now on. The channel is closed
// after the last event of the order, or when ctx is done.
func (h *Hub) Watch(ctx context.Context, orderID string) <-chan Event {
	// An order changes its status fewer times than this: Publish never has to
	// drop an event because somebody reads slowly.
	w := &watcher{events: make(chan Event, 8)}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.watchers[orderID] = append(h.watchers[orderID], w)
	w.forget = context.AfterFunc(ctx, func() { h.remove(orderID, w) })
	return w.events
}

// Publish implements [Publisher].
func (h *Hub) Publish(e Event) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, w := range h.watchers[e.OrderID] {
		select {
		case w.events <- e:
		default:
		}
		if e.Status.Final() {
			w.forget()
			close(w.events)
		}
	}
	if e.Status.Final() {
		delete(h.watchers, e.OrderID)
	}
}

// remove ends a stream, unless the last event has already done so.
func (h *Hub) remove(orderID string, w *watcher) {
	h.mu.Lock()
	defer h.mu.Unlock()
	i := slices.Index(h.watchers[orderID], w)
	if i < 0 {
		return
	}
	close(w.events)
	h.watchers[orderID] = slices.Delete(h.watchers[orderID], i, i+1)
	if len(h.watchers[orderID]) == 0 {
		delete(h.watchers, orderID)
	}
}
