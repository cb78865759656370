"""How a simulated run agrees with the measured one: figures, one by one."""
import csv
import math
import os

import measured

GAP_S = 60       # overloads that are closer together are one
SHORT_S = 30     # overloads shorter than this are none
LONG_S = 600     # a restart alone does not make one so long
SHADOW_S = 360   # after a restart; "steady" figures leave it out


def read_simulated(folder, records, step=measured.STEP_S):
    """The windows of a simulated run as samples, at the beginning of each window as the measured ones are."""
    found = {}
    with open(os.path.join(folder, "windows.csv"), newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["value"] and row["job"] and not row["operator"]:
                found.setdefault(float(row["time"]), {})[row["metric"]] = float(row["value"])
    samples = []
    for time in sorted(found):
        metrics = found[time]
        delivered = metrics["delivered_rate"] * records
        samples.append({"time": time - step, "load": metrics["ingress_rate"] * records, "throughput": delivered,
                        "latency": metrics["latency_mean"] if delivered > 0 else None})
    return samples


def quantile(values, share):
    """By linear interpolation between the order statistics."""
    ordered = sorted(values)
    at = share * (len(ordered) - 1)
    low = int(at)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (at - low)


def overloads(samples):
    """(beginning, length) of each stretch with a latency above the limit; while nothing comes out, the last one holds."""
    found, latency = [], None
    for sample in samples:
        latency = sample["latency"] if sample["latency"] is not None else latency
        if latency is None or latency <= measured.OVERLOAD_S:
            continue
        end = sample["time"] + measured.STEP_S
        if found and sample["time"] - found[-1][1] <= GAP_S:
            found[-1][1] = end
        else:
            found.append([sample["time"], end])
    return [(start, end - start) for start, end in found if end - start >= SHORT_S]


def matched(real, simulated):
    """Pairs of overloads that share time, in order; what has no partner stands with None."""
    pairs, used = [], set()
    for start, length in real:
        best = None
        for i, (other, span) in enumerate(simulated):
            common = min(start + length, other + span) - max(start, other)
            if i not in used and common > 0 and (best is None or common > best[0]):
                best = common, i
        if best:
            used.add(best[1])
        pairs.append(((start, length), simulated[best[1]] if best else None))
    return pairs + [(None, other) for i, other in enumerate(simulated) if i not in used]


def minutes(samples, key):
    """Means of the whole minutes, by minute."""
    sums = {}
    for sample in samples:
        if sample[key] is not None:
            sums.setdefault(int(sample["time"] // 60), []).append(sample[key])
    return {minute: sum(values) / len(values) for minute, values in sums.items()}


def throughput_error(real, simulated, skip=()):
    """Root mean square of the relative error of the means of minutes, those with less than a tenth of the run's mean left out.

    Minutes within SHADOW_S after a time of `skip` are left out, too.
    """
    ours, theirs = minutes(simulated, "throughput"), minutes(real, "throughput")
    least = 0.1 * sum(theirs.values()) / len(theirs)
    errors = [(ours[m] / rate - 1) ** 2 for m, rate in theirs.items()
              if m in ours and rate >= least and not any(-60 <= 60 * m - t <= SHADOW_S for t in skip)]
    return math.sqrt(sum(errors) / len(errors))


def correlation(real, simulated):
    """Pearson's, of the logarithms of the latencies at the same times."""
    other = {s["time"]: s["latency"] for s in simulated}
    pairs = [(math.log(s["latency"]), math.log(other[s["time"]])) for s in real
             if s["latency"] and other.get(s["time"])]
    mean_x, mean_y = (sum(p[i] for p in pairs) / len(pairs) for i in (0, 1))
    xy = sum((x - mean_x) * (y - mean_y) for x, y in pairs)
    return xy / math.sqrt(sum((x - mean_x) ** 2 for x, _ in pairs) * sum((y - mean_y) ** 2 for _, y in pairs))


def figures(real, simulated, restarts, start=120.0, end=math.inf):
    """All figures of a run, from `start` (the job is being started before) to `end`."""
    real, simulated = ([s for s in samples if start <= s["time"] < end] for samples in (real, simulated))
    result = {}
    for side, samples in (("measured", real), ("simulated", simulated)):
        latencies = [s["latency"] for s in samples if s["latency"] is not None]
        result[side] = {"p50": quantile(latencies, 0.5), "p95": quantile(latencies, 0.95), "peak": max(latencies),
                        "overloads": overloads(samples)}
    pairs = matched(result["measured"]["overloads"], result["simulated"]["overloads"])
    together = [(a, b) for a, b in pairs if a and b]
    lasting = [(a, b) for a, b in pairs if max((o[1] for o in (a, b) if o), default=0) >= LONG_S]
    result["pairs"] = pairs
    result["lasting"] = lasting
    result["onset"] = max((abs(a[0] - b[0]) for a, b in together), default=None)
    result["missed"] = sum(1 for a, b in pairs if b is None)
    result["extra"] = sum(1 for a, b in pairs if a is None)
    result["throughput"] = throughput_error(real, simulated)
    result["throughput_steady"] = throughput_error(real, simulated, restarts)
    result["correlation"] = correlation(real, simulated)
    for key in ("p50", "p95", "peak"):
        result[key] = result["simulated"][key] / result["measured"][key] - 1
    return result


def verdicts(found):
    """Whether each target is met: name, limit as text, met."""
    return [
        ("p50", "10 %", abs(found["p50"]) <= 0.10),
        ("onset", "300 s", found["onset"] is not None and found["onset"] <= 300 and not found["missed"] and not found["extra"]),
        ("peak", "25 %", abs(found["peak"]) <= 0.25),
        ("throughput", "5 %", found["throughput"] < 0.05),
        ("correlation", "0.9", found["correlation"] >= 0.9),
    ]
