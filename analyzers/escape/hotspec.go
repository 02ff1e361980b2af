package escape

import "github.com/perflint/perflint/internal/allocmodel"

// hotTable is what makes functions run often or seldom.
//
// A function that takes a request runs for each request, whatever it is
// called, so most rows ask for types that occur among the parameters.
var hotTable = allocmodel.HotTable{
	Often:     append(handlers[:len(handlers):len(handlers)], contracts...),
	Seldom:    seldom,
	Drivers:   []string{"*testing.B", "*testing.PB"},                            // https://pkg.go.dev/testing#hdr-Benchmarks
	Ticks:     []string{"time.Time"},                                            // https://pkg.go.dev/time#Ticker
	Pauses:    []string{"time.Sleep", "(*golang.org/x/time/rate.Limiter).Wait"}, // https://pkg.go.dev/golang.org/x/time/rate#Limiter.Wait
	Failures:  failures,
	Callbacks: callbacks,
}

// failures are functions that make errors. Those that wrap one and return nil
// for nil are not among them.
var failures = []string{
	"errors.New",                // https://pkg.go.dev/errors#New
	"fmt.Errorf",                // https://pkg.go.dev/fmt#Errorf
	"github.com/pkg/errors.New", // https://pkg.go.dev/github.com/pkg/errors
	"github.com/pkg/errors.Errorf",
	"google.golang.org/grpc/status.Error", // https://pkg.go.dev/google.golang.org/grpc/status
	"google.golang.org/grpc/status.Errorf",
}

const (
	perRequest = "for each request"
	perMessage = "for each message"
	perRecord  = "for each log record"
	perCall    = "at each call"
	perValue   = "for each value"
)

// handlers are functions that serve requests.
var handlers = []allocmodel.Role{
	{Takes: []string{"net/http.ResponseWriter"}, Noun: "the HTTP handler", Often: perRequest},                      // https://pkg.go.dev/net/http#HandlerFunc
	{Takes: []string{"*net/http.Request"}, Noun: "the function of an HTTP request", Often: perRequest},             // https://pkg.go.dev/net/http#RoundTripper
	{Takes: []string{"*github.com/gin-gonic/gin.Context"}, Noun: "the gin handler", Often: perRequest},             // https://pkg.go.dev/github.com/gin-gonic/gin#HandlerFunc
	{Takes: []string{"github.com/labstack/echo/v4.Context"}, Noun: "the echo handler", Often: perRequest},          // https://pkg.go.dev/github.com/labstack/echo/v4#HandlerFunc
	{Takes: []string{"*github.com/gofiber/fiber/v2.Ctx"}, Noun: "the fiber handler", Often: perRequest},            // https://pkg.go.dev/github.com/gofiber/fiber/v2#Handler
	{Takes: []string{"github.com/gofiber/fiber/v3.Ctx"}, Noun: "the fiber handler", Often: perRequest},             // https://pkg.go.dev/github.com/gofiber/fiber/v3#Handler
	{Takes: []string{"*github.com/valyala/fasthttp.RequestCtx"}, Noun: "the fasthttp handler", Often: perRequest},  // https://pkg.go.dev/github.com/valyala/fasthttp#RequestHandler
	{Takes: []string{"github.com/miekg/dns.ResponseWriter"}, Noun: "the DNS handler", Often: perRequest},           // https://pkg.go.dev/github.com/miekg/dns#Handler
	{Takes: []string{"*google.golang.org/grpc.UnaryServerInfo"}, Noun: "the gRPC interceptor", Often: perRequest},  // https://pkg.go.dev/google.golang.org/grpc#UnaryServerInterceptor
	{Takes: []string{"*google.golang.org/grpc.StreamServerInfo"}, Noun: "the gRPC interceptor", Often: perRequest}, // https://pkg.go.dev/google.golang.org/grpc#StreamServerInterceptor
	// A method of a gRPC service: https://grpc.io/docs/languages/go/basics/#simple-rpc
	{Method: true, Params: []string{"context.Context", "_"}, Results: []string{"_", "error"}, Having: "ProtoReflect", Noun: "the gRPC method", Often: perRequest},
	{Method: true, Params: []string{"_", "_"}, Results: []string{"error"}, Having: "SendMsg", Noun: "the gRPC method", Often: perRequest},
	{Takes: []string{"*github.com/segmentio/kafka-go.Message"}, Noun: "the consumer", Often: perMessage}, // https://pkg.go.dev/github.com/segmentio/kafka-go#Message
	{Takes: []string{"*github.com/IBM/sarama.ConsumerMessage"}, Noun: "the consumer", Often: perMessage}, // https://pkg.go.dev/github.com/IBM/sarama#ConsumerMessage
	{Takes: []string{"*github.com/nats-io/nats.go.Msg"}, Noun: "the consumer", Often: perMessage},        // https://pkg.go.dev/github.com/nats-io/nats.go#MsgHandler
	{Takes: []string{"log/slog.Record"}, Noun: "the log handler", Often: perRecord},                      // https://pkg.go.dev/log/slog#Handler
	{Takes: []string{"go.uber.org/zap/zapcore.Entry"}, Noun: "the log core", Often: perRecord},           // https://pkg.go.dev/go.uber.org/zap/zapcore#Core
	{Takes: []string{"*github.com/sirupsen/logrus.Entry"}, Noun: "the log hook", Often: perRecord},       // https://pkg.go.dev/github.com/sirupsen/logrus#Hook
}

