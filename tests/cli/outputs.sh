#!/usr/bin/env bash
# Where output goes: a full disk behind stdout is told by every command; one run at a time writes to a folder.
. "$(dirname "$0")/common.sh"
first=workloads/scenarios/first.json
short=(--set duration=20s)

# full WORDS...: what the command prints cannot be written, which it says, with exit code 3.
full()
{
    "$weir" "$@" >/dev/full 2>"$folder/err" </dev/null
    local got=$?
    [ $got -eq 3 ] || fail "weir $* >/dev/full: exit code $got, wanted 3"
    grep -q "stdout cannot be written" "$folder/err" || fail "weir $*: does not say that its output is cut: $(cat "$folder/err")"
}
commands=$("$weir" help | sed -n '/^commands:/,/^$/s/^  \([a-z-]*\) .*/\1/p')
for command in $commands; do
    full "$command" --help
done
full --version
full --help
full help run
full man run
full completion bash
full check "$first"
full check --json "$first"
full workflow tests/input/workflows/heft.json
full run "$first" "${short[@]}" -q -o "$folder/run"
full run "$first" "${short[@]}" -q -o "$folder/run" --json
full compare "$first" "${short[@]}" -q -o "$folder/compare" --seeds 1 --no-report
full compare "$first" "${short[@]}" -q -o "$folder/compare" --seeds 1 --no-report --resume --json
full explain dwo offloading
for what in policies metrics loads generators forecasters detectors scenarios studies view; do
    full list "$what"
done
full list policies --json
[ -e "$folder/run/result.json" ] || fail "a run whose table could not be printed has no results"

# A trace of use is whole, or there is none and the run has failed; what is no file is written as it is.
expect 3 "cannot write /dev/full: No space left" run "$first" "${short[@]}" -q -o "$folder/traced" --paje /dev/full
expect 3 "cannot write $folder/none/trace" run "$first" "${short[@]}" -q -o "$folder/traced" --paje "$folder/none/trace"
[ ! -e "$folder/traced/result.json" ] || fail "a run without its trace has results"
expect 0 "" run "$first" "${short[@]}" -q -o "$folder/traced" --paje "$folder/trace"
[ ! -e "$folder/trace.partial" ] || fail "a trace has two names"
expect 4 "" run "$first" "${short[@]}" -q -p exec:false -o "$folder/failed" --paje "$folder/half"
[ -z "$(ls "$folder" | grep half)" ] || fail "a run that fails leaves a trace"
mkfifo "$folder/pipe"
cat "$folder/pipe" >"$folder/through" &
expect 0 "" run "$first" "${short[@]}" -q -o "$folder/piped" --paje "$folder/pipe"
wait $!
cmp "$folder/through" "$folder/trace" || fail "a trace to a pipe is another one"

# Two runs into one folder: one is done, the other says that somebody writes there, and nothing of both is mixed.
for _ in 1 2; do
    rm -rf "$folder/one"
    for seed in 1 2; do
        "$weir" run "$first" -q -s $seed -o "$folder/one/both" >"$folder/out$seed" 2>"$folder/err$seed" &
        pids[seed]=$!
    done
    codes=
    for seed in 1 2; do
        wait "${pids[seed]}"
        codes+=$?
        [ "${codes: -1}" -eq 0 ] || grep -qE "another weir is writing here|has results of other inputs" "$folder/err$seed" || fail "$(cat "$folder/err$seed")"
    done
    case $codes in
    03) seed=1 ;;
    30) seed=2 ;;
    *) fail "exit codes $codes, wanted 0 and 3"; continue ;;
    esac
    "$weir" run "$first" -q -s $seed -o "$folder/alone" --force >/dev/null
    for file in windows.csv decisions.csv; do
        cmp "$folder/alone/$file" "$folder/one/both/$file" || fail "two runs are mixed in $file"
    done
done
[ "$(ls -A "$folder/one")" = both ] || fail "left beside the results: $(ls -A "$folder/one")"

# A lock that a killed run has left holds nobody back.
: >"$folder/killed.lock"
expect 0 "" run "$first" "${short[@]}" -q -o "$folder/killed"
[ ! -e "$folder/killed.lock" ] || fail "the lock stays"
finish
