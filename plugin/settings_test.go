package plugin

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/perflint/perflint/internal/finding"
	"github.com/perflint/perflint/internal/pragma"
)

type conf = map[string]any

func TestSettings(t *testing.T) {
	tests := []struct {
		conf any
		want pragma.Options
	}{
		{nil, pragma.Options{}},
		{conf{}, pragma.Options{}},
		{conf{"severity": "info"}, pragma.Options{Severity: finding.Info}},
		{conf{"confidence": "certain"}, pragma.Options{Confidence: finding.Certain}},
		{conf{"disable": "ctxleak/discarded"}, pragma.Options{Disable: []string{"ctxleak/discarded"}}},
		{conf{"disable": "ctxleak/discarded, ctx*"}, pragma.Options{Disable: []string{"ctxleak/discarded", "ctx*"}}},
		{conf{"enable": []any{"all", "ctxleak"}}, pragma.Options{Enable: []string{"all", "ctxleak"}}},
		{conf{"disable": []any{}}, pragma.Options{}},
		{conf{"generated": true}, pragma.Options{Generated: true}},
		{conf{"generated": "true"}, pragma.Options{Generated: true}},
		{conf{"generated": false}, pragma.Options{}},
		{conf{"tests": false}, pragma.Options{SkipTests: true}},
		{conf{"tests": true}, pragma.Options{}},
		{conf{"clocks": "a.After=after, a.Tick=tick"}, pragma.Options{Clocks: []string{"a.After=after", "a.Tick=tick"}}},
		{conf{"clocks": []any{"a.After=after"}}, pragma.Options{Clocks: []string{"a.After=after"}}},
		{conf{"pools": []any{"a.Get=a.Put", "(*a.P[K,V]).Get=(*a.P[K,V]).Put"}}, pragma.Options{Pools: []string{"a.Get=a.Put", "(*a.P[K,V]).Get=(*a.P[K,V]).Put"}}},
		{conf{"go": "1.20"}, pragma.Options{Go: "1.20"}},
		{conf{"go": "go1.22.3"}, pragma.Options{Go: "go1.22.3"}},
		{conf{"go": 1.22}, pragma.Options{Go: "1.22"}},
	}
	for _, test := range tests {
		// The defaults of the levels stand in the flags too.
		if test.want.Severity == 0 {
			test.want.Severity = finding.Warning
		}
		if test.want.Confidence == 0 {
			test.want.Confidence = finding.Likely
		}
		if got, err := readSettings(test.conf); err != nil || !reflect.DeepEqual(got, test.want) {
			t.Errorf("settings %v: %+v, %v; want %+v", test.conf, got, err, test.want)
		}
	}
}

func TestBadSettings(t *testing.T) {
	tests := []struct {
		conf any
		want string
	}{
		{conf{"sevrity": "info"}, `settings: unknown key "sevrity"; the keys are clocks, confidence, disable, enable, generated, go, pools, severity, tests`},
		{conf{"format": "json"}, `unknown key "format"`},
		{conf{"severity": "fatal"}, `settings: severity: unknown severity "fatal": want info, warning or error`},
		{conf{"severity": nil}, "settings: severity: want a plain value"},
		{conf{"severity": []any{"info"}}, "settings: severity: want one value, not a list"},
		{conf{"severity": conf{"min": "info"}}, "settings: severity: want a plain value"},
		{conf{"confidence": 3}, `settings: confidence: unknown confidence "3"`},
		{conf{"generated": "maybe"}, `settings: generated: want true or false, not "maybe"`},
		{conf{"tests": 7}, `settings: tests: want true or false, not "7"`},
		{conf{"go": "newest"}, "settings: go: want a Go version such as 1.22"},
		{conf{"go": 1.2}, `settings: go: the number 1.2 may have lost a zero; put the version in quotes`},
		{conf{"disable": "ctxleak/discraded"}, `settings: disable: no analyzer or rule matches "ctxleak/discraded"`},
		{conf{"enable": []any{"[x"}}, `settings: enable: malformed rule pattern "[x"`},
		{conf{"enable": []any{[]any{"all"}}}, "settings: enable: want a plain value"},
		{conf{"clocks": []any{"a.After=before"}}, `settings: clocks: "a.After=before": want PACKAGE.NAME=SHAPE, with timer,`},
		{conf{"clocks": conf{"a.After": "after"}}, "settings: clocks: want a plain value"},
		{conf{"pools": []any{"a.Get=a.Put", "a.Get"}}, `settings: pools: "a.Get": want GET=PUT`},
		{conf{"pools": 3}, `settings: pools: "3": want GET=PUT`},
		{"severity", `settings: want keys with values`},
		{[]any{"severity"}, `settings: want keys with values`},
	}
	for _, test := range tests {
		if _, err := readSettings(test.conf); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("settings %v: error %v, want %q", test.conf, err, test.want)
		}
	}
}

// Whatever .perflint.yml may set is a setting here, except for what
// golangci-lint decides for all linters, and for evidence, which only
// perflint's own driver joins with findings.
func TestSettingsKeys(t *testing.T) {
	data, err := os.ReadFile(filepath.Join("..", "docs", "schema", "config.schema.json"))
	if err != nil {
		t.Fatal(err)
	}
	var schema struct{ Properties map[string]any }
	if err := json.Unmarshal(data, &schema); err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile(filepath.Join("..", "docs", "golangci-lint.md"))
	if err != nil {
		t.Fatal(err)
	}
	hosts := []string{"compiler", "fail-on", "format", "j", "o", "profile", "tags"}
	for _, key := range hosts {
		if !strings.Contains(string(page), "`"+key+"`") {
			t.Errorf("docs/golangci-lint.md does not say why %s is no setting", key)
		}
		if schema.Properties[key] == nil {
			t.Errorf("%s is no key of .perflint.yml any more", key)
		}
		delete(schema.Properties, key)
	}
	if got, want := newSettingFlags().keys(), slices.Sorted(maps.Keys(schema.Properties)); !slices.Equal(got, want) {
		t.Errorf("settings %v, want the keys of .perflint.yml %v", got, want)
	}
}

// Every setting has its row in the page for users.
func TestSettingsDocumented(t *testing.T) {
	page, err := os.ReadFile(filepath.Join("..", "docs", "golangci-lint.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range newSettingFlags().keys() {
		if !strings.Contains(string(page), "| `"+key+"` |") {
			t.Errorf("docs/golangci-lint.md has no row for the setting %s", key)
		}
	}
}

func FuzzSettings(f *testing.F) {
	for _, seed := range []string{`null`, `{}`, `{"severity":"info"}`, `{"go":1.2}`, `{"disable":["ctxleak",null]}`, `{"tests":{}}`, `{"clocks":["a.After=after"],"pools":"a.Get=a.Put"}`, `[1]`, `"x"`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var conf any
		if json.Unmarshal([]byte(text), &conf) != nil {
			return
		}
		_, err := readSettings(conf)
		if err != nil && !strings.HasPrefix(err.Error(), "settings: ") {
			t.Errorf("settings %s: the error %q does not say that it is about settings", text, err)
		}
		// Strict: a key that is accepted is one of the flags.
		given, _ := conf.(map[string]any)
		for key := range given {
			if err == nil && newSettingFlags().set.Lookup(key) == nil {
				t.Errorf("settings %s: unknown key %q was accepted", text, key)
			}
		}
	})
}
