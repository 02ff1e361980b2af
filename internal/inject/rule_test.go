package inject

import (
	"slices"
	"strings"
	"testing"
)

// Stubs of the packages that the built-in rules are about.
var frameworks = map[string]string{
	"context": "package context; type Context interface { Deadline() int; Done() <-chan int; Err() error; Value(any) any }",
	"net/http": `package http; import "context"
type ResponseWriter interface { Write([]byte) (int, error) }
type Request struct{}
func (*Request) Context() context.Context
type Handler interface { ServeHTTP(ResponseWriter, *Request) }
type Client struct{}
func (*Client) Do(*Request) (int, error)
type RoundTripper interface { RoundTrip(*Request) (int, error) }
`,
	"database/sql": "package sql; type DB struct{}; func (*DB) QueryRow(string) int; func (*DB) Close() error",
	"github.com/gin-gonic/gin": `package gin; import "context"
type Context struct{ context.Context }
`,
	"github.com/labstack/echo/v4": `package echo; import "net/http"; type Context interface { Request() *http.Request }`,
	"github.com/labstack/echo/v5": `package echo; import "net/http"; type Context struct{}; func (*Context) Request() *http.Request`,
	"github.com/gofiber/fiber/v2": `package fiber; import "context"
type RequestCtx struct{ context.Context }
type Ctx struct{}
func (*Ctx) Request() *int
func (*Ctx) Context() *RequestCtx
`,
	"github.com/gofiber/fiber/v3": `package fiber; import "context"; type Ctx interface { context.Context; Path() string }`,
	"google.golang.org/grpc": `package grpc; import "context"
type ServerStream interface { Context() context.Context; SendMsg(any) error }
type ClientConn struct{}
func (*ClientConn) Invoke(context.Context, string, any) error
`,
	"x.test/pb": `package pb; import ("context"; "google.golang.org/grpc")
type Req struct{}
type Resp struct{}
type Shop_WatchServer interface { Send(*Resp) error; grpc.ServerStream }
type ShopServer interface { Buy(context.Context, *Req) (*Resp, error); Watch(*Req, Shop_WatchServer) error; must() }
type UnimplementedShopServer struct{}
func (UnimplementedShopServer) Buy(context.Context, *Req) (*Resp, error)
func (UnimplementedShopServer) Watch(*Req, Shop_WatchServer) error
func (UnimplementedShopServer) must()
`,
	"x.test/plain": "package plain; type FileServer interface { Open() }",
	"mid":          `package mid; import "net/http"; type ( W = http.ResponseWriter; R = http.Request )`,
}

