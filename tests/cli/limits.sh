#!/usr/bin/env bash
# Limits of the shell: few open files, small files, little memory. What cannot be done under them ends with a sentence and a code, in
# time; what was made is kept, and the same command without the limit makes the rest.
. "$(dirname "$0")/common.sh"
scenario=$PWD/tests/input/cli-real.json
sed -e "s|valid/two-tier.xml|$PWD/tests/input/valid/two-tier.xml|" -e 's|450/s|20/s|' "$scenario" >"$folder/s.json"
cat >"$folder/study.json" <<END
{"scenario": "$folder/s.json", "policies": ["static"], "seeds": 3, "grid": {"duration": ["20s", "30s"]}}
END
tables="summary.csv aggregate.csv pairs.csv checksums.json"
expect 0 "6 of 6 runs finished" sweep "$folder/study.json" -o "$folder/calm" -j 2 --no-report

# under OPTION LIMIT: the sweep under a limit, and again without.
under()
{
    local code out=$folder/limited
    rm -rf "$out"
    (ulimit "$1" "$2" && exec timeout 120 "$weir" sweep "$folder/study.json" -o "$out" -j 2 --no-report) 2>&1 >/dev/null </dev/null | cat >"$folder/err"
    code=${PIPESTATUS[0]}
    case $code in
    0) ;;
    3 | 4 | 5) grep -q "^weir: .* .*" "$folder/err" || fail "ulimit $1 $2: no sentence: $(cat "$folder/err")" ;;
    *) fail "ulimit $1 $2: exit code $code: $(tail -3 "$folder/err")" ;;
    esac
    [ -z "$(find "$out" -name '*.partial' -o -name '*.draft' 2>/dev/null)" ] || fail "ulimit $1 $2: left $(find "$out" -name '*.partial')"
    echo "ulimit $1 $2: exit code $code: $(grep '^weir:' "$folder/err")"
    expect 0 "6 of 6 runs finished" sweep "$folder/study.json" -o "$out" -j 2 --no-report
    for table in $tables; do
        same "$folder/calm/$table" "$out/$table"
    done
}
under -n 32
under -n 16
under -n 8
under -f 8
under -f 1

# Little memory: an end, of whatever kind, in time. Below some size not even the program is loaded.
for size in 20000 60000 100000 150000 250000 400000; do
    (ulimit -v $size && exec timeout 60 "$weir" run "$folder/s.json" -p static -q -o "$folder/small") >"$folder/out" 2>"$folder/err" </dev/null
    code=$?
    [ $code -ne 124 ] || fail "ulimit -v $size: does not end"
    [ -s "$folder/err" ] || [ $code -eq 0 ] || fail "ulimit -v $size: exit code $code without a word"
    [ ! -e "$folder/small.partial" ] || fail "ulimit -v $size: half a result is left"
done
finish
