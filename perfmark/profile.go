package perfmark

import (
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"time"
)

// WriteJSON writes what [Stats] returns as a JSON array.
func WriteJSON(w io.Writer) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "\t")
	return enc.Encode(Stats())
}

// WriteProfile writes what is known of the sites as a gzipped profile of
// pprof. It has the sample types hits/count and wall/nanoseconds, and a
// sample for each site that was hit, with its function and line as the only
// frame and the labels "mark" (the kind), "site" (file:line) and "finding".
//
// The format is that of
// https://github.com/google/pprof/blob/main/proto/profile.proto.
func WriteProfile(w io.Writer) error {
	z := gzip.NewWriter(w)
	if _, err := z.Write(encodeProfile(Stats(), time.Now())); err != nil {
		return fmt.Errorf("writing the profile: %w", err)
	}
	if err := z.Close(); err != nil {
		return fmt.Errorf("writing the profile: %w", err)
	}
	return nil
}

// The numbers of the fields in profile.proto.
const (
	profileSampleType     = 1
	profileSample         = 2
	profileLocation       = 4
	profileFunction       = 5
	profileStrings        = 6
	profileTime           = 9
	profileDuration       = 10
	profilePeriodType     = 11
	profilePeriod         = 12
	profileDefaultType    = 14
	valueTypeType         = 1
	valueTypeUnit         = 2
	sampleLocation        = 1
	sampleValue           = 2
	sampleLabel           = 3
	labelKey              = 1
	labelStr              = 2
	locationID            = 1
	locationLine          = 4
	lineFunction          = 1
	lineLine              = 2
	functionID            = 1
	functionName          = 2
	functionSystemName    = 3
	functionFile          = 4
	functionStartLine     = 5
	wireVarint, wireBytes = 0, 2
)

// A message is a protocol buffer under construction.
type message struct{ data []byte }

func (m *message) varint(x uint64) {
	for x >= 0x80 {
		m.data = append(m.data, byte(x)|0x80)
		x >>= 7
	}
	m.data = append(m.data, byte(x))
}

// number appends a field with a number; zero is the default and left out.
func (m *message) number(field int, x uint64) {
	if x == 0 {
		return
	}
	m.varint(uint64(field)<<3 | wireVarint)
	m.varint(x)
}

// bytes appends a field with bytes, be they a text or a message.
func (m *message) bytes(field int, b []byte) {
	m.varint(uint64(field)<<3 | wireBytes)
	m.varint(uint64(len(b)))
	m.data = append(m.data, b...)
}

// numbers appends a field with packed numbers.
func (m *message) numbers(field int, list ...uint64) {
	var packed message
	for _, x := range list {
		packed.varint(x)
	}
	m.bytes(field, packed.data)
}

// An encoder writes one profile. Strings are kept in a table; the first is
// empty.
type encoder struct {
	out     message
	strings map[string]uint64
	table   []string
}

func (e *encoder) text(s string) uint64 {
	if i, ok := e.strings[s]; ok {
		return i
	}
	i := uint64(len(e.table))
	e.strings[s] = i
	e.table = append(e.table, s)
	return i
}

func (e *encoder) valueType(field int, kind, unit string) {
	var m message
	m.number(valueTypeType, e.text(kind))
	m.number(valueTypeUnit, e.text(unit))
	e.out.bytes(field, m.data)
}

// encodeProfile returns a profile of sites, not compressed.
func encodeProfile(stats []Stat, now time.Time) []byte {
	e := &encoder{strings: map[string]uint64{"": 0}, table: []string{""}}
	e.valueType(profileSampleType, "hits", "count")
	e.valueType(profileSampleType, "wall", "nanoseconds")
	functions := make(map[[2]string]uint64)
	for i, st := range stats {
		if st.Hits == 0 {
			continue
		}
		fn, ok := functions[[2]string{st.Func, st.File}]
		if !ok {
			fn = uint64(len(functions) + 1)
			functions[[2]string{st.Func, st.File}] = fn
			e.function(fn, st)
		}
		e.sample(uint64(i+1), fn, st)
	}
	e.out.number(profileTime, uint64(now.UnixNano()))
	e.out.number(profileDuration, uint64(now.Sub(base)))
	e.valueType(profilePeriodType, "hits", "count")
	e.out.number(profilePeriod, 1)
	e.out.number(profileDefaultType, e.text("wall"))
	for _, s := range e.table {
		e.out.bytes(profileStrings, []byte(s))
	}
	return e.out.data
}

func (e *encoder) function(id uint64, st Stat) {
	var m message
	m.number(functionID, id)
	m.number(functionName, e.text(st.Func))
	m.number(functionSystemName, e.text(st.Func))
	m.number(functionFile, e.text(st.File))
	e.out.bytes(profileFunction, m.data)
}

// sample appends a sample and its location.
func (e *encoder) sample(id, fn uint64, st Stat) {
	var line, location, sample message
	line.number(lineFunction, fn)
	line.number(lineLine, uint64(st.Line))
	location.number(locationID, id)
	location.bytes(locationLine, line.data)
	e.out.bytes(profileLocation, location.data)

	sample.numbers(sampleLocation, id)
	sample.numbers(sampleValue, st.Hits, uint64(st.Total))
	labels := [][2]string{{"mark", st.Kind}, {"site", fmt.Sprintf("%s:%d", st.File, st.Line)}, {"finding", st.Finding}}
	for _, l := range labels {
		if l[1] == "" {
			continue
		}
		var m message
		m.number(labelKey, e.text(l[0]))
		m.number(labelStr, e.text(l[1]))
		sample.bytes(sampleLabel, m.data)
	}
	e.out.bytes(profileSample, sample.data)
}
