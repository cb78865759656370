#include "sim/model/scenario_keys.h"

#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"
#include "sim/base/text.h"
#include "sim/model/key_rows.h"
#include "sim/model/scenario.h"

static const char *const cpus[] = {"share", "fifo", NULL}, *const activities[] = {"shared", "all", NULL};
static const char *const works[] = {"declared", "measured", NULL};
static const char *const places[] = {"elsewhere", "wait", "drop", NULL};
static const char *const barriers[] = {"aligned", "unaligned", NULL};
static const char *const deliveries[] = {"at-least-once", "exactly-once", NULL};
static const char *const ways[] = {"auto", "gzip", "none", NULL};
static const char *const distributions[] = {"exponential", "weibull", "constant", NULL};

#define SCENARIO struct weir_scenario
const struct weir_param weir_scenario_keys[] = {
    VALUE("name", WEIR_FORM_STRING, NULL, "the file's name without its ending",
          "Name of the results; as of all names, control characters are refused."),
    VALUE_NEEDED("platform", WEIR_FORM_STRING, NULL, "Path of a SimGrid XML file, relative to the scenario."),
    VALUE_NEEDED("workload", WEIR_FORM_STRING | WEIR_FORM_OBJECT, weir_workload_keys,
                 "Path of a workload file, relative to the scenario, or the workload itself."),
    REAL_NEEDED(SCENARIO, "duration", WEIR_UNIT_TIME, duration_s, DBL_MIN, DBL_MAX, "Simulated time of a run."),
    TIME(SCENARIO, "warmup", warmup_s, "0s", 0,
         "Time at the start that the figures of a run leave out; shorter than \"duration\"."),
    TIME(SCENARIO, "window", window_s, "10s", 1e-3,
         "Monitoring interval, at whose end policies decide; at most \"duration\"."),
    VALUE("seeds", WEIR_FORM_NUMBER | WEIR_FORM_LIST, NULL, "[1]",
          "A list of different whole numbers from 0 on, or a number n for 1 to n."),
    VALUE("items_per_batch", WEIR_FORM_NUMBER | WEIR_FORM_STRING, NULL, "1; \"auto\" where \"batch_span\" is given",
          "How many items move together. 1 simulates each item by itself; more, up to 1000000, is faster and less "
          "exact; with \"auto\" a batch is what arrives in \"batch_span\"."),
    TIME(SCENARIO, "batch_span", batch_span_s, "50ms", 0, "With \"auto\", the time in which a batch is filled."),
    VALUE("policies", WEIR_FORM_LIST, NULL, "[\"static\"]",
          "What to compare, in this order; the first is what the others are measured against."),
    VALUE("costs", WEIR_FORM_OBJECT, weir_costs_keys, "as below", "What a change of plan costs."),
    CHOICE(SCENARIO, "rescale", rescale, "operator", weir_rescale_names,
           "What stands still while an operator changes its instances: the \"operator\", if it has state, its whole "
           "\"job\", or, \"cooperative\", what is new alone."),
    VALUE("faults", WEIR_FORM_LISTED, weir_fault_keys, "none",
          "Hosts and links that fail or slow down, at given dates or at drawn ones."),
    VALUE("anomalies", WEIR_FORM_LISTED, weir_anomaly_keys, "none",
          "Hosts that are not well, and show it in what they report."),
    VALUE("mobility", WEIR_FORM_OBJECT, weir_mobility_keys, "sources stand still",
          "Devices that move, and the access points to which they attach."),
    VALUE("recovery", WEIR_FORM_OBJECT, weir_recovery_keys, "as below", "How jobs come back from failures."),
    VALUE("monitor", WEIR_FORM_OBJECT, weir_monitor_keys, "they do not", "How far the monitors of hosts err."),
    VALUE("account", WEIR_FORM_OBJECT, weir_account_keys, "none",
          "What a platform that sells its results earns and is fined."),
    VALUE("carbon", WEIR_FORM_LISTED, weir_carbon_keys, "it is not counted",
          "What the power that hosts and links draw costs in gCO2."),
    VALUE("traffic", WEIR_FORM_LISTED, weir_traffic_keys, "it costs nothing",
          "What bytes cost that go from host to host, by tiers and regions."),
    TIME(SCENARIO, "decision_time", decision_s, "0s", 0,
         "Simulated time from a decision until it is carried out; at most \"window\"."),
    VALUE("decision_host", WEIR_FORM_STRING, NULL, "none: such work takes no time",
          "The host on which policies decide. A policy may say how much work a decision takes, as training a model "
          "does; that work takes its time at this host's speed. The decision is carried out afterwards, and until then "
          "policies are not asked again. Choices for items, by policies that route, are made one after the other."),
    EITHER(
        SCENARIO, "decision_work", decision_measured, "declared", works,
        "What decisions take: the work that policies say, or, \"measured\", the real time of their hooks. Results then "
        "differ from run to run and from machine to machine."),
    YES_NO(SCENARIO, "energy", energy, "true", "Whether joules are counted, where the platform gives watts."),
    YES_NO(SCENARIO, "energy_by_job", energy_by_job, "false", "Whether they are divided among jobs."),
    EITHER(SCENARIO, "cpu", cpu_fifo, "share", cpus,
           "What work does that finds no free core on its host. \"share\": all that is there gets as much, as of a "
           "scheduler that takes turns. \"fifo\": it waits, first come, first served, and then has a core until it is "
           "done, as tasks of a pool do; the wait is part of the service."),
    CHOICE(SCENARIO, "fairness", fairness, "max-min", weir_fairness_names,
           "How transfers share a link. \"max-min\": all alike, however long their routes are. \"rtt\": in inverse "
           "proportion to the latency of their routes, as flows of TCP Reno do."),
    EITHER(SCENARIO, "activities", all_activities, "shared", activities,
           "Which work and transfers SimGrid simulates. \"all\": every one. \"shared\": only transfers that compete on "
           "several links at once; weir computes the others itself. The results are the same up to rounding, and "
           "\"all\" takes "
           "longer: it is there to show that."),
    VALUE("simgrid", WEIR_FORM_OBJECT, NULL, "network model CM02, factors 1",
          "Options of SimGrid: strings, numbers, true or false; others than the known ones with \"unsafe\": true."),
    VALUE("record", WEIR_FORM_OBJECT, weir_record_keys, "all rows, if they are not too many",
          "What windows.csv holds, and how."),
    VALUE(
        "learning", WEIR_FORM_OBJECT, weir_learning_keys, "none",
        "What a policy that learns sees, may do, and is rewarded for, in the environment weir_env; runs leave it out."),
    END,
};

