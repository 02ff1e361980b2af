package evidence

import (
	"cmp"
	"slices"

	"github.com/perflint/perflint/internal/finding"
)

// A Tier says how much of the cost a place is responsible for.
type Tier int

// The tiers. Places are taken in the order of what they cost: those that make
// up the first half of the program's own cost are hot, those that make up nine
// tenths with them are warm, if they cost half a percent each.
const (
	Cold Tier = iota // little, or nothing that was sampled
	Warm
	Hot
)

const (
	hotPart  = 0.50
	warmPart = 0.90
	minShare = 0.005
)

// Weights are the costs of a profile by the lines of a program.
type Weights struct {
	lines     map[place]*lineWeight
	functions map[place]Weight // of all samples that have the function in their stack; by its first line
	program   *Program

	hot, warm       Weight // the least that is hot or warm
	own, lost       Weight // of samples with a function of the program: mapped, and not
	hasCPU, hasHeap bool
}

// A place is a line of a file.
type place struct {
	file string
	line int
}

// A lineWeight is what a line costs.
type lineWeight struct {
	direct Weight // by the line itself and the runtime functions it calls
	own    Weight // the same with calls that leave the program; each sample has one such line
	cum    Weight // with all that it calls
}

// Weigh maps a profile to the lines of a program.
func (p *Profile) Weigh(program *Program) *Weights {
	w := &Weights{
		lines: make(map[place]*lineWeight), functions: make(map[place]Weight), program: program,
		hasCPU: p.HasCPU, hasHeap: p.HasHeap,
	}
	m := newMapper(program, p)
	for i := range p.samples {
		w.add(m, &p.samples[i])
	}
	w.setTiers()
	return w
}

// add spreads a sample over the lines of its stack. A line or function counts
// once, however often recursion comes by.
func (w *Weights) add(m *mapper, s *sample) {
	value := s.value
	depth := 0 // of the first frame outside of the runtime
	for depth < len(s.stack) && inRuntime(s.stack[depth].fn.name) {
		if allocates(s.stack[depth].fn.name) {
			value.AllocCPU = value.CPU
		}
		depth++
	}
	seen := make(map[place]bool)
	nearest := true
	for i, f := range s.stack {
		a := m.anchor(f.fn)
		line := a.line(f.line)
		if !a.own {
			continue
		}
		if a.file == "" || line == 0 {
			if nearest {
				w.lost.add(value)
			}
			nearest = false
			continue
		}
		at := place{a.file, line}
		weight := w.line(at)
		if nearest {
			weight.own.add(value)
			w.own.add(value)
			if i == depth {
				weight.direct.add(value)
			}
		}
		nearest = false
		if !seen[at] {
			seen[at] = true
			weight.cum.add(value)
		}
		if entry := (place{a.file, -a.first}); !seen[entry] {
			seen[entry] = true
			fn := w.functions[place{a.file, a.first}]
			fn.add(value)
			w.functions[place{a.file, a.first}] = fn
		}
	}
}

func (w *Weights) line(at place) *lineWeight {
	weight := w.lines[at]
	if weight == nil {
		weight = new(lineWeight)
		w.lines[at] = weight
	}
	return weight
}

// dimensions are the parts of a weight, each of which makes tiers of its own.
var dimensions = [...]func(*Weight) *float64{
	func(w *Weight) *float64 { return &w.CPU },
	func(w *Weight) *float64 { return &w.AllocCPU },
	func(w *Weight) *float64 { return &w.Bytes },
	func(w *Weight) *float64 { return &w.Objects },
}

// setTiers finds the least weights that are hot and warm: those of the lines
// that cross the limits when lines are taken from the most costly one on, as
// the compiler's profile-guided optimization does it with calls.
func (w *Weights) setTiers() {
	for _, dimension := range dimensions {
		var values []float64
		sum := 0.0
		for _, line := range w.lines {
			if v := *dimension(&line.own); v > 0 {
				values = append(values, v)
			}
		}
		slices.SortFunc(values, func(a, b float64) int { return cmp.Compare(b, a) })
		for _, v := range values {
			sum += v
		}
		*dimension(&w.hot) = crossing(values, hotPart*sum)
		*dimension(&w.warm) = crossing(values, warmPart*sum)
	}
}

// crossing returns the first of some falling values at which their sum reaches
// a limit, but never less than what counts at all.
func crossing(values []float64, limit float64) float64 {
	sum := 0.0
	for _, v := range values {
		if sum += v; sum >= limit {
			return max(v, minShare)
		}
	}
	return minShare
}

// Tier returns the highest tier that a weight has in any dimension.
func (w *Weights) Tier(weight Weight) Tier {
	tier := Cold
	for _, dimension := range dimensions {
		switch v := *dimension(&weight); {
		case v >= *dimension(&w.hot):
			return Hot
		case v >= *dimension(&w.warm):
			tier = Warm
		}
	}
	return tier
}

// Function returns what the declared function or literal that begins at a line
// costs with all that it calls.
func (w *Weights) Function(file string, first int) Weight { return w.functions[place{file, first}] }

// Unmapped returns the share of the program's own samples whose lines are not
// in its source, of the dimension where it is largest: the source may have
// changed too much since the profile was recorded. Known is false if no sample
// has anything to do with the program.
func (w *Weights) Unmapped() (share float64, known bool) {
	for _, dimension := range dimensions {
		lost, own := *dimension(&w.lost), *dimension(&w.own)
		if lost+own > 0 {
			share, known = max(share, lost/(lost+own)), true
		}
	}
	return share, known
}

// at returns the weight of what a range of positions costs: of its first line,
// or else of the one among its lines that costs most. The calls of a chain
// over several lines are sampled at any of them.
func (w *Weights) at(from, to finding.Position) lineWeight {
	if weight := w.lines[place{from.File, from.Line}]; weight != nil {
		return *weight
	}
	var most lineWeight
	if to.File != from.File || to.Line-from.Line > maxRange {
		return most
	}
	for line := from.Line + 1; line <= to.Line; line++ {
		if weight := w.lines[place{from.File, line}]; weight != nil && larger(weight.cum, most.cum) {
			most = *weight
		}
	}
	return most
}

// maxRange is how many lines an expression may have that is looked up as one:
// beyond, it is a function literal whose lines are statements of their own.
const maxRange = 8

// larger compares two weights by their largest dimension.
func larger(a, b Weight) bool { return a.Most() > b.Most() }

// Most returns the largest dimension of a weight.
func (w Weight) Most() float64 { return max(w.CPU, w.AllocCPU, w.Bytes, w.Objects) }
