package evidence

import (
	"fmt"
	"slices"
	"strings"

	"github.com/perflint/perflint/internal/finding"
)

// KeyFix is the key of a finding's evidence for what the compiler says about
// its fix.
const KeyFix = "fix"

// A Revision is one state of a program and what the compiler says about it.
type Revision struct {
	Compilation *Compilation
	Program     *Program
}

// A FixVerdict is what the compiler says about a fix.
type FixVerdict struct {
	Checked bool   // it has compiled the code, before and after
	Problem string // a clause: why the fix should not be made, or ""
}

// CheckFixes compares a program before and after some fixes, all of which have
// been made. The findings are those that are fixed, before. Of each fix, in
// their order, it wants three things:
//
//   - What the finding names is gone: the function has one expression or
//     statement of that text in that position less. Slices that grow are an
//     exception, since they still do so in words: there must be a new call that
//     makes room.
//   - If the compiler has put it on the heap, the function has one such
//     verdict less.
//   - Nothing else escapes that did not before, neither in the function nor in
//     those of the package that inline it, as [Compare] sees it. In exchange for
//     what grew in a loop, its room may be on the heap: one allocation for a
//     slice outside of the loop, and the arrays of a strings.Builder.
//
// Nothing is said about fixes in test files, outside of functions, and in
// packages that do not compile as they are. Where a function has several fixes,
// a verdict may be about any of them.
func CheckFixes(before, after *Revision, fixes []finding.Finding) []FixVerdict {
	verdicts := make([]FixVerdict, len(fixes))
	sites := make([]*fixedSite, len(fixes))
	for i := range fixes {
		sites[i], verdicts[i].Problem = findFixed(before, after, &fixes[i])
		verdicts[i].Checked = sites[i] != nil || verdicts[i].Problem != ""
	}
	checked := slices.DeleteFunc(slices.Clone(sites), func(s *fixedSite) bool { return s == nil })
	changes := Compare(before.Compilation.Functions(before.Program), after.Compilation.Functions(after.Program))
	blamed := make(map[*fixedSite]string)
	for i := range changes {
		d := &changes[i]
		responsible := responsibleFor(d, checked)
		news := excuse(d, responsible)
		for _, s := range responsible {
			if len(news) > 0 && blamed[s] == "" {
				blamed[s] = fmt.Sprintf("with it, %s escapes to heap in %s, which was not so before", nameOf(news), d.Function)
			}
		}
	}
	for i, s := range sites {
		if s != nil {
			verdicts[i].Problem = s.problem(checked, changes)
		}
		if s != nil && verdicts[i].Problem == "" {
			verdicts[i].Problem = blamed[s]
		}
	}
	return verdicts
}

// problem returns why the allocation that a finding is about is not gone.
func (s *fixedSite) problem(all []*fixedSite, changes []Difference) string {
	same := 0
	for _, other := range all {
		if other.before == s.before && other.named == s.named {
			same++
		}
	}
	switch had, has := s.before.count(s.named), s.after.count(s.named); {
	case s.grows && s.after.rooms() <= s.before.rooms():
		return "with it, nothing makes room for the elements"
	case !s.grows && has > had-same:
		return "with it, " + oneLine(s.named.text) + " is still there"
	}
	if s.record == nil {
		return ""
	}
	for _, d := range changes {
		if s.isOf(&d) && slices.ContainsFunc(d.Removed, func(a Allocation) bool { return a.What == s.record.What }) {
			return ""
		}
	}
	return fmt.Sprintf("with it, %s still escapes to heap", s.record.What)
}

// responsibleFor returns the fixes that may have changed what a function
// allocates: its own, or those of functions that it calls, or all of its
// package.
func responsibleFor(d *Difference, all []*fixedSite) []*fixedSite {
	for _, near := range []func(s *fixedSite) bool{
		func(s *fixedSite) bool { return s.isOf(d) },
		func(s *fixedSite) bool {
			return s.pkg == d.Package && slices.Contains(d.base.Calls, s.before.decl.Name.Name)
		},
		func(s *fixedSite) bool { return s.pkg == d.Package },
	} {
		list := slices.DeleteFunc(slices.Clone(all), func(s *fixedSite) bool { return !near(s) })
		if len(list) > 0 {
			return list
		}
	}
	return nil
}

// excuse returns the added allocations that are no fix's purpose. Which of two
// appends is the new one cannot be told from their text, so that it counts
// whether there is one more that makes room.
func excuse(d *Difference, fixes []*fixedSite) []Allocation {
	taken := make(map[*fixedSite]bool)
	return slices.DeleteFunc(slices.Clone(d.Added), func(a Allocation) bool {
		return slices.ContainsFunc(fixes, func(s *fixedSite) bool {
			switch {
			case s.concat:
				return a.What == appended && strings.HasPrefix(a.Callee, "strings.(*Builder).")
			case s.grows && !taken[s] && isArray(&a) && rooms(d.head.Allocations, s.loops) > rooms(d.base.Allocations, s.loops):
				taken[s] = true
				return true
			}
			return false
		})
	})
}

// rooms returns how many allocations are the arrays of empty slices, outside
// of a loop at a depth. A slice that grows in no loop has its array beside it.
func rooms(list []Allocation, loops int) (n int) {
	for _, a := range list {
		if a.loops < max(loops, 1) && isArray(&a) && (a.What != appended || strings.HasPrefix(a.Callee, "slices.Grow")) {
			n++
		}
	}
	return n
}

// isArray reports whether an allocation is the array of a slice. Only slices,
// whose types may have names, are made with a length and a capacity.
func isArray(a *Allocation) bool {
	return a.What == appended || strings.HasPrefix(a.What, "make([]") || strings.HasPrefix(a.What, "make(") && strings.Contains(a.What, ", 0, ")
}

// nameOf returns one of some allocations, rather one that has a name in the
// source than what the compiler keeps of loops over functions.
func nameOf(list []Allocation) string {
	i := slices.IndexFunc(list, func(a Allocation) bool { return !strings.HasPrefix(a.What, "#") })
	return list[max(0, i)].What
}

// appended is how the compiler calls the array that append makes.
const appended = "append"

func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }
