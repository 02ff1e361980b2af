package finding

import (
	"bytes"
	"encoding/json"
	"testing"
)

// The JSON form is an interface: tools of others read it. A change here is a
// change of docs/schema/finding.schema.json, and perhaps of SchemaVersion.
func TestJSON(t *testing.T) {
	tests := []struct {
		name string
		f    Finding
		want string
	}{
		{"full", full(), fullJSON},
		{"bare", Finding{Rule: "a/b", Severity: Info, Confidence: Possible}, bareJSON},
	}
	for _, test := range tests {
		data, err := test.f.MarshalJSON()
		if err != nil {
			t.Errorf("%s: %v", test.name, err)
			continue
		}
		if bytes.ContainsAny(data, "\n") {
			t.Errorf("%s: more than one line: %q", test.name, data)
		}
		var got bytes.Buffer
		if err := json.Indent(&got, data, "", "  "); err != nil {
			t.Errorf("%s: %v", test.name, err)
		}
		if got.String() != test.want {
			t.Errorf("%s:\n%s\nwant\n%s", test.name, &got, test.want)
		}
	}
}

func TestJSONFixWithoutEdits(t *testing.T) {
	f := Finding{Severity: Info, Confidence: Possible, Fixes: []Fix{{Message: "Delete it"}}}
	data, err := json.Marshal(f)
	if err != nil || !bytes.Contains(data, []byte(`"fixes":[{"message":"Delete it","edits":[]}]`)) {
		t.Errorf("%s, %v", data, err)
	}
	if f.Fixes[0].Edits != nil {
		t.Error("MarshalJSON changed the finding")
	}
}

// A witness often holds "<-done" or "&&". How it is escaped is the choice of
// the encoder that the finding is written with.
func TestJSONEscapes(t *testing.T) {
	f := full()
	var plain, html bytes.Buffer
	enc := json.NewEncoder(&plain)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(&f); err != nil {
		t.Fatal(err)
	}
	if err := json.NewEncoder(&html).Encode(&f); err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(plain.Bytes(), []byte(`"return <-done && ok"`)) {
		t.Errorf("SetEscapeHTML(false) has no effect: %s", &plain)
	}
	if !bytes.Contains(html.Bytes(), []byte(`"return \u003c-done \u0026\u0026 ok"`)) {
		t.Errorf("SetEscapeHTML(true) has no effect: %s", &html)
	}
}

const fullJSON = `{
  "code": "ctxleak/lost",
  "severity": "error",
  "confidence": "certain",
  "location": {
    "file": "/src/a.go",
    "line": 10,
    "column": 11
  },
  "end": {
    "file": "/src/a.go",
    "line": 11,
    "column": 12
  },
  "message": "cancel is not called",
  "related": [
    {
      "location": {
        "file": "/src/a.go",
        "line": 13,
        "column": 14
      },
      "end": {
        "file": "/src/a.go",
        "line": 14,
        "column": 15
      },
      "message": "return <-done && ok"
    }
  ],
  "witness": [
    {
      "kind": "exit",
      "location": {
        "file": "/src/a.go",
        "line": 13,
        "column": 14
      },
      "text": "return <-done && ok"
    }
  ],
  "fixes": [
    {
      "message": "Defer cancel()",
      "edits": [
        {
          "filename": "/src/a.go",
          "start": 100,
          "end": 110,
          "new": "defer cancel()\n"
        }
      ]
    }
  ],
  "evidence": {
    "cpu": "3 %",
    "goroutineleak": "12"
  },
  "verdict": "confirmed",
  "fingerprint": "0123456789abcdef0123456789abcdef",
  "url": "https://github.com/perflint/perflint/blob/main/docs/rules/ctxleak-lost.md",
  "schema_version": 1
}`

const bareJSON = `{
  "code": "a/b",
  "severity": "info",
  "confidence": "possible",
  "location": {
    "file": "",
    "line": 0,
    "column": 0
  },
  "end": {
    "file": "",
    "line": 0,
    "column": 0
  },
  "message": "",
  "related": [],
  "witness": [],
  "fixes": [],
  "evidence": {},
  "verdict": "no-evidence",
  "fingerprint": "",
  "url": "https://github.com/perflint/perflint/blob/main/docs/rules/a-b.md",
  "schema_version": 1
}`
