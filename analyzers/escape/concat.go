package escape

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ssa"

	"github.com/perflint/perflint/internal/allocmodel"
	"github.com/perflint/perflint/internal/pragma"
)

// concatRule finds strings that grow in a loop: each round copies all that
// there is so far, which makes the loop quadratic.
func (c *checker) concatRule(fn *ssa.Function) {
	if !c.reporter.Enabled(concatInLoop) {
		return
	}
	said := make(map[types.Object]bool)
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			sum, ok := instr.(*ssa.BinOp)
			if !ok || sum.Op != token.ADD || !isString(sum.Type()) {
				continue
			}
			phi := grows(sum)
			if phi == nil {
				continue
			}
			if heat := c.heat(sum); heat.Level != allocmodel.Cold {
				if loops := c.growthLoops(phi, heat); loops > 0 {
					heat.Ranges = heat.Ranges && loops == 1
					c.concat(sum, heat, said)
				}
			}
		}
	}
}

// grows returns the variable of the loop that a sum is a longer version of: a
// phi from which the sum begins, and to which it goes back.
func grows(sum *ssa.BinOp) *ssa.Phi {
	left := sum.X
	for {
		inner, ok := left.(*ssa.BinOp)
		if !ok || inner.Op != token.ADD {
			break
		}
		left = inner.X
	}
	phi, ok := left.(*ssa.Phi)
	if !ok || !feeds(sum, phi, make(map[ssa.Value]bool)) {
		return nil
	}
	for _, ref := range *sum.Referrers() {
		if next, ok := ref.(*ssa.BinOp); ok && next.Op == token.ADD && next.X == ssa.Value(sum) && next.Block() == sum.Block() && len(*sum.Referrers()) == 1 {
			return nil // a part of a longer sum
		}
	}
	return phi
}

// feeds reports whether a value reaches a phi through others.
func feeds(v ssa.Value, phi *ssa.Phi, seen map[ssa.Value]bool) bool {
	if seen[v] {
		return false
	}
	seen[v] = true
	for _, ref := range *v.Referrers() {
		switch ref := ref.(type) {
		case *ssa.Phi:
			if ref == phi || feeds(ref, phi, seen) {
				return true
			}
		case *ssa.BinOp:
			if ref.Op == token.ADD && ref.X == v && feeds(ref, phi, seen) {
				return true // s += a; s += b
			}
		}
	}
	return false
}

// growthLoops returns the number of loops between the place where a string
// starts and the one where it grows; 0 if none of them has many rounds.
func (c *checker) growthLoops(phi *ssa.Phi, heat allocmodel.Heat) int {
	seen := make(map[ssa.Value]bool)
	most := 0
	var visit func(v ssa.Value)
	visit = func(v ssa.Value) {
		if seen[v] {
			return
		}
		seen[v] = true
		switch v := v.(type) {
		case *ssa.BinOp:
			visit(v.X)
		case *ssa.Phi:
			for i, edge := range v.Edges {
				pred := v.Block().Preds[i]
				if !grown(edge) {
					most = max(most, heat.Loops-c.heat(pred.Instrs[len(pred.Instrs)-1]).Loops)
				}
				visit(edge)
			}
		}
	}
	visit(phi)
	return most
}

// grown reports whether a value is the outcome of a concatenation.
func grown(v ssa.Value) bool {
	sum, ok := v.(*ssa.BinOp)
	return ok && sum.Op == token.ADD
}

func isString(t types.Type) bool {
	basic, ok := t.Underlying().(*types.Basic)
	return ok && basic.Info()&types.IsString != 0
}

// concat reports a string that grows, once for each variable.
func (c *checker) concat(sum *ssa.BinOp, heat allocmodel.Heat, said map[types.Object]bool) {
	var assign *ast.AssignStmt
	for _, n := range c.around(sum.Pos()) {
		if stmt, ok := n.(*ast.AssignStmt); ok {
			assign = stmt
			break
		}
		if _, ok := n.(ast.Stmt); ok {
			break
		}
	}
	if assign == nil || len(assign.Lhs) != 1 {
		return
	}
	if id, ok := assign.Lhs[0].(*ast.Ident); ok {
		obj := c.pass.TypesInfo.ObjectOf(id)
		if said[obj] {
			return
		}
		said[obj] = true
	}
	d := pragma.Draft{
		Rule: concatInLoop, Pos: assign.Pos(), End: assign.End(),
		Message: types.ExprString(assign.Lhs[0]) + " grows by concatenation " + often(heat) + ", and each time all of it is copied; collect it in a strings.Builder",
	}
	if fix, ok := c.fixConcat(assign); ok {
		d.Fixes = []analysis.SuggestedFix{fix}
	}
	c.atHeat(d, heat)
}

