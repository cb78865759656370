#!/usr/bin/env bash
# Ctrl-C on a comparison, a calibration and a run; of the comparison: exit code 130, finished runs stay, --resume does the rest and no run twice.
. "$(dirname "$0")/common.sh"
set -m # children of this script get process groups of their own, and SIGINT is not ignored in them
export WEIR_FAKE_LOG=$folder/log
scenario=tests/input/cli.json
arguments=(compare $scenario -p fair -p slow --seeds 6 -j 2)

"$weir" "${arguments[@]}" -o "$folder/calm" --quiet >/dev/null || fail "the calm comparison"
[ "$(wc -l <"$WEIR_FAKE_LOG")" -eq 12 ] || fail "wanted 12 runs"
: >"$WEIR_FAKE_LOG"

WEIR_FAKE_HOLD=9 "$weir" "${arguments[@]}" -o "$folder/cut" >/dev/null 2>"$folder/err" &
wait_for has_lines "$WEIR_FAKE_LOG" 9
kill -INT -- -$! # the whole group, as a terminal does
wait $!
code=$?
[ $code -eq 130 ] || fail "exit code $code after SIGINT"
grep -q "interrupted: .* of 12 runs are finished and kept in .*; the same command with --resume runs the rest" \
    "$folder/err" || fail "does not say how to go on: $(cat "$folder/err")"
finished=$(find "$folder/cut/runs" -name result.json | wc -l)
[ "$finished" -ge 6 ] && [ "$finished" -lt 12 ] || fail "$finished runs are finished"
[ -z "$(find "$folder/cut" -name '*.partial')" ] || fail "half-written runs were left"
[ -e "$folder/cut/summary.csv" ] && fail "a summary of half the runs"

: >"$WEIR_FAKE_LOG"
expect 0 "$finished of 12 runs are finished and kept" "${arguments[@]}" -o "$folder/cut" --resume
[ "$(wc -l <"$WEIR_FAKE_LOG")" -eq $((12 - finished)) ] || fail "runs were made twice"
same "$folder/calm/summary.csv" "$folder/cut/summary.csv"
same "$folder/calm/runs.csv" "$folder/cut/runs.csv"

# Ctrl-C on a calibration: the same command goes on, makes the other runs, and ends with what a calm one gives.
printf 'time,items\n10,5\n20,6\n30,5\n' >"$folder/measured.csv"
arguments=(calibrate $scenario "$folder/measured.csv" -p fair --free 'workload.jobs[0].operators[0].flops=1Mf..9Mf,as=work'
    --match delivered_rate=items --budget 40 -j 2 --no-report)
: >"$WEIR_FAKE_LOG"
"$weir" "${arguments[@]}" -o "$folder/calm-fit" --quiet >/dev/null || fail "the calm calibration"
total=$(wc -l <"$WEIR_FAKE_LOG")
[ "$total" -ge 15 ] || fail "only $total runs of a calibration"
: >"$WEIR_FAKE_LOG"
WEIR_FAKE_HOLD=6 "$weir" "${arguments[@]}" -o "$folder/fit" >/dev/null 2>"$folder/err" &
wait_for has_lines "$WEIR_FAKE_LOG" 6
kill -INT -- -$!
wait $!
code=$?
[ $code -eq 130 ] || fail "exit code $code of calibrate after SIGINT: $(cat "$folder/err")"
kept=$(sed -n 's/.*interrupted: \([0-9]*\) runs were made and are kept in .*; the same command goes on.*/\1/p' "$folder/err")
[ "${kept:-0}" -ge 3 ] && [ "$kept" -lt 8 ] || fail "does not say what is kept: $(cat "$folder/err")"
[ -e "$folder/fit/calibration.json" ] && fail "results of half a search"
: >"$WEIR_FAKE_LOG"
expect 0 "" "${arguments[@]}" -o "$folder/fit"
[ "$(wc -l <"$WEIR_FAKE_LOG")" -eq $((total - kept)) ] || fail "runs of a calibration were made twice"
for file in calibration.json parameters.csv evaluations.csv series.csv; do
    same "$folder/calm-fit/$file" "$folder/fit/$file"
done

: >"$WEIR_FAKE_LOG"
"$weir" run $scenario -p endless -o "$folder/one" >/dev/null 2>"$folder/err" &
wait_for has_lines "$WEIR_FAKE_LOG" 1
kill -INT -- -$!
wait $!
code=$?
[ $code -eq 130 ] || fail "exit code $code of run after SIGINT"
finish
