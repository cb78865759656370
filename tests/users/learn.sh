#!/usr/bin/env bash
# The library for users' policies as it is installed: headers, functions, version, and the examples of docs/learn.md, built by
# pkg-config's flags, whose numbers are those of arithmetic. Arguments: weir, the build folder.
. "$(dirname "$0")/common.sh"
build=$2
unset DESTDIR
cmake --install "$build" --prefix "$folder/first" >"$folder/install.log" || { cat "$folder/install.log"; exit 1; }
mv "$folder/first" "$folder/prefix" # it may be moved
prefix=$folder/prefix
pc=$(find "$prefix" -name weir-learn.pc)
export PKG_CONFIG_PATH=${pc%/*}
library=$(pkg-config --variable=libdir weir-learn)/libweir-learn.so
read -ra cflags < <(pkg-config --cflags weir-learn)
nm -D "$library" >"$folder/symbols"
if grep -q __asan "$folder/symbols"; then
    echo "skipped: it is built with sanitisers, and users' programs are not"
    exit 77
fi

# The version, of the library, its headers and its file.
version=$(sed -n 's/^project(weir VERSION \([0-9.]*\) .*/\1/p' CMakeLists.txt)
[ "$(pkg-config --modversion weir-learn)" = "$version" ] || fail "weir-learn.pc is of version $(pkg-config --modversion weir-learn)"
case $version in
0.*) soversion=${version%.*} ;;
*) soversion=${version%%.*} ;;
esac
readelf -d "$library" | grep -qF "[libweir-learn.so.$soversion]" || fail "the soname is not that of $soversion"

# What is shown is what the headers declare, and no more; each header compiles alone.
awk '{ sub(/@.*/, "", $NF) } $(NF - 1) ~ /^[TDRB]$/ { print $NF }' "$folder/symbols" | grep -v '^weir_\(error\|exit\|stream\|draw\|spread\)' |
    sort >"$folder/shown"
sed 's|/\*.*\*/||; /\/\*/,/\*\//d' "$prefix"/include/weir/learn/*.h "$prefix"/include/weir/learn/*/*.h |
    grep -oE '\b(assignment|detect|detector|forecaster|kmeans|offload|series|weir_learn)_[a-z_]+(\(|\[\])' | tr -d '([]' | sort -u >"$folder/declared"
grep -v '^forecaster_unpack$' "$folder/declared" | diff - "$folder/shown" || fail "the headers (<) and the library (>) differ"
for header in "$prefix"/include/weir/learn/*.h "$prefix"/include/weir/learn/*/*.h; do
    echo "#include <${header#"$prefix"/include/}>" >"$folder/alone.c"
    cc -std=gnu17 -Wall -Wextra -Wstrict-prototypes -Werror "${cflags[@]}" -fsyntax-only "$folder/alone.c" || fail "${header##*/} does not compile alone"
done
grep -rlE '"(sim|policies)/' "$prefix/include" && fail "an installed header names the source tree"
cat >"$folder/version.c" <<'END'
#include <stdio.h>
#include <weir/learn/learn.h>
#include <weir/learn/version.h>

int main(void)
{
    printf("%d.%d.%d %s %s\n", WEIR_LEARN_VERSION_MAJOR, WEIR_LEARN_VERSION_MINOR, WEIR_LEARN_VERSION_PATCH, WEIR_LEARN_VERSION, weir_learn_version());
}
END
read -ra libs < <(pkg-config --libs weir-learn)
cc "${cflags[@]}" "$folder/version.c" -o "$folder/version" "${libs[@]}" || fail "version.c is not built"
[ "$("$folder/version")" = "$version $version $version" ] || fail "versions: $("$folder/version")"

# The examples, as they are installed.
cp -r "$(pkg-config --variable=datadir weir)/policies/examples/learn" "$folder/mine"
make -C "$folder/mine" CFLAGS="-O1 -Wall -Wextra -Werror" >"$folder/make.log" 2>&1 || { cat "$folder/make.log"; exit 1; }
# says PROGRAM: its output is what stands on stdin.
says()
{
    "$folder/mine/$1" >"$folder/said" || fail "$1 fails"
    diff - "$folder/said" || fail "$1: arithmetic (<) and the library (>) differ"
}

