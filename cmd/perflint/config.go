package main

import (
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/perflint/perflint/internal/report"
)

// configName is the name of the config file.
const configName = ".perflint.yml"

// readConfig applies the config file of the folder, if there is one, to the
// flags that the command line did not set. The file is looked for in the
// folder and its parents, up to the one that holds the repository (.git) or
// the outermost go.mod or go.work.
func (f *flags) readConfig() error {
	name, err := findConfig(f.dir)
	if name == "" || err != nil {
		return err
	}
	data, err := os.ReadFile(name)
	if err != nil {
		return fmt.Errorf("read config: %w", err)
	}
	return f.applyConfig(name, data)
}

// findConfig returns the path of the config file for a folder, or "".
func findConfig(dir string) (string, error) {
	for {
		name := filepath.Join(dir, configName)
		switch _, err := os.Stat(name); {
		case err == nil:
			return name, nil
		case !errors.Is(err, fs.ErrNotExist):
			return "", fmt.Errorf("read config: %w", err)
		}
		parent := filepath.Dir(dir)
		if parent == dir || exists(filepath.Join(dir, ".git")) || exists(filepath.Join(dir, "go.work")) {
			return "", nil
		}
		if exists(filepath.Join(dir, "go.mod")) && !insideModule(parent) {
			return "", nil
		}
		dir = parent
	}
}

// insideModule reports whether a folder belongs to a repository, workspace or
// module, that is, whether looking further up makes sense.
func insideModule(dir string) bool {
	for {
		if exists(filepath.Join(dir, ".git")) || exists(filepath.Join(dir, "go.work")) || exists(filepath.Join(dir, "go.mod")) {
			return true
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return false
		}
		dir = parent
	}
}

func exists(name string) bool {
	_, err := os.Stat(name)
	return err == nil
}

// applyConfig sets flags from the text of a config file: a mapping whose keys
// are the flags' names and whose values are what the flags take, or a list of
// that. Every error names the file and line.
func (f *flags) applyConfig(name string, data []byte) error {
	var doc yaml.Node
	if err := yaml.Unmarshal(data, &doc); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if len(doc.Content) == 0 {
		return nil // empty, or comments only
	}
	root := doc.Content[0]
	if root.Kind != yaml.MappingNode {
		return fmt.Errorf("%s:%d: want flag names with values, such as \"severity: error\"", name, root.Line)
	}
	given := make(map[string]bool)
	f.set.Visit(func(fl *flag.Flag) { given[fl.Name] = true })
	seen := make(map[string]bool)
	for i := 0; i+1 < len(root.Content); i += 2 {
		key, value := root.Content[i], root.Content[i+1]
		if !slices.Contains(configurable, key.Value) {
			return fmt.Errorf("%s:%d: unknown key %q; the keys are %s", name, key.Line, key.Value, strings.Join(configurable, ", "))
		}
		if seen[key.Value] {
			return fmt.Errorf("%s:%d: key %q appears twice", name, key.Line, key.Value)
		}
		seen[key.Value] = true
		if line, err := f.applyKey(filepath.Dir(name), key, value, given[key.Value]); err != nil {
			return fmt.Errorf("%s:%d: %s: %w", name, line, key.Value, err)
		}
	}
	return nil
}

// applyKey sets one flag from its value in the config file. A value that the
// command line overrides is checked all the same. An error comes with its line.
func (f *flags) applyKey(dir string, key, value *yaml.Node, overridden bool) (int, error) {
	nodes := []*yaml.Node{value}
	if value.Kind == yaml.SequenceNode {
		if !slices.Contains(lists, key.Value) {
			return value.Line, errors.New("want one value, not a list")
		}
		nodes = value.Content
	}
	target := f.set
	if overridden {
		target = newFlags().set
	}
	var tags []string
	for _, n := range nodes {
		if n.Kind != yaml.ScalarNode || n.Tag == "!!null" {
			return n.Line, errors.New("want a plain value")
		}
		text := n.Value
		switch key.Value {
		case "tags": // the one list flag that is not repeatable
			tags = append(tags, text)
			text = strings.Join(tags, ",")
		case "o": // relative to the config file, wherever perflint is run
			if format, path, ok := strings.Cut(text, "="); ok && !filepath.IsAbs(path) {
				text = format + "=" + filepath.Join(dir, path)
			}
		case "profile":
			if text != profileAuto && !filepath.IsAbs(text) {
				text = filepath.Join(dir, text)
			}
		case "format":
			if err := report.CheckFormat(text); err != nil {
				return n.Line, err
			}
		}
		if err := target.Set(key.Value, text); err != nil {
			return n.Line, err
		}
	}
	return 0, nil
}
