package escape

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"regexp"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ssa"

	"github.com/perflint/perflint/internal/allocmodel"
	"github.com/perflint/perflint/internal/pragma"
	"github.com/perflint/perflint/internal/ssax"
)

// recompiledRule finds patterns that are constants, but compiled on a hot path
// each time. A package variable is initialised once, and a Regexp may be used
// by several goroutines at once (https://pkg.go.dev/regexp#Regexp).
func (c *checker) recompiledRule(fn *ssa.Function) {
	if !c.reporter.Enabled(recompiled) || !ssax.Imports(c.pass.Pkg, "regexp") {
		return
	}
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			call, ok := instr.(*ssa.Call)
			if !ok {
				continue
			}
			if what, ok := compilers.Of(ssax.Callee(&call.Call)); ok && len(call.Call.Args) > 0 {
				if pattern, ok := call.Call.Args[0].(*ssa.Const); ok && pattern.Value != nil {
					c.compiled(call, what, constant.StringVal(pattern.Value))
				}
			}
		}
	}
}

// compiled reports the call that compiles a constant pattern. Inside of
// package-level initialisers, which are functions too, it runs once.
func (c *checker) compiled(call *ssa.Call, what compiler, pattern string) {
	heat := c.heat(call)
	expr, around := c.callExpr(call.Pos())
	if expr == nil || heat.Level == allocmodel.Cold {
		return
	}
	name := ssax.Callee(&call.Call).Name()
	d := pragma.Draft{
		Rule: recompiled, Pos: expr.Pos(), End: expr.End(),
		Message: "regexp." + name + " compiles the same pattern " + often(heat) + "; compile it once, in a package variable",
	}
	if _, err := regexp.Compile(pattern); err == nil && !strings.HasSuffix(name, "POSIX") {
		if fix, ok := c.fixCompiled(call, what, expr, around); ok {
			d.Fixes = []analysis.SuggestedFix{fix}
		}
	}
	c.atHeat(d, heat)
}

// fixCompiled moves the compilation to a variable of the package:
//
//	var nameRE = regexp.MustCompile(`^\w+$`)
//	~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~
//
//	func valid(name string) bool {
//		re := nameRE
//		      ~~~~~~
//		return re.MatchString(name)
//	}
//
// The value is shared from then on, which nobody can notice as long as only
// its methods are called, Longest excepted, which changes it. The pattern was
// compiled by the analyzer, so that the initialiser does not panic.
func (c *checker) fixCompiled(call *ssa.Call, what compiler, expr *ast.CallExpr, around []ast.Node) (analysis.SuggestedFix, bool) {
	var none analysis.SuggestedFix
	decl := outermost(around)
	pkg, ok := ast.Unparen(expr.Fun).(*ast.SelectorExpr)
	if decl == nil || !ok || len(expr.Args) == 0 {
		return none, false
	}
	var edits []analysis.TextEdit
	name := c.patternName(decl, expr, around)
	switch what {
	case compilesOrPanics:
		if !onlyMatches(call) {
			return none, false
		}
		edits = []analysis.TextEdit{{Pos: expr.Pos(), End: expr.End(), NewText: []byte(name)}}
	case matches:
		if edits, ok = c.withoutError(name, expr, around); !ok {
			return none, false
		}
	default:
		return none, false // the error is handled somewhere
	}
	pattern, ok := c.literal(expr.Args[0])
	if !ok {
		return none, false
	}
	declare := c.insertAt(c.besideDecl(decl), "var "+name+" = "+types.ExprString(pkg.X)+".MustCompile("+pattern+")")
	return analysis.SuggestedFix{
		Message:   "Compile the pattern once, in the variable " + name,
		TextEdits: append(edits, declare...),
	}, declare != nil
}

// outermost returns the function declaration around a node.
func outermost(around []ast.Node) *ast.FuncDecl {
	if len(around) < 2 {
		return nil
	}
	decl, _ := around[len(around)-2].(*ast.FuncDecl)
	return decl
}

