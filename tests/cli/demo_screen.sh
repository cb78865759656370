#!/usr/bin/env bash
# weir demo on a terminal: keys, sizes, colours, and the terminal as it was afterwards. Needs python3 for a pseudo terminal.
. "$(dirname "$0")/common.sh"
if ! command -v python3 >/dev/null; then
    echo "skipped: no python3"
    exit 77
fi
mkdir "$folder/tmp"
TMPDIR=$folder/tmp timeout 1800 python3 "$(dirname "$0")/demo_screen.py" "$weir" || fail "demo_screen.py"
[ -z "$(ls -A "$folder/tmp")" ] || fail "files are left: $(ls "$folder/tmp")"
finish
