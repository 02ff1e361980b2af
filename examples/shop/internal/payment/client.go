// Package payment talks to the payment provider.
package payment

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"

	"example.com/shop/internal/order"
)

// maxAnswer is more than the provider ever sends.
const maxAnswer = 1 << 20

// A Client is the shop's side of the provider's API. It implements
// [order.Payments].
type Client struct {
	base    string
	http    http.Client
	timeout time.Duration
}

// NewClient returns a Client for the provider at base. Each call may take as
// long as timeout.
func NewClient(base string, transport http.RoundTripper, timeout time.Duration) *Client {
	return &Client{base: base, http: http.Client{Transport: transport}, timeout: timeout}
}

type chargeRequest struct {
	Order string `json:"order"`
	Card  string `json:"card"`
	Cents int64  `json:"cents"`
}

type authorization struct {
	ID       string `json:"id"`
	Approved bool   `json:"approved"`
	Reason   string `json:"reason,omitempty"`
}

// Charge takes the money for an order.
func (c *Client) Charge(ctx context.Context, orderID, card string, cents int64) (string, error) {
	// The provider answers or the time is up: there is nothing to cancel early.
	ctx, _ = context.WithTimeout(ctx, c.timeout)
	auth, err := c.authorize(ctx, chargeRequest{Order: orderID, Card: card, Cents: cents})
	if err != nil {
		return "", fmt.Errorf("charge order %s: %w", orderID, err)
	}
	if !auth.Approved {
		return "", fmt.Errorf("%w: %s", order.ErrDeclined, auth.Reason)
	}
	return auth.ID, nil
}

func (c *Client) authorize(ctx context.Context, req chargeRequest) (authorization, error) {
	var auth authorization
	err := c.post(ctx, "/charges", req.Order, req, &auth)
	return auth, err
}

// Refund gives the money for an order back.
func (c *Client) Refund(ctx context.Context, orderID string) error {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	return c.post(ctx, "/refunds", orderID, map[string]string{"order": orderID}, nil)
}

// post sends in and decodes the answer into out, if there is one. The key
// makes the provider treat repeated calls as one.
func (c *Client) post(ctx context.Context, path, key string, in, out any) error {
	body, err := json.Marshal(in)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.base+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Idempotency-Key", key)
	resp, err := c.http.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return fmt.Errorf("read answer of payment provider: %w", err)
	}
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("payment provider: %s", resp.Status)
	}
	if out == nil {
		return nil
	}
	if err := json.Unmarshal(answer, out); err != nil {
		return fmt.Errorf("decode answer of payment provider: %w", err)
	}
	return nil
}
