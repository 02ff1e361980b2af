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
			level := fixtures.Level{Flags: fixtures.Everything()}
			settings := level.Settings()
			if test.setting != "" {
				level.Flags = append(level.Flags, "-go="+test.setting)
				settings = strings.TrimSuffix(settings, "}") + `, go: "` + test.setting + `"}`
			}
			own, err := fixtures.Perflint(dir, perflint().need(t), level.Flags...)
			if err != nil {
				t.Fatal(err)
			}
			vet, err := fixtures.Vet(dir, perflint().need(t), level.Flags...)
			if err != nil {
				t.Fatal(err)
			}
			config{linters: []string{"timerstop"}, settings: settings}.write(t, dir)
			var got []string
			for _, i := range h.issues(t, "./...") {
				finding, _ := parseIssue(t, i, false)
				got = append(got, finding)
			}
			slices.Sort(got)
			if want := texts(own); !slices.Equal(got, want) {
				t.Errorf("golangci-lint\n%s\nperflint\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
			}
			if want := texts(vet); !slices.Equal(got, want) {
				t.Errorf("golangci-lint\n%s\ngo vet\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
			}
			if all := strings.Join(got, "\n"); len(got) == 0 || strings.Contains(all, "before Go 1.23 it ticks for as long as the process runs") != test.old {
				t.Errorf("timers before Go 1.23: want %t\n%s", test.old, all)
			}
		})
	}
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
