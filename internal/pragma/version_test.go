package pragma

import (
	"go/ast"
	"runtime"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"
)

// byGoLine says how timers behave by the main module's go line where nothing
// overrides it: see "Go 1.23" in https://go.dev/doc/godebug.
var byGoLine = map[string]TimerMode{
	"":     TimerSync, // unknown: taken to be current
	"1.21": TimerAsync,
	"1.22": TimerAsync,
	"1.23": TimerSync,
	"1.26": TimerSync,
}

// Every combination of what can decide the timer mode.
func TestResolveTimer(t *testing.T) {
	toolchains := map[string]string{ // → whether only one kind of timer is in it
		"go1.21.13":                     "old",
		"go1.22.12":                     "old",
		"go1.23.0":                      "both",
		"go1.26.8":                      "both",
		"go1.26.8 X:nocoverageredesign": "both",
		"devel go1.23-0a1b2c3 Fri Jun 28 11:00:00 2024 +0000": "both",
		"devel go1.26-0a1b2c3 Fri Nov 20 11:00:00 2026 +0000": "both",
		"":                "both", // unknown
		"devel +0a1b2c3d": "both", // likewise: nothing says which
		"go1.27rc1":       "new",
		"go1.27.0":        "new",
		"go1.28.1":        "new",
		"devel go1.27-0a1b2c3 Fri Nov 20 11:00:00 2026 +0000": "new",
		"go1.27-devel_0a1b2c3 Fri Nov 20":                     "new",
	}
	asyncLines := map[string]TimerMode{"none": -1, "0": TimerSync, "1": TimerAsync, "2": TimerAsyncCollected}
	combinations, wrong := 0, 0
	for toolchain, timers := range toolchains {
		for goLine, goMode := range byGoLine {
			for _, def := range []string{"", "go1.21", "go1.23"} {
				for async, asyncMode := range asyncLines {
					for _, override := range []string{"", "1.22", "1.26"} {
						want := goMode
						if def != "" {
							want = byGoLine[strings.TrimPrefix(def, "go")]
						}
						if async != "none" {
							want = asyncMode
						}
						if override != "" {
							want = byGoLine[override]
						}
						switch timers {
						case "old":
							want = TimerAsync
						case "new":
							want = TimerSync
						}
						main := GoLines{File: "/src/go.mod", Go: goLine, Default: def}
						if async != "none" {
							main.AsyncTimer, main.HasAsyncLine = async, true
						}
						if got := ResolveTimer(toolchain, override, main); got != want {
							if wrong++; wrong > 10 {
								t.Fatal("and more")
							}
							t.Errorf("toolchain %q, -go=%q, %+v: %v, want %v", toolchain, override, main, got, want)
						}
						combinations++
					}
				}
			}
		}
	}
	if want := 14 * 5 * 3 * 4 * 3; combinations != want {
		t.Errorf("%d combinations, want %d", combinations, want)
	}
}

// The rows that matter most, without a rule that could be wrong in the same
// way as the code. Those of Go 1.26.8 without an override were measured: the
// channel of a timer has a capacity of 0 in the synchronous mode, else of 1.
func TestResolveTimerExamples(t *testing.T) {
	async := func(goLine, value string) GoLines {
		return GoLines{Go: goLine, AsyncTimer: value, HasAsyncLine: true}
	}
	tests := []struct {
		toolchain, override string
		main                GoLines
		want                TimerMode
	}{
		{"go1.26.8", "", GoLines{Go: "1.22"}, TimerAsync},
		{"go1.26.8", "", GoLines{Go: "1.23"}, TimerSync},
		{"go1.26.8", "", GoLines{Go: "1.26.0"}, TimerSync},
		{"go1.26.8", "", async("1.26", "1"), TimerAsync},
		{"go1.26.8", "", async("1.26", "2"), TimerAsyncCollected},
		{"go1.26.8", "", async("1.22", "0"), TimerSync},
		{"go1.26.8", "", async("1.22", ""), TimerSync},
		{"go1.26.8", "", GoLines{Go: "1.22.7"}, TimerAsync},
		{"go1.26.8", "", GoLines{Go: "1.23rc1"}, TimerSync},
		{"go1.26.8", "", GoLines{Go: "1.26", Default: "go1.21"}, TimerAsync},
		{"go1.26.8", "", GoLines{Go: "1.22", Default: "go1.23"}, TimerSync},
		{"go1.26.8", "", GoLines{Go: "1.9"}, TimerAsync}, // versions are not text
		{"go1.26.8", "", GoLines{Go: "go1.22"}, TimerAsync},
		{"go1.26.8", "1.22", async("1.26", "2"), TimerAsync},
		{"go1.26.8", "go1.26", async("1.22", "1"), TimerSync},
		{"go1.26.8", "", GoLines{}, TimerSync},
		{"go1.22.12", "1.26", GoLines{Go: "1.22"}, TimerAsync},
		{"go1.23rc1", "", GoLines{Go: "1.23"}, TimerSync},
		{"go1.23rc1", "", GoLines{Go: "1.22"}, TimerAsync},
		{"go1.27.0", "1.22", async("1.22", "1"), TimerSync},
		{"1.27", "", GoLines{Go: "1.22"}, TimerSync},
		{"go1.27-custom", "", GoLines{Go: "1.22"}, TimerSync},
	}
	for _, test := range tests {
		if got := ResolveTimer(test.toolchain, test.override, test.main); got != test.want {
			t.Errorf("toolchain %q, -go=%q, %+v: %v, want %v", test.toolchain, test.override, test.main, got, test.want)
		}
	}
}

