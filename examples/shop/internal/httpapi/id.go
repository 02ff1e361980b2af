package httpapi

import (
	"net/http"
	"regexp"
)

// orderID returns the id of the order that a request is about. People copy ids
// from mails, often with a quote or a full stop.
func orderID(r *http.Request) string {
	noise := regexp.MustCompile(`[^0-9A-Za-z_-]+`)
	return noise.ReplaceAllString(r.PathValue("id"), "")
}
