#!/usr/bin/env bash
# The page in a headless browser: page.py says what is looked at. Exit code 77 skips.
. "$(dirname "$0")/../cli/common.sh"

if ! command -v python3 >/dev/null; then
    echo "skipped: there is no python3"
    exit 77
fi
export PYTHONDONTWRITEBYTECODE=1
python3 tests/report/page.py --is-there || exit 77

# With values of which not all have room below a map.
sed -e "s|\.\./\.\./workloads|$PWD/workloads|" -e 's|\["5ms"|["0.00125s", "0.00150s", "0.00175s", "0.00200s", "0.00225s", "0.00250s", "0.00275s", "5ms"|' tests/report/study.json >"$folder/study.json"
{
    "$weir" compare tests/report/page.json -o "$folder/page" --quiet &&
        "$weir" compare workloads/scenarios/first.json -o "$folder/first" --quiet &&
        "$weir" compare tests/report/shapes.json -o "$folder/shapes" --quiet &&
        "$weir" compare vehicle-city --seeds 1 --set duration=60s --set warmup=10s --policy static --policy nearest -o "$folder/vehicles" --quiet &&
        "$weir" compare workloads/demos/mobility.json -o "$folder/street" --quiet &&
        "$weir" sweep "$folder/study.json" -o "$folder/sweep" --quiet &&
        "$weir" run workloads/scenarios/first.json --policy ds2 -o "$folder/run" --quiet &&
        "$weir" report "$folder/run" --quiet
} >/dev/null || fail "no results to look at"
cp -r "$folder/page" "$folder/failed"
rm -r "$folder/failed/runs/static/seed-2" "$folder/failed/summary.csv"
"$weir" report "$folder/failed" --quiet || fail "no report of a failed run"
python3 tests/report/page.py "$folder" || fail "the page"
finish
