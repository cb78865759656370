#!/usr/bin/env bash
# The environment for reinforcement learning, as Python programs use it: environment.py; and the example that has learnt: surge.py.
. "$(dirname "$0")/common.sh"
need_python
export TMPDIR=$folder PYTHONPATH=python PYTHONDONTWRITEBYTECODE=1
timeout 600 python3 tests/users/environment.py "$weir" || fail "environment.py: code $?"
timeout 600 python3 tests/users/surge.py "$weir" >"$folder/surge" || fail "surge.py: $(tail -3 "$folder/surge")"
finish
