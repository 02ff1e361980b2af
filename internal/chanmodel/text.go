package chanmodel

import (
	"fmt"
	"go/token"
	"slices"
	"strings"
)

// String returns the text form of a model, which [Parse] reads.
func (m *Model) String() string {
	var b strings.Builder
	for _, r := range m.Resources {
		m.writeResource(&b, r)
	}
	makes := make(map[*Func]bool)
	for _, r := range m.Resources {
		for _, c := range r.Made {
			makes[c.Func] = true
		}
	}
	for _, f := range m.Funcs {
		if f.active() || makes[f] {
			m.writeFunc(&b, f)
		}
	}
	return b.String()
}

// active reports whether a function has an operation that does something.
func (f *Func) active() bool {
	idle := func(op *Op) bool {
		return op.Kind == RunDefers || op.Kind == Return || op.Kind == Panic || op.Kind == Never || op.Kind == Reassign
	}
	return slices.ContainsFunc(f.Blocks, func(b *Block) bool {
		return slices.ContainsFunc(b.Ops, func(op *Op) bool { return !idle(op) })
	})
}

func (m *Model) writeResource(b *strings.Builder, r *Resource) {
	fmt.Fprintf(b, "resource %s %s name=%s", field(r.ID), r.Kind, field(r.Name))
	for _, flag := range []struct {
		set  bool
		name string
	}{
		{r.Many, "many"}, {r.Access&OthersSend != 0, "others-send"}, {r.Access&OthersReceive != 0, "others-receive"},
		{r.Unknown, "unknown"}, {r.Nil, "nil"}, {r.Tested, "tested"},
	} {
		if flag.set {
			b.WriteString(" " + flag.name)
		}
	}
	for _, made := range r.Made {
		size := fmt.Sprint(made.Cap.N)
		if made.Cap.Sym != "" {
			size = field(made.Cap.Sym)
		}
		fmt.Fprintf(b, " cap=%s%s", size, m.at(made.Pos))
		if made.Func != nil {
			fmt.Fprintf(b, " in=%s block=%d", made.Func.Name, made.Block)
			for _, o := range made.Objects {
				fmt.Fprintf(b, " as=%s", field(string(o)))
			}
			if made.Returned {
				b.WriteString(" returned")
			}
		}
	}
	b.WriteByte('\n')
}

// field makes a text one word.
func field(s string) string {
	if s == "" {
		return "-"
	}
	return strings.NewReplacer(" ", "_", "//", "_", "@", "'", "=", "-").Replace(s)
}

func (m *Model) at(pos token.Pos) string {
	if line := m.line(pos); line > 0 {
		return fmt.Sprintf("@%d", line)
	}
	return ""
}

func (m *Model) writeFunc(b *strings.Builder, f *Func) {
	fmt.Fprintf(b, "func %s params=%d", f.Name, len(f.Params))
	if f.Outer != nil && f.Outer.active() {
		b.WriteString(" outer=" + f.Outer.Name)
	}
	if f.Called {
		b.WriteString(" called")
	}
	if f.InTest {
		b.WriteString(" test")
	}
	if f.Recovers {
		b.WriteString(" recovers")
	}
	if f.Body {
		b.WriteString(" body")
	}
	if slices.ContainsFunc(f.Results, func(o Object) bool { return o != "" }) {
		for _, result := range f.Results {
			b.WriteString(" result=" + field(string(result)))
		}
	}
	b.WriteByte('\n')
	for i, block := range f.Blocks {
		fmt.Fprintf(b, "%d:", i)
		for _, root := range f.Defs[i] {
			if f.mentions(root) {
				b.WriteString(" def=" + string(root))
			}
		}
		b.WriteByte('\n')
		for _, op := range block.Ops {
			b.WriteString("\t" + m.opText(op) + "\n")
		}
		for j := range block.Succs {
			b.WriteString("\t" + edgeText(block, j) + "\n")
		}
	}
}

