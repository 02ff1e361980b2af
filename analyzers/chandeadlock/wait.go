package chandeadlock

import "github.com/perflint/perflint/internal/finding"

// waitRules returns the rules of this file.
func waitRules() []finding.Rule { return nil }

// waits applies the rules of this file.
func (c *checker) waits() {}
