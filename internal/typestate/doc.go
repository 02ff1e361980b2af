// Package typestate follows resources: values that a call acquires and that
// must be discharged on every feasible path, unless somebody else takes them
// over, and that some protocols forbid to use, or to discharge again,
// afterwards. A context's cancel function, a timer and a pooled object are
// resources.
//
// A [Spec] says what the protocol is, as data; the engine contains no API. An
// [Engine] works on the SSA form of one package: it finds the acquisitions,
// tracks each of them along the feasible paths ([Engine.Track]), and
// summarises what functions do with resources that they are given
// ([Summary]), which analyzers exchange between packages as facts.
//
// # The state
//
// On a path, a resource is in one of the phases absent, live, released and
// moved, and may be covered: a deferred discharge is pending. What code does
// to it is an [Effect], a relation on these eight states. A call is the
// product of effects, alternatives are their union.
//
// # Tracking
//
// Tracked is one resource at a time, breadth first, so that the path in a
// violation is a shortest one. A point of a path knows which registers and
// variables hold the resource or refer into it, its state, and what
// [ssax.Env] knows about conditions. It is a may-analysis: one path is enough
// for a violation.
//
// It errs towards silence. A resource that is handed to code the engine does
// not see has the effect that the spec assumes; one stored in memory that
// others see is moved; a closure made before the resource that refers to its
// variable may do anything with it; a function with too many paths is given
// up on. It is unsound where a variable is written through a pointer that the
// function does not see, and where a condition that ssax takes for
// unchanged has changed.
//
// The ideas come from Strom and Yemini, "Typestate: A Programming Language
// Concept for Enhancing Software Reliability" (1986), and, for effects as
// relations that are composed, from Reps, Horwitz and Sagiv, "Precise
// Interprocedural Dataflow Analysis via Graph Reachability" (1995).
package typestate
