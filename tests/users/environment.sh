#!/usr/bin/env bash
# The environment for reinforcement learning, as Python programs use it: environment.py.
. "$(dirname "$0")/common.sh"
need_python
export TMPDIR=$folder PYTHONPATH=python PYTHONDONTWRITEBYTECODE=1
timeout 600 python3 tests/users/environment.py "$weir" || fail "environment.py: code $?"
finish
