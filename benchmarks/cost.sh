#!/usr/bin/env bash
# cost.sh FOLDER [ARGUMENT...] - what the analyzers cost on top of SSA form.
#
# Runs perflint in FOLDER without a cache, with the given flags and packages
# (default ./...), and prints the CPU seconds of building SSA form, of each
# analyzer without that, and the ratio. Dependencies, which are analysed for
# facts, count too; loading, type checking, ctrlflow and the garbage
# collector's own workers do not. The seconds are samples of CPU profiles, so
# other load does not matter. A stack of a profile has 64 frames: what
# recurses deeper than that, as chandeadlock does, is not seen, and is
# measured with the program in packages instead. RUNS (default 3) runs are added up, because a
# small package has few samples. ANALYZERS are those that count; PERFLINT names
# another binary, for example one of an earlier commit. -stats shows the same
# by the clock.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
bin=${PERFLINT:-$work/perflint}
runs=${RUNS:-3}
analyzers=${ANALYZERS:-ctxleak poolmisuse timerstop}
[ -n "${PERFLINT:-}" ] || go build -C "$here/.." -o "$bin" ./cmd/perflint
cd "$1"
shift
for ((i = 0; i < runs; i++)); do
	"$bin" -cache=off -j 1 -fail-on=never -cpuprofile="$work/$i.prof" "${@:-./...}" >/dev/null 2>&1
done
top() { go tool pprof -top -cum -unit=ms -nodecount=1000000 -nodefraction=0 -edgefraction=0 "$@" "$bin" "$work"/*.prof 2>/dev/null; }
{
	top
	echo without SSA form
	top -ignore='ssax\.\(\*Lazy\)\.Get'
} | awk -v runs="$runs" -v analyzers="$analyzers" '
	/^without/ { rest = 1 }
	{ ms = $4; sub("ms", "", ms) }
	!rest && /ssax\.\(\*Lazy\)\.Get$/ { ssa = ms }
	rest && /\/analyzers\/[a-z]+\.New\.func1$/ { name = $NF; sub(".*/", "", name); sub("\\..*", "", name); cost[name] = ms }
	END {
		printf "SSA form %.2f s", ssa / 1000 / runs
		n = split(analyzers, names, " ")
		for (i = 1; i <= n; i++) {
			printf ", %s %.2f s", names[i], cost[names[i]] / 1000 / runs
			sum += cost[names[i]]
		}
		printf ", together %.2f s: %.0f %%\n", sum / 1000 / runs, 100 * sum / ssa
	}'
