package perfmark

import (
	"maps"
	"math/rand/v2"
	"runtime"
	"sync"
	"sync/atomic"
	"time"
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
	// known is what was found out of return addresses; nil is no handler, or one
	// that was not looked at yet. It is copied when something is added, which
	// soon never happens.
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
	if handlerAt(pcs[0]) != s {
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
// defers. But the compiler copies a literal with each function that it inlines,
// so a handler can have several. A function with several sites keeps the first.
// What was found out of addresses before is forgotten, because some may be in
// this function.
func learn(s *Site, pc uintptr) {
	entry := entryOf(pc)
	callers.Lock()
	defer callers.Unlock()
	if callers.entries == nil {
		callers.entries = make(map[uintptr]*Site)
	}
	if entry != 0 && callers.entries[entry] == nil {
		callers.entries[entry] = s
		callers.known.Store(nil)
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
	nested, spent := &s.timing.nested, uint64(d)*uint64(n.weight)
	nested.spent.Add(spent)
	if n.again {
		nested.again.Add(spent)
	}
	if n.outer == nil {
		return
	}
	for i := range nested.outers {
		o := &nested.outers[i]
		o.site.CompareAndSwap(nil, n.outer)
		if o.site.Load() == n.outer {
			o.spent.Add(spent)
			return
		}
	}
}

// A nested is what is known of a handler in handlers. Its times are those of
// the executions that were looked at, in nanoseconds. Only their proportions are
// used: if one handler is always called by the same other, nothing is estimated.
type nested struct {
	looked atomic.Uint64 // executions whose callers were looked for
	spent  atomic.Uint64 // time of all
	again  atomic.Uint64 // of those that ran in another execution of the handler
	outers [4]struct {   // of those that another handler called; further ones are not told apart
		site  atomic.Pointer[Site]
		spent atomic.Uint64
	}
}

func (n *nested) reset() {
	n.looked.Store(0)
	n.spent.Store(0)
	n.again.Store(0)
	for i := range n.outers {
		n.outers[i].spent.Store(0)
	}
}

// addNested divides the total time of handlers among those that called them.
func addNested(sites []*Site, stats []Stat) {
	index := make(map[*Site]int)
	for i, s := range sites {
		index[s] = i
	}
	for i, s := range sites {
		n := &s.timing.nested
		all := n.spent.Load()
		if all == 0 {
			continue
		}
		part := func(spent uint64) time.Duration {
			return time.Duration(float64(stats[i].Total) * float64(spent) / float64(all))
		}
		stats[i].Again = part(n.again.Load())
		for k := range n.outers {
			if j, ok := index[n.outers[k].site.Load()]; ok {
				stats[j].Inner += part(n.outers[k].spent.Load())
			}
		}
	}
	for i := range stats {
		stats[i].Inner = min(stats[i].Inner, stats[i].Total) // estimates from two samples
	}
}
