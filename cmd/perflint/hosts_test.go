package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestHosts runs the fixtures of every analyzer through perflint and through
// go vet -vettool and demands the same findings.
func TestHosts(t *testing.T) {
	fixtures, err := filepath.Glob("../../analyzers/*/testdata/src/*")
	if err != nil || len(fixtures) == 0 {
		t.Fatalf("no fixtures: %v", err)
	}
	dir := t.TempDir()
	gomod := "module fixtures\n\ngo 1.26\n"
	for _, src := range fixtures {
		analyzer := filepath.Base(filepath.Dir(filepath.Dir(filepath.Dir(src))))
		if !strings.Contains(filepath.Base(src), ".") {
			copyDir(t, filepath.Join(dir, analyzer, filepath.Base(src)), src)
			continue
		}
		// A stand-in for another module, such as golang.org/x/net.
		modules, err := filepath.Glob(filepath.Join(src, "*", "*"))
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range modules {
			rel, err := filepath.Rel(filepath.Dir(src), m)
			if err != nil {
				t.Fatal(err)
			}
			path := filepath.ToSlash(rel)
			copyDir(t, filepath.Join(dir, "_modules", rel), m)
			writeFile(t, filepath.Join(dir, "_modules", rel, "go.mod"), "module "+path+"\n\ngo 1.26\n")
			gomod += fmt.Sprintf("\nrequire %s v0.0.0\n\nreplace %[1]s => ./_modules/%[1]s\n", path)
		}
	}
	writeFile(t, filepath.Join(dir, "go.mod"), gomod)
	bin := filepath.Join(dir, "perflint.exe")
	build := exec.Command("go", "build", "-o", bin, ".")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build perflint: %v\n%s", err, out)
	}
	flags := []string{"-severity=info", "-confidence=possible"}
	own := perflintFindings(t, dir, bin, flags)
	vet := vetFindings(t, dir, bin, flags)
	if len(own) < 10 {
		t.Errorf("only %d findings on all fixtures", len(own))
	}
	for _, f := range own {
		// What only perflint itself reports: it alone sees all analyzers.
		if !slices.Contains(vet, f) && !strings.Contains(f, " perflint/") {
			t.Errorf("only in perflint: %s", f)
		}
	}
	for _, f := range vet {
		if !slices.Contains(own, f) {
			t.Errorf("only in go vet: %s", f)
		}
	}
}

func copyDir(t *testing.T, to, from string) {
	t.Helper()
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
}

func writeFile(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// perflintFindings returns "file:line:col rule message" for each finding.
func perflintFindings(t *testing.T, dir, bin string, flags []string) []string {
	out := runIn(t, dir, bin, append(append([]string{"-format=json"}, flags...), "./..."))
	var findings []string
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var f struct {
			Code, Message string
			Location      struct {
				File         string
				Line, Column int
			}
		}
		if err := dec.Decode(&f); errors.Is(err, io.EOF) {
			return findings
		} else if err != nil {
			t.Fatalf("perflint -format=json: %v", err)
		}
		findings = append(findings, fmt.Sprintf("%s:%d:%d %s %s", f.Location.File, f.Location.Line, f.Location.Column, f.Code, f.Message))
	}
}

func vetFindings(t *testing.T, dir, bin string, flags []string) []string {
	out := runIn(t, dir, "go", append(append([]string{"vet", "-json", "-vettool=" + bin}, flags...), "./..."))
	var findings []string
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var packages map[string]map[string][]struct{ Category, Posn, Message string }
		if err := dec.Decode(&packages); errors.Is(err, io.EOF) {
			return findings
		} else if err != nil {
			t.Fatalf("go vet -json: %v\n%s", err, out)
		}
		for _, byAnalyzer := range packages {
			for _, diagnostics := range byAnalyzer {
				for _, d := range diagnostics {
					findings = append(findings, fmt.Sprintf("%s %s %s", d.Posn, d.Category, d.Message))
				}
			}
		}
	}
}

// runIn returns the standard output of a command that may exit with findings.
func runIn(t *testing.T, dir, name string, args []string) []byte {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOPROXY=off", "GOWORK=off", "GOFLAGS=")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	var exit *exec.ExitError
	if err != nil && (!errors.As(err, &exit) || exit.ExitCode() > exitFindings) {
		t.Fatalf("%s: %v\n%s", cmd, err, stderr.String())
	}
	return out
}
