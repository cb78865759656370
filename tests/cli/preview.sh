#!/usr/bin/env bash
# What check says of a scenario before it runs, against arithmetic.
. "$(dirname "$0")/common.sh"
cat >"$folder/line.xml" <<'END'
<?xml version="1.0"?>
<!DOCTYPE platform SYSTEM "https://simgrid.org/simgrid.dtd">
<platform version="4.1"><zone id="z" routing="Full">
<host id="a" speed="1Gf" core="2"/>
<host id="b" speed="1Gf" core="4"><prop id="slots" value="3"/><prop id="memory" value="10MB"/></host>
<host id="c" speed="2Gf"/>
<link id="ab" bandwidth="1MBps" latency="1ms"/><link id="bc" bandwidth="8Mbps" latency="1ms" sharing_policy="SPLITDUPLEX"/>
<route src="a" dst="b"><link_ctn id="ab"/></route>
<route src="b" dst="c"><link_ctn id="bc" direction="UP"/></route>
<route src="a" dst="c"><link_ctn id="ab"/><link_ctn id="bc" direction="UP"/></route>
</zone></platform>
END
# 10 and then 40 items a second, 25 on average, of 20 kB; twice as many leave the first operator, 5 kB each, and half of those the second.
cat >"$folder/line.json" <<'END'
{"platform": "line.xml", "duration": "100s", "window": "10s", "policies": ["static"], "workload": {"jobs": [{"name": "j",
 "source": {"host": "a"}, "source_bytes": "20kB", "sink": {"host": "c"},
 "load": {"kind": "steps", "steps": [{"at": "0s", "rate": "10/s"}, {"at": "50s", "rate": "40/s"}]},
 "operators": [
  {"name": "first", "flops": "20Mf", "bytes": "5kB", "selectivity": 2, "state": {"size": "1MB"}, "parallelism": 2, "placement": {"host": "b"}},
  {"name": "second", "flops": "10Mf", "bytes": "1kB", "selectivity": 0.5, "placement": {"host": "c"}}]}]}}
END
expect 0 "line.json: ok (3 hosts, 2 links, 1 jobs, 1 policies, 1 seeds)" check "$folder/line.json"
said()
{
    for words in "$@"; do
        grep -qxF -e "$words" "$folder/out" || fail "\"$words\" is not in $(cat "$folder/out")"
    done
}
# first: 40 /s of 2 x 1 Gf / 20 Mf = 100 /s. second: 80 /s of 2 Gf / 10 Mf = 200 /s.
# ab: 40 x 20 kB = 800 kB/s of 1 MB/s. bc: 80 x 5 kB = 400 kB/s of 1 MB/s. b: 40 x 20 Mf = 0.8 Gf/s; c: 0.8 Gf/s of 2.
said "  operator j/first: 25 /s, 40 /s at the peak; 2 instances can do 100 /s: use 0.40" \
    "  operator j/second: 50 /s, 80 /s at the peak; 1 instance can do 200 /s: use 0.40" \
    "  link ab: 800 kBps at the peak of 1 MBps: use 0.80" "  link bc_UP: 400 kBps at the peak of 1 MBps: use 0.40" \
    "  host b: 0.80 of 4 cores, 2 of 3 slots, 2 MB of 10 MB of memory" "  host c: 0.40 of 1 cores"
grep -q "^  windows.csv: about [0-9]* rows, [0-9.]* kB$" "$folder/out" || fail "does not say how large windows.csv will be"
grep -q "^  run: about [0-9.e+]* items from sources, [0-9.]* kB of memory beside the platform, 10[0-9.]* ms of a processor and what policies compute; 1 run$" "$folder/out" || fail "does not say what a run takes"
# 50 s of 10 and 50 of 40 items a second, of which each goes to first and two to second: 2500 + 5000.
expect 0 '"services":	7500,' check --json "$folder/line.json"
expect 0 '"runs":	1' check --json "$folder/line.json"
expect 0 "first: 25 /s" check "$folder/line.json"
[ "$(wc -l <"$folder/out")" -eq 9 ] || fail "more than that: $(cat "$folder/out")"
expect 0 "before the run: busiest operator j/first: 25 /s, 40 /s at the peak; 2 instances can do 100 /s: use 0.40 | busiest link ab: 800 kBps" \
    compare "$folder/line.json" -o "$folder/compared" --no-report
# The run agrees: of 2 x 50 s, 10 and 40 items a second.
expect 0 "" run "$folder/line.json" -o "$folder/run"
grep -qE "^delivered +(249[0-9]|25[0-9]{2}|24[0-9]{2}) items" "$folder/out" || fail "$(cat "$folder/out")"
# A join waits for both of its inputs; a link with a tenth of its bandwidth is the bottleneck.
sed 's/bandwidth="1MBps"/bandwidth="100kBps"/' "$folder/line.xml" >"$folder/thin.xml"
sed 's/line.xml/thin.xml/' "$folder/line.json" >"$folder/thin.json"
expect 0 "link ab: 800 kBps at the peak of 100 kBps: use 8.00" check "$folder/thin.json"
finish
