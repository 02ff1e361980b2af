package driver

import (
	"cmp"
	"slices"
	"strings"

	"golang.org/x/tools/go/packages"
)

// An Error is one reason why a package was not analysed, or not completely.
type Error struct {
	Package string // import path
	Kind    ErrorKind
	Posn    string // "file:line:col", "file:line", or "" if unknown
	Message string
}

// Error implements the error interface on one line, position first.
func (e Error) Error() string {
	switch {
	case e.Posn != "":
		return e.Posn + ": " + e.Message
	case e.Package != "":
		return e.Package + ": " + e.Message
	}
	return e.Message
}

// An ErrorKind says at which stage a package failed.
type ErrorKind int

// The kinds of errors, in the order of the stages.
const (
	ListError    ErrorKind = iota // the go command could not list the package
	ParseError                    // a file has a syntax error
	TypeError                     // the package does not type-check
	SkippedError                  // a dependency failed
	PanicError                    // an analyzer failed; a bug in perflint
)

// compareErrors is the canonical order: by package, then stage, then place.
// Positions compare by file, then as text; within a package that is enough.
func compareErrors(a, b Error) int {
	return cmp.Or(
		cmp.Compare(a.Package, b.Package),
		cmp.Compare(a.Kind, b.Kind),
		comparePosn(a.Posn, b.Posn),
		cmp.Compare(a.Message, b.Message))
}

// comparePosn orders "file:line:col" so that line 9 comes before line 10.
func comparePosn(a, b string) int {
	fileA, restA, _ := strings.Cut(a, ".go:")
	fileB, restB, _ := strings.Cut(b, ".go:")
	return cmp.Or(cmp.Compare(fileA, fileB), cmp.Compare(len(restA), len(restB)), cmp.Compare(restA, restB))
}

// listErrors converts what the go command said about a package.
func listErrors(pkg *packages.Package) []Error {
	var errs []Error
	for _, e := range pkg.Errors {
		kind := ListError
		switch e.Kind {
		case packages.ParseError:
			kind = ParseError
		case packages.TypeError:
			kind = TypeError
		}
		posn := e.Pos
		if posn == "-" {
			posn = ""
		}
		errs = append(errs, Error{Package: pkg.PkgPath, Kind: kind, Posn: posn, Message: strings.TrimSpace(e.Msg)})
	}
	return errs
}

// sortErrors puts errors into canonical order and drops repetitions, which
// arise because a test variant repeats the files of its package.
func sortErrors(errs []Error) []Error {
	slices.SortFunc(errs, compareErrors)
	return slices.Compact(errs)
}
