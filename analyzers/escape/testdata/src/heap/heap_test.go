package heap

func inTest(name string) *item {
	return &item{name: name} // ok: a test costs nobody anything
}
