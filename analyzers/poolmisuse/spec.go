package poolmisuse

// A pair names the functions that take an object from a pool and give it
// back, by [types.Func.FullName].
type pair struct{ get, put string }

// pairs are the pools that the analyzer knows; wrappers around them are
// inferred. The option Pools names further ones.
var pairs = []pair{
	{"(*sync.Pool).Get", "(*sync.Pool).Put"}, // https://pkg.go.dev/sync#Pool

	// https://pkg.go.dev/github.com/valyala/bytebufferpool
	{"github.com/valyala/bytebufferpool.Get", "github.com/valyala/bytebufferpool.Put"},
	{"(*github.com/valyala/bytebufferpool.Pool).Get", "(*github.com/valyala/bytebufferpool.Pool).Put"},

	// https://pkg.go.dev/google.golang.org/grpc/mem#BufferPool
	{"(google.golang.org/grpc/mem.BufferPool).Get", "(google.golang.org/grpc/mem.BufferPool).Put"},

	// https://pkg.go.dev/github.com/prometheus/prometheus/util/zeropool
	{"(*github.com/prometheus/prometheus/util/zeropool.Pool[T]).Get", "(*github.com/prometheus/prometheus/util/zeropool.Pool[T]).Put"},
}

// aliasing are the functions whose first result shares memory with their
// receiver or first argument.
var aliasing = map[string]bool{
	"(*bytes.Buffer).Bytes":           true, // https://pkg.go.dev/bytes#Buffer.Bytes
	"(*bytes.Buffer).AvailableBuffer": true,
	"(*bytes.Buffer).Next":            true,
	"bytes.NewBuffer":                 true, // https://pkg.go.dev/bytes#NewBuffer
	"bytes.NewReader":                 true,
	"bytes.Fields":                    true,
	"bytes.Split":                     true,
	"bytes.SplitN":                    true,
	"bytes.TrimLeft":                  true,
	"bytes.TrimPrefix":                true,
	"bytes.TrimRight":                 true,
	"bytes.TrimSpace":                 true,
	"bytes.TrimSuffix":                true,
	"bytes.Trim":                      true,
	"io.NopCloser":                    true, // https://pkg.go.dev/io#NopCloser

	"(*github.com/valyala/bytebufferpool.ByteBuffer).Bytes": true,
}

// harmless are the functions that may see an object after it was put back.
var harmless = map[string]bool{
	"runtime.KeepAlive":    true, // https://pkg.go.dev/runtime#KeepAlive
	"runtime.SetFinalizer": true, // another rule's

	// Whoever takes the object next waits for its lock.
	"(*sync.Mutex).Unlock":    true,
	"(*sync.RWMutex).Unlock":  true,
	"(*sync.RWMutex).RUnlock": true,
}

// keepers are the functions that keep their second argument, a function, and
// call it later.
var keepers = map[string]bool{
	"time.AfterFunc":    true, // https://pkg.go.dev/time#AfterFunc
	"context.AfterFunc": true, // https://pkg.go.dev/context#AfterFunc
}

// requestMakers are the functions that make a request, and senders those that
// send one, with the index of its body among the arguments.
var requestMakers = map[string]int{
	"net/http.NewRequest":            2, // https://pkg.go.dev/net/http#NewRequest
	"net/http.NewRequestWithContext": 3, // https://pkg.go.dev/net/http#NewRequestWithContext
}

var senders = map[string]int{
	"net/http.Post":           2, // https://pkg.go.dev/net/http#Post
	"(*net/http.Client).Post": 3,
}

// attachers are the functions that leave something on an object which runs
// when it is collected.
var attachers = map[string]bool{
	"runtime.SetFinalizer": true, // https://pkg.go.dev/runtime#SetFinalizer
	"runtime.AddCleanup":   true, // https://pkg.go.dev/runtime#AddCleanup
}

// accumulating are the types whose content grows from use to use until
// somebody resets them.
var accumulating = map[string]bool{
	"bytes.Buffer":    true, // https://pkg.go.dev/bytes#Buffer
	"strings.Builder": true, // https://pkg.go.dev/strings#Builder
	"github.com/valyala/bytebufferpool.ByteBuffer": true,
}

// scoped are the types whose objects a framework pools itself: they are valid
// until the handler that they were given to returns.
var scoped = map[string]string{
	"github.com/valyala/fasthttp.RequestCtx": "copy what the goroutine needs",   // https://pkg.go.dev/github.com/valyala/fasthttp#RequestHandler
	"github.com/gin-gonic/gin.Context":       "give the goroutine ctx.Copy()",   // https://pkg.go.dev/github.com/gin-gonic/gin#Context.Copy
	"github.com/rs/zerolog.Event":            "send it before the hook returns", // https://pkg.go.dev/github.com/rs/zerolog#Hook
}

// waiting are the functions after which goroutines that were started before
// have come to their end.
var waiting = map[string]bool{
	"(*sync.WaitGroup).Wait":                        true, // https://pkg.go.dev/sync#WaitGroup.Wait
	"(*golang.org/x/sync/errgroup.Group).Wait":      true,
	"(*github.com/sourcegraph/conc.WaitGroup).Wait": true,
}

// homes are the packages of the pools: a package that imports none of them,
// and none that wraps them, has no pool.
var homes = []string{
	"sync",
	"github.com/valyala/bytebufferpool",
	"github.com/valyala/fasthttp",
	"github.com/gin-gonic/gin",
	"google.golang.org/grpc/mem",
	"github.com/prometheus/prometheus/util/zeropool",
}
