package chanmodel

import (
	"bufio"
	"fmt"
	"go/token"
	"slices"
	"strconv"
	"strings"
)

// Parse reads the text form of a model, as [Model.String] writes it: lines
// that begin with "resource" and "func", and blocks of operations below their
// function. Positions are line numbers. What follows "//" is a comment, and
// empty lines are skipped. An error names the line.
//
//	resource F:S.mu mutex name=S.mu
//	func S:Run params=1 called
//	0: def=S:Run#v1
//		lock on=S:Run#p0.mu res=F:S.mu @12
//		call & S:get S:get#p0=S:Run#p0 @13
//		select default @14 | receive on=S:Run#p0.c res=F:S.c @15
//		-> 1 case=0
//		-> 2 when=!ok
//	1:
//		return @16
func Parse(text string) (*Model, error) {
	p := &reader{
		model:     &Model{line: func(pos token.Pos) int { return int(pos) }},
		resources: make(map[string]*Resource), funcs: make(map[string]*Func),
	}
	// Functions may call those below them.
	for _, declare := range []bool{true, false} {
		p.declare, p.fn, p.block, p.line = declare, nil, nil, 0
		lines := bufio.NewScanner(strings.NewReader(text))
		lines.Buffer(nil, 1<<20)
		for lines.Scan() {
			p.line++
			line, _, _ := strings.Cut(lines.Text(), "//")
			if words := strings.Fields(line); len(words) > 0 {
				if err := p.statement(words); err != nil {
					return nil, fmt.Errorf("line %d: %w", p.line, err)
				}
			}
		}
		if err := lines.Err(); err != nil {
			return nil, fmt.Errorf("line %d: %w", p.line+1, err)
		}
	}
	return p.model, p.finish()
}

type reader struct {
	model     *Model
	resources map[string]*Resource
	funcs     map[string]*Func
	makers    []maker

	declare bool // first pass: resources and functions only
	line    int
	fn      *Func
	block   *Block
}

// A maker is the function in which a channel is made, by name.
type maker struct {
	resource *Resource
	index    int
	name     string
}

func (p *reader) statement(words []string) error {
	switch {
	case words[0] == "resource":
		if !p.declare {
			return nil
		}
		return p.resource(words[1:])
	case words[0] == "func":
		return p.function(words[1:])
	case p.declare:
		return nil
	case p.fn == nil:
		return fmt.Errorf("%q is outside of a function", words[0])
	case strings.HasSuffix(words[0], ":"):
		return p.newBlock(words)
	case p.block == nil:
		return fmt.Errorf("%q is before the first block of %s", words[0], p.fn.Name)
	case words[0] == "->":
		return p.edge(words[1:])
	}
	op, err := p.operation(words)
	if err == nil {
		p.block.Ops = append(p.block.Ops, op)
	}
	return err
}

// option splits a word such as "cap=3@12" into key, value and line.
func option(word string) (key, value string, pos token.Pos, err error) {
	rest := word
	if i := strings.LastIndexByte(word, '@'); i >= 0 {
		n, convErr := strconv.Atoi(word[i+1:])
		if convErr != nil || n <= 0 {
			return "", "", 0, fmt.Errorf("%q: a line number must follow @", word)
		}
		rest, pos = word[:i], token.Pos(n)
	}
	key, value, _ = strings.Cut(rest, "=")
	if value == "-" {
		value = ""
	}
	return key, value, pos, nil
}

// index returns the number of a name in a list of names, or an error that
// says what the name should have been.
func index[T ~uint8](names []string, name, what string) (T, error) {
	if i := slices.Index(names, name); i > 0 {
		return T(i), nil
	}
	return 0, fmt.Errorf("no such %s: %q; there are %s", what, name, strings.Join(names[1:], ", "))
}

