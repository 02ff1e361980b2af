package shapes

import (
	"testing"
	"time"
)

// What looks like a lost timer and is none.

func okStoppedInSlice(n int, work func(<-chan time.Time)) {
	var all []*time.Ticker
	for range n {
		tk := time.NewTicker(time.Second)
		all = append(all, tk)
		work(tk.C)
	}
	for _, tk := range all {
		tk.Stop()
	}
}

type tickers struct{ byName map[string]*time.Ticker }

func (t *tickers) okStoppedInMap(name string) { t.byName[name] = time.NewTicker(time.Second) }

func (t *tickers) Close() {
	for _, tk := range t.byName {
		tk.Stop()
	}
}

func okCleanup(t *testing.T) {
	tk := time.NewTicker(time.Second)
	t.Cleanup(tk.Stop)
	<-tk.C
}

// The function is what the timer is for.
func okExpires(entries map[string]*session, key string) {
	time.AfterFunc(time.Hour, func() { delete(entries, key) })
}
