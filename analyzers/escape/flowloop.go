package escape

import (
	"fmt"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ssa"

	"github.com/perflint/perflint/internal/allocmodel"
	"github.com/perflint/perflint/internal/pragma"
	"github.com/perflint/perflint/internal/ssax"
)

// loopRule finds what each round of a loop allocates anew. A buffer that is
// only read into or written from could be one for all rounds.
func (c *checker) loopRule(s *allocmodel.Site) {
	if s.Loops == 0 || s.Reason() == allocmodel.TooLarge || !ssax.InCycle(s.Instr.Block()) {
		return
	}
	heat, ok := c.allocates(s, loopAllocation)
	if !ok {
		return
	}
	d := pragma.Draft{
		Rule: loopAllocation, Pos: s.Pos,
		Message: fmt.Sprintf("%s%s is allocated %s%s", c.typeName(s.Type), sizeText(s.Size), often(heat), because(s)),
	}
	if buffer := c.buffer(s); buffer != nil && heat.Loops > 0 && invariantSize(s.Instr) {
		d.Message = fmt.Sprintf("a new buffer%s is allocated %s, although nothing keeps it; make it once, before the loop", sizeText(s.Size), often(heat))
		c.atHeat(c.withWay(d, s), heat)
		return
	}
	c.candidate(d, s, heat)
}

// buffer returns the slice of bytes that a site makes if nothing but calls
// that must not keep it uses it, or nil.
func (c *checker) buffer(s *allocmodel.Site) ssa.Value {
	slice, ok := s.Type.Underlying().(*types.Slice)
	if !ok || s.Kind != allocmodel.MakeSlice {
		return nil
	}
	basic, ok := slice.Elem().Underlying().(*types.Basic)
	if !ok || basic.Kind() != types.Byte {
		return nil
	}
	v, ok := s.Instr.(ssa.Value)
	if !ok || !c.passesOn(v, 6) {
		return nil
	}
	return v
}

// passesOn reports whether all uses of bytes look at them, change them, or hand
// them to calls that must not keep them.
func (c *checker) passesOn(v ssa.Value, depth int) bool {
	if depth == 0 {
		return false
	}
	for _, use := range *v.Referrers() {
		switch use := use.(type) {
		case *ssa.DebugRef, *ssa.Index:
		case *ssa.IndexAddr:
			for _, element := range *use.Referrers() {
				_, isStore := element.(*ssa.Store) // of a byte, which keeps nothing
				load, isLoad := element.(*ssa.UnOp)
				if !isStore && !(isLoad && load.Op == token.MUL) {
					return false
				}
			}
		case *ssa.Slice:
			if use.X != v || !c.passesOn(use, depth-1) {
				return false
			}
		case *ssa.Convert:
			if basic, ok := use.Type().Underlying().(*types.Basic); !ok || basic.Info()&types.IsString == 0 {
				return false
			}
		case *ssa.Call:
			if !c.onlyUses(use, v) {
				return false
			}
		default:
			return false
		}
	}
	return true
}

// onlyUses reports whether a call does not keep bytes that it is given.
func (c *checker) onlyUses(call *ssa.Call, v ssa.Value) bool {
	if builtin, ok := call.Call.Value.(*ssa.Builtin); ok {
		switch builtin.Name() {
		case "len", "cap", "copy", "clear", "print", "println":
			return true
		case "append":
			return call.Call.Args[0] != v
		}
		return false
	}
	return keepsNothing.Has(ssax.Callee(&call.Call))
}

// invariantSize reports whether a buffer has the same size in each round.
func invariantSize(instr ssa.Instruction) bool {
	made, ok := instr.(*ssa.MakeSlice)
	if !ok {
		return true // a constant
	}
	for _, size := range []ssa.Value{made.Len, made.Cap} {
		if !definedBefore(size, instr.Block()) {
			return false
		}
	}
	return true
}

// definedBefore reports whether a value has been computed before the loop
// around a block is entered.
func definedBefore(v ssa.Value, b *ssa.BasicBlock) bool {
	def, ok := v.(ssa.Instruction)
	if !ok {
		return true // a constant or parameter
	}
	return def.Block() != b && !ssax.Reaches(b, def.Block(), nil)
}

