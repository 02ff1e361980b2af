package inject

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"strings"
)

// directive returns a directive that says that a function must stay as it is.
func directive(doc *ast.CommentGroup) string {
	if doc == nil {
		return ""
	}
	for _, c := range doc.List {
		word, _, _ := strings.Cut(c.Text, " ")
		if strings.HasPrefix(word, "//go:") && word != "//go:noinline" && word != "//go:generate" && word != "//go:embed" && word != "//go:fix" {
			return word
		}
	}
	return ""
}

func hasGoto(body *ast.BlockStmt) bool {
	found := false
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.BranchStmt:
			found = found || n.Tok == token.GOTO
		}
		return true
	})
	return found
}

// profileName returns the name of a function as profiles have it.
func profileName(fn *types.Func) string {
	sig := fn.Signature()
	recv := sig.Recv()
	if recv == nil {
		if sig.TypeParams().Len() > 0 {
			return fn.FullName() + "[...]"
		}
		return fn.FullName()
	}
	t, star := types.Unalias(recv.Type()), false
	if ptr, ok := t.(*types.Pointer); ok {
		t, star = types.Unalias(ptr.Elem()), true
	}
	named, ok := t.(*types.Named)
	if !ok {
		return fn.FullName()
	}
	name := named.Obj().Name()
	if named.TypeParams().Len() > 0 {
		name += "[...]"
	}
	if star {
		name = "(*" + name + ")"
	}
	return fn.Pkg().Path() + "." + name + "." + fn.Name()
}

// literalName returns the name that the compiler gives to the next literal in
// a function: f.func1, and f.func1.1 for one in that.
func (f *function) literalName(nested bool) string {
	f.literals++
	if nested {
		return fmt.Sprintf("%s.%d", f.name, f.literals)
	}
	return fmt.Sprintf("%s.func%d", f.name, f.literals)
}

// literal plans a function literal.
func (p *planner) literal(lit *ast.FuncLit) {
	outer := p.inner()
	p.funcs = append(p.funcs, &function{name: outer.literalName(len(p.funcs) > 1), goto_: hasGoto(lit.Body)})
	if sig, ok := p.Package.TypesInfo.TypeOf(lit).(*types.Signature); ok {
		p.entry(nil, sig, lit.Type, lit.Body)
	}
	parents := p.parents
	p.body(lit.Body)
	p.parents = parents
	p.funcs = p.funcs[:len(p.funcs)-1]
}

// entry marks the entry of a function, if a rule says so. The object is nil
// for literals.
func (p *planner) entry(obj *types.Func, sig *types.Signature, typ *ast.FuncType, body *ast.BlockStmt) {
	rule := p.entryRule(obj, sig, body)
	if rule == nil {
		return
	}
	if rule.ID == everyFunction && small(body) {
		p.skip(body.Pos(), "the function "+p.inner().name, "the compiler may inline it, which a mark would prevent")
		return
	}
	form, args := "Enter", p.site(rule.Kind, rule.ID, AtEntry, body.Pos(), "")
	if rule.Label {
		var request string
		form, request = requestContext(typ, sig)
		args += ", " + request
	}
	p.edits.before(p.offset(body.Lbrace)+1, fmt.Sprintf(" defer %s.%s(%s).Exit();", p.prefix, form, args))
}

// everyFunction is the rule that is about every function.
const everyFunction = "func"

// entryRule returns the first rule about entries that matches a function.
func (p *planner) entryRule(obj *types.Func, sig *types.Signature, body *ast.BlockStmt) *Rule {
	for i := range p.opts.Rules {
		r := &p.opts.Rules[i]
		if r.At != AtEntry || r.Optional || p.opts.Enclosing && !p.enclosesTarget(body) {
			continue
		}
		if obj != nil && r.matches(obj) || obj == nil && len(r.Func)+len(r.Implements) == 0 && r.matchesSignature(sig) {
			return r
		}
	}
	if p.opts.Funcs && obj != nil {
		return &Rule{ID: everyFunction, Kind: "func"}
	}
	return nil
}

