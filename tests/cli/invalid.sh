#!/usr/bin/env bash
# Every file of tests/input/invalid is refused with exit code 3 and the message that it announces itself: JSON files in a
# first key "# expect", XML files in a first comment <!-- expect: ... -->. Every file of tests/input/valid passes.
. "$(dirname "$0")/common.sh"

checked=0
for file in tests/input/invalid/*.json tests/input/invalid/*.xml; do
    case $file in
    *.json) wanted=$(sed -n 's/.*"# expect": "\(\([^"\\]\|\\.\)*\)".*/\1/p' "$file" | head -1 | sed 's/\\\(.\)/\1/g') ;;
    *.xml) wanted=$(sed -n 's/.*<!-- expect: \(.*\) -->.*/\1/p' "$file" | head -1) ;;
    esac
    if [ -z "$wanted" ]; then
        fail "$file announces no message"
        continue
    fi
    expect 3 "$wanted" check "$file"
    checked=$((checked + 1))
done
echo "$checked invalid files checked"
[ $checked -ge 40 ] || fail "only $checked invalid files; at least 40 are expected"

for file in tests/input/valid/*.xml tests/input/valid/*.json; do
    [ -e "$file" ] || continue
    grep -q '"platform"' "$file" || [ "${file%.xml}" != "$file" ] || continue # bare workloads need a platform
    expect 0 "$file: ok (" check "$file"
done

# One bad file does not keep the others from being checked; each has its line.
expect 3 "two-tier.xml: ok (" check tests/input/invalid/platform-no-host.xml tests/input/valid/two-tier.xml
[ "$(wc -l <"$folder/out")" -eq 2 ] || fail "wanted one line a file: $(cat "$folder/out")"
expect 3 "no-such-file.json: no such file" check no-such-file.json
expect 3 "ends neither in .xml" check README.md
finish
