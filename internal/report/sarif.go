package report

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"github.com/perflint/perflint/internal/finding"
)

const (
	home       = "https://github.com/perflint/perflint"
	sourceRoot = "%SRCROOT%" // what relative URIs are relative to
)

// writeSARIF writes a SARIF 2.1.0 log for code hosts and editors. Where these
// want more or less than the standard does, GitHub's reading of it decides.
func writeSARIF(w io.Writer, set *Set) error {
	s := &sarifWriter{set: set, sources: newSources(set), rules: rulesOf(set)}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	if err := enc.Encode(s.log()); err != nil {
		return fmt.Errorf("write findings: %w", err)
	}
	return nil
}

type sarifWriter struct {
	set     *Set
	sources *sources
	rules   []finding.Rule
}

// rulesOf returns the rules of a set. One that only a finding knows is added,
// since every result must have its rule.
func rulesOf(set *Set) []finding.Rule {
	rules := slices.Clone(set.Rules)
	for i := range set.Findings {
		f := &set.Findings[i]
		if !slices.ContainsFunc(rules, func(r finding.Rule) bool { return r.Name == f.Rule }) {
			rules = append(rules, finding.Rule{Name: f.Rule, Summary: f.Rule, Severity: f.Severity, Confidence: f.Confidence, Default: true})
		}
	}
	return rules
}

func (s *sarifWriter) log() *sarifLog {
	run := sarifRun{
		Tool:              sarifTool{s.driver()},
		AutomationDetails: sarifAutomation{"perflint/"}, // the category of an upload that names none
		ColumnKind:        "utf16CodeUnits",
		Invocations:       []sarifInvocation{s.invocation()},
		Results:           []sarifResult{},
	}
	if s.set.Root != "" {
		run.OriginalURIBaseIDs = map[string]sarifURIBase{sourceRoot: {folderURI(s.set.Root)}}
	}
	index := make(map[string]int)
	for i, r := range s.rules {
		index[r.Name] = i
	}
	for i := range s.set.Findings {
		f := &s.set.Findings[i]
		run.Results = append(run.Results, s.result(f, index[f.Rule]))
	}
	return &sarifLog{
		Schema:  "https://json.schemastore.org/sarif-2.1.0.json",
		Version: "2.1.0",
		Runs:    []sarifRun{run},
	}
}

func (s *sarifWriter) driver() sarifDriver {
	version := semanticVersion(s.set.Version)
	driver := sarifDriver{Name: "perflint", Version: version, SemanticVersion: version, InformationURI: home, Rules: []sarifRule{}}
	for _, r := range s.rules {
		driver.Rules = append(driver.Rules, describe(r))
	}
	return driver
}

func (s *sarifWriter) invocation() sarifInvocation {
	inv := sarifInvocation{ExecutionSuccessful: len(s.set.Failures) == 0}
	if s.set.Dir != "" {
		inv.WorkingDirectory = &sarifArtifact{URI: folderURI(s.set.Dir)}
	}
	for _, failure := range s.set.Failures {
		inv.ToolExecutionNotifications = append(inv.ToolExecutionNotifications,
			sarifNotification{"error", sarifText{Text: escapeMessage(failure)}})
	}
	return inv
}

func (s *sarifWriter) result(f *finding.Finding, ruleIndex int) sarifResult {
	location := s.location(f.Location, f.End)
	if f.Function != "" {
		location.LogicalLocations = []sarifLogicalLocation{{f.Package + "." + f.Function, "function"}}
	}
	return sarifResult{
		RuleID:              f.Rule,
		RuleIndex:           ruleIndex,
		Level:               sarifLevel(f.Severity),
		Message:             sarifText{Text: linkedMessage(f)},
		Locations:           []sarifLocation{location},
		RelatedLocations:    s.related(f),
		CodeFlows:           s.codeFlows(f),
		PartialFingerprints: s.fingerprints(f),
		Fixes:               s.fixes(f),
		Rank:                rankOf(f),
		Properties: sarifResultProperties{
			Confidence: f.Confidence.String(),
			Verdict:    string(f.Verdict),
			Evidence:   f.Evidence,
		},
	}
}

// rankOf returns the share of what a finding costs in percent, or nil if nothing
// is known: SARIF's ranks go from 0 to 100.
func rankOf(f *finding.Finding) *float64 {
	if f.Share == 0 {
		return nil
	}
	percent := math.Round(f.Share*1e4) / 100
	return &percent
}

