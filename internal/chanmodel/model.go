package chanmodel

import (
	"go/token"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// A Kind says what a resource is.
type Kind uint8

// The kinds of resources.
const (
	Chan      Kind = iota + 1
	Mutex          // with or without readers
	WaitGroup      // a counter that Wait waits for
	Cond           // a condition variable
	Done           // the channel of a context: closed once, by its cancel function or a deadline
	Timer          // a channel on which something arrives by itself
	Once           // runs a function once; others wait meanwhile
)

var kindNames = [...]string{Chan: "chan", Mutex: "mutex", WaitGroup: "waitgroup", Cond: "cond", Done: "done", Timer: "timer", Once: "once"}

func (k Kind) String() string { return kindNames[k] }

// Access is a set of things that code outside of the package may do to a
// resource. The zero value means that all operations are in the model.
type Access uint8

// What others may do.
const (
	OthersSend    Access = 1 << iota // send to the channel, close it; release the lock; call Done, Signal
	OthersReceive                    // receive from the channel; take the lock; call Wait
)

// Open is full access.
const Open = OthersSend | OthersReceive

// A Resource is an abstract synchronisation object: everything that one
// variable, field or creation site can hold.
type Resource struct {
	ID     string // unique in the model, such as "F:server.done"
	Name   string // as the source says it, such as "s.done"
	Kind   Kind
	Many   bool // element of a slice, map or channel, or made in a loop: one operation may be on another object than the next
	Access Access
	Made   []Creation // where channels are made that it can hold; in source order
	// Unknown is set if it can also hold what the package has not made, such
	// as the result of a function of another package.
	Unknown bool
	// Nil is set if it can hold nil: a variable without a value that is never,
	// or not always, assigned to.
	Nil bool
	// Tested is set if the package asks whether it is nil.
	Tested bool

	embedded  bool // a field of a type that several others embed
	mixed     bool // several fields or variables, between which a pointer chooses
	elsewhere bool // a field or variable that another package declares
}

// Field reports whether the resource is a field of a type.
func (r *Resource) Field() bool { return strings.HasPrefix(r.ID, "F:") }

// A Creation is a place where a channel is made.
type Creation struct {
	Pos   token.Pos
	Cap   Cap
	Func  *Func
	Block int
	// Objects are the names of the channel: what make returns, and the fields
	// of structs that it is stored to at once.
	Objects []Object
	// Returned is set if the function returns the channel that it makes.
	Returned bool
}

// A Cap is the capacity of a channel: a number, or the value of an
// expression such as "len(xs)" that has the same text wherever it has the
// same value in its function.
type Cap struct {
	N   int
	Sym string // if not empty, N is meaningless
}

// An OpKind says what an operation does.
type OpKind uint8

// The kinds of operations.
const (
	Send OpKind = iota + 1
	Receive
	Range // a receive in the header of a range loop: the loop ends when the channel is closed
	Close
	Lock
	Unlock
	RLock
	RUnlock
	TryLock // takes the lock on the edges that say so (Edge.Took), or does not
	Add     // N is the number, or Unknown
	Finish  // Done of a wait group
	Wait
	Limit    // of a wait group that starts goroutines: from now on an Add waits while N are running; N is the number, or Unknown
	CondWait // releases the condition's lock while it waits, if that is known: Locker
	Signal
	Broadcast
	Select    // Cases, and Default
	Go        // starts Callees
	Call      // calls Callees
	RunDefers // what was deferred runs, last first
	Return
	Panic
	Exit     // the process, or the goroutine, ends
	Cancel   // closes the channel of a context
	Slow     // may take as long as the world outside likes: network, files, sleep
	Reassign // the path Object now leads to another object
	Never    // the path ends here, because it cannot be taken
	HandOver // a function value that releases the lock is made
)

var opNames = [...]string{
	Send: "send", Receive: "receive", Range: "range", Close: "close", Lock: "lock", Unlock: "unlock", RLock: "rlock",
	RUnlock: "runlock", TryLock: "trylock", Add: "add", Finish: "done", Wait: "wait", Limit: "limit", CondWait: "condwait",
	Signal: "signal", Broadcast: "broadcast", Select: "select", Go: "go", Call: "call", RunDefers: "rundefers",
	Return: "return", Panic: "panic", Exit: "exit", Cancel: "cancel", Slow: "slow", Reassign: "reassign", Never: "never", HandOver: "handover",
}

func (k OpKind) String() string { return opNames[k] }

// An Object is an access path: a root, such as a parameter or a call's
// result, and fields, such as "f#0.mu". Within one call of a function, two
// operations with the same object work on the same thing, unless the root is
// computed anew (Func.Defs) or the path is changed (Reassign) in between. The
// empty object is none that is known.
type Object string

// Root returns the root of the path.
func (o Object) Root() Object {
	if i := strings.IndexAny(string(o), ".["); i >= 0 {
		return o[:i]
	}
	return o
}

// DependsOn reports whether an object has a root in it, as its own or that of
// an index.
func (o Object) DependsOn(root Object) bool {
	if o.Root() == root {
		return true
	}
	_, index, ok := strings.Cut(string(o), "[")
	return ok && strings.Contains("["+index, "["+asIndex(root)+"]")
}

// Under reports whether the path leads through, or to, another one.
func (o Object) Under(path Object) bool {
	rest, ok := strings.CutPrefix(string(o), string(path))
	return ok && path != "" && (rest == "" || rest[0] == '.' || rest[0] == '[')
}

// A Ref is what an operation works on.
type Ref struct {
	Object   Object
	Resource *Resource
}

// An Op is a synchronisation operation, or a call that may lead to some.
type Op struct {
	Kind     OpKind
	Ref      // of the operations on one resource
	Pos      token.Pos
	Deferred bool // runs at RunDefers rather than here
	N        int  // of Add and Limit

	Cases   []Case // of a Select
	Default bool   // whether a Select has a default case

	Callees []Callee // of Go and Call
	Unknown bool     // whether it may run code that is not in the model, and which could reach what the arguments lead to
	Counts  Ref      // of Go: the wait group that the goroutine finishes when it ends
	Locker  Ref      // of a CondWait: the lock that it releases, if that is known

	Gives []Callee // of HandOver: the method of the package that the value is of

	Text string // a call's callee as the source writes it
}

// A Case is one of a select statement.
type Case struct {
	Kind OpKind // Send or Receive
	Ref
	Pos token.Pos
}

// Unknown is the number of an Add that is not constant.
const Unknown = -1 << 31

// A Callee is one of the functions that a call may call.
type Callee struct {
	Func    *Func    // of this package, or nil
	Summary *Summary // of a function of another package, or nil
	Name    string   // for messages
	// Args are the objects of the caller that the callee's roots stand for.
	Args map[Object]Object
	// Const are the callee's parameters for which the call has a constant:
	// "nil", "true", "false" or a number.
	Const map[Object]string

	guard bool // it returns something, which may be what releases the locks that it takes
}

// In translates an object of the callee into one of the caller. Objects that
// belong to the callee alone become empty.
func (c *Callee) In(o Object) Object {
	root := o.Root()
	if arg, ok := c.Args[root]; ok {
		if arg == "" {
			return ""
		}
		return arg + c.indices(o[len(root):])
	}
	if strings.HasPrefix(string(root), "G:") || c.Func != nil && c.Func.Name != rootFunc(root) {
		return o // a global, or a variable of the function around it
	}
	return ""
}

// indices translates the parameters among the indices of a path.
func (c *Callee) indices(path Object) Object {
	if !strings.Contains(string(path), "[") {
		return path
	}
	for param, arg := range c.Args {
		if arg != "" {
			path = Object(strings.ReplaceAll(string(path), "["+asIndex(param)+"]", "["+asIndex(arg)+"]"))
		}
	}
	return path
}

// rootFunc returns the function that an object's root belongs to.
func rootFunc(root Object) string {
	name, _, _ := strings.Cut(string(root), "#")
	return name
}

// A Block is a basic block.
type Block struct {
	Ops   []*Op
	Succs []Edge
}

// An Edge leads from one block to another.
type Edge struct {
	To   int
	Case int // index of the case of the block's select that is chosen; -1
	// Took is the TryLock that has taken its lock on this edge, if any.
	Took *Op
	// Turn is set if a loop that counts runs once more, or is over.
	Turn *Turn
	// Test is what a parameter is on the edge, if the branch asks for it.
	Test Test
	// Closed are channels of which one was found to be closed.
	Closed []*Resource
	// Nil are channels that a variable held which is nil now: whoever receives
	// sets it to nil when there is nothing more to receive.
	Nil []*Resource
	// Lits are what must hold on it. Models that were extracted from Go ask
	// ssax instead.
	Lits []Literal
}

// A Test says whether a parameter is a constant.
type Test struct {
	Param Object
	Value string
	True  bool
}

// A Literal is a condition and its outcome.
type Literal struct {
	Cond string
	True bool
}

// A Func is the skeleton of a function.
type Func struct {
	Name   string // unique in the model, without dots: the roots of objects begin with it
	Label  string // as people write it
	Pos    token.Pos
	Blocks []*Block // the first is the entry; the indices are those of the SSA form
	Outer  *Func    // the function that a literal stands in
	Params []Object
	// Results says what results are: the object that all returns return, but
	// for nil. It is empty if that is not one that is known.
	Results []Object
	// Defs are the roots that a block computes anew, by block.
	Defs map[int][]Object
	// Fresh are the objects that nobody else has: structs made here and not
	// shown to anybody before the function returns, and elements that it takes
	// out of a map.
	Fresh []Object
	// Callers are the places in the package that may call or start it.
	Callers []CallSite
	// Called is set if code that is not in the model may call it: an exported
	// function, or one whose value goes where the model does not see it.
	Called bool
	InTest bool
	// Recovers is set if it defers a function that recovers from panics.
	Recovers bool
	// Program is set if it is main, or the body of a command that main runs:
	// when it returns, the process is about to end.
	Program bool
	// Body is set if it is the body of a range-over-func loop. It is called by
	// the call that the loop is, and runs any number of times.
	Body bool

	halts    []int    // blocks that stop a timer
	locklike []string // classes of what it calls methods of that are named like those of locks
	branches branches
	source   *ssa.Function // nil in models that were parsed
	inert    bool          // see findInert
	natural  []*loop       // see naturalLoops
	searched bool
	repeats  []bool // see Repeats; by block
}

// Source returns the SSA form of a function; nil in models that were parsed.
func (f *Func) Source() *ssa.Function { return f.source }

// A CallSite is a place that may call a function, or start it as a goroutine.
type CallSite struct {
	In    *Func
	Block int
	Op    *Op
}

// A Model is a package, reduced to what can block.
type Model struct {
	Funcs     []*Func     // in source order
	Resources []*Resource // sorted by ID

	uses   map[*Resource][]Use
	shared *sites
	line   func(token.Pos) int // for the text form
	back   backs
}

// A Use is an operation, or a case of a select, and where it is.
type Use struct {
	Func  *Func
	Block int
	Index int // in the block
	Op    *Op
	Case  int // index of the select's case, or -1
}

// Kind returns what is done to the resource.
func (u Use) Kind() OpKind {
	if u.Case >= 0 {
		return u.Op.Cases[u.Case].Kind
	}
	return u.Op.Kind
}

// Ref returns what the operation works on.
func (u Use) Ref() Ref {
	if u.Case >= 0 {
		return u.Op.Cases[u.Case].Ref
	}
	return u.Op.Ref
}

// Pos returns the position of the operation or case.
func (u Use) Pos() token.Pos {
	if u.Case >= 0 {
		return u.Op.Cases[u.Case].Pos
	}
	return u.Op.Pos
}

// Bare reports whether nothing but its own resource can let the operation go
// on: it is not in a select with other cases or a default.
func (u Use) Bare() bool {
	return u.Case < 0 || len(u.Op.Cases) == 1 && !u.Op.Default
}

// Uses returns the operations on a resource, in the order of the model.
func (m *Model) Uses(r *Resource) []Use {
	if m.uses == nil {
		m.index()
	}
	return m.uses[r]
}

func (m *Model) index() {
	m.uses = make(map[*Resource][]Use)
	for _, f := range m.Funcs {
		for i, b := range f.Blocks {
			for j, op := range b.Ops {
				if op.Resource != nil {
					m.uses[op.Resource] = append(m.uses[op.Resource], Use{f, i, j, op, -1})
				}
				for k, c := range op.Cases {
					if c.Resource != nil {
						m.uses[c.Resource] = append(m.uses[c.Resource], Use{f, i, j, op, k})
					}
				}
			}
		}
	}
}
