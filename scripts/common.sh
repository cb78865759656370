# Shared by the scripts of this folder; to be sourced, from bash, with `set -euo pipefail`. Goes to the root of the tree.

cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.."

cores=$(nproc 2>/dev/null || echo 2)
tests_at_once=$((cores + 2)) # some of them wait most of their time

# section TITLE: a header, with the time spent so far.
section()
{
    printf '\n== %s (%d s)\n' "$1" "$SECONDS"
}

# Files of ours by suffix, one a line: those that git knows or would add; all of them where there is no git.
our_files()
{
    local patterns=() suffix
    for suffix in "$@"; do
        patterns+=("*.$suffix")
    done
    if git rev-parse --is-inside-work-tree >/dev/null 2>&1; then
        git ls-files --cached --others --exclude-standard -- "${patterns[@]}" | while IFS= read -r file; do
            if [ -f "$file" ]; then
                printf '%s\n' "$file"
            fi
        done
    else
        for suffix in "$@"; do
            find . \( -path './build*' -o -path ./results -o -path ./.git \) -prune -o -name "*.$suffix" -type f -print |
                sed 's|^\./||'
        done
    fi | LC_ALL=C sort -u
}

# build_preset PRESET FOLDER [OPTION...]: configures, with more options of cmake, and builds. A build folder of a tree that has been moved since is set up again.
build_preset()
{
    local home=
    if [ -f "$2/CMakeCache.txt" ]; then
        home=$(sed -n 's/^CMAKE_HOME_DIRECTORY:INTERNAL=//p' "$2/CMakeCache.txt")
        if [ "$home" != "$PWD" ]; then
            rm -rf "$2/CMakeCache.txt" "$2/CMakeFiles"
        fi
    fi
    # The log is worth reading only when something is wrong.
    mkdir -p "$2"
    if ! cmake --preset "$1" "${@:3}" >"$2/configure.log" 2>&1; then
        cat "$2/configure.log" >&2
        return 1
    fi
    cmake --build --preset "$1" --parallel "$cores"
}

# The Debian mirror that this machine's apt is configured with: that of the first source of a release's main, neither updates
# nor security. Nothing if there is none.
debian_mirror()
{
    # shellcheck disable=SC2016 # $(...) is apt-get's own
    apt-get indextargets --format '$(COMPONENT) $(RELEASE) $(REPO_URI)' 'Created-By: Packages' |
        awk '$1 == "main" && $2 ~ /^(bookworm|trixie|forky|sid|oldstable|stable|testing|unstable)$/ {print $3; exit}'
}

# For GLIBC_TUNABLES: the C library takes its functions for a processor without AVX and fused multiply-add; the last two are
# the names of releases before 2.33.
masked_libc=glibc.cpu.hwcaps=-AVX2,-FMA,-AVX,-AVX2_Usable,-FMA_Usable
