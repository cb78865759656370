#!/usr/bin/env bash
# Figures that pages print and that take long: their commands are run again, and each figure is compared (figures.py says how pages mark
# them). Pages as arguments after is_json, else those of figures.txt. Exit code 77 skips.
. "$(dirname "$0")/common.sh"
. "$(dirname "$0")/pages_common.sh"
pages=("${@:3}")
[ ${#pages[@]} -gt 0 ] || mapfile -t pages < <(awk '$2 == "figures" { print $1 }' tests/cli/figures.txt)
for page in "${pages[@]}"; do
    PYTHONDONTWRITEBYTECODE=1 python3 tests/cli/figures.py "$page" "$tree" >"$folder/faults" || fail "$(cat "$folder/faults")"
done
finish
