package inject

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"go/version"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
	"golang.org/x/tools/go/packages"
)

// A Program is what marks are placed in.
type Program struct {
	Packages []*packages.Package // of main modules, sorted by path
	// Module and Dir are the main module that the companion belongs to.
	Module, Dir string
	Shared      bool // there are several main modules

	handles  bool            // it handles signals itself
	embedded map[string]bool // files whose text it embeds
}

// oldest is the oldest language version that marks can be written in, because
// some are generic.
const oldest = "go1.18"

// Load loads the packages of main modules that match patterns. Errors of
// packages are returned together; the others are loaded nevertheless.
func Load(ctx context.Context, dir string, flags, patterns []string) (*Program, error) {
	cfg := &packages.Config{
		Context: ctx, Dir: dir, BuildFlags: flags,
		Mode: packages.LoadSyntax | packages.NeedModule | packages.NeedEmbedFiles,
	}
	pkgs, err := packages.Load(cfg, patterns...)
	if err != nil {
		return nil, fmt.Errorf("loading packages: %w", err)
	}
	slices.SortFunc(pkgs, func(a, b *packages.Package) int { return cmp.Compare(a.PkgPath, b.PkgPath) })
	prog := &Program{embedded: make(map[string]bool)}
	var errs []error
	modules := make(map[string]bool)
	for _, pkg := range pkgs {
		switch {
		case len(pkg.Errors) > 0:
			for _, e := range pkg.Errors {
				errs = append(errs, e)
			}
		case pkg.Module == nil || !pkg.Module.Main:
			errs = append(errs, fmt.Errorf("%s is not in a main module: only these can be marked; mark the calls of it instead", pkg.PkgPath))
		case version.Compare("go"+pkg.Module.GoVersion, oldest) < 0:
			errs = append(errs, fmt.Errorf("%s is of a module without 'go 1.18' or later in its go.mod, which marks need", pkg.PkgPath))
		default:
			modules[pkg.Module.Path] = true
			prog.add(pkg)
		}
	}
	prog.Shared = len(modules) > 1
	return prog, errors.Join(errs...)
}

// add takes a package of a main module in.
func (prog *Program) add(pkg *packages.Package) {
	prog.Packages = append(prog.Packages, pkg)
	if prog.Module == "" {
		prog.Module, prog.Dir = pkg.Module.Path, pkg.Module.Dir
	}
	if _, ok := pkg.Imports["os/signal"]; ok {
		prog.handles = true
	}
	for _, name := range pkg.EmbedFiles {
		prog.embedded[name] = true
	}
}

// ReadRules reads a file of rules, in YAML:
//
//	marks:
//	  - id: db
//	    kind: db_query
//	    at: call
//	    func: ["(*example.com/shop/db.Store).*"]
//
// Unknown keys are errors, which name file and line.
func ReadRules(name string) ([]Rule, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("reading rules: %w", err)
	}
	defer f.Close()
	rules, err := parseRules(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return rules, nil
}

// parseRules reads rules.
func parseRules(r io.Reader) ([]Rule, error) {
	var file struct {
		Marks []yaml.Node `yaml:"marks"`
	}
	dec := yaml.NewDecoder(r)
	dec.KnownFields(true)
	if err := dec.Decode(&file); err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	if len(file.Marks) == 0 {
		return nil, errors.New("there are no rules in it; want a list under the key marks")
	}
	var rules []Rule
	seen := make(map[string]bool)
	for i := range file.Marks {
		node := &file.Marks[i]
		rule, err := parseRule(node)
		if err == nil && seen[rule.ID] {
			err = fmt.Errorf("there are two rules with the id %s", rule.ID)
		}
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", node.Line, err)
		}
		seen[rule.ID] = true
		rules = append(rules, rule)
	}
	return rules, nil
}

// ruleKeys are the keys that a rule may have.
var ruleKeys = []string{"id", "kind", "at", "func", "params", "results", "implements", "imports", "label"}

func parseRule(node *yaml.Node) (Rule, error) {
	var rule Rule
	if node.Kind != yaml.MappingNode {
		return rule, errors.New("a rule is a mapping with the keys " + strings.Join(ruleKeys, ", "))
	}
	for i := 0; i < len(node.Content); i += 2 {
		if key := node.Content[i].Value; !slices.Contains(ruleKeys, key) {
			return rule, fmt.Errorf("unknown key %q; there are %s", key, strings.Join(ruleKeys, ", "))
		}
	}
	if err := node.Decode(&rule); err != nil {
		return rule, err
	}
	return rule, rule.Check()
}

// Relative returns a file name relative to a folder, if that is shorter to
// read.
func Relative(dir, name string) string {
	if rel, err := filepath.Rel(dir, name); err == nil && !strings.HasPrefix(rel, "..") {
		return rel
	}
	return name
}
