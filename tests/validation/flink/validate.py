#!/usr/bin/env python3
"""Holds weir against the measured runs: inputs, runs, table, plots.

    validate.py FOLDER [--weir PROGRAM] [--output FOLDER] [--runs RUN,RUN...] [--figures FOLDER] [--json FILE] [--constant]
"""
import argparse
import json
import os
import subprocess
import sys
import tempfile
import time

import compare
import measured
import plots
import scenario

# While the broker still has all that waits: the calibration run of cars is compared up to here, and as a whole.
BROKER_WHOLE_S = {"cars_1_baseline_4": 11400}


def simulate(weir, folder, name, output, constant):
    """Writes the inputs, runs weir; returns the measured samples, the simulated ones, the restarts."""
    real, restarts = scenario.write(folder, name, output, constant)
    results = os.path.join(output, "results")
    done = subprocess.run([weir, "run", os.path.join(output, "scenario.json"), "-o", results, "--force", "--quiet"],
                          stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{name}: weir ended with code {done.returncode}: {done.stderr.strip()}")
    return real, compare.read_simulated(results, scenario.RECORDS), restarts


def seconds(value):
    return f"{value:.3g}" if value < 1000 else f"{value:.0f}"


def row(title, found, predicted):
    """A line of the table; targets that are missed have a cross."""
    met = {name: ok for name, _, ok in compare.verdicts(found)}

    def mark(name, text):
        return text if not predicted else f"{text} {'✓' if met[name] else '✗'}"

    def pair(key):
        return f"{seconds(found['measured'][key])} / {seconds(found['simulated'][key])}"

    onset = "-" if found["onset"] is None else f"{found['onset']:.0f} s"
    if found["missed"] or found["extra"]:
        onset += f", {found['missed']} missed, {found['extra']} more"
    return " | ".join([
        f"| {title}", mark("p50", f"{pair('p50')} ({found['p50']:+.0%})"), f"{pair('p95')} ({found['p95']:+.0%})",
        mark("peak", f"{pair('peak')} ({found['peak']:+.0%})"), mark("onset", onset),
        mark("throughput", f"{found['throughput']:.1%}"), f"{found['throughput_steady']:.1%}",
        mark("correlation", f"{found['correlation']:.3f}")]) + " |"


HEADER = ("| run | p50, s | p95, s | peak, s | onset of overloads, at most off | throughput | away from restarts | correlation |\n"
          "| --- | --- | --- | --- | --- | --- | --- | --- |")


def episodes(found):
    """The overloads, measured and simulated: beginning and length."""
    def text(one):
        return "-" if one is None else f"{one[0]:.0f} + {one[1]:.0f}"
    return [f"    {text(a):>16}   {text(b):>16}" for a, b in found["pairs"]]


def summary(found):
    """What is worth keeping of the figures, as JSON."""
    keep = {key: round(found[key], 4) for key in ("p50", "p95", "peak", "throughput", "throughput_steady", "correlation")}
    keep.update(onset=found["onset"], missed=found["missed"], extra=found["extra"])
    for side in ("measured", "simulated"):
        keep[side] = {key: round(found[side][key], 3) for key in ("p50", "p95", "peak")}
    return keep


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", help="holds phoebe/*.csv.gz")
    parser.add_argument("--weir", default="build/weir")
    parser.add_argument("--output", help="keeps inputs and results there")
    parser.add_argument("--runs", default=",".join(measured.RUNS))
    parser.add_argument("--figures", help="draws there (needs gnuplot)")
    parser.add_argument("--json", help="writes the figures there")
    parser.add_argument("--constant", action="store_true", help="capacity is constant")
    return parser.parse_args()


def main():
    wanted = arguments()
    unknown = [name for name in wanted.runs.split(",") if name not in measured.RUNS]
    if unknown:
        sys.exit(f"validate.py: no run {unknown[0]}; there are {', '.join(measured.RUNS)}")
    figures = {}
    print(HEADER, flush=True)
    with tempfile.TemporaryDirectory() as temporary:
        for name in wanted.runs.split(","):
            output = os.path.join(wanted.output or temporary, name)
            begin = time.monotonic()
            real, raw, restarts = simulate(wanted.weir, wanted.folder, name, output, wanted.constant)
            shown = measured.metered(raw)
            found = figures[name] = compare.figures(real, shown, restarts)
            predicted = not measured.RUNS[name][1]
            print(row(name if predicted else name + " (calibration)", found, predicted))
            if name in BROKER_WHOLE_S:
                end = BROKER_WHOLE_S[name]
                figures[f"{name} to {end} s"] = part = compare.figures(real, shown, restarts, end=end)
                print(row(f"the same up to {end} s", part, predicted))
            print(f"{name}: {time.monotonic() - begin:.0f} s, {len(restarts)} restarts; overloads, measured and simulated:",
                  *episodes(found), sep="\n", file=sys.stderr, flush=True)
            if wanted.figures:
                plots.draw(name, real, shown, wanted.figures)
    if wanted.json:
        with open(wanted.json, "w", encoding="utf-8") as file:
            json.dump({name: summary(found) for name, found in figures.items()}, file, indent=1)
            file.write("\n")


if __name__ == "__main__":
    main()
