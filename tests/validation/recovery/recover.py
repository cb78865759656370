#!/usr/bin/env python3
"""Does `weir calibrate` find what is known? Twenty scenarios are drawn, run by weir itself with a seed of their own, and
what windows.csv says gets noise. Fifteen are identifiable by construction: every key must come out within 2 %, and
nothing may be named as not told apart. Of five, a pair cannot be told apart: it must be named, and nothing else.

  recover.py WEIR [NUMBER...]      numbers from 1 to 20; none: all
  --draw N                         other scenarios: the N-th twenty; else the first
  --runs                           fail also if a calibration takes more than 150 times one run of its scenario on two cores
  --coverage N                     instead: how often what is said of the errors holds, over N measured runs of each scenario
  --budget RUNS, --keep FOLDER     of the calibrations; where files are left

Identifiable by construction: noise and the chance of the measured run alone, to an estimator that knows where the truth
is, must leave a standard error of a third of 2 % at most. The run is made as much longer as that takes, its load and
faults again and again. That is reckoned from runs at the true values; no calibration has a say in it.
"""
import argparse
import csv
import json
import math
import os
import random
import subprocess
import sys
import tempfile
import time

import possible

NOISE = 0.03  # of each value, lognormal
WITHIN = 0.02
TIMES = 150       # runs of a scenario that its calibration may take, on two cores
PERIOD_S = 1200   # of loads and faults
LONGEST = 12      # periods


def platform(speed):
    """A source, a worker and a sink; two links between them."""
    return f"""<?xml version='1.0'?>
<!DOCTYPE platform SYSTEM "https://simgrid.org/simgrid.dtd">
<platform version="4.1">
  <zone id="all" routing="Full">
    <host id="source" speed="1Gf"><prop id="tier" value="edge"/></host>
    <host id="work" speed="{speed}Gf" core="4"><prop id="tier" value="cloud"/></host>
    <host id="more" speed="1Gf" core="4"><prop id="tier" value="cloud"/></host>
    <host id="store" speed="1Gf"><prop id="tier" value="cloud"/></host>
    <link id="up" bandwidth="10MBps" latency="10ms"/>
    <link id="down" bandwidth="10MBps" latency="10ms"/>
    <link id="across" bandwidth="10MBps" latency="1ms"/>
    <route src="source" dst="work"><link_ctn id="up"/></route>
    <route src="source" dst="more"><link_ctn id="up"/></route>
    <route src="work" dst="more"><link_ctn id="across"/></route>
    <route src="work" dst="store"><link_ctn id="down"/></route>
    <route src="more" dst="store"><link_ctn id="down"/></route>
    <route src="source" dst="store"><link_ctn id="up"/><link_ctn id="down"/></route>
  </zone>
</platform>
"""


def scenario(operators, load, duration="20min", **more):
    job = {"name": "job", "source": "source", "source_bytes": "1kB", "sink": "store", "load": load,
           "operators": operators}
    job.update(more.pop("job", {}))
    return {"platform": "platform.xml", "duration": duration, "window": "10s", "seeds": [1], "policies": ["static"],
            "workload": {"jobs": [job]}, **more}


def steps(r, base, high):
    """Load that stays below `high` but for two times."""
    return {"kind": "steps", "steps": [
        {"at": "0s", "rate": f"{base:.0f}/s"}, {"at": f"{r.randint(200, 300)}s", "rate": f"{high:.0f}/s"},
        {"at": f"{r.randint(400, 500)}s", "rate": f"{base * 1.3:.0f}/s"},
        {"at": f"{r.randint(700, 750)}s", "rate": f"{high * 0.9:.0f}/s"},
        {"at": f"{r.randint(850, 950)}s", "rate": f"{base * 0.7:.0f}/s"}]}


def lengthen(case, periods):
    """The same scenario over so many periods."""
    made, again = case.scenario, range(periods)
    made["duration"] = f"{periods * PERIOD_S}s"
    load = made["workload"]["jobs"][0]["load"]
    if "steps" in load:
        load["steps"] = [{"at": f"{int(one['at'][:-1]) + j * PERIOD_S}s", "rate": one["rate"]}
                         for j in again for one in load["steps"]]
    if "faults" in made:
        made["faults"] = [{**one, "at": f"{int(one['at'][:-1]) + j * PERIOD_S}s"} for j in again for one in made["faults"]]


