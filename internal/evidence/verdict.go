package evidence

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/perflint/perflint/internal/finding"
)

// KeyCompiler is the key of a finding's evidence for what the compiler says.
const KeyCompiler = "compiler"

// StepFlow is the kind of the witness steps that show how the compiler thinks
// that a value reaches the heap.
const StepFlow = "flow"

// maxFlow is how many steps of a flow are shown: its beginning says most.
const maxFlow = 6

// A promise is what "does not escape" means for a kind of site.
type promise int

const (
	nothing   promise = iota // there is no such verdict, or it says nothing about allocations
	onStack                  // nothing is allocated
	ifConst                  // nothing is allocated if the size is a constant
	tmpBuffer                // nothing is allocated as long as it fits into a small buffer on the stack
)

// promises is the table that decides what the compiler's "does not escape" may
// drop. What is missing has no verdict: channels, whose making is not
// mentioned; assignments to maps, which grow by themselves; the records of
// defer statements; and calls, whose callee allocates elsewhere.
//
// The buffers have 32 bytes, or 32 runes, in Go 1.26: see tmpStringBufSize in
// runtime/string.go, and for slices VariableMakeThreshold in
// cmd/compile/internal/base/debug.go. A map that does not escape has room for
// eight entries on the stack (internal/runtime/maps).
var promises = map[finding.SiteKind]promise{
	finding.SiteVariable:     onStack,
	finding.SiteComposite:    onStack,
	finding.SiteNew:          onStack,
	finding.SiteSliceLiteral: onStack,
	finding.SiteClosure:      onStack,
	finding.SiteMethodValue:  onStack,
	finding.SiteBox:          onStack,
	finding.SiteVariadic:     onStack,
	finding.SiteMakeSlice:    ifConst,
	finding.SiteAppend:       tmpBuffer,
	finding.SiteConversion:   tmpBuffer,
	finding.SiteConcat:       tmpBuffer,
	finding.SiteMakeMap:      tmpBuffer,
	finding.SiteMapLiteral:   tmpBuffer,
}

