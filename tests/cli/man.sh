#!/usr/bin/env bash
# Manual pages say what help says: every command, every option with its sentence, every exit code; groff has nothing to say.
. "$(dirname "$0")/common.sh"

# Roff as plain text on one line.
plain()
{
    sed -e '/^\.nf$/d; /^\.fi$/d; /^\.PP$/d; /^\.TP$/d' -e 's/\\f[BIR]//g; s/\\&//g' -e 's/\\-/-/g' \
        -e "s/\\\\(aq/'/g" -e 's/\\(rs/\\/g; s/\\(ha/^/g; s/\\(ti/~/g' "$1" | tr '\n' ' ' | tr -s ' '
}

# says PAGE TEXT: the page has it, whatever the white space; backquotes have become bold.
says()
{
    local text=${2//$'\n'/ }
    text=${text//\`/}
    while [[ $text == *"  "* ]]; do
        text=${text//  / }
    done
    [[ $1 == *"${text% }"* ]] || fail "the page $page does not say: $text"
}

# Options of a help as "-o, --output DIR<tab>sentence".
options_of()
{
    sed -n 's/^  \(-., --\|    --\)\([^ ]*\( [^ ]\+\)\?\)  *\(.*\)$/\1\2\t\4/p' "$1" | sed 's/^  *//'
}

export COLUMNS=10000 # help in lines as long as they are
"$weir" man --output "$folder/man" >"$folder/out" 2>&1 || fail "man --output"
empty out
expect 0 ".TH" man
same "$folder/out" "$folder/man/weir.1"
expect 0 "" --help
cp "$folder/out" "$folder/program"
commands=$(sed -n '/^commands:/,/^$/s/^  \([a-z-]*\)  .*/\1/p' "$folder/program" | grep -vx help)
[ "$(wc -w <<<"$commands")" -ge 17 ] || fail "commands: $commands"
[ "$(find "$folder/man" -name '*.1' | wc -l)" -eq $(($(wc -w <<<"$commands") + 1)) ] || fail "pages: $(ls "$folder/man")"

page=weir.1
main=$(plain "$folder/man/weir.1")
codes=$(sed -n '/^Exit codes:/,$p' "$folder/program" | tr '\n' ' ' | sed 's/Exit codes: //; s/\. *$//; s/, /\n/g')
[ "$(wc -l <<<"$codes")" -eq 7 ] || fail "exit codes: $codes"
count=0
for command in $commands; do
    page=weir-$command.1
    expect 0 ".TH" man "$command"
    same "$folder/out" "$folder/man/weir-$command.1"
    text=$(plain "$folder/out")
    expect 0 "" help "$command"
    summary=$(sed -n 3p "$folder/out")
    says "$text" "weir-$command - $summary"
    says "$(sed 's/\.BR \([^ ]*\) (1)/\1(1)/g' <<<"$main")" "weir-$command(1) $summary"
    says "$text" "$(sed -n '1s/^usage: //p' "$folder/out")"
    says "$text" "$(sed -n '4,/^options:/p' "$folder/out" | sed '/^options:/d; /^$/d')"
    while IFS=$'\t' read -r option sentence; do
        says "$text" "$option $sentence"
        count=$((count + 1))
    done < <(options_of "$folder/out")
    while IFS= read -r code; do
        says "$text" "$code"
    done <<<"$codes"
done
[ "$count" -ge 130 ] || fail "only $count options were looked for"

# Kinds have options of their own.
page=weir-generate.1
text=$(plain "$folder/man/weir-generate.1")
expect 0 "" generate
for kind in $(sed -n 's/^  \([a-z-]*\)  .*/\1/p' "$folder/out"); do
    expect 0 "" help generate "$kind"
    says "$text" ".SS $kind $(sed -n 3p "$folder/out")"
    while IFS=$'\t' read -r option sentence; do
        says "$text" "$option $sentence"
    done < <(options_of "$folder/out")
done

LC_ALL=C grep -l '[^ -~]' "$folder"/man/*.1 && fail "pages have other bytes than ASCII"
if command -v groff >/dev/null; then
    for file in "$folder"/man/*.1; do
        groff -ww -man -Tascii -z "$file" 2>"$folder/warnings" </dev/null || fail "groff $file"
        [ ! -s "$folder/warnings" ] || fail "groff $file: $(cat "$folder/warnings")"
    done
fi

expect 2 '"rum" is no command; did you mean "run"?' man rum
expect 2 '"b" is one argument too many' man run b
expect 3 "" man --output "$folder/program/under/a/file"
expect 0 "" -V
cp "$folder/out" "$folder/version"
expect 0 "" --version
same "$folder/out" "$folder/version"
finish
