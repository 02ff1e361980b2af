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
	span    Span
	caller  context.Context // whose labels are restored
	nesting nesting
}

// EnterHandler counts and times a request and labels its goroutine. The
// context is the request's: when the request is done, the goroutine gets the
// labels of that context back.
//
//	defer perfmark.EnterHandler(&site, r.Context()).Exit()
//
// It must be deferred, because labels must not stay on a goroutine that
// recovers from a panic, and directly in the handler, because it looks at who
// calls that. It allocates only if the context carries labels, which it then
// adds its own to, or if it finds a new place in the program that calls
// handlers. Without a context, or before the site is registered, it does not
// label.
func EnterHandler(s *Site, ctx context.Context) HandlerSpan { return enterHandler(s, ctx, 1) }

// enterHandler is EnterHandler, called over a number of functions of this
// package.
func enterHandler(s *Site, ctx context.Context, over int) HandlerSpan {
	h := HandlerSpan{span: Enter(s)}
	if h.span.site != nil && s.timing != nil {
		h.nesting = nest(s, h.span.weight, over+2)
	}
	if s.label == nil || ctx == nil {
		return h
	}
	labels, ok := carriesLabels(ctx)
	if !ok {
		return h
	}
	h.caller = ctx
	labelled := s.label.ctx
	if labels {
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
		return enterHandler(s, nil, 1)
	}
	return enterHandler(s, request.Context(), 1)
}

// EnterContext is [EnterHandler] for a request that is its own context, such as
// a *gin.Context.
func EnterContext[T any, P interface {
	*T
	context.Context
}](s *Site, request P) HandlerSpan {
	if request == nil {
		return enterHandler(s, nil, 1)
	}
	return enterHandler(s, request, 1)
}

// EnterStream is [EnterHandler] for a stream that knows its context, such as a
// grpc.ServerStream.
func EnterStream(s *Site, stream interface{ Context() context.Context }) HandlerSpan {
	return enterHandler(s, streamContext(stream), 1)
}

// EnterRequestOf is [EnterHandler] for an argument of which a method has the
// request, such as an echo.Context: request is that method as a function. C is
// an interface or a pointer.
func EnterRequestOf[C, R any, P interface {
	*R
	Context() context.Context
}](s *Site, c C, request func(C) P) HandlerSpan {
	if r := guarded(c, request); r != nil {
		return enterHandler(s, r.Context(), 1)
	}
	return enterHandler(s, nil, 1)
}

// EnterContextOf is [EnterHandler] for an argument of which a method has the
// request, which is its own context, such as a *fiber.Ctx.
func EnterContextOf[C, R any, P interface {
	*R
	context.Context
}](s *Site, c C, request func(C) P) HandlerSpan {
	if r := guarded(c, request); r != nil {
		return enterHandler(s, r, 1)
	}
	return enterHandler(s, nil, 1)
}

// guarded returns get(c), or zero if c is nil or get panics: in tests, an
// argument may be one that only has the methods that the handler calls.
func guarded[C, R any](c C, get func(C) R) (r R) {
	var none C
	if any(c) == any(none) {
		return r
	}
	defer func() { _ = recover() }()
	return get(c)
}

// streamContext returns the context of a stream, guarded likewise.
func streamContext(stream interface{ Context() context.Context }) (ctx context.Context) {
	if stream == nil {
		return nil
	}
	defer func() { _ = recover() }()
	return stream.Context()
}

// carriesLabels reports whether a context has labels of the caller. It is not
// ok if the context panics, which one in a test may do as well.
func carriesLabels(ctx context.Context) (found, ok bool) {
	defer func() { _ = recover() }()
	pprof.ForLabels(ctx, func(string, string) bool {
		found = true
		return false
	})
	return found, true
}

// Exit ends the request.
func (h HandlerSpan) Exit() {
	if h.caller != nil {
		pprof.SetGoroutineLabels(h.caller)
	}
	if h.span.site != nil {
		h.nesting.end(h.span.site, h.span.record())
	}
}
