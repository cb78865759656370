#!/usr/bin/env bash
# The lines of --executor command through GNU parallel: the same tables as by -j 2.
#   parallel.sh WEIR IS_JSON       77 as exit code: not possible here, with the reason
. "$(dirname "$0")/../cli/common.sh"
study=tests/input/studies/grid.json

if ! parallel --version 2>/dev/null | grep -q "GNU parallel"; then
    echo "skipped: there is no GNU parallel; apt-get install parallel"
    exit 77
fi
expect 0 "48 runs" sweep $study -o "$folder/local" -j 2
for batch in 4 7; do
    "$weir" sweep $study -o "$folder/by-$batch" --executor command --batch $batch >"$folder/lines" || fail "the lines"
    parallel --will-cite -j 2 <"$folder/lines" || fail "parallel, batches of $batch"
    expect 0 "finished, 0 failed, 0 missing" sweep $study -o "$folder/by-$batch" --collect
    for table in summary.csv aggregate.csv pairs.csv; do
        same "$folder/local/$table" "$folder/by-$batch/$table"
    done
done
finish
