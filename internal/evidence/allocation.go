package evidence

import (
	"go/ast"
	"go/token"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/perflint/perflint/internal/finding"
)

// An Allocation is an expression or variable that the compiler puts on the heap.
type Allocation struct {
	At      finding.Position
	What    string // as the compiler prints it
	Flow    []Flow
	Callee  string // the function that contains it, if that is inlined at the position
	InLoop  bool   // it is in the body of a loop
	Guarded bool   // it is in a branch, or in a function literal
	Cold    string // why it does not count: it runs once, or only when something fails

	loops int // that it is in the body of
}

// kind returns what an allocation is by the form of its text, for matching
// allocations whose operands have other names.
func (a *Allocation) kind() string {
	for _, kind := range allocationKinds {
		if describes(&Record{Outcome: Escapes, What: a.What}, kind) {
			return string(kind)
		}
	}
	return string(finding.SiteBox)
}

// allocationKinds are the kinds that a text tells, more special ones first.
var allocationKinds = []finding.SiteKind{
	finding.SiteVariadic, finding.SiteAppend, finding.SiteComposite, finding.SiteNew, finding.SiteMakeSlice, finding.SiteMakeMap,
	finding.SiteClosure, finding.SiteConcat, finding.SiteSliceLiteral,
}

// text returns what allocations of two revisions are matched by: without the
// names of packages, which depend on where the text was printed.
func (a *Allocation) text() string { return qualifier.ReplaceAllString(a.What, "$1") }

var qualifier = regexp.MustCompile(`(^|[^\w.])[a-z_]\w*\.`)

// A FunctionAllocations is a declared function and what it puts on the heap.
type FunctionAllocations struct {
	Package, Name string // the import path; "F" or "(*T).M"
	At            finding.Position
	Inlinable     bool
	Allocations   []Allocation // in source order
	Calls         []string     // the names of what it calls, without qualifiers, sorted
	Stays         []Allocation // what does not escape here, and is inlined
}

// Functions returns the functions of a program with their allocations, by
// file and line. Constants and values without a size, which the compiler calls
// escaping although nothing is allocated for them, are left out, and so is
// what the compiler makes itself, such as instances of generic functions.
//
// It is by expression: an expression in a loop counts once, and what a callee
// allocates that is not inlined counts there.
func (c *Compilation) Functions(program *Program) []FunctionAllocations {
	var all []FunctionAllocations
	done := make(map[string]bool)
	for _, pkg := range program.packages {
		if !c.Packages[pkg.Path] {
			continue
		}
		for _, name := range pkg.Files {
			if file := program.file(name); file != nil && !done[name] && !strings.HasSuffix(name, "_test.go") {
				done[name] = true
				all = append(all, c.inFile(pkg.Path, file)...)
			}
		}
	}
	slices.SortStableFunc(all, func(f, g FunctionAllocations) int { return f.At.Compare(g.At) })
	return all
}

// Relocate moves the positions of functions from one folder to another: of
// files that were in a folder for a while only.
func Relocate(functions []FunctionAllocations, from, to string) {
	move := func(p *finding.Position) {
		if rel, err := filepath.Rel(from, p.File); err == nil && filepath.IsLocal(rel) {
			p.File = filepath.Join(to, rel)
		}
	}
	for i := range functions {
		f := &functions[i]
		move(&f.At)
		for _, list := range [][]Allocation{f.Allocations, f.Stays} {
			for k := range list {
				move(&list[k].At)
				for s := range list[k].Flow {
					move(&list[k].Flow[s].At)
				}
			}
		}
	}
}

// inFile returns the functions of one file.
func (c *Compilation) inFile(pkg string, file *sourceFile) []FunctionAllocations {
	var list []FunctionAllocations
	records := make(map[string][]*Record) // those of other files are there where line directives lead
	for _, decl := range file.syntax.Decls {
		fn, ok := decl.(*ast.FuncDecl)
		if !ok || fn.Body == nil {
			continue
		}
		at := file.at(fn.Type.Func)
		f := FunctionAllocations{
			Package: pkg, Name: displayName(fn), At: at,
			Inlinable: c.inlines[place{at.File, at.Line}], Calls: calls(fn.Body),
		}
		if records[at.File] == nil {
			records[at.File] = sortedRecords(c.records[at.File])
		}
		from, to := file.at(fn.Type.Func), file.at(fn.End())
		name := file.at(fn.Name.Pos())
		for _, r := range records[at.File] {
			if r.At.Compare(from) < 0 || r.At.Compare(to) > 0 || r.At == name {
				continue
			}
			c.add(&f, file, fn, r)
		}
		list = append(list, f)
	}
	return list
}

func sortedRecords(records []*Record) []*Record {
	sorted := slices.Clone(records)
	slices.SortStableFunc(sorted, func(r, s *Record) int { return r.At.Compare(s.At) })
	return sorted
}

