package paths

import "context"

// The closure of one round knows the variable of its own round only, so it
// was not made before the function is stored there.
func leakClosureOfEachRound(parent context.Context, jobs []job) {
	for range jobs {
		ctx, cancel := context.WithTimeout(parent, d) // want `before the loop starts over`
		if use(ctx) != nil {
			continue
		}
		func() { cancel() }()
	}
}
