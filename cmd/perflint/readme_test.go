package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// The finding in the README is one that the terminal shows.
func TestReadmeFinding(t *testing.T) {
	readme, err := os.ReadFile(filepath.Join("..", "..", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	block := regexp.MustCompile("(?s)```\n\\$ go run ./cmd/perflint (-C examples/shop ./\\.\\.\\.)\n(.*?)```").FindSubmatch(readme)
	if block == nil {
		t.Fatal("README.md shows no finding")
	}
	t.Chdir(filepath.Join("..", ".."))
	var stdout, stderr bytes.Buffer
	a := newApp()
	a.stdout, a.stderr = &stdout, &stderr
	a.run(strings.Fields(string(block[1])))
	if !strings.Contains(stdout.String(), string(block[2])) {
		t.Errorf("README.md shows\n%s\nbut perflint prints\n%s%s", block[2], stdout.String(), stderr.String())
	}
}

// Every rule and analyzer has its place in the README's table.
func TestReadmeTable(t *testing.T) {
	readme, err := os.ReadFile(filepath.Join("..", "..", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range newApp().rules {
		if r.Analyzer() == "perflint" {
			continue // the gate's own rules come with suppressions
		}
		if !bytes.Contains(readme, []byte("| `"+r.Analyzer()+"` |")) {
			t.Errorf("README.md has no row for analyzer %s", r.Analyzer())
		}
	}
}
