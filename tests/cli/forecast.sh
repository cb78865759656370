#!/usr/bin/env bash
# weir forecast: tables, files, saved models, what is wrong with series and models; docs/forecast.md runs as printed.
. "$(dirname "$0")/common.sh"

# 20 days of 24 hours: a wave, which the season tells exactly, so that its errors are 0; on day 19 nothing new.
awk 'BEGIN { print "timestamp,value"; for (i = 0; i < 480; i++) printf "%d,%.9g\n", 1e9 + 3600 * i,
    100 + 50 * sin(2 * 3.14159265358979 * i / 24) }' >"$folder/wave.csv"
expect 0 "480 values, 60 min apart, season 24 h; fitted to 384, 96 forecast" \
    forecast "$folder/wave.csv" --models linear,holt-winters -o "$folder/out-wave"
cp "$folder/out" "$folder/table"
grep -q "^1 step ahead (60 min)" "$folder/table" || fail "no table for one step"
grep -q "^12 steps ahead (12 h)" "$folder/table" || fail "no table for twelve steps"
for model in linear holt-winters last seasonal; do
    [ "$(grep -c "^$model " "$folder/table")" -eq 3 ] || fail "$model is not in all three tables"
done
grep -qE "^last .* 1.000 " "$folder/table" || fail "the last value is the measure of the others"
# last: errors 50 (sin a_(i+1) - sin a_i), root mean square 50 sqrt(1 - cos 15 deg) = 9.2295; seasonal: none.
awk -F, '$1 == "last" && $2 == 1 && ($7 < 9.229 || $7 > 9.23) { bad = 1 }
    $1 == "seasonal" && $7 > 1e-6 { bad = 1 } $6 != 2 * $5 && NR > 1 && ($6 - 2 * $5) ^ 2 > 1e-20 * $5 ^ 2 { bad = 1 }
    END { exit bad || NR != 1 + 4 * 12 }' "$folder/out-wave/scores.csv" || fail "scores.csv: $(head -3 "$folder/out-wave/scores.csv")"
[ "$(wc -l <"$folder/out-wave/forecasts.csv")" -eq 97 ] || fail "forecasts.csv has not a row a value"
head -1 "$folder/out-wave/forecasts.csv" | grep -q "^time,value,linear @1,linear @12,holt-winters @1," ||
    fail "forecasts.csv: $(head -1 "$folder/out-wave/forecasts.csv")"
if command -v gnuplot >/dev/null; then
    grep -q "<svg" "$folder/out-wave/forecast.svg" || fail "no plot"
fi

# The same again gives the same, but for real times.
expect 0 "" forecast "$folder/wave.csv" --models linear,holt-winters -o "$folder/out-again" -q
empty err
cut -d, -f1-11 "$folder/out-wave/scores.csv" | cmp - <(cut -d, -f1-11 "$folder/out-again/scores.csv") || fail "scores differ"

# gzip, columns by name, a step, gaps.
awk -F, 'NR < 100 || NR > 110' "$folder/wave.csv" | sed 's/$/,7/; 1s/,7$/,seven/' | gzip >"$folder/gaps.csv.gz"
expect 0 "11 gaps, filled by spline" forecast "$folder/gaps.csv.gz" --time timestamp --value value --models linear --horizon 1
grep -q "steps ahead" "$folder/out" && fail "a horizon of one has one table"
sed '5s/,.*/,NaN/; 400s/,.*/,/' "$folder/wave.csv" >"$folder/nan.csv"
expect 0 "2 gaps, filled by spline" forecast "$folder/nan.csv" --models linear
expect 0 "" forecast "$folder/gaps.csv.gz" --value seven --models linear,moving-average:length=3,arima,holt-winters,prophet
expect 0 "30 min apart" forecast "$folder/wave.csv" --models last --step 30min
expect 0 "linear:window=3" forecast "$folder/wave.csv" --models linear,linear:window=3 --window 12
grep -q "15 lags" "$folder/out" || fail "--window is not taken"
grep -q "6 lags" "$folder/out" || fail "a window of its own is not kept"

