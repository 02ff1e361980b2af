// Package waitlimit has groups of which only so many goroutines run at a time.
package waitlimit

import (
	"context"
	"runtime"

	"golang.org/x/sync/errgroup"
)

func list(dir string) []string { return []string{dir} }
func read(name string) error   { return nil }

// A walk of a tree: each directory starts its children.
func walk(ctx context.Context, root string) error {
	g, _ := errgroup.WithContext(ctx)
	g.SetLimit(8)
	var visit func(dir string) error
	visit = func(dir string) error {
		for _, child := range list(dir) {
			g.Go(func() error { return visit(child) }) // want `g.Go blocks for ever when as many of these goroutines run as the limit allows \(line 17\): it is called in a goroutine of the same group \(line \d+\)`
		}
		return nil
	}
	g.Go(func() error { return visit(root) })
	return g.Wait()
}

// Without a limit there is room.
func walkFree(ctx context.Context, root string) error {
	g, _ := errgroup.WithContext(ctx)
	var visit func(dir string) error
	visit = func(dir string) error {
		for _, child := range list(dir) {
			g.Go(func() error { return visit(child) }) // ok
		}
		return nil
	}
	g.Go(func() error { return visit(root) })
	return g.Wait()
}

// A negative limit is none.
func walkUnlimited(dirs []string) error {
	var g errgroup.Group
	g.SetLimit(-1)
	for _, dir := range dirs {
		g.Go(func() error {
			for _, name := range list(dir) {
				g.Go(func() error { return read(name) }) // ok
			}
			return nil
		})
	}
	return g.Wait()
}

// TryGo does not wait.
func walkTry(dirs []string) error {
	var g errgroup.Group
	g.SetLimit(4)
	for _, dir := range dirs {
		g.Go(func() error {
			for _, name := range list(dir) {
				if !g.TryGo(func() error { return read(name) }) { // ok
					read(name)
				}
			}
			return nil
		})
	}
	return g.Wait()
}

// One that starts others is fewer than two.
func produce(names []string) error {
	var g errgroup.Group
	g.SetLimit(2)
	g.Go(func() error {
		for _, name := range names {
			g.Go(func() error { return read(name) }) // ok: the others end
		}
		return nil
	})
	return g.Wait()
}

// It is not fewer than one.
func produceAlone(names []string) error {
	var g errgroup.Group
	g.SetLimit(1)
	g.Go(func() error {
		for _, name := range names {
			g.Go(func() error { return read(name) }) // want `g.Go blocks for ever because the limit is one`
		}
		return nil
	})
	return g.Wait()
}

func each(dirs []string) error {
	var g errgroup.Group
	g.SetLimit(runtime.NumCPU())
	for _, dir := range dirs {
		g.Go(func() error {
			for _, name := range list(dir) {
				g.Go(func() error { return read(name) }) // want `g.Go blocks for ever when as many`
			}
			return nil
		})
	}
	return g.Wait()
}

// Two of four: there is room for the others.
func two(names []string) error {
	var g errgroup.Group
	g.SetLimit(4)
	for range 2 {
		g.Go(func() error {
			for _, name := range names {
				g.Go(func() error { return read(name) }) // ok
			}
			return nil
		})
	}
	return g.Wait()
}

func four(names []string) error {
	var g errgroup.Group
	g.SetLimit(4)
	for range 4 {
		g.Go(func() error {
			for _, name := range names {
				g.Go(func() error { return read(name) }) // want `g.Go blocks for ever when as many`
			}
			return nil
		})
	}
	return g.Wait()
}

// Another group has places of its own.
func inner(dirs []string) error {
	var g errgroup.Group
	g.SetLimit(2)
	for _, dir := range dirs {
		g.Go(func() error {
			var files errgroup.Group
			files.SetLimit(2)
			for _, name := range list(dir) {
				files.Go(func() error { return read(name) }) // ok
			}
			return files.Wait()
		})
	}
	return g.Wait()
}

// The loop is outside of the group.
func outside(names []string) error {
	var g errgroup.Group
	g.SetLimit(2)
	for _, name := range names {
		g.Go(func() error { return read(name) }) // ok
	}
	return g.Wait()
}

func none(names []string) error {
	var g errgroup.Group
	g.SetLimit(0)
	for _, name := range names {
		g.Go(func() error { return read(name) }) // want `g.Go blocks for ever: the limit of the group is zero \(line \d+\)`
	}
	return g.Wait()
}

func before(name string) error {
	var g errgroup.Group
	g.Go(func() error { return read(name) }) // ok: before the limit
	err := g.Wait()
	g.SetLimit(0)
	return err
}
