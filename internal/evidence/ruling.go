package evidence

import (
	"crypto/sha256"
	"fmt"
	"maps"

	"github.com/perflint/perflint/internal/finding"
)

// A Ruling is what the compiler makes of one finding. It can be kept for
// another run that has the same findings in the same source.
type Ruling struct {
	Dropped  bool // the allocation does not happen
	Evidence string
	Verdict  finding.Verdict
	Witness  []finding.Step // all of it
}

// Rulings returns what Judge would do, for each finding that the compiler can
// have a word about.
func (c *Compilation) Rulings(findings []finding.Finding, program *Program) []Ruling {
	var rulings []Ruling
	for _, f := range findings {
		if !hasVerdict(&f) {
			continue
		}
		f.Evidence = maps.Clone(f.Evidence)
		kept := c.judge(&f, program)
		rulings = append(rulings, Ruling{!kept, f.Evidence[KeyCompiler], f.Verdict, f.Witness})
	}
	return rulings
}

// Follow applies rulings to the findings that they are about.
func Follow(findings []finding.Finding, rulings []Ruling) (kept []finding.Finding, dropped int) {
	for _, f := range findings {
		if hasVerdict(&f) && len(rulings) > 0 {
			r := rulings[0]
			rulings = rulings[1:]
			if r.Dropped {
				dropped++
				continue
			}
			f.Verdict, f.Witness = r.Verdict, r.Witness
			if r.Evidence != "" {
				setEvidence(&f, KeyCompiler, r.Evidence)
			}
		}
		kept = append(kept, f)
	}
	return kept, dropped
}

// Question returns the hash of what the compiler is asked about findings. The
// answer depends on it and on the source.
func Question(findings []finding.Finding) [32]byte {
	h := sha256.New()
	for i := range findings {
		if f := &findings[i]; hasVerdict(f) {
			fmt.Fprintf(h, "%q %+v %q %+v\n", f.Package, f.Site, f.Verdict, f.Witness)
		}
	}
	return [32]byte(h.Sum(nil))
}
