package perfmarkhttp

import (
	"fmt"
	"net/http"
	"net/http/pprof"
	"strings"
	"text/tabwriter"

	"github.com/perflint/perflint/perfmark"
)

// Path is where [Handler] expects to be served.
const Path = "/debug/perfmark/"

// Handler serves the marks, to be mounted at [Path] on a server that the
// public cannot reach: "profile" as a profile of pprof, "json" as JSON, the
// path itself as a table for people, and "reset", by POST, forgets what was
// counted.
func Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+Path+"{$}", table)
	mux.HandleFunc("GET "+Path+"profile", writeProfile)
	mux.HandleFunc("GET "+Path+"json", stats)
	mux.HandleFunc("POST "+Path+"reset", reset)
	return mux
}

// Mux returns a mux with the marks and the profiles of net/http/pprof under
// their usual paths, for a server of their own.
func Mux() *http.ServeMux {
	mux := http.NewServeMux()
	mux.Handle(Path, Handler())
	mux.HandleFunc("GET /debug/pprof/", pprof.Index)
	mux.HandleFunc("GET /debug/pprof/cmdline", pprof.Cmdline)
	mux.HandleFunc("GET /debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("GET /debug/pprof/symbol", pprof.Symbol)
	mux.HandleFunc("GET /debug/pprof/trace", pprof.Trace)
	return mux
}

func writeProfile(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Header().Set("Content-Disposition", `attachment; filename="marks.pb.gz"`)
	// An error means that the client went away: nobody is left to tell.
	_ = perfmark.WriteProfile(w)
}

func stats(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	_ = perfmark.WriteJSON(w)
}

func reset(w http.ResponseWriter, _ *http.Request) {
	perfmark.Reset()
	w.WriteHeader(http.StatusNoContent)
}

// table writes a table for people.
func table(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	out := tabwriter.NewWriter(w, 0, 8, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(out, "hits\ttimed\tmean\tp50\tp99\tmax\ttotal\t  site\t")
	for _, s := range perfmark.Stats() {
		if s.Hits == 0 {
			continue
		}
		name := s.Func[strings.LastIndexByte(s.Func, '/')+1:]
		fmt.Fprintf(out, "%d\t%d\t%v\t%v\t%v\t%v\t%v\t  %s %s:%d %s\t\n", s.Hits, s.Timed, s.Mean, s.P50, s.P99, s.Max, s.Total, s.Kind, s.File, s.Line, name)
	}
	out.Flush()
}
