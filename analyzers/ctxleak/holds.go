package ctxleak

// children are the functions that return a context which ends with the one
// that they are given, or a context and something else.
var children = map[string]bool{
	"context.WithCancel":        true, // https://pkg.go.dev/context#WithCancel
	"context.WithCancelCause":   true, // https://pkg.go.dev/context#WithCancelCause
	"context.WithDeadline":      true, // https://pkg.go.dev/context#WithDeadline
	"context.WithDeadlineCause": true, // https://pkg.go.dev/context#WithDeadlineCause
	"context.WithTimeout":       true, // https://pkg.go.dev/context#WithTimeout
	"context.WithTimeoutCause":  true, // https://pkg.go.dev/context#WithTimeoutCause
	"context.WithValue":         true, // https://pkg.go.dev/context#WithValue
	"os/signal.NotifyContext":   true, // https://pkg.go.dev/os/signal#NotifyContext

	"(go.opentelemetry.io/otel/trace.Tracer).Start":              true, // https://pkg.go.dev/go.opentelemetry.io/otel/trace#Tracer
	"go.opentelemetry.io/otel/trace.ContextWithSpan":             true,
	"google.golang.org/grpc/metadata.NewOutgoingContext":         true, // https://pkg.go.dev/google.golang.org/grpc/metadata#NewOutgoingContext
	"google.golang.org/grpc/metadata.AppendToOutgoingContext":    true,
	"github.com/opentracing/opentracing-go.ContextWithSpan":      true,
	"github.com/opentracing/opentracing-go.StartSpanFromContext": false, // its first result is the span
}

// A held says what becomes of a value once its context has ended.
type held struct {
	what     string   // the value, with its article
	effect   string   // what happens then
	advice   string   // what to do instead
	harmless []string // methods that leave the value in need of the context
}

const callerCancels = "let the caller cancel when it is done, or finish here"

var (
	heldContext  = held{what: "the context itself", effect: "whoever gets it finds it cancelled", advice: "return the cancel function with it"}
	heldRequest  = held{what: "a request with this context", effect: "sending it fails", advice: callerCancels}
	heldResponse = held{what: "the response", effect: "reading its body fails with context canceled, unless all of it has arrived already", advice: "cancel when the body is closed, or read it here"}
	heldStream   = held{what: "the stream", effect: "its next message fails with a cancelled status", advice: callerCancels,
		harmless: []string{"Send", "SendMsg", "Recv", "RecvMsg", "Header", "Trailer", "Context"}}
	heldWatch = held{what: "the watch", effect: "its channel is closed at once", advice: callerCancels}
	heldRows  = held{what: "the result of the query", effect: "it is closed, and reading it fails with context canceled", advice: callerCancels,
		harmless: []string{"Err", "Columns", "ColumnTypes"}}
	heldTx = held{what: "the transaction", effect: "it is rolled back", advice: callerCancels,
		harmless: []string{"Exec", "ExecContext", "Query", "QueryContext", "QueryRow", "QueryRowContext", "Prepare", "PrepareContext"}}
	heldCommand = held{what: "the command", effect: "its process is killed", advice: callerCancels,
		harmless: []string{"Start", "StdinPipe", "StdoutPipe", "StderrPipe", "String", "Environ"}}
	heldReader = held{what: "the object's reader or writer", effect: "reading or writing fails with context canceled", advice: callerCancels,
		harmless: []string{"Attrs", "Size"}}
)

// heldBy are the functions whose first result needs their context, by
// [types.Func.FullName].
var heldBy = map[string]held{
	"(*database/sql.DB).QueryContext":      heldRows, // https://pkg.go.dev/database/sql#DB.QueryContext
	"(*database/sql.DB).QueryRowContext":   heldRows,
	"(*database/sql.Conn).QueryContext":    heldRows,
	"(*database/sql.Conn).QueryRowContext": heldRows,
	"(*database/sql.Tx).QueryContext":      heldRows,
	"(*database/sql.Tx).QueryRowContext":   heldRows,
	"(*database/sql.Stmt).QueryContext":    heldRows,
	"(*database/sql.Stmt).QueryRowContext": heldRows,
	"(*database/sql.DB).BeginTx":           heldTx, // https://pkg.go.dev/database/sql#DB.BeginTx
	"(*database/sql.Conn).BeginTx":         heldTx,
	"os/exec.CommandContext":               heldCommand, // https://pkg.go.dev/os/exec#CommandContext

	"(*github.com/jmoiron/sqlx.DB).QueryxContext":      heldRows, // https://pkg.go.dev/github.com/jmoiron/sqlx#DB.QueryxContext
	"(*github.com/jmoiron/sqlx.DB).BeginTxx":           heldTx,
	"(*github.com/jackc/pgx/v5.Conn).Query":            heldRows, // https://pkg.go.dev/github.com/jackc/pgx/v5#Conn.Query
	"(*github.com/jackc/pgx/v5.Conn).QueryRow":         heldRows,
	"(*github.com/jackc/pgx/v5/pgxpool.Pool).Query":    heldRows,
	"(*github.com/jackc/pgx/v5/pgxpool.Pool).QueryRow": heldRows,

	"(go.etcd.io/etcd/client/v3.Watcher).Watch":                  heldWatch,  // https://pkg.go.dev/go.etcd.io/etcd/client/v3#Watcher
	"(*cloud.google.com/go/storage.ObjectHandle).NewReader":      heldReader, // https://pkg.go.dev/cloud.google.com/go/storage#ObjectHandle.NewReader
	"(*cloud.google.com/go/storage.ObjectHandle).NewRangeReader": heldReader,
	"(*cloud.google.com/go/storage.ObjectHandle).NewWriter":      heldReader,
}

