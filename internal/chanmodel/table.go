package chanmodel

import "go/types"

// A Table says what the symbols of an API do. The client owns it.
type Table struct {
	// Types are the kinds of resources by the qualified name of their type,
	// such as "path.Type".
	Types map[string]Kind
	// Symbols are functions and methods by [types.Func.FullName].
	Symbols map[string]Symbol
	// Command reports whether a type describes a command of a program: what is
	// in its fields, or gets one, runs as main does. It may be nil.
	Command func(*types.Named) bool
	// Lockers are the names of methods that make something of a type which the
	// table does not know look like a lock.
	Lockers []string
}

// A Symbol is what a function of an API does. Arguments are counted with the
// receiver, if there is one, as number 0.
type Symbol struct {
	Op  OpKind // on argument 0; 0 for none
	Add int    // of an Add without a number of its own: what it adds
	// Calls and Starts are the numbers of the arguments that it calls, or runs
	// in a goroutine.
	Calls, Starts []int
	// Later is set if what it calls may run when the call has returned, and
	// then not in a goroutine that the model should count as one: cleanups.
	Later bool
	// Result is the kind of channel, lock or condition that it returns.
	Result Kind
	// ResultOf is set if the result belongs to argument 0: the channel of a
	// context, the view of a lock.
	ResultOf bool
	// Locks is the number of the argument that is the lock of the condition
	// which it returns, plus one.
	Locks int
	// Sends is the number of the argument, plus one, that is a channel to
	// which somebody will send.
	Sends int
	// Prints is set if it calls the String or Error method of its arguments.
	Prints bool
	// Pure is set if it does nothing to its arguments that matters here, and
	// keeps none: they do not escape.
	Pure  bool
	Halts bool // stops a timer, whose channel then gives nothing
}
