package main

import (
	"bufio"
	"context"
	"encoding/json"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestServe(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	served := make(chan error, 1)
	go func() {
		served <- serve(ctx, ln, config{timeout: 5 * time.Second, shipEvery: time.Hour}, slog.New(slog.DiscardHandler))
	}()

	base := "http://" + ln.Addr().String()
	resp, err := http.Post(base+"/orders", "application/json", strings.NewReader(`{"lines":[{"sku":"mug","quantity":2}],"card":"4242"}`))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var placed struct {
		ID    string `json:"id"`
		Total int    `json:"total_cents"`
	}
	if err := json.NewDecoder(resp.Body).Decode(&placed); err != nil {
		t.Fatal(err)
	}
	if placed.Total != 2400 {
		t.Errorf("two mugs cost %d cents, want 2400", placed.Total)
	}

	// An open stream must not hold up the shutdown.
	stream, err := http.Get(base + "/orders/" + placed.ID + "/events")
	if err != nil {
		t.Fatal(err)
	}
	defer stream.Body.Close()
	lines := bufio.NewScanner(stream.Body)
	if !lines.Scan() || lines.Text() != "event: status" {
		t.Fatalf("stream begins with %q, want an event", lines.Text())
	}
	cancel()
	for lines.Scan() {
	}
	select {
	case err := <-served:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(5 * time.Second):
		t.Fatal("the server did not shut down")
	}
}
