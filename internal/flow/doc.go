// Package flow has the graph algorithms that the engines share. It knows
// neither Go code nor analyses; nodes are numbers.
package flow
