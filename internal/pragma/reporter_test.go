package pragma

import (
	"go/token"
	"reflect"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"

	"github.com/perflint/perflint/internal/finding"
)

// report makes a finding at each mention of a text, in the sources' order.
func (l *loaded) report(opts *Options, rule string, positions ...token.Pos) *Reporter {
	r := NewReporter(l.pass, opts, testRules)
	for _, pos := range positions {
		r.Report(Draft{Rule: rule, Pos: pos, Message: "message"})
	}
	return r
}

func TestReport(t *testing.T) {
	l := load(t, `package p

func (s *server) run() {
	start( 1,  2)	// start it
	stop()
}

type server struct{}

func start(a, b int) {}

func stop() {}
`)
	r := NewReporter(l.pass, new(Options), testRules)
	start, stop := l.pos(t, "start( 1"), l.pos(t, "stop()\n}")
	fix := analysis.SuggestedFix{Message: "Stop first", TextEdits: []analysis.TextEdit{
		{Pos: start, NewText: []byte("stop()\n\t")},
		{Pos: stop, End: stop + 6},
	}}
	r.Report(Draft{
		Rule: "ctxleak/lost", Pos: start, End: start + 13, Message: "not stopped",
		Witness: []Step{
			{Kind: "acquire", Pos: start, End: start + 5, Text: "started"},
			{Kind: "exit", Pos: stop, Text: "stopped too late"},
		},
		Fixes: []analysis.SuggestedFix{fix},
	})

	at := func(line, column int) finding.Position {
		return finding.Position{File: "/src/a.go", Line: line, Column: column}
	}
	want := []finding.Finding{{
		Rule: "ctxleak/lost", Severity: finding.Error, Confidence: finding.Likely,
		Location: at(4, 2), End: at(4, 15), Message: "not stopped",
		Witness: []finding.Step{
			{Kind: "acquire", Location: at(4, 2), End: at(4, 7), Text: "started"},
			{Kind: "exit", Location: at(5, 2), End: at(5, 2), Text: "stopped too late"},
		},
		Fixes: []finding.Fix{{Message: "Stop first", Edits: []finding.Edit{
			{File: "/src/a.go", Start: 37, End: 37, New: "stop()\n\t"},
			{File: "/src/a.go", Start: 64, End: 70},
		}}},
		Package: "example.com/p", Function: "server.run", Source: "start( 1, 2) // start it",
	}}
	if got := r.List().Findings; !reflect.DeepEqual(got, want) {
		t.Errorf("findings\n%+v\nwant\n%+v", got, want)
	}
	wantDiags := []analysis.Diagnostic{{
		Pos: start, End: start + 13, Category: "ctxleak/lost", Message: "not stopped",
		URL:            finding.RuleURL("ctxleak/lost"),
		SuggestedFixes: []analysis.SuggestedFix{fix},
		Related: []analysis.RelatedInformation{
			{Pos: start, End: start + 5, Message: "started"},
			{Pos: stop, Message: "stopped too late"},
		},
	}}
	if !reflect.DeepEqual(l.diags, wantDiags) {
		t.Errorf("diagnostics\n%+v\nwant\n%+v", l.diags, wantDiags)
	}
}

// The site of a draft is resolved, and a cold draft is recorded but not shown.
func TestReportSite(t *testing.T) {
	l := load(t, "package p\n\nvar x = new(int)\n")
	r := NewReporter(l.pass, new(Options), testRules)
	x, call := l.pos(t, "x ="), l.pos(t, "new(int)")
	r.Report(Draft{Rule: "ctxleak/lost", Pos: x, End: x + 1, Site: finding.SiteNew, Cold: true, Severity: finding.Info})
	r.Report(Draft{Rule: "ctxleak/lost", Pos: x, End: x + 1, Site: finding.SiteNew, SitePos: call, SiteEnd: call + 8, Cold: true})
	r.Report(Draft{Rule: "ctxleak/lost", Pos: x, Severity: finding.Info})
	at := func(column int) finding.Position { return finding.Position{File: "/src/a.go", Line: 3, Column: column} }
	want := []struct {
		site   finding.Site
		hidden string
	}{
		{finding.Site{Kind: finding.SiteNew, Location: at(5), End: at(6)}, finding.Cold},
		{finding.Site{Kind: finding.SiteNew, Location: at(9), End: at(17)}, ""},
		{finding.Site{}, "severity"},
	}
	for i, f := range r.List().Findings {
		if f.Site != want[i].site || f.Hidden != want[i].hidden {
			t.Errorf("finding %d: %+v, hidden for %q; want %+v", i, f.Site, f.Hidden, want[i])
		}
	}
	if len(l.diags) != 1 {
		t.Errorf("%d diagnostics, want only that of the finding which is above the thresholds", len(l.diags))
	}
}

