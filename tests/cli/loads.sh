#!/usr/bin/env bash
# The shipped loads are what the commands in workloads/loads/README.md make, and the scenarios that play them run.
. "$(dirname "$0")/common.sh"

sed -n 's/^    weir generate //p' workloads/loads/README.md >"$folder/commands"
made=0
while read -r command; do
    file=${command##* }
    # shellcheck disable=SC2086
    "$weir" generate ${command% -o *} -o "$folder/$(basename "$file")" || fail "weir generate $command"
    [ ! -e "$file" ] || same "$file" "$folder/$(basename "$file")"
    made=$((made + 1))
done <"$folder/commands"
[ $made -eq 10 ] || fail "$made commands in workloads/loads/README.md, wanted 10"
(cd "$folder" && awk -F, 'FNR > 1 { print (NR == FNR ? $1 : $1 + 86400) "," $2 } NR == 1 { print }' first.csv second.csv >joined.csv)
same workloads/loads/regime-days.csv "$folder/joined.csv"

for load in taxi iot cup surge regime; do
    expect 0 "autoscale-$load.json: ok (" check workloads/scenarios/autoscale-$load.json
done
# Ten minutes of the taxis, with a net that is small and quickly trained.
expect 0 "* best of its column" compare workloads/scenarios/autoscale-taxi.json --seeds 1 --quiet -o "$folder/taxi" \
    --set duration=10min --set warmup=0s \
    --set 'policies[5].forecaster={"name": "gru", "hidden": 4, "layers": 1, "epochs": 1}'
for policy in last linear svr-twres gru; do
    decisions="$folder/taxi/runs/$policy/seed-1/decisions.csv"
    grep -q "monitor: in .*analyse: .*plan: .*known: " "$decisions" || fail "$policy does not tell of its phases"
    ! grep -q ",warning," "$decisions" || fail "$policy warns: $(grep -m 1 ",warning," "$decisions")"
done

# A model whose forecasts are beyond belief is replaced by the last value, which is told and counted, and the run goes on.
wild='{"label": "wild", "name": "proactive", "forecaster": {"name": "oracle", "scale": 1e9, "speedup": 24,
       "file": "../loads/taxi-days.csv"}}'
expect 0 "wild " compare workloads/scenarios/autoscale-taxi.json --seeds 1 --quiet -o "$folder/wild" \
    --set duration=10min --set warmup=0s --set "policies=[$wild]"
[ "$(grep -c ",warning,.*takes its place" "$folder/wild/runs/wild/seed-1/decisions.csv")" -eq 1 ] || fail "no warning"
awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == "warnings") column = i }
    NR > 1 && $column != 1 { bad = 1 } END { exit bad || !column }' "$folder/wild/runs.csv" || fail "not counted"
finish
