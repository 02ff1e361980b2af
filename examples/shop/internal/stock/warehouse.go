// Package stock knows what is in the warehouse and what it costs.
package stock

import (
	"context"
	"fmt"
	"maps"
	"sync"

	"example.com/shop/internal/order"
)

// An Article is something that the shop sells.
type Article struct {
	Cents int64
	Left  int
}

// Assortment returns what the shop sells on its first day.
func Assortment() map[string]Article {
	return map[string]Article{
		"mug":    {Cents: 1200, Left: 500},
		"shirt":  {Cents: 2500, Left: 200},
		"poster": {Cents: 900, Left: 50},
	}
}

// A Warehouse is an [order.Stock].
type Warehouse struct {
	mu       sync.Mutex
	articles map[string]Article
	reserved map[string][]order.Line // by order; shipped ones stay, as a ledger
}

// NewWarehouse returns a Warehouse with the given articles by SKU.
func NewWarehouse(articles map[string]Article) *Warehouse {
	return &Warehouse{articles: maps.Clone(articles), reserved: make(map[string][]order.Line)}
}

// Reserve implements [order.Stock].
func (w *Warehouse) Reserve(ctx context.Context, orderID string, lines []order.Line) (int64, error) {
	if err := ctx.Err(); err != nil {
		return 0, fmt.Errorf("reserve goods: %w", err)
	}
	w.mu.Lock()
	defer w.mu.Unlock()

	// The lines are taken from a copy, which is dropped if one of them fails:
	// two lines may ask for the same article.
	articles := maps.Clone(w.articles)
	var total int64
	for _, l := range lines {
		a, ok := articles[l.SKU]
		if !ok {
			return 0, fmt.Errorf("%w: no article %q", order.ErrInvalid, l.SKU)
		}
		if a.Left < l.Quantity {
			return 0, fmt.Errorf("%w: %d of %q left", order.ErrOutOfStock, a.Left, l.SKU)
		}
		a.Left -= l.Quantity
		articles[l.SKU] = a
		total += a.Cents * int64(l.Quantity)
	}
	w.articles = articles
	w.reserved[orderID] = lines
	return total, nil
}

// Release implements [order.Stock].
func (w *Warehouse) Release(ctx context.Context, orderID string) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("release goods: %w", err)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, l := range w.reserved[orderID] {
		a := w.articles[l.SKU]
		a.Left += l.Quantity
		w.articles[l.SKU] = a
	}
	delete(w.reserved, orderID)
	return nil
}
