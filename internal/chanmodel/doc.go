// Package chanmodel answers whether goroutines and locks can block for ever.
//
// Channels, mutexes, wait groups, conditions, and the channels of contexts
// and timers are one thing to it: a [Resource] that operations produce and
// consume. A receive consumes what a send or a close produces, a Lock what an
// Unlock produces, a Wait what Done produces.
//
// # The model
//
// [Extract] reduces the functions of a package to skeletons ([Func]): the
// control-flow graph with the synchronisation operations ([Op]) and the calls
// that lead to some. What a symbol such as a method Lock does is a table
// ([Table]) that the client owns; the engine knows no API. A model has a text
// form ([Model.String], [Parse]), so that rules can be tested without Go code.
//
// An operation names what it works on twice. Its resource is an abstract
// object, all that one variable, field or creation site can hold; two
// operations on the same resource may meet. Its [Object] is an access path,
// such as "the field mu of the first parameter"; two operations of one call
// of a function with the same object surely work on the same thing.
//
// # Who else is there
//
// A resource that code outside the package can reach may have a peer that
// nobody sees. Each resource therefore says what others may do to it
// ([Access]); rules that conclude from the absence of a peer speak about
// resources only that nobody else can reach in the direction that matters.
//
// # Where it is unsound
//
// Fields are one resource for all values of their type. A variable that is
// assigned to through a pointer which the function does not see keeps its
// object. Calls through function values and interfaces are resolved to what
// the package stores there or declares, if these are few. Code that recovers
// from a panic is taken to end.
//
// The view of primitives as producers and consumers is that of Liu et al.,
// "GoGuard" (SAS 2024), the guard by escape that of Liu et al.,
// "Automatically Detecting and Fixing Concurrency Bugs in Go Software
// Systems" (ASPLOS 2021).
package chanmodel
