package allocmodel

import (
	"fmt"
	"strconv"
	"strings"
)

// A Leak says where the value of one parameter goes, and after how many
// dereferences at least: 0 if the value itself goes there, 1 if what it points
// to does. Each number is one more than that, and 0 says that nothing goes.
type Leak struct {
	Heap    uint8   // to the heap
	Unknown uint8   // to code of which nothing is known
	Results []uint8 // to each result
}

// maxDerefs bounds what is told apart: more count as so many.
const maxDerefs = 7

// A Summary says what a function does with its arguments, the receiver first.
type Summary struct {
	Params []Leak
}

// AddHeap records a flow to the heap.
func (l *Leak) AddHeap(derefs int) { lower(&l.Heap, derefs) }

// AddUnknown records a flow to unknown code.
func (l *Leak) AddUnknown(derefs int) { lower(&l.Unknown, derefs) }

// AddResult records a flow to a result.
func (l *Leak) AddResult(i, derefs int) {
	for len(l.Results) <= i {
		l.Results = append(l.Results, 0)
	}
	lower(&l.Results[i], derefs)
}

func lower(to *uint8, derefs int) {
	if n := uint8(min(derefs, maxDerefs) + 1); *to == 0 || n < *to {
		*to = n
	}
}

// simplify drops what the shortest way to the heap implies.
func (l *Leak) simplify() {
	implied := func(n uint8) bool { return l.Heap != 0 && n >= l.Heap }
	if implied(l.Unknown) {
		l.Unknown = 0
	}
	for i, n := range l.Results {
		if implied(n) {
			l.Results[i] = 0
		}
	}
	for n := len(l.Results); n > 0 && l.Results[n-1] == 0; n-- {
		l.Results = l.Results[:n-1]
	}
}

// Empty reports whether the parameter goes nowhere.
func (l *Leak) Empty() bool { return l.Heap == 0 && l.Unknown == 0 && len(l.Results) == 0 }

// String returns the leak in a form such as "heap=0 result0=1"; "-" if there
// is none.
func (l *Leak) String() string {
	var parts []string
	add := func(name string, n uint8) {
		if n > 0 {
			parts = append(parts, fmt.Sprintf("%s=%d", name, n-1))
		}
	}
	add("heap", l.Heap)
	add("unknown", l.Unknown)
	for i, n := range l.Results {
		add(fmt.Sprintf("result%d", i), n)
	}
	if parts == nil {
		return "-"
	}
	return strings.Join(parts, " ")
}

// Simplify drops what other flows imply.
func (s *Summary) Simplify() {
	for i := range s.Params {
		s.Params[i].simplify()
	}
}

// Empty reports whether no parameter goes anywhere.
func (s *Summary) Empty() bool {
	for i := range s.Params {
		if !s.Params[i].Empty() {
			return false
		}
	}
	return true
}

// String returns the leaks of all parameters.
func (s *Summary) String() string {
	parts := make([]string, len(s.Params))
	for i := range s.Params {
		parts[i] = s.Params[i].String()
	}
	return strings.Join(parts, "; ")
}

// ParseSummary reads the form that [Summary.String] writes.
func ParseSummary(text string) (*Summary, error) {
	s := new(Summary)
	for param := range strings.SplitSeq(text, "; ") {
		var l Leak
		for flow := range strings.FieldsSeq(param) {
			if flow == "-" {
				continue
			}
			to, number, _ := strings.Cut(flow, "=")
			derefs, err := strconv.Atoi(number)
			if err != nil || derefs < 0 {
				return nil, fmt.Errorf("%q: want a number of dereferences", flow)
			}
			result, isResult := strings.CutPrefix(to, "result")
			i, err := strconv.Atoi(result)
			switch {
			case to == "heap":
				l.AddHeap(derefs)
			case to == "unknown":
				l.AddUnknown(derefs)
			case isResult && err == nil && i >= 0:
				l.AddResult(i, derefs)
			default:
				return nil, fmt.Errorf("%q: want heap, unknown, or a result with its number", flow)
			}
		}
		s.Params = append(s.Params, l)
	}
	return s, nil
}

// leak returns the leak of an argument; arguments beyond those that the
// summary knows of are of no interest to the function.
func (s *Summary) leak(i int) *Leak {
	if i >= len(s.Params) {
		return new(Leak)
	}
	return &s.Params[i]
}
