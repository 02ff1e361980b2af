package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/gob"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/perflint/perflint/internal/driver"
	"github.com/perflint/perflint/internal/evidence"
	"github.com/perflint/perflint/internal/finding"
)

// profileAuto is the value of -profile for the profiles that the go command
// would optimize with.
const profileAuto = "auto"

// pgoFile is where the go command looks for one, beside each main package.
const pgoFile = "default.pgo"

// A compilerMode says whether the compiler is asked about allocations.
type compilerMode string

const (
	compilerDefault compilerMode = ""
	compilerOn      compilerMode = "on"
	compilerOff     compilerMode = "off"
)

func (m *compilerMode) String() string { return string(*m) }

func (m *compilerMode) Set(text string) error {
	switch mode := compilerMode(text); mode {
	case compilerOn, compilerOff:
		*m = mode
		return nil
	}
	return errors.New("want on or off")
}

func (f *flags) addEvidenceFlags(s *flag.FlagSet) {
	s.Func("profile", "rank findings by what they cost in this pprof `file`, a CPU or heap profile; may be repeated; auto means default.pgo beside the main packages", func(text string) error {
		if text == "" {
			return errors.New("it is empty")
		}
		f.profiles = append(f.profiles, text)
		return nil
	})
	s.Var(&f.compiler, "compiler", "ask the compiler whether allocations really happen, `on or off` (default: on with -profile, and for fixes of allocations); it has to compile the packages and what they need")
}

// An evidenceSource is what findings are joined with.
type evidenceSource struct {
	profile *evidence.Profile // nil without files that were named
	auto    bool              // profiles are those beside the main packages
	compile bool
	command evidence.CompileCommand
	cache   *driver.Cache // nil if there is none
}

// openEvidence reads the profiles that the flags name, before anything is
// analysed: a wrong name should be known at once.
func (f *flags) openEvidence() (*evidenceSource, error) {
	src := &evidenceSource{compile: f.compiler == compilerOn || f.compiler == compilerDefault && len(f.profiles) > 0}
	src.auto = slices.Contains(f.profiles, profileAuto)
	switch {
	case len(f.profiles) == 0:
		return src, nil
	case src.auto && len(f.profiles) > 1:
		return nil, errors.New("-profile: auto stands alone")
	case src.auto:
		return src, nil
	}
	var err error
	if src.profile, err = evidence.ReadProfile(f.profiles, false); err != nil {
		return nil, fmt.Errorf("-profile: %w", err)
	}
	return src, nil
}

// settle joins a result with the evidence, and leaves only what is new in it.
// It returns how many old findings there were, if keep tells them apart.
func (a *app) settle(ctx context.Context, f *flags, src *evidenceSource, result *driver.Result, keep func() (old int, err error)) (old int, err error) {
	program := programOf(result)
	weights, err := a.weigh(src, pgoFiles(result), program)
	if err != nil {
		return 0, err
	}
	if weights != nil {
		result.Findings = append(result.Findings, weights.Promote(result.Cold)...)
		finding.Sort(result.Findings)
		finding.AssignFingerprints(result.Findings)
	}
	if old, err = keep(); err != nil {
		return 0, err
	}
	if src.compile {
		if err := a.askCompiler(ctx, src, result, program); err != nil {
			return 0, err
		}
	}
	if weights != nil {
		weights.Price(result.Findings)
		a.dropCheap(f, result)
		evidence.Rank(result.Findings)
	}
	return old, nil
}

// programOf returns the user's own packages as evidence sees them.
func programOf(result *driver.Result) *evidence.Program {
	var packages []evidence.Package
	for _, p := range result.Packages() {
		packages = append(packages, evidence.Package{Path: p.Path, Name: p.Name, Dir: p.Dir, Files: p.Files})
	}
	return evidence.NewProgram(packages, os.ReadFile)
}

