package perfmark

import (
	"math/rand/v2"
	"sync/atomic"
	"time"
)

// A Site is a marked place. Its exported fields are set before it is
// registered, as static data, and not changed afterwards.
type Site struct {
	Kind    string // what happens there: "handler", "db_query", "json_encode"
	Func    string // the function that it is in, as in profiles: "example.com/shop.(*Store).Get"
	File    string // as in profiles
	Line    int
	Finding string // fingerprint of the finding that it is placed for; may be empty

	// mask says which executions are timed: those whose random number has all
	// these bits zero. It is one less than a power of two.
	mask   atomic.Uint32
	timing *timing // made when the site is registered
	label  *label  // likewise, for handlers

	_      [cacheLine]byte // the counters of two sites never share a cache line
	shards [shards]shard
}

const (
	shards    = 4  // a power of two
	cacheLine = 64 // bytes; two lines are fetched together on some processors, which costs little here
)

// A shard is a part of a count, so that processors do not take the cache line
// from each other all the time.
type shard struct {
	hits atomic.Uint64
	_    [cacheLine - 8]byte
}

// Hits returns how often the site was executed.
func (s *Site) Hits() uint64 {
	var sum uint64
	for i := range s.shards {
		sum += s.shards[i].hits.Load()
	}
	return sum
}

// Hit counts an execution.
func Hit(s *Site) { s.shards[0].hits.Add(1) }

// A Span is an execution of a site that has begun. The zero Span belongs to
// one that is not timed.
type Span struct {
	site   *Site
	start  int64 // nanoseconds since base
	weight uint32
}

// base is what times are relative to: reading only the monotonic clock is
// half as expensive as asking for the time of day as well.
var base = time.Now()

// Enter counts an execution and begins to time it, or not.
func Enter(s *Site) Span {
	r := rand.Uint64()
	s.shards[r&(shards-1)].hits.Add(1)
	if mask := s.mask.Load(); uint32(r>>32)&mask == 0 {
		return Span{s, int64(time.Since(base)), mask + 1}
	}
	return Span{}
}

// Exit ends what Enter has begun.
func (sp Span) Exit() {
	if sp.site != nil {
		sp.record()
	}
}

// T ends what Enter has begun and returns true: the form for the condition of
// an if statement.
func (sp Span) T() bool {
	sp.Exit()
	return true
}

// E1 ends what Enter has begun and returns v: the form for expressions.
//
//	return perfmark.E1(perfmark.Enter(&site), json.Valid(data))
//
// Go evaluates the operands from left to right, so v is computed in between.
func E1[V any](sp Span, v V) V {
	sp.Exit()
	return v
}

// record notes the duration and returns it.
func (sp Span) record() int64 {
	t := sp.site.timing
	if t == nil {
		return -1 // not registered yet: counted, not timed
	}
	d := int64(time.Since(base)) - sp.start
	if n := t.add(d, uint64(sp.weight)); n%reviewEvery == 0 {
		sp.site.mask.Store(t.rate())
	}
	return d
}