func (p *reader) resource(words []string) error {
	if len(words) < 2 {
		return fmt.Errorf("a resource needs an ID and a kind")
	}
	r := &Resource{ID: words[0], Name: words[0]}
	if p.resources[r.ID] != nil {
		return fmt.Errorf("resource %s is declared twice", r.ID)
	}
	var err error
	if r.Kind, err = index[Kind](kindNames[:], words[1], "kind"); err != nil {
		return err
	}
	for _, word := range words[2:] {
		if err := r.set(word); err != nil {
			return err
		}
		if name, ok := strings.CutPrefix(word, "in="); ok {
			p.makers = append(p.makers, maker{r, len(r.Made) - 1, name})
		}
	}
	p.resources[r.ID] = r
	p.model.Resources = append(p.model.Resources, r)
	return nil
}

// set sets what a word of a declaration says.
func (r *Resource) set(word string) error {
	key, value, pos, err := option(word)
	if err != nil {
		return err
	}
	switch key {
	case "name":
		r.Name = value
	case "many":
		r.Many = true
	case "others-send":
		r.Access |= OthersSend
	case "others-receive":
		r.Access |= OthersReceive
	case "unknown":
		r.Unknown = true
	case "nil":
		r.Nil = true
	case "tested":
		r.Tested = true
	case "cap":
		made := Creation{Pos: pos, Cap: Cap{Sym: value}}
		if n, err := strconv.Atoi(value); err == nil {
			made.Cap = Cap{N: n}
		}
		r.Made = append(r.Made, made)
	case "in", "block", "as", "returned":
		if len(r.Made) == 0 {
			return fmt.Errorf("%q: a capacity must come before", word)
		}
		return r.Made[len(r.Made)-1].set(key, value)
	default:
		return fmt.Errorf("%q is nothing that a resource has", word)
	}
	return nil
}

// set sets what a word says about where a channel is made.
func (c *Creation) set(key, value string) (err error) {
	switch key {
	case "block":
		if c.Block, err = strconv.Atoi(value); err != nil || c.Block < 0 {
			return fmt.Errorf("%q is not the number of a block", value)
		}
	case "as":
		c.Objects = append(c.Objects, Object(value))
	case "returned":
		c.Returned = true
	}
	return nil
}

func (p *reader) function(words []string) error {
	if len(words) == 0 {
		return fmt.Errorf("a function needs a name")
	}
	name := words[0]
	if !p.declare {
		p.fn, p.block = p.funcs[name], nil
		return nil
	}
	if p.funcs[name] != nil {
		return fmt.Errorf("function %s is declared twice", name)
	}
	f := &Func{Name: name, Label: name, Pos: token.Pos(p.line), Defs: make(map[int][]Object)}
	f.branches = literalBranches{f}
	for _, word := range words[1:] {
		key, value, _, err := option(word)
		if err != nil {
			return err
		}
		switch key {
		case "params":
			n, err := strconv.Atoi(value)
			if err != nil || n < 0 || n > 255 {
				return fmt.Errorf("%q: the number of parameters is not a number up to 255", word)
			}
			for i := range n {
				f.Params = append(f.Params, Object(name)+paramRoot(i))
			}
		case "outer":
			if f.Outer = p.funcs[value]; f.Outer == nil {
				return fmt.Errorf("%q: the function around must be declared before", word)
			}
		case "result":
			f.Results = append(f.Results, Object(value))
		case "called":
			f.Called = true
		case "recovers":
			f.Recovers = true
		case "body":
			f.Body = true
		case "test":
			f.InTest = true
		default:
			return fmt.Errorf("%q is nothing that a function has", word)
		}
	}
	p.funcs[name] = f
	p.model.Funcs = append(p.model.Funcs, f)
	return nil
}

func (p *reader) newBlock(words []string) error {
	n, err := strconv.Atoi(strings.TrimSuffix(words[0], ":"))
	if err != nil || n != len(p.fn.Blocks) {
		return fmt.Errorf("%q: the next block of %s is %d", words[0], p.fn.Name, len(p.fn.Blocks))
	}
	for _, word := range words[1:] {
		key, value, _, err := option(word)
		if err != nil || key != "def" {
			return fmt.Errorf("%q: a block has nothing but def=ROOT", word)
		}
		p.fn.Defs[n] = append(p.fn.Defs[n], Object(value))
	}
	p.block = new(Block)
	p.fn.Blocks = append(p.fn.Blocks, p.block)
	return nil
}
