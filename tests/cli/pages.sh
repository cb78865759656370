#!/usr/bin/env bash
# README and the pages to begin with are true: their commands run and print what stands below them; and the options of every command of weir
# in the docs are there.
. "$(dirname "$0")/common.sh"
. "$(dirname "$0")/pages_common.sh"

for page in README.md docs/guide.md docs/report.md docs/demo.md; do
    try_page "$page"
done
try_page docs/calibrate.md "$(awk '/^```sh$/ { on = ++n == 1; next } /^```/ { on = 0 } on' docs/teaching/calibration.md)"
try_page docs/data.md 'python3 - <<END
import datetime

begin = datetime.datetime(2019, 10, 6, 22)
with open("load.csv", "w") as file:
    file.write("timestamp,messages\n")
    for i in range(6048):
        file.write(f"{begin + datetime.timedelta(minutes=5 * i)},{100 + i % 288}\n")
with open("access.csv", "w") as file:
    file.write("time,path\n" + "".join(f"{i * 7 % 600},/\n" for i in range(500)))
END'
try_page docs/transfer.md 'mkdir other-loads
for seed in 1 2 3; do
    weir generate diurnal --duration 3d --step 1h --noise 0.1 --seed $seed -o other-loads/$seed.csv
done
weir generate diurnal --duration 40d --step 1h --noise 0.1 --seed 4 -o new-load.csv'

# Generators without input run as they stand.
sed -n 's/^    \(weir generate .*\)/\1/p' docs/generate.md | sed 's/ #.*//' | grep -vE -- '--(input|nodes)|\.\.\.' >"$folder/generate"
[ "$(wc -l <"$folder/generate")" -ge 8 ] || fail "only $(wc -l <"$folder/generate") commands in docs/generate.md"
while IFS= read -r line; do
    (cd "$tree" && bash -e -c "$line") >"$folder/out" 2>"$folder/err" </dev/null || fail "docs/generate.md: $line: $(tail -3 "$folder/err")"
done <"$folder/generate"

# figures.txt says of each page with commands who runs them, and has no page without.
pages_with()
{
    grep -lE '^```sh|^ {4}(build/)?weir (compare|run|sweep|forecast|detect|transfer|calibrate) |^ {4}(build/)?bench|<!-- (figures|printed by)$' README.md docs/*.md docs/*/*.md | sort
}
diff <(pages_with) <(grep -v '^#' tests/cli/figures.txt | awk '{ print $1 }' | sort) >"$folder/diff" ||
    fail "tests/cli/figures.txt has other pages than the docs: $(cat "$folder/diff")"
while read -r page how rest; do
    case $how in
    '#'* | none) ;;
    figures) grep -qE '^<!-- (figures|printed by)$' "$page" || fail "$page has no mark of figures" ;;
    *) grep -qE "docs/|README" "tests/$how" || fail "$page: no test tests/$how" ;;
    esac
done < <(grep -v '^#' tests/cli/figures.txt)

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
