#!/usr/bin/env bash
# Every file of tests/input/invalid is refused with exit code 3 and the message that it announces itself: JSON files in a
# first key "# expect", XML files in a first comment <!-- expect: ... -->. Every file of tests/input/valid passes.
. "$(dirname "$0")/common.sh"

export LC_ALL=C
json='"# expect": "(([^"\\]|\\.)*)"' xml='<!-- expect: (.*) -->'
files=(tests/input/invalid/*.json tests/input/invalid/*.xml)
expect 3 "" check "${files[@]}"
mapfile -t said < <(grep -v "^  " "$folder/out")
[ ${#said[@]} -eq ${#files[@]} ] || fail "${#files[@]} files, but ${#said[@]} lines"
[ ${#files[@]} -ge 250 ] || fail "only ${#files[@]} invalid files"
for k in "${!files[@]}"; do
    wanted=
    while IFS= read -r line; do
        if [[ $line =~ $json ]]; then
            wanted=${BASH_REMATCH[1]//\\\"/\"}
            wanted=${wanted//\\\\/\\}
        elif [[ $line =~ $xml ]]; then
            wanted=${BASH_REMATCH[1]}
        fi
        [ -z "$wanted" ] || break
    done <"${files[k]}"
    if [ -z "$wanted" ]; then
        fail "${files[k]} announces no message"
    elif [[ ${said[k]-} != *"$wanted"* ]]; then
        fail "check ${files[k]}: does not say \"$wanted\", but \"${said[k]-}\""
    fi
done
echo "${#files[@]} invalid files checked"

for file in tests/input/valid/*.xml tests/input/valid/*.json; do
    [ -e "$file" ] || continue
    [[ $file == *.xml || $(<"$file") == *'"platform"'* ]] || continue # bare workloads need a platform
    expect 0 "$file: ok (" check "$file"
done

# One bad file does not keep the others from being checked; each has its line.
expect 3 "two-tier.xml: ok (" check tests/input/invalid/platform-no-host.xml tests/input/valid/two-tier.xml
[ "$(wc -l <"$folder/out")" -eq 2 ] || fail "wanted one line a file: $(cat "$folder/out")"
expect 3 "no-such-file.json: no such file" check no-such-file.json
expect 3 "ends neither in .xml" check README.md
finish
