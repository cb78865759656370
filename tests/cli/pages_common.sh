# Pages that are true: source it after common.sh. Blocks ```sh run as they stand, in their order, in a tree of their own; of ```text below one, each
# line must be among what was printed, in that order ("..." stands for any lines). A block ```sh live wants a terminal: its beginning is
# run with --no-tty. A block ```sh install is not run: it installs, or shows.
weir=$(readlink -f "$weir")
if ! command -v python3 >/dev/null; then
    echo "skipped: there is no python3"
    exit 77
fi
tree=$folder/tree
mkdir -p "$tree/build"
ln -s "$weir" "$tree/build/weir"
export PATH=$tree/build:$PATH
unset COLUMNS
ln -s "$PWD/workloads" "$PWD/platforms" "$PWD/docs" "$PWD/policies" "$PWD/python" "$tree"

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

# try_page PAGE [COMMANDS]: fails with what is not true of it. COMMANDS make what the page takes for granted.
try_page()
{
    local page=$1 block
    blocks "$page"
    rm -rf "$tree/my" "$tree/results"
    (cd "$tree" && bash -e -c "${2-}") >"$folder/out" 2>"$folder/err" </dev/null || fail "before $page: $(tail -3 "$folder/err")"
    printf '' >"$folder/printed"
    for block in "$folder"/blocks/*; do
        [ -e "$block" ] || break
        case $block in
        *.sh)
            (cd "$tree" && bash -e "$block") >"$folder/printed" 2>"$folder/err" </dev/null ||
                fail "$page: $(head -1 "$block") ...: $(tail -3 "$folder/err")"
            ;;
        *.sh-live)
            sed 's/$/ --no-tty --quiet --until 30s/' "$block" >"$block.text"
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
        *.sh-install | *.json* | *.xml | *.c | *.python* | *.sql | *.r) ;;
        *) fail "$page: a block of a kind that is not known: $block" ;;
        esac
    done
}
