package poolmisuse

import (
	"fmt"
	"go/token"
	"go/types"
	"sort"

	"golang.org/x/tools/go/ssa"

	"github.com/perflint/perflint/internal/pragma"
)

// A stock is what a package does with one sync.Pool that it keeps in a
// variable or field.
type stock struct {
	pool    types.Object
	gets    []transfer
	puts    []transfer
	news    []*ssa.Function // what is assigned to New
	unknown bool            // whether other code may know the pool
}

// An inventory is the pools of a package.
type inventory struct {
	byObject map[types.Object]*stock
	ordered  []*stock
	unclear  bool // whether New is set of a pool that is not known

	operands []*ssa.Value // of the instruction at hand; its memory serves again
}

func (v *inventory) of(pool types.Object) *stock {
	s := v.byObject[pool]
	if s == nil {
		s = &stock{pool: pool}
		v.byObject[pool] = s
		v.ordered = append(v.ordered, s)
	}
	return s
}

// takeInventory finds the pools of the package and everything that is done
// with them.
func (c *checker) takeInventory(funcs []*ssa.Function) *inventory {
	v := &inventory{byObject: make(map[types.Object]*stock)}
	for _, fn := range append([]*ssa.Function{c.initializer()}, funcs...) {
		if fn == nil {
			continue
		}
		for _, block := range fn.Blocks {
			for _, instr := range block.Instrs {
				c.enter(v, instr)
			}
		}
	}
	sort.SliceStable(v.ordered, func(i, j int) bool { return v.ordered[i].pool.Pos() < v.ordered[j].pool.Pos() })
	return v
}

// initializer returns the function that initialises the package's variables.
func (c *checker) initializer() *ssa.Function {
	return c.ssaPackage().Func("init")
}

// enter adds what one instruction says about pools.
func (c *checker) enter(v *inventory, instr ssa.Instruction) {
	if call, ok := instr.(ssa.CallInstruction); ok {
		if call, ok := call.(*ssa.Call); ok {
			for _, get := range c.got(call) {
				if get.pool != nil {
					s := v.of(get.pool)
					s.gets = append(s.gets, get)
				}
			}
		}
		if put, ok := c.given(call); ok && put.pool != nil {
			s := v.of(put.pool)
			s.puts = append(s.puts, put)
		}
	}
	if store, ok := instr.(*ssa.Store); ok {
		if pool, ok := newField(store.Addr); ok && pool == nil {
			v.unclear = true
		} else if ok {
			s := v.of(pool)
			if fn := functionOf(store.Val); fn != nil {
				s.news = append(s.news, fn)
			} else {
				s.unknown = true
			}
		}
	}
	c.enterAddress(v, instr)
}

// newField returns the pool whose New field an address is of. A literal is
// built in a temporary that is stored as a whole.
func newField(addr ssa.Value) (types.Object, bool) {
	f, ok := addr.(*ssa.FieldAddr)
	if !ok || !isPool(pointee(f.X.Type())) || fieldOf(f.X.Type(), f.Field).Name() != "New" {
		return nil, false
	}
	if pool := poolOf(f.X); pool != nil {
		return pool, true
	}
	temp, ok := f.X.(*ssa.Alloc)
	if !ok {
		return nil, true
	}
	for _, ref := range *temp.Referrers() {
		switch ref := ref.(type) {
		case *ssa.Store:
			if ref.Val == temp { // a pointer to a pool
				return poolOf(ref.Addr), true
			}
		case *ssa.UnOp:
			for _, use := range *ref.Referrers() {
				if s, ok := use.(*ssa.Store); ok && s.Val == ref {
					return poolOf(s.Addr), true
				}
			}
		}
	}
	return nil, true
}

func functionOf(v ssa.Value) *ssa.Function {
	switch v := v.(type) {
	case *ssa.Function:
		return v
	case *ssa.MakeClosure:
		return v.Fn.(*ssa.Function)
	case *ssa.ChangeType:
		return functionOf(v.X)
	}
	return nil
}

// enterAddress notes pools whose address goes where this package does not
// see what happens with it.
func (c *checker) enterAddress(v *inventory, instr ssa.Instruction) {
	v.operands = instr.Operands(v.operands[:0])
	for _, op := range v.operands {
		if *op == nil || !isPool(pointee((*op).Type())) {
			continue
		}
		pool := poolOf(*op)
		if pool == nil {
			continue
		}
		switch instr := instr.(type) {
		case *ssa.FieldAddr, *ssa.IndexAddr, *ssa.UnOp, *ssa.DebugRef:
			continue
		case *ssa.Store:
			if instr.Addr == *op {
				continue
			}
		case ssa.CallInstruction:
			if args := arguments(instr.Common()); len(args) > 0 && args[0] == *op && c.isTransfer(instr) {
				continue
			}
		}
		v.of(pool).unknown = true
	}
}

func (c *checker) isTransfer(call ssa.CallInstruction) bool {
	if _, ok := c.given(call); ok {
		return true
	}
	common := call.Common()
	callee := common.StaticCallee()
	if callee == nil || callee.Object() == nil {
		return false
	}
	w, _ := c.wrapperOf(callee.Object().(*types.Func))
	return w != nil
}

// private reports whether only this package can use a pool.
func (s *stock) private() bool {
	if s.unknown || s.pool.Exported() {
		return false
	}
	v, ok := s.pool.(*types.Var)
	return ok && !v.Embedded()
}

