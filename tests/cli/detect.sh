#!/usr/bin/env bash
# weir detect: tables, files, what is wrong with samples, labels and detectors.
. "$(dirname "$0")/common.sh"

# 200 samples of two dimensions: a runs from 0 to 3 and back to 0, b is twice a. From row 151 to 160 a is 9 more; the label says so.
# Learnt from: the first 100, with a mean of 1.5 and a deviation of sqrt(1.25) = 1.118.
awk 'BEGIN { print "time,a,b,label"; for (i = 0; i < 200; i++) { bad = i >= 150 && i < 160
    printf "%d,%g,%g,%d\n", 60 * i, i % 4 + 9 * bad, 2 * (i % 4), bad } }' >"$folder/steps.csv"
baselines=z-score,last-value,rules
expect 0 "2 dimensions; 100 samples learnt from, 100 judged, 10 of them anomalies" \
    detect "$folder/steps.csv" --label label -d $baselines -o "$folder/scores.csv"
empty err
# |z| of a sample is at most 1.5 / 1.118 = 1.342, which is the threshold; with 9 more on a the mean of both is 3.4 at least.
grep -qE "^z-score +1\.0000 +1\.0000 +1\.0000 +1\.0000 +\| +1\.0000 +1\.0000$" "$folder/out" || fail "z-score: $(cat "$folder/out")"
grep -q "threshold 1.342 deviations" "$folder/out" || fail "z-score's threshold"
# last-value sees the jump up and the one down, which is not labelled: precision 1/2, recall 1/10, F1 2/12; adjusted 10 of 11, 1: 20/21.
# The steps are 1, 1, 1 and -3, so 99 of them (the last of 25 cycles has no step down) have the mean 27/99 and the largest error is the
# step down: its threshold. best F1: the same two samples above all others.
grep -qE "^last-value +0\.5000 +0\.1000 +0\.1667 +0\.1818 +\| +0\.9524 +0\.9524$" "$folder/out" || fail "last-value: $(cat "$folder/out")"
awk -F, 'NR == 1 { if ($0 != "series,row,time,label,z-score,z-score flagged,last-value,last-value flagged,rules,rules flagged") exit 1 }
    NR > 1 && ($2 != NR + 99 || $3 != 60 * ($2 - 1) || $6 != $4) { exit 1 } END { if (NR != 101) exit 1 }' "$folder/scores.csv" ||
    fail "scores.csv: $(head -3 "$folder/scores.csv")"

# Without labels: scores alone. The same again gives the same.
cut -d, -f1-3 "$folder/steps.csv" >"$folder/bare.csv"
expect 0 "100 samples learnt from, 100 judged" detect "$folder/bare.csv" -d $baselines -o "$folder/bare-scores.csv"
grep -q "F1" "$folder/out" && fail "F1 without labels"
cut -d, -f1-3,5- "$folder/scores.csv" | cmp - "$folder/bare-scores.csv" || fail "labels change scores"

# JSON.
expect 0 '"point_adjusted_best"' detect "$folder/steps.csv" --label label -d $baselines --json
json detect
grep -q '"anomalies":	10' "$folder/out" || fail "JSON: $(head -9 "$folder/out")"
expect 0 '"alarm_rate"' detect "$folder/bare.csv" -d z-score --json
json detect without labels

# Labels in a file, with a name or without; dimensions by name; where to cut.
cut -d, -f4 "$folder/steps.csv" >"$folder/labels.csv"
expect 0 "10 of them anomalies" detect "$folder/bare.csv" --labels "$folder/labels.csv" -d z-score
sed 1d "$folder/labels.csv" >"$folder/labels.txt"
expect 0 "10 of them anomalies" detect "$folder/bare.csv" --labels "$folder/labels.txt" -d z-score
expect 0 "10 of them anomalies" detect "$folder/bare.csv" --labels "$folder/steps.csv" --label label -d z-score
expect 0 "1 dimension; 140 samples learnt from, 60 judged" detect "$folder/steps.csv" --columns b --train-share 0.7 -d z-score
expect 0 "120 samples learnt from, 80 judged" detect "$folder/bare.csv" --train-until 7200 -d z-score
expect 0 "120 samples learnt from, 80 judged" detect "$folder/bare.csv" --train-until "1970-01-01 02:00" -d z-score
head -101 "$folder/bare.csv" >"$folder/first.csv"
expect 0 "100 samples learnt from, 200 judged" detect "$folder/steps.csv" --label label --train "$folder/first.csv" -d $baselines
# Windows of 4 of which at least half is an anomaly: those that end in samples 152 to 162, 11.
expect 0 '"anomalies":	11' detect "$folder/steps.csv" --label label --window-truth 0.5 -d rules:window=4 --json
# Learning from the anomaly, or not. Of 180 samples 10 are left out, and 43, 43, 42 and 42 are left of 0 to 3: their mean is 253/170,
# their deviation sqrt(589/170 - 1.488^2) = 1.118, and 3 is 1.352 of them away.
expect 0 "" detect "$folder/steps.csv" --train-share 0.9 -d z-score
grep -q "threshold 1.342" "$folder/out" && fail "the anomaly does not matter"
expect 3 "no sample to judge is labelled an anomaly, so nothing can be found; move --train-share" \
    detect "$folder/steps.csv" --label label --clean --train-share 0.9 -d z-score
