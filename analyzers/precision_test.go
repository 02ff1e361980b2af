package analyzers_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/perflint/perflint/analyzers"
	"github.com/perflint/perflint/internal/finding"
)

// A judged is a row of the tables of docs/precision*.md: one finding, or
// several in one file that were judged alike.
type judged struct {
	where      string // file and line of the table, for errors
	repository string
	rule       string // full name
	now        string // see nowStates
	verdict    string
	count      int
}

// nowStates says what the current version does with a finding. Those that
// count are what users see without flags, in the module as it is or under an
// older go line, or what they see when they enable the rule.
var nowStates = map[string]bool{"shown": true, "1.22": true, "off": true, "info": false, "possible": false, "–": false}

var (
	findingCell = regexp.MustCompile(`^([\w.-]+/[\w.-]+)@\S+ [^\s:]+(:\d[\d-]*)?(?: \((\d+)\))?$`)
	ruleCell    = regexp.MustCompile(`^[a-z0-9-]+$`)
)

// precisionFiles maps the files of the tables to the analyzer whose rules
// they name without it.
var precisionFiles = map[string]string{
	"precision.md":                        "ctxleak",
	"precision-ctxrules.md":               "ctxleak",
	"precision-escape-calls.md":           "escape",
	"precision-escape-hidden.md":          "escape",
	"precision-timerstop.md":              "timerstop",
	"precision-poolmisuse.md":             "poolmisuse",
	"precision-chandeadlock-contracts.md": "chandeadlock",
	"precision-chandeadlock-counts.md":    "chandeadlock",
	"precision-chandeadlock-locks.md":     "chandeadlock",
	"precision-chandeadlock-waits.md":     "chandeadlock",
}

const judgedHeader = "| finding | rule | now | verdict | what decides |"

// readJudged returns the rows of one file.
func readJudged(t *testing.T, name, analyzer string) []judged {
	text, err := os.ReadFile(filepath.Join("..", "docs", name))
	if err != nil {
		t.Fatal(err)
	}
	var rows []judged
	inside := false
	for i, line := range strings.Split(string(text), "\n") {
		switch {
		case line == judgedHeader:
			inside = true
		case !strings.HasPrefix(line, "|"):
			inside = false
		case inside && !strings.HasPrefix(line, "|---"):
			row, err := parseJudged(line, analyzer)
			if err != nil {
				t.Errorf("docs/%s:%d: %v", name, i+1, err)
				continue
			}
			row.where = fmt.Sprintf("docs/%s:%d", name, i+1)
			rows = append(rows, row)
		}
	}
	if len(rows) == 0 {
		t.Errorf("docs/%s has no table of judged findings", name)
	}
	return rows
}

func parseJudged(line, analyzer string) (judged, error) {
	cells := strings.Split(strings.Trim(line, "|"), "|")
	for i := range cells {
		cells[i] = strings.TrimSpace(cells[i])
	}
	if len(cells) != 5 {
		return judged{}, fmt.Errorf("%d cells, want 5", len(cells))
	}
	m := findingCell.FindStringSubmatch(cells[0])
	if m == nil || m[2] == "" && m[3] == "" {
		return judged{}, fmt.Errorf("finding %q: want OWNER/NAME@COMMIT FILE:LINE, FILE:LINE (N) or FOLDER (N)", cells[0])
	}
	row := judged{repository: m[1], rule: analyzer + "/" + cells[1], now: cells[2], verdict: cells[3], count: 1}
	if m[3] != "" {
		row.count, _ = strconv.Atoi(m[3])
	}
	if _, ok := nowStates[row.now]; !ok {
		return row, fmt.Errorf("now is %q", row.now)
	}
	if row.verdict != "true" && row.verdict != "arguable" && row.verdict != "false" {
		return row, fmt.Errorf("verdict %q", row.verdict)
	}
	if !ruleCell.MatchString(cells[1]) || cells[4] == "" {
		return row, fmt.Errorf("want a rule without its analyzer, and what decides")
	}
	return row, nil
}

// A tally is what is known of a rule's precision.
type tally struct {
	rule          finding.Rule
	judged, right int // of what counts
	repositories  map[string]bool
}

// problem returns why a rule may not be as it is, or "". With ten judged
// findings in three repositories, nine of ten must be true; with fewer, all
// of them, and then nobody knows enough to be certain. A rule of which
// nothing was found anywhere has no false finding either.
func (s tally) problem() string {
	enough := s.judged >= 10 && len(s.repositories) >= 3
	switch {
	case s.rule.State() != "on":
		return ""
	case enough && s.right*10 < s.judged*9:
		return fmt.Sprintf("%d of %d judged findings are true, want nine in ten", s.right, s.judged)
	case !enough && s.right < s.judged:
		return fmt.Sprintf("%d of %d judged findings are true: with fewer than ten in three repositories, all must be", s.right, s.judged)
	case !enough && s.rule.Confidence > finding.Likely:
		return fmt.Sprintf("%d judged findings in %d repositories are too few for confidence %s", s.judged, len(s.repositories), s.rule.Confidence)
	}
	return ""
}

