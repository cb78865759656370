#!/usr/bin/env bash
# docs/teaching is true: the commands of its pages run in their order, in a tree of their own, and print what stands below them.
# A block ```sh is run as it stands; of ```text below it, each line must be among what was printed, in that order ("..." stands for any
# lines). A block ```sh live wants a terminal: its beginning is run with --no-tty.
. "$(dirname "$0")/common.sh"
weir=$(readlink -f "$weir")
if ! command -v python3 >/dev/null; then
    echo "skipped: there is no python3"
    exit 77
fi
tree=$folder/tree
mkdir -p "$tree/build"
ln -s "$weir" "$tree/build/weir"
ln -s "$PWD/workloads" "$PWD/platforms" "$PWD/docs" "$tree"

# blocks PAGE: writes NN.kind files, in order, into $folder/blocks.
blocks()
{
    rm -rf "$folder/blocks"
    mkdir "$folder/blocks"
    awk -v to="$folder/blocks" '
        /^```/ && file { close(file); file = ""; next }
        /^```/ { kind = substr($0, 4); gsub(/ /, "-", kind); file = sprintf("%s/%02d.%s", to, ++n, kind); printf "" >file; next }
        file { print >file }' "$1"
}

for page in docs/teaching/*.md; do
    blocks "$page"
    rm -rf "$tree/my"
    printf '' >"$folder/printed"
    for block in "$folder"/blocks/*; do
        [ -e "$block" ] || break
        case $block in
        *.sh)
            (cd "$tree" && bash -e "$block") >"$folder/printed" 2>"$folder/err" </dev/null ||
                fail "$page: $(head -1 "$block") ...: $(tail -3 "$folder/err")"
            ;;
        *.sh-live)
            sed 's/$/ --no-tty --quiet --until 10s/' "$block" >"$block.text"
            (cd "$tree" && bash -e "$block.text") >"$folder/printed" 2>"$folder/err" </dev/null ||
                fail "$page: $(head -1 "$block") --no-tty: $(tail -3 "$folder/err")"
            ;;
        *.text)
            sed 's/ *$//' "$folder/printed" | awk -v block="$block" '
                BEGIN { while ((getline line < block) > 0) if (line != "...") want[++n] = line; at = 1 }
                at <= n && $0 == want[at] { at++ }
                END { if (at <= n) { print want[at]; exit 1 } }' >"$folder/missing" ||
                fail "$page: not printed, or not there: $(cat "$folder/missing")"
            ;;
        *) fail "$page: a block of a kind that is not known: $block" ;;
        esac
    done
done

# Every demo has its lesson, and every lesson is in the table of contents.
for demo in workloads/demos/*.json; do
    name=$(basename "$demo" .json)
    [ -e "docs/teaching/$name.md" ] || fail "$demo has no lesson"
    grep -qF "($name.md)" docs/teaching/README.md || fail "docs/teaching/README.md does not list $name.md"
    grep -qF "\`$name\`" workloads/demos/README.md || fail "workloads/demos/README.md does not list $name"
done
finish
