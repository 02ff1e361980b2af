package ssax

import (
	"go/constant"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/ssa"
)

func TestPaths(t *testing.T) {
	for _, test := range pathCases {
		t.Run(test.name, func(t *testing.T) {
			pkg := load(t, scope+"\n"+test.src+"\n").Get()
			want := slices.DeleteFunc(slices.Clone(test.want), func(path string) bool { return slices.Contains(test.lost, path) })
			name := "f"
			if strings.HasPrefix(test.src, "func g") {
				name = "g$1"
			}
			checkPaths(t, pkg.function(t, name), append(want, test.extra...))
		})
	}
}

func checkPaths(t *testing.T, fn *ssa.Function, want []string) {
	t.Helper()
	want = slices.Clone(want)
	slices.Sort(want)
	p := NewPaths(fn)
	keep := map[string]func(Env, *ssa.BasicBlock) Env{
		"all that is known": func(e Env, _ *ssa.BasicBlock) Env { return e },
		"what is live":      p.Live,
	}
	for what, enter := range keep {
		if got := feasibleWith(p, fn, Env{}, enter); !slices.Equal(got, want) {
			t.Errorf("with %s, %s has paths\n%q\nwant\n%q", what, fn.Name(), got, want)
		}
	}
}

// feasible returns the different sequences of marks on the feasible paths to
// the returns of a function, sorted.
func feasible(p *Paths, fn *ssa.Function, env Env) []string {
	return feasibleWith(p, fn, env, func(e Env, _ *ssa.BasicBlock) Env { return e })
}

// feasibleWith does so if a path knows what a function leaves of it at the
// entry of a block.
func feasibleWith(p *Paths, fn *ssa.Function, env Env, enter func(Env, *ssa.BasicBlock) Env) []string {
	type edge struct {
		block *ssa.BasicBlock
		succ  int
	}
	found := make(map[string]bool)
	taken := make(map[edge]int)
	var walk func(*ssa.BasicBlock, Env, []string)
	walk = func(b *ssa.BasicBlock, env Env, marks []string) {
		for _, instr := range b.Instrs {
			switch instr := instr.(type) {
			case *ssa.Call:
				if callee := Callee(&instr.Call); callee != nil && callee.Name() == "mark" {
					name := constant.StringVal(instr.Call.Args[0].(*ssa.Const).Value)
					marks = append(slices.Clip(marks), name)
				}
			case *ssa.Store:
				env = p.Store(env, instr)
			case *ssa.Return:
				found[strings.Join(marks, " ")] = true
			}
		}
		for succ, to := range b.Succs {
			e := edge{b, succ}
			if next, ok := p.Follow(env, b, succ); ok && taken[e] < 2 {
				taken[e]++
				walk(to, enter(next, to), marks)
				taken[e]--
			}
		}
	}
	walk(fn.Blocks[0], env, nil)
	var list []string
	for marks := range found {
		list = append(list, marks)
	}
	slices.Sort(list)
	return list
}

// What the client knows from elsewhere decides branches too.
func TestNonNil(t *testing.T) {
	fn := load(t, scope+`
func f(p *node, err error) {
	if p == nil { mark("a") }
	if p != nil { mark("b") }
	if err != nil { mark("c") }
}
`).Get().function(t, "f")
	p := NewPaths(fn)
	if got, want := feasible(p, fn, p.NonNil(Env{}, fn.Params[0])), []string{"b", "b c"}; !slices.Equal(got, want) {
		t.Errorf("paths %q, want %q", got, want)
	}
	both := p.NonNil(p.NonNil(Env{}, fn.Params[0]), fn.Params[1])
	if got, want := feasible(p, fn, both), []string{"b c"}; !slices.Equal(got, want) {
		t.Errorf("paths %q, want %q", got, want)
	}
}

// follow returns the environment behind a list of branches: at each If, the
// path takes the successor that is next in the list.
func follow(t *testing.T, p *Paths, fn *ssa.Function, succs ...int) Env {
	t.Helper()
	env, b := Env{}, fn.Blocks[0]
	for len(succs) > 0 {
		succ := 0
		if len(b.Succs) > 1 {
			succ, succs = succs[0], succs[1:]
		}
		next, ok := p.Follow(env, b, succ)
		if !ok {
			t.Fatalf("%s: infeasible edge %d of block %d", fn.Name(), succ, b.Index)
		}
		env, b = next, b.Succs[succ]
	}
	return env
}

