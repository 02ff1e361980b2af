package evidence

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"slices"

	"github.com/google/pprof/profile"
)

// A Weight says how much something costs, as shares of what the program spends
// in all: each is between 0 and 1, and they are never added to each other.
type Weight struct {
	CPU      float64 // of CPU time
	AllocCPU float64 // of CPU time, spent allocating
	Bytes    float64 // of allocated bytes
	Objects  float64 // of allocated objects
}

func (w *Weight) add(v Weight) {
	w.CPU += v.CPU
	w.AllocCPU += v.AllocCPU
	w.Bytes += v.Bytes
	w.Objects += v.Objects
}

// A Profile is what one or more files say about where a program spends CPU
// time, where it allocates, or both.
type Profile struct {
	HasCPU, HasHeap bool

	samples []sample
	total   Weight // in the units of the samples
}

// A sample is one stack and its values, not yet divided by their totals.
type sample struct {
	stack []frame // innermost first; inlined calls are frames of their own
	value Weight
}

// A frame is a place in a stack.
type frame struct {
	fn   *function
	line int
}

// A function is one as a profile knows it.
type function struct {
	name  string // the linker's symbol
	file  string // where it was when the program was built
	start int    // the line of its func keyword; 0 in profiles of before Go 1.20
}

// ReadProfile reads pprof files, CPU and heap profiles in any mixture. Values
// of the same kind are added. With equal set, every file counts as much as any
// other, however long it was recorded: that is for programs that share code.
// An error names the file and says what would do.
func ReadProfile(names []string, equal bool) (*Profile, error) {
	p := new(Profile)
	intern := make(map[function]*function)
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("read a profile: %w", err)
		}
		one, err := parseProfile(data, intern)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		if equal {
			one.normalize()
		}
		p.merge(one)
	}
	p.normalize()
	return p, nil
}

// preprocessed is how a file begins that 'go tool preprofile' has written.
const preprocessed = "GO PREPROFILE "

// parseProfile reads one file.
func parseProfile(data []byte, intern map[function]*function) (*Profile, error) {
	switch {
	case len(data) == 0:
		return nil, errors.New("it is empty; was the program killed before it wrote its profile?")
	case bytes.HasPrefix(data, []byte(preprocessed)):
		return nil, errors.New("it is preprocessed for the compiler and knows no lines; give the pprof file that it was made from")
	}
	raw, err := profile.ParseData(data)
	if err != nil {
		return nil, fmt.Errorf("not a pprof file: %w", err)
	}
	cols, err := columnsOf(raw)
	if err != nil {
		return nil, err
	}
	p := &Profile{HasCPU: cols.isCPU, HasHeap: !cols.isCPU}
	for _, s := range raw.Sample {
		if value := cols.value(s); value != (Weight{}) {
			p.total.add(value)
			p.samples = append(p.samples, sample{stackOf(s, intern), value})
		}
	}
	if len(p.samples) == 0 {
		return nil, cols.emptyError()
	}
	if !slices.ContainsFunc(p.samples, func(s sample) bool { return len(s.stack) > 0 }) {
		return nil, errors.New("it has addresses without functions and lines; 'go tool pprof -proto BINARY FILE' adds them")
	}
	return p, nil
}

// columns say which values of a sample count.
type columns struct {
	isCPU          bool
	cpu            int
	bytes, objects int
}

// columnsOf tells from its sample types what kind of profile a file is.
func columnsOf(raw *profile.Profile) (columns, error) {
	find := func(name string) int {
		return slices.IndexFunc(raw.SampleType, func(t *profile.ValueType) bool { return t.Type == name })
	}
	if i := find("cpu"); i >= 0 {
		return columns{isCPU: true, cpu: i}, nil
	}
	space, objects := find("alloc_space"), find("alloc_objects")
	if space >= 0 && objects >= 0 {
		return columns{bytes: space, objects: objects}, nil
	}
	if i := find("samples"); i >= 0 && len(raw.SampleType) == 1 {
		return columns{isCPU: true, cpu: i}, nil
	}
	var kinds []string
	for _, t := range raw.SampleType {
		kinds = append(kinds, t.Type)
	}
	return columns{}, fmt.Errorf("it is a profile of %q; want a CPU profile, or a heap or allocs profile", kinds)
}

// value returns what a sample weighs. CPU time spent allocating is known only
// when the stack is looked at, see [Profile.Weigh].
func (c columns) value(s *profile.Sample) Weight {
	at := func(i int) float64 {
		if i >= len(s.Value) || s.Value[i] < 0 {
			return 0 // of a difference of two profiles
		}
		return float64(s.Value[i])
	}
	if c.isCPU {
		return Weight{CPU: at(c.cpu)}
	}
	return Weight{Bytes: at(c.bytes), Objects: at(c.objects)}
}

func (c columns) emptyError() error {
	if c.isCPU {
		return errors.New("this CPU profile has no samples; record it while the program is at work")
	}
	return errors.New("this heap profile has no allocations; let the program run longer, or set runtime.MemProfileRate lower at its start")
}

// stackOf unfolds the stack of a sample.
func stackOf(s *profile.Sample, intern map[function]*function) []frame {
	var stack []frame
	for _, location := range s.Location {
		for _, line := range location.Line {
			if line.Function == nil {
				continue
			}
			key := function{line.Function.Name, line.Function.Filename, int(line.Function.StartLine)}
			fn := intern[key]
			if fn == nil {
				fn = &key
				intern[key] = fn
			}
			stack = append(stack, frame{fn, int(line.Line)})
		}
	}
	return stack
}

// normalize divides all values by their totals.
func (p *Profile) normalize() {
	total := p.total
	share := func(value, of float64) float64 {
		if of == 0 {
			return 0
		}
		return value / of
	}
	p.total = Weight{}
	for i := range p.samples {
		v := &p.samples[i].value
		*v = Weight{CPU: share(v.CPU, total.CPU), Bytes: share(v.Bytes, total.Bytes), Objects: share(v.Objects, total.Objects)}
		p.total.add(*v)
	}
}

// merge adds another profile.
func (p *Profile) merge(q *Profile) {
	p.HasCPU = p.HasCPU || q.HasCPU
	p.HasHeap = p.HasHeap || q.HasHeap
	p.samples = append(p.samples, q.samples...)
	p.total.add(q.total)
}
