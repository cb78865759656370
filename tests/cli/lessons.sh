#!/usr/bin/env bash
# docs/teaching is true: the commands of its pages run and print what stands below them.
. "$(dirname "$0")/common.sh"
. "$(dirname "$0")/pages_common.sh"

for page in docs/teaching/*.md; do
    try_page "$page"
done

# Every demo has its lesson, and every lesson is in the table of contents.
for demo in workloads/demos/*.json; do
    name=$(basename "$demo" .json)
    [ -e "docs/teaching/$name.md" ] || fail "$demo has no lesson"
    grep -qF "($name.md)" docs/teaching/README.md || fail "docs/teaching/README.md does not list $name.md"
    grep -qF "\`$name\`" workloads/demos/README.md || fail "workloads/demos/README.md does not list $name"
done
finish
