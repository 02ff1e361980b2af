package chandeadlock

import "github.com/perflint/perflint/internal/finding"

// countRules returns the rules of this file.
func countRules() []finding.Rule { return nil }

// counts applies the rules of this file.
func (c *checker) counts() {}
