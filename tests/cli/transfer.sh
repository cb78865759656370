#!/usr/bin/env bash
# weir transfer: the choice of sources, the four nets, files, what is wrong with series and flags.
. "$(dirname "$0")/common.sh"

# wave FILE COUNT PERIOD LEVEL HEIGHT: a wave with a harmonic and some noise, an hour apart.
wave()
{
    awk -v count="$2" -v period="$3" -v level="$4" -v height="$5" 'BEGIN {
        srand(5)
        print "time,value"
        for (i = 0; i < count; i++) {
            shape = sin(6.2831853 * i / period) + 0.4 * sin(25.1327412 * i / period)
            printf "%d,%.6f\n", 3600 * i, level + height * (shape + 0.1 * (rand() - 0.5))
        }
    }' >"$1"
}
mkdir "$folder/sources" "$folder/none"
wave "$folder/sources/like.csv" 400 24 5000 900
wave "$folder/sources/other.csv" 400 9 5000 900
wave "$folder/packed.csv" 400 24 10 2
gzip -c "$folder/packed.csv" >"$folder/sources/packed.csv.gz"
wave "$folder/sources/target.csv" 300 24 100 10
target=$folder/sources/target.csv
echo "no series" >"$folder/sources/README"

quick="--window 12 --seeds 2"
expect 0 "300 values, 60 min apart; 60 known, 240 forecast one step ahead; 2 seeds" \
    transfer --sources "$folder/sources" --target "$target" --known 0.2 $quick -o "$folder/files" -q
empty err
cp "$folder/out" "$folder/table"
# The target itself is no source; of three the two with its period are learnt.
[ "$(grep -cE "^ +0\.[0-9]+ +(yes|no)  " "$folder/table")" -eq 3 ] || fail "sources: $(cat "$folder/table")"
grep -qE " yes  like.csv$" "$folder/table" || fail "like.csv is not learnt"
grep -qE " yes  packed.csv.gz$" "$folder/table" || fail "packed.csv.gz is not learnt"
grep -qE " no  other.csv$" "$folder/table" || fail "other.csv is learnt"
for net in source-only target-only fine-tuned joint last; do
    [ "$(grep -c "^$net " "$folder/table")" -eq 1 ] || fail "no row for $net"
    [ "$(grep -c "^$net,[12],60,240," "$folder/files/transfer.csv")" -eq 2 ] || fail "transfer.csv: no rows for $net"
done
grep -qE "^last .* 1\.000 " "$folder/table" || fail "the last value is the measure of the others"
# What is known of the target is too little by itself: whoever learnt its like before is better.
awk -F, '{ sum[$1] += $5 } END { exit !(sum["fine-tuned"] < sum["target-only"] && sum["fine-tuned"] < sum["last"]) }' \
    "$folder/files/transfer.csv" || fail "fine-tuned is not better: $(cat "$folder/table")"
[ "$(wc -l <"$folder/files/sources.csv")" -eq 4 ] || fail "sources.csv: $(cat "$folder/files/sources.csv")"
# The same again gives the same, but for real times.
expect 0 "" transfer --sources "$folder/sources" --target "$target" --known 0.2 $quick -o "$folder/again" -q
cut -d, -f1-9 "$folder/files/transfer.csv" | cmp - <(cut -d, -f1-9 "$folder/again/transfer.csv") || fail "results differ"

# What is wrong is told.
expect 2 "--sources is missing" transfer --target "$target"
expect 2 "--target is missing" transfer --sources "$folder/sources"
expect 2 '--known: "2" is no number from 0 to 1' transfer --sources "$folder/sources" --target "$target" --known 2
expect 2 '--mmd: "much"' transfer --sources "$folder/sources" --target "$target" --mmd much
expect 2 '--net: "lstm" is neither conv-gru nor gru' transfer --sources "$folder/sources" --target "$target" --net lstm
expect 2 '--window: "1"' transfer --sources "$folder/sources" --target "$target" --window 1
expect 3 "nowhere.csv: no such file" transfer --sources "$folder/sources" --target "$folder/nowhere.csv"
expect 3 "nowhere: cannot be read as a folder" transfer --sources "$folder/nowhere" --target "$target"
expect 3 "there is no *.csv or *.csv.gz to learn from" transfer --sources "$folder/none" --target "$target"
expect 3 "the first 0.05 of its 300 values are 15, too few for a window of 24; raise --known" \
    transfer --sources "$folder/sources" --target "$target" --known 0.05
expect 3 "nothing is left to forecast" transfer --sources "$folder/sources" --target "$target" --known 1
printf 'time,value\n0,1\n3600,2\n7200,4\n' >"$folder/none/short.csv"
mkdir "$folder/far"
cp "$folder/sources/other.csv" "$folder/far"
expect 3 "no source is within 0.0001 of the target; the nearest, other.csv, is" \
    transfer --sources "$folder/far" --target "$target" --known 0.2 --within 0.0001
expect 3 "short.csv: its 3 values are too few for a window of 24" \
    transfer --sources "$folder/none" --target "$target" --known 0.2
finish
