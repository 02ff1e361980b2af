package chanmodel

import (
	"go/token"
	"slices"
	"strings"

	"github.com/perflint/perflint/internal/ssax"
)

// A Departure is a way in which a function that serves a channel in a loop
// stops to do so: something else has happened, and the function returns
// without serving the channel again.
type Departure struct {
	Use  Use // the operation that is not repeated
	On   Use // the receive, a case of a select, that is chosen instead
	Exit *Op // the return
	Path []ssax.Branch
}

// A Stranded is an operation that blocks for ever if all that could help it
// have departed.
type Stranded struct {
	Use
	Peers []Departure // all peers that there are
	// Aware is another operation of the same function, or of one around it,
	// that waits for what makes a peer depart: the author knows that this can
	// happen. Its operation is nil if there is none.
	Aware Use
	// Started is set if the operation runs in a goroutine that the package
	// starts, and Alone if it runs in such goroutines only.
	Started, Alone bool
	// Served is set if the package starts all goroutines that the peers run in.
	Served bool
	// Final is set if what makes the peers depart happens to the object that
	// they belong to, or to the call that made the channel, rather than to
	// one call of many.
	Final bool
}

// Departs finds operations whose peers may depart. It looks at one direction
// of a channel at a time: who serves it, and who needs the service.
//
// This is the rule of asymmetric cancellation: of the two ends of a channel,
// one also listens to a stop signal and the other does not. Saioc et al.,
// "Unveiling and Vanquishing Goroutine Leaks in Enterprise Microservices"
// (CGO 2024), have it as the timeout leak; on channels in fields it is as
// common.
//
// It is unsound where the departure cannot happen while the other end is at
// work for a reason that the model does not show; what it does show is in
// [departs.outlived].
type departs struct {
	m       *Model
	serving map[servedBy]map[*Func]bool
	leaving map[leavingKey]*Departure
	begins  map[*Func][]beginning
}

// A servedBy names an end of a channel: of the kinds of operations that serve
// it, the first.
type servedBy struct {
	r    *Resource
	kind OpKind
}

type leavingKey struct {
	f     *Func
	block int
	index int
	which int
}

// StrandedSends returns the sends whose receivers may all depart.
func (m *Model) StrandedSends() []Stranded { return newDeparts(m).all(Receive, OthersReceive) }

// StrandedReceives returns the receives whose senders may all depart, and
// whose channel nobody closes.
func (m *Model) StrandedReceives() []Stranded { return newDeparts(m).all(Send, OthersSend) }

func newDeparts(m *Model) *departs {
	return &departs{m: m, serving: make(map[servedBy]map[*Func]bool), leaving: make(map[leavingKey]*Departure), begins: make(map[*Func][]beginning)}
}

// serves reports whether a kind of operation serves those who need another.
func serves(kind, serving OpKind) bool {
	return kind == serving || serving == Receive && kind == Range || serving == Send && kind == Close
}

// all finds the operations that are stranded when those of a kind depart.
func (d *departs) all(serving OpKind, others Access) []Stranded {
	var list []Stranded
	for _, r := range d.m.Resources {
		if r.Kind != Chan || r.Unknown || r.Access&others != 0 || len(r.Made) == 0 {
			continue
		}
		if slices.ContainsFunc(r.Made, func(c Creation) bool { return c.Cap.Sym != "" }) {
			continue // how much fits into it is not known
		}
		peers, needy, ok := d.ends(r, serving)
		if !ok {
			continue
		}
		for _, u := range needy {
			if s, ok := d.stranded(r, u, peers); ok {
				list = append(list, s)
			}
		}
	}
	return list
}

