package golangci_test

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/perflint/perflint/analyzers/fixtures"
)

// The go line of the main module says how timers behave, and the setting "go"
// overrides it, as in the other hosts.
func TestTimerMode(t *testing.T) {
	tests := []struct {
		line, setting string
		old           bool // timers behave as before Go 1.23
	}{
		{"1.26", "", false},
		{"1.26", "1.22", true},
		{"1.26", "1.23", false},
		{"1.22", "", true},
		{"1.22", "1.23", false},
	}
	dir := unpack(t, "clock.txtar")
	h := newHost(t, golangci(), dir)
	for _, test := range tests {
		t.Run("go "+test.line+" "+test.setting, func(t *testing.T) {
			writeFile(t, filepath.Join(dir, "go.mod"), "module example.com/clock\n\ngo "+test.line+"\n")
			got := sameEverywhere(t, h, test.setting)
			if len(got) == 0 || strings.Contains(strings.Join(got, "\n"), "before Go 1.23 it ticks for as long as the process runs") != test.old {
				t.Errorf("timers before Go 1.23: want %t\n%s", test.old, strings.Join(got, "\n"))
			}
		})
	}
}

// sameEverywhere returns what all hosts say of timers, at a Go version, if they
// say the same.
func sameEverywhere(t *testing.T, h *host, version string) []string {
	t.Helper()
	level := fixtures.Level{Flags: fixtures.Everything()}
	settings := level.Settings()
	if version != "" {
		level.Flags = append(level.Flags, "-go="+version)
		settings = strings.TrimSuffix(settings, "}") + `, go: "` + version + `"}`
	}
	own, err := fixtures.Perflint(h.dir, perflint().need(t), level.Flags...)
	if err != nil {
		t.Fatal(err)
	}
	vet, err := fixtures.Vet(h.dir, perflint().need(t), level.Flags...)
	if err != nil {
		t.Fatal(err)
	}
	config{linters: []string{"timerstop"}, settings: settings}.write(t, h.dir)
	var got []string
	for _, i := range h.issues(t, "./...") {
		finding, _ := parseIssue(t, i, false)
		got = append(got, finding)
	}
	slices.Sort(got)
	for name, want := range map[string][]string{inPerflint: texts(own), inVet: texts(vet)} {
		if !slices.Equal(got, want) {
			t.Errorf("golangci-lint\n%s\n%s\n%s", strings.Join(got, "\n"), name, strings.Join(want, "\n"))
		}
	}
	return got
}

// texts returns findings as text, sorted.
func texts(findings []fixtures.Finding) []string {
	var all []string
	for _, f := range findings {
		all = append(all, f.String())
	}
	slices.Sort(all)
	return all
}
