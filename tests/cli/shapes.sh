#!/usr/bin/env bash
# Series, events and samples in the shapes that real files have: what is read from them, and what is refused.
. "$(dirname "$0")/common.sh"
weir=$(realpath "$weir")
make=$PWD/tests/input/make-shapes
"$make" "$folder/shapes" || fail "make-shapes"
cd "$folder/shapes" || exit 1

# All of these are the same 96 hours: the line about them says so, and so do the values, to the last digit.
"$weir" forecast iso.csv -m last --horizon 1 --season 6h -o "$folder/wanted" >/dev/null 2>&1
same()
{
    local file=$1
    shift
    expect 0 "$file: 96 values, 60 min apart, season 6 h; fitted to 76, 20 forecast" \
        forecast "$file" -m last --horizon 1 --season 6h -o "$folder/got" "$@"
    cut -d, -f2 "$folder/got/forecasts.csv" | cmp - <(cut -d, -f2 "$folder/wanted/forecasts.csv") || fail "$file: other values"
    cut -d, -f1 "$folder/got/forecasts.csv" | cmp - <(cut -d, -f1 "$folder/wanted/forecasts.csv") || fail "$file: other times"
}
same iso.csv
same zone.csv
same us.csv
grep -q 'us.csv: "1/1/2024 0:00" is taken with the month first' "$folder/err" || fail "the order of day and month is not told"
same us-half.csv
same month-name.csv
same milliseconds.csv
grep -q "taken as milliseconds since 1970" "$folder/err" || fail "milliseconds are not told"
same digits.csv
grep -q '"20240101000000" is taken as a date in digits' "$folder/err" || fail "digits are not told"
same two.csv
grep -q 'columns "date" and "hour" are taken together' "$folder/err" || fail "two columns are not told"
same two.csv --time date,hour --quiet
empty err
same pandas.csv
same excel.csv
same text.csv
same format.csv --time-format '%d.%m.%y %Hh'
same bare.csv
same bare.csv --no-header --time 1 --value 2
same backwards.csv --sort
grep -q "95 of 96 rows were not in the order of time and are sorted" "$folder/err" || fail "sorting is not told"
same double.csv --sort --same mean
grep -q "averaged with them" "$folder/err" || fail "averaging is not told"
expect 3 "backwards.csv:3: time goes back" forecast backwards.csv
expect 3 "is given twice" forecast double.csv --sort
expect 3 'format.csv:2: "01.01.24 0h" is not a time; write seconds or a date such as "2024-05-01 12:30:00", or say how' forecast format.csv
expect 2 '--same: "sum" is none of refuse, add and mean' forecast double.csv --same sum
expect 0 "10 gaps, filled by spline" forecast gaps.csv -m last --season 6h

# check says what it read.
expect 0 'us.csv: ok (time "time" as dates, the month before the day, value "value"; 96 rows, 2024-01-01 00:00:00 to 2024-01-04 23:00:00 UTC, 60 min apart)' check us.csv
grep -q '^  remark: us.csv: "1/1/2024 0:00" is taken with the month first$' "$folder/out" || fail "check does not remark"
expect 0 'events.csv: ok (time "time" as seconds, no values; 120 rows, 0 s to 3570 s, 30 s apart)' check events.csv --events
expect 3 'events.csv:2: "user-0" is not a number (column "user")' check events.csv
cat >events.json <<END
{"platform": "one.xml", "duration": "1h", "workload": {"jobs": [{"name": "j", "source": {"host": "h"}, "load": {"kind": "csv", "file": "events.csv", "values": "events"},
 "operators": [{"name": "o", "flops": "1Mf"}], "edges": [["source", "o"], ["o", "sink"]]}]}}
END
printf '<?xml version="1.0"?>\n<!DOCTYPE platform SYSTEM "https://simgrid.org/simgrid.dtd">\n<platform version="4.1"><zone id="z" routing="Full"><host id="h" speed="1Gf"/></zone></platform>\n' >one.xml
expect 0 'remark: events.csv: time "time" as seconds, no values; 120 rows' check events.json

# A load and a generator take them, too. 120 events in 3570 s: 2 a minute, but for the last, unfinished minute.
for events in "events.csv" "events-backwards.csv --sort"; do
    # shellcheck disable=SC2086 # the option is apart
    expect 0 "time_s,rate" generate from-timestamps --input $events
    awk -F, 'NR > 1 && ($1 != 60 * (NR - 2) || $2 != "0.0333333333") { exit 1 } END { if (NR != 60) exit 1 }' "$folder/out" ||
        fail "events of $events: $(head -3 "$folder/out")"
done

# Labels, in every way that they are written: the same measures.
detect()
{
    local file=$1
    shift
    expect 0 "100 samples learnt from, 100 judged, 10 of them anomalies" detect "$file" -d z-score "$@"
    grep -qE "^z-score +1\.0000 +1\.0000 +1\.0000 " "$folder/out" || fail "$file: $(cat "$folder/out")"
    grep -q "2 dimensions" "$folder/out" || fail "$file: not two dimensions"
}
for labels in 01 sign word bool; do
    detect labels-$labels.csv --label label
done
expect 0 "of the labels 1 and -1, -1 is taken as the anomaly" detect labels-sign.csv --label label -d z-score
expect 3 "there are labels -1 and others than 1" detect labels-mixed.csv --label label -d z-score
detect samples.csv --labels intervals.csv
detect samples-untimed.csv --labels intervals-rows.csv
detect samples-pandas.csv --labels intervals.csv
grep -q 'the first column ("") is left out, as the numbers of rows' "$folder/err" || fail "the index is not told"
detect samples-bare.csv --no-header --time 1 --labels intervals.csv
detect samples.csv --labels intervals-beyond.csv
grep -q "1 of 2 intervals cover no sample" "$folder/err" || fail "an interval without samples is not told"
expect 3 "intervals-backwards.csv:2: the interval ends before it begins" detect samples.csv --labels intervals-backwards.csv
(head -1 samples.csv && sed 1d samples.csv | tac) >reversed.csv
detect reversed.csv --sort --labels intervals.csv
expect 3 "sort the file by time (--sort)" detect reversed.csv -d z-score
detect samples.csv --labels intervals.csv --train-until "2024-01-01 01:40"
finish
