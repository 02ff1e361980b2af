package driver_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/perflint/perflint/internal/finding"
	"github.com/perflint/perflint/internal/pragma"
)

// A world is a program: the main module m with packages, x and y with a few
// that m replaces by local folders. Each package imports some of those before
// it. What code refers to is looked up when it is rendered, and left out if it
// is not there, so that every state compiles unless it is broken on purpose.
type world struct {
	Pkgs    []*pkg
	Go      [3]string // go lines of m, x and y
	Version [3]int    // of x and y in m's go.mod
	setting
}

// A setting is how a world is analysed.
type setting struct {
	Tags, Tests, Env, Broad bool
	Options                 int
	Overlaid                int // package with a file that an overlay replaces, or -1
}

type pkg struct {
	Name       string
	Module     int // m, x or y
	Imports    []int
	TestImport int // also imported by test files
	Const      int
	Lead       string // comments on top of a.go
	Types      []*typ
	Funcs      []*fn
	Broken     string // text of broken.go, or of broken_test.go if it begins with a space
}

type typ struct {
	ID       int
	Exported bool
	Generic  bool
	Fields   []field
}

type field struct {
	ID       int
	Exported bool
	Type     string
}

// A fn is a function, or the method of a type if Recv is not 0.
type fn struct {
	ID, Recv  int
	Exported  bool
	Rename    int // a part of the name
	File      string
	Lead      string // comments in front
	Ignore    string // directive in front
	Params    int
	Salt      int // something in the body that nobody else sees
	Blocks    int // 1: it may end in an empty select, 2: it always does
	NewSyntax bool
	Uses      []use
}

// A use is a statement that calls a function or method, or accesses a field.
type use struct {
	Pkg, Via          int // Via: package through whose variable a type is reached, or -1
	Func, Type, Field int // IDs
	Write             bool
}

// File names that matter.
const (
	mainFile = "a.go"
	slowFile = "slow.go"
	fastFile = "fast.go"
	inTest   = "in_test.go"
	extTest  = "ext_test.go"
)

var (
	modules    = [3]string{"m", "x", "y"}
	goLines    = [3][]string{{"1.26", "1.26", "1.26", "1.25", "1.23"}, {"1.22", "1.23", "1.23", "1.21"}, {"1.22", "1.23", "1.23", "1.21"}}
	fieldTypes = []string{"int", "string", "[K]int", "map[string]bool", "func(int)"}
)

func (w *world) options() pragma.Options {
	return []pragma.Options{
		{},
		{Enable: []string{"all"}},
		{Disable: []string{"learn/use"}},
		{Severity: finding.Error},
		{Confidence: finding.Certain},
		{SkipTests: true},
	}[w.Options]
}

func (w *world) clone() *world {
	data, err := json.Marshal(w)
	if err != nil {
		panic(err)
	}
	other := new(world)
	if err := json.Unmarshal(data, other); err != nil {
		panic(err)
	}
	return other
}

// mend removes all errors from a world.
func (w *world) mend() {
	w.Go = [3]string{"1.26", "1.23", "1.23"}
	for _, p := range w.Pkgs {
		p.Broken = ""
	}
}

func identifier(exported bool, kind string, id int) string {
	if exported {
		kind = strings.ToUpper(kind)
	}
	return kind + strconv.Itoa(id)
}

func (t *typ) name() string  { return identifier(t.Exported, "t", t.ID) }
func (f field) name() string { return identifier(f.Exported, "a", f.ID) }

func (f *fn) name() string {
	kind := "f"
	if f.Recv > 0 {
		kind = "m"
	}
	text := identifier(f.Exported, kind, f.ID)
	if f.Rename > 0 {
		text += "x" + strconv.Itoa(f.Rename)
	}
	return text
}

// inst returns a type's name, instantiated if it is generic.
func (t *typ) inst(arg string) string {
	if t.Generic {
		return t.name() + "[" + arg + "]"
	}
	return t.name()
}

func (p *pkg) file(base string) string { return modules[p.Module] + "/" + p.Name + "/" + base }

func (p *pkg) path() string { return "example.com/" + modules[p.Module] + "/" + p.Name }

func (p *pkg) typ(id int) *typ {
	i := slices.IndexFunc(p.Types, func(t *typ) bool { return t.ID == id })
	if i < 0 {
		return nil
	}
	return p.Types[i]
}

func (p *pkg) fn(id int) *fn {
	i := slices.IndexFunc(p.Funcs, func(f *fn) bool { return f.ID == id })
	if i < 0 || p.Funcs[i].Recv > 0 && p.typ(p.Funcs[i].Recv) == nil {
		return nil
	}
	return p.Funcs[i]
}

