#!/usr/bin/env bash
# foreign.sh FOLDER [NAME...] - run perflint on the repositories of foreign.tsv.
# See README.md in this folder. Needs git, GNU time and network for the clones
# and their modules, unless FOLDER/NAME has them already.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
folder=${1:?usage: foreign.sh FOLDER [NAME...]}
shift
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)
bin=$folder/perflint.bin
go build -C "$here/.." -o "$bin" ./cmd/perflint

failed=0
printf 'name\tseconds\tcpu\tMiB\texit\tfindings\tj1=j8\n'
while IFS=$'\t' read -r name repository commit module; do
	case $name in \#* | '') continue ;; esac
	if [ $# -gt 0 ] && ! printf '%s\n' "$@" | grep -qx "$name"; then continue; fi
	if [ ! -d "$folder/$name" ]; then
		git clone -q "https://github.com/$repository" "$folder/$name"
		git -C "$folder/$name" checkout -q "$commit"
	fi
	run() { # JOBS: findings to $name.JOBS.json, what went wrong to $name.JOBS.err
		local code=0
		(cd "$folder/$name/$module" && /usr/bin/time -o "$folder/$name.time" -f '%e %U %S %M' \
			"$bin" -j "$1" -severity=info -confidence=possible -format=json ./...) \
			>"$folder/$name.$1.json" 2>"$folder/$name.$1.err" || code=$?
		echo "$code"
	}
	code1=$(run 1)
	code8=$(run 8)
	same=yes
	cmp -s "$folder/$name.1.json" "$folder/$name.8.json" && cmp -s "$folder/$name.1.err" "$folder/$name.8.err" || same=NO
	if [ "$code8" = 2 ] || [ "$code1" != "$code8" ] || [ "$same" = NO ]; then failed=1; fi
	tail -1 "$folder/$name.time" | awk -v n="$name" -v c="$code8" -v f="$(wc -l <"$folder/$name.8.json")" -v s="$same" \
		'{printf "%s\t%s\t%.1f\t%d\t%s\t%s\t%s\n", n, $1, $2+$3, $4/1024, c, f, s}'
done <"$here/foreign.tsv"
exit $failed
