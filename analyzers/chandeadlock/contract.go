package chandeadlock

import "github.com/perflint/perflint/internal/finding"

// contractRules returns the rules of this file.
func contractRules() []finding.Rule { return nil }

// contracts applies the rules of this file.
func (c *checker) contracts() {}
