package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// The allocator packs values of less than 16 bytes without pointers into
// blocks, and only a new block has a sample. In an overlay of the runtime each
// gets memory of its own.
const (
	tinyTest = "if size < maxTinySize && gp.secret == 0 {"
	tinyOff  = "if false && size < maxTinySize && gp.secret == 0 {"
)

// withoutTiny returns the flag that builds with a runtime without such blocks.
// If it does not know the runtime of the toolchain in use, it says so and
// returns a flag without effect.
func (s *suite) withoutTiny() (string, error) {
	cmd := exec.Command("go", "env", "GOROOT")
	cmd.Dir = s.dir
	root, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("go env: %w", err)
	}
	name := filepath.Join(strings.TrimSpace(string(root)), "src", "runtime", "malloc.go")
	src, err := os.ReadFile(name)
	if err != nil {
		return "", err
	}
	if bytes.Count(src, []byte(tinyTest)) != 1 {
		fmt.Fprintln(os.Stderr, "escapeprofile: unknown runtime: values of less than 16 bytes without pointers may have no samples")
		return "-overlay=", nil
	}
	changed := filepath.Join(s.folder, "malloc.go")
	if err := os.WriteFile(changed, bytes.Replace(src, []byte(tinyTest), []byte(tinyOff), 1), 0o666); err != nil {
		return "", err
	}
	list, err := json.Marshal(map[string]any{"Replace": map[string]string{name: changed}})
	if err != nil {
		return "", err
	}
	overlay := filepath.Join(s.folder, "overlay.json")
	return "-overlay=" + overlay, os.WriteFile(overlay, list, 0o666)
}
