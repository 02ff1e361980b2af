// Package inject places performance marks (package perfmark) in a program by
// its syntax and types.
//
// A [Plan] says where: it matches functions and calls by what they are, not by
// what they are called, and lists what it leaves out and why. [Render] makes
// the edited files. [Write] puts them where the go command reads them in place
// of the originals (go build -overlay), so that no file of the user's is
// touched; [Rewrite] writes them into the source.
//
// # Same line, same meaning
//
// Edits insert text at byte offsets and never a line feed, so that panics,
// profiles and coverage name original lines. Only columns behind an insertion
// change. The forms are:
//
//	func f() { defer E(s).Exit(); …            entries; declares nothing, so goto may jump over it
//	E1(E(s), call())                           calls with one result, in any expression
//	v := E(s); a, b := call(); v.Exit()        other calls that are a statement, or all that one assigns
//	v := E(s); a, b := call(); v.Exit(); return a, b
//	v := E(s); if a, b := call(); v.T() && (cond) {
//	if cond { Hit(s); …                        branches
//
// What a call evaluates before it is called, its arguments, is timed with it.
// Functions that contain goto get no form that declares a variable, because
// goto must not jump over one. Calls in go and defer statements, and those
// with several results in other places, are left out. So are those that
// initialise variables of a package: nothing is timed that early.
//
// The technique is that of the go command's own coverage tool (cmd/cover).
package inject
