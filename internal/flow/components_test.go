package flow

import (
	"math/rand/v2"
	"testing"
)

// On random graphs, the components are what reachability says.
func TestComponents(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		n := 1 + rng.IntN(12)
		succs := make([][]int, n)
		for range rng.IntN(2 * n) {
			from := rng.IntN(n)
			succs[from] = append(succs[from], rng.IntN(n))
		}
		of := Components(n, func(i int) []int { return succs[i] })
		for i := range n {
			for j := range n {
				to, back := reaches(succs, i, j), reaches(succs, j, i)
				if (of[i] == of[j]) != (to && back) {
					t.Fatalf("%v: nodes %d and %d have components %v", succs, i, j, of)
				}
				if to && !back && of[i] <= of[j] {
					t.Fatalf("%v: node %d reaches %d, but the components are %v", succs, i, j, of)
				}
			}
		}
	}
}

func reaches(succs [][]int, from, to int) bool {
	seen := make([]bool, len(succs))
	stack := []int{from}
	for len(stack) > 0 {
		n := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if n == to {
			return true
		}
		if !seen[n] {
			seen[n] = true
			stack = append(stack, succs[n]...)
		}
	}
	return false
}

// A long chain does not exhaust the stack.
func TestComponentsDeep(t *testing.T) {
	const n = 1_000_000
	of := Components(n, func(i int) []int { return []int{(i + 1) % n} })
	if of[0] != of[n-1] {
		t.Error("a cycle has more than one component")
	}
}
