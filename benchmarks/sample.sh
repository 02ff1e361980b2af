#!/usr/bin/env bash
# sample.sh SEED COUNT [FILE...] - draw findings to be judged.
#
# Reads findings as perflint -format=json writes them and prints COUNT of them
# at random: file, line, rule, severity, confidence, message. The same seed
# draws the same ones from the same findings.
set -euo pipefail
seed=$1 count=$2
shift 2
cat "$@" |
	jq -r '[.location.file, .location.line, .location.column, .code, .severity, .confidence, .message] | @tsv' |
	LC_ALL=C sort -u |
	shuf -n "$count" --random-source=<(openssl enc -aes-256-ctr -pbkdf2 -nosalt -pass "pass:$seed" </dev/zero 2>/dev/null)
