// Package stopdropped drops the stop functions of context.AfterFunc.
package stopdropped

import (
	"context"
	"net"
	"net/http"
)

type server struct{ ctx context.Context }

func serve(c net.Conn) {}

func errorAccept(ctx context.Context, conns <-chan net.Conn) {
	for conn := range conns {
		context.AfterFunc(ctx, func() { conn.Close() }) // want `every round registers one more function with a context that lives on, and the stop function that context.AfterFunc returns is dropped: what they refer to is kept until that context ends; call stop when the work is done`
		serve(conn)
	}
}

func okStopped(ctx context.Context, conns <-chan net.Conn) {
	for conn := range conns {
		stop := context.AfterFunc(ctx, func() { conn.Close() }) // ok
		serve(conn)
		stop()
	}
}

func (s *server) errorField(l net.Listener) {
	for {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		_ = context.AfterFunc(s.ctx, func() { conn.Close() }) // want `every round registers one more function`
		serve(conn)
	}
}

func okOwnContext(ctx context.Context, conns <-chan net.Conn) {
	for conn := range conns {
		child, cancel := context.WithCancel(ctx)
		context.AfterFunc(child, func() { conn.Close() }) // ok
		serve(conn)
		cancel()
	}
}

// One for each connection that there is.
func possibleCollection(ctx context.Context, conns []net.Conn) {
	for _, conn := range conns {
		context.AfterFunc(ctx, func() { conn.Close() }) // want `every round registers one more function`
	}
}

func okOnce(ctx context.Context, conn net.Conn) {
	context.AfterFunc(ctx, func() { conn.Close() }) // ok
	serve(conn)
}

func (s *server) errorHandler(w http.ResponseWriter, r *http.Request) {
	context.AfterFunc(s.ctx, func() { w.WriteHeader(http.StatusServiceUnavailable) }) // want `every request registers one more function`
}

func (s *server) okRequestContext(w http.ResponseWriter, r *http.Request) {
	context.AfterFunc(r.Context(), func() { r.Body.Close() }) // ok
}