# Saved and loaded.
expect 0 "" forecast "$folder/wave.csv" --models linear --save "$folder/model.weir"
expect 0 "model.weir" forecast "$folder/wave.csv" --models last --load "$folder/model.weir"
expect 2 "" forecast
expect 0 "fitted to 480, 0 forecast" forecast "$folder/wave.csv" -m holt-winters --split 1 --save "$folder/whole.weir"
expect 0 "whole.weir" forecast "$folder/wave.csv" --models last --load "$folder/whole.weir"
expect 3 "model.weir: it was fitted to values 3600 s apart, and here they are 1800 s apart" \
    forecast "$folder/wave.csv" --models last --load "$folder/model.weir" --step 30min
printf x >>"$folder/model.weir"
expect 3 "it was cut short or added to: save it anew" forecast "$folder/wave.csv" --load "$folder/model.weir"
expect 0 "" forecast "$folder/wave.csv" --models ensemble --save "$folder/model.weir"
expect 0 "model.weir" forecast "$folder/wave.csv" --models last --load "$folder/model.weir"

# What is wrong is told.
expect 3 'there is no forecaster "liner"; did you mean "linear"?' forecast "$folder/wave.csv" --models liner
expect 3 'forecaster linear: unknown key "windw"; did you mean "window"?' forecast "$folder/wave.csv" --models linear:windw=3
expect 2 '--models: "linear" is there twice' forecast "$folder/wave.csv" --models linear,linear
expect 2 '--split: "1.5" is not a part between 0 and 1' forecast "$folder/wave.csv" --split 1.5
expect 2 "--split: 1 leaves nothing to forecast; it is for --save" forecast "$folder/wave.csv" --split 1
expect 2 '--horizon: "0" is no integer from 1 to 10000' forecast "$folder/wave.csv" --horizon 0
expect 3 "96 are left to forecast, less than a horizon of 97" forecast "$folder/wave.csv" --horizon 97
expect 3 "nowhere.csv: no such file" forecast "$folder/nowhere.csv"
expect 3 'there is no column "v"' forecast "$folder/wave.csv" --value v
expect 3 "no multiple of 420 s" forecast "$folder/wave.csv" --step 7min
cut -d, -f1 "$folder/wave.csv" | sed 1d >"$folder/times.csv"
expect 3 "it has no column of values; \`weir generate from-timestamps\` counts times" forecast "$folder/times.csv"
# A model that cannot be fitted fails alone.
expect 4 "1 of 3 models failed" forecast "$folder/wave.csv" --models linear:window=500
grep -q "the series has 384 values, and it needs 502" "$folder/err" || fail "why it failed is not told"
grep -q "^linear:window=500  failed" "$folder/out" || fail "the table does not say what failed"

# The page.
mkdir "$folder/page"
ln -s "$(readlink -f "$weir")" "$folder/page/weir"
awk '/^```sh$/ { on = 1; next } /^```/ { on = 0 } on' docs/forecast.md >"$folder/page/run.sh"
[ "$(grep -c "^weir" "$folder/page/run.sh")" -ge 4 ] || fail "docs/forecast.md has too few examples"
(cd "$folder/page" && PATH=$PWD:$PATH bash -e run.sh) >"$folder/out" 2>"$folder/err" ||
    fail "docs/forecast.md: $(tail -3 "$folder/err")"
# Its table is what the second command prints.
rows=$(awk '/^    (moving-average|linear|holt-winters|arima|ensemble|last|seasonal) / { print substr($0, 5) }' docs/forecast.md)
[ "$(wc -l <<<"$rows")" -eq 7 ] || fail "docs/forecast.md: the table is not found"
while IFS= read -r row; do
    grep -qxF -- "$row" "$folder/out" || fail "docs/forecast.md: no command prints: $row"
done <<<"$rows"
finish
