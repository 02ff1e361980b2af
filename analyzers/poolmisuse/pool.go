package poolmisuse

import (
	"go/ast"
	"go/types"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/perflint/perflint/internal/ssax"
)

// A transfer is a call that takes an object from a pool or gives one back.
type transfer struct {
	call  ssa.CallInstruction
	value ssa.Value    // the object: the result or the argument
	pool  types.Object // the variable or field that holds the pool; nil if unknown
	sure  bool         // whether a put happens whatever the object is like, size limits apart
	std   bool         // whether it is a method of sync.Pool itself
}

// got returns the transfers of a call that takes objects from a pool. Results
// that nothing receives are left out.
func (c *checker) got(call *ssa.Call) []transfer {
	callee := ssax.Callee(call.Common())
	if callee == nil {
		return nil
	}
	w, std := c.wrapperOf(callee)
	if w == nil || w.Gets == 0 {
		return nil
	}
	pool := c.poolOfCall(call.Common(), callee, w)
	var found []transfer
	if call.Call.Signature().Results().Len() == 1 {
		return append(found, transfer{call: call, value: call, pool: pool, sure: true, std: std})
	}
	for _, ref := range *call.Referrers() {
		if e, ok := ref.(*ssa.Extract); ok && w.Gets&(1<<e.Index) != 0 {
			found = append(found, transfer{call: call, value: e, pool: pool, sure: true, std: std})
		}
	}
	return found
}

// given returns the transfer of a call that gives an object to a pool.
func (c *checker) given(call ssa.CallInstruction) (transfer, bool) {
	common := call.Common()
	callee := ssax.Callee(common)
	if callee == nil {
		return transfer{}, false
	}
	w, std := c.wrapperOf(callee)
	if w == nil || w.Puts == 0 {
		return transfer{}, false
	}
	for i, arg := range arguments(common) {
		if w.Puts&(1<<i) != 0 {
			return transfer{call: call, value: arg, pool: c.poolOfCall(common, callee, w), sure: w.Sure, std: std}, true
		}
	}
	return transfer{}, false
}

// arguments returns the arguments of a call, the receiver first.
func arguments(call *ssa.CallCommon) []ssa.Value {
	if call.IsInvoke() {
		return append([]ssa.Value{call.Value}, call.Args...)
	}
	return call.Args
}

// wrapperOf returns what is known of a function, and whether it is one of
// sync.Pool itself.
func (c *checker) wrapperOf(fn *types.Func) (w *wraps, std bool) {
	if w, ok := c.known.Of(fn); ok {
		return w, strings.HasPrefix(fn.FullName(), "(*sync.Pool)")
	}
	if fn.Pkg() == c.pass.Pkg {
		if inferred := c.wrappers[fn]; inferred != nil {
			return &inferred.wraps, false
		}
		return poolInterface(fn), false
	}
	w, asked := c.imported[fn]
	if !asked {
		if fact := new(wraps); c.pass.ImportObjectFact(fn, fact) {
			w = fact
		} else {
			w = poolInterface(fn)
		}
		c.imported[fn] = w
	}
	return w, false
}

// poolInterface recognises the methods of an interface that is a pool by its
// shape: its name, or that of its package, ends in pool, Get takes nothing or sizes, and Put takes what
// Get returns. Pools that look objects up by a key are something else.
func poolInterface(fn *types.Func) *wraps {
	if fn.Name() != "Get" && fn.Name() != "Put" {
		return nil
	}
	recv := fn.Signature().Recv()
	if recv == nil {
		return nil
	}
	named, ok := types.Unalias(recv.Type()).(*types.Named)
	if !ok || !types.IsInterface(named) || named.Obj().Pkg() == nil {
		return nil
	}
	if !strings.HasSuffix(named.Obj().Name(), "Pool") && !strings.HasSuffix(named.Obj().Pkg().Name(), "pool") {
		return nil
	}
	get, put := interfaceMethod(named, "Get"), interfaceMethod(named, "Put")
	if get == nil || put == nil || put.Params().Len() != 1 || get.Results().Len() == 0 {
		return nil
	}
	for param := range get.Params().Variables() {
		if b, ok := param.Type().Underlying().(*types.Basic); !ok || b.Info()&types.IsInteger == 0 {
			return nil
		}
	}
	if !types.Identical(get.Results().At(0).Type(), put.Params().At(0).Type()) {
		return nil
	}
	if fn.Name() == "Get" {
		return &wraps{Gets: 1, Own: true}
	}
	return &wraps{Puts: 2, Own: true, Sure: true}
}

