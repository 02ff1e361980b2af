package finding

// A Site is the heap allocation that a finding is about. Evidence about
// allocations is joined with it: the compiler's verdict by kind and position,
// the bytes of a profile by line. A finding about anything else has none.
type Site struct {
	Kind     SiteKind
	Location Position // of the allocating expression; for a variable, of its name where it is declared
	End      Position // end of that expression; equals Location if unknown
}

// A SiteKind says what allocates. Which verdicts of the compiler prove that
// nothing is allocated depends on it: "does not escape" is a promise for a
// composite literal, and none for an append.
type SiteKind string

// The kinds of sites.
const (
	SiteVariable     SiteKind = "variable"      // a local variable that is kept by reference
	SiteComposite    SiteKind = "composite"     // &T{…}
	SiteNew          SiteKind = "new"           // new(T)
	SiteSliceLiteral SiteKind = "slice-literal" // []T{…}
	SiteMapLiteral   SiteKind = "map-literal"   // map[K]V{…}
	SiteMakeSlice    SiteKind = "make-slice"
	SiteMakeMap      SiteKind = "make-map"
	SiteMakeChan     SiteKind = "make-chan"
	SiteAppend       SiteKind = "append"       // growth of the backing array
	SiteMapGrowth    SiteKind = "map-growth"   // a new key
	SiteClosure      SiteKind = "closure"      // a function literal with captured variables
	SiteMethodValue  SiteKind = "method-value" // x.M without a call
	SiteBox          SiteKind = "box"          // a value converted to an interface type
	SiteVariadic     SiteKind = "variadic"     // the slice of a variadic call
	SiteConversion   SiteKind = "conversion"   // between string, []byte and []rune
	SiteConcat       SiteKind = "concat"       // of strings
	SiteDefer        SiteKind = "defer"        // the record of a defer statement in a loop
	SiteCall         SiteKind = "call"         // of a function that is known to allocate
)

// Cold is why a finding below the thresholds is hidden that would be above them
// on a path that runs often, where nothing says that its path does. A profile
// may.
const Cold = "cold"
