package chanmodel

import "testing"

func TestGroups(t *testing.T) {
	for _, test := range []struct{ name, text, want string }{
		{"an add in the goroutine that it counts", `
resource g waitgroup
func work params=0
0:
	add on=G:g res=g n=1 @1
	done on=G:g res=g @2
	return @3
func main params=0
0:
	go @4 & work
	wait on=G:g res=g @5
	return @6
`, "1 adds late for 5\n"},
		{"one that somebody hears of", `
resource g waitgroup
resource c chan cap=0
func work params=0
0:
	add on=G:g res=g n=1 @1
	close on=G:c res=c @2
	done on=G:g res=g @3
	return @4
func main params=0
0:
	go @5 & work
	receive on=G:c res=c @6
	wait on=G:g res=g @7
	return @8
`, ""},
		{"a limit that two goroutines reach", `
resource g waitgroup
func main params=0
0:
	limit on=G:g res=g n=2 @1
	add on=G:g res=g n=1 @2
	go @2 counts=g counted=G:g & work
	add on=G:g res=g n=1 @3
	go @3 counts=g counted=G:g & work
	return @4
func work params=0
0:
	add on=G:g res=g n=1 @5
	go @5 counts=g counted=G:g & leaf
	return @6
func leaf params=0
0:
	return @7
`, "5 waits for the limit of 1, sure false\n"},
		{"a limit that two goroutines do not reach", `
resource g waitgroup
func main params=0
0:
	limit on=G:g res=g n=3 @1
	add on=G:g res=g n=1 @2
	go @2 counts=g counted=G:g & work
	add on=G:g res=g n=1 @3
	go @3 counts=g counted=G:g & work
	return @4
func work params=0
0:
	add on=G:g res=g n=1 @5
	go @5 counts=g counted=G:g & leaf
	return @6
func leaf params=0
0:
	return @7
`, ""},
		{"no room at all, and room again", `
resource g waitgroup
resource h waitgroup
func main params=0
0:
	add on=G:g res=g n=1 @1
	limit on=G:g res=g n=0 @2
	add on=G:g res=g n=1 @3
	limit on=G:h res=h n=0 @4
	limit on=G:h res=h n=1 @5
	add on=G:h res=h n=1 @6
	return @7
`, "3 waits for the limit of 2, sure true\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := waitVerdicts(t, test.text); got != test.want {
				t.Errorf("got:\n%swant:\n%s", got, test.want)
			}
		})
	}
}