#define COSTS struct weir_change_costs
const struct weir_param weir_costs_keys[] = {
    TIME(COSTS, "start", start_s, "1s", 0, "From the decision until a new instance takes items."),
    TIME(COSTS, "stop", stop_s, "100ms", 0, "To stop an instance that is drained."),
    TIME(COSTS, "checkpoint", checkpoint_s, "200ms", 0,
         "To write the checkpoint of a stateful operator, before its state moves."),
    TIME(COSTS, "restore", restore_s, "200ms", 0, "To restore it at the other end."),
    TIME(COSTS, "each", each_s, "0s", 0, "Added to \"restore\" for each instance that the operator has then."),
    TIME(COSTS, "shared", shared_s, "0s", 0,
         "Added to \"restore\", divided by those instances: what each does a part of."),
    END,
};

#define RECORD   struct weir_record_read
#define RECORDED "Whether there are rows of "
const struct weir_param weir_record_keys[] = {
    {.name = "operators",
     .type = WEIR_PARAM_BOOL,
     AT(RECORD, operators),
     .without = "true, but for files that would have more than 1 GB",
     .help = RECORDED "operators."},
    {.name = "hosts",
     .type = WEIR_PARAM_BOOL,
     AT(RECORD, hosts),
     .without = "true, but for files that would have more than 1 GB",
     .help = RECORDED "hosts."},
    {.name = "links",
     .type = WEIR_PARAM_BOOL,
     AT(RECORD, links),
     .without = "true, but for files that would have more than 1 GB",
     .help = RECORDED "links."},
    CHOICE(RECORD, "compress", compress, "auto", ways,
           "\"gzip\": the file is compressed, windows.csv.gz, with the same rows; \"none\": it is not; \"auto\": if it "
           "would have more than 64 MB."),
    END,
};

