package chanmodel

import (
	"slices"
	"strings"
)

// A scope is one channel, the function that it belongs to, and the goroutines
// that can use it.
type scope struct {
	model    *Model
	resource *Resource
	root     *Func
	inside   map[*Func]bool // the functions that the channel can be used in
	made     *Creation
	singular bool // the resource is this channel and no other
	unknown  int  // what numbers are that nobody knows

	survey  *survey
	users   map[*Func]bool     // the functions that lead to the channel
	decided map[*Resource]bool // see decides
	loud    map[*Func]bool     // see hear
	left    int                // of the budget for walks
	done    map[string]*effects
	book    book
	touches map[*Func]touch
	threads []thread
	many    bool // there are more threads than can be counted
	bits    []*Resource
	free    uint64 // resources that somebody fires who need not be looked at
	symbols []string
}

// touch says what a function, or what it calls, does to the channel.
type touch struct{ sends, recvs, closes, tries bool }

// A thread is a go statement whose goroutines may use the channel, or other
// resources that somebody waits for.
type thread struct {
	op     *Op
	frames []*frame
	key    string
	counts *Resource // the wait group that it finishes when it ends
	all    *effects  // see scope.of
}

// membership says whether an operation is on the channel that is counted.
type membership uint8

const (
	no membership = iota
	maybe
	yes
)

// mine reports whether an operation is on the channel.
func (s *scope) mine(r Ref, fr *frame) membership {
	if r.Resource != s.resource {
		return no
	}
	if s.singular {
		return yes
	}
	o := fr.resolve(r.Object)
	if o == "" {
		return maybe
	}
	for i := range s.resource.Made {
		if made := &s.resource.Made[i]; slices.Contains(made.Objects, o) {
			if made.Pos == s.made.Pos {
				return yes
			}
			return no // another one
		}
	}
	return maybe
}

// bit returns the bit of a resource, the last one if there are too many; 0 if
// waits for it do not count.
func (s *scope) bit(r *Resource) uint64 {
	if r == nil || !s.decides(r) {
		return 0
	}
	i := slices.Index(s.bits, r)
	if i < 0 {
		s.bits = append(s.bits, r)
		i = len(s.bits) - 1
	}
	return 1 << min(i, 63)
}

// symbol returns the bit of a number that nobody knows.
func (s *scope) symbol(fr *frame, text string) uint64 {
	for root, to := range fr.bind {
		if to != "" {
			text = replaceRoot(text, string(root), string(to))
		}
	}
	i := slices.Index(s.symbols, text)
	if i < 0 {
		s.symbols = append(s.symbols, text)
		i = len(s.symbols) - 1
	}
	return 1 << min(i, 63)
}

// replaceRoot replaces a root in an expression.
func replaceRoot(text, root, to string) string {
	i := strings.Index(text, root)
	if i < 0 {
		return text
	}
	rest := text[i+len(root):]
	if rest != "" && rest[0] >= '0' && rest[0] <= '9' {
		return text
	}
	return text[:i] + to + rest
}

// does reports whether a loop sends or receives on the channel, or starts
// what does.
func (s *scope) does(fr *frame, l *loop) (sends, recvs bool) {
	for i := range l.body {
		for _, op := range fr.fn.Blocks[i].Ops {
			a, b := s.opDoes(op)
			sends, recvs = sends || a, recvs || b
		}
	}
	return sends, recvs
}

func (s *scope) opDoes(op *Op) (sends, recvs bool) {
	note := func(kind OpKind, r *Resource) {
		if r == s.resource {
			sends = sends || kind == Send
			recvs = recvs || kind == Receive || kind == Range
		}
	}
	note(op.Kind, op.Resource)
	for _, c := range op.Cases {
		note(c.Kind, c.Resource)
	}
	if op.Kind == Call || op.Kind == Go {
		for _, c := range op.Callees {
			if c.Func != nil {
				t := s.touch(c.Func)
				sends, recvs = sends || t.sends, recvs || t.recvs
			}
		}
	}
	return sends, recvs
}

