#!/usr/bin/env bash
# The script of action.yml: builds perflint from the action's own sources, runs
# it in the current folder, annotates what is new, and exits as perflint does.
#
# Reads INPUT_* (the action's inputs), PERFLINT_BASE (the commit to compare
# with; may be empty or all zeros), PERFLINT_HEAD (the last commit of a pull
# request; may be empty) and GITHUB_* as GitHub sets them. PERFLINT may name an
# executable to use instead of building one.
set -euo pipefail

# Words of a string, without expanding wildcards. Bash 3.2, which macOS has,
# takes an empty array for an unset variable; hence ${x[@]+"${x[@]}"}.
read -ra packages <<<"${INPUT_PACKAGES:-./...}"
read -ra args <<<"${INPUT_ARGS:-}"
sarif=${INPUT_SARIF_FILE:-}
if [ -z "$sarif" ] && [ "${INPUT_UPLOAD_SARIF:-false}" = true ]; then
	sarif=perflint.sarif
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

output() { # NAME VALUE: an output of the step
	if [ -n "${GITHUB_OUTPUT:-}" ]; then
		printf '%s=%s\n' "$1" "$2" >>"$GITHUB_OUTPUT"
	fi
}

perflint=${PERFLINT:-}
if [ -z "$perflint" ]; then
	perflint=$work/perflint
	# In a container git may not trust the folder, so its revision is not asked for.
	GOFLAGS='' GOWORK=off go build -C "$GITHUB_ACTION_PATH" -buildvcs=false -o "$perflint" ./cmd/perflint
fi

# What to compare with. A pull request is checked out as its merge into the
# base branch, which may have gone on since GitHub noted the base: what is in
# the merge counts. The usual checkout has one commit only; then the base is
# fetched, also alone.
base=${PERFLINT_BASE:-}
parents=$(git cat-file commit HEAD 2>/dev/null | awk '/^$/ {body = 1} !body && $1 == "parent" {print $2}') || parents=
if [ -n "${PERFLINT_HEAD:-}" ] && [ "$parents" = "${parents%%$'\n'*}"$'\n'"$PERFLINT_HEAD" ]; then
	base=${parents%%$'\n'*}
fi
new=()
if [ "${INPUT_ONLY_NEW:-true}" = true ] && [[ $base =~ ^[0-9a-f]{40,64}$ ]] && [[ ! $base =~ ^0+$ ]]; then
	if ! git cat-file -e "$base^{commit}" 2>/dev/null; then
		git fetch --quiet --no-tags --depth=1 origin "$base" || true
	fi
	if git merge-base HEAD "$base" >/dev/null 2>&1; then
		new=(-new-from-merge-base="$base")
	elif git cat-file -e "$base^{commit}" 2>/dev/null; then
		new=(-new-from-rev="$base")
	else
		echo "::notice title=perflint::commit $base cannot be fetched; reporting old findings too"
	fi
fi

# Code scanning wants all findings: it compares by itself, and takes what is
# missing for fixed.
if [ -n "$sarif" ]; then
	rm -f "$sarif"
	code=0
	"$perflint" ${args[@]+"${args[@]}"} -fail-on=never -format=json -o "sarif=$sarif" "${packages[@]}" \
		>/dev/null 2>"$work/stderr" || code=$?
	if [ ! -f "$sarif" ]; then
		cat "$work/stderr" >&2
		exit $((code > 0 ? code : 2))
	fi
	output sarif-file "$(cd "$(dirname "$sarif")" && pwd)/$(basename "$sarif")"
fi

fail=()
if [ -n "${INPUT_FAIL_ON:-}" ]; then
	fail=(-fail-on="$INPUT_FAIL_ON")
fi
code=0
"$perflint" ${args[@]+"${args[@]}"} ${fail[@]+"${fail[@]}"} ${new[@]+"${new[@]}"} \
	-format=github -o "json=$work/findings.json" "${packages[@]}" || code=$?
findings=0
if [ -f "$work/findings.json" ]; then
	findings=$(wc -l <"$work/findings.json")
fi
output findings "$((findings))"
exit "$code"
