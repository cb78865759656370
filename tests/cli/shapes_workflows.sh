#!/usr/bin/env bash
# Workflows in the formats and shapes that real ones have.
. "$(dirname "$0")/common.sh"
weir=$(realpath "$weir")
"$PWD/tests/input/make-shapes" "$folder/shapes" || fail "make-shapes"
cd "$folder/shapes" || exit 1
# says WORDS...: lines of the last summary.
says()
{
    for words in "$@"; do
        grep -qF -e "$words" "$folder/out" || fail "\"$words\" is not in $(cat "$folder/out")"
    done
}
diamond=("tasks          4 (1 roots, 1 sinks)" "edges          4 (at most 2 into a task, 2 out of one)"
    "work           100 Gf, 100 s" "critical path  80 s")
expect 0 "diamond.stg: Standard Task Graph" workflow diamond.stg
says "${diamond[@]}"
expect 0 "Alibaba batch_task" workflow batch_task.csv --dag j_1
says "${diamond[@]}"
expect 0 "Alibaba batch_task" workflow batch_one.csv
says "${diamond[@]}"
expect 0 "tasks          1" workflow batch_task.csv --dag j_2
expect 3 "batch_task.csv:5: holds several jobs, such as j_1 and j_2; say which by" workflow batch_task.csv
expect 3 "batch_task.csv:6: task M1 did not end well (Failed)" workflow batch_task.csv --dag j_3
expect 3 'batch_task.csv: has no job "j_9"' workflow batch_task.csv --dag j_9
sed 's/ 3 40 2 1 2/ 3 40 2 1/' diamond.stg >few.stg
expect 3 "few.stg:5: task 3 waits for more tasks than the line names" workflow few.stg
sed 's/^2$/7/' diamond.stg >count.stg
expect 3 "count.stg: has 4 tasks, and its first line says 7" workflow count.stg
# root and end do nothing: two more tasks, two more edges.
expect 0 "implicit.dot: 2 of 6 tasks have no size, or are named by edges alone" workflow implicit.dot
says "tasks          6 (1 roots, 1 sinks)" "work           100 Gf" "critical path  80 s" "205 B along edges"
grep -q "3 edges have no size, and nothing flows along them" "$folder/err" || fail "edges without size are not told"
for version in 1.0 1.1 1.2 1.3 1.4; do
    expect 0 "2 of 3 tasks have a runtime of zero" workflow wf-$version.json
    says "WfCommons JSON" "tasks          3" "work           10 Gf, 10 s" "100 B along edges"
    expect 0 "" workflow wf-$version.json --least-runtime 1s
    says "work           12 Gf, 12 s"
    empty err
done
expect 0 "remark: wf-1.0.json: 2 of 3 tasks" check wf-1.0.json
finish