// has reports whether a package has a file with functions.
func (p *pkg) has(file string) bool {
	return slices.ContainsFunc(p.Funcs, func(f *fn) bool { return f.File == file && p.fn(f.ID) != nil })
}

// render returns the files of a world by name.
func (w *world) render() map[string]string {
	files := make(map[string]string)
	for i, mod := range modules {
		text := fmt.Sprintf("module example.com/%s\n\ngo %s\n", mod, w.Go[i])
		for j := i + 1; j < len(modules); j++ {
			version := 0
			if i == 0 {
				version = w.Version[j]
			}
			text += fmt.Sprintf("\nrequire example.com/%s v1.%d.0\n", modules[j], version)
			if i == 0 {
				text += fmt.Sprintf("\nreplace example.com/%s => ../%[1]s\n", modules[j])
			}
		}
		files[mod+"/go.mod"] = text
	}
	for i, p := range w.Pkgs {
		bodies := map[string]string{mainFile: w.declarations(i)}
		for _, f := range p.Funcs {
			if p.fn(f.ID) != nil {
				bodies[f.File] += place{w, i, f.File}.function(f)
			}
		}
		for base, body := range bodies {
			files[p.file(base)] = place{w, i, base}.text(body)
		}
		if text, test := strings.CutPrefix(p.Broken, " "); test {
			files[p.file("broken_test.go")] = "package " + p.Name + "\n\n" + text + "\n"
		} else if text != "" {
			files[p.file("broken.go")] = "package " + p.Name + "\n\n" + text + "\n"
		}
	}
	return files
}

// declarations returns what a package declares besides functions. Types of
// imported packages are passed on in variables.
func (w *world) declarations(i int) string {
	p := w.Pkgs[i]
	var b strings.Builder
	fmt.Fprintf(&b, "%s\nconst K = %d\n\nvar zero int\n", p.Lead, p.Const)
	for _, t := range p.Types {
		fmt.Fprintf(&b, "\ntype %s struct {\n", t.inst("P any"))
		for _, f := range t.Fields {
			fmt.Fprintf(&b, "\t%s %s\n", f.name(), f.Type)
		}
		if t.Generic {
			b.WriteString("\t_ *P\n")
		}
		b.WriteString("}\n")
		if !t.Exported {
			fmt.Fprintf(&b, "\nvar U%d %s\n", t.ID, t.inst("int"))
		}
	}
	if len(p.Types) > 0 {
		fmt.Fprintf(&b, "\ntype Alias = %s\n", p.Types[0].inst("string"))
	}
	for _, j := range p.Imports {
		q := w.Pkgs[j]
		fmt.Fprintf(&b, "\nconst _ = %s.K\n", q.Name)
		for _, t := range q.Types {
			if t.Exported {
				fmt.Fprintf(&b, "\nvar V%s%s struct{ %[1]s.%[3]s }\n", q.Name, t.name(), t.inst("int"))
			}
		}
	}
	return b.String()
}

// A place is a file of a package.
type place struct {
	w    *world
	pkg  int
	file string
}

// imports lists the packages that code at a place may name.
func (at place) imports() []int {
	p := at.w.Pkgs[at.pkg]
	list := slices.Clone(p.Imports)
	if at.file == extTest {
		list = append(list, at.pkg)
	}
	if at.file == extTest || at.file == inTest && p.TestImport < at.pkg {
		list = append(list, p.TestImport)
	}
	return list
}

// text returns a whole file.
func (at place) text(body string) string {
	p := at.w.Pkgs[at.pkg]
	head := "package " + p.Name
	switch at.file {
	case slowFile:
		head = "//go:build slow\n\n" + head
	case fastFile:
		head = "//go:build !slow\n\n" + head
	case extTest:
		head += "_test"
	}
	if at.file == extTest || at.file == inTest {
		for _, i := range at.imports() {
			body += fmt.Sprintf("\nconst _ = %s.K\n", at.w.Pkgs[i].Name)
		}
	}
	head += "\n"
	for _, q := range at.w.Pkgs {
		if strings.Contains(body, q.Name+".") {
			head += fmt.Sprintf("\nimport %q\n", q.path())
		}
	}
	return head + body
}

