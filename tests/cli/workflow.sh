#!/usr/bin/env bash
# weir workflow: what a file amounts to, for people and for programs; and a job that runs one.
. "$(dirname "$0")/common.sh"
heft=tests/input/workflows/heft

expect 0 "tasks          10 (1 roots, 1 sinks)" workflow $heft.xml
empty err
grep -q "critical path  66 s without transfers (speed-up at most 1.92)" "$folder/out" || fail "text: $(cat "$folder/out")"
expect 0 '"critical_path_s":	66' workflow $heft.xml --json
empty err
json workflow --json
# Every format says the same but for the file and the format.
for file in $heft.json $heft-1.4.json $heft-1.5.json $heft.xml $heft.dot $heft.txt $heft.tasks.csv; do
    expect 0 "" workflow "$file" --json
    grep -v '"file"\|"format"' "$folder/out" >"$folder/this"
    [ -e "$folder/wanted" ] || cp "$folder/this" "$folder/wanted"
    same "$folder/this" "$folder/wanted"
done
expect 0 "heft-1.4.json: ok (10 tasks, 15 edges)" check $heft-1.4.json $heft.json
expect 3 "in a circle: b -> c -> b" check tests/input/workflows/wrong-circle.json
# Packed.
gzip -c $heft.dot >"$folder/heft.dot.gz"
expect 0 "DOT" workflow "$folder/heft.dot.gz"

expect 0 '"work_flops":	254000000000' workflow $heft.xml --json --reference-speed 2Gf
expect 0 '"edge_bytes":	2975' workflow $heft.xml --json --data-factor 0.1
expect 0 '"work_s":	128' workflow $heft.xml --json --least-runtime 6s
expect 2 '--reference-speed: "2" has no unit' workflow $heft.xml --reference-speed 2
expect 2 "--reference-speed: must be more than 0" workflow $heft.xml --reference-speed 0
expect 2 "--data-factor: must not be negative" workflow $heft.xml --data-factor -1
expect 2 "--least-runtime" workflow $heft.xml --least-runtime soon
expect 3 "no-such-file.json: no such file" workflow no-such-file.json
expect 0 "1 of 2 tasks have a runtime of zero, too short to be measured, and take no time" workflow tests/input/workflows/runtime-zero.json
expect 0 "tasks          2" workflow tests/input/workflows/runtime-zero.json --least-runtime 1ms

# The results folder keeps a scenario that runs again, whatever folder the workflow lies in; another content is another run.
mkdir "$folder/in"
cp tests/input/valid/two-tier.xml "$folder/in"
cp $heft.json "$folder/in/w.json"
cat >"$folder/in/s.json" <<'END'
{"platform": "two-tier.xml", "duration": "1h", "workload":
  {"jobs": [{"name": "w", "source": "edge", "workflow": "w.json"}, {"name": "v", "source": "cloud", "workflow": {"file": "w.json"}}]}}
END
expect 0 "127" compare "$folder/in/s.json" -o "$folder/one" -q
expect 0 "127" compare "$folder/one/scenario.json" -o "$folder/two" -q
same "$folder/one/summary.csv" "$folder/two/summary.csv"
cp "$folder/one/summary.csv" "$folder/before.csv"
sed 's/14s/15s/' $heft.json >"$folder/in/w.json"
expect 0 "128" compare "$folder/in/s.json" -o "$folder/one" -q --resume
cmp -s "$folder/one/summary.csv" "$folder/before.csv" && fail "a changed workflow gives the results of the old one"
finish
