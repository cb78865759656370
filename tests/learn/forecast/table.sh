#!/usr/bin/env bash
# bench/forecasts, which makes the paper's table and figure, on made-up data of the same form: loads, errors and times are those of
# arithmetic; without data it says so. Arguments: the build folder.
set -u
build=$(readlink -f "$1")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
failures=0
fail()
{
    echo "FAILED: $*"
    failures=$((failures + 1))
}

WEIR_SHARED_DATA=$folder/nowhere bench/forecasts table-2 "$folder/none" "$build" 2>"$folder/err"
[ $? -eq 77 ] || fail "without data it is not skipped"
grep -q "skipped: there is no $folder/nowhere/gontarska2021/IoT_5min.csv.gz" "$folder/err" || fail "it does not say what is missing"
bench/forecasts table-3 2>/dev/null
[ $? -eq 2 ] || fail "table-3 is taken"

mkdir -p "$folder/data/gontarska2021" "$folder/data/nyc_tlc"
# wave FILE STEP LEVEL: two days and a half
wave()
{
    awk -v step="$2" -v level="$3" 'BEGIN {
        print "timestamp,value"
        for (t = 0; t < 216000; t += step)
            printf "%d,%.3f\n", t, level * (1 + 0.5 * sin(t / 13751) + 0.1 * ((t / step * 7) % 5))
    }' | gzip -c >"$folder/data/$1"
}
wave gontarska2021/IoT_5min.csv.gz 300 90000
wave gontarska2021/taxi_5min.csv.gz 300 400
wave nyc_tlc/green_2024-01_minute.csv.gz 60 3
export WEIR_SHARED_DATA=$folder/data MODELS=linear
bench/forecasts table-2 "$folder/out" "$build" >"$folder/table" || fail "table-2 fails"

# moments FILE: mean and deviation of its values
moments()
{
    awk -F, 'FNR > 1 { n++; s += $2; q += $2 * $2 } END { printf "%.3f %.3f", s / n, sqrt(q / n - s * s / n / n) }' "$1"
}
[ "$(moments "$folder/out/taxi5.csv")" = "$(moments "$folder/out/iot5.csv")" ] || fail "taxi5 has not the mean and deviation of iot5"
[ "$(moments "$folder/out/green2.csv")" = "$(moments "$folder/out/iot2.csv")" ] || fail "green2 has not the mean and deviation of iot2"
[ "$(wc -l <"$folder/out/green2.csv")" -eq 1801 ] || fail "green2 has $(wc -l <"$folder/out/green2.csv") lines"
for set in iot5 taxi5 green2; do
    awk -F, -v set=$set -v window=$((60 * ${set##*[a-z]})) 'FNR > 1 { value[++n] = $2 }
        END {
            for (i = int(0.8 * n) + 1; i <= n; i++) {
                away = value[i] - value[i - 1]
                share += (away < 0 ? -away : away) / ((value[i] + value[i - 1]) / 2)
                square += away * away
                count++
            }
            printf "%s %.2f %.0f\n", set, 100 * share / count, window * sqrt(square / count)
        }' "$folder/out/$set.csv"
done >"$folder/wanted"
awk -F' *[|] *' '/^[|] (doubled|RMSE|time)/ { for (i = 3; i < NF; i++) set[i] = $i; part++ }
    $2 == "last" { for (i = 3; i < NF; i++) value[part, set[i]] = $i }
    END { split("iot5 taxi5 green2", sets, " "); for (s = 1; s <= 3; s++) print sets[s], value[1, sets[s]], value[2, sets[s]] }' "$folder/table" |
    diff "$folder/wanted" - || fail "arithmetic (<) and the table (>) differ"
grep -q '^| linear |' "$folder/table" || fail "no row of linear"

# The figure takes what is there, measures nothing again, and has the times of the table.
before=$(stat -c %Y "$folder/out/iot5/scores.csv")
bench/forecasts figure-7 "$folder/out" "$build" >/dev/null || fail "figure-7 fails"
[ "$(stat -c %Y "$folder/out/iot5/scores.csv")" = "$before" ] || fail "it measures again"
[ "$(head -1 "$folder/out/figure-7.csv")" = model,iot5,iot2,iot1,taxi5,green2,green1 ] || fail "figure-7.csv: $(head -1 "$folder/out/figure-7.csv")"
awk -F, -v file="$folder/out/iot5/scores.csv" '
    BEGIN { while ((getline line < file) > 0) { split(line, f, ","); if (f[1] == "last") wanted = f[12] + f[13] * f[4] } }
    $1 == "last" { found = $2 == wanted "" }
    END { exit !found }' "$folder/out/figure-7.csv" || fail "the time of last is not that of its fit and forecasts"
exit $((failures > 0))
