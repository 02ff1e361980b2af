package chanmodel

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// operation reads an operation: its kind and options, then cases behind "|"
// and callees behind "&".
func (p *reader) operation(words []string) (*Op, error) {
	op := new(Op)
	if words[0] == "defer" {
		op.Deferred = true
		words = words[1:]
	}
	if len(words) == 0 {
		return nil, fmt.Errorf("defer needs an operation")
	}
	var err error
	if op.Kind, err = index[OpKind](opNames[:], words[0], "operation"); err != nil {
		return nil, err
	}
	words = words[1:]
	for len(words) > 0 && words[0] != "|" && words[0] != "&" {
		if err := p.opOption(op, words[0]); err != nil {
			return nil, err
		}
		words = words[1:]
	}
	for len(words) > 0 {
		part := words[1:]
		if end := slices.IndexFunc(part, func(s string) bool { return s == "|" || s == "&" }); end >= 0 {
			part = part[:end]
		}
		if len(part) == 0 {
			return nil, fmt.Errorf("nothing follows %s", words[0])
		}
		if words[0] == "|" {
			err = p.selectCase(op, part)
		} else {
			err = p.callee(op, part)
		}
		if err != nil {
			return nil, err
		}
		words = words[1+len(part):]
	}
	return op, nil
}

func (p *reader) opOption(op *Op, word string) error {
	key, value, pos, err := option(word)
	if err != nil {
		return err
	}
	switch key {
	case "on":
		op.Object = Object(value)
	case "res":
		op.Resource, err = p.resourceNamed(value)
	case "n":
		if op.N = Unknown; value != "?" {
			op.N, err = strconv.Atoi(value)
		}
	case "counts":
		op.Counts.Resource, err = p.resourceNamed(value)
	case "counted":
		op.Counts.Object = Object(value)
	case "locker":
		op.Locker.Resource, err = p.resourceNamed(value)
	case "locked":
		op.Locker.Object = Object(value)
	case "unknown":
		op.Unknown = true
	case "default":
		op.Default = true
	case "":
		op.Pos = pos
	default:
		return fmt.Errorf("%q is nothing that an operation has", word)
	}
	return err
}

func (p *reader) resourceNamed(id string) (*Resource, error) {
	if r := p.resources[id]; r != nil {
		return r, nil
	}
	return nil, fmt.Errorf("no resource %q is declared", id)
}

func (p *reader) selectCase(op *Op, words []string) error {
	var c Case
	var err error
	if c.Kind, err = index[OpKind](opNames[:], words[0], "operation"); err != nil {
		return err
	}
	if c.Kind != Send && c.Kind != Receive {
		return fmt.Errorf("a case sends or receives; %s does not", words[0])
	}
	for _, word := range words[1:] {
		key, value, pos, err := option(word)
		switch {
		case err != nil:
			return err
		case key == "on":
			c.Object = Object(value)
		case key == "res":
			if c.Resource, err = p.resourceNamed(value); err != nil {
				return err
			}
		case key == "":
			c.Pos = pos
		default:
			return fmt.Errorf("%q is nothing that a case has", word)
		}
	}
	op.Cases = append(op.Cases, c)
	return nil
}

// callee reads a callee: its name, what it acquires if it is in another
// package, and its arguments.
func (p *reader) callee(op *Op, words []string) error {
	c := Callee{Name: words[0], Func: p.funcs[words[0]], Args: make(map[Object]Object)}
	if c.Func != nil {
		c.Name = c.Func.Label
	}
	for _, word := range words[1:] {
		key, value, ok := strings.Cut(word, "=")
		if !ok {
			return fmt.Errorf("%q: an argument has the form PARAMETER=OBJECT", word)
		}
		if key == "const" {
			param, constant, _ := strings.Cut(value, ",")
			if c.Const == nil {
				c.Const = make(map[Object]string)
			}
			c.Const[Object(param)] = constant
			continue
		}
		if key != "acquires" && key != "racquires" {
			c.Args[Object(key)] = Object(value)
			continue
		}
		parts := strings.Split(value, ",")
		if len(parts) != 3 {
			return fmt.Errorf("%q: OBJECT,CLASS,VIA must follow", word)
		}
		for i := range parts {
			if parts[i] == "-" {
				parts[i] = ""
			}
		}
		if c.Summary == nil {
			c.Summary = new(Summary)
		}
		c.Summary.Acquires = append(c.Summary.Acquires, LockUse{Object: Object(parts[0]), Class: parts[1], Via: parts[2], Read: key[0] == 'r'})
	}
	if c.Func == nil && c.Summary == nil {
		c.Summary = new(Summary)
	}
	op.Callees = append(op.Callees, c)
	return nil
}