OP = "workload.jobs[0].operators[{}]."


class Case:
    """What is run, what is free with its true value and unit, what is matched, and what cannot be told apart."""

    def __init__(self, r, kind):
        self.kind, self.apart, self.noise = kind, [], NOISE
        getattr(self, kind)(r)

    def overload(self, r):
        """Work decides when a queue grows, its bound what is dropped, the way what is left of the latency."""
        work, wide = r.uniform(2, 5), r.uniform(20, 80)
        per_s = 1000 / work
        self.keys = {OP.format(0) + "flops.mean": (work, "Mf"), "//link[@id='up']/@latency": (wide, "ms"),
                     "workload.jobs[0].backlog.capacity": (r.randint(1500, 4000), "")}
        self.scenario = scenario([{"name": "serve", "flops": {"mean": "1Mf", "distribution": "exponential"},
                                   "bytes": "100B", "placement": "work", "capacity": 50}],
                                 steps(r, 0.3 * per_s, 1.5 * per_s),
                                 job={"backlog": {"capacity": 1000, "full": "drop-new"}})
        self.match = ["delivered_rate", "backlog", "latency_p50", "job/serve/busy"]

    def chain(self, r):
        """Two stations, each seen in its own use."""
        a, b, wide = r.uniform(1, 3), r.uniform(3, 9), r.uniform(10, 60)
        per_s = 0.85 * min(1000 / a, 2000 / b)
        self.keys = {OP.format(0) + "flops.mean": (a, "Mf"), OP.format(1) + "flops.mean": (b, "Mf"),
                     "//link[@id='down']/@latency": (wide, "ms")}
        exponential = {"mean": "1Mf", "distribution": "exponential"}
        self.scenario = scenario([{"name": "first", "flops": exponential, "bytes": "100B", "placement": "work"},
                                  {"name": "second", "flops": exponential, "bytes": "100B", "placement": "more",
                                   "parallelism": 2}], steps(r, 0.4 * per_s, per_s))
        self.match = ["job/first/busy", "job/second/busy", "latency_p50"]

    def restart(self, r):
        """A host fails now and then: how long until the job works again, and how quickly it catches up."""
        work, wide, restart = r.uniform(2, 5), r.uniform(20, 80), r.uniform(10, 40)
        per_s = 1000 / work
        self.keys = {OP.format(0) + "flops": (work, "Mf"), "//link[@id='up']/@latency": (wide, "ms"),
                     "recovery.restart": (restart, "s")}
        self.scenario = scenario([{"name": "serve", "flops": "1Mf", "bytes": "100B", "placement": "work"}],
                                 {"kind": "poisson", "rate": f"{0.6 * per_s:.0f}/s"},
                                 faults=[{"host": "work", "at": f"{at}s", "for": "2s"} for at in (205, 611, 1013)],
                                 recovery={"restart": "5s", "place": "wait", "checkpoint_interval": "5s"})
        self.match = ["delivered_rate", "backlog", "latency_p50", "job/serve/busy"]

    def batch(self, r):
        """What a batch costs, what an item of it costs, and how long it is waited for."""
        item, whole, wait = r.uniform(0.5, 1.5), r.uniform(20, 50), r.uniform(50, 120)
        per_s = 0.8 * 32 / ((32 * item + whole) / 1000)
        self.keys = {OP.format(0) + "flops": (item, "Mf"), OP.format(0) + "batch.flops": (whole, "Mf"),
                     OP.format(0) + "batch.wait": (wait, "ms")}
        self.scenario = scenario([{"name": "serve", "flops": "1Mf", "bytes": "100B", "placement": "work",
                                   "batch": {"items": 32, "wait": "10ms", "flops": "10Mf"}}],
                                 steps(r, 0.15 * per_s, per_s))
        self.match = ["delivered_rate", "job/serve/busy", "latency_p50", "latency_mean"]

    def filter(self, r):
        """What comes through, and what either side of the filter costs."""
        a, b, share = r.uniform(0.5, 1.5), r.uniform(1, 3), r.uniform(0.2, 0.6)
        per_s = 0.8 * min(1000 / a, 1000 / (b * share))
        self.keys = {OP.format(0) + "flops": (a, "Mf"), OP.format(0) + "selectivity": (share, ""),
                     OP.format(1) + "flops": (b, "Mf"), "//link[@id='down']/@latency": (r.uniform(10, 60), "ms")}
        self.scenario = scenario([{"name": "filter", "flops": "1Mf", "bytes": "100B", "placement": "work"},
                                  {"name": "join", "flops": "1Mf", "bytes": "100B", "placement": "more"}],
                                 steps(r, 0.4 * per_s, per_s))
        self.match = ["delivered_rate", "job/filter/busy", "job/join/busy", "latency_p50"]

    def product(self, r):
        """Work and speed: only their ratio takes time."""
        work, speed = r.uniform(4, 10), r.uniform(1, 3)
        per_s = 1000 * speed / work
        self.keys = {OP.format(0) + "flops.mean": (work, "Mf"), "//host[@id='work']/@speed": (speed, "Gf"),
                     "//link[@id='up']/@latency": (r.uniform(20, 80), "ms")}
        self.apart = [list(self.keys)[:2]]
        self.scenario = scenario([{"name": "serve", "flops": {"mean": "1Mf", "distribution": "exponential"},
                                   "bytes": "100B", "placement": "work"}], steps(r, 0.5 * per_s, 0.95 * per_s))
        self.match = ["delivered_rate", "job/serve/busy", "latency_p50"]

    def waits(self, r):
        """Items so far apart that each waits the whole time that a batch is waited for: it adds to the way's latency."""
        work = r.uniform(10, 30)
        self.keys = {OP.format(0) + "batch.wait": (r.uniform(40, 80), "ms"),
                     "//link[@id='up']/@latency": (r.uniform(40, 80), "ms"),
                     OP.format(0) + "flops": (work, "Mf")}
        self.apart = [list(self.keys)[:2]]
        self.scenario = scenario([{"name": "serve", "flops": "1Mf", "bytes": "100B", "placement": "work",
                                   "batch": {"items": 64, "wait": "10ms", "flops": "1Mf"}}],
                                 {"kind": "constant", "rate": "4/s"})
        self.match = ["latency_p50", "job/serve/busy"]

    def ways(self, r):
        """Two links of one way."""
        work = r.uniform(3, 9)
        per_s = 1000 / work
        self.keys = {"//link[@id='up']/@latency": (r.uniform(20, 80), "ms"),
                     "//link[@id='down']/@latency": (r.uniform(20, 80), "ms"),
                     OP.format(0) + "flops.mean": (work, "Mf")}
        self.apart = [list(self.keys)[:2]]
        self.scenario = scenario([{"name": "serve", "flops": {"mean": "1Mf", "distribution": "exponential"},
                                   "bytes": "100B", "placement": "work"}], steps(r, 0.4 * per_s, 0.9 * per_s))
        self.match = ["delivered_rate", "job/serve/busy", "latency_p50"]

    def share(self, r):
        """Rate and selectivity, seen behind the filter only."""
        b, share, rate = r.uniform(5, 15), r.uniform(0.2, 0.6), 0.0
        rate = 0.6 * 1000 / b / share
        self.keys = {"workload.jobs[0].load.rate": (rate, "/s"), OP.format(0) + "selectivity": (share, ""),
                     OP.format(1) + "flops": (b, "Mf")}
        self.apart = [list(self.keys)[:2]]
        self.scenario = scenario([{"name": "filter", "flops": "0f", "bytes": "100B", "placement": "work"},
                                  {"name": "join", "flops": "1Mf", "bytes": "100B", "placement": "more"}],
                                 {"kind": "poisson", "rate": "100/s"})
        self.match = ["delivered_rate", "job/join/busy"]

    def sum(self, r):
        """Two operators that are seen only in the time that both take."""
        self.keys = {OP.format(0) + "flops": (r.uniform(30, 60), "Mf"), OP.format(1) + "flops": (r.uniform(30, 60), "Mf"),
                     "workload.jobs[0].load.rate": (r.uniform(4, 6), "/s")}
        self.apart = [list(self.keys)[:2]]
        self.scenario = scenario([{"name": "first", "flops": "1Mf", "bytes": "100B", "placement": "work"},
                                  {"name": "second", "flops": "1Mf", "bytes": "100B", "placement": "work"}],
                                 {"kind": "constant", "rate": "5/s"})
        self.match = ["latency_p50", "delivered_rate"]


