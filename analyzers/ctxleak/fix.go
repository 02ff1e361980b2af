package ctxleak

import "golang.org/x/tools/go/analysis"

func (c *checker) fixDiscarded(a *acquisition) (analysis.SuggestedFix, bool) {
	return analysis.SuggestedFix{}, false
}
func (c *checker) fixLost(a *acquisition, s search) (analysis.SuggestedFix, bool) {
	return analysis.SuggestedFix{}, false
}
