package chanmodel

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/perflint/perflint/internal/ssax"
)

// A Summary is what callers in other packages need to know of a function.
// Objects have the roots "#p0", "#p1" and so on, for its parameters.
type Summary struct {
	// Acquires are the locks that a call takes at some time, and may wait for.
	Acquires []LockUse
	// Holds are the locks that it returns with; Releases are those that its
	// caller must hold, and holds no more when it has returned.
	Holds, Releases []LockUse
}

// A LockUse is a lock that a function takes.
type LockUse struct {
	Object Object // empty if the caller cannot name it
	Class  string // ID of the lock's resource, with the package's path
	Read   bool   // a read lock
	Always bool   // of Holds: on every path
	Via    string // where, for messages: "Store.Get (store.go:12)"
}

// Extract builds the model of a package. Lookup returns the summary of a
// function of another package, or nil; it may be nil itself.
func Extract(pkg *ssax.Package, table *Table, lookup func(*types.Func) *Summary) *Model {
	if lookup == nil {
		lookup = func(*types.Func) *Summary { return nil }
	}
	x := &extractor{
		pkg: pkg, table: table, lookup: once(lookup),
		own: make(map[*ssa.Function]bool), names: make(map[*ssa.Function]string), taken: make(map[string]bool),
		classes: make(map[string]*class), roots: make(map[ssa.Value]ref),
		cells: make(map[*ssa.Alloc][]ssa.Value), closures: make(map[*ssa.Function]*ssa.MakeClosure), makes: make(map[token.Pos]string),
		returned: make(map[*ssa.Function]map[int]ref), lockers: make(map[*class]string),
		methods: make(map[*types.Func][]*ssa.Function), funcs: make(map[*ssa.Function]*Func),
		result: make(map[*class]*Resource), homes: make(map[*ssa.Function][]home),
		implement: make(map[*types.Interface][]*types.Pointer),
		symbols:   ssax.NewNames(table.Symbols), symbolOf: make(map[*types.Func]*Symbol), carriers: make(map[types.Type]bool), boxed: make(map[boxing]bool),
	}
	m := new(Model)
	x.refs = make(map[ssa.Value]ref, x.take(pkg.Funcs)/4)
	x.declare(m)
	x.index()
	x.findPrograms()
	x.flow()
	x.openValued()
	x.escapes()
	x.findInert()
	x.results()
	x.findHomes()
	m.back = x.findBacks()
	for _, fn := range pkg.Funcs {
		x.skeleton(fn)
	}
	x.definitions()
	linkCallers(m)
	prune(m)
	m.Resources = x.resources()
	x.noteEmbedded(m.Resources)
	x.creations(m)
	fset := pkg.SSA.Prog.Fset
	m.line = func(pos token.Pos) int { return fset.Position(pos).Line }
	return m
}

// once returns a function that asks another one only once for each of its
// arguments: facts are copied whenever somebody asks.
func once(lookup func(*types.Func) *Summary) func(*types.Func) *Summary {
	known := make(map[*types.Func]*Summary)
	return func(fn *types.Func) *Summary {
		s, ok := known[fn]
		if !ok {
			s = lookup(fn)
			known[fn] = s
		}
		return s
	}
}

// declare makes the functions of the model, without their bodies.
func (x *extractor) declare(m *Model) {
	for _, fn := range x.pkg.Funcs {
		x.own[fn] = true
		f := &Func{Name: x.name(fn), Label: label(fn), Pos: fn.Pos(), source: fn}
		f.InTest = inTest(fn)
		f.Called = x.outside(fn)
		f.Recovers = recovers(fn)
		f.Body = ssax.IsLoopBody(fn)
		if fn.Parent() != nil {
			f.Outer = x.funcs[fn.Parent()]
		}
		for i := range fn.Params {
			f.Params = append(f.Params, Object(f.Name)+paramRoot(i))
		}
		f.branches = &ssaBranches{fn: fn, params: f.Params}
		x.funcs[fn] = f
		m.Funcs = append(m.Funcs, f)
	}
}

