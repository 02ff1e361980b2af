package inject

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/tools/go/packages"
	"golang.org/x/tools/go/types/typeutil"
)

// A Mark is a site that a plan places.
type Mark struct {
	Kind    string
	Rule    string // ID of the rule, "func", "branch" or "finding"
	At      Place
	Func    string // the function that it is in
	Pos     token.Position
	Finding string // fingerprint of the finding that it is placed for
}

// A Skip is a place that a rule matches and that gets no mark.
type Skip struct {
	Pos    token.Position
	What   string // such as "the call of json.Marshal"
	Reason string
}

// A Target is a finding whose line is to be marked.
type Target struct {
	File        string // absolute
	Line        int
	Fingerprint string
}

// Options say what a plan shall mark.
type Options struct {
	Rules    []Rule
	Funcs    bool // every function that the compiler does not inline
	Branches bool // every branch
	Findings []Target
	Tests    bool // test files too
}

// A Plan is where marks go in one package.
type Plan struct {
	Package *packages.Package
	Marks   []Mark
	Skips   []Skip

	prefix string // of identifiers that the plan declares
	files  map[string]*buffer
}

// Files returns the names of the files that the plan edits, sorted.
func (p *Plan) Files() []string {
	var names []string
	for name := range p.files {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// NewPlan decides where marks go in a package, which must have been loaded
// with syntax and types.
func NewPlan(pkg *packages.Package, opts *Options) *Plan {
	p := &planner{Plan: &Plan{Package: pkg, prefix: "_perfmark", files: make(map[string]*buffer)}, opts: opts}
	for p.clashes() {
		p.prefix += "_"
	}
	for _, file := range pkg.Syntax {
		p.file(file)
	}
	return p.Plan
}

// companionPath stands for the quoted import path of the companion, which is
// not known before all packages are planned.
const companionPath = "\"\x00\""

// A planner makes a plan.
type planner struct {
	*Plan
	opts *Options

	// Of the file in hand.
	src     *token.File
	name    string
	edits   *buffer
	funcs   []*function // the innermost last
	parents []ast.Node  // from the file to the node in hand
}

// A function is a declaration or literal that the planner is in.
type function struct {
	name   string
	marked bool // has an entry mark
	goto_  bool // contains a goto statement
}

// clashes reports whether the package uses names that the plan would declare.
func (p *planner) clashes() bool {
	clash := false
	for _, file := range p.Package.Syntax {
		ast.Inspect(file, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok && strings.HasPrefix(id.Name, p.prefix) && !strings.HasPrefix(id.Name, p.prefix+"_") {
				clash = true
			}
			return !clash
		})
	}
	return clash
}

func (p *planner) position(pos token.Pos) token.Position { return p.Package.Fset.Position(pos) }

func (p *planner) offset(pos token.Pos) int { return p.src.Offset(pos) }

func (p *planner) skip(pos token.Pos, what, reason string) {
	p.Skips = append(p.Skips, Skip{p.position(pos), what, reason})
}

// file plans one file.
func (p *planner) file(file *ast.File) {
	p.src = p.Package.Fset.File(file.FileStart)
	p.name = p.src.Name()
	if reason := p.leaveOut(file); reason != "" {
		p.skip(file.Package, "the file "+filepath.Base(p.name), reason)
		return
	}
	p.edits = new(buffer)
	before := len(p.Marks)
	for _, decl := range file.Decls {
		if fn, ok := decl.(*ast.FuncDecl); ok && fn.Body != nil {
			p.declaration(fn)
		}
	}
	if len(p.Marks) > before {
		p.edits.before(p.offset(file.Name.End()), fmt.Sprintf("; import %s %s", p.prefix, companionPath))
		p.files[p.name] = p.edits
	}
}

// leaveOut returns why a file is not touched.
func (p *planner) leaveOut(file *ast.File) string {
	if ast.IsGenerated(file) {
		return "it is generated"
	}
	if strings.HasSuffix(p.name, "_test.go") && !p.opts.Tests {
		return "it is a test"
	}
	if !slices.Contains(p.Package.GoFiles, p.name) {
		return "the go command generates it from one that uses cgo"
	}
	for _, spec := range file.Imports {
		if spec.Path.Value == `"C"` {
			return "it uses cgo"
		}
	}
	return ""
}

// declaration plans a function.
func (p *planner) declaration(fn *ast.FuncDecl) {
	obj, ok := p.Package.TypesInfo.Defs[fn.Name].(*types.Func)
	if !ok {
		return
	}
	if directive := directive(fn.Doc); directive != "" {
		p.skip(fn.Pos(), "the function "+fn.Name.Name, "it has the directive "+directive)
		return
	}
	p.funcs = []*function{{name: profileName(obj), goto_: hasGoto(fn.Body)}}
	p.entry(obj, obj.Signature(), fn.Type, fn.Body)
	p.body(fn.Body)
}

// directive returns a directive that says that a function must stay as it is.
func directive(doc *ast.CommentGroup) string {
	if doc == nil {
		return ""
	}
	for _, c := range doc.List {
		word, _, _ := strings.Cut(c.Text, " ")
		if strings.HasPrefix(word, "//go:") && word != "//go:noinline" && word != "//go:generate" && word != "//go:embed" {
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
	recv := fn.Signature().Recv()
	if recv == nil {
		return fn.FullName()
	}
	t, star := recv.Type(), ""
	if ptr, ok := t.(*types.Pointer); ok {
		t, star = ptr.Elem(), "*"
	}
	named, ok := types.Unalias(t).(*types.Named)
	if !ok {
		return fn.FullName()
	}
	name := named.Obj().Name()
	if star != "" {
		name = "(*" + name + ")"
	}
	return fn.Pkg().Path() + "." + name + "." + fn.Name()
}

// entry marks the entry of a function, if a rule says so. The object is nil
// for literals.
func (p *planner) entry(obj *types.Func, sig *types.Signature, typ *ast.FuncType, body *ast.BlockStmt) {
	rule := p.entryRule(obj, sig)
	if rule == nil {
		return
	}
	if obj != nil && obj.Pkg().Name() == "main" && obj.Name() == "main" && sig.Recv() == nil {
		return // never returns
	}
	if rule.ID == "func" && small(body) {
		p.skip(body.Pos(), "the function "+p.funcs[len(p.funcs)-1].name, "the compiler may inline it, which a mark would prevent")
		return
	}
	p.funcs[len(p.funcs)-1].marked = true
	enter := fmt.Sprintf("%s.Enter(%s)", p.prefix, p.site(rule.Kind, rule.ID, AtEntry, body.Pos(), ""))
	if ctx := requestContext(typ, sig); rule.Label && ctx != "" {
		enter = strings.Replace(enter[:len(enter)-1], ".Enter(", ".EnterHandler(", 1) + ", " + ctx + ")"
	}
	p.edits.before(p.offset(body.Lbrace)+1, fmt.Sprintf(" defer %s.Exit();", enter))
}

// entryRule returns the first rule about entries that matches a function.
func (p *planner) entryRule(obj *types.Func, sig *types.Signature) *Rule {
	for i := range p.opts.Rules {
		r := &p.opts.Rules[i]
		if r.At != AtEntry || r.Optional {
			continue
		}
		if obj != nil && r.matches(obj) || obj == nil && len(r.Func)+len(r.Implements) == 0 && r.matchesSignature(sig) {
			return r
		}
	}
	if p.opts.Funcs && obj != nil {
		return &Rule{ID: "func", Kind: "func"}
	}
	return nil
}

// requestContext returns an expression for the context of the request that a
// handler gets, or nothing.
func requestContext(typ *ast.FuncType, sig *types.Signature) string {
	i := 0
	for _, field := range typ.Params.List {
		for _, name := range field.Names {
			if name.Name == "_" || i >= sig.Params().Len() {
				i++
				continue
			}
			switch sig.Params().At(i).Type().String() {
			case "context.Context":
				return name.Name
			case "*net/http.Request":
				return name.Name + ".Context()"
			}
			i++
		}
	}
	return ""
}

// small reports whether the compiler may inline a function: an estimate that
// errs towards yes, as a mark on a function of a few nanoseconds says nothing.
func small(body *ast.BlockStmt) bool {
	nodes, calls, never := 0, 0, false
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case nil:
			return false
		case *ast.DeferStmt, *ast.GoStmt, *ast.SelectStmt, *ast.FuncLit:
			never = true
		case *ast.CallExpr:
			calls++
			_ = n
		}
		nodes++
		return true
	})
	// The compiler's budget is 80 of its nodes, and a call takes 57 of them
	// (cmd/compile/internal/inline).
	return !never && nodes+57*calls <= 100
}

// site adds a mark and returns the address of its site.
func (p *planner) site(kind, rule string, at Place, pos token.Pos, finding string) string {
	fn := p.funcs[len(p.funcs)-1].name
	p.Marks = append(p.Marks, Mark{Kind: kind, Rule: rule, At: at, Func: fn, Pos: p.position(pos), Finding: finding})
	return fmt.Sprintf("&%sSites[%d]", p.prefix, len(p.Marks)-1)
}

// callRule returns the first rule about calls that matches a call, and what
// it calls.
func (p *planner) callRule(call *ast.CallExpr) (*Rule, *types.Func) {
	fn, ok := typeutil.Callee(p.Package.TypesInfo, call).(*types.Func)
	if !ok {
		return nil, nil
	}
	for i := range p.opts.Rules {
		if r := &p.opts.Rules[i]; r.At == AtCall && !r.Optional && r.matches(fn) {
			return r, fn
		}
	}
	return nil, fn
}

// name returns the short name of a function for people.
func shortName(fn *types.Func) string { return path.Base(fn.FullName()) }
