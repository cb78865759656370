#!/usr/bin/env bash
# The whole way with the real engine: results do not depend on how many processes make them, nor on a kill.
. "$(dirname "$0")/common.sh"
scenario=tests/input/cli-real.json

expect 0 "* best of its column" compare $scenario -j 1 -o "$folder/one"
expect 0 "" compare $scenario -j 2 -o "$folder/two" --quiet
for file in summary.csv runs.csv runs/static/seed-1/windows.csv runs/reactive/seed-2/windows.csv \
    runs/reactive/seed-2/decisions.csv; do
    same "$folder/one/$file" "$folder/two/$file"
    [ "$(wc -l <"$folder/one/$file")" -gt 1 ] || fail "$file is empty"
done
cmp -s "$folder/one/runs/static/seed-1/windows.csv" "$folder/one/runs/static/seed-2/windows.csv" &&
    fail "two seeds give the same results"

# Arrivals of two policies with one seed are the same.
for policy in static reactive; do
    grep arrivals_hash "$folder/one/runs/$policy/seed-1/result.json" >"$folder/$policy.hash"
done
same "$folder/static.hash" "$folder/reactive.hash"

"$weir" compare $scenario -j 2 -o "$folder/killed" --quiet >/dev/null 2>&1 &
killed=$!
has_result()
{
    [ -n "$(find "$folder/killed/runs" -name result.json 2>/dev/null)" ]
}
wait_for has_result
kill -KILL $killed
wait $killed 2>/dev/null
expect 0 "runs are finished and kept" compare $scenario -j 2 -o "$folder/killed" --resume
same "$folder/one/summary.csv" "$folder/killed/summary.csv"
same "$folder/one/runs.csv" "$folder/killed/runs.csv"

# What was wrong with hosts is the same for all policies of a seed; without anomalies there is no such file.
[ ! -e "$folder/one/runs/static/seed-1/anomalies.csv" ] || fail "anomalies.csv without anomalies"
expect 0 "" compare $scenario -o "$folder/odd" --quiet --seeds 1 \
    --set 'anomalies=[{"kind":"overload","host":"edge2","at":"20s","for":"90s"},{"kind":"x,y","host":"edge2","at":"5s","cpu":{"noise":1}}]'
printf '%s\n' start,end,host,kind,speed,available,cpu,memory,disk,upload '5,60,edge2,"x,y",1,1,1,0,0,0' \
    20,60,edge2,overload,0.4,1,1,0,0,1 >"$folder/wanted"
same "$folder/wanted" "$folder/odd/runs/static/seed-1/anomalies.csv"
same "$folder/wanted" "$folder/odd/runs/reactive/seed-1/anomalies.csv"

# The scenario that a comparison keeps is a scenario, and comparing it in place loses nothing.
cp -r "$folder/one" "$folder/again"
expect 0 "" compare "$folder/again/scenario.json" -o "$folder/again" --resume --quiet
same "$folder/one/summary.csv" "$folder/again/summary.csv"
same "$folder/one/scenario.json" "$folder/again/scenario.json"

expect 0 "throughput" run $scenario --policy ds2+load-balancer --set duration=20s -o "$folder/run"
expect 0 '"jobs":' run $scenario --policy static --json -q -o "$folder/json"
json run
finish
