package chanmodel

import (
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/perflint/perflint/internal/ssax"
)

// declaring returns the type in whose declaration a field of a type stands:
// after "type b a" both have the fields of a.
func (x *extractor) declaring(t *types.Named, f *types.Var) *types.Named {
	if t.Obj().Pkg() != x.pkg.SSA.Pkg || t.TypeArgs().Len() > 0 {
		return t
	}
	if x.declared == nil {
		x.declared = make(map[*types.Var]*types.Named)
		scope := x.pkg.SSA.Pkg.Scope()
		for _, name := range scope.Names() {
			obj, ok := scope.Lookup(name).(*types.TypeName)
			if !ok || obj.IsAlias() {
				continue
			}
			named, ok := obj.Type().(*types.Named)
			if !ok {
				continue
			}
			fields, ok := named.Underlying().(*types.Struct)
			for i := 0; ok && i < fields.NumFields(); i++ {
				f := fields.Field(i)
				if have := x.declared[f]; obj.Pos() < f.Pos() && (have == nil || have.Obj().Pos() < obj.Pos()) {
					x.declared[f] = named
				}
			}
		}
	}
	if found := x.declared[f]; found != nil && t.Obj().Parent() == x.pkg.SSA.Pkg.Scope() {
		return found
	}
	return t
}

// nilOn returns the channel that a variable may have held which the branch at
// the end of a block finds to be nil.
func (x *extractor) nilOn(b *ssa.BasicBlock, succ int) []*Resource {
	branch, ok := b.Instrs[len(b.Instrs)-1].(*ssa.If)
	if !ok {
		return nil
	}
	test, ok := branch.Cond.(*ssa.BinOp)
	if !ok || test.Op != token.EQL && test.Op != token.NEQ || (test.Op == token.EQL) != (succ == 0) {
		return nil
	}
	if _, isChan := test.X.Type().Underlying().(*types.Chan); !isChan || !ssax.IsNil(test.Y) {
		return nil
	}
	return []*Resource{x.on(test.X).Resource}
}

// loadedBefore reports whether the function of a store may have loaded what
// the place held before: the same path then names two things.
func loadedBefore(store *ssa.Store) bool {
	to := store.Addr.(*ssa.FieldAddr)
	for _, b := range store.Parent().Blocks {
		for i, instr := range b.Instrs {
			load, ok := instr.(*ssa.UnOp)
			if !ok || load.Op != token.MUL {
				continue
			}
			from, ok := load.X.(*ssa.FieldAddr)
			if !ok || from.Field != to.Field || !types.Identical(from.X.Type(), to.X.Type()) {
				continue
			}
			if b != store.Block() && b.Dominates(store.Block()) || b == store.Block() && i < slices.Index(b.Instrs, ssa.Instruction(store)) {
				return true
			}
		}
	}
	return false
}
