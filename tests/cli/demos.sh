#!/usr/bin/env bash
# The scenarios of the lessons show what the lessons say: who is busy, who waits, what a move costs and gains, who comes late.
. "$(dirname "$0")/common.sh"

for name in backpressure migration autoscaling offloading anomaly mobility; do
    expect 0 "$name.json: ok (" check "workloads/demos/$name.json"
    expect 0 "* best of its column" compare "workloads/demos/$name.json" --quiet --no-report -o "$folder/$name"
    hosts=$(grep -c '<host ' "workloads/demos/$name.xml")
    { [ "$hosts" -ge 3 ] && [ "$hosts" -le 5 ]; } || fail "$name has $hosts hosts: too many for a screen"
done

# series NAME POLICY OPERATOR-OR-HOST METRIC: "time value" a line; the job's own with "".
series()
{
    awk -F, -v of="$3" -v metric="$4" '$5 == metric && (of == "" ? $3 == "" && $4 == "" : $3 == of || $3 == "" && $4 == of) {
        print $1, $6 }' "$folder/$1/runs/$2/seed-1/windows.csv"
}

# mean FROM UNTIL: of the windows that end in (FROM, UNTIL], of the series that comes in; of none, what no condition bears.
mean()
{
    awk -v from="$1" -v until="$2" '$1 > from && $1 <= until { sum += $2; n++ } END { if (n) print sum / n; else print "(1 / 0)" }'
}

# metric NAME POLICY METRIC: of the whole run.
metric()
{
    awk -F, -v policy="$2" -v metric="$3" '$1 == policy && $2 == metric { print $6 }' "$folder/$1/summary.csv"
}

# holds SENTENCE CONDITION: a condition of awk on figures.
holds()
{
    awk "BEGIN { exit !($2) }" || fail "$1: $2"
}

# 75 items a second for an operator that takes 50.
of=backpressure
holds "the bottleneck is busy" "$(series $of static detect busy | mean 350 600) >= 0.95"
for operator in decode crop; do
    holds "$operator is held back" "$(series $of static $operator backpressured | mean 350 600) >= 0.5"
    holds "$operator is not busy" "$(series $of static $operator busy | mean 350 600) < 0.5"
done
holds "what is behind the bottleneck is idle" "$(series $of static alert idle | mean 350 600) >= 0.8"
holds "it is not held back" "$(series $of static alert backpressured | mean 0 900) == 0"
series $of static "" backlog | awk '$1 > 350 && $1 <= 600 { if (n++ && $2 <= last) bad = 1; last = $2 } END { exit bad || n != 50 }' ||
    fail "the backlog does not grow in every window"
holds "25 items a second are too many for 300 s, less 1000 in the inputs" "$(metric $of static backlog_max) > 6000"
holds "the backlog is worked off" "$(metric $of static backlog_end) < 10"
for policy in reactive ds2; do
    holds "$policy keeps the source's backlog short" "$(metric $of $policy backlog_max) < 100"
done
# 25 items a second more than it takes fill 250 places in 10 s each: detect first, decode last.
full()
{
    series backpressure static "$1" queued | awk '$2 >= 225 { print $1; exit }'
}
holds "inputs fill from the bottleneck back to the source" "$(full detect) < $(full crop) && $(full crop) < $(full decode)"

# The operator goes to the cloud when it is overloaded, and comes back.
of=migration
decisions=$folder/$of/runs/load-balancer/seed-1/decisions.csv
go=$(awk -F, '/1 on cloud/ { print $1; exit }' "$decisions")
back=$(awk -F, '/1 on edge/ { print $1; exit }' "$decisions")
holds "it moves after the load rises at 180 s, and back after it falls at 480 s" "${go:-0} > 180 && ${go:-0} < 240 && ${back:-0} > 480"
latency()
{
    series migration load-balancer "" latency_mean | mean "$1" "$2"
}
holds "the latency is lower after the move" "$(latency $((go - 10)) "$go") > 10 * $(latency $((go + 30)) "$back")"
holds "the latency is lower after the return" "$(latency $((back - 10)) "$back") > 1.5 * $(latency $((back + 30)) 720)"
holds "both moves take time" "$(metric $of load-balancer paused) > 8"
holds "the state is moved twice" "$(metric $of load-balancer state_moved) == 2 * 20e6"
holds "nothing else moves" "$(metric $of load-balancer migrations) == 2"
holds "static and cloud-only are late" "$(metric $of static slo_violations) > 0.5 && $(metric $of cloud-only slo_violations) > 0.5"

