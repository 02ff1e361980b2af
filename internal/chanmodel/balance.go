package chanmodel

import (
	"go/token"
	"slices"
	"strings"
)

// A Shortage is a goroutine that waits for ever at an operation on a channel,
// because all who could help are done, or wait themselves.
//
// The goroutines that use a local channel are counted: on each path, how
// often each sends, receives and closes. A number that nobody knows, such as
// the length of a slice, is the same small number wherever it has the same
// name; no verdict needs two of them to differ. This is the balance of Saioc,
// Lange and Møller, "Automated Verification of Parametric Channel-Based
// Process Communication" (OOPSLA 2024), on paths instead of whole functions.
//
// Unsound: conditions in different goroutines are taken to be independent,
// except that nobody gets past a wait for what only the blocked goroutine
// could still do.
type Shortage struct {
	Resource *Resource
	Made     *Creation
	Root     *Func // the function that the channel belongs to

	Blocked Actor
	Kind    OpKind // what the blocked goroutine does: Send, Receive or Range
	Op      *Op
	Other   []Actor // who else uses the channel, the function it belongs to first

	Peers []token.Pos // some of the operations that are the other half

	Need, Have int  // operations like the blocked one, and what there is for them
	Cap        int  // the channel's capacity, a part of Have
	Each       int  // operations like the blocked one in one such goroutine
	Steady     bool // the others do equally much on each path
	Alone      bool // nobody else does at any time what would help
	Always     bool // it happens on every path of the function that the channel belongs to
	// Guessed is set if the numbers come from loops that may run any number of
	// times, or from paths on which the blocked goroutine itself has left out
	// what it waits for.
	Guessed bool
	Unknown bool // the numbers depend on one that nobody knows
	Waits   *Op  // what the function that the channel belongs to waits for; nil if it is left
	Again   bool // it is not left either, but makes the channel anew
}

// An Actor is what a goroutine, or several that do the same, have done.
type Actor struct {
	Go           *Op // that started it; nil for the function that the channel belongs to
	Count        int
	Sends, Recvs int
	Way          []Way
}

// A Way is a path through a function; that in a callee follows its caller's.
type Way struct {
	Func *Func
	Path *Path
}

// Balance returns the shortages of the channels that the package makes, in
// the order of the resources.
func (m *Model) Balance() []Shortage {
	var list []Shortage
	reached := make(map[*Func]map[*Func]bool)
	for _, r := range m.Resources {
		if r.Kind != Chan || r.Access == Open || strings.HasPrefix(r.ID, "~") || strings.HasPrefix(r.ID, "G:") {
			continue // what is in a global variable is there for as long as the program runs
		}
		var found []Shortage
		for i := range r.Made {
			if r.Made[i].Func != nil {
				found = append(found, m.balance(r, &r.Made[i], reached)...)
			}
		}
		list = append(list, found...)
	}
	return list
}

// A root is a function that a channel belongs to.
type root struct {
	fn *Func
	origins
}

func (m *Model) balance(r *Resource, made *Creation, reached map[*Func]map[*Func]bool) []Shortage {
	singular := len(r.Made) == 1 && !r.Many && !r.Unknown && !r.Field()
	roots := []root{{made.Func, origins{block: made.Block}}}
	for depth := 0; ; depth++ {
		inside := make(map[*Func]bool)
		add := func(f *Func) {
			if reached[f] == nil {
				reached[f] = reach(f)
			}
			for g := range reached[f] {
				inside[g] = true
			}
		}
		for _, o := range roots {
			add(o.fn)
		}
		if !r.Field() {
			for _, other := range r.Made {
				if other.Func != nil && other.Pos != made.Pos {
					add(other.Func)
				}
			}
		}
		send, recv := true, true // which operations can be judged
		for _, u := range m.Uses(r) {
			if !inside[u.Func] || r.Field() && !confined(u.Func, roots, inside) || !singular && !traced(r, u) {
				switch u.Kind() {
				case Send, Close:
					recv = false
				case Receive, Range:
					send = false
				}
			}
		}
		if (send && recv || depth == 2 || !singular) && !(made.Returned && depth == 0 && singular) {
			return m.judge(r, made, roots, singular, send && r.Access&OthersReceive == 0, recv && r.Access&OthersSend == 0, inside)
		}
		next := lift(roots)
		if next == nil {
			return m.judge(r, made, roots, singular, send && r.Access&OthersReceive == 0, recv && r.Access&OthersSend == 0, inside)
		}
		roots = next
	}
}

