package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/perflint/perflint/analyzers"
	"github.com/perflint/perflint/internal/driver"
	"github.com/perflint/perflint/internal/pragma"
)

// Facts are about what callers would get wrong, so what importers have to
// read of a package is bounded: nothing about functions that do what anybody
// would assume, a few bytes about each other one, and no copy of what an
// import says already.
func TestFactVolume(t *testing.T) {
	const (
		few, many   = 20 * telling, 220 * telling
		perFunction = 64  // a name, an effect for each of two arguments, what is returned
		perPackage  = 700 // the description of the types, which comes first
	)
	a, b := factBytes(t, few/telling), factBytes(t, many/telling)

	for path, bytes := range b {
		switch more := bytes - a[path]; path {
		case "example.com/m/usual", "example.com/m/unrelated":
			t.Errorf("%s: %d bytes about functions that do what callers assume, want none", path, bytes)
		case "example.com/m/telling":
			if more <= 0 || more > perFunction*(many-few) {
				t.Errorf("%s: %d bytes more for %d functions, want some, and at most %d for each", path, more, many-few, perFunction)
			}
			if bytes > perPackage+perFunction*many {
				t.Errorf("%s: %d bytes for %d functions, want at most %d", path, bytes, many, perPackage+perFunction*many)
			}
		case "example.com/m/importer":
			if more != 0 || bytes > perPackage {
				t.Errorf("%s: %d bytes, %d of them for what it imports; want at most %d and 0", path, bytes, more, perPackage)
			}
		}
	}
	if b["example.com/m/telling"] == 0 {
		t.Error("no facts at all")
	}
}

// telling is the number of functions of each kind about which there are facts.
const telling = 6

// factBytes returns the size of the facts of each package of a module with n
// functions of each kind.
func factBytes(t *testing.T, n int) map[string]int {
	t.Helper()
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("go.mod", "module example.com/m\n\ngo 1.26\n")
	write("telling/telling.go", repeat(n, `package telling

import (
	"context"
	"sync"
	"time"
)

var (
	pool sync.Pool
	kept *int
)
`, `
func Make%[1]d(ctx context.Context) (context.Context, context.CancelFunc) { return context.WithCancel(ctx) }
func Timer%[1]d() *time.Timer                                            { return time.NewTimer(time.Second) }
func Look%[1]d(cancel, done context.CancelFunc)                          { _, _ = cancel == nil, done == nil }
func Take%[1]d() any                                                     { return pool.Get() }
func Give%[1]d(x, y any)                                                 { pool.Put(x) }
func Keep%[1]d(p, q *int)                                                { kept = p }
`))
	write("usual/usual.go", repeat(n, `package usual

import (
	"context"
	"time"
)
`, `
func Call%[1]d(cancel context.CancelFunc) { cancel() }
func Stop%[1]d(t *time.Timer)             { t.Stop() }
func Use%[1]d(ctx context.Context) error  { return ctx.Err() }
`))
	write("unrelated/unrelated.go", repeat(n, "package unrelated\n", "\nfunc Add%[1]d(x, y int) int { return x + y }\n"))
	write("importer/importer.go", "package importer\n\nimport \"example.com/m/telling\"\n\nvar Last = telling.Make0\n")

	result, err := driver.Run(t.Context(), &driver.Config{
		Dir: dir, Patterns: []string{"./..."}, Analyzers: analyzers.New(pragma.Options{}), Rules: analyzers.Rules(),
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range result.Errors {
		t.Error(e)
	}
	bytes := make(map[string]int)
	for _, f := range result.Stats.Facts {
		bytes[f.Package] = f.Bytes
	}
	return bytes
}

// repeat returns a head and n copies of a text that is numbered by %[1]d.
func repeat(n int, head, text string) string {
	var b strings.Builder
	b.WriteString(head)
	for i := range n {
		fmt.Fprintf(&b, text, i)
	}
	return b.String()
}
