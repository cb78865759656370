#!/usr/bin/env bash
# Logs of other programs as loads: what `weir generate from-...` makes of them.
. "$(dirname "$0")/common.sh"
weir=$(realpath "$weir")
"$PWD/tests/input/make-shapes" "$folder/shapes" || fail "make-shapes"
cd "$folder/shapes" || exit 1

# rates WANTED...: the rates that were written, as distinct values with how often each is there.
rates()
{
    local got
    got=$(sed 1d "$folder/out" | cut -d, -f2 | sort -g | uniq -c | awk '{ printf("%s%s x %s", (NR > 1) ? ", " : "", $1, $2) }')
    [ "$got" = "$1" ] || fail "rates are \"$got\" and not \"$1\""
}

# 100 requests from 0 s to 594 s: 9 whole minutes of 10 requests, 1/6 a second; with one answer in four without bytes.
for log in access.log combined.log; do
    expect 0 "$log: 100 events, 2024-01-01 00:00:00 to 2024-01-01 00:09:54" generate from-access-log --input $log
    rates "9 x 0.166666667"
    expect 0 "50 events are left out by the options" generate from-access-log --input $log --path /api --duration 10min
    rates "10 x 0.0833333333"
    expect 0 "" generate from-access-log --input $log --method POST --duration 10min
    rates "10 x 0.0166666667"
    # in 20 minutes' half there are 3 x 1000 bytes in every 24 s
    expect 0 "" generate from-access-log --input $log --of bytes --step 24s --duration 10min
    rates "25 x 125"
    expect 0 "" generate from-access-log --input $log --status 5 --step 24s --duration 10min
    rates "25 x 0.0416666667"
done
expect 0 "1 lines are not a line of an access log, as Apache and nginx write it and are left out, the first of them line 101" \
    generate from-access-log --input access-dirty.log
expect 3 "access-bad.log:6: is not a line of an access log, as Apache and nginx write it; 1 of 6 lines are none" \
    generate from-access-log --input access-bad.log
expect 3 "the options leave all of its 100 events out" generate from-access-log --input access.log --path /nowhere
expect 2 "--input must be given" generate from-access-log

for results in results.jtl results-bare.jtl; do
    expect 0 "taken as milliseconds since 1970" generate from-jtl --input $results
    rates "9 x 10"
    expect 0 "" generate from-jtl --input $results --label home --duration 10s
    rates "10 x 5"
    expect 0 "" generate from-jtl --input $results --of bytes --duration 10s
    rates "10 x 5000"
done
expect 3 "results-xml.jtl: is XML; let JMeter write CSV" generate from-jtl --input results-xml.jtl

# Minutes 1, 3, ... have 1 + 2 + 3 calls, the others 0 + 1 + 2.
expect 0 "3 rows added up over 1440 minutes" generate from-minutes --input minutes.csv
rates "720 x 0.05, 720 x 0.1"
expect 0 "4 rows added up over 2880 minutes, others are left out" generate from-minutes --input minutes.csv,minutes.csv --where Trigger=http
rates "1440 x 0.05, 1440 x 0.0833333333"
[ "$(wc -l <"$folder/out")" -eq 2881 ] || fail "two days are not 2880 minutes"
expect 3 'there is no column "trigger" (--where); did you mean "Trigger"?' generate from-minutes --input minutes.csv --where trigger=http
expect 3 "no row is left to be counted (3 are left out by --where)" generate from-minutes --input minutes.csv --where Trigger=queue
expect 3 "has no columns called 1, 2, 3 and so on" generate from-minutes --input iso.csv

expect 0 "60 events, 2024-01-01 00:00:00 to 2024-01-01 09:50:00" generate from-jobs --input jobs.swf
rates "59 x 0.00166666667"
# 100 s on 4 processors each 600 s, but for the one whose run time is not known.
expect 0 "1 events are left out" generate from-jobs --input jobs.swf --of cpu-seconds
rates "1 x 0, 58 x 0.666666667"
expect 3 "events.csv:1: is not a job of the Standard Workload Format" generate from-jobs --input events.csv
finish
