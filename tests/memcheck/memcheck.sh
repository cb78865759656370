#!/usr/bin/env bash
# weir under valgrind's memcheck: nothing is read that was not written, nothing lies outside of what was allocated, and
# nothing is lost; in all processes that a command has. Arguments: what to do (a name below), weir, the build folder.
. "$(dirname "$0")/../cli/common.sh"
case=$1
weir=$2
build=$3
if ! command -v valgrind >/dev/null; then
    echo "skipped: there is no valgrind"
    exit 77
fi
if grep -qF "WEIR_SANITIZE:BOOL=ON" "$build/CMakeCache.txt"; then
    echo "skipped: the sanitisers and valgrind exclude each other"
    exit 77
fi
scenario=tests/input/cli-real.json
short=(--set duration=20s -q)

# watched PROGRAM ARGUMENT...: its exit code; complains about each process in which something was found.
watched()
{
    local code log
    rm -f "$folder"/log.*
    valgrind -q --log-file="$folder/log.%p" --leak-check=full --show-leak-kinds=definite --num-callers=20 \
        --child-silent-after-fork=no "$@" >"$folder/out" 2>"$folder/err" </dev/null
    code=$?
    for log in "$folder"/log.*; do
        found=$(grep -v "^==[0-9]*== *$" "$log" | head -40)
        [ -z "$found" ] || findings+=$found$'\n'
    done
    return $code
}

# clean CODE PROGRAM ARGUMENT...: ends with the code, and nothing was found.
clean()
{
    local code=$1 got findings=
    shift
    watched "$@"
    got=$?
    [ $got -eq "$code" ] || fail "$*: exit code $got, wanted $code: $(head -c 1000 "$folder/err")"
    [ -z "$findings" ] || fail "$*: $findings"
}

case $case in
run)
    clean 0 "$weir" run $scenario -p reactive -o "$folder/run" "${short[@]}"
    clean 0 "$weir" compare $scenario -p static -p ds2+load-balancer --seeds 2 -o "$folder/compared" "${short[@]}"
    clean 0 "$weir" check $scenario
    clean 0 "$weir" list policies
    ;;
failures) # hosts and links fail, and jobs go back to their checkpoints
    for delivery in at-least-once exactly-once; do
        for place in elsewhere wait; do
            clean 0 "$weir" run tests/memcheck/failures.json -p reactive -o "$folder/$delivery-$place" -q \
                --set recovery.delivery=$delivery --set recovery.place=$place
            grep -q '"restarts":[[:space:]]*[1-9]' "$folder/$delivery-$place/result.json" || fail "no job went back to a checkpoint"
        done
    done
    ;;
selftest)
    clean 0 "$weir" selftest exact -q
    ;;
invalid)
    for file in cycle truncated csv-text platform-malformed platform-route-twice fault-unknown-host policy-so-text; do
        name=tests/input/invalid/$file
        [ -e $name.json ] || sed "s|valid/two-tier.xml|$PWD/$name.xml|" $scenario >"$folder/$file.json"
        [ -e $name.json ] || name=$folder/$file
        clean 3 "$weir" check "$name.json"
    done
    clean 2 "$weir" run
    ;;
fuzz)
    for target in json scenario platform csv pipe; do
        clean 0 "$build/tests/fuzz/replay_$target" tests/input/fuzz/$target
    done
    ;;
pipe)
    small=tests/memcheck/pipe.json
    for mode in fine to-cloud; do
        clean 0 "$weir" run $small -p "exec:$build/tests/users/misbehave $mode" -o "$folder/$mode" -q
    done
    for mode in twice half dies unknown-host nan long; do
        clean 4 "$weir" run $small -p "exec:$build/tests/users/misbehave $mode" -o "$folder/none" -q
    done
    ;;
plugin)
    clean 0 "$weir" run $scenario -p "$build/tests/users/everything.so" -o "$folder/everything" "${short[@]}"
    for plugin in not_a_number infinite gives_up; do
        clean 4 "$weir" run $scenario -p "$build/tests/users/$plugin.so" -o "$folder/none" -q
    done
    clean 3 "$weir" run $scenario -p "$build/tests/users/other_abi.so" -o "$folder/none"
    ;;
finds) # what is wrong is found, also in the process of a run
    for plugin in loses unset; do
        findings=
        watched "$weir" run $scenario -p "$build/tests/users/$plugin.so" -o "$folder/$plugin" "${short[@]}"
        grep -q window_ends <<<"$findings" || fail "what $plugin.so does is not found: $findings"
    done
    ;;
*)
    fail "there is no case $case"
    ;;
esac
finish