// weigh maps the profile to the program, or returns nil without one. The files
// are those that auto stands for.
func (a *app) weigh(src *evidenceSource, files []string, program *evidence.Program) (*evidence.Weights, error) {
	profile := src.profile
	if src.auto {
		if len(files) == 0 {
			fmt.Fprintf(a.stderr, "perflint: warning: -profile=auto: no main package among those analysed has a %s, so nothing is priced\n", pgoFile)
			return nil, nil
		}
		var err error
		if profile, err = evidence.ReadProfile(files, true); err != nil {
			return nil, fmt.Errorf("-profile=auto: %w", err)
		}
	}
	if profile == nil {
		return nil, nil
	}
	weights := profile.Weigh(program)
	switch share, known := weights.Unmapped(); {
	case !known:
		fmt.Fprintln(a.stderr, "perflint: warning: the profile has no sample in the packages analysed; is it of another program?")
	case share > maxUnmapped:
		fmt.Fprintf(a.stderr, "perflint: warning: %s of what the profile saw in these packages is not in their source any more; record a new one\n", evidence.Percent(share))
	}
	return weights, nil
}

// maxUnmapped is the share of samples without a line above which a profile is
// called stale.
const maxUnmapped = 0.2

// pgoFiles returns the default.pgo of each main package that was asked for.
func pgoFiles(result *driver.Result) []string {
	var files []string
	for _, p := range result.Packages() {
		if p.Root {
			files = appendPGO(files, p.Name, p.Dir)
		}
	}
	return files
}

// appendPGO adds the default.pgo of a package, if it has one that counts.
func appendPGO(files []string, pkg, dir string) []string {
	if name := filepath.Join(dir, pgoFile); pkg == "main" && exists(name) && !slices.Contains(files, name) {
		files = append(files, name)
	}
	return files
}

// askCompiler drops the findings about allocations that do not happen, and
// annotates the others. It compiles only the packages with such findings, and
// nothing if it has asked the same before.
func (a *app) askCompiler(ctx context.Context, src *evidenceSource, result *driver.Result, program *evidence.Program) error {
	packages := evidence.Packages(result.Findings)
	if len(packages) == 0 {
		return nil
	}
	key, keyed := result.SourceKey(packages)
	question := evidence.Question(result.Findings)
	key = sha256.Sum256(slices.Concat(key[:], question[:]))
	var rulings []evidence.Ruling
	if !keyed || !recall(src.cache, key, &rulings) {
		compilation, err := src.command.Only(packages).Compile(ctx)
		if err != nil {
			return fmt.Errorf("-compiler: %w", err)
		}
		rulings = compilation.Rulings(result.Findings, program)
		if keyed && len(compilation.Failures) == 0 && result.SourceUnchanged(packages) {
			remember(src.cache, key, rulings)
		}
	}
	var dropped int
	result.Findings, dropped = evidence.Follow(result.Findings, rulings)
	if dropped > 0 {
		fmt.Fprintf(a.stderr, "perflint: the compiler keeps %s off the heap; not shown\n", count(dropped, "allocation"))
	}
	return nil
}

// recall reads what an earlier run has kept in the cache.
func recall(c *driver.Cache, key [32]byte, value any) bool {
	data, ok := c.Recall(key)
	return ok && gob.NewDecoder(bytes.NewReader(data)).Decode(value) == nil
}

// remember keeps something in the cache for another run.
func remember(c *driver.Cache, key [32]byte, value any) {
	var data bytes.Buffer
	if gob.NewEncoder(&data).Encode(value) == nil { // else it is found out again
		c.Keep(key, data.Bytes())
	}
}

// dropCheap makes the allocations that the profile shows to be cheap what they
// are: for information. Unless that is asked for, they are not shown.
func (a *app) dropCheap(f *flags, result *driver.Result) {
	cheap := 0
	result.Findings = slices.DeleteFunc(result.Findings, func(fd finding.Finding) bool {
		hide := fd.Verdict == finding.ExecutedButCheap && f.options.Severity != finding.Info
		if hide {
			cheap++
		}
		return hide
	})
	for i := range result.Findings {
		if fd := &result.Findings[i]; fd.Verdict == finding.ExecutedButCheap {
			fd.Severity = finding.Info
		}
	}
	if cheap > 0 {
		fmt.Fprintf(a.stderr, "perflint: %s cheap by the profile; not shown without -severity=info\n", wereCount(cheap, "allocation"))
	}
}

// wereCount returns "1 allocation is" or "2 allocations are".
func wereCount(n int, noun string) string {
	if n == 1 {
		return count(n, noun) + " is"
	}
	return count(n, noun) + " are"
}
