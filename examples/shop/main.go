// Command shop is a small order service. It keeps orders in memory, charges
// them with a payment provider, ships them in the background and tells
// whoever asked about it.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"example.com/shop/internal/httpapi"
	"example.com/shop/internal/notify"
	"example.com/shop/internal/order"
	"example.com/shop/internal/payment"
	"example.com/shop/internal/report"
	"example.com/shop/internal/shipping"
	"example.com/shop/internal/stock"
	"example.com/shop/internal/store"
)

// What is running out, and how often to look.
const (
	runningOut = 10 // fewer left
	alarmEvery = time.Minute
)

// shutdownGrace is how long running requests may take to finish.
const shutdownGrace = 10 * time.Second

type config struct {
	addr      string
	payments  string
	timeout   time.Duration
	shipEvery time.Duration
}

func main() {
	log := slog.New(slog.NewTextHandler(os.Stderr, nil))
	if err := run(context.Background(), os.Args[1:], log); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			os.Exit(2) // the flag package has already printed the usage
		}
		log.Error("shop failed", "err", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, log *slog.Logger) error {
	var cfg config
	flags := flag.NewFlagSet("shop", flag.ContinueOnError)
	flags.StringVar(&cfg.addr, "addr", "127.0.0.1:8080", "listen on this `address`")
	flags.StringVar(&cfg.payments, "payments", "", "`URL` of the payment provider (default: a built-in sandbox)")
	flags.DurationVar(&cfg.timeout, "timeout", 5*time.Second, "time limit of one request")
	flags.DurationVar(&cfg.shipEvery, "ship-every", 5*time.Second, "how often paid orders are shipped")
	if err := flags.Parse(args); err != nil {
		return err
	}

	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()

	ln, err := net.Listen("tcp", cfg.addr)
	if err != nil {
		return err
	}
	return serve(ctx, ln, cfg, log)
}

// serve answers requests on ln until ctx is done or the server fails. When it
// returns, nothing that it started is running any more.
func serve(ctx context.Context, ln net.Listener, cfg config, log *slog.Logger) error {
	ctx, cancel := context.WithCancel(ctx)
	var background sync.WaitGroup
	defer background.Wait() // runs after cancel: without it the workers would never end
	defer cancel()

	hub := order.NewHub()
	notifier := notify.Start(ctx, http.DefaultClient, log)
	defer notifier.Close()

	warehouse := stock.NewWarehouse(stock.Assortment())
	alarm := stock.StartAlarm(warehouse, runningOut, alarmEvery, log)
	defer alarm.Close()

	orders := &order.Service{
		Store:    store.NewMemory(),
		Stock:    warehouse,
		Payments: newPayments(cfg),
		Events:   order.Publishers{hub, notifier},
		Timeout:  cfg.timeout,
	}
	shipper := shipping.NewWorker(orders, cfg.shipEvery, log)
	background.Go(func() { shipper.Run(ctx) })

	api := httpapi.New(ctx, orders, hub, report.NewExporter(orders, cfg.timeout, log), cfg.timeout, log)
	srv := &http.Server{
		Handler: api.Handler(),
		// There is no WriteTimeout because event streams stay open.
		ReadHeaderTimeout: 5 * time.Second,
	}
	failed := make(chan error, 1)
	go func() { failed <- srv.Serve(ln) }()
	log.Info("listening", "url", "http://"+ln.Addr().String())

	select {
	case err := <-failed:
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
	log.Info("shutting down")
	grace, cancelGrace := context.WithTimeout(context.WithoutCancel(ctx), shutdownGrace)
	defer cancelGrace()
	if err := srv.Shutdown(grace); err != nil {
		return fmt.Errorf("shut down: %w", err)
	}
	return nil
}

func newPayments(cfg config) *payment.Client {
	if cfg.payments == "" {
		return payment.NewClient("http://payments.invalid", payment.Sandbox{}, cfg.timeout)
	}
	return payment.NewClient(cfg.payments, http.DefaultTransport, cfg.timeout)
}
