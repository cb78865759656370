#!/usr/bin/env python3
"""Holds weir against the measured runs: inputs, runs, table, plots.

    validate.py FOLDER [--weir PROGRAM] [--output FOLDER] [--runs RUN,RUN...] [--figures FOLDER] [--json FILE]
        [--check FILE]
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


def simulate(weir, folder, name, output):
    """Writes the inputs, runs weir; returns the measured samples, the simulated ones, the restarts."""
    real, restarts = scenario.write(folder, name, output)
    results = os.path.join(output, "results")
    done = subprocess.run([weir, "run", os.path.join(output, "scenario.json"), "-o", results, "--force", "--quiet"],
                          stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{name}: weir ended with code {done.returncode}: {done.stderr.strip()}")
    return real, compare.read_simulated(results, scenario.RECORDS), restarts


def seconds(value):
    return f"{value:.3g}" if value < 1000 else f"{value:.0f}"


def row(title, found, predicted):
    """A line of the table from a summary; targets that are missed have a cross."""
    met = {name: ok for name, _, ok in compare.verdicts(found)}

    def mark(name, text):
        return text if not predicted else f"{text} {'✓' if met[name] else '✗'}"

    def pair(key):
        return f"{seconds(found['measured'][key])} / {seconds(found['simulated'][key])} ({found[key]:+.0%})"

    onset = "-" if found["onset"] is None else f"{found['onset']:.0f} s"
    if found["missed"] or found["extra"]:
        onset += f", {found['missed']} missed, {found['extra']} more"
    return " | ".join([
        f"| {title}", mark("p50", pair("p50")), pair("p95"), mark("peak", pair("peak")), mark("onset", onset),
        mark("throughput", f"{found['throughput']:.1%}"), f"{found['throughput_steady']:.1%}",
        mark("correlation", f"{found['correlation']:.3f}")]) + " |"


def table(figures):
    """The lines of the table, of summaries by title; titles with a bracket are calibration."""
    return [row(title, found, "(" not in title) for title, found in figures.items()]


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


def differences(figures, kept):
    """What is more than 3 % (latencies) or 0.01 (shares, correlation) or 10 s (onset) off the figures that are kept."""
    found = []
    for title, ours in figures.items():
        theirs = kept.get(title)
        if theirs is None:
            found.append(f"{title}: no figures are kept")
            continue
        for side in ("measured", "simulated"):
            found += [f"{title}: {side} {key} {ours[side][key]:g} s, kept {theirs[side][key]:g} s"
                      for key in ours[side] if abs(ours[side][key] - theirs[side][key]) > 0.03 * theirs[side][key]]
        found += [f"{title}: {key} {ours[key]:g}, kept {theirs[key]:g}"
                  for key in ("throughput", "throughput_steady", "correlation") if abs(ours[key] - theirs[key]) > 0.01]
        found += [f"{title}: {key} {ours[key]}, kept {theirs[key]}" for key in ("missed", "extra") if ours[key] != theirs[key]]
        if (ours["onset"] is None) != (theirs["onset"] is None) or abs((ours["onset"] or 0) - (theirs["onset"] or 0)) > 10:
            found.append(f"{title}: onset {ours['onset']}, kept {theirs['onset']}")
        found += [f"{title}: {name} {'is' if ok else 'is not'} within {limit} now" for (name, limit, ok), (_, _, was)
                  in zip(compare.verdicts(ours), compare.verdicts(theirs)) if ok != was]
    return found


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", help="holds phoebe/*.csv.gz")
    parser.add_argument("--weir", default="build/weir")
    parser.add_argument("--output", help="keeps inputs and results there")
    parser.add_argument("--runs", default=",".join(measured.RUNS))
    parser.add_argument("--figures", help="draws there (needs gnuplot)")
    parser.add_argument("--json", help="writes the figures there")
    parser.add_argument("--check", help="fails if the figures are not those of this file, within a few percent")
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
            begin = time.monotonic()
            real, raw, restarts = simulate(wanted.weir, wanted.folder, name, os.path.join(wanted.output or temporary, name))
            shown = measured.metered(raw)
            found = compare.figures(real, shown, restarts)
            part = {name + (" (calibration)" if measured.RUNS[name][1] else ""): summary(found)}
            if name in BROKER_WHOLE_S:
                end = BROKER_WHOLE_S[name]
                part[f"the same up to {end} s (calibration)"] = summary(compare.figures(real, shown, restarts, end=end))
            figures.update(part)
            print(*table(part), sep="\n", flush=True)
            print(f"{name}: {time.monotonic() - begin:.0f} s, {len(restarts)} restarts; overloads, measured and simulated:",
                  *episodes(found), sep="\n", file=sys.stderr, flush=True)
            if wanted.figures:
                plots.draw(name, real, shown, wanted.figures)
    if wanted.json:
        with open(wanted.json, "w", encoding="utf-8") as file:
            json.dump(figures, file, indent=1)
            file.write("\n")
    if wanted.check:
        with open(wanted.check, encoding="utf-8") as file:
            wrong = differences(figures, json.load(file))
        print(*wrong, sep="\n", file=sys.stderr)
        sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
