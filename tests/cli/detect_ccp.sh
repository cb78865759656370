#!/usr/bin/env bash
# Live streams, two days (docs/detect.md, "On live streams"): both steps find most of what is wrong with servers, and more than the rules
# alone. A few minutes: label long.
. "$(dirname "$0")/common.sh"
rules=rules:unsure=anomalous:theta-r=0.2 both=both:theta-r=0.05:of=recent:windows=20000
"$weir" generate ccp -o "$folder/ccp" || fail "ccp"
expect 0 "" run "$folder/ccp/scenario.json" -p static --set duration=2d -q -o "$folder/run"
expect 0 "" detect "$folder/run" --fleet --clean -q -d "$rules,$both"
cat "$folder/out"
awk -v rules="$rules" -v both="$both" '($1 == rules || $1 == both) && !($1 in f1) { f1[$1] = $4 }
    END { exit !(f1[rules] > 0.4 && f1[both] > 0.75 && f1[both] > f1[rules] + 0.15) }' "$folder/out" ||
    fail "both steps do not find what is wrong with servers"
finish
