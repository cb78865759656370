#!/usr/bin/env bash
# Shared objects that are wrong: told before anything runs, by check, run and compare alike. Those that fail while they
# run end their run, not the comparison. Arguments: weir, the folder of the shared objects.
. "$(dirname "$0")/common.sh"
plugins=$2
scenario=$folder/scenario.json # with a tenth of the items, which nothing here is about
sed -e "s|valid/two-tier.xml|$PWD/tests/input/valid/two-tier.xml|" -e 's|450/s|45/s|' tests/input/cli-real.json >"$scenario"

# wrong NAME MESSAGE [WHAT CHECK SAYS, or inside]
wrong()
{
    local file=$plugins/$1.so
    [ -e "$file" ] || file=$1
    sed -e "s|\[\"static\", \"reactive\"\]|[\"static\", \"$file\"]|" $scenario >"$folder/wrong.json"
    if [ "${3-}" = inside ]; then # what check, which runs nothing of it, cannot see
        expect 0 "wrong.json: ok" check "$folder/wrong.json"
    else
        expect 3 "$file: ${3-$2}" check "$folder/wrong.json"
    fi
    expect 3 "$file: $2" run $scenario -p "$file" -o "$folder/none"
    expect 3 "$file: $2" compare $scenario -p static -p "$file" -o "$folder/none"
    [ -e "$folder/none" ] && fail "$1: something ran"
}

yes "this is no shared object" | head -100 >"$folder/text.so"
: >"$folder/empty.so"
wrong "$folder/text.so" "is no shared object that this weir can load: invalid ELF header" "is no shared object that this weir can load; build one"
wrong "$folder/empty.so" "is no shared object that this weir can load: file too short" "is no shared object that this weir can load; build one"
wrong "$folder/absent.so" "cannot load this policy: No such file or directory"
wrong "$folder" "is no file; name a shared object"
wrong undefined "is no shared object that this weir can load: undefined symbol: nobody_defines_this" inside
wrong no_symbol "does not export \"weir_policy_plugin\"; define"
wrong other_abi "was built for policy interface 46, and this weir has interface 5; build it again"
wrong no_name "the policy's name is missing or wrong" inside
wrong table_offset "policy plugin: the table of parameters is wrong: row 0 (\"high\"): its field lies at byte 4096" inside
wrong table_default "policy plugin: the table of parameters is wrong: row 0 (\"high\"): the default cannot be \"a lot\"" inside

# Without section headers, which the dynamic linker does not need, and with either of its tables of symbols.
for plugin in no_symbol other_abi everything sysv; do
    bare=$folder/bare-$plugin.so
    cp "$plugins/$plugin.so" "$bare"
    printf '\0\0\0\0\0\0\0\0' | dd of="$bare" bs=1 seek=40 conv=notrunc status=none # e_shoff
    printf '\0\0\0\0' | dd of="$bare" bs=1 seek=60 conv=notrunc status=none             # e_shnum, e_shstrndx
done
wrong "$folder/bare-no_symbol.so" "does not export \"weir_policy_plugin\"; define"
wrong "$folder/bare-other_abi.so" "was built for policy interface 46, and this weir has interface 5; build it again"
for plugin in everything sysv; do
    sed -e "s|\[\"static\", \"reactive\"\]|[\"static\", \"$folder/bare-$plugin.so\"]|" $scenario >"$folder/bare.json"
    expect 0 "bare.json: ok" check "$folder/bare.json"
    expect 0 "throughput" run $scenario -p "$folder/bare-$plugin.so" -o "$folder/ran-$plugin" -q
done

expect 3 "crash.so: ends the process" run $scenario -p "$plugins/crash.so"
expect 3 "hang.so: does not come to an end within 10 s" run $scenario -p "$plugins/hang.so"

# check, report, plot and list run nothing of it: not even what would end or hang the process.
for plugin in crash hang; do
    sed -e "s|\[\"static\", \"reactive\"\]|[\"static\", \"$plugins/$plugin.so\"]|" $scenario >"$folder/strange.json"
    expect 0 "strange.json: ok" check "$folder/strange.json"
done
# run and compare say what code they run, and refuse it if they are told to.
expect 0 "$scenario runs code that is not weir's: $plugins/everything.so" run $scenario -p "$plugins/everything.so" -o "$folder/told"
expect 3 "would run code that is not weir's: $plugins/everything.so; it is refused by --no-code" run $scenario --no-code \
    -p "$plugins/everything.so" -o "$folder/none"
expect 3 "would run code that is not weir's: $folder/strange.py; it is refused by --no-code" compare $scenario --no-code \
    -p static -p "exec:$folder/strange.py" -o "$folder/none"
# Each is named, also one whose name is a part of another's; twice the same but once.
expect 3 "would run code that is not weir's: $folder/strange.py --fast, $folder/strange.py, ./all.so; it is refused by --no-code" \
    compare $scenario --no-code -p "exec:$folder/strange.py --fast" -p "exec:$folder/strange.py" -p ./all.so -p "exec:$folder/strange.py" \
    -o "$folder/none"