func (at place) function(f *fn) string {
	var b strings.Builder
	fmt.Fprintf(&b, "\n%s", f.Lead)
	if f.Ignore != "" {
		fmt.Fprintf(&b, "//perflint:ignore %s\n", f.Ignore)
	}
	recv := ""
	if f.Recv > 0 {
		recv = "(*" + at.w.Pkgs[at.pkg].typ(f.Recv).inst("P") + ") "
	}
	fmt.Fprintf(&b, "func %s%s(%s) {\n", recv, f.name(), strings.Repeat("int, ", f.Params))
	fmt.Fprintf(&b, "\ttype local%d int\n\t_ = local%[1]d(%[1]d)\n", f.Salt)
	for _, u := range f.Uses {
		if stmt := at.statement(u); stmt != "" {
			fmt.Fprintf(&b, "\t%s\n", stmt)
		}
	}
	if f.NewSyntax && at.w.Pkgs[at.pkg].Module == 0 {
		b.WriteString("\t_ = new(7)\n") // Go 1.26
	} else if f.NewSyntax {
		b.WriteString("\tfor range 7 {\n\t}\n") // Go 1.22
	}
	switch f.Blocks {
	case 1:
		b.WriteString("\tif len(\"\") > 0 {\n\t\tselect {}\n\t}\n")
	case 2:
		b.WriteString("\tselect {}\n")
	}
	b.WriteString("}\n")
	return b.String()
}

// statement returns the text of a use, or "" if it is not possible here.
func (at place) statement(u use) string {
	q, own := at.w.Pkgs[u.Pkg], at.owns(u.Pkg)
	if u.Func == 0 {
		t := q.typ(u.Type)
		if t == nil {
			return ""
		}
		i := slices.IndexFunc(t.Fields, func(f field) bool { return f.ID == u.Field })
		base := at.base(u, t)
		switch {
		case i < 0 || base == "" || !own && !t.Fields[i].Exported:
			return ""
		case u.Write && own:
			return fmt.Sprintf("%s.%s = *new(%s)", base, t.Fields[i].name(), t.Fields[i].Type)
		}
		return "_ = " + base + "." + t.Fields[i].name()
	}
	f := q.fn(u.Func)
	if f == nil || !own && !f.Exported {
		return ""
	}
	if f.File == extTest || f.File == inTest && (u.Pkg != at.pkg || at.file != inTest && at.file != extTest) {
		return "" // only tests are compiled together with it
	}
	call := f.name() + "(" + strings.Repeat("0, ", f.Params) + ")"
	switch {
	case f.Recv > 0:
		if base := at.base(u, q.typ(f.Recv)); base != "" {
			return base + "." + call
		}
	case own:
		return call
	case u.Via < 0 && slices.Contains(at.imports(), u.Pkg):
		return q.Name + "." + call
	}
	return ""
}

// owns reports whether code at a place is part of a package.
func (at place) owns(pkg int) bool { return pkg == at.pkg && at.file != extTest }

// base returns an expression of a type, or "" if there is none.
func (at place) base(u use, t *typ) string {
	q := at.w.Pkgs[u.Pkg]
	imports := at.imports()
	switch {
	case at.owns(u.Pkg):
		return "new(" + t.inst("int") + ")"
	case u.Via >= 0:
		via := at.w.Pkgs[u.Via]
		if t.Exported && slices.Contains(imports, u.Via) && slices.Contains(via.Imports, u.Pkg) {
			return via.Name + ".V" + q.Name + t.name()
		}
	case !slices.Contains(imports, u.Pkg):
	case t.Exported:
		return "new(" + q.Name + "." + t.inst("int") + ")"
	default:
		return fmt.Sprintf("%s.U%d", q.Name, t.ID)
	}
	return ""
}

// reaches reports whether a package is another one or depends on it.
func (w *world) reaches(from, to int) bool {
	return from == to || slices.ContainsFunc(w.Pkgs[from].Imports, func(i int) bool { return w.reaches(i, to) })
}

// holders counts the packages and test variants of them that the driver
// analyses and that a file, or one that the build tags exclude, belongs to.
func (w *world) holders(i int, file string) int {
	p := w.Pkgs[i]
	if file == inTest || file == extTest {
		return count(w.Tests)
	}
	n := count(w.listed(i))
	if !w.Tests {
		return n
	}
	n += count(p.has(inTest))
	// The external test of q may import packages that import q. They are
	// compiled once more, against q with its internal test.
	for j, q := range w.Pkgs {
		if i != j && q.has(inTest) && q.has(extTest) && w.reaches(q.TestImport, i) && w.reaches(i, j) {
			n++
		}
	}
	return n
}

func count(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

// listed reports whether the driver analyses a package.
func (w *world) listed(i int) bool {
	for j, p := range w.Pkgs {
		if p.Module > 1 || p.Module == 1 && !w.Broad {
			continue
		}
		tests := w.Tests && (p.has(extTest) || p.has(inTest) && p.TestImport < j)
		if w.reaches(j, i) || tests && w.reaches(p.TestImport, i) {
			return true
		}
	}
	return false
}