sed '$s/0$/1/' "$folder/steps.csv" >"$folder/more.csv"
expect 0 "threshold 1.352" detect "$folder/more.csv" --label label --clean --train-share 0.9 -d z-score

# Several series in one file, one after the other or interleaved: the same. b has ten times the values of a.
awk -F, 'NR == 1 { print $0 ",host"; next } { print $0 ",one"; print $1 "," 10 * $2 "," 10 * $3 "," $4 ",two" }' "$folder/steps.csv" >"$folder/hosts.csv"
expect 0 "2 dimensions, 2 series; 200 samples learnt from, 200 judged, 20 of them anomalies" \
    detect "$folder/hosts.csv" --by host --label label -d $baselines -o "$folder/hosts-scores.csv"
grep -qE "^z-score +1\.0000 +1\.0000 " "$folder/out" || fail "series are not scored for themselves"
(head -1 "$folder/hosts.csv" && grep one "$folder/hosts.csv" && grep two "$folder/hosts.csv") >"$folder/apart.csv"
expect 0 "" detect "$folder/apart.csv" --by host --label label -d $baselines -o "$folder/apart-scores.csv"
cut -d, -f1,3- "$folder/hosts-scores.csv" | cmp - <(cut -d, -f1,3- "$folder/apart-scores.csv") || fail "the order of hosts matters"
# As one, but scaled each by its own range: the same as apart; unscaled, the second would drown the first.
expect 0 "" detect "$folder/hosts.csv" --by host --label label -d z-score --pool
grep -qE "^z-score +1\.0000 +1\.0000 " "$folder/out" || fail "pooled series are not scaled: $(cat "$folder/out")"
expect 0 "" detect "$folder/hosts.csv" --label label --columns a,b --time time --by host --train "$folder/hosts.csv" -d z-score
expect 3 "apart.csv: it has no samples of \"three\", which is in" detect <(sed 's/two/three/' "$folder/hosts.csv") --by host \
    --train "$folder/apart.csv" -d z-score

# A fleet. By hand: two hosts that swing between 0 and 18, and between 0 and 180, are the same as logarithms against their own past
# (tests/learn/detect/signals.c): the deviation of healthy samples is 1 throughout, and that is the threshold. 38 on the first is
# (log(1 + 38 / 0.9) - 1.522) / 1.522 = 1.474 of them away, 1800 on the second (log(1 + 1800 / 9) - 1.522) / 1.522 = 2.484. What the
# label says of the part to learn from is left out.
awk 'BEGIN { print "time,load,label,host"; for (i = 0; i < 40; i++) { x = 18 * (i % 4 > 1); bad = i == 4 || i == 6 || i == 30
    printf "%d,%g,%d,one\n%d,%g,%d,two\n", i, bad ? 38 : x, bad, i, bad ? 1800 : 10 * x, bad } }' >"$folder/fleet.csv"
expect 0 "threshold 1 deviations" detect "$folder/fleet.csv" --by host --label label --fleet --clean -d z-score -o "$folder/fleet-scores.csv"
grep -qE "^z-score +1\.0000 +1\.0000 +1\.0000 " "$folder/out" || fail "--fleet: $(cat "$folder/out")"
expect 2 "--pool and --fleet are two ways to the same" detect "$folder/fleet.csv" --by host --label label --fleet --pool
# Two days of four servers of live streams: both steps find far more than the rules alone, and more so than without --fleet.
expect 0 "" detect workloads/telemetry/servers.csv --by server --label label --fleet --clean -q \
    -d rules:unsure=anomalous:theta-r=0.2,both:theta-r=0.05:of=recent:epochs=15
awk '$1 ~ /^rules/ && !rules { rules = $4 } $1 ~ /^both/ && !both { both = $4 } END { exit !(rules > 0.3 && both > 0.72 && both > rules + 0.1) }' \
    "$folder/out" || fail "both steps on telemetry: $(cat "$folder/out")"

