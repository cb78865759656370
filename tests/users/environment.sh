#!/usr/bin/env bash
# The reinforcement-learning environment and its agent: it works, and the same throws of dice give the same results.
. "$(dirname "$0")/common.sh"
need_python
scenario=tests/input/cli-real.json
for turn in one two; do
    timeout 600 python3 policies/examples/environment.py $scenario "$weir" 3 >"$folder/$turn" || fail "code $?"
done
same "$folder/one" "$folder/two"
grep -q "^reward [0-9]" "$folder/one" || fail "no reward"
grep -qE "^checksum [0-9a-f]{16}$" "$folder/one" || fail "no checksum"
timeout 600 python3 policies/examples/environment.py nowhere.json "$weir" 3 2>"$folder/err" && fail "a scenario that is not there"
grep -q "weir ended with code 3" "$folder/err" || fail "does not say that weir ended"
length=$(awk '/^class /{f=NR} /^def relay/{print NR-f}' policies/examples/environment.py)
[ "$length" -le 75 ] || fail "$length lines are too many to start from"
finish