// Packages returns the packages, sorted, of those findings that the compiler
// can have a word about: an allocation of a kind that has verdicts, and not in
// a test file.
func Packages(findings []finding.Finding) []string {
	var list []string
	for i := range findings {
		if f := &findings[i]; hasVerdict(f) {
			list = append(list, f.Package)
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

func hasVerdict(f *finding.Finding) bool {
	return promises[f.Site.Kind] != nothing && !strings.HasSuffix(f.Site.Location.File, "_test.go")
}

// Judge compares findings about allocations with the compiler's verdicts. It
// returns those that are left, in their order, without those whose allocation
// does not happen, and how many it has dropped. What the compiler confirms has
// its flow in the witness. A finding that it has nothing to say about stays as
// it is: in a test file, in a package that does not compile, in a generic
// function that nobody instantiates, or of a kind without verdicts.
func (c *Compilation) Judge(findings []finding.Finding, program *Program) (kept []finding.Finding, dropped int) {
	return Follow(findings, c.Rulings(findings, program))
}

// judge annotates a finding and reports whether it is kept.
func (c *Compilation) judge(f *finding.Finding, program *Program) bool {
	promise := promises[f.Site.Kind]
	if !hasVerdict(f) || !c.Packages[f.Package] {
		return true
	}
	r := c.verdict(f.Site, program)
	switch {
	case r == nil:
		return true
	case r.Outcome == ZeroCopy, isConstant(r.What):
		return false
	case r.Outcome != Stays:
		confirm(f, r)
		return true
	case promise == onStack, promise == ifConst && hasConstantSize(r.What):
		return false
	}
	setEvidence(f, KeyCompiler, "does not escape, which spares small sizes only")
	return true
}

// confirm adds to a finding what the compiler says about it.
func confirm(f *finding.Finding, r *Record) {
	text := "escapes to heap"
	if r.Outcome == Moved {
		text = "moved to heap"
	}
	setEvidence(f, KeyCompiler, text)
	f.Verdict = finding.Confirmed
	if slices.ContainsFunc(f.Witness, func(s finding.Step) bool { return s.Kind == StepFlow }) {
		return // the analyzer has found a way, in words
	}
	for _, step := range r.Flow[:min(len(r.Flow), maxFlow)] {
		f.Witness = append(f.Witness, finding.Step{
			Kind: StepFlow, Location: step.At, End: step.At,
			Text: fmt.Sprintf("the compiler: %s (%s)", step.Node, step.Why),
		})
	}
}

func setEvidence(f *finding.Finding, key, value string) {
	if f.Evidence == nil {
		f.Evidence = make(map[string]string)
	}
	f.Evidence[key] = value
}

// verdict returns the compiler's record of a site, or nil if there is none, or
// several that contradict each other. For a variable of which the compiler
// says nothing, the record is made up: it stays on the stack.
func (c *Compilation) verdict(site finding.Site, program *Program) *Record {
	file := program.file(site.Location.File)
	if file == nil {
		return nil
	}
	if site.Kind == finding.SiteVariable {
		return c.variable(site, file)
	}
	anchor := file.anchor(site)
	var exact, within []*Record
	for _, r := range c.records[site.Location.File] {
		if !describes(r, site.Kind) {
			continue
		}
		if r.At == anchor {
			exact = append(exact, r)
		}
		if r.At == site.Location || r.At.Compare(site.Location) > 0 && r.At.Compare(site.End) < 0 {
			within = append(within, r)
		}
	}
	switch {
	case len(exact) > 0:
		return unanimous(exact)
	case len(within) > 0 || site.End != site.Location:
		return unanimous(within)
	}
	return c.onLine(site)
}

// onLine returns the verdict on a site of which only the line is sure: SSA form
// does not know what expression becomes an interface value. It never says that
// something stays, since the record might be on another line.
func (c *Compilation) onLine(site finding.Site) *Record {
	var line []*Record
	for _, r := range c.records[site.Location.File] {
		pointer := slices.ContainsFunc(pointers, func(prefix string) bool { return strings.HasPrefix(r.What, prefix) })
		if r.At.Line == site.Location.Line && describes(r, site.Kind) && !isConstant(r.What) && (!pointer || site.Kind != finding.SiteBox) {
			line = append(line, r)
		}
	}
	if r := unanimous(line); r != nil && r.Outcome == Escapes {
		return r
	}
	return nil
}

// pointers is how expressions begin that become interface values as they are.
var pointers = []string{"&", "new(", "make(", "func literal"}

// unanimous returns one of some records if they agree. A conversion without a
// copy has a second record, which is the one that counts.
func unanimous(records []*Record) *Record {
	var result *Record
	for _, r := range records {
		switch {
		case result == nil || result.Outcome == Stays && r.Outcome == ZeroCopy && r.At == result.At:
			result = r
		case r.Outcome != result.Outcome && !(r.Outcome == Stays && result.Outcome == ZeroCopy && r.At == result.At):
			return nil
		}
	}
	return result
}

// variable returns the verdict on a local variable. The compiler speaks only
// of those that it moves, so that silence is a verdict, too, but only on code
// that it has compiled: a generic function may have no instances.
func (c *Compilation) variable(site finding.Site, file *sourceFile) *Record {
	name, ok := file.declares(site.Location)
	if !ok {
		return nil
	}
	for _, r := range c.records[site.Location.File] {
		if r.At == site.Location && r.Outcome == Moved {
			return r
		}
	}
	if e, ok := file.around(site.Location.Line); !ok || e.generic {
		return nil
	}
	return &Record{At: site.Location, Outcome: Stays, What: name}
}

// describes reports whether a record may be about a site of a kind, by the
// text of its expression. A value that is boxed may be of any form.
func describes(r *Record, kind finding.SiteKind) bool {
	if r.Outcome == Moved {
		return false
	}
	switch what := r.What; kind {
	case finding.SiteBox:
		return what != variadicArgument && what != "append" && r.Outcome != ZeroCopy
	case finding.SiteVariadic:
		return what == variadicArgument
	case finding.SiteAppend:
		return what == "append"
	case finding.SiteComposite:
		return strings.HasPrefix(what, "&") || strings.HasPrefix(what, "new(") // which are one to SSA form
	case finding.SiteNew:
		return strings.HasPrefix(what, "new(")
	case finding.SiteMakeSlice:
		return strings.HasPrefix(what, "make([]") || strings.HasPrefix(what, "make(") && !strings.HasPrefix(what, "make(map[")
	case finding.SiteMakeMap:
		return strings.HasPrefix(what, "make(")
	case finding.SiteSliceLiteral, finding.SiteMapLiteral:
		return strings.HasSuffix(what, "{...}") || strings.HasSuffix(what, "{}")
	case finding.SiteClosure:
		return what == "func literal"
	case finding.SiteMethodValue:
		return strings.Contains(what, ".") && !strings.ContainsAny(what, " (){}")
	case finding.SiteConversion:
		return r.Outcome == ZeroCopy || strings.HasSuffix(what, ")")
	case finding.SiteConcat:
		return strings.Contains(what, " + ")
	}
	return false
}

// variadicArgument is how the compiler calls the slice of a variadic call.
const variadicArgument = "... argument"

// isConstant reports whether an expression is a constant or takes no space:
// boxed, it is read-only data of the program. The compiler says that it
// escapes all the same.
func isConstant(what string) bool {
	if what == "true" || what == "false" || strings.HasPrefix(what, "struct {}") {
		return true
	}
	if _, err := strconv.Unquote(what); err == nil {
		return true
	}
	_, err := strconv.ParseFloat(what, 64)
	return err == nil
}

// hasConstantSize reports whether a make has a literal for its capacity.
func hasConstantSize(what string) bool {
	_, size, ok := cutLast(strings.TrimSuffix(what, ")"), ", ")
	if !ok {
		return false
	}
	_, err := strconv.Atoi(size)
	return err == nil
}
