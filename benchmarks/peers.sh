#!/usr/bin/env bash
# peers.sh FOLDER [-n RUNS] [-c CORPUS,...] [-s SCENARIO,...] [-p PEER,...]
#
# Times perflint beside go vet, staticcheck and golangci-lint (with its
# staticcheck linters) on repositories of foreign.tsv. Every peer is paired
# with perflint: A B A B ..., and medians and their ratios are printed, because
# machines are shared and noisy. The tools do different analyses; what is
# compared is what a user waits for.
#
# Scenarios:
#   cold   the tool's own cache is empty; the build cache is warm
#   warm   the same again
#   body   after a statement was added to a function body (shifts lines below)
#   api    after an exported function and a line on top were added
#   empty  the build cache is empty too, as on a new CI machine (modules are there)
#
# FOLDER holds clones (see foreign.sh), tools and caches. Needs git, GNU time.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
folder=${1:?usage: peers.sh FOLDER [-n RUNS] [-c CORPUS] [-s SCENARIO] [-p PEER]}
shift
runs=3 corpora=caddy,etcd scenarios=cold,warm,body,api,empty peers=staticcheck,govet,golangci
while getopts n:c:s:p: opt; do
	case $opt in
	n) runs=$OPTARG ;;
	c) corpora=$OPTARG ;;
	s) scenarios=$OPTARG ;;
	p) peers=$OPTARG ;;
	*) exit 2 ;;
	esac
done
mkdir -p "$folder/bin"
folder=$(cd "$folder" && pwd)
bin=$folder/bin
go build -C "$here/.." -o "$bin/perflint" ./cmd/perflint
case ,$peers, in *,staticcheck,*) [ -x "$bin/staticcheck" ] || GOBIN=$bin go install honnef.co/go/tools/cmd/staticcheck@v0.8.2 ;; esac
case ,$peers, in *,golangci,*) [ -x "$bin/golangci-lint" ] || GOBIN=$bin go install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0 ;; esac

caches=$folder/caches
serial=0
fresh() { # TOOL: forget what the tool knows
	rm -rf "$caches/$1"
	mkdir -p "$caches/$1"
	serial=$((serial + 1))
	echo "z$serial$RANDOM" >"$caches/$1.salt" # part of go vet's key
}
tool() { # TOOL: run it in the current folder
	case $1 in
	perflint) "$bin/perflint" -cache="$caches/perflint" -fail-on=never ./... ;;
	staticcheck) STATICCHECK_CACHE=$caches/staticcheck "$bin/staticcheck" -fail none ./... ;;
	govet) go vet -printf.funcs="$(cat "$caches/govet.salt")" ./... ;;
	golangci) GOLANGCI_LINT_CACHE=$caches/golangci "$bin/golangci-lint" run --no-config --default=none -E staticcheck \
		--issues-exit-code=0 --allow-parallel-runners --show-stats=false ./... ;;
	esac
}
export -f tool
export caches bin
timed() { # TOOL OUT: append "wall cpu MiB" of one run to OUT
	/usr/bin/time -o "$folder/time" -f '%e %U %S %M' bash -c "tool $1" >"$folder/out.$1" 2>&1 || true
	tail -1 "$folder/time" | awk '{printf "%.2f %.2f %d\n", $1, $2+$3, $4/1024}' >>"$2"
}
median() { # FILE COLUMN
	awk -v c="$2" '{print $c}' "$1" | sort -n | awk '{v[NR]=$1} END {print v[int((NR+1)/2)]}'
}
edit() { # SCENARIO FILE N: change a file in a way that no tool has seen
	git checkout -q -- "$2"
	case $1 in
	body) awk -v n="$3" '{print} !done && /^func .*\{$/ {print "\t_ = " n; done=1}' "$2" >"$2.new" && mv "$2.new" "$2" ;;
	api) { echo "// edit $3"; cat "$2"; echo "func PerflintProbe$3() {}"; } >"$2.new" && mv "$2.new" "$2" ;;
	esac
}

printf 'corpus\tscenario\tpeer\tperflint wall/cpu/MiB\tpeer wall/cpu/MiB\twall ratio\tcpu ratio\n'
for corpus in ${corpora//,/ }; do
	module=$(awk -F'\t' -v c="$corpus" '$1 == c {print $4}' "$here/foreign.tsv")
	cd "$folder/$corpus/$module"
	case $corpus in
	caddy) file=modules/caddyhttp/matchers.go ;;
	etcd) file=storage/mvcc/kvstore.go ;;
	*) file=$(git ls-files '*.go' | grep -v _test.go | head -1) ;;
	esac
	go list -export -deps -test ./... >/dev/null 2>&1 || true # a warm build cache
	for scenario in ${scenarios//,/ }; do
		for peer in ${peers//,/ }; do
			a=$folder/a.txt b=$folder/b.txt
			: >"$a"
			: >"$b"
			for name in perflint "$peer"; do
				case $scenario in warm | body | api) fresh "$name"; tool "$name" >/dev/null 2>&1 || true ;; esac
			done
			for i in $(seq "$runs"); do
				for name in perflint "$peer"; do
					out=$a
					[ "$name" = perflint ] || out=$b
					case $scenario in
					cold) fresh "$name" ;;
					body | api) edit "$scenario" "$file" "$((i * 1000 + RANDOM % 1000))" ;;
					empty)
						fresh "$name"
						rm -rf "$caches/go"
						export GOCACHE=$caches/go
						;;
					esac
					timed "$name" "$out"
					unset GOCACHE
				done
			done
			git checkout -q -- "$file"
			awk -v c="$corpus" -v s="$scenario" -v p="$peer" -v aw="$(median "$a" 1)" -v ac="$(median "$a" 2)" -v am="$(median "$a" 3)" \
				-v bw="$(median "$b" 1)" -v bc="$(median "$b" 2)" -v bm="$(median "$b" 3)" \
				'BEGIN {printf "%s\t%s\t%s\t%s / %s / %s\t%s / %s / %s\t%.2f\t%.2f\n", c, s, p, aw, ac, am, bw, bc, bm, aw/bw, ac/bc}'
		done
	done
done
