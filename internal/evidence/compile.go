package evidence

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
)

// A CompileCommand says what to compile.
type CompileCommand struct {
	Dir      string   // where the go command runs
	Env      []string // of the go command; nil: the process's
	Patterns []string // of packages
	Tags     string   // comma-separated build tags

	Overlay map[string][]byte // contents that replace files, by absolute path
}

// Only returns the command for some of its packages, by their import paths,
// unless they are named by files: those have no path.
func (cmd CompileCommand) Only(packages []string) CompileCommand {
	if !slices.Contains(packages, "command-line-arguments") {
		cmd.Patterns = packages
	}
	return cmd
}

// Compile compiles packages, without their tests, and returns what the
// compiler says. The go command keeps the text in its build cache, so only what
// has changed is compiled. Packages that do not compile are missing from the
// result, which is no error.
//
// Profile-guided optimization is off: with it, a package has as many answers
// as there are programs that import it. Names of files are not trimmed.
func (cmd CompileCommand) Compile(ctx context.Context) (*Compilation, error) {
	var c *Compilation
	packages, err := cmd.run(ctx, func(text io.Reader) (err error) {
		c, err = ParseCompiler(text, cmd.Dir)
		return err
	})
	if err != nil {
		return nil, err
	}
	return c, c.readPackages(packages)
}

// Messages compiles packages as Compile does and hands on what the compiler
// says, line by line. It returns the packages that did not compile, with the
// reason.
func (cmd CompileCommand) Messages(ctx context.Context, take func(Message)) (failures []string, err error) {
	packages, err := cmd.run(ctx, func(text io.Reader) error { return scanMessages(text, cmd.Dir, take) })
	if err != nil {
		return nil, err
	}
	c := &Compilation{Packages: make(map[string]bool)}
	err = c.readPackages(packages)
	return c.Failures, err
}

// run runs the go command. It returns its metadata of the packages; the text
// of the compiler goes to a function while it is printed.
func (cmd CompileCommand) run(ctx context.Context, read func(io.Reader) error) (packages io.Reader, err error) {
	args := cmd.arguments()
	if len(cmd.Overlay) > 0 {
		flag, remove, err := cmd.writeOverlay()
		if err != nil {
			return nil, fmt.Errorf("ask the compiler: %w", err)
		}
		defer remove()
		args = append(args, flag)
	}
	run := exec.CommandContext(ctx, "go", append(append(args, "--"), cmd.Patterns...)...)
	run.Dir, run.Env = cmd.Dir, cmd.Env
	var stdout bytes.Buffer
	run.Stdout = &stdout
	reader, writer := io.Pipe()
	var tail lastLine
	run.Stderr = io.MultiWriter(writer, &tail)

	var readErr error
	var wait sync.WaitGroup
	wait.Go(func() {
		readErr = read(reader)
		reader.CloseWithError(errors.Join(readErr, io.ErrClosedPipe))
	})
	err = run.Run()
	writer.Close()
	wait.Wait()
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case readErr != nil:
		return nil, readErr
	case err != nil:
		return nil, fmt.Errorf("ask the compiler: go list: %w: %s", err, tail.text())
	}
	return &stdout, nil
}

// arguments returns those of the go command, without the patterns.
func (cmd CompileCommand) arguments() []string {
	args := []string{
		"list", "-export", "-e", "-pgo=off", "-trimpath=false", "-buildvcs=false", cmd.compilerFlags(),
		"-json=ImportPath,Name,Dir,GoFiles,CgoFiles,Export,Error,DepsErrors",
	}
	if cmd.Tags != "" {
		args = append(args, "-tags="+cmd.Tags)
	}
	return args
}

// writeOverlay writes the overlay where the go command can read it, and returns
// its flag. What the compiler says has the names of the files that are replaced.
func (cmd CompileCommand) writeOverlay() (flag string, remove func(), err error) {
	dir, err := os.MkdirTemp("", "perflint-overlay-")
	if err != nil {
		return "", nil, err
	}
	remove = func() { os.RemoveAll(dir) } // nobody can do anything about an error
	defer func() {
		if err != nil {
			remove()
		}
	}()
	replace := make(map[string]string)
	for i, name := range slices.Sorted(maps.Keys(cmd.Overlay)) {
		replace[name] = filepath.Join(dir, fmt.Sprintf("%d.go", i))
		if err := os.WriteFile(replace[name], cmd.Overlay[name], 0o600); err != nil {
			return "", nil, err
		}
	}
	list, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return "", nil, err
	}
	name := filepath.Join(dir, "overlay.json")
	return "-overlay=" + name, remove, os.WriteFile(name, list, 0o600)
}

// compilerFlags returns the flags that make the compiler talk.
//
// The build cache keeps its text as it was printed: with names relative to the
// folder that the go command ran in, which another run may have called from
// elsewhere. So the folder becomes a part of the flags, which are a part of the
// cache's key, as the value of one that has no effect without -memprofile.
func (cmd CompileCommand) compilerFlags() string {
	h := fnv.New32a()
	h.Write([]byte(cmd.Dir))
	return fmt.Sprintf("-gcflags=-m=2 -memprofilerate=%d", 1+h.Sum32()>>1)
}

// readPackages learns from the metadata which packages have compiled.
func (c *Compilation) readPackages(r io.Reader) error {
	for dec := json.NewDecoder(r); ; {
		var pkg struct {
			ImportPath, Name, Dir, Export string
			GoFiles, CgoFiles             []string
			Error                         *struct{ Err string }
			DepsErrors                    []struct{ Err string }
		}
		switch err := dec.Decode(&pkg); {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return fmt.Errorf("ask the compiler: read the answer of go list: %w", err)
		}
		switch {
		case pkg.Error != nil:
			c.Failures = append(c.Failures, pkg.ImportPath+": "+strings.TrimSpace(pkg.Error.Err))
			continue
		case len(pkg.DepsErrors) > 0:
			c.Failures = append(c.Failures, pkg.ImportPath+": "+strings.TrimSpace(pkg.DepsErrors[0].Err))
			continue
		case pkg.Export == "":
			continue // it has test files only
		}
		c.Packages[pkg.ImportPath] = true
		own := Package{Path: pkg.ImportPath, Name: pkg.Name, Dir: pkg.Dir}
		for _, file := range slices.Concat(pkg.GoFiles, pkg.CgoFiles) {
			own.Files = append(own.Files, filepath.Join(pkg.Dir, file))
		}
		c.compiled = append(c.compiled, own)
	}
}

// Program returns the packages that have compiled.
func (c *Compilation) Program(read func(string) ([]byte, error)) *Program {
	return NewProgram(c.compiled, read)
}

// A lastLine remembers the end of what is written to it, for an error.
type lastLine struct{ end []byte }

// maxTail is how much of the end is remembered.
const maxTail = 1 << 10

func (l *lastLine) Write(p []byte) (int, error) {
	l.end = append(l.end, p[max(0, len(p)-maxTail):]...)
	l.end = l.end[max(0, len(l.end)-maxTail):]
	return len(p), nil
}

func (l *lastLine) text() string {
	text := strings.TrimSpace(string(l.end))
	_, last, ok := cutLast(text, "\n")
	if !ok {
		return text
	}
	return last
}