// kubernetesWatch and grpcStreamMethods recognise the results of generated
// clients.
const kubernetesWatch = "k8s.io/apimachinery/pkg/watch.Interface" // https://pkg.go.dev/k8s.io/apimachinery/pkg/watch#Interface

var grpcStreamMethods = []string{"CloseSend", "Context", "Header", "RecvMsg", "SendMsg", "Trailer"} // https://pkg.go.dev/google.golang.org/grpc#ClientStream

// requestMakers return a request that carries the context they are given.
var requestMakers = map[string]bool{
	"net/http.NewRequestWithContext":  true, // https://pkg.go.dev/net/http#NewRequestWithContext
	"(*net/http.Request).WithContext": true,
	"(*net/http.Request).Clone":       true,
}

// quickCalls take next to no time and wait for nothing, and so do all
// functions of quickPackages. Writing to a log or a response may wait for
// the other end, but not for a goroutine.
var quickCalls = map[string]bool{
	"(*sync.Mutex).Lock":      true,
	"(*sync.Mutex).Unlock":    true,
	"(*sync.RWMutex).Lock":    true,
	"(*sync.RWMutex).Unlock":  true,
	"(*sync.RWMutex).RLock":   true,
	"(*sync.RWMutex).RUnlock": true,
	"(*sync.WaitGroup).Add":   true,
	"(*sync.WaitGroup).Done":  true,
	"(sync.Locker).Lock":      true,
	"(sync.Locker).Unlock":    true,
	"time.Now":                true,
	"time.Since":              true,
	"time.Until":              true,

	"(net/http.ResponseWriter).Header":           true, // https://pkg.go.dev/net/http#ResponseWriter
	"(net/http.ResponseWriter).Write":            true,
	"(net/http.ResponseWriter).WriteHeader":      true,
	"(net/http.Header).Set":                      true,
	"(net/http.Header).Add":                      true,
	"(net/http.Header).Get":                      true,
	"net/http.Error":                             true,
	"net/http.Redirect":                          true,
	"(*net/http.Request).Context":                true,
	"(context.Context).Err":                      true,
	"(context.Context).Value":                    true,
	"(context.Context).Done":                     true,
	"(context.Context).Deadline":                 true,
	"(*github.com/gin-gonic/gin.Context).JSON":   true, // https://pkg.go.dev/github.com/gin-gonic/gin#Context
	"(*github.com/gin-gonic/gin.Context).Status": true,
	"(*github.com/gin-gonic/gin.Context).String": true,
}

var quickPackages = map[string]bool{
	"bytes": true, "encoding/base64": true, "encoding/hex": true, "encoding/json": true, "errors": true, "fmt": true, "log": true,
	"log/slog": true, "maps": true, "math": true, "path": true, "path/filepath": true, "reflect": true, "slices": true, "sort": true,
	"strconv": true, "strings": true, "sync/atomic": true, "unicode": true, "unicode/utf8": true, "context": true,

	"github.com/go-kit/log":       true, // https://pkg.go.dev/github.com/go-kit/log
	"github.com/go-kit/log/level": true,
	"github.com/go-logr/logr":     true, // https://pkg.go.dev/github.com/go-logr/logr
	"github.com/golang/glog":      true, // https://pkg.go.dev/github.com/golang/glog
	"github.com/google/uuid":      true, // https://pkg.go.dev/github.com/google/uuid
	"github.com/pkg/errors":       true, // https://pkg.go.dev/github.com/pkg/errors
	"github.com/rs/zerolog":       true, // https://pkg.go.dev/github.com/rs/zerolog
	"github.com/rs/zerolog/log":   true,
	"github.com/sirupsen/logrus":  true, // https://pkg.go.dev/github.com/sirupsen/logrus
	"go.uber.org/zap":             true, // https://pkg.go.dev/go.uber.org/zap
	"k8s.io/klog/v2":              true, // https://pkg.go.dev/k8s.io/klog/v2
}