#define RECOVERY struct weir_recovery
const struct weir_param weir_recovery_keys[] = {
    CHOICE(
        RECOVERY, "place", place, "elsewhere", places,
        "What becomes of instances whose host is down. \"elsewhere\": they start on other hosts, as far as there is "
        "room. \"wait\": they wait for their host. \"drop\": they are given up if their operator has others, and "
        "wait for their host if not. The same holds for a job that arrives while the hosts of its placement are down."),
    EITHER(
        RECOVERY, "delivery", exactly_once, "at-least-once", deliveries,
        "\"at-least-once\": results leave at once, and again when they are played again; \"exactly-once\": they wait "
        "at the sink for their checkpoint."),
    TIME(RECOVERY, "checkpoint_interval", interval_s, "30s", 1e-3, "Between checkpoints."),
    TIME(RECOVERY, "checkpoint_time", checkpoint_s, "0s", 0,
         "How long a busy instance of a stateful operator stands still for each checkpoint."),
    TIME(RECOVERY, "restart", restart_s, "5s", 0, "How long it takes to start a job again from its checkpoint."),
    TIME(RECOVERY, "restart_each", restart_each_s, "0s", 0, "Added to \"restart\" for each instance of the job."),
    TIME(RECOVERY, "restart_shared", restart_shared_s, "0s", 0,
         "Added to \"restart\", divided by the instances of the job: what each does a part of."),
    TIME(RECOVERY, "detect", detect_s, "1s", 1e-3,
         "How often the failure detector looks: a failure is noticed at the next multiple of this."),
    VALUE(
        "store", WEIR_FORM_STRING, NULL, "none: that takes no time",
        "The host where checkpoints lie. After \"restart\", instances fetch their state from it over the network, and "
        "the job works when all of it is there."),
    YES_NO(RECOVERY, "local", local, "false",
           "true: instances that have not failed keep the copy of their state that they have; with a \"store\"."),
    VALUE("checkpoints", WEIR_FORM_OBJECT, weir_checkpoints_keys, "nothing but \"checkpoint_time\"",
          "What checkpoints cost."),
    VALUE("restarts", WEIR_FORM_OBJECT, weir_restarts_keys, "at once, each time",
          "Whether, and when, a job that has failed is started again."),
    END,
};

const struct weir_param weir_checkpoints_keys[] = {
    EITHER(
        RECOVERY, "barriers", unaligned, "aligned", barriers,
        "\"aligned\": they wait behind what is queued and on its way. \"unaligned\": they overtake it, and it becomes "
        "a part of the checkpoint."),
    YES_NO(
        RECOVERY, "incremental", incremental, "false",
        "true: what is written is what the state has grown since the last complete checkpoint, and \"update\" of the "
        "state for each item processed since, but no more than there is; the first is whole. false: all state."),
    TIME(RECOVERY, "timeout", timeout_s, "10min", 1e-3, "A checkpoint that is not complete by then has failed."),
    TIME(RECOVERY, "min_pause", min_pause_s, "0s", 0,
         "At least so long from the end of one to the beginning of the next."),
    WHOLE(RECOVERY, "concurrent", concurrent, "1", 1, 1000, "So many at a time; not with a \"min_pause\"."),
    END,
};

const struct weir_param weir_restarts_keys[] = {
    CHOICE(RECOVERY, "strategy", strategy, "fixed-delay", weir_restarts_names,
           "\"fixed-delay\"; \"exponential-delay\": the delay grows from failure to failure; \"none\": a job that has "
           "failed is given up."),
    WHOLE_OR(RECOVERY, "attempts", attempts, "no limit", 1, 1000000000,
             "Restarts after which a job that fails is given up. A failure while it is started again counts, too."),
    REAL_OR(RECOVERY, "delay", WEIR_UNIT_TIME, delay_s, "\"0s\"; \"1s\" if exponential", 0, DBL_MAX,
            "From the failure's detection, before hosts are looked for; of \"exponential-delay\", the first."),
    TIME(RECOVERY, "max_delay", max_delay_s, "1min", 0, "Of \"exponential-delay\": a delay is at most so long."),
    REAL(RECOVERY, "multiplier", WEIR_UNIT_NONE, multiplier, "1.5", 1, 1e6,
         "Of \"exponential-delay\": from each delay to the next."),
    TIME(RECOVERY, "reset_after", reset_after_s, "1h", 0,
         "Of \"exponential-delay\": a job that has worked for so long begins again with \"delay\" and all its "
         "\"attempts\"."),
    END,
};

