// Package escape defines an Analyzer that finds heap allocations on hot paths.
//
// # Analyzer escape
//
// escape: find heap allocations on hot paths
//
// # Rule escape/boxed
//
// A value that is not a pointer becomes an interface value that leaves the function.
//
// # Rule escape/closure
//
// A function literal that captures variables, or a method value, leaves the function.
//
// # Rule escape/returned-pointer
//
// A function returns a pointer to a small value that it makes.
//
// # Rule escape/loop-allocation
//
// Each round of a loop allocates a value.
//
// # Rule escape/append-growth
//
// A slice whose length is known beforehand grows step by step.
//
// # Rule escape/conversion
//
// A string is copied to bytes or back.
//
// # Rule escape/map-in-loop
//
// Each round of a loop makes a map.
//
// # Rule escape/large-local
//
// A local variable is too large for the stack.
//
// # Rule escape/recompiled
//
// TODO.
//
// # Rule escape/scalar-format
//
// TODO.
//
// # Rule escape/concat-in-loop
//
// TODO.
//
// # Rule escape/defer-in-loop
//
// TODO.
//
// # Rule escape/bytes-lookup
//
// TODO.
package escape
