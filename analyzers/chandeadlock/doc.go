// Package chandeadlock defines an Analyzer that finds goroutines and locks
// that block for ever.
//
// # Analyzer chandeadlock
//
// chandeadlock: find goroutines and locks that block for ever
//
// A goroutine that waits for something that cannot come any more keeps its
// stack, all that it refers to, and often a lock or a connection, until the
// process ends. A lock that nobody can release stops every request that
// needs it. Neither panics; the runtime notices only if all goroutines wait.
package chandeadlock
