package golangci_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"
)

// The example files keep to golangci-lint's own schemas.
func TestExamplesSchema(t *testing.T) {
	dir := schemaDir(t)
	for _, example := range []struct{ name, schema string }{
		{".golangci.example.yml", "golangci.jsonschema.json"},
		{".custom-gcl.example.yml", "custom-gcl.jsonschema.json"},
	} {
		text := read(t, filepath.Join(root, example.name))
		checkSchema(t, filepath.Join(dir, example.schema), example.name, text)
		// The comments show settings as well: with them, all is still valid.
		checkSchema(t, filepath.Join(dir, example.schema), example.name+" with its settings uncommented",
			regexp.MustCompile(`(?m)^( +)# (- perflint|go:|perflint:|  type:|  description:|  original-url:)`).ReplaceAllString(text, "$1$2"))
	}
}

// schemaDir returns the folder with the schemas in the module of golangci-lint.
func schemaDir(t *testing.T) string {
	t.Helper()
	golangci().need(t)
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/golangci/golangci-lint/v2").Output()
	if err != nil {
		t.Fatal(err)
	}
	return filepath.Join(strings.TrimSpace(string(out)), "jsonschema")
}

func checkSchema(t *testing.T, schema, name, text string) {
	t.Helper()
	compiled, err := jsonschema.NewCompiler().Compile(schema)
	if err != nil {
		t.Fatal(err)
	}
	var doc any
	if err := yaml.Unmarshal([]byte(text), &doc); err != nil {
		t.Errorf("%s: %v", name, err)
		return
	}
	if err := compiled.Validate(doc); err != nil {
		t.Errorf("%s: %v", name, err)
	}
}

// The example configuration names every analyzer and runs.
func TestExampleConfig(t *testing.T) {
	text := read(t, filepath.Join(root, ".golangci.example.yml"))
	var doc struct {
		Linters struct {
			Enable   []string
			Settings struct{ Custom map[string]any }
		}
	}
	if err := yaml.Unmarshal([]byte(text), &doc); err != nil {
		t.Fatal(err)
	}
	for _, name := range names() {
		if !slices.Contains(doc.Linters.Enable, name) || doc.Linters.Settings.Custom[name] == nil {
			t.Errorf(".golangci.example.yml does not enable %s, or does not define it", name)
		}
	}
	runConfig(t, ".golangci.example.yml", text)
}

// The configurations that README.md and docs/golangci-lint.md show run as
// they stand there, and find something.
func TestDocumentedConfigs(t *testing.T) {
	for _, name := range []string{"README.md", "docs/golangci-lint.md"} {
		n := 0
		for _, block := range regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllStringSubmatch(read(t, filepath.Join(root, name)), -1) {
			switch {
			case strings.Contains(block[1], "plugins:"):
				checkSchema(t, filepath.Join(schemaDir(t), "custom-gcl.jsonschema.json"), name, block[1])
			case strings.Contains(block[1], "type: module"):
				n++
				checkSchema(t, filepath.Join(schemaDir(t), "golangci.jsonschema.json"), name, block[1])
				runConfig(t, name, block[1])
			}
		}
		if n == 0 {
			t.Errorf("%s shows no configuration of golangci-lint", name)
		}
	}
}

// runConfig runs golangci-lint with a configuration as it is documented. There
// are more findings than golangci-lint shows by default, of a linter, of one
// text, and on a line with those of others.
func runConfig(t *testing.T, name, text string) {
	t.Helper()
	const many = 60
	dir := unpack(t, "mixed.txtar")
	writeFile(t, filepath.Join(dir, ".golangci.yml"), text)
	source := "package mixed\n\nimport (\n\t\"context\"\n\t\"time\"\n)\n"
	for i := range many {
		source += fmt.Sprintf("\nfunc many%d(ctx context.Context) {\n\tctx, _ = context.WithTimeout(ctx, time.Second)\n\tuse(ctx)\n}\n", i)
	}
	writeFile(t, filepath.Join(dir, "many.go"), source)
	found := 0
	for _, i := range newHost(t, golangci(), dir).issues(t, "./...") {
		if strings.Contains(i.Text, "(ctxleak/") {
			found++
		}
	}
	if found != 3+many {
		t.Errorf("%s: %d findings with this configuration, want %d", name, found, 3+many)
	}
}

// The program that docs/golangci-lint.md shows is gcl/main.go, which these
// tests build.
func TestDocumentedProgram(t *testing.T) {
	_, code, ok := strings.Cut(read(t, filepath.Join("gcl", "main.go")), "package main\n")
	if !ok || !strings.Contains(read(t, filepath.Join(root, "docs", "golangci-lint.md")), "```go\npackage main\n"+code+"```") {
		t.Error("docs/golangci-lint.md does not show the program of gcl/main.go")
	}
}

func read(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
