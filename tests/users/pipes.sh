#!/usr/bin/env bash
# Programs that misbehave at the pipe: the run ends with a clear error and code 4, the comparison goes on, and no process
# stays behind. Arguments: weir, the program that misbehaves.
. "$(dirname "$0")/common.sh"
cp "$2" "$folder/misbehave" # its path is that of this test alone
bad=$folder/misbehave
program=$bad
echo "$bad" >"$folder/name"
cat >"$folder/small.json" <<END
{"platform": "$PWD/tests/input/valid/two-tier.xml", "duration": "50s", "window": "5s",
 "workload": {"jobs": [{"name": "s", "source": {"host": "edge"}, "source_bytes": "1kB", "depart": "22s",
   "load": {"kind": "constant", "rate": "20/s"},
   "operators": [{"name": "a", "flops": "1Mf", "bytes": "1kB", "max_parallelism": 2}]}]}}
END

# Processes of this test that are alive.
alive()
{
    grep -lsaFf "$folder/name" /proc/[0-9]*/cmdline
}

# Those that are alive though they should not be; ends take a while.
left()
{
    local found process
    for _ in $(seq 600); do
        found=$(alive)
        [ -z "$found" ] && return
        sleep 0.1
    done
    for process in $found; do
        tr '\0' ' ' <"$process"
    done
}

# misbehaves MODE TIMEOUT MESSAGE: what hangs has {limit} in both.
misbehaves()
{
    expect_limit 4 "$3" run "$folder/small.json" -o "$folder/$1" -q \
        --policy "{\"exec\": \"$program $1\", \"timeout\": \"$2\"}"
    grep -q "policy [a-z]*\( at [0-9.]* s ([a-z ]* [s0-9]*)\)\?: $program $1: " "$folder/err" || fail "$1: does not say when and what"
    [ -e "$folder/$1" ] && fail "$1: results of a run that failed"
    local stay
    stay=$(left)
    [ -z "$stay" ] || fail "$1: stays behind: $stay"
}

for mode in fine empty-plan answers-end noisy leaves-child daemon; do
    expect 0 "throughput" run "$folder/small.json" -o "$folder/$mode" -q --policy "exec:$bad $mode"
    stay=$(left)
    [ -z "$stay" ] || fail "$mode: stays behind: $stay"
done
expect 0 "throughput" run "$folder/small.json" -o "$folder/static" -q --policy static
for mode in fine noisy; do
    same "$folder/static/windows.csv" "$folder/$mode/windows.csv" # what decides nothing changes nothing
done

misbehaves hangs {limit}s "gave no answer within {limit} s"
misbehaves hangs-at-once {limit}s "gave no answer within {limit} s"
misbehaves hangs-later {limit}s "gave no answer within {limit} s"
misbehaves late {limit}s "gave no answer within {limit} s"
misbehaves half 10min "ended with code 0 in the middle of its answer (\"{\"plan\": [{\"jo\")"
misbehaves half-hangs {limit}s "gave a part of an answer (\"{\"plan\": [{\"jo\") but no end of line within {limit} s"
misbehaves half-next 10min "answered twice: \"{\"pl\""
misbehaves twice 10min "answered twice: \"{}\""
misbehaves twice-slowly 10min "the program "
misbehaves lags 10min "answered more often than it was asked: 2 lines were left"
misbehaves unasked 10min "\"ready\""
misbehaves dies-at-once 10min "ended with code 2 before it answered"
misbehaves dies 10min "ended with code 3 before it answered; it wrote last: Traceback (most recent call last): | line 7 | NameError: name 'buzy' is not defined (all that it wrote is in $folder/dies.stderr.txt)"
program="exec $bad"
misbehaves killed 10min "ended by signal 9 (Killed) before it answered"
misbehaves closes 10min "closed its output before it answered"
program=$bad
misbehaves deaf {limit}s "within {limit} s"
misbehaves rubbish 10min "(it wrote \"I think that we should scale\")"
misbehaves nothing 10min "the program's answer"
misbehaves list 10min "must be an object such as {} or {\"plan\": [...]}"
misbehaves zero 10min "a zero byte"
misbehaves long 10min "longer than 16 MiB"
misbehaves nan 10min "JSON has no NaN"
misbehaves minus-infinity 10min "no NaN and no Infinity"
misbehaves infinity 10min "plan[0].instances[0].weight"
misbehaves unknown-host 10min "plan[0].move: there is no host \"edge9\"; did you mean \"edge"
misbehaves unknown-op 10min "plan[0].op: there is no operator \"zz\""
misbehaves unknown-job 10min "plan[0].job: there is no job \"street\""
misbehaves unknown-key 10min "did you mean \"scale\"?"
misbehaves unknown-word 10min "did you mean \"plan\"?"
misbehaves two-wishes 10min "must have one of \"instances\", \"scale\", \"move\" and \"rate\""
misbehaves scale-below-zero 10min "plan[0].scale"
misbehaves no-host 10min "\"host\""
program=$folder/none
misbehaves x 10min "ended with code 127 before it answered; it wrote last: sh: 1: $folder/none: not found"

