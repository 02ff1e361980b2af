package perfmarkhttp

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/pprof/profile"

	"github.com/perflint/perflint/perfmark"
)

var sites = [...]perfmark.Site{{Kind: "db_query", Func: "example.com/shop.Orders", File: "shop/orders.go", Line: 20}}

func TestMux(t *testing.T) {
	perfmark.Register(sites[:])
	perfmark.Hit(&sites[0])
	server := httptest.NewServer(Mux())
	defer server.Close()
	get := func(path string) string {
		t.Helper()
		resp, err := http.Get(server.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		if err != nil || resp.StatusCode != http.StatusOK {
			t.Fatalf("%s: %s, %v", path, resp.Status, err)
		}
		return string(body)
	}
	if p, err := profile.ParseData([]byte(get(Path + "profile"))); err != nil || len(p.Sample) != 1 {
		t.Errorf("profile: %v, %v", p, err)
	}
	var stats []perfmark.Stat
	if err := json.Unmarshal([]byte(get(Path+"json")), &stats); err != nil || len(stats) != 1 || stats[0].Hits != 1 {
		t.Errorf("json: %v, %v", stats, err)
	}
	if text := get(Path); !strings.Contains(text, "db_query shop/orders.go:20 shop.Orders") {
		t.Errorf("table:\n%s", text)
	}
	if text := get("/debug/pprof/"); !strings.Contains(text, "goroutine") {
		t.Errorf("pprof:\n%s", text)
	}
	if resp, err := http.Get(server.URL + Path + "reset"); err != nil || resp.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("GET reset: %v, %v", resp, err)
	} else {
		resp.Body.Close()
	}
	if resp, err := http.Post(server.URL+Path+"reset", "", nil); err != nil || resp.StatusCode != http.StatusNoContent || sites[0].Hits() != 0 {
		t.Errorf("POST reset: %v, %v; %d hits", resp, err, sites[0].Hits())
	} else {
		resp.Body.Close()
	}
}
