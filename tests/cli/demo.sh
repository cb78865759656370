#!/usr/bin/env bash
# weir demo as text: what the six demos show, what actions do, and what is refused.
. "$(dirname "$0")/common.sh"

mkdir "$folder/tmp"
export TMPDIR=$folder/tmp
names="backpressure migration autoscaling offloading anomaly mobility"

# All six, from another folder: they need nothing beside the program. Two windows of each, and the end.
program=$(realpath "$weir")
for name in $names; do
    (cd "$folder" && "$program" demo "$name" --no-tty --until 10s) >"$folder/$name.txt" 2>"$folder/err" </dev/null ||
        fail "demo $name"
    [ ! -s "$folder/err" ] || fail "demo $name says $(cat "$folder/err")"
    for line in "$name: policy " "     5 s  in " "    10 s  in " "  -> " "CPU of " "in the end" "latency_p95"; do
        grep -qF -e "$line" "$folder/$name.txt" || fail "demo $name does not say \"$line\""
    done
    expect 0 "  $name " help demo
done

# window FILE SECONDS: the lines of a window
window()
{
    awk -v wanted="$2" '$2 == "s" && $3 == "in" { on = $1 == wanted } /^$|^>>>/ { on = 0 } on' "$1"
}

# Half as much again as the bottleneck takes, 50 items a second, from the beginning: 25/s are three times 25/s.
expect 0 "" demo backpressure --no-tty --until 200s --do 0s:load=3
cp "$folder/out" "$folder/story"
head -3 "$folder/story" | grep -q "^>>>>>> from 0 s on: load x3$" || fail "the action is not told"
window "$folder/story" 200 >"$folder/last"
grep -q "detect .* busy 100 %.* -> busy$" "$folder/last" || fail "the bottleneck is not busy"
for op in decode crop; do
    grep -q "$op .* -> backpressured$" "$folder/last" || fail "$op is not backpressured"
done
grep -q "alert .* -> idle$" "$folder/last" || fail "alert is not idle"
grep -q "source .* -> backpressured$" "$folder/last" || fail "the source is not backpressured"
backlogs=$(sed -n 's/^ *[0-9]* s  in .* backlog \([0-9]*\).*/\1/p' "$folder/story" | tail -20)
[ "$backlogs" = "$(sort -n <<<"$backlogs" | uniq)" ] || fail "the backlog does not grow: " $backlogs
# 25 items a second too many for 20 windows of 5 s
grown=$(($(tail -1 <<<"$backlogs") - $(head -1 <<<"$backlogs")))
[ $grown -gt 2200 ] && [ $grown -lt 2550 ] || fail "the backlog grows by $grown, not by 19 x 125"

# The moment, the price and the gain of a migration.
expect 0 "" demo migration --no-tty --until 240s
grep -q "^ *\* load-balancer: machines/predict moves from edge to cloud (0.101 s there, migration included, instead of overload for 3 windows" "$folder/out" || fail "no decision is told"
grep -q "^ *\* migration of machines/predict is through after .* stood still for .* 20 MB of state moved$" "$folder/out" ||
    fail "no price is told"
gain=$(grep "^  at 195 s machines/predict moves from edge to cloud, by load-balancer; price: .* 20 MB of state moved; latency: " "$folder/out")
[[ $gain =~ latency:\ [0-9.]+\ s\ before,\ [0-9.]+\ s\ at\ worst,\ [0-9.]+\ ms\ in\ the\ end$ ]] || fail "no gain is told: $gain"

# A leak shows in what is reported; the truth beside it, and what policies note, only if asked for.
expect 0 "truly wrong: server-2: memory-leak" demo anomaly --no-tty --until 200s --truth
expect 0 "reported memory: server-1 0 B, server-2 " demo anomaly --no-tty --until 200s
has_told "memory-leak" && fail "the truth is told to whom has not asked"
expect 0 "* sentinel: note (" demo anomaly --no-tty --until 100s --notes --policy sentinel
expect 0 "* sentinel: nothing to change" demo anomaly --no-tty --until 100s --policy sentinel
has_told "note" && fail "notes are told to whom has not asked"

# What will happen: asked before the load is tripled, and told when the time has come. 25 items a second too many for 40 s: 20 s of work.
expect 0 "?????? what will the latency of watch be at 60 s: lower, about the same, higher? (now " \
    demo backpressure --no-tty --until 80s --do 20s:load=3 --ask 40s
