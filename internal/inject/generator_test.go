package inject

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
)

// A generator writes random programs, of three functions each: the first
// returns two results, the others one, and later ones call earlier ones.
//
// No expression both reads a variable and calls what writes it: Go leaves the
// order open, and programs must have only one meaning.
type generator struct {
	*rand.Rand
	out    strings.Builder
	indent int

	number int      // of the program
	funcs  int      // functions of it that exist
	names  int      // variables and labels so far
	vars   []string // readable ints in scope
	pair   bool     // the function in hand returns two results
	loops  []string // labels of the loops around, empty for those without
}

func (g *generator) line(format string, args ...any) {
	g.out.WriteString(strings.Repeat("\t", g.indent))
	fmt.Fprintf(&g.out, format+"\n", args...)
}

func (g *generator) name(prefix string) string {
	g.names++
	return fmt.Sprintf("%s%d", prefix, g.names)
}

func (g *generator) program(number int) {
	g.number, g.funcs = number, 0
	for i := range 3 {
		g.pair = i == 0
		results := "r int"
		if g.pair {
			results = "r int, err error"
		}
		g.line("func P%df%d(a int) (%s) {", number, i, results)
		g.body("a", 2)
		g.line("}\n")
		g.funcs++
	}
	g.line("func P%d() {\n\trt.Void(P%df2(%d))\n}\n", number, number, g.IntN(10))
}

// body writes the statements of a function or literal with one parameter.
func (g *generator) body(parameter string, depth int) {
	vars, loops := g.vars, g.loops
	g.vars, g.loops = append(slices.Clone(vars), parameter), nil
	g.block(depth)
	g.indent++
	g.line("%s", g.ret())
	g.indent--
	g.vars, g.loops = vars, loops
}

// block writes statements, of which some contain others up to a depth.
func (g *generator) block(depth int) {
	vars := len(g.vars)
	g.indent++
	for range 1 + g.IntN(3) {
		g.statement(depth)
	}
	g.indent--
	g.vars = g.vars[:vars]
}

func (g *generator) read() string { return g.vars[g.IntN(len(g.vars))] }

// simple returns an expression without calls.
func (g *generator) simple() string {
	switch g.IntN(3) {
	case 0:
		return fmt.Sprint(g.IntN(9))
	case 1:
		return g.read()
	}
	return fmt.Sprintf("(%s+%d)", g.read(), g.IntN(9))
}

// value returns an expression of type int, often with calls.
func (g *generator) value(depth int) string {
	if depth == 0 {
		return g.simple()
	}
	in := g.value(depth - 1)
	switch g.IntN(9) {
	case 0:
		return "rt.One(" + in + ") + rt.One(" + g.simple() + ")"
	case 1:
		return "rt.Boom(" + in + ")"
	case 2:
		return "rt.New(" + in + ").Add(2).Add(rt.One(1)).N"
	case 3:
		return "func() int { return rt.Gen(" + in + ") }()"
	case 4:
		return "[]int{1, 2, 3}[" + in + "&3]" // out of range for 3
	case 5:
		return "len(rt.Gen([]int{" + in + "}))"
	case 6:
		if g.funcs > 1 {
			return fmt.Sprintf("P%df1(%s)", g.number, in)
		}
	}
	return "rt.One(" + in + ")"
}

// two returns a call with two results.
func (g *generator) two() string {
	if g.funcs > 0 && g.IntN(2) == 0 {
		return fmt.Sprintf("P%df0(%s)", g.number, g.value(1))
	}
	return "rt.Two(" + g.value(1) + ")"
}

func (g *generator) cond() string {
	switch g.IntN(4) {
	case 0:
		return g.simple() + " > 3"
	case 1:
		return "rt.Is(" + g.value(1) + ") && rt.Is(" + g.simple() + ")"
	case 2:
		return "!rt.Is(" + g.simple() + ") || " + g.value(1) + " < 4"
	}
	return "rt.Is(" + g.value(1) + ")"
}

func (g *generator) ret() string {
	switch {
	case !g.pair:
		return "return " + g.value(2)
	case g.IntN(3) == 0:
		return "return " + g.value(1) + ", nil"
	case g.IntN(4) == 0:
		return "return"
	}
	return "return " + g.two()
}

// declare makes a variable that later statements may read.
func (g *generator) declare(format string, args ...any) {
	v := g.name("v")
	g.line(strings.ReplaceAll(format, "VAR", v)+"; _ = "+v, args...)
	g.vars = append(g.vars, v)
}

func (g *generator) statement(depth int) {
	kinds := []func(int){g.plain, g.plain, g.assign, g.assign, g.leave}
	if depth > 0 {
		kinds = append(kinds, g.ifs, g.loop, g.switches, g.closure, g.deferred, g.concurrent, g.jump)
	}
	kinds[g.IntN(len(kinds))](depth)
}

func (g *generator) plain(int) {
	g.line("%s", []string{
		"rt.Void(" + g.value(2) + ")", "rt.One(" + g.value(1) + ")", g.two(), "rt.New(1).Add(" + g.value(1) + ")", "_ = rt.Gen(" + g.value(1) + ")",
	}[g.IntN(5)])
}

