package timerstop

import (
	"fmt"
	"go/types"
	"maps"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/perflint/perflint/internal/ssax"
	"github.com/perflint/perflint/internal/typestate"
)

// A shape is what a producer makes.
type shape int

const (
	timer    shape = iota // fires once; has Stop, Reset and a channel
	ticker                // fires again and again
	callback              // calls a function once; its channel, if it has one, is nil
	after                 // the channel of a timer that nobody can stop
	tick                  // the channel of a ticker that nobody can stop
)

// shapes are the words for shapes in the option Clocks.
var shapes = map[string]shape{"timer": timer, "ticker": ticker, "afterfunc": callback, "after": after, "tick": tick}

// producers are the functions and methods that make timers, by package and
// name; a receiver does not count. The duration is the first argument, the
// function to call the second.
//
// What they make is stopped and rearmed by the methods Stop and Reset of the
// same package; its channel is the field C or what the method C or Chan
// returns.
var producers = map[string]shape{
	"time.NewTimer":  timer,    // https://pkg.go.dev/time#NewTimer
	"time.NewTicker": ticker,   // https://pkg.go.dev/time#NewTicker
	"time.AfterFunc": callback, // https://pkg.go.dev/time#AfterFunc
	"time.After":     after,    // https://pkg.go.dev/time#After
	"time.Tick":      tick,     // https://pkg.go.dev/time#Tick

	"k8s.io/utils/clock.NewTimer":  timer,    // https://pkg.go.dev/k8s.io/utils/clock#Clock
	"k8s.io/utils/clock.NewTicker": ticker,   // https://pkg.go.dev/k8s.io/utils/clock#WithTicker
	"k8s.io/utils/clock.AfterFunc": callback, // https://pkg.go.dev/k8s.io/utils/clock#WithDelayedExecution
	"k8s.io/utils/clock.After":     after,    // https://pkg.go.dev/k8s.io/utils/clock#Clock
	"k8s.io/utils/clock.Tick":      tick,     // https://pkg.go.dev/k8s.io/utils/clock#Clock

	"github.com/benbjohnson/clock.Timer":     timer,    // https://pkg.go.dev/github.com/benbjohnson/clock#Clock
	"github.com/benbjohnson/clock.Ticker":    ticker,   // https://pkg.go.dev/github.com/benbjohnson/clock#Clock
	"github.com/benbjohnson/clock.AfterFunc": callback, // https://pkg.go.dev/github.com/benbjohnson/clock#Clock
	"github.com/benbjohnson/clock.After":     after,    // https://pkg.go.dev/github.com/benbjohnson/clock#Clock
	"github.com/benbjohnson/clock.Tick":      tick,     // https://pkg.go.dev/github.com/benbjohnson/clock#Clock

	"github.com/jonboulle/clockwork.NewTimer":  timer,    // https://pkg.go.dev/github.com/jonboulle/clockwork#Clock
	"github.com/jonboulle/clockwork.NewTicker": ticker,   // https://pkg.go.dev/github.com/jonboulle/clockwork#Clock
	"github.com/jonboulle/clockwork.AfterFunc": callback, // https://pkg.go.dev/github.com/jonboulle/clockwork#Clock
	"github.com/jonboulle/clockwork.After":     after,    // https://pkg.go.dev/github.com/jonboulle/clockwork#Clock
}

// A spec is what one instance of the analyzer knows of clocks.
type spec struct {
	producers map[string]shape
	homes     map[string]bool // the packages of the producers
}

// newSpec returns the built-in producers and those of the option Clocks, which
// have the last word.
func newSpec(list []string) (*spec, error) {
	extra, err := parseClocks(list)
	if err != nil {
		return nil, err
	}
	s := &spec{producers: maps.Clone(producers), homes: make(map[string]bool)}
	maps.Copy(s.producers, extra)
	for name := range s.producers {
		s.homes[name[:strings.LastIndex(name, ".")]] = true
	}
	return s, nil
}

// producer returns the shape of what a function makes.
func (s *spec) producer(fn *types.Func) (shape, bool) {
	if fn == nil || fn.Pkg() == nil || !s.homes[fn.Pkg().Path()] {
		return 0, false
	}
	makes, ok := s.producers[fn.Pkg().Path()+"."+fn.Name()]
	return makes, ok
}

