#!/usr/bin/env bash
# Lists are complete and readable by programs.
. "$(dirname "$0")/common.sh"

for topic in policies metrics loads generators forecasters detectors scenarios studies view keys; do
    expect 0 "" list $topic
    empty err
    expect 0 "" list $topic --json
    empty err
    json "list $topic"
done
for policy in noop static reactive ds2 load-balancer nearest random cloud-only edge-only dwo heu-wo heu-wo-refined lawa optimal \
    nearest-offload random-offload origin gp greedy mf exec; do
    expect 0 "$policy: " list policies
    expect 0 "\"$policy\"" list policies --json
done
expect 0 '"max":' list policies --json
expect 0 "high " list policies
for load in constant poisson steps diurnal bursts csv; do
    expect 0 "$load: " list loads
done
for kind in iot-traffic from-timestamps diurnal bursts edge-platform mesh-platform topology; do
    expect 0 "$kind: " list generators
done
for kind in z-score last-value rules vgru both; do
    expect 0 "$kind: " list detectors
done
for kind in last seasonal moving-average holt-winters linear arima prophet ensemble; do
    expect 0 "$kind: " list forecasters
done
expect 0 "latency_p99" list metrics
expect 0 "operator.busy " list view
expect 0 "recovery.restarts:" list keys
expect 2 'list: there is no list of "metric"; did you mean "metrics"?' list metric
expect 2 'there are policies, metrics, loads, generators, forecasters, detectors, scenarios, studies, view and keys' list everything
finish
