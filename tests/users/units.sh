#!/usr/bin/env bash
# What a user builds: no tests and benches, no CUnit, and files of a group compiled as one, which have no static name twice
# and give no warning. Arguments: a build folder, whose generator is taken; the C compiler.
set -u
generator=$(sed -n 's/^CMAKE_GENERATOR:INTERNAL=//p' "$1/CMakeCache.txt")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

cmake -G "$generator" -S . -B "$folder/build" -DCMAKE_C_COMPILER="$2" -DCMAKE_BUILD_TYPE=Release -DWEIR_TESTS=OFF -DWEIR_BENCH=OFF \
    -DWEIR_UNITY=ON >"$folder/log" 2>&1 || { cat "$folder/log"; exit 1; }
commands=$folder/build/compile_commands.json
if grep '^CUNIT' "$folder/build/CMakeCache.txt"; then
    echo "FAILED: CUnit is asked for"
    exit 1
fi
if grep '"file": ".*/\(tests\|bench\|generators\)/' "$commands"; then
    echo "FAILED: a user needs no tests and benches"
    exit 1
fi

# One line for each unit: its compiler's command, without the output.
sed -n 's/^ *"command": "\(.*\)",\{0,1\}$/\1/p' "$commands" | grep '/unity_[^/]*\.c$' | sed 's/ -o [^ ]* -c / /; s/\\"/"/g' >"$folder/units"
count=$(wc -l <"$folder/units")
if [ "$count" -lt 15 ]; then
    echo "FAILED: only $count units"
    exit 1
fi
failed=0
while IFS= read -r command; do
    if ! (cd "$folder/build" && bash -c "$command -fsyntax-only -Werror") >"$folder/log" 2>&1; then
        head -20 "$folder/log"
        echo "FAILED: ${command##*/}: rename what is static, or leave one of the files out (EXCEPT of weir_together in CMakeLists.txt)"
        failed=1
    fi
done <"$folder/units"
echo "$count units"
exit $failed
