#!/usr/bin/env python3
"""The runs of Demeter: 24 workers, Flink's reactive mode and the operator's autoscaler, predicted with calibration.json as it is.

    demeter.py WEIR FOLDER OUTPUT [--json FILE] [--check FILE]

FOLDER holds demeter/CARS_*.csv.gz and workloads/demeter_CARS_*.csv.gz; --check fails if the figures are not those of the file.
Prints, for each run and target, what was measured in the first repeat, how far the repeats are apart, what is predicted, and whether the
target is met; then the order of the methods. What is assumed: README.md, "Runs of Demeter".
"""
import argparse
import csv
import gzip
import json
import os
import subprocess
import sys
import time

import autoscaled
import compare
import measured
import scenario
import validate

STEP_S = 15.0           # the samples of this experiment are means over so long
BEFORE_S = 60           # that the load runs when the measurement begins: the experiment's program waits so long
FAILURES_S = [2700 * i for i in range(1, 24)]  # likewise
LOAD = "demeter_CARS_3D_1S_4_sub_35K_max.csv.gz"
OPERATOR = {"name": "flink-autoscaler", "stabilization.interval": "2min", "metrics.window": "1min", "utilization.target": 0.35,
            "target.utilization.boundary": 0.15, "restart.time": "1min", "catch-up.duration": "5min", "vertex.max-parallelism": 24}
# What is predicted: which measured run, and the policy that stands for it; "also" is another way to see the same run.
RUNS = {
    "baseline": ("baseline", {"name": "static"}),
    "reactive35": ("reactive35", dict(autoscaled.REACTIVE[1], overprovision=1 / 0.35 - 1)),
    "reactive35, also: hpa": ("reactive35", {"name": "hpa", "averageUtilization": 35, "maxReplicas": 24}),
    "operator35": ("operator35", OPERATOR),
    "operator35, also: at once": ("operator35", dict(OPERATOR, **{"scale-down.interval": "0s"})),
}


def read_run(folder, method, repeat):
    """The samples of a run; None if there is no such repeat."""
    path = os.path.join(folder, "demeter", f"CARS_{method}_r{repeat}.csv.gz")
    if not os.path.exists(path):
        return None
    with gzip.open(path, "rt", newline="") as file:
        rows = [{key: measured.number(value) for key, value in row.items()} for row in csv.DictReader(file)]
    return [{"time": row["offset_s"], "throughput": row["throughput_rec_s"], "workers": row["task_managers"],
             "latency": None if row["latency_ms"] is None else row["latency_ms"] / 1000} for row in rows]


def read_load(folder):
    """Vehicles, second by second from the beginning of the measurement."""
    with gzip.open(os.path.join(folder, "workloads", LOAD), "rt", newline="") as file:
        values = [float(row["value"]) for row in csv.DictReader(file)]
    return values[BEFORE_S:] + values[-1:] * BEFORE_S


def records_each(vehicles, samples):
    """Records that a vehicle sends a second: the median, over the run, of throughput to load. The load in records is not published."""
    return measured.median([s["throughput"] / measured.median(vehicles[int(s["time"]):int(s["time"] + STEP_S)])
                            for s in samples if s["throughput"] is not None and s["time"] + STEP_S <= len(vehicles)])


def write(folder, title, output):
    """Writes the inputs of a prediction; returns the measured repeats."""
    method, policy = RUNS[title]
    repeats = [samples for samples in (read_run(folder, method, i) for i in (1, 2, 3)) if samples]
    vehicles = read_load(folder)
    each = records_each(vehicles, read_run(folder, "baseline", 1))
    tree = scenario.scenario(method, "cars", scenario.WORKERS, scenario.known("cars"), FAILURES_S, repeats[0][-1]["time"] + STEP_S)
    tree.update(batch_span="1s", policies=[policy], record={"operators": True, "hosts": False, "links": False})
    load = [{"time": float(i), "load": count * each} for i, count in enumerate(vehicles)]
    scenario.save(output, tree, scenario.WORKERS, load)
    return repeats


def metered(samples):
    """As the meters show it, which are read every second here: throughput is the Kafka clients' mean over 30 to 60 s (taken: 45 s)."""
    rates = measured.trailing([s["throughput"] for s in samples], round(45 / STEP_S))
    return [dict(sample, throughput=rate) for sample, rate in zip(samples, rates)]


