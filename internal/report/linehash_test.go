package report

import (
	"slices"
	"strings"
	"testing"
)

// The hashes are those that GitHub's upload action computes for these texts.
func TestLineHashes(t *testing.T) {
	tests := []struct {
		name, text string
		want       []string
	}{
		{"empty", "", []string{"c129715d7a2bc9a3:1"}},
		{"blanks and tabs", " a\nb\n  \t\tc\n d",
			[]string{"271789c17abda88f:1", "54703d4cd895b18:1", "180aee12dab6264:1", "a23a3dc5e078b07b:1"}},
		{"line endings", "x\r\ny\rz\r \n\n\nx\nx\n", []string{
			"e2582ef76157591e:1", "19b1107b107d0f2c:1", "e454e3654dfbe8b5:1", "5abda3bec6297f01:1", "2548848ca4dec8bb:1",
			"6b5b024dd512709d:1", "8c072f39cc89b447:1", "828973aa50c68d6d:1", "c129715d7a2bc9a3:1"}},
		{"two units a character", "größe := \"𝄞\"\n\tgröße := \"𝄞\"\n",
			[]string{"85ea86c41e1e6cbf:1", "e57ad5d9737c1461:1", "c129715d7a2bc9a3:1"}},
	}
	for _, test := range tests {
		if got := lineHashes(test.text); !slices.Equal(got, test.want) {
			t.Errorf("%s:\ngot  %q\nwant %q", test.name, got, test.want)
		}
	}
}

// A hash survives moves and changes of white space, and equal ones are told
// apart by their order.
func TestLineHashStable(t *testing.T) {
	block := strings.Repeat("the same line\n", 40)
	hashes := lineHashes(block)
	first, _, _ := strings.Cut(hashes[0], ":")
	if hashes[0] != first+":1" || hashes[1] != first+":2" {
		t.Errorf("equal lines have %q and %q", hashes[0], hashes[1])
	}
	code := "package a\n\nfunc f() {\n\tg()\n}\n"
	moved := lineHashes("// A comment.\n\n" + strings.ReplaceAll(code, "\t", "        "))
	for i, hash := range lineHashes(code)[:5] {
		if hash != moved[i+2] && i != 1 {
			t.Errorf("line %d has %s, and %s after a move", i+1, hash, moved[i+2])
		}
	}
}

func FuzzLineHashes(f *testing.F) {
	for _, seed := range []string{"", "\r", "a\r\nb", "\xff\n", "𝄞\n\n"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		hashes := lineHashes(text)
		seen := make(map[string]bool)
		for _, hash := range hashes {
			if seen[hash] {
				t.Fatalf("%q: two lines have %s", text, hash)
			}
			seen[hash] = true
		}
		if !strings.Contains(text, "\r") && len(hashes) > strings.Count(text, "\n")+1 {
			t.Errorf("%q: %d hashes", text, len(hashes))
		}
	})
}
