package report

import (
	"net/url"
	"path/filepath"
	"strings"
)

// inside returns a path relative to a folder, with slashes, if it lies below
// that folder.
func inside(dir, path string) (string, bool) {
	if dir == "" {
		return "", false
	}
	rel, err := filepath.Rel(dir, path)
	if err != nil || !filepath.IsLocal(rel) {
		return "", false
	}
	return filepath.ToSlash(rel), true
}

// relativeURI percent-encodes a path with slashes. A colon would make what is
// before it a scheme.
func relativeURI(path string) string {
	return strings.ReplaceAll((&url.URL{Path: path}).EscapedPath(), ":", "%3A")
}

// fileURI returns the URI of an absolute path.
func fileURI(path string) string {
	path = filepath.ToSlash(path)
	if !strings.HasPrefix(path, "/") {
		path = "/" + path // C:/shop
	}
	return (&url.URL{Scheme: "file", Path: path}).String()
}

// folderURI returns the URI of a folder. The slash at its end makes relative
// ones start in the folder, not beside it.
func folderURI(dir string) string {
	return strings.TrimSuffix(fileURI(dir), "/") + "/"
}
