#!/usr/bin/env bash
# Live streams as weir generate ccp makes them: they run, and go wrong as often as asked for.
. "$(dirname "$0")/common.sh"
"$weir" generate ccp --requests 10/s -o "$folder/ccp" || fail "ccp -o"
expect 0 "static" compare "$folder/ccp/scenario.json" -o "$folder/ccp/results" --set duration=10min
# Of three days of 50 servers, 4.9 % is asked for.
"$weir" generate ccp --requests 0.02/s --run 3d -o "$folder/ccp" || fail "ccp --run"
expect 0 "results are in" run "$folder/ccp/scenario.json" -o "$folder/ccp/run" --set window=1h
awk -F, 'NR > 1 { sum += $2 - $1 } END { share = sum / (50 * 3 * 86400); exit !(share > 0.035 && share < 0.063) }' \
    "$folder/ccp/run/anomalies.csv" || fail "ccp: share of time with an anomaly"
finish
