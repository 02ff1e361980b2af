// Package store keeps orders in memory.
package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync"

	"example.com/shop/internal/order"
)

// Memory is an [order.Store] that forgets everything when the process ends.
// Like a database, it refuses to work for a context that is done.
type Memory struct {
	mu     sync.RWMutex
	orders map[string]order.Order
}

// NewMemory returns an empty store.
func NewMemory() *Memory {
	return &Memory{orders: make(map[string]order.Order)}
}

// Create implements [order.Store].
func (m *Memory) Create(ctx context.Context, o order.Order) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("create order: %w", err)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.orders[o.ID] = o
	return nil
}

// Get implements [order.Store].
func (m *Memory) Get(ctx context.Context, id string) (order.Order, error) {
	if err := ctx.Err(); err != nil {
		return order.Order{}, fmt.Errorf("get order: %w", err)
	}
	m.mu.RLock()
	defer m.mu.RUnlock()
	o, ok := m.orders[id]
	if !ok {
		return order.Order{}, order.ErrNotFound
	}
	return o, nil
}

// Update implements [order.Store].
func (m *Memory) Update(ctx context.Context, id string, change func(*order.Order) error) (order.Order, error) {
	if err := ctx.Err(); err != nil {
		return order.Order{}, fmt.Errorf("update order: %w", err)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	o, ok := m.orders[id]
	if !ok {
		return order.Order{}, order.ErrNotFound
	}
	if err := change(&o); err != nil {
		return order.Order{}, err
	}
	m.orders[id] = o
	return o, nil
}

// List implements [order.Store].
func (m *Memory) List(ctx context.Context, in ...order.Status) ([]order.Order, error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("list orders: %w", err)
	}
	m.mu.RLock()
	defer m.mu.RUnlock()
	var found []order.Order
	for _, o := range m.orders {
		if len(in) == 0 || slices.Contains(in, o.Status) {
			found = append(found, o)
		}
	}
	slices.SortFunc(found, func(a, b order.Order) int {
		return cmp.Or(a.CreatedAt.Compare(b.CreatedAt), cmp.Compare(a.ID, b.ID))
	})
	return found, nil
}
