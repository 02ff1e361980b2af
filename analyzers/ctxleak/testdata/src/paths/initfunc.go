package paths

import (
	"context"
	"log"
)

// An init function runs once, as main does (concurrency.md D.4).
func init() {
	ctx, cancel := context.WithTimeout(context.Background(), d) // ok
	if err := use(ctx); err != nil {
		log.Print(err)
		return
	}
	cancel()
}
