#!/usr/bin/env python3
"""Writes the platform, the load and the scenario of a measured run.

    scenario.py FOLDER RUN OUTPUT [--model tiring|constant|own] [--records N]

Work is counted in records: a record is 1 Mf, and a worker of 16 Gf/s takes 16 000 records/s. One item stands for N records; with 20, 100 or 1000 the figures are the same.
"""
import argparse
import json
import os
import shlex
import sys

import calibrate
import measured

HERE = os.path.dirname(os.path.abspath(__file__))
MODELS = ["tiring", "constant", "own"]
RECORDS = 1000        # that an item stands for
BATCH_S = 0.1         # that a batch gathers
RECORD_BYTES = 100    # a record of either job, about
BUFFER_RECORDS = 20000  # that wait in a worker at most
CHECKPOINT_S = 10     # of the experiment's settings, phoebe-2022


def worker_rates(calibration, job, workers, model):
    """What one worker takes, records/s: fresh, and for each [time in overload, share of the fresh rate]."""
    found = calibration["jobs"][job]
    scale = (workers / calibration["workers"]) ** calibration["capacity_exponent"] / workers
    if model == "constant":
        return found["constant_rec_s"] * scale, []
    table = found["capacity_rec_s"]
    best = max(rate for _, rate in table)
    return best * scale, [[age, round(rate / best, 4)] for age, rate in table]


def own(calibration, name, samples, restarts):
    """The calibration with the capacity and floor of the run itself: no prediction, but a check of what went wrong."""
    job, workers = name.split("_")[0], measured.RUNS[name][0]
    table, _ = calibrate.capacity(samples, restarts)
    if not table:  # never in overload for long enough: nothing to learn
        scale = (workers / calibration["workers"]) ** calibration["capacity_exponent"]
        table = [[age, rate * scale] for age, rate in calibration["jobs"][job]["capacity_rec_s"]]
    return {"workers": workers, "capacity_exponent": 1, "floor_s": calibrate.floor(samples, restarts, float("inf")),
            "jobs": {job: {"capacity_rec_s": table, "restart_s": calibration["jobs"][job]["restart_s"]}}}


def platform(workers, rate, floor_s):
    """A broker, workers of one core, and where results are met, behind a link that is as long as the floor of the latency."""
    lines = ["<?xml version='1.0'?>", '<!DOCTYPE platform SYSTEM "https://simgrid.org/simgrid.dtd">',
             '<platform version="4.1">', '  <zone id="cluster" routing="Full">',
             '    <host id="broker" speed="1Gf"><prop id="tier" value="edge"/></host>',
             '    <host id="output" speed="1Gf"><prop id="tier" value="edge"/></host>']
    for i in range(workers):
        lines.append(f'    <host id="worker-{i}" speed="{rate / 1000:.4f}Gf"><prop id="tier" value="cloud"/>'
                     '<prop id="slots" value="1"/></host>')
    lines += ['    <link id="inside" bandwidth="10Gbps" latency="100us" sharing_policy="FATPIPE"/>',
              f'    <link id="floor" bandwidth="10Gbps" latency="{floor_s:.4f}s" sharing_policy="FATPIPE"/>',
              '    <route src="broker" dst="output"><link_ctn id="floor"/></route>']
    for i in range(workers):
        lines.append(f'    <route src="broker" dst="worker-{i}"><link_ctn id="inside"/></route>')
        lines.append(f'    <route src="worker-{i}" dst="output"><link_ctn id="floor"/></route>')
        lines += [f'    <route src="worker-{i}" dst="worker-{j}"><link_ctn id="inside"/></route>'
                  for j in range(i + 1, workers)]
    return "\n".join(lines + ["  </zone>", "</platform>", ""])


def scenario(name, calibration, restarts, duration_s, model, records):
    """The scenario and the text of the platform."""
    job, workers = name.split("_")[0], measured.RUNS[name][0]
    rate, wear = worker_rates(calibration, job, workers, model)
    policy = {"label": "overload", "timeout": "1min", "params": {"wear": wear, "limit_s": measured.OVERLOAD_S},
              "exec": f"{shlex.quote(sys.executable)} {shlex.quote(os.path.join(HERE, 'overload.py'))}"}
    return {
        "name": name, "platform": "platform.xml", "duration": f"{duration_s:g}s", "window": f"{measured.STEP_S:g}s",
        "seeds": [1], "batch_span": f"{BATCH_S:g}s",
        "record": {"operators": False, "hosts": False, "links": False},
        "policies": [policy] if wear else ["static"],
        "faults": [{"host": f"worker-{i % workers}", "at": f"{t:g}s", "for": "1s"} for i, t in enumerate(restarts)],
        "recovery": {"place": "wait", "delivery": "at-least-once", "detect": "1s", "checkpoint_interval": f"{CHECKPOINT_S}s",
                     "restart": f"{calibration['jobs'][job]['restart_s'] - 1:g}s"},
        "workload": {"jobs": [{
            "name": job, "source": "broker", "source_bytes": f"{records * RECORD_BYTES}B", "sink": "output",
            "load": {"kind": "csv", "file": "load.csv", "arrivals": "even"},
            "operators": [{"name": "worker", "flops": f"{records}Mf", "bytes": f"{records * RECORD_BYTES}B",
                           "parallelism": workers, "max_parallelism": workers, "placement": {"tier": "cloud"},
                           "capacity": max(8, BUFFER_RECORDS // records)}]}]},
    }, platform(workers, rate, calibration["floor_s"] - records / rate)  # the floor holds the work on one item


def write(folder, name, output, model="tiring", records=RECORDS):
    """Writes the inputs of a run to the folder `output`; returns the measured samples and the restarts."""
    with open(os.path.join(HERE, "calibration.json"), encoding="utf-8") as file:
        calibration = json.load(file)
    samples = measured.read_run(folder, name)
    restarts = measured.restarts(samples)
    if model == "own":
        calibration = own(calibration, name, samples, restarts)
    os.makedirs(output, exist_ok=True)
    duration_s = samples[-1]["time"] + measured.STEP_S
    tree, xml = scenario(name, calibration, restarts, duration_s, model, records)
    with open(os.path.join(output, "load.csv"), "w", encoding="utf-8") as file:
        file.write("time_s,items_per_s\n")
        file.writelines(f"{s['time']:g},{(s['load'] or 0) / records:.6g}\n" for s in samples)
    with open(os.path.join(output, "platform.xml"), "w", encoding="utf-8") as file:
        file.write(xml)
    with open(os.path.join(output, "scenario.json"), "w", encoding="utf-8") as file:
        json.dump(tree, file, indent=1)
        file.write("\n")
    return samples, restarts


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder")
    parser.add_argument("run", choices=measured.RUNS)
    parser.add_argument("output")
    parser.add_argument("--model", choices=MODELS, default="tiring")
    parser.add_argument("--records", type=int, default=RECORDS)
    given = parser.parse_args()
    write(given.folder, given.run, given.output, given.model, given.records)


if __name__ == "__main__":
    main()
