package driver_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
)

// What a step may say instead of how many packages it makes stale.
const (
	unknown = -1 - iota
	impossible
)

// An editor changes a world step by step.
type editor struct {
	*rand.Rand
	world *world
	clean bool // the cache knows all packages of the world
	past  []moment
	last  int // number handed out by fresh
}

type moment struct {
	world *world
	clean bool
}

func newEditor(seed uint64) *editor {
	e := &editor{Rand: rand.New(rand.NewPCG(seed, 0)), world: new(world)}
	w := e.world
	w.Tests, w.Overlaid = true, -1
	w.mend()
	for i := range 15 {
		p := &pkg{Name: fmt.Sprintf("p%02d", i), Const: 1 + e.IntN(9), TestImport: (i + 1) % 15}
		switch {
		case i == 0:
			p.Module = 2
		case i < 3:
			p.Module = 1
		}
		w.Pkgs = append(w.Pkgs, p)
		for range min(i, 1+e.IntN(3)) {
			e.addImport(i)
		}
		for range 1 + e.IntN(2) {
			e.addType(p)
		}
		for _, file := range []string{mainFile, mainFile, "b.go", "b.go"} {
			e.addFunc(i, file)
		}
		if e.IntN(3) == 0 {
			e.addTagged(i)
		}
	}
	for range 8 {
		e.addTest()
	}
	return e
}

// fresh returns a number that it has not returned before.
func (e *editor) fresh() int {
	e.last++
	return e.last
}

func (e *editor) remember() {
	e.past = append(e.past, moment{e.world.clone(), e.clean})
	if len(e.past) > 50 {
		e.past = e.past[1:]
	}
}

// forget says that the cache may not know the past.
func (e *editor) forget() {
	for i := range e.past {
		e.past[i].clean = false
	}
}

// An edit changes the world and returns how many packages are stale then.
type edit struct {
	name   string
	weight int
	do     func(*editor) int
}

var edits = []edit{
	{"edit a body", 16, (*editor).editBody},
	{"shift lines", 12, (*editor).shiftLines},
	{"change a directive", 6, (*editor).changeDirective},
	{"add a file", 4, (*editor).addFile},
	{"change what blocks", 10, (*editor).changeBlocks},
	{"change a statement", 10, (*editor).changeUse},
	{"change a signature", 6, (*editor).changeSignature},
	{"rename inside a package", 4, (*editor).rename},
	{"change a type", 8, (*editor).changeType},
	{"change a constant", 2, func(e *editor) int { e.pkg().Const = 1 + e.IntN(9); return unknown }},
	{"add a function", 3, (*editor).addAnyFunc},
	{"remove a function", 3, (*editor).removeFunc},
	{"change an import", 6, (*editor).changeImport},
	{"add a test file", 4, (*editor).addTest},
	{"remove a test file", 3, (*editor).removeTest},
	{"break", 8, (*editor).breakPackage},
	{"change a go line", 4, (*editor).changeGoLine},
	{"change a version", 3, func(e *editor) int { e.world.Version[1+e.IntN(2)] = e.IntN(4); return unknown }},
	{"change the options", 4, func(e *editor) int { e.world.Options = e.IntN(6); return unknown }},
	{"toggle tags", 4, func(e *editor) int { e.world.Tags = !e.world.Tags; return unknown }},
	{"change whether to test", 10, func(e *editor) int { e.world.Tests = e.IntN(5) < 2; return unknown }}, // not often: the go command lists package testing then
	{"toggle the environment", 3, func(e *editor) int { e.world.Env = !e.world.Env; return unknown }},
	{"toggle a pattern", 3, func(e *editor) int { e.world.Broad = !e.world.Broad; return unknown }},
	{"toggle an overlay", 4, (*editor).toggleOverlay},
	{"nothing", 4, func(*editor) int { return 0 }},
	{"revert", 10, (*editor).revert},
	{"damage", 3, func(*editor) int { return unknown }},
}

// step does one edit.
func (e *editor) step() (name string, stale int) {
	sum := 0
	for _, ed := range edits {
		sum += ed.weight
	}
	for {
		name, do := "repair", func(e *editor) int { e.world.mend(); return unknown }
		if e.clean || e.IntN(2) == 0 {
			n := e.IntN(sum)
			i := 0
			for ; n >= edits[i].weight; i++ {
				n -= edits[i].weight
			}
			name, do = edits[i].name, edits[i].do
		}
		stale := do(e)
		switch {
		case stale == impossible:
			continue
		case !e.clean:
			return name, unknown
		}
		return name, stale
	}
}

func (e *editor) pkg() *pkg { return e.world.Pkgs[e.IntN(len(e.world.Pkgs))] }

