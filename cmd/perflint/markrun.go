package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/perflint/perflint/internal/inject"
)

// markRun runs the go command on the marked program.
func (a *app) markRun(args []string) int {
	f := newMarkFlags()
	split := slices.Index(args, "--")
	if split < 0 || len(args) < split+3 {
		return a.fail(errors.New("mark run: want 'perflint mark run [flags] -- go build|test|run …'"))
	}
	if err := f.set.Parse(args[:split]); err != nil {
		return a.markUsage(err)
	}
	command := args[split+1:]
	plans, prog, err := f.plan(f.set.Args())
	if prog == nil {
		return a.fail(err)
	}
	if err != nil {
		fmt.Fprintln(a.stderr, "perflint:", err) // the go command will say more
	}
	dir := f.overlay
	if dir == "" {
		if dir, err = os.MkdirTemp("", "perflint-mark-"); err != nil {
			return a.fail(fmt.Errorf("mark run: %w", err))
		}
		defer os.RemoveAll(dir)
	}
	sources, _, err := render(plans, prog)
	if err != nil {
		return a.fail(fmt.Errorf("mark run: %w", err))
	}
	overlay, err := writeOverlay(dir, sources)
	if err != nil {
		return a.fail(fmt.Errorf("mark run: %w", err))
	}
	fmt.Fprintln(a.stderr, summary(plans))
	if command, err = withOverlay(command, overlay); err != nil {
		return a.fail(fmt.Errorf("mark run: %w", err))
	}
	return a.runCommand(command)
}

// runCommand runs a command with the program's own input and output, and
// returns its exit code.
func (a *app) runCommand(command []string) int {
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, a.stdout, a.stderr
	err := cmd.Run()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return max(exit.ExitCode(), 1)
	}
	if err != nil {
		return a.fail(fmt.Errorf("mark run: %w", err))
	}
	return exitClean
}

// withOverlay adds an overlay to a go command, and works around two of its
// gaps: vet looks for the companion's folder, which exists in the overlay
// only, so tests run without it; and coverage reads the original files, so a
// toolexec program hands it the marked ones (https://go.dev/issue/73802).
func withOverlay(command []string, overlay string) ([]string, error) {
	if len(command) < 2 {
		return nil, errors.New("the go command needs a command of its own, such as build")
	}
	sub := command[1]
	flags := []string{"-overlay=" + overlay}
	cover := false
	for _, arg := range command[2:] {
		name, _, _ := strings.Cut(strings.TrimLeft(arg, "-"), "=")
		switch {
		case !strings.HasPrefix(arg, "-"):
		case name == "overlay":
			return nil, errors.New("the command has an -overlay of its own: a build can have only one")
		case name == "cover" || name == "coverprofile" || name == "covermode" || name == "coverpkg":
			cover = true
		case name == "vet":
			return nil, errors.New("a marked program cannot be vetted, because vet does not read overlays; leave -vet out")
		}
	}
	switch sub {
	case "build", "run", "install", "list":
	case "test":
		flags = append(flags, "-vet=off")
	case "vet":
		return nil, errors.New("a marked program cannot be vetted, because vet does not read overlays; vet the original")
	default:
		return nil, fmt.Errorf("go %s does not build the program; want build, install, run, test or list", sub)
	}
	if cover {
		self, err := os.Executable()
		if err != nil {
			return nil, err
		}
		if strings.ContainsAny(self+overlay, " \t'\"") {
			return nil, fmt.Errorf("coverage cannot be had from a path with spaces or quotes: %s", self)
		}
		flags = append(flags, "-toolexec="+self+" mark toolexec "+overlay)
	}
	return slices.Concat(command[:2], flags, command[2:]), nil
}

// markToolexec runs a tool of the go command, with the marked files in place
// of the originals if it is cover. Its arguments are the overlay, the tool and
// the tool's arguments.
func (a *app) markToolexec(args []string) int {
	if len(args) < 2 {
		return a.fail(errors.New("mark toolexec: the go command calls this; use 'perflint mark run'"))
	}
	overlay, command := args[0], slices.Clone(args[1:])
	if tool := strings.TrimSuffix(filepath.Base(command[0]), ".exe"); tool == "cover" {
		replace, err := inject.ReadOverlay(overlay)
		if err != nil {
			return a.fail(fmt.Errorf("mark toolexec: %w", err))
		}
		for i, arg := range command[1:] {
			if abs, err := filepath.Abs(arg); err == nil && replace[abs] != "" {
				command[i+1] = replace[abs]
			}
		}
	}
	return a.runCommand(command)
}