// add adds a record to the function that it lies in.
func (c *Compilation) add(f *FunctionAllocations, file *sourceFile, fn *ast.FuncDecl, r *Record) {
	a := Allocation{At: r.At, What: r.What, Flow: r.Flow}
	if callees := c.inlined[r.At]; len(callees) > 0 && r.What != variadicArgument {
		a.Callee = callees[0]
	}
	if a.Callee == "fmt.Errorf" && a.What == "&errors.errorString{...}" {
		// Since Go 1.26 this is on a branch that is taken without verbs only.
		// With verbs, fmt makes an error of another type: one it is.
		a.What, a.Callee = "fmt.Errorf(...)", ""
	}
	switch {
	case r.Outcome == Stays:
		if a.Callee != "" {
			f.Stays = append(f.Stays, a)
		}
	case (r.Outcome == Escapes || r.Outcome == Moved) && !isConstant(r.What):
		file.describe(&a, fn)
		f.Allocations = append(f.Allocations, a)
	}
}

// displayName returns the name of a function as its author would call it.
func displayName(fn *ast.FuncDecl) string {
	name, _ := declaredName(fn)
	recv, method, ok := strings.Cut(name, ".")
	if !ok {
		return name
	}
	if _, pointer := ast.Unparen(fn.Recv.List[0].Type).(*ast.StarExpr); pointer {
		return "(*" + recv + ")." + method
	}
	return name
}

// calls returns the names of what a body calls.
func calls(body *ast.BlockStmt) []string {
	var names []string
	ast.Inspect(body, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		switch fun := ast.Unparen(call.Fun).(type) {
		case *ast.Ident:
			names = append(names, fun.Name)
		case *ast.SelectorExpr:
			names = append(names, fun.Sel.Name)
		}
		return true
	})
	slices.Sort(names)
	return slices.Compact(names)
}

// describe says in what circumstances an allocation happens, from the
// statements around it.
func (f *sourceFile) describe(a *Allocation, fn *ast.FuncDecl) {
	if fn.Recv == nil && fn.Name.Name == "init" {
		a.Cold = "it runs once"
	}
	ast.Inspect(fn.Body, func(n ast.Node) bool {
		if n == nil || f.at(n.Pos()).Compare(a.At) > 0 || f.at(n.End()).Compare(a.At) <= 0 {
			return false
		}
		switch n := n.(type) {
		case *ast.ForStmt, *ast.RangeStmt:
			if f.holds(loopBody(n), a.At) {
				a.InLoop = true
				a.loops++
			}
		case *ast.IfStmt:
			a.Guarded = a.Guarded || f.holds(n.Body, a.At) || n.Else != nil && f.holds(n.Else, a.At)
			if f.holds(n.Body, a.At) && fails(n.Body.List, fn.Type) {
				a.Cold = "something failed"
			}
		case *ast.CaseClause:
			a.Guarded = true
			if fails(n.Body, fn.Type) {
				a.Cold = "something failed"
			}
		case *ast.CommClause:
			a.Guarded = true
		case *ast.FuncLit:
			a.Guarded = a.Guarded || f.holds(n.Body, a.At)
		}
		return true
	})
}

// loopBody returns the body of a loop, or nil for another node.
func loopBody(n ast.Node) *ast.BlockStmt {
	switch n := n.(type) {
	case *ast.ForStmt:
		return n.Body
	case *ast.RangeStmt:
		return n.Body
	}
	return nil
}

func (f *sourceFile) holds(n ast.Node, at finding.Position) bool {
	return f.at(n.Pos()).Compare(at) <= 0 && at.Compare(f.at(n.End())) < 0
}

// fails reports whether a branch ends because something went wrong: it panics,
// or returns an error that is surely none but nil. Types are not known here,
// so the return of another function's result counts as success.
func fails(branch []ast.Stmt, signature *ast.FuncType) bool {
	if len(branch) == 0 {
		return false
	}
	switch last := branch[len(branch)-1].(type) {
	case *ast.ExprStmt:
		call, ok := last.X.(*ast.CallExpr)
		return ok && isIdent(call.Fun, "panic")
	case *ast.ReturnStmt:
		results := signature.Results
		if len(last.Results) == 0 || results == nil || !isIdent(results.List[len(results.List)-1].Type, "error") {
			return false
		}
		return isError(last.Results[len(last.Results)-1])
	}
	return false
}

func isIdent(expr ast.Expr, name string) bool {
	id, ok := expr.(*ast.Ident)
	return ok && id.Name == name
}

// isError reports whether an expression in the place of an error is not nil.
func isError(expr ast.Expr) bool {
	switch e := ast.Unparen(expr).(type) {
	case *ast.Ident:
		return e.Name != "nil"
	case *ast.SelectorExpr, *ast.CompositeLit:
		return true
	case *ast.UnaryExpr:
		return e.Op == token.AND
	case *ast.CallExpr:
		sel, ok := e.Fun.(*ast.SelectorExpr)
		return ok && (isIdent(sel.X, "errors") || isIdent(sel.X, "fmt") && sel.Sel.Name == "Errorf")
	}
	return false
}
