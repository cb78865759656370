#!/usr/bin/env python3
"""What the model needs to know, from the calibration runs alone: profiles2, cars_1_baseline_4, ads_1_baseline_4.

    calibrate.py FOLDER [FILE]      prints what it finds; writes it to FILE (calibration.json)
"""
import json
import math
import sys

import measured

WORKERS = 4
BANDS_MIN = [0, 15, 30, 45, 60, 90, 120]  # time in overload at which a band of capacity begins
AFTER_RESTART_S = 480                     # samples so long after a restart say nothing about steady capacity
CALM_S = 300                              # an overload is over when the latency has been below its limit for so long


def exponent(points):
    """a of capacity = b workers^a: least squares of the logarithms."""
    xs = [math.log(workers) for workers, _ in points]
    ys = [math.log(rate) for _, rate in points]
    mean_x, mean_y = sum(xs) / len(xs), sum(ys) / len(ys)
    return sum((x - mean_x) * (y - mean_y) for x, y in zip(xs, ys)) / sum((x - mean_x) ** 2 for x in xs)


def in_overload(samples):
    """(sample, time since its overload began, None outside)."""
    since, high = None, None
    for sample in samples:
        time, latency = sample["time"], sample["latency"]
        if latency is not None and latency > measured.OVERLOAD_S:
            since, high = (time if since is None else since), time
        elif since is not None and time - high > CALM_S:
            since = None
        yield sample, None if since is None else time - since


def shadowed(time, restarts):
    return any(-30 <= time - restart <= AFTER_RESTART_S for restart in restarts)


def capacity(samples, restarts):
    """Records/s that all workers take under overload: the median of each band of time in overload, and of all (None without)."""
    bands = [[] for _ in BANDS_MIN]
    for sample, age in in_overload(samples):
        if age is None or sample["throughput"] is None or sample["latency"] is None:
            continue
        if sample["latency"] <= measured.OVERLOAD_S or shadowed(sample["time"], restarts):
            continue
        bands[max(i for i, start in enumerate(BANDS_MIN) if age >= 60 * start)].append(sample["throughput"])
    everything = [rate for band in bands for rate in band]
    # A band's median stands in its middle; that of the last, which is open, a quarter of an hour after its beginning.
    ends = BANDS_MIN[1:] + [BANDS_MIN[-1] + 30]
    table = [[30 * (start + end), round(measured.median(band))]
             for start, end, band in zip(BANDS_MIN, ends, bands) if band]
    return table, round(measured.median(everything)) if everything else None


def outage(samples, restart):
    """Seconds of throughput that a restart cost: what is missing to the level before, in the 400 s after."""
    level = measured.median(measured.between(samples, "throughput", restart - 240, restart - 5))
    return sum(max(0.0, level - rate) * measured.STEP_S
               for rate in measured.between(samples, "throughput", restart, restart + 400)) / level


def floor(samples, restarts, limit):
    """The median latency while the load is below `limit` records/s, nothing waits and no restart is near."""
    return measured.median([s["latency"] for s in samples
                            if s["latency"] is not None and s["latency"] <= measured.OVERLOAD_S
                            and s["time"] >= AFTER_RESTART_S and s["load"] < limit
                            and not shadowed(s["time"], restarts)])


def calibrate(folder):
    result = {"workers": WORKERS, "capacity_exponent": round(exponent(measured.read_profiles(folder)), 4), "jobs": {}}
    for job in ("cars", "ads"):
        samples = measured.read_run(folder, f"{job}_1_baseline_{WORKERS}")
        restarts = measured.restarts(samples)
        table, constant = capacity(samples, restarts)
        grid = {s["time"]: age for s, age in in_overload(samples)}
        ages = {t: grid[t - t % measured.STEP_S] for t in restarts}
        lengths = [(t, round(outage(samples, t))) for t in restarts if t in measured.SCHEDULE_S]
        early = [length for t, length in lengths if (ages[t] or 0) < 3600]
        result["jobs"][job] = {
            "capacity_rec_s": table, "constant_rec_s": constant, "restart_s": round(measured.median(early)),
            "restarts": [{"at_s": t, "outage_s": length, "in_overload_s": ages[t]} for t, length in lengths]}
    # Of the two jobs only `cars` is ever below capacity with 4 workers, so the floor is its.
    samples = measured.read_run(folder, f"cars_1_baseline_{WORKERS}")
    table = result["jobs"]["cars"]["capacity_rec_s"]
    result["floor_s"] = round(floor(samples, measured.restarts(samples), 0.95 * table[0][1]), 3)
    return result


def main():
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    result = calibrate(sys.argv[1])
    text = json.dumps(result, indent=1) + "\n"
    print(text, end="")
    if len(sys.argv) == 3:
        with open(sys.argv[2], "w", encoding="utf-8") as file:
            file.write(text)


if __name__ == "__main__":
    main()
