# What the scripts of this folder share, beside what tests/cli has: source it with the program to test as first argument.
. "$(dirname "$0")/../cli/common.sh"

need_python()
{
    if ! command -v python3 >/dev/null; then
        echo "skipped: there is no python3"
        exit 77
    fi
}

# The checksum of a run's results.
checksum()
{
    sed -n 's/.*"checksum":[^"]*"\([0-9a-f]*\)".*/\1/p' "$1/result.json"
}
