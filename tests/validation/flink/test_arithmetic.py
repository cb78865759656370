"""The arithmetic of the scripts, on runs that are made up here; the last case runs weir.

    test_arithmetic.py WEIR
"""
import csv
import gzip
import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

import calibrate
import compare
import demeter
import measured
import scenario
import validate

HERE = os.path.dirname(os.path.abspath(__file__))
weir = "build/weir"


def run(rate, latency, load=None, duration=3000):
    """Samples every 5 s, from functions of time."""
    return [{"time": float(t), "load": float((load or rate)(t)), "throughput": float(rate(t)), "latency": float(latency(t))}
            for t in range(0, duration, 5)]


class Arithmetic(unittest.TestCase):
    def test_trailing(self):
        # None holds the last value: 0, 6, 6, 6 over 2 are 0, 3, 6, 6; nothing at all stays None.
        self.assertEqual(measured.trailing([0, 6, None, 6], 2), [0, 3, 6, 6])
        self.assertEqual(measured.trailing([None, 4], 3), [None, 4])

    def test_meter(self):
        # A step from 0 to 1: the 45 s mean is a ramp of 9 samples, whose mean over 12 is (1/9 + ... + 9/9 + 3 x 1) / 12 = 8/12.
        shown = measured.metered(run(lambda t: t >= 300, lambda t: 1 + (t >= 300)))
        self.assertAlmostEqual(shown[60 + 11]["throughput"], 8 / 12)
        self.assertAlmostEqual(shown[60 + 19]["throughput"], 1)
        self.assertAlmostEqual(shown[60 + 5]["latency"], 1.5)  # 6 of 12 samples

    def test_restarts(self):
        # A fall to nothing at 1230 s is the failure that was planned for 1200 s; one at 2000 s was not planned: less the meter's 30 s.
        dips = run(lambda t: 0 if 1230 <= t < 1300 or 2000 <= t < 2060 else 100, lambda t: 1)
        self.assertEqual(measured.restarts(dips), [1200.0, 1970.0])
        # At a third of what it was it is no restart, unless it was planned; nor when the load falls, too.
        self.assertEqual(measured.restarts(run(lambda t: 33 if 2000 <= t < 2060 else 100, lambda t: 1)), [])
        self.assertEqual(measured.restarts(run(lambda t: 33 if 1230 <= t < 1300 else 100, lambda t: 1)), [1200.0])
        falls = run(lambda t: 100 if t < 2000 else 0, lambda t: 1, load=lambda t: 100 if t < 1930 else 0)
        self.assertEqual(measured.restarts(falls), [])
        # A latency that doubles after a planned time shows it as well, at another time not.
        self.assertEqual(measured.restarts(run(lambda t: 100, lambda t: 1 + 2 * (1260 <= t < 1300 or 2000 <= t < 2060))), [1200.0])

    def test_floor(self):
        # Points of 0.9 / (1 - x / 800) give that back.
        level, rate = calibrate.floor_rate([(x, 0.9 / (1 - x / 800)) for x in (20, 100, 200, 350)])
        self.assertAlmostEqual(level, 0.9, places=6)
        self.assertAlmostEqual(rate, 800, delta=0.01)
        samples = run(lambda t: 100, lambda t: 1.1 if t < 2000 else 3, load=lambda t: 50 if t < 2000 else 100)
        self.assertEqual(calibrate.calm(samples, [600.0])[0], (50, 1.1))
        self.assertEqual(len(calibrate.calm(samples, [600.0])), (570 - 480 + 2000 - 1085) // 5)  # not from 30 s before to 480 s after it

    def test_broker(self):
        # 50 of 100 are served for 2000 s, of which the latency rises to 1000 s; then it falls: 5 minutes before that 85 000 wait.
        self.assertIsNone(calibrate.broker(run(lambda t: 50, lambda t: t / 2, load=lambda t: 100)))
        falls = run(lambda t: 50, lambda t: t / 2 if t < 2000 else 1, load=lambda t: 100)
        self.assertEqual(calibrate.broker(falls), (2000 - 300 + 10) * 50)

    def test_plan(self):
        # One more for a minute after a failure is none, nor are means between two numbers; a change is seen 30 s late.
        samples = run(lambda t: 1, lambda t: 1)
        for sample in samples:
            time = sample["time"]
            sample["workers"] = None if time < 50 else 5 if 600 <= time < 660 else 4.5 if time == 1000 else 4 if time < 1005 else 6
        self.assertEqual(calibrate.plan(samples), [[0, 4], [975, 6]])

    def test_figures(self):
        self.assertAlmostEqual(compare.quantile([4, 1, 3, 2], 0.5), 2.5)
        samples = run(lambda t: 100, lambda t: 20 if 600 <= t < 900 or 940 <= t < 1000 or 2000 <= t < 2020 else 1)
        # A gap of 40 s is none, and 20 s are too short.
        self.assertEqual(compare.overloads(samples), [(600.0, 400.0)])
        self.assertEqual(compare.matched([(0, 100), (500, 50)], [(90, 300), (600, 10)]),
                         [((0, 100), (90, 300)), ((500, 50), None), (None, (600, 10))])
        self.assertAlmostEqual(compare.throughput_error(samples, run(lambda t: 110, lambda t: 1)), 0.1)
        # Only the 10 minutes from 1200 s on are off by 20 %, of 50: sqrt(0.04 x 10 / 50). A restart at 1200 s takes the minutes 19
        # to 26 out: 3 of 42 are left.
        other = run(lambda t: 120 if 1200 <= t < 1800 else 100, lambda t: 1)
        self.assertAlmostEqual(compare.throughput_error(samples, other), (0.04 * 10 / 50) ** 0.5)
        self.assertAlmostEqual(compare.throughput_error(samples, other, [1200]), (0.04 * 3 / 42) ** 0.5)
        rising = run(lambda t: 1, lambda t: 1 + t)
        self.assertAlmostEqual(compare.correlation(rising, run(lambda t: 1, lambda t: (1 + t) ** 2)), 1)

    def test_table_of_the_docs(self):
        with open(os.path.join(HERE, "figures.json"), encoding="utf-8") as file:
            figures = json.load(file)
        with open(os.path.join(HERE, "../../../docs/validation.md"), encoding="utf-8") as file:
            lines = file.read().splitlines()
        for line in [*validate.HEADER.splitlines(), *validate.table(figures)]:
            self.assertIn(line, lines)
        self.assertEqual(validate.differences(figures, figures), [])
        worse = json.loads(json.dumps(figures))
        worse["cars_1_baseline_12"]["simulated"]["peak"] *= 1.04
        self.assertEqual(len(validate.differences(worse, figures)), 1)

    def test_demeter(self):
        # The load runs for 60 s before the measurement, and its last value holds; 3.25 records a vehicle, whatever a restart does meanwhile.
        with tempfile.TemporaryDirectory() as folder:
            os.mkdir(os.path.join(folder, "workloads"))
            os.mkdir(os.path.join(folder, "demeter"))
            with gzip.open(os.path.join(folder, "workloads", demeter.LOAD), "wt", newline="") as file:
                file.write("timestamp,value\n" + "".join(f"{1639926776 + i},{100 + i}\n" for i in range(300)))
            with gzip.open(os.path.join(folder, "demeter", "CARS_baseline_r1.csv.gz"), "wt", newline="") as file:
                file.write("offset_s,throughput_rec_s,latency_ms,consumer_lag_rec,cpu_load,task_managers,task_slots\n")
                file.writelines(f"{t},{0 if t == 60 else '' if t == 75 else 3.25 * (167 + t)},{'' if t == 60 else 1500},0,0.5,24,24\n"
                                for t in range(0, 240, 15))
            for method in ("reactive35", "operator35"):
                shutil.copy(os.path.join(folder, "demeter", "CARS_baseline_r1.csv.gz"), os.path.join(folder, "demeter", f"CARS_{method}_r2.csv.gz"))
            vehicles = demeter.read_load(folder)
            self.assertEqual((len(vehicles), vehicles[0], vehicles[239], vehicles[299]), (300, 160, 399, 399))
            samples = demeter.read_run(folder, "baseline", 1)
            self.assertEqual(samples[4], {"time": 60, "throughput": 0, "workers": 24, "latency": None})
            self.assertAlmostEqual(samples[0]["latency"], 1.5)
            self.assertAlmostEqual(demeter.records_each(vehicles, samples), 3.25)  # 167 + t is the median of 160 + t to 174 + t
            self.assertIsNone(demeter.read_run(folder, "baseline", 2))
            for title in demeter.RUNS:
                self.assertEqual(len(demeter.write(folder, title, folder)), 1)
                subprocess.run([weir, "check", os.path.join(folder, "scenario.json")], check=True, stdout=subprocess.DEVNULL)
            with open(os.path.join(folder, "load.csv"), encoding="utf-8") as file:
                self.assertEqual(file.read().splitlines()[1], "0,0.52")  # 160 vehicles, 3.25 records each, 1000 an item
        # Every 2700 s of 18 hours, the end left out: 64800 / 2700 - 1.
        self.assertEqual((len(demeter.FAILURES_S), demeter.FAILURES_S[0], demeter.FAILURES_S[-1]), (23, 2700, 62100))
        # Only the throughput is a mean: over three samples of 15 s.
        steps = demeter.metered([{"throughput": rate, "latency": rate} for rate in (0, 0, 90, 90)])
        self.assertEqual([(s["throughput"], s["latency"]) for s in steps], [(0, 0), (0, 0), (30, 90), (60, 90)])
        # 1000 and 1250 s are one; 2000 s is missed; 1299 s finds its partner taken, and 5000 s has none.
        self.assertEqual(demeter.near([(1000, 30), (2000, 30)], [(1250, 30), (1299, 30), (5000, 30)]), (1, 2))

    def test_demeter_figures(self):
        # 21 workers for 24, a peak of 25 s for 20 s: within 15 % and 25 %. The overload comes 500 s late: one is missed, one more.
        def samples(workers, peak, at):
            return [dict(s, workers=workers) for s in run(lambda t: 100, lambda t: peak if at <= t < at + 60 else 1)]
        found = demeter.figures(samples(24, 20, 1000), samples(21, 25, 1500))
        self.assertEqual((found["workers"], found["peak"], found["overloads"], found["near"]), (-0.125, 0.25, [1, 1], [1, 1]))
        marks = {line.split(" | ")[1].split(",")[0]: line[-3] for line in demeter.lines("reactive35", {"first": found, "repeats": []})}
        self.assertEqual(marks, {"p50": "✓", "peak": "✓", "workers": "✓", "onset of overloads": "✗", "throughput": "✓", "correlation": "✗"})
        self.assertAlmostEqual(demeter.figures(samples(24, 20, 1000), samples(20, 26, 1000))["workers"], -1 / 6, places=4)
        orders = {"baseline": (1, 2), "reactive35": (3, 4), "operator35": (5, 3), "operator35, also: at once": (0, 9)}
        kept = {title: {"first": {"measured": {"p95": a}, "simulated": {"p95": b}}} for title, (a, b) in orders.items()}
        self.assertTrue(demeter.order(kept).endswith("baseline 2 s, operator35 3 s, reactive35 4 s ✗"))

    def test_demeter_table_of_the_docs(self):
        with open(os.path.join(HERE, "demeter.json"), encoding="utf-8") as file:
            kept = json.load(file)
        with open(os.path.join(HERE, "../../../docs/validation.md"), encoding="utf-8") as file:
            lines = file.read().splitlines()
        for line in [*demeter.HEADER.splitlines(), *(line for title in demeter.RUNS for line in demeter.lines(title, kept[title])),
                     demeter.order(kept)]:
            self.assertIn(line, lines)

    def test_whole(self):
        # 4 workers of 12 500 records/s; 40 000 offered, and 60 000 from 300 s on. The record that leaves at 300 + x s came at
        # 300 + 5/6 x s, so its latency is x / 6, and the floor of 1 s: at 897.5 s, the middle of a window, 100.58 s.
        model = {"record_ns": 80000, "state_ns": 0, "contention": 0, "tires_least": 1, "tires_s": 1, "restart_s": 60,
                 "restart_shared_s": 0, "change_s": 1, "floor_s": 1, "floor_rate": 1e9, "broker_records": None}
        with tempfile.TemporaryDirectory() as folder:
            os.mkdir(os.path.join(folder, "phoebe"))
            with gzip.open(os.path.join(folder, "phoebe", "cars_1_baseline_4.csv.gz"), "wt", newline="") as file:
                writer = csv.writer(file)
                writer.writerow(["offset_s", "workload_rec_s", "throughput_rec_s", "latency_ms", "workers"])
                writer.writerows([t, 40000 if t < 300 else 60000, "" if t < 20 else 40000, 1000, ""] for t in range(0, 1000, 5))
            with open(os.path.join(folder, "calibration.json"), "w", encoding="utf-8") as file:
                json.dump({"cars": {"model": model}}, file)
            scenario.HERE, here = folder, scenario.HERE
            try:
                real, simulated, restarts = validate.simulate(weir, folder, "cars_1_baseline_4", os.path.join(folder, "out"))
            finally:
                scenario.HERE = here
            self.assertEqual((len(real), restarts), (200, []))
            self.assertAlmostEqual(simulated[0]["time"], 0)
            latency = {s["time"]: s["latency"] for s in simulated}
            self.assertAlmostEqual(latency[200], 1, delta=0.01)
            self.assertAlmostEqual(latency[895], 100.58, delta=0.3)
            self.assertAlmostEqual([s["throughput"] for s in simulated if s["time"] == 895][0], 50000, delta=500)
            scenario.HERE = folder
            try:
                with self.assertRaisesRegex(RuntimeError, "weir ended with code"):
                    validate.simulate("false", folder, "cars_1_baseline_4", os.path.join(folder, "out"))
            finally:
                scenario.HERE = here


if __name__ == "__main__":
    if len(sys.argv) > 1 and not sys.argv[1].startswith("-"):
        weir = sys.argv.pop(1)
    unittest.main()
