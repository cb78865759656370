#!/usr/bin/env bash
# Known answers come out.
. "$(dirname "$0")/common.sh"

expect 0 "100 MB of state move" selftest exact
empty err
grep -q '^all [0-9]* figures of [0-9]* runs are right$' "$folder/out" || fail "no verdict: $(tail -1 "$folder/out")"
[ "$(grep -c ' ok$' "$folder/out")" -ge 15 ] || fail "few figures: $(cat "$folder/out")"
awk 'length > 120 { print "wide line: " $0; bad = 1 } END { exit bad }' "$folder/out" || fail "table"
mkdir "$folder/tmp"
TMPDIR=$folder/tmp expect 0 '"quantity":' selftest exact --json -j 1
json selftest
grep -q '"failed":[[:space:]]*0' "$folder/out" || fail "no count of failures"
rmdir "$folder/tmp" || fail "files are left: $(find "$folder/tmp")"
expect 2 'there is no group "exat"; there are exact and theory' selftest exat
expect 2 '"x.json" is one argument too many' selftest exact x.json
finish
