package evidence

import (
	"io"
	"strings"

	"github.com/perflint/perflint/internal/finding"
)

// A Compilation is what the compiler says about the allocations of packages.
type Compilation struct {
	Packages map[string]bool // import paths of packages that compiled; there is a verdict on all their code
	Failures []string        // the packages that did not, with the reason

	compiled []Package

	records map[string][]*Record          // by file, in the order of the output
	inlined map[finding.Position][]string // the functions that are inlined at a call
	inlines map[place]bool                // the functions that can be inlined
}

// A Record is one verdict of the compiler.
type Record struct {
	At      finding.Position
	Outcome Outcome
	What    string // the expression or variable, as the compiler prints it
	Flow    []Flow // how it reaches the heap; known where the outcome is Escapes or Moved
}

// An Outcome is what the compiler has decided about an expression or variable.
type Outcome int

// The outcomes.
const (
	Stays    Outcome = iota + 1 // it does not escape
	Escapes                     // an expression: what it makes is on the heap
	Moved                       // a variable is on the heap
	ZeroCopy                    // a conversion that copies nothing
)

// A Flow is one step of the way of a value to the heap.
type Flow struct {
	At   finding.Position
	Node string // the expression
	Why  string // what it does with the value: "return", "call parameter"
}

type recordKey struct {
	at      finding.Position
	outcome Outcome
	what    string
}

// ParseCompiler reads what the go command prints on standard error with
// -gcflags=-m=2. Names of files are relative to the folder that it ran in.
//
// The text is not an interface, and has changed over the years. Lines that are
// not understood are skipped, among them errors of the compiler. What has been
// the same from Go 1.24 to 1.27 is in testdata.
func ParseCompiler(r io.Reader, dir string) (*Compilation, error) {
	c := &Compilation{
		Packages: make(map[string]bool), records: make(map[string][]*Record),
		inlined: make(map[finding.Position][]string), inlines: make(map[place]bool),
	}
	p := compilerParser{c: c, heads: make(map[finding.Position][]head), seen: make(map[recordKey]bool)}
	p.positions = newPositionReader(dir)
	if err := scan(r, func(line string) {
		if at, message, ok := p.positions.line(line); ok {
			p.message(at, message)
		}
	}); err != nil {
		return nil, err
	}
	return c, nil
}

type compilerParser struct {
	c         *Compilation
	positions *positionReader
	seen      map[recordKey]bool

	current head // whose flow is being printed; none if it has no expression
	at      finding.Position
	heads   map[finding.Position][]head // flows whose verdicts may come
}

// A head is an expression and its flow, which the compiler prints before the
// verdict.
type head struct {
	what string
	flow []Flow
}

// message takes what is said about a place.
func (p *compilerParser) message(at finding.Position, message string) {
	if strings.HasPrefix(message, "  ") {
		p.step(at, strings.TrimSpace(message))
		return
	}
	if what, ok := headline(message); ok {
		p.begin(at, what)
		return
	}
	p.end()
	p.verdict(at, message)
}

// headline reads what a flow is about: "X escapes to heap in F:", and
// "X escapes to heap:" before Go 1.25. Flows of parameters are of no interest.
func headline(message string) (what string, ok bool) {
	body, ok := strings.CutSuffix(message, ":")
	if !ok {
		return "", false
	}
	if what, _, ok := cutLast(body, " escapes to heap in "); ok {
		return what, true
	}
	if what, ok := strings.CutSuffix(body, " escapes to heap"); ok {
		return what, true
	}
	return "", strings.HasPrefix(body, "parameter ") && strings.Contains(body, " leaks to ")
}

// begin begins a flow.
func (p *compilerParser) begin(at finding.Position, what string) {
	p.end()
	p.at, p.current = at, head{what: what}
}

// step adds a line of a flow: "flow: DST ← SRC:" and "from NODE (WHY) at
// PLACE". What is between two places says more than the names of the
// compiler's locations.
func (p *compilerParser) step(at finding.Position, message string) {
	body, ok := strings.CutPrefix(message, "from ")
	if !ok || p.current.what == "" || at != p.at {
		return
	}
	node, place, ok := cutLast(body, " at ")
	if !ok {
		return
	}
	node, why, ok := cutLast(strings.TrimSuffix(node, ")"), " (")
	if !ok {
		return
	}
	if where, ok := p.positions.position(place); ok {
		p.current.flow = append(p.current.flow, Flow{where, node, why})
	}
}

// end keeps a flow until the verdict comes.
func (p *compilerParser) end() {
	if p.current.what != "" {
		p.heads[p.at] = append(p.heads[p.at], p.current)
		p.current = head{}
	}
}

// verdict takes a line that stands for itself.
func (p *compilerParser) verdict(at finding.Position, message string) {
	switch {
	case strings.HasPrefix(message, "moved to heap: "):
		p.record(at, Moved, strings.TrimPrefix(message, "moved to heap: "))
	case strings.HasSuffix(message, " escapes to heap"):
		p.record(at, Escapes, strings.TrimSuffix(message, " escapes to heap"))
	case strings.HasSuffix(message, " does not escape"):
		p.record(at, Stays, strings.TrimSuffix(message, " does not escape"))
	case message == "zero-copy string->[]byte conversion":
		p.record(at, ZeroCopy, "")
	case strings.HasPrefix(message, "inlining call to "):
		callee := strings.TrimPrefix(message, "inlining call to ")
		p.c.inlined[at] = append(p.c.inlined[at], withoutBrackets(callee))
	case strings.HasPrefix(message, "can inline "):
		p.c.inlines[place{at.File, at.Line}] = true
	}
}

// record keeps a verdict. The same one is printed for each instance of a
// generic function, and for a package and its test variant.
func (p *compilerParser) record(at finding.Position, outcome Outcome, what string) {
	key := recordKey{at, outcome, what}
	if p.seen[key] {
		return
	}
	p.seen[key] = true
	r := &Record{At: at, Outcome: outcome, What: what}
	if outcome == Escapes || outcome == Moved {
		r.Flow = p.flowOf(at, what)
	}
	p.c.records[at.File] = append(p.c.records[at.File], r)
}

// flowOf returns the flow that was printed for a record. That of an append
// names its arguments, and the record does not.
func (p *compilerParser) flowOf(at finding.Position, what string) []Flow {
	for _, h := range p.heads[at] {
		if h.what == what || what == "append" && strings.HasPrefix(h.what, "append(") {
			return h.flow
		}
	}
	return nil
}
