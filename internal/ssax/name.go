package ssax

import (
	"errors"
	"fmt"
	"go/token"
	"go/types"
	"strings"
)

// A FuncName names a function of a package, or a method by the type that
// declares it. Whether the receiver is a pointer, and what its type parameters
// are called, does not count.
type FuncName struct {
	Path string // of the package
	Recv string // the receiver's type, or ""
	Name string
}

// String returns the name in a form that [ParseFuncName] reads.
func (n FuncName) String() string {
	if n.Recv == "" {
		return n.Path + "." + n.Name
	}
	return fmt.Sprintf("(%s.%s).%s", n.Path, n.Recv, n.Name)
}

// NameOf returns the name of a function or method. The methods of unnamed
// interfaces, and those of the universe, have none.
func NameOf(fn *types.Func) (FuncName, bool) {
	if fn.Pkg() == nil {
		return FuncName{}, false
	}
	name := FuncName{Path: fn.Pkg().Path(), Name: fn.Name()}
	recv := fn.Signature().Recv()
	if recv == nil {
		return name, true
	}
	t := types.Unalias(recv.Type())
	if ptr, ok := t.(*types.Pointer); ok {
		t = types.Unalias(ptr.Elem())
	}
	named, ok := t.(*types.Named)
	if !ok {
		return FuncName{}, false
	}
	name.Recv = named.Obj().Name()
	return name, true
}

// ParseFuncName reads the name of a function as [types.Func.FullName] writes
// it: PACKAGE.NAME, (PACKAGE.TYPE).NAME or (*PACKAGE.TYPE).NAME.
func ParseFuncName(text string) (FuncName, error) {
	qualified, method, isMethod := text, "", false
	if rest, ok := strings.CutPrefix(text, "("); ok {
		if qualified, method, isMethod = strings.Cut(rest, ")."); !isMethod || !token.IsIdentifier(method) {
			return FuncName{}, errors.New("want a method as (*PACKAGE.TYPE).NAME")
		}
		qualified = strings.TrimPrefix(qualified, "*")
		if open := strings.IndexByte(qualified, '['); open >= 0 && strings.HasSuffix(qualified, "]") {
			qualified = qualified[:open]
		}
	}
	dot := strings.LastIndexByte(qualified, '.')
	if dot < 0 || !token.IsIdentifier(qualified[dot+1:]) {
		return FuncName{}, errors.New("want a name with the path of its package, as PACKAGE.NAME or (*PACKAGE.TYPE).NAME")
	}
	path, name := qualified[:dot], qualified[dot+1:]
	if path == "" || strings.ContainsAny(path, " \t\r\n()[]*=,;\"'`\\") {
		return FuncName{}, fmt.Errorf("%q is no package path", path)
	}
	if last := path[strings.LastIndexByte(path, '/')+1:]; token.IsExported(last[strings.LastIndexByte(last, '.')+1:]) && strings.Contains(last, ".") {
		return FuncName{}, fmt.Errorf("%q is no package path; want a method as (*PACKAGE.TYPE).NAME", path)
	}
	if isMethod {
		return FuncName{path, name, method}, nil
	}
	return FuncName{Path: path, Name: name}, nil
}
