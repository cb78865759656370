#!/usr/bin/env bash
# The version stands in CMakeLists.txt; where it must be repeated, it is the same, and nowhere else is it repeated.
# Arguments: weir, the build folder.
. "$(dirname "$0")/common.sh"
version=$(sed -n 's/^project(weir VERSION \([0-9.]*\) .*/\1/p' CMakeLists.txt)
[ -n "$version" ] || fail "CMakeLists.txt has no version"

# says WHAT VERSION
says()
{
    [ "$2" = "$version" ] || fail "$1 says \"$2\", and CMakeLists.txt $version"
}
says "weir --version" "$("$weir" --version | sed 's/^weir \([^,]*\),.*/\1/')"
says CITATION.cff "$(sed -n 's/^version: *//p' CITATION.cff)"
says "the newest entry of CHANGELOG.md" "$(sed -n 's/^## \([0-9.]*\).*/\1/p' CHANGELOG.md | head -1)"
says weir.pc "$(sed -n 's/^Version: //p' "$2/weir.pc")"
says "the package" "$(sed -n 's/^set(CPACK_PACKAGE_VERSION "\(.*\)")$/\1/p' "$2/CPackConfig.cmake")"

pattern="(^|[^0-9.])${version//./\\.}([^0-9.]|\$)"
grep -rlE "$pattern" README.md CMakeLists.txt CITATION.cff CHANGELOG.md Containerfile cmake sim policies docs scripts platforms workloads \
    --include='*.md' --include='*.txt' --include='*.cff' --include='*.cmake' --include='*.in' --include='*.[ch]' --include='*.cpp' \
    --include='*.js' --include=Containerfile --include='*.json' | sort >"$folder/found"
printf '%s\n' CHANGELOG.md CITATION.cff CMakeLists.txt | same "$folder/found" -
finish
