#!/bin/sh
# Captures what the compilers of several Go versions say about the sample, for
# the tests of the parser. The go command downloads toolchains it does not have.
#
#	testdata/capture.sh go1.24.11 go1.25.5 go1.26.8 go1.27.0
set -eu
cd "$(dirname "$0")/sample"
for version; do
	short=${version%.*}
	GOTOOLCHAIN=$version GOFLAGS= GOWORK=off go list -export -e -pgo=off -trimpath=false -gcflags=-m=2 -f '{{.ImportPath}}' ./... \
		2>&1 >/dev/null | grep -v '^go: ' >"../m2-$short.txt"
done
