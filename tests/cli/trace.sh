#!/usr/bin/env bash
# Traces of a run: whole JSON whose spans add up to what was done, and nothing of the results depends on them.
. "$(dirname "$0")/common.sh"

# 50 items/s for 60 s, 4 ms on edge2, then 10 ms on cloud, which is gone from 20 to 22 s.
cat >"$folder/scenario.json" <<END
{"platform": "$PWD/tests/input/valid/two-tier.xml", "duration": "60s", "items_per_batch": 1,
 "faults": [{"host": "cloud4", "at": "20s", "for": "2s", "speed": 0.5}],
 "workload": {"jobs": [{"name": "a \"b\"", "source": {"host": "edge"}, "source_bytes": "1kB",
  "load": {"kind": "constant", "rate": "50/s"},
  "operators": [{"name": "one", "flops": "4Mf", "bytes": "1kB", "placement": {"host": "edge2"}},
                {"name": "two", "flops": "10Mf", "placement": {"host": "cloud"}}]}]}}
END
expect 0 "" run "$folder/scenario.json" -o "$folder/plain" --quiet
expect 0 "" run "$folder/scenario.json" -o "$folder/traced" --quiet --trace "$folder/trace.json"
same "$folder/plain/windows.csv" "$folder/traced/windows.csv"
[ "$(grep '"checksum"' "$folder/plain/result.json")" = "$(grep '"checksum"' "$folder/traced/result.json")" ] ||
    fail "a trace changes the results"
"$is_json" <"$folder/trace.json" || fail "trace.json is no JSON"
[ ! -e "$folder/trace.json.partial" ] || fail "trace.json.partial is left"
# Paje's: all that was done. 50/s x 4 ms on edge2 and 10 ms on cloud until the end: 12 Gf, but for the item that is under way
# there, and nearly 30 Gf; 1 kB of each item over the local link, and over the way up.
expect 0 "" run "$folder/scenario.json" -o "$folder/drawn" --quiet --paje "$folder/run.paje"
same "$folder/plain/windows.csv" "$folder/drawn/windows.csv"
[ "$(grep '"checksum"' "$folder/plain/result.json")" = "$(grep '"checksum"' "$folder/drawn/result.json")" ] ||
    fail "a trace in Paje's format changes the results"

# used NAME: the sum over time of what is used of a host or link
used()
{
    awk -v name="\"$1\"" '/^%/ { next }
        $1 == 1 && $4 ~ /_used$/ { uses[$2] = 1 }
        $1 == 2 && $6 == name { of = $3 }
        $1 == 4 && $4 == of && uses[$3] { sum += value * ($2 - since); since = $2; value = $5 }
        $1 == 3 && $4 == of { sum += value * ($2 - since) }
        END { printf "%.6g", sum }' "$folder/run.paje"
}
within()
{
    awk "BEGIN { exit !($2 > $3 && $2 <= $4) }" || fail "$1: $2, not from $3 to $4"
}
within "flops on edge2" "$(used edge2)" 11.99e9 12e9
within "flops on cloud" "$(used cloud)" 29.9e9 30e9
within "flops on cloud4" "$(used cloud4)" -1 0
within "bytes up" "$(used backhaul_UP)" 2.99e6 3e6
within "bytes nearby" "$(used local)" 2.99e6 3e6
expect 3 "cannot write $folder/none/run.paje: No such file" run "$folder/scenario.json" -o "$folder/undrawn" -q --paje "$folder/none/run.paje"

# thread NAME: its number
thread()
{
    grep -F "\"args\":{\"name\":\"$1\"}" "$folder/trace.json" | sed 's/.*"tid":\([0-9]*\).*/\1/'
}
# total TID NAME: seconds
total()
{
    grep "\"ph\":\"X\",\"pid\":[0-9]*,\"tid\":$1,.*\"name\":\"$2\"" "$folder/trace.json" |
        sed 's/.*"dur":\([0-9.]*\).*/\1/' | awk '{ sum += $1 } END { printf "%.2f\n", sum / 1e6 }'
}
one=$(thread 'a \"b\"/one #0')
[ "$(total "$one" busy)" = 12.00 ] || fail "one was busy for $(total "$one" busy) s of 3000 x 4 ms"
two=$(thread 'a \"b\"/two #0')
awk "BEGIN { exit !($(total "$two" busy) > 29.95 && $(total "$two" busy) <= 30) }" ||
    fail "two was busy for $(total "$two" busy) s of nearly 3000 x 10 ms"
[ "$(total "$(thread 'host cloud4')" slow)" = 2.00 ] || fail "cloud4 was not slow for 2 s"
begun=$(grep -c '"ph":"b"' "$folder/trace.json")
[ "$begun" -gt 5990 ] && [ "$begun" -le 6000 ] || fail "$begun transfers of nearly 6000"
[ "$begun" = "$(grep -c '"ph":"e"' "$folder/trace.json")" ] || fail "transfers that do not end"

expect 0 "" run "$folder/scenario.json" -o "$folder/part" --quiet --trace "$folder/part.json" --trace-from 30s \
    --trace-until 31s
"$is_json" <"$folder/part.json" || fail "part.json is no JSON"
begun=$(grep -c '"ph":"b"' "$folder/part.json")
[ "$begun" -ge 100 ] && [ "$begun" -le 104 ] || fail "$begun transfers in a second of 100"

expect 2 "--trace-from: say where the trace goes by --trace FILE" run "$folder/scenario.json" --trace-from 3s
expect 2 "is no time such as" run "$folder/scenario.json" --trace x --trace-until soon
expect 3 "no-such-folder/trace.json" run "$folder/scenario.json" -o "$folder/none" --trace "$folder/no-such-folder/trace.json"
[ ! -e "$folder/none" ] || fail "results without the trace that was asked for"
finish
