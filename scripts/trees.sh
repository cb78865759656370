# What scripts share that work in folder trees of other Debian suites; to be sourced after common.sh, from bash. They set $suite
# and $tree, the folder of the tree. What runs in a tree, runs as root, and chroot is no jail.

source_in_tree=/root/weir # where copy_source puts the source

# refuse MESSAGE: ends the script.
refuse()
{
    echo "$(basename "$0"): $1" >&2
    exit 1
}

# Refuses where trees cannot be made.
need_trees()
{
    local tool
    [ "$(id -u)" -eq 0 ] || refuse "not root, which debootstrap and chroot need; run it with sudo"
    for tool in debootstrap unshare; do
        command -v "$tool" >/dev/null || refuse "$tool is missing; as root, run: apt-get install debootstrap util-linux"
    done
    command -v apt-get >/dev/null || refuse "this is not Debian: there is no apt-get to ask for a mirror"
}

# Makes $tree, of the Debian suite $suite, if it is not there.
make_tree()
{
    local mirror
    if [ -d "$tree/etc" ]; then
        return
    fi
    mirror=$(debian_mirror)
    [ -n "$mirror" ] || refuse "apt's sources name no Debian mirror; add one to /etc/apt/sources.list"
    rm -rf --one-file-system "$tree" "$tree.partial"
    mkdir -p "$(dirname "$tree")"
    if ! debootstrap --variant=minbase "$suite" "$tree.partial" "$mirror" >"$tree.log" 2>&1; then
        tail -n 20 "$tree.log" >&2
        refuse "debootstrap could not make the tree; its log is $tree.log"
    fi
    # A mirror may be a snapshot of some past day: its lists are taken whatever their date, as debootstrap takes them.
    echo 'Acquire::Check-Valid-Until "false";' >"$tree.partial/etc/apt/apt.conf.d/90any-date"
    mv "$tree.partial" "$tree"
}

# An archive of the source: files as git knows them or would add them.
archive_source()
{
    if git rev-parse --is-inside-work-tree >/dev/null 2>&1; then
        git ls-files -z --cached --others --exclude-standard | while IFS= read -r -d '' file; do
            if [ -e "$file" ] || [ -L "$file" ]; then
                printf '%s\0' "$file"
            fi
        done
    else
        find . \( -path './build*' -o -path ./results -o -path ./.git \) -prune -o ! -type d -print0
    fi | tar -c --null -T - -f -
}

# Puts the source in the tree. Files whose content is the same as last time keep
# the date that they have there, others are of now, so that what has changed is built again, and only that.
copy_source()
{
    local to=$tree$source_in_tree
    rm -rf "$to.new"
    mkdir -p "$to" "$to.new"
    archive_source | tar -x -m -C "$to.new" -f -
    find "$to.new" -type f -printf '%P\0' | while IFS= read -r -d '' file; do
        if cmp -s "$to/$file" "$to.new/$file"; then
            touch -r "$to/$file" "$to.new/$file"
        fi
    done
    find "$to" -maxdepth 1 -name 'build*' -exec mv -t "$to.new" {} +
    rm -rf "$to"
    mv "$to.new" "$to"
}

# in_tree COMMAND...: runs in the tree, from the folder $where or else weir's, with /proc, /dev/shm and terminals of its own,
# which go with it.
in_tree()
{
    # shellcheck disable=SC2016 # for the inner shell
    env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 TERM=dumb \
        unshare --mount --pid --fork --kill-child sh -c '
            tree=$1 folder=$2
            shift 2
            mount -t proc proc "$tree/proc" &&
                mkdir -p "$tree/dev/shm" "$tree/dev/pts" &&
                mount -t tmpfs shm "$tree/dev/shm" &&
                mount -t devpts -o newinstance,ptmxmode=0666 devpts "$tree/dev/pts" &&
                { [ -L "$tree/dev/ptmx" ] || ln -sfn pts/ptmx "$tree/dev/ptmx"; } &&
                exec chroot "$tree" env -C "$folder" "$@"' sh "$tree" "${where-$source_in_tree}" "$@" </dev/null
}

# Brings the packages of the tree up to date.
update_tree()
{
    in_tree sh -c 'apt-get -q update && DEBIAN_FRONTEND=noninteractive apt-get -q -y dist-upgrade' >"$tree.log" 2>&1 || {
        tail -n 20 "$tree.log" >&2
        refuse "the tree's packages could not be brought up to date; its log is $tree.log"
    }
}
