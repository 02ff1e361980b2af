package driver

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"golang.org/x/mod/modfile"

	"github.com/perflint/perflint/internal/pragma"
)

// An Environment is what the go command says about a folder.
type Environment struct {
	Toolchain  string `json:"GOVERSION"` // such as "go1.26.8"
	GoMod      string `json:"GOMOD"`     // the main module's go.mod, the null device, or empty
	GoWork     string `json:"GOWORK"`    // go.work in workspace mode, or empty
	ModCache   string `json:"GOMODCACHE"`
	GoRoot     string `json:"GOROOT"`
	GoOS       string `json:"GOOS"`
	GoArch     string `json:"GOARCH"`
	GoFlags    string `json:"GOFLAGS"`
	CgoEnabled string `json:"CGO_ENABLED"`

	// What else decides what the compiler makes of a package.
	Experiment string `json:"GOEXPERIMENT"`
	AMD64      string `json:"GOAMD64"`
	ARM64      string `json:"GOARM64"`
	ARM        string `json:"GOARM"`
	X86        string `json:"GO386"`
	CgoFlags   string `json:"CGO_CFLAGS"`
}

// ReadEnvironment asks the go command about a folder.
func ReadEnvironment(ctx context.Context, dir string, env []string) (*Environment, error) {
	cmd := exec.CommandContext(ctx, "go", "env", "-json",
		"GOVERSION", "GOMOD", "GOWORK", "GOMODCACHE", "GOROOT", "GOOS", "GOARCH", "GOFLAGS", "CGO_ENABLED",
		"GOEXPERIMENT", "GOAMD64", "GOARM64", "GOARM", "GO386", "CGO_CFLAGS")
	cmd.Dir, cmd.Env = dir, env
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		if errors.Is(err, exec.ErrNotFound) {
			return nil, fmt.Errorf("perflint needs the go command to find packages: %w", err)
		}
		return nil, fmt.Errorf("go env: %w: %s", err, strings.TrimSpace(stderr.String()))
	}
	e := new(Environment)
	if err := json.Unmarshal(out, e); err != nil {
		return nil, fmt.Errorf("go env: %w", err)
	}
	if e.GoWork == "off" {
		e.GoWork = ""
	}
	return e, nil
}

// ModuleDir returns the folder of go.work or of the main module's go.mod, or
// "" outside of any module.
func (e *Environment) ModuleDir() string {
	for _, file := range []string{e.GoWork, e.GoMod} {
		if file != "" && file != os.DevNull {
			return filepath.Dir(file)
		}
	}
	return ""
}

// GoLines returns the lines of go.work, or else of the main module's go.mod,
// that decide how timers behave. Outside of any module it returns none.
func (e *Environment) GoLines() (pragma.GoLines, error) {
	switch {
	case e.GoWork != "":
		return workLines(e.GoWork)
	case e.GoMod != "" && e.GoMod != os.DevNull:
		return modLines(e.GoMod)
	}
	return pragma.GoLines{}, nil
}

func workLines(name string) (pragma.GoLines, error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return pragma.GoLines{}, fmt.Errorf("read the workspace: %w", err)
	}
	file, err := modfile.ParseWork(name, data, nil)
	if err != nil {
		return pragma.GoLines{}, fmt.Errorf("read the workspace: %w", err)
	}
	return goLines(name, file.Go, file.Godebug), nil
}

func modLines(name string) (pragma.GoLines, error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return pragma.GoLines{}, fmt.Errorf("read the main module: %w", err)
	}
	file, err := modfile.ParseLax(name, data, nil) // lax: the go command decides what is valid
	if err != nil {
		return pragma.GoLines{}, fmt.Errorf("read the main module: %w", err)
	}
	if len(file.Godebug) == 0 {
		// ParseLax skips directives that dependencies may not have.
		if strict, err := modfile.Parse(name, data, nil); err == nil {
			file = strict
		}
	}
	return goLines(name, file.Go, file.Godebug), nil
}

func goLines(name string, version *modfile.Go, godebug []*modfile.Godebug) pragma.GoLines {
	lines := pragma.GoLines{File: name}
	if version != nil {
		lines.Go = version.Version
	}
	for _, g := range godebug {
		switch g.Key {
		case "default":
			lines.Default = g.Value
		case "asynctimerchan":
			lines.AsyncTimer, lines.HasAsyncLine = g.Value, true
		}
	}
	return lines
}

// Overlay returns the contents that -overlay in GOFLAGS puts in place of
// files, by absolute path. The go command honours the flag when it lists
// packages, but leaves it to its callers to read the files.
func (e *Environment) Overlay() (map[string][]byte, error) {
	var name string
	for flag := range strings.FieldsSeq(e.GoFlags) {
		flag = strings.Replace(flag, "--", "-", 1)
		if value, ok := strings.CutPrefix(flag, "-overlay="); ok {
			name = value
		}
	}
	if name == "" {
		return nil, nil
	}
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("read the overlay of GOFLAGS: %w", err)
	}
	var file struct{ Replace map[string]string }
	if err := json.Unmarshal(data, &file); err != nil {
		return nil, fmt.Errorf("read the overlay of GOFLAGS: %s: %w", name, err)
	}
	overlay := make(map[string][]byte)
	for old, replacement := range file.Replace {
		if replacement == "" {
			continue // deleted: the go command does not list it
		}
		if overlay[filepath.Clean(old)], err = os.ReadFile(replacement); err != nil {
			return nil, fmt.Errorf("read the overlay of GOFLAGS: %w", err)
		}
	}
	return overlay, nil
}
