package chandeadlock

import "github.com/perflint/perflint/internal/finding"

// lockRules returns the rules of this file.
func lockRules() []finding.Rule { return nil }

// locks applies the rules of this file.
func (c *checker) locks() {}
