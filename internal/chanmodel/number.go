package chanmodel

import (
	"strconv"
	"strings"
)

// Value returns what a number is if each unknown in it is the same number,
// and tells of each of them.
func (c Cap) Value(unknown int, each func(symbol string)) int {
	if c.Sym == "" {
		return c.N
	}
	return max(0, evaluate(c.Sym, unknown, each))
}

// evaluate computes an expression of the form "(a+(b-1))".
func evaluate(expr string, unknown int, each func(string)) int {
	if n, err := strconv.Atoi(expr); err == nil {
		return n
	}
	if x, op, y, ok := binary(expr); ok {
		a, b := evaluate(x, unknown, each), evaluate(y, unknown, each)
		switch op {
		case "+":
			return a + b
		case "-":
			return a - b
		case "*":
			return a * b
		}
	}
	each(expr)
	return unknown
}

// binary splits an expression "(x+y)"; names have none of + - and *.
func binary(expr string) (x, op, y string, ok bool) {
	inner, found := strings.CutPrefix(expr, "(")
	if !found || !strings.HasSuffix(inner, ")") {
		return "", "", "", false
	}
	inner = inner[:len(inner)-1]
	depth := 0
	for i, r := range inner {
		switch r {
		case '(':
			depth++
		case ')':
			if depth--; depth < 0 {
				return "", "", "", false
			}
		case '+', '-', '*':
			if depth == 0 && i > 0 {
				return inner[:i], inner[i : i+1], inner[i+1:], true
			}
		}
	}
	return "", "", "", false
}