expect 0 "" run $scenario --no-code -p static -o "$folder/plain"
WEIR_NO_CODE=1 expect 3 "it is refused by WEIR_NO_CODE" run $scenario -p "$plugins/everything.so" -o "$folder/none"
WEIR_NO_CODE=1 expect 3 "is code of its own, which WEIR_NO_CODE refuses" explain "$plugins/everything.so" $scenario
WEIR_NO_CODE=0 expect 0 "throughput" run $scenario -p "$plugins/everything.so" -o "$folder/zero" -q
empty err
[ -e "$folder/none" ] && fail "something ran"
# Programs that are not there.
for wanted in 'no-such-program --x|exec: there is no program \"no-such-program\"' 'python3 no-such.py|exec: there is no file ' \
    './no-such.sh|exec: there is no program \"./no-such.sh\"'; do
    sed -e "s#\[\"static\", \"reactive\"\]#[{\"exec\": \"${wanted%%|*}\"}]#" $scenario >"$folder/program.json"
    expect 3 "$(printf '%b' "${wanted#*|}" | sed 's/\\"/"/g')" check "$folder/program.json"
done

# All that the headers declare is there.
expect 0 "throughput" run $scenario -p "$plugins/everything.so" -o "$folder/everything" -q

# Failures while they run.
expect 4 "policy gives_up at 10 s (window 0): the stars are not favourable" run $scenario -p "$plugins/gives_up.so" -o "$folder/none"
expect 5 "policy segfault at 10 s (window 0): the process " run $scenario -p "$plugins/segfault.so" -o "$folder/none"
expect 5 "policy leaves at 30 s (window 2): the process ended with code 0 and no result" run $scenario \
    -p "$plugins/leaves.so" -o "$folder/none"
nan="policy not_a_number at 20 s (window 1): weight of instance 1 of sensor-0/filter is nan; every number"
expect 4 "$nan" run $scenario -p "$plugins/not_a_number.so" -o "$folder/none"
grep -q -- "is -\?nan" "$folder/err" || fail "NaN is not told"
expect 4 "policy infinite at 0 s (arrival of job sensor-0): cpu_share of instance 2 of sensor-0/filter is inf; every number" \
    run $scenario -p "$plugins/infinite.so" -o "$folder/none"

# A hook that hangs is ended after its time, which a parameter says, and so is the run; of the run's folder nothing is left.
stuck()
{
    local plugin=$plugins/$1.so more=(${3+--set "$3"})
    expect_limit 4 "policy $1$2: took longer than the {limit} s of real time that a hook may take" run $scenario "${more[@]}" \
        -p "{\"name\": \"$plugin\", \"timeout\": \"{limit}s\"}" -o "$folder/none"
}
stuck stuck " at 20 s (window 1)"
stuck stuck_at_arrival " at 0 s (arrival of job sensor-0)"
stuck stuck_at_departure " at 30 s (departure of job sensor-0)" "workload.jobs[0].depart=22s"
stuck stuck_at_end " (destroy)"
expect_limit 4 "policy stuck at 20 s (window 1): took longer than the {limit} s that a run may take" run $scenario --timeout {limit}s \
    -p "$plugins/stuck.so" -o "$folder/none"
expect 3 "timeout" run $scenario -p "{\"name\": \"$plugins/stuck.so\", \"timeout\": 3}"
expect 3 "timeout" run $scenario -p "{\"name\": \"$plugins/stuck.so\", \"timeout\": \"0s\"}"
expect 3 "unknown key \"timeout\"" run $scenario -p '{"name": "reactive", "timeout": "1s"}'
expect 3 "timeout: expected a whole number" run $scenario -p "{\"name\": \"$plugins/own_timeout.so\", \"timeout\": \"3s\"}"
expect 0 "throughput" run $scenario -p "{\"name\": \"$plugins/own_timeout.so\", \"timeout\": 3}" -o "$folder/own"
ls "$folder" | grep -q "^none" && fail "something is left of a run that failed"

# One that wants a host that is down is refused, and the run goes on.
sed -e 's|"duration"|"faults": [{"host": "cloud", "at": "15s", "for": "20s"}], "duration"|' $scenario >"$folder/faults.json"
expect 0 "refused" run "$folder/faults.json" -p "$plugins/down.so" -o "$folder/down" -q
grep -q '^20,down,sensor-0,filter,.*to the ruins,"\?host "\+cloud"\+ is down' "$folder/down/decisions.csv" ||
    fail "a host that is down is not refused: $(cat "$folder/down/decisions.csv")"

# The comparison goes on, and its other policies come out as they would alone.
expect 4 "5 of 6 runs failed" compare $scenario --seeds 1 -o "$folder/compared" -p static -p "$plugins/gives_up.so" \
    -p "$plugins/segfault.so" -p "$plugins/leaves.so" -p "$plugins/not_a_number.so" \
    -p "{\"name\": \"$plugins/stuck.so\", \"timeout\": \"2s\"}"
grep -q "^static " "$folder/out" || fail "no row of the policy that works"
for plugin in gives_up segfault leaves not_a_number stuck; do
    grep -q "$plugin, seed 1: .*policy $plugin at [0-9]* s (window [0-2]): " "$folder/err" || fail "$plugin: does not say where"
done
expect 0 "throughput" run $scenario -p static -s 1 -o "$folder/alone" -q
same "$folder/alone/windows.csv" "$folder/compared/runs/static/seed-1/windows.csv"
finish
