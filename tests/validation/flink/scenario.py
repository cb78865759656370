#!/usr/bin/env python3
"""The platform, the load and the scenario of a measured run, from what calibration.json says of its job.

    scenario.py FOLDER RUN OUTPUT [--records N]

Work is counted in time of a worker: every host does 1 Gf/s, and a record takes as many nanoseconds as it has flops. One item stands for N records.
"""
import argparse
import json
import os

import measured

HERE = os.path.dirname(os.path.abspath(__file__))
WORKERS = 24            # at most
RECORDS = 1000          # that an item stands for
BATCH_S = 0.1           # that a batch gathers
RECORD_BYTES = 100      # a record of either job, about
BUFFER_RECORDS = 20000  # that wait in a worker at most
CHECKPOINT_S = 10       # of the experiment's settings, phoebe-2022


def known(job):
    """What is known of a job: calibration.json."""
    with open(os.path.join(HERE, "calibration.json"), encoding="utf-8") as file:
        return json.load(file)[job]["model"]


def platform(workers):
    """A broker, workers of one core and one slot, and where results are met."""
    lines = ["<?xml version='1.0'?>", '<!DOCTYPE platform SYSTEM "https://simgrid.org/simgrid.dtd">',
             '<platform version="4.1">', '  <zone id="cluster" routing="Full">',
             '    <host id="broker" speed="1Gf"><prop id="tier" value="edge"/></host>',
             '    <host id="output" speed="1Gf"><prop id="tier" value="edge"/></host>']
    lines += [f'    <host id="worker-{i}" speed="1Gf"><prop id="tier" value="cloud"/><prop id="slots" value="1"/></host>'
              for i in range(workers)]
    lines += ['    <link id="inside" bandwidth="10Gbps" latency="100us" sharing_policy="FATPIPE"/>',
              '    <route src="broker" dst="output"><link_ctn id="inside"/></route>']
    for i in range(workers):
        ends = [("broker", f"worker-{i}"), (f"worker-{i}", "output")]
        ends += [(f"worker-{i}", f"worker-{j}") for j in range(i + 1, workers)]
        lines += [f'    <route src="{a}" dst="{b}"><link_ctn id="inside"/></route>' for a, b in ends]
    return "\n".join(lines + ["  </zone>", "</platform>", ""])


def operator(model, workers, records):
    """The one operator of a job: a worker has a slot with all that the job does."""
    made = {"name": "worker", "flops": f"{records * model['record_ns']:.7g}f", "bytes": f"{records * RECORD_BYTES}B",
            "parallelism": workers, "max_parallelism": max(workers, WORKERS), "placement": {"tier": "cloud"},
            "capacity": max(8, BUFFER_RECORDS // records),
            # A byte of state stands for a record that has been worked on.
            "state": {"size": "1MB", "per_item": f"{records}B", "flops": f"{records * model['state_ns']:.7g}f"},
            "scaling": {"contention": model["contention"]}}
    if model["tires_least"] < 1:
        made["tires"] = {"least": model["tires_least"], "time": f"{model['tires_s']:.7g}s"}
    return made


def scenario(name, job, workers, model, failures, duration_s, records=RECORDS):
    """The scenario; its load is load.csv, in items/s, and its window and policy are to be set."""
    delay = {"time": f"{model['floor_s'] - records * model['record_ns'] * 1e-9:.7g}s", "rate": f"{model['floor_rate'] / records:.7g}/s"}
    made = {
        "name": name, "platform": "platform.xml", "duration": f"{duration_s:g}s", "window": f"{measured.STEP_S:g}s", "seeds": [1],
        "batch_span": f"{BATCH_S:g}s", "record": {"operators": False, "hosts": False, "links": False}, "policies": ["static"],
        "costs": {"start": "0s", "stop": "0s", "checkpoint": "0s", "restore": f"{model['change_s']:.7g}s"},
        "faults": [{"host": "worker-0", "at": f"{t:g}s", "for": "1s"} for t in failures],
        "recovery": {"place": "wait", "delivery": "at-least-once", "detect": "1s", "checkpoint_interval": f"{CHECKPOINT_S}s",
                     "restart": f"{model['restart_s']:.7g}s", "restart_shared": f"{model['restart_shared_s']:.7g}s"},
        "workload": {"jobs": [{
            "name": job, "source": "broker", "source_bytes": f"{records * RECORD_BYTES}B", "sink": "output",
            "load": {"kind": "csv", "file": "load.csv", "arrivals": "even"}, "operators": [operator(model, workers, records)],
            "edges": [["source", "worker"], {"from": "worker", "to": "sink", "delay": delay}]}]}}
    if model["broker_records"]:
        made["workload"]["jobs"][0]["backlog"] = {"capacity": int(model["broker_records"] / records), "full": "latest"}
    return made


def save(output, tree, workers, samples, records=RECORDS):
    """Writes load.csv, platform.xml and scenario.json to the folder `output`."""
    os.makedirs(output, exist_ok=True)
    with open(os.path.join(output, "load.csv"), "w", encoding="utf-8") as file:
        file.write("time_s,items_per_s\n")
        file.writelines(f"{s['time']:g},{(s['load'] or 0) / records:.6g}\n" for s in samples)
    with open(os.path.join(output, "platform.xml"), "w", encoding="utf-8") as file:
        file.write(platform(workers))
    with open(os.path.join(output, "scenario.json"), "w", encoding="utf-8") as file:
        json.dump(tree, file, indent=1)
        file.write("\n")


def write(folder, name, output, records=RECORDS):
    """Writes the inputs of a run with a fixed number of workers; returns the measured samples and the restarts."""
    job, workers = name.split("_")[0], measured.RUNS[name][0]
    samples = measured.read_run(folder, name)
    restarts = measured.restarts(samples)
    tree = scenario(name, job, workers, known(job), restarts, samples[-1]["time"] + measured.STEP_S, records)
    save(output, tree, max(workers, WORKERS), samples, records)
    return samples, restarts


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder")
    parser.add_argument("run", choices=measured.RUNS)
    parser.add_argument("output")
    parser.add_argument("--records", type=int, default=RECORDS)
    given = parser.parse_args()
    write(given.folder, given.run, given.output, given.records)


if __name__ == "__main__":
    main()