func TestThresholds(t *testing.T) {
	l := load(t, "package p\n")
	tests := []struct {
		severity   finding.Severity
		confidence finding.Confidence
		opts       Options
		want       string // why hidden
	}{
		{finding.Warning, finding.Likely, Options{}, ""},
		{finding.Error, finding.Certain, Options{}, ""},
		{finding.Info, finding.Certain, Options{}, "severity"},
		{finding.Error, finding.Possible, Options{}, "confidence"},
		{finding.Info, finding.Possible, Options{}, "severity"},
		{finding.Info, finding.Likely, Options{Severity: finding.Info}, ""},
		{finding.Warning, finding.Possible, Options{Confidence: finding.Possible}, ""},
		{finding.Warning, finding.Likely, Options{Severity: finding.Error}, "severity"},
		{finding.Error, finding.Likely, Options{Severity: finding.Error}, ""},
		{finding.Error, finding.Likely, Options{Confidence: finding.Certain}, "confidence"},

		// The levels of ctxleak/lost, if the draft has none.
		{0, 0, Options{Severity: finding.Error, Confidence: finding.Likely}, ""},
		{0, 0, Options{Confidence: finding.Certain}, "confidence"},
		{finding.Warning, 0, Options{Severity: finding.Error}, "severity"},
		{0, finding.Certain, Options{Confidence: finding.Certain}, ""},
	}
	for _, test := range tests {
		l.diags = nil
		r := NewReporter(l.pass, &test.opts, testRules)
		r.Report(Draft{Rule: "ctxleak/lost", Pos: l.pass.Files[0].Package, Severity: test.severity, Confidence: test.confidence})
		got := r.List().Findings
		if len(got) != 1 || got[0].Hidden != test.want || len(l.diags) == 1 != (test.want == "") {
			t.Errorf("%v, %v with %+v: %d findings, %d diagnostics, %+v; want hidden for %q",
				test.severity, test.confidence, test.opts, len(got), len(l.diags), got, test.want)
		}
	}
}

// What the gate makes of findings in all kinds of places.
func TestGate(t *testing.T) {
	l := loadFiles(t, "go1.26", map[string]string{
		"/src/a.go": "package p\n\nvar plain int\n\nvar ignored int //perflint:ignore ctxleak why\n\n" +
			"//line /src/gen.y:7:1\nvar directed int //perflint:ignore ctxleak why\n",
		"/src/a_test.go":   "package p\n\nvar tested int\n",
		"/src/gen.go":      "// Code generated by x. DO NOT EDIT.\n\npackage p\n\nvar generated int\n\nvar both int //nolint\n",
		"/src/gen_test.go": "// Code generated by x. DO NOT EDIT.\n\npackage p\n\nvar generatedTest int\n",
	})
	tests := []struct {
		place string
		opts  Options
		want  string // "suppressed|hidden"
	}{
		{"plain", Options{}, "|"},
		{"ignored", Options{}, "/src/a.go:5:17|"},
		{"ignored", Options{Severity: finding.Error, Confidence: finding.Certain}, "/src/a.go:5:17|confidence"},
		{"directed", Options{}, "/src/gen.y:7:18|"},
		{"tested", Options{}, "|"},
		{"tested", Options{SkipTests: true}, "|test file"},
		{"plain", Options{SkipTests: true}, "|"},
		{"generated", Options{}, "|generated file"},
		{"generated", Options{Generated: true}, "|"},
		{"both", Options{}, "/src/gen.go:7:14|generated file"},
		{"both", Options{Generated: true}, "/src/gen.go:7:14|"},
		{"both", Options{Generated: true, Linter: "ctxleak"}, "|"},
		{"generatedTest", Options{SkipTests: true}, "|generated file"},
		{"generatedTest", Options{SkipTests: true, Generated: true}, "|test file"},
	}
	for _, test := range tests {
		l.diags = nil
		got := l.report(&test.opts, "ctxleak/lost", l.pos(t, test.place+" int")).List().Findings
		if len(got) != 1 || got[0].Suppressed+"|"+got[0].Hidden != test.want {
			t.Errorf("%s with %+v: %+v, want %s", test.place, test.opts, got, test.want)
		}
		if shown := test.want == "|"; (len(l.diags) == 1) != shown {
			t.Errorf("%s with %+v: %d diagnostics", test.place, test.opts, len(l.diags))
		}
	}
}

