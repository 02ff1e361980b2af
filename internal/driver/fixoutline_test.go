package driver

import (
	"path/filepath"
	"runtime"
	"testing"

	"golang.org/x/tools/go/packages"
)

func TestSameInterface(t *testing.T) {
	const old = "// Package p.\npackage p\n\nimport \"cmp\"\n\nfunc F(n int) int {\n\treturn cmp.Compare(n, 1)\n}\n\nvar V = 1\n"
	for _, test := range []struct {
		name, new string
		want      bool
	}{
		{"equal", old, true},
		{"body", "// Package p.\npackage p\n\nimport \"cmp\"\n\nfunc F(n int) int { n++; return cmp.Compare(n, 2) }\n\nvar V = 1\n", true},
		{"body and import", "// Package p.\npackage p\n\nfunc F(n int) int { return 1 }\n\nvar V = 1\n", true},
		{"new import", "// Package p.\npackage p\n\nimport (\n\"cmp\"\n\"time\"\n)\n\nfunc F(n int) int { return 1 }\n\nvar V = 1\n", false},
		{"other name", "// Package p.\npackage p\n\nimport c \"cmp\"\n\nfunc F(n int) int { return 1 }\n\nvar V = 1\n", false},
		{"parameter", "// Package p.\npackage p\n\nimport \"cmp\"\n\nfunc F(n, m int) int { return 1 }\n\nvar V = 1\n", false},
		{"value", "// Package p.\npackage p\n\nimport \"cmp\"\n\nfunc F(n int) int { return 1 }\n\nvar V = 2\n", false},
		{"build constraint", "//go:build go1.17\n\npackage p\n\nimport \"cmp\"\n\nfunc F(n int) int { return 1 }\n\nvar V = 1\n", false},
		{"syntax error", "package p; func", false},
	} {
		if got := sameInterface([]byte(old), []byte(test.new)); got != test.want {
			t.Errorf("%s: sameInterface = %t, want %t", test.name, got, test.want)
		}
	}
	if sameInterface([]byte("package"), []byte("package")) {
		t.Error("two files that do not parse: sameInterface = true")
	}
}

func TestStandard(t *testing.T) {
	src := filepath.Join(runtime.GOROOT(), "src")
	g := &graph{nodes: []*node{
		{pkg: &packages.Package{PkgPath: "time", ForTest: "time", Dir: filepath.Join(src, "time")}},
		{pkg: &packages.Package{PkgPath: "time", Dir: filepath.Join(src, "time")}},
		{pkg: &packages.Package{PkgPath: "internal/abi", Dir: filepath.Join(src, "internal", "abi")}},
		{pkg: &packages.Package{PkgPath: "shop", Dir: t.TempDir()}},
	}}
	for path, want := range map[string]*node{"time": g.nodes[1], "internal/abi": nil, "shop": nil, "sync": nil} {
		if got := g.standard(path); got != want {
			t.Errorf("standard(%q) = %v, want %v", path, got, want)
		}
	}
}
