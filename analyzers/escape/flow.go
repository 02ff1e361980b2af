package escape

import (
	"cmp"
	"fmt"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/perflint/perflint/internal/allocmodel"
	"github.com/perflint/perflint/internal/finding"
	"github.com/perflint/perflint/internal/pragma"
)

// siteRules looks at the allocation sites of a function. What a finding is
// shown for by default is an allocation for which there is a better place; the
// others stay in the result for those who have a profile.
func (c *checker) siteRules(fn *ssa.Function) {
	boxes := &boxes{of: make(map[ssa.Instruction][]*allocmodel.Site)}
	for _, s := range c.model.Sites(fn) {
		if s = placed(s); s == nil {
			continue
		}
		switch s.Kind {
		case allocmodel.Box:
			boxes.add(s)
		case allocmodel.Closure, allocmodel.MethodValue:
			c.closureRule(s)
		case allocmodel.Composite, allocmodel.Variable, allocmodel.SliceLiteral, allocmodel.MakeSlice:
			c.largeRule(s)
			c.returnedRule(s)
			c.loopRule(s)
		case allocmodel.Conversion:
			c.conversionRule(s)
		case allocmodel.MakeMap:
			c.mapRule(s)
		}
	}
	for _, at := range boxes.order {
		if c.worded[at.Pos()] {
			continue
		}
		c.boxedRule(boxes.of[at])
	}
}

// placed returns a site with a position: a value that becomes an interface
// value without a word has none, so it is that of what happens to it next. It
// returns nil if that has none either.
func placed(s *allocmodel.Site) *allocmodel.Site {
	if s.Pos.IsValid() {
		return s
	}
	for _, step := range s.Way {
		if step.Pos.IsValid() {
			at := *s
			at.Pos = step.Pos
			return &at
		}
	}
	return nil
}

// allocates reports whether a site is on the heap, in code that may run often.
// Values without a size, which all have the same address there, cost nothing.
func (c *checker) allocates(s *allocmodel.Site, rule string) (allocmodel.Heat, bool) {
	if s.Fate != allocmodel.Heap || s.Size == 0 || !c.reporter.Enabled(rule) || othersKeep(s) {
		return allocmodel.Heat{}, false
	}
	heat := c.heat(s.Instr)
	return heat, heat.Level != allocmodel.Cold
}

// othersKeep reports whether a value is on the heap because of a call that
// another analyzer speaks about.
func othersKeep(s *allocmodel.Site) bool {
	for _, step := range s.Way {
		if step.Callee != nil && keptByOthers.Has(step.Callee) {
			return true
		}
	}
	return false
}

// candidate reports an allocation that may well be needed.
func (c *checker) candidate(d pragma.Draft, s *allocmodel.Site, heat allocmodel.Heat) {
	d.Severity, d.Confidence = finding.Info, finding.Possible
	c.atHeat(c.withWay(d, s), heat)
}

// siteKinds are the kinds of allocations as evidence knows them.
var siteKinds = map[allocmodel.Kind]finding.SiteKind{
	allocmodel.Variable:     finding.SiteVariable,
	allocmodel.Composite:    finding.SiteComposite,
	allocmodel.SliceLiteral: finding.SiteSliceLiteral,
	allocmodel.MakeSlice:    finding.SiteMakeSlice,
	allocmodel.MakeMap:      finding.SiteMakeMap,
	allocmodel.MakeChan:     finding.SiteMakeChan,
	allocmodel.Append:       finding.SiteAppend,
	allocmodel.Closure:      finding.SiteClosure,
	allocmodel.MethodValue:  finding.SiteMethodValue,
	allocmodel.Box:          finding.SiteBox,
	allocmodel.Conversion:   finding.SiteConversion,
	allocmodel.Concat:       finding.SiteConcat,
	allocmodel.Variadic:     finding.SiteVariadic,
	allocmodel.DeferInLoop:  finding.SiteDefer,
	allocmodel.MapGrowth:    finding.SiteMapGrowth,
}

// withWay says what kind of allocation a draft is about and adds the steps that lead a value to the heap.
func (c *checker) withWay(d pragma.Draft, s *allocmodel.Site) pragma.Draft {
	d.Site = siteKinds[s.Kind]
	d.SitePos, d.SiteEnd = c.literalSpan(s)
	c.spoken[s] = true
	for _, step := range s.Way {
		if step.Pos.IsValid() {
			d.Witness = append(d.Witness, pragma.Step{Kind: "flow", Pos: step.Pos, Text: "it is " + past(step)})
		}
	}
	return d
}

// because says in a clause why a site is on the heap.
func because(s *allocmodel.Site) string {
	if len(s.Way) == 0 {
		return ""
	}
	last := s.Way[len(s.Way)-1]
	if last.Why == allocmodel.VariableSize || last.Why == allocmodel.TooLarge || last.Why == allocmodel.Always {
		return ", because it is " + past(last)
	}
	return ", because it may live on: it is " + past(last)
}

// happened says what happened to a value, as a participle, where that is the
// same whatever the call.
var happened = map[allocmodel.Why]string{
	allocmodel.Returned:       "returned",
	allocmodel.StoredIndirect: "stored through a pointer",
	allocmodel.StoredGlobal:   "stored in a variable of the package",
	allocmodel.StoredOuter:    "stored in a variable of the function around",
	allocmodel.LoopCarried:    "kept from one round of the loop to the next",
	allocmodel.Sent:           "sent on a channel",
	allocmodel.MapElement:     "put into a map",
	allocmodel.Appended:       "appended to a slice",
	allocmodel.Captured:       "captured by a closure",
	allocmodel.Started:        "used by another goroutine",
	allocmodel.Deferred:       "passed to a call that a loop defers",
	allocmodel.Panicked:       "the value of a panic",
	allocmodel.TooLarge:       "too large for the stack",
	allocmodel.VariableSize:   "of a size that is known too late",
	allocmodel.Always:         "always on the heap",
}

