package main

import (
	"context"
	"os"
	"slices"

	"golang.org/x/tools/go/analysis"

	"github.com/perflint/perflint/analyzers/escape"
	"github.com/perflint/perflint/internal/driver"
	"github.com/perflint/perflint/internal/evidence"
	"github.com/perflint/perflint/internal/finding"
	"github.com/perflint/perflint/internal/pragma"
)

// mayAllocate is the rule that speaks of what happens on a condition.
const mayAllocate = "escape/may-allocate"

// A view is one choice of findings.
type view struct {
	name     string
	findings []finding.Finding
}

// views are the choices that are compared.
type views struct{ list []view }

// all returns all sites that perflint knows of, whatever the compiler says.
func (v *views) all() []finding.Finding { return v.list[0].findings }

// confirmed returns those that the compiler does not deny.
func (v *views) confirmed() []finding.Finding { return v.list[1].findings }

// analyse runs the analyzer as perflint does and joins its findings with the
// profiles and the compiler.
func analyse(ctx context.Context, dir string, patterns, profiles []string) (*views, error) {
	env, err := driver.ReadEnvironment(ctx, dir, nil)
	if err != nil {
		return nil, err
	}
	options := pragma.Options{Toolchain: env.Toolchain}
	if options.Main, err = env.GoLines(); err != nil {
		return nil, err
	}
	result, err := driver.Run(ctx, &driver.Config{
		Dir: dir, Patterns: patterns, Environment: env, Options: options,
		Analyzers: []*analysis.Analyzer{escape.New(options)}, Rules: escape.Rules(),
	})
	if err != nil {
		return nil, err
	}
	var packages []evidence.Package
	for _, p := range result.Packages() {
		packages = append(packages, evidence.Package{Path: p.Path, Name: p.Name, Dir: p.Dir, Files: p.Files})
	}
	program := evidence.NewProgram(packages, os.ReadFile)
	compilation, err := evidence.CompileCommand{Dir: dir, Patterns: patterns}.Compile(ctx)
	if err != nil {
		return nil, err
	}
	profile, err := evidence.ReadProfile(profiles, false)
	if err != nil {
		return nil, err
	}
	weights := profile.Weigh(program)
	judged := func(findings []finding.Finding) []finding.Finding {
		kept, _ := compilation.Judge(slices.Clone(findings), program)
		return kept
	}
	all := slices.Concat(result.Findings, result.Cold)
	sure := slices.DeleteFunc(judged(all), func(f finding.Finding) bool { return f.Rule == mayAllocate })
	shown := priced(weights, slices.Concat(result.Findings, weights.Promote(result.Cold)))
	return &views{[]view{
		{"all, hidden ones included", all},
		{"  with the compiler", judged(all)},
		{"  and sure: not may-allocate", sure},
		{"shown without profile", result.Findings},
		{"  with the compiler", judged(result.Findings)},
		{"shown with -profile", shown},
		{"  with the compiler", priced(weights, judged(slices.Concat(result.Findings, weights.Promote(result.Cold))))},
	}}, nil
}

// priced returns what is left when the allocations are dropped that the
// profile shows to be cheap.
func priced(weights *evidence.Weights, findings []finding.Finding) []finding.Finding {
	findings = slices.Clone(findings)
	weights.Price(findings)
	return slices.DeleteFunc(findings, func(f finding.Finding) bool { return f.Verdict == finding.ExecutedButCheap })
}