// onlyMatches reports whether a compiled pattern is used as the receiver of
// calls only, none of which changes it.
func onlyMatches(call *ssa.Call) bool {
	for _, ref := range *call.Referrers() {
		use, ok := ref.(*ssa.Call)
		if !ok || use.Call.IsInvoke() || len(use.Call.Args) == 0 || use.Call.Args[0] != ssa.Value(call) {
			return false
		}
		for _, arg := range use.Call.Args[1:] {
			if arg == ssa.Value(call) {
				return false
			}
		}
		callee := ssax.Callee(&use.Call)
		if callee == nil || callee.Signature().Recv() == nil || changesPattern.Has(callee) {
			return false
		}
	}
	return true
}

// withoutError rewrites
//
//	ok, _ := regexp.MatchString(pattern, s)
//
// whose error, that of the pattern, nobody looks at.
func (c *checker) withoutError(name string, expr *ast.CallExpr, around []ast.Node) ([]analysis.TextEdit, bool) {
	assign, ok := around[0].(*ast.AssignStmt)
	if !ok || len(assign.Lhs) != 2 || len(expr.Args) != 2 {
		return nil, false
	}
	if id, ok := assign.Lhs[1].(*ast.Ident); !ok || id.Name != "_" {
		return nil, false
	}
	if id, ok := assign.Lhs[0].(*ast.Ident); !ok || id.Name == "_" {
		return nil, false
	}
	method := ast.Unparen(expr.Fun).(*ast.SelectorExpr).Sel.Name
	return []analysis.TextEdit{
		{Pos: assign.Lhs[0].End(), End: assign.Lhs[1].End()},
		{Pos: expr.Fun.Pos(), End: expr.Fun.End(), NewText: []byte(name + "." + method)},
		{Pos: expr.Args[0].Pos(), End: expr.Args[1].Pos()},
	}, true
}

// literal returns the source of a constant that means the same at package
// level: a literal as it stands, a constant of the package, and the value of
// any other.
func (c *checker) literal(e ast.Expr) (string, bool) {
	switch e := ast.Unparen(e).(type) {
	case *ast.BasicLit:
		return e.Value, true
	case *ast.Ident:
		if obj := c.pass.TypesInfo.Uses[e]; obj != nil && obj.Parent() == c.pass.Pkg.Scope() {
			return e.Name, true
		}
	}
	value := c.pass.TypesInfo.Types[e].Value
	if value == nil || value.Kind() != constant.String {
		return "", false
	}
	return strconv.Quote(constant.StringVal(value)), true
}

// patternName returns a name for the variable of a pattern that is not taken:
// that of the local variable or function, with RE at its end.
func (c *checker) patternName(decl *ast.FuncDecl, expr *ast.CallExpr, around []ast.Node) string {
	base := decl.Name.Name
	if assign, ok := around[0].(*ast.AssignStmt); ok && len(assign.Lhs) == 1 && len(assign.Rhs) == 1 {
		if id, ok := assign.Lhs[0].(*ast.Ident); ok && len(id.Name) > 2 {
			base = strings.TrimSuffix(strings.TrimSuffix(id.Name, "RE"), "Re")
		}
	}
	runes := []rune(base)
	runes[0] = unicode.ToLower(runes[0])
	base = string(runes) + "RE"
	if c.taken == nil {
		c.taken = make(map[string]token.Pos)
		for id := range c.pass.TypesInfo.Defs {
			c.taken[id.Name] = token.NoPos
		}
		for id := range c.pass.TypesInfo.Uses {
			c.taken[id.Name] = token.NoPos
		}
	}
	name := base
	for i := 2; ; i++ {
		if pos, ok := c.taken[name]; !ok || pos == expr.Pos() {
			c.taken[name] = expr.Pos()
			return name
		}
		name = base + strconv.Itoa(i)
	}
}