KINDS = ["overload", "chain", "restart", "batch", "filter"]
APART = ["product", "waits", "ways", "share", "sum"]


def make(number, draw=1):
    r = random.Random(1000 * draw + number)
    return Case(r, KINDS[(number - 1) % 5] if number <= 15 else APART[number - 16])


def text_of(value, unit):
    return f"{value:.9g}{unit}"


def apply(case, folder):
    """Files of the world as it stands in the scenario, and of the one with the true values, which is measured."""
    sets, true_platform = [], platform(1)
    with open(f"{folder}/platform.xml", "w") as file:
        file.write(platform(1))
    for path, (value, unit) in case.keys.items():
        if path.startswith("/"):
            name = path.split("'")[1]
            attribute = path.split("@")[-1]
            lines = true_platform.split("\n")
            for i, line in enumerate(lines):
                if f'<link id="{name}"' in line or f'<host id="{name}"' in line:
                    before, rest = line.split(f'{attribute}="', 1)
                    lines[i] = f'{before}{attribute}="{text_of(value, unit)}"' + rest.split('"', 1)[1]
            true_platform = "\n".join(lines)
        else:
            sets.append(f'{path}="{text_of(value, unit)}"' if unit else f"{path}={text_of(value, unit)}")
    with open(f"{folder}/true.xml", "w") as file:
        file.write(true_platform)
    with open(f"{folder}/scenario.json", "w") as file:
        json.dump(case.scenario, file, indent=1)
    return sets


