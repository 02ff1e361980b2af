package escape

import (
	"go/types"

	"github.com/perflint/perflint/internal/allocmodel"
	"github.com/perflint/perflint/internal/ssax"
)

const (
	aSlice   = "a slice"
	aString  = "a string"
	aMap     = "a map"
	aCopy    = "a copy"
	anError  = "an error"
	aValue   = "what it returns"
	aBuffer  = "a buffer"
	aContext = "a context"
	aSwapper = "a function that swaps elements"
	contents = "all that it reads"
)

// allocators are functions of the standard library that allocate at each call,
// but for empty arguments or a single one, and what. Those that allocate for some arguments
// only, or not where they are inlined, are not among them.
var allocators = ssax.NewNames(map[string]string{
	"strings.Split":       aSlice, // https://pkg.go.dev/strings
	"strings.SplitN":      aSlice,
	"strings.SplitAfter":  aSlice,
	"strings.Fields":      aSlice,
	"strings.FieldsFunc":  aSlice,
	"strings.Join":        aString,
	"strings.Repeat":      aString,
	"strings.Clone":       aCopy,
	"strings.NewReplacer": aValue,

	"bytes.Split":  aSlice, // https://pkg.go.dev/bytes
	"bytes.SplitN": aSlice,
	"bytes.Fields": aSlice,
	"bytes.Join":   aSlice,
	"bytes.Repeat": aSlice,

	"fmt.Sprintf":  aString, // https://pkg.go.dev/fmt
	"fmt.Sprint":   aString,
	"fmt.Sprintln": aString,
	"fmt.Errorf":   anError,

	"strconv.Quote":       aString, // https://pkg.go.dev/strconv
	"strconv.FormatFloat": aString,

	"encoding/hex.EncodeToString":                aString, // https://pkg.go.dev/encoding/hex#EncodeToString
	"(*encoding/base64.Encoding).EncodeToString": aString, // https://pkg.go.dev/encoding/base64#Encoding.EncodeToString
	"(*encoding/base64.Encoding).DecodeString":   aSlice,

	"encoding/json.Marshal":       aSlice, // https://pkg.go.dev/encoding/json
	"encoding/json.MarshalIndent": aSlice,
	"encoding/json.Unmarshal":     "what it decodes",

	"io.ReadAll":  contents, // https://pkg.go.dev/io#ReadAll
	"os.ReadFile": contents, // https://pkg.go.dev/os#ReadFile
	"os.ReadDir":  contents, // https://pkg.go.dev/os#ReadDir

	"net/http.NewRequestWithContext": aValue,
	"net/http.NewRequest":            aValue, // https://pkg.go.dev/net/http
	"(*net/http.Request).Clone":      aCopy,
	"(net/http.Header).Clone":        aCopy,
	"(*net/http.Request).Cookies":    aSlice,
	"(*net/url.URL).Query":           aMap, // https://pkg.go.dev/net/url
	"net/url.Parse":                  aValue,
	"net/url.ParseQuery":             aMap,
	"(net/url.Values).Encode":        aString,
	"regexp.Compile":                 aValue, // https://pkg.go.dev/regexp
	"regexp.MustCompile":             aValue,

	"slices.Clone":   aCopy, // https://pkg.go.dev/slices
	"slices.Collect": aSlice,
	"slices.Sorted":  aSlice,
	"slices.Concat":  aSlice,
	"maps.Clone":     aMap, // https://pkg.go.dev/maps#Clone

	"sort.Slice":       aSwapper, // https://pkg.go.dev/sort#Slice
	"sort.SliceStable": aSwapper,

	"(time.Time).Format":      aString, // https://pkg.go.dev/time
	"(time.Time).String":      aString,
	"(reflect.Value).MapKeys": aSlice, // https://pkg.go.dev/reflect#Value.MapKeys
})

// makers are functions of the standard library that return something new, and
// what that costs. What those that may be inlined return is on the stack where
// the caller does not keep it.
var makers = ssax.NewNames(map[string]allocmodel.Cost{
	"bytes.NewReader":       {Own: 1, Inlined: true}, // https://pkg.go.dev/bytes#NewReader
	"bytes.NewBuffer":       {Own: 1, Inlined: true}, // https://pkg.go.dev/bytes#NewBuffer
	"bytes.NewBufferString": {Own: 1, Inner: 1, Inlined: true},
	"strings.NewReader":     {Own: 1, Inlined: true}, // https://pkg.go.dev/strings#NewReader

	"bufio.NewReader":     {Own: 1, Inner: 1, Inlined: true}, // https://pkg.go.dev/bufio
	"bufio.NewReaderSize": {Own: 1, Inner: 1, Inlined: true},
	"bufio.NewWriter":     {Own: 1, Inner: 1, Inlined: true},
	"bufio.NewWriterSize": {Own: 1, Inner: 1, Inlined: true},

	"compress/flate.NewReader":     {Own: 1, Inner: 1}, // https://pkg.go.dev/compress/flate
	"compress/flate.NewWriter":     {Own: 1, Inner: 1},
	"compress/gzip.NewReader":      {Own: 1, Inner: 1}, // https://pkg.go.dev/compress/gzip
	"compress/gzip.NewWriterLevel": {Own: 1},
	"compress/zlib.NewWriterLevel": {Own: 1}, // https://pkg.go.dev/compress/zlib

	"crypto/hmac.New": {Own: 1, Inner: 2}, // https://pkg.go.dev/crypto/hmac#New
})

// costOf returns what a function of the standard library allocates, or nil.
func costOf(fn *types.Func) *allocmodel.Cost {
	if cost, ok := makers.Of(fn); ok {
		return &cost
	}
	if allocators.Has(fn) {
		return &allocmodel.Cost{Heap: 1}
	}
	return nil
}
