package pragma

import (
	"bytes"
	"cmp"
	"fmt"
	"go/ast"
	"go/token"
	"slices"

	"golang.org/x/tools/go/analysis"

	"github.com/perflint/perflint/internal/finding"
)

// A Draft is a finding as an analyzer makes it: positions are not resolved,
// and nobody has decided whether it is shown.
type Draft struct {
	Rule       string
	Pos, End   token.Pos
	Message    string             // lower case, no full stop, names what it is about
	Severity   finding.Severity   // zero: the rule's
	Confidence finding.Confidence // zero: the rule's
	Witness    []Step
	Fixes      []analysis.SuggestedFix

	Site             finding.SiteKind // what allocates, if the finding is about an allocation
	SitePos, SiteEnd token.Pos        // of the allocating expression; none: those of the finding
	Cold             bool             // where it is below the thresholds, that is because its path is not known to run often
	NeedsPrice       bool             // it is no finding without a profile that says what its line costs: hidden as Cold, whatever the thresholds
}

// A Step is a step of a draft's witness.
type Step struct {
	Kind     string // see [finding.Step]
	Pos, End token.Pos
	Text     string
}

// A Reporter is the gate for the findings of one analyzer on one package.
type Reporter struct {
	pass    *analysis.Pass
	index   *Index
	opts    *Options
	rules   []finding.Rule
	list    *finding.List
	sources map[string][]byte // by physical file name
}

// NewReporter returns the reporter of a pass, whose analyzer must require
// [Analyzer]. The rules are all that the analyzer may report.
func NewReporter(pass *analysis.Pass, opts *Options, rules []finding.Rule) *Reporter {
	return &Reporter{
		pass:    pass,
		index:   pass.ResultOf[Analyzer].(*Index),
		opts:    opts,
		rules:   rules,
		list:    new(finding.List),
		sources: make(map[string][]byte),
	}
}

// rule returns a rule by its name.
func (r *Reporter) rule(name string) (finding.Rule, bool) {
	i := slices.IndexFunc(r.rules, func(rule finding.Rule) bool { return rule.Name == name })
	if i < 0 {
		return finding.Rule{}, false
	}
	return r.rules[i], true
}

// List returns everything reported so far. It is the analyzer's result.
func (r *Reporter) List() *finding.List { return r.list }

// FactsOnly reports whether nobody will see the findings on this package: it
// is looked at for the sake of its importers. An analyzer can stop when it has
// exported its facts, which must be the same as otherwise.
func (r *Reporter) FactsOnly() bool { return r.index.FactsOnly }

// Enabled reports whether a rule speaks, so that an analyzer can save the
// work for one that does not.
func (r *Reporter) Enabled(rule string) bool {
	known, ok := r.rule(rule)
	return ok && !r.index.FactsOnly && r.opts.Enabled(known)
}

// Versions returns the Go versions that hold at a position.
func (r *Reporter) Versions(pos token.Pos) Versions {
	return r.opts.VersionsOf(r.pass, r.fileAt(pos))
}

// Report records a finding and, if nothing speaks against it, reports it to
// the host.
func (r *Reporter) Report(d Draft) {
	rule, ok := r.rule(d.Rule)
	if !ok {
		panic(fmt.Sprintf("internal error: %s reports unknown rule %q", r.pass.Analyzer.Name, d.Rule))
	}
	if !r.opts.Enabled(rule) {
		return
	}
	f := r.resolve(d, rule)
	physical := r.pass.Fset.PositionFor(d.Pos, false)
	if directive := r.index.Suppressor(rule, physical, r.opts.Linter); directive != nil {
		f.Suppressed = directive.Key()
	}
	f.Hidden = r.opts.hides(&f, r.index.Generated(physical.Filename))
	below := f.Hidden == belowSeverity || f.Hidden == belowConfidence
	if d.Cold && below || d.NeedsPrice && (below || f.Hidden == "") {
		f.Hidden = finding.Cold
	}
	r.list.Findings = append(r.list.Findings, f)
	if f.Shown() {
		r.pass.Report(diagnostic(d, &f))
	}
}

