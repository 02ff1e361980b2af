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
	Func    string // the function that it is in, as profiles name it
	Pos     token.Position
	Finding string // fingerprint of the finding that it is placed for
}

// A Skip is a place that a rule or finding names and that gets no mark.
type Skip struct {
	Pos    token.Position
	What   string // such as "the call of json.Marshal"
	Reason string
}

// A Target is a finding whose line is to be marked.
type Target struct {
	File         string // absolute
	Line, Column int    // the column may be zero
	Fingerprint  string
}

// Options say what a plan shall mark.
type Options struct {
	Rules    []Rule
	Funcs    bool // every function that the compiler does not inline
	Branches bool // every branch
	Findings []Target
	// Enclosing leaves out entries that a rule names and that enclose no
	// finding. What encloses is the text: of a helper that handlers call, none.
	Enclosing bool
}

// A Plan is where marks go in one package.
type Plan struct {
	Package *packages.Package
	Marks   []Mark
	Skips   []Skip

	prefix string // of identifiers that the plan declares
	files  map[string]*buffer
	starts bool // func main starts the companion
	left   bool // the package has marks already and stays as it is

	handles bool // the program handles signals itself
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

// Plans decides where marks go in the packages of a program. A finding in
// none of their files is an error, which does not keep others from being
// marked.
func (prog *Program) Plans(opts *Options) ([]*Plan, error) {
	var plans []*Plan
	files := make(map[string]bool)
	for _, pkg := range prog.Packages {
		plans = append(plans, prog.plan(pkg, opts))
		for _, name := range pkg.CompiledGoFiles {
			files[name] = true
		}
	}
	for _, t := range opts.Findings {
		if !files[t.File] {
			return plans, fmt.Errorf("the finding in %s is in none of the packages to mark, tests aside: name its package", t.File)
		}
	}
	return plans, nil
}

// plan decides where marks go in one package.
func (prog *Program) plan(pkg *packages.Package, opts *Options) *Plan {
	p := &planner{
		Plan: &Plan{Package: pkg, prefix: "_perfmark", files: make(map[string]*buffer), handles: prog.handles},
		prog: prog, opts: opts,
	}
	if len(pkg.GoFiles) > 0 && marked(filepath.Dir(pkg.GoFiles[0])) {
		p.left = true
		p.Skips = []Skip{{token.Position{Filename: pkg.GoFiles[0], Line: 1}, "the package " + pkg.PkgPath, "it has marks already"}}
		return p.Plan
	}
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
	prog *Program
	opts *Options

	// Of the file in hand.
	src     *token.File
	name    string
	edits   *buffer
	funcs   []*function // the innermost last
	parents []ast.Node  // from the body of the function to the node in hand
	targets map[ast.Node]*Target
}

// A function is a declaration or literal that the planner is in.
type function struct {
	name     string
	goto_    bool // contains a goto statement
	literals int  // function literals in it so far
	initial  bool // stands for the initialisers of variables
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

// inner returns the function that the planner is in.
func (p *planner) inner() *function { return p.funcs[len(p.funcs)-1] }

// file plans one file.
func (p *planner) file(file *ast.File) {
	p.src = p.Package.Fset.File(file.FileStart)
	p.name = p.src.Name()
	if reason := p.leaveOut(file); reason != "" {
		p.skip(file.Package, "the file "+filepath.Base(p.name), reason)
		return
	}
	p.edits = new(buffer)
	p.findTargets(file)
	linked := linknames(file)
	for _, decl := range file.Decls {
		switch decl := decl.(type) {
		case *ast.FuncDecl:
			p.declaration(decl, linked)
		case *ast.GenDecl:
			if decl.Tok == token.VAR {
				p.funcs = []*function{{name: p.Package.PkgPath + ".glob.", initial: true}}
				p.body(decl)
			}
		}
	}
	if len(p.edits.edits) > 0 {
		p.edits.before(p.offset(file.Name.End()), fmt.Sprintf("; import %s %s", p.prefix, companionPath))
		p.files[p.name] = p.edits
	}
}

// leaveOut returns why a file is not touched.
func (p *planner) leaveOut(file *ast.File) string {
	if ast.IsGenerated(file) {
		return "it is generated"
	}
	if !slices.Contains(p.Package.GoFiles, p.name) {
		return "the go command generates it from one that uses cgo"
	}
	for _, spec := range file.Imports {
		if spec.Path.Value == `"C"` {
			return "it uses cgo"
		}
	}
	if p.prog.embedded[p.name] {
		return "the program embeds its text"
	}
	return ""
}

// linknames returns the functions of a file that //go:linkname names.
func linknames(file *ast.File) map[string]bool {
	names := make(map[string]bool)
	for _, group := range file.Comments {
		for _, c := range group.List {
			if words := strings.Fields(c.Text); len(words) > 1 && words[0] == "//go:linkname" {
				names[words[1]] = true
			}
		}
	}
	return names
}

// declaration plans a function.
func (p *planner) declaration(fn *ast.FuncDecl, linked map[string]bool) {
	obj, ok := p.Package.TypesInfo.Defs[fn.Name].(*types.Func)
	if !ok || fn.Body == nil {
		return
	}
	reason := directive(fn.Doc)
	if reason == "" && linked[fn.Name.Name] && fn.Recv == nil {
		reason = "//go:linkname"
	}
	if reason != "" {
		p.skip(fn.Pos(), "the function "+fn.Name.Name, "it has the directive "+reason)
		return
	}
	p.funcs = []*function{{name: profileName(obj), goto_: hasGoto(fn.Body)}}
	if isMain(obj) {
		p.starts = true
		p.edits.before(p.offset(fn.Body.Lbrace)+1, fmt.Sprintf(" defer %s.Start(%t)();", p.prefix, p.prog.handles))
	} else {
		p.entry(obj, obj.Signature(), fn.Type, fn.Body)
	}
	p.body(fn.Body)
}

// isMain reports whether a function is where the program begins. It gets no
// mark, because in a service it never returns.
func isMain(fn *types.Func) bool {
	return fn.Pkg().Name() == "main" && fn.Name() == "main" && fn.Signature().Recv() == nil
}

// site adds a mark and returns the address of its site.
func (p *planner) site(kind, rule string, at Place, pos token.Pos, finding string) string {
	p.Marks = append(p.Marks, Mark{Kind: kind, Rule: rule, At: at, Func: p.inner().name, Pos: p.position(pos), Finding: finding})
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

// shortName returns the name of a function for people.
func shortName(fn *types.Func) string { return path.Base(fn.FullName()) }
