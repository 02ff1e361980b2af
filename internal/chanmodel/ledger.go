package chanmodel

import (
	"go/token"
	"slices"
	"strings"
)

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
	if room := s.made.Cap; l.kind == Send && room.Sym == "" && room.N > 1 && l.needSyms != 0 {
		sh.Guessed = true // somebody has chosen room for as many as there are
	}
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
