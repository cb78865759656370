#!/usr/bin/env bash
# Random kill -9 of a sweep and of its runs, at fixed seeds: what comes out at the end is, byte for byte, what an
# undisturbed sweep gives.
#   sweep_kill.sh WEIR IS_JSON [KILLS RUNS]
. "$(dirname "$0")/common.sh"
kills=${3:-12} runs=${4:-40}
RANDOM=$kills

# 2 policies x 5 seeds x runs / 10 durations, from 60 s on
durations=$(for ((i = 0; i < runs / 10; i++)); do echo "\"$((60 + i))s\""; done | paste -sd,)
# a tenth of the items, so that starts, ends and what is written are a good part of a run
sed -e "s|valid/two-tier.xml|$PWD/tests/input/valid/two-tier.xml|" -e 's|450/s|45/s|' tests/input/cli-real.json >"$folder/scenario.json"
cat >"$folder/study.json" <<END
{"scenario": "$folder/scenario.json", "policies": ["static", "reactive"], "seeds": 5, "keep": "results",
 "grid": {"duration": [$durations]}}
END
"$weir" sweep "$folder/study.json" -o "$folder/calm" -j 2 --quiet || fail "the undisturbed sweep"
[ "$(wc -l <"$folder/calm/summary.csv")" -eq $((runs + 1)) ] || fail "the undisturbed sweep has not $runs runs"

same_tables()
{
    for table in summary.csv aggregate.csv pairs.csv; do
        same "$folder/calm/$table" "$folder/cut/$table"
    done
    [ ! -e "$folder/cut/failures.csv" ] || fail "failures are left at the end"
}

# Starts the sweep anew, from what is there.
start()
{
    "$weir" sweep "$folder/study.json" -o "$folder/cut" -j 2 --quiet 2>"$folder/err" &
    parent=$!
}

of_parent=0 of_run=0 completed=0
start
while ((of_parent + of_run < kills)); do
    of_a_run=$((RANDOM % 2)) children=()
    sleep "0.$(printf %03d $((RANDOM % 150)))"
    while kill -0 $parent 2>/dev/null; do # on a busy machine, the first run may be long in coming
        read -r -a children 2>/dev/null </proc/$parent/task/$parent/children # has no line end: read says no
        ((of_a_run && ${#children[@]} == 0)) || break
        sleep 0.01
    done
    if ! kill -0 $parent 2>/dev/null; then # at its end: after failures of killed runs once more, else from nothing
        if wait $parent; then
            same_tables
            completed=$((completed + 1))
            rm -rf "$folder/cut"
        fi
        start
    elif ((of_a_run)); then
        kill -KILL "${children[RANDOM % ${#children[@]}]}" 2>/dev/null && of_run=$((of_run + 1))
    elif kill -KILL $parent 2>/dev/null; then
        wait $parent 2>/dev/null
        of_parent=$((of_parent + 1))
        start
    fi
done
wait $parent 2>/dev/null
"$weir" sweep "$folder/study.json" -o "$folder/cut" -j 2 --quiet || fail "the last sweep: $(cat "$folder/err")"
same_tables
((of_parent > 0 && of_run > 0)) || fail "only one kind was killed"
echo "$of_parent kills of the sweep, $of_run of runs, $completed sweeps completed on the way"
finish
