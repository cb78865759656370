#include "sim/api/view_fields.h"

const char *const weir_view_record_names[WEIR_VIEW_RECORDS] = {"view",   "host",   "link",     "job",
                                                               "origin", "source", "operator", "instance"};
const size_t weir_view_record_sizes[WEIR_VIEW_RECORDS] = {
    sizeof(struct weir_view),          sizeof(struct weir_host_view),   sizeof(struct weir_link_view),
    sizeof(struct weir_job_view),      sizeof(struct weir_origin_view), sizeof(struct weir_source_view),
    sizeof(struct weir_operator_view), sizeof(struct weir_placement)};
const char *const weir_view_tier_names[] = {"device", "edge", "cloud"};
const char *const weir_view_class_names[] = {"cpu", "gpu"};

/* A member of a struct; an array with the member that counts it; an array of records. */
#define ROW(type, record, member, its_kind, its_way, its_help)                                                         \
    {                                                                                                                  \
        .of = WEIR_OF_##record, .name = #member, .kind = WEIR_FIELD_##its_kind, .offset = offsetof(type, member),      \
        .size = sizeof(((type *)0)->member), .way = WEIR_##its_way, .help = its_help                                   \
    }
#define ARRAY(type, record, member, its_kind, counter, its_way, its_help)                                              \
    {                                                                                                                  \
        .of = WEIR_OF_##record, .name = #member, .kind = WEIR_FIELD_##its_kind, .offset = offsetof(type, member),      \
        .size = sizeof(((type *)0)->member), .count_offset = offsetof(type, counter), .way = WEIR_##its_way,           \
        .help = its_help                                                                                               \
    }
#define RECORDS(type, record, member, of_what, counter, its_way, its_help)                                             \
    {                                                                                                                  \
        .of = WEIR_OF_##record, .name = #member, .kind = WEIR_FIELD_RECORDS, .offset = offsetof(type, member),         \
        .size = sizeof(((type *)0)->member), .count_offset = offsetof(type, counter), .elements = WEIR_OF_##of_what,   \
        .way = WEIR_##its_way, .help = its_help                                                                        \
    }

#define VIEW(...)     ROW(struct weir_view, VIEW, __VA_ARGS__)
#define HOST(...)     ROW(struct weir_host_view, HOST, __VA_ARGS__)
#define LINK(...)     ROW(struct weir_link_view, LINK, __VA_ARGS__)
#define JOB(...)      ROW(struct weir_job_view, JOB, __VA_ARGS__)
#define ORIGIN(...)   ROW(struct weir_origin_view, ORIGIN, __VA_ARGS__)
#define SOURCE(...)   ROW(struct weir_source_view, SOURCE, __VA_ARGS__)
#define OPERATOR(...) ROW(struct weir_operator_view, OPERATOR, __VA_ARGS__)
#define INSTANCE(...) ROW(struct weir_placement, INSTANCE, __VA_ARGS__)

