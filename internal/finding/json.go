package finding

import (
	"bytes"
	"encoding/json"
)

// SchemaVersion is the version of the JSON form, incremented only when a
// reader of the previous version could misread the new one. The schema is
// docs/schema/finding.schema.json.
const SchemaVersion = 1

// wire is the JSON form of a finding. Names and nesting follow staticcheck's
// JSON where that has them, so that tools made for it can read ours.
type wire struct {
	Code          string            `json:"code"`
	Severity      Severity          `json:"severity"`
	Confidence    Confidence        `json:"confidence"`
	Location      Position          `json:"location"`
	End           Position          `json:"end"`
	Message       string            `json:"message"`
	Related       []wireRelated     `json:"related"`
	Witness       []wireStep        `json:"witness"`
	Fixes         []Fix             `json:"fixes"`
	Evidence      map[string]string `json:"evidence"`
	Verdict       Verdict           `json:"verdict"`
	Fingerprint   string            `json:"fingerprint"`
	URL           string            `json:"url"`
	SchemaVersion int               `json:"schema_version"`
}

type wireRelated struct {
	Location Position `json:"location"`
	End      Position `json:"end"`
	Message  string   `json:"message"`
}

type wireStep struct {
	Kind     string   `json:"kind"`
	Location Position `json:"location"`
	Text     string   `json:"text"`
}

// MarshalJSON implements [json.Marshaler]. Lists are never null.
// The witness appears twice: as "witness" with the kinds of its steps, and
// as "related", where readers of staticcheck's JSON look for it.
func (f Finding) MarshalJSON() ([]byte, error) {
	w := wire{
		Code:          f.Rule,
		Severity:      f.Severity,
		Confidence:    f.Confidence,
		Location:      f.Location,
		End:           f.End,
		Message:       f.Message,
		Related:       []wireRelated{},
		Witness:       []wireStep{},
		Fixes:         []Fix{},
		Evidence:      f.Evidence,
		Verdict:       f.Verdict,
		Fingerprint:   f.Fingerprint,
		URL:           RuleURL(f.Rule),
		SchemaVersion: SchemaVersion,
	}
	for _, s := range f.Witness {
		w.Related = append(w.Related, wireRelated{s.Location, s.End, s.Text})
		w.Witness = append(w.Witness, wireStep{s.Kind, s.Location, s.Text})
	}
	for _, fix := range f.Fixes {
		if fix.Edits == nil {
			fix.Edits = []Edit{}
		}
		w.Fixes = append(w.Fixes, fix)
	}
	if w.Evidence == nil {
		w.Evidence = map[string]string{}
	}
	if w.Verdict == "" {
		w.Verdict = NoEvidence
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false) // "<-done" stays readable, unless the caller's encoder escapes it
	if err := enc.Encode(w); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(out.Bytes(), []byte("\n")), nil
}
