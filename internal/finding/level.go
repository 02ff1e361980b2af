package finding

import "fmt"

// A Severity ranks what a finding costs when it is true.
// The zero value means "not set"; the gate replaces it with the rule's own.
type Severity int

// The severities, in ascending order.
const (
	Info    Severity = iota + 1 // worth knowing; never fails a run by default
	Warning                     // bounded harm: memory or a goroutine held for a while
	Error                       // unbounded harm: a leak that grows, a goroutine that blocks for ever
)

var severityNames = [...]string{Info: "info", Warning: "warning", Error: "error"}

// String returns the word used on the command line and in JSON.
func (s Severity) String() string { return levelName(severityNames[:], int(s), "Severity") }

// MarshalText implements [encoding.TextMarshaler].
func (s Severity) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText implements [encoding.TextUnmarshaler].
// It is how flags and the config file read a severity.
func (s *Severity) UnmarshalText(text []byte) error {
	n, err := parseLevel(severityNames[:], string(text), "severity")
	*s = Severity(n)
	return err
}

// A Confidence ranks how sure the analysis is that a finding is true.
// The zero value means "not set"; the gate replaces it with the rule's own.
type Confidence int

// The confidences, in ascending order.
const (
	Possible Confidence = iota + 1 // a hint; such rules are off by default
	Likely                         // true unless the code relies on something that the analysis cannot see
	Certain                        // true on the path that the witness names
)

var confidenceNames = [...]string{Possible: "possible", Likely: "likely", Certain: "certain"}

// String returns the word used on the command line and in JSON.
func (c Confidence) String() string { return levelName(confidenceNames[:], int(c), "Confidence") }

// MarshalText implements [encoding.TextMarshaler].
func (c Confidence) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// UnmarshalText implements [encoding.TextUnmarshaler].
// It is how flags and the config file read a confidence.
func (c *Confidence) UnmarshalText(text []byte) error {
	n, err := parseLevel(confidenceNames[:], string(text), "confidence")
	*c = Confidence(n)
	return err
}

func levelName(names []string, n int, typ string) string {
	if n < 1 || n >= len(names) {
		return fmt.Sprintf("%s(%d)", typ, n)
	}
	return names[n]
}

func parseLevel(names []string, text, what string) (int, error) {
	for n, name := range names {
		if n > 0 && name == text {
			return n, nil
		}
	}
	return 0, fmt.Errorf("unknown %s %q: want %s, %s or %s", what, text, names[1], names[2], names[3])
}
