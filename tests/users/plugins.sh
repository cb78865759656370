#!/usr/bin/env bash
# Shared objects that are wrong: told before anything runs, by check, run and compare alike. Those that fail while they
# run end their run, not the comparison. Arguments: weir, the folder of the shared objects.
. "$(dirname "$0")/common.sh"
plugins=$2
scenario=tests/input/cli-real.json

# wrong NAME MESSAGE
wrong()
{
    local file=$plugins/$1.so
    [ -e "$file" ] || file=$1
    sed -e "s|valid/two-tier.xml|$PWD/tests/input/valid/two-tier.xml|" \
        -e "s|\[\"static\", \"reactive\"\]|[\"static\", \"$file\"]|" $scenario >"$folder/wrong.json"
    expect 3 "$file: $2" check "$folder/wrong.json"
    expect 3 "$file: $2" run $scenario -p "$file" -o "$folder/none"
    expect 3 "$file: $2" compare $scenario -p static -p "$file" -o "$folder/none"
    [ -e "$folder/none" ] && fail "$1: something ran"
}

yes "this is no shared object" | head -100 >"$folder/text.so"
: >"$folder/empty.so"
wrong "$folder/text.so" "is no shared object that this weir can load: invalid ELF header"
wrong "$folder/empty.so" "is no shared object that this weir can load: file too short"
wrong "$folder/absent.so" "cannot load this policy: No such file or directory"
wrong "$folder" "is no file; name a shared object"
wrong undefined "is no shared object that this weir can load: undefined symbol: nobody_defines_this"
wrong no_symbol "does not export \"weir_policy_plugin\"; define"
wrong other_abi "was built for policy interface 42, and this weir has interface 1; build it again"
wrong no_name "the policy's name is missing or wrong"
wrong table_offset "policy plugin: the table of parameters is wrong: row 0 (\"high\"): its field lies at byte 4096"
wrong table_default "policy plugin: the table of parameters is wrong: row 0 (\"high\"): the default cannot be \"a lot\""

expect 3 "crash.so: ends the process" run $scenario -p "$plugins/crash.so"
expect 3 "hang.so: does not come to an end within 10 s" run $scenario -p "$plugins/hang.so"

# All that the headers declare is there.
expect 0 "throughput" run $scenario -p "$plugins/everything.so" -o "$folder/everything" -q

# Failures while they run.
expect 4 "policy plugin at 10 s: the stars are not favourable" run $scenario -p "$plugins/gives_up.so" -o "$folder/none"
expect 5 "its last words" run $scenario -p "$plugins/segfault.so" -o "$folder/none"
expect 0 "refused" run $scenario -p "$plugins/not_a_number.so" -o "$folder/nan" -q
grep -q "weight of instance 1 is nan; it must be finite and above 0" "$folder/nan/decisions.csv" || fail "NaN is not refused"
expect 4 "2 of 3 runs failed" compare $scenario -p static -p "$plugins/gives_up.so" -p "$plugins/segfault.so" --seeds 1 \
    -o "$folder/compared"
grep -q "^static " "$folder/out" || fail "no row of the policy that works"
finish