awk 'function load(day) { return 10 + 2 * day + (day % 7 == 0 ? 30 : 0) }
    function error(kind, back, ahead,    day, sum, n) {
        for (day = 100 + ahead - 1; day < 120; day++) {
            sum += sqrt((load(day) - load(day - (back ? 7 : ahead)))^2)
            n++
        }
        printf "%s error %d ahead: %.6f\n", kind, ahead, sum / n
    }
    BEGIN {
        for (day = 101; day <= 103; day++) printf "last day %d: %.6f\n", day, load(100)
        for (day = 101; day <= 103; day++) printf "seasonal day %d: %.6f\n", day, load(day - 7)
        for (day = 101; day <= 103; day++) printf "linear:window=8 day %d: %.6f\n", day, load(day)
        error("last", 0, 1); error("last", 0, 2); error("seasonal", 1, 1); error("seasonal", 1, 2)
    }' | says forecast
awk 'BEGIN {
        for (t = 0; t < 8; t++) {
            first = ((t < 5 ? 11 : 16) - 10) / 1; second = (50 - 46) / 4
            score = first > second ? first : second
            printf "sample %d: %.6f%s\n", t, score, (score > 1 ? " anomalous" : "")
        }
    }' | says detect
awk 'BEGIN {
        for (job = 0; job < 3; job++) printf "job %d: centre (%.6f, %.6f)\n", job, (1 + 2 + 3) / 3, (10 + 12 + 11) / 3
        for (job = 3; job < 6; job++) printf "job %d: centre (%.6f, %.6f)\n", job, (20 + 22 + 24) / 3, (1 + 3 + 5) / 3
        printf "inertia %.6f\n", 1 + 0 + 1 + 1 + 1 + 0 + 4 + 0 + 4 + 4 + 0 + 4
        printf "newcomer: as job 3, squared distance %.6f\n", (22 - 19)^2 + (3 - 2)^2
    }' | says cluster
# Of 10 requests, server 0 takes 0.6 x 100 / 10 = 6 and server 1 0.6 x 50 / 10 = 3, each used at its best (revenue 1).
printf 'server %s\n' '0: 6 requests, use 0.600000' '1: 3 requests, use 0.600000' '2: 0 requests, use 0.000000' |
    { cat && echo 'left over 1, value 2.000000'; } | says assign
# Costs (19): on one node each has sqrt(4e9) (2 sqrt(4e9)) / 1e9 = 8 s. Alone there 4 s; at node 1 4e9 / 2e9 + 1e6 / 1e6 = 3 s. The
# potential (25) of a node is (X^2 + sum w^2) / 2 cap. If both went to node 1, each would cost 8e9 / 2e9 + 2 = 6 s: nobody follows.
awk 'BEGIN {
        split("nearest dwo optimal", name, " ")
        printf "nearest: nodes 0 and 0, costs %.6f + %.6f = %.6f s, potential %.6f\n", 8, 8, 16, (16 + 4 + 4) / 2
        printf "dwo: nodes 1 and 0, costs %.6f + %.6f = %.6f s, potential %.6f\n", 3, 4, 7, 3 + 4
        printf "no placement is better by more than %.6f\n", (3 + sqrt(5)) / 2
        printf "optimal: nodes 1 and 0, costs %.6f + %.6f = %.6f s, potential %.6f\n", 3, 4, 7, 3 + 4
    }' | says offload

# The policy runs, decides, and an error of the library is its own.
weir=$prefix/bin/weir
expect 0 "policy foresee, seed 1" run first --policy "$folder/mine/foresee.so" -o "$folder/run" --set duration=3min
[ "$(grep -c '/s foreseen' "$folder/run/decisions.csv")" -ge 1 ] || fail "foresee decides nothing"
expect 3 'policy foresee at 10 s (window 0): job "sensor": forecaster linea: name: there is no forecaster "linea"; did you mean "linear"?' \
    run first --policy "{\"name\": \"$folder/mine/foresee.so\", \"forecaster\": \"linea\"}" -o "$folder/none"

# The page has the code of the examples, and names each.
page=docs/learn.md
for file in policies/examples/learn/*.c; do
    awk -v fence="\`\`\`c $file" '$0 == fence { on = 1; next } /^```/ { on = 0 } on' $page >"$folder/code"
    [ -s "$folder/code" ] || fail "$page has nothing of $file"
    awk -v code="$folder/code" 'BEGIN { while ((getline line < code) > 0) want[++n] = line; at = 1 }
        at <= n && $0 == want[at] { at++ }
        END { exit at <= n }' "$file" || fail "$page has other code than $file"
done
finish
