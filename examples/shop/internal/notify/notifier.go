// Package notify calls the webhooks that customers gave with their orders.
package notify

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"example.com/shop/internal/clock"
	"example.com/shop/internal/order"
)

const (
	workers  = 2
	backlog  = 256
	attempts = 3
	backoff  = 200 * time.Millisecond
	timeout  = 3 * time.Second // of one attempt
)

// A Notifier delivers events in the background. It implements
// [order.Publisher].
type Notifier struct {
	client  *http.Client
	log     *slog.Logger
	queue   chan order.Event
	cancel  context.CancelFunc
	workers sync.WaitGroup
}

// Start returns a Notifier that works until it is closed or ctx is done.
func Start(ctx context.Context, client *http.Client, log *slog.Logger) *Notifier {
	ctx, cancel := context.WithCancel(ctx)
	n := &Notifier{
		client: client,
		log:    log,
		queue:  make(chan order.Event, backlog),
		cancel: cancel,
	}
	for range workers {
		n.workers.Go(func() { n.work(ctx) })
	}
	return n
}

// Close gives up what has not been delivered (a receiver can always ask for
// the order) and waits for the workers.
func (n *Notifier) Close() {
	n.cancel()
	n.workers.Wait()
}

// Publish implements [order.Publisher]. Placing an order must not wait for a
// slow receiver, so an event is dropped when too many are waiting.
func (n *Notifier) Publish(e order.Event) {
	if e.Callback == "" {
		return
	}
	select {
	case n.queue <- e:
	default:
		n.log.Warn("webhook dropped", "order", e.OrderID, "status", e.Status)
	}
}

func (n *Notifier) work(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case e := <-n.queue:
			if err := n.deliver(ctx, e); err != nil {
				n.log.Warn("webhook failed", "order", e.OrderID, "status", e.Status, "err", err)
			}
		}
	}
}

// deliver tries a few times, waiting longer each time.
func (n *Notifier) deliver(ctx context.Context, e order.Event) error {
	body, err := encode(e)
	if err != nil {
		return err
	}
	wait := backoff
	for i := 1; ; i++ {
		err := n.attempt(ctx, e.Callback, body)
		if err == nil || i == attempts || !clock.Sleep(ctx, wait) {
			return err
		}
		wait *= 2
	}
}

var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// encode returns an event as JSON, without the line break that an Encoder adds.
func encode(e order.Event) ([]byte, error) {
	buf := buffers.Get().(*bytes.Buffer)
	defer buffers.Put(buf)
	buf.Reset()
	if err := json.NewEncoder(buf).Encode(e); err != nil {
		return nil, err
	}
	return bytes.TrimSpace(buf.Bytes()), nil
}

func (n *Notifier) attempt(ctx context.Context, url string, body []byte) error {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := n.client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode >= 300 {
		return fmt.Errorf("receiver answered %s", resp.Status)
	}
	return nil
}
