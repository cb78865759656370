#!/usr/bin/env bash
# docs/detect.md: its commands run as printed, and its table is what the first one prints (nets apart, whose last digits are the
# processor's).
. "$(dirname "$0")/common.sh"

mkdir "$folder/page"
ln -s "$(readlink -f "$weir")" "$folder/page/weir"
ln -s "$(readlink -f workloads)" "$folder/page/workloads"
awk '/^```sh$/ { on = 1; next } /^```/ { on = 0 } on' docs/detect.md >"$folder/page/run.sh"
[ "$(grep -c "^weir" "$folder/page/run.sh")" -ge 6 ] || fail "docs/detect.md has too few examples"
(cd "$folder/page" && PATH=$PWD:$PATH bash -e run.sh) >"$folder/out" 2>"$folder/err" || fail "docs/detect.md: $(tail -3 "$folder/err")"
rows=$(awk '/^    (z-score|last-value|rules|vgru|both) / { print substr($0, 5) }' docs/detect.md)
[ "$(wc -l <<<"$rows")" -eq 5 ] || fail "docs/detect.md: the table is not found"
while IFS= read -r row; do
    grep -qxF -- "$row" "$folder/out" || [[ $row =~ ^(vgru|both) ]] || fail "docs/detect.md: no command prints: $row"
done <<<"$rows"
for name in vgru both; do
    awk -v n=$name '$1 == n { if (!found++) wanted = $4 } $1 == n && found > 1 && !seen++ { near = ($4 - wanted) ^ 2 < 0.05 ^ 2 }
        END { exit !near }' <(echo "$rows") "$folder/out" || fail "docs/detect.md: $name is not as printed: $(grep "^$name " "$folder/out")"
done
[ "$(wc -l <"$folder/page/scores.csv")" -eq 2881 ] || fail "docs/detect.md: scores.csv has not a line a sample"
# The list of detectors is the page's.
"$weir" list detectors | sed -n 's/^\([a-z-]*\): .*/\1/p' | while IFS= read -r name; do
    grep -q "^| $name | " docs/detect.md || echo "$name"
done >"$folder/missing"
[ -s "$folder/missing" ] && fail "docs/detect.md does not tell of $(cat "$folder/missing")"
finish
