"""Tables of the live-stream study: tables.py FIGURES.csv

A value is the mean over seeds +- half its 95 % confidence interval; by day, hour and class it is the mean alone. Policies are
compared seed by seed.
"""
import collections
import csv
import math
import statistics
import sys

T_975 = (12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228)  # by degrees of freedom
MAIN = ("static", "origin", "gp", "greedy", "mf", "sentinel", "oracle")
ABLATIONS = {"sentinel": "sentinel", "rd": "without device detection (rd)", "rs": "without service detection (rs)",
             "rl": "without the net (rl)", "rr": "without the rules (rr)"}
figures = collections.defaultdict(dict)  # [policy, of, key, metric] -> {seed: value}


def half(values):
    return T_975[min(len(values) - 1, len(T_975)) - 1] * statistics.stdev(values) / math.sqrt(len(values)) if len(values) > 1 else 0


def text(values, digits, factor=1.0):
    values = [factor * value for value in values]
    if not values:
        return "-"
    return f"{statistics.mean(values):.{digits}f}" + (f" ± {half(values):.{digits}f}" if len(values) > 1 else "")


def plain(values, digits, factor=1.0):
    values = [factor * value for value in values]
    return f"{statistics.mean(values):.{digits}f}" if values else "-"


def of(policy, metric, key="all", group="run"):
    return figures.get((policy, group, key, metric), {})


def paired(one, other, rule):
    return [rule(one[seed], other[seed]) for seed in sorted(one.keys() & other.keys())]


def table(title, head, rows):
    print(f"\n**{title}**\n\n| " + " | ".join(head) + " |\n|" + " --- |" * len(head))
    for row in rows:
        print("| " + " | ".join(row) + " |")


def frequency(policy, group, key, base="requests"):
    """By seed: anomalies over requests."""
    device, service = of(policy, "device_anomalies", key, group), of(policy, "service_anomalies", key, group)
    return {seed: (device.get(seed, 0) + service.get(seed, 0)) / all_of
            for seed, all_of in of(policy, base, key, group).items() if all_of > 0}


def count(policy, metric, group, days, seeds):
    """By seed: the sum over days."""
    return {seed: sum(of(policy, metric, day, group).get(seed, 0) for day in days) for seed in seeds}


def found(policy, days, seeds):
    """By seed: precision, recall and F1 of device detection."""
    hits, misses, alarms = (count(policy, metric, "detection", days, seeds) for metric in ("hits", "misses", "false_alarms"))
    return [(hits[s] / max(1, hits[s] + alarms[s]), hits[s] / max(1, hits[s] + misses[s]),
             2 * hits[s] / max(1, 2 * hits[s] + misses[s] + alarms[s])) for s in seeds]


def shared(policies):
    """Days and seeds that all of the policies have."""
    days = [{key for policy, group, key, metric in figures if policy == one and group == "day"} for one in policies]
    seeds = [set(of(policy, "revenue")) for policy in policies]
    return sorted(set.intersection(*days), key=int), sorted(set.intersection(*seeds))


def variants(title, labels):
    """Variants of sentinel over the days and seeds that all have."""
    labels = {policy: label for policy, label in labels.items() if of(policy, "revenue")}
    if not labels:
        return
    days, seeds = shared(labels)
    rows = []
    for policy, label in labels.items():
        requests = count(policy, "requests", "day", days, seeds)
        cells = [[100 * count(policy, metric, "day", days, seeds)[s] / requests[s] for s in seeds]
                 for metric in ("device_anomalies", "service_anomalies")]
        mean = {metric: [statistics.mean(of(policy, metric, day, "day")[s] for day in days) for s in seeds]
                for metric in ("utilisation", "revenue")}
        scores = list(zip(*found(policy, days, seeds))) if of(policy, "false_alarms", days[0], "detection") else [(), (), ()]
        unsure = [100 * count(policy, "unsure", "detection", days, seeds)[s] / len(days) for s in seeds] if scores[0] else ()
        rows.append([label, text(map(sum, zip(*cells)), 2), *(text(cell, 2) for cell in cells), text(mean["utilisation"], 2, 100),
                     text(mean["revenue"], 2), *(text(score, 3) for score in scores), text(unsure, 1)])
    table(f"{title}: days {', '.join(days)}; seeds {', '.join(map(str, seeds))}",
          ["sentinel", "anomaly frequency, %", "of devices, %", "of service, %", "utilisation, %", "revenue", "precision", "recall",
           "F1", "rules unsure of, %"], rows)
    kinds = sorted({metric[:-6] for policy, group, _, metric in figures if group == "detection" and metric.endswith(" found")})
    if kinds:
        table(f"Recall by kind of anomaly: days {', '.join(days)}", ["sentinel"] + kinds,
              [[label] + [recall(policy, kind, days, seeds) for kind in kinds] for policy, label in labels.items()])


