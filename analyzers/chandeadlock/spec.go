package chandeadlock

import (
	"go/types"
	"slices"
	"strings"

	"github.com/perflint/perflint/internal/chanmodel"
	"github.com/perflint/perflint/internal/ssax"
)

// table is all that the engine knows of APIs.
var table = chanmodel.Table{
	Types: map[string]chanmodel.Kind{
		"sync.Mutex":     chanmodel.Mutex,
		"sync.RWMutex":   chanmodel.Mutex,
		"sync.Locker":    chanmodel.Mutex,
		"sync.WaitGroup": chanmodel.WaitGroup,
		"sync.Cond":      chanmodel.Cond,
		"sync.Once":      chanmodel.Once,

		"golang.org/x/sync/errgroup.Group": chanmodel.WaitGroup, // https://pkg.go.dev/golang.org/x/sync/errgroup

		"time.Timer.C":  chanmodel.Timer,
		"time.Ticker.C": chanmodel.Timer,
	},
	Symbols: symbols(),
	Command: isCommand,

	Lockers: []string{"Lock", "TryLock", "Unlock"},
}

// symbolNames finds the symbols of the table by function.
var symbolNames = ssax.NewNames(table.Symbols)

// isCommand reports whether a type describes a command of a program, as those
// of the usual libraries for command lines do, and of programs that have their
// own: it says so by its name, and has a text for people who ask for help. The
// commands of a protocol have none.
//
// https://pkg.go.dev/github.com/spf13/cobra#Command
// https://pkg.go.dev/github.com/urfave/cli/v3#Command
// https://pkg.go.dev/github.com/urfave/cli/v2#Context
// https://pkg.go.dev/github.com/jessevdk/go-flags#Commander
func isCommand(t *types.Named) bool {
	obj := t.Obj()
	if obj.Pkg() == nil {
		return false
	}
	if obj.Name() == "Context" {
		return strings.HasPrefix(obj.Pkg().Path(), "github.com/urfave/cli")
	}
	s, ok := t.Underlying().(*types.Struct)
	if !ok || !strings.HasSuffix(obj.Name(), "Command") {
		return false
	}
	for i := range s.NumFields() {
		if tag := s.Tag(i); slices.Contains(helpFields, s.Field(i).Name()) || strings.Contains(tag, "description:") {
			return true
		}
	}
	return false
}

// helpFields are what fields with a text for people are called.
var helpFields = []string{"Use", "Usage", "UsageLine", "Short", "Synopsis", "Help"}

