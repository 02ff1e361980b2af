#!/usr/bin/env bash
# Marks in programs that are not ours: builds them with marks, runs their
# tests, and compares CPU time per request with and without marks.
#
#	marked.sh build FOLDER COMMAND-PACKAGE    builds plain, -at=call and -at=call,func into FOLDER/.marked;
#	                                          every edited file has as many lines as the original
#	marked.sh test FOLDER PACKAGE…            tests packages with marks on calls and functions
#	marked.sh frames FOLDER                   every frame of a CPU profile and of a traceback that is in an edited
#	                                          file names code of the original, in the function that it says
#	marked.sh cpu FOLDER [ROUNDS]             CPU time per request, in pairs
#
# FOLDER is a clone of the repository, such as foreign.sh makes. The last two
# load a server, caddy or prometheus. Linux; needs curl.
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

# Both start a binary on a port, with its files in a folder, and set pid, url
# (of what is measured) and profiles.

# A page with templates.
start_caddy() { # BINARY PORT FOLDER
	echo '<html>{{.RemoteIP}} {{now | date "2006"}} {{range until 20}}<p>{{.}}</p>{{end}}</html>' >"$3/index.html"
	printf '{\n\tadmin 127.0.0.1:%s\n\tpersist_config off\n}\nhttp://127.0.0.1:%s {\n\troot * %s\n\ttemplates\n\tencode gzip\n\tfile_server\n}\n' "$(($2 + 100))" "$2" "$3" >"$3/Caddyfile"
	XDG_DATA_HOME=$3 XDG_CONFIG_HOME=$3 GOMAXPROCS=1 "$1" run --config "$3/Caddyfile" --adapter caddyfile >"$3/log" 2>&1 &
	pid=$! url=http://127.0.0.1:$2/ profiles=http://127.0.0.1:$(($2 + 100))/debug/pprof
	await "$url"
}

# A range query over 100 series of an hour, which it gets by OTLP.
start_prometheus() { # BINARY PORT FOLDER
	local at=http://127.0.0.1:$2 now
	echo 'global: {scrape_interval: 1h}' >"$3/prometheus.yml"
	GOMAXPROCS=1 "$1" --config.file="$3/prometheus.yml" --storage.tsdb.path="$3/data" --web.listen-address="127.0.0.1:$2" --web.enable-otlp-receiver >"$3/log" 2>&1 &
	pid=$! profiles=$at/debug/pprof
	await "$at/-/ready"
	now=$(date +%s)
	awk -v now="$now" 'BEGIN {
		printf "{\"resourceMetrics\":[{\"scopeMetrics\":[{\"metrics\":[{\"name\":\"requests\",\"gauge\":{\"dataPoints\":["
		for (s = 0; s < 100; s++)
			for (t = 0; t < 3600; t += 15)
				printf "%s{\"timeUnixNano\":\"%d000000000\",\"asDouble\":%d,\"attributes\":[{\"key\":\"code\",\"value\":{\"stringValue\":\"%d\"}},{\"key\":\"pod\",\"value\":{\"stringValue\":\"p%d\"}}]}", (s + t ? "," : ""), now - 3600 + t, t * (s + 1), 200 + s % 5, s
		print "]}}]}]}]}"
	}' | curl -sf -H 'Content-Type: application/json' --data-binary @- "$at/api/v1/otlp/v1/metrics"
	url="$at/api/v1/query_range?query=sum%20by%20(code)(rate(requests%7Bpod=~%22p.*%22%7D%5B5m%5D))&start=$((now - 3600))&end=$now&step=30"
}

await() { # URL
	for _ in $(seq 200); do
		if curl -sf -o /dev/null "$1"; then return; fi
		sleep 0.3
	done
	echo "$1 does not answer" >&2
	exit 1
}

kind=caddy requests=4000
if [ -d cmd/prometheus ]; then kind=prometheus requests=400; fi

# Prints CPU nanoseconds per request.
serve() { # BINARY PORT
	local dir ns
	dir=$(mktemp -d)
	"start_$kind" "$1" "$2" "$dir"
	"$out/load" -pid "$pid" -n $((requests / 10)) "$url" >/dev/null
	ns=$("$out/load" -pid "$pid" -n "$requests" "$url")
	kill "$pid"
	wait "$pid" 2>/dev/null || true
	rm -rf "$dir"
	echo "$ns"
}

# Reads "FUNCTION FILE LINE START" and checks each that is in an edited file; a
# traceback does not say where the function starts.
check_frames() {
	awk -F'"' '$4 != "" && !/zz_perfmark|perfmark\/[a-z]*.go/ { print $2 }' "$out/func.overlay/overlay.json" >"$out/edited"
	sort -u | awk -v edited="$out/edited" '
		function bad(why) { print $2 ":" $3 " is " why ", not in " $1; wrong++ }
		BEGIN { while ((getline name <edited) > 0) known[name] = 1 }
		!known[$2] { next }
		!($2 in read) {
			read[$2] = 1
			for (n = 1; (getline text <$2) > 0; n++) line[$2, n] = text
		}
		{
			checked++
			code = line[$2, $3]
			sub(/^[ \t]+/, "", code)
			if (code == "" || code ~ /^\/\//) bad("no code")
			if ($4 != "" && $4 != 0) {
				started++
				name = $1
				while (sub(/\[[^][]*\]/, "", name)) { }
				literal = name ~ /(\.(func)?[0-9]+|-range[0-9]+)$/
				sub(/.*[.]/, "", name)
				start = line[$2, $4]
				if (!literal && start !~ "^func .*" name "[([]") bad("in the function at line " $4)
				if (literal && start !~ /func\(|for .*range/) bad("in no literal at line " $4)
			}
		}
		END {
			printf "%d frames in edited files, %d with the line where their function starts, %d wrong\n", checked, started, wrong
			if (wrong || !checked) exit 1
		}'
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
frames)
	(cd "$here/marks" && go build -o "$out/load" ./load)
	dir=$(mktemp -d)
	"start_$kind" "$out/func" 18403 "$dir"
	"$out/load" -pid "$pid" -n 1000000 "$url" >/dev/null 2>&1 &
	load=$!
	curl -sf -o "$dir/cpu" "$profiles/profile?seconds=10"
	kill -QUIT "$pid"
	wait "$pid" "$load" 2>/dev/null || true
	{
		go tool pprof -raw "$dir/cpu" 2>/dev/null | awk '/\.go:[0-9]+:[0-9]+ s=/ {
			sub(/^ *([0-9]+: 0x[0-9a-f]+ M=[0-9]+ )?/, "")
			start = substr($NF, 3)
			sub(/\(\)$/, "", start)
			at = $(NF - 1)
			name = substr($0, 1, index($0, at) - 2)
			gsub(/ /, "", name)
			split(at, place, ":")
			print name, place[1], place[2], start
		}'
		awk '/^[^ \t].*\)$/ { name = $0; sub(/^created by /, "", name); sub(/\([^(]*\)$/, "", name) }
			/^\t\/.*:[0-9]+/ { split($1, at, ":"); print name, at[1], at[2] }' "$dir/log" | tr -d '\t' | grep -E '^[^ ]+ /' || true
	} | check_frames
	rm -rf "$dir"
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
