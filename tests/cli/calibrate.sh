#!/usr/bin/env bash
# weir calibrate-mst against arithmetic: an operator of 10 Mflop on cores of 1 Gflop/s does 100 items a second and instance.
. "$(dirname "$0")/common.sh"

cat >"$folder/platform.xml" <<'XML'
<?xml version='1.0'?>
<!DOCTYPE platform SYSTEM "https://simgrid.org/simgrid.dtd">
<platform version="4.1">
  <zone id="all" routing="Full">
    <host id="source" speed="1Gf"><prop id="tier" value="edge"/></host>
    <host id="wide" speed="1Gf" core="16"><prop id="tier" value="cloud"/></host>
    <host id="narrow" speed="1Gf" core="4"><prop id="tier" value="cloud"/></host>
    <link id="wire" bandwidth="1GBps" latency="0s"/>
    <route src="source" dst="wide"><link_ctn id="wire"/></route>
    <route src="source" dst="narrow"><link_ctn id="wire"/></route>
    <route src="wide" dst="narrow"><link_ctn id="wire"/></route>
  </zone>
</platform>
XML
# scenario NAME OPERATORS
scenario()
{
    cat >"$folder/$1.json" <<JSON
{"platform": "platform.xml", "duration": "1h", "window": "1s", "policies": ["static"],
 "faults": [{"host": "wide", "at": "1s", "for": "1h"}],
 "workload": {"jobs": [
   {"name": "other", "source": "source", "source_bytes": "1kB", "load": {"kind": "constant", "rate": "1000/s"},
    "operators": [{"name": "hog", "flops": "1Gf", "parallelism": 16, "max_parallelism": 16, "placement": "wide"}]},
   {"name": "j", "source": "source", "source_bytes": "1kB", "arrive": "5min", "load": {"kind": "constant", "rate": "1/s"},
    "operators": [$2]}]}}
JSON
}
# column K FILE: of calibration.csv
column() { awk -F, -v k="$1" 'NR > 1 { print $k }' "$2" | tr '\n' ' '; }

# Alone on its cores, whatever else is in the scenario: 100 m items a second and window. The last item of the
# first window ends at its end. Both models are w1 = 10 ms and nothing else, and are right where they were not fitted.
scenario wide '{"name": "op", "flops": "10Mf", "max_parallelism": 4, "placement": "wide"}'
expect 0 "j/op, windows of 1 s; models fitted to 1 to 6 instances" calibrate-mst "$folder/wide.json" --operator op --windows 1 -o "$folder/files"
column 2 "$folder/files/calibration.csv" >"$folder/mst"
[ "$(cat "$folder/mst")" = "100 200 300 400 500 600 700 800 900 1000 " ] || fail "MST: $(cat "$folder/mst")"
column 4 "$folder/files/calibration.csv" | awk '{ for (m = 1; m <= 10; m++) if ($m > 100 * m || $m < 100 * m - m) bad = 1 } END { exit bad }' ||
    fail "MSTW: $(column 4 "$folder/files/calibration.csv")"
awk '$1 == "MST" { w0 = $2; w1 = $3; w2 = $4; w3 = $5; held = $7 } END { exit !(w1 > 0.009999 && w1 < 0.010001 && w0 + w2 + w3 < 1e-9 && held < 0.01) }' \
    "$folder/out" || fail "weights: $(cat "$folder/out")"
has_told '{"name": "svr-twres", "calibration": {"j/op": "1:100,2:200,3:300,' || fail "no parameter"
grep -q 'using 1:3' "$folder/files/calibration.gp" || fail "no figure"

# What it prints is a parameter of svr-twres.
grep svr-twres "$folder/out" >"$folder/policy"
expect 0 "" run "$folder/wide.json" --policy "$(cat "$folder/policy")" --set duration=3s --set faults=[] -o "$folder/run" -q

# Four cores: from four instances on they share 400 a second, which no model of one to four foresees.
scenario narrow '{"name": "op", "flops": "10Mf", "max_parallelism": 4, "placement": "narrow"}'
expect 0 "held out" calibrate-mst "$folder/narrow.json" --operator j/op --instances 5 --fitted 4 --windows 2 -o "$folder/files"
column 2 "$folder/files/calibration.csv" >"$folder/mst"
awk '{ exit !($1 == 100 && $2 == 200 && $3 == 300 && $4 == 400 && $5 > 396 && $5 < 404) }' "$folder/mst" || fail "four cores: $(cat "$folder/mst")"
awk '$1 == "MST" { exit !($6 < 0.01 && $7 > 24 && $7 < 26) }' "$folder/out" || fail "held out: 25 %, not $(cat "$folder/out")"

# Held back by the operator before it, which does 250 a second.
scenario chain '{"name": "first", "flops": "4Mf", "placement": "wide"}, {"name": "op", "flops": "10Mf", "placement": "wide"}'
expect 0 "limit: first" calibrate-mst "$folder/chain.json" --operator op --instances 3 --fitted 2 --windows 2 -o "$folder/files"
column 2 "$folder/files/calibration.csv" >"$folder/mst"
[ "$(cat "$folder/mst")" = "100 200 250 " ] || fail "a chain: $(cat "$folder/mst")"

# The busiest operator by declared work, if none is named.
expect 0 "other/hog" calibrate-mst "$folder/wide.json" --instances 1 --windows 1 --set window=10s
expect 3 'no operator "nobody"' calibrate-mst "$folder/wide.json" --operator nobody
expect 3 'no operator "other/op"' calibrate-mst "$folder/wide.json" --operator other/op
expect 2 "fitted" calibrate-mst "$folder/wide.json" --instances 3 --fitted 4
scenario free '{"name": "op", "placement": "source"}'
expect 4 "nothing that limits" calibrate-mst "$folder/free.json" --operator op --instances 1 --windows 1 --set window=1ms
finish
