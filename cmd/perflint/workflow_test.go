package main

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// A step is one of a workflow, or of a composite action.
type step struct {
	Uses, Run, Shell string
	Dir              string `yaml:"working-directory"`
	With             map[string]any
	Env              map[string]string
}

// A composite is what action.yml says.
type composite struct {
	Inputs  map[string]struct{ Default string }
	Outputs map[string]struct{ Value string }
	Runs    struct {
		Using string
		Steps []step
	}
}

func repositoryFile(t *testing.T, name ...string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(append([]string{"..", ".."}, name...)...))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func readAction(t *testing.T) composite {
	t.Helper()
	var action composite
	if err := yaml.Unmarshal([]byte(repositoryFile(t, "action.yml")), &action); err != nil {
		t.Fatal(err)
	}
	return action
}

// documentedSteps returns the steps with the action that a page shows.
func documentedSteps(t *testing.T, page string) []step {
	t.Helper()
	var steps []step
	for _, block := range regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllStringSubmatch(repositoryFile(t, page), -1) {
		var workflow struct {
			Jobs map[string]struct{ Steps []step }
		}
		if err := yaml.Unmarshal([]byte(block[1]), &workflow); err != nil {
			continue // a fragment, or not a workflow
		}
		for _, job := range workflow.Jobs {
			for _, s := range job.Steps {
				if strings.HasPrefix(s.Uses, "perflint/perflint@") {
					steps = append(steps, s)
				}
			}
		}
	}
	if len(steps) == 0 {
		t.Errorf("%s shows no workflow", page)
	}
	return steps
}

// What others publish under a name may change; a commit stays.
func TestActionPins(t *testing.T) {
	action := readAction(t)
	if action.Runs.Using != "composite" {
		t.Errorf("the action uses %q", action.Runs.Using)
	}
	for _, s := range action.Runs.Steps {
		if s.Uses != "" && !regexp.MustCompile(`@[0-9a-f]{40}$`).MatchString(s.Uses) {
			t.Errorf("action.yml: %s is not pinned to a commit", s.Uses)
		}
		if strings.Contains(s.Run, "${{") {
			t.Errorf("action.yml: the script %q has expressions in it, which may become commands", s.Run)
		}
	}
}

// TestDocumentedWorkflows runs the workflows that the documentation shows, as
// they stand there, on a pull request that adds two findings, moves three old
// ones and fixes one: the two are annotated, on lines of the diff, and the job
// fails. Steps of others, such as the checkout, are as good as done.
func TestDocumentedWorkflows(t *testing.T) {
	for _, program := range []string{"git", "bash", "awk"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skipf("needs %s", program)
		}
	}
	if runtime.GOOS == "windows" {
		t.Skip("file URLs and paths")
	}
	pr := newPullRequest(t)
	action := readAction(t)
	for _, page := range []string{"README.md", "docs/ci.md"} {
		for i, s := range documentedSteps(t, page) {
			t.Run(fmt.Sprint(page, " ", i+1), func(t *testing.T) {
				job := newJob(t, pr, action, s.With)
				job.run(t, action.Runs.Steps)
				job.check(t)
			})
		}
	}
}

// A job is a run of the action.
type job struct {
	pr        *pullRequest
	temp      string
	workspace string
	inputs    map[string]string
	outputs   map[string]string // of the step "run", and of the action
	log       string
	code      int
}

// newJob checks the pull request out and fills in the inputs.
func newJob(t *testing.T, pr *pullRequest, action composite, with map[string]any) *job {
	t.Helper()
	j := &job{pr: pr, temp: t.TempDir(), workspace: pr.checkout(t), inputs: make(map[string]string)}
	for name, input := range action.Inputs {
		j.inputs[name] = input.Default
	}
	for name, value := range with {
		if _, ok := action.Inputs[name]; !ok {
			t.Errorf("the action has no input %s", name)
		}
		j.inputs[name] = fmt.Sprint(value)
	}
	return j
}

// run does the steps that are scripts.
func (j *job) run(t *testing.T, steps []step) {
	t.Helper()
	root, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range steps {
		if s.Run == "" {
			continue
		}
		if s.Shell != "bash" {
			t.Fatalf("action.yml: shell %q", s.Shell)
		}
		cmd := exec.Command("bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", s.Run)
		cmd.Dir = filepath.Join(j.workspace, j.expand(t, s.Dir))
		cmd.Env = append(os.Environ(), "GITHUB_ACTION_PATH="+root, "GITHUB_WORKSPACE="+j.workspace,
			"GITHUB_OUTPUT="+filepath.Join(j.temp, "output"), "GITHUB_STEP_SUMMARY="+filepath.Join(j.temp, "summary"))
		for name, value := range s.Env {
			cmd.Env = append(cmd.Env, name+"="+j.expand(t, value))
		}
		out, err := cmd.CombinedOutput()
		if exit := new(exec.ExitError); err != nil && !errors.As(err, &exit) {
			t.Fatal(err)
		}
		j.log += string(out)
		j.code = max(j.code, cmd.ProcessState.ExitCode())
	}
	j.outputs = make(map[string]string)
	for line := range strings.Lines(j.read(t, "output")) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		j.outputs[name] = value
	}
}