// std reports whether all transfers are methods of sync.Pool itself.
func (s *stock) std() bool {
	for _, t := range append(s.gets[:len(s.gets):len(s.gets)], s.puts...) {
		if !t.std {
			return false
		}
	}
	return true
}

// checkPools reports what concerns a pool as a whole.
func (c *checker) checkPools(funcs []*ssa.Function) {
	for _, s := range c.pools.ordered {
		c.checkNeverPut(s)
		c.checkTypes(s)
		c.checkNoReset(s)
		c.checkNilGet(s)
		c.checkNew(s)
		c.checkCoverage(funcs, s)
		c.checkTruncated(s)
	}
}

// checkNeverPut reports a pool that objects are only taken from.
func (c *checker) checkNeverPut(s *stock) {
	if len(s.puts) > 0 || len(s.gets) == 0 || !s.private() || !isPoolVar(s.pool) {
		return
	}
	get := s.gets[0]
	for _, g := range s.gets {
		if g.std {
			get = g
			break
		}
	}
	pos, end := c.span(get.call)
	c.report(pragma.Draft{
		Rule: neverPut, Pos: pos, End: end,
		Message: fmt.Sprintf("objects are taken from %s, but nothing in the package puts any back: the pool is always empty, and every Get makes a new object; put them back, or do without the pool", s.pool.Name()),
		Witness: []pragma.Step{
			{Kind: "pool", Pos: s.pool.Pos(), Text: "the pool is declared here, and other packages cannot see it"},
			{Kind: "acquire", Pos: pos, End: end, Text: "an object is taken"},
		},
	})
}

// isPoolVar reports whether a variable is a sync.Pool, or a pointer to one.
func isPoolVar(obj types.Object) bool {
	t := obj.Type()
	if p := pointee(t); p != nil {
		t = p
	}
	return isPool(t)
}

// checkTypes reports a pool into which one type goes and of which another is
// expected.
func (c *checker) checkTypes(s *stock) {
	if !s.private() || !isPoolVar(s.pool) || !s.std() || !c.reporter.Enabled(wrongType) {
		return
	}
	made, where := c.madeType(s)
	for _, put := range s.puts {
		t := concrete(put.value)
		if t == nil {
			return // anything may be in it
		}
		if made != nil && !types.Identical(t, made) {
			c.reportPutType(s, put, t, made, where)
			return
		}
		made, where = t, put.call.Pos()
	}
	if made == nil {
		return
	}
	for _, get := range s.gets {
		for _, ref := range *get.value.Referrers() {
			a, ok := ref.(*ssa.TypeAssert)
			if !ok || a.CommaOk || types.IsInterface(a.AssertedType) || types.Identical(a.AssertedType, made) || isParam(a.AssertedType) {
				continue
			}
			c.reportGetType(s, a, made, where)
			return
		}
	}
}

// madeType returns the type that New returns, if it is always the same.
func (c *checker) madeType(s *stock) (types.Type, token.Pos) {
	var made types.Type
	var where token.Pos
	for _, fn := range s.news {
		for _, block := range fn.Blocks {
			ret, ok := block.Instrs[len(block.Instrs)-1].(*ssa.Return)
			if !ok || len(ret.Results) != 1 {
				continue
			}
			t := concrete(ret.Results[0])
			if t == nil || made != nil && !types.Identical(t, made) {
				return nil, token.NoPos
			}
			made, where = t, position(ret)
		}
	}
	return made, where
}

// concrete returns the type of what was converted to an interface, or nil.
func concrete(v ssa.Value) types.Type {
	m, ok := v.(*ssa.MakeInterface)
	if !ok || isParam(m.X.Type()) {
		return nil
	}
	return m.X.Type()
}

// isParam reports whether a type depends on a type parameter.
func isParam(t types.Type) bool {
	switch t := types.Unalias(t).(type) {
	case *types.TypeParam:
		return true
	case *types.Pointer:
		return isParam(t.Elem())
	case *types.Slice:
		return isParam(t.Elem())
	case *types.Named:
		return t.TypeArgs().Len() > 0
	}
	return false
}

func (c *checker) typeText(t types.Type) string {
	return types.TypeString(t, types.RelativeTo(c.pass.Pkg))
}

func (c *checker) reportPutType(s *stock, put transfer, t, made types.Type, where token.Pos) {
	pos, end := c.span(put.call)
	c.report(pragma.Draft{
		Rule: wrongType, Pos: pos, End: end,
		Message: fmt.Sprintf("a %s is put into %s, which holds %s since line %d: whoever takes it expects the other type, and an assertion panics; put objects of one type only", c.typeText(t), s.pool.Name(), c.typeText(made), c.line(where)),
		Witness: []pragma.Step{
			{Kind: "pool", Pos: where, Text: "the pool gets a " + c.typeText(made)},
			{Kind: "put", Pos: pos, End: end, Text: "and here a " + c.typeText(t)},
		},
	})
}

func (c *checker) reportGetType(s *stock, a *ssa.TypeAssert, made types.Type, where token.Pos) {
	c.report(pragma.Draft{
		Rule: wrongType, Pos: a.Pos(),
		Message: fmt.Sprintf("%s holds %s since line %d, so the assertion to %s panics; agree on one type", s.pool.Name(), c.typeText(made), c.line(where), c.typeText(a.AssertedType)),
		Witness: []pragma.Step{
			{Kind: "pool", Pos: where, Text: "the pool gets a " + c.typeText(made)},
			{Kind: "acquire", Pos: a.Pos(), Text: "and here a " + c.typeText(a.AssertedType) + " is expected"},
		},
	})
}