// past says what happens to a value, as a participle.
func past(step allocmodel.Step) string {
	callee := "a function that is not known here"
	if step.Callee != nil {
		callee = step.Callee.Name()
	}
	switch step.Why {
	case allocmodel.Argument, allocmodel.DynamicCall, allocmodel.UnknownCall:
		return "passed to " + callee
	case allocmodel.InterfaceCall:
		return "passed to the method " + callee + " of an interface"
	}
	return cmp.Or(happened[step.Why], "assigned to another variable")
}

// typeName returns the name of a type as it is spelled in the package.
func (c *checker) typeName(t types.Type) string {
	return types.TypeString(t, types.RelativeTo(c.pass.Pkg))
}

// sizeText returns a size as a clause, or "".
func sizeText(size int64) string {
	if size < 0 {
		return ""
	}
	return fmt.Sprintf(" of %d bytes", size)
}

// largeRule finds variables and values that do not fit on the stack, so that
// every call allocates them.
func (c *checker) largeRule(s *allocmodel.Site) {
	if s.Reason() != allocmodel.TooLarge {
		return
	}
	heat, ok := c.allocates(s, largeLocal)
	if !ok {
		return
	}
	d := pragma.Draft{
		Rule: largeLocal, Pos: s.Pos,
		Message: fmt.Sprintf("%s%s is too large for the stack and is allocated and cleared %s; keep one and use it again, or make it smaller", c.typeName(s.Type), sizeText(s.Size), often(heat)),
	}
	if s.Kind != allocmodel.Variable {
		c.candidate(d, s, heat) // who makes it with make or & knows
		return
	}
	c.atHeat(c.withWay(d, s), heat)
}

// smallValue is the size in bytes up to which returning a copy is cheaper than
// allocating one.
const smallValue = 64

// returnedRule finds pointers to small values that a function makes in order
// to return them.
func (c *checker) returnedRule(s *allocmodel.Site) {
	if s.Reason() != allocmodel.Returned || s.Size < 0 || s.Size > smallValue {
		return
	}
	if s.Kind != allocmodel.Composite && s.Kind != allocmodel.Variable || hasIdentity(s.Type, 0) {
		return
	}
	heat, ok := c.allocates(s, returnedPointer)
	if !ok || !returnsDirectly(s) {
		return
	}
	c.candidate(pragma.Draft{
		Rule: returnedPointer, Pos: s.Pos,
		Message: fmt.Sprintf("%s%s is allocated %s, because the function returns a pointer to it; if nobody needs to share it, return it by value", c.typeName(s.Type), sizeText(s.Size), often(heat)),
	}, s, heat)
}

// returnsDirectly reports whether a value is returned as a pointer to its own
// type, and not within something else.
func returnsDirectly(s *allocmodel.Site) bool {
	results := s.Fn.Signature.Results()
	for v := range results.Variables() {
		if ptr, ok := v.Type().(*types.Pointer); ok && types.Identical(ptr.Elem(), s.Type) {
			return len(s.Way) == 1
		}
	}
	return false
}

// hasIdentity reports whether copies of a value are no substitute for it: it
// has a lock, or says so with a field called noCopy.
func hasIdentity(t types.Type, depth int) bool {
	if types.NewMethodSet(types.NewPointer(t)).Lookup(nil, "Lock") != nil {
		return true
	}
	strct, ok := t.Underlying().(*types.Struct)
	if !ok || depth > 4 {
		return false
	}
	for field := range strct.Fields() {
		if field.Name() == "noCopy" || hasIdentity(field.Type(), depth+1) {
			return true
		}
	}
	return false
}

// boxes are the boxed values of a function that are on the heap, by the call
// that they are passed to.
type boxes struct {
	order []ssa.Instruction
	of    map[ssa.Instruction][]*allocmodel.Site
}

func (b *boxes) add(s *allocmodel.Site) {
	if s.Fate != allocmodel.Heap {
		return
	}
	at := s.Instr
	for _, step := range s.Way {
		if call := callAt(s.Fn, step.Pos); call != nil {
			at = call
			break
		}
	}
	if b.of[at] == nil {
		b.order = append(b.order, at)
	}
	b.of[at] = append(b.of[at], s)
}

// callAt returns the call of a function at a position, or nil.
func callAt(fn *ssa.Function, pos token.Pos) ssa.Instruction {
	if !pos.IsValid() {
		return nil
	}
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			if call, ok := instr.(ssa.CallInstruction); ok && call.Pos() == pos {
				return instr
			}
		}
	}
	return nil
}

// boxedRule reports values that are boxed for one call. Integers alone are
// left to the rule about what may be allocated.
func (c *checker) boxedRule(sites []*allocmodel.Site) {
	first := slices.IndexFunc(sites, func(s *allocmodel.Site) bool { return !isSmallNumber(s) })
	if first < 0 {
		return
	}
	s := sites[first]
	heat, ok := c.allocates(s, boxed)
	if !ok {
		return
	}
	for _, s := range sites {
		c.spoken[s] = true
	}
	what := fmt.Sprintf("a copy of this %s%s", c.typeName(s.Type), sizeText(s.Size))
	if len(sites) > 1 {
		what = fmt.Sprintf("a copy of each of %d arguments", len(sites))
	}
	c.candidate(pragma.Draft{
		Rule: boxed, Pos: s.Pos,
		Message: fmt.Sprintf("%s is allocated %s to become an interface value%s", what, often(heat), because(s)),
	}, s, heat)
}
