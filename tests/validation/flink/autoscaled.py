#!/usr/bin/env python3
"""The autoscaled runs: Flink's reactive mode and TWRES, predicted with the calibration of the fixed ones.

    autoscaled.py WEIR FOLDER OUTPUT      FOLDER holds phoebe/*.csv.gz and phoebe/profiles2.csv

Prints, for each of the measured runs cars_1_reactive and cars_1_twres: mean workers, changes, and quantiles of the latency,
measured and simulated. What is assumed: README.md, "Autoscaled runs".
"""
import csv
import gzip
import json
import os
import subprocess
import sys

import compare
import measured
import scenario

HERE = os.path.dirname(os.path.abspath(__file__))
WORKERS = 24  # at most
RECORDS = scenario.RECORDS
POLICIES = {
    "cars_1_reactive": ("15s", {"label": "reactive", "name": "ds2", "overprovision": 0.25, "drain": "0s", "margin": 0.1,
                                "down_windows": 20, "cooldown": "0s"}),
    "cars_1_twres": ("60s", {"label": "twres", "name": "svr-twres", "headroom": 0, "confidence": 0, "drain": "0s",
                             "horizon": "10min", "hold": "10min", "cooldown": "10min", "down_windows": 1, "pay": 0,
                             "limit": "10s"}),
}


def read(folder, name):
    """Samples of time, load, latency and workers."""
    with gzip.open(os.path.join(folder, "phoebe", name + ".csv.gz"), "rt", newline="") as file:
        return [{"time": float(row["offset_s"]), "load": measured.number(row["workload_rec_s"]),
                 "latency": (measured.number(row["latency_ms"]) or 0) / 1000 or None,
                 "workers": measured.number(row["workers"])} for row in csv.DictReader(file)]


def calibrated(folder):
    """Throughput of so many workers in the profiling runs that were saturated, in items/s, as the policy takes it."""
    points = {}
    for workers, rate in measured.read_profiles(folder):
        points.setdefault(workers, []).append(rate / RECORDS)
    return ",".join(f"{workers}:{sum(rates) / len(rates):.6g}" for workers, rates in sorted(points.items()))


def write(folder, name, output):
    with open(os.path.join(HERE, "calibration.json"), encoding="utf-8") as file:
        calibration = json.load(file)
    samples = read(folder, name)
    window, policy = POLICIES[name]
    if policy["name"] == "svr-twres":
        policy = dict(policy, calibration=calibrated(folder))
    # A worker takes what each of eight fresh ones takes: the middle of what is to be expected.
    rate = scenario.worker_rates(calibration, "cars", 8, "tiring")[0]
    restart_s = calibration["jobs"]["cars"]["restart_s"]
    first = next(s["workers"] for s in samples if s["workers"])
    tree = {
        "name": name, "platform": "platform.xml", "duration": f"{samples[-1]['time'] + measured.STEP_S:g}s", "window": window,
        "seeds": [1], "batch_span": "1s", "record": {"operators": True, "hosts": False, "links": False},
        "policies": [policy],
        "costs": {"start": "0s", "stop": "0s", "checkpoint": "0s", "restore": f"{restart_s}s"},
        "faults": [{"host": "worker-0", "at": f"{t}s", "for": "1s"} for t in measured.SCHEDULE_S
                   if t < samples[-1]["time"]],
        "recovery": {"place": "wait", "delivery": "at-least-once", "detect": "1s",
                     "checkpoint_interval": f"{scenario.CHECKPOINT_S}s", "restart": f"{restart_s - 1}s"},
        "workload": {"jobs": [{
            "name": "cars", "source": "broker", "source_bytes": f"{RECORDS * scenario.RECORD_BYTES}B", "sink": "output",
            "load": {"kind": "csv", "file": "load.csv", "arrivals": "even"},
            "operators": [{"name": "worker", "flops": f"{RECORDS}Mf", "bytes": f"{RECORDS * scenario.RECORD_BYTES}B",
                           "state": "1MB", "parallelism": round(first), "max_parallelism": WORKERS,
                           "placement": {"tier": "cloud"}, "capacity": max(8, scenario.BUFFER_RECORDS // RECORDS)}]}]},
    }
    os.makedirs(output, exist_ok=True)
    with open(os.path.join(output, "load.csv"), "w", encoding="utf-8") as file:
        file.write("time_s,items_per_s\n")
        file.writelines(f"{s['time']:g},{(s['load'] or 0) / RECORDS:.6g}\n" for s in samples)
    with open(os.path.join(output, "platform.xml"), "w", encoding="utf-8") as file:
        file.write(scenario.platform(WORKERS, rate, calibration["floor_s"] - RECORDS / rate))
    with open(os.path.join(output, "scenario.json"), "w", encoding="utf-8") as file:
        json.dump(tree, file, indent=1)
        file.write("\n")
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
    workers = [s["workers"] for s in samples if s["workers"]]
    whole = [count for count in workers if count == int(count)]  # between two numbers the meter shows means
    return {"workers": sum(workers) / len(workers), "p50": compare.quantile(late, 0.5), "p95": compare.quantile(late, 0.95),
            "changes": sum(a != b for a, b in zip(whole, whole[1:]))}


def main():
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    weir, folder, output = sys.argv[1:]
    print("run              workers        p50, s          p95, s         changes   (measured / simulated)")
    for name in POLICIES:
        place = os.path.join(output, name)
        real = figures([s for s in write(folder, name, place) if s["time"] >= 120])
        subprocess.run([weir, "run", os.path.join(place, "scenario.json"), "--quiet", "-o", os.path.join(place, "out")],
                       check=True, stdout=subprocess.DEVNULL)
        runs = os.path.join(place, "out")
        made = figures([s for s in simulated(next(root for root, _, files in os.walk(runs) if "windows.csv" in files))
                        if s["time"] >= 120])
        print(f"{name:16s} {real['workers']:5.2f} / {made['workers']:5.2f}  {real['p50']:7.1f} / {made['p50']:7.1f} "
              f"{real['p95']:7.1f} / {made['p95']:7.1f}  {real['changes']:3d} / {made['changes']:3d}")


if __name__ == "__main__":
    main()
