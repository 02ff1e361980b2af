package perflint

import (
	"os"
	"strings"
	"testing"
)

// Nothing of golangci-lint, which is under the GPL-3.0, is in this module; only
// the registry that plugins share with it. Its own module tests against it.
func TestNoGPL(t *testing.T) {
	data, err := os.ReadFile("go.sum")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(data)) {
		if strings.HasPrefix(line, "github.com/golangci/") && !strings.HasPrefix(line, "github.com/golangci/plugin-module-register ") {
			t.Errorf("go.sum has %s", line)
		}
	}
}
