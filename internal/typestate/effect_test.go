package typestate

import (
	"testing"
	"testing/quick"
)

// The algebra of effects, on random ones: effects with the product are a
// monoid, which distributes over the union.
func TestEffectLaws(t *testing.T) {
	laws := map[string]any{
		"identity":     func(e Effect) bool { return e.Then(Identity) == e && Identity.Then(e) == e },
		"zero":         func(e Effect) bool { return e.Then(None) == None && None.Then(e) == None },
		"associative":  func(e, f, g Effect) bool { return e.Then(f).Then(g) == e.Then(f.Then(g)) },
		"distributive": func(e, f, g Effect) bool { return e.Then(f.Or(g)) == e.Then(f).Or(e.Then(g)) },
		"distributive from the right": func(e, f, g Effect) bool {
			return e.Or(f).Then(g) == e.Then(g).Or(f.Then(g))
		},
		"monotone": func(e, f, g Effect) bool {
			return within(e.Then(g), e.Or(f).Then(g)) && within(g.Then(e), g.Then(e.Or(f)))
		},
		"union":          func(e, f Effect) bool { return e.Or(f) == f.Or(e) && e.Or(e) == e },
		"apply":          func(e, f Effect, s Set) bool { return e.Then(f).Apply(s) == f.Apply(e.Apply(s)) },
		"apply to union": func(e Effect, r, s Set) bool { return e.Apply(r|s) == e.Apply(r)|e.Apply(s) },
	}
	for name, law := range laws {
		if err := quick.Check(law, &quick.Config{MaxCount: 2000}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func within(e, f Effect) bool { return e|f == f }

// A law that does not hold is found: the product is not commutative.
func TestEffectNotCommutative(t *testing.T) {
	if Release.Then(Rearm) == Rearm.Then(Release) {
		t.Error("releasing and rearming commute")
	}
}

func TestEffects(t *testing.T) {
	tests := []struct {
		name   string
		effect Effect
		from   State
		want   Set
	}{
		{"release", Release, Live, SetOf(Released)},
		{"release again", Release, Released, SetOf(Released)},
		{"release what is moved", Release, Moved, SetOf(Moved)},
		{"release what is absent", Release, Absent, SetOf(Absent)},
		{"release what is covered", Release, Live | Covered, SetOf(Released | Covered)},
		{"move", Move, Live, SetOf(Moved)},
		{"rearm", Release.Then(Rearm), Live, SetOf(Live)},
		{"cover", Cover, Live, SetOf(Live | Covered)},
		{"defer and return", Cover.Then(Return), Live, SetOf(Released)},
		{"return without defer", Return, Live, SetOf(Live)},
		// net/dial.go defers Stop, then stops, then resets.
		{"defer, release, rearm, return", Cover.Then(Release).Then(Rearm).Then(Return), Live, SetOf(Released)},
		{"release on one path", Release.Or(Identity), Live, SetOf(Live, Released)},
		{"identity", Identity, Released | Covered, SetOf(Released | Covered)},
		{"none", None, Live, 0},
	}
	for _, test := range tests {
		if got := test.effect.From(test.from); got != test.want {
			t.Errorf("%s: %v becomes %v, want %v", test.name, test.from, got, test.want)
		}
	}
}
