#!/usr/bin/env bash
# weir calibrate against arithmetic. An item takes the link's latency and its work: 20 ms + 20 Mflop at 1 Gflop/s = 40 ms, and ten of them a second
# keep a core busy for a fifth of its time.
. "$(dirname "$0")/common.sh"

cat >"$folder/platform.xml" <<'XML'
<?xml version='1.0'?>
<!DOCTYPE platform SYSTEM "https://simgrid.org/simgrid.dtd">
<platform version="4.1">
  <zone id="all" routing="Full">
    <host id="source" speed="1Gf"><prop id="tier" value="edge"/></host>
    <host id="work" speed="1Gf"><prop id="tier" value="cloud"/></host>
    <link id="way" bandwidth="1GBps" latency="5ms"/>
    <route src="source" dst="work"><link_ctn id="way"/></route>
  </zone>
</platform>
XML
cat >"$folder/s.json" <<'JSON'
{"platform": "platform.xml", "duration": "1min", "window": "10s", "policies": ["static"],
 "workload": {"jobs": [
   {"name": "j", "source": "source", "load": {"kind": "constant", "rate": "10/s"},
    "operators": [{"name": "op", "flops": "5Mf", "placement": "work"}]}]}}
JSON
# measured NAME PER_S: what comes of so many items a second
measured()
{
    awk -v r="$2" 'BEGIN { print "time,items,ms,cpu"; for (t = 10; t <= 60; t += 10) print t "," r ",40," 2 * r }' >"$folder/$1.csv"
}
measured ten 10
measured thirty 30
flops='workload.jobs[0].operators[0].flops'
way="//link[@id='way']/@latency"
match=(--match 'latency_mean=ms*0.001' --match 'j/op/busy=cpu*0.01')
# fit ARGUMENTS...: both keys, as a rule
fit() { expect 0 "" calibrate "$folder/s.json" "$@" --free "$flops=2Mf..80Mf,as=work" --free "$way=1ms..60ms,as=way" "${match[@]}" --budget 60; }
# value KEY FILE: of parameters.csv
value() { awk -F, -v k="$1" '$1 == k { print $3 }' "$2"; }
near() { awk -v a="$1" -v b="$2" 'BEGIN { exit !(a > 0.997 * b && a < 1.003 * b) }' || fail "$3: $1, not $2"; }

fit "$folder/ten.csv" -o "$folder/a" -q
near "$(value work "$folder/a/parameters.csv")" 20 "work"
near "$(value way "$folder/a/parameters.csv")" 20 "way"
has_told "told" && fail "both keys can be told: $(cat "$folder/out")"
for file in scenario.json platform.xml calibration.json parameters.csv agreement.csv series.csv evaluations.csv report.html; do
    [ -s "$folder/a/$file" ] || fail "no $file"
done
grep -q 'class="line"' "$folder/a/report.html" || fail "no drawing in the report"
[ "$(wc -l <"$folder/a/series.csv")" -eq 13 ] || fail "series.csv: two series of six rows"
# The fitted scenario runs, says where it comes from, and is what was measured.
expect 0 "" run "$folder/a/scenario.json" -q -o "$folder/run"
awk -F, '$5 == "latency_mean" { if ($6 < 0.0398 || $6 > 0.0402) exit 1; n++ } END { exit n < 6 }' "$folder/run/windows.csv" || fail "the fitted scenario"
for word in '"# calibrated"' '"crc32"' 'ten.csv' '"work"'; do
    grep -qF "$word" "$folder/a/scenario.json" || fail "scenario.json does not say $word"
done

# The same again runs nothing, and is the same to the last byte; so is a fit that was cut in two.
mkdir "$folder/b"
cp "$folder/a/calibration.json" "$folder/first.json"
size=$(wc -c <"$folder/a/runs.kept")
fit "$folder/ten.csv" -o "$folder/a" -q -j 1
same "$folder/first.json" "$folder/a/calibration.json"
[ "$(wc -c <"$folder/a/runs.kept")" -eq "$size" ] || fail "runs that are kept were made again"
head -c $((size / 2)) "$folder/a/runs.kept" >"$folder/b/runs.kept"
fit "$folder/ten.csv" -o "$folder/b" -q
same "$folder/first.json" "$folder/b/calibration.json"

# Held out: three times the load, of the column; the work is the same, and the core three times as busy.
fit "$folder/ten.csv" "$folder/thirty.csv" --load items,even --fit-on ten --predict thirty -o "$folder/c" --json
json calibrate
awk -F, '$1 == "thirty" && $2 == 0 && $8 < 0.01 { n++ } END { exit n != 2 }' "$folder/c/agreement.csv" || fail "held out: $(cat "$folder/c/agreement.csv")"
expect 1 "j/op/busy is predicted with a misfit of" calibrate "$folder/s.json" "$folder/ten.csv" "$folder/thirty.csv" --predict thirty \
    --free "$flops=2Mf..80Mf" --match 'j/op/busy=cpu*0.01' --budget 20 --within 0.2 -o "$folder/d" -q

# Work and speed of the host: their ratio alone is seen.
expect 0 "cannot be told apart: work, speed" calibrate "$folder/s.json" "$folder/ten.csv" --free "$flops=2Mf..80Mf,as=work" \
    --free "//host[@id='work']/@speed=0.5Gf..4Gf,as=speed" --free "$way=1ms..60ms,as=way" "${match[@]}" --budget 100 -o "$folder/e" -q
near "$(value way "$folder/e/parameters.csv")" 20 "way beside a pair"

# refuse CODE FRAGMENT ARGUMENTS...
refuse() { local code=$1 words=$2; shift 2; expect "$code" "$words" calibrate "$folder/s.json" "$@" -o "$folder/x" -q; }
refuse 2 "what to work on is missing"
refuse 2 "nothing is free" "$folder/ten.csv"
refuse 2 "write them the other way round" "$folder/ten.csv" --free "$flops=80Mf..2Mf"
refuse 2 "no measured file is called \"eleven\"" "$folder/ten.csv" --free "$flops=2Mf..80Mf" --predict eleven
refuse 2 'has no operator "pp"' "$folder/ten.csv" --free "$flops=2Mf..80Mf" --match j/pp/busy=cpu
refuse 2 'did you mean "latency_mean"?' "$folder/ten.csv" --free "$flops=2Mf..80Mf" --match latency_mena=ms
refuse 3 'ten.csv' "$folder/ten.csv" --free "$flops=2Mf..80Mf" --match latency_mean=millis
refuse 3 "say what is what with --match" "$folder/ten.csv" --free "$flops=2Mf..80Mf"
refuse 3 "must take from 1 to 3" "$folder/ten.csv" --free "workload.jobs[0].operators[0].name=1..3" "${match[@]}"
refuse 3 "changes nothing in a run" "$folder/ten.csv" --free "workload.jobs[0].#note=1..3" "${match[@]}"
refuse 3 "selects nothing" "$folder/ten.csv" --free "//link[@id='wey']/@latency=1ms..3ms" "${match[@]}"
refuse 2 "5 runs are too few for 1 key, 1 file and 1 seed; give 17 at least" "$folder/ten.csv" --free "$flops=2Mf..80Mf" "${match[@]}" --budget 5
printf 'time,ms\n10,40\n20,forty\n' >"$folder/words.csv"
refuse 3 "words.csv:3" "$folder/words.csv" --free "$flops=2Mf..80Mf" --match latency_mean=ms
finish