#define ACCOUNT struct weir_account_read
const struct weir_param weir_account_keys[] = {
    REAL(ACCOUNT, "u_opt", WEIR_UNIT_NONE, u_opt, "0.6", 0, 1,
         "The use U of an uplink at which a server earns most: R(U) = exp(-(U - u_opt)^2 / (2 sigma^2)) [li-2025]."),
    REAL(ACCOUNT, "sigma", WEIR_UNIT_NONE, sigma, "0.25", 1e-3, 1e3, "How fast that falls beside it."),
    REAL(ACCOUNT, "price_per_GB", WEIR_UNIT_NONE, price_per_GB, "0", 0, 1e9,
         "Earned for 1e9 bytes of results that come in time."),
    REAL(ACCOUNT, "fine_service", WEIR_UNIT_NONE, fine_service, "0", 0, 1e9,
         "For each request that goes wrong by service."),
    REAL(ACCOUNT, "fine_device", WEIR_UNIT_NONE, fine_device, "0", 0, 1e9,
         "For each request that goes wrong by a device."),
    VALUE("hosts", WEIR_FORM_STRING | WEIR_FORM_LIST, NULL, "hosts of the tiers edge and cloud",
          "The servers: a name or a pattern, or a list of them."),
    END,
};

#define MONITOR struct weir_monitor
const struct weir_param weir_monitor_keys[] = {
    VALUE("noise", WEIR_FORM_NUMBER | WEIR_FORM_OBJECT, weir_noise_keys, "none",
          "How far reports err, by signal; a number is the relative noise of all four."),
    TIME(MONITOR, "lag", lag_s, "0s", 0,
         "Reports are late by so much, in whole windows rounded up, 1000 at most; until then the first stands."),
    REAL(MONITOR, "gaps", WEIR_UNIT_NONE, gaps, "0", 0, 0.99,
         "Share of reports that do not come, drawn by host and window: the one that stood goes on to stand."),
    END,
};

#define NOISE(key, s)                                                                                                  \
    VALUE(                                                                                                             \
        key, WEIR_FORM_NUMBER | WEIR_FORM_OBJECT, weir_signal_noise_keys[s], "0",                                      \
        "Reported is what there is x (1 + \"relative\" N(0, 1)) + \"additive\" N(0, 1), 0 at least and, of the CPU, "  \
        "1 at most; a number is the relative one.")
const struct weir_param weir_noise_keys[] = {
    NOISE("cpu", WEIR_SIGNAL_CPU),
    NOISE("memory", WEIR_SIGNAL_MEMORY),
    NOISE("disk", WEIR_SIGNAL_DISK),
    NOISE("upload", WEIR_SIGNAL_UPLOAD),
    END,
};

#define MOST_OF(quantity) ((quantity) == WEIR_UNIT_NONE ? 1 : DBL_MAX)
#define SIGNAL_NOISE(quantity, text)                                                                                   \
    {                                                                                                                  \
        REAL(struct weir_monitor_noise, "relative", WEIR_UNIT_NONE, relative, "0", 0, 10,                              \
             "Standard deviation as a share of what there is."),                                                       \
            REAL(struct weir_monitor_noise, "additive", quantity, additive, text, 0, MOST_OF(quantity),                \
                 "Standard deviation of what is added."),                                                              \
            END                                                                                                        \
    }
const struct weir_param weir_signal_noise_keys[WEIR_SIGNAL_COUNT][3] = {
    [WEIR_SIGNAL_CPU] = SIGNAL_NOISE(WEIR_UNIT_NONE, "0"),
    [WEIR_SIGNAL_MEMORY] = SIGNAL_NOISE(WEIR_UNIT_BYTES, "0B"),
    [WEIR_SIGNAL_DISK] = SIGNAL_NOISE(WEIR_UNIT_BANDWIDTH, "0Bps"),
    [WEIR_SIGNAL_UPLOAD] = SIGNAL_NOISE(WEIR_UNIT_BANDWIDTH, "0Bps"),
};

