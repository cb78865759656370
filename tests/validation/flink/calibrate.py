#!/usr/bin/env python3
"""Calibrates the model of both jobs with `weir calibrate`, from the calibration runs alone.

    calibrate.py FOLDER [--weir PROGRAM] [--output FOLDER] [--jobs N] [--write]

FOLDER holds phoebe/*.csv.gz and phoebe/profiles2.csv. Prints what it finds; --write puts it into calibration.json.
"""
import argparse
import json
import math
import os
import shlex
import subprocess
import sys
import tempfile

import measured
import scenario

HERE = os.path.dirname(os.path.abspath(__file__))
RECORDS = 5000   # that an item stands for: coarser than the predictions, for speed
WINDOW = "1min"
POINTS, POINTS_A_KEY = 10, 12  # that are tried at most
EVERY = "2min"
THROUGHPUT_LATE_S, LATENCY_LATE_S = 50, 30  # what the meters lag: the middles of 45 s and a minute, and of a minute
BLIP_S = 120     # a number of workers that is shown for less is none: after a failure the lost one is counted for a minute still
SEEN_S = 30      # a new number of workers is seen so late on average
OPERATOR = "workload.jobs[0].operators[0]"

# What is fitted: (name, path, range, how the value comes into the model).
WORK = ("record_ns", f"{OPERATOR}.flops", "150Mf..400Mf", 1e6 / RECORDS)
RESTART = ("restart_s", "recovery.restart", "20s..150s", 1)
KEYS = {
    "cars": [WORK, ("state_ns", f"{OPERATOR}.state.flops", "0f..2f", 1 / RECORDS),
             ("contention", f"{OPERATOR}.scaling.contention", "0..0.05", 1), RESTART, ("change_s", "costs.restore", "5s..90s", 1)],
    "ads": [WORK, ("tires_least", f"{OPERATOR}.tires.least", "0.1..1", 1),
            ("tires_s", f"{OPERATOR}.tires.time", "300s..10800s,log", 1), RESTART],
}
FILES = {"cars": ["cars_1_baseline_4", "cars_1_twres"], "ads": ["ads_1_baseline_4"]}
# Of ads: until the job, offered 2.7 times what it takes, begins to stop by itself.
PARTS = {"cars_1_baseline_4": "2min..", "cars_1_twres": "2min..", "ads_1_baseline_4": "2min..110min"}


def floor_rate(points):
    """(t, r) of latency = t / (1 - rate / r): least squares of logarithms; r by halving a bracket of its logarithm in 60 steps."""
    def spread(r):
        level = [math.log(latency) + math.log(1 - rate / r) for rate, latency in points]
        mean = sum(level) / len(level)
        return sum((x - mean) ** 2 for x in level), math.exp(mean)
    top = max(rate for rate, _ in points)
    low, high = math.log(1.02 * top), math.log(100 * top)
    for _ in range(60):
        a, b = low + (high - low) / 3, high - (high - low) / 3
        low, high = (low, b) if spread(math.exp(a)) < spread(math.exp(b)) else (a, high)
    return spread(math.exp(low))[1], math.exp(low)


def calm(samples, restarts):
    """(rate, latency) of the samples in which nothing waits and no restart is near."""
    return [(s["load"], s["latency"]) for s in samples
            if s["latency"] is not None and s["latency"] <= 2 and s["load"] and s["time"] >= 480
            and not any(-30 <= s["time"] - t <= 480 for t in restarts)]


def broker(samples):
    """Records that wait when the broker drops them: the latency falls below a tenth within 5 minutes; None: it never does."""
    waiting, steps = 0, round(300 / measured.STEP_S)
    for i, sample in enumerate(samples):
        waiting += measured.STEP_S * ((sample["load"] or 0) - (sample["throughput"] or 0))
        later = [s["latency"] for s in samples[i:i + steps] if s["latency"] is not None]
        if sample["latency"] and sample["latency"] > 600 and later and min(later) < sample["latency"] / 10:
            return round(waiting)
    return None


def plan(samples):
    """[time, workers] of the changes that were measured."""
    seen = []
    for sample in samples:
        workers = sample["workers"]
        if workers and workers == int(workers) and workers <= scenario.WORKERS and (not seen or seen[-1][1] != workers):
            seen.append([sample["time"], int(workers)])
    ends = [at for at, _ in seen[1:]] + [math.inf]
    made = []
    for (at, workers), end in zip(seen, ends):
        if end - at > BLIP_S and (not made or made[-1][1] != workers):
            made.append([max(0, at - SEEN_S) if made else 0, workers])
    return made


def shifted(samples, path):
    """Writes the samples for weir calibrate, a row at its end, with the lags of the meters taken out."""
    def later(i, key, late_s):
        at = i + round(late_s / measured.STEP_S)
        return "" if at >= len(samples) or samples[at][key] is None else f"{samples[at][key]:g}"
    with open(path, "w", encoding="utf-8") as file:
        file.write("time,load,throughput,latency\n")
        file.writelines(f"{s['time'] + measured.STEP_S:g},{s['load'] or 0:g},{later(i, 'throughput', THROUGHPUT_LATE_S)},"
                        f"{later(i, 'latency', LATENCY_LATE_S)}\n" for i, s in enumerate(samples))


