package report

import (
	"strconv"
	"unicode/utf16"
)

// How GitHub's upload-sarif action identifies a line.
const (
	hashedUnits = 100    // from the start of the line, white space not counted
	hashBase    = 37     // of the polynomial, modulo 2⁶⁴
	endOfFile   = 0xffff // stands behind the last character
)

// lineHashes returns the primaryLocationLineHash of each line of a file. That
// is what GitHub recognises an alert by when lines have moved. Its upload
// action computes it only where it is missing, and warns where it differs.
//
// The hash covers a hundred UTF-16 units from the start of the line on, and so
// the next lines too. Blanks and tabs do not count, each line ending counts as
// one line feed, and zeros stand behind the end. A number behind the hash tells
// equal ones apart.
func lineHashes(text string) []string {
	units, starts := significant(text)
	hashes := make([]string, len(starts))
	seen := make(map[uint64]int)
	for i, start := range starts {
		var hash uint64
		for k := start; k < start+hashedUnits; k++ {
			hash *= hashBase
			if k < len(units) {
				hash += uint64(units[k])
			}
		}
		seen[hash]++
		hashes[i] = strconv.FormatUint(hash, 16) + ":" + strconv.Itoa(seen[hash])
	}
	return hashes
}

// significant returns the units of a text that its hashes cover, and where in
// them lines start.
func significant(text string) (units []uint16, starts []int) {
	lineStart, afterCR := true, false
	add := func(r rune) {
		if lineStart {
			starts = append(starts, len(units))
		}
		units = utf16.AppendRune(units, r)
		lineStart = r == '\n'
	}
	for _, r := range text {
		switch {
		case r == ' ' || r == '\t':
		case r == '\n' && afterCR: // counted already
		case r == '\r':
			add('\n')
		default:
			add(r)
		}
		afterCR = r == '\r'
	}
	add(endOfFile)
	return units, starts
}

// lineHash returns the hash of a line, or "" if there is no such line.
func (s *source) lineHash(line int) string {
	if s.hashes == nil && s.text != "" {
		s.hashes = lineHashes(s.text)
	}
	if line < 1 || line > len(s.hashes) {
		return ""
	}
	return s.hashes[line-1]
}