// linkedMessage returns the message with links to the steps of the witness.
// GitHub shows a related location only where the message links to it.
func linkedMessage(f *finding.Finding) string {
	var b strings.Builder
	b.WriteString(escapeMessage(oneLine(f.Message)) + ".")
	for i, step := range f.Witness {
		separator := "; "
		if i == 0 {
			separator = " Witness: "
		}
		fmt.Fprintf(&b, "%s[%s](%d)", separator, escapeMessage(oneLine(step.Text)), i+1)
	}
	if len(f.Witness) > 0 {
		b.WriteByte('.')
	}
	return b.String()
}

// escapeMessage makes text stand for itself in a message: without it, the Go
// expression "ch[i](1)" would be a link.
func escapeMessage(text string) string {
	return strings.NewReplacer(`\`, `\\`, `[`, `\[`, `]`, `\]`).Replace(text)
}

func (s *sarifWriter) related(f *finding.Finding) []sarifLocation {
	var related []sarifLocation
	for i, step := range f.Witness {
		location := s.step(step)
		location.ID = i + 1
		related = append(related, location)
	}
	return related
}

// codeFlows returns the witness as a path to walk, which takes two steps.
func (s *sarifWriter) codeFlows(f *finding.Finding) []sarifCodeFlow {
	if len(f.Witness) < 2 {
		return nil
	}
	var flow sarifThreadFlow
	for _, step := range f.Witness {
		at := sarifFlowLocation{Location: s.step(step)}
		if step.Kind != "" {
			at.Kinds = []string{step.Kind}
		}
		flow.Locations = append(flow.Locations, at)
	}
	return []sarifCodeFlow{{[]sarifThreadFlow{flow}}}
}

func (s *sarifWriter) step(step finding.Step) sarifLocation {
	location := s.location(step.Location, step.End)
	location.Message = &sarifText{Text: escapeMessage(oneLine(step.Text))}
	return location
}

func (s *sarifWriter) location(from, to finding.Position) sarifLocation {
	at := s.sources.span(from, to)
	region := sarifRegion{StartLine: at.line, StartColumn: at.start, EndColumn: at.end}
	if at.end > 0 {
		region.EndLine = at.line
	}
	return sarifLocation{PhysicalLocation: sarifPhysicalLocation{s.artifact(from.File), region}}
}

// artifact returns the location of a file: relative to the root of the
// repository, as GitHub wants it, or absolute if the file is elsewhere.
func (s *sarifWriter) artifact(file string) sarifArtifact {
	if rel, ok := inside(s.set.Root, file); ok {
		return sarifArtifact{relativeURI(rel), sourceRoot}
	}
	return sarifArtifact{URI: fileURI(file)}
}

func (s *sarifWriter) fingerprints(f *finding.Finding) map[string]string {
	prints := make(map[string]string)
	if f.Fingerprint != "" {
		prints["perflint/v1"] = f.Fingerprint
	}
	if hash := s.sources.file(f.Location.File).lineHash(f.Location.Line); hash != "" {
		prints["primaryLocationLineHash"] = hash
	}
	return prints
}

// fixes leaves out a fix whose file has changed or is gone.
func (s *sarifWriter) fixes(f *finding.Finding) []sarifFix {
	var fixes []sarifFix
	for _, fix := range f.Fixes {
		if changes, ok := s.changes(fix.Edits); ok {
			fixes = append(fixes, sarifFix{sarifText{Text: escapeMessage(oneLine(fix.Message)) + "."}, changes})
		}
	}
	return fixes
}

// changes groups edits by file, in order.
func (s *sarifWriter) changes(edits []finding.Edit) ([]sarifArtifactChange, bool) {
	var changes []sarifArtifactChange
	for _, edit := range edits {
		src := s.sources.file(edit.File)
		var r sarifReplacement
		var startOK, endOK bool
		r.DeletedRegion.StartLine, r.DeletedRegion.StartColumn, startOK = src.locate(edit.Start)
		r.DeletedRegion.EndLine, r.DeletedRegion.EndColumn, endOK = src.locate(edit.End)
		if src.text == "" || !startOK || !endOK || edit.End < edit.Start {
			return nil, false
		}
		if edit.New != "" {
			r.InsertedContent = &sarifContent{src.adapt(edit.New)}
		}
		file := s.artifact(edit.File)
		i := slices.IndexFunc(changes, func(c sarifArtifactChange) bool { return c.ArtifactLocation == file })
		if i < 0 {
			i = len(changes)
			changes = append(changes, sarifArtifactChange{ArtifactLocation: file})
		}
		changes[i].Replacements = append(changes[i].Replacements, r)
	}
	return changes, len(changes) > 0
}
