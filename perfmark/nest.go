package perfmark

import (
	"maps"
	"math/rand/v2"
	"runtime"
	"sync"
	"sync/atomic"
)

// Handlers call handlers: a middleware the next one, a router itself for a
// subtree. The time of the inner one is part of that of the outer one, so a
// handler's own time is known only to who knows which handler called which.
// Nothing that the goroutine carries says that, but its stack does. Reading it
// takes about a microsecond, too much for every request, so it is read for the
// first ones and then for a random sample, whose members stand for the others.
//
// What is not seen: a handler that calls another in a new goroutine (its time
// goes on meanwhile, so that is right), and one that is more than [depth]
// frames away (which then has too much time of its own).
const (
	depth        = 64 // frames that are read
	nestAlways   = 64 // executions of a site whose callers are always looked for
	nestOneIn    = 16 // afterwards
	mostKnownPCs = 1 << 16
)

// callers knows which handlers the frames of a stack belong to.
var callers struct {
	sync.Mutex
	entries map[uintptr]*Site // handlers, by the entry of their function
	// known is what was found out of return addresses; nil is no handler. It is
	// copied when something is added, which soon never happens.
	known atomic.Pointer[map[uintptr]*Site]
}

// A nesting is the execution of a handler whose callers were looked for.
type nesting struct {
	outer  *Site  // nearest handler that it runs in; nil for none
	again  bool   // it runs in itself
	weight uint32 // executions that it stands for; 0 if nothing was looked for
}

// nest looks for the handlers that call the one of a site, or does not. The
// execution is timed and stands for a number of them already. Skip is the number
// of frames above the handler's own, nest's included.
func nest(s *Site, timed uint32, skip int) (n nesting) {
	weight := uint32(1)
	if s.timing.nested.looked.Load() >= nestAlways {
		if rand.Uint32()%nestOneIn != 0 {
			return n
		}
		weight = nestOneIn
	}
	s.timing.nested.looked.Add(1)
	var stack [depth]uintptr
	pcs := stack[:runtime.Callers(skip+1, stack[:])]
	if len(pcs) == 0 {
		return n
	}
	if !s.timing.nested.found.Load() {
		learn(s, pcs[0])
	}
	n.weight = weight * timed
	for _, pc := range pcs[1:] {
		outer := handlerAt(pc)
		if outer != nil && n.outer == nil {
			n.outer = outer
		}
		if outer == s {
			n.again = true
			break
		}
	}
	return n
}

// learn notes the function of a handler, which is never inlined because it
// defers. A function with several sites keeps the first.
func learn(s *Site, pc uintptr) {
	entry := entryOf(pc)
	callers.Lock()
	defer callers.Unlock()
	s.timing.nested.found.Store(true)
	if callers.entries == nil {
		callers.entries = make(map[uintptr]*Site)
	}
	if entry != 0 && callers.entries[entry] == nil {
		callers.entries[entry] = s
	}
}

// entryOf returns the entry of the function that a return address is in. Of
// inlined calls it is that of the function which they are inlined into.
func entryOf(pc uintptr) uintptr {
	if fn := runtime.FuncForPC(pc - 1); fn != nil {
		return fn.Entry()
	}
	return 0
}

// handlerAt returns the handler whose function a return address is in. It
// allocates for an address that it has not met before.
func handlerAt(pc uintptr) *Site {
	known := callers.known.Load()
	if known != nil {
		if s, ok := (*known)[pc]; ok {
			return s
		}
	}
	// A handler that is on the stack was learnt when it began, so what is found
	// out once stays true.
	entry := entryOf(pc)
	callers.Lock()
	defer callers.Unlock()
	s := callers.entries[entry]
	if known = callers.known.Load(); known == nil || len(*known) < mostKnownPCs {
		more := make(map[uintptr]*Site)
		if known != nil {
			maps.Copy(more, *known)
		}
		more[pc] = s
		callers.known.Store(&more)
	}
	return s
}

// end notes the duration of an execution with the handlers that it ran in.
func (n nesting) end(s *Site, d int64) {
	if n.weight == 0 || d < 0 {
		return
	}
	time := uint64(d) * uint64(n.weight)
	if n.outer != nil {
		n.outer.timing.nested.inner.Add(time)
	}
	if n.again {
		s.timing.nested.again.Add(time)
	}
}

// A nested is what is known of handlers in a handler.
type nested struct {
	looked atomic.Uint64 // executions whose callers were looked for
	found  atomic.Bool   // the function is known
	inner  atomic.Uint64 // estimated time in handlers that it calls, in nanoseconds
	again  atomic.Uint64 // estimated time in itself, where it is called by itself
}
