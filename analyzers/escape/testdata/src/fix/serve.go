package fix

type writer struct{ s []string }

// Write makes the others hot.
func (w writer) Write(p []byte) (int, error) {
	var s string
	for range 2 {
		s = Compile(w.s) + CompileConst(w.s) + CompileLocal(w.s) + Match(w.s) + Patterns(w.s) + Int(w.s) + Unsigned(w.s) + Hex(w.s) + Bool(w.s) + String(w.s) + Concat(w.s) + ConcatParts(w.s) + Room(w.s) + RoomNil(w.s) + Lookup(w.s) + Defer(w.s) + Import(w.s) + Split(w.s) + Size(w.s) + Parts(w.s) + PartsNil(w.s)
	}
	return len(s), nil
}