// results notes what the functions return.
func (x *extractor) results() {
	for _, fn := range x.pkg.Funcs {
		f := x.funcs[fn]
		if f.inert {
			continue // nobody asks
		}
		f.Results = make([]Object, fn.Signature.Results().Len())
		for i := range f.Results {
			for _, b := range fn.Blocks {
				ret, ok := b.Instrs[len(b.Instrs)-1].(*ssa.Return)
				if !ok || ssax.IsNil(ret.Results[i]) {
					continue
				}
				object := x.ref(ret.Results[i]).object
				if object == "" || f.Results[i] != "" && f.Results[i] != object {
					f.Results[i] = ""
					break
				}
				f.Results[i] = object
			}
		}
	}
}

// name returns a name for a function that is unique in the model.
func (x *extractor) name(fn *ssa.Function) string {
	if name, ok := x.names[fn]; ok {
		return name
	}
	name := fn.RelString(x.pkg.SSA.Pkg)
	name = rootName(unparenthesized.Replace(name))
	unique := name
	for n := 2; x.taken[unique]; n++ {
		unique = fmt.Sprintf("%s'%d", name, n)
	}
	x.taken[unique] = true
	x.names[fn] = unique
	return unique
}

// unparenthesized takes away the parentheses around a receiver.
var unparenthesized = strings.NewReplacer("(*", "", "(", "", ")", "")

// inTest reports whether a function stands in a test file.
func inTest(fn *ssa.Function) bool {
	file := fn.Prog.Fset.File(fn.Pos())
	return file != nil && strings.HasSuffix(file.Name(), "_test.go")
}

// label returns the name of a function as people write it.
func label(fn *ssa.Function) string {
	if fn.Parent() != nil {
		return "the function literal in " + strings.TrimPrefix(label(fn.Parent()), "the function literal in ")
	}
	if obj, ok := fn.Object().(*types.Func); ok && obj.Signature().Recv() != nil {
		return shortName(obj)
	}
	return fn.Name()
}

// index finds out what is stored to variables and where closures are made,
// and what channels are called.
func (x *extractor) index() {
	for _, made := range x.literals {
		if fn := made.Fn.(*ssa.Function); x.closures[fn] == nil {
			x.closures[fn] = made
		}
	}
	for _, store := range x.stores {
		if cell := x.cell(store.Addr); cell != nil {
			x.cells[cell] = append(x.cells[cell], store.Val)
		}
	}
	for _, boxed := range x.boxes {
		switch boxed := boxed.(type) {
		case *ssa.MakeInterface:
			x.handed(boxed.X.Type(), boxed.Type())
		case *ssa.ChangeInterface:
			x.handed(boxed.X.Type(), boxed.Type())
		}
	}
	named := make(map[*ssa.Function]bool)
	for _, made := range x.chans {
		fn := made.Parent()
		for fn.Parent() != nil {
			fn = fn.Parent()
		}
		if syntax := fn.Syntax(); syntax != nil && !named[fn] {
			named[fn] = true
			ast.Inspect(syntax, x.nameMakes)
		}
	}
}

// nameMakes notes the names of variables that a make is assigned to. The
// position of the channel is that of the parenthesis.
func (x *extractor) nameMakes(n ast.Node) bool {
	note := func(name ast.Expr, v ast.Expr) {
		if call, ok := ast.Unparen(v).(*ast.CallExpr); ok {
			if fn, ok := ast.Unparen(call.Fun).(*ast.Ident); ok && fn.Name == "make" {
				x.makes[call.Lparen] = types.ExprString(name)
			}
		}
	}
	switch n := n.(type) {
	case *ast.AssignStmt:
		if len(n.Lhs) == len(n.Rhs) {
			for i := range n.Lhs {
				note(n.Lhs[i], n.Rhs[i])
			}
		}
	case *ast.ValueSpec:
		if len(n.Names) == len(n.Values) {
			for i := range n.Names {
				note(n.Names[i], n.Values[i])
			}
		}
	}
	return true
}

// capacity returns the capacity of a channel.
func (x *extractor) capacity(v *ssa.MakeChan) Cap {
	size := v.Size
	if conv, ok := size.(*ssa.Convert); ok {
		size = conv.X
	}
	if c, ok := size.(*ssa.Const); ok && c.Value != nil {
		return Cap{N: int(c.Int64())}
	}
	return Cap{Sym: x.symbolic(size)}
}