#define PATTERNS (WEIR_FORM_STRING | WEIR_FORM_LIST)
#define FAULT    struct weir_fault_read
#define TEXT(record, key, field, absent, sentence)                                                                     \
    {                                                                                                                  \
        .name = (key), .type = WEIR_PARAM_STRING, AT(record, field), .without = (absent), .help = (sentence)           \
    }
const struct weir_param weir_fault_keys[] = {
    TEXT(FAULT, "host", host, "another key says what fails", "One host that fails."),
    TEXT(FAULT, "link", link, "another key says what fails", "One link that fails."),
    VALUE(
        "hosts", PATTERNS, NULL, "another key says what fails",
        "Hosts that fail, each by itself: a name, a pattern in which * and ? stand for any text and any character, or "
        "a list of these."),
    VALUE("links", PATTERNS, NULL, "another key says what fails", "Links that fail, each by itself, as of hosts."),
    VALUE("tier", WEIR_FORM_STRING, NULL, "another key says what fails", "Each host of the tier by itself."),
    VALUE("region", PATTERNS, NULL, "another key says what fails",
          "All hosts of a region fail together, and each region by itself: a name, a pattern or a list. With \"tier\", "
          "only the hosts of that tier."),
    YES_NO(FAULT, "with_links", with_links, "false",
           "true: the links of the region fail with its hosts. Otherwise they stay up."),
    NAME(FAULT, "name", name, "\"\"",
         "Tells this rule from another one with the same target, so that both draw dates of their own."),
    REAL_OR(FAULT, "at", WEIR_UNIT_TIME, at_s, "it is drawn, by \"up\" and \"down\"", 0, DBL_MAX, "When it begins."),
    REAL_OR(FAULT, "for", WEIR_UNIT_TIME, for_s, "to the end", DBL_MIN, DBL_MAX, "How long it lasts."),
    VALUE("up", WEIR_FORM_OBJECT, weir_times_keys, "it has a date, \"at\"", "The times between failures."),
    VALUE("down", WEIR_FORM_OBJECT, weir_times_keys, "it has a date, \"at\"", "The times of failures."),
    REAL_OR(FAULT, "speed", WEIR_UNIT_NONE, speed, "it is down", 1e-3, 1, "Of hosts: the share of speed that is left."),
    REAL_OR(FAULT, "bandwidth", WEIR_UNIT_NONE, bandwidth, "it is down", 1e-3, 1,
            "Of links: the share of bandwidth that is left."),
    REAL_OR(FAULT, "loss", WEIR_UNIT_NONE, loss, "it is down", 1e-6, 0.5,
            "Of links: the share of packets that is lost."),
    END,
};

#define TIMES struct weir_times_read
const struct weir_param weir_times_keys[] = {
    REAL_NEEDED(TIMES, "mean", WEIR_UNIT_TIME, mean_s, 1e-3, 1e9, "Mean of the times."),
    CHOICE(TIMES, "distribution", distribution, "exponential", distributions, "Law that they follow."),
    /* Below 0.2, most of the times are next to nothing. At 0.2 the mean square of a time is 252 times the square of its
     * mean, and a run has no more than its length / mean + 252 of them (Lorden, Ann. Math. Stat. 41(2), 1970). */
    REAL_OR(TIMES, "shape", WEIR_UNIT_NONE, shape, "required of weibull", 0.2, 100,
            "Of weibull: below 1 failures come in bursts, above 1 at an age; the scale is mean / Gamma(1 + 1/shape)."),
    END,
};

#define ANOMALY struct weir_anomaly_read
#define DISTURBED(key, s)                                                                                              \
    VALUE(                                                                                                             \
        key, WEIR_FORM_OBJECT, weir_disturbance_keys[s], "by kind",                                                    \
        "What the report makes of the signal: (factor x true + offset) (1 + noise x N(0, 1)), 0 at least and, of the " \
        "CPU, 1 at most.")