// traced reports whether it can be told which channel of a resource an
// operation works on: it names where one was made, or a parameter.
func traced(r *Resource, u Use) bool {
	o := u.Ref().Object
	if strings.Contains(string(o), "[") {
		return false
	}
	if _, number, ok := strings.Cut(string(o.Root()), "#"); ok && strings.HasPrefix(number, "p") {
		return true
	}
	return slices.ContainsFunc(r.Made, func(c Creation) bool { return slices.Contains(c.Objects, o) })
}

// confined reports whether only the roots and what they reach call a function,
// so that it works on nothing but what they have made.
func confined(f *Func, roots []root, inside map[*Func]bool) bool {
	seen := map[*Func]bool{f: true}
	stack := []*Func{f}
	for len(stack) > 0 {
		f := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if slices.ContainsFunc(roots, func(o root) bool { return o.fn == f }) {
			continue
		}
		if f.Called || !inside[f] {
			return false
		}
		for _, c := range f.Callers {
			if !seen[c.In] {
				seen[c.In] = true
				stack = append(stack, c.In)
			}
		}
	}
	return true
}

// lift returns the callers of functions, or nil if others may call them.
func lift(roots []root) []root {
	var next []root
	for _, o := range roots {
		if o.fn.Called || len(o.fn.Callers) == 0 {
			return nil
		}
		for _, c := range o.fn.Callers {
			if c.Op.Kind != Call {
				return nil
			}
			next = append(next, root{c.In, origins{op: c.Op}})
		}
	}
	if len(next) > 8 {
		return nil
	}
	return next
}

func (m *Model) judge(r *Resource, made *Creation, roots []root, singular, send, recv bool, inside map[*Func]bool) []Shortage {
	if !send && !recv {
		return nil
	}
	var list []Shortage
	for _, o := range roots {
		s := &scope{
			model: m, resource: r, made: made, singular: singular, unknown: 2, inside: inside,
			done: make(map[string]*effects), found: make(map[*Func][]*loop), touches: make(map[*Func]touch),
		}
		if c := made.Cap; c.Sym == "" && c.N <= 2 {
			s.unknown = c.N + 2
		}
		s.root = o.fn
		e := s.count(&frame{fn: o.fn, bind: map[Object]Object{}}, &o.origins)
		if !s.many {
			list = append(list, s.judge(e, send, recv)...)
		}
	}
	return list
}

// A scene is how far the function that the channel belongs to has come.
type scene struct {
	tally
	way   []Way
	waits *stop
	again bool
}

