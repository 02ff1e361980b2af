package stock

import (
	"log/slog"
	"slices"
	"time"
)

// An Alarm warns of articles that are running out.
type Alarm struct {
	warehouse *Warehouse
	below     int
	ticker    *time.Ticker
	log       *slog.Logger
}

// StartAlarm returns an Alarm that looks at the warehouse at every interval,
// until it is closed.
func StartAlarm(w *Warehouse, below int, interval time.Duration, log *slog.Logger) *Alarm {
	a := &Alarm{warehouse: w, below: below, ticker: time.NewTicker(interval), log: log}
	go a.run()
	return a
}

// Close ends the alarm.
func (a *Alarm) Close() { a.ticker.Stop() }

func (a *Alarm) run() {
	for range a.ticker.C {
		if low := a.warehouse.Low(a.below); len(low) > 0 {
			a.log.Warn("running out", "articles", low)
		}
	}
}

// Low returns the articles of which there are fewer left, sorted.
func (w *Warehouse) Low(below int) []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	var low []string
	for sku, a := range w.articles {
		if a.Left < below {
			low = append(low, sku)
		}
	}
	slices.Sort(low)
	return low
}