const struct weir_param weir_anomaly_keys[] = {
    NAME(
        ANOMALY, "kind", kind, "anomaly",
        "One of overload, memory-leak, disk-hang, erratic, outage, which say what it does unless the other keys do; or "
        "any word, under which it is recorded."),
    NAME(ANOMALY, "name", name, "the kind", "Part of the name of the random streams."),
    VALUE("host", WEIR_FORM_STRING, NULL, "another key says who", "One host, as of faults."),
    VALUE("hosts", PATTERNS, NULL, "another key says who", "Hosts, as of faults."),
    VALUE("tier", WEIR_FORM_STRING, NULL, "another key says who", "A tier, as of faults."),
    VALUE("region", PATTERNS, NULL, "another key says who", "Regions, as of faults."),
    REAL_OR(ANOMALY, "at", WEIR_UNIT_TIME, at_s, "it is drawn, by \"up\" and \"down\"", 0, DBL_MAX, "When it begins."),
    REAL_OR(ANOMALY, "for", WEIR_UNIT_TIME, for_s, "to the end", DBL_MIN, DBL_MAX, "How long it lasts."),
    VALUE("up", WEIR_FORM_OBJECT, weir_times_keys, "it has a date, \"at\"", "The times between, as of faults."),
    VALUE("down", WEIR_FORM_OBJECT, weir_times_keys, "it has a date, \"at\"", "The times of anomalies, as of faults."),
    REAL_OR(ANOMALY, "speed", WEIR_UNIT_NONE, speed, "1, or by kind", 1e-3, 1,
            "Share of the host's speed that is left."),
    {.name = "available",
     .type = WEIR_PARAM_BOOL,
     AT(ANOMALY, available),
     .without = "true, or by kind",
     .help = "false: the host is down, as by a fault."},
    {.name = "ramp",
     .type = WEIR_PARAM_BOOL,
     AT(ANOMALY, ramp),
     .without = "false, or by kind",
     .help = "The disturbance of the signals grows from nothing to its full size at the end."},
    DISTURBED("cpu", WEIR_SIGNAL_CPU),
    DISTURBED("memory", WEIR_SIGNAL_MEMORY),
    DISTURBED("disk", WEIR_SIGNAL_DISK),
    DISTURBED("upload", WEIR_SIGNAL_UPLOAD),
    END,
};

#define DISTURBANCE(quantity)                                                                                          \
    {                                                                                                                  \
        REAL_OR(struct weir_disturbance, "factor", WEIR_UNIT_NONE, factor, "1, or by kind", 0, 1e6,                    \
                "Times what is true."),                                                                                \
            REAL_OR(struct weir_disturbance, "offset", quantity, offset, "0, or by kind", 0, MOST_OF(quantity),        \
                    "Added to that."),                                                                                 \
            REAL_OR(struct weir_disturbance, "noise", WEIR_UNIT_NONE, noise, "0, or by kind", 0, 10,                   \
                    "Standard deviation as a share."),                                                                 \
            END                                                                                                        \
    }
const struct weir_param weir_disturbance_keys[WEIR_SIGNAL_COUNT][4] = {
    [WEIR_SIGNAL_CPU] = DISTURBANCE(WEIR_UNIT_NONE),
    [WEIR_SIGNAL_MEMORY] = DISTURBANCE(WEIR_UNIT_BYTES),
    [WEIR_SIGNAL_DISK] = DISTURBANCE(WEIR_UNIT_BANDWIDTH),
    [WEIR_SIGNAL_UPLOAD] = DISTURBANCE(WEIR_UNIT_BANDWIDTH),
};

const struct weir_param *weir_keys_at(const char *place)
{
    const struct weir_param *table = weir_scenario_keys;
    while (*place && table) {
        size_t length = strcspn(place, ".[");
        const struct weir_param *row = table;
        while (row->name && (strlen(row->name) != length || strncmp(row->name, place, length) != 0))
            row++;
        table = row->name ? row->inner : NULL;
        place += length;
        place += strncmp(place, "[]", 2) == 0 ? 2 : 0;
        place += *place == '.';
    }
    return table;
}

static void tell_inner(const char *place, const struct weir_param *keys,
                       void (*tell)(const char *place, const struct weir_param *keys, void *context), void *context)
{
    tell(place, keys, context);
    for (const struct weir_param *row = keys; row->name; row++) {
        if (!row->inner)
            continue;
        const char *listed = row->forms & WEIR_FORM_LISTED ? "[]" : "";
        char *inner = weir_format("%s%s%s%s", place, *place ? "." : "", row->name, listed);
        tell_inner(inner, row->inner, tell, context);
        free(inner);
    }
}

void weir_keys_each(void (*tell)(const char *place, const struct weir_param *keys, void *context), void *context)
{
    tell_inner("", weir_scenario_keys, tell, context);
}
