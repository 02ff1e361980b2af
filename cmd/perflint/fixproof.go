package main

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/perflint/perflint/internal/driver"
	"github.com/perflint/perflint/internal/evidence"
	"github.com/perflint/perflint/internal/finding"
)

// A proof asks the compiler about fixes that change what is allocated.
type proof struct {
	cfg      *driver.Config
	command  evidence.CompileCommand // of the packages with such fixes
	before   *evidence.Revision
	skipped  []driver.SkippedFix
	verified map[string]bool // fingerprints of the findings whose fixes it has checked
}

// proveFixes returns the fixes of a result, without those that the compiler
// does not bear out, and the findings whose fixes it has checked, by their
// fingerprints. It compiles the packages before and after, the latter in an
// overlay: no file changes.
func (a *app) proveFixes(ctx context.Context, f *flags, cfg *driver.Config, src *evidenceSource, result *driver.Result) (*driver.Fixes, map[string]bool, error) {
	fixes, err := result.Fix()
	if err != nil || f.compiler == compilerOff {
		return fixes, nil, err
	}
	packages := packagesOf(fixes.Fixed)
	if len(packages) == 0 {
		return fixes, nil, nil
	}
	p := &proof{cfg: cfg, command: src.command.Only(packages), verified: make(map[string]bool)}
	if p.before, err = p.compile(ctx, cfg.Overlay); err != nil {
		return nil, nil, fmt.Errorf("check fixes: %w", err)
	}
	first := fixes.Skipped
	if fixes, err = p.prove(ctx, result, fixes); err != nil {
		return nil, nil, fmt.Errorf("check fixes: %w", err)
	}
	fixes.Skipped = slices.Concat(first, p.skipped)
	slices.SortStableFunc(fixes.Skipped, func(s, t driver.SkippedFix) int {
		return cmp.Or(s.Finding.Location.Compare(t.Finding.Location), cmp.Compare(s.Finding.Rule, t.Finding.Rule))
	})
	return fixes, p.verified, nil
}

// aboutAllocations reports whether a fix is one that the compiler can judge.
func aboutAllocations(fd *finding.Finding) bool {
	return strings.HasPrefix(fd.Rule, escapeAnalyzer+"/") && !strings.HasSuffix(fd.Location.File, "_test.go")
}

// packagesOf returns the packages of fixes about allocations.
func packagesOf(fixed []finding.Finding) []string {
	var list []string
	for i := range fixed {
		if fd := &fixed[i]; aboutAllocations(fd) {
			list = append(list, fd.Package)
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// prove leaves only fixes that pass. It tries them together, which nearly
// always works. Otherwise those of a function with a problem are tried one
// after the other, each beside all that passed before.
func (p *proof) prove(ctx context.Context, result *driver.Result, fixes *driver.Fixes) (*driver.Fixes, error) {
	verdicts, err := p.check(ctx, fixes)
	if err != nil || !anyProblem(verdicts) {
		return fixes, err
	}
	var good []finding.Finding
	queues := make(map[string][]finding.Finding)
	troubled := make(map[string]bool)
	functionOf := func(fd *finding.Finding) string { return fd.Package + "\x00" + fd.Function }
	for i, v := range verdicts {
		troubled[functionOf(&fixes.Fixed[i])] = troubled[functionOf(&fixes.Fixed[i])] || v.Problem != ""
	}
	for _, fd := range fixes.Fixed {
		if key := functionOf(&fd); troubled[key] {
			queues[key] = append(queues[key], fd)
		} else {
			good = append(good, fd)
		}
	}
	for len(queues) > 0 {
		next := slices.Clone(good)
		for key, queue := range queues {
			next = append(next, queue[0])
			if queues[key] = queue[1:]; len(queue) == 1 {
				delete(queues, key)
			}
		}
		if good, err = p.passing(ctx, result, next); err != nil {
			return nil, err
		}
	}
	fixes, err = fixOnly(result, good)
	if err == nil {
		_, err = p.check(ctx, fixes)
	}
	return fixes, err
}

// passing returns those of some fixes that pass together, and notes the others.
func (p *proof) passing(ctx context.Context, result *driver.Result, list []finding.Finding) ([]finding.Finding, error) {
	fixes, err := fixOnly(result, list)
	if err != nil {
		return nil, err
	}
	verdicts, err := p.check(ctx, fixes)
	if err != nil {
		return nil, err
	}
	p.skipped = append(p.skipped, fixes.Skipped...)
	var good []finding.Finding
	for i, fd := range fixes.Fixed {
		if problem := verdicts[i].Problem; problem != "" {
			p.skipped = append(p.skipped, driver.SkippedFix{Finding: fd, Reason: problem + ", says the compiler " + p.cfg.Environment.Toolchain})
		} else {
			good = append(good, fd)
		}
	}
	return good, nil
}

// fixOnly returns the fixes of some findings of a result.
func fixOnly(result *driver.Result, list []finding.Finding) (*driver.Fixes, error) {
	some := *result
	some.Findings = list
	return some.Fix()
}

// check returns the verdicts on fixes, in the order of what they fix.
func (p *proof) check(ctx context.Context, fixes *driver.Fixes) ([]evidence.FixVerdict, error) {
	overlay := maps.Clone(p.cfg.Overlay)
	if overlay == nil {
		overlay = make(map[string][]byte)
	}
	for _, file := range fixes.Files {
		overlay[file.Name] = file.New
	}
	after, err := p.compile(ctx, overlay)
	if err != nil {
		return nil, err
	}
	var own []finding.Finding
	var at []int
	for i := range fixes.Fixed {
		if aboutAllocations(&fixes.Fixed[i]) {
			own, at = append(own, fixes.Fixed[i]), append(at, i)
		}
	}
	verdicts := make([]evidence.FixVerdict, len(fixes.Fixed))
	clear(p.verified)
	for i, v := range evidence.CheckFixes(p.before, after, own) {
		verdicts[at[i]] = v
		if v.Checked && v.Problem == "" {
			p.verified[own[i].Fingerprint] = true
		}
	}
	return verdicts, nil
}

// compile asks the compiler about the packages with some contents of files.
func (p *proof) compile(ctx context.Context, overlay map[string][]byte) (*evidence.Revision, error) {
	command := p.command
	command.Overlay = overlay
	compilation, err := command.Compile(ctx)
	if err != nil {
		return nil, err
	}
	return &evidence.Revision{Compilation: compilation, Program: compilation.Program(func(name string) ([]byte, error) {
		if text, ok := overlay[name]; ok {
			return text, nil
		}
		return os.ReadFile(name)
	})}, nil
}

func anyProblem(verdicts []evidence.FixVerdict) bool {
	return slices.ContainsFunc(verdicts, func(v evidence.FixVerdict) bool { return v.Problem != "" })
}
