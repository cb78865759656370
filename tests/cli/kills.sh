#!/usr/bin/env bash
# kill -9 at random times, at a fixed seed, of run, compare, compare --resume, sweep, sweep --collect and report: what is there
# afterwards is whole or not believed, and the same command ends with what an undisturbed one gives.
#   kills.sh WEIR IS_JSON [KILLS]
. "$(dirname "$0")/common.sh"
kills=${3:-12}
RANDOM=7
# a tenth of the items, so that starts, ends and what is written are a good part of a run
sed -e "s|valid/two-tier.xml|$PWD/tests/input/valid/two-tier.xml|" -e 's|450/s|45/s|' tests/input/cli-real.json >"$folder/scenario.json"
cat >"$folder/study.json" <<END
{"scenario": "$folder/scenario.json", "policies": ["static", "reactive"], "seeds": 4, "keep": "results",
 "grid": {"duration": ["60s", "61s"]}}
END

# The command of a kind, into a folder.
command_of()
{
    case $1 in
    run) set -- run "$folder/scenario.json" -p reactive --seed 3 -o "$2" ;;
    compare) set -- compare "$folder/scenario.json" -p static -p reactive --seeds 3 -j 2 --quiet -o "$2" -f ;;
    resume) set -- compare "$folder/scenario.json" -p static -p reactive --seeds 3 -j 2 --quiet -o "$2" --resume ;;
    sweep) set -- sweep "$folder/study.json" -j 2 --quiet -o "$2" ;;
    collect) set -- sweep "$folder/study.json" --collect --quiet -o "$2" ;;
    report) set -- report "$2" ;;
    esac
    command=("$weir" "$@")
}

# The folder that a kind of command works on, in one of the two trees, calm and cut: those of one work on one.
folder_of()
{
    case $1 in
    run) echo "$folder/$2/run" ;;
    compare | resume | report) echo "$folder/$2/compare" ;;
    sweep | collect) echo "$folder/$2/sweep" ;;
    esac
}

# All that does not tell the time that it took, and tables.
same_results()
{
    local file
    while IFS= read -r file; do
        case $file in
        */result.json) cmp <(grep -v 'wall_s\|"seal"' "$folder/calm/$file") <(grep -v 'wall_s\|"seal"' "$folder/cut/$file") ;;
        *) cmp "$folder/calm/$file" "$folder/cut/$file" ;;
        esac || fail "after a kill of $1, $file is another one"
    done < <(cd "$folder/calm" && find "$2" -name '*.csv' -o -name result.json)
    [ -z "$(find "$folder/cut/$2" -name '*.partial')" ] || fail "after a kill of $1, half-written files are left"
}

kinds=(run compare resume sweep collect report)
mkdir "$folder/calm" "$folder/cut"
declare -A takes
for kind in "${kinds[@]}"; do
    command_of "$kind" "$(folder_of "$kind" calm)"
    began=${EPOCHREALTIME/./}
    "${command[@]}" >/dev/null 2>"$folder/err" || fail "$kind: $(cat "$folder/err")"
    takes[$kind]=$((${EPOCHREALTIME/./} - began))
    cp -r "$(folder_of "$kind" calm)" "$folder/cut"
done

hits=0
for ((k = 0; hits < kills && k < 20 * kills; k++)); do
    kind=${kinds[k % ${#kinds[@]}]} place=$(folder_of "$kind" cut)
    # from nothing, from what is whole, or, every other time, from what the last kill left
    case $kind-$((RANDOM % 2)) in
    run-0 | sweep-0) rm -rf "$place" ;;
    resume-*) find "$place/runs" -name result.json | head -n $((RANDOM % 5)) | xargs -r rm ;;
    esac
    command_of "$kind" "$place"
    "${command[@]}" >/dev/null 2>"$folder/err" &
    sleep "$(printf '%d.%06d' 0 $(((RANDOM * 32768 + RANDOM) % (takes[$kind] < 900000 ? takes[$kind] : 900000))))"
    if kill -KILL $! 2>/dev/null; then
        hits=$((hits + 1))
    fi
    wait $! 2>/dev/null
    # What claims to be whole is what it should be.
    for one in $(find "$place" -name '*.partial' -prune -o -name result.json -print 2>/dev/null); do
        cmp -s <(grep -v 'wall_s\|"seal"' "$one") <(grep -v 'wall_s\|"seal"' "$folder/calm/${one#"$folder/cut/"}") ||
            fail "a kill of $kind left a wrong $one"
    done
    [ "$kind" != report ] || [ ! -e "$place/report.html" ] || tail -c 20 "$place/report.html" | grep -q '</html>' ||
        fail "a kill left half a report"
    # --resume goes on after any kill; anew is tried half of the time.
    if [ "$kind" = compare ] && ((RANDOM % 2)); then
        command_of resume "$place"
    fi
    "${command[@]}" >/dev/null 2>"$folder/err" || fail "$kind after a kill: $(cat "$folder/err")"
    same_results "$kind" "$(basename "$place")"
done
[ "$hits" -ge "$kills" ] || fail "only $hits kills"
echo "$hits kills in $k tries of ${kinds[*]}"
finish
