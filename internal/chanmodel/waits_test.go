package chanmodel

import (
	"fmt"
	"strings"
	"testing"
)

// waitVerdicts returns what the algorithms about waiting say of a model, a line
// for each, by the lines of the operations.
func waitVerdicts(t *testing.T, text string) string {
	t.Helper()
	m, err := Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, p := range PeersThatNeedLocks(m) {
		fmt.Fprintf(&b, "%d waits with the lock of %d", p.Site.Op.Pos, p.Held.Op.Pos)
		for _, peer := range p.Peers {
			fmt.Fprintf(&b, ", peer %d takes it at %d because %d", peer.Pos(), peer.Lock.Op.Pos, peer.Why)
		}
		fmt.Fprintf(&b, ", sure %t\n", p.Sure)
	}
	for _, d := range SkippedDones(m) {
		if d.Panics {
			fmt.Fprintf(&b, "a panic skips %d\n", d.Done.Pos())
			continue
		}
		fmt.Fprintf(&b, "%d skips %d\n", d.Exit.Pos, d.Done.Pos())
	}
	for _, n := range NeverDones(m) {
		fmt.Fprintf(&b, "%d waits for %d, never done\n", n.Wait.Pos(), n.Add.Pos())
	}
	for _, l := range WaitsInLoops(m) {
		fmt.Fprintf(&b, "%d waits in the loop of %d\n", l.Wait.Pos(), l.Start.Op.Pos)
	}
	for _, l := range LateAdds(m) {
		fmt.Fprintf(&b, "%d adds late for %d\n", l.Add.Pos(), l.Wait.Pos())
	}
	for _, l := range LimitsReached(m) {
		fmt.Fprintf(&b, "%d waits for the limit of %d, sure %t\n", l.Start.Pos(), l.Limit.Pos(), l.Sure)
	}
	for _, w := range SelfWaits(m) {
		fmt.Fprintf(&b, "%d waits for itself, %d, sure %t\n", w.Site.Pos(), w.Provider.Pos(), w.Sure)
	}
	for _, w := range WaitsBeforeDrains(m) {
		fmt.Fprintf(&b, "%d waits for the sender of %d\n", w.Wait.Pos(), w.Send.Pos())
	}
	for _, q := range WorkersThatQuit(m) {
		fmt.Fprintf(&b, "%d sends to who quits at %d\n", q.Send.Pos(), q.Exit.Pos)
	}
	for _, c := range CondsStuck(m) {
		fmt.Fprintf(&b, "%d waits for a condition, %d\n", c.Wait.Pos(), c.Why)
	}
	return b.String()
}

