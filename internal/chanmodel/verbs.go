package chanmodel

import (
	"go/constant"
	"go/token"
	"go/types"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// printed returns the calls of String and Error methods of this package that
// printing the arguments of a call leads to.
func (x *extractor) printed(call *ssa.CallCommon, pos token.Pos) []*Op {
	var ops []*Op
	for i, arg := range call.Args {
		slice, ok := arg.(*ssa.Slice)
		if !ok {
			continue
		}
		verbs := ""
		if i > 0 {
			verbs = verbsOf(call.Args[i-1])
		}
		if array, ok := slice.X.(*ssa.Alloc); ok {
			ops = append(ops, x.printedElements(array, verbs, pos)...)
		}
	}
	return ops
}

// printedElements returns the calls that printing the elements of an array
// leads to.
func (x *extractor) printedElements(array *ssa.Alloc, verbs string, pos token.Pos) []*Op {
	var ops []*Op
	for _, ref := range *array.Referrers() {
		addr, ok := ref.(*ssa.IndexAddr)
		if !ok || !printsByMethod(verbs, addr.Index) {
			continue
		}
		for _, use := range *addr.Referrers() {
			store, ok := use.(*ssa.Store)
			if !ok {
				continue
			}
			if boxed, ok := store.Val.(*ssa.MakeInterface); ok {
				ops = append(ops, x.printedValue(boxed.X, pos)...)
			}
		}
	}
	return ops
}

// printedValue returns the call by which a value prints itself, if its method
// is one of this package.
func (x *extractor) printedValue(v ssa.Value, pos token.Pos) []*Op {
	if _, ok := types.Unalias(v.Type()).(*types.Basic); ok {
		return nil // which has no methods
	}
	methods := types.NewMethodSet(v.Type())
	for _, name := range []string{"Error", "String"} { // fmt asks in this order
		sel := methods.Lookup(nil, name)
		if sel == nil {
			continue
		}
		fn := x.pkg.SSA.Prog.FuncValue(sel.Obj().(*types.Func).Origin())
		if fn == nil || !x.own[origin(fn)] {
			return nil
		}
		callees, _ := x.static(origin(fn), []ssa.Value{v})
		return one(&Op{Kind: Call, Callees: callees, Pos: pos, Text: name})
	}
	return nil
}

// verbsOf returns the verbs of a constant format, one for each argument. It is
// empty if there are none, or if widths or indices make them hard to tell.
func verbsOf(format ssa.Value) string {
	c, ok := format.(*ssa.Const)
	if !ok || c.Value == nil || c.Value.Kind() != constant.String {
		return ""
	}
	text := strings.ReplaceAll(constant.StringVal(c.Value), "%%", "")
	var verbs strings.Builder
	for {
		_, rest, found := strings.Cut(text, "%")
		if !found {
			return verbs.String()
		}
		rest = strings.TrimLeft(rest, "+-# 0123456789.")
		if rest == "" || strings.ContainsAny(rest[:1], "*[") {
			return ""
		}
		verbs.WriteByte(rest[0])
		text = rest[1:]
	}
}

// printsByMethod reports whether printing an argument calls its String or
// Error method: not for numbers, characters and types.
func printsByMethod(verbs string, index ssa.Value) bool {
	c, ok := index.(*ssa.Const)
	if !ok || verbs == "" {
		return true
	}
	i := int(c.Int64())
	return i >= len(verbs) || strings.IndexByte("vsqxXw", verbs[i]) >= 0
}
