// Package evidence joins findings with what is known from elsewhere: profiles
// of a running program, and what the compiler says about its allocations.
//
// It works on finished findings. It confirms, annotates, ranks and drops them,
// and never makes one: what perflint says about a line of code is decided
// without a profile, so that it says the same in every host.
//
// A [Profile] is read from pprof files and becomes [Weights] when it is mapped
// to the source at hand, a [Program]. The source may be newer than the
// profile: functions that moved are found again by their names, and what
// cannot be mapped is counted. A [Compilation] is what the compiler prints
// with -m=2 for the packages of a program, and a [Change] compares those of
// two revisions.
package evidence
