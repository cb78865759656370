#!/usr/bin/env bash
# docs/sweep.md is true: its studies are right, the first is the shipped one, and its code for pandas and R reads the tables.
. "$(dirname "$0")/common.sh"
page=docs/sweep.md
weir=$(readlink -f "$weir")
ln -s "$PWD/workloads/scenarios" "$folder/scenarios"
mkdir "$folder/studies"

# block FENCE NUMBER: the lines of the number-th fenced block that begins so.
block()
{
    awk -v fence="\`\`\`$1" -v number="$2" '$0 == fence { on = ++seen == number; next } /^```/ { on = 0 } on' $page
}

for i in 1 2 3; do
    block "json study" $i >"$folder/studies/distance.json"
    expect 0 "ok (" check "$folder/studies/distance.json"
done
block "json study" 1 >"$folder/studies/distance.json"
grep -v '"# what"' workloads/studies/distance.json | cmp - "$folder/studies/distance.json" ||
    fail "the page shows another workloads/studies/distance.json"

sed -i 's/"seeds": 3/"seeds": 2/' "$folder/studies/distance.json"
expect 0 "36 runs, 24 of them with inputs of their own" sweep "$folder/studies/distance.json" -o "$folder/o" -j 2

# In SQL: three latencies by three policies, and a policy of each configuration.
if command -v python3 >/dev/null; then
    block sql 1 | grep -v '^\.' >"$folder/queries.sql"
    python3 - "$folder" <<'END' || fail "SQL"
import sqlite3, sys

database = sqlite3.connect(f"{sys.argv[1]}/o/runs.sqlite")
with open(f"{sys.argv[1]}/queries.sql", encoding="utf-8") as file:
    queries = [part for part in file.read().split(";") if part.strip()]
first, second = [database.execute(query).fetchall() for query in queries]
assert [row[0] for row in first[::3]] == [0.005, 0.02, 0.08] and len(first) == 9, first
assert all(runs == 4 and p95 > latency for latency, policy, runs, p95 in first), first
costs = {}
for configuration, policy, cost, late in database.execute(
        "SELECT a.configuration, a.policy, a.mean, b.mean FROM means a JOIN means b USING (configuration, policy)"
        " WHERE a.metric = 'cost' AND b.metric = 'slo_violations'"):
    if late < 0.01:
        costs.setdefault(configuration, []).append((cost, policy))
assert {row[0]: (round(row[2], 12), row[1]) for row in second} == {c: (round(min(v)[0], 12), min(v)[1]) for c, v in costs.items()}
assert len(costs) >= 3
END
fi

# In pandas; what it says of the means must be what weir says.
python=
for candidate in python3 /usr/bin/python3; do
    if $candidate -c "import pandas" 2>/dev/null; then
        python=$candidate
    fi
done
if [ -n "$python" ]; then
    block python 1 >"$folder/page.py"
    block python 2 >>"$folder/page.py"
    cat >>"$folder/page.py" <<'END'

means = pd.read_csv("aggregate.csv").set_index(["configuration", "policy", "metric"])["mean"]
for (configuration, policy), group in runs.groupby(["configuration", "policy"]):
    for metric in ["latency_mean", "cost", "throughput"]:
        assert abs(group[metric].mean() - means[configuration, policy, metric]) <= 1e-12 * abs(group[metric].mean())
assert len(runs) == 36 and (pairs.p_holm.dropna() >= pairs.p.dropna()).all()
END
    (cd "$folder/o" && $python ../page.py) >"$folder/out" 2>&1 || fail "pandas: $(tail -3 "$folder/out")"
    grep -q "^80ms" "$folder/out" || fail "pandas shows no row of 80ms"
else
    echo "no pandas here: the code for it is not tried; apt-get install python3-pandas"
fi

if command -v Rscript >/dev/null; then
    block r 1 >"$folder/page.R"
    (cd "$folder/o" && Rscript ../page.R) >"$folder/out" 2>&1 || fail "R: $(tail -3 "$folder/out")"
    grep -q "^80ms" "$folder/out" || fail "R shows no row of 80ms"
    if Rscript -e 'quit(status = !requireNamespace("RSQLite", quietly = TRUE))' >/dev/null 2>&1; then
        block "r database" 1 >"$folder/page.R"
        (cd "$folder/o" && Rscript ../page.R) >"$folder/out" 2>&1 || fail "R: $(tail -3 "$folder/out")"
    fi
else
    echo "no R here: the code for it is not tried; apt-get install r-base-core"
fi
finish
