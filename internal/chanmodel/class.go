package chanmodel

import "slices"

// A class is what values are taken to be the same resource, while the model
// is built: a node of a union-find forest. Elements of a container are
// classes below that of the container, by how they are reached ("[*]" for
// elements, "<-" for what arrives on a channel), and are united with it.
type class struct {
	parent *class
	id     string // of the root: the smallest of the members', so that it does not depend on order
	name   string
	rank   int // how good the name is: fields before variables before registers
	kind   Kind
	many   bool
	access Access
	made   []Creation
	// foreign is set if it can also hold what comes from elsewhere.
	foreign bool
	null    bool // can hold nil
	tested  bool // is compared with nil
	mixed   bool // has several fields or variables
	// elsewhere is set if another package declares it: the ID has its path.
	elsewhere bool
	funcs     []funcValue
	parts     map[string]*class
}

func (c *class) find() *class {
	for c.parent != nil {
		if c.parent.parent != nil {
			c.parent = c.parent.parent
		}
		c = c.parent
	}
	return c
}

// unite makes two classes one, and their parts.
func unite(a, b *class) {
	a, b = a.find(), b.find()
	if a == b {
		return
	}
	if b.rank < a.rank || b.rank == a.rank && b.id < a.id {
		a, b = b, a
	}
	b.parent = a
	if a.kind == 0 {
		a.kind = b.kind
	}
	a.mixed = a.mixed || b.mixed || a.rank <= globalRank && b.rank <= globalRank
	a.many = a.many || b.many
	a.foreign = a.foreign || b.foreign
	a.null = a.null || b.null
	a.tested = a.tested || b.tested
	a.access |= b.access
	a.made = append(a.made, b.made...)
	for _, f := range b.funcs {
		a.add(f)
	}
	for how, part := range b.parts {
		if have := a.parts[how]; have != nil {
			unite(have, part)
			continue
		}
		if a.parts == nil {
			a.parts = make(map[string]*class)
		}
		a.parts[how] = part
	}
	b.parts, b.made, b.funcs = nil, nil, nil
}

// part returns the class of what is reached from a class.
func (c *class) part(how string) *class {
	c = c.find()
	if p := c.parts[how]; p != nil {
		return p.find()
	}
	p := &class{id: c.id + how, name: c.name + how, rank: c.rank, many: how[0] != '.', access: c.access, foreign: c.foreign, elsewhere: c.elsewhere}
	if c.parts == nil {
		c.parts = make(map[string]*class)
	}
	c.parts[how] = p
	return p
}

// open notes that others may do something to what a class holds.
func (c *class) open(a Access) {
	c = c.find()
	if c.access&a == a {
		return
	}
	c.access |= a
	for _, part := range c.parts {
		part.open(Open)
	}
}

// add notes that a class can hold a function.
func (c *class) add(f funcValue) {
	c = c.find()
	if !slices.Contains(c.funcs, f) {
		c.funcs = append(c.funcs, f)
	}
}
