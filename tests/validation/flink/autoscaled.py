#!/usr/bin/env python3
"""The autoscaled runs: Flink's reactive mode, TWRES and Phoebe, predicted with the calibration.

    autoscaled.py WEIR FOLDER OUTPUT [--json FILE]      FOLDER holds phoebe/*.csv.gz and phoebe/profiles2.csv

Prints, for each measured run: mean workers, changes, and quantiles of the latency, measured and simulated. What is assumed: README.md,
"Autoscaled runs".
"""
import csv
import json
import math
import os
import subprocess
import sys

import compare
import measured
import scenario

RECORDS = scenario.RECORDS
REACTIVE = ("15s", {"label": "reactive", "name": "ds2", "overprovision": 0.25, "drain": "0s", "margin": 0.1, "down_windows": 20,
                    "cooldown": "0s"})
TWRES = ("60s", {"label": "twres", "name": "svr-twres", "headroom": 0, "confidence": 0, "drain": "0s", "horizon": "10min", "hold": "10min",
                 "cooldown": "10min", "down_windows": 1, "pay": 0, "limit": "10s"})
PHOEBE = ("60s", {"label": "phoebe", "name": "proactive", "horizon": "10min", "hold": "10min", "cooldown": "10min"})
# Runs that others of their method do not contradict: shared/data's list of outliers is left out.
POLICIES = {"cars_1_reactive": REACTIVE, "cars_3_reactive": REACTIVE, "cars_1_twres": TWRES, "cars_3_twres": TWRES,
            "cars_1_phoebe": PHOEBE, "cars_2_phoebe": PHOEBE}
FITTED = {"cars_1_twres"}  # the calibration has seen it, with the workers that were measured


def calibrated(folder):
    """Throughput of so many workers in the profiling runs that were saturated, in items/s, as the policy takes it."""
    points = {}
    for workers, rate in measured.read_profiles(folder):
        points.setdefault(workers, []).append(rate / RECORDS)
    return ",".join(f"{workers}:{sum(rates) / len(rates):.6g}" for workers, rates in sorted(points.items()))


def write(folder, name, output):
    samples = measured.read_run(folder, name)
    window, policy = POLICIES[name]
    if policy["name"] == "svr-twres":
        policy = dict(policy, calibration=calibrated(folder))
    first = next((s["workers"] for s in samples if s["workers"]), scenario.WORKERS)
    failures = [t for t in measured.SCHEDULE_S if t < samples[-1]["time"]]
    tree = scenario.scenario(name, "cars", round(first), scenario.known("cars"), failures, samples[-1]["time"] + measured.STEP_S)
    tree.update(window=window, batch_span="1s", policies=[policy], record={"operators": True, "hosts": False, "links": False})
    scenario.save(output, tree, scenario.WORKERS, samples)
    return samples


def simulated(folder):
    """Latency (95th percentile of a window) and instances of the windows."""
    found = {}
    with open(os.path.join(folder, "windows.csv"), newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            sample = found.setdefault(float(row["time"]), {"latency": None, "workers": None})
            if row["metric"] == "latency_p95" and not row["operator"]:
                sample["latency"] = float(row["value"]) if row["value"] else None
            if row["metric"] == "instances" and row["operator"]:
                sample["workers"] = float(row["value"])
    return [dict(found[time], time=time) for time in sorted(found)]


def figures(samples):
    late = [s["latency"] for s in samples if s["latency"]]
    workers = [s["workers"] for s in samples if s["workers"]] or [math.nan]
    whole = [count for count in workers if not math.isnan(count) and count == int(count)]  # between two numbers the meter shows means
    return {"workers": sum(workers) / len(workers), "p50": compare.quantile(late, 0.5), "p95": compare.quantile(late, 0.95),
            "changes": sum(a != b for a, b in zip(whole, whole[1:]))}


def main():
    if len(sys.argv) != 4 and not (len(sys.argv) == 6 and sys.argv[4] == "--json"):
        sys.exit(__doc__)
    weir, folder, output = sys.argv[1:4]
    kept = {}
    print("| run | mean workers (target 15 %) | changes | p50, s | p95, s |\n| --- | --- | --- | --- | --- |", flush=True)
    for name in POLICIES:
        place = os.path.join(output, name)
        real = figures([s for s in write(folder, name, place) if s["time"] >= 120])
        subprocess.run([weir, "run", os.path.join(place, "scenario.json"), "--quiet", "-o", os.path.join(place, "out"), "--force"],
                       check=True, stdout=subprocess.DEVNULL)
        made = figures([s for s in simulated(os.path.join(place, "out")) if s["time"] >= 120])
        kept[name] = {side: {key: None if math.isnan(value) else round(value, 4) for key, value in one.items()}
                      for side, one in (("measured", real), ("simulated", made))}
        seen = "- / {1:.2f}" if math.isnan(real["workers"]) else "{0:.2f} / {1:.2f} ({2:+.0%})"
        changes = "-" if math.isnan(real["workers"]) else real["changes"]
        print(f"| {name}{' (calibration)' if name in FITTED else ''} | "
              f"{seen.format(real['workers'], made['workers'], made['workers'] / real['workers'] - 1)} | {changes} / {made['changes']} | "
              f"{real['p50']:.3g} / {made['p50']:.3g} | {real['p95']:.4g} / {made['p95']:.4g} |", flush=True)
    if len(sys.argv) == 6:
        with open(sys.argv[5], "w", encoding="utf-8") as file:
            json.dump(kept, file, indent=1)
            file.write("\n")


if __name__ == "__main__":
    main()