// The built-in rules know handlers and calls by their types.
func TestDefaults(t *testing.T) {
	tests := []struct {
		name, imports, src string
		want               string // the marked text contains it; empty: there is no mark
	}{
		{"http", `h "net/http"`, "func f(w h.ResponseWriter, r *h.Request) {}", "defer EnterRequest([0], r).Exit();"},
		{"http, three parameters", `"net/http"`, "func f(w http.ResponseWriter, r *http.Request, n http.Handler) error { return nil }", "EnterRequest([0], r)"},
		{"http, no name", `"net/http"`, "func f(http.ResponseWriter, *http.Request) {}", "defer EnterHandler([0], nil).Exit();"},
		{"http, blank", `"net/http"`, "func f(_ http.ResponseWriter, _ *http.Request) {}", "defer EnterHandler([0], nil).Exit();"},
		{"http, literal", `"net/http"`, "func f() { g(func(w http.ResponseWriter, r *http.Request) {}) }\nfunc g(func(http.ResponseWriter, *http.Request)) {}", "EnterRequest([0], r)"},
		{"http, package variable", `"net/http"`, "var f = func(w http.ResponseWriter, r *http.Request) {}", "EnterRequest([0], r)"},
		{"http, aliases", `"mid"`, "func f(w mid.W, r *mid.R) {}", "EnterRequest([0], r)"},
		{"http, other order", `"net/http"`, "func f(r *http.Request, w http.ResponseWriter) {}", ""},
		{"http, value", `"net/http"`, "func f(w http.ResponseWriter, r http.Request) {}", ""},
		{"gin", `"github.com/gin-gonic/gin"`, "func f(c *gin.Context) {}", "EnterContext([0], c)"},
		{"gin, two", `"github.com/gin-gonic/gin"`, "func f(c *gin.Context, n int) {}", ""},
		{"echo", `"github.com/labstack/echo/v4"`, "func f(c echo.Context) error { return nil }", "defer EnterRequestOf([0], c, (echo.Context).Request).Exit();"},
		{"echo, alias", `e "github.com/labstack/echo/v4"`, "type C = e.Context\nfunc f(c C) error { return nil }", "EnterRequestOf([0], c, (C).Request)"},
		{"echo, method", `"github.com/labstack/echo/v4"`, "type t int\nfunc (t) f(c echo.Context) error { return nil }", "EnterRequestOf([0], c, (echo.Context).Request)"},
		{"echo, literal", `"github.com/labstack/echo/v4"`, "var _ = func(c echo.Context) error { return nil }", "EnterRequestOf([0], c, (echo.Context).Request)"},
		{"echo, hidden by the parameter", `"github.com/labstack/echo/v4"`, "func f(echo echo.Context) error { return nil }", "defer EnterHandler([0], nil).Exit();"},
		{"echo, hidden by the result", `"github.com/labstack/echo/v4"`, "func f(c echo.Context) (echo error) { return nil }", "defer EnterHandler([0], nil).Exit();"},
		{"echo, hidden by the receiver", `"github.com/labstack/echo/v4"`, "type t int\nfunc (echo t) f(c echo.Context) error { return nil }", "defer EnterHandler([0], nil).Exit();"},
		{"echo 5", `"github.com/labstack/echo/v5"`, "func f(c *echo.Context) error { return nil }", "EnterRequestOf([0], c, (*echo.Context).Request)"},
		{"echo, no error", `"github.com/labstack/echo/v4"`, "func f(c echo.Context) {}", ""},
		{"fiber", `"github.com/gofiber/fiber/v2"`, "func f(c *fiber.Ctx) error { return nil }", "defer EnterContextOf([0], c, (*fiber.Ctx).Context).Exit();"},
		{"fiber 3", `"github.com/gofiber/fiber/v3"`, "func f(c fiber.Ctx) error { return nil }", "EnterHandler([0], c)"},
		{"grpc", `"context"; "x.test/pb"`, "type s struct{ pb.UnimplementedShopServer }\nfunc (*s) Buy(ctx context.Context, r *pb.Req) (*pb.Resp, error) { return nil, nil }", "EnterHandler([0], ctx)"},
		{"grpc, stream", `"x.test/pb"`, "type s struct{ pb.UnimplementedShopServer }\nfunc (s) Watch(r *pb.Req, out pb.Shop_WatchServer) error { return nil }", "EnterStream([0], out)"},
		{"grpc, another method", `"x.test/pb"`, "type s struct{ pb.UnimplementedShopServer }\nfunc (s) Sell(r *pb.Req) {}", ""},
		{"a Server without gRPC", `"x.test/plain"`, "type s struct{ plain.FileServer }\nfunc (s) Open() {}", ""},

		{"sql", `"database/sql"`, "func f(db *sql.DB) int { return db.QueryRow(``) }", "E1(Enter([0]), db.QueryRow(``))"},
		{"sql, promoted", `"database/sql"`, "type store struct{ *sql.DB }\nfunc f(s store) int { return s.QueryRow(``) }", "E1(Enter([0]), s.QueryRow(``))"},
		{"sql, method value", `"database/sql"`, "func f(db *sql.DB) int { q := db.QueryRow; return q(``) }", ""},
		{"sql, another method", `"database/sql"`, "func f(db *sql.DB) error { return db.Close() }", ""},
		{"same name, other type", `"database/sql"`, "type DB struct{ *sql.DB }\nfunc (DB) QueryRow(string) int { return 0 }\nfunc f(db DB) int { return db.QueryRow(``) }", ""},
		{"http client", `"net/http"`, "func f(c *http.Client, r *http.Request) { c.Do(r) }", "v0 := Enter([0]); c.Do(r); v0.Exit()"},
		{"round tripper", `"net/http"`, "func f(c http.RoundTripper, r *http.Request) (int, error) { return c.RoundTrip(r) }", "/*return*/ c.RoundTrip(r)"},
		{"grpc call", `"context"; "google.golang.org/grpc"`, "func f(ctx context.Context, c *grpc.ClientConn) error { return c.Invoke(ctx, ``, nil) }", "E1(Enter([0]), c.Invoke"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t, frameworks)
			plan := w.plan("package p\n\nimport ("+test.imports+")\n\n"+test.src+"\n", &Options{Rules: DefaultRules()})
			text := short(w.render(plan))
			if test.want == "" && text != "" || !strings.Contains(text, test.want) {
				t.Errorf("want %q in %s", test.want, text)
			}
		})
	}
}

