#!/usr/bin/env bash
# Results as they may be found: whole, without a summary, cut short, of another version, with a failed run, with none.
. "$(dirname "$0")/../cli/common.sh"
scenario=$folder/scenario.json # with a tenth of the items, which nothing here is about
sed -e "s|valid/two-tier.xml|$PWD/tests/input/valid/two-tier.xml|" -e 's|450/s|45/s|' tests/input/cli-real.json >"$scenario"

expect 0 "the report is $folder/whole/report.html" compare $scenario -o "$folder/whole"
[ -s "$folder/whole/report.html" ] || fail "no report"
expect 0 "" compare $scenario -o "$folder/none" --seeds 1 --no-report
[ -e "$folder/none/report.html" ] && fail "--no-report makes one"

# The same results give the same page, byte for byte, and the command makes what the comparison made.
expect 0 "the report is $folder/page.html" report "$folder/whole" -o "$folder/page.html"
same "$folder/whole/report.html" "$folder/page.html"
grep -q '"problems":\[\]' "$folder/page.html" || fail "problems of whole results: $(grep -o '"problems":.*' "$folder/page.html")"
[ "$(find "$folder" -name '*.partial' | wc -l)" -eq 0 ] || fail "drafts were left"

# try NAME CODE MESSAGE: makes a report of the copy NAME.
try()
{
    expect "$2" "$3" report "$folder/$1" -o "$folder/page.html"
    if [ "$2" -eq 0 ]; then
        grep -qF '"static","throughput","items/s","high"' "$folder/page.html" || fail "$1: the summary is not in the page"
    fi
}
copy()
{
    rm -rf "${folder:?}/$1"
    cp -r "$folder/whole" "$folder/$1"
}

expect 3 "nowhere: is no folder; give one that weir run, compare or sweep has written" report nowhere
mkdir "$folder/empty"
try empty 3 "empty: holds no results: neither summary.csv nor aggregate.csv nor result.json is there"
mkdir -p "$folder/begun/runs/static/seed-1.partial"
try begun 3 "seed-1.partial: the run was cut short and has no result"
mkdir -p "$folder/swept/packs"
try swept 3 "is a sweep without tables; make them with \`weir sweep"
expect 3 "no run has seed 77" report "$folder/whole" --seed 77 -o "$folder/page.html"
expect 3 "cannot write" report "$folder/whole" -o "$folder/nowhere/page.html"

