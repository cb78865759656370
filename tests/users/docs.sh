#!/usr/bin/env bash
# docs/add-a-policy.md is true: its shell block runs, its code is that of the tested files, and its answers are taken. And
# docs/view.md has the rows of `weir list view`, and the keys that are sent, no more and no fewer. Arguments: weir, the build folder.
. "$(dirname "$0")/common.sh"
page=docs/add-a-policy.md
scenario=workloads/scenarios/first.json

# block BEGINNING: the lines of the fenced blocks that begin so.
block()
{
    awk -v fence="\`\`\`$1" '$0 == fence { on = 1; next } /^```/ { on = 0 } on' $page
}

# The shell block, with a home of its own.
block sh | sed "s|--install build|--install '$2'|" >"$folder/block.sh"
[ "$(wc -l <"$folder/block.sh")" -ge 4 ] || fail "no shell block"
(unset DESTDIR && HOME=$folder bash -e "$folder/block.sh") >"$folder/block.out" 2>&1 ||
    fail "the shell block: $(tail -5 "$folder/block.out")"
grep -q '^threshold ' "$folder/block.out" || fail "the shell block shows no row of threshold"

# Code that is in a file, line by line in the same order.
for file in policies/examples/threshold.c policies/examples/threshold.py \
    tests/engine/route.c; do
    for language in c python; do
        block "$language $file"
    done >"$folder/code"
    [ -s "$folder/code" ] || fail "no code of $file"
    awk -v code="$folder/code" 'BEGIN { while ((getline line < code) > 0) want[++n] = line; at = 1 }
        { if (at <= n && $0 == want[at]) at++; else if (at > 1 && at <= n) at = $0 == want[1] ? 2 : 1 }
        END { exit at <= n }' $file || fail "the code of $file is another one"
done

# Every answer is taken and carried out.
block "json answers" >"$folder/answers"
while IFS= read -r answer; do
    printf '%s\n' "$answer" >"$folder/answer"
    cat >"$folder/program.sh" <<END
while IFS= read -r line; do
    printf '%s\n' "\$line" >>$folder/lines
    case \$line in
    '{"hello"'* | '{"event":"end"'*) ;;
    '{"event":"window_ends"'*) cat $folder/answer ;;
    *) echo '{}' ;;
    esac
done
END
    rm -f "$folder/lines"
    expect 0 "decisions" run $scenario -o "$folder/run" -q -f --policy "{\"exec\": \"sh $folder/program.sh\", \"routes\": true}"
    decisions=$(($(wc -l <"$folder/run/decisions.csv") - 1))
    case $answer in
    '{}') [ $decisions -eq 0 ] || fail "$answer decides something" ;;
    *)
        [ $decisions -ge 1 ] || fail "$answer decides nothing"
        sed -n 2p "$folder/run/decisions.csv" | grep -q ',$' || fail "$answer: $(sed -n 2p "$folder/run/decisions.csv")"
        ;;
    esac
done <"$folder/answers"
[ "$(wc -l <"$folder/answers")" -ge 4 ] || fail "too few answers"

# Keys of the lines, and words in quotes of the tables of the page.
head -1 "$folder/lines" | grep -q '^{"hello":{"abi":5,"seed":1,"stream":"policy/0/exec","params":{}}}$' ||
    fail "the first line is $(head -1 "$folder/lines")"
[ "$(tail -1 "$folder/lines")" = '{"event":"end"}' ] || fail "the last line is $(tail -1 "$folder/lines")"
echo '{}' >"$folder/answer" # a job with several sources has more
expect 0 "decisions" run workloads/scenarios/clicks.json -o "$folder/run" -q -f --policy "{\"exec\": \"sh $folder/program.sh\"}"
grep -o '"[a-z_0-9]*":' "$folder/lines" | tr -d '":' | sort -u | grep -vxE 'hello|abi|seed|stream|params|event|job|view' >"$folder/sent"
{
    sed -n 's/^| `[a-z]*\.\([a-z_0-9]*\)` | [a-z]* | sent |.*/\1/p' docs/view.md
    awk '/^## Only over a pipe/ { on = 1 } on' docs/view.md | grep -o '`[a-z_0-9]*`' | tr -d '`'
} | sort -u >"$folder/told"
diff "$folder/told" "$folder/sent" || fail "docs/view.md (<) and the lines (>) differ"

# The page has the rows of the list, in its order.
"$weir" list view | sed -E 's/^(\S+) +(\S+) +(\S+) +/| `\1` | \2 | \3 | /; s/$/ |/' >"$folder/listed"
[ "$(wc -l <"$folder/listed")" -ge 90 ] || fail "too few rows of the view are listed"
grep '^| `' docs/view.md | diff - "$folder/listed" || fail "docs/view.md (<) and weir list view (>) differ"

# Files that docs/architecture.md leads to are there, and all rooms and layers are named.
mapfile -t named < <(grep -o '`\(sim\|scripts\)/[^`*]*`' docs/architecture.md | tr -d '`' | sort -u)
[ ${#named[@]} -ge 40 ] || fail "only ${#named[@]} files in docs/architecture.md"
for file in "${named[@]}"; do
    [ -e "$file" ] || fail "docs/architecture.md: there is no $file"
done
for room in sim/engine/*/; do
    grep -qF "\`$(basename "$room")\`" docs/architecture.md || fail "docs/architecture.md does not name $room"
done
for layer in sim/*/; do
    grep -qF "${layer%/}" docs/figures/layers.svg || fail "docs/figures/layers.svg does not show $layer"
done
finish
