package flow

// Components returns the strongly connected component of each of n nodes:
// nodes have the same number if and only if there are paths between them in
// both directions. A component has a higher number than those that can be
// reached from it. Time and space are linear in nodes and edges, and the depth
// of the graph does not matter.
//
// The algorithm is Tarjan's, "Depth-First Search and Linear Graph Algorithms"
// (1972), with an explicit stack.
func Components(n int, succs func(int) []int) []int {
	c := &components{succs: succs, index: make([]int, n), low: make([]int, n), of: make([]int, n)}
	for i := range n {
		if c.index[i] == 0 {
			c.visit(i)
		}
	}
	return c.of
}

type components struct {
	succs func(int) []int
	index []int // order of discovery, from 1; 0: not seen
	low   []int // lowest index on the stack that is reachable
	of    []int // component, from 1 while a search is under way
	stack []int // nodes without a component
	next  int
	count int
}

// A frame is a node whose successors are being visited.
type frame struct {
	node  int
	succs []int
}

func (c *components) visit(root int) {
	work := []frame{c.enter(root)}
	for len(work) > 0 {
		f := &work[len(work)-1]
		if len(f.succs) > 0 {
			succ := f.succs[0]
			f.succs = f.succs[1:]
			switch {
			case c.index[succ] == 0:
				work = append(work, c.enter(succ))
			case c.of[succ] < 0: // on the stack
				c.low[f.node] = min(c.low[f.node], c.index[succ])
			}
			continue
		}
		node := f.node
		work = work[:len(work)-1]
		if len(work) > 0 {
			parent := work[len(work)-1].node
			c.low[parent] = min(c.low[parent], c.low[node])
		}
		if c.low[node] == c.index[node] {
			c.pop(node)
		}
	}
}

func (c *components) enter(node int) frame {
	c.next++
	c.index[node], c.low[node], c.of[node] = c.next, c.next, -1
	c.stack = append(c.stack, node)
	return frame{node, c.succs(node)}
}

// pop gives the nodes above and including a component's first one a number.
func (c *components) pop(first int) {
	for {
		last := len(c.stack) - 1
		node := c.stack[last]
		c.stack = c.stack[:last]
		c.of[node] = c.count
		if node == first {
			c.count++
			return
		}
	}
}
