package report

import (
	"path/filepath"
	"runtime"
	"testing"
)

func TestRelativeURI(t *testing.T) {
	for path, want := range map[string]string{
		"a/b.go":         "a/b.go",
		"my shop/a b.go": "my%20shop/a%20b.go",
		"größe.go":       "gr%C3%B6%C3%9Fe.go",
		"a:b/c.go":       "a%3Ab/c.go",
		"100%/#?.go":     "100%25/%23%3F.go",
		`a\b.go`:         "a%5Cb.go",
		"\xff.go":        "%FF.go",
	} {
		if got := relativeURI(path); got != want {
			t.Errorf("%q: got %s, want %s", path, got, want)
		}
	}
}

func TestFileURI(t *testing.T) {
	for path, want := range map[string]string{
		"/src/shop":    "file:///src/shop",
		"/my shop/a#b": "file:///my%20shop/a%23b",
		"C:/shop":      "file:///C:/shop",
	} {
		if got := fileURI(path); got != want {
			t.Errorf("%q: got %s, want %s", path, got, want)
		}
		if got := folderURI(path); got != want+"/" {
			t.Errorf("folder %q: got %s, want %s/", path, got, want)
		}
	}
	if got := folderURI("/"); got != "file:///" {
		t.Errorf("root: %s", got)
	}
}

func TestInside(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("has the paths of Unix")
	}
	tests := []struct {
		dir, path, want string
		ok              bool
	}{
		{"/src/shop", "/src/shop/a/b.go", "a/b.go", true},
		{"/", "/a.go", "a.go", true},
		{"/src/shop", "/src/shopping/b.go", "", false},
		{"/src/shop", "/src/b.go", "", false},
		{"/src/shop", "/src/shop/..b.go", "..b.go", true},
		{"", "/src/b.go", "", false},
		{"/src/shop", "b.go", "", false},
	}
	for _, test := range tests {
		got, ok := inside(filepath.FromSlash(test.dir), filepath.FromSlash(test.path))
		if got != test.want || ok != test.ok {
			t.Errorf("inside(%q, %q) = %q, %v", test.dir, test.path, got, ok)
		}
	}
}
