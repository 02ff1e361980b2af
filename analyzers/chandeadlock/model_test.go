package chandeadlock

import (
	"flag"
	"fmt"
	"os"
	"testing"
	"time"

	"golang.org/x/tools/go/analysis"
	xchecker "golang.org/x/tools/go/analysis/checker"
	"golang.org/x/tools/go/packages"

	"github.com/perflint/perflint/internal/chanmodel"
	"github.com/perflint/perflint/internal/ssax"
)

var dump = flag.String("dump", "", "print the models of the packages that match this pattern")

// TestDump is a tool rather than a test: it prints models or, without -v, how large
// they are and how long they took.
//
//	go test ./analyzers/chandeadlock -run TestDump -dump=net/http
func TestDump(t *testing.T) {
	if *dump == "" {
		t.Skip("no pattern given with -dump")
	}
	pkgs, err := packages.Load(&packages.Config{Mode: packages.LoadAllSyntax, Dir: os.Getenv("DUMPDIR")}, *dump)
	if err != nil {
		t.Fatal(err)
	}
	dumper := &analysis.Analyzer{Name: "dump", Doc: "print the model", Requires: []*analysis.Analyzer{ssax.Analyzer}}
	dumper.Run = func(pass *analysis.Pass) (any, error) {
		pkg := pass.ResultOf[ssax.Analyzer].(*ssax.Lazy).Get()
		begin := time.Now()
		model := chanmodel.Extract(pkg, &table, nil)
		if !testing.Verbose() {
			fmt.Printf("%s: %d functions, %d resources, %v\n", pass.Pkg.Path(), len(model.Funcs), len(model.Resources), time.Since(begin))
			return nil, nil
		}
		fmt.Print(model)
		return nil, nil
	}
	if _, err := xchecker.Analyze([]*analysis.Analyzer{dumper}, pkgs, nil); err != nil {
		t.Fatal(err)
	}
}