// judge looks for shortages.
func (s *scope) judge(e *effects, send, recv bool) []Shortage {
	var list []Shortage
	report := func(sh *Shortage) {
		same := func(o Shortage) bool { return o.Op == sh.Op || o.Blocked.Go == sh.Blocked.Go && o.Kind == sh.Kind }
		if sh != nil && !slices.ContainsFunc(list, same) {
			list = append(list, *sh)
		}
	}
	wanted := func(kind OpKind) bool {
		if kind == Range && s.resource.Field() {
			return false // workers that live as long as their owner
		}
		return kind == Send && send || kind != Send && recv
	}
	for i := range e.stops {
		st := &e.stops[i]
		if st.own && wanted(st.kind) {
			report(s.blocked(scene{tally: st.tally, way: s.since(st.way()), waits: st}, -1, st))
		}
	}
	var scenes []scene
	for i, end := range e.ends {
		if !(s.root.Outer == nil && s.root.Name == "main") {
			scenes = append(scenes, scene{tally: e.ends[i].tally, way: s.since([]Way{{s.root, end.path}}), again: end.again})
		}
	}
	for i := range e.stops {
		// That workers wait for room while they are waited for is plain if there
		// is no buffer, and then no question of counts.
		if st := &e.stops[i]; !st.own && st.kind != Send && (st.kind != Wait || s.made.Cap != Cap{}) {
			scenes = append(scenes, scene{tally: st.tally, way: s.since(st.way()), waits: st})
		}
	}
	for t := 0; t < len(s.threads); t++ { // looking at one may find more
		for _, st := range s.of(&s.threads[t]).stops {
			if !st.own || !wanted(st.kind) {
				continue
			}
			var first *Shortage
			always := true
			for _, sc := range scenes {
				sh := s.blocked(sc, t, &st)
				if sh != nil && first == nil {
					first = sh
				}
				if sh == nil && sc.waits == nil && sc.spawned[t] > 0 {
					always = false
				}
			}
			if first != nil {
				first.Always = always && !e.partial
				report(first)
			}
		}
	}
	return list
}

func (st *stop) way() []Way {
	var ways []Way
	for ; st != nil; st = st.inner {
		ways = append(ways, Way{st.fn, st.path})
	}
	return ways
}

// skips reports whether a way passes by an operation that would help: one in
// a branch that leads back to where the way goes on. The condition knows more.
func (s *scope) skips(way []Way, kind OpKind) bool {
	for _, w := range way {
		for p := w.Path; p != nil; p = p.Prev {
			if p.Succ < 0 {
				continue
			}
			succs := w.Func.Blocks[p.Block].Succs
			for i, e := range succs {
				other := w.Func.Blocks[e.To]
				if i != p.Succ && len(other.Succs) == 1 && other.Succs[0].To == succs[p.Succ].To &&
					slices.ContainsFunc(other.Ops, func(op *Op) bool { return op.Resource == s.resource && helps(op.Kind, kind) }) {
					return true
				}
			}
		}
	}
	return false
}

// since returns the part of a way that begins where the channel is made.
func (s *scope) since(way []Way) []Way {
	if len(way) == 0 || way[0].Func != s.made.Func {
		return way
	}
	var kept []*Path
	for p := way[0].Path; p != nil; p = p.Prev {
		kept = append(kept, p)
		if p.Block == s.made.Block {
			break
		}
	}
	var path *Path
	for i := len(kept) - 1; i >= 0; i-- {
		path = &Path{path, kept[i].Block, kept[i].Succ}
	}
	return append([]Way{{way[0].Func, path}}, way[1:]...)
}