# What cannot be carried out is refused, as with every policy.
for mode in negative too-many; do
    expect 0 "refused" run "$folder/small.json" -o "$folder/$mode" -q --policy "exec:$bad $mode"
done
grep -q "weight of instance 1 is -1" "$folder/negative/decisions.csv" || fail "a negative weight is not refused"
grep -q "at most 2 are allowed" "$folder/too-many/decisions.csv" || fail "three instances are not refused"

sed 's|"window"|"faults": [{"host": "cloud", "at": "2s", "for": "20s"}], "window"|' "$folder/small.json" >"$folder/faults.json"
expect 0 "refused" run "$folder/faults.json" -o "$folder/to-cloud" -q --policy "exec:$bad to-cloud"
grep -q '^5,misbehave,s,a,.*"\?host "\+cloud"\+ is down' "$folder/to-cloud/decisions.csv" || fail "a host that is down is not refused"

# One that does not end by itself is ended.
expect 0 "throughput" run "$folder/small.json" -o "$folder/stubborn" -q --policy "exec:$bad stubborn"

# A comparison goes on.
expect 4 "2 of 3 runs failed" compare "$folder/small.json" -o "$folder/compared" -p static -p "exec:$bad dies" \
    -p "{\"label\": \"rubbish\", \"exec\": \"$bad rubbish\"}" --seeds 1
grep -q "^static " "$folder/out" || fail "no row of the policy that works"
grep -q "NameError" "$folder/err" || fail "the comparison does not say why"
same "$folder/static/windows.csv" "$folder/compared/runs/static/seed-1/windows.csv"

# An interrupted run takes its program with it.
"$weir" run "$folder/small.json" -o "$folder/cut" -q --policy "{\"exec\": \"$bad hangs\", \"timeout\": \"1h\"}" \
    >/dev/null 2>&1 &
wait_for alive >/dev/null
kill -TERM $!
wait $!
stay=$(left)
[ -z "$stay" ] || fail "stays behind: $stay"

# So does one that is killed, be it weir, its run or both; children that made sessions of their own go, too.
for who in weir run both; do
    "$weir" run "$folder/small.json" -o "$folder/killed" -q -f --policy "{\"exec\": \"$bad daemon-hangs\", \"timeout\": \"1h\"}" \
        >/dev/null 2>&1 &
    started=$!
    all_there() { [ "$(alive | wc -l)" -ge 6 ]; } # weir, its run, the guard; the program, a session, one whose parent is gone
    wait_for all_there
    child=$(cut -d' ' -f1 "/proc/$started/task/$started/children")
    case $who in
    weir) kill -KILL "$started" ;;
    run) kill -KILL "$child" ;;
    both) kill -KILL "$started" "$child" ;;
    esac
    wait $started 2>/dev/null
    stay=$(left)
    [ -z "$stay" ] || fail "$who killed: stays behind: $stay"
done

expect 3 "must be a command" run "$folder/small.json" -p exec
expect 3 "must be an object" run "$folder/small.json" -p '{"exec": "true", "params": [1]}'
expect 3 "timeout" run "$folder/small.json" -p '{"exec": "true", "timeout": "0s"}'
expect 3 "no-such-folder is no folder" run "$folder/small.json" -p '{"exec": "true", "folder": "no-such-folder"}'
# A program that routes: every item to the second of two instances, which is on edge2; then, as it sends no number, as the
# engine would; and a number that is none ends the run.
cat >"$folder/two.json" <<END
{"platform": "$PWD/tests/input/valid/two-tier.xml", "duration": "20s", "window": "10s",
 "workload": {"jobs": [{"name": "s", "source": {"host": "edge"}, "load": {"kind": "constant", "rate": "20/s"},
   "operators": [{"name": "a", "flops": "1Mf", "parallelism": 2, "placement": {"tier": "edge"}}]}]}}
END
cat >"$folder/route.sh" <<'END'
while IFS= read -r line; do
    case $line in
    '{"hello"'* | '{"event":"end"'*) ;;
    '{"event":"route"'*'"from":"source","host":"edge",'*'"host":"edge2","instances":1,'*) echo "$1" ;;
    '{"event":"route"'*) echo '{"route": 99}' ;;
    *) echo '{}' ;;
    esac
done
END
routed()
{
    expect "$1" "$2" run "$folder/two.json" -o "$folder/routed" -q -f \
        --policy "{\"exec\": \"sh $folder/route.sh '$3'\", \"route\": $4}"
}
routed 0 "" '{\"route\": 1}' true
grep -q '^20,,,edge,cpu,0$' "$folder/routed/windows.csv" || fail "items went to the first candidate"
grep -q '^20,,,edge2,cpu,0.01$' "$folder/routed/windows.csv" || fail "items did not go to the second candidate"
for wants in true false; do
    routed 0 "" '{}' $wants
    grep -q '^20,,,edge,cpu,0.01$' "$folder/routed/windows.csv" || fail "the engine does not take turns"
done
routed 4 "route: 2 is too large; it must be from 0 to 1" '{\"route\": 2}' true

finish