// fn chooses a function and its package.
func (e *editor) fn() (*fn, int) {
	for {
		i := e.IntN(len(e.world.Pkgs))
		p := e.world.Pkgs[i]
		if f := p.Funcs[e.IntN(len(p.Funcs))]; p.fn(f.ID) != nil {
			return f, i
		}
	}
}

// editBody changes what only the package itself sees.
func (e *editor) editBody() int {
	f, i := e.fn()
	f.Salt = e.fresh()
	return e.world.holders(i, f.File)
}

func (e *editor) shiftLines() int {
	f, i := e.fn()
	comment := fmt.Sprintf("// comment %d\n%s", e.fresh(), strings.Repeat("\n", 1+e.IntN(3)))
	if e.IntN(2) == 0 {
		e.world.Pkgs[i].Lead = comment
		return e.world.holders(i, mainFile)
	}
	f.Lead = comment
	return e.world.holders(i, f.File)
}

func (e *editor) changeDirective() int {
	f, i := e.fn()
	f.Ignore = []string{"", "learn why", "learn why", "learn/use,learn/flow why", "learn/call why", "learn/nosuch why", "learn"}[e.IntN(7)]
	f.Salt = e.fresh()
	return e.world.holders(i, f.File)
}

// addFile adds a file without exported functions or facts.
func (e *editor) addFile() int {
	i := e.IntN(len(e.world.Pkgs))
	p := e.world.Pkgs[i]
	if len(p.Funcs) > 8 {
		return impossible
	}
	id := e.fresh()
	p.Funcs = append(p.Funcs, &fn{ID: id, Salt: id, File: fmt.Sprintf("more%d.go", id)})
	return e.world.holders(i, mainFile)
}

func (e *editor) changeBlocks() int {
	f, _ := e.fn()
	f.Blocks = (f.Blocks + 1 + e.IntN(2)) % 3
	return unknown
}

func (e *editor) changeUse() int {
	f, i := e.fn()
	if len(f.Uses) > 0 && e.IntN(2) == 0 {
		k := e.IntN(len(f.Uses))
		f.Uses = slices.Delete(f.Uses, k, k+1)
	} else {
		e.addUse(i, f)
	}
	return unknown
}

// changeSignature changes a function with all of its calls.
func (e *editor) changeSignature() int {
	f, i := e.fn()
	params := (f.Params + 1) % 3
	for _, g := range e.world.Pkgs[i].Funcs {
		if g.ID == f.ID { // also its twin for other build tags
			g.Params = params
		}
	}
	return unknown
}

func (e *editor) rename() int {
	f, i := e.fn()
	if f.Exported || f.Recv > 0 {
		return impossible
	}
	f.Rename = e.fresh()
	return e.world.holders(i, f.File)
}

func (e *editor) changeType() int {
	p := e.pkg()
	if len(p.Types) == 0 || e.IntN(4) == 0 && len(p.Types) < 4 {
		e.addType(p)
		return unknown
	}
	k := e.IntN(len(p.Types))
	t := p.Types[k]
	switch n := len(t.Fields); {
	case e.IntN(6) == 0:
		p.Types = slices.Delete(p.Types, k, k+1)
	case n == 0 || e.IntN(3) == 0 && n < 4:
		t.Fields = append(t.Fields, e.newField())
	case e.IntN(2) == 0:
		t.Fields = t.Fields[:n-1]
	default:
		t.Fields[e.IntN(n)].Type = fieldTypes[e.IntN(len(fieldTypes))]
	}
	return unknown
}

func (e *editor) addType(p *pkg) {
	t := &typ{ID: e.fresh(), Exported: e.IntN(4) > 0, Generic: e.IntN(3) == 0}
	for range 1 + e.IntN(2) {
		t.Fields = append(t.Fields, e.newField())
	}
	p.Types = append(p.Types, t)
}

func (e *editor) newField() field {
	return field{ID: e.fresh(), Exported: e.IntN(4) > 0, Type: fieldTypes[e.IntN(len(fieldTypes))]}
}

func (e *editor) addAnyFunc() int {
	i := e.IntN(len(e.world.Pkgs))
	p := e.world.Pkgs[i]
	if len(p.Funcs) > 8 {
		return impossible
	}
	e.addFunc(i, p.Funcs[e.IntN(len(p.Funcs))].File)
	return unknown
}

func (e *editor) addFunc(i int, file string) *fn {
	p := e.world.Pkgs[i]
	f := &fn{
		ID: e.fresh(), Salt: e.fresh(), Exported: e.IntN(4) > 0, File: file,
		Params: e.IntN(3), Blocks: max(0, e.IntN(8)-5), NewSyntax: e.IntN(20) == 0,
	}
	if file != extTest && len(p.Types) > 0 && e.IntN(2) == 0 {
		f.Recv = p.Types[e.IntN(len(p.Types))].ID
	}
	for range 1 + e.IntN(3) {
		e.addUse(i, f)
	}
	p.Funcs = append(p.Funcs, f)
	return f
}

