package fix

import "fmt"

// Import: the file does not import strconv yet.
func Import(in []string) string {
	last := ""
	for i := range in {
		last = fmt.Sprintf("%d", 1000+i) // want `use strconv.Itoa`
		last += fmt.Sprint()
	}
	return last
}
