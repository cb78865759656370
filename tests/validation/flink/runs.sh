#!/usr/bin/env bash
# The measured runs: the figures come out as docs/validation.md has them.
#   runs.sh WEIR
set -euo pipefail
here=$(dirname "$0")
if ! command -v python3 >/dev/null; then
    echo "skipped: there is no python3"
    exit 77
fi
if [ ! -d "${WEIR_SHARED_DATA-}/dsp_runs/phoebe" ]; then
    echo "skipped: WEIR_SHARED_DATA does not name a folder with dsp_runs, the measured runs of the shared data"
    exit 77
fi
export PYTHONDONTWRITEBYTECODE=1
python3 "$here/validate.py" "$WEIR_SHARED_DATA/dsp_runs" --weir "$1" --check "$here/figures.json"
output=$(mktemp -d)
trap 'rm -rf "$output"' EXIT
python3 "$here/demeter.py" "$1" "$WEIR_SHARED_DATA/dsp_runs" "$output" --check "$here/demeter.json"
