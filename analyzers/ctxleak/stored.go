package ctxleak

import (
	"fmt"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ssa"

	"github.com/perflint/perflint/internal/finding"
	"github.com/perflint/perflint/internal/pragma"
	"github.com/perflint/perflint/internal/typestate"
)

// checkStored reports a release function that ends up in a field that nothing
// in the package ever calls or reads. Only unexported fields of this
// package's types count: others have uses that cannot be seen.
func (c *checker) checkStored(a *acquisition, search *typestate.Track) {
	for _, store := range search.Stored {
		field := typestate.Field(store)
		if field == nil || field.Exported() || field.Pkg() != c.pass.Pkg || c.engine.Discharged(field) || !onlyStored(a.Value) {
			continue
		}
		name := a.source.name(a.releaseWord())
		where := fieldName(store, field)
		pos := store.Pos()
		if !pos.IsValid() {
			pos = c.callPos(a)
		}
		draft := pragma.Draft{
			Rule: storedNeverCalled, Pos: c.callPos(a), End: c.callEnd(a),
			Message: fmt.Sprintf("%s is stored in %s, which nothing in this package ever calls: %s; call it where the work ends, such as in a Close method",
				name, where, a.consequence()),
			Severity: a.severity(),
			Witness: []pragma.Step{
				{Kind: "acquire", Pos: c.callPos(a), End: c.callEnd(a), Text: fmt.Sprintf("%s returns the function that releases the context", a.name)},
				{Kind: "store", Pos: pos, Text: fmt.Sprintf("it is stored in %s", where)},
				{Kind: "field", Pos: field.Pos(), Text: "no function of this package calls what is in this field or reads it otherwise"},
			},
		}
		if a.bound() == byDeadline {
			draft.Confidence = finding.Possible // the deadline may be what is relied on
		}
		c.reporter.Report(draft)
		return
	}
}

// fieldName returns a field as people write it: "Type.field".
func fieldName(store *ssa.Store, field *types.Var) string {
	t := store.Addr.(*ssa.FieldAddr).X.Type()
	if ptr, ok := t.Underlying().(*types.Pointer); ok {
		t = ptr.Elem()
	}
	if named, ok := types.Unalias(t).(*types.Named); ok {
		return named.Obj().Name() + "." + field.Name()
	}
	return field.Name()
}

// onlyStored reports whether a function does nothing with a release function
// but store it and compare it with nil.
func onlyStored(v ssa.Value) bool {
	for h := range holders(v) {
		for _, ref := range *h.Referrers() {
			switch ref := ref.(type) {
			case *ssa.Store, *ssa.BinOp, *ssa.DebugRef, *ssa.Phi, *ssa.ChangeType:
			case *ssa.UnOp:
				if ref.Op != token.MUL {
					return false
				}
			default:
				return false
			}
		}
	}
	return true
}
