#!/usr/bin/env bash
# weir sweep over an engine that simulates nothing: every run once, whatever fails or is cut off; the same tables by every
# way of running; errors before anything is started.
. "$(dirname "$0")/common.sh"
study=tests/input/studies/list.json # 2 entries x 4 samples x 2 policies x 3 seeds = 48 runs
export WEIR_FAKE_LOG=$folder/log
tables="summary.csv aggregate.csv pairs.csv"
: >"$WEIR_FAKE_LOG"

runs_made()
{
    wc -l <"$WEIR_FAKE_LOG"
}
same_tables()
{
    for table in $tables; do
        same "$folder/calm/$table" "$1/$table"
    done
}

# --- the runs, listed and made ---
expect 0 "run,key,configuration,duration,//link[@id='backhaul']/@latency,workload.jobs[0].load.rate" sweep $study -n
[ "$(wc -l <"$folder/out")" -eq 49 ] || fail "--dry-run lists $(wc -l <"$folder/out") lines"
[ "$(runs_made)" -eq 0 ] || fail "--dry-run has run something"
cut -d, -f2 "$folder/out" | sort -u | wc -l | grep -qx 49 || fail "two runs have one key"

expect 0 "48 of 48 runs finished, 0 failed, 0 missing" sweep $study -o "$folder/calm" -j 2
[ "$(runs_made)" -eq 48 ] || fail "$(runs_made) runs made, wanted 48"
[ "$(wc -l <"$folder/calm/summary.csv")" -eq 49 ] || fail "summary.csv has not a row a run"
[ "$(wc -l <"$folder/calm/aggregate.csv")" -eq $((1 + 16 * 9)) ] || fail "aggregate.csv: 8 x 2 x 9 metrics are wanted"
[ "$(wc -l <"$folder/calm/pairs.csv")" -eq $((1 + 8 * 8)) ] || fail "pairs.csv: 8 x 1 pair x 8 metrics with a better"
[ -e "$folder/calm/failures.csv" ] && fail "failures.csv without a failure"
[ "$(find "$folder/calm" -type f | wc -l)" -eq 10 ] || fail "a sweep leaves too many files: $(find "$folder/calm")"
[ "$(find "$folder/calm" -name '*.partial' -o -name '*.draft' | wc -l)" -eq 0 ] || fail "drafts were left"

expect 0 "48 finished and kept, 0 to do" sweep $study -o "$folder/calm" -j 1
[ "$(runs_made)" -eq 48 ] || fail "runs were made twice"
"$weir" sweep $study -o "$folder/one" -j 1 --quiet >"$folder/out" 2>"$folder/err" || fail "a quiet sweep"
empty out
empty err
same_tables "$folder/one"

# --- repeated from the inputs that it keeps ---
cp -r "$folder/one" "$folder/kept"
expect 0 "48 finished and kept, 0 to do" sweep "$folder/kept/study.json" -o "$folder/kept"
expect 0 "48 to do" sweep "$folder/kept/study.json" -o "$folder/afar" && same_tables "$folder/afar"
same "$folder/one/study.json" "$folder/kept/study.json"
same "$folder/one/scenario.json" "$folder/kept/scenario.json"
: >"$WEIR_FAKE_LOG"

# --- one run's files ---
expect 0 "$folder/calm/extracted/" sweep $study -o "$folder/calm" --extract 17
extracted=$(cat "$folder/out")
key=$(sed -n 's/^17,\([0-9a-f]*\),.*/\1/p' "$folder/calm/summary.csv")
[ "$(basename "$extracted")" = "$key" ] || fail "run 17 has key $key, but $extracted was written"
"$is_json" <"$extracted/result.json" || fail "result.json of run 17"
grep -q "\"key\":.*\"$key\"" "$extracted/result.json" || fail "result.json is of another run"
grep -q '^10,job-2,detect,edge-1,busy,$' "$extracted/windows.csv" || fail "windows.csv of run 17"
grep -q '2 -> 3 instances' "$extracted/decisions.csv" || fail "decisions.csv of run 17"
expect 0 "$extracted" sweep $study -o "$folder/calm" --extract "$key"
expect 2 "\"49\" is neither a run's number, from 1 to 48, nor its key" sweep $study -o "$folder/calm" --extract 49

