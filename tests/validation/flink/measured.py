"""The measured runs: how they are read, when they were restarted, and what their meters do to a signal.

A run is a list of samples every 5 s. Times are in s, rates in records/s, latencies in s; None where nothing was measured.
"""
import csv
import gzip
import os
import statistics

STEP_S = 5.0
OVERLOAD_S = 10.0          # a latency above this is overload
SCHEDULE_S = [1200 + 2743 * i for i in range(8)]  # failures as the experiment's settings give them, phoebe-2022
RUNS = {  # name: workers, and whether the model may look at it
    "cars_1_baseline_4": (4, True),
    "ads_1_baseline_4": (4, True),
    "cars_1_baseline_12": (12, False),
    "cars_1_baseline_24": (24, False),
    "ads_1_baseline_12": (12, False),
}


def number(text):
    return float(text) if text else None


def read_run(folder, name):
    """The samples of a run: dicts of time, load, throughput, latency."""
    path = os.path.join(folder, "phoebe", name + ".csv.gz")
    with gzip.open(path, "rt", newline="") as file:
        samples = [{"time": float(row["offset_s"]), "load": number(row["workload_rec_s"]),
                    "throughput": number(row["throughput_rec_s"]), "workers": number(row["workers"]),
                    "latency": None if not row["latency_ms"] else float(row["latency_ms"]) / 1000}
                   for row in csv.DictReader(file)]
    if not samples:
        raise ValueError(f"{path}: no samples")
    return samples


def read_calm_profiles(folder):
    """(records/s, latency in s) of the profiling runs in which next to nothing waited."""
    with open(os.path.join(folder, "phoebe", "profiles2.csv"), newline="", encoding="utf-8") as file:
        return [(float(row["avgThr"]), float(row["avgLat"]) / 1000) for row in csv.DictReader(file) if float(row["avgLat"]) < 2000]


def read_profiles(folder):
    """(workers, records/s) of the profiling runs that were saturated for good (isBckPres)."""
    with open(os.path.join(folder, "phoebe", "profiles2.csv"), newline="", encoding="utf-8") as file:
        return [(int(row["scaleOut"]), float(row["avgThr"])) for row in csv.DictReader(file) if row["isBckPres"] == "1"]


def median(values):
    return statistics.median(values)


def between(samples, key, start, end):
    return [s[key] for s in samples if start <= s["time"] < end and s[key] is not None]


def collapses(samples):
    """When a fall of the throughput shows a restart: below half of what it was in the 4 minutes before, and of what is offered.

    Where the experiment's schedule has a failure in the 2 minutes before the fall is seen, its time is taken, else the fall's, less the
    30 s that the meter takes to show it. Falls off the schedule count if next to nothing is left (a tenth): under overload throughput
    halves by itself.
    """
    found, again = [], 0.0
    for i, sample in enumerate(samples):
        time = sample["time"]
        if sample["throughput"] is None or time < max(again, 300):
            continue
        before = between(samples[max(0, i - 60):i], "throughput", time - 270, time - 30)
        load = between(samples[max(0, i - 24):i + 1], "load", time - 120, time + 1)
        if len(before) < 24 or not load or sample["throughput"] >= 0.5 * min(median(before), median(load)):
            continue
        planned = [t for t in SCHEDULE_S if time - 120 <= t <= time]
        least = min(between(samples[i:i + 36], "throughput", time, time + 180))
        if not planned and least > 0.1 * min(median(before), median(load)):
            continue
        found.append(float(planned[-1]) if planned else time - 30)
        again = time + 480
    return found


def doubles(samples, time):
    """Whether the latency doubles within 3 minutes."""
    before = between(samples, "latency", time - 120, time)
    after = between(samples, "latency", time, time + 180)
    return bool(before and after) and max(after) > 2 * median(before)


def restarts(samples):
    """When the run was restarted, from its own signals: times alone, nothing of what a restart did.

    Collapses of the throughput, and the failures of the experiment's schedule after which the latency doubles: many workers are
    restarted so fast that their meters, which lag, never show the throughput at half.
    """
    found = collapses(samples)
    found += [float(t) for t in SCHEDULE_S if t not in found and doubles(samples, t)]
    return sorted(found)


def trailing(values, width):
    """The mean of the last `width` values up to each; None counts as the last value that was there."""
    held, last = [], None
    for value in values:
        last = value if value is not None else last
        held.append(last)
    means = []
    for i in range(len(held)):
        window = [v for v in held[max(0, i - width + 1):i + 1] if v is not None]
        means.append(sum(window) / len(window) if window else None)
    return means


def metered(samples):
    """A simulated run as the experiment's meters would have shown it.

    Throughput there is the rate that the Kafka clients report, over 30 to 60 s (taken: 45 s), and both throughput and latency are
    read by Prometheus once a minute and worker, at other moments for each worker, and held in between; the sum or mean over the
    workers lags as a mean over the last minute does.
    """
    minute = round(60 / STEP_S)
    rate = trailing([s["throughput"] for s in samples], round(45 / STEP_S))
    rate = trailing(rate, minute)
    latency = trailing([s["latency"] for s in samples], minute)
    return [dict(s, throughput=r, latency=q) for s, r, q in zip(samples, rate, latency)]
