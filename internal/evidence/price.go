package evidence

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/perflint/perflint/internal/finding"
)

// The keys of a finding's evidence that come from profiles. Values are shares
// of what the program spends in all, such as "12.5%".
const (
	KeyCPU         = "cpu"           // of CPU time: the line with all that it calls
	KeyAllocCPU    = "alloc_cpu"     // of CPU time: what the line spends allocating
	KeyBytes       = "alloc_space"   // of allocated bytes
	KeyObjects     = "alloc_objects" // of allocated objects
	KeyFunctionCPU = "function_cpu"  // of CPU time: the function, where its line has no samples
)

// Price gives each finding the share of its line, as evidence and as what
// [Rank] goes by. A finding about an allocation gets a verdict, too: confirmed
// if its line is hot or warm, executed but cheap if it has samples otherwise.
// What is not sampled may still have run, so it remains without one; and that
// a line is cheap says nothing about a bug that is no allocation.
func (w *Weights) Price(findings []finding.Finding) {
	for i := range findings {
		w.price(&findings[i])
	}
}

func (w *Weights) price(f *finding.Finding) {
	weight := w.of(f)
	f.Share = weight.Most()
	note(f, KeyCPU, weight.CPU)
	note(f, KeyAllocCPU, weight.AllocCPU)
	note(f, KeyBytes, weight.Bytes)
	note(f, KeyObjects, weight.Objects)
	if weight == (Weight{}) {
		note(f, KeyFunctionCPU, w.around(f.Location).CPU)
		return
	}
	if f.Site.Kind == "" {
		return
	}
	f.Verdict = finding.ExecutedButCheap
	if w.Tier(weight) > Cold {
		f.Verdict = finding.Confirmed
	}
}

// of returns what a finding costs: what an allocation costs by itself, or, if
// a function allocates that is called there, with what is called; and all that
// the line costs for anything else.
func (w *Weights) of(f *finding.Finding) Weight {
	switch f.Site.Kind {
	case "":
		return w.at(f.Location, f.End).cum
	case finding.SiteCall:
		return allocation(w.at(f.Site.Location, f.Site.End).own)
	}
	return allocation(w.at(f.Site.Location, f.Site.End).direct)
}

// allocation leaves out of a weight what has nothing to do with allocating.
func allocation(w Weight) Weight {
	w.CPU = 0
	return w
}

// around returns what the function around a position costs.
func (w *Weights) around(at finding.Position) Weight {
	file := w.program.file(at.File)
	if file == nil {
		return Weight{}
	}
	e, ok := file.around(at.Line)
	if !ok {
		return Weight{}
	}
	return w.Function(at.File, e.first)
}

// note adds a share to the evidence of a finding, unless it is nothing.
func note(f *finding.Finding, key string, share float64) {
	if share <= 0 {
		return
	}
	if f.Evidence == nil {
		f.Evidence = make(map[string]string)
	}
	f.Evidence[key] = Percent(share)
}

// Percent prints a share with one digit behind the point.
func Percent(share float64) string {
	if share > 0 && share < 0.001 {
		return "<0.1%"
	}
	return fmt.Sprintf("%.1f%%", 100*share)
}

// Promote returns those of some findings on cold paths whose lines are hot or
// warm by the profile. They are not hidden any
// more: that the path runs often was what was in doubt.
func (w *Weights) Promote(cold []finding.Finding) []finding.Finding {
	var promoted []finding.Finding
	for _, f := range cold {
		if f.Hidden == finding.Cold && w.Tier(w.of(&f)) > Cold {
			f.Hidden, f.Severity, f.Confidence = "", max(f.Severity, finding.Warning), max(f.Confidence, finding.Likely)
			promoted = append(promoted, f)
		}
	}
	return promoted
}

// Rank sorts findings by their shares, those that cost most first. Findings
// that cost the same keep their order.
func Rank(findings []finding.Finding) {
	slices.SortStableFunc(findings, func(f, g finding.Finding) int { return cmp.Compare(g.Share, f.Share) })
}
