package ctxleak

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ssa"

	"github.com/perflint/perflint/internal/ssax"
)

// A loop is a natural loop of a function's control-flow graph, or the whole
// body of a range-over-func loop, which is a function of its own.
type loop struct {
	header *ssa.BasicBlock
	blocks map[*ssa.BasicBlock]bool
	stmt   ast.Stmt // the statement, or nil if the loop is made of gotos
}

// loopAround returns the innermost loop around a block, or nil.
func loopAround(b *ssa.BasicBlock) *loop {
	for header := b; header != nil; header = header.Idom() {
		if l := naturalLoop(header); l != nil && l.blocks[b] {
			l.stmt = l.findStmt()
			return l
		}
	}
	if !ssax.IsLoopBody(b.Parent()) {
		return nil
	}
	l := &loop{header: b.Parent().Blocks[0], blocks: make(map[*ssa.BasicBlock]bool)}
	for _, block := range b.Parent().Blocks {
		l.blocks[block] = true
	}
	l.stmt = b.Parent().Syntax().(ast.Stmt)
	return l
}

// naturalLoop returns the loop that a block is the header of, or nil.
func naturalLoop(header *ssa.BasicBlock) *loop {
	var stack []*ssa.BasicBlock
	for _, pred := range header.Preds {
		if header.Dominates(pred) {
			stack = append(stack, pred)
		}
	}
	if len(stack) == 0 {
		return nil
	}
	l := &loop{header: header, blocks: map[*ssa.BasicBlock]bool{header: true}}
	for len(stack) > 0 {
		b := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if !l.blocks[b] {
			l.blocks[b] = true
			stack = append(stack, b.Preds...)
		}
	}
	return l
}

// findStmt returns the innermost loop statement around all that the loop
// executes.
func (l *loop) findStmt() ast.Stmt {
	var first, last token.Pos
	for b := range l.blocks {
		for _, instr := range b.Instrs {
			pos := instr.Pos()
			if _, ok := instr.(*ssa.Phi); ok || !pos.IsValid() {
				continue // a phi has the position of its variable
			}
			if !first.IsValid() || pos < first {
				first = pos
			}
			last = max(last, pos)
		}
	}
	syntax := l.header.Parent().Syntax()
	if !first.IsValid() || syntax == nil {
		return nil
	}
	var found ast.Stmt
	ast.Inspect(syntax, func(n ast.Node) bool {
		if n == nil || first < n.Pos() || last >= n.End() {
			return false
		}
		switch n := n.(type) {
		case *ast.FuncLit:
			return n == syntax
		case *ast.ForStmt:
			found = n
		case *ast.RangeStmt:
			found = n
		}
		return true
	})
	return found
}

// unbounded reports whether nothing but an event ends the loop: it has no
// condition, or it ranges over a channel.
func (l *loop) unbounded(info *types.Info) bool {
	switch s := l.stmt.(type) {
	case *ast.ForStmt:
		return s.Cond == nil
	case *ast.RangeStmt:
		_, ok := info.TypeOf(s.X).Underlying().(*types.Chan)
		return ok
	}
	return false
}

// waits reports whether a round may wait for an event: such a loop lives as
// long as something happens, where one without may just be trying again.
func (l *loop) waits() bool {
	for b := range l.blocks {
		for _, instr := range b.Instrs {
			switch instr := instr.(type) {
			case *ssa.Select:
				return true
			case *ssa.UnOp:
				if instr.Op == token.ARROW {
					return true
				}
			}
		}
	}
	return false
}

// endless reports whether the function cannot return from within the loop.
func (l *loop) endless() bool {
	fn := l.header.Parent()
	if ssax.IsLoopBody(fn) {
		return false
	}
	for _, b := range fn.Blocks {
		if len(b.Instrs) == 0 {
			continue
		}
		if _, ok := b.Instrs[len(b.Instrs)-1].(*ssa.Return); ok && ssax.Reaches(l.header, b, nil) {
			return false
		}
	}
	return true
}

// fewRounds is the number of rounds up to which a loop costs next to nothing.
const fewRounds = 16

// few reports whether the source says that the loop has a handful of rounds.
func (l *loop) few(info *types.Info) bool {
	switch s := l.stmt.(type) {
	case *ast.ForStmt: // for i := 0; i < 3; i++
		cond, ok := s.Cond.(*ast.BinaryExpr)
		post, counts := s.Post.(*ast.IncDecStmt)
		return ok && counts && post.Tok == token.INC && (cond.Op == token.LSS || cond.Op == token.LEQ) && atMost(info, cond.Y, fewRounds)
	case *ast.RangeStmt:
		if atMost(info, s.X, fewRounds) {
			return true
		}
		if list, ok := ast.Unparen(s.X).(*ast.CompositeLit); ok {
			return len(list.Elts) <= fewRounds
		}
		array, ok := info.TypeOf(s.X).Underlying().(*types.Array)
		return ok && array.Len() <= fewRounds
	}
	return false
}

// overCollection reports whether the loop has one round for each element of
// a collection that is there already, or for each number up to one.
func (l *loop) overCollection(info *types.Info) bool {
	s, ok := l.stmt.(*ast.RangeStmt)
	if !ok {
		return false
	}
	switch info.TypeOf(s.X).Underlying().(type) {
	case *types.Chan, *types.Signature:
		return false
	}
	return true
}

// atMost reports whether an expression is a constant integer up to a limit.
func atMost(info *types.Info, e ast.Expr, limit int64) bool {
	v := info.Types[e].Value
	if v == nil || v.Kind() != constant.Int {
		return false
	}
	n, exact := constant.Int64Val(v)
	return exact && n <= limit
}

// pos returns where the loop stands, or fallback.
func (l *loop) pos(fallback token.Pos) token.Pos {
	if l.stmt != nil {
		return l.stmt.Pos()
	}
	return fallback
}
