package allocmodel

import (
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ssa"
)

// A shape is what the syntax of a function says that its SSA form does not:
// how loops nest, and which selectors go through a pointer. Function literals
// and bodies of range-over-func loops have shapes of their own.
type shape struct {
	loops    []span             // repeated parts
	rounds   []span             // declarations of variables that each round has its own of
	pointers map[token.Pos]bool // selectors, indices and stars that go through a pointer
	calls    map[token.Pos]*ast.CallExpr
	returns  map[token.Pos]*ast.ReturnStmt
	colons   map[token.Pos]bool // of elements of literals
}

// A span is a part of a source file.
type span struct{ pos, end token.Pos }

func (s span) has(pos token.Pos) bool { return s.pos <= pos && pos < s.end }

// shape returns the shape of a function, made when first asked for.
func (m *Model) shape(fn *ssa.Function) *shape {
	s, ok := m.shapes[fn]
	if !ok {
		s = &shape{
			pointers: make(map[token.Pos]bool),
			calls:    make(map[token.Pos]*ast.CallExpr),
			returns:  make(map[token.Pos]*ast.ReturnStmt),
			colons:   make(map[token.Pos]bool),
		}
		switch syntax := fn.Syntax().(type) {
		case *ast.FuncDecl:
			s.visit(m.opts.Info, syntax.Body)
		case *ast.FuncLit:
			s.visit(m.opts.Info, syntax.Body)
		case *ast.RangeStmt:
			s.visit(m.opts.Info, syntax.Body)
		}
		m.shapes[fn] = s
	}
	return s
}

// depth returns how many loops are around a position.
func (s *shape) depth(pos token.Pos) int {
	n := 0
	for _, loop := range s.loops {
		if loop.has(pos) {
			n++
		}
	}
	return n
}

// variableDepth is like depth, for the declaration of a variable that is in
// memory: if it is that of a loop, each round has a new one since Go 1.22.
func (s *shape) variableDepth(pos token.Pos) int {
	n := s.depth(pos)
	for _, round := range s.rounds {
		if round.has(pos) {
			n++
		}
	}
	return n
}

func (s *shape) visit(info *types.Info, body *ast.BlockStmt) {
	if body == nil {
		return
	}
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.ForStmt:
			s.loops = append(s.loops, span{afterInit(n), n.End()})
			if n.Init != nil {
				s.rounds = append(s.rounds, span{n.Init.Pos(), n.Init.End()})
			}
		case *ast.RangeStmt:
			return s.visitRange(info, n)
		case *ast.SelectorExpr:
			if isPointer(info.TypeOf(n.X)) {
				s.pointers[n.Sel.Pos()] = true
			}
		case *ast.IndexExpr:
			if isPointer(info.TypeOf(n.X)) {
				s.pointers[n.Lbrack] = true
			}
		case *ast.StarExpr:
			s.pointers[n.Star] = true
		case *ast.KeyValueExpr:
			s.colons[n.Colon] = true
		case *ast.CallExpr:
			s.calls[n.Lparen] = n
		case *ast.ReturnStmt:
			s.returns[n.Return] = n
		}
		return true
	})
}

// visitRange reports whether the body is to be visited, too.
func (s *shape) visitRange(info *types.Info, n *ast.RangeStmt) bool {
	if t := info.TypeOf(n.X); t != nil {
		if _, isFunc := t.Underlying().(*types.Signature); isFunc {
			return false // the body is a function
		}
	}
	s.loops = append(s.loops, span{n.Body.Pos(), n.Body.End()})
	for _, v := range []ast.Expr{n.Key, n.Value} {
		if v != nil {
			s.loops = append(s.loops, span{v.Pos(), v.End()})
		}
	}
	return true
}

// afterInit returns where the repeated part of a loop begins.
func afterInit(n *ast.ForStmt) token.Pos {
	if n.Init != nil {
		return n.Init.End()
	}
	return n.Pos()
}

func isPointer(t types.Type) bool {
	if t == nil {
		return false
	}
	_, ok := t.Underlying().(*types.Pointer)
	return ok
}