// A directive is used even where the thresholds hide the finding, or else it
// would be deleted in a run with higher ones.
func TestAuditAfterReport(t *testing.T) {
	l := load(t, "package p\n\nvar a int //perflint:ignore escape why\n\nvar b int //perflint:ignore escape why\n")
	opts := &Options{Enable: []string{"escape"}}
	r := l.report(opts, "escape/hot", l.pos(t, "a int"))
	if f := r.List().Findings[0]; f.Hidden == "" || f.Suppressed == "" {
		t.Fatalf("finding %+v", f)
	}
	audited := l.index.Audit("example.com/p", r.List().Findings, testRules, opts)
	if len(audited) != 1 || audited[0].Location.Line != 5 {
		t.Errorf("Audit = %+v, want the directive on line 5", audited)
	}
}

func TestReportDisabledRule(t *testing.T) {
	l := load(t, "package p //perflint:ignore escape why\n")
	r := l.report(new(Options), "escape/hot", l.pass.Files[0].Package)
	if len(r.List().Findings) != 0 || len(l.diags) != 0 {
		t.Errorf("a disabled rule speaks: %+v", r.List().Findings)
	}
	if r.Enabled("escape/hot") || r.Enabled("escape/cold") || !r.Enabled("ctxleak/lost") {
		t.Error("Enabled does not know which rules speak")
	}
}

func TestReportUnknownRule(t *testing.T) {
	l := load(t, "package p\n")
	defer func() {
		if r := recover(); r != `internal error: ctxleak reports unknown rule "ctxleak/cold"` {
			t.Errorf("panic = %v", r)
		}
	}()
	l.report(new(Options), "ctxleak/cold", l.pass.Files[0].Package)
	t.Error("no panic")
}