// symbolic returns a text for a number that is the same for the same value.
func (x *extractor) symbolic(v ssa.Value) string {
	switch v := v.(type) {
	case *ssa.Const:
		if v.Value != nil {
			return v.Value.ExactString()
		}
	case *ssa.Convert:
		return x.symbolic(v.X)
	case *ssa.Call:
		if b, ok := v.Call.Value.(*ssa.Builtin); ok && (b.Name() == "len" || b.Name() == "cap") {
			if made := x.ref(v.Call.Args[0]).class.find().made; b.Name() == "cap" && len(made) == 1 {
				if made[0].Cap.Sym != "" {
					return made[0].Cap.Sym
				}
				return strconv.Itoa(made[0].Cap.N)
			}
			return fmt.Sprintf("%s(%s)", b.Name(), x.ref(v.Call.Args[0]).object)
		}
	case *ssa.BinOp:
		return fmt.Sprintf("(%s%s%s)", x.symbolic(v.X), v.Op, x.symbolic(v.Y))
	}
	return string(x.ref(v).object)
}

// resource returns the resource of a class.
func (x *extractor) resource(c *class) *Resource {
	c = c.find()
	if r := x.result[c]; r != nil {
		return r
	}
	id := c.id
	if id == nilID { // of each, there are many
		id = fmt.Sprintf("%s%d", nilID, len(x.result))
	}
	r := &Resource{ID: id, Name: c.name, Kind: c.kind, Many: c.many, Access: c.access, Unknown: c.foreign, Nil: c.null, Tested: c.tested, Made: c.made, elsewhere: c.elsewhere, mixed: c.mixed}
	slices.SortFunc(r.Made, func(a, b Creation) int { return cmp.Compare(a.Pos, b.Pos) })
	r.Made = slices.CompactFunc(r.Made, func(a, b Creation) bool { return a.Pos == b.Pos })
	x.result[c] = r
	return r
}

// resources returns the resources that operations work on.
func (x *extractor) resources() []*Resource {
	var list []*Resource
	for _, r := range x.result {
		list = append(list, r)
	}
	slices.SortFunc(list, func(a, b *Resource) int { return strings.Compare(a.ID, b.ID) })
	return list
}

// linkCallers notes for each function which places may call it.
func linkCallers(m *Model) {
	for _, f := range m.Funcs {
		for i, b := range f.Blocks {
			for _, op := range b.Ops {
				for _, c := range op.Callees {
					if c.Func != nil {
						c.Func.Callers = append(c.Func.Callers, CallSite{f, i, op})
					}
				}
			}
		}
	}
}

// prune drops the calls that lead to no operation.
func prune(m *Model) {
	matters := make(map[*Func]bool)
	for _, f := range m.Funcs {
		if f.has(func(op *Op) bool { return op.Kind == HandOver || op.Kind == Unlock || op.Kind == RUnlock }) {
			for outer := f.Outer; outer != nil; outer = outer.Outer {
				matters[outer] = true // it makes something that releases a lock
			}
		}
	}
	for changed := true; changed; {
		changed = false
		for _, f := range m.Funcs {
			if !f.inert && !matters[f] && slices.ContainsFunc(f.Blocks, func(b *Block) bool {
				return slices.ContainsFunc(b.Ops, func(op *Op) bool { return effective(op, matters) })
			}) {
				matters[f], changed = true, true
			}
		}
	}
	for _, f := range m.Funcs {
		for _, b := range f.Blocks {
			b.Ops = slices.DeleteFunc(b.Ops, func(op *Op) bool {
				return (op.Kind == Call || op.Kind == Go || op.Kind == HandOver) && !effective(op, matters)
			})
		}
	}
}

// effective reports whether an operation does something, given which
// functions do.
func effective(op *Op, matters map[*Func]bool) bool {
	switch op.Kind {
	case RunDefers, Return, Panic, Never, Reassign:
		return false
	case HandOver:
		return len(op.Gives) == 0 || matters[op.Gives[0].Func]
	case Call, Go:
		if op.Counts.Resource != nil {
			return true // a wait group counts it, whatever it does
		}
		return slices.ContainsFunc(op.Callees, func(c Callee) bool { return c.Func == nil || matters[c.Func] })
	}
	return true
}
