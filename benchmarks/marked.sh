#!/usr/bin/env bash
# Marks in programs that are not ours: builds them with marks, runs their
# tests, and compares CPU time per request with and without marks.
#
#	marked.sh build FOLDER COMMAND-PACKAGE    builds plain, -at=call and -at=call,func into FOLDER/.marked;
#	                                          every edited file has as many lines as the original
#	marked.sh test FOLDER PACKAGE…            tests packages with marks on calls and functions
#	marked.sh cpu FOLDER [ROUNDS]             caddy only: CPU time per request, in pairs
#
# FOLDER is a clone of the repository, such as foreign.sh makes. Linux.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
what=$1
cd "$2"
out=$PWD/.marked
mkdir -p "$out"
shift 2
overlay() { # NAME PLACES
	(cd "$here/.." && go build -o "$out/perflint" ./cmd/perflint)
	"$out/perflint" mark -at="$2" -overlay "$out/$1" ./...
}

# Compares the newlines of each original with those of its marked copy.
lines() { # NAME
	awk -F'"' '$4 != "" && !/zz_perfmark|perfmark\/[a-z]*.go/ { print $2 "\t" $4 }' "$out/$1/overlay.json" | {
		files=0
		while IFS=$'\t' read -r original copy; do
			[ -f "$original" ] || continue
			if [ "$(wc -l <"$original")" != "$(wc -l <"$copy")" ]; then
				echo "lines move in $original" >&2
				exit 1
			fi
			files=$((files + 1))
		done
		echo "$1: $files edited files, each with as many lines as the original"
	}
}

# Serves a page of caddy from port $2 and prints CPU nanoseconds per request.
serve() { # BINARY PORT
	local dir pid ns
	dir=$(mktemp -d)
	echo '<html>{{.RemoteIP}} {{now | date "2006"}} {{range until 20}}<p>{{.}}</p>{{end}}</html>' >"$dir/index.html"
	printf '{\n\tadmin off\n\tpersist_config off\n}\nhttp://127.0.0.1:%s {\n\troot * %s\n\ttemplates\n\tencode gzip\n\tfile_server\n}\n' "$2" "$dir" >"$dir/Caddyfile"
	XDG_DATA_HOME=$dir XDG_CONFIG_HOME=$dir GOMAXPROCS=1 "$1" run --config "$dir/Caddyfile" --adapter caddyfile >"$dir/log" 2>&1 &
	pid=$!
	for _ in $(seq 100); do
		if "$out/load" -pid "$pid" -n 300 "http://127.0.0.1:$2/" >/dev/null 2>&1; then break; fi
		sleep 0.3
	done
	ns=$("$out/load" -pid "$pid" -n 4000 "http://127.0.0.1:$2/")
	kill "$pid"
	wait "$pid" 2>/dev/null || true
	rm -rf "$dir"
	echo "$ns"
}

case $what in
build)
	go build -o "$out/plain" "$1"
	for places in call call,func; do
		name=${places#call,}
		overlay "$name.overlay" "$places"
		lines "$name.overlay"
		go build -overlay="$out/$name.overlay/overlay.json" -o "$out/$name" "$1"
	done
	;;
test)
	[ -f "$out/func.overlay/overlay.json" ] || overlay func.overlay call,func
	go test -vet=off -overlay="$out/func.overlay/overlay.json" "$@"
	;;
cpu)
	(cd "$here/marks" && go build -o "$out/load" ./load)
	# Alternately first, so that neither has the better moment.
	for round in $(seq "${1:-10}"); do
		if [ $((round % 2)) = 0 ]; then
			plain=$(serve "$out/plain" 18401) marked=$(serve "$out/call" 18402)
		else
			marked=$(serve "$out/call" 18402) plain=$(serve "$out/plain" 18401)
		fi
		echo "$plain $marked"
	done >"$out/rounds"
	awk '{ printf "%d %d %.3f\n", $1, $2, $2 / $1 }' "$out/rounds" | tee "$out/ratios"
	n=$(wc -l <"$out/ratios")
	column() { cut -d' ' -f"$1" "$out/ratios" | sort -n | sed -n "$2p"; }
	echo "minimum: plain $(column 1 1) ns, marked $(column 2 1) ns"
	middle=$(((n + 1) / 2))
	echo "median: plain $(column 1 $middle) ns, marked $(column 2 $middle) ns, ratio within a round $(column 3 $middle) ($(column 3 1) to $(column 3 "$n"))"
	;;
esac