// blocked decides whether a goroutine waits for ever at a stop in a scene:
// one of a thread, or that of the function that the channel belongs to (-1).
func (s *scope) blocked(sc scene, t int, st *stop) *Shortage {
	var counts [maxThreads]int
	for i, n := range sc.spawned {
		counts[i] = int(n)
	}
	sh := &Shortage{Resource: s.resource, Made: s.made, Root: s.root, Kind: st.kind, Op: st.op, Again: sc.again}
	sh.Blocked = Actor{Count: 1, Sends: int(st.sends), Recvs: int(st.recvs), Way: st.way()}
	syms := s.nested(&counts, t)
	if t >= 0 {
		if counts[t] == 0 {
			return nil
		}
		sh.Blocked.Go, sh.Blocked.Count = s.threads[t].op, counts[t]
		for i, n := range st.spawned {
			counts[i] += int(n) * counts[t]
		}
		if sc.waits != nil {
			sh.Waits = sc.waits.op
		}
	}
	can := s.possible(sc, t, st, counts)
	if st.got&^can != 0 || t >= 0 && sc.got&^can != 0 {
		return nil
	}
	if t >= 0 && sc.waits != nil && !s.onlyBy(t, st, s.bit(sc.waits.ref.Resource)&^can) {
		return nil // it may go on
	}
	sum := ledger{kind: st.kind}
	sh.Steady = t < 0
	sum.needSyms = syms
	sum.blocked(st, sh.Blocked.Count, s.made.Cap.N > 0 || s.made.Cap.Sym != "")
	if t >= 0 {
		sum.other(sc.tally, 1)
		sh.Other = append(sh.Other, Actor{Count: 1, Sends: int(sc.sends), Recvs: int(sc.recvs), Way: sc.way})
	}
	for i := range counts {
		if counts[i] == 0 || i == t {
			continue
		}
		without := counts
		if without[i] == 1 {
			without[i] = 0 // it does not wait for what it does itself
		}
		parent := -1 // of the blocked goroutine, if it must be one of these
		if t >= 0 && sc.spawned[t] == 0 {
			parent = t
		}
		worst, ok := s.worst(&s.threads[i], st.kind, s.possible(sc, t, st, without), parent)
		if !ok {
			return nil
		}
		if worst == nil {
			continue
		}
		sum.other(worst.tally, counts[i])
		sh.Steady = sh.Steady && s.steady(&s.threads[i])
		sh.Other = append(sh.Other, Actor{s.threads[i].op, counts[i], int(worst.sends), int(worst.recvs), []Way{{s.threads[i].frames[0].fn, worst.path}}})
	}
	if !sum.short(s, sh) {
		return nil
	}
	if st.kind != Send && slices.ContainsFunc(sh.Other, func(a Actor) bool { return s.skips(a.Way, st.kind) }) {
		sh.Guessed = true
	}
	sh.Alone, sh.Peers = s.alone(st.kind), s.peers(st.kind)
	sh.Guessed = sh.Guessed || st.kind != Send && s.computed(st.loopSyms, st.kind) || st.driven || st.repeated && !(t >= 0 && sc.early)
	if sc.respawned && sh.Blocked.Count > 1 && sh.Cap > 0 {
		sh.Guessed = true
	}
	if s.resource.Field() && !sh.Alone && len(sh.Other) > 0 {
		sh.Guessed = true // what is kept in a field has a protocol that counts do not show
	}
	if t < 0 && len(sh.Other) == 0 {
		does := s.touch(s.root)
		// A receive that nothing else belongs to may be there to wait for ever.
		sh.Guessed = sh.Guessed || st.kind == Send && does.recvs && sh.Cap > 0 || st.kind == Receive && (does.sends || len(s.model.Uses(s.resource)) == 1)
	}
	return sh
}

// nested adds the goroutines that other threads start, of which as many of
// thread t as can be. It returns the numbers on which that depends.
func (s *scope) nested(counts *[maxThreads]int, t int) (syms uint64) {
	var done [maxThreads]bool
	for again := true; again; {
		again = false
		for i := range counts {
			if counts[i] == 0 || done[i] || i == t {
				continue
			}
			done[i], again = true, true
			var best *end
			ends := s.of(&s.threads[i]).ends
			for j := range ends {
				if best == nil || t >= 0 && ends[j].spawned[t] > best.spawned[t] {
					best = &ends[j]
				}
			}
			if best == nil {
				continue
			}
			for j := range counts {
				counts[j] += int(best.spawned[j]) * counts[i]
				if best.spawned[j] > 0 {
					syms |= best.sendSyms
				}
			}
		}
	}
	return syms
}

// alone reports whether no operation on the channel helps one that waits.
func (s *scope) alone(kind OpKind) bool {
	return !slices.ContainsFunc(s.model.Uses(s.resource), func(u Use) bool { return helps(u.Kind(), kind) })
}

// helps reports whether an operation is the other half of one that waits.
func helps(kind, waiting OpKind) bool {
	switch kind {
	case Receive, Range:
		return waiting == Send
	case Send:
		return waiting == Receive
	case Close:
		return waiting != Send
	}
	return false
}

