#!/usr/bin/env bash
# A new metric, parameter, member of the view or key of scenarios is one row (and the member that it is bound to): one of each
# is added to a copy of the tree, which is built, and is found in help, docs, JSON, the schema, over the pipe and in results.
# Arguments: weir (of this tree), the build folder. Takes minutes: label long.
. "$(dirname "$0")/common.sh"
need_python
if ! command -v git >/dev/null || ! git rev-parse --is-inside-work-tree >/dev/null 2>&1; then
    echo "skipped: this is no git tree, which says what belongs to it"
    exit 77
fi
copy=$folder/copy
mkdir "$copy"
git ls-files -z | tar --null -cf - -T - | tar -xf - -C "$copy"

python3 - "$copy" <<'EDIT'
import pathlib
import sys

def insert(path, before, text):
    file = pathlib.Path(sys.argv[1], path)
    old = file.read_text()
    assert old.count(before) == 1, (path, old.count(before))
    file.write_text(old.replace(before, text + before))

insert("sim/engine/run/metrics.c", '    ROW(duplicates,',
       '    NAMED("told_twice", duplicates, "items", WEIR_BETTER_LOW, "A metric more."),\n')
insert("policies/ds2.c", '    double overprovision;', '    double spare;\n')
insert("policies/ds2.c", '    WEIR_PARAM_ROW(struct ds2, "overprovision"',
       '    WEIR_PARAM_ROW(struct ds2, "spare", WEIR_PARAM_DOUBLE, WEIR_UNIT_NONE, spare, "7", 0, 9, "A parameter more."),\n')
insert("sim/api/view_fields.c", '    HOST(region, STRING', '    HOST(spare, NUMBER, SENT, "a member more"),\n')
view = pathlib.Path(sys.argv[1], "sim/api/view.h")
text = view.read_text()
at = text.index(";", text.index("struct weir_host_view {")) + 1 # behind its name, which stays the first
view.write_text(text[:at] + " double spare;" + text[at:])
insert("sim/model/scenario_keys.h", '    int compress; /*', '    double spare;\n')
insert("sim/model/scenario_keys.c", '    {.name = "operators",',
       '    {.name = "spare", .type = WEIR_PARAM_DOUBLE, AT(RECORD, spare), .fallback = "1", .max = 9, .help = "A key more."},\n')
EDIT
[ $? -eq 0 ] || fail "a row could not be added"
(cd "$copy" && cmake -S . -B build -DCMAKE_BUILD_TYPE=Release -DWEIR_LTO=OFF -DWEIR_TESTS=OFF >/dev/null &&
    cmake --build build --parallel 2 --target weir) >"$folder/build.log" 2>&1 || fail "the copy is not built: $(grep -m 5 -i "error" "$folder/build.log")"
new=$copy/build/weir

# shows WHAT PATTERN COMMAND...: the new weir does, that of this tree does not.
shows()
{
    local what=$1 pattern=$2
    shift 2
    "$new" "$@" 2>&1 | grep -q -- "$pattern" || fail "$what: \`weir $*\` does not show $pattern"
    "$weir" "$@" 2>&1 | grep -q -- "$pattern" && fail "$what: \`weir $*\` of this tree shows $pattern"
}
shows metric told_twice list metrics
shows metric '"told_twice"' list metrics --json
shows parameter "A parameter more" list policies
shows parameter '"spare"' list policies --json
shows member spare list view
shows key "A key more" list keys
shows key "A key more" list keys --json
shows key "A key more" schema
shows key "record.spare\|spare" list keys

sed '0,/"name"/s/"name"/"record": {"spare": 3}, "name"/' workloads/scenarios/first.json >"$copy/workloads/scenarios/more.json"
"$new" check "$copy/workloads/scenarios/more.json" >/dev/null 2>"$folder/err" || fail "the new key is refused: $(cat "$folder/err")"
"$weir" check "$copy/workloads/scenarios/more.json" >/dev/null 2>&1 && fail "the key is known to this tree's weir"
sed -i 's/"spare": 3/"spare": 30/' "$copy/workloads/scenarios/more.json"
"$new" check "$copy/workloads/scenarios/more.json" 2>&1 | grep -q "record.spare" || fail "a value beyond the row's limit is not refused by its place"

cat >"$folder/see.py" <<'SEE'
import json, sys
for line in sys.stdin:
    message = json.loads(line)
    if message.get("event") == "window_ends":
        print(message["view"]["hosts"][0]["spare"], file=sys.stderr)
        print('{"plan": []}', flush=True)
    elif message.get("event") != "end" and "hello" not in message:
        print("{}", flush=True)
SEE
"$new" run "$copy/workloads/scenarios/first.json" --policy "exec:python3 $folder/see.py" -o "$folder/run" --quiet >/dev/null 2>"$folder/err" ||
    fail "a run with the new rows: $(tail -3 "$folder/err")"
grep -q '^0' "$folder/run/stderr.txt" || fail "the member is not sent over the pipe"
grep -q '"told_twice"' "$folder/run/result.json" || fail "the metric is not in result.json"
(cd "$copy" && "$new" compare workloads/scenarios/first.json --policy ds2 --seeds 2 --set 'policies=[{"name":"ds2","spare":5}]' -o "$folder/compare" \
    --metrics told_twice) 2>&1 | grep -q "told twice" || fail "the metric is no column"
grep -q ',told_twice,' "$folder/compare/summary.csv" || fail "the metric is not in summary.csv"

(cd "$copy" && scripts/docs-tables "$new") >/dev/null || fail "docs-tables"
grep -q "A key more" "$copy/docs/scenario.md" || fail "the key is not in docs/scenario.md"
finish
