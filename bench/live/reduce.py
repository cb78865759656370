"""Rows of one run for the figures: reduce.py LABEL SEED RUN BED <rows of windows.csv

Prints policy,seed,of,key,metric,value: of `run` what result.json has, of `day`, `hour` and `class` (the last letter of
a server's name) counts after the warm-up, of `judged` the revenue at other u_opt than the account's, and of `detection`, by day, the windows of servers that sentinel found not to
be well, against the truth. A server is not well in a window if something was wrong with it for half of the window at least.
"""
import collections
import csv
import json
import math
import re
import sys

DAY_S, HOUR_S = 86400, 3600
METRICS = ("anomaly_frequency", "device_anomalies", "service_anomalies", "utilisation", "revenue", "income", "fines", "latency_p50",
           "latency_p95", "decisions", "choices", "choosing", "choice")
JUDGED = (0.2, 0.3, 0.35, 0.4, 0.5, 0.6)
SIGMA = 0.25
COUNTS = ("requests", "device_anomalies", "service_anomalies", "served")


def judged(lines, run, window_s, warmup_s, servers):
    """Revenue, sum of R(U) over the servers while nothing is wrong with them, and mean of the windows, by u_opt."""
    with open(f"{run}/anomalies.csv", encoding="utf-8") as file:
        wrong = collections.defaultdict(float)  # a host's seconds of a window; anomalies of one host may overlap
        for row in csv.DictReader(file):
            start, end = float(row["start"]), float(row["end"])
            for window in range(int(start // window_s), int(math.ceil(end / window_s))):
                wrong[row["host"], window] += max(0, min(end, (window + 1) * window_s) - max(start, window * window_s))
    use, windows = {}, set()
    for time, _, _, host, metric, value in csv.reader(lines):
        begin = float(time) - window_s
        if begin < warmup_s:
            continue
        windows.add(int(begin // window_s))
        if host in servers and metric == "utilisation":
            use[host, int(begin // window_s)] = float(value)  # there is no row of a server that sends nothing
    for u_opt in JUDGED:
        total = 0
        for window in windows:
            for host in servers:
                well = max(0, 1 - wrong[host, window] / window_s)
                total += well * math.exp(-((use.get((host, window), 0) - u_opt) ** 2) / (2 * SIGMA**2))
        yield "judged", f"{u_opt:g}", "revenue", total / len(windows)


def fitted(run):
    """The u_opt that sentinel has fitted last (equation 12); nothing of other policies."""
    with open(f"{run}/decisions.csv", encoding="utf-8") as file:
        found = re.findall(r"upkeep: models anew, u_opt ([\d.]+)", file.read())
    if found:
        yield "run", "all", "u_opt", float(found[-1])


def in_windows(lines, window_s, warmup_s, servers):
    """Sums by (of, key, metric); means over windows of revenue and, over windows and servers, of utilisation."""
    sums, windows = collections.Counter(), collections.Counter()
    for time, job, _, host, metric, value in csv.reader(lines):
        begin = float(time) - window_s
        if job or begin < warmup_s:
            continue
        value = float(value)
        day, hour = f"{int(begin // DAY_S) + 1}", f"{int(begin % DAY_S // HOUR_S):02d}"
        if host in servers and metric in COUNTS:
            sums["class", servers[host], metric] += value
        elif host in servers and metric == "utilisation":
            sums["day", day, metric] += value / len(servers)
            sums["hour", hour, metric] += value / len(servers)
        elif not host:
            sums["day", day, metric] += value
            sums["hour", hour, metric] += value
            if metric == "revenue":
                windows["day", day] += 1
                windows["hour", hour] += 1
    for of, key, metric in sums:
        yield of, key, metric, sums[of, key, metric] / (1 if metric in COUNTS else windows[of, key])


def detected(run, window_s, warmup_s, servers):
    """Verdicts on servers that are up; those that the note has no room to name count as false alarms."""
    with open(f"{run}/anomalies.csv", encoding="utf-8") as file:
        anomalies = [(a["host"], float(a["start"]), float(a["end"]), a["kind"]) for a in csv.DictReader(file)]
    count, cycles, unsure = collections.Counter(), collections.Counter(), collections.Counter()
    with open(f"{run}/decisions.csv", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            time = float(row["time"])
            if not row["why"].startswith("detect: ") or "unsure of" not in row["why"] or time - window_s < warmup_s:
                continue
            day = f"{int((time - window_s) // DAY_S) + 1}"
            flagged = set(re.findall(r"([^ :,]+) \((?:rules|net|since short)\)", row["why"]))
            true = {host: kind for host, start, end, kind in anomalies
                    if host in servers and min(end, time) - max(start, time - window_s) >= window_s / 2}
            more = re.search(r", (\d+) more", row["why"])
            count[day, "false_alarms"] += len(flagged - true.keys()) + (int(more[1]) if more else 0)
            cycles[day] += 1
            unsure[day] += int(re.search(r"unsure of (\d+)", row["why"])[1]) / len(servers)
            for host, kind in true.items():
                if kind != "outage":
                    count[day, "hits" if host in flagged else "misses"] += 1
                    count[day, f"{kind} {'found' if host in flagged else 'missed'}"] += 1
    for (day, metric), value in count.items():
        yield "detection", day, metric, value
    for day, value in unsure.items():
        yield "detection", day, "unsure", value / cycles[day]


def main(label, seed, run, bed):
    with open(f"{bed}/servers.csv", encoding="utf-8") as file:
        servers = {row["server"]: row["quality"] for row in csv.DictReader(file)}
    with open(f"{bed}/scenario.json", encoding="utf-8") as file:
        scenario = json.load(file)
    assert scenario["window"] == "1min"
    with open(f"{run}/result.json", encoding="utf-8") as file:
        result = json.load(file)
    write = csv.writer(sys.stdout, lineterminator="\n")
    rows = [("run", "all", name, result["metrics"][name]) for name in METRICS if result["metrics"][name] is not None]
    rows += [("run", "all", "cycles", (result["duration_s"] - result["warmup_s"]) / 60)]
    rows += [("run", "all", "decision_wall_s", result["timing"]["decision_wall_s"])]
    lines = sys.stdin.readlines()
    rows += in_windows(lines, 60, result["warmup_s"], servers)
    rows += judged(lines, run, 60, result["warmup_s"], servers)
    rows += fitted(run)
    rows += detected(run, 60, result["warmup_s"], servers)
    for row in rows:
        write.writerow((label, seed, *row))


main(*sys.argv[1:])