def recall(policy, kind, days, seeds):
    hits, misses = (sum(count(policy, f"{kind} {what}", "detection", days, seeds).values()) for what in ("found", "missed"))
    return f"{hits / (hits + misses):.2f}" if hits + misses else "-"


def frontier(title, labels):
    """Revenue, judged at several u_opt, and anomalies."""
    keys = sorted({key for _, group, key, _ in figures if group == "judged"}, key=float)
    labels = {policy: label for policy, label in labels.items() if of(policy, "revenue")}
    table(title, ["policy", "seeds", "u_opt in the end", "anomaly frequency, %", "of devices, %", "of service, %", "utilisation, %"] +
          [f"revenue at {key}" for key in keys],
          [[label, str(len(of(policy, "revenue"))), plain(of(policy, "u_opt").values(), 2)] +
           [text(of(policy, metric).values(), 2, 100) for metric in ("anomaly_frequency", "device_anomalies", "service_anomalies", "utilisation")] +
           [text(of(policy, "revenue", key, "judged").values(), 2) for key in keys] for policy, label in labels.items()])


CYCLE = {"sentinel": "sentinel, detection ahead of the cycle", "origin": "origin", "gp": "gp", "greedy": "greedy", "mf": "mf",
         "inside": "sentinel, detection in the cycle", "inside rr": "the same without the rules (rr)"}


def cycle():
    """Figure 9: what choosing takes a cycle, by declared work and by the clock, and times as long as sentinel's."""
    def each(kind, name):  # seconds a cycle
        runs = [of(f"{kind} {name}", metric) for metric in ("choosing", "cycles")]
        return {seed: runs[0][seed] / runs[1][seed] for seed in runs[0]}
    rows = []
    for name, label in CYCLE.items():
        row = [label, plain([c / n for c, n in zip(of(f"cycle {name}", "choices").values(), of(f"cycle {name}", "cycles").values())], 0)]
        for kind in ("cycle", "clock"):
            if kind == "clock" and "inside" in name:  # the hook of requests does not judge servers: only declared work shows it
                row += ["-", "-", "-"]
                continue
            row += [plain(each(kind, name).values(), 1, 1e6),
                    text(paired(each(kind, name), each(kind, "sentinel"), lambda one, base: one / base), 2),
                    plain(of(f"{kind} {name}", "choice").values(), 2, 1e6)]
        rows.append(row)
    table("Figure 9: the time of a cycle, by declared work and by the clock", ["policy", "choices a cycle"] + [
        f"{kind}: {what}" for kind in ("declared", "clock") for what in ("us a cycle", "times as long", "us until one is chosen")], rows)


SUMMARY = (("anomaly frequency, %", "anomaly_frequency", 2, 100), ("of devices, %", "device_anomalies", 2, 100),
           ("of service, %", "service_anomalies", 2, 100), ("utilisation, %", "utilisation", 2, 100), ("revenue", "revenue", 2, 1),
           ("income", "income", 1, 1), ("fines", "fines", 1, 1), ("latency, p50, s", "latency_p50", 2, 1))


def summary(title, policies):
    table(title, ["policy", "seeds"] + [column[0] for column in SUMMARY],
          [[label, str(len(of(policy, "revenue")))] + [text(of(policy, metric).values(), digits, factor)
                                                       for _, metric, digits, factor in SUMMARY]
           for policy, label in policies.items() if of(policy, "revenue")])