// resolve fills in what a draft leaves open.
func (r *Reporter) resolve(d Draft, rule finding.Rule) finding.Finding {
	f := finding.Finding{
		Rule:       d.Rule,
		Severity:   cmp.Or(d.Severity, rule.Severity),
		Confidence: cmp.Or(d.Confidence, rule.Confidence),
		Location:   position(r.pass.Fset, d.Pos),
		Message:    d.Message,
		Package:    r.pass.Pkg.Path(),
		Function:   r.enclosing(d.Pos),
		Source:     r.sourceLine(d.Pos),
	}
	f.End = f.Location
	if d.End.IsValid() {
		f.End = position(r.pass.Fset, d.End)
	}
	if d.Site != "" {
		f.Site = r.site(d, &f)
	}
	for _, s := range d.Witness {
		step := finding.Step{Kind: s.Kind, Location: position(r.pass.Fset, s.Pos), Text: s.Text}
		step.End = step.Location
		if s.End.IsValid() {
			step.End = position(r.pass.Fset, s.End)
		}
		f.Witness = append(f.Witness, step)
	}
	for _, fix := range d.Fixes {
		if resolved, ok := r.resolveFix(fix); ok {
			f.Fixes = append(f.Fixes, resolved)
		}
	}
	return f
}

// site returns where the allocation of a draft is.
func (r *Reporter) site(d Draft, f *finding.Finding) finding.Site {
	site := finding.Site{Kind: d.Site, Location: f.Location, End: f.End}
	if d.SitePos.IsValid() {
		site.Location = position(r.pass.Fset, d.SitePos)
		site.End = site.Location
	}
	if d.SiteEnd.IsValid() {
		site.End = position(r.pass.Fset, d.SiteEnd)
	}
	return site
}

// resolveFix returns a fix in terms of physical files. It refuses one that
// would edit a file that line directives hide, such as the output of cgo.
func (r *Reporter) resolveFix(fix analysis.SuggestedFix) (finding.Fix, bool) {
	resolved := finding.Fix{Message: fix.Message}
	for _, edit := range fix.TextEdits {
		if !edit.End.IsValid() {
			edit.End = edit.Pos
		}
		start := r.pass.Fset.PositionFor(edit.Pos, false)
		end := r.pass.Fset.PositionFor(edit.End, false)
		if start.Filename != r.pass.Fset.Position(edit.Pos).Filename || r.index.Generated(start.Filename) {
			return finding.Fix{}, false
		}
		resolved.Edits = append(resolved.Edits, finding.Edit{
			File: start.Filename, Start: start.Offset, End: end.Offset, New: string(edit.NewText),
		})
	}
	return resolved, true
}

// diagnostic returns the form in which hosts other than perflint see a finding.
func diagnostic(d Draft, f *finding.Finding) analysis.Diagnostic {
	diag := analysis.Diagnostic{
		Pos: d.Pos, End: d.End,
		Category: d.Rule,
		Message:  d.Message,
		URL:      finding.RuleURL(d.Rule),
	}
	if len(f.Fixes) == len(d.Fixes) {
		diag.SuggestedFixes = d.Fixes
	}
	for _, s := range d.Witness {
		diag.Related = append(diag.Related, analysis.RelatedInformation{Pos: s.Pos, End: s.End, Message: s.Text})
	}
	return diag
}

// enclosing returns the name of the declaration around a position: "F",
// "T.M" for methods of T and *T alike, or "".
func (r *Reporter) enclosing(pos token.Pos) string {
	file := r.fileAt(pos)
	if file == nil {
		return ""
	}
	for _, decl := range file.Decls {
		fn, ok := decl.(*ast.FuncDecl)
		if !ok || pos < fn.Pos() || pos >= fn.End() {
			continue
		}
		if fn.Recv == nil || len(fn.Recv.List) == 0 {
			return fn.Name.Name
		}
		return receiverName(fn.Recv.List[0].Type) + "." + fn.Name.Name
	}
	return ""
}

func receiverName(expr ast.Expr) string {
	switch e := expr.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.StarExpr:
		return receiverName(e.X)
	case *ast.ParenExpr:
		return receiverName(e.X)
	case *ast.IndexExpr:
		return receiverName(e.X)
	case *ast.IndexListExpr:
		return receiverName(e.X)
	}
	return "?"
}

func (r *Reporter) fileAt(pos token.Pos) *ast.File {
	for _, file := range r.pass.Files {
		if file.FileStart <= pos && pos <= file.FileEnd {
			return file
		}
	}
	return nil
}

// sourceLine returns the text of the line of a position, or "" if its file
// cannot be read.
func (r *Reporter) sourceLine(pos token.Pos) string {
	posn := r.pass.Fset.PositionFor(pos, false)
	src, ok := r.sources[posn.Filename]
	if !ok {
		src, _ = r.pass.ReadFile(posn.Filename) // a missing source costs the fingerprint precision only
		r.sources[posn.Filename] = src
	}
	start := posn.Offset - (posn.Column - 1)
	if start < 0 || start > len(src) {
		return ""
	}
	line, _, _ := bytes.Cut(src[start:], []byte("\n"))
	return finding.NormalizeSource(string(line))
}
