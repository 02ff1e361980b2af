package chanmodel

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// A sender, and a receiver in a loop that leaves when c1 is closed.
const departing = `
resource F:t.data chan name=t.data many cap=0@1
resource F:t.quit chan name=t.quit many cap=0@2
func main params=0 called
0:
	go @3 & send send#p0=main#v0
	go @4 & receive receive#p0=main#v0
	call @5 & stop stop#p0=main#v0
	return @6
func send params=1
0:
	send on=send#p0.data res=F:t.data @7
	return @8
func receive params=1
0:
	-> 1
1:
	select @9 | receive on=receive#p0.data res=F:t.data @10 | receive on=receive#p0.quit res=F:t.quit @11
	-> 1 case=0
	-> 2
2:
	-> 3 case=1
	-> 4
3:
	return @12
4:
	never
func stop params=1
0:
	close on=stop#p0.quit res=F:t.quit @13
	return @14
`

func TestStrandedSends(t *testing.T) {
	tests := []struct {
		name     string
		old, new string // a change of the model
		want     string // sends, and where the peers depart
	}{
		{"as it is", "", "", "7: 11"},
		{"others receive", "F:t.data chan name=t.data", "F:t.data chan others-receive name=t.data", ""},
		{"nobody gives the signal", "close on=stop#p0.quit res=F:t.quit @13", "return @13", ""},
		{"the receiver goes on", "-> 3 case=1", "-> 1 case=1", ""},
		{"there is room", "cap=0@1", "cap=1@1", ""},
		{"it drains", "return @12", "go @12 & receive receive#p0=receive#p0\n\treturn @12", ""},
		{"the sender can do something else", "send on=send#p0.data res=F:t.data @7",
			"select @7 | send on=send#p0.data res=F:t.data @7 | receive on=send#p0.quit res=F:t.quit @7", ""},
		{"the sender gives the signal", "return @8", "close on=send#p0.quit res=F:t.quit @8\n\treturn @8", "7: 11"}, // not it alone
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if !strings.Contains(departing, tt.old) {
				t.Fatalf("no %q in the model", tt.old)
			}
			m, err := Parse(strings.Replace(departing, tt.old, tt.new, 1))
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, s := range m.StrandedSends() {
				text := fmt.Sprintf("%d:", s.Pos())
				for _, p := range s.Peers {
					text += fmt.Sprintf(" %d", p.On.Pos())
				}
				got = append(got, text)
			}
			if strings.Join(got, "; ") != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

// Two goroutines: one sends requests and takes answers only if there are some,
// the other serves.
const circling = `
resource F:t.answers chan name=t.answers many cap=0@1
resource F:t.requests chan name=t.requests many cap=0@2
func main params=0 called
0:
	go @3 & client client#p0=main#v0
	go @4 & server server#p0=main#v0
	return @5
func client params=1
0:
	-> 1
1:
	select default @6 | receive on=client#p0.answers res=F:t.answers @6
	-> 1 case=0
	-> 2
2:
	send on=client#p0.requests res=F:t.requests @7
	-> 1
3:
	return @7
func server params=1
0:
	-> 1
1:
	receive on=server#p0.requests res=F:t.requests @8
	send on=server#p0.answers res=F:t.answers @9
	-> 1
`

func TestCircles(t *testing.T) {
	tests := []struct {
		name     string
		old, new string
		want     []string
	}{
		{"as it is", "", "", []string{"7 and 9"}},
		{"strict alternation", "select default @6 | receive on=client#p0.answers res=F:t.answers @6\n\t-> 1 case=0", "receive on=client#p0.answers res=F:t.answers @6", nil},
		{"alternation in a select", "-> 1 case=0\n\t-> 2\n2:", "-> 2 case=0\n\t-> 3\n2:", nil},
		{"a buffer", "cap=0@1", "cap=8@1", nil},
		{"two clients", "go @3 & client client#p0=main#v0", "go @3 & client client#p0=main#v0\n\tgo @3 & client client#p0=main#v0", nil},
		{"both at once", "send on=client#p0.requests res=F:t.requests @7",
			"select @7 | send on=client#p0.requests res=F:t.requests @7 | receive on=client#p0.answers res=F:t.answers @7", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m, err := Parse(strings.Replace(circling, tt.old, tt.new, 1))
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, c := range m.Circles() {
				got = append(got, fmt.Sprintf("%d and %d", c.Sends[0].Pos(), c.Sends[1].Pos()))
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

// A constructor whose goroutine ends when its channel is closed.
const contracted = `
resource F:t.quit chan name=t.quit many cap=0@1
func make params=0 called result=make#v0
0: def=make#v0
	go @2 & run run#p0=make#v0
	return @3
func run params=1
0:
	receive on=run#p0.quit res=F:t.quit @4
	return @5
func stop params=1 called
0:
	close on=stop#p0.quit res=F:t.quit @6
	return @7
func shut params=1 called
0:
	call @8 & stop stop#p0=shut#p0
	return @9
`

func TestContracts(t *testing.T) {
	tests := []struct {
		name     string
		old, new string
		want     []string
	}{
		{"as it is", "", "", []string{"make 0 run true stop shut"}},
		{"another end", "receive on=run#p0.quit res=F:t.quit @4", "-> 1\n\t-> 2\n1:\n\treceive on=run#p0.quit res=F:t.quit @4\n\treturn @4\n2:", nil},
		{"others close it", "chan name=t.quit", "chan others-send name=t.quit", nil},
		{"the result is another one", "result=make#v0", "result=make#v1", nil},
		{"in some cases", "0: def=make#v0\n", "0: def=make#v0\n\t-> 1\n\t-> 2\n1:\n\treturn @3\n2:\n", []string{"make 0 run false stop shut"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m, err := Parse(strings.Replace(contracted, tt.old, tt.new, 1))
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, k := range m.Contracts() {
				text := fmt.Sprint(k.Starter.Name, " ", k.Result, " ", k.Begin.Name, " ", k.Always)
				for _, f := range k.Stops {
					text += " " + f.Name
				}
				got = append(got, text)
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}
