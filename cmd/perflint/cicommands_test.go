package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/perflint/perflint/analyzers/fixtures"
)

// TestDocumentedCommands runs the other commands that docs/ci.md shows, in
// clones with the history that it asks for.
func TestDocumentedCommands(t *testing.T) {
	for _, program := range []string{"git", "sh", "jq"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skipf("needs %s", program)
		}
	}
	if runtime.GOOS == "windows" {
		t.Skip("file URLs and paths")
	}
	bin := t.TempDir()
	if err := fixtures.Build(filepath.Join(bin, "perflint"), "."); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", bin+string(filepath.ListSeparator)+os.Getenv("PATH"))
	pr := newPullRequest(t)
	page := repositoryFile(t, "docs", "ci.md")
	full := pr.checkout(t)
	runGit(t, full, "fetch", "-q", "--unshallow", "origin", "+refs/heads/*:refs/remotes/origin/*")

	// Without the action.
	if out := runShell(t, full, documentedRun(t, page, "-new-from-merge-base=")); strings.Count(out, "::warning ") != 2 {
		t.Errorf("want two annotations:\n%s", out)
	}

	// The allocations of a change.
	two := pr.checkout(t, "--depth=2")
	if out := runShell(t, two, documentedRun(t, page, "escape -base=")); !strings.Contains(out, "allocates.go:5:1: this change adds 1 heap allocation per call in Allocate") {
		t.Errorf("want what Allocate allocates:\n%s", out)
	}

	t.Setenv("CI_DEFAULT_BRANCH", "main")
	t.Setenv("CI_PROJECT_DIR", full)
	for _, command := range documentedGitLab(t, page) {
		runShell(t, full, command)
	}
	pr.checkQuality(t, filepath.Join(full, "gl-code-quality-report.json"))
}

// documentedGitLab returns the commands of GitLab's job, but for those that
// install things.
func documentedGitLab(t *testing.T, page string) []string {
	t.Helper()
	block := regexp.MustCompile("(?s)```yaml\n(# .gitlab-ci.yml.*?)```").FindStringSubmatch(page)
	if block == nil {
		t.Fatal("docs/ci.md shows no .gitlab-ci.yml")
	}
	var config struct {
		Perflint struct {
			Script      []string
			AfterScript []string `yaml:"after_script"`
		}
	}
	if err := yaml.Unmarshal([]byte(block[1]), &config); err != nil {
		t.Fatal(err)
	}
	return slices.Concat(config.Perflint.Script, config.Perflint.AfterScript)
}

// documentedRun returns the one step that runs perflint from the network with
// a flag, but with the perflint that is at hand.
func documentedRun(t *testing.T, page, flag string) string {
	t.Helper()
	found := regexp.MustCompile(`(?m)- run: go run github.com/perflint/perflint/cmd/perflint@latest (.*`+flag+`.*)$`).FindAllStringSubmatch(page, -1)
	if len(found) != 1 {
		t.Fatalf("docs/ci.md has %d steps with %s, want 1", len(found), flag)
	}
	return "perflint " + found[0][1]
}

// runShell runs a command that may find something.
func runShell(t *testing.T, dir, command string) string {
	t.Helper()
	cmd := exec.Command("sh", "-c", command)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	if exit := new(exec.ExitError); err != nil && (!errors.As(err, &exit) || exit.ExitCode() != exitFindings) {
		t.Errorf("%s: %v\n%s", command, err, out)
	}
	return string(out)
}

// checkQuality demands the findings that are wanted in GitLab's form.
func (pr *pullRequest) checkQuality(t *testing.T, name string) {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var report []struct {
		Description string
		CheckName   string `json:"check_name"`
		Fingerprint string
		Severity    string
		Location    struct {
			Path  string
			Lines struct{ Begin int }
		}
	}
	if err := json.Unmarshal(data, &report); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range report {
		got = append(got, fmt.Sprintf("%s:%d", f.Location.Path, f.Location.Lines.Begin))
		if f.Description == "" || f.CheckName != "ctxleak/discarded" || len(f.Fingerprint) != 32 || f.Severity != "major" {
			t.Errorf("GitLab would not take %+v", f)
		}
	}
	if slices.Sort(got); !slices.Equal(got, pr.want) {
		t.Errorf("GitLab shows %q, want %q", got, pr.want)
	}
}
