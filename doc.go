// Package perflint is the root of perflint, a suite of SSA-based analyzers
// that find the performance and concurrency bugs that cost Go services money:
// contexts that are never cancelled, goroutines that block for ever, timers
// that nobody stops, pools that corrupt or leak, and heap allocations on hot
// paths. Every finding comes with a witness, the path on which it happens,
// and can be joined with profiles to say what it costs.
//
// The package itself is not for import. The tool is in cmd/perflint, the
// analyzers are in analyzers, and docs/rules has a page for each rule.
// RATIONALE.md says why the surprising decisions are what they are.
//
// # Floors
//
// Code may import what is on a floor below its own, and nothing above or
// beside it:
//
//	top  cmd/perflint, plugin                         the binary, the golangci-lint plugin
//	F4   analyzers                                    the one list of all analyzers
//	     internal/{driver,evidence,report,inject}     carry findings; know no analyzer
//	F3   analyzers/NAME                               know an API, decide whether to speak, word it
//	F2   internal/{typestate,chanmodel,allocmodel}    engines: answer a question, know no API
//	     internal/pragma                              the one gate for findings
//	F1   internal/ssax                                questions about Go in SSA form
//	F0   internal/{flow,finding}, perfmark            standard library only
//
// The layout test, next to this file, holds the floors.
package perflint
