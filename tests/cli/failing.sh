#!/usr/bin/env bash
# failing.sh PROGRAM IS_JSON [all]: calls of the operating system that fail, in each command that writes. Without "all", the first
# of each kind, in some commands; with it, every one, by two reasons, and a table of what came of them.
#
# Of each failure: the exit code is 0 or one of 3 to 5. If it is not 0, a sentence says why, nothing half-written has the name of a
# result, and the same command (with --resume) then makes what a calm one has made. If it is 0, that is there already. Reads and
# writes that do half, and calls that a signal interrupts, are no failures at all.
. "$(dirname "$0")/common.sh"
extent=${3-}
scenario=$PWD/tests/input/cli.json
cat >"$folder/study.json" <<END
{"scenario": "$scenario", "policies": ["fair"], "seeds": 2, "grid": {"duration": ["10s"]}}
END

# What each command works on, in a new folder (as it is found), and its words.
before_run() { :; }
words_run=(run "$scenario" -p fair -q -o OUT/run)
before_again() { cp -r "$folder/calm-run/." "$1"; }
words_again=(run "$scenario" -p fair -q -o OUT/run)
before_compare() { :; }
words_compare=(compare "$scenario" -p fair --seeds 2 -j 1 -q --no-report -o OUT/c)
before_resume() { cp -r "$folder/calm-compare/." "$1"; rm -r "$1/c/runs/fair/seed-2"; }
words_resume=(compare "$scenario" -p fair --seeds 2 -j 1 -q --no-report -o OUT/c --resume)
before_sweep() { :; }
words_sweep=(sweep "$folder/study.json" -j 1 -q --no-report -o OUT/s)
before_collect() { cp -r "$folder/calm-sweep/." "$1"; rm "$1"/s/*.csv "$1/s/checksums.json"; }
words_collect=(sweep "$folder/study.json" -q --no-report -o OUT/s --collect)
before_extract() { cp -r "$folder/calm-sweep/." "$1"; }
words_extract=(sweep "$folder/study.json" -q -o OUT/s --extract 2)
before_report() { cp -r "$folder/calm-compare/." "$1"; }
words_report=(report OUT/c -q)
before_plot() { cp -r "$folder/calm-compare/." "$1"; }
words_plot=(plot OUT/c -m throughput --script -q)
before_copy() { :; }
words_copy=(copy first OUT/mine -q)
# The engine of this test simulates nothing that could be fitted: all points have one loss. What is written is the same as ever.
printf 'time,items\n10,5\n20,6\n30,5\n' >"$folder/measured.csv"
before_fit() { :; }
words_fit=(calibrate "$scenario" "$folder/measured.csv" --free 'workload.jobs[0].operators[0].flops=1Mf..9Mf,as=work'
    --match delivered_rate=items -p fair --budget 40 -j 1 -q -o OUT/f)
before_refit() { cp -r "$folder/calm-fit/." "$1"; rm "$1"/f/*.csv; head -c 900 "$1/f/runs.kept" >"$1/f/kept"; mv "$1/f/kept" "$1/f/runs.kept"; }
words_refit=("${words_fit[@]}")

# start OUT WORDS...: the program on that folder.
start()
{
    local out=$1
    shift
    "$weir" "${@//OUT/$out}" >"$folder/out" 2>"$folder/err" </dev/null
}

# differs CALM IT: what is there and should not be, or is another.
differs()
{
    diff -rq -x '*.pack' -x .lock -x '*.lock' "$1" "$2" | head -1
}

# The errno that a call may fail by: ENOSPC 28, EIO 5, EMFILE 24, EACCES 13, EAGAIN 11, ENOLCK 37, EDQUOT 122.
reasons()
{
    case $1 in
    open) echo 24 13 ;;
    write | pwrite) echo 28 122 ;;
    mkdir) echo 28 13 ;;
    fork) echo 11 12 ;;
    pipe2 | memfd_create) echo 24 23 ;;
    lock) echo 37 5 ;;
    exchange) echo 22 5 ;; # EINVAL: the file system does not know it
    *) echo 5 5 ;;
    esac
}

# try COMMAND KIND NUMBER CALL ERRNO
try()
{
    local command=$1 kind=$2 number=$3 call=$4 reason=$5 it=$folder/it code found
    local -n words=words_$command
    rm -rf "$it"
    mkdir "$it"
    "before_$command" "$it"
    env "WEIR_OS_$kind=$number" "WEIR_OS_ERRNO=$reason" "$weir" "${words[@]//OUT/$it}" >"$folder/out" 2>"$folder/err" </dev/null
    code=$?
    tried=$((tried + 1))
    if [ $code -eq 0 ]; then
        fine=$((fine + 1))
    else
        refused=$((refused + 1))
        [ $kind = FAIL ] || fail "$command: call $number, $call, $kind: exit code $code: $(cat "$folder/err")"
        [ $code -ge 3 ] && [ $code -le 5 ] || fail "$command: call $number, $call, errno $reason: exit code $code"
        grep -q "^weir: .* .*" "$folder/err" || fail "$command: call $number, $call, errno $reason: no sentence: $(cat "$folder/err")"
        grep -q "signal" "$folder/err" && fail "$command: call $number, $call, errno $reason: $(cat "$folder/err")"
        [ $call = unlink ] || [ -z "$(find "$it" -name '*.partial' -o -name '*.draft')" ] ||
            fail "$command: call $number, $call, errno $reason: left $(find "$it" -name '*.partial' -o -name '*.draft')"
        local -a again=("${words[@]}")
        [ "$command" != compare ] || [ ! -d "$it/c/runs" ] || again+=(--resume)
        start "$it" "${again[@]}" || fail "$command: call $number, $call, errno $reason: the next one fails: $(cat "$folder/err")"
    fi
    # A report of what could not be read is one that says so; the next one is whole.
    if [ "$command" = report ] && [ $code -eq 0 ] && ! grep -qF '"problems":[]' "$it/c/report.html"; then
        start "$it" "${words[@]}" || fail "report: the next one fails: $(cat "$folder/err")"
    fi
    # What could not be removed is there, under a name that says that it is nothing.
    [ $call != unlink ] || find "$it" -depth \( -path '*.partial*' -o -name '*.draft' \) -delete
    found=$(differs "$folder/calm-$command" "$it")
    [ -z "$found" ] || fail "$command: call $number, $call, $kind, errno $reason, exit code $code: $found"
}

[ "$extent" = all ] && echo "| command | calls | failures | told | no matter |" && echo "| --- | --- | --- | --- | --- |"
for command in run again compare resume sweep collect extract report plot copy fit refit; do
    case $extent-$command in # what the short test makes for the others alone
    -run | -again | -resume | -sweep | -collect | -fit) short= ;;
    *) short=yes ;;
    esac
    declare -n words=words_$command
    # Under the name that the others have, which may stand in what is written.
    rm -rf "$folder/it" "$folder/log"
    mkdir "$folder/it"
    "before_$command" "$folder/it"
    WEIR_OS_LOG=$folder/log start "$folder/it" "${words[@]}" || fail "$command: $(cat "$folder/err")"
    mv "$folder/it" "$folder/calm-$command"
    [ "$(wc -l <"$folder/log")" -ge 3 ] || fail "$command: only $(wc -l <"$folder/log") calls"
    tried=0 fine=0 refused=0
    [ "$extent" = all ] || [ -z "$short" ] || continue
    if [ "$extent" = all ]; then
        cp "$folder/log" "$folder/chosen"
    else # the first of each kind
        awk '!seen[$2]++' "$folder/log" >"$folder/chosen"
    fi
    while read -r number call <&3; do
        for reason in $(reasons "$call"); do
            try "$command" FAIL "$number" "$call" "$reason"
            [ "$extent" = all ] || [ "$call" = lock ] || break
        done
        case $call in
        read | write | pread | pwrite)
            [ "$extent" != all ] || try "$command" SHORT "$number" "$call" 0
            [ "$extent" != all ] || try "$command" AGAIN "$number" "$call" 0
            ;;
        esac
    done 3<"$folder/chosen"
    [ "$extent" != all ] || echo "| $command | $(wc -l <"$folder/log") | $tried | $refused | $fine |"
done
finish