// symbols returns what functions and methods do.
func symbols() map[string]chanmodel.Symbol {
	m := map[string]chanmodel.Symbol{
		"sync.NewCond":             {Result: chanmodel.Cond, Locks: 1, Pure: true},
		"(*sync.RWMutex).RLocker":  {Result: chanmodel.Mutex, ResultOf: true, Pure: true},
		"(*sync.Cond).Wait":        {Op: chanmodel.CondWait},
		"(*sync.Cond).Signal":      {Op: chanmodel.Signal},
		"(*sync.Cond).Broadcast":   {Op: chanmodel.Broadcast},
		"(*sync.WaitGroup).Add":    {Op: chanmodel.Add},
		"(*sync.WaitGroup).Done":   {Op: chanmodel.Finish},
		"(*sync.WaitGroup).Wait":   {Op: chanmodel.Wait},
		"(*sync.WaitGroup).Go":     {Op: chanmodel.Add, Add: 1, Starts: []int{1}}, // since Go 1.25
		"(*sync.Once).Do":          {Calls: []int{1}},
		"sync.OnceFunc":            {Pure: true},
		"(*sync.Mutex).TryLock":    {Op: chanmodel.TryLock},
		"(*sync.RWMutex).TryLock":  {Op: chanmodel.TryLock},
		"(*sync.RWMutex).TryRLock": {Op: chanmodel.TryLock},

		"(*golang.org/x/sync/errgroup.Group).Go":   {Op: chanmodel.Add, Add: 1, Starts: []int{1}},
		"(*golang.org/x/sync/errgroup.Group).Wait": {Op: chanmodel.Wait},
		// https://pkg.go.dev/golang.org/x/sync/errgroup#Group.SetLimit
		"(*golang.org/x/sync/errgroup.Group).SetLimit": {Op: chanmodel.Limit},

		"(context.Context).Done": {Result: chanmodel.Done, ResultOf: true, Pure: true},
		"context.AfterFunc":      {Starts: []int{1}},

		"time.After":     {Result: chanmodel.Timer, Pure: true},
		"time.Tick":      {Result: chanmodel.Timer, Pure: true},
		"time.AfterFunc": {Starts: []int{1}},
		"time.Sleep":     {Op: chanmodel.Slow},

		"(*time.Ticker).Stop": {Halts: true, Pure: true},
		"(*time.Timer).Stop":  {Halts: true, Pure: true},

		"os/signal.Notify": {Sends: 1},
		"runtime.Goexit":   {Op: chanmodel.Exit},

		"(*testing.common).Cleanup": {Calls: []int{1}, Later: true},
		"(*testing.T).Run":          {Calls: []int{2}},
		"(*testing.B).Run":          {Calls: []int{2}},
		"(*testing.B).RunParallel":  {Starts: []int{1}},
	}
	for _, lock := range []string{"(*sync.Mutex)", "(*sync.RWMutex)", "(sync.Locker)"} {
		m[lock+".Lock"] = chanmodel.Symbol{Op: chanmodel.Lock}
		m[lock+".Unlock"] = chanmodel.Symbol{Op: chanmodel.Unlock}
	}
	m["(*sync.RWMutex).RLock"] = chanmodel.Symbol{Op: chanmodel.RLock}
	m["(*sync.RWMutex).RUnlock"] = chanmodel.Symbol{Op: chanmodel.RUnlock}
	for name, argument := range callers {
		m[name] = chanmodel.Symbol{Calls: []int{argument}}
	}
	for _, name := range printers {
		m[name] = chanmodel.Symbol{Prints: true, Pure: true}
	}
	for _, name := range pure {
		m[name] = chanmodel.Symbol{Pure: true}
	}
	for _, name := range slow {
		m[name] = chanmodel.Symbol{Op: chanmodel.Slow}
	}
	return m
}

// callers are the functions that call an argument before they return.
var callers = map[string]int{
	"sort.Slice": 1, "sort.SliceStable": 1, "sort.Search": 1,
	"slices.SortFunc": 1, "slices.SortStableFunc": 1, "slices.ContainsFunc": 1, "slices.IndexFunc": 1, "slices.DeleteFunc": 1,
	"strings.Map": 0, "strings.FieldsFunc": 1, "strings.IndexFunc": 1,
	"(*sync.Map).Range":  1,
	"path/filepath.Walk": 1, "path/filepath.WalkDir": 1, "io/fs.WalkDir": 2,
	"go/ast.Inspect": 1,
}

// printers are the functions that call String and Error of what they print.
var printers = []string{
	"fmt.Print", "fmt.Printf", "fmt.Println", "fmt.Sprint", "fmt.Sprintf", "fmt.Sprintln",
	"fmt.Fprint", "fmt.Fprintf", "fmt.Fprintln", "fmt.Errorf",
	"log.Print", "log.Printf", "log.Println",
	"(*log.Logger).Print", "(*log.Logger).Printf", "(*log.Logger).Println",
}

// pure are functions that do nothing to channels and locks that they get.
var pure = []string{
	"fmt.Sscan", "errors.Is", "errors.As", "errors.New", "reflect.TypeOf", "runtime.KeepAlive",
}

// slow are functions that take as long as somebody else likes.
var slow = []string{
	"net.Dial", "net.DialTimeout", "(*net.Dialer).Dial", "(*net.Dialer).DialContext",
	"net/http.Get", "net/http.Post", "(*net/http.Client).Do", "(*net/http.Client).Get", "(*net/http.Client).Post",
	"(net.Conn).Read", "(net.Conn).Write", "(net.Listener).Accept",
	"os.ReadFile", "os.WriteFile", "(*os.File).Sync",
	"(*os/exec.Cmd).Run", "(*os/exec.Cmd).Wait", "(*os/exec.Cmd).Output", "(*os/exec.Cmd).CombinedOutput",
	"(*database/sql.DB).Query", "(*database/sql.DB).QueryContext", "(*database/sql.DB).Exec", "(*database/sql.DB).ExecContext",
}
