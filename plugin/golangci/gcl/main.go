// Command gcl is golangci-lint with perflint linked in: all that
// "golangci-lint custom" does, without cloning a repository. Copy it into a
// folder of its own in your tree and run
//
//	go mod init gcl
//	go mod tidy
//	go build -o golangci-lint .
//
// golangci-lint is under the GPL-3.0. This source only imports it, and lives
// in a module of its own so that perflint does not depend on it. A program
// built from it is under the GPL-3.0 as a whole: whoever hands one on must
// keep to that licence. perflint ships none.
package main

import (
	"fmt"
	"os"
	"runtime"

	"github.com/golangci/golangci-lint/v2/pkg/commands"
	"github.com/golangci/golangci-lint/v2/pkg/exitcodes"

	_ "github.com/perflint/perflint/plugin" // registers the linters
)

func main() {
	// Without a version golangci-lint keys its cache by the executable. With
	// one it would go on to show what an older perflint found.
	if err := commands.Execute(commands.BuildInfo{GoVersion: runtime.Version()}); err != nil {
		fmt.Fprintf(os.Stderr, "The command is terminated due to an error: %v\n", err)
		os.Exit(exitcodes.Failure)
	}
}
