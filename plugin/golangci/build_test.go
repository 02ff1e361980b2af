// Package golangci_test runs golangci-lint with perflint in it and holds the
// two to the same answers. It is a module of its own because golangci-lint is
// under the GPL-3.0, and large.
package golangci_test

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/perflint/perflint/analyzers/fixtures"
)

// The folders of perflint's own module, seen from here.
var (
	root         = filepath.Join("..", "..")
	analyzersDir = filepath.Join(root, "analyzers")
	commandDir   = filepath.Join(root, "cmd", "perflint")
)

// scratch holds the programs that the tests run. TestMain removes it.
var scratch string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "perflint-golangci")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	scratch = dir
	code := m.Run()
	os.RemoveAll(dir)
	os.Exit(code)
}

// A program is the outcome of a build.
type program struct {
	path    string
	missing string // why its modules cannot be had
	err     error
}

// need returns the path of a program, or ends or skips the test.
func (p program) need(t *testing.T) string {
	t.Helper()
	if p.missing != "" {
		t.Skip(p.missing)
	}
	if p.err != nil {
		t.Fatal(p.err)
	}
	return p.path
}

// perflint is the command itself.
var perflint = sync.OnceValue(func() program {
	bin := filepath.Join(scratch, "perflint.exe")
	return program{path: bin, err: fixtures.Build(bin, commandDir)}
})

// golangci is golangci-lint with perflint in it.
var golangci = sync.OnceValue(func() program { return buildGolangci("golangci-lint.exe") })

// probed is golangci-lint with another linter in perflint's plugin, which is
// testdata/probe.go.
var probed = sync.OnceValue(func() program {
	probe, err := filepath.Abs(filepath.Join("testdata", "probe.go"))
	if err != nil {
		return program{err: err}
	}
	inPlugin, err := filepath.Abs(filepath.Join("..", "probe.go"))
	if err != nil {
		return program{err: err}
	}
	overlay, err := json.Marshal(map[string]any{"Replace": map[string]string{inPlugin: probe}})
	if err != nil {
		return program{err: err}
	}
	file := filepath.Join(scratch, "overlay.json")
	if err := os.WriteFile(file, overlay, 0o644); err != nil {
		return program{err: err}
	}
	return buildGolangci("probed.exe", "-overlay="+file)
})

func buildGolangci(name string, flags ...string) program {
	if reason := missingModules(); reason != "" {
		return program{missing: reason}
	}
	bin := filepath.Join(scratch, name)
	args := append([]string{"build", "-ldflags=-s -w", "-o", bin}, flags...)
	if out, err := exec.Command("go", append(args, "./gcl")...).CombinedOutput(); err != nil {
		return program{err: fmt.Errorf("build golangci-lint: %w\n%s", err, out)}
	}
	return program{path: bin}
}

// missingModules says why the modules of golangci-lint cannot be had, or "".
var missingModules = sync.OnceValue(func() string {
	out, err := exec.Command("go", "list", "-deps", "github.com/golangci/golangci-lint/v2/cmd/golangci-lint").CombinedOutput()
	if err == nil {
		return ""
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	return "the modules of golangci-lint are neither in the module cache nor to be had: " + lines[len(lines)-1]
})
