package ctxleak

import (
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/perflint/perflint/internal/ssax"
)

// A product is a value that works only for as long as a context does.
type product struct {
	value ssa.Value
	held  held
	call  *ssa.Call // that made it; nil for the context itself
}

// A flow is where a product goes within its function.
type flow struct {
	product
	found map[ssa.Value]bool // what may hold it, or a struct or function literal around it
	uses  []ssa.Instruction  // what may use it up
}

// trackProduct follows a product through its function.
func trackProduct(p product) *flow {
	f := &flow{product: p, found: make(map[ssa.Value]bool)}
	f.add(p.value)
	return f
}

func (f *flow) add(v ssa.Value) {
	if f.found[v] {
		return
	}
	f.found[v] = true
	for _, ref := range *v.Referrers() {
		f.follow(v, ref)
	}
}

// follow adds what an instruction makes of a value that holds the product.
func (f *flow) follow(v ssa.Value, ref ssa.Instruction) {
	switch ref := ref.(type) {
	case *ssa.Phi, *ssa.ChangeType, *ssa.ChangeInterface, *ssa.MakeInterface, *ssa.UnOp:
		f.add(ref.(ssa.Value))
	case *ssa.MakeClosure:
		i := slices.Index(ref.Bindings, v)
		if f.call == nil && passedOn(ref.Fn.(*ssa.Function).FreeVars[i], 0) {
			f.add(ref)
		}
		f.use(ref)
	case *ssa.Store:
		if ref.Val != v {
			return
		}
		if cell := target(ref.Addr); cell != nil {
			f.add(cell)
		} else {
			f.use(ref) // kept elsewhere, where it may be waited for
		}
	case *ssa.FieldAddr:
		if f.held.what == heldResponse.what && nameOfField(ref) == "Body" {
			f.followBody(ref)
		}
	case ssa.CallInstruction:
		if !f.harmless(ref, v) {
			f.use(ref)
		}
	}
}

// use notes that an instruction may use the product up. Contexts and requests
// are there to be used.
func (f *flow) use(instr ssa.Instruction) {
	if f.call != nil && f.held.what != heldRequest.what {
		f.uses = append(f.uses, instr)
	}
}

// followBody follows the body of a response from its field. Everything but
// returning it uses it up: it is read, replaced or closed.
func (f *flow) followBody(field *ssa.FieldAddr) {
	for _, ref := range *field.Referrers() {
		load, ok := ref.(*ssa.UnOp)
		if !ok || load.Op != token.MUL {
			f.use(ref)
			continue
		}
		f.found[load] = true
		for _, ref := range *load.Referrers() {
			switch ref := ref.(type) {
			case *ssa.Return, *ssa.BinOp:
			case *ssa.Store:
				if cell := target(ref.Addr); cell != nil {
					f.add(cell) // the result of the function
				} else {
					f.use(ref)
				}
			default:
				f.use(ref)
			}
		}
	}
}

// harmless reports whether a call leaves a product in need of its context.
func (f *flow) harmless(call ssa.CallInstruction, v ssa.Value) bool {
	common := call.Common()
	if callee := ssax.Callee(common); callee != nil && slices.Contains(f.held.harmless, callee.Name()) {
		_, now := call.(*ssa.Call)
		if common.IsInvoke() {
			return now && common.Value == v
		}
		return now && len(common.Args) > 0 && common.Args[0] == v && callee.Signature().Recv() != nil
	}
	return isQuickCall(common, 0)
}

// target returns the variable that a store writes to, or to a field of which
// it writes, if it is one that the function makes; else nil.
func target(addr ssa.Value) ssa.Value {
	if field, ok := addr.(*ssa.FieldAddr); ok {
		addr = field.X
	}
	if cell, ok := addr.(*ssa.Alloc); ok {
		return cell
	}
	return nil
}

// nameOfField returns the name of the field that an address is of.
func nameOfField(field *ssa.FieldAddr) string {
	t := types.Unalias(field.X.Type()).Underlying().(*types.Pointer).Elem()
	return t.Underlying().(*types.Struct).Field(field.Field).Name()
}
