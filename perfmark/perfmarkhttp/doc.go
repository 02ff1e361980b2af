// Package perfmarkhttp serves what package perfmark knows of a program's
// sites over HTTP, beside the profiles of net/http/pprof.
package perfmarkhttp