// protocol is that of timers and tickers: to be stopped by whoever has them
// last. That a timer needs no Stop once it has fired is up to [timerEnds].
func (s *spec) protocol() *typestate.Spec {
	p := &typestate.Spec{
		Match: func(call *ssa.CallCommon) (typestate.Product, bool) {
			makes, ok := s.producer(ssax.Callee(call))
			if !ok || makes == after || makes == tick {
				return typestate.Product{}, false
			}
			return typestate.Product{Err: -1, Companion: -1, Class: classes[makes]}, true
		},
		Releases: make(map[string]int),
		Rearms:   make(map[string]int),
		Unknown:  typestate.Move, // who gets one is expected to stop it
		Types:    s.isTimer,
		Exits:    exits,
	}
	for home := range s.homes {
		for _, form := range []string{"(*%s.%s).", "(%s.%s)."} {
			for _, name := range []string{"Timer", "Ticker"} {
				p.Releases[fmt.Sprintf(form, home, name)+"Stop"] = 0
				p.Rearms[fmt.Sprintf(form, home, name)+"Reset"] = 0
			}
		}
	}
	return p
}

// classes are the words for shapes in products.
var classes = map[shape]string{timer: "timer", ticker: "ticker", callback: "afterfunc"}

// exits are the interface methods that do not return. Functions and methods
// that do not return are known from their bodies.
var exits = map[string]bool{
	"(testing.TB).FailNow": true, // https://pkg.go.dev/testing#TB
	"(testing.TB).Fatal":   true,
	"(testing.TB).Fatalf":  true,
	"(testing.TB).Skip":    true,
	"(testing.TB).SkipNow": true,
	"(testing.TB).Skipf":   true,
}

// method returns the name of a method of what producers make, or "".
func (s *spec) method(fn *types.Func) string {
	if fn == nil || fn.Pkg() == nil || !s.homes[fn.Pkg().Path()] || fn.Signature().Recv() == nil {
		return ""
	}
	switch name := fn.Name(); name {
	case "Stop", "Reset", "C", "Chan":
		return name
	}
	return ""
}

// isTimer reports whether a type is that of a value that producers make: a
// pointer to, or an interface of, something in their packages that can be
// stopped.
func (s *spec) isTimer(t types.Type) bool {
	if ptr, ok := t.(*types.Pointer); ok {
		t = ptr.Elem()
	}
	named, ok := types.Unalias(t).(*types.Named)
	if !ok || named.Obj().Pkg() == nil || !s.homes[named.Obj().Pkg().Path()] {
		return false
	}
	name := named.Obj().Name()
	return strings.HasSuffix(name, "Timer") || strings.HasSuffix(name, "Ticker")
}

// isTimerCell reports whether a type is a pointer to such a type.
func (s *spec) isTimerCell(t types.Type) bool {
	ptr, ok := t.(*types.Pointer)
	if !ok {
		return false
	}
	_, isPtr := ptr.Elem().(*types.Pointer)
	_, isInterface := ptr.Elem().Underlying().(*types.Interface)
	return (isPtr || isInterface) && s.isTimer(ptr.Elem())
}

// parseClocks returns what the entries of the option Clocks say.
func parseClocks(list []string) (map[string]shape, error) {
	clocks := make(map[string]shape)
	for _, entry := range list {
		name, word, ok := strings.Cut(entry, "=")
		makes, known := shapes[word]
		if !ok || !known {
			return nil, fmt.Errorf("%q: want PACKAGE.NAME=SHAPE, with timer, ticker, afterfunc, after or tick for the shape", entry)
		}
		fn, err := ssax.ParseFuncName(name)
		if err != nil {
			return nil, fmt.Errorf("%q: %w", entry, err)
		}
		if fn.Recv != "" {
			return nil, fmt.Errorf("%q: want a method without its receiver, as %s.%s=%s", entry, fn.Path, fn.Name, word)
		}
		if old, twice := clocks[name]; twice && old != makes {
			return nil, fmt.Errorf("%q: another entry gives %s another shape; remove one of them", entry, name)
		}
		clocks[name] = makes
	}
	return clocks, nil
}

// closers are the methods that people call when they are done with a value.
var closers = map[string]bool{
	"Close": true, "Stop": true, "Shutdown": true, "close": true, "stop": true, "shutdown": true,
	"Destroy": true, "Quit": true, "Terminate": true, "TearDown": true, "GracefulStop": true,
}
