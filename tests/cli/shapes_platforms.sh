#!/usr/bin/env bash
# Platforms in the shapes that real files have: what check says of each, and that they run.
. "$(dirname "$0")/common.sh"
weir=$(realpath "$weir")
"$PWD/tests/input/make-shapes" "$folder/shapes" || fail "make-shapes"
cd "$folder/shapes" || exit 1

# remarks WORDS...: what the last check remarked, each with the words, and no more.
remarks()
{
    [ "$(grep -c "^  remark: " "$folder/out")" -eq $# ] || fail "not $# remarks: $(cat "$folder/out")"
    for words in "$@"; do
        grep -qF "  remark: $words" "$folder/out" || fail "no remark \"$words\": $(cat "$folder/out")"
    done
}
# runs SCENARIO: all of the 20 items arrive.
runs()
{
    expect 0 "" run "$1" -o "$folder/run" --force
    grep -qE "^delivered +20 items" "$folder/out" || fail "$1: $(cat "$folder/out")"
}
expect 0 "plain.xml: ok (2 hosts, 1 links)" check plain.xml
remarks
runs small-plain-b.json

expect 0 "comment.xml: ok" check comment.xml
remarks "comment.xml:1: what stands before <?xml is left out"
runs small-comment-b.json
sed 's/1MBps/1MB/' comment.xml >wrong.xml
expect 3 'wrong.xml:7: <link> bandwidth: "1MB" has the unknown unit "MB"' check wrong.xml

expect 0 "glued.xml: ok" check glued.xml
remarks "glued.xml:4: attributes without a blank between them are taken apart"
runs small-glued-b.json

expect 0 "bare.xml: ok" check bare.xml
remarks "bare.xml:5: <host> speed 1000000000 is taken as 1000000000 flop/s; write the unit" \
    "bare.xml:6: <link> bandwidth 50 is taken as 50 B/s" "bare.xml:6: <link> latency 20 is taken as 20 s"
expect 3 "" check --strict bare.xml
expect 0 "" check --strict plain.xml

expect 0 "parted.xml: ok (3 hosts, 1 links)" check parted.xml
remarks "parted.xml: 4 of 6 pairs of hosts have no route, such as a to c"
runs small-parted-b.json
expect 0 "small-parted-b.json: ok" check small-parted-b.json
remarks "parted.xml: 4 of 6 pairs of hosts, to which policies may move instances, have no route"
expect 3 "small-parted-c.json: items go from a to c, and parted.xml has no route between them (1 of 1 pairs" check small-parted-c.json
expect 3 "small-parted-c.json: items go from a to c, and parted.xml has no route between them" compare small-parted-c.json -o "$folder/parted"
[ ! -e "$folder/parted/runs" ] || fail "compare has begun runs without a route"

expect 0 "none.xml: ok" check none.xml
remarks "none.xml: 2 of 2 pairs of hosts have no route, such as a to b"
expect 3 "none.xml has no route between them" check small-none-b.json

expect 0 "still.xml: ok" check still.xml
remarks 'still.xml:5: the speed of "c" is 0' 'still.xml:6: the bandwidth of link "m" is 0: it carries nothing' "still.xml: 4 of 6 pairs"
runs small-still-b.json
expect 3 'operator "only" of job "small" may be placed on host "c", whose speed is 0' check small-still-c.json
expect 3 'operator "only" of job "small" may be placed on host "c", whose speed is 0' run small-still-c.json -o "$folder/run"

expect 0 "config.xml: ok" check config.xml
remarks
expect 0 "small-config-b.json: ok" check small-config-b.json
remarks "config.xml:4: <config> network/model=\"LV08\" gives way to weir's own network model" \
    'config.xml:4: <config> maxmin/precision="1e-6" gives way to the scenario'"'"'s "1e-5"'

sed 's|maxmin/precision|precision/of-nothing|' config.xml >option.xml
expect 3 'option.xml: SimGrid refuses the platform: Bad config key: precision/of-nothing; this release has no such option: take it out' check option.xml
grep -qF "Existing config keys" "$folder/out" "$folder/err" && fail "more than a sentence: $(cat "$folder/out" "$folder/err")"

expect 3 'watts.xml:5: wattage_per_state of "a" has watts for 1 performance state, and speed gives 2' check watts.xml
expect 3 'watts.xml:5: wattage_per_state of "a"' check small-watts-b.json
expect 0 "small-watts-off.json: ok" check small-watts-off.json
runs small-watts-off.json
grep -qE "^energy +0 " "$folder/out" || fail "energy is counted though it is off"

expect 0 "down.xml: ok" check down.xml
remarks "down.xml: a transfer from a to b fails at the start: a host or link is down then"

cat >study.json <<END
{"scenario": "small-plain-b.json", "grid": {"//link/@latency": ["20ms", "20"]}}
END
expect 3 'plain.xml: //link/@latency: "20" has no unit; write a time such as "10ms"' check study.json
sed -i 's/"20"/"40ms"/' study.json
expect 0 "study.json: ok (2 configurations" check study.json
finish