func TestTimerModeString(t *testing.T) {
	for mode, want := range map[TimerMode]string{
		TimerSync:           "synchronous",
		TimerAsync:          "asynchronous",
		TimerAsyncCollected: "asynchronous, collected",
	} {
		if got := mode.String(); got != want {
			t.Errorf("String() = %q, want %q", got, want)
		}
	}
}

func TestGoFlag(t *testing.T) {
	set := func(v string) error { return new(goVersion).Set(v) }
	for _, v := range []string{"1.22", "go1.22", "1.22.5", "1.23rc1", " 1.22 ", "go1.26-custom", "1"} {
		if set(v) != nil {
			t.Errorf("%q is not valid", v)
		}
	}
	for _, v := range []string{"", "latest", "v1.22", "1.", "go", "1.22,1.23", "1.x"} {
		if set(v) == nil {
			t.Errorf("%q is valid", v)
		}
	}
}

func TestVersionsOf(t *testing.T) {
	l := loadFiles(t, "go1.23", map[string]string{
		"/src/a.go": "package p\n",
		"/src/b.go": "//go:build go1.22\n\npackage p\n",
		"/src/c.go": "//go:build go1.26\n\npackage p\n",
	})
	module := func(version string) *analysis.Module {
		return &analysis.Module{Path: "example.com", GoVersion: version}
	}
	tests := []struct {
		name   string
		opts   Options
		module *analysis.Module
		file   int
		want   Versions
	}{
		{"language of the module", Options{Toolchain: "go1.26.8"}, nil, 0, Versions{"go1.23", TimerSync, "go1.26.8"}},
		{"language of an older file", Options{Toolchain: "go1.26.8"}, nil, 1, Versions{"go1.22", TimerSync, "go1.26.8"}},
		{"language of a newer file", Options{Toolchain: "go1.26.8"}, nil, 2, Versions{"go1.26", TimerSync, "go1.26.8"}},
		{"no file", Options{Toolchain: "go1.26.8"}, nil, -1, Versions{"go1.23", TimerSync, "go1.26.8"}},

		// Vet and plugin mode: the module under analysis stands in for main.
		{"old module", Options{Toolchain: "go1.26.8"}, module("1.22"), 0, Versions{"go1.23", TimerAsync, "go1.26.8"}},
		{"new module", Options{Toolchain: "go1.26.8"}, module("1.23"), 1, Versions{"go1.22", TimerSync, "go1.26.8"}},
		{"module without a version", Options{Toolchain: "go1.26.8"}, module(""), 0, Versions{"go1.23", TimerSync, "go1.26.8"}},
		{"-go", Options{Toolchain: "go1.26.8", Go: "1.26"}, module("1.22"), 0, Versions{"go1.23", TimerSync, "go1.26.8"}},

		// A known main module decides alone, even if it has no go line.
		{"main", Options{Toolchain: "go1.26.8", Main: GoLines{File: "/m/go.mod", Go: "1.26"}}, module("1.22"), 0, Versions{"go1.23", TimerSync, "go1.26.8"}},
		{"old main", Options{Toolchain: "go1.26.8", Main: GoLines{File: "/m/go.mod", Go: "1.22"}}, module("1.26"), 2, Versions{"go1.26", TimerAsync, "go1.26.8"}},
		{"main without a go line", Options{Toolchain: "go1.26.8", Main: GoLines{File: "/m/go.mod"}}, module("1.22"), 0, Versions{"go1.23", TimerSync, "go1.26.8"}},

		{"new toolchain", Options{Toolchain: "go1.27.0"}, module("1.22"), 0, Versions{"go1.23", TimerSync, "go1.27.0"}},
		{"toolchain of the tool", Options{}, nil, 0, Versions{"go1.23", TimerSync, runtime.Version()}},
	}
	for _, test := range tests {
		l.pass.Module = test.module
		var file *ast.File
		if test.file >= 0 {
			file = l.pass.Files[test.file]
		}
		if got := test.opts.VersionsOf(l.pass, file); got != test.want {
			t.Errorf("%s: %+v, want %+v", test.name, got, test.want)
		}
	}
	opts := Options{Toolchain: "go1.26.8"}
	for i, want := range []string{"go1.23", "go1.22", "go1.26"} {
		file := l.pass.Files[i]
		if got := NewReporter(l.pass, &opts, nil).Versions(file.Name.Pos()).Language; got != want {
			t.Errorf("Versions in file %d: language %s, want %s", i, got, want)
		}
	}
}