func (s *scope) touch(f *Func) touch {
	if !s.users[f] {
		return touch{}
	}
	if t, ok := s.touches[f]; ok {
		return t
	}
	s.touches[f] = touch{} // for recursion
	var t touch
	for _, b := range f.Blocks {
		for _, op := range b.Ops {
			sends, recvs := s.opDoes(op)
			t.sends, t.recvs = t.sends || sends, t.recvs || recvs
			t.closes = t.closes || op.Kind == Close && op.Resource == s.resource
			t.tries = t.tries || op.Default && slices.ContainsFunc(op.Cases, func(c Case) bool { return c.Kind == Send && c.Resource == s.resource })
			for _, c := range op.Callees {
				if c.Func != nil {
					inner := s.touch(c.Func)
					t.closes, t.tries = t.closes || inner.closes, t.tries || inner.tries
				}
			}
		}
	}
	s.touches[f] = t
	return t
}

// callees returns the calls that an operation can be. If it calls a function
// value that a caller has given, it is that one.
func (s *scope) callees(op *Op, fr *frame) []*frame {
	only, known := strings.CutPrefix(string(fr.resolve(op.Object)), "fn:")
	var frames []*frame
	for i := range op.Callees {
		c := &op.Callees[i]
		if c.Func == nil || known && c.Func.Name != only && slices.ContainsFunc(op.Callees, func(o Callee) bool { return o.Func != nil && o.Func.Name == only }) {
			continue
		}
		frames = append(frames, fr.call(c))
	}
	return frames
}

// thread returns the number of the goroutines that an operation starts; -1 if
// they do not matter. It reports false if there are too many kinds of them.
func (s *scope) thread(op *Op, fr *frame) (int, bool) {
	frames := s.callees(op, fr)
	if !slices.ContainsFunc(frames, func(inner *frame) bool { return s.loud[inner.fn] }) {
		s.free |= s.bit(op.Counts.Resource)
		return -1, true
	}
	key := fr.fn.Name
	for _, inner := range frames {
		key += "|" + s.key(inner)
	}
	for i := range s.threads {
		if s.threads[i].op == op && s.threads[i].key == key {
			return i, true
		}
	}
	if s.bystanders(frames, len(s.threads) == maxThreads) {
		return -1, true
	}
	if len(s.threads) == maxThreads {
		s.many = true
		return 0, false
	}
	s.threads = append(s.threads, thread{op: op, frames: frames, key: key, counts: op.Counts.Resource})
	return len(s.threads) - 1, true
}

// bystanders reports whether goroutines do nothing to the channel and need
// not be told apart: they wait for nothing, or there are too many kinds. What
// they do to other resources may then be done at any time.
func (s *scope) bystanders(frames []*frame, crowded bool) bool {
	var fires uint64
	for _, fr := range frames {
		if s.touch(fr.fn) != (touch{}) {
			return false
		}
		for f := range s.survey.reach(fr.fn) {
			for _, b := range f.Blocks {
				for _, op := range b.Ops {
					switch op.Kind {
					case Send, Close, Finish:
						fires |= s.bit(op.Resource)
					case Receive, Range, Wait, Select:
						if !crowded && s.awaits(op) {
							return false
						}
					case Go:
						fires |= s.bit(op.Counts.Resource)
					}
				}
			}
		}
	}
	s.free |= fires
	return true
}

// of returns what the goroutines of a thread can do.
func (s *scope) of(t *thread) *effects {
	if t.all != nil {
		return t.all
	}
	all := new(effects)
	for _, fr := range t.frames {
		e := s.effects(fr)
		all.ends = append(all.ends, e.ends...)
		all.stops = append(all.stops, e.stops...)
	}
	if t.counts != nil {
		bit := s.bit(t.counts)
		all.ends = slices.Clone(all.ends)
		for i := range all.ends {
			all.ends[i].fired |= bit
		}
	}
	t.all = all
	return all
}

// reach returns the functions that a function calls or starts.
func reach(f *Func) map[*Func]bool {
	seen := map[*Func]bool{f: true}
	stack := []*Func{f}
	for len(stack) > 0 {
		f := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		for _, b := range f.Blocks {
			for _, op := range b.Ops {
				for _, c := range op.Callees {
					if c.Func != nil && !seen[c.Func] {
						seen[c.Func] = true
						stack = append(stack, c.Func)
					}
				}
			}
		}
	}
	return seen
}
