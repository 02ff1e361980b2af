package perfmark

import (
	"context"
	"runtime/pprof"
)

// LabelKey is the key of the label that profiles carry for all that runs on
// behalf of a handler, in goroutines that it starts too. Its value is the
// function of the handler's site. CPU, goroutine and goroutine leak profiles
// have labels; heap, block and mutex profiles have none.
const LabelKey = "handler"

// A label is a context that carries the label of a handler, made once.
type label struct{ ctx context.Context }

func newLabel(s *Site) *label {
	return &label{pprof.WithLabels(context.Background(), pprof.Labels(LabelKey, s.Func))}
}

// A HandlerSpan is a request that a handler works on.
type HandlerSpan struct {
	span   Span
	caller context.Context // whose labels are restored
}

// EnterHandler counts and times a request and labels its goroutine. The
// context is the request's: when the request is done, the goroutine gets the
// labels of that context back.
//
//	defer perfmark.EnterHandler(&site, r.Context()).Exit()
//
// It must be deferred, because labels must not stay on a goroutine that
// recovers from a panic. It allocates only if the context carries labels,
// which it then adds its own to. Without a context, or before the site is
// registered, it does not label.
func EnterHandler(s *Site, ctx context.Context) HandlerSpan {
	if s.label == nil || ctx == nil {
		return HandlerSpan{span: Enter(s)}
	}
	h := HandlerSpan{Enter(s), ctx}
	labelled := s.label.ctx
	if carriesLabels(ctx) {
		labelled = pprof.WithLabels(ctx, pprof.Labels(LabelKey, s.Func))
	}
	pprof.SetGoroutineLabels(labelled)
	return h
}

// EnterRequest is [EnterHandler] for a request that knows its context, such as
// an *http.Request. Tests may call a handler without a request; a mark must
// not be what panics then.
func EnterRequest[T any, P interface {
	*T
	Context() context.Context
}](s *Site, request P) HandlerSpan {
	if request == nil {
		return EnterHandler(s, nil)
	}
	return EnterHandler(s, request.Context())
}

// EnterContext is [EnterHandler] for a request that is its own context, such as
// a *gin.Context.
func EnterContext[T any, P interface {
	*T
	context.Context
}](s *Site, request P) HandlerSpan {
	if request == nil {
		return EnterHandler(s, nil)
	}
	return EnterHandler(s, request)
}

// EnterStream is [EnterHandler] for a stream that knows its context, such as a
// grpc.ServerStream.
func EnterStream(s *Site, stream interface{ Context() context.Context }) HandlerSpan {
	if stream == nil {
		return EnterHandler(s, nil)
	}
	return EnterHandler(s, stream.Context())
}

// carriesLabels reports whether a context has labels of the caller.
func carriesLabels(ctx context.Context) bool {
	found := false
	pprof.ForLabels(ctx, func(string, string) bool {
		found = true
		return false
	})
	return found
}

// Exit ends the request.
func (h HandlerSpan) Exit() {
	if h.caller != nil {
		pprof.SetGoroutineLabels(h.caller)
	}
	h.span.Exit()
}
