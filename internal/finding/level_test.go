package finding

import (
	"encoding"
	"testing"
)

func TestLevelText(t *testing.T) {
	tests := []struct {
		level encoding.TextMarshaler
		into  encoding.TextUnmarshaler
		value func(encoding.TextUnmarshaler) encoding.TextMarshaler
		want  string
	}{
		{Info, new(Severity), severityOf, "info"},
		{Warning, new(Severity), severityOf, "warning"},
		{Error, new(Severity), severityOf, "error"},
		{Possible, new(Confidence), confidenceOf, "possible"},
		{Likely, new(Confidence), confidenceOf, "likely"},
		{Certain, new(Confidence), confidenceOf, "certain"},
	}
	for _, test := range tests {
		text, err := test.level.MarshalText()
		if err != nil || string(text) != test.want {
			t.Errorf("MarshalText of %v = %q, %v; want %q", test.level, text, err, test.want)
		}
		if err := test.into.UnmarshalText(text); err != nil {
			t.Errorf("UnmarshalText(%q): %v", text, err)
		}
		if got := test.value(test.into); got != test.level {
			t.Errorf("UnmarshalText(%q) = %v, want %v", text, got, test.level)
		}
	}
}

func severityOf(u encoding.TextUnmarshaler) encoding.TextMarshaler   { return *u.(*Severity) }
func confidenceOf(u encoding.TextUnmarshaler) encoding.TextMarshaler { return *u.(*Confidence) }

func TestLevelErrors(t *testing.T) {
	for _, text := range []string{"high", "", "Warning", "likely", "warning "} {
		var s Severity
		checkError(t, s.UnmarshalText([]byte(text)), `unknown severity "`+text+`": want info, warning or error`)
	}
	for _, text := range []string{"sure", "", "Certain", "error"} {
		var c Confidence
		checkError(t, c.UnmarshalText([]byte(text)), `unknown confidence "`+text+`": want possible, likely or certain`)
	}
}

func checkError(t *testing.T, err error, want string) {
	t.Helper()
	if err == nil || err.Error() != want {
		t.Errorf("error = %v\nwant    %s", err, want)
	}
}

func TestLevelString(t *testing.T) {
	tests := []struct{ got, want string }{
		{Severity(0).String(), "Severity(0)"},
		{Severity(4).String(), "Severity(4)"},
		{Severity(-1).String(), "Severity(-1)"},
		{Confidence(0).String(), "Confidence(0)"},
		{Confidence(4).String(), "Confidence(4)"},
		{Warning.String(), "warning"},
		{Likely.String(), "likely"},
	}
	for _, test := range tests {
		if test.got != test.want {
			t.Errorf("String() = %q, want %q", test.got, test.want)
		}
	}
}

// Thresholds compare levels, and the gate takes zero for "not set".
func TestLevelOrder(t *testing.T) {
	if !(0 < Info && Info < Warning && Warning < Error) {
		t.Errorf("severities are out of order: %d, %d, %d", Info, Warning, Error)
	}
	if !(0 < Possible && Possible < Likely && Likely < Certain) {
		t.Errorf("confidences are out of order: %d, %d, %d", Possible, Likely, Certain)
	}
}
