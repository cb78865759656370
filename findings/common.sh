# shellcheck shell=bash
# Shared by the scripts of this folder; to be sourced, from bash, with `set -euo pipefail`.

[ "$(id -u)" -eq 0 ] || { echo "$(basename "$0"): not root, which debootstrap and chroot need" >&2; exit 1; }
command -v debootstrap >/dev/null || { echo "$(basename "$0"): debootstrap is missing; apt-get install debootstrap" >&2; exit 1; }
. "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../scripts/common.sh"

tree=$(mktemp -d)
trap 'rm -rf --one-file-system "$tree"' EXIT

# tree_with SUITE PACKAGE[=VERSION]...: a folder tree with these packages.
tree_with()
{
    local suite=$1 mirror
    shift
    mirror=$(debian_mirror)
    [ -n "$mirror" ] || { echo "apt's sources name no Debian mirror" >&2; exit 1; }
    timeout 900 debootstrap --variant=minbase "$suite" "$tree" "$mirror" >"$tree.log" 2>&1 &&
        timeout 900 chroot "$tree" env DEBIAN_FRONTEND=noninteractive LC_ALL=C \
            apt-get -q -y --no-install-recommends install "$@" >>"$tree.log" 2>&1 ||
        { tail -n 5 "$tree.log" >&2; rm -f "$tree.log"; echo "cannot install $* on $suite" >&2; exit 1; }
    rm -f "$tree.log"
}

# wants WHAT SEEN WANTED: prints both, and fails if they differ.
wants()
{
    printf '%-60s %s\n' "$1" "$2"
    [ "$2" = "$3" ] || { echo "wanted $3: the finding is out of date" >&2; exit 1; }
}
