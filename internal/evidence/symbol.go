package evidence

import (
	"net/url"
	"regexp"
	"strings"
)

// A symbol is the name that the linker gives a function, taken apart.
type symbol struct {
	pkg     string // import path; "main" for every main package
	name    string // "F", or "T.M" for methods of T and *T alike; of a literal, of the functions around it
	literal bool   // a function literal, or a wrapper that a go or defer statement made
}

// parseSymbol takes a name apart as cmd/internal/objabi and the compiler put
// it together: dots in the last element of the path are escaped, type
// arguments stand in brackets, and what is inside of a function is numbered.
func parseSymbol(text string) symbol {
	text = withoutBrackets(text)
	slash := strings.LastIndexByte(text, '/') + 1
	dot := strings.IndexByte(text[slash:], '.')
	if dot < 0 {
		return symbol{name: text}
	}
	s := symbol{pkg: text[:slash+dot]}
	if path, err := url.PathUnescape(s.pkg); err == nil {
		s.pkg = path
	}
	rest := strings.NewReplacer("(*", "", "(", "", ")", "").Replace(text[slash+dot+1:])
	rest = strings.TrimSuffix(rest, "-fm") // a method value
	var parts []string
	for part := range strings.SplitSeq(rest, ".") {
		name, isRange := cutRange(part)
		if numbered.MatchString(part) {
			s.literal = true
			continue
		}
		s.literal = s.literal || isRange
		if name != "" {
			parts = append(parts, name)
		}
	}
	s.name = strings.Join(parts, ".")
	return s
}

// numbered matches the parts of a name that number what is inside of a
// function: literals, and wrappers of go and defer statements.
var numbered = regexp.MustCompile(`^((func|gowrap|deferwrap)?\d+)$`)

// cutRange cuts off the number of a loop over a function, whose body is a
// function literal to the compiler.
func cutRange(part string) (name string, ok bool) {
	name, number, ok := strings.Cut(part, "-range")
	return name, ok && number != ""
}

// withoutBrackets removes type arguments, which may hold brackets, dots and
// slashes of their own.
func withoutBrackets(text string) string {
	if !strings.Contains(text, "[") {
		return text
	}
	var b strings.Builder
	depth := 0
	for _, r := range text {
		switch {
		case r == '[':
			depth++
		case r == ']' && depth > 0:
			depth--
		case depth == 0:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// inRuntime reports whether a function belongs to the runtime, which heap
// profiles leave out of their stacks and CPU profiles do not.
func inRuntime(name string) bool {
	return strings.HasPrefix(name, "runtime.") || strings.HasPrefix(name, "internal/runtime/") || strings.HasPrefix(name, "runtime/internal/")
}

// allocates reports whether a function of the runtime is one that the compiler
// calls in order to allocate, or a part of one. Assignments to maps are not
// among them: most of their time goes elsewhere, and growth ends in mallocgc.
func allocates(name string) bool {
	name = strings.TrimPrefix(name, "runtime.")
	for _, prefix := range [...]string{
		"mallocgc", "newobject", "newarray", "makeslice", "growslice", "makechan", "makemap", "convT", "moveSlice",
		"slicebytetostring", "stringtoslice", "slicerunetostring", "concatstring", "concatbyte", "rawstring", "rawbyteslice", "rawruneslice",
		"gcAssistAlloc", "deductAssistCredit",
	} {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return false
}
