#!/usr/bin/env bash
# Every command explains itself; what is not known is told with the near word.
. "$(dirname "$0")/common.sh"

for way in --help -h help; do
    expect 0 "usage: weir COMMAND" "$way"
    empty err
done
expect 0 "commands:" --help
commands=$(sed -n '/^commands:/,/^$/s/^  \([a-z][a-z-]*\)  .*/\1/p' "$folder/out" | grep -vx help)
[ "$(wc -w <<<"$commands")" -ge 20 ] || fail "help lists: $commands"
for command in $commands; do
    expect 0 "  $command " --help
    expect 0 "usage: weir $command [options]" help "$command"
    empty err
    cp "$folder/out" "$folder/help"
    for flag in --help -h; do
        expect 0 "usage: weir $command [options]" "$command" "$flag"
        same "$folder/help" "$folder/out"
    done
    # No line of help is wider than the least terminal, and every option has its sentence, beside it or below.
    awk -v c="$command" 'length > 80 { print c ": wide line: " $0; bad = 1 }
        alone { if (!/^ +[a-z0-9]/) { print c ": no help: " $0; bad = 1 } alone = 0 }
        /^  (-., |    )--/ && !/  [a-z0-9]/ { alone = 1 } END { exit bad }' "$folder/help" ||
        fail "help of $command"
done
expect 0 "--policy P" help run
# COLUMNS is heeded by each, the kinds of generate included: no line is wider but of one word, and there are more lines or fewer.
kinds=$("$weir" generate 2>/dev/null | sed -n 's/^  \([a-z][a-z-]*\)  .*/generate \1/p')
[ "$(wc -l <<<"$kinds")" -ge 8 ] || fail "kinds: $kinds"
while IFS= read -r command; do
    # shellcheck disable=SC2086 # a kind is two words
    {
        for columns in 40 60 80 100; do
            COLUMNS=$columns "$weir" help $command >"$folder/help.$columns"
            awk -v w="$columns" 'length > w && /[^ ]  *[^ ]/ { print; bad = 1 } END { exit bad }' "$folder/help.$columns" ||
                fail "help of $command in $columns columns"
        done
        [ "$(wc -l <"$folder/help.40")" -gt "$(wc -l <"$folder/help.100")" ] || fail "COLUMNS is not heeded by $command"
        same <("$weir" help $command) "$folder/help.80"
        ! grep -q ' $' "$folder/help.80" || fail "help of $command has a line that ends in a blank"
    }
done <<<"$commands
$kinds"
same <("$weir" help sweep) <(COLUMNS=80 "$weir" help sweep)
expect 0 "--seeds N|LIST" help compare

expect 0 "weir " --version
grep -qE '^weir [0-9]+\.[0-9]+\.[0-9]+, SimGrid [34]\.[0-9]+\.[0-9]+$' "$folder/out" || fail "--version: $(cat "$folder/out")"

expect 2 "usage: weir COMMAND"
empty out
expect 2 '"compar" is no command; did you mean "compare"?' compar
expect 2 '"frobnicate" is no command; `weir --help` shows them' frobnicate
expect 2 '"rum" is no command; did you mean "run"?' help rum
expect 2 "--polcy is no option; did you mean --policy?" run --polcy static x.json
expect 2 "run: --frobnicate is no option" run --frobnicate x.json
expect 2 "run: -Z is no option" run -Z x.json
expect 2 "run: --json takes no argument" run --json=yes x.json
expect 2 "run: --seed needs an argument: N" run x.json --seed
expect 2 "run: what to work on is missing: weir run SCENARIO" run
expect 2 '"b.json" is one argument too many' run a.json b.json
empty out
finish