// row returns the rule's row of the summary.
func (s tally) row() string {
	share := ""
	if s.judged >= 10 {
		share = fmt.Sprintf("%d %%", s.right*100/s.judged)
	}
	return strings.TrimRight(fmt.Sprintf("| %s | %s | %s | %d | %d | %d | %s", s.rule.Name, s.rule.State(), s.rule.Confidence, s.judged, len(s.repositories), s.right, share), " ") + " |"
}

func tallies(t *testing.T) []tally {
	var list []tally
	index := make(map[string]int)
	for _, r := range analyzers.Rules() {
		if r.Analyzer() == "perflint" {
			continue // about comments, and true by what they say
		}
		index[r.Name] = len(list)
		list = append(list, tally{rule: r, repositories: make(map[string]bool)})
	}
	for name, analyzer := range precisionFiles {
		for _, row := range readJudged(t, name, analyzer) {
			at, ok := index[row.rule]
			if !ok {
				t.Errorf("%s: there is no rule %s", row.where, row.rule)
				continue
			}
			s := &list[at]
			if state := s.rule.State(); (state == "on") == (row.now == "off") && nowStates[row.now] {
				t.Errorf("%s: %s is %s by default, but the finding is %q", row.where, row.rule, state, row.now)
			}
			if !nowStates[row.now] {
				continue
			}
			s.judged += row.count
			s.repositories[row.repository] = true
			if row.verdict == "true" {
				s.right += row.count
			}
		}
	}
	return list
}

const (
	summaryBegin = "<!-- generated from the rows: go test ./analyzers -run TestPrecision -update -->\n"
	summaryEnd   = "<!-- end -->\n"
)

// A rule is on by default only if the judged findings allow it, and the
// summary of docs/precision.md says what the rows say.
func TestPrecision(t *testing.T) {
	for _, extra := range extraPrecisionFiles(t) {
		t.Errorf("docs/%s is not read by this test; add it to precisionFiles", extra)
	}
	var summary strings.Builder
	summary.WriteString("| rule | default | confidence | judged | repositories | true | precision |\n|---|---|---|---|---|---|---|\n")
	for _, s := range tallies(t) {
		if problem := s.problem(); problem != "" {
			t.Errorf("%s is on by default: %s", s.rule.Name, problem)
		}
		summary.WriteString(s.row() + "\n")
	}
	file := filepath.Join("..", "docs", "precision.md")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(text), summaryBegin)
	_, after, end := strings.Cut(rest, summaryEnd)
	if !ok || !end {
		t.Fatalf("%s: the marks of the summary are missing", file)
	}
	want := before + summaryBegin + "\n" + summary.String() + "\n" + summaryEnd + after
	if *update {
		if err := os.WriteFile(file, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if string(text) != want {
		t.Errorf("%s: the summary is not what the rows say; run go test ./analyzers -run TestPrecision -update", file)
	}
}

func extraPrecisionFiles(t *testing.T) []string {
	files, err := filepath.Glob(filepath.Join("..", "docs", "precision*.md"))
	if err != nil {
		t.Fatal(err)
	}
	var extra []string
	for _, f := range files {
		if precisionFiles[filepath.Base(f)] == "" {
			extra = append(extra, filepath.Base(f))
		}
	}
	return extra
}

// What keeps a rule off, and what does not.
func TestPrecisionProblem(t *testing.T) {
	repos := func(n int) map[string]bool {
		m := make(map[string]bool)
		for i := range n {
			m[strconv.Itoa(i)] = true
		}
		return m
	}
	rule := func(on bool, c finding.Confidence) finding.Rule {
		return finding.Rule{Name: "a/b", Default: on, Confidence: c}
	}
	tests := []struct {
		tally tally
		ok    bool
	}{
		{tally{rule(true, finding.Certain), 10, 9, repos(3)}, true},
		{tally{rule(true, finding.Likely), 20, 17, repos(3)}, false},
		{tally{rule(true, finding.Likely), 20, 19, repos(2)}, false},
		{tally{rule(true, finding.Likely), 9, 8, repos(5)}, false},
		{tally{rule(true, finding.Likely), 9, 9, repos(1)}, true},
		{tally{rule(true, finding.Certain), 9, 9, repos(9)}, false},
		{tally{rule(true, finding.Likely), 0, 0, repos(0)}, true},
		{tally{rule(true, finding.Certain), 0, 0, repos(0)}, false},
		{tally{rule(false, finding.Possible), 10, 0, repos(3)}, true},
		{tally{rule(true, finding.Possible), 10, 0, repos(3)}, true},
	}
	for _, test := range tests {
		if problem := test.tally.problem(); (problem == "") != test.ok {
			t.Errorf("%v: %q, want ok: %t", test.tally.row(), problem, test.ok)
		}
	}
	for _, line := range []string{
		"| a/b@c d.go:1 | r | shown | maybe | why |", "| a/b@c d.go | r | shown | true | why |",
		"| a/b@c d.go:1 | r | hidden | true | why |", "| a/b@c d.go:1 | r | shown | true | |", "| a/b@c d.go:1 | r | shown | true |",
	} {
		if _, err := parseJudged(line, "x"); err == nil {
			t.Errorf("%s: no error", line)
		}
	}
}
