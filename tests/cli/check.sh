#!/usr/bin/env bash
# weir check: all that is wrong with a file at once, and JSON.
. "$(dirname "$0")/common.sh"
cat >"$folder/wrong.xml" <<'END'
<?xml version="1.0"?>
<!DOCTYPE platform SYSTEM "https://simgrid.org/simgrid.dtd">
<platform version="4.1"><zone id="z" routing="Full">
<host id="a" speed="1GHz"/>
<host id="b" sped="1Gf" speed="1Gf"/>
<host id="c" speed="1Gf"/>
<link id="l" bandwidth="1MB" latency="1ms"/>
<route src="a" dst="c"><link_ctn id="l"/></route>
</zone></platform>
END
expect 3 'wrong.xml:4: <host> speed: "1GHz" has the unknown unit "GHz"' check "$folder/wrong.xml"
said()
{
    for words in "$@"; do
        grep -qF -e "$words" "$folder/out" || fail "\"$words\" is not in $(cat "$folder/out")"
    done
}
said '  and: ' 'wrong.xml:5: <host> has no attribute "sped"; did you mean "speed"?' 'wrong.xml:7: <link> bandwidth: "1MB" has the unknown unit "MB"'
grep -q "there is no host" "$folder/out" && fail "what follows from an error is told as one: $(cat "$folder/out")"
[ "$(wc -l <"$folder/out")" -eq 3 ] || fail "not three errors: $(cat "$folder/out")"

sed 's/1GHz/1Gf/; s/sped="1Gf" //; s/"1MB"/"1MBps"/' "$folder/wrong.xml" >"$folder/right.xml"
expect 0 "right.xml: ok" check "$folder/right.xml"
cat >"$folder/wrong.json" <<'END'
{"platform": "right.xml", "duration": "100s", "windw": "1s", "warmup": "10", "seeds": "x", "policies": ["static", {"name": 3}, "statc", {"name": "reactive", "high": 7, "low": "x", "hihg": 0.5}],
 "costs": {"start": "-1s", "stp": "1s"},
 "workload": {"jobs": [
  {"name": "j", "source": {"host": "a"}, "load": {"kind": "constant", "rate": "1/s"}, "slo": "fast",
   "operators": [{"name": "one", "flops": "1Mf", "selectivity": -1}, {"name": "two", "flops": "lots"}, {"name": "three", "flops": "1Mf", "join": "al"}]},
  {"name": "k", "source": {"host": "nowhere"}, "load": {"kind": "constant", "rate": "1/s"}, "operators": [{"name": "one", "flops": "1Mf"}]}]},
 "faults": [{"host": "missing", "at": "1s", "for": "1s"}]}
END
expect 3 'wrong.json: unknown key "windw"; did you mean "window"?' check "$folder/wrong.json"
said 'warmup: "10" has no unit' 'seeds' 'policies[1]' 'costs: unknown key "stp"' 'costs.start' 'there is no policy "statc"' 'policies[3]: high: 7 ' 'policies[3]: low: ' 'policies[3]: unknown key "hihg"; did you mean "high"?' 'workload.jobs[0].slo' \
    'workload.jobs[0].operators[0].selectivity' 'workload.jobs[0].operators[1].flops' 'workload.jobs[0].operators[2].join' 'workload.jobs[1].source'
# Others stop at the first.
expect 3 'unknown key "windw"' run "$folder/wrong.json" -o "$folder/run"
[ "$(wc -l <"$folder/err")" -eq 1 ] || fail "run says more than one error"

expect 3 '"ok":	false' check --json "$folder/wrong.json" "$folder/right.xml" nowhere.xml
json check
! command -v python3 >/dev/null || python3 - "$folder/out" <<'END' || fail "JSON: $(head -50 "$folder/out")"
import json, sys
files = json.load(open(sys.argv[1]))["files"]
assert [f["ok"] for f in files] == [False, True, False], files
assert files[0]["kind"] == "scenario" and len(files[0]["errors"]) >= 10, files[0]
assert files[1]["summary"] == "3 hosts, 1 links" and files[1]["remarks"], files[1]
assert "no such file" in files[2]["errors"][0], files[2]
END
# Rules that hold for nothing.
sed 's/"# expect": .*//; s/"energy": false/"carbon": [{"region": "*", "intensity": 100}, {"region": "north", "intensity": 50}], "traffic": [{"from_tier": "cloud", "price_per_GB": 1}, {"from_tier": "cloud", "to_tier": "edge", "price_per_GB": 2}, {"from_tier": "device", "to_tier": "device", "between": "tiers", "price_per_GB": 3}, {"from_region": "north", "price_per_GB": 4}]/' tests/input/invalid/batteries-no-energy.json >"$folder/idle.json"
sed -i "s#../valid/view.xml#$PWD/tests/input/valid/view.xml#" "$folder/idle.json"
expect 0 'carbon[1] is for no host and no link' check "$folder/idle.json"
said 'traffic[1] is for no bytes' 'traffic[2] is for no bytes'
grep -qE 'traffic\[[03]\] is for no|carbon\[0\] is for no' "$folder/out" && fail "rules that hold are said to hold for nothing: $(cat "$folder/out")"
expect 0 '"preview"' check --json workloads/scenarios/first.json
json check with a preview
finish
