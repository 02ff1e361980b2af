package driver

// A queue is the nodes that can be analysed now, for container/heap: those
// that the longest chain of dependents waits for come first.
type queue struct {
	nodes  []*node
	height map[*node]int
}

func (q *queue) Len() int { return len(q.nodes) }
func (q *queue) Less(i, j int) bool {
	return q.height[q.nodes[i]] > q.height[q.nodes[j]]
}
func (q *queue) Swap(i, j int) { q.nodes[i], q.nodes[j] = q.nodes[j], q.nodes[i] }
func (q *queue) Push(n any)    { q.nodes = append(q.nodes, n.(*node)) }
func (q *queue) Pop() any {
	last := q.nodes[len(q.nodes)-1]
	q.nodes = q.nodes[:len(q.nodes)-1]
	return last
}

// heights returns, for each node, the length of the longest chain of
// packages that depend on it.
func heights(g *graph) map[*node]int {
	height := make(map[*node]int)
	for i := len(g.nodes) - 1; i >= 0; i-- { // dependents before dependencies
		n := g.nodes[i]
		for _, dep := range n.deps {
			height[dep] = max(height[dep], height[n]+1)
		}
	}
	return height
}
