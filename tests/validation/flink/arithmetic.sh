#!/usr/bin/env bash
# The arithmetic of the scripts.
#   arithmetic.sh WEIR
if ! command -v python3 >/dev/null; then
    echo "skipped: there is no python3"
    exit 77
fi
exec env PYTHONDONTWRITEBYTECODE=1 python3 "$(dirname "$0")/test_arithmetic.py" "$1"