// ends returns how all that serve a channel depart, and who needs them. It
// reports false if one of them stays, or there is none.
func (d *departs) ends(r *Resource, serving OpKind) (peers []Departure, needy []Use, ok bool) {
	for _, u := range d.m.Uses(r) {
		if kind := u.Kind(); !serves(kind, serving) && kind != Close && u.Bare() && !u.Op.Deferred {
			needy = append(needy, u)
		}
	}
	if len(needy) == 0 {
		return nil, nil, false
	}
	for _, u := range d.m.Uses(r) {
		if serves(u.Kind(), serving) {
			if u.Op.Deferred {
				return nil, nil, false
			}
			if serving == Send && d.offers(u) {
				continue // it gives at once what it can
			}
			leaves := d.departure(u, serving)
			if leaves == nil || serving == Send && leaves.On.Op != u.Op {
				// It stays, or it leaves when it has sent: who sends an answer
				// without choice does so for every question that it has taken.
				return nil, nil, false
			}
			peers = append(peers, *leaves)
		}
	}
	return peers, needy, len(peers) > 0
}

// offers reports whether an operation is one of a select with a default: it
// never waits, and helps who waits already.
func (d *departs) offers(u Use) bool { return u.Op.Kind == Select && u.Op.Default }

// stranded judges one operation that needs the peers.
func (d *departs) stranded(r *Resource, u Use, peers []Departure) (Stranded, bool) {
	s := Stranded{Use: u, Peers: peers, Served: true, Final: true}
	room := 0
	for _, made := range r.Made {
		room = max(room, made.Cap.N)
	}
	if room > 0 && (u.Kind() != Send || !recurs(u)) {
		return s, false
	}
	from := d.beginnings(u.Func)
	for _, p := range peers {
		of := d.beginnings(p.Use.Func)
		if p.Use.Func == u.Func || slices.ContainsFunc(of, func(o beginning) bool { return slices.Contains(from, o) }) {
			return s, false // one goroutine does both
		}
		if d.restarts(p.Use.Func, nil) || d.outlived(u, p) || endsProcess(of) {
			return s, false
		}
		s.Served = s.Served && started(of)
		s.Final = s.Final && d.final(r, p)
	}
	s.Alone = started(from)
	s.Started = slices.ContainsFunc(from, func(o beginning) bool { return o.started })
	s.Aware, _ = d.aware(u, peers)
	return s, true
}

// departure returns how the function of an operation that serves a channel
// in a loop departs, or nil.
func (d *departs) departure(u Use, serving OpKind) *Departure {
	key := leavingKey{u.Func, u.Block, u.Index, u.Case}
	if found, ok := d.leaving[key]; ok {
		return found
	}
	d.leaving[key] = nil
	r := u.Ref().Resource
	if u.Func.Body || !u.Func.Repeats(u.Block) || // a body that returns may be executed again
		d.servesLater(u.Func, r, serving) {
		return nil
	}
	var found *Departure
	w := &Walk[leaving]{Func: u.Func}
	w.Step = func(s leaving, op *Op, at Place) (leaving, bool) {
		if op.Kind == Return && s.on != nil && found == nil {
			found = &Departure{u, *s.on, op, at.Path.Branches(u.Func)}
		}
		if op.Kind == Select {
			s.sel, s.use = op, Use{u.Func, at.Block, at.Index, op, -1}
		}
		return s, found == nil && !d.opServes(op, r, serving)
	}
	w.Edge = func(s leaving, e *Edge, at Place) (leaving, bool) {
		return d.chosen(s, e, u, serving)
	}
	start := leaving{}
	if u.Op.Kind == Select {
		start.sel, start.use = u.Op, Use{u.Func, u.Block, u.Index, u.Op, -1}
	}
	w.RunFrom(start, u.Block, u.Index, nil)
	d.leaving[key] = found
	return found
}

// leaving is the state of a walk that looks for a departure.
type leaving struct {
	sel *Op // the last select
	use Use
	on  *Use // the case that makes it depart
}

func (l leaving) Key() uint64 {
	var key uint64
	if l.sel != nil {
		key = uint64(l.sel.Pos) << 16
	}
	if l.on != nil {
		key += uint64(l.on.Pos())<<40 + 1
	}
	return key
}

