#!/usr/bin/env bash
# The page's parts that need no page, under node. Exit code 77 skips.
cd "$(dirname "$0")" || exit 1
if ! command -v node >/dev/null || [ "$(node -p 'Number(process.versions.node.split(".")[0]) >= 18')" != true ]; then
    echo "skipped: there is no node of version 18 or later"
    exit 77
fi
exec node --test modules/