// peers returns the first operations that could help one that waits.
func (s *scope) peers(kind OpKind) []token.Pos {
	var list []token.Pos
	for _, u := range s.model.Uses(s.resource) {
		if helps(u.Kind(), kind) && len(list) < 3 && !slices.Contains(list, u.Pos()) {
			list = append(list, u.Pos())
		}
	}
	return list
}

// onlyBy reports whether what somebody waits for is something that the
// goroutines of thread t do, if they go on, and no other thread at any time.
func (s *scope) onlyBy(t int, st *stop, wanted uint64) bool {
	later := false
	for i := range s.threads {
		for _, e := range s.of(&s.threads[i]).ends {
			if e.fired&wanted != 0 {
				if i != t {
					return false
				}
				later = true
			}
		}
	}
	return later && st.fired&wanted == 0
}

// possible returns the resources that a goroutine can have got from, or got
// past, although the blocked one stays where it is.
func (s *scope) possible(sc scene, t int, st *stop, counts [maxThreads]int) uint64 {
	// What the blocked goroutine still has to do will not be done. Of a wait
	// group that is enough to stop who waits for it.
	var missing uint64
	if t >= 0 {
		for _, e := range s.of(&s.threads[t]).ends {
			missing |= e.fired &^ st.fired
		}
	}
	var can uint64
	for i := 0; i < len(s.bits); i++ {
		if s.others(s.bits[i]) {
			can |= s.bit(s.bits[i])
		}
	}
	for i := range s.bits {
		if bit := s.bit(s.bits[i]); missing&bit != 0 && s.bits[i].Kind == WaitGroup {
			missing |= bit
			can &^= bit
		} else {
			missing &^= bit
		}
	}
	can |= st.fired
	if t >= 0 {
		can |= sc.fired
	}
	for changed := true; changed; {
		changed = false
		for i := range counts {
			if counts[i] == 0 || i == t && counts[i] < 2 || sc.spawned[i] == 0 && i != t {
				continue // what another thread starts may depend on what that has got
			}
			all := s.of(&s.threads[i])
			try := func(e *tally) {
				if more := e.fired &^ missing; e.got&^can == 0 && more&^can != 0 {
					can |= more
					changed = true
				}
			}
			for j := range all.ends {
				try(&all.ends[j].tally)
			}
			for j := range all.stops {
				try(&all.stops[j].tally)
			}
		}
	}
	return can
}

// others reports whether code outside of the scope may do what a goroutine
// waits for.
func (s *scope) others(r *Resource) bool {
	if r.Kind == Done || r.Kind == Timer {
		return r.Access&OthersSend != 0
	}
	if r.Access&OthersSend != 0 || r.Unknown || r.Kind == Mutex || r.Kind == Cond || r.Kind == Chan && len(r.Made) == 0 {
		return true
	}
	for _, u := range s.model.Uses(r) {
		switch u.Kind() {
		case Send, Close, Finish:
			if !s.inside[u.Func] {
				return true
			}
		}
	}
	return false
}

// worst returns the way for the goroutines of a thread to end that helps
// least; nil if they do not matter. It reports false if they may help for
// ever. If there is a way on which they start a certain child, it is such a
// one.
func (s *scope) worst(t *thread, kind OpKind, can uint64, child int) (*end, bool) {
	if kind == Receive && slices.ContainsFunc(t.frames, func(fr *frame) bool { return s.touch(fr.fn).tries }) {
		return nil, false // who tries to send knows that nobody relies on it
	}
	var worst *end
	ends := s.of(t).ends
	var most uint8
	for i := range ends {
		if child >= 0 {
			most = max(most, ends[i].spawned[child])
		}
	}
	for i := range ends {
		e := &ends[i]
		if child >= 0 && e.spawned[child] < most {
			continue
		}
		if e.got&^(can|e.fired) == 0 && (worst == nil || help(e.tally, kind) < help(worst.tally, kind)) {
			worst = e
		}
	}
	if worst != nil {
		return worst, true
	}
	for _, fr := range t.frames {
		does := s.touch(fr.fn)
		if kind == Send && does.recvs || kind != Send && (does.sends || does.closes) {
			return nil, false
		}
	}
	return nil, true
}

