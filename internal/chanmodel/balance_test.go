package chanmodel

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// verdicts returns shortages and operations without a peer as text.
func verdicts(t *testing.T, text string) string {
	t.Helper()
	m, err := Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, sh := range m.Balance() {
		list = append(list, fmt.Sprintf("%s@%d %d>%d", sh.Kind, sh.Op.Pos, sh.Need, sh.Have))
	}
	for _, l := range m.Loners() {
		list = append(list, fmt.Sprintf("alone %s@%d", l.Kind(), l.Pos()))
	}
	slices.Sort(list)
	return strings.Join(list, ", ")
}

// channel declares a channel that the function f makes in its first block.
func channel(capacity string) string {
	return "resource L:c chan name=c cap=" + capacity + "@1 in=f block=0 as=c\n"
}

const sender = `
func send params=0
0:
	send on=c res=L:c @20
	return @21
`

func TestBalance(t *testing.T) {
	tests := []struct {
		name, text, want string
	}{
		{"left", channel("0") + sender + `
func f params=0
0:
	go @2 & send
	-> 1 when=+err
	-> 2 when=!err
1:
	return @3
2:
	receive on=c res=L:c @4
	return @5
`, "send@20 1>0"},
		{"room", channel("1") + sender + `
func f params=0
0:
	go @2 & send
	-> 1 when=+err
	-> 2 when=!err
1:
	return @3
2:
	receive on=c res=L:c @4
	return @5
`, ""},
		{"started later", channel("0") + sender + `
func f params=0
0:
	-> 1 when=+err
	-> 2 when=!err
1:
	return @3
2:
	go @2 & send
	receive on=c res=L:c @4
	return @5
`, ""},
		{"same condition", channel("0") + sender + `
func f params=0
0:
	-> 1 when=+wait
	-> 2 when=!wait
1:
	go @2 & send
	-> 2
2:
	-> 3 when=+wait
	-> 4 when=!wait
3:
	receive on=c res=L:c @4
	return @5
4:
	return @6
`, ""},
		{"loops of equal counts", channel("0") + sender + `
func f params=1
0:
	-> 1
1:
	-> 2 again=1,len(f#p0)
	-> 3 over=1,len(f#p0)
2:
	go @2 & send
	-> 1
3:
	-> 4 again=3,len(f#p0)
	-> 5 over=3,len(f#p0)
4:
	receive on=c res=L:c @4
	-> 3
5:
	return @6
`, ""},
		{"loops of unrelated counts", channel("0") + sender + `
func f params=1
0:
	-> 1
1:
	-> 2 again=1,(len(f#p0)+1)
	-> 3 over=1,(len(f#p0)+1)
2:
	go @2 & send
	-> 1
3:
	-> 4 again=3,f#v9
	-> 5 over=3,f#v9
4:
	receive on=c res=L:c @4
	-> 3
5:
	return @6
`, ""},
		{"one more than received", channel("0") + sender + `
func f params=1
0:
	-> 1
1:
	-> 2 again=1,(len(f#p0)+1)
	-> 3 over=1,(len(f#p0)+1)
2:
	go @2 & send
	-> 1
3:
	-> 4 again=3,len(f#p0)
	-> 5 over=3,len(f#p0)
4:
	receive on=c res=L:c @4
	-> 3
5:
	return @6
`, "send@20 3>2"},
		{"capacity of the loop", channel("len(f#p0)") + sender + `
func f params=1
0:
	-> 1
1:
	-> 2 again=1,len(f#p0)
	-> 3 over=1,len(f#p0)
2:
	go @2 & send
	-> 1
3:
	return @6
`, ""},
		{"found closed", channel("0") + `
func send params=0
0:
	send on=c res=L:c @20
	close on=c res=L:c @21
	return @22
func f params=0
0:
	go @2 & send
	-> 1
1:
	receive on=c res=L:c @4
	-> 1
	-> 2 closed=L:c
2:
	return @6
`, ""},
		{"never closed", channel("0") + `
func take params=0
0:
	-> 1
1:
	range on=c res=L:c @20
	-> 1
	-> 2
2:
	return @22
func f params=0
0:
	go @2 & take
	send on=c res=L:c @4
	return @6
`, "range@20 0>0"},
		{"a constant that is passed", channel("0") + `
func send params=2
0:
	-> 1 test=!send#p1,nil
	-> 2 test=+send#p1,nil
1:
	send on=send#p0 res=L:c @20
	-> 2
2:
	send on=send#p0 res=L:c @21
	return @22
func f params=0
0:
	go @2 & send send#p0=c const=send#p1,nil
	receive on=c res=L:c @4
	return @6
`, ""},
		{"waits for what the sender does then", channel("0") + `
resource L:done chan name=done cap=0@2 in=f block=0 as=done
func send params=0
0:
	send on=c res=L:c @20
	close on=done res=L:done @21
	return @22
func f params=0
0:
	go @2 & send
	select @3 | receive on=c res=L:c @4 | receive on=done res=L:done @5
	-> 1 case=0
	-> 2
1:
	return @6
2:
	-> 3 case=1
	-> 4
3:
	return @7
4:
	never
`, ""},
		{"waits on the way", channel("0") + `
resource L:done chan name=done cap=0@2 in=f block=0 as=done
func send params=0
0:
	send on=c res=L:c @20
	close on=done res=L:done @21
	return @22
func f params=0
0:
	go @2 & send
	receive on=done res=L:done @5
	receive on=c res=L:c @6
	return @7
`, "send@20 1>0"},
		{"others receive", strings.Replace(channel("0"), " cap", " others-receive cap", 1) + sender + `
func f params=0
0:
	go @2 & send
	return @3
`, ""},
		{"alone", `resource F:T.c chan name=T.c many cap=0@1
func f params=1
0:
	send on=f#p0.c res=F:T.c @2
	return @3
`, "alone send@2"},
		{"alone in a select", `resource F:T.c chan name=T.c many cap=0@1
resource F:T.d chan name=T.d many unknown
func f params=1
0:
	select @2 | send on=f#p0.c res=F:T.c @3 | receive on=f#p0.d res=F:T.d @4
	-> 1 case=0
	-> 1 case=1
1:
	return @5
`, ""},
		{"nil", `resource F:T.c chan name=T.c many
func f params=1
0:
	receive on=f#p0.c res=F:T.c @2
	return @3
`, "alone receive@2"},
	}
	for _, test := range tests {
		if got := verdicts(t, test.text); got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}

func TestEvaluate(t *testing.T) {
	for _, test := range []struct {
		cap  Cap
		want int
		syms string
	}{
		{Cap{N: 7}, 7, ""},
		{Cap{Sym: "len(f#p0)"}, 2, "len(f#p0)"},
		{Cap{Sym: "(len(f#p0)+1)"}, 3, "len(f#p0)"},
		{Cap{Sym: "((len(f#p0)*len(f#p1))-5)"}, 0, "len(f#p0) len(f#p1)"},
		{Cap{Sym: "(x<<y)"}, 2, "(x<<y)"},
	} {
		var syms []string
		got := test.cap.Value(2, func(s string) { syms = append(syms, s) })
		if got != test.want || strings.Join(syms, " ") != test.syms {
			t.Errorf("%v: %d %q, want %d %q", test.cap, got, syms, test.want, test.syms)
		}
	}
}