// A fix is offered only for text that the user has.
func TestFixes(t *testing.T) {
	l := loadFiles(t, "go1.26", map[string]string{
		"/src/a.go":   "package p\n\nvar plain int\n\n//line /src/a.y:1:1\nvar elsewhere int\n\n//line /src/a.go:100:1\nvar shifted int\n",
		"/src/cgo.go": "// Code generated by cmd/cgo; DO NOT EDIT.\n\n//line /src/real.go:1:1\npackage p\n\nvar cgo int\n",
		"/src/gen.go": "// Code generated by x. DO NOT EDIT.\n\npackage p\n\nvar generated int\n",
	})
	tests := []struct {
		places string // that the fix edits
		want   bool
	}{
		{"plain", true},
		{"shifted", true},
		{"plain shifted", true},
		{"elsewhere", false},
		{"plain elsewhere", false},
		{"cgo", false},
		{"generated", false},
		{"plain generated", false},
	}
	for _, test := range tests {
		l.diags = nil
		fix := analysis.SuggestedFix{Message: "Edit it"}
		for place := range strings.FieldsSeq(test.places) {
			fix.TextEdits = append(fix.TextEdits, analysis.TextEdit{Pos: l.pos(t, place+" int"), NewText: []byte("x")})
		}
		r := NewReporter(l.pass, &Options{Generated: true}, testRules)
		r.Report(Draft{Rule: "ctxleak/lost", Pos: l.pos(t, "plain int"), Fixes: []analysis.SuggestedFix{fix}})
		f := r.List().Findings[0]
		if !f.Shown() || len(l.diags) != 1 {
			t.Fatalf("%s: finding %+v", test.places, f)
		}
		if (len(f.Fixes) == 1) != test.want || (len(l.diags[0].SuggestedFixes) == 1) != test.want {
			t.Errorf("%s: fixes %+v, for the host %+v; want one: %t", test.places, f.Fixes, l.diags[0].SuggestedFixes, test.want)
		}
		for _, fix := range f.Fixes {
			for _, edit := range fix.Edits {
				if got := l.src[edit.File][edit.Start:]; !slices.ContainsFunc(strings.Fields(test.places), func(place string) bool {
					return strings.HasPrefix(got, place)
				}) {
					t.Errorf("%s: edit at %q", test.places, got)
				}
			}
		}
	}

	// One fix that is refused does not take another with it.
	r := NewReporter(l.pass, new(Options), testRules)
	r.Report(Draft{Rule: "ctxleak/lost", Pos: l.pos(t, "plain int"), Fixes: []analysis.SuggestedFix{
		{Message: "refused", TextEdits: []analysis.TextEdit{{Pos: l.pos(t, "elsewhere int")}}},
		{Message: "offered", TextEdits: []analysis.TextEdit{{Pos: l.pos(t, "plain int")}}},
	}})
	if f := r.List().Findings[0]; len(f.Fixes) != 1 || f.Fixes[0].Message != "offered" {
		t.Errorf("fixes %+v", f.Fixes)
	}
}

func TestEnclosing(t *testing.T) {
	l := load(t, `package p

var (
	atPackage = 0
	inLiteral = func() int { return 1 }
)

func function() { println("inFunction", func() int { return 2 }) }

type t int

func (t) value() { println("inValue") }

func (*t) pointer() { println("inPointer") }

func (x (*t)) parenthesised() { println("inParentheses") }

type list[T any] struct{}

func (l *list[T]) push() { println("inPush") }

type pair[K comparable, V any] struct{}

func (pair[K, _]) get() { println("inGet") }

func generic[T any]() { println("inGeneric") }

// inComment
func init() { println("inInit") }

func _() { println("inBlank") }
`)
	tests := []struct{ place, want string }{
		{"atPackage", ""},
		{"return 1", ""},
		{`"inFunction"`, "function"},
		{"return 2", "function"},
		{`"inValue"`, "t.value"},
		{`"inPointer"`, "t.pointer"},
		{`"inParentheses"`, "t.parenthesised"},
		{`"inPush"`, "list.push"},
		{`"inGet"`, "pair.get"},
		{`"inGeneric"`, "generic"},
		{"inComment", ""},
		{`"inInit"`, "init"},
		{`"inBlank"`, "_"},
	}
	for _, test := range tests {
		r := l.report(new(Options), "ctxleak/lost", l.pos(t, test.place))
		if got := r.List().Findings[0].Function; got != test.want {
			t.Errorf("%s is in %q, want %q", test.place, got, test.want)
		}
	}
}

func TestSource(t *testing.T) {
	l := load(t, "package p\n\nvar (\n\tfirst  int // why\n//line /src/a.y:1:1\n\tsecond int\n)\n\nvar last int")
	tests := []struct{ place, want string }{
		{"first", "first int // why"},
		{"second", "second int"}, // of the physical file, which is the one at hand
		{"last", "var last int"},
	}
	for _, test := range tests {
		if got := l.report(new(Options), "ctxleak/lost", l.pos(t, test.place)).List().Findings[0].Source; got != test.want {
			t.Errorf("source of %s is %q, want %q", test.place, got, test.want)
		}
	}

	// A file that is gone costs the source, not the finding.
	first := l.pos(t, "first")
	clear(l.src)
	if got := l.report(new(Options), "ctxleak/lost", first).List().Findings; len(got) != 1 || got[0].Source != "" {
		t.Errorf("without a file: %+v", got)
	}
}