func TestWaits(t *testing.T) {
	for _, test := range []struct{ name, text, want string }{
		{"a loop that takes the lock between two receives", `
resource m mutex many
resource c chan many cap=0
func send params=1
0:
	lock on=send#p0.m res=m @1
	send on=send#p0.c res=c @2
	unlock on=send#p0.m res=m @3
	return @4
func loop params=1
0:
	-> 1
1:
	range on=loop#p0.c res=c @5
	-> 2
	-> 3
2:
	lock on=loop#p0.m res=m @6
	unlock on=loop#p0.m res=m @7
	-> 1
3:
	return @8
`, "2 waits with the lock of 1, peer 5 takes it at 6 because 2, sure true\n"},
		{"the lock of another object", `
resource m mutex many
resource c chan many cap=0
func send params=1
0:
	lock on=send#p0.m res=m @1
	send on=send#p0.c res=c @2
	unlock on=send#p0.m res=m @3
	return @4
func loop params=1
0:
	-> 1
1:
	range on=loop#p0.c res=c @5
	-> 2
	-> 3
2:
	lock on=loop#p0.parent.m res=m @6
	unlock on=loop#p0.parent.m res=m @7
	-> 1
3:
	return @8
`, ""},
		{"a peer that holds the lock, and one that others have", `
resource m mutex many
resource c chan many cap=0
resource d chan many cap=0 others-send
func receive params=1
0:
	lock on=receive#p0.m res=m @1
	receive on=receive#p0.c res=c @2
	receive on=receive#p0.d res=d @3
	unlock on=receive#p0.m res=m @4
	return @5
func send params=1
0:
	lock on=send#p0.m res=m @6
	send on=send#p0.c res=c @7
	send on=send#p0.d res=d @8
	unlock on=send#p0.m res=m @9
	return @10
`, "2 waits with the lock of 1, peer 7 takes it at 6 because 1, sure true\n" +
			"7 waits with the lock of 6, peer 2 takes it at 1 because 1, sure true\n" +
			"8 waits with the lock of 6, peer 3 takes it at 1 because 1, sure true\n"},
		{"a worker takes the lock that is held over the wait, in a call", `
resource m mutex many
resource g waitgroup many
func stop params=1
0:
	lock on=stop#p0.m res=m @1
	wait on=stop#p0.g res=g @2
	unlock on=stop#p0.m res=m @3
	return @4
func count params=1
0:
	lock on=count#p0.m res=m @5
	unlock on=count#p0.m res=m @6
	return @7
func work params=1
0:
	defer done on=work#p0.g res=g @8
	call @9 & count count#p0=work#p0
	rundefers
	return @10
func start params=1
0:
	add on=start#p0.g res=g n=1 @11
	go @12 & work work#p0=start#p0
	return @13
`, "2 waits with the lock of 1, peer 8 takes it at 5 because 4, sure true\n"},
		{"a return before the done is deferred", `
resource g waitgroup
func work params=0
0:
	-> 1 when=+bad
	-> 2 when=!bad
1:
	return @1
2:
	defer done on=G:g res=g @2
	rundefers
	return @3
func main params=0
0:
	add on=G:g res=g n=1 @4
	go @5 & work
	wait on=G:g res=g @6
	return @7
`, "1 skips 2\n"},
		{"a done for each thing", `
resource g waitgroup
resource c chan cap=0
func work params=0
0:
	range on=G:c res=c @1
	-> 1
	-> 2
1:
	done on=G:g res=g @2
	-> 0
2:
	return @3
func main params=0
0:
	add on=G:g res=g n=1 @4
	go @5 & work
	send on=G:c res=c @6
	wait on=G:g res=g @7
	return @8
`, ""},
		{"a wait in the loop that starts, and nobody done", `
resource g waitgroup
resource h waitgroup
func work params=0
0:
	defer done on=G:g res=g @1
	rundefers
	return @2
func main params=0
0:
	add on=G:g res=g n=? @3
	add on=G:h res=h n=2 @4
	-> 1
1:
	go @5 & work
	wait on=G:g res=g @6
	-> 1
	-> 2
2:
	wait on=G:h res=h @7
	return @8
`, "7 waits for 4, never done\n6 waits in the loop of 5\n"},
		{"a goroutine that closes the channel when it returns, which it waits for", `
resource d chan many cap=0
func stop params=1
0:
	receive on=stop#p0.d res=d @1
	return @2
func run params=1
0:
	defer close on=run#p0.d res=d @3
	call @4 & stop stop#p0=run#p0
	rundefers
	return @5
func start params=1
0:
	go @6 & run run#p0=start#p0
	return @7
`, "1 waits for itself, 3, sure true\n"},
		{"one that waits for its child's", `
resource d chan many cap=0
func stop params=1
0:
	receive on=stop#p0.d res=d @1
	return @2
func run params=1
0:
	defer close on=run#p0.d res=d @3
	call @4 & stop stop#p0=run#p0.child
	rundefers
	return @5
func start params=1
0:
	go @6 & run run#p0=start#p0
	return @7
`, ""},
		{"a wait before the receive, and one behind done", `
resource g waitgroup
resource c chan cap=0
resource e chan cap=0
func work params=0
0:
	send on=G:c res=c @1
	done on=G:g res=g @2
	send on=G:e res=e @3
	return @4
func main params=0
0:
	add on=G:g res=g n=1 @5
	go @6 & work
	wait on=G:g res=g @7
	receive on=G:c res=c @8
	receive on=G:e res=e @9
	return @10
`, "7 waits for the sender of 1\n"},
		{"conditions", `
resource a cond cap=0
resource b cond
resource m mutex
func wait params=0
0:
	lock on=G:m res=m @1
	condwait on=G:a res=a locker=m locked=G:m @2
	condwait on=G:b res=b locker=m locked=G:m @3
	unlock on=G:m res=m @4
	return @5
func signal params=0
0:
	signal on=G:b res=b @6
	return @7
`, "2 waits for a condition, 1\n3 waits for a condition, 2\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := waitVerdicts(t, test.text); got != test.want {
				t.Errorf("got:\n%swant:\n%s", got, test.want)
			}
		})
	}
}
