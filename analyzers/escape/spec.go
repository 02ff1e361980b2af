package escape

import (
	_ "embed"
	"fmt"
	"go/types"
	"strings"

	"github.com/perflint/perflint/internal/allocmodel"
	"github.com/perflint/perflint/internal/ssax"
)

// leakTable says what functions of the standard library do with their
// arguments, as the compiler sees it. TestTable writes it. A function of one
// of its packages without a line keeps and returns none of its arguments,
// unless it is generic.
//
//go:embed leaks.txt
var leakTable string

// otherLeaks are functions of other modules, in the same form.
const otherLeaks = `
# https://pkg.go.dev/go.uber.org/zap#Logger: the fields go to a core, which is an interface
only go.uber.org/zap
Logger.Debug -; -; heap=0
Logger.Info -; -; heap=0
Logger.Warn -; -; heap=0
Logger.Error -; -; heap=0
Logger.With -; heap=0
# https://pkg.go.dev/go.uber.org/zap/zapcore#CheckedEntry
only go.uber.org/zap/zapcore
CheckedEntry.Write heap=0; heap=0
# https://pkg.go.dev/time#Timer: timers are on the heap anyway, so what keeps them keeps nothing more
only time
Timer.Stop -
Timer.Reset -
Ticker.Stop -
Ticker.Reset -
`

// genericLeaks are generic functions, about which the compiler says nothing
// until they are instantiated. Functions that they are given are only called.
var genericLeaks = map[string]string{
	"slices.BinarySearch":     "-",         // https://pkg.go.dev/slices#BinarySearch
	"slices.BinarySearchFunc": "-",         // https://pkg.go.dev/slices#BinarySearchFunc
	"slices.Clip":             "result0=0", // https://pkg.go.dev/slices#Clip
	"slices.Clone":            "heap=1",    // https://pkg.go.dev/slices#Clone
	"slices.Compact":          "result0=0", // https://pkg.go.dev/slices#Compact
	"slices.CompactFunc":      "result0=0", // https://pkg.go.dev/slices#CompactFunc
	"slices.Contains":         "-",         // https://pkg.go.dev/slices#Contains
	"slices.ContainsFunc":     "-",         // https://pkg.go.dev/slices#ContainsFunc
	"slices.Delete":           "result0=0", // https://pkg.go.dev/slices#Delete
	"slices.DeleteFunc":       "result0=0", // https://pkg.go.dev/slices#DeleteFunc
	"slices.Equal":            "-",         // https://pkg.go.dev/slices#Equal
	"slices.EqualFunc":        "-",         // https://pkg.go.dev/slices#EqualFunc
	"slices.Grow":             "result0=0", // https://pkg.go.dev/slices#Grow
	"slices.Index":            "-",         // https://pkg.go.dev/slices#Index
	"slices.IndexFunc":        "-",         // https://pkg.go.dev/slices#IndexFunc
	"slices.IsSorted":         "-",         // https://pkg.go.dev/slices#IsSorted
	"slices.Reverse":          "-",         // https://pkg.go.dev/slices#Reverse
	"slices.Sort":             "-",         // https://pkg.go.dev/slices#Sort
	"slices.SortFunc":         "-",         // https://pkg.go.dev/slices#SortFunc
	"slices.SortStableFunc":   "-",         // https://pkg.go.dev/slices#SortStableFunc
	"maps.Copy":               "-; heap=1", // https://pkg.go.dev/maps#Copy
	"maps.DeleteFunc":         "-",         // https://pkg.go.dev/maps#DeleteFunc
	"maps.Equal":              "-",         // https://pkg.go.dev/maps#Equal
}

// A table is what is known of functions of packages that are not looked at.
type table struct {
	packages map[string]bool // whether functions without a line keep nothing
	funcs    map[ssax.FuncName]*allocmodel.Summary
}

// newTable reads the table.
func newTable() (*table, error) {
	t := &table{packages: make(map[string]bool), funcs: make(map[ssax.FuncName]*allocmodel.Summary)}
	path := ""
	for line := range strings.Lines(leakTable + otherLeaks) {
		line = strings.TrimSuffix(line, "\n")
		name, text, ok := strings.Cut(line, " ")
		switch {
		case line == "" || name == "#":
			continue
		case name == "package", name == "only":
			path = text
			t.packages[path] = t.packages[path] || name == "package"
			continue
		case !ok || path == "":
			return nil, fmt.Errorf("table of leaks: %q: want a package, or a function and its leaks", line)
		}
		s, err := allocmodel.ParseSummary(text)
		if err != nil {
			return nil, fmt.Errorf("table of leaks: %q: %w", line, err)
		}
		fn := ssax.FuncName{Path: path, Name: name}
		if recv, method, ok := strings.Cut(name, "."); ok {
			fn.Recv, fn.Name = recv, method
		}
		t.funcs[fn] = s
	}
	return t, nil
}

// lookup returns what a function does with its arguments, or nil.
func (t *table) lookup(fn *types.Func) *allocmodel.Summary {
	if fn.Pkg() == nil {
		return nil
	}
	complete, ok := t.packages[fn.Pkg().Path()]
	if !ok {
		return nil
	}
	if isGeneric(fn.Signature()) {
		if text, ok := genericLeaks[fn.Pkg().Path()+"."+fn.Name()]; ok && fn.Signature().Recv() == nil {
			s, _ := allocmodel.ParseSummary(text) // a test parses all of them
			return s
		}
		return nil
	}
	name, ok := ssax.NameOf(fn)
	if !ok {
		return nil
	}
	if s := t.funcs[name]; s != nil || !complete {
		return s
	}
	return new(allocmodel.Summary)
}

func isGeneric(sig *types.Signature) bool {
	return sig.TypeParams().Len() > 0 || sig.RecvTypeParams().Len() > 0
}

// keepsNothing are functions and methods that must not keep the bytes that
// they are given: they say so.
var keepsNothing = ssax.NewNames(map[string]bool{
	"(io.Reader).Read":                true, // https://pkg.go.dev/io#Reader: must not retain p
	"(io.ReaderAt).ReadAt":            true, // https://pkg.go.dev/io#ReaderAt
	"(io.Writer).Write":               true, // https://pkg.go.dev/io#Writer
	"(io.WriterAt).WriteAt":           true, // https://pkg.go.dev/io#WriterAt
	"(net.Conn).Read":                 true, // https://pkg.go.dev/net#Conn
	"(net.Conn).Write":                true, // https://pkg.go.dev/net#Conn
	"(net.PacketConn).ReadFrom":       true, // https://pkg.go.dev/net#PacketConn
	"(net.PacketConn).WriteTo":        true, // https://pkg.go.dev/net#PacketConn
	"(net/http.ResponseWriter).Write": true, // https://pkg.go.dev/net/http#ResponseWriter
	"io.ReadFull":                     true, // https://pkg.go.dev/io#ReadFull
	"io.ReadAtLeast":                  true, // https://pkg.go.dev/io#ReadAtLeast
	"(*os.File).Read":                 true, // https://pkg.go.dev/os#File.Read
	"(*os.File).Write":                true, // https://pkg.go.dev/os#File.Write
	"(*bufio.Reader).Read":            true, // https://pkg.go.dev/bufio#Reader.Read
	"(*bufio.Writer).Write":           true, // https://pkg.go.dev/bufio#Writer.Write
	"(*bytes.Buffer).Write":           true, // https://pkg.go.dev/bytes#Buffer.Write
})
