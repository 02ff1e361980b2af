package report

import (
	"encoding/json"
	"fmt"
	"io"
)

// writeJSON writes one object per line, with absolute paths.
// The schema is docs/schema/finding.schema.json.
func writeJSON(w io.Writer, set *Set) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	for i := range set.Findings {
		if err := enc.Encode(&set.Findings[i]); err != nil {
			return fmt.Errorf("write findings: %w", err)
		}
	}
	return nil
}
