#!/usr/bin/env bash
# weir generate: kinds, their help, files that appear whole, errors.
. "$(dirname "$0")/common.sh"

expect 0 "kinds:" generate
empty err
kinds=$(sed -n 's/^  \([a-z-]*\)  .*/\1/p' "$folder/out")
[ -n "$kinds" ] || fail "no kinds"
for kind in $kinds; do
    expect 0 "usage: weir generate $kind [options]" generate "$kind" --help
    empty err
    cp "$folder/out" "$folder/help"
    expect 0 "--seed N" help generate "$kind"
    same "$folder/help" "$folder/out"
    awk -v c="$kind" 'length > 120 { print c ": wide line: " $0; bad = 1 }' "$folder/help" || fail "help of $kind"
done

# On stdout and in a file: the same bytes. A file is replaced, and nothing is left beside it.
expect 0 "time_s,rate" generate diurnal --duration 1h --noise 0.1 --seed 5
empty err
cp "$folder/out" "$folder/wanted.csv"
for _ in 1 2; do
    "$weir" generate diurnal -o "$folder/got.csv" --duration 1h --noise=0.1 -s 5 >"$folder/out" || fail "diurnal -o"
    empty out
    same "$folder/wanted.csv" "$folder/got.csv"
done
[ ! -e "$folder/got.csv.partial" ] || fail "a partial file was left"

# After an error the file that was there stays, and stdout is empty.
expect 2 "generate diurnal: --peak (5/s) is below --base (6/s)" generate diurnal --peak 5/s --base 6/s -o "$folder/got.csv"
same "$folder/wanted.csv" "$folder/got.csv"
expect 2 "--peak (5/s)" generate diurnal --peak 5/s --base 6/s
empty out
expect 2 'generate: "diurnl" is no kind; did you mean "diurnal"?' generate diurnl
expect 2 'generate diurnal: --pek is no option; did you mean --peak?' generate diurnal --pek 5/s
expect 2 '"5" has no unit; write a rate such as' generate diurnal --peak 5
expect 2 '--seed: "x" is no seed' generate diurnal --seed x
expect 2 'the kind comes before the options' generate --seed 3 diurnal
expect 2 '"x" is one argument too many' generate diurnal x
expect 2 "the name of a file is missing" generate diurnal -o ""
# Several files: into a folder, which runs; on stdout one after the other.
expect 0 "==> platform.xml <==" generate ccp --requests 10/s
"$weir" generate ccp --requests 10/s -o "$folder/ccp" || fail "ccp -o"
sed '1d; /^==> workload.json <==$/,$d' "$folder/out" | cmp - "$folder/ccp/platform.xml" || fail "ccp: platform.xml differs"
expect 0 "60 jobs" check "$folder/ccp/scenario.json"
expect 3 "generate.sh" generate ccp -o "$0"
expect 3 "no-such-folder/x.csv.partial: cannot write" generate diurnal -o "$folder/no-such-folder/x.csv"
finish