# Gaps and columns that do not change.
sed '5s/,[^,]*/,/; 120s/,[^,]*/,NaN/; 121s/,.*/,na,,0/' "$folder/steps.csv" >"$folder/gaps.csv"
expect 0 "4 values are missing" detect "$folder/gaps.csv" --label label -d $baselines -o "$folder/gaps-scores.csv"
grep -qE "^z-score +1\.00 .*" "$folder/out" || grep -qE "^z-score +10.00 % +1 " "$folder/out" || fail "a silent sample: $(cat "$folder/out")"
awk -F, '$2 == 120 && ($5 != "" || $6 != 0) { exit 1 } $2 == 119 && $5 == "" { exit 1 }' "$folder/gaps-scores.csv" || fail "gaps: $(sed -n 20,22p "$folder/gaps-scores.csv")"
sed 's/^\([^,]*,[^,]*\),[^,]*/\1,7/; 1s/7/b/' "$folder/steps.csv" >"$folder/still.csv"
expect 0 "1 of 2 columns do not change in what is learnt from (b)" detect "$folder/still.csv" --label label -d $baselines
expect 0 "" detect "$folder/still.csv" --label label -d $baselines -q
empty err

# What is wrong with the file.
expect 3 "nowhere.csv: no such file" detect "$folder/nowhere.csv"
sed '7s/,[^,]*$//' "$folder/steps.csv" >"$folder/ragged.csv"
expect 3 "ragged.csv:7: the line has 3 cells, and the first one names 4 columns; complete it or take it out" detect "$folder/ragged.csv"
sed '8s/,[^,]*/,full/' "$folder/steps.csv" >"$folder/text.csv"
expect 3 'text.csv:8: column "a": "full" is not a number; write one, leave the cell empty for a gap, or choose other columns' detect "$folder/text.csv"
sed '8s/,[^,]*/,inf/' "$folder/steps.csv" >"$folder/text.csv"
expect 3 'text.csv:8: column "a": "inf" is not a number' detect "$folder/text.csv"
sed '9s/^[0-9]*/7/' "$folder/steps.csv" >"$folder/back.csv"
expect 3 'back.csv:9: the time "7" is not after the one before; sort the file by time' detect "$folder/back.csv"
sed '9s/^[0-9]*/noon/' "$folder/steps.csv" >"$folder/back.csv"
expect 3 'back.csv:9: "noon" is not a time; write seconds or a date' detect "$folder/back.csv"
sed '10s/0$/2/' "$folder/steps.csv" >"$folder/two.csv"
expect 3 'two.csv:10: the label "2" is neither 0 nor 1' detect "$folder/two.csv" --label label
expect 3 'steps.csv:1: there is no column "lable" (--label); did you mean "label"?' detect "$folder/steps.csv" --label lable
expect 3 'there is no column "x" (--columns)' detect "$folder/steps.csv" --columns a,x
expect 2 '--columns: "a" is there twice' detect "$folder/steps.csv" --columns a,a
sed 1d "$folder/steps.csv" >"$folder/nameless.csv"
expect 3 "nameless.csv:1: the first line holds numbers where it must name the columns" detect "$folder/nameless.csv"
sed '1s/b/a/' "$folder/steps.csv" >"$folder/twice.csv"
expect 3 'twice.csv:1: two columns are called "a"; rename one' detect "$folder/twice.csv"
head -1 "$folder/steps.csv" >"$folder/none.csv"
expect 3 "none.csv: it has no samples" detect "$folder/none.csv"
head -9 "$folder/steps.csv" >"$folder/few.csv"
expect 3 "detector rules: there are 4 samples to learn from, and a window has 12; give it more, or a shorter window" \
    detect "$folder/few.csv" -d rules
expect 4 "1 of 2 detectors failed" detect "$folder/few.csv" -d z-score,rules -o "$folder/few-scores.csv"
grep -q "detector rules: there are 4 samples" "$folder/err" || fail "why it failed is not told"
[ "$(head -1 "$folder/few-scores.csv")" = "series,row,time,z-score,z-score flagged" ] || fail "a failed detector's scores"
expect 0 "" detect "$folder/few.csv" -d rules:window=4
head -5 "$folder/labels.txt" >"$folder/short.txt"
expect 3 "short.txt: it has 5 labels, and $folder/bare.csv has 200 samples" detect "$folder/bare.csv" --labels "$folder/short.txt"
expect 3 "steps.csv:1: it has 4 columns; name that of the labels by --label" detect "$folder/bare.csv" --labels "$folder/steps.csv"
expect 3 "no sample is left to learn from; move --train-share or --train-until" detect "$folder/steps.csv" --train-until 0
expect 3 "no sample is left to judge; move --train-share or --train-until" detect "$folder/steps.csv" --train-until 1e9
expect 3 "--train-until needs a column of times; name it by --time" detect <(cut -d, -f2- "$folder/bare.csv") --train-until 60