def simulate(weir, folder, title, output):
    """The measured repeats, and the simulated run as the meters would have shown it."""
    repeats = write(folder, title, output)
    results = os.path.join(output, "out")
    done = subprocess.run([weir, "run", os.path.join(output, "scenario.json"), "--quiet", "-o", results, "--force"],
                          stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{title}: weir ended with code {done.returncode}: {done.stderr.strip()}")
    made = metered(compare.read_simulated(results, scenario.RECORDS, STEP_S))
    workers = {sample["time"] - STEP_S: sample["workers"] for sample in autoscaled.simulated(results)}
    return repeats, [dict(sample, workers=workers.get(sample["time"])) for sample in made]


def near(real, other):
    """(missed, more) overloads if those whose onsets are within 300 s are one, whether they share time or not."""
    left, missed = [start for start, _ in other], 0
    for start, _ in real:
        partner = next((at for at in left if abs(at - start) <= 300), None)
        if partner is None:
            missed += 1
        else:
            left.remove(partner)
    return missed, len(left)


def figures(real, other):
    """The agreement of two runs, and the mean workers of both."""
    found = compare.figures(real, other, FAILURES_S)
    kept = validate.summary(found)
    both = [found[side]["overloads"] for side in ("measured", "simulated")]
    kept.update(overloads=[len(one) for one in both], near=list(near(*both)))
    for side, samples in (("measured", real), ("simulated", other)):
        counts = [s["workers"] for s in samples if s["time"] >= 120 and s["workers"] is not None]
        kept[side]["workers"] = round(sum(counts) / len(counts), 3)
    kept["workers"] = round(kept["simulated"]["workers"] / kept["measured"]["workers"] - 1, 4)
    return kept


def spread(values, form):
    return " to ".join(form(value) for value in sorted({min(values), max(values)}))


HEADER = "| run | target | measured | its repeats | predicted | met |\n| --- | --- | --- | --- | --- | --- |"


def lines(title, kept):
    """The table of a run: the agreement of the first repeat with the prediction, and with the other repeats."""
    found, repeats = kept["first"], kept["repeats"]
    met = {name: ok for name, _, ok in compare.verdicts(found)}
    met["workers"] = abs(found["workers"]) <= 0.15

    def onset(one):
        at_most = "-" if one["onset"] is None else f"{one['onset']:.0f} s off"
        return (f"{one['overloads'][1]}, {at_most}, {one['missed']} missed, {one['extra']} more "
                f"(by onset alone {one['near'][0]}, {one['near'][1]})")

    def row(name, target, was, apart, predicted, key):
        return f"| {title} | {name}, {target} | {was} | {apart or '-'} | {predicted} | {'✓' if met[key] else '✗'} |"

    made = []
    for key, unit, target in (("p50", " s", "10 %"), ("peak", " s", "25 %"), ("workers", "", "15 %")):
        if key == "workers" and RUNS[title][0] == "baseline":
            continue
        values = [found["measured"][key]] + [one["simulated"][key] for one in repeats]
        made.append(row(key, target, f"{found['measured'][key]:.4g}{unit}",
                        spread(values, lambda value: f"{value:.4g}") + unit if repeats else "",
                        f"{found['simulated'][key]:.4g}{unit} ({found[key]:+.0%})", key))
    made.append(row("onset of overloads", "300 s, none missed or added", f"{found['overloads'][0]} overloads",
                    "; ".join(onset(one) for one in repeats), onset(found), "onset"))
    for key, target, form in (("throughput", "error below 5 %", "{:.1%}"), ("correlation", "0.9", "{:.3f}")):
        made.append(row(key, target, "-", spread([one[key] for one in repeats], form.format) if repeats else "",
                        form.format(found[key]), key))
    return made


def order(kept):
    """The methods by p95, measured and predicted, and whether they are the same."""
    main_ones = [title for title in kept if title == RUNS[title][0]]
    orders = {side: sorted(main_ones, key=lambda title: kept[title]["first"][side]["p95"]) for side in ("measured", "simulated")}
    texts = [", ".join(f"{title} {kept[title]['first'][side]['p95']:.3g} s" for title in names) for side, names in orders.items()]
    return f"Order by p95: measured {texts[0]}; predicted {texts[1]} {'✓' if orders['measured'] == orders['simulated'] else '✗'}"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("weir")
    parser.add_argument("folder")
    parser.add_argument("output", help="keeps inputs and results there")
    parser.add_argument("--json", help="writes the figures there")
    parser.add_argument("--check", help="fails if the figures are not those of this file")
    given = parser.parse_args()
    measured.STEP_S = STEP_S
    kept = {}
    print(HEADER, flush=True)
    for title in RUNS:
        begin = time.monotonic()
        place = os.path.join(given.output, title.replace(", also: ", "-").replace(" ", "-"))
        repeats, made = simulate(given.weir, given.folder, title, place)
        kept[title] = {"first": figures(repeats[0], made), "repeats": [figures(repeats[0], other) for other in repeats[1:]]}
        print(*lines(title, kept[title]), sep="\n", flush=True)
        print(f"{title}: {time.monotonic() - begin:.0f} s", file=sys.stderr, flush=True)
    print("\n" + order(kept))
    if given.json:
        with open(given.json, "w", encoding="utf-8") as file:
            json.dump(kept, file, indent=1)
            file.write("\n")
    if given.check:
        with open(given.check, encoding="utf-8") as file:
            was = json.load(file)
        wrong = [title for title in RUNS if kept[title] != was[title]]
        sys.exit(f"not as kept: {', '.join(wrong)}" if wrong else 0)


if __name__ == "__main__":
    main()