// Clients merge states with equal keys.
func TestKey(t *testing.T) {
	pkg := load(t, scope+`
func twice(c, d bool) {
	if c { mark("") }
	if d { mark("") }
	if c { mark("") }
	if d { mark("") }
}

func once(c, d bool) {
	if c { mark("") }
	if d { mark("") }
}

func phi(c bool) {
	n := 0
	if c { n = 1 }
	if n == 1 { mark("") }
	if n == 2 { mark("") }
}
`).Get()
	tests := []struct {
		fn   string
		a, b []int
		same bool
	}{
		{"twice", []int{0, 0}, []int{0, 0}, true},
		{"twice", []int{0, 0}, []int{0, 0, 0}, true},
		{"twice", []int{0, 0}, []int{0, 1}, false},
		{"twice", []int{0, 1}, []int{1, 0}, false},
		{"once", []int{0, 0}, []int{1, 1}, true}, // nothing that a later branch depends on
		{"phi", []int{0, 0}, []int{1, 1}, false},
	}
	for _, test := range tests {
		fn := pkg.function(t, test.fn)
		p := NewPaths(fn)
		a, b := follow(t, p, fn, test.a...).Hash(), follow(t, p, fn, test.b...).Hash()
		if (a == b) != test.same {
			t.Errorf("%s: hashes %d and %d, want the same: %t", test.fn, a, b, test.same)
		}
	}

	// The order in which things became known does not matter.
	fn := pkg.function(t, "twice")
	p := NewPaths(fn)
	c, d := fn.Params[0], fn.Params[1]
	if a, b := p.NonNil(p.NonNil(Env{}, c), d).Hash(), p.NonNil(p.NonNil(Env{}, d), c).Hash(); a != b || a == 0 {
		t.Errorf("hashes %d and %d", a, b)
	}
}

func TestResolve(t *testing.T) {
	fn := load(t, scope+`
func f(c bool) *node {
	var p *node
	if c { p = next() }
	if p == nil { mark("") }
	return p
}
`).Get().function(t, "f")
	var phi *ssa.Phi
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			if v, ok := instr.(*ssa.Phi); ok {
				phi = v
			}
		}
	}
	p := NewPaths(fn)
	if got := (Env{}).Resolve(phi); got != phi {
		t.Errorf("before the phi: %v", got)
	}
	if _, ok := follow(t, p, fn, 0, 0).Resolve(phi).(*ssa.Call); !ok {
		t.Error("if c: not the call")
	}
	if got, ok := follow(t, p, fn, 1, 0).Resolve(phi).(*ssa.Const); !ok || !got.IsNil() {
		t.Error("if !c: not nil")
	}
}

// Straight-line arithmetic shares its operands; its canonical form must not
// spell each of them out again and again.
func TestLongExpressions(t *testing.T) {
	fn := load(t, scope+"\nfunc f(n int) {\n"+strings.Repeat("\tn = n*n + n\n", 22)+"\tif n > 0 { mark(\"a\") }\n\tif n > 0 { mark(\"b\") }\n}\n").Get().function(t, "f")
	checkPaths(t, fn, []string{"", "a b"})
}

// A loop computes its conditions anew in each round: what was known of the
// last ones is of no use, and need not be told apart.
func TestLive(t *testing.T) {
	fn := load(t, scope+`
func f(xs []int, flag bool) {
	for _, x := range xs {
		if x > 1 {
			mark("1")
		}
		if x > 2 {
			mark("2")
		}
		if x > 3 {
			mark("3")
		}
	}
	if flag {
		mark("4")
	}
	if flag {
		mark("5")
	}
}
`).Get().function(t, "f")
	p := NewPaths(fn)
	all := states(p, fn, func(e Env, _ *ssa.BasicBlock) Env { return e })
	live := states(p, fn, p.Live)
	if all != 101 || live != 20 {
		t.Errorf("%d states with all facts and %d with those that are live, want 101 and 20", all, live)
	}
}

// states counts the different pairs of a block and what is known at its entry.
func states(p *Paths, fn *ssa.Function, enter func(Env, *ssa.BasicBlock) Env) int {
	type state struct {
		block *ssa.BasicBlock
		known uint64
	}
	seen := make(map[state]bool)
	var walk func(*ssa.BasicBlock, Env)
	walk = func(b *ssa.BasicBlock, env Env) {
		s := state{b, env.Hash()}
		if seen[s] {
			return
		}
		seen[s] = true
		for succ, to := range b.Succs {
			if next, ok := p.Follow(env, b, succ); ok {
				walk(to, enter(next, to))
			}
		}
	}
	walk(fn.Blocks[0], Env{})
	return len(seen)
}
