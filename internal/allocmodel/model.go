package allocmodel

import (
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ssa"
)

// A Kind says what allocates.
type Kind int

// The kinds of allocation sites.
const (
	Variable     Kind = iota // a local variable, if its address is taken
	Composite                // &T{…} or new(T)
	SliceLiteral             // []T{…}
	MakeSlice                // make([]T, n)
	MakeMap                  // make(map[K]V) or a literal of a map
	MakeChan                 // make(chan T)
	Append                   // what append grows to
	Closure                  // a function literal that captures variables, or the call of a go statement
	MethodValue              // x.M without a call
	Box                      // a value that becomes an interface value
	Conversion               // between strings, bytes and runes
	Concat                   // of strings
	Variadic                 // the slice of the last arguments of a call
	DeferInLoop              // the record of a deferred call
	MapGrowth                // m[k] = v, if k is new
)

var kindNames = [...]string{
	Variable: "variable", Composite: "composite", SliceLiteral: "slice-literal", MakeSlice: "make-slice", MakeMap: "make-map",
	MakeChan: "make-chan", Append: "append", Closure: "closure", MethodValue: "method-value", Box: "box",
	Conversion: "conversion", Concat: "concat", Variadic: "variadic", DeferInLoop: "defer-in-loop",
	MapGrowth: "map-growth",
}

// String returns a word for dumps and tables.
func (k Kind) String() string { return kindNames[k] }

// A Fate says where the memory of a site is.
type Fate int

// The fates, in ascending order of what they cost.
const (
	Stack   Fate = iota // surely no allocation
	Buffer              // on the stack, or none, up to a small size, else on the heap
	Unknown             // it depends on code that is not known
	Heap                // on the heap
)

var fateNames = [...]string{Stack: "stack", Buffer: "buffer", Unknown: "unknown", Heap: "heap"}

// String returns a word for dumps and tables.
func (f Fate) String() string { return fateNames[f] }

// A Why says how a value goes from one place to the next.
type Why int

// The ways that values go.
const (
	Assigned       Why = iota // to another variable
	Returned                  // to a result
	StoredIndirect            // to a field or element through a pointer or slice
	StoredGlobal              // to a package-level variable
	StoredOuter               // by a closure, to a variable of the function around it
	LoopCarried               // to a variable that outlives the round of the loop
	Sent                      // on a channel
	MapElement                // to a map, as key or element
	Appended                  // to a slice whose array may be on the heap
	Captured                  // by a closure
	Argument                  // to a function that keeps it
	InterfaceCall             // to a method that is not known
	DynamicCall               // to a function that is not known
	UnknownCall               // to a function of which nothing is known
	Started                   // to another goroutine
	Deferred                  // to a call that a loop defers
	Panicked                  // as the value of a panic
	TooLarge                  // nowhere: too large for the stack
	VariableSize              // nowhere: of a size that is known too late
	Always                    // nowhere: the likes of it are always on the heap
)

var whyNames = [...]string{
	Assigned: "assigned", Returned: "returned", StoredIndirect: "stored-indirect", StoredGlobal: "stored-global",
	StoredOuter: "stored-outer", LoopCarried: "loop-carried", Sent: "sent", MapElement: "map-element", Appended: "appended",
	Captured: "captured", Argument: "argument", InterfaceCall: "interface-call", DynamicCall: "dynamic-call",
	UnknownCall: "unknown-call", Started: "started", Deferred: "deferred", Panicked: "panicked", TooLarge: "too-large",
	VariableSize: "variable-size", Always: "always",
}

// String returns a word for dumps and tables.
func (w Why) String() string { return whyNames[w] }

// A Step is one step of the way that a value takes to the heap.
type Step struct {
	Why    Why
	Pos    token.Pos
	Callee *types.Func // of a call, if it is known; for a call through an interface, the interface's method
}

// A Site is a place that allocates, or would if its value went elsewhere.
type Site struct {
	Kind  Kind
	Fn    *ssa.Function
	Instr ssa.Instruction
	Pos   token.Pos
	Type  types.Type // of what is allocated; nil for a deferred call
	Size  int64      // in bytes; -1 if that is not known here
	Loops int        // how many loops of the function are around it
	Fate  Fate
	Way   []Step // to where the value outlives its function; empty if it does not

	result int // index plus 1 of the result that it is on the heap for, and for nothing else
	level  int // how many pointers lead from that result to the one to this value
}

// Reason returns why the value is where it is: the last step of its way.
func (s *Site) Reason() Why {
	if len(s.Way) == 0 {
		return Assigned
	}
	return s.Way[len(s.Way)-1].Why
}

// Options are what the answers depend on besides the code.
type Options struct {
	Info  *types.Info
	Sizes types.Sizes
	// Toolchain is the version of the compiler, such as "go1.26.8". What a
	// compiler puts on the stack does not depend on the language version.
	Toolchain string
	// Known returns what a function of another package, or one without a
	// body, does with its arguments; nil if that is not known.
	Known func(*types.Func) *Summary
	// Costs returns what a call of such a function allocates; nil if that is
	// not known.
	Costs func(*types.Func) *Cost
	// Failures are functions that return an error that is not nil, as in
	// [HotTable].
	Failures []string
}
