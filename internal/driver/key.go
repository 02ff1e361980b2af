package driver

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"hash"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/rogpeppe/go-internal/cache"

	"github.com/perflint/perflint/internal/pragma"
)

// keyVersion changes whenever the form of what the cache keeps does in a way
// that the hash of the executable does not show.
const keyVersion = "perflint cache 2"

// setBase computes what all keys of the run begin with.
func (x *executor) setBase() error {
	var err error
	if x.base, err = x.runKey(); err != nil {
		return err
	}
	x.shown, err = x.shownKey()
	return err
}

// runKey hashes what all packages of a run depend on: the tool itself, the
// analyzers with their options, and the toolchain. Where go.mod and go.work lie
// does not matter beyond what the keys of packages say of their modules, so
// that runs in different folders share what they know of dependencies. Nor do
// the options that only say what is shown, see [executor.shownKey].
func (x *executor) runKey() (cache.ActionID, error) {
	h := sha256.New()
	fmt.Fprintln(h, keyVersion)
	exe, err := os.Executable()
	if err != nil {
		return cache.ActionID{}, fmt.Errorf("hash the executable: %w", err)
	}
	if err := hashFile(h, exe); err != nil {
		return cache.ActionID{}, fmt.Errorf("hash the executable: %w", err)
	}
	for _, a := range x.all {
		fmt.Fprintf(h, "analyzer %q\n", a.Name)
	}
	var env Environment
	if x.cfg.Environment != nil {
		env = *x.cfg.Environment
		env.GoMod, env.GoWork = "", ""
	}
	settings, err := json.Marshal(map[string]any{"options": x.options().Facts(), "speakers": x.speakers(), "environment": env})
	if err != nil {
		return cache.ActionID{}, fmt.Errorf("hash the options: %w", err)
	}
	h.Write(settings)
	return cache.ActionID(h.Sum(nil)), nil
}

// options returns the options of the run without where go.mod lies.
func (x *executor) options() pragma.Options {
	options := x.cfg.Options
	if options.Main.File != "" {
		options.Main.File = "known"
	}
	return options
}

// speakers returns the analyzers of which a rule is enabled, in order. One that
// will say nothing need not know anything, so facts depend on this much of
// what is shown.
func (x *executor) speakers() []string {
	var names []string
	for _, r := range x.cfg.Rules {
		if name, _, _ := strings.Cut(r.Name, "/"); x.cfg.Options.Enabled(r) && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// shownKey hashes what findings depend on beside the key of their package:
// the rules with all options. Facts do not, because no rule is enabled where
// they are all that is wanted.
func (x *executor) shownKey() (string, error) {
	settings, err := json.Marshal(map[string]any{"options": x.options(), "rules": x.cfg.Rules})
	if err != nil {
		return "", fmt.Errorf("hash the options: %w", err)
	}
	return fmt.Sprintf("%x", sha256.Sum256(settings)), nil
}

// setKey computes the key of a node whose dependencies are done: the hash of
// all that its outcome depends on. A node has no key if it cannot be cached,
// because it, or a package that it imports, has errors. The text of files that
// may change is read here and kept until the package is parsed, so that what
// was hashed is what is analysed.
func (x *executor) setKey(n *node) {
	if len(n.pkg.Errors) > 0 {
		return
	}
	key, text := sha256.New(), sha256.New()
	key.Write(x.base[:])
	n.sources = make(map[string][]byte)
	if !x.hashText(io.MultiWriter(key, text), n) {
		n.sources = nil
		return
	}
	for _, path := range slices.Sorted(maps.Keys(n.imports)) {
		dep := n.imports[path]
		if !dep.hasKey {
			n.sources = nil
			return
		}
		fmt.Fprintf(key, "import %q %q %x\n", path, dep.pkg.ID, dep.digest.image)
	}
	n.key, n.hasKey, n.shown = cache.ActionID(key.Sum(nil)), true, x.shown
	n.text = [32]byte(text.Sum(nil))
}

// hashText adds to a hash what a package is without its imports: its names,
// its module and its files. It reports false if one of these cannot be read.
func (x *executor) hashText(h io.Writer, n *node) bool {
	fmt.Fprintf(h, "package %q %q %q for %q sizes %v\n", n.pkg.ID, n.pkg.PkgPath, n.pkg.Name, n.pkg.ForTest, n.pkg.TypesSizes)
	if mod := n.pkg.Module; mod != nil {
		fmt.Fprintf(h, "module %q %q main %t go %q dir %q\n", mod.Path, mod.Version, mod.Main, mod.GoVersion, mod.Dir)
		if mod.Replace != nil {
			fmt.Fprintf(h, "replace %q %q\n", mod.Replace.Path, mod.Replace.Version)
		}
	}
	for _, files := range [][]string{n.pkg.CompiledGoFiles, n.pkg.GoFiles, n.pkg.OtherFiles, n.pkg.IgnoredFiles} {
		fmt.Fprintf(h, "%d files\n", len(files))
		for _, name := range files {
			if !x.hashSource(h, n, name) {
				return false
			}
		}
	}
	return true
}

// hashSource adds a source file to a key: by its name if nobody changes files
// there, else by its content too.
func (x *executor) hashSource(h io.Writer, n *node, name string) bool {
	_, overlaid := x.cfg.Overlay[name]
	if x.immutable(name) && !overlaid {
		fmt.Fprintf(h, "file %q\n", name)
		return true
	}
	src, ok := n.sources[name]
	if !ok {
		var err error
		if src, err = x.readFile(name); err != nil {
			return false // the parser will say what is wrong
		}
		n.sources[name] = src
	}
	fmt.Fprintf(h, "file %q %x\n", name, sha256.Sum256(src))
	return true
}

// immutable reports whether a file lies in the module cache, whose folders
// have versions in their names, or in the GOROOT of a released toolchain.
func (x *executor) immutable(name string) bool {
	env := x.cfg.Environment
	if env == nil {
		return false
	}
	released := strings.HasPrefix(env.Toolchain, "go1.") && !strings.ContainsAny(env.Toolchain, " -+")
	return inside(env.ModCache, name) || released && inside(filepath.Join(env.GoRoot, "src"), name)
}

// inside reports whether a file lies below a folder.
func inside(dir, name string) bool {
	return filepath.IsAbs(dir) && strings.HasPrefix(name, filepath.Clean(dir)+string(filepath.Separator))
}

// digestOf returns the digest of a node whose image is im. Facts of packages
// further down belong to it, because those about types, fields and methods
// can be seen through the package.
func (n *node) digestOf(im *image) digest {
	facts := sha256.New()
	fmt.Fprintf(facts, "%x\n", sha256.Sum256(im.facts))
	for _, dep := range n.deps {
		fmt.Fprintf(facts, "%q %x\n", dep.pkg.ID, dep.digest.facts)
	}
	var d digest
	d.facts = [32]byte(facts.Sum(nil))
	all := sha256.New()
	fmt.Fprintf(all, "%x %x\n", sha256.Sum256(im.types), d.facts)
	d.image = [32]byte(all.Sum(nil))
	return d
}

func hashFile(h hash.Hash, name string) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = io.Copy(h, f)
	return err
}