// mentions reports whether an operation's object has a root in it.
func (f *Func) mentions(root Object) bool {
	for _, b := range f.Blocks {
		for _, op := range b.Ops {
			if op.Object.DependsOn(root) || slices.ContainsFunc(op.Cases, func(c Case) bool { return c.Object.DependsOn(root) }) {
				return true
			}
			for _, c := range op.Callees {
				for _, arg := range c.Args {
					if arg.DependsOn(root) {
						return true
					}
				}
			}
		}
	}
	return false
}

func (m *Model) opText(op *Op) string {
	parts := []string{op.Kind.String()}
	if op.Deferred {
		parts = append([]string{"defer"}, parts...)
	}
	parts = append(parts, refText(op.Ref)...)
	if op.Kind == Add || op.Kind == Limit {
		if op.N == Unknown {
			parts = append(parts, "n=?")
		} else {
			parts = append(parts, fmt.Sprintf("n=%d", op.N))
		}
	}
	if op.Counts.Resource != nil {
		parts = append(parts, "counts="+field(op.Counts.Resource.ID), "counted="+field(string(op.Counts.Object)))
	}
	if op.Locker.Resource != nil {
		parts = append(parts, "locker="+field(op.Locker.Resource.ID), "locked="+field(string(op.Locker.Object)))
	}
	if op.Unknown {
		parts = append(parts, "unknown")
	}
	if op.Default {
		parts = append(parts, "default")
	}
	if op.Pos.IsValid() {
		parts = append(parts, m.at(op.Pos))
	}
	for _, c := range op.Cases {
		parts = append(parts, "|", c.Kind.String())
		parts = append(parts, refText(c.Ref)...)
		parts = append(parts, m.at(c.Pos))
	}
	for i := range op.Callees {
		parts = append(parts, calleeForm(&op.Callees[i]))
	}
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), " ")
}

// refText returns the object and the resource of an operation.
func refText(r Ref) []string {
	var parts []string
	if r.Object != "" {
		parts = append(parts, "on="+string(r.Object))
	}
	if r.Resource != nil {
		parts = append(parts, "res="+field(r.Resource.ID))
	}
	return parts
}

func calleeForm(c *Callee) string {
	parts := []string{"& " + field(c.Name)}
	if c.Func != nil {
		parts[0] = "& " + c.Func.Name
	}
	if c.Summary != nil {
		for _, l := range c.Summary.Acquires {
			mode := "acquires"
			if l.Read {
				mode = "racquires"
			}
			parts = append(parts, fmt.Sprintf("%s=%s,%s,%s", mode, field(string(l.Object)), field(l.Class), field(l.Via)))
		}
	}
	var args []string
	for param, arg := range c.Args {
		if arg != "" {
			args = append(args, string(param)+"="+string(arg))
		}
	}
	for param, value := range c.Const {
		args = append(args, "const="+string(param)+","+field(value))
	}
	slices.Sort(args)
	return strings.Join(append(parts, args...), " ")
}

func edgeText(b *Block, i int) string {
	e := &b.Succs[i]
	text := fmt.Sprintf("-> %d", e.To)
	if e.Case >= 0 {
		text += fmt.Sprintf(" case=%d", e.Case)
	}
	if e.Took != nil {
		text += " took=" + field(e.Took.Resource.ID)
	}
	if t := e.Turn; t != nil {
		count := fmt.Sprint(t.Count.N)
		if t.Count.Sym != "" {
			count = field(t.Count.Sym)
		}
		word := "over"
		if t.Again {
			word = "again"
		}
		text += fmt.Sprintf(" %s=%d,%s", word, t.Loop, count)
	}
	if e.Test.Param != "" {
		sign := "+"
		if !e.Test.True {
			sign = "!"
		}
		text += fmt.Sprintf(" test=%s%s,%s", sign, e.Test.Param, field(e.Test.Value))
	}
	for _, r := range e.Closed {
		text += " closed=" + field(r.ID)
	}
	for _, r := range e.Nil {
		text += " nil=" + field(r.ID)
	}
	for _, l := range e.Lits {
		sign := "+"
		if !l.True {
			sign = "!"
		}
		text += " when=" + sign + field(l.Cond)
	}
	return text
}
