#!/usr/bin/env bash
# Live streams as weir generate ccp makes them: they run, and go wrong as often as asked for.
. "$(dirname "$0")/common.sh"
"$weir" generate ccp --requests 10/s -o "$folder/ccp" || fail "ccp -o"
expect 0 "static" compare "$folder/ccp/scenario.json" -o "$folder/ccp/results" --set duration=10min
# The account's figures are those of its windows, which are whole: no warm-up.
windows=$folder/ccp/results/runs/static/seed-1/windows.csv
figure() { awk -F, -v m="$1" '$1 == "static" && $2 == m { print $6 }' "$folder/ccp/results/summary.csv"; }
rows() { awk -F, -v m="$1" '$2 == "" && $4 == "" && $5 == m { sum += $6; n++ } END { print sum + 0, n }' "$windows"; }
of_hosts() { awk -F, -v m="$1" '$2 == "" && $4 != "" && $5 == m { sum += $6 } END { print sum + 0 }' "$windows"; }
read -r requests count < <(rows requests)
read -r revenue _ < <(rows revenue)
read -r device _ < <(rows device_anomalies)
read -r service _ < <(rows service_anomalies)
used=$(of_hosts utilisation)
awk -v count="$count" -v requests="$requests" -v delivered="$(figure delivered)" -v dropped="$(figure dropped)" \
    -v revenue="$revenue" -v mean="$(figure revenue)" -v device="$device" -v service="$service" \
    -v frequency="$(figure anomaly_frequency)" -v used="$used" -v use="$(figure utilisation)" \
    -v fines="$(figure fines)" 'function near(a, b) { return a - b < 1e-4 * b + 1e-9 && b - a < 1e-4 * b + 1e-9 }
    BEGIN { exit !(count == 10 && requests > 1000 && requests == delivered + dropped && near(revenue / 10, mean) &&
                   near((device + service) / requests, frequency) && near(used / 10 / 50, use) && use > 0.1 &&
                   near(0.00319 * device + 0.001 * service, fines)) }' || fail "ccp: account"
[ "$(of_hosts served)" = "$(figure delivered)" ] || fail "ccp: results that hosts served"
[ "$(of_hosts device_anomalies)" = "$device" ] || fail "ccp: device anomalies of hosts"
# Of three days of 50 servers, 4.9 % is asked for.
"$weir" generate ccp --requests 0.02/s --run 3d -o "$folder/ccp" || fail "ccp --run"
expect 0 "results are in" run "$folder/ccp/scenario.json" -o "$folder/ccp/run" --set window=1h
awk -F, 'NR > 1 { sum += $2 - $1 } END { share = sum / (50 * 3 * 86400); exit !(share > 0.035 && share < 0.063) }' \
    "$folder/ccp/run/anomalies.csv" || fail "ccp: share of time with an anomaly"
finish
