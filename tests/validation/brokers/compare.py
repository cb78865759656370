#!/usr/bin/env python3
"""weir beside real systems: what is measured on this machine, and what weir predicts from the configuration and an underload run alone.

    compare.py WEIR measure SYSTEM...     drives the systems, prints the table, and fails where a figure that has to be met is off by more
                                          than a tenth; exit code 77 if a package is not there
    compare.py WEIR keep FILE SYSTEM...   measures, and writes the figures into the file
    compare.py WEIR table FILE [PAGE]     the table of measured figures in a file; fails if a page does not have each line of it
"""
import collections
import concurrent.futures
import csv
import datetime
import json
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.normpath(f"{HERE}/../../..")
PYTHON = "/usr/bin/python3"  # which has Debian's modules
TOLERANCE = 0.1
FIGURES = ("throughput_per_s", "lost", "waiting")
# System: its driver, and the jobs of its scenario that are a case, each with whose share of the load it has ("": all), and whether the
# case has to be met in all figures; of the others, which have a star in the table, the throughput has to be.
SYSTEMS = {
    "zeromq": ("zeromq.py", {"inproc": ({"inproc": ""}, True), "tcp": ({"tcp": ""}, True), "tcp-kernel": ({"tcp-kernel": ""}, False)}),
    "streams": ("streams.js", {"objects": ({"objects": ""}, True)}),
    "gstreamer": ("gstreamer.py", {case: ({case: ""}, True) for case in ("block", "leaky-upstream", "leaky-downstream")}),
    "rabbitmq": ("rabbitmq.py", {case: ({case: ""}, False) for case in ("drop-head", "reject-publish")}),
    "mosquitto": ("mosquitto.py", {"qos-1": ({"qos-1": ""}, True), "qos-0": ({"qos-0": ""}, False)}),
    "haproxy": ("haproxy.py", {"roundrobin": ({"roundrobin": ""}, True), "source": ({"source-a": "a", "source-b": "b"}, True)}),
    "nginx": ("nginx.py", {"weights": ({"weights": ""}, False)}),
    "tcp": ("tcp.py", {"slow-reader": ({"slow-reader": ""}, False)}),
}


def ahead():
    """What else the machine does should not be measured: the programs go before it, as far as that is allowed."""
    try:
        os.nice(-10)
    except PermissionError:
        pass


def measure(system):
    """The figures of a system, or None where it is not there."""
    driver = f"{HERE}/{SYSTEMS[system][0]}"
    try:
        done = subprocess.run([PYTHON if driver.endswith(".py") else "node", driver], stdout=subprocess.PIPE, text=True, timeout=600,
                              preexec_fn=ahead)
    except FileNotFoundError as error:
        print(f"skipped: no {error.filename}; apt-get install {os.path.basename(error.filename)}js", file=sys.stderr)
        return None
    if done.returncode == 77:
        return None
    if done.returncode:
        raise SystemExit(f"{driver} has failed")
    return json.loads(done.stdout, parse_float=lambda digits: float(f"{float(digits):.6g}")) | {"date": datetime.date.today().isoformat()}


def settings(system, measured):
    """What is set in the scenario of a system: the load that was offered, and the service of the underload run."""
    with open(f"{ROOT}/workloads/systems/{system}.json", encoding="utf-8") as file:
        jobs = json.load(file)["workload"]["jobs"]
    for case, (parts, _) in SYSTEMS[system][1].items():
        under, over = measured["cases"][case]["under"], measured["cases"][case]["over"]
        for name, share_of in parts.items():
            j = next(i for i, job in enumerate(jobs) if job["name"] == name)
            o = next(i for i, op in enumerate(jobs[j]["operators"]) if "flops" in op)
            rate = over["offered_per_s"] * (under["share"][share_of] if share_of else 1)
            yield f"workload.jobs[{j}].load.rate={rate:.6g}/s"
            yield f"workload.jobs[{j}].operators[{o}].flops={under['service_s'] * 1e3:.6g}Mf"


def simulate(weir, system, measured):
    """The folder of a run, as a dictionary: rows by (job, operator, metric), and the totals of jobs."""
    with tempfile.TemporaryDirectory() as folder:
        changes = [word for setting in settings(system, measured) for word in ("--set", setting)]
        done = subprocess.run([weir, "run", f"{ROOT}/workloads/systems/{system}.json", *changes, "--quiet", "-o", f"{folder}/run"],
                              capture_output=True, text=True)
        if done.returncode:
            raise SystemExit(f"weir run {system}: {done.stderr}")
        rows = collections.defaultdict(list)
        with open(f"{folder}/run/windows.csv", encoding="utf-8") as file:
            for row in csv.DictReader(file):
                if row["value"]:
                    rows[row["job"] or row["host"], row["operator"], row["metric"]].append((float(row["time"]), float(row["value"])))
        with open(f"{folder}/run/result.json", encoding="utf-8") as file:
            return rows, json.load(file)


def cumulated(rates):
    total, last, sums = 0, 0, []
    for time, rate in rates:
        total += rate * (time - last)
        last = time
        sums.append(total)
    return sums