// chosen follows an edge: a case that receives from something that may
// happen at any time is a reason to depart.
func (d *departs) chosen(s leaving, e *Edge, u Use, serving OpKind) (leaving, bool) {
	if slices.Contains(e.Nil, u.Ref().Resource) {
		return s, false // it has served all that there was
	}
	if e.Case < 0 || s.sel == nil {
		return s, true
	}
	c := s.sel.Cases[e.Case]
	if c.Resource == u.Ref().Resource && serves(c.Kind, serving) {
		return s, s.sel != u.Op // it served, and what follows is no departure
	}
	if c.Kind == Receive && s.on == nil && d.mayHappen(c.Resource) {
		on := s.use
		on.Case = e.Case
		s.on = &on
	}
	return s, true
}

// mayHappen reports whether something ever arrives on a resource.
func (d *departs) mayHappen(r *Resource) bool {
	if r.Kind != Chan || r.Unknown || r.Access&OthersSend != 0 {
		return true
	}
	return slices.ContainsFunc(d.m.Uses(r), func(u Use) bool { return u.Kind() == Close || u.Kind() == Send })
}

// opServes reports whether an operation serves a channel, by itself or by
// what it calls or starts.
func (d *departs) opServes(op *Op, r *Resource, serving OpKind) bool {
	if op.Resource == r && serves(op.Kind, serving) {
		return true
	}
	for _, c := range op.Cases {
		if c.Resource == r && serves(c.Kind, serving) {
			return true
		}
	}
	servers := d.servers(r, serving)
	return slices.ContainsFunc(op.Callees, func(c Callee) bool { return c.Func != nil && servers[c.Func] })
}

// servesLater reports whether a deferred operation of a function serves a
// channel.
func (d *departs) servesLater(f *Func, r *Resource, serving OpKind) bool {
	return slices.ContainsFunc(f.Blocks, func(b *Block) bool {
		return slices.ContainsFunc(b.Ops, func(op *Op) bool { return op.Deferred && d.opServes(op, r, serving) })
	})
}

// servers returns the functions that serve a channel, or call or start one
// that does.
func (d *departs) servers(r *Resource, serving OpKind) map[*Func]bool {
	key := servedBy{r, serving}
	if found, ok := d.serving[key]; ok {
		return found
	}
	found := make(map[*Func]bool)
	var add func(f *Func)
	add = func(f *Func) {
		if found[f] {
			return
		}
		found[f] = true
		for _, site := range f.Callers {
			add(site.In)
		}
	}
	for _, u := range d.m.Uses(r) {
		if serves(u.Kind(), serving) {
			add(u.Func)
		}
	}
	d.serving[key] = found
	return found
}

// final reports whether what makes a peer depart is the end of what the
// channel belongs to: both are reached from one object, or the channel is
// made by a call and the function is around, or in, the one that departs.
func (d *departs) final(r *Resource, p Departure) bool {
	if !r.Field() && !strings.HasPrefix(r.ID, "G:") {
		return true
	}
	channel, signal := p.Use.Ref().Object, p.On.Ref().Object
	return channel.Root() != "" && channel.Root() == signal.Root()
}

// aware finds another operation of a function, or of one that it is a literal
// in, that waits for what makes a peer depart, or for the end of a context.
func (d *departs) aware(u Use, peers []Departure) (Use, bool) {
	for f := u.Func; f != nil; f = f.Outer {
		for i, b := range f.Blocks {
			for j, op := range b.Ops {
				if slices.ContainsFunc(peers, func(p Departure) bool { return p.On.Op == op }) {
					continue // the departure itself
				}
				if op.Resource != nil && op.Kind == Receive && signals(op.Ref, peers) {
					return Use{f, i, j, op, -1}, true
				}
				for k, c := range op.Cases {
					if c.Kind == Receive && signals(c.Ref, peers) {
						return Use{f, i, j, op, k}, true
					}
				}
			}
		}
	}
	return Use{}, false
}

func signals(ref Ref, peers []Departure) bool {
	return slices.ContainsFunc(peers, func(p Departure) bool {
		on := p.On.Ref().Resource
		return on == ref.Resource || on.Kind == Done && ref.Resource.Kind == Done
	})
}

// Position returns where the channel of a stranded operation is made.
func (s *Stranded) Position() token.Pos { return s.Ref().Resource.Made[0].Pos }
