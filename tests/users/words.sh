#!/usr/bin/env bash
# What programs write to stderr is kept with each run, and an error shows the line of the script. Argument: weir.
. "$(dirname "$0")/common.sh"
need_python
cat >"$folder/base.json" <<END
{"platform": "$PWD/tests/input/valid/two-tier.xml", "duration": "20s", "window": "5s",
 "workload": {"jobs": [{"name": "s", "source": {"host": "edge"}, "source_bytes": "1kB",
   "load": {"kind": "constant", "rate": "20/s"}, "operators": [{"name": "a", "flops": "1Mf", "bytes": "1kB", "max_parallelism": 4}]}]}}
END
cat >"$folder/mine.py" <<'END'
import json, os, sys

def wanted(rates):
    return json.loads(rates)

windows = 0
for line in sys.stdin:
    message = json.loads(line)
    if message.get("event") == "window_ends":
        windows += 1
        print(f"window {windows}", file=sys.stderr)
        if windows == 3 and len(sys.argv) > 1:
            wanted("[1, 2")
    if message.get("event") not in (None, "end"):
        plan = [{"job": "s", "op": "a", "scale": int(os.environ.get("SCALE", "2"))}] if windows == int(os.environ.get("WHEN", "1")) else []
        print(json.dumps({"plan": plan}), flush=True)
END
fine="{\"label\": \"my own\", \"exec\": \"python3 $folder/mine.py\"}"
wrong="{\"label\": \"my wrong\", \"exec\": \"python3 $folder/mine.py wrong\"}"
printf 'window 1\nwindow 2\nwindow 3\n' >"$folder/said"

# The line of the script is 4, though the program ends in json's files; and the policy has its label.
told()
{
    tr -s '"' <"$1" | grep -q "policy my wrong at 15 s (window 2): python3 $folder/mine.py wrong: the program ended with code 1 before it answered; it wrote last: File \"$folder/mine.py\", line 4, in wanted | return json.loads(rates) | \.\.\. | .*JSONDecodeError: Expecting ',' delimiter" ||
        fail "$2 does not show the line of the script: $(cat "$1")"
}

expect 0 "throughput" run "$folder/base.json" -o "$folder/run" -q -p "$fine"
same "$folder/said" "$folder/run/stderr.txt"
[ -e "$folder/run.stderr.txt" ] && fail "words beside a run that is finished"
grep -q "^5,my own,s,a," "$folder/run/decisions.csv" || fail "decisions do not call the policy by its label"
expect 4 "all that it wrote is in $folder/bad.stderr.txt" run "$folder/base.json" -o "$folder/bad" -q -p "$wrong"
told "$folder/err" run
head -3 "$folder/bad.stderr.txt" | cmp -s - <(head -3 "$folder/said") || fail "the words of a run that failed are not kept"
[ -e "$folder/bad" ] && fail "a folder of a run that failed"
expect 0 "throughput" run "$folder/base.json" -o "$folder/bad" -q -p "$fine"
same "$folder/said" "$folder/bad/stderr.txt"
expect 0 "throughput" run "$folder/base.json" -o "$folder/silent" -q -p static
[ -e "$folder/silent/stderr.txt" ] && fail "a file for what said nothing"
# In a stack each has the name of its file, and two of one file are told apart.
expect 0 "throughput" run "$folder/base.json" -o "$folder/stack" -q \
    -p "[{\"exec\": \"python3 $folder/mine.py\"}, {\"exec\": \"WHEN=2 SCALE=3 python3 $folder/mine.py\"}]"
cut -d, -f2 "$folder/stack/decisions.csv" | sort -u | tr '\n' ' ' | grep -q "^mine mine-2 policy $" ||
    fail "names in a stack: $(cut -d, -f2 "$folder/stack/decisions.csv" | sort -u)"

expect 4 "my wrong" compare "$folder/base.json" -o "$folder/compared" -p "$fine" -p "$wrong" --seeds 2
told "$folder/err" compare
for seed in 1 2; do
    same "$folder/said" "$folder/compared/runs/my%20own/seed-$seed/stderr.txt"
    grep -q "line 4, in wanted" "$folder/compared/runs/my%20wrong/seed-$seed.stderr.txt" || fail "compare, seed $seed: words are not kept"
done
expect 0 "my own" compare "$folder/base.json" -o "$folder/compared" -p "$fine" --seeds 1 --force
[ -e "$folder/compared/runs/my%20wrong" ] && fail "--force leaves words of a run that is gone"

cat >"$folder/study.json" <<END
{"scenario": "base.json", "policies": [$fine, $wrong], "seeds": [1, 2], "grid": {"duration": ["20s"]}}
END
expect 4 "" sweep "$folder/study.json" -o "$folder/swept"
told "$folder/swept/failures.csv" sweep
[ "$(find "$folder/swept/stderr" -name '*.txt' | wc -l)" = 4 ] || fail "sweep: not one file a run"
expect 0 "" sweep "$folder/study.json" -o "$folder/swept" --extract 1
same "$folder/said" "$(echo "$folder"/swept/extracted/*/stderr.txt)"

# Of very many words the beginning and the end are kept.
expect 0 "throughput" run "$folder/base.json" -o "$folder/many" -q \
    -p "exec:python3 -c 'import sys; sys.stderr.write(\"x\" * 3000000 + \"the end\"); sys.stderr.flush(); [print(\"{}\", flush=True) for l in sys.stdin if \"event\" in l and \"\\\"end\\\"\" not in l]'"
size=$(wc -c <"$folder/many/stderr.txt")
[ "$size" -gt 1048576 ] && [ "$size" -lt 1060000 ] || fail "$size bytes are kept"
tail -c 7 "$folder/many/stderr.txt" | grep -q "the end" || fail "the end is not kept"
grep -q "$((3000007 - 1048576 - 4096)) bytes are not kept" "$folder/many/stderr.txt" || fail "what is not kept is not told"
finish
