#!/usr/bin/env bash
# Ctrl-C on a comparison: exit code 130, finished runs stay, --resume does the rest and no run twice.
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

: >"$WEIR_FAKE_LOG"
"$weir" run $scenario -p endless -o "$folder/one" >/dev/null 2>"$folder/err" &
wait_for has_lines "$WEIR_FAKE_LOG" 1
kill -INT -- -$!
wait $!
code=$?
[ $code -eq 130 ] || fail "exit code $code of run after SIGINT"
finish
