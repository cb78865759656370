/* The table of what is measured: names, units, which way is better, and help. */
#include <stddef.h>

#include "sim/engine/run.h"

#define ROW(field, unit, better, help)                                                                                 \
    {                                                                                                                  \
#field, unit, better, offsetof(struct weir_metrics, field), help                                               \
    }
#define NAMED(name, field, unit, better, help)                                                                         \
    {                                                                                                                  \
        name, unit, better, offsetof(struct weir_metrics, field), help                                                 \
    }

const struct weir_metric weir_metric_table[] = {
    NAMED("throughput", throughput_per_s, "items/s", WEIR_BETTER_HIGH,
          "Items delivered to sinks per second, each once."),
    NAMED("latency_mean", latency_mean_s, "s", WEIR_BETTER_LOW,
          "Mean time from an item's arrival at its source to the delivery of its result."),
    NAMED("latency_p50", latency_p50_s, "s", WEIR_BETTER_LOW, "Median latency."),
    NAMED("latency_p95", latency_p95_s, "s", WEIR_BETTER_LOW, "95 % of the results are at least that fast."),
    NAMED("latency_p99", latency_p99_s, "s", WEIR_BETTER_LOW, "99 % of the results are at least that fast."),
    NAMED("latency_max", latency_max_s, "s", WEIR_BETTER_LOW, "Slowest result."),
    NAMED("waiting", waiting_s, "s", WEIR_BETTER_LOW, "Mean part of the latency spent waiting for an instance."),
    NAMED("service", service_s, "s", WEIR_BETTER_LOW, "Mean part of the latency spent in service."),
    NAMED("network", network_s, "s", WEIR_BETTER_LOW, "Mean part of the latency spent on connections."),
    NAMED("blocked", blocked_s, "s", WEIR_BETTER_LOW,
          "Mean part of the latency spent behind full inputs, the source's backlog included."),
    NAMED("slo_violations", slo_violations, "share", WEIR_BETTER_LOW,
          "Share of the results due that came too late, or not at all."),
    ROW(emitted, "items", WEIR_BETTER_NONE, "Items that sources sent on."),
    ROW(delivered, "items", WEIR_BETTER_HIGH, "Items that reached a sink, each once."),
    ROW(duplicates, "items", WEIR_BETTER_LOW, "Items that reached a sink again, when they were played again."),
    ROW(dropped, "items", WEIR_BETTER_LOW,
        "Items dropped by full inputs and full backlogs, or that have waited too long."),
    ROW(in_flight, "items", WEIR_BETTER_NONE, "Items inside the jobs at the end, backlogs left out."),
    ROW(replayed, "items", WEIR_BETTER_NONE, "Items that sources played again after a failure."),
    ROW(lost, "items", WEIR_BETTER_NONE,
        "Items inside the jobs that failures have cost; their sources play them again."),
    ROW(restarts, "count", WEIR_BETTER_LOW, "Times that a job went back to a checkpoint."),
    ROW(backlog_max, "items", WEIR_BETTER_LOW, "Most items that waited at all sources at a window's end."),
    ROW(backlog_end, "items", WEIR_BETTER_LOW, "Items that wait at the sources at the end."),
    NAMED("instances", instances_mean, "instances", WEIR_BETTER_LOW, "Mean number of instances that occupy a host."),
    ROW(cpu_device, "share", WEIR_BETTER_NONE, "Mean share of the device tier's cores in use."),
    ROW(cpu_edge, "share", WEIR_BETTER_NONE, "Mean share of the edge tier's cores in use."),
    ROW(cpu_cloud, "share", WEIR_BETTER_NONE, "Mean share of the cloud tier's cores in use."),
    ROW(backpressured, "share", WEIR_BETTER_LOW, "Mean share of their time that instances were blocked."),
    NAMED("energy", energy_j, "J", WEIR_BETTER_LOW, "Energy of hosts and links for which the platform gives watts."),
    ROW(cost, "money", WEIR_BETTER_LOW,
        "Hosts by the time in which they have any instance, times their cores, times price_per_core_s."),
    ROW(instance_cost, "money", WEIR_BETTER_LOW,
        "Instances times price_per_core_s of their hosts, over time: a core for each."),
    ROW(network_bytes, "B", WEIR_BETTER_LOW, "Bytes sent between hosts, moved state included."),
    ROW(crossing_bytes, "B", WEIR_BETTER_LOW, "Those of them that went from one tier to another."),
    ROW(decisions, "count", WEIR_BETTER_NONE, "Decisions of the policies, refused ones included."),
    ROW(refused, "count", WEIR_BETTER_LOW, "Decisions that were refused."),
    ROW(warnings, "count", WEIR_BETTER_LOW, "Warnings of the policies, such as a model that failed and was replaced."),
    ROW(rescales, "count", WEIR_BETTER_NONE, "Changes of an operator's number of instances."),
    ROW(migrations, "count", WEIR_BETTER_NONE,
        "Changes of its hosts: as many instances elsewhere, or any number in another tier."),
    ROW(tier_crossings, "count", WEIR_BETTER_NONE, "Changes that take instances of it from one tier to another."),
    NAMED("state_moved", state_moved_bytes, "B", WEIR_BETTER_LOW, "State moved between hosts."),
    NAMED("paused", paused_s, "s", WEIR_BETTER_LOW, "Time that operators stood still for changes, summed."),
    ROW(checkpoints, "count", WEIR_BETTER_NONE, "Checkpoints that were completed, where they cost something."),
    ROW(checkpoints_failed, "count", WEIR_BETTER_LOW, "Checkpoints that took too long, or were given up."),
    NAMED("checkpoint_duration", checkpoint_duration_s, "s", WEIR_BETTER_LOW,
          "Mean time from the beginning of a checkpoint until all of it is stored."),
    NAMED("checkpoint_alignment", checkpoint_alignment_s, "s", WEIR_BETTER_LOW,
          "Mean of the longest time for which an instance held items back for a checkpoint."),
    ROW(checkpoint_bytes, "B", WEIR_BETTER_LOW, "Bytes of the completed checkpoints."),
    ROW(revenue, "servers", WEIR_BETTER_HIGH,
        "Revenue R(U) of the account's hosts while nothing is wrong with them, summed; mean of the windows."),
    ROW(utilisation, "share", WEIR_BETTER_NONE, "Mean share of the uplinks of the account's hosts that results take."),
    ROW(anomaly_frequency, "share", WEIR_BETTER_LOW, "Device and service anomalies together."),
    ROW(device_anomalies, "share", WEIR_BETTER_LOW,
        "Share of requests served, or dropped, by a host while something is wrong with it."),
    ROW(service_anomalies, "share", WEIR_BETTER_LOW, "Share of requests served too late, or dropped, otherwise."),
    ROW(income, "money", WEIR_BETTER_HIGH, "Price of the bytes of results in time."),
    ROW(fines, "money", WEIR_BETTER_LOW, "Fines for device and service anomalies."),
    {0},
};
