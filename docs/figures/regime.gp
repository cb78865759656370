# A load that becomes another one: what the net that goes on learning makes of it, and the one that does not.
#   gnuplot -e "runs='regime/runs'" docs/figures/regime.gp >docs/figures/regime.svg
# runs: the folder of the runs of weir compare, see docs/policies/proactive.md; run where docs/ is. Needs awk.
if (!exists("runs")) runs = "results/autoscale-regime/runs"
seed = "seed-1"

# Of decisions.csv, one row for each time: the mean error of the last forecasts, as the knowledge base had it.
error(policy) = "< awk -F, 'match($0, /error [0-9.]+/) && $1 != last { last = $1; print $1, substr($0, RSTART + 6, RLENGTH - 6) }' " \
    . runs . "/" . policy . "/" . seed . "/decisions.csv"
# Of windows.csv, the mean latency of each five minutes.
latency(policy) = "< awk -F, '$5 == \"latency_mean\" { sum += $6; if (++n == 24) { print $1 - 150, sum / n; sum = n = 0 } }' " \
    . runs . "/" . policy . "/" . seed . "/windows.csv"

set terminal svg size 800,560 font "sans,12" background "white"
set multiplot layout 3,1
set lmargin 9
set rmargin 3
set bmargin 0.6
set tmargin 0.8
set grid ytics lc rgb "#dddddd"
set xrange [0:7200]
set xtics 1200
set format x ""
set yrange [0:*]
set arrow from 3600, graph 0 to 3600, graph 1 nohead dashtype 2 lc rgb "#888888"
set key top left Left reverse

set datafile separator ","
set ylabel "load, items/s"
plot "workloads/loads/regime-days.csv" every ::1 using ($1 / 24):2 with lines lw 1.5 lc rgb "#555555" title "load (the other one from 3600 s)"
set datafile separator whitespace
set ylabel "error, items/s"
plot error("gru") with lines lw 2 lc rgb "#0060ad" title "gru, adapted", \
    error("gru-unadapted") with lines lw 2 lc rgb "#cc4400" title "gru, not adapted"
set format x "%g"
set bmargin 3
set xlabel "time, s"
set ylabel "mean latency, s"
plot latency("gru") with linespoints pt 7 ps 0.4 lw 2 lc rgb "#0060ad" notitle, \
    latency("gru-unadapted") with linespoints pt 7 ps 0.4 lw 2 lc rgb "#cc4400" notitle
unset multiplot
