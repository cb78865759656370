#!/usr/bin/env bash
# A run in which SimGrid never ends a transfer, though hosts and links are up, fails and says which; one that only takes
# longer than the run does not.
. "$(dirname "$0")/common.sh"
scenario=tests/input/valid/one-link.json

expect 0 "delivered                   3 items" run $scenario -o "$folder/whole"
expect 5 "a transfer of 1e+06 bytes from edge to cloud does not get on at" \
    run $scenario -o "$folder/stuck" --set 'simgrid={"unsafe": true, "network/bandwidth-factor": 1e-300}'
empty out
[ -e "$folder/stuck" ] && fail "a failed run left results"
# 1e-5 of 1 MB/s: 10 bytes a second
expect 0 "in_flight                   3 items" run $scenario -o "$folder/slow" --set 'simgrid={"unsafe": true, "network/bandwidth-factor": 1e-5}'
# 1000 times 0.1 s are longer than the run
expect 0 "in_flight                   3 items" run $scenario -o "$folder/far" --set 'simgrid={"network/latency-factor": 1000}'
finish