func (j *job) read(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(j.temp, name))
	if err != nil {
		t.Fatalf("%v\n%s", err, j.log)
	}
	return string(data)
}

// expand replaces expressions. GitHub's language for them is not known here,
// only those that action.yml uses.
func (j *job) expand(t *testing.T, text string) string {
	t.Helper()
	cache := "off"
	if j.inputs["cache"] == "true" {
		cache = filepath.Join(j.temp, "perflint-cache")
	}
	known := map[string]string{
		"inputs.cache == 'true' && format('{0}/perflint-cache', runner.temp) || 'off'":                   cache,
		"github.event.pull_request.base.sha || github.event.merge_group.base_sha || github.event.before": j.pr.base,
		"github.event.pull_request.head.sha":                                                             j.pr.head,
	}
	for name, value := range j.inputs {
		known["inputs."+name] = value
	}
	return regexp.MustCompile(`\$\{\{ (.*?) \}\}`).ReplaceAllStringFunc(text, func(expression string) string {
		value, ok := known[expression[len("${{ "):len(expression)-len(" }}")]]
		if !ok {
			t.Errorf("action.yml: this test does not know the expression %s", expression)
		}
		return value
	})
}

// check demands what the pull request adds, and nothing else.
func (j *job) check(t *testing.T) {
	t.Helper()
	annotations := regexp.MustCompile(`(?m)^::warning file=(.*?),line=(\d+),`).FindAllStringSubmatch(j.log, -1)
	var got []string
	for _, a := range annotations {
		got = append(got, a[1]+":"+a[2])
	}
	if slices.Sort(got); !slices.Equal(got, j.pr.want) || len(got) != 2 {
		t.Errorf("annotations on %q, want %q\n%s", got, j.pr.want, j.log)
	}
	for _, place := range got {
		if added := j.pr.added(t); !slices.Contains(added, place) {
			t.Errorf("%s is not in the diff, which adds %q", place, added)
		}
	}
	want := exitFindings
	if j.inputs["fail-on"] == "never" {
		want = exitClean
	}
	if j.code != want || j.outputs["findings"] != "2" {
		t.Errorf("exit code %d and outputs %q, want %d and 2 findings\n%s", j.code, j.outputs, want, j.log)
	}
	if n := strings.Count(j.read(t, "summary"), "\n| warning |"); n != 2 {
		t.Errorf("the summary has %d findings", n)
	}
	name := j.outputs["sarif-file"]
	if upload := j.inputs["upload-sarif"] == "true"; upload != (name != "") {
		t.Errorf("upload-sarif is %t, and the file is %q", upload, name)
	} else if data, err := os.ReadFile(name); upload && (err != nil || strings.Count(string(data), `"ruleId":`) != 7) {
		t.Errorf("%v: %d results in all, want 7", err, strings.Count(string(data), `"ruleId":`))
	}
	if entries, err := os.ReadDir(filepath.Join(j.temp, "perflint-cache")); j.inputs["cache"] == "true" && len(entries) == 0 {
		t.Errorf("nothing in the cache: %v", err)
	}
}

// The action's outputs are those that its script writes.
func TestActionOutputs(t *testing.T) {
	script := repositoryFile(t, "action", "run.sh")
	for _, name := range slices.Sorted(maps.Keys(readAction(t).Outputs)) {
		if value := readAction(t).Outputs[name].Value; value != "${{ steps.run.outputs."+name+" }}" || !strings.Contains(script, "output "+name+" ") {
			t.Errorf("output %s is %s, which the script does not write", name, value)
		}
	}
}

// Every input has its row in docs/ci.md, with its default.
func TestActionDocumented(t *testing.T) {
	page := repositoryFile(t, "docs", "ci.md")
	for name, input := range readAction(t).Inputs {
		value := " `" + input.Default + "` "
		if input.Default == "" {
			value = " "
		}
		if !strings.Contains(page, "\n| `"+name+"` |"+value+"|") {
			t.Errorf("docs/ci.md has no row for the input %s with the default %q", name, input.Default)
		}
	}
}
