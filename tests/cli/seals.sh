#!/usr/bin/env bash
# Results that are not as weir wrote them: each file of a run, and each table, cut in half, empty, missing, or edited with its length
# kept. report, plot and --resume tell it and do not believe it.
. "$(dirname "$0")/common.sh"
export WEIR_FAKE_LOG=$folder/log
scenario=tests/input/cli.json
run=runs/good/seed-2

"$weir" compare $scenario -p fair -p good --seeds 3 -o "$folder/whole" -q >/dev/null || fail "the comparison"

# Bytes and CRC-32 that the result names are those that gzip finds: it ends with both, 4 bytes each, little-endian.
for name in windows.csv decisions.csv; do
    read -r crc bytes < <(gzip -c "$folder/whole/$run/$name" | tail -c 8 | od -An -v -tu4 --endian=little)
    tr -d '\n\t' <"$folder/whole/$run/result.json" |
        grep -qF "\"$name\":{\"bytes\":$bytes,\"crc32\":\"$(printf %08x "$crc")\"}" || fail "the checksum of $name"
done
for name in summary.csv runs.csv; do
    read -r crc bytes < <(gzip -c "$folder/whole/$name" | tail -c 8 | od -An -v -tu4 --endian=little)
    tr -d '\n\t' <"$folder/whole/checksums.json" |
        grep -qF "\"$name\":{\"bytes\":$bytes,\"crc32\":\"$(printf %08x "$crc")\"}" || fail "the checksum of $name"
done

# What is whole is believed, without a word.
: >"$WEIR_FAKE_LOG"
expect 0 "6 of 6 runs are finished and kept" compare $scenario -p fair -p good --seeds 3 -o "$folder/whole" --resume --no-report
[ -s "$WEIR_FAKE_LOG" ] && fail "whole runs were made anew"
grep -q "remark\|anew" "$folder/err" && fail "something is wrong with whole results: $(cat "$folder/err")"
expect 0 "" report "$folder/whole"
grep -q "remark" "$folder/err" && fail "something is wrong with whole results: $(cat "$folder/err")"

# damage HOW FILE
damage()
{
    case $1 in
    half) truncate -s $(($(stat -c %s "$2") / 2)) "$2" ;;
    less) truncate -s -1 "$2" ;;
    empty) : >"$2" ;;
    missing) rm "$2" ;;
    more) echo >>"$2" ;;
    edited) # a digit in the middle becomes the next one
        local digits at digit
        mapfile -t digits < <(LC_ALL=C grep -abo '[0-9]' "$2")
        IFS=: read -r at digit <<<"${digits[${#digits[@]} / 2]}"
        printf %d $(((digit + 1) % 10)) | dd of="$2" bs=1 seek="$at" conv=notrunc status=none
        ;;
    esac
}

for name in windows.csv decisions.csv result.json; do
    for how in half less empty missing more edited; do
        [ $name = decisions.csv ] && [ $how != missing ] && [ $how != edited ] && continue # as windows.csv
        rm -rf "$folder/it"
        cp -r "$folder/whole" "$folder/it"
        damage $how "$folder/it/$run/$name"
        cmp -s "$folder/whole/$run/$name" "$folder/it/$run/$name" && fail "$name $how is as before"

        expect 0 "remark: $folder/it/$run" report "$folder/it"
        grep -qF "$name" "$folder/err" || fail "$name $how: the report does not tell it: $(cat "$folder/err")"
        expect 0 "remark: $folder/it/$run" plot "$folder/it" -m throughput --script
        grep -qF "$name" "$folder/err" || fail "$name $how: the plot does not tell it: $(cat "$folder/err")"

        # The one run is made again, and the summary is that of before.
        : >"$WEIR_FAKE_LOG"
        expect 0 "5 of 6 runs are finished and kept" compare $scenario -p fair -p good --seeds 3 -o "$folder/it" --resume --no-report
        [ "$(cat "$WEIR_FAKE_LOG")" = "good 2" ] || fail "$name $how: made anew: $(cat "$WEIR_FAKE_LOG")"
        [ $name-$how = result.json-missing ] || grep -qF "is made anew" "$folder/err" ||
            fail "$name $how: --resume does not tell it: $(cat "$folder/err")"
        same "$folder/whole/summary.csv" "$folder/it/summary.csv"
        same "$folder/whole/$run/$name" "$folder/it/$run/$name"
    done
done

# An edited value is nowhere in the page, and the chart of an edited windows.csv neither.
cp -r "$folder/whole" "$folder/lie"
sed -i 's/100\.2/987654/' "$folder/lie/$run/windows.csv"
sed -i 's/100\.1/987655/' "$folder/lie/runs/good/seed-1/result.json"
sed -i 's/^\(good,throughput,.*,3,\)[^,]*/\1987656/' "$folder/lie/summary.csv"
grep -q 987656 "$folder/lie/summary.csv" || fail "nothing was edited"
expect 0 "result.json: is not as weir wrote it, by its seal" report "$folder/lie"
grep -q "98765" "$folder/lie/report.html" && fail "the page believes what was edited"
expect 0 "summary.csv: is not as weir wrote it, by its checksum" report "$folder/lie"

# The seal taken away is told; so is a comparison without checksums, whose table is made of the runs.
rm -rf "$folder/bare"
cp -r "$folder/whole" "$folder/bare"
sed -i '/"seal"/d; s/,$/&/' "$folder/bare/$run/result.json"
sed -i ':a;N;$!ba;s/,\n}/\n}/' "$folder/bare/$run/result.json"
expect 0 "has no seal, and so 1 of 6" report "$folder/bare"
expect 0 "has no seal: an older weir wrote it, or it was edited; the run is made anew" compare $scenario -p fair -p good --seeds 3 \
    -o "$folder/bare" --resume --no-report
rm "$folder/bare/checksums.json"
expect 0 "checksums.json is not there: nothing shows that the tables are as weir wrote them; they are made anew" report "$folder/bare"
for how in half empty missing edited; do
    cp "$folder/whole/checksums.json" "$folder/whole/summary.csv" "$folder/bare"
    damage $how "$folder/bare/summary.csv"
    expect 0 "remark: $folder/bare/summary.csv" report "$folder/bare"
done
cp "$folder/whole/summary.csv" "$folder/bare"
sed -i 's/"bytes":\t/&1/' "$folder/bare/checksums.json"
expect 0 "checksums.json: is not as weir wrote it, by its seal" report "$folder/bare"

# The tables of a sweep.
sed "s|SCENARIO|$PWD/$scenario|" >"$folder/study.json" <<'END'
{"scenario": "SCENARIO", "policies": ["fair", "good"], "seeds": 2, "grid": {"duration": ["10s", "20s"]}}
END
"$weir" sweep "$folder/study.json" -o "$folder/sweep" -q || fail "the sweep"
expect 0 "" report "$folder/sweep"
grep -q remark "$folder/err" && fail "something is wrong with a whole sweep: $(cat "$folder/err")"
cp -r "$folder/sweep" "$folder/swept"
damage edited "$folder/swept/pairs.csv"
expect 0 "pairs.csv: is not as weir wrote it" report "$folder/swept"
damage half "$folder/swept/aggregate.csv"
expect 3 "aggregate.csv: is cut short or edited" report "$folder/swept"
expect 3 "aggregate.csv: is cut short or edited" plot "$folder/swept" -m throughput --script
expect 0 "" sweep "$folder/study.json" -o "$folder/swept" --collect --no-report
same "$folder/sweep/aggregate.csv" "$folder/swept/aggregate.csv"
same "$folder/sweep/checksums.json" "$folder/swept/checksums.json"
finish
