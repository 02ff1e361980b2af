package escape

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ssa"

	"github.com/perflint/perflint/internal/allocmodel"
	"github.com/perflint/perflint/internal/pragma"
	"github.com/perflint/perflint/internal/ssax"
)

// scalarRule finds fmt.Sprintf with a format that is one verb and nothing
// else, on a hot path, where another expression gives exactly the same string.
func (c *checker) scalarRule(fn *ssa.Function) {
	if !c.reporter.Enabled(scalarFormat) || !ssax.Imports(c.pass.Pkg, "fmt") {
		return
	}
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			call, ok := instr.(*ssa.Call)
			if !ok || !ssax.IsNamed(ssax.Callee(&call.Call), fmtSprintf) {
				continue
			}
			if heat := c.heat(call); heat.Level != allocmodel.Cold {
				c.scalar(call, heat)
			}
		}
	}
}

func (c *checker) scalar(call *ssa.Call, heat allocmodel.Heat) {
	expr, _ := c.callExpr(call.Pos())
	if expr == nil || len(expr.Args) != 2 || expr.Ellipsis.IsValid() {
		return
	}
	format := c.pass.TypesInfo.Types[expr.Args[0]].Value
	arg := c.pass.TypesInfo.Types[expr.Args[1]]
	if format == nil || format.Kind() != constant.String || arg.Type == nil || arg.Value != nil {
		return
	}
	verb := constant.StringVal(format)
	plain, ok := plainFormat(verb, arg.Type)
	if !ok {
		return
	}
	advice := "use " + plain.function
	if plain.function == "" {
		advice = "it is the string itself"
	}
	d := pragma.Draft{
		Rule: scalarFormat, Pos: expr.Pos(), End: expr.End(),
		Message: "fmt.Sprintf interprets the format " + format.ExactString() + " and puts its argument behind an interface " + often(heat) + "; " + advice,
	}
	if fix, ok := c.fixScalar(expr, plain); ok {
		d.Fixes = []analysis.SuggestedFix{fix}
	}
	c.atHeat(d, heat)
	c.worded[call.Pos()] = true
}

// A plain is an expression that says the same as a format.
type plain struct {
	function      string // of package strconv, or "" for the argument itself
	convert       string // the type that it takes, or "" if that is the argument's
	before, after string // around the argument
}

// plainFormat returns what gives the same string as a verb for values of a
// type. It speaks about basic kinds only, and about types that fmt does not
// ask first: those without the methods Format, GoString, Error and String.
// Floating-point numbers stay: %v changes to an exponent later than strconv
// does.
func plainFormat(verb string, t types.Type) (plain, bool) {
	basic, ok := t.Underlying().(*types.Basic)
	if _, isParam := types.Unalias(t).(*types.TypeParam); !ok || isParam || hasFormat(t) {
		return plain{}, false
	}
	_, named := types.Unalias(t).(*types.Named)
	info := basic.Info()
	convert := func(to string) string {
		if named || basic.Name() != to {
			return to
		}
		return ""
	}
	base := map[string]string{"%d": "10", "%v": "10", "%x": "16", "%o": "8", "%b": "2"}[verb]
	switch {
	case info&types.IsString != 0 && (verb == "%s" || verb == "%v"):
		return plain{convert: convert("string")}, true
	case info&types.IsBoolean != 0 && (verb == "%t" || verb == "%v"):
		return plain{"strconv.FormatBool", convert("bool"), "strconv.FormatBool(", ")"}, true
	case info&types.IsInteger == 0 || base == "" || basic.Kind() == types.Uintptr:
		return plain{}, false
	case info&types.IsUnsigned != 0:
		return plain{"strconv.FormatUint", convert("uint64"), "strconv.FormatUint(", ", " + base + ")"}, true
	case base == "10" && basic.Kind() == types.Int:
		return plain{"strconv.Itoa", convert("int"), "strconv.Itoa(", ")"}, true
	}
	return plain{"strconv.FormatInt", convert("int64"), "strconv.FormatInt(", ", " + base + ")"}, true
}

// hasFormat reports whether fmt asks values of a type how to print them.
func hasFormat(t types.Type) bool {
	for _, name := range []string{"Format", "GoString", "Error", "String"} {
		if obj, _, _ := types.LookupFieldOrMethod(t, false, nil, name); obj != nil {
			return true
		}
	}
	return false
}

// fixScalar replaces a call of fmt.Sprintf.
func (c *checker) fixScalar(expr *ast.CallExpr, plain plain) (analysis.SuggestedFix, bool) {
	var none analysis.SuggestedFix
	arg := expr.Args[1]
	before, after := plain.before, plain.after
	var edits []analysis.TextEdit
	if plain.function != "" {
		name, imports, ok := c.importing("strconv", expr.Pos())
		if !ok {
			return none, false
		}
		edits = imports
		before = name + strings.TrimPrefix(before, "strconv")
	}
	if plain.convert != "" {
		if obj := c.means(plain.convert, expr.Pos()); obj != types.Universe.Lookup(plain.convert) {
			return none, false // shadowed
		}
		before, after = before+plain.convert+"(", ")"+after
	} else if _, binary := arg.(*ast.BinaryExpr); binary && before == "" {
		before, after = "(", ")"
	}
	if c.comments(expr.Pos(), arg.Pos()) || c.comments(arg.End(), expr.End()) {
		return none, false
	}
	message := "Replace fmt.Sprintf by " + plain.function
	if plain.function == "" {
		message = "Replace fmt.Sprintf by its argument"
	}
	return analysis.SuggestedFix{Message: message, TextEdits: append(edits,
		analysis.TextEdit{Pos: expr.Pos(), End: arg.Pos(), NewText: []byte(before)},
		analysis.TextEdit{Pos: arg.End(), End: expr.End(), NewText: []byte(after)},
	)}, true
}

// comments reports whether a comment begins between two positions.
func (c *checker) comments(pos, end token.Pos) bool {
	for _, group := range c.fileAt(pos).Comments {
		if pos <= group.Pos() && group.Pos() < end {
			return true
		}
	}
	return false
}
