#!/usr/bin/env bash
# README and the pages to begin with are true: their commands run and print what stands below them; and the options of every command of weir
# in the docs are there.
. "$(dirname "$0")/common.sh"
. "$(dirname "$0")/pages_common.sh"

for page in README.md docs/guide.md docs/report.md docs/demo.md; do
    try_page "$page"
done

# Each line of the docs that begins with weir: its command, and each of its options, is in the help.
grep -hE '^( {4})?(build/)?weir [a-z]' README.md docs/*.md docs/*/*.md | sed -E 's/^ *(build\/)?weir //; s/ # .*//; s/ \|\|? .*//; s/ && .*//; '"s/'[^']*'//g" >"$folder/lines"
[ "$(wc -l <"$folder/lines")" -ge 100 ] || fail "only $(wc -l <"$folder/lines") commands in the docs"
known=" $("$weir" help | sed -n 's/^  \([a-z-]*\) .*/\1/p' | paste -sd' ') "
[[ $known == *" run "*" plot "* || $known == *" plot "*" run "* ]] || fail "the help lists \"$known\""
declare -A helps
while read -r command kind rest; do
    [[ $known == *" $command "* ]] || continue # a sentence
    of=$command
    [[ $command != generate || $kind == -* || -z $kind ]] || of="$command $kind"
    if [ -z "${helps[$of]-}" ]; then
        helps[$of]=$("$weir" $of --help 2>&1) || fail "the docs have \"weir $of\", which has no help"
    fi
    for word in $kind $rest; do
        case $word in
        --*) word=${word%%[=\]]*} ;;
        -[a-zA-Z]) ;;
        *) continue ;;
        esac
        [[ ${helps[$of]} == *"$word"* ]] || fail "the docs have \"weir $of $kind $rest\", but there is no $word"
    done
done <"$folder/lines"
finish
