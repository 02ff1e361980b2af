// Package allocmodel answers where a package allocates memory, and whether
// that memory is on the heap.
//
// [New] looks at the functions of a package. For each it returns its
// allocation sites ([Site]): what is allocated, where it ends up ([Fate]), and
// by which flow ([Step]). What a function does with its arguments is a
// [Summary]; clients exchange those of other packages as facts, and own the
// table of what is known besides. The engine knows no API.
//
// # How it works
//
// It is the escape analysis of the Go compiler, on SSA form: every variable
// and every piece of storage that an expression makes is a location, and an
// assignment is an edge from its source with a number of dereferences, which
// is -1 where an address is taken. A value that reaches the heap, a result, or
// a variable that lives longer with -1 dereferences must not be on the stack.
// A parameter leaks to the heap and to each result with the least number of
// dereferences on any way there. The flow is neither sensitive to paths nor to
// the order of statements, and it does not tell the fields of a struct apart.
//
// The method is that of cmd/compile/internal/escape
// (https://go.dev/src/cmd/compile/internal/escape/escape.go). Its limits are
// followed as well where programmers can see them: what is stored through a
// pointer is on the heap, although the pointer may be to a local variable.
//
// # Where it differs from the compiler
//
// The compiler inlines first, and so may find that the memory of an inlined
// function stays on the stack of its caller. What functions of other packages
// do is known from summaries; where there is none the fate is [Unknown], as it
// is for values of type parameters. SSA form has no variables: one that holds
// the same value in all its uses is not seen, so a value that such a variable
// carries out of a loop seems to stay in the loop. All of these make the engine
// miss allocations, or tell of one that is gone where the function is inlined.
package allocmodel
