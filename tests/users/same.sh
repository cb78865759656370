#!/usr/bin/env bash
# The same policy built in, as a shared object built out of tree against installed headers, and over the pipe: the same
# results to the last bit. Arguments: weir with the policy built in, the build folder.
. "$(dirname "$0")/common.sh"
builtin=$weir
build=$2
scenario=$PWD/tests/input/cli-real.json
unset DESTDIR

# Install, go away from the tree, build by pkg-config.
cmake --install "$build" --prefix "$folder/prefix" >"$folder/install.log" || { cat "$folder/install.log"; exit 1; }
pc=$(find "$folder/prefix" -name weir.pc)
export PKG_CONFIG_PATH=${pc%/weir.pc}
[ "$(pkg-config --modversion weir)" = "$("$builtin" --version | sed 's/weir \([^,]*\),.*/\1/')" ] || fail "weir.pc: version"
cp -r "$folder/prefix/share/weir/policies/examples" "$folder/mine"
installed=$folder/prefix/bin/weir
(cd "$folder/mine" && make CFLAGS="-O2 -Wall -Wextra -Werror") >"$folder/make.log" 2>&1 || { cat "$folder/make.log"; exit 1; }

# Every installed header compiles alone.
for header in "$folder"/prefix/include/weir/*.h; do
    echo "#include <weir/${header##*/}>" | cc -std=gnu17 -Wall -Wextra -Wstrict-prototypes -Werror $(pkg-config --cflags weir) \
        -fsyntax-only -x c - || fail "${header##*/} does not compile alone"
done
grep -rl '"sim/' "$folder/prefix/include" && fail "an installed header names the source tree"
[ -e "$folder/prefix/share/weir/platforms/city.xml" ] || fail "the platforms are not installed"

weir=$builtin
expect 0 "" run "$scenario" --policy threshold -o "$folder/builtin" -q
weir=$installed
expect 0 "" run "$scenario" --policy "$folder/mine/threshold.so" -o "$folder/so" -q
(cd "$folder/mine" && "$weir" run "$scenario" --policy threshold.so -o "$folder/here" -q >/dev/null) ||
    fail "a path without a slash"
ways="so here"
if command -v python3 >/dev/null; then
    expect 0 "" run "$scenario" --policy "exec:python3 $folder/mine/threshold.py" -o "$folder/pipe" -q
    ways="$ways pipe"
else
    echo "skipped: the pipe; there is no python3"
fi
[ "$(grep -c threshold "$folder/builtin/decisions.csv")" -ge 2 ] || fail "the policy decides too little to be compared"
for way in $ways; do
    same "$folder/builtin/windows.csv" "$folder/$way/windows.csv"
    [ "$(checksum "$folder/builtin")" = "$(checksum "$folder/$way")" ] || fail "$way: another checksum"
    sed 's/,exec,/,threshold,/' "$folder/$way/decisions.csv" | same "$folder/builtin/decisions.csv" -
done
[ -n "$(checksum "$folder/builtin")" ] || fail "no checksum"

# In a scenario, paths are those of its folder, and parameters and labels work; the copy of the inputs can be run again.
py='{"label": "py", "exec": "python3 threshold.py", "params": {"high": 0.7}}'
command -v python3 >/dev/null || py='{"label": "py", "name": "threshold.so"}'
sed -e "s|valid/two-tier.xml|$PWD/tests/input/valid/two-tier.xml|" \
    -e "s|\[\"static\", \"reactive\"\]|[\"static\", {\"name\": \"./threshold.so\", \"high\": 0.7}, $py, [\"./threshold.so\", \"nearest\"]]|" \
    "$scenario" >"$folder/mine/mine.json"
cd /
expect 0 "mine.json: ok" check "$folder/mine/mine.json"
expect 0 "threshold+nearest" compare "$folder/mine/mine.json" -o "$folder/compared" --seeds 2 -q
if command -v python3 >/dev/null; then
    same "$folder/compared/runs/threshold/seed-2/windows.csv" "$folder/compared/runs/py/seed-2/windows.csv"
    cmp -s "$folder/compared/runs/static/seed-2/windows.csv" "$folder/compared/runs/py/seed-2/windows.csv" &&
        fail "threshold decides nothing"
fi
cp "$folder/compared/scenario.json" "$folder/copy.json"
expect 0 "8 of 8 runs are finished and kept" compare "$folder/copy.json" -o "$folder/compared" --seeds 2 --resume

# A shared object that has changed is another policy; its runs are made again.
python3 -c '' 2>/dev/null && kept=4 || kept=2
sed -i 's/"0.8"/"0.75"/' "$folder/mine/threshold.c"
make -C "$folder/mine" >/dev/null || fail "make again"
expect 0 "$kept of 8 runs are finished and kept" compare "$folder/mine/mine.json" -o "$folder/compared" --seeds 2 --resume
expect 3 "\"low\" (0.9) must be below \"high\" (0.75)" run "$scenario" --policy "{\"name\": \"$folder/mine/threshold.so\", \"low\": 0.9}"
expect 3 "\"hihg\"" run "$scenario" --policy "{\"name\": \"$folder/mine/threshold.so\", \"hihg\": 0.9}"
finish
