#!/usr/bin/env bash
# What a mark costs beside regions of runtime/trace, OpenTelemetry spans and
# Prometheus histograms: the minimum of many short runs, as a table, in
# nanoseconds. The minimum is what a busy machine disturbs least, and runs are
# shorter than a time slice. On Linux the runs of one goroutine are pinned to a
# processor.
#
#	marks.sh [RUNS]     default: 300 runs of 20,000 calls each
set -euo pipefail
cd "$(dirname "$0")/marks"
runs=${1:-300}
bin=$(mktemp -d)
trap 'rm -rf "$bin"' EXIT
go test -c -o "$bin/marks" .
pin=()
if command -v taskset >/dev/null; then pin=(taskset -c 0); fi
{
	"${pin[@]}" "$bin/marks" -test.run '^$' -test.bench '/alone' -test.benchtime 20000x -test.count "$runs"
	"$bin/marks" -test.run '^$' -test.bench '/contended' -test.benchtime 20000x -test.count "$runs"
} | awk '
	/^Benchmark/ {
		name = $1; sub(/^Benchmark/, "", name); sub(/-[0-9]+$/, "", name)
		split(name, part, "/")
		if (!(part[1] in seen)) { seen[part[1]] = 1; order[++n] = part[1] }
		if (!(name in best) || $3 < best[name]) best[name] = $3
		if ($7 > allocs[part[1]]) allocs[part[1]] = $7
	}
	END {
		print "| what | alone | over the baseline | contended | allocations |"
		print "|---|---|---|---|---|"
		base = best["Baseline/alone"]
		for (i = 1; i <= n; i++) {
			a = order[i]
			printf "| %s | %.1f | %.1f | %.1f | %d |\n", a, best[a "/alone"], best[a "/alone"] - base, best[a "/contended"], allocs[a]
		}
	}'
