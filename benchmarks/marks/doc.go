// Package marks measures what a mark costs beside what else tells where time
// goes: a region of runtime/trace, an OpenTelemetry span, a Prometheus
// histogram. It is a module of its own because of what it imports.
package marks
