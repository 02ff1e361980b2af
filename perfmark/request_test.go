package perfmark

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/pprof"
	"strings"
	"testing"
)

type request struct{ ctx context.Context }

func (r *request) Context() context.Context { return r.ctx }

type wrapper struct{ *request }

func (w wrapper) Request() *request { return w.request }

type stream interface{ Context() context.Context }

// Requests of all kinds label the goroutine, and a missing one does not panic.
func TestRequests(t *testing.T) {
	sites := make([]Site, 1)
	register(t, sites)
	sites[0].label = newLabel(&Site{Func: "shop.Pay"})
	s := &sites[0]
	type own struct{ context.Context }
	type echo struct{ *request }
	type fiber struct{ *own }
	requestOf := func(c *echo) *request { return c.request }
	contextOf := func(c *fiber) *own { return c.own }
	type echoer interface{ Request() *request }
	enter := map[string]func(ctx context.Context) HandlerSpan{
		"EnterHandler": func(ctx context.Context) HandlerSpan { return EnterHandler(s, ctx) },
		"EnterRequest": func(ctx context.Context) HandlerSpan {
			if ctx == nil {
				return EnterRequest(s, (*request)(nil))
			}
			return EnterRequest(s, &request{ctx})
		},
		"EnterContext": func(ctx context.Context) HandlerSpan {
			if ctx == nil {
				return EnterContext(s, (*own)(nil))
			}
			return EnterContext(s, &own{ctx})
		},
		"EnterStream": func(ctx context.Context) HandlerSpan {
			if ctx == nil {
				return EnterStream(s, nil)
			}
			return EnterStream(s, &request{ctx})
		},
	}
	enter["EnterRequestOf a pointer"] = func(ctx context.Context) HandlerSpan {
		if ctx == nil {
			return EnterRequestOf(s, nil, requestOf)
		}
		return EnterRequestOf(s, &echo{&request{ctx}}, requestOf)
	}
	enter["EnterRequestOf an interface"] = func(ctx context.Context) HandlerSpan {
		if ctx == nil {
			return EnterRequestOf(s, nil, echoer.Request)
		}
		return EnterRequestOf(s, echoer(wrapper{&request{ctx}}), echoer.Request)
	}
	enter["EnterContextOf"] = func(ctx context.Context) HandlerSpan {
		if ctx == nil {
			return EnterContextOf(s, &fiber{}, contextOf)
		}
		return EnterContextOf(s, &fiber{&own{ctx}}, contextOf)
	}
	// Such as tests use: without the methods that the handler does not call.
	enter["mocks"] = func(ctx context.Context) HandlerSpan {
		if ctx == nil {
			return EnterStream(s, struct{ stream }{})
		}
		return EnterHandler(s, ctx)
	}
	enter["mocks of a context"] = func(ctx context.Context) HandlerSpan {
		if ctx == nil {
			return EnterHandler(s, struct{ context.Context }{})
		}
		return EnterHandler(s, ctx)
	}
	enter["mocks of what has the request"] = func(ctx context.Context) HandlerSpan {
		if ctx == nil {
			return EnterRequestOf(s, echoer(struct{ echoer }{}), echoer.Request)
		}
		return EnterHandler(s, ctx)
	}
	labelled := func() bool {
		var b safeBuilder
		pprof.Lookup("goroutine").WriteTo(&b, 1)
		return has(b.String(), "shop.Pay")
	}
	for name, enter := range enter {
		before := s.Hits()
		span := enter(context.Background())
		if !labelled() {
			t.Errorf("%s: the goroutine has no label", name)
		}
		span.Exit()
		if labelled() {
			t.Errorf("%s: the goroutine keeps the label", name)
		}
		span = enter(nil)
		if labelled() {
			t.Errorf("%s: a label that nothing takes back", name)
		}
		span.Exit()
		if got := s.Hits() - before; got != 2 {
			t.Errorf("%s: %d hits, want 2", name, got)
		}
	}
}

func TestDeclare(t *testing.T) {
	sites := make([]Site, 2)
	register(t, nil)
	places := []Place{{Kind: "a", Func: "f", File: "p/x.go", Line: 3}, {Kind: "b", Func: "g", File: "p/x.go", Line: 4, Finding: "id"}}
	before := len(registry.sites)
	if n := Declare(sites, places); n != 2 || len(registry.sites) != before+2 {
		t.Fatalf("Declare returns %d and registers %d", n, len(registry.sites)-before)
	}
	if s := &sites[1]; s.Kind != "b" || s.Func != "g" || s.File != "p/x.go" || s.Line != 4 || s.Finding != "id" || s.timing == nil {
		t.Errorf("declared as %+v", sites[1].stat())
	}
}

// A process that Start prepared writes the marks when it ends, or is asked to.
func TestStart(t *testing.T) {
	if mode := os.Getenv("PERFMARK_TEST_START"); mode != "" {
		finish := Start(mode == "handles")
		Register(make([]Site, 1))
		if mode == "returns" {
			finish()
			os.Exit(0)
		}
		p, _ := os.FindProcess(os.Getpid())
		p.Signal(os.Interrupt)
		if mode == "dies" {
			select {}
		}
		for !exists(os.Getenv(FileVariable)) {
		}
		os.Exit(3) // it is alive
	}
	if runtime.GOOS == "windows" {
		t.Skip("a process cannot send itself a signal there")
	}
	for mode, want := range map[string]string{"returns": "", "dies": "signal: interrupt", "handles": "exit status 3"} {
		file := filepath.Join(t.TempDir(), "marks.json")
		cmd := exec.Command(os.Args[0], "-test.run=^TestStart$")
		cmd.Env = append(os.Environ(), "PERFMARK_TEST_START="+mode, FileVariable+"="+file)
		err := cmd.Run()
		if got := errorText(err); got != want {
			t.Errorf("%s: ends with %q, want %q", mode, got, want)
		}
		if text, err := os.ReadFile(file); err != nil || !strings.Contains(string(text), `"hits"`) {
			t.Errorf("%s: wrote %q, %v", mode, text, err)
		}
	}
}

func exists(name string) bool {
	_, err := os.Stat(name)
	return err == nil
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
