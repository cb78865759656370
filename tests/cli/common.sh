# What the scripts here share: source it with the program to test and is_json as arguments of the script.
set -u
weir=$1
is_json=${2-}
reseal=$(dirname "$is_json")/reseal # changed results are made to look whole
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export NO_COLOR=1
failures=0

fail()
{
    echo "FAILED: $*"
    failures=$((failures + 1))
}

# has_told FRAGMENT: whether the last command's stdout or stderr has it. Programs are started for large outputs only: starting them is
# most of what such a test would take.
has_told()
{
    local LC_ALL=C text name
    for name in out err; do
        IFS= read -r -N 300000 text <"$folder/$name"
        [[ $text == *"$1"* ]] && return
        [ ${#text} -lt 300000 ] || ! grep -qF -e "$1" "$folder/$name" || return 0
    done
    return 1
}

# expect CODE FRAGMENT weir's arguments...: runs; stdout goes to $folder/out, stderr to $folder/err; the fragment must be
# in one of them ("" is everywhere).
expect()
{
    local code=$1 fragment=$2 got
    shift 2
    "$weir" "$@" >"$folder/out" 2>"$folder/err" </dev/null
    got=$?
    if [ $got -ne "$code" ]; then
        fail "weir $*: exit code $got, wanted $code"
        head -c 2000 "$folder/out" "$folder/err"
    elif ! has_told "$fragment"; then
        fail "weir $*: does not say \"$fragment\", but"
        head -c 2000 "$folder/out" "$folder/err"
    fi
}

# expect_limit CODE FRAGMENT weir's arguments...: as expect, for something that hangs until it has taken too long: {limit} in
# the fragment and the arguments is a number of seconds. Small ones are tried first; on a busy machine they may pass before
# what hangs has begun.
expect_limit()
{
    local code=$1 fragment=$2 limit
    shift 2
    for limit in 1 10; do
        if "$weir" "${@//\{limit\}/$limit}" >"$folder/out" 2>"$folder/err" </dev/null; [ $? -eq "$code" ] &&
            has_told "${fragment//\{limit\}/$limit}"; then
            return
        fi
    done
    expect "$code" "${fragment//\{limit\}/100}" "${@//\{limit\}/100}"
}

# wait_for COMMAND...: until it succeeds, ten minutes at most.
wait_for()
{
    for _ in $(seq 12000); do
        "$@" && return
        sleep 0.05
    done
    fail "waited in vain for $*"
}

# has_lines FILE COUNT: that many or more.
has_lines()
{
    [ -e "$1" ] && [ "$(wc -l <"$1")" -ge "$2" ]
}

# The last command's stdout or stderr must be empty, or a JSON value.
empty()
{
    if [ -s "$folder/$1" ]; then
        fail "wanted nothing on std$1, but got: $(head -c 500 "$folder/$1")"
    fi
}
json()
{
    "$is_json" <"$folder/out" || fail "$* does not print JSON"
}

same()
{
    cmp "$1" "$2" || fail "$1 and $2 differ"
}

finish()
{
    [ "$failures" -eq 0 ] || exit 1
}
