package perfmark

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/pprof/profile"
)

type safeBuilder = strings.Builder

func has(s, part string) bool { return strings.Contains(s, part) }

var shop = []Site{
	{Kind: "handler", Func: "shop.Orders", File: "shop/orders.go", Line: 12},
	{Kind: "db_query", Func: "shop.Orders", File: "shop/orders.go", Line: 20, Finding: "f1"},
	{Kind: "file", Func: "shop.Export", File: "shop/export.go", Line: 7},
}

// hit executes two of the shop's sites.
func hit(t *testing.T) {
	register(t, shop)
	Reset()
	for range 3 {
		Hit(&shop[0])
	}
	span := Enter(&shop[1])
	time.Sleep(time.Millisecond)
	span.Exit()
}

// pprof's own parser reads the profile.
func TestProfile(t *testing.T) {
	hit(t)
	var b bytes.Buffer
	if err := WriteProfile(&b); err != nil {
		t.Fatal(err)
	}
	p, err := profile.Parse(&b)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.CheckValid(); err != nil {
		t.Fatal(err)
	}
	if p.SampleType[0].Type != "hits" || p.SampleType[1].Unit != "nanoseconds" || p.DefaultSampleType != "wall" {
		t.Errorf("types: %v, default %s", p.SampleType, p.DefaultSampleType)
	}
	if len(p.Sample) != 2 { // the third site was not hit
		t.Fatalf("%d samples, want 2", len(p.Sample))
	}
	handler, query := p.Sample[0], p.Sample[1]
	if handler.Value[0] != 3 || handler.Value[1] != 0 || handler.Label["mark"][0] != "handler" || handler.Label["finding"] != nil {
		t.Errorf("handler: %v %v", handler.Value, handler.Label)
	}
	if query.Value[0] != 1 || query.Value[1] < int64(time.Millisecond) || query.Label["finding"][0] != "f1" || query.Label["site"][0] != "shop/orders.go:20" {
		t.Errorf("query: %v %v", query.Value, query.Label)
	}
	line := query.Location[0].Line[0]
	if line.Line != 20 || line.Function.Name != "shop.Orders" || line.Function.Filename != "shop/orders.go" {
		t.Errorf("line: %+v in %+v", line, line.Function)
	}
	if line.Function != handler.Location[0].Line[0].Function {
		t.Error("a function is in the profile twice")
	}
}

func TestJSON(t *testing.T) {
	hit(t)
	var b bytes.Buffer
	if err := WriteJSON(&b); err != nil {
		t.Fatal(err)
	}
	var stats []Stat
	if err := json.Unmarshal(b.Bytes(), &stats); err != nil {
		t.Fatal(err)
	}
	if len(stats) != 3 || stats[0].Kind != "file" || stats[1].Hits != 3 || stats[2].Timed != 1 || stats[2].Max < time.Millisecond {
		t.Errorf("got %+v", stats)
	}
}

func TestFlush(t *testing.T) {
	hit(t)
	dir := t.TempDir()
	t.Setenv(FileVariable, "")
	if err := Flush(); err != nil {
		t.Error(err)
	}
	t.Setenv(FileVariable, filepath.Join(dir, "marks-%p.json"))
	if err := Flush(); err != nil {
		t.Fatal(err)
	}
	names, _ := filepath.Glob(filepath.Join(dir, "*"))
	if len(names) != 1 || has(names[0], "%p") {
		t.Fatalf("files: %v", names)
	}
	if text, err := os.ReadFile(names[0]); err != nil || !json.Valid(text) {
		t.Errorf("%s, %v", text, err)
	}
	t.Setenv(FileVariable, filepath.Join(dir, "missing", "marks.pb.gz"))
	if err := Flush(); err == nil || !has(err.Error(), "marks.pb.gz") {
		t.Errorf("a folder that does not exist: %v", err)
	}
}
