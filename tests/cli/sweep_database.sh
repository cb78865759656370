#!/usr/bin/env bash
# runs.sqlite of a sweep says what the CSV files say, cell by cell, and the p-values are corrected as Holm (1979) has it.
# Over an engine that simulates nothing.
. "$(dirname "$0")/common.sh"
if ! command -v python3 >/dev/null; then
    echo "skipped: there is no python3"
    exit 77
fi
cat >"$folder/study.json" <<END
{"scenario": "$PWD/tests/input/cli.json", "seeds": 3, "policies": ["fair", "good", "refuses", {"name": "fair", "label": "twin"}],
 "as": {"warmup": "START"},
 "list": [{"window": 5}, {"window": "10s", "warmup": "2s"}],
 "grid": {"//link[@id='backhaul']/@latency": {"values": ["20ms", "5ms", "0.1s"], "as": "back-haul"}},
 "sample": {"runs": 2, "ranges": {"duration": {"min": "1min", "max": "2min", "as": "length"}, "workload.jobs[0].load.rate": ["1/s", "50/s"]}}}
END
expect 4 "36 of 108 runs failed" sweep "$folder/study.json" -o "$folder/o" --no-report --series busy,no-such
grep -qF 'no run has "no-such"' "$folder/err" || fail "a series that is not there is not told"
expect 0 "" sweep "$folder/study.json" -o "$folder/o" --extract 5
extracted=$(cat "$folder/out")
python3 - "$folder/o" "$extracted/windows.csv" <<'END' || fail "runs.sqlite is not what the tables are"
import collections, csv, math, sqlite3, sys

folder, windows = sys.argv[1:]
database = sqlite3.connect(f"file:{folder}/runs.sqlite?mode=ro", uri=True)
database.row_factory = sqlite3.Row
assert database.execute("PRAGMA integrity_check").fetchone()[0] == "ok"


def table(name):
    with open(f"{folder}/{name}.csv", newline="") as file:
        return list(csv.DictReader(file))


def select(words):
    return [dict(row) for row in database.execute(words)]


def same(cell, value):
    """A cell of a CSV, which has no type, and a value of the database."""
    if cell == "":
        return value is None
    if isinstance(value, str):
        return value == cell
    return value is not None and abs(float(cell) - value) <= 1e-15 * abs(value)


runs = {row["run"]: row for row in select("SELECT * FROM runs")}
assert len(runs) == 144 and collections.Counter(r["status"] for r in runs.values()) == {"finished": 108, "failed": 36}
for rows in table("summary"), table("failures"):
    assert len(rows) in (108, 36)
    for row in rows:
        for column, cell in row.items():
            assert same(cell, runs[int(row["run"])][column]), (row["run"], column, cell, runs[int(row["run"])][column])
for name in "means", "pairs":
    rows, others = table({"means": "aggregate", "pairs": "pairs"}[name]), select(f"SELECT * FROM {name} ORDER BY rowid")
    assert len(rows) == len(others) > 400
    for row, other in zip(rows, others):
        for column, value in other.items():
            assert same(row[column], value), (name, column, row, other)

# Numbers in SI, and types: a query sorts by value, not by letters.
first = database.execute("""SELECT DISTINCT "back-haul", typeof("back-haul_si"), "back-haul_si" FROM runs ORDER BY 3""").fetchall()
assert [tuple(row) for row in first] == [("5ms", "real", 0.005), ("20ms", "real", 0.02), ("0.1s", "real", 0.1)], first
assert [tuple(r) for r in database.execute("SELECT DISTINCT window, window_si, START, START_si FROM runs ORDER BY window_si")] == [
    ("5", 5.0, None, None), ("10s", 10.0, "2s", 2.0)]
for row in runs.values():
    assert abs(row["length_si"] - 60 * float(row["length"].removesuffix("min"))) < 1e-9 and 60 <= row["length_si"] <= 120
    assert row["workload.jobs[0].load.rate_si"] == float(row["workload.jobs[0].load.rate"].removesuffix("/s"))
names = {row["name"]: (row["path"], row["unit"]) for row in select("SELECT * FROM parameters")}
assert names["back-haul"] == ("//link[@id='backhaul']/@latency", "s") and names["START"] == ("warmup", "s"), names
assert names["workload.jobs[0].load.rate"] == ("workload.jobs[0].load.rate", "1/s")

# Holm's steps, of each metric by itself: the k-th smallest of m counts (m - k + 1) times, and none less than the one before.
tests = collections.defaultdict(list)
for row in select("SELECT rowid, metric, p, p_holm FROM pairs"):
    if row["p"] is None:
        assert row["p_holm"] is None
    else:
        tests[row["metric"]].append((row["p"], row["p_holm"]))
corrected = 0
for rows in tests.values():
    least = 0
    for place, (p, p_holm) in enumerate(sorted(rows)):
        least = max(least, min(1, (len(rows) - place) * p))
        assert p_holm == least, (p, p_holm, least)
        corrected += p < p_holm < 1
assert corrected > 20, corrected

# The series of a run are its windows.csv.
with open(windows, newline="") as file:
    wanted = [row for row in csv.DictReader(file) if row["metric"] == "busy"]
got = select("SELECT time, job, operator, host, metric, value FROM series WHERE run = 5 ORDER BY rowid")
assert len(wanted) == len(got) > 0
assert all(same(w[c], g[c]) for w, g in zip(wanted, got) for c in w)
assert {row[0] for row in database.execute("SELECT DISTINCT metric FROM series")} == {"busy"}
END

# Aliases stand in messages, in --dry-run, and for plot.
grep -qF "(window=5, back-haul=20ms, length=" "$folder/err" || expect 4 "(window=5, back-haul=20ms, length=" sweep "$folder/study.json" -o "$folder/o" --collect
expect 0 "run,key,configuration,window,START,back-haul,length,workload.jobs[0].load.rate,policy,seed" sweep "$folder/study.json" -n
expect 0 "" plot "$folder/o" --metric cost --over back-haul --script

for more in --dry-run "--part 1/2" "--extract 5" "--executor command"; do
    # shellcheck disable=SC2086 # two words
    expect 2 "--series goes into runs.sqlite, which ${more%% *} does not make; leave one out" \
        sweep "$folder/study.json" -o "$folder/o" --series all $more
done

# Without --series there are none; what is missing is there as that.
expect 4 "36 of 108 runs failed" sweep "$folder/study.json" -o "$folder/o" --collect
expect 0 "1" sweep "$folder/study.json" -o "$folder/part" --executor command --batch 72
expect 4 "" sweep "$folder/study.json" -o "$folder/part" --part 1/2
expect 4 "18 of 108 runs failed" sweep "$folder/study.json" -o "$folder/part" --collect
python3 - "$folder/o" "$folder/part" <<'END' || fail "what is not there"
import sqlite3, sys

assert not sqlite3.connect(f"{sys.argv[1]}/runs.sqlite").execute("SELECT name FROM sqlite_master WHERE name = 'series'").fetchall()
count = sqlite3.connect(f"{sys.argv[2]}/runs.sqlite").execute("SELECT count(*), count(key), count(cost) FROM runs WHERE status = 'missing'")
assert count.fetchone() == (72, 72, 0)
END
finish