const struct weir_view_field weir_view_fields[] = {
    VIEW(time_s, NUMBER, SENT, "end of the window, s"),
    VIEW(window_s, NUMBER, SENT, "its length, s"),
    VIEW(window, LONG, SENT, "its number, 0 first; -1 before the first has closed"),
    RECORDS(struct weir_view, VIEW, hosts, HOST, host_count, SENT, "hosts, in the order of the platform"),
    VIEW(host_count, COUNT, SENT_NOT, "how many"),
    RECORDS(struct weir_view, VIEW, jobs, JOB, job_count, SENT, "all jobs that have arrived, also those that departed"),
    VIEW(job_count, COUNT, SENT_NOT, "how many"),
    RECORDS(struct weir_view, VIEW, links, LINK, link_count, SENT_ONCE,
            "links of the platform; a SPLITDUPLEX link is two"),
    VIEW(link_count, COUNT, SENT_NOT, "how many"),
    VIEW(route_latency_s, FUNCTION, SENT_ONCE, "latency of the route between two hosts, s; 0 on one host"),
    VIEW(route_bytes_per_s, FUNCTION, SENT_ONCE, "lowest bandwidth of the route, bytes/s; infinite on one host"),
    VIEW(restart_s, FUNCTION, SENT, "fixed cost of moving a stateful instance, s: checkpoint and restore"),
    VIEW(route_links, FUNCTION, SENT_ONCE, "links on the route, in order; none on one host"),
    VIEW(anomalous, FUNCTION, SENT_NOT,
         "share of a time in which something is truly wrong with a host: the truth, for policies that show a bound"),
    VIEW(engine, ENGINE, SENT_NOT, "for the functions"),
    VIEW(ends_s, NUMBER, SENT_NOT, "when the run ends, s: for telling of what will not come about; 0: not known"),
    VIEW(traffic_price, FUNCTION, SENT_ONCE, "money for a byte from a host to another one; 0 on one host"),
    HOST(name, STRING, SENT, "as the platform has it"),
    HOST(region, STRING, SENT, "as the platform has it"),
    HOST(tier, TIER, SENT, "device, edge or cloud"),
    HOST(speed_flops_per_s, NUMBER, SENT, "of a core, flop/s"),
    HOST(speed_gpu_flops_per_s, NUMBER, SENT,
         "of a core for operators of the class gpu, flop/s; 0: no other than for all"),
    HOST(cores, WHOLE, SENT, "how many"),
    HOST(slots, WHOLE, SENT, "instances it takes; 0: no limit"),
    HOST(memory_bytes, NUMBER, SENT, "bytes; 0: no limit"),
    HOST(price_per_core_s, NUMBER, SENT, "money for a core and second, of all its cores while it has an instance"),
    HOST(up, TRUTH, SENT, "it is not down"),
    HOST(instances, WHOLE, SENT, "at the window's end, those starting included"),
    HOST(memory_used_bytes, NUMBER, SENT,
         "state of the operators, that on its way included, as the platform's own books have it, bytes"),
    HOST(cpu, NUMBER, SENT, "mean share of the cores in use, as the host reports it"),
    HOST(memory_reported_bytes, NUMBER, SENT, "state, and items that wait, as the host reports them, bytes"),
    HOST(
        disk_bytes_per_s, NUMBER, SENT,
        "read and written, as the host reports it: items logged at sources, `disk` of operators, checkpoints; bytes/s"),
    HOST(sent_bytes_per_s, NUMBER, SENT, "upload, as the host reports it, bytes/s"),
    HOST(received_bytes_per_s, NUMBER, SENT, "download, bytes/s"),
    HOST(carbon_g_per_kwh, NUMBER, SENT, "of what the host draws now, gCO2 a kWh; NaN: the scenario does not say"),
    HOST(asleep, TRUTH, SENT, "it sleeps, and is not up (`weir_plan_sleep`)"),
    HOST(may_sleep, TRUTH, SENT,
         "it has no source, sink or access point, no checkpoints are stored and none decides there"),
    HOST(boot_s, NUMBER, SENT, "until it is up: what is left of its boot, or if it sleeps all of it; else 0, s"),
    HOST(pstate, WHOLE, SENT, "its performance state, 0 first (`weir_plan_pstate`); `speed_flops_per_s` is that of it"),
    HOST(pstate_count, COUNT, SENT_NOT, "how many"),
    ARRAY(struct weir_host_view, HOST, pstate_flops_per_s, NUMBERS, pstate_count, SENT,
          "speed of a core in each of them, flop/s"),
    HOST(watts, NUMBER, SENT, "what it draws, mean of the window, W; NaN: the platform does not say"),
    HOST(watts_now, NUMBER, SENT, "the same at the window's end, W"),
    HOST(battery_j, NUMBER, SENT, "left in its battery, J; NaN: it has none"),
    HOST(battery_share, NUMBER, SENT, "the same as a share of a full one"),
    HOST(harvest_w, NUMBER, SENT, "what charges it, W"),
    HOST(idle_w, NUMBER, SENT, "what it draws without work, in its performance state, W; NaN as of `watts`"),
    HOST(all_w, NUMBER, SENT, "with all cores busy, W"),
    HOST(off_w, NUMBER, SENT, "asleep or down, W"),
    HOST(boot_w, NUMBER, SENT, "while it boots, W"),
    HOST(boot_time_s, NUMBER, SENT, "how long it would boot, were it asleep, s"),
    LINK(name, STRING, SENT_ONCE, "as SimGrid has it: of a SPLITDUPLEX link with `_UP` or `_DOWN`"),
    LINK(bytes_per_s, NUMBER, SENT_ONCE, "bandwidth now, bytes/s"),
    LINK(latency_s, NUMBER, SENT_ONCE, "of its own, s"),
    JOB(name, STRING, SENT_ALWAYS, "as the workload has it"),
    JOB(running, TRUTH, SENT_ALWAYS, "it has not departed"),
    JOB(age_s, NUMBER, SENT, "since its arrival, s"),
    JOB(source_host, HOST, SENT, "where its items come from"),
    JOB(sink_host, HOST, SENT, "none: results leave where they are made"),
    JOB(source_bytes, NUMBER, SENT, "of an item of the source, bytes"),
    JOB(slo_s, NUMBER, SENT, "objective of the latency, s; infinite: none"),
    JOB(declared_items_per_s, NUMBER, SENT, "mean rate that the workload gives its load, from the arrival on"),
    JOB(declared_items, NUMBER, SENT, "that the load gives at most; 1: a workflow that runs once; infinite: no end"),
    RECORDS(struct weir_job_view, JOB, operators, OPERATOR, operator_count, SENT, "in topological order"),
    JOB(operator_count, COUNT, SENT_NOT, "how many"),
    JOB(ingress_rate, NUMBER, SENT, "items/s that arrived at the source"),
    JOB(emitted_rate, NUMBER, SENT, "items/s that the source could send on"),
    JOB(backlog, NUMBER, SENT, "items that wait at the source at the window's end"),
    JOB(source_backpressured, NUMBER, SENT, "share of time the source was blocked"),
    JOB(delivered_rate, NUMBER, SENT, "items/s that reached the sink, for the first time"),
    JOB(duplicate_rate, NUMBER, SENT, "items/s that reached it again, played again after a failure"),
    JOB(late_rate, NUMBER, SENT, "of `delivered_rate`, items/s that took longer than `slo_s`"),
    JOB(due_rate, NUMBER, SENT, "results/s due in the window, come or not: their arrival + `slo_s` lies in it"),
    JOB(violation_rate, NUMBER, SENT,
        "of `due_rate`, those that had not come by then: late, dropped, lost or still inside"),
    JOB(latency_mean_s, NUMBER, SENT, "of items delivered, s; not a number: none was"),
    JOB(latency_p50_s, NUMBER, SENT, "median of the same, s; likewise"),
    JOB(latency_p95_s, NUMBER, SENT, "95 % are at least that fast, s; likewise"),
    JOB(latency_p99_s, NUMBER, SENT, "99 % are at least that fast, s; likewise"),
    JOB(dropped_rate, NUMBER, SENT, "items/s dropped anywhere"),
    ARRAY(struct weir_job_view, JOB, ingress_history, NUMBERS, history_count, SENT_NOT,
          "`ingress_rate` of past windows, oldest first, this one last"),
    JOB(history_count, COUNT, SENT_NOT, "how many"),
    RECORDS(struct weir_job_view, JOB, origins, ORIGIN, origin_count, SENT,
            "hosts that results came from in the window, those of none left out"),
    JOB(origin_count, COUNT, SENT_NOT, "how many"),
    JOB(omega, NUMBER, SENT, "what its latency weighs among those of all jobs"),
    JOB(source_before, HOST, SENT,
        "`source_host` at the end of the window before: another one if the source has moved"),
    RECORDS(struct weir_job_view, JOB, sources, SOURCE, source_count, SENT,
            "where a job has several; its `source_host` and the like are those of the first, its rates those of all"),
    JOB(source_count, COUNT, SENT_NOT, "how many; 0: one"),
    ORIGIN(host, HOST, SENT, "that sent the results, or the sink's own"),
    ORIGIN(delivered_rate, NUMBER, SENT, "items/s that came from there"),
    ORIGIN(late_rate, NUMBER, SENT, "of these, those later than the job's `slo_s`, items/s"),
    ORIGIN(bytes_per_s, NUMBER, SENT, "of these items on the job's edges to the sink, bytes/s"),
    SOURCE(name, STRING, SENT, "as the workload has it"),
    SOURCE(host, HOST, SENT, "where its items come from"),
    SOURCE(before, HOST, SENT, "that at the end of the window before: another one if it has moved"),
    SOURCE(source_bytes, NUMBER, SENT, "of an item of it, bytes"),
    SOURCE(ingress_rate, NUMBER, SENT, "items/s that arrived at it"),
    SOURCE(emitted_rate, NUMBER, SENT, "items/s that it could send on"),
    SOURCE(backlog, NUMBER, SENT, "items that wait at it at the window's end"),
    SOURCE(delivered_rate, NUMBER, SENT,
           "results/s that reached the sink, for the first time, whose latest item was of it"),
    SOURCE(dropped_rate, NUMBER, SENT, "items/s of it dropped anywhere"),
    OPERATOR(name, STRING, SENT, "as the workload has it"),
    OPERATOR(index, WHOLE, SENT_NOT, "in the job"),
    ARRAY(struct weir_operator_view, OPERATOR, upstream, UPSTREAM, upstream_count, SENT,
          "operators it gets items from, or the source"),
    ARRAY(struct weir_operator_view, OPERATOR, upstream_bytes, NUMBERS, upstream_count, SENT,
          "of an item along each of these edges, bytes"),
    ARRAY(struct weir_operator_view, OPERATOR, upstream_rates, LIMITS, upstream_count, SENT,
          "of transfers along each of them, bytes/s; infinite: no limit"),
    OPERATOR(upstream_count, COUNT, SENT_NOT, "how many"),
    ARRAY(struct weir_operator_view, OPERATOR, downstream, DOWNSTREAM, downstream_count, SENT,
          "operators it sends items to, or the sink"),
    ARRAY(struct weir_operator_view, OPERATOR, downstream_bytes, NUMBERS, downstream_count, SENT,
          "of an item along each of these edges, bytes"),
    ARRAY(struct weir_operator_view, OPERATOR, downstream_rates, LIMITS, downstream_count, SENT,
          "of transfers along each of them, bytes/s; infinite: no limit"),
    OPERATOR(downstream_count, COUNT, SENT_NOT, "how many"),
    OPERATOR(work_class, CLASS, SENT, "what it computes on: cpu or gpu"),
    OPERATOR(flops_per_item, NUMBER, SENT, "declared mean, flop"),
    OPERATOR(in_bytes, NUMBER, SENT, "of an item, mean over the edges in, bytes"),
    OPERATOR(out_bytes, NUMBER, SENT, "of an item, mean over the edges out, bytes"),
    OPERATOR(selectivity, NUMBER, SENT, "results of an item"),
    OPERATOR(stateful, TRUTH, SENT, "it has state"),
    OPERATOR(state_bytes, NUMBER, SENT, "state now, all instances together, bytes"),
    OPERATOR(min_instances, WHOLE, SENT, "fewest instances; 0: it may have none"),
    OPERATOR(max_parallelism, WHOLE, SENT, "most instances"),
    OPERATOR(window_s, NUMBER, SENT, "of a tumbling window, s; 0: none"),
    OPERATOR(key_groups, WHOLE, SENT, "groups of keys, of which each instance has a range; 0: items go by no key"),
    ARRAY(struct weir_operator_view, OPERATOR, range_share, NUMBERS, range_share_count, SENT,
          "of n instances, n = 1 first, the one with the hottest range of keys gets this share of the items"),
    OPERATOR(range_share_count, COUNT, SENT_NOT, "how many: `max_parallelism`; 0: no keys"),
    OPERATOR(joins, TRUTH, SENT, "it waits for the same item from every input; else inputs merge"),
    RECORDS(struct weir_operator_view, OPERATOR, instances, INSTANCE, instance_count, SENT,
            "as deployed, those starting included"),
    OPERATOR(instance_count, COUNT, SENT_NOT, "how many"),
    ARRAY(struct weir_operator_view, OPERATOR, ready_s, NUMBERS, instance_count, SENT,
          "time for which each of these has taken items, s; -1: it starts"),
    ARRAY(struct weir_operator_view, OPERATOR, instance_busy, NUMBERS, instance_count, SENT,
          "share of its own time of the window in service; not a number: it had none"),
    ARRAY(struct weir_operator_view, OPERATOR, where, HOSTS, where_count, SENT,
          "hosts of the scenario's default placement, best first"),
    OPERATOR(where_count, COUNT, SENT_NOT, "how many"),
    OPERATOR(changing, TRUTH, SENT, "a change of plan is under way, or a recovery: another one would be refused"),
    OPERATOR(arrival_rate, NUMBER, SENT, "items/s that reached the inputs"),
    OPERATOR(processed_rate, NUMBER, SENT, "items/s whose service ended"),
    OPERATOR(output_rate, NUMBER, SENT, "items/s emitted, once however many edges carry them"),
    OPERATOR(true_rate, NUMBER, SENT,
             "items per second of busy time and instance; from the declared speed if nothing was processed"),
    OPERATOR(true_output_rate, NUMBER, SENT, "the same for items emitted"),
    OPERATOR(busy, NUMBER, SENT, "mean share of the instances' time in service; the three sum to 1"),
    OPERATOR(idle, NUMBER, SENT, "without anything to do"),
    OPERATOR(backpressured, NUMBER, SENT, "blocked by what comes after"),
    OPERATOR(occupancy, NUMBER, SENT, "share of the inputs' room in use at the window's end"),
    OPERATOR(queued, NUMBER, SENT, "items that wait at the window's end"),
    OPERATOR(held, NUMBER, SENT,
             "items that their senders hold for it then: for want of room, of a free way, or of an instance"),
    OPERATOR(waiting_s, NUMBER, SENT, "mean over items processed, at this operator, s; not a number: none was"),
    OPERATOR(service_s, NUMBER, SENT, "the same, in service"),
    OPERATOR(blocked_s, NUMBER, SENT, "the same, behind full inputs"),
    OPERATOR(latency_s, NUMBER, SENT, "the sum of these"),
    OPERATOR(dropped_rate, NUMBER, SENT, "items/s dropped at its inputs"),
    OPERATOR(late_rate, NUMBER, SENT, "items/s dropped as too late for windows in event time"),
    OPERATOR(watermark_lag_s, NUMBER, SENT,
             "how far the watermark of these windows is behind, s; not a number: there is none"),
    INSTANCE(host, HOST, SENT, "where it is"),
    INSTANCE(weight, NUMBER, SENT, "of routing; relative to the operator's other instances"),
    INSTANCE(cpu_share, NUMBER, SENT, "at most this share of a core; 1: a whole one"),
    {0},
};

