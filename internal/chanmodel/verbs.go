package chanmodel

import (
	"go/constant"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// verbsOf returns the verbs of a constant format, one for each argument. It is
// empty if there are none, or if widths or indices make them hard to tell.
func verbsOf(format ssa.Value) string {
	c, ok := format.(*ssa.Const)
	if !ok || c.Value == nil || c.Value.Kind() != constant.String {
		return ""
	}
	text := strings.ReplaceAll(constant.StringVal(c.Value), "%%", "")
	var verbs strings.Builder
	for {
		_, rest, found := strings.Cut(text, "%")
		if !found {
			return verbs.String()
		}
		rest = strings.TrimLeft(rest, "+-# 0123456789.")
		if rest == "" || strings.ContainsAny(rest[:1], "*[") {
			return ""
		}
		verbs.WriteByte(rest[0])
		text = rest[1:]
	}
}

// printsByMethod reports whether printing an argument calls its String or
// Error method: not for numbers, characters and types.
func printsByMethod(verbs string, index ssa.Value) bool {
	c, ok := index.(*ssa.Const)
	if !ok || verbs == "" {
		return true
	}
	i := int(c.Int64())
	return i >= len(verbs) || strings.IndexByte("vsqxXw", verbs[i]) >= 0
}