told=$(grep "^!!!!!! 60 s: latency " "$folder/out")
latency=$(sed -n 's/^ *\(50\|55\|60\) s  in .*out \([0-9.]*\).*latency \([0-9.]*\) s.*/\2 \3/p' "$folder/out" | awk '{n += $1; s += $1 * $2} END {print s / n}')
[[ $told == "!!!!!! 60 s: latency "*" ms before: higher" ]] || fail "told \"$told\""
awk -v wanted="$latency" '{exit !($5 > wanted - 0.15 && $5 < wanted + 0.15)}' <<<"$told" || fail "told \"$told\", wanted $latency s"
expect 0 "!!!!!! 60 s: latency " demo backpressure --no-tty --until 80s --pause 20s --ask 40s
has_told " before: about the same" || fail "nothing happens, and it is not the same"
[ "$(grep -c '^[?]' "$folder/out")" = 1 ] || fail "asked more than once"
expect 2 "--ask: \"0s\" leaves nothing to ask about" demo backpressure --ask 0s
expect 2 "--pause: the run is over by 900 s; it ends at 900 s" demo backpressure --pause 15min
expect 3 "--beside: there is no policy \"ds3\"" demo backpressure --no-tty --beside ds3

# Two policies side by side are two runs, window by window; what is done is done to both, but for the policy.
expect 0 "" demo backpressure --no-tty --until 60s --do 20s:load=3
sed -n '/^in the end/,$p' "$folder/out" >"$folder/left"
window "$folder/out" 60 >"$folder/window"
expect 0 "" demo backpressure --no-tty --until 60s --do 20s:load=3 --policy reactive
sed -n '/^in the end/,$p' "$folder/out" >"$folder/right"
expect 0 "== reactive" demo backpressure --no-tty --until 60s --do 20s:load=3 --beside reactive -o "$folder/both"
grep -qF -e "$(head -1 "$folder/window")" "$folder/out" || fail "the left one is not the run alone"
awk '/^== / { side = $2 } /^in the end/ { on = 1 } on && !/^== / { print > (folder "/end-" side) }' folder="$folder" "$folder/out"
for side in left:static right:reactive; do
    grep -v '^$' "$folder/${side%:*}" >"$folder/alone-end"
    grep -v '^$' "$folder/end-${side#*:}" >"$folder/beside-end"
    same "$folder/alone-end" "$folder/beside-end"
done
[ -s "$folder/both/report.html" ] && [ -s "$folder/both/runs/static/seed-1/result.json" ] || fail "two runs leave no comparison"

# The run as a report: that of weir run if nothing was done; what was done has another key, so that --resume does not take it.
expect 0 "the report is $folder/alone/report.html" demo migration --no-tty --until 100s -o "$folder/alone"
expect 3 "has results; --force replaces them" demo migration --no-tty --until 100s -o "$folder/alone"
expect 0 "" run workloads/demos/migration.json -o "$folder/run" --quiet --set duration=100s
same "$folder/alone/windows.csv" "$folder/run/windows.csv"
same "$folder/alone/decisions.csv" "$folder/run/decisions.csv"
[ "$(grep -c '"bottlenecks"' "$folder/alone/result.json")" = 1 ] || fail "the run says nothing of who holds whom back"
key()
{
    sed -n 's/.*"key":[^"]*"\([0-9a-f]*\)".*/\1/p' "$1/result.json"
}
[ -n "$(key "$folder/run")" ] && [ "$(key "$folder/alone")" != "$(key "$folder/run")" ] || fail "a run that may have been steered has the key of its inputs"
rm -r "$folder/run"

# Actions: named and not, of load, link and policy; the same script, the same story.
script=(demo backpressure --no-tty --until 60s --do 10s:load/watch=1.5 --do 22s:link=0.1 --do 0.5min:link/lan=0.5
    --do 40s:policy=ds2 --do 45s:policy=ds2+load-balancer)
expect 0 "" "${script[@]}"
cp "$folder/out" "$folder/first"
for line in "10 s on: load x1.5 of watch" "25 s on: link wan x0.1" "30 s on: link lan x0.5" "40 s on: policy ds2" \
    "45 s on: policy ds2+load-balancer"; do
    grep -qF ">>>>>> from $line" "$folder/first" || fail "the story does not say \"$line\""
done
window "$folder/first" 60 | grep -qF "* ds2+load-balancer: nothing to change" || fail "the policy is not the new one"
expect 0 "" "${script[@]}"
same "$folder/first" "$folder/out"
expect 0 "" demo backpressure --no-tty --until 60s
cmp -s "$folder/first" "$folder/out" && fail "actions change nothing"

# Without actions it is the run of weir run.
expect 0 "" demo migration --no-tty --until 100s
cp "$folder/out" "$folder/story"
expect 0 "" run workloads/demos/migration.json -o "$folder/run" --quiet --set duration=100s
for metric in emitted delivered latency_mean latency_p95 slo_violations state_moved paused; do
    [ "$(awk -v m=$metric '$1 == m { print $2, $3 }' "$folder/out" | head -1)" = \
        "$(awk -v m=$metric '$1 == m { print $2, $3 }' "$folder/story" | tail -1)" ] || fail "$metric differs from weir run"
done

