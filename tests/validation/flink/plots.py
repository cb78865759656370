"""Overlay plots by gnuplot: latency and throughput, measured against simulated."""
import os
import shutil
import subprocess
import sys

# Measured and simulated differ in width and darkness, not in colour alone.
SCRIPT = """set terminal svg size 900,620 dynamic font "sans,13" background "white"
set output "{svg}"
set multiplot
set lmargin 11
set rmargin 2
set xrange [0:360]
set xtics 60
set grid lc rgb "#dddddd"
set key above horizontal
set size 1,0.52
set origin 0,0.48
set title "{title}"
set logscale y
set yrange [0.5:*]
set ylabel "latency, s"
set format y "%g"
plot "{data}" using 1:2 with lines lw 3.5 lc rgb "#bbbbbb" title "measured", \\
     "" using 1:3 with lines lw 1.3 lc rgb "#0b3c5d" title "simulated"
set origin 0,0
unset title
unset logscale y
set yrange [0:*]
set xlabel "time, min"
set ylabel "records/s, thousands"
plot "{data}" using 1:4 with lines lw 1.2 dt 3 lc rgb "#444444" title "offered", \\
     "" using 1:5 with lines lw 3.5 lc rgb "#bbbbbb" title "measured", \\
     "" using 1:6 with lines lw 1.3 lc rgb "#0b3c5d" title "simulated"
unset multiplot
"""
EVERY_S = 30  # a point


def draw(name, real, simulated, folder):
    """Writes FOLDER/flink-NAME.svg; says so and goes on where there is no gnuplot."""
    if not shutil.which("gnuplot"):
        print("plots: needs gnuplot, which is not there; no plot of " + name, file=sys.stderr)
        return
    other = {s["time"]: s for s in simulated}
    lines = []
    for sample in real:
        ours = other.get(sample["time"])
        if sample["time"] % EVERY_S or ours is None:
            continue
        values = [sample["latency"], ours["latency"]]
        values += [None if v is None else v / 1000 for v in (sample["load"], sample["throughput"], ours["throughput"])]
        lines.append(f"{sample['time'] / 60:.3f} " + " ".join("?" if v is None else f"{v:.5g}" for v in values))
    os.makedirs(folder, exist_ok=True)
    job, _, _, workers = name.split("_")
    svg = os.path.join(folder, f"flink-{job}-{workers}.svg")
    data = svg + ".data"
    try:
        with open(data, "w", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")
        subprocess.run(["gnuplot", "-e", 'set datafile missing "?"', "-"], check=True, text=True,
                       input=SCRIPT.format(svg=svg, data=data, title=f"{job}, {workers} workers"))
    finally:
        os.remove(data)