// contracts are methods that their callers call in loops, by the interfaces
// of the standard library.
var contracts = []allocmodel.Role{
	method("Read", []string{"[]uint8"}, "int", "error"),             // https://pkg.go.dev/io#Reader
	method("ReadAt", []string{"[]uint8", "int64"}, "int", "error"),  // https://pkg.go.dev/io#ReaderAt
	method("ReadByte", []string{}, "uint8", "error"),                // https://pkg.go.dev/io#ByteReader
	method("Write", []string{"[]uint8"}, "int", "error"),            // https://pkg.go.dev/io#Writer
	method("WriteAt", []string{"[]uint8", "int64"}, "int", "error"), // https://pkg.go.dev/io#WriterAt
	method("WriteByte", []string{"uint8"}, "error"),                 // https://pkg.go.dev/io#ByteWriter
	method("WriteString", []string{"string"}, "int", "error"),       // https://pkg.go.dev/io#StringWriter
	method("Less", []string{"int", "int"}, "bool"),                  // https://pkg.go.dev/sort#Interface
	method("Swap", []string{"int", "int"}),                          // https://pkg.go.dev/sort#Interface
	method("Sum32", []string{}, "uint32"),                           // https://pkg.go.dev/hash#Hash32
	method("Sum64", []string{}, "uint64"),                           // https://pkg.go.dev/hash#Hash64
	method("Hash", []string{}, "uint64"),
	method("Hash", []string{}, "uint32"),
	encoder("MarshalJSON", []string{}, "[]uint8", "error"),   // https://pkg.go.dev/encoding/json#Marshaler
	encoder("MarshalText", []string{}, "[]uint8", "error"),   // https://pkg.go.dev/encoding#TextMarshaler
	encoder("MarshalBinary", []string{}, "[]uint8", "error"), // https://pkg.go.dev/encoding#BinaryMarshaler
	encoder("AppendText", []string{"[]uint8"}, "[]uint8", "error"),
	encoder("AppendBinary", []string{"[]uint8"}, "[]uint8", "error"),
	encoder("Scan", []string{"any"}, "error"), // https://pkg.go.dev/database/sql#Scanner
}

func method(name string, params []string, results ...string) allocmodel.Role {
	return allocmodel.Role{Name: name, Method: true, Params: params, Results: results, Loops: 1, Noun: "the method", Often: perCall}
}

func encoder(name string, params []string, results ...string) allocmodel.Role {
	return allocmodel.Role{Name: name, Method: true, Params: params, Results: results, Loops: 1, Noun: "the method", Often: perValue}
}