def simulate(weir, case, folder, seed, values=None):
    """The rows {match: [value or None]} of a run with these values, else the true ones."""
    keys = case.keys
    case.keys = {path: ((values or {}).get(path, value), unit) for path, (value, unit) in keys.items()}
    command = [weir, "run", f"{folder}/scenario.json", "-q", "-f", "--seed", str(seed), "-o", f"{folder}/true", "--set",
               f"platform={folder}/true.xml"]
    for one in apply(case, folder):
        command += ["--set", one]
    case.keys = keys
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    rows = {}
    with open(f"{folder}/true/windows.csv") as file:
        for row in csv.DictReader(file):
            name = "/".join([row["job"], row["operator"], row["metric"]]) if row["operator"] else row["metric"]
            if not row["host"] and name in case.match:
                rows.setdefault(name, {})[float(row["time"])] = float(row["value"]) if row["value"] else None
    times = sorted({at for of in rows.values() for at in of})
    return {name: [rows[name].get(at) for at in times] for name in case.match}, times


def prepare(weir, case, folder):
    """Makes the run long enough; the largest of the errors that remain, None where a pair is not told apart."""
    if case.apart:
        return None
    worst = max(possible.best_errors(case, lambda seed, values: simulate(weir, case, folder, seed, values)))
    periods = math.ceil((worst / (WITHIN / 3)) ** 2)
    if periods > LONGEST:
        sys.exit(f"{case.kind}: would take {periods} periods")
    lengthen(case, periods)
    return worst / math.sqrt(periods)


def measure(weir, case, folder, noise_seed, seed):
    """Writes measured.csv; the seconds of a processor that the run took."""
    begun = os.times()
    rows, times = simulate(weir, case, folder, seed)
    ended = os.times()
    noise = random.Random(noise_seed)
    with open(f"{folder}/measured.csv", "w") as file:
        file.write("time," + ",".join(name.replace("/", "_") for name in case.match) + "\n")
        for i, at in enumerate(times):
            cells = []
            for name in case.match:
                value = rows[name][i]
                cells.append("" if value is None else f"{value * math.exp(noise.gauss(0, case.noise)):.6g}")
            file.write(f"{at:g}," + ",".join(cells) + "\n")
    return spent_s(begun, ended)


def spent_s(begun, ended):
    return ended.children_user - begun.children_user + ended.children_system - begun.children_system


def calibrate(weir, case, folder, budget):
    command = [weir, "calibrate", f"{folder}/scenario.json", f"{folder}/measured.csv", "-q", "-o", f"{folder}/fit",
               "--json", "--no-report"]
    r = random.Random(str(case.keys))
    for path, (value, unit) in case.keys.items():
        low, high = value / math.exp(r.uniform(0.7, 1.6)), value * math.exp(r.uniform(0.7, 1.6))
        if path.endswith("selectivity"):
            high = min(high, 1)
        if isinstance(value, int):
            command += ["--free", f"{path}={low:.0f}..{high:.0f},integer"]
        else:
            command += ["--free", f"{path}={low:.4g}{unit}..{high:.4g}{unit},log"]
    for name in case.match:
        command += ["--match", f"{name}={name.replace('/', '_')}"]
    if budget:
        command += ["--budget", str(budget)]
    begun, clock = os.times(), time.time()
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{done.stderr}{command}")
    return json.loads(done.stdout), time.time() - clock, spent_s(begun, os.times())