# --- cut off: a torn tail, damage inside, a pack that is no pack ---
: >"$WEIR_FAKE_LOG"
cp -r "$folder/one" "$folder/torn"
truncate -s -100 "$folder/torn/packs/local.pack"
expect 0 "47 finished and kept, 1 to do" sweep $study -o "$folder/torn"
printf 'weir-runX' >>"$folder/torn/packs/local.pack"
expect 0 "48 finished and kept, 0 to do" sweep $study -o "$folder/torn"
printf '\377' | dd of="$folder/torn/packs/local.pack" bs=1 seek=60 conv=notrunc status=none
expect 0 "47 finished and kept, 1 to do" sweep $study -o "$folder/torn"
[ "$(runs_made)" -eq 2 ] || fail "$(runs_made) runs made after two were lost"
head -c 1000 /dev/urandom >"$folder/torn/packs/stray.pack"
expect 0 "48 finished and kept, 0 to do" sweep $study -o "$folder/torn"
same_tables "$folder/torn"

# --- results of another engine: not mixed, not even touched ---
cp -r "$folder/one" "$folder/other"
: >"$WEIR_FAKE_LOG"
export WEIR_FAKE_ENGINE="SimGrid 9.9.9"
mixed="other: has results that fake engine 1 made, and this weir runs on SimGrid 9.9.9, whose results may be other ones"
expect 3 "$mixed" sweep $study -o "$folder/other"
grep -qF -e "they are not mixed: --force runs all anew, -o DIR writes elsewhere" "$folder/err" || fail "no remedy"
for more in --collect "--extract 17" "--executor command"; do
    # shellcheck disable=SC2086 # two words
    expect 3 "$mixed" sweep $study -o "$folder/other" $more
done
[ "$(runs_made)" -eq 0 ] || fail "runs were made beside those of another engine"
diff -r -x report.html "$folder/one" "$folder/other" || fail "a refused sweep has changed the folder"
unset WEIR_FAKE_ENGINE
expect 0 "48 finished and kept, 0 to do" sweep $study -o "$folder/other"
WEIR_FAKE_ENGINE="SimGrid 9.9.9" expect 0 "0 finished and kept, 48 to do" sweep $study -o "$folder/other" --force
[ "$(runs_made)" -eq 48 ] || fail "$(runs_made) runs made by force, wanted 48"
# Parts on a machine with another engine than that of the plan, and packs of such a machine that knew no plan.
expect 0 "" sweep $study -o "$folder/apart" --executor command --batch 24
WEIR_FAKE_ENGINE="SimGrid 9.9.9" expect 3 "plan.bin: was made where weir runs on fake engine 1, and here it runs on SimGrid 9.9.9" \
    sweep $study -o "$folder/apart" --part 1/2
expect 0 "" sweep $study -o "$folder/apart" --part 1/2
rm "$folder/apart/plan.bin"
WEIR_FAKE_ENGINE="SimGrid 9.9.9" expect 0 "" sweep $study -o "$folder/apart" --part 2/2
expect 3 "apart: has results that SimGrid 9.9.9 made, and this weir runs on fake engine 1" sweep $study -o "$folder/apart" --collect

# --- a study that has grown, and one that has changed ---
: >"$WEIR_FAKE_LOG"
sed "s|\"../cli.json\"|\"$PWD/tests/input/cli.json\"|; s/\[1, 5, 9\]/[1, 5, 9, 10]/" $study >"$folder/more.json"
expect 0 "48 finished and kept, 16 to do" sweep "$folder/more.json" -o "$folder/torn"
[ "$(runs_made)" -eq 16 ] || fail "$(runs_made) runs made for 16 new ones"
expect 2 "--force removes results" sweep $study -o "$folder/torn" --force --dry-run
expect 0 "0 finished and kept, 48 to do" sweep $study -o "$folder/torn" --force
same_tables "$folder/torn"

# --- runs with the same inputs are made once ---
: >"$WEIR_FAKE_LOG"
cat >"$folder/twins.json" <<END
{"scenario": "$PWD/tests/input/cli.json", "list": [{"duration": "60s"}, {"window": "10s"}, {"duration": "30s"}]}
END
expect 0 "18 runs, 12 of them with inputs of their own; 0 finished and kept, 12 to do" \
    sweep "$folder/twins.json" -o "$folder/twins"
