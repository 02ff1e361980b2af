#!/usr/bin/env bash
# size.sh FOLDER... - cost of an uncached run against the size of the code.
#
# For each module folder it prints the lines of Go (in thousands) of the
# module's own packages and of all that are analysed with them, the CPU
# seconds and peak memory of a run without a cache, and CPU seconds for each
# 100 000 lines analysed, which should not grow with the size.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
bin=$(mktemp -d)/perflint
go build -C "$here/.." -o "$bin" ./cmd/perflint
lines() { { xargs -r cat 2>/dev/null || true; } | wc -l; } # files of other systems may be missing
files='{{$d := .Dir}}{{range .GoFiles}}{{$d}}/{{.}}{{"\n"}}{{end}}{{range .CgoFiles}}{{$d}}/{{.}}{{"\n"}}{{end}}{{range .TestGoFiles}}{{$d}}/{{.}}{{"\n"}}{{end}}{{range .XTestGoFiles}}{{$d}}/{{.}}{{"\n"}}{{end}}'
deps='{{$d := .Dir}}{{range .GoFiles}}{{$d}}/{{.}}{{"\n"}}{{end}}'
printf 'module\town kLoC\tall kLoC\tCPU s\tMiB\ts per 100 kLoC\n'
for dir in "$@"; do
	cd "$dir"
	own=$({ go list -e -f "$files" ./... || true; } | sort -u | lines)
	all=$( (go list -e -f "$files" ./... && go list -e -deps -test -f "$deps" ./... || true) 2>/dev/null | grep -v '_testmain.go$' | sort -u | lines)
	/usr/bin/time -o "$bin.time" -f '%U %S %M' "$bin" -cache=off -fail-on=never ./... >/dev/null 2>&1 || true
	tail -1 "$bin.time" | awk -v n="$(go list -m 2>/dev/null | head -1)" -v own="$own" -v all="$all" \
		'{printf "%s\t%.0f\t%.0f\t%.1f\t%d\t%.2f\n", n, own/1000, all/1000, $1+$2, $3/1024, ($1+$2)/all*100000}'
done