func (p *reader) edge(words []string) error {
	if len(words) == 0 {
		return fmt.Errorf("the number of a block must follow ->")
	}
	to, err := strconv.Atoi(words[0])
	if err != nil || to < 0 {
		return fmt.Errorf("%q is not the number of a block", words[0])
	}
	e := Edge{To: to, Case: -1}
	for _, word := range words[1:] {
		key, value, _, err := option(word)
		switch {
		case err != nil:
			return err
		case key == "case":
			if e.Case, err = strconv.Atoi(value); err != nil || e.Case < 0 {
				return fmt.Errorf("%q is not the number of a case", word)
			}
		case key == "took":
			if e.Took = p.tried(value); e.Took == nil {
				return fmt.Errorf("%q: no trylock of %s comes before", word, value)
			}
		case key == "again" || key == "over":
			if e.Turn, err = turnOf(value, key == "again"); err != nil {
				return err
			}
		case key == "closed", key == "nil":
			r := p.resources[value]
			if r == nil {
				return fmt.Errorf("%q: there is no such resource", word)
			}
			if key == "nil" {
				e.Nil = append(e.Nil, r)
			} else {
				e.Closed = append(e.Closed, r)
			}
		case key == "test" && len(value) > 1 && (value[0] == '+' || value[0] == '!'):
			param, constant, _ := strings.Cut(value[1:], ",")
			e.Test = Test{Object(param), constant, value[0] == '+'}
		case key == "when" && len(value) > 1 && (value[0] == '+' || value[0] == '!'):
			e.Lits = append(e.Lits, Literal{value[1:], value[0] == '+'})
		default:
			return fmt.Errorf("%q is nothing that an edge has", word)
		}
	}
	p.block.Succs = append(p.block.Succs, e)
	return nil
}

// turnOf reads "LOOP,COUNT".
func turnOf(value string, again bool) (*Turn, error) {
	name, count, _ := strings.Cut(value, ",")
	loop, err := strconv.Atoi(name)
	if err != nil || loop < 0 || count == "" {
		return nil, fmt.Errorf("%q is not a loop and how often it runs", value)
	}
	t := &Turn{Loop: loop, Again: again, Count: Cap{Sym: count}}
	if n, err := strconv.Atoi(count); err == nil {
		t.Count = Cap{N: n}
	}
	return t, nil
}

// tried returns the last TryLock of a resource in the function so far.
func (p *reader) tried(id string) *Op {
	var last *Op
	for _, b := range p.fn.Blocks {
		for _, op := range b.Ops {
			if op.Kind == TryLock && op.Resource != nil && op.Resource.ID == id {
				last = op
			}
		}
	}
	return last
}

// finish checks what can only be checked at the end, and links callers.
func (p *reader) finish() error {
	for _, f := range p.model.Funcs {
		if len(f.Blocks) == 0 {
			f.Blocks = []*Block{{Ops: []*Op{{Kind: Return}}}}
		}
		for i, b := range f.Blocks {
			for _, e := range b.Succs {
				if e.To >= len(f.Blocks) {
					return fmt.Errorf("function %s: block %d leads to block %d, of %d", f.Name, i, e.To, len(f.Blocks))
				}
			}
		}
	}
	for _, m := range p.makers {
		f := p.funcs[m.name]
		if f == nil || m.resource.Made[m.index].Block >= len(f.Blocks) {
			return fmt.Errorf("resource %s: there is no such place in %s", m.resource.ID, m.name)
		}
		m.resource.Made[m.index].Func = f
	}
	slices.SortStableFunc(p.model.Resources, func(a, b *Resource) int { return strings.Compare(a.ID, b.ID) })
	linkCallers(p.model)
	return nil
}
