package ctxleak

import "github.com/perflint/perflint/internal/ssax"

// growing are the functions that make a longer chain of contexts out of a
// chain, by [types.Func.FullName].
var growing = ssax.NewNames(map[string]bool{
	"context.WithCancel":        true, // https://pkg.go.dev/context#WithCancel
	"context.WithCancelCause":   true, // https://pkg.go.dev/context#WithCancelCause
	"context.WithDeadline":      true, // https://pkg.go.dev/context#WithDeadline
	"context.WithDeadlineCause": true, // https://pkg.go.dev/context#WithDeadlineCause
	"context.WithTimeout":       true, // https://pkg.go.dev/context#WithTimeout
	"context.WithTimeoutCause":  true, // https://pkg.go.dev/context#WithTimeoutCause
	"context.WithValue":         true, // https://pkg.go.dev/context#WithValue

	"golang.org/x/net/context.WithCancel":   true,
	"golang.org/x/net/context.WithDeadline": true,
	"golang.org/x/net/context.WithTimeout":  true,
	"golang.org/x/net/context.WithValue":    true,
})

func isWithValue(name string) bool {
	return name == "context.WithValue" || name == "golang.org/x/net/context.WithValue"
}

// timeouts are the functions whose second argument is a time limit.
var timeouts = ssax.NewNames(map[string]bool{
	"context.WithTimeout":      true, // https://pkg.go.dev/context#WithTimeout
	"context.WithTimeoutCause": true, // https://pkg.go.dev/context#WithTimeoutCause

	"golang.org/x/net/context.WithTimeout": true,
})

// units are the last words of names that count something other than
// nanoseconds, with the factor that is missing. "min" may be a minimum.
var units = map[string]string{
	"sec": "time.Second", "secs": "time.Second", "second": "time.Second", "seconds": "time.Second",
	"ms": "time.Millisecond", "msec": "time.Millisecond", "msecs": "time.Millisecond", "millis": "time.Millisecond",
	"milliseconds": "time.Millisecond", "millisecond": "time.Millisecond",
	"usec": "time.Microsecond", "micros": "time.Microsecond", "microseconds": "time.Microsecond",
	"mins": "time.Minute", "minute": "time.Minute", "minutes": "time.Minute",
	"hour": "time.Hour", "hours": "time.Hour",
}

const (
	afterFunc        = "context.AfterFunc"        // https://pkg.go.dev/context#AfterFunc
	deadlineExceeded = "context.DeadlineExceeded" // https://pkg.go.dev/context#pkg-variables
	errorsIs         = "errors.Is"                // https://pkg.go.dev/errors#Is
)

// cleanUpWords are the words in names of functions that undo something.
var cleanUpWords = map[string]bool{
	"abort": true, "cancel": true, "cleanup": true, "clean": true, "close": true, "delete": true, "destroy": true, "disconnect": true, "drain": true,
	"flush": true, "kill": true, "release": true, "remove": true, "revert": true, "rollback": true, "shutdown": true, "stop": true,
	"teardown": true, "terminate": true, "unlock": true,
}

const (
	newRequest = "net/http.NewRequest"   // https://pkg.go.dev/net/http#NewRequest
	clientDo   = "(*net/http.Client).Do" // https://pkg.go.dev/net/http#Client.Do
)

// defaultClientCalls send a request without a context through a client without
// a timeout.
var defaultClientCalls = ssax.NewNames(map[string]bool{
	"net/http.Get":      true, // https://pkg.go.dev/net/http#Get
	"net/http.Head":     true,
	"net/http.Post":     true,
	"net/http.PostForm": true,
})

// clientCalls send a request without a context.
var clientCalls = ssax.NewNames(map[string]bool{
	"(*net/http.Client).Get":      true, // https://pkg.go.dev/net/http#Client.Get
	"(*net/http.Client).Head":     true,
	"(*net/http.Client).Post":     true,
	"(*net/http.Client).PostForm": true,
})

// requestMethods leave the context of a request as it is.
var requestMethods = map[string]bool{
	"(*net/http.Request).AddCookie":    true, // https://pkg.go.dev/net/http#Request
	"(*net/http.Request).SetBasicAuth": true,
	"(*net/http.Request).UserAgent":    true,
	"(*net/http.Request).Referer":      true,
	"(*net/http.Request).Cookies":      true,
}