# The results of a run: two hosts that serve and one that does not; from 6000 to 6600 s (windows 101 to 110) two is not well, and for
# the first 20 s of window 111, which is less than half of it.
mkdir "$folder/run"
awk 'BEGIN { print "time,job,operator,host,metric,value"
    for (i = 1; i <= 200; i++) {
        print 60 * i ",j,,,ingress_rate,1\n" 60 * i ",j,o,,instances,2\n" 60 * i ",,,l,use,0.1"
        for (h = 0; h < 3; h++) {
            name = substr("onetwooff", 3 * h + 1, 3); on = h < 2; bad = h == 1 && i > 100 && i <= 110
            printf "%d,,,%s,cpu,%g\n%d,,,%s,memory,%d\n", 60 * i, name, on * (0.1 + 0.01 * (i % 5) + 0.5 * bad), 60 * i, name, on * 1e6 * (i % 7)
            printf "%d,,,%s,disk,%d\n%d,,,%s,sent,%d\n", 60 * i, name, on * 1000 * (i % 5), 60 * i, name, on * 2000 * (i % 5)
            printf "%d,,,%s,received,1\n%d,,,%s,instances,%d\n", 60 * i, name, 60 * i, name, on } } }' >"$folder/run/windows.csv"
echo "start,end,host,kind,speed,available,cpu,memory,disk,upload
6000,6620,two,overload,0.4,1,1,0,0,1" >"$folder/run/anomalies.csv"
for way in "" --pool "--pool --clean" "--columns cpu"; do
    expect 0 "2 series; 200 samples learnt from, 200 judged, 10 of them anomalies" detect "$folder/run" -d z-score $way
    grep -qE "^z-score +1\.0000 +1\.0000 " "$folder/out" || fail "$way: the run: $(cat "$folder/out")"
done
expect 0 "4 dimensions, 2 series" detect "$folder/run" --train "$folder/run" -d rules
# Written as a CSV and read again: the same scores.
expect 0 "" detect "$folder/run" -d z-score,rules --pool --clean --samples "$folder/samples.csv" -o "$folder/a.csv"
expect 0 "" detect "$folder/samples.csv" --by series --label label -d z-score,rules --pool --clean -o "$folder/b.csv"
cut -d, -f1,3- "$folder/a.csv" | cmp - <(cut -d, -f1,3- "$folder/b.csv") || fail "samples are not those of the run"
# Half a window of 12 is not well from the sixth bad sample on, and until the sixth after the last.
expect 0 "" detect "$folder/run" -d vgru:epochs=3 --window-truth 0.5 -o "$folder/run-scores.csv"
expect 2 '--window-truth: "0" is not a part between 0 and 1' detect "$folder/run" --window-truth 0
expect 2 "results of a run have their own times, labels and hosts; leave --time, --time-format, --no-header, --sort, --label, --labels and --by out" detect "$folder/run" --by host
rm "$folder/run/anomalies.csv"
expect 0 "200 samples learnt from, 200 judged" detect "$folder/run" -d z-score
grep -q F1 "$folder/out" && fail "F1 without the truth"
grep -v ",cpu,\|,instances,\|,memory,\|,disk,\|,sent," "$folder/run/windows.csv" >"$folder/w" && mv "$folder/w" "$folder/run/windows.csv"
expect 3 'it has no reports of hosts that serve; let the scenario record "hosts": true' detect "$folder/run"
echo "a,b" >"$folder/run/windows.csv"
expect 3 'windows.csv:1: the columns are not "time,job,operator,host,metric,value", as weir writes them' detect "$folder/run"
rm "$folder/run/windows.csv"
expect 3 "not the folder of a run (\`weir run -o DIR\`): $folder/run/windows.csv: no such file" detect "$folder/run"

# What is wrong with the command line.
expect 3 'there is no detector "z-scor"; did you mean "z-score"? (weir list detectors)' detect "$folder/steps.csv" -d z-scor
expect 3 'detector z-score: unknown key "quantil"; did you mean "quantile"?' detect "$folder/steps.csv" -d z-score:quantil=1
expect 3 'detector rules: "theta" is not KEY=VALUE, as in z-score:quantile=0.99' detect "$folder/steps.csv" -d rules:theta
expect 2 '--detector: "rules" is there twice' detect "$folder/steps.csv" -d rules,rules
expect 2 '--train-share: "1" is not a part between 0 and 1' detect "$folder/steps.csv" --train-share 1
expect 2 '--train-until: "noon" is no time' detect "$folder/steps.csv" --train-until noon
expect 2 "--train, --train-share and --train-until say the same" detect "$folder/steps.csv" --train-until 60 --train-share 0.4
expect 2 "--clean: it needs the labels of what is learnt from; give --label" detect "$folder/steps.csv" --clean
finish