// fixConcat makes the variable a strings.Builder:
//
//	var s strings.Builder      // was: s := ""
//	for _, x := range xs {
//		s.WriteString(x)       // was: s += x
//	}
//	return s.String()          // was: return s
//
// The variable is declared empty, is local to one function and changes by +=
// only. Reading it, wherever that is, copies nothing: String returns what was
// collected so far, which later writes leave alone.
func (c *checker) fixConcat(assign *ast.AssignStmt) (analysis.SuggestedFix, bool) {
	var none analysis.SuggestedFix
	id, ok := assign.Lhs[0].(*ast.Ident)
	if !ok || assign.Tok != token.ADD_ASSIGN {
		return none, false
	}
	v, ok := c.pass.TypesInfo.Uses[id].(*types.Var)
	if !ok || v.Type() != types.Typ[types.String] {
		return none, false
	}
	u := c.usesOf(v, c.around(assign.Pos()))
	if u == nil {
		return none, false
	}
	name, edits, ok := c.importing("strings", v.Pos())
	if !ok {
		return none, false
	}
	edits = append(edits, analysis.TextEdit{Pos: u.decl.Pos(), End: u.decl.End(), NewText: []byte("var " + v.Name() + " " + name + ".Builder")})
	for _, add := range u.adds {
		var lines []string
		for _, part := range c.parts(add.Rhs[0]) {
			lines = append(lines, v.Name()+".WriteString("+part+")")
		}
		edits = append(edits, analysis.TextEdit{Pos: add.Pos(), End: add.End(), NewText: []byte(strings.Join(lines, "\n"+c.indent(add.Pos())))})
	}
	for _, read := range u.reads {
		edits = append(edits, insert(read.End(), ".String()")...)
	}
	return analysis.SuggestedFix{Message: "Collect " + v.Name() + " in a strings.Builder", TextEdits: edits}, true
}

// parts returns the sources of the operands of a sum.
func (c *checker) parts(e ast.Expr) []string {
	if sum, ok := e.(*ast.BinaryExpr); ok && sum.Op == token.ADD && c.pass.TypesInfo.Types[e].Value == nil {
		return append(c.parts(sum.X), c.parts(sum.Y)...)
	}
	return []string{c.text(e.Pos(), e.End())}
}

// uses are all places that mention a local string.
type uses struct {
	decl  ast.Stmt
	adds  []*ast.AssignStmt
	reads []*ast.Ident
}

// usesOf returns the places that mention a variable, or nil if one of them
// stands in the way of a Builder.
func (c *checker) usesOf(v *types.Var, around []ast.Node) *uses {
	body := functionAround(around)
	if body == nil {
		return nil
	}
	u := new(uses)
	bad := false
	var stack []ast.Node
	ast.Inspect(body, func(n ast.Node) bool {
		if n == nil {
			stack = stack[:len(stack)-1]
			return true
		}
		stack = append(stack, n)
		id, ok := n.(*ast.Ident)
		if ok && c.pass.TypesInfo.ObjectOf(id) == types.Object(v) && !c.addUse(u, id, stack) {
			bad = true
		}
		return true
	})
	if bad || u.decl == nil {
		return nil
	}
	for _, read := range u.reads {
		for _, add := range u.adds {
			if add.Pos() <= read.Pos() && read.Pos() < add.End() {
				return nil // s += s
			}
		}
	}
	return u
}

// functionAround returns the body of the innermost function around a place.
func functionAround(around []ast.Node) *ast.BlockStmt {
	for _, n := range around {
		switch n := n.(type) {
		case *ast.FuncLit:
			return n.Body
		case *ast.FuncDecl:
			return n.Body
		}
	}
	return nil
}

// addUse adds a place that mentions a variable; the stack ends with it. It
// reports false if a Builder could not stand there.
func (c *checker) addUse(u *uses, id *ast.Ident, stack []ast.Node) bool {
	parent, grand := stack[len(stack)-2], stack[len(stack)-3]
	for _, n := range stack {
		if _, ok := n.(*ast.FuncLit); ok {
			return false // may run at any time
		}
	}
	switch p := parent.(type) {
	case *ast.AssignStmt:
		if slices.Contains(p.Lhs, ast.Expr(id)) {
			return isStmtList(grand) && len(p.Lhs) == 1 && c.addAssign(u, p)
		}
	case *ast.ValueSpec:
		decl, ok := grand.(*ast.GenDecl)
		stmt, isStmt := stack[len(stack)-4].(*ast.DeclStmt)
		if len(p.Names) == 1 && p.Names[0] == id && ok && isStmt && len(decl.Specs) == 1 && (len(p.Values) == 0 || c.isEmpty(p.Values[0])) {
			u.decl = stmt
			return true
		}
		if len(p.Names) > 0 && p.Names[0] == id {
			return false
		}
	case *ast.UnaryExpr:
		if p.Op == token.AND {
			return false
		}
	case *ast.RangeStmt:
		if p.Key == ast.Expr(id) || p.Value == ast.Expr(id) {
			return false
		}
	}
	u.reads = append(u.reads, id)
	return true
}

// isStmtList reports whether a node is a list of statements, among which there
// may be several in the place of one.
func isStmtList(n ast.Node) bool {
	switch n.(type) {
	case *ast.BlockStmt, *ast.CaseClause, *ast.CommClause:
		return true
	}
	return false
}

// addAssign adds an assignment to nothing but the variable.
func (c *checker) addAssign(u *uses, assign *ast.AssignStmt) bool {
	switch {
	case assign.Tok == token.ADD_ASSIGN && !c.comments(assign.Pos(), assign.End()):
		u.adds = append(u.adds, assign)
		return true
	case assign.Tok == token.DEFINE && c.isEmpty(assign.Rhs[0]):
		u.decl = assign
		return true
	}
	return false
}

func (c *checker) isEmpty(e ast.Expr) bool {
	value := c.pass.TypesInfo.Types[e].Value
	return value != nil && value.Kind() == constant.String && constant.StringVal(value) == ""
}
