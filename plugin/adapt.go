package plugin

import (
	"fmt"
	"go/ast"
	"go/token"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"

	"golang.org/x/tools/go/analysis"
)

// adapt returns an analyzer that finds what another does and says it in a
// way that golangci-lint can carry:
//
//   - The rule and the witness become part of the message. golangci-lint
//     drops the category and makes an issue of its own from each related
//     position, which would outlive the finding under --fix.
//   - Of several fixes it keeps the first, and none that edits another file:
//     golangci-lint would try to apply all of them and lose the finding.
//   - A panic or an error, which would end the whole run of golangci-lint
//     with the findings of all other linters lost, becomes an issue.
//
// The analyzer is copied, and what it requires and its facts stay the same,
// so that results are shared with other analyzers.
func adapt(a *analysis.Analyzer) *analysis.Analyzer {
	adapted := *a
	adapted.Run = func(pass *analysis.Pass) (any, error) {
		inner := *pass
		inner.Report = func(d analysis.Diagnostic) { pass.Report(fold(pass.Fset, d)) }
		result, err := runSafely(a, &inner)
		if err != nil {
			reportFailure(pass, err)
			return empty(a.ResultType), nil
		}
		return result, nil
	}
	return &adapted
}

// fold returns a diagnostic that says everything in its message:
//
//	message (rule) [line 3: first step; other.go line 5: second step]
func fold(fset *token.FileSet, d analysis.Diagnostic) analysis.Diagnostic {
	place := fset.Position(d.Pos)
	var b strings.Builder
	b.WriteString(oneLine(d.Message))
	if d.Category != "" {
		fmt.Fprintf(&b, " (%s)", d.Category)
	}
	for i, step := range d.Related {
		b.WriteString([]string{" [", "; "}[min(i, 1)])
		if step.Pos.IsValid() {
			b.WriteString(stepPlace(place.Filename, fset.Position(step.Pos)) + ": ")
		}
		b.WriteString(oneLine(step.Message))
	}
	if len(d.Related) > 0 {
		b.WriteString("]")
	}
	d.Message, d.Related = b.String(), nil
	d.SuggestedFixes = firstFix(fset, d)
	return d
}

// stepPlace returns where a step is, seen from the file of its finding. The
// text must not depend on where the repository or the module cache lies,
// since golangci-lint keeps it in its cache: a file elsewhere is named with
// its folder only, unless that holds the finding's.
func stepPlace(from string, posn token.Position) string {
	if posn.Filename == from {
		return fmt.Sprintf("line %d", posn.Line)
	}
	dir, name := filepath.Split(posn.Filename)
	up, err := filepath.Rel(dir, filepath.Dir(from))
	switch {
	case err == nil && up == ".":
	case err == nil && filepath.IsLocal(up):
		name = strings.Repeat("../", strings.Count(filepath.ToSlash(up), "/")+1) + name
	default:
		name = filepath.Base(dir) + "/" + name
	}
	return fmt.Sprintf("%s line %d", name, posn.Line)
}

// oneLine joins the lines of a quoted expression: issues are lines.
func oneLine(text string) string {
	if !strings.ContainsAny(text, "\r\n") {
		return text
	}
	return strings.Join(strings.Fields(text), " ")
}

// firstFix returns the first fix, if it stays within the diagnostic's file:
// of one that does not, golangci-lint would apply a part.
func firstFix(fset *token.FileSet, d analysis.Diagnostic) []analysis.SuggestedFix {
	if len(d.SuggestedFixes) == 0 {
		return nil
	}
	file := fset.File(d.Pos)
	for _, edit := range d.SuggestedFixes[0].TextEdits {
		if fset.File(edit.Pos) != file || edit.End.IsValid() && fset.File(edit.End) != file {
			return nil
		}
	}
	return d.SuggestedFixes[:1:1]
}

// runSafely runs an analyzer and turns a panic into an error. The text of
// the error is the same in every run.
func runSafely(a *analysis.Analyzer, pass *analysis.Pass) (result any, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("it panicked: %v (%s)", r, panicSite())
		}
	}()
	return a.Run(pass)
}

// panicSite returns the function and line that panicked.
func panicSite() string {
	pcs := make([]uintptr, 32)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(1, pcs)])
	for panicking := false; ; {
		frame, more := frames.Next()
		if panicking && !strings.HasPrefix(frame.Function, "runtime.") {
			return fmt.Sprintf("%s, line %d", frame.Function, frame.Line)
		}
		panicking = panicking || frame.Function == "runtime.gopanic"
		if !more {
			return "unknown place"
		}
	}
}

// reportFailure says once, on the package clause, that the findings of an
// analyzer about a package are missing. In a package of which golangci-lint
// wants facts only, nobody hears it.
func reportFailure(pass *analysis.Pass, err error) {
	for _, file := range pass.Files {
		if ast.IsGenerated(file) {
			continue // golangci-lint would hide the issue
		}
		pass.Report(analysis.Diagnostic{
			Pos: file.Package,
			End: file.Package + token.Pos(len("package")),
			Message: fmt.Sprintf("%s could not analyse package %s: %s; this is a bug in perflint, please report it",
				pass.Analyzer.Name, pass.Pkg.Path(), oneLine(err.Error())),
		})
		return
	}
}

// empty returns an empty value of the type of an analyzer's result.
func empty(t reflect.Type) any {
	switch {
	case t == nil:
		return nil
	case t.Kind() == reflect.Pointer:
		return reflect.New(t.Elem()).Interface()
	}
	return reflect.Zero(t).Interface()
}