[ "$(runs_made)" -eq 12 ] || fail "$(runs_made) runs made of 12 different ones"
[ "$(wc -l <"$folder/twins/summary.csv")" -eq 19 ] || fail "twins have a row each"

# --- failures: told, kept apart, tried again; the others go on ---
cat >"$folder/bad.json" <<END
{"scenario": "$PWD/tests/input/cli.json", "seeds": 2,
 "policies": ["fair", "refuses", "aborts", "vanishes", "endless"], "grid": {"duration": ["30s", "60s"]}}
END
expect 4 "16 of 20 runs failed, the first of them: run 3 (duration=30s, refuses, seed 1): policy refuses: does not" \
    sweep "$folder/bad.json" -o "$folder/bad" -j 4 --timeout 5s
[ "$(wc -l <"$folder/bad/summary.csv")" -eq 5 ] || fail "the good runs are not in the table"
[ "$(wc -l <"$folder/bad/failures.csv")" -eq 17 ] || fail "the bad runs are not in failures.csv"
grep -q '^3,.*,refuses,1,4,' "$folder/bad/failures.csv" || fail "no row for run 3"
grep -q 'aborts,1,5,.*its last words: the host is on fire' "$folder/bad/failures.csv" || fail "no last words"
grep -q 'endless,2,4,"took longer than the 5 s' "$folder/bad/failures.csv" || fail "no time-out"
grep -q 'vanishes,2,5,the process was ended by signal 9' "$folder/bad/failures.csv" || fail "no signal"
grep -q '^sweep\|failed after' "$folder/err" || fail "failures are not told while the sweep runs"
expect 4 "4 finished and kept, 16 to do" sweep "$folder/bad.json" -o "$folder/bad" -j 4 --timeout 5s
expect 4 "4 of 20 runs finished, 16 failed, 0 missing" sweep "$folder/bad.json" -o "$folder/bad" --collect
sed -i 's/, "refuses", "aborts", "vanishes", "endless"//' "$folder/bad.json"
expect 0 "4 finished and kept, 0 to do" sweep "$folder/bad.json" -o "$folder/bad"
[ -e "$folder/bad/failures.csv" ] && fail "failures.csv stays although no run of the study failed"
cat >"$folder/large.json" <<END
{"scenario": "$PWD/tests/input/cli.json", "seeds": 2, "policies": ["good", "endless"], "grid": {"duration": ["30s"]}}
END
expect 4 "took more than the 0.001 MB of memory that a run may take, and was stopped" \
    sweep "$folder/large.json" -o "$folder/large" --memory 1kB
[ "$(wc -l <"$folder/large/failures.csv")" -ge 3 ] || fail "runs that are too large are not in failures.csv"

# --- parts, by hand and by xargs, and the tables collected from them ---
: >"$WEIR_FAKE_LOG"
expect 3 "$folder/parts: no such folder; run the sweep first" sweep $study -o "$folder/parts" --collect
expect 0 "48 runs to do, in 10 of 10 parts of up to 5" sweep $study -o "$folder/parts" --executor command --batch 5
[ "$(wc -l <"$folder/out")" -eq 10 ] || fail "not a line a batch"
sed -n 3p "$folder/out" | sh || fail "the third part"
expect 4 "5 of 48 runs finished, 0 failed, 43 missing" sweep $study -o "$folder/parts" --collect
expect 0 "43 runs to do, in 9 of 10 parts of up to 5" sweep $study -o "$folder/parts" --executor command --batch 5
xargs -P 2 -I {} sh -c {} <"$folder/out" || fail "the parts by xargs"
expect 0 "48 of 48 runs finished" sweep $study -o "$folder/parts" --collect
[ "$(runs_made)" -eq 48 ] || fail "$(runs_made) runs made in parts"
same_tables "$folder/parts"
expect 0 "0 runs to do" sweep $study -o "$folder/parts" --executor command --batch 7
empty out
expect 0 "48 finished and kept" sweep $study -o "$folder/parts"

expect 0 "--part 4/10 --jobs 2 --quiet --timeout 90 --memory 500000000B" \
    sweep $study -o "$folder/lines" --executor command --batch 5 --jobs 2 --timeout 90s --memory 500MB
