#!/usr/bin/env bash
# Exit codes, and what goes to stdout and to stderr.
. "$(dirname "$0")/common.sh"
scenario=tests/input/cli.json

expect 0 "latency_mean" run $scenario --policy good --seed 3 -o "$folder/a"
grep -q "results are in $folder/a" "$folder/err" || fail "run does not say where results are"
expect 0 '"policy":' run $scenario --policy good --seed 3 -o "$folder/a" --json --quiet
json run
empty err
expect 3 "has results of other inputs; --force replaces them" run $scenario --policy good --seed 4 -o "$folder/a"
expect 0 "seed 4" run $scenario --policy good --seed 4 -o "$folder/a/" --force
expect 0 "policy fair, seed 1" run $scenario -o "$folder/b" # the scenario's first

expect 0 "* best of its column" compare $scenario -o "$folder/c"
grep -q "^good " "$folder/out" || fail "no row for good"
expect 0 "6 of 6 runs are finished and kept" compare $scenario -o "$folder/c"
expect 3 "has 6 finished runs, not all of these inputs" compare $scenario -o "$folder/c" --set duration=50s
expect 0 "6 of 6 runs are finished and kept" compare $scenario -o "$folder/c" --resume
expect 0 '"diff_ci95"' compare $scenario -o "$folder/c" --resume --json --quiet
json compare
empty err

# Results of another engine: not kept beside new ones, and nothing is touched until it is clear what is wanted.
cp -r "$folder/c" "$folder/other"
sed -i 's/"fake engine 1"/"SimGrid 9.9.9"/' "$folder/other/runs/fair/seed-2/result.json"
"$reseal" "$folder/other/runs/fair/seed-2"
expect 3 "other: has results that SimGrid 9.9.9 made, and this weir runs on fake engine 1, whose results may be other ones" \
    compare $scenario -o "$folder/other" --resume
grep -qF -e "they are not mixed: --force runs all anew, -o DIR writes elsewhere" "$folder/err" || fail "no remedy"
same "$folder/c/summary.csv" "$folder/other/summary.csv"
expect 3 "made, and this weir runs on" compare $scenario -o "$folder/other" --resume --policy good
sed -i '/"engine":/d' "$folder/other/runs/fair/seed-2/result.json" # of a weir that did not say
"$reseal" "$folder/other/runs/fair/seed-2"
expect 0 "6 of 6 runs are finished and kept" compare $scenario -o "$folder/other" --resume
sed -i 's/"fake engine 1"/"SimGrid 9.9.9"/' "$folder/other/runs/fair/seed-1/result.json"
"$reseal" "$folder/other/runs/fair/seed-1"
expect 0 "latency p99" compare $scenario -o "$folder/other" --force --quiet --metrics latency_p99,cost
grep -q "SimGrid 9" "$folder/other/runs/fair/seed-1/result.json" && fail "--force has kept a run of another engine"

expect 0 "latency p99" compare $scenario -o "$folder/c" --force --quiet --metrics latency_p99,cost
empty err
expect 0 "3 seeds" compare $scenario -o "$folder/d" --seeds 2,5,9 --policy good --policy good+fair -j 1
[ -e "$folder/d/runs/good+fair/seed-9/result.json" ] || fail "no result of good+fair, seed 9"
expect 0 "4 of 4 runs" compare $scenario -o "$folder/d" -s 2,5 -p good -p good+fair --resume
expect 0 "" compare "$folder/d/scenario.json" -o "$folder/e" --seeds 2 --quiet # the copy of the inputs is a scenario
expect 0 "2 hosts are enough" compare $scenario -o "$folder/f" --set 'name=2 hosts are enough' --seeds 1
cd "$folder" && expect 0 "results are in results/clear%20name" run e/../d/scenario.json --set 'name=clear name' -p good
[ -e "$folder/results/clear%20name/good-seed-1/result.json" ] || fail "no results in the usual folder"
cd - >/dev/null

expect 2 "--metrics: \"latency\" is no metric" compare $scenario --metrics latency
expect 2 "--set: \"duration\" is not path=value" run $scenario --set duration
expect 2 "--seed: \"-1\" is no seed" run $scenario --seed=-1
expect 2 "--seeds: \"9-2\" is no range" compare $scenario --seeds 9-2
expect 2 "--seeds: \"x\" is no seed" compare $scenario --seeds 1,x
expect 2 "--seeds: \"0\" is no integer from 1" compare $scenario --seeds 0
expect 2 "--jobs: \"0\" is no integer from 1 to 4096" compare $scenario -j 0
expect 2 "--timeout: \"soon\" is no time" compare $scenario --timeout soon
expect 2 "give one of the two" compare $scenario --resume --force
expect 2 "--output: the name of a folder is missing" run $scenario -o ""

expect 3 "no-such.json: no such file" run no-such.json
expect 3 '"fairr" is not known' run $scenario --policy fairr
expect 3 "is there twice" compare $scenario --policy fair --policy fair -o "$folder/g"
expect 3 "cannot make this folder" run $scenario -o /proc/nowhere/x
expect 4 "does not want to, with seed 1" run $scenario --policy refuses -o "$folder/h"
[ -e "$folder/h" ] && fail "a failed run left results"
expect 4 "6 of 9 runs" compare $scenario -p refuses -p fair -p aborts -o "$folder/i"
expect 4 "Only 3 of 9 runs are in this table" compare $scenario -p refuses -p fair -p aborts -o "$folder/i" --resume
expect 4 "took longer than the 0.1 s" run $scenario -p endless --timeout 100ms -o "$folder/j"
expect 5 "its last words: the host is on fire" run $scenario --policy aborts -o "$folder/k"
empty out
expect 5 "ended by signal 9 (Killed) without a word" run $scenario --policy vanishes -o "$folder/k"
expect 5 "ended with code 0 and no result" compare $scenario --policy leaves -o "$folder/l"
finish