def against(title, policies, base):
    def relative(policy, metric, factor):
        return text(paired(of(base, metric), of(policy, metric), lambda one, other: factor * (one / other - 1)), 0)
    def less(policy, metric, factor, digits):
        return text(paired(of(base, metric), of(policy, metric), lambda one, other: factor * (one - other)), digits)
    table(title, ["against", "anomaly frequency, points", "lower by, %", "revenue", "higher by, %", "utilisation, points",
                  "income less fines"],
          [[label, less(policy, "anomaly_frequency", 100, 2), relative(policy, "anomaly_frequency", -100),
            less(policy, "revenue", 1, 2), relative(policy, "revenue", 100), less(policy, "utilisation", 100, 2),
            text([i - f for i, f in zip(paired(of(base, "income"), of(policy, "income"), float.__sub__),
                                        paired(of(base, "fines"), of(policy, "fines"), float.__sub__))], 1)]
           for policy, label in policies.items() if policy != base and of(policy, "revenue")])


def main(path):
    with open(path, encoding="utf-8") as file:
        for row in csv.DictReader(file):
            figures[row["policy"], row["of"], row["key"], row["metric"]][int(row["seed"])] = float(row["value"])
    there = [policy for policy in MAIN if of(policy, "revenue")]
    if of("cycle sentinel", "cycles"):
        cycle()
    if not there:
        return
    seeds = set.intersection(*[set(of(policy, "revenue")) for policy in there if policy != "oracle"])
    for (policy, *_), values in figures.items():
        for seed in values.keys() - seeds if policy in there else ():
            del values[seed]  # not to be compared: the others have not seen it
    summary("Figure 8: all days after the first", dict(zip(there, there)))
    against("Figure 8: sentinel against each, seed by seed", dict(zip(there, there)), "sentinel")
    days = sorted({key for _, group, key, _ in figures if group == "day"}, key=int)
    for name, rule in (("anomaly frequency, %", lambda policy, day: plain(frequency(policy, "day", day).values(), 2, 100)),
                       ("revenue", lambda policy, day: plain(of(policy, "revenue", day, "day").values(), 2)),
                       ("utilisation, %", lambda policy, day: plain(of(policy, "utilisation", day, "day").values(), 2, 100))):
        table(f"Figure 8 by day: {name}", ["policy"] + [f"day {day}" for day in days],
              [[policy] + [rule(policy, day) for day in days] for policy in there])

    table("Figure 10: anomaly frequency by class of the server, % of what it served, and share of requests served by it, %",
          ["policy"] + [f"{kind}{what}" for kind in "abc" for what in ("", ", share")],
          [[policy] + [cell for kind in "abc" for cell in (
              plain(frequency(policy, "class", kind, "served").values(), 2, 100),
              plain(paired(of(policy, "served", kind, "class"),
                          {seed: sum(of(policy, "served", k, "class").get(seed, 0) for k in "abc")
                           for seed in of(policy, "served", kind, "class")}, lambda one, every: 100 * one / every), 1))]
           for policy in there])
    table("Figure 10: anomaly frequency by hour of the day, %", ["hours"] + there,
          [[f"{hour}, {hour + 1}"] + [plain(paired_hours(policy, hour), 2, 100) for policy in there] for hour in range(0, 24, 2)])

    varied = sorted({policy for policy, *_ in figures if policy.startswith("u_opt")})
    frontier("Revenue at what equation 12 gives, and the frontier over u_opt", {policy: policy for policy in there + varied})
    noises = sorted({policy for policy, *_ in figures if policy.startswith("noise")})
    variants("Monitors that err", {"sentinel": "no noise", **{policy: policy for policy in noises}} if noises else {})
    variants("Figure 11: sentinel", {"sentinel": "sentinel"})
    variants("Figure 11: ablations", ABLATIONS)
    thresholds = {policy: policy.replace("=", " ") for policy in sorted({p for p, *_ in figures if "=" in p})}
    if thresholds:
        variants("Figure 11: thresholds of device detection", {"sentinel": "theta 0.4, eta 0.3", **thresholds})


def paired_hours(policy, hour):
    """By seed: anomalies over requests of two hours."""
    parts = [[of(policy, metric, f"{h:02d}", "hour") for h in (hour, hour + 1)]
             for metric in ("device_anomalies", "service_anomalies", "requests")]
    seeds = sorted(set(parts[2][0]) | set(parts[2][1]))
    device, service, requests = ([sum(part.get(seed, 0) for part in pair) for seed in seeds] for pair in parts)
    return [(d + s) / r for d, s, r in zip(device, service, requests) if r > 0]


main(*sys.argv[1:])
