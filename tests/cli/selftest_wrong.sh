#!/usr/bin/env bash
# An engine whose results are wrong is found out; weir_fake simulates nothing.
. "$(dirname "$0")/common.sh"

expect 1 "figures are wrong" selftest
grep -q ' FAILED$' "$folder/out" || fail "no figure failed: $(cat "$folder/out")"
expect 1 '"passed":' selftest --json
json selftest
TMPDIR=$folder/none expect 3 "set TMPDIR to one that can be written" selftest
finish
