package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"

	"github.com/perflint/perflint/internal/report"
)

func compileSchema(t *testing.T, name string) *jsonschema.Schema {
	t.Helper()
	schema, err := jsonschema.NewCompiler().Compile(filepath.Join("..", "..", "docs", "schema", name))
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

// What perflint prints for the example is what the schema promises.
func TestFindingSchema(t *testing.T) {
	schema := compileSchema(t, "finding.schema.json")
	var stdout, stderr bytes.Buffer
	a := newApp()
	a.stdout, a.stderr = &stdout, &stderr
	if code := a.run([]string{"-C", filepath.Join("..", "..", "examples", "shop"), "-format=json", "./..."}); code != exitFindings {
		t.Fatalf("exit code %d: %s", code, stderr.String())
	}
	count := 0
	for line := range bytes.Lines(stdout.Bytes()) {
		value, err := jsonschema.UnmarshalJSON(bytes.NewReader(line))
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(value); err != nil {
			t.Errorf("%v\n%s", err, line)
		}
		count++
	}
	if count == 0 {
		t.Error("no findings")
	}
}

// The schema of the config file and the program accept the same files.
func TestConfigSchema(t *testing.T) {
	schema := compileSchema(t, "config.schema.json")
	for _, test := range []struct {
		text string
		ok   bool
	}{
		{"", true},
		{"# nothing\n", true},
		{"severity: info\nconfidence: possible\nfail-on: never\ntests: false\n", true},
		{"enable: ctxleak\ndisable: [ctxleak/discarded, '*/lost*']\n", true},
		{"o: [json=a.json, text=b.txt]\nformat: json\n", true},
		{"j: 4\ntags: [a, b]\ngo: 1.22\ngenerated: true\n", true},
		{"go: \"1.22\"\ntags: a,b\n", true},
		{"clocks: a.b/c.After=after, time.X=tick\npools: [a.Get=a.Put, '(*a/b.P[K,V]).Get=(*a/b.P[K,V]).Put']\n", true},
		{"pools: '(a.P[K,V]).Get=(a.P[K,V]).Put,(*a.P).Get=(*a.V).Free'\n", true},
		{"clocks: []\n", true},
		{"clocks: a.After\n", false},
		{"clocks: [a.After=after, a.Tick=tock]\n", false},
		{"clocks: {a.After: after}\n", false},
		{"clocks: '(*a.C).After=after'\n", false},
		{"pools: a.Get\n", false},
		{"pools: [a.Get=Put]\n", false},
		{"pools: [a.Get=a.Put=a.Drop]\n", false},
		{"severity: fatal\n", false},
		{"unknown: 1\n", false},
		{"fix: true\n", false},
		{"tests: maybe\n", false},
		{"j: many\n", false},
		{"format: xml\n", false},
		{"o: xml=a\n", false},
		{"severity: [info]\n", false},
		{"- a\n", false},
	} {
		if err := newFlags().applyConfig("c.yml", []byte(test.text)); (err == nil) != test.ok {
			t.Errorf("%q: the program says %v", test.text, err)
		}
		if err := schema.Validate(yamlValue(t, test.text)); (err == nil) != test.ok {
			t.Errorf("%q: the schema says %v", test.text, err)
		}
	}
}

// The config files that the documentation shows are fine.
func TestDocumentedConfigs(t *testing.T) {
	for _, name := range []string{"README.md", "docs/settings.md"} {
		text, err := os.ReadFile(filepath.Join("..", "..", name))
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for _, block := range regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllStringSubmatch(string(text), -1) {
			if !strings.Contains(block[1], "clocks:") {
				continue // a file of something else
			}
			n++
			if err := newFlags().applyConfig(name, []byte(block[1])); err != nil {
				t.Error(err)
			}
			if err := compileSchema(t, "config.schema.json").Validate(yamlValue(t, block[1])); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		if n == 0 {
			t.Errorf("%s shows no config file", name)
		}
	}
}

// yamlValue returns the JSON value of a YAML text.
func yamlValue(t *testing.T, text string) any {
	t.Helper()
	var value any
	if err := yaml.Unmarshal([]byte(text), &value); err != nil {
		t.Fatal(err)
	}
	data, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	again, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return again
}

// The schema knows the keys and formats that the program knows.
func TestConfigSchemaKeys(t *testing.T) {
	data, err := os.ReadFile(filepath.Join("..", "..", "docs", "schema", "config.schema.json"))
	if err != nil {
		t.Fatal(err)
	}
	var schema struct {
		Properties map[string]struct{ Enum []string }
	}
	if err := json.Unmarshal(data, &schema); err != nil {
		t.Fatal(err)
	}
	for _, key := range configurable {
		if _, ok := schema.Properties[key]; !ok {
			t.Errorf("the schema lacks %q", key)
		}
		if newFlags().set.Lookup(key) == nil {
			t.Errorf("no flag is called -%s", key)
		}
	}
	for key := range schema.Properties {
		if !slices.Contains(configurable, key) {
			t.Errorf("the program does not know the schema's key %q", key)
		}
	}
	if got, want := schema.Properties["format"].Enum, report.Formats(); !slices.Equal(got, want) {
		t.Errorf("the schema has formats %q, want %q", got, want)
	}
}

// FuzzConfig: any text is either applied or refused with the file's name.
func FuzzConfig(f *testing.F) {
	for _, seed := range []string{"severity: info", "enable: [a, b]", "a: &x\nb: *x", "? {}\n: 1", "tests: !!bool yes", "\xff", "o: [json=x]", "clocks: [a.B=timer]\npools:\n- (*a.P[K,V]).Get=a.Put"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if err := newFlags().applyConfig("c.yml", data); err != nil && !bytes.HasPrefix([]byte(err.Error()), []byte("c.yml")) {
			t.Errorf("error %q does not name the file", err)
		}
	})
}
