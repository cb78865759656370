#!/usr/bin/env bash
# The table of docs/detect.md on public servers, from the shared data: smd.sh WEIR. Without WEIR_SHARED_DATA it is skipped.
# Fails if a figure of weir's own baselines is not that of the page.
set -u
weir=$1
data=${WEIR_SHARED_DATA:-}/smd
failures=0
if [ ! -d "$data" ]; then
    echo "skipped: WEIR_SHARED_DATA is not set, or there is no smd in it"
    exit 77
fi
for machine in smd_machine-1-6 smd_machine-2-1 asd_omi-1; do
    table=$("$weir" detect "$data/${machine}_test.csv.gz" --train "$data/${machine}_train.csv.gz" --label label -q) || exit 1
    echo "$table"
    while IFS='|' read -r _ name detector own best adjusted adjusted_best _; do
        [ "${name// /}" = "$machine" ] || continue
        detector=${detector// /}
        row=$(grep "^$detector " <<<"$table" | head -1 | awk '{ printf "%.3f %.3f %.3f %.3f", $4, $5, $7, $8 }')
        wanted=$(awk '{ printf "%.3f %.3f %.3f %.3f", $1, $2, $3, $4 }' <<<"$own $best $adjusted $adjusted_best")
        # Nets may differ in the last digits from one processor to another.
        awk -v a="$row" -v b="$wanted" -v loose="$([[ $detector =~ vgru|both ]] && echo 0.05 || echo 0.0011)" 'BEGIN {
            n = split(a, x, " "); if (n != 4 || split(b, y, " ") != 4) exit 1
            for (i = 1; i <= 4; i++) if (x[i] - y[i] > loose || y[i] - x[i] > loose) exit 1 }' || {
            echo "FAILED: $machine, $detector: $row, and docs/detect.md has $wanted"
            failures=$((failures + 1))
        }
    done < <(grep '^| [a-z_0-9-]* | [a-z-]* | [0-9]' docs/detect.md)
done
[ "$(grep -cE '^\| (smd_machine-1-6|smd_machine-2-1|asd_omi-1) \| [a-z-]+ \| [0-9]' docs/detect.md)" -eq 15 ] || {
    echo "FAILED: docs/detect.md has not five rows for each of three machines"
    failures=$((failures + 1))
}
[ "$failures" -eq 0 ]
