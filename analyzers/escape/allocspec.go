package escape

import "github.com/perflint/perflint/internal/ssax"

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

	"bufio.NewReaderSize": aBuffer, // https://pkg.go.dev/bufio
	"bufio.NewWriterSize": aBuffer,
	"bufio.NewReader":     aBuffer,
	"bufio.NewWriter":     aBuffer,

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

	"(time.Time).Format":           aString, // https://pkg.go.dev/time
	"(time.Time).String":           aString,
	"compress/gzip.NewReader":      aValue, // https://pkg.go.dev/compress/gzip
	"compress/gzip.NewWriterLevel": aValue,
	"(reflect.Value).MapKeys":      aSlice, // https://pkg.go.dev/reflect#Value.MapKeys
})
