package escape

import (
	"fmt"
	"go/constant"
	"go/token"
	"go/types"
	"go/version"

	"golang.org/x/tools/go/ssa"

	"github.com/perflint/perflint/internal/allocmodel"
	"github.com/perflint/perflint/internal/finding"
	"github.com/perflint/perflint/internal/pragma"
	"github.com/perflint/perflint/internal/ssax"
)

// splitPartsRule finds lists of substrings of which only the first two, the
// last one, or the length is used: package strings finds those without a list.
func (c *checker) splitPartsRule(fn *ssa.Function) {
	if !c.reporter.Enabled(splitForParts) {
		return
	}
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			call, ok := instr.(*ssa.Call)
			if !ok || !listMakers.Has(ssax.Callee(&call.Call)) || !hasSeparator(call) {
				continue
			}
			if heat := c.heat(call); heat.Level != allocmodel.Cold {
				c.splitParts(call, heat)
			}
		}
	}
}

// hasSeparator reports whether a string is split at a constant that is not
// empty, into as many parts as there are or at least two.
func hasSeparator(call *ssa.Call) bool {
	sep := call.Call.Args[1]
	if conv, ok := sep.(*ssa.Convert); ok { // []byte(",")
		sep = conv.X
	}
	text, ok := sep.(*ssa.Const)
	if !ok || text.Value == nil || text.Value.Kind() != constant.String || constant.StringVal(text.Value) == "" {
		return false
	}
	if len(call.Call.Args) < 3 {
		return true
	}
	n, ok := call.Call.Args[2].(*ssa.Const)
	return ok && n.Value != nil && (n.Int64() < 0 || n.Int64() >= 2)
}

func (c *checker) splitParts(call *ssa.Call, heat allocmodel.Heat) {
	u := partsUsed{highest: -1}
	if !u.collect(call) {
		return
	}
	expr, _ := c.callExpr(call.Pos())
	if expr == nil {
		return
	}
	language := c.reporter.Versions(expr.Pos()).Language
	callee := ssax.Callee(&call.Call)
	used, instead := u.describe(callee.Pkg().Name(), version.Compare(language, "go1.18") >= 0, len(call.Call.Args) == 3)
	if used == "" {
		return
	}
	d := pragma.Draft{
		Rule: splitForParts, Pos: expr.Pos(), End: expr.End(),
		Message: fmt.Sprintf("%s.%s makes a list %s, of which only %s used; use %s, which makes none", callee.Pkg().Name(), callee.Name(), often(heat), used, instead),
	}
	if u.exact && len(call.Call.Args) == 2 { // which takes another call to find out
		d.Severity = finding.Info
	}
	c.atHeat(d, heat)
}

// partsUsed is what a function uses of a list of substrings.
type partsUsed struct {
	highest  int64 // index that is read; -1 if there is none
	last     bool  // the last element is read
	compared bool  // the length is compared with a small constant
	exact    bool  // with == or !=
	counted  bool  // the length is used in another way
}

// describe says what is used, with the function that gives just that; "" if
// there is none.
func (u *partsUsed) describe(pkg string, cut, limited bool) (used, instead string) {
	find := pkg + ".Cut"
	if !cut {
		find = pkg + ".Index" // Cut came with Go 1.18
	}
	switch {
	case u.last && u.highest < 0 && !u.compared && !u.counted && !limited:
		return "the last part is", pkg + ".LastIndex"
	case u.last || u.counted && u.highest >= 0:
		return "", ""
	case u.highest == 0:
		return "the first part is", find
	case u.highest == 1:
		return "the first two parts are", find
	case u.highest < 0 && (u.counted || u.compared) && !limited:
		return "the length is", pkg + ".Count"
	}
	return "", ""
}

// collect looks at all uses of a list. It reports whether they are known.
func (u *partsUsed) collect(list ssa.Value) bool {
	for _, use := range *list.Referrers() {
		switch use := use.(type) {
		case *ssa.DebugRef:
		case *ssa.IndexAddr:
			if use.X != list || !onlyLoaded(use) || !u.index(use.Index, list) {
				return false
			}
		case *ssa.Call:
			if !isLenOf(use, list) {
				return false
			}
			u.length(use)
		default:
			return false
		}
	}
	return true
}

// index notes that an element is read.
func (u *partsUsed) index(i, list ssa.Value) bool {
	if n, ok := i.(*ssa.Const); ok {
		u.highest = max(u.highest, n.Int64())
		return n.Int64() <= 1
	}
	if isLast(i, list) {
		u.last = true
		return true
	}
	return false
}

// isLast reports whether a value is the last index of a list.
func isLast(i, list ssa.Value) bool {
	sub, ok := i.(*ssa.BinOp)
	if !ok || sub.Op != token.SUB {
		return false
	}
	one, ok := sub.Y.(*ssa.Const)
	return ok && one.Value != nil && one.Int64() == 1 && isLenOf(sub.X, list)
}

func isLenOf(v, list ssa.Value) bool {
	call, ok := v.(*ssa.Call)
	if !ok {
		return false
	}
	builtin, ok := call.Call.Value.(*ssa.Builtin)
	return ok && builtin.Name() == "len" && call.Call.Args[0] == list
}

// length notes what the length is used for. To know whether there are two
// parts, or more, takes no list.
func (u *partsUsed) length(n *ssa.Call) {
	const few = 2
	for _, use := range *n.Referrers() {
		switch use := use.(type) {
		case *ssa.DebugRef:
			continue
		case *ssa.BinOp:
			if isLast(use, n.Call.Args[0]) && onlyIndexes(use) {
				continue
			}
			bound, ok := use.Y.(*ssa.Const)
			if isComparison(use.Op) && ok && bound.Value != nil && bound.Int64() <= few {
				u.compared = true
				u.exact = u.exact || bound.Int64() == 2 && (use.Op == token.EQL || use.Op == token.NEQ)
				continue
			}
		}
		u.counted = true
	}
}

func isComparison(op token.Token) bool {
	switch op {
	case token.EQL, token.NEQ, token.LSS, token.LEQ, token.GTR, token.GEQ:
		return true
	}
	return false
}

// onlyIndexes reports whether a number is used as an index and nothing else.
func onlyIndexes(v *ssa.BinOp) bool {
	for _, use := range *v.Referrers() {
		switch use := use.(type) {
		case *ssa.DebugRef:
		case *ssa.IndexAddr:
			if use.Index != ssa.Value(v) {
				return false
			}
		default:
			return false
		}
	}
	return true
}

// onlyLoaded reports whether the element at an address is read, and nothing
// else done with the address.
func onlyLoaded(addr *ssa.IndexAddr) bool {
	for _, use := range *addr.Referrers() {
		switch use := use.(type) {
		case *ssa.DebugRef:
		case *ssa.UnOp:
			if use.Op != token.MUL {
				return false
			}
		default:
			return false
		}
	}
	_, isSlice := addr.X.Type().Underlying().(*types.Slice)
	return isSlice
}