# One's own scenario, other seeds, jobs and values.
expect 0 "job see: source > shrink > detect > draw > sink" demo offloading --no-tty --until 10s
expect 0 "job hear: source > filter > words > answer > sink" demo offloading --no-tty --until 10s --job hear
grep -qF "the job has not come yet" "$folder/out" || fail "a job that has not come is not told of"
expect 0 "first: policy ds2, seed 7, 20 s simulated in windows of 2 s" demo workloads/scenarios/first.json --no-tty \
    --policy ds2 --seed 7 --set window=2s --until 20s
expect 0 "policy ds2+nearest" demo workloads/scenarios/first.json --no-tty --policy ds2+nearest --until 20s
begun=$(date +%s%N) # at a speed of 20 it may take longer, on a busy machine, but not less
expect 0 "" demo backpressure --no-tty --until 15s --speed 20
took=$((($(date +%s%N) - begun) / 1000000))
[ $took -ge 700 ] || fail "15 s at a speed of 20 take $took ms"

# Its files, to be changed.
expect 0 "written; now: weir demo $folder/own/backpressure.json" demo backpressure --write "$folder/own"
same "$folder/own/backpressure.json" workloads/demos/backpressure.json
same "$folder/own/backpressure.xml" workloads/demos/backpressure.xml
expect 0 "written" demo backpressure --write "$folder/own"
sed -i 's/"75\/s"/"60\/s"/' "$folder/own/backpressure.json"
expect 3 "backpressure.json: is there already and has been changed; --force replaces it" demo backpressure --write "$folder/own"
expect 0 "backpressure: policy static" demo "$folder/own/backpressure.json" --no-tty --until 10s
expect 0 "written" demo backpressure --write "$folder/own" --force
same "$folder/own/backpressure.json" workloads/demos/backpressure.json
expect 2 "--write is for the demos that weir brings along" demo "$folder/own/backpressure.json" --write "$folder/other"

# What is refused.
expect 2 "there is no demo \"backpresure\"; did you mean \"backpressure\"?" demo backpresure
expect 3 "there is no demo of that name (\`weir help demo\` lists them): \"zzz\": no such file" demo zzz
expect 2 "what to work on is missing" demo
expect 3 "no-such.json" demo no-such.json
expect 3 "there is no policy \"ds3\"" demo backpressure --no-tty --policy ds3
expect 2 "--job: there is no job \"wach\"; did you mean \"watch\"?" demo backpressure --job wach
expect 2 "--until: \"0s\" leaves nothing to see" demo backpressure --until 0s
expect 2 "--speed: \"fast\" is no number" demo backpressure --speed fast
expect 2 "--do: \"soon\" is no action; write TIME:load=FACTOR" demo backpressure --do soon
expect 2 "--do: \"5s:lord=2\" is no action" demo backpressure --do 5s:lord=2
expect 2 "--do: \"soon\" is no time" demo backpressure --do soon:load=2
expect 2 "the run is over by then; it ends at 900 s" demo backpressure --do 900s:load=2
expect 2 "--do: \"much\" is no factor from 0.001 to 1000" demo backpressure --do 5s:load=much
expect 2 "--do: \"0\" is no factor" demo backpressure --do 5s:link=0
expect 2 "there is no link \"wann\"; did you mean \"wan\"?" demo backpressure --do 5s:link/wann=0.5
expect 2 "there is no job \"nobody\"" demo backpressure --do 5s:load/nobody=2
expect 3 "--do: \"5s:link=0.5\": SimGrid is right about links whose bandwidth changes only under" \
    demo backpressure --set 'simgrid={"network/model": "LV08"}' --do 5s:link=0.5
expect 3 "--do: there is no policy \"ds3\"" demo backpressure --do 5s:policy=ds3
many=()
for i in $(seq 17); do many+=(--do "6s:load=$i"); done
expect 2 "more than 16 actions in one window" demo backpressure "${many[@]}"

# All closed but a file for what it says.
timeout 600 "$weir" demo backpressure --no-tty --until 10s <&- >&- 2>"$folder/err"
[ $? -eq 3 ] && grep -q "stdout" "$folder/err" || fail "with stdin and stdout closed: $(cat "$folder/err")"
timeout 600 "$weir" demo backpressure --until 10s <&- >"$folder/out" 2>"$folder/err" || fail "with stdin closed"
grep -q "in the end" "$folder/out" || fail "no story with stdin closed"

# A reader that goes away ends it, and so does a signal; nothing is left.
"$weir" demo autoscaling --no-tty --speed 50 2>/dev/null </dev/null | head -3 >/dev/null
"$weir" demo autoscaling --no-tty --speed 5 >"$folder/out" 2>&1 </dev/null &
pid=$!
wait_for grep -q " s  in " "$folder/out"
children=$(pgrep -P $pid)
kill -TERM $pid
wait $pid
[ $? -eq 130 ] || fail "a signal does not end it with 130"
[ -n "$children" ] || fail "the run is no process of its own"
for child in $children; do
    kill -0 "$child" 2>/dev/null && fail "the run goes on alone"
done
[ -z "$(ls -A "$TMPDIR")" ] || fail "files are left: $(ls "$TMPDIR")"
finish
