package inject

// DefaultRules returns the rules that hold if the user gives none: what is
// worth knowing in a service. Those that are optional are about locks and
// channels.
func DefaultRules() []Rule {
	rules := []Rule{
		{ID: "http-handler", Kind: "handler", At: AtEntry, Params: []string{"net/http.ResponseWriter", "*net/http.Request", "..."}, Label: true},
		{ID: "gin-handler", Kind: "handler", At: AtEntry, Params: []string{"*github.com/gin-gonic/gin.Context"}, Label: true},
		{ID: "echo-handler", Kind: "handler", At: AtEntry, Params: []string{"github.com/labstack/echo/v4.Context"}, Results: []string{"error"}, Label: true},
		{ID: "echo5-handler", Kind: "handler", At: AtEntry, Params: []string{"*github.com/labstack/echo/v5.Context"}, Results: []string{"error"}, Label: true},
		{ID: "fiber-handler", Kind: "handler", At: AtEntry, Params: []string{"*github.com/gofiber/fiber/v2.Ctx"}, Results: []string{"error"}, Label: true},
		{ID: "fiber3-handler", Kind: "handler", At: AtEntry, Params: []string{"github.com/gofiber/fiber/v3.Ctx"}, Results: []string{"error"}, Label: true},
		// A generated XxxServer interface, and the method is one of it. Streams
		// are among them: their context is that of the stream.
		{ID: "grpc-handler", Kind: "handler", At: AtEntry, Implements: []string{"*.*Server"}, Imports: "google.golang.org/grpc", Label: true},
	}
	for _, c := range calls {
		rules = append(rules, Rule{ID: c.kind, Kind: c.kind, At: AtCall, Func: c.funcs, Optional: c.optional})
	}
	return rules
}

// calls are the calls that are marked, by kind.
var calls = []struct {
	kind     string
	funcs    []string
	optional bool
}{
	{kind: "db_query", funcs: []string{
		"(*database/sql.DB).Query*", "(*database/sql.DB).Exec*", "(*database/sql.DB).Prepare*", "(*database/sql.DB).Begin*", "(*database/sql.DB).Ping*",
		"(*database/sql.Tx).Query*", "(*database/sql.Tx).Exec*", "(*database/sql.Tx).Prepare*", "(*database/sql.Tx).Commit",
		"(*database/sql.Stmt).Query*", "(*database/sql.Stmt).Exec*", "(*database/sql.Conn).Query*", "(*database/sql.Conn).Exec*",
		"(*database/sql.Rows).Next",
		"(*github.com/jackc/pgx/v5.Conn).Query*", "(*github.com/jackc/pgx/v5.Conn).Exec", "(*github.com/jackc/pgx/v5.Conn).SendBatch",
		"(*github.com/jackc/pgx/v5/pgxpool.Pool).Query*", "(*github.com/jackc/pgx/v5/pgxpool.Pool).Exec", "(*github.com/jackc/pgx/v5/pgxpool.Pool).SendBatch",
		"(*github.com/jackc/pgx/v5/pgxpool.Pool).CopyFrom", "(github.com/jackc/pgx/v5.Tx).Query*", "(github.com/jackc/pgx/v5.Tx).Exec",
		"(*gorm.io/gorm.DB).Find", "(*gorm.io/gorm.DB).First", "(*gorm.io/gorm.DB).Take", "(*gorm.io/gorm.DB).Last", "(*gorm.io/gorm.DB).Create",
		"(*gorm.io/gorm.DB).Save", "(*gorm.io/gorm.DB).Update*", "(*gorm.io/gorm.DB).Delete", "(*gorm.io/gorm.DB).Scan", "(*gorm.io/gorm.DB).Count",
		"(*gorm.io/gorm.DB).Exec", "(*gorm.io/gorm.DB).Pluck",
	}},
	{kind: "redis", funcs: []string{
		"(github.com/redis/go-redis/v9.cmdable).*", "(github.com/redis/go-redis/v9.Cmdable).*", "(*github.com/redis/go-redis/v9.Pipeline).Exec",
		"(github.com/redis/go-redis/v9.Pipeliner).Exec",
	}},
	{kind: "http_out", funcs: []string{
		"net/http.Get", "net/http.Head", "net/http.Post*", "(*net/http.Client).Do", "(*net/http.Client).Get", "(*net/http.Client).Head",
		"(*net/http.Client).Post*", "(net/http.RoundTripper).RoundTrip", "(*net/http.Transport).RoundTrip",
	}},
	{kind: "grpc_out", funcs: []string{"(*google.golang.org/grpc.ClientConn).Invoke", "(*google.golang.org/grpc.ClientConn).NewStream", "(google.golang.org/grpc.ClientConnInterface).*"}},
	{kind: "json_enc", funcs: []string{"encoding/json.Marshal*", "(*encoding/json.Encoder).Encode"}},
	{kind: "json_dec", funcs: []string{"encoding/json.Unmarshal", "(*encoding/json.Decoder).Decode"}},
	{kind: "regexp", funcs: []string{"regexp.Compile*", "regexp.MustCompile*", "regexp.Match*", "(*regexp.Regexp).Find*", "(*regexp.Regexp).Match*", "(*regexp.Regexp).ReplaceAll*"}},
	{kind: "file", funcs: []string{
		"os.Open*", "os.Create*", "os.ReadFile", "os.WriteFile", "os.ReadDir", "os.Stat", "os.Lstat", "os.Remove*", "os.Rename", "os.MkdirAll",
		"(*os.File).Read*", "(*os.File).Write*", "(*os.File).Sync", "path/filepath.Walk*",
	}},
	{kind: "io", funcs: []string{"io.ReadAll", "io.Copy*", "io.ReadFull"}},
	{kind: "exec", funcs: []string{"(*os/exec.Cmd).Run", "(*os/exec.Cmd).Output", "(*os/exec.Cmd).CombinedOutput", "(*os/exec.Cmd).Wait"}},
	{kind: "sleep", funcs: []string{"time.Sleep"}},
	{kind: "lock", optional: true, funcs: []string{"(*sync.Mutex).Lock", "(*sync.RWMutex).Lock", "(*sync.RWMutex).RLock", "(sync.Locker).Lock"}},
	{kind: "wait", optional: true, funcs: []string{"(*sync.WaitGroup).Wait", "(*sync.Cond).Wait", "(*golang.org/x/sync/errgroup.Group).Wait"}},
}