def predicted_job(rows, result, job):
    """Throughput, items dropped and offered, and items that wait, of a job."""
    times = [time for time, _ in rows[job, "", "emitted_rate"]]
    emitted, delivered, dropped = (cumulated(rows[job, "", f"{what}_rate"]) for what in ("emitted", "delivered", "dropped"))
    totals = next(total for total in result["jobs"] if total["name"] == job)
    operators = [total for total in result["operators"] if total["job"] == job]
    server = [total["name"] for total in operators if total["service_s"]][-1]
    served = [b * i for (_, b), (_, i) in zip(rows[job, server, "busy"], rows[job, server, "instances"])]
    lost = totals["dropped_at_source"] + sum(total["dropped"] for total in operators)
    late = [i for i, time in enumerate(times) if time > times[-1] / 2]
    # A source that is held back has one item in hand, which has been counted as emitted and has not been accepted.
    held_back = [share for _, share in rows[job, "", "source_backpressured"]]
    waiting = sum(emitted[i] - delivered[i] - dropped[i] - served[i] - held_back[i] for i in late) / len(late)
    throughput = (delivered[late[-1]] - delivered[late[0] - 1]) / (times[late[-1]] - times[late[0] - 1])
    return throughput, lost, totals["arrived"], waiting


def predict(weir, system, measured):
    """FIGURES by case."""
    rows, result = simulate(weir, system, measured)
    found = {}
    for case, (parts, _) in SYSTEMS[system][1].items():
        jobs = [predicted_job(rows, result, name) for name in parts]
        found[case] = dict(zip(FIGURES, (sum(job[0] for job in jobs), sum(job[1] for job in jobs) / sum(job[2] for job in jobs),
                                         sum(job[3] for job in jobs))))
    if system == "nginx":
        found["weights"]["order"] = order(rows)
    return found


def order(rows):
    """The hosts that receive the first items, one after the other: each takes something in the windows in which one comes to it."""
    came = sorted((time, host) for (host, operator, metric), series in rows.items() if metric == "received" and not operator
                  for time, value in series if value > 0)
    return "".join(host for _, host in came[:7])


def error(measured, predicted):
    if abs(measured) < 1e-9:
        return 0.0 if abs(predicted) < 1e-9 else float("inf")
    return predicted / measured - 1


def lines(weir, figures):
    """Lines of the table, and whether all that has to be met is met."""
    table, good = ["| system | case | service, ms | throughput, /s | weir | error | lost, % | weir | error | waiting | weir | error |",
                   "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |"], True
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        predictions = dict(zip(figures, pool.map(lambda system: predict(weir, system, figures[system]), figures)))
    for system, measured in figures.items():
        for case, (_, wanted) in SYSTEMS[system][1].items():
            over, cells = measured["cases"][case]["over"], [f"{measured['cases'][case]['under']['service_s'] * 1e3:.1f}"]
            for figure in FIGURES:
                if figure not in over:
                    cells += ["-", "-", "-"]
                    continue
                off, scale = error(over[figure], predictions[system][case][figure]), 100 if figure == "lost" else 1
                cells += [f"{over[figure] * scale:.1f}", f"{predictions[system][case][figure] * scale:.1f}", f"{off * 100:+.1f} %"]
                good = good and (abs(off) <= TOLERANCE or not wanted and figure != "throughput_per_s")
            table.append("| " + " | ".join([system, case + ("" if wanted else " *")] + cells) + " |")
            if "order" in over:
                table.append(f"| {system} | order of the first seven | - | {over['order']} | {predictions[system][case]['order']} |"
                             + " - |" * 7)
                good = good and over["order"] == predictions[system][case]["order"]
    return table, good


def main():
    if len(sys.argv) < 4 or sys.argv[2] not in ("measure", "keep", "table"):
        print(__doc__, file=sys.stderr)
        sys.exit(2)
    weir, what, rest = sys.argv[1], sys.argv[2], sys.argv[3:]
    if what == "table":
        with open(rest[0], encoding="utf-8") as file:
            table, _ = lines(weir, json.load(file)["systems"])
        print("\n".join(table))
        if rest[1:]:
            with open(rest[1], encoding="utf-8") as page:
                there = page.read().split("\n")
            missing = [line for line in table if line not in there]
            if missing:
                raise SystemExit(f"{rest[1]} does not have:\n" + "\n".join(missing))
        return
    systems = rest[1:] if what == "keep" else rest
    figures = {system: found for system in systems if (found := measure(system))}
    if what == "keep":
        old = {}
        if os.path.exists(rest[0]):
            with open(rest[0], encoding="utf-8") as file:
                old = json.load(file)["systems"]
        with open(rest[0], "w", encoding="utf-8") as file:
            json.dump({"#": "measured by tests/validation/brokers/compare.py keep, which says what the figures are",
                       "systems": old | figures}, file, indent=1)
            file.write("\n")
    if not figures:
        sys.exit(77)
    table, good = lines(weir, figures)
    print("\n".join(table))
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
