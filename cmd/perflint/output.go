package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime/debug"

	"github.com/perflint/perflint/internal/driver"
	"github.com/perflint/perflint/internal/report"
)

// findingSet returns the findings with all that some format shows beside them.
func (a *app) findingSet(f *flags, result *driver.Result) *report.Set {
	set := &report.Set{
		Findings: result.Findings,
		Dir:      f.textDir(),
		ReadFile: os.ReadFile,
		Root:     repositoryRoot(f.dir),
		Rules:    a.rules,
		Version:  moduleVersion(),
		Changed:  f.newFrom.changed,
		Workflow: report.Workflow{Workspace: os.Getenv("GITHUB_WORKSPACE")},
	}
	for _, e := range result.Errors {
		set.Failures = append(set.Failures, e.Package+": "+e.Message)
	}
	return set
}

// repositoryRoot returns the folder that code hosts take paths relative to:
// the one with the repository in it, or else that of the module.
func repositoryRoot(dir string) string {
	for _, mark := range []string{".git", "go.mod"} { // .git is a file in a worktree
		for root := dir; ; root = filepath.Dir(root) {
			if exists(filepath.Join(root, mark)) {
				return root
			}
			if root == filepath.Dir(root) {
				break
			}
		}
	}
	return dir
}

// moduleVersion returns the version as the go command recorded it, or "".
func moduleVersion() string {
	if info, ok := debug.ReadBuildInfo(); ok {
		return info.Main.Version
	}
	return ""
}

// maxSummary is how long the summary of a step may be.
const maxSummary = 1 << 20

// writeStdout writes the findings to the standard output. Workflow commands
// work only there, and so only there do they come with a summary of the step.
func (a *app) writeStdout(format string, set *report.Set) (err error) {
	set.Color = colored(a.stdout)
	path := os.Getenv("GITHUB_STEP_SUMMARY")
	if format != "github" || path == "" {
		return report.Write(a.stdout, format, set)
	}
	summary, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return fmt.Errorf("$GITHUB_STEP_SUMMARY: %w", err)
	}
	defer func() {
		if closeErr := summary.Close(); err == nil && closeErr != nil {
			err = fmt.Errorf("$GITHUB_STEP_SUMMARY: %w", closeErr)
		}
	}()
	before, err := summary.Seek(0, io.SeekEnd) // what the step wrote already
	if err != nil {
		return fmt.Errorf("$GITHUB_STEP_SUMMARY: %w", err)
	}
	set.Workflow.Summary, set.Workflow.Room = summary, maxSummary-int(before)
	return report.Write(a.stdout, format, set)
}