// closureRule finds function literals and method values that are allocated on
// hot paths. In a loop, one that captures nothing of the round could be made
// before it.
func (c *checker) closureRule(s *allocmodel.Site) {
	made, ok := s.Instr.(*ssa.MakeClosure)
	if !ok || ssax.IsLoopBody(made.Fn.(*ssa.Function)) || s.Reason() == allocmodel.Started || s.Reason() == allocmodel.Deferred || setsFieldOfOthers(made) {
		return
	}
	heat, ok := c.allocates(s, closure)
	if !ok {
		return
	}
	what := "a function literal with what it captures"
	if s.Kind == allocmodel.MethodValue {
		what = "a method value"
	}
	d := pragma.Draft{
		Rule: closure, Pos: s.Pos,
		Message: fmt.Sprintf("%s%s is allocated %s%s", what, sizeText(s.Size), often(heat), because(s)),
	}
	if s.Loops > 0 && heat.Loops > 0 && sameInRounds(made) {
		d.Message = fmt.Sprintf("%s%s is allocated %s, although it is the same in each round; make it before the loop", what, sizeText(s.Size), often(heat))
	}
	c.candidate(d, s, heat)
}

// setsFieldOfOthers reports whether a closure is made for a field that is the
// business of another analyzer.
func setsFieldOfOthers(made *ssa.MakeClosure) bool {
	for _, use := range *made.Referrers() {
		store, ok := use.(*ssa.Store)
		if !ok {
			continue
		}
		if field, ok := store.Addr.(*ssa.FieldAddr); ok && fieldsOfOthers[types.TypeString(field.X.Type(), nil)] {
			return true
		}
	}
	return false
}

// sameInRounds reports whether all that a closure captures exists before the
// loop around it.
func sameInRounds(made *ssa.MakeClosure) bool {
	if !ssax.InCycle(made.Block()) {
		return false
	}
	for _, binding := range made.Bindings {
		if !definedBefore(binding, made.Block()) {
			return false
		}
	}
	return true
}

// conversionRule finds copies that conversions between strings and bytes make.
// In a loop, the copy of a value that does not change could be made before it.
func (c *checker) conversionRule(s *allocmodel.Site) {
	made, ok := s.Instr.(*ssa.Convert)
	if !ok {
		return
	}
	heat, ok := c.allocates(s, conversion)
	if !ok {
		return
	}
	d := pragma.Draft{
		Rule: conversion, Pos: s.Pos,
		Message: fmt.Sprintf("the conversion to %s copies its operand %s%s", c.typeName(s.Type), often(heat), because(s)),
	}
	_, isBytes := s.Type.Underlying().(*types.Slice)
	if heat.Loops > 0 && s.Loops > 0 && ssax.InCycle(made.Block()) && definedBefore(made.X, made.Block()) && isBytes && c.passesOn(made, 6) {
		d.Message = fmt.Sprintf("the same string is copied to %s %s; convert it once, before the loop", c.typeName(s.Type), often(heat))
		c.atHeat(c.withWay(d, s), heat)
		return
	}
	c.candidate(d, s, heat)
}

// mapRule finds maps that each round of a loop makes, fills in a loop of its
// own, and drops.
func (c *checker) mapRule(s *allocmodel.Site) {
	made, ok := s.Instr.(*ssa.MakeMap)
	if !ok || s.Loops == 0 || !c.reporter.Enabled(mapInLoop) || !ssax.InCycle(made.Block()) {
		return
	}
	heat := c.heat(made)
	if heat.Level == allocmodel.Cold || s.Fate == allocmodel.Unknown {
		return
	}
	d := pragma.Draft{
		Rule: mapInLoop, Pos: s.Pos,
		Message: fmt.Sprintf("a map is made and grows %s, although nothing keeps it; make it before the loop and clear it in each round", often(heat)),
	}
	dropped := s.Fate == allocmodel.Buffer || s.Reason() == allocmodel.VariableSize
	switch {
	case dropped && heat.Loops > 0 && c.filledInLoop(made, heat):
		c.candidate(d, s, heat)
	case s.Fate == allocmodel.Heap && !dropped:
		d.Message = fmt.Sprintf("a map is made %s%s", often(heat), because(s))
		c.candidate(d, s, heat)
	}
}

// filledInLoop reports whether a map gets its elements in a loop inside of
// the one that makes it: up to eight cost nothing on the stack.
func (c *checker) filledInLoop(made *ssa.MakeMap, heat allocmodel.Heat) bool {
	for _, use := range *made.Referrers() {
		if update, ok := use.(*ssa.MapUpdate); ok && c.heat(update).Loops > heat.Loops {
			return true
		}
	}
	return false
}