func interfaceMethod(named *types.Named, name string) *types.Signature {
	obj, _, _ := types.LookupFieldOrMethod(named, false, nil, name)
	if fn, ok := obj.(*types.Func); ok {
		return fn.Signature()
	}
	return nil
}

// poolOfCall returns the pool that a call works on.
func (c *checker) poolOfCall(call *ssa.CallCommon, callee *types.Func, w *wraps) types.Object {
	if w.Own {
		return poolOf(arguments(call)[0])
	}
	if inferred := c.wrappers[callee]; inferred != nil {
		return inferred.pool
	}
	return nil
}

// poolOf returns the variable or field that a pool, or the address of one, is
// kept in. An array, slice or map of pools is one pool: its elements hold the
// same kind of object.
func poolOf(v ssa.Value) types.Object {
	switch v := v.(type) {
	case *ssa.Global:
		return v.Object()
	case *ssa.FieldAddr:
		return fieldOf(v.X.Type(), v.Field)
	case *ssa.Field:
		return fieldOf(v.X.Type(), v.Field)
	case *ssa.IndexAddr:
		return poolOf(v.X)
	case *ssa.Lookup:
		return poolOf(v.X)
	case *ssa.UnOp:
		return poolOf(v.X)
	case *ssa.ChangeType:
		return poolOf(v.X)
	case *ssa.MakeInterface:
		return poolOf(v.X)
	}
	return nil
}

// fieldOf returns a field of a struct or of what a pointer to one points to.
func fieldOf(t types.Type, i int) *types.Var {
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem()
	}
	s, ok := t.Underlying().(*types.Struct)
	if !ok {
		return nil
	}
	return s.Field(i).Origin()
}

// isPool reports whether a type is sync.Pool.
func isPool(t types.Type) bool {
	named, ok := types.Unalias(t).(*types.Named)
	return ok && named.Obj().Name() == "Pool" && typeName(named) == "sync.Pool"
}

// typeName returns the qualified name of a named type, or "".
func typeName(t types.Type) string {
	named, ok := types.Unalias(t).(*types.Named)
	if !ok || named.Obj().Pkg() == nil {
		return ""
	}
	return named.Obj().Pkg().Path() + "." + named.Obj().Name()
}

// pointee returns what a pointer points to, or nil.
func pointee(t types.Type) types.Type {
	if p, ok := t.Underlying().(*types.Pointer); ok {
		return p.Elem()
	}
	return nil
}

// expr returns the source of a call, or nil for one that has none.
func (c *checker) expr(call ssa.CallInstruction) *ast.CallExpr {
	if c.calls == nil {
		c.calls = make(map[int]*ast.CallExpr)
		for _, file := range c.pass.Files {
			ast.Inspect(file, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.CallExpr:
					c.calls[int(n.Lparen)] = n
				case *ast.DeferStmt:
					c.calls[int(n.Defer)] = n.Call
				case *ast.GoStmt:
					c.calls[int(n.Go)] = n.Call
				}
				return true
			})
		}
	}
	return c.calls[int(call.Pos())]
}

// calleeText returns a call's function as the source names it.
func (c *checker) calleeText(call ssa.CallInstruction) string {
	if e := c.expr(call); e != nil {
		return types.ExprString(e.Fun)
	}
	if callee := ssax.Callee(call.Common()); callee != nil {
		return callee.Name()
	}
	return "the call"
}
