#!/usr/bin/env bash
# Every study of tests/input/studies/invalid is refused with exit code 3 and the message in its key "# expect", by sweep
# and by check, and nothing is started.
. "$(dirname "$0")/common.sh"

checked=0
for file in tests/input/studies/invalid/*.json; do
    wanted=$(sed -n 's/.*"# expect": "\(\([^"\\]\|\\.\)*\)".*/\1/p' "$file" | head -1 | sed 's/\\\(.\)/\1/g')
    [ -n "$wanted" ] || fail "$file announces no message"
    expect 3 "$wanted" sweep "$file" -o "$folder/o"
    grep -qF "$file" "$folder/err" || fail "$file: the message does not name the study: $(cat "$folder/err")"
    ! grep -q '"scenario":' "$file" || expect 3 "$wanted" check "$file"
    [ -e "$folder/o" ] && fail "$file: something was started"
    checked=$((checked + 1))
done
[ $checked -ge 35 ] || fail "only $checked studies"
expect 0 "grid.json: ok (12 configurations, 2 policies, 2 seeds)" check tests/input/studies/grid.json
finish