// addTagged adds a function in two files, of which the build tags choose one.
func (e *editor) addTagged(i int) {
	p := e.world.Pkgs[i]
	slow := e.addFunc(i, slowFile)
	fast := *slow
	fast.File, fast.Blocks, fast.Exported, fast.Uses = fastFile, (slow.Blocks+1)%3, slow.Exported, nil
	p.Funcs = append(p.Funcs, &fast)
}

// addUse adds a statement, if there is anything to use.
func (e *editor) addUse(i int, f *fn) {
	at := place{e.world, i, f.File}
	u := use{Pkg: i, Via: -1, Write: e.IntN(2) == 0}
	if imports := at.imports(); len(imports) > 0 && e.IntN(4) > 0 {
		u.Pkg = imports[e.IntN(len(imports))]
		if further := e.world.Pkgs[u.Pkg].Imports; len(further) > 0 && e.IntN(2) == 0 {
			u.Pkg, u.Via = further[e.IntN(len(further))], u.Pkg
		}
	}
	var all []use
	q := e.world.Pkgs[u.Pkg]
	for _, g := range q.Funcs {
		u.Func = g.ID
		all = append(all, u)
	}
	u.Func = 0
	for _, t := range q.Types {
		for _, fld := range t.Fields {
			u.Type, u.Field = t.ID, fld.ID
			all = append(all, u)
		}
	}
	all = slices.DeleteFunc(all, func(u use) bool { return at.statement(u) == "" })
	if len(all) > 0 {
		f.Uses = append(f.Uses, all[e.IntN(len(all))])
	}
}

// removeFunc removes a function, and its file if it was the last one there.
func (e *editor) removeFunc() int {
	f, i := e.fn()
	p := e.world.Pkgs[i]
	rest := slices.DeleteFunc(slices.Clone(p.Funcs), func(g *fn) bool { return g.ID == f.ID })
	if len(rest) < 2 || !slices.ContainsFunc(rest, func(g *fn) bool { return g.Recv == 0 }) {
		return impossible
	}
	p.Funcs = rest
	return unknown
}

func (e *editor) changeImport() int {
	i := 1 + e.IntN(len(e.world.Pkgs)-1)
	p := e.world.Pkgs[i]
	if len(p.Imports) > 3 || len(p.Imports) > 1 && e.IntN(2) == 0 {
		k := e.IntN(len(p.Imports))
		p.Imports = slices.Delete(p.Imports, k, k+1)
		return unknown
	}
	return e.addImport(i)
}

func (e *editor) addImport(i int) int {
	p := e.world.Pkgs[i]
	j := max(e.IntN(i), e.IntN(i))
	if slices.Contains(p.Imports, j) {
		return impossible
	}
	p.Imports = append(p.Imports, j)
	return unknown
}

func (e *editor) addTest() int {
	i := 3 + e.IntN(len(e.world.Pkgs)-3)
	p := e.world.Pkgs[i]
	file := []string{inTest, extTest}[e.IntN(2)]
	if p.has(file) {
		return impossible
	}
	if j := 3 + e.IntN(len(e.world.Pkgs)-3); j != i {
		p.TestImport = j
	}
	e.addFunc(i, file).Recv = 0
	return unknown
}

func (e *editor) removeTest() int {
	p := e.pkg()
	file := []string{inTest, extTest}[e.IntN(2)]
	if !p.has(file) {
		return impossible
	}
	p.Funcs = slices.DeleteFunc(p.Funcs, func(f *fn) bool { return f.File == file })
	return unknown
}

func (e *editor) breakPackage() int {
	i := e.IntN(len(e.world.Pkgs))
	texts := []string{
		`var _ int = "x"`, "func Broken(undefined) {}", "type Broken struct{ Broken }", "var _ = zero.nosuch", "func {",
		`import _ "example.com/m/nosuch"`, fmt.Sprintf("import _ %q", e.pkg().path()), // often a cycle
		` var _ int = "x"`, " func {", // a space: in a test
	}
	e.world.Pkgs[i].Broken = texts[e.IntN(len(texts))]
	return unknown
}

func (e *editor) changeGoLine() int {
	i := e.IntN(len(modules))
	line := goLines[i][e.IntN(len(goLines[i]))]
	if line == e.world.Go[i] {
		return impossible
	}
	e.world.Go[i] = line
	return unknown
}

func (e *editor) toggleOverlay() int {
	if e.world.Overlaid >= 0 {
		e.world.Overlaid = -1
	} else {
		e.world.Overlaid = e.IntN(len(e.world.Pkgs))
	}
	return unknown
}

func (e *editor) revert() int {
	if len(e.past) == 0 {
		return impossible
	}
	m := e.past[e.IntN(len(e.past))]
	e.world, e.clean = m.world.clone(), m.clean
	return 0
}
