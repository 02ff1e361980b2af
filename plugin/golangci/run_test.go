package golangci_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/perflint/perflint/analyzers"
)

// An issue is what golangci-lint prints.
type issue struct {
	FromLinter string
	Text       string
	Pos        struct {
		Filename     string
		Line, Column int
	}
}

func (i issue) String() string {
	return fmt.Sprintf("%s:%d:%d %s: %s", filepath.ToSlash(i.Pos.Filename), i.Pos.Line, i.Pos.Column, i.FromLinter, i.Text)
}

// A host is golangci-lint in a module, with a cache of its own.
type host struct {
	bin, dir, cache string
}

func newHost(t *testing.T, p program, dir string) *host {
	t.Helper()
	return &host{p.need(t), dir, t.TempDir()}
}

// The exit codes of golangci-lint.
const (
	exitClean  = 0
	exitIssues = 1
	exitFailed = 3
)

// command runs golangci-lint.
func (h *host) command(t *testing.T, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	cmd := exec.Command(h.bin, args...)
	cmd.Dir = h.dir
	cmd.Env = append(os.Environ(), "GOLANGCI_LINT_CACHE="+h.cache, "GOPROXY=off", "GOWORK=off", "GOFLAGS=")
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return out.String(), errs.String(), cmd.ProcessState.ExitCode()
}

// issues runs golangci-lint and returns its issues, of which there must be
// some exactly if it says so.
func (h *host) issues(t *testing.T, args ...string) []issue {
	t.Helper()
	stdout, stderr, code := h.command(t, append([]string{"run", "--output.json.path=stdout", "--show-stats=false"}, args...)...)
	if code != exitClean && code != exitIssues {
		t.Fatalf("golangci-lint %q: exit code %d\n%s%s", args, code, stdout, stderr)
	}
	var report struct{ Issues []issue }
	if err := json.Unmarshal([]byte(stdout), &report); err != nil {
		t.Fatalf("golangci-lint %q: %v\n%s%s", args, err, stdout, stderr)
	}
	if (len(report.Issues) > 0) != (code == exitIssues) {
		t.Errorf("golangci-lint %q: %d issues, exit code %d", args, len(report.Issues), code)
	}
	return report.Issues
}

// lines returns the places of issues as "file:line", and checks that all are
// of one linter.
func lines(t *testing.T, linter string, issues []issue) string {
	t.Helper()
	var places []string
	for _, i := range issues {
		if i.FromLinter != linter {
			t.Errorf("unexpected issue %s", i)
		}
		places = append(places, fmt.Sprintf("%s:%d", filepath.ToSlash(i.Pos.Filename), i.Pos.Line))
	}
	return strings.Join(places, " ")
}

// A config is a .golangci.yml. The zero value enables nothing.
type config struct {
	linters  []string
	settings string // of every linter of perflint, in flow style
	more     string // sections, verbatim
}

// names are those of the analyzers, which are also linters.
func names() []string {
	var all []string
	for _, a := range analyzers.All() {
		all = append(all, a.Name)
	}
	return all
}

func (c config) write(t *testing.T, dir string) {
	t.Helper()
	var b strings.Builder
	fmt.Fprintf(&b, "version: \"2\"\nlinters:\n  default: none\n  enable: [%s]\n  settings:\n", strings.Join(c.linters, ", "))
	b.WriteString("    nolintlint: {allow-unused: false}\n    custom:\n")
	for _, name := range c.linters {
		if name == "nolintlint" {
			continue
		}
		fmt.Fprintf(&b, "      %s: {type: module", name)
		if c.settings != "" {
			fmt.Fprintf(&b, ", settings: %s", c.settings)
		}
		b.WriteString("}\n")
	}
	b.WriteString(c.more)
	b.WriteString("\nissues: {max-issues-per-linter: 0, max-same-issues: 0, uniq-by-line: false}\n")
	writeFile(t, filepath.Join(dir, ".golangci.yml"), b.String())
}

// unpack writes an archive of testdata into a new folder.
func unpack(t *testing.T, name string) string {
	t.Helper()
	archive, err := txtar.ParseFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	files, err := txtar.FS(archive)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.CopyFS(dir, files); err != nil {
		t.Fatal(err)
	}
	return dir
}

func writeFile(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// replaceIn replaces text in a file, which must contain it.
func replaceIn(t *testing.T, name, old, text string) {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(data), old) {
		t.Fatalf("%s does not contain %q", name, old)
	}
	writeFile(t, name, strings.Replace(string(data), old, text, 1))
}
