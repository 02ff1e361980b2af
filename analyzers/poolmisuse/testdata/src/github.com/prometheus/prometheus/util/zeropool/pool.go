package zeropool

type Pool[T any] struct{}

func (*Pool[T]) Get() (x T) { return }

func (*Pool[T]) Put(T) {}