func TestOptional(t *testing.T) {
	w := newWorld(t, map[string]string{"sync": "package sync; type Mutex struct{}; func (*Mutex) Lock()"})
	const src = "package p\n\nimport \"sync\"\n\nfunc f(m *sync.Mutex) { m.Lock() }\n"
	rules := DefaultRules()
	if p := w.plan(src, &Options{Rules: rules}); len(p.Marks) > 0 {
		t.Error("a lock is marked, which is optional")
	}
	for i := range rules {
		rules[i].Optional = false
	}
	if p := w.plan(src, &Options{Rules: rules}); len(p.Marks) != 1 || p.Marks[0].Kind != "lock" {
		t.Errorf("a lock gets the marks %v", p.Marks)
	}
}

// Every built-in rule is one that a user could write.
func TestDefaultsAreRules(t *testing.T) {
	var ids []string
	for _, r := range DefaultRules() {
		if err := r.Check(); err != nil {
			t.Error(err)
		}
		if slices.Contains(ids, r.ID) {
			t.Errorf("there are two rules %s", r.ID)
		}
		ids = append(ids, r.ID)
	}
}

func TestMatchName(t *testing.T) {
	tests := []struct {
		pattern, name string
		want          bool
	}{
		{"(*database/sql.DB).Query*", "(*database/sql.DB).QueryRow", true},
		{"(*database/sql.DB).Query*", "(*database/sql.DB).Query", true},
		{"(*database/sql.DB).Query*", "(database/sql.DB).Query", false},
		{"(*database/sql.DB).*", "(*database/sql.DB).Close", true},
		{"os.Open*", "os.OpenFile", true},
		{"os.*", "os/exec.Command", false},
		{"(*a.?).F", "(*a.T).F", true},
		{"(*a.*).F", "(*a.T).F", true},
	}
	for _, test := range tests {
		if got := matchName(test.pattern, test.name); got != test.want {
			t.Errorf("%s matches %s: %t", test.pattern, test.name, got)
		}
	}
}

func TestRuleErrors(t *testing.T) {
	tests := []struct{ yaml, want string }{
		{"", "there are no rules in it; want a list under the key marks"},
		{"marks: []", "there are no rules in it"},
		{"rules: []", "line 1: field rules not found"},
		{"marks:\n  - nonsense", "line 2: a rule is a mapping with the keys id, kind,"},
		{"marks:\n  - id: a\n    kind: k\n    at: entry\n    wen: x", `line 2: unknown key "wen"; there are id,`},
		{"marks:\n  - kind: k\n    at: entry", "line 2: a rule needs an id"},
		{"marks:\n  - id: a\n    at: entry", "line 2: rule a needs a kind"},
		{"marks:\n  - id: a\n    kind: k\n    at: there", `line 2: rule a: at is "there", want entry or call`},
		{"marks:\n  - id: a\n    kind: k\n    at: call", "line 2: rule a matches every call; it needs func or implements"},
		{"marks:\n  - {id: a, kind: k, at: entry, func: ['[']}", `line 2: rule a: the pattern "[" is malformed`},
		{"marks:\n  - {id: a, kind: k, at: entry, func: [f]}\n  - {id: a, kind: k, at: entry, func: [f]}", "line 3: there are two rules with the id a"},
		{"marks:\n  - {id: a, kind: k, at: entry, implements: [Server]}", `line 2: rule a: implements names the interface "Server" without its package`},
		{"marks:\n  - {id: [a], kind: k}", "line 2: cannot unmarshal"},
		{"marks: [", "line 1: did not find expected node content"},
	}
	for _, test := range tests {
		_, err := parseRules(strings.NewReader(test.yaml))
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s\ngot  %v\nwant %s", test.yaml, err, test.want)
		}
	}
}

func FuzzRules(f *testing.F) {
	f.Add("marks:\n  - {id: a, kind: k, at: entry, params: [x, ...], label: true}\n")
	f.Add("marks:\n  - id: db\n    kind: db_query\n    at: call\n    func: ['(*database/sql.DB).Query*']\n    implements: ['*.X']\n    imports: p\n")
	f.Add("marks: [&a {id: a}, *a]")
	f.Add("marks: {<<: 1}")
	f.Fuzz(func(t *testing.T, text string) {
		rules, err := parseRules(strings.NewReader(text))
		if err != nil {
			return
		}
		w := newWorld(t, nil)
		for _, r := range rules {
			if err := r.Check(); err != nil {
				t.Errorf("a rule was read that is none: %v", err)
			}
		}
		// Whatever a rule matches, the outcome compiles: no rule can break a build.
		w.render(w.plan("package p\n\nimport \"ext\"\n\nfunc f() (int, error) { ext.One(); return ext.Two() }\n", &Options{Rules: rules}))
	})
}
