// Package valueabuse puts things into contexts.
package valueabuse

import "context"

type key struct{}

type user struct{ id, tenant string }

type page struct{ text [300]byte }

func infoMap(ctx context.Context, m map[string]int) context.Context {
	return context.WithValue(ctx, key{}, m) // want `the context carries a map \(map\[string\]int\), which whoever finds it can change under the eyes of the others; pass it as a parameter`
}

func infoChan(ctx context.Context, c chan int) context.Context {
	return context.WithValue(ctx, key{}, c) // want `the context carries a channel \(chan int\) that whoever finds it can send on`
}

func infoFunc(ctx context.Context, f func()) context.Context {
	return context.WithValue(ctx, key{}, f) // want `the context carries a function \(func\(\)\)`
}

func infoLarge(ctx context.Context, p page) context.Context {
	return context.WithValue(ctx, key{}, p) // want `the context carries a struct of 300 bytes \(page\), which is copied to the heap here`
}

func okData(ctx context.Context, u user, p *page, done <-chan struct{}) context.Context {
	ctx = context.WithValue(ctx, key{}, u)     // ok
	ctx = context.WithValue(ctx, key{}, p)     // ok
	return context.WithValue(ctx, key{}, done) // ok
}
