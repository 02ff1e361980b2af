package perflint

import "embed"

// Companion is the source of package perfmark. perflint mark puts it into the
// program that it marks as a package of that program's own, so that go.mod
// stays as it is. (An embed pattern cannot reach into another module, so
// perfmark is part of this one.)
//
//go:embed perfmark/*.go
var Companion embed.FS