func (g *generator) assign(int) {
	switch g.IntN(4) {
	case 0:
		g.declare("VAR := %s", g.value(2))
	case 1:
		g.declare("VAR, _ := %s", g.two())
	case 2:
		g.declare("var VAR, _ = %s", g.two())
	case 3:
		g.line("r = %s", g.value(2))
	}
}

// leave leaves a loop or the function, under a condition.
func (g *generator) leave(int) {
	way := g.ret()
	if len(g.loops) > 0 && g.IntN(3) > 0 {
		way = []string{"break", "continue"}[g.IntN(2)] + " " + g.loops[g.IntN(len(g.loops))]
	}
	g.line("if %s {\n%s%s\n%s}", g.cond(), strings.Repeat("\t", g.indent+1), way, strings.Repeat("\t", g.indent))
}

func (g *generator) ifs(depth int) {
	v := g.name("v")
	switch g.IntN(4) {
	case 0:
		g.line("if %s {", g.cond())
	case 1:
		g.line("if %s := %s; %s > 2 {", v, g.value(1), v)
	case 2:
		g.line("if %s, e := %s; e == nil && %s > 1 {", v, g.two(), v)
	case 3:
		g.line("if rt.Void(%s); %s {", g.value(1), g.cond())
	}
	g.block(depth - 1)
	if g.IntN(3) == 0 {
		g.line("} else if %s, e := %s; e != nil || %s > 0 {", v, g.two(), v)
		g.block(depth - 1)
	}
	if g.IntN(2) == 0 {
		g.line("} else {")
		g.block(depth - 1)
	}
	g.line("}")
}

func (g *generator) loop(depth int) {
	label := g.name("L")
	v := g.name("v")
	g.line("%s:", label)
	switch g.IntN(5) {
	case 0:
		g.line("for %s := range %s & 3 {", v, g.value(1))
	case 1:
		g.line("for %s := range rt.Seq(%s) {", v, g.value(1))
	case 2:
		g.line("for %s := 0; rt.Is(%s); %s++ {", v, v, v)
	case 3:
		g.line("for %s, e := %s; e == nil && %s > 0; %s, e = rt.Two(%s / 2) {", v, g.two(), v, v, v)
	case 4:
		g.line("for %s := 0; %s < 2; rt.Void(%s) {\n%s%s++", v, v, v, strings.Repeat("\t", g.indent+1), v)
	}
	g.line("\t_ = %s", v)
	g.vars, g.loops = append(g.vars, v), append(g.loops, label)
	g.block(depth - 1)
	g.line("\tif rt.One(1) > 5 { continue %s }", label) // a label must be used
	g.vars, g.loops = g.vars[:len(g.vars)-1], g.loops[:len(g.loops)-1]
	g.line("}")
}

func (g *generator) switches(depth int) {
	v := g.name("v")
	heads := []string{"switch rt.One(" + g.simple() + ") {", "switch " + v + " := " + g.value(1) + "; " + v + " & 3 {", "switch " + v + " := rt.Any(" + g.value(1) + ").(type) {"}
	kind := g.IntN(len(heads))
	g.line("%s", heads[kind])
	cases := []string{"case 1, rt.One(1):", "case 3:", "default:"}
	if kind == 2 {
		cases = []string{"case int:", "case string:", "default:"}
	}
	for i, c := range cases {
		g.line("%s", c)
		if kind == 2 {
			g.line("\t_ = %s", v)
		}
		g.block(depth - 1)
		if kind != 2 && i == 0 && g.IntN(2) == 0 {
			g.line("\tfallthrough")
		}
	}
	g.line("}")
}

// literal writes a function literal behind a text, and a text behind it.
func (g *generator) literal(depth int, before, after string) {
	p := g.name("p")
	pair := g.pair
	g.pair = g.IntN(2) == 0
	results := "(r int)"
	if g.pair {
		results = "(r int, err error)"
	}
	g.line("%sfunc(%s int) %s {", before, p, results)
	g.body(p, depth-1)
	g.line("}%s", after)
	g.pair = pair
}

func (g *generator) closure(depth int) {
	c := g.name("c")
	g.literal(depth, c+" := ", "")
	g.line("%s(%s)", c, g.value(1))
}

func (g *generator) deferred(depth int) {
	switch g.IntN(3) {
	case 0:
		g.line("defer rt.Void(%s)", g.value(1))
	case 1:
		g.literal(depth, "defer ", "("+g.value(1)+")")
	case 2:
		g.line("defer func() { if e := recover(); e != nil { rt.One(len(rt.Gen(\"e\"))); r = 7 } }()")
	}
}

// concurrent runs something in another goroutine and waits for it.
func (g *generator) concurrent(int) {
	ch := g.name("ch")
	g.line("%s := make(chan int, 1)", ch)
	g.line("go func() { defer close(%s); defer func() { recover() }(); %s <- rt.One(%s) }()", ch, ch, g.simple())
	g.line("select {\n\tcase v := <-%s:\n\trt.Void(v)\n}", ch)
	g.line("for range %s { rt.Void(1) }", ch)
}

// jump writes a loop of goto, in a function of its own: goto must not jump
// over variables.
func (g *generator) jump(int) {
	l, i := g.name("L"), g.name("i")
	g.line("func() { %s := 0; %s: rt.Void(%s); %s++; if rt.Is(%s) { rt.One(%s); goto %s } }()", i, l, i, i, i, i, l)
}
