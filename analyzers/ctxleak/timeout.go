package ctxleak

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"strings"
	"unicode"

	"golang.org/x/tools/go/ssa"

	"github.com/perflint/perflint/internal/finding"
	"github.com/perflint/perflint/internal/pragma"
)

// zeroTimeout reports time limits of nothing: a constant that is not
// positive, a constant number without a unit, which counts nanoseconds, and an
// integer that is converted to a time.Duration although its name says
// that it counts seconds or the like. An integer whose name says nothing may
// well count nanoseconds: confidence is possible.
func (c *checker) zeroTimeout(fn *ssa.Function) {
	for call, callee := range calls(fn) {
		if !timeouts.Has(callee) || len(call.Call.Args) < 2 {
			continue
		}
		switch limit := call.Call.Args[1].(type) {
		case *ssa.Const:
			c.constantTimeout(call, limit)
		case *ssa.Convert:
			c.convertedTimeout(call, limit.X)
		case *ssa.ChangeType: // from int64
			c.convertedTimeout(call, limit.X)
		}
	}
}

// shortest is the number of nanoseconds below which a constant cannot be
// meant: no call returns that fast.
const shortest = 1000

func (c *checker) constantTimeout(call *ssa.Call, limit *ssa.Const) {
	if limit.Value == nil || limit.Value.Kind() != constant.Int || limit.Int64() >= shortest {
		return
	}
	expr := c.argument(call, 1)
	if expr == nil {
		return
	}
	message := fmt.Sprintf("a timeout of %s is over before anything can happen: the context has ended from the start; give it time, or use context.WithCancel", types.ExprString(expr))
	if limit.Int64() > 0 {
		if c.saysUnit(expr) {
			return
		}
		message = fmt.Sprintf("a timeout of %s is %d nanoseconds: the context ends at once; multiply it by its unit, such as time.Second", types.ExprString(expr), limit.Int64())
	}
	c.reportTimeout(expr, message, c.unlessTest(expr.Pos(), finding.Warning), finding.Likely)
}

// saysUnit reports whether a constant duration was written as one: it is made
// from a constant of type time.Duration, such as time.Nanosecond.
func (c *checker) saysUnit(expr ast.Expr) bool {
	says := false
	ast.Inspect(expr, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			if constant, ok := c.pass.TypesInfo.Uses[id].(*types.Const); ok && isDuration(constant.Type()) {
				says = true
			}
		}
		return true
	})
	return says
}

func (c *checker) convertedTimeout(call *ssa.Call, count ssa.Value) {
	if basic, ok := types.Unalias(count.Type()).(*types.Basic); !ok || basic.Info()&types.IsInteger == 0 {
		return // a named type may be a duration under another name
	}
	if fromDuration(count, 0) {
		return
	}
	expr := c.argument(call, 1)
	name := sourceName(count)
	if expr == nil || name == "" {
		return
	}
	words := camelWords(name)
	confidence, unit := finding.Possible, ""
	for _, word := range words {
		if strings.HasPrefix(word, "nano") || word == "ns" {
			return
		}
	}
	if len(words) > 0 {
		unit = units[words[len(words)-1]]
	}
	message := fmt.Sprintf("%s becomes a duration without a unit, so it counts nanoseconds; multiply it by its unit, such as time.Second", name)
	if unit != "" {
		confidence = finding.Likely
		message = fmt.Sprintf("%s becomes a duration without a unit: it counts nanoseconds, although its name says otherwise; multiply it by %s", name, unit)
	}
	c.reportTimeout(expr, message, c.unlessTest(expr.Pos(), finding.Warning), confidence)
}

func (c *checker) reportTimeout(expr ast.Expr, message string, severity finding.Severity, confidence finding.Confidence) {
	c.reporter.Report(pragma.Draft{
		Rule: zeroTimeout, Pos: expr.Pos(), End: expr.End(), Message: message, Severity: severity, Confidence: confidence,
		Witness: []pragma.Step{{Kind: "acquire", Pos: expr.Pos(), End: expr.End(), Text: "this is the time limit of the context"}},
	})
}

// argument returns the n'th argument of a call in the source, or nil.
func (c *checker) argument(call *ssa.Call, n int) ast.Expr {
	a := findAssignment(c.pass.Files, call.Pos(), 0)
	if a.call == nil || len(a.call.Args) <= n {
		return nil
	}
	return a.call.Args[n]
}

// fromDuration reports whether an integer comes from a time.Duration, or from
// arithmetic, whose factors this rule does not know.
func fromDuration(v ssa.Value, depth int) bool {
	if depth > 8 || isDuration(v.Type()) {
		return true
	}
	switch v := v.(type) {
	case *ssa.Convert:
		return fromDuration(v.X, depth+1)
	case *ssa.ChangeType:
		return fromDuration(v.X, depth+1)
	case *ssa.UnOp:
		return v.Op != token.MUL
	case *ssa.Parameter, *ssa.FreeVar, *ssa.Field:
		return false
	}
	return true
}

func isDuration(t types.Type) bool { return isNamedIn(t, "time", "Duration") }

// sourceName returns the name of the variable or field that a value is read
// from, or "".
func sourceName(v ssa.Value) string {
	switch v := v.(type) {
	case *ssa.Convert:
		return sourceName(v.X)
	case *ssa.ChangeType:
		return sourceName(v.X)
	case *ssa.UnOp:
		return sourceName(v.X)
	case *ssa.FieldAddr:
		return nameOfField(v)
	case *ssa.Field:
		return v.X.Type().Underlying().(*types.Struct).Field(v.Field).Name()
	case *ssa.Parameter, *ssa.FreeVar, *ssa.Global:
		return v.Name()
	case *ssa.Alloc:
		return v.Comment
	}
	return ""
}

// camelWords splits a name at its capitals and underscores, in lower case.
func camelWords(name string) []string {
	var words []string
	var word strings.Builder
	end := func() {
		if word.Len() > 0 {
			words = append(words, strings.ToLower(word.String()))
			word.Reset()
		}
	}
	lower := false
	for _, r := range name {
		if r == '_' || unicode.IsUpper(r) && lower {
			end()
		}
		if r != '_' {
			word.WriteRune(r)
		}
		lower = unicode.IsLower(r) || unicode.IsDigit(r)
	}
	end()
	return words
}
