package chanmodel

import (
	"slices"
	"strings"

	"github.com/perflint/perflint/internal/ssax"
)

// maxThreads is how many go statements a channel may have.
const maxThreads = 6

// maxTallies bounds what is kept apart at one place of one path. More is
// dropped: it is existence that is asked for.
const maxTallies = 24

// A tally is what one goroutine has done on one path: to the channel that is
// counted, and to other resources that goroutines wait for.
type tally struct {
	sends  uint8 // sends for which there must be room or a receiver
	offers uint8 // sends in a select with other cases that were chosen
	recvs  uint8
	closed bool
	// Counts that nobody knows: it receives, or sends, as much as there is.
	gotAll, sentAll bool
	looped          bool // a loop that may run any number of times has run since it sent
	pumped          bool // such a loop that receives from another channel
	repeated        bool // it sent again after that
	respawned       bool // it has started goroutines again in such a loop
	driven          bool // the same, of a loop that receives
	early           bool // it left a loop that sends or receives in its middle
	spawned         [maxThreads]uint8
	// Other resources, as bits: what it has waited for and got, and what it
	// has done that others can wait for.
	got, fired uint64
	// Numbers that nobody knows and that the counts depend on, as bits.
	recvSyms, sendSyms uint64
	// The same of loops that it is in for the second time.
	loopSyms uint64
}

// plus returns what is done if another function is executed after this one.
func (t tally) plus(u tally) tally {
	t.sends, t.offers, t.recvs = clamp(t.sends, u.sends), clamp(t.offers, u.offers), clamp(t.recvs, u.recvs)
	t.closed = t.closed || u.closed
	t.gotAll, t.sentAll = t.gotAll || u.gotAll, t.sentAll || u.sentAll
	t.repeated, t.driven, t.early = t.repeated || u.repeated, t.driven || u.driven, t.early || u.early
	t.respawned = t.respawned || u.respawned
	if u.sends > 0 {
		t.repeated, t.driven = t.repeated || t.looped, t.driven || t.pumped
	}
	t.looped, t.pumped = t.looped || u.looped, t.pumped || u.pumped
	for i := range t.spawned {
		t.spawned[i] = clamp(t.spawned[i], u.spawned[i])
	}
	t.got, t.fired = t.got|u.got, t.fired|u.fired
	t.recvSyms, t.sendSyms, t.loopSyms = t.recvSyms|u.recvSyms, t.sendSyms|u.sendSyms, t.loopSyms|u.loopSyms
	return t
}

func clamp(a, b uint8) uint8 { return uint8(min(int(a)+int(b), 60)) }

// A stop is a place where a goroutine may wait for ever, and what it has done
// until then, this operation included.
type stop struct {
	tally
	op   *Op
	kind OpKind
	ref  Ref
	own  bool // on the channel that is counted
	// passing is set if nobody asks whether it goes on, only what it has done
	// for others until then: one such stop stands for all that have done the same.
	passing bool
	fn      *Func
	path    *Path
	inner   *stop // in a function that it calls
}

// end is a way for a function to return.
type end struct {
	tally
	path *Path
	// again is set if it does not return but makes the channel once more.
	again bool
}

// effects are what executing a function can do.
type effects struct {
	ends    []end
	stops   []stop
	partial bool // there is more
}

// A frame is a call of a function, and what its names mean in terms of the
// function that the scope begins with.
type frame struct {
	fn     *Func
	bind   map[Object]Object
	consts map[Object]string // parameters that are constant
	text   string            // see scope.key; empty if nobody has asked
}

func (fr *frame) resolve(o Object) Object {
	root := o.Root()
	if to, ok := fr.bind[root]; ok {
		if to == "" {
			return ""
		}
		return to + o[len(root):]
	}
	return o
}

// call returns the frame of a callee.
func (fr *frame) call(c *Callee) *frame {
	inner := &frame{fn: c.Func, bind: make(map[Object]Object, len(fr.bind)+len(c.Args)), consts: c.Const}
	for k, v := range fr.bind {
		inner.bind[k] = v
	}
	for k, v := range c.Args {
		inner.bind[k] = fr.resolve(v)
	}
	return inner
}

// key names a frame for the table of effects.
func (s *scope) key(fr *frame) string {
	if fr.text != "" {
		return fr.text
	}
	var parts []string
	for k, v := range fr.bind {
		if strings.HasPrefix(string(v), "fn:") || s.relevant(v) {
			parts = append(parts, string(k)+"="+string(v))
		}
	}
	for k, v := range fr.consts {
		parts = append(parts, string(k)+"="+v)
	}
	slices.Sort(parts)
	fr.text = fr.fn.Name + " " + strings.Join(parts, " ")
	return fr.text
}

// relevant reports whether an object leads to the channel.
func (s *scope) relevant(o Object) bool {
	return o != "" && slices.ContainsFunc(s.made.Objects, func(c Object) bool { return c.Under(o) })
}

// census is the state of a walk: what can have been done on the way.
type census struct {
	live  bool    // the channel exists
	sel   *Op     // the last select
	items []int32 // tallies, by their numbers in the book
	turns []round
}

// A round counts how often a loop has run.
type round struct {
	loop, n int
}

// Key leaves out the tallies, which [tallier.fresh] tells apart.
func (c census) Key() uint64 {
	var sum uint64 = 1
	if c.live {
		sum = 3
	}
	for _, r := range c.turns {
		sum += ssax.Mix(uint64(uint32(r.loop))<<32 | uint64(uint32(r.n)))
	}
	return sum
}

// A book gives numbers to tallies, which are compared and remembered by them.
// Number 0 is the tally of who has done nothing.
type book struct {
	tallies []tally
	numbers map[tally]int32
}

func newBook() book {
	return book{tallies: []tally{{}}, numbers: map[tally]int32{{}: 0}}
}

// number returns the number of a tally.
func (b *book) number(t tally) int32 {
	n, ok := b.numbers[t]
	if !ok {
		n = int32(len(b.tallies))
		b.tallies = append(b.tallies, t)
		b.numbers[t] = n
	}
	return n
}

// each applies a change to everything that can have been done.
func (w *tallier) each(c census, change func(*tally)) census {
	var items []int32 // a copy, once something is different
	for i, n := range c.items {
		was := &w.s.book.tallies[n]
		t := *was
		if change(&t); t == *was {
			continue
		}
		if items == nil {
			items = slices.Clone(c.items)
		}
		items[i] = w.s.book.number(t)
	}
	if items != nil {
		c.items = distinct(items)
	}
	return c
}

// distinct drops what occurs twice, in place.
func distinct(items []int32) []int32 {
	kept := items[:0]
	for _, n := range items {
		if len(kept) < maxTallies && !slices.Contains(kept, n) {
			kept = append(kept, n)
		}
	}
	return kept
}

func (c census) round(loop int) int {
	for _, r := range c.turns {
		if r.loop == loop {
			return r.n
		}
	}
	return 0
}

func (c census) setRound(loop, n int) census {
	turns := slices.DeleteFunc(slices.Clone(c.turns), func(r round) bool { return r.loop == loop })
	if n > 0 {
		turns = append(turns, round{loop, n})
	}
	c.turns = turns
	return c
}