mkdir "$folder/bare" # a path without sbatch
PATH=$folder/bare "$weir" sweep $study -o "$folder/lines" --executor slurm >"$folder/out" 2>"$folder/err"
[ $? -eq 4 ] || fail "exit code without sbatch"
grep -q "there is no sbatch here; submit $folder/lines/slurm.sh where Slurm is" "$folder/err" ||
    fail "without sbatch: $(cat "$folder/err")"
grep -q "^#SBATCH --array=1-48$" "$folder/lines/slurm.sh" || fail "slurm.sh has another array"

# --- a full disk: told, nothing that counts is half written, and the rest is made when there is room ---
(
    trap '' XFSZ # a write beyond the limit fails, as on a full disk
    ulimit -f 12 # blocks of 1024 bytes
    expect 3 "cannot write: File too large; the runs before are safe" sweep $study -o "$folder/full" -j 2
    finish
) || fail "a full disk"
kept=$("$weir" sweep $study -o "$folder/full" 2>&1 >/dev/null | sed -n 's/.*; \([0-9]*\) finished and kept.*/\1/p')
[ "$kept" -gt 0 ] && [ "$kept" -lt 48 ] || fail "a full disk kept $kept runs"
same_tables "$folder/full"

# --- a folder that cannot be written ---
if mkdir "$folder/mounted" && mount -t tmpfs -o size=1m weir-test "$folder/mounted" 2>/dev/null; then
    trap 'umount "$folder/mounted"; rm -rf "$folder"' EXIT
    expect 0 "48 of 48 runs finished" sweep $study -o "$folder/mounted/o" --no-report
    mount -o remount,ro "$folder/mounted"
    expect 3 "Read-only file system" sweep "$folder/more.json" -o "$folder/mounted/o"
    mount -o remount,rw "$folder/mounted"
    rm "$folder/mounted/o/"*.csv
    cat /dev/zero >"$folder/mounted/filler" 2>/dev/null
    truncate -s -20k "$folder/mounted/filler"
    expect 3 "No space left on device" sweep "$folder/more.json" -o "$folder/mounted/o"
    rm "$folder/mounted/filler"
    expect 0 "64 of 64 runs finished" sweep "$folder/more.json" -o "$folder/mounted/o"
else
    echo "not root, or no mounts: a read-only folder is not tried"
fi
expect 3 "cannot make this folder" sweep $study -o /proc/nowhere/x

# --- more processes than the shell's limit of open files seems to allow ---
(
    ulimit -S -n 64
    expect 0 "64 of 64 runs finished" sweep "$folder/more.json" -o "$folder/many" -j 64
    finish
) || fail "64 processes at once"

# --- two at once ---
cat >"$folder/slow.json" <<END
{"scenario": "$PWD/tests/input/cli.json", "policies": ["endless"], "grid": {"duration": ["30s"]}}
END
: >"$WEIR_FAKE_LOG"
"$weir" sweep "$folder/slow.json" -o "$folder/slow" -j 1 --quiet 2>/dev/null &
wait_for has_lines "$WEIR_FAKE_LOG" 1
expect 3 "another weir is writing here" sweep "$folder/slow.json" -o "$folder/slow"
expect 3 "another weir is writing here" sweep "$folder/slow.json" -o "$folder/slow" --part 1/2
kill -TERM $!
wait $!

# --- what is refused, before anything is started ---
: >"$WEIR_FAKE_LOG"
expect 2 "--part: \"5/4\" is not K/N" sweep $study --part 5/4
expect 2 "--executor: \"pbs\" is none; there are local, slurm and command" sweep $study --executor pbs
expect 2 "--memory: \"much\" is no size" sweep $study --memory much
expect 2 "--collect and --extract are two things" sweep $study --extract 1 --collect
expect 2 "--batch is for --executor slurm and command" sweep $study --batch 5
expect 3 "no-such.json: no such file" sweep no-such.json
expect 3 "must be a list of at least one value" sweep tests/input/studies/invalid/grid-no-list.json -o "$folder/none"
[ -e "$folder/none" ] && fail "a study that is refused left a folder"
[ "$(runs_made)" -eq 0 ] || fail "a study that is refused has run something"
finish
