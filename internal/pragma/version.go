package pragma

import (
	"go/ast"
	"go/version"
	"strings"

	"golang.org/x/tools/go/analysis"
)

// Versions are the three Go versions that decide what code means. They are
// never one: a file may be written in an older language than its module,
// timers behave as the main module says, and what the toolchain does holds
// for all of them.
type Versions struct {
	Language  string    // of the file or its module, such as "go1.22"
	Timer     TimerMode // of the program
	Toolchain string    // such as "go1.26.8"
}

// A TimerMode says how timers and their channels behave in a program.
// See GODEBUG asynctimerchan in https://go.dev/doc/godebug.
type TimerMode int

// The timer modes.
const (
	// TimerSync: channels are unbuffered, Stop and Reset leave no stale
	// value, unreferenced timers are collected. Go 1.23 and later.
	TimerSync TimerMode = iota
	// TimerAsync: channels have a buffer of one, stale values stay, and a
	// timer is kept until it fires or is stopped. Before Go 1.23.
	TimerAsync
	// TimerAsyncCollected: channels as in TimerAsync, but unreferenced timers
	// are collected. Only with asynctimerchan=2.
	TimerAsyncCollected
)

// String returns a word for 'perflint doctor'.
func (m TimerMode) String() string {
	return [...]string{"synchronous", "asynchronous", "asynchronous, collected"}[m]
}

// GoLines are the lines of the main module, or of go.work in workspace mode,
// that decide the timer mode.
type GoLines struct {
	File         string // that they were read from, absolute
	Go           string // the go line, such as "1.22"; empty if unknown
	Default      string // godebug default=, such as "go1.21"
	AsyncTimer   string // godebug asynctimerchan=: "0", "1" or "2"
	HasAsyncLine bool   // whether there is an asynctimerchan line at all
}

// ResolveTimer returns the timer mode of a program.
//
// The order is the go command's: a toolchain before 1.23 knows only the old
// timers and one from 1.27 on only the new; between them an asynctimerchan
// line decides, then a default line, then the go line. The override, a
// version, stands in for all lines of the main module. With no information
// at all the program is taken to be current, so that analyzers stay silent.
func ResolveTimer(toolchain, override string, main GoLines) TimerMode {
	// Release candidates and development versions behave as the release
	// will; "go1.27" is older than each of them.
	if tool := normalVersion(toolchain); tool != "" {
		if version.Compare(tool, "go1.23") < 0 {
			return TimerAsync
		}
		if version.Compare(tool, "go1.27") >= 0 {
			return TimerSync
		}
	}
	if override != "" {
		main = GoLines{Go: override}
	}
	if main.HasAsyncLine {
		switch main.AsyncTimer {
		case "1":
			return TimerAsync
		case "2":
			return TimerAsyncCollected
		}
		return TimerSync
	}
	v := normalVersion(main.Default)
	if v == "" {
		v = normalVersion(main.Go)
	}
	if v != "" && version.Compare(version.Lang(v), "go1.23") < 0 {
		return TimerAsync
	}
	return TimerSync
}

// normalVersion returns a version in the form that go/version reads, or ""
// if it is none. Development toolchains ("devel go1.27-…") count as the
// version that they will be.
func normalVersion(v string) string {
	v = strings.TrimPrefix(strings.TrimSpace(v), "devel ")
	v, _, _ = strings.Cut(v, " ") // "go1.26.8 X:experiment"
	if dev, _, ok := strings.Cut(v, "-"); ok {
		v = dev
	}
	if v != "" && !strings.HasPrefix(v, "go") {
		v = "go" + v
	}
	if !version.IsValid(v) {
		return ""
	}
	return v
}

// VersionsOf returns the versions that hold for a file of the pass.
//
// Where the host does not know the main module (vet and plugin mode), the
// timer mode is that of the module under analysis, even if that is not main:
// it is the best guess that such a host allows.
func (o *Options) VersionsOf(pass *analysis.Pass, file *ast.File) Versions {
	language := pass.TypesInfo.FileVersions[file]
	if language == "" {
		language = pass.Pkg.GoVersion()
	}
	main := o.Main
	if main.Go == "" && main.File == "" && pass.Module != nil {
		main.Go = pass.Module.GoVersion
	}
	return Versions{
		Language:  language,
		Timer:     ResolveTimer(o.toolchain(), o.Go, main),
		Toolchain: o.toolchain(),
	}
}