# Who has seven instances of the busiest operator on the third and fourth day, and when.
of=autoscaling
for day in 600 900; do
    for policy in reactive ds2 proactive; do
        series $of $policy match instances | awk -v day=$day '$1 > day && $2 >= 7 { print $1; exit }' >"$folder/$policy"
    done
    holds "proactive is before reactive" "$(cat "$folder/proactive") + 15 <= $(cat "$folder/reactive")"
    holds "proactive is not behind ds2" "$(cat "$folder/proactive") <= $(cat "$folder/ds2")"
done
holds "waiting for trouble makes more items late than counting" \
    "$(metric $of reactive slo_violations) > 1.5 * $(metric $of ds2 slo_violations)"
holds "counting makes more items late than forecasting" \
    "$(metric $of ds2 slo_violations) > 2 * $(metric $of proactive slo_violations)"
holds "forecasting costs more instances than counting" "$(metric $of proactive instances) > $(metric $of ds2 instances)"

# Staying costs 38 ms for the first hop and 30 ms for each of the next; following stands still for 0.815 s, six times.
of=mobility
for cell in "100 150 0.08828" "160 210 0.11828" "220 330 0.14828"; do
    read -r from until latency <<<"$cell"
    holds "static takes $latency s from $from to $until s" \
        "($(series $of static "" latency_mean | mean "$from" "$until") - $latency) ^ 2 < 1e-10"
done
holds "nearest is at 50 ms again behind each move" "$(series $of nearest "" latency_mean | mean 105 150) < 0.0503"
holds "six moves" "$(metric $of nearest migrations) == 6 && ($(metric $of nearest paused) - 6 * 0.815) ^ 2 < 1e-6"
holds "to follow makes fewer late" "$(metric $of nearest slo_violations) < 0.1 * $(metric $of static slo_violations)"

# Spread over the network is faster than all at one host, and the second user displaces the first.
of=offloading
holds "dwo is faster than at random" "$(metric $of dwo latency_mean) < 0.6 * $(metric $of random-offload latency_mean)"
holds "at random is faster than all at the source" \
    "$(metric $of random-offload latency_mean) < 0.5 * $(metric $of nearest-offload latency_mean)"
awk -F, '$1 == 0 { print $4 "@" $5 }' "$folder/$of/runs/dwo/seed-1/decisions.csv" | sed 's/@.* on /@/' | paste -sd ' ' |
    grep -qx 'shrink@mid detect@far draw@desk' || fail "dwo places the first user elsewhere"
grep -q '^120,dwo,see,shrink,1 -> 1 instances: 1 on north' "$folder/$of/runs/dwo/seed-1/decisions.csv" ||
    fail "dwo does not move shrink when the second user comes"

# What the server reports changes minutes before users feel it.
of=anomaly
holds "the leak shows" "$(series $of static server-2 memory | mean 295 300) > 1e9"
holds "and only there" "$(series $of static server-1 memory | mean 0 360) < 1e6 && $(series $of static server-3 memory | mean 0 360) < 1e6"
series $of static "" latency_p95 | awk '$1 <= 360 && $2 > 0.2 { bad = 1 } $1 == 370 && $2 > 1 { late = 1 } END { exit bad || !late }' ||
    fail "users feel it before 360 s, or not then"
holds "static is late" "$(metric $of static slo_violations) > 0.2"
holds "more servers help less than leaving the sick one" \
    "$(metric $of reactive slo_violations) > 5 * $(metric $of load-balancer slo_violations)"
holds "leaving it before the overload saves nearly all" "$(metric $of sentinel slo_violations) < 0.002"
awk -F, '$1 > 180 && $1 <= 360 && /server-2 \(net\)/ { found = 1 } found && $3 == "streams" { left = 1 } END { exit !left }' \
    "$folder/$of/runs/sentinel/seed-1/decisions.csv" || fail "sentinel does not leave server-2 while it leaks"
finish