// seldom are functions that set things up.
var seldom = []allocmodel.Role{
	{Takes: []string{"*testing.T"}, Often: "in a test"},
	{Takes: []string{"*testing.M"}, Often: "in a test"},
	{Takes: []string{"testing.TB"}, Often: "in a test"},
	{Takes: []string{"*flag.FlagSet"}, Often: "once, when flags are declared"},
	{Takes: []string{"*github.com/spf13/cobra.Command"}, Often: "once for a command"},
	{Takes: []string{"*github.com/spf13/pflag.FlagSet"}, Often: "once, when flags are declared"},
	{Name: "New*", Each: true, Often: "once for each new value"},
	{Name: "new*", Each: true, Often: "once for each new value"},
	{Name: "Must*", Often: "once, when something is set up"},
	{Name: "must*", Often: "once, when something is set up"},
	{Name: "Init*", Often: "once, when something is set up"},
	{Name: "init*", Often: "once, when something is set up"},
	{Name: "Setup*", Often: "once, when something is set up"},
	{Name: "setup*", Often: "once, when something is set up"},
	{Name: "Register*", Often: "once, when something is registered"},
	{Name: "register*", Often: "once, when something is registered"},
	{Name: "Provision", Method: true, Often: "once, when something is set up"}, // https://caddyserver.com/docs/extending-caddy
	{Name: "Usage", Often: "once, when help is asked for"},
	{Name: "usage", Often: "once, when help is asked for"},
	{Name: "Close", Method: true, Often: "once, at the end"},    // https://pkg.go.dev/io#Closer
	{Name: "Shutdown", Method: true, Often: "once, at the end"}, // https://pkg.go.dev/net/http#Server.Shutdown
}

// callbacks are functions that call a function they are given.
var callbacks = map[string]allocmodel.Calls{
	"(*sync.Once).Do":   allocmodel.CallsOnce, // https://pkg.go.dev/sync#Once
	"sync.OnceFunc":     allocmodel.CallsOnce, // https://pkg.go.dev/sync#OnceFunc
	"sync.OnceValue":    allocmodel.CallsOnce, // https://pkg.go.dev/sync#OnceValue
	"sync.OnceValues":   allocmodel.CallsOnce, // https://pkg.go.dev/sync#OnceValues
	"(*sync.Map).Range": allocmodel.CallsEach, // https://pkg.go.dev/sync#Map.Range

	"sort.Slice":       allocmodel.CallsEach, // https://pkg.go.dev/sort
	"sort.SliceStable": allocmodel.CallsEach,
	"sort.Search":      allocmodel.CallsEach,

	"slices.SortFunc":         allocmodel.CallsEach, // https://pkg.go.dev/slices
	"slices.SortStableFunc":   allocmodel.CallsEach,
	"slices.BinarySearchFunc": allocmodel.CallsEach,
	"slices.IndexFunc":        allocmodel.CallsEach,
	"slices.ContainsFunc":     allocmodel.CallsEach,
	"slices.DeleteFunc":       allocmodel.CallsEach,
	"slices.CompactFunc":      allocmodel.CallsEach,
	"slices.EqualFunc":        allocmodel.CallsEach,
	"slices.MaxFunc":          allocmodel.CallsEach,
	"slices.MinFunc":          allocmodel.CallsEach,
	"maps.DeleteFunc":         allocmodel.CallsEach, // https://pkg.go.dev/maps#DeleteFunc

	"strings.Map":        allocmodel.CallsEach, // https://pkg.go.dev/strings
	"strings.FieldsFunc": allocmodel.CallsEach,
	"strings.IndexFunc":  allocmodel.CallsEach,
	"strings.TrimFunc":   allocmodel.CallsEach,
	"bytes.Map":          allocmodel.CallsEach, // https://pkg.go.dev/bytes
	"bytes.FieldsFunc":   allocmodel.CallsEach,

	"path/filepath.Walk":    allocmodel.CallsEach, // https://pkg.go.dev/path/filepath#Walk
	"path/filepath.WalkDir": allocmodel.CallsEach,
	"io/fs.WalkDir":         allocmodel.CallsEach, // https://pkg.go.dev/io/fs#WalkDir
	"go/ast.Inspect":        allocmodel.CallsEach, // https://pkg.go.dev/go/ast#Inspect

	"(*regexp.Regexp).ReplaceAllStringFunc": allocmodel.CallsEach, // https://pkg.go.dev/regexp#Regexp.ReplaceAllStringFunc
	"(*regexp.Regexp).ReplaceAllFunc":       allocmodel.CallsEach,
}
