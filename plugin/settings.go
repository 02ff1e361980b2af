package plugin

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/golangci/plugin-module-register/register"

	"github.com/perflint/perflint/analyzers"
	"github.com/perflint/perflint/internal/finding"
	"github.com/perflint/perflint/internal/pragma"
)

// settingFlags are the flags that stand behind the settings. A setting has
// the name, the default and the meaning of the key in .perflint.yml, because
// both set the same flag. Keys about output, package loading and the exit
// code are golangci-lint's own business.
type settingFlags struct {
	set     *flag.FlagSet
	options pragma.Options
	tests   bool
}

func newSettingFlags() *settingFlags {
	f := &settingFlags{set: flag.NewFlagSet("settings", flag.ContinueOnError)}
	f.set.SetOutput(io.Discard)
	analyzers.AddFlags(f.set, &f.options)
	f.set.BoolVar(&f.tests, "tests", true, "also report findings in test files")
	return f
}

// keys returns the names of the settings, sorted.
func (f *settingFlags) keys() []string {
	var names []string
	f.set.VisitAll(func(fl *flag.Flag) { names = append(names, fl.Name) })
	return names
}

// readSettings returns the options that the settings of a linter ask for.
// Every error names the key.
func readSettings(conf any) (pragma.Options, error) {
	given, err := register.DecodeSettings[map[string]json.RawMessage](conf)
	if err != nil {
		return pragma.Options{}, fmt.Errorf("settings: want keys with values, such as \"severity: error\": %w", err)
	}
	f := newSettingFlags()
	for _, key := range slices.Sorted(maps.Keys(given)) {
		if f.set.Lookup(key) == nil {
			return pragma.Options{}, fmt.Errorf("settings: unknown key %q; the keys are %s", key, strings.Join(f.keys(), ", "))
		}
		if err := f.apply(key, given[key]); err != nil {
			return pragma.Options{}, fmt.Errorf("settings: %s: %w", key, err)
		}
	}
	f.options.SkipTests = !f.tests
	return f.options, nil
}

// apply sets the flag of one key.
func (f *settingFlags) apply(key string, raw json.RawMessage) error {
	texts, err := plainValues(key, raw)
	if err != nil {
		return err
	}
	for _, text := range texts {
		if err := f.set.Set(key, text); err != nil {
			if isBool(f.set.Lookup(key)) {
				return fmt.Errorf("want true or false, not %q", text)
			}
			return err
		}
	}
	if key != "enable" && key != "disable" {
		return nil
	}
	// Against the rules of all analyzers, so that several linters can share
	// one block of settings.
	for _, pattern := range slices.Concat(f.options.Enable, f.options.Disable) {
		if err := finding.CheckPattern(pattern, analyzers.Rules()); err != nil {
			return err
		}
	}
	return nil
}

func isBool(f *flag.Flag) bool {
	b, ok := f.Value.(interface{ IsBoolFlag() bool })
	return ok && b.IsBoolFlag()
}

func isList(key string) bool {
	return slices.Contains([]string{"clocks", "disable", "enable", "pools"}, key)
}

// plainValues returns the value of a key as the flag takes it; of a list,
// that is each element.
func plainValues(key string, raw json.RawMessage) ([]string, error) {
	var value any
	if err := json.Unmarshal(raw, &value); err != nil {
		return nil, err
	}
	list, ok := value.([]any)
	if !ok {
		list = []any{value}
	} else if !isList(key) {
		return nil, errors.New("want one value, not a list")
	}
	var texts []string
	for _, v := range list {
		switch v := v.(type) {
		case string:
			texts = append(texts, v)
		case bool:
			texts = append(texts, fmt.Sprint(v))
		case float64:
			text := fmt.Sprint(v)
			// golangci-lint has read "1.20" as the number 1.2 by now.
			if _, minor, _ := strings.Cut(text, "."); key == "go" && len(minor) < 2 {
				return nil, fmt.Errorf("the number %s may have lost a zero; put the version in quotes, such as \"1.20\"", text)
			}
			texts = append(texts, text)
		default:
			return nil, errors.New("want a plain value")
		}
	}
	return texts, nil
}