const char *weir_field_kind_name(const struct weir_view_field *field)
{
    static const char *const names[] = {
        [WEIR_FIELD_NUMBER] = "number",        [WEIR_FIELD_WHOLE] = "whole",     [WEIR_FIELD_LONG] = "whole",
        [WEIR_FIELD_TRUTH] = "truth",          [WEIR_FIELD_STRING] = "string",   [WEIR_FIELD_TIER] = "string",
        [WEIR_FIELD_CLASS] = "string",         [WEIR_FIELD_HOST] = "host",       [WEIR_FIELD_NUMBERS] = "numbers",
        [WEIR_FIELD_LIMITS] = "numbers",       [WEIR_FIELD_HOSTS] = "hosts",     [WEIR_FIELD_UPSTREAM] = "operators",
        [WEIR_FIELD_DOWNSTREAM] = "operators", [WEIR_FIELD_RECORDS] = "records", [WEIR_FIELD_COUNT] = "count",
        [WEIR_FIELD_FUNCTION] = "function",    [WEIR_FIELD_ENGINE] = "engine",
    };
    return names[field->kind];
}

const char *weir_field_way_name(enum weir_field_way way)
{
    static const char *const names[] = {
        [WEIR_SENT] = "sent", [WEIR_SENT_ALWAYS] = "sent", [WEIR_SENT_ONCE] = "once", [WEIR_SENT_NOT] = "no"};
    return names[way];
}