// requestContext returns the form for a handler whose parameters lead to the
// context of the request, and what it takes: none at all if there is no such
// parameter, or no name for it. The forms bear a nil request.
func requestContext(typ *ast.FuncType, sig *types.Signature) (form, arg string) {
	i := 0
	for _, field := range typ.Params.List {
		for _, name := range field.Names {
			if name.Name != "_" && i < sig.Params().Len() {
				t := sig.Params().At(i).Type()
				if form := contextForm(t); form != "" {
					return form, name.Name
				}
				if form, get := indirectForm(t); form != "" && denotable(field.Type, sig) {
					return form, fmt.Sprintf("%s, (%s).%s", name.Name, types.ExprString(field.Type), get)
				}
			}
			i++
		}
	}
	return "EnterHandler", "nil"
}

// denotable reports whether the name of a parameter's type means the same in
// the body of the function, where parameters can hide it.
func denotable(expr ast.Expr, sig *types.Signature) bool {
	if star, ok := expr.(*ast.StarExpr); ok {
		expr = star.X
	}
	if sel, ok := expr.(*ast.SelectorExpr); ok {
		expr = sel.X
	}
	root, ok := expr.(*ast.Ident)
	if !ok || sig.Recv() != nil && sig.Recv().Name() == root.Name {
		return false
	}
	for _, tuple := range []*types.Tuple{sig.Params(), sig.Results()} {
		for v := range tuple.Variables() {
			if v.Name() == root.Name {
				return false
			}
		}
	}
	return true
}

// contextForm returns the form for a parameter that is a context or has one.
func contextForm(t types.Type) string {
	is, contains := isContext(t), hasContext(t)
	if _, ok := types.Unalias(t).(*types.TypeParam); ok || !is && !contains {
		return ""
	}
	_, pointer := types.Unalias(t).(*types.Pointer)
	switch {
	case types.IsInterface(t) && is:
		return "EnterHandler"
	case types.IsInterface(t):
		return "EnterStream"
	case pointer && is:
		return "EnterContext"
	case pointer:
		return "EnterRequest"
	}
	return ""
}

// indirectForm returns the form for a parameter of which a method has the
// request, and the method.
func indirectForm(t types.Type) (form, get string) {
	_, pointer := types.Unalias(t).(*types.Pointer)
	if !pointer && !types.IsInterface(t) {
		return "", ""
	}
	for _, get := range []string{"Request", "Context"} {
		fn := method(t, get)
		if fn == nil || fn.Signature().Params().Len() != 0 || fn.Signature().Results().Len() != 1 {
			continue
		}
		switch form := contextForm(fn.Signature().Results().At(0).Type()); form {
		case "EnterRequest", "EnterContext":
			return form + "Of", get
		}
	}
	return "", ""
}

func method(t types.Type, name string) *types.Func {
	obj, _, _ := types.LookupFieldOrMethod(t, false, nil, name)
	fn, _ := obj.(*types.Func)
	return fn
}

// isContext reports whether a type has the methods of context.Context, told
// by their names.
func isContext(t types.Type) bool {
	for _, name := range []string{"Deadline", "Done", "Err", "Value"} {
		if method(t, name) == nil {
			return false
		}
	}
	return true
}

// hasContext reports whether a type has the method Context() context.Context.
func hasContext(t types.Type) bool {
	fn := method(t, "Context")
	if fn == nil {
		return false
	}
	sig := fn.Signature()
	return sig.Params().Len() == 0 && sig.Results().Len() == 1 && typeName(sig.Results().At(0).Type()) == "context.Context"
}

// small reports whether the compiler may inline a function: an estimate that
// errs towards yes, as a mark on a function of a few nanoseconds says nothing.
func small(body *ast.BlockStmt) bool {
	nodes, calls, never := 0, 0, false
	ast.Inspect(body, func(n ast.Node) bool {
		switch n.(type) {
		case nil:
			return false
		case *ast.DeferStmt, *ast.GoStmt, *ast.SelectStmt, *ast.FuncLit:
			never = true
		case *ast.CallExpr:
			calls++
		}
		nodes++
		return true
	})
	// The compiler's budget is 80 of its nodes, and a call takes 57 of them
	// (cmd/compile/internal/inline).
	return !never && nodes+57*calls <= 100
}