def command(weir, job, folder, plans, jobs):
    """The command that fits a job."""
    share = f"{1 / RECORDS:g}"
    made = [weir, "calibrate", os.path.join(folder, "scenario.json"), *(os.path.join(folder, f + ".csv") for f in FILES[job]),
            "--load", f"load*{share},even", "--match", f"throughput=throughput*{share},weight=2", "--match", "latency_p50=latency",
            "--match", f"latency_p50=latency,onsets>{measured.OVERLOAD_S:g}", "--every", EVERY, "-j", str(jobs),
            "-o", os.path.join(folder, "fitted"), "--quiet", "--no-report", "--budget",
             str((POINTS_A_KEY * len(KEYS[job]) + POINTS) * len(FILES[job]))]
    for name in FILES[job]:
        made += ["--fit-on", f"{name}:{PARTS[name]}"]
    for name, steps in plans.items():  # the broker kept all there
        play = {"label": "as measured", "params": {"plan": steps},
                "exec": f"{shlex.quote(sys.executable)} {shlex.quote(os.path.join(HERE, 'play.py'))}"}
        made += ["--set-on", f"{name}:policies={json.dumps([play])}", "--set-on", f"{name}:{OPERATOR}.parallelism={steps[0][1]}",
                 "--set-on", f"{name}:workload.jobs[0].backlog.capacity=1000000000"]
    for name, path, ends, _ in KEYS[job]:
        made += ["--free", f"{path}={ends},as={name}"]
    return made


def fit(weir, source, job, model, folder, jobs):
    """Fits the keys of a job into the model; returns what is kept of it."""
    os.makedirs(folder, exist_ok=True)
    plans = {}
    for name in FILES[job]:
        samples = measured.read_run(source, name)
        shifted(samples, os.path.join(folder, name + ".csv"))
        if any(s["workers"] for s in samples):
            plans[name] = plan(samples)
    tree = scenario.scenario(job, job, 4, model, measured.SCHEDULE_S, samples[-1]["time"] + measured.STEP_S, RECORDS)
    tree.update(window=WINDOW)
    del tree["batch_span"]
    tree["workload"]["jobs"][0]["operators"][0].setdefault("tires", {"least": 1, "time": "30min"})
    scenario.save(folder, tree, scenario.WORKERS, samples, RECORDS)
    subprocess.run(command(weir, job, folder, plans, jobs), check=True, stdout=subprocess.DEVNULL)
    with open(os.path.join(folder, "fitted", "calibration.json"), encoding="utf-8") as file:
        found = json.load(file)
    values = {key["key"]: key for key in found["keys"]}
    for name, _, _, factor in KEYS[job]:
        model[name] = float(f"{values[name]['value'] * factor:.5g}")
    return {"fitted_on": {name: PARTS[name] for name in FILES[job]},
            "errors": {name: round(values[name]["error"], 4) if values[name]["error"] is not None else None for name, *_ in KEYS[job]},
            "misfits": {file["name"]: {f"{row['metric']}, {row['by']}": round(row["misfit"], 4) for row in file["series"]}
                        for file in found["files"]},
            "model": model}


def calibrate(weir, source, output, jobs):
    """Both jobs. How workers hinder each other and what a change costs is learnt from cars, which has a run with many workers."""
    samples = measured.read_run(source, "cars_1_baseline_4")
    points = [(rate, latency) for rate, latency in measured.read_calm_profiles(source)]
    rate = floor_rate(points)[1]
    level = sorted(latency * (1 - load / rate) for load, latency in calm(samples, measured.restarts(samples)))
    base = {"record_ns": 50000, "state_ns": 0, "contention": 0, "tires_least": 1, "tires_s": 1800, "restart_s": 60,
             "restart_shared_s": 0, "change_s": 60, "floor_s": round(measured.median(level), 3), "floor_rate": round(rate),
             "broker_records": broker(samples)}
    cars = fit(weir, source, "cars", dict(base), os.path.join(output, "cars"), jobs)
    ads = dict(base, contention=cars["model"]["contention"], change_s=cars["model"]["change_s"], broker_records=None)
    return {"cars": cars, "ads": fit(weir, source, "ads", ads, os.path.join(output, "ads"), jobs)}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder")
    parser.add_argument("--weir", default="build/weir")
    parser.add_argument("--output", help="keeps inputs and results there, and goes on with what is there")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        found = calibrate(given.weir, given.folder, given.output or temporary, given.jobs)
    text = json.dumps(found, indent=1) + "\n"
    print(text, end="")
    if given.write:
        with open(os.path.join(HERE, "calibration.json"), "w", encoding="utf-8") as file:
            file.write(text)


if __name__ == "__main__":
    main()
