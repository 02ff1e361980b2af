package stock

import (
	"bytes"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"
)

// A log that a test may read while others write.
type log struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func TestAlarm(t *testing.T) {
	w := NewWarehouse(map[string]Article{"mug": {Left: 3}, "shirt": {Left: 200}})
	var out log
	a := StartAlarm(w, 10, time.Millisecond, slog.New(slog.NewTextHandler(&out, nil)))
	defer a.Close()
	for deadline := time.Now().Add(5 * time.Second); !strings.Contains(out.String(), "articles=[mug]"); {
		if time.Now().After(deadline) {
			t.Fatalf("no alarm in %q", out.String())
		}
		time.Sleep(time.Millisecond)
	}
}