// steady reports whether the goroutines of a thread do equally much whatever
// path they take.
func (s *scope) steady(t *thread) bool {
	ends := s.of(t).ends
	for i := range ends {
		a, b := &ends[0], &ends[i]
		if a.sends != b.sends || a.offers != b.offers || a.recvs != b.recvs || a.closed != b.closed || b.sentAll || b.gotAll {
			return false
		}
	}
	return len(ends) > 0
}

// help says how much a tally helps a goroutine that waits at an operation of
// some kind.
func help(t tally, kind OpKind) int {
	switch {
	case t.closed:
		return 1000
	case kind == Send && t.gotAll, kind == Receive && t.sentAll:
		return 500
	case kind == Send:
		return 60*int(t.recvs) - int(t.sends)
	case kind == Range:
		return 0
	}
	return 60*int(t.sends+t.offers) - int(t.recvs)
}

// A ledger adds up what is wanted and what there is.
type ledger struct {
	kind               OpKind
	need, have         int
	needSyms, haveSyms uint64
	settled            bool // somebody helps without end, or closes
}

func (l *ledger) blocked(st *stop, count int, buffered bool) {
	wants, gives := int(st.sends), int(st.recvs)
	needSyms, haveSyms := st.sendSyms, st.recvSyms
	if st.kind != Send {
		wants, gives = gives, wants+int(st.offers)
		needSyms, haveSyms = haveSyms, needSyms
	}
	l.needSyms, l.haveSyms = l.needSyms|needSyms, haveSyms
	l.need = wants * count
	if count > 1 || buffered { // what it has done itself is in the buffer, or has made room there
		l.have = gives * count
	}
	l.settled = st.closed || l.kind == Receive && st.sentAll || l.kind == Send && st.gotAll
}

func (l *ledger) other(t tally, count int) {
	wants, gives, all := int(t.sends), int(t.recvs), t.gotAll
	needSyms, haveSyms := t.sendSyms, t.recvSyms
	if l.kind != Send {
		wants, gives, all = int(t.recvs), int(t.sends)+int(t.offers), t.sentAll
		needSyms, haveSyms = haveSyms, needSyms
	}
	l.settled = l.settled || t.closed || all && l.kind != Range
	l.have += gives * count
	if gives == 0 {
		l.need += wants * count
	}
	l.needSyms |= needSyms
	l.haveSyms |= haveSyms
}

// short reports whether there is too little, and notes the numbers.
func (l *ledger) short(s *scope, sh *Shortage) bool {
	if l.settled {
		return false
	}
	if l.kind == Range {
		return true
	}
	sh.Need, sh.Have = l.need, l.have
	sh.Each = sh.Blocked.Recvs
	if l.kind == Send {
		sh.Each = sh.Blocked.Sends
		room := s.made.Cap
		if room.Sym == "" && room.N > maxRounds {
			return false
		}
		sh.Cap = room.Value(s.unknown, func(sym string) { l.haveSyms |= s.symbol(&frame{}, sym) })
		sh.Have += sh.Cap
	}
	sh.Unknown = l.needSyms != 0
	sh.Guessed = s.computed(l.needSyms, l.kind)
	return sh.Need > sh.Have && l.haveSyms&^l.needSyms == 0
}

// computed reports whether a number that nobody knows comes from what a
// function has counted itself, such as the goroutines that it has started.
// Then it may well be the right one. For a receive, the length of a slice that
// the function has built is such a number, too.
func (s *scope) computed(syms uint64, kind OpKind) bool {
	for i, text := range s.symbols {
		if syms&(1<<min(i, 63)) == 0 {
			continue
		}
		_, number, _ := strings.Cut(text, "#")
		if strings.HasPrefix(number, "v") && (kind != Send || !strings.HasPrefix(text, "len(")) {
			return true
		}
	}
	return false
}
