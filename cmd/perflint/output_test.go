package main

import (
	"os"
	"path/filepath"
	"testing"
)

func TestRepositoryRoot(t *testing.T) {
	tests := []struct {
		name  string
		files []string // empty ones; a slash at the end makes a folder
		want  string
	}{
		{"a repository", []string{".git/", "m/go.mod"}, "."},
		{"a worktree, whose .git is a file", []string{".git", "m/go.mod"}, "."},
		{"a repository in a repository", []string{".git/", "m/.git/", "go.mod"}, "m"},
		{"a module without a repository", []string{"m/go.mod"}, "m"},
		{"neither", nil, "m/sub"},
	}
	for _, test := range tests {
		dir := t.TempDir()
		from := filepath.Join(dir, "m", "sub")
		if err := os.MkdirAll(from, 0o755); err != nil {
			t.Fatal(err)
		}
		for _, name := range test.files {
			path := filepath.Join(dir, name)
			err := os.MkdirAll(filepath.Dir(path), 0o755)
			if name[len(name)-1] == '/' {
				err = os.MkdirAll(path, 0o755)
			} else if err == nil {
				err = os.WriteFile(path, nil, 0o644)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		if got, want := repositoryRoot(from), filepath.Join(dir, test.want); got != want {
			t.Errorf("%s: got %s, want %s", test.name, got, want)
		}
	}
}
