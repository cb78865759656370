#!/usr/bin/env bash
# No command writes colours or bold where NO_COLOR forbids it (demo: demo_screen.sh). Needs python3 for a pseudo terminal.
. "$(dirname "$0")/common.sh"
if ! command -v python3 >/dev/null; then
    echo "skipped: no python3"
    exit 77
fi
PYTHONDONTWRITEBYTECODE=1 timeout 1800 python3 "$(dirname "$0")/colours.py" "$weir" "$folder" || fail "colours.py"
finish
