package escape

import "github.com/perflint/perflint/internal/ssax"

// The functions of the rules about calls.
const fmtSprintf = "fmt.Sprintf" // https://pkg.go.dev/fmt#Sprintf

// A compiler says what a function makes of the pattern that is its first
// argument.
type compiler int

const (
	compilesOrPanics compiler = iota // returns the compiled pattern
	compiles                         // returns it, or an error
	matches                          // compiles it for one match, and returns whether it matches, or an error
)

// compilers are the functions that compile patterns: https://pkg.go.dev/regexp
var compilers = ssax.NewNames(map[string]compiler{
	"regexp.MustCompile":      compilesOrPanics,
	"regexp.MustCompilePOSIX": compilesOrPanics,
	"regexp.Compile":          compiles,
	"regexp.CompilePOSIX":     compiles,
	"regexp.MatchString":      matches,
	"regexp.Match":            matches,
})

// splitters are the functions that make a list of substrings, with the
// iterators over the same substrings, which are there since Go 1.24:
// https://pkg.go.dev/strings#SplitSeq
var splitters = ssax.NewNames(map[string]string{
	"strings.Split":      "SplitSeq",
	"strings.SplitAfter": "SplitAfterSeq",
	"strings.Fields":     "FieldsSeq",
})

// listMakers are the functions that split something at a separator, of whose
// result often a part or two are used.
var listMakers = ssax.NewNames(map[string]bool{
	"strings.Split":  true, // https://pkg.go.dev/strings#Cut
	"strings.SplitN": true,
	"bytes.Split":    true, // https://pkg.go.dev/bytes#Cut
	"bytes.SplitN":   true,
})

// A hasher is a function that makes an object for checksums.
type hasher struct {
	once string // returns the checksum of some bytes, without an object
}

// hashers are functions that make an object for checksums. They are inlined, so
// that an object which stays in its function is on the stack.
var hashers = ssax.NewNames(map[string]hasher{
	"hash/crc32.New":       {"crc32.Checksum"},     // https://pkg.go.dev/hash/crc32#Checksum
	"hash/crc32.NewIEEE":   {"crc32.ChecksumIEEE"}, // https://pkg.go.dev/hash/crc32#ChecksumIEEE
	"hash/crc64.New":       {"crc64.Checksum"},     // https://pkg.go.dev/hash/crc64#Checksum
	"hash/adler32.New":     {"adler32.Checksum"},   // https://pkg.go.dev/hash/adler32#Checksum
	"hash/fnv.New32":       {},                     // https://pkg.go.dev/hash/fnv
	"hash/fnv.New32a":      {},
	"hash/fnv.New64":       {},
	"hash/fnv.New64a":      {},
	"crypto/md5.New":       {"md5.Sum"},       // https://pkg.go.dev/crypto/md5#Sum
	"crypto/sha1.New":      {"sha1.Sum"},      // https://pkg.go.dev/crypto/sha1#Sum
	"crypto/sha256.New":    {"sha256.Sum256"}, // https://pkg.go.dev/crypto/sha256#Sum256
	"crypto/sha256.New224": {"sha256.Sum224"},
	"crypto/sha512.New":    {"sha512.Sum512"}, // https://pkg.go.dev/crypto/sha512#Sum512
	"crypto/sha512.New384": {"sha512.Sum384"},
})

// numberHashes are the types of objects with a method that returns the checksum
// as a number.
var numberHashes = map[string]string{
	"hash.Hash32": "Sum32", // https://pkg.go.dev/hash#Hash32
	"hash.Hash64": "Sum64", // https://pkg.go.dev/hash#Hash64
}

// changesPattern are the methods that change a compiled pattern.
var changesPattern = ssax.NewNames(map[string]bool{
	"(*regexp.Regexp).Longest":       true, // https://pkg.go.dev/regexp#Regexp.Longest
	"(*regexp.Regexp).UnmarshalText": true,
})

// deferredByOthers are the functions whose deferred calls in a loop are the
// business of another analyzer.
var deferredByOthers = ssax.NewNames(map[string]bool{
	"(*time.Timer).Stop":      true, // timerstop/defer-in-loop
	"(*time.Ticker).Stop":     true,
	"(*sync.Pool).Put":        true, // poolmisuse/defer-in-loop
	"(*sync.Mutex).Unlock":    true, // chandeadlock/double-lock
	"(*sync.RWMutex).Unlock":  true,
	"(*sync.RWMutex).RUnlock": true,
	"(sync.Locker).Unlock":    true,
	"(*sync.WaitGroup).Done":  true,
})

// keptByOthers are the functions whose arguments are on the heap for reasons
// that are the business of another analyzer.
var keptByOthers = ssax.NewNames(map[string]bool{
	"(*sync.Pool).Put":  true, // poolmisuse/non-pointer
	"time.AfterFunc":    true, // timerstop
	"context.AfterFunc": true, // ctxleak/stop-dropped
	"context.WithValue": true, // ctxleak/value-growth
})

// fieldsOfOthers are the types whose fields of function type are the business
// of another analyzer.
var fieldsOfOthers = map[string]bool{
	"*sync.Pool": true, // poolmisuse/new-captures-variable
}

// deferredTypes are the types of functions that are the business of another
// analyzer when they are deferred in a loop.
var deferredTypes = map[string]bool{
	"context.CancelFunc":      true, // ctxleak/defer-in-loop
	"context.CancelCauseFunc": true,
}