def judge(case, found):
    """What is wrong, as sentences, and the largest error of a key that can be told."""
    wrong, worst = [], 0.0
    groups = sorted(sorted(group["keys"]) for group in found["not_told_apart"])
    if groups != sorted(sorted(group) for group in case.apart):
        wrong.append(f"named as not told apart: {groups}")
    together = {key for group in case.apart for key in group}
    for key in found["keys"]:
        true = case.keys[key["path"]][0]
        error = key["value"] / true - 1
        if key["path"] in together:
            continue
        worst = max(worst, abs(error))
        if abs(error) > WITHIN:
            wrong.append(f"{key['path']}: {key['fitted']} for {true:.5g} ({100 * error:+.2f} %, said {100 * (key['error'] or 0):.2f} %)")
    return wrong, worst


def recover(weir, arguments, number, folder):
    """What is wrong with one of the scenarios, as sentences."""
    case, draw = make(number, arguments.draw), arguments.draw
    least = prepare(weir, case, folder)
    seed = 1000 * (draw - 1) + 100 + number
    run_s = measure(weir, case, folder, 2000 * draw + number, seed)
    found, took_s, cpu_s = calibrate(weir, case, folder, arguments.budget)
    wrong, worst = judge(case, found)
    times = cpu_s / 2 / run_s
    if arguments.runs and times > TIMES:
        wrong.append(f"took {times:.0f} times a run, on two cores")
    print(f"{number:2} {case.kind:9} {len(case.keys)} keys, {case.scenario['duration']}"
          + (f", possible {100 * least:.2f} %" if least else "")
          + f", worst {100 * worst:.2f} %, misfit {100 * found['misfit']:.2f} %, {found['points']} points, "
          f"{times:.0f} times a run of {run_s:.2f} s on two cores by their work, {took_s / run_s:.0f} by the clock", flush=True)
    return wrong


def coverage(weir, arguments, number, folder):
    """Many measured runs of one scenario, with seeds and noise of their own: how far off, what was said, how often it held."""
    case = make(number, arguments.draw)
    prepare(weir, case, folder)
    off, said = {}, {}
    for n in range(arguments.coverage):
        measure(weir, case, folder, 10 ** 6 * number + n, 10000 + n)
        found, _, _ = calibrate(weir, case, folder, arguments.budget)
        for key in found["keys"]:
            off.setdefault(key["path"], []).append(key["value"] / case.keys[key["path"]][0] - 1)
            said.setdefault(key["path"], []).append(key["error"])
    for path, errors in off.items():
        pairs = list(zip(errors, said[path]))
        print(f"{number:2} {case.kind:9} {path}: off by {100 * math.sqrt(sum(e * e for e in errors) / len(errors)):.2f} % (root of the "
              f"mean square), said {100 * sum(said[path]) / len(errors):.2f} %; within one error {sum(abs(e) <= s for e, s in pairs)}, "
              f"within two {sum(abs(e) <= 2 * s for e, s in pairs)} of {len(errors)}", flush=True)
    return []


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("weir")
    parser.add_argument("numbers", nargs="*", type=int)
    parser.add_argument("--draw", type=int, default=1)
    parser.add_argument("--runs", action="store_true")
    parser.add_argument("--coverage", type=int)
    parser.add_argument("--budget", type=int)
    parser.add_argument("--keep")
    arguments = parser.parse_args()
    weir, failed = os.path.abspath(arguments.weir), 0
    for number in arguments.numbers or range(1, 21):
        with tempfile.TemporaryDirectory() as folder:
            if arguments.keep:
                folder = f"{arguments.keep}/{number}"
                os.makedirs(folder, exist_ok=True)
            wrong = (coverage if arguments.coverage else recover)(weir, arguments, number, folder)
        failed += bool(wrong)
        for sentence in wrong:
            print(f"   WRONG: {sentence}", flush=True)
    print(f"{failed} wrong")
    sys.exit(failed > 0)


if __name__ == "__main__":
    main()