copy cut
rm "$folder/cut/summary.csv"
try cut 0 "summary.csv is not there: the comparison was cut short"
copy half # a line of the summary and of the windows has no end
truncate -s -3 "$folder/half/summary.csv" "$folder/half/runs/static/seed-1/windows.csv"
try half 0 "summary.csv: is cut short or edited: it has"
expect 0 "seed-1/windows.csv: is cut short or edited" report "$folder/half" -o "$folder/page.html"
expect 0 "charts over time lack static" report "$folder/half" -o "$folder/page.html"
# As a run may have left them whose seals do not speak against it.
"$reseal" "$folder/half" "$folder/half/runs/static/seed-1"
try half 0 "summary.csv: is cut short; its last line is left out"
expect 0 "seed-1/windows.csv: is cut short; what is whole is shown" report "$folder/half" -o "$folder/page.html"
copy torn
truncate -s 100 "$folder/torn/runs/static/seed-2/result.json"
try torn 0 "the run is left out"
expect 0 "static, seed 2: there is no result" report "$folder/torn" -o "$folder/page.html"
copy failed
rm -r "$folder/failed/runs/reactive/seed-1"
try failed 0 "reactive, seed 1: there is no result; the run failed or was not made"
copy wordless
rm "$folder/wordless/runs/static/seed-1/windows.csv" "$folder/wordless/runs/static/seed-1/decisions.csv"
try wordless 0 "windows.csv: is missing; weir wrote it with"
expect 0 "decisions.csv: is missing; weir wrote it with" report "$folder/wordless" -o "$folder/page.html"
expect 0 "charts over time lack static" report "$folder/wordless" -o "$folder/page.html"
# Decisions that are too many: those of every fourth of 10 000 times; of a single time the first.
decisions="$folder/many/runs/static/seed-1/decisions.csv"
copy many
{
    echo "time,policy,job,operator,what,why,refusal"
    seq 10000 | sed 's/.*/&,static,,,note,number & of them,/'
} >"$decisions"
"$reseal" "${decisions%/*}"
try many 0 ""
grep -qF 'static: 2500 of 10000 decisions are in the page, those of every 4th time' "$folder/page.html" || fail "many decisions are not told"
grep -qF '"number 9997 of them"' "$folder/page.html" || fail "the last decisions are not in the page"
sed -i '2,$s/^[0-9]*/7/' "$decisions"
"$reseal" "${decisions%/*}"
try many 0 ""
grep -qF 'static: the first 3000 of 10000 decisions' "$folder/page.html" || fail "decisions of one time are not the first"
copy older
sed -i 's/"weir":.*"0[^"]*"/"weir": "0.0.7"/' "$folder"/older/runs/*/*/result.json
"$reseal" "$folder"/older/runs/*/*
try older 0 "Runs were made by weir 0.0.7"
copy newer # a column less, and windows of another kind
cut -d, -f1-6 "$folder/whole/summary.csv" >"$folder/newer/summary.csv"
sed -i 1s/host/machine/ "$folder/newer/runs/static/seed-1/windows.csv"
"$reseal" "$folder/newer" "$folder/newer/runs/static/seed-1"
try newer 0 "summary.csv: has no column \"ci95_low\": it is of another version of weir"
expect 0 "windows.csv:1: the header is not" report "$folder/newer" -o "$folder/page.html"
copy moved # the platform is gone since
sed -i 's/two-tier[^"]*.xml/gone.xml/' "$folder/moved/scenario.json"
try moved 0 "The scenario cannot be read any more"

copy large # 3 500 jobs and hosts, 60 windows: more than 20 MB, and the page stays below 5 MiB
awk 'BEGIN {
    print "time,job,operator,host,metric,value"
    for (w = 1; w <= 60; w++) for (j = 1; j <= 3500; j++) {
        printf "%d,job%dx,,,latency_p95,%.6f\n%d,job%dx,,,backlog,%d\n", w, j, j / 7 + w, w, j, w * j
        printf "%d,job%dx,op,,queued,%d\n%d,,,host%d,cpu,%.6f\n", w, j, w * j, w, j, 1 / (w + j)
        if (w == 1) printf "1,job%dx,op,host%d,placed,1\n", j, j
    }
}' >"$folder/large/runs/static/seed-1/windows.csv"
"$reseal" "$folder/large/runs/static/seed-1"
try large 0 "the report is"
size=$(stat -c %s "$folder/page.html")
[ "$size" -gt 1000000 ] && [ "$size" -lt 5242880 ] || fail "a large report has $size bytes"
grep -q 'busiest of 3500 jobs of a run are in the page' "$folder/page.html" || fail "what was left out is not said: $(grep '"notes"' "$folder/page.html")"

# A single run, and a sweep.
expect 0 "" run $scenario --policy static -o "$folder/run" -q
expect 0 "the report is $folder/run/report.html" report "$folder/run"
grep -q '"kind":"run"' "$folder/run/report.html" || fail "a run is not seen as one"
expect 0 "the report is $folder/sweep/report.html" sweep tests/report/study.json -o "$folder/sweep" -j 2
grep -q '"kind":"sweep"' "$folder/sweep/report.html" || fail "a sweep is not seen as one"
expect 0 "" sweep tests/report/study.json -o "$folder/sweep" --no-report
[ -e "$folder/sweep/report.html" ] && fail "a report of before stays beside new tables"
expect 0 "" sweep tests/report/study.json -o "$folder/sweep" --collect
[ -s "$folder/sweep/report.html" ] || fail "--collect makes no report"
sed -i 2,3d "$folder/sweep/pairs.csv"
rm "$folder/sweep/pairs.csv"
expect 0 "pairs.csv is not there: paired differences are missing" report "$folder/sweep"
finish
