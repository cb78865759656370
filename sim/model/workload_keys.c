/* The keys of workloads: jobs, their operators, edges and queues. */
#include <math.h>

#include "sim/model/key_rows.h"
#include "sim/model/scenario_keys.h"
#include "sim/model/workload.h"
#include "sim/model/workload_parts.h"

static const char *const fulls[] = {"drop-new", "drop-old", "latest", NULL};
static const char *const queues[] = {"own", "shared", NULL};
static const char *const orders[] = {"fifo", "priority", "edf", NULL};

#define PLACE (WEIR_FORM_STRING | WEIR_FORM_OBJECT)

const struct weir_param weir_workload_keys[] = {
    VALUE_NEEDED("jobs", WEIR_FORM_LISTED, weir_job_keys, "The jobs, at least one."),
    END,
};

#define JOB struct weir_job_read
const struct weir_param weir_job_keys[] = {
    VALUE_NEEDED("name", WEIR_FORM_STRING, NULL,
                 "Unique in the workload; of copies, name-0, name-1, ...; without control characters, as all names."),
    VALUE("source", PLACE, weir_place_keys, "required, or \"sources\"", "Where the items come from, a place."),
    VALUE("sources", WEIR_FORM_LISTED, weir_source_keys, "there is one",
          "Several sources, in place of \"source\", \"source_bytes\", \"load\" and \"backlog\"."),
    REAL(JOB, "source_bytes", WEIR_UNIT_BYTES, job.source_bytes, "0B", 0, DBL_MAX,
         "Size of an item as it leaves the source."),
    VALUE("load", WEIR_FORM_OBJECT, NULL, "required, or \"sources\"; of a workflow, one item when the job arrives",
          "When items arrive, a load."),
    VALUE("operators", WEIR_FORM_LISTED, weir_operator_keys, "required, or \"workflow\"",
          "The operators, at least one."),
    VALUE("edges", WEIR_FORM_LISTED, weir_edge_keys, "a chain in the order of the list",
          "How operators are joined: objects, or pairs such as [\"source\", \"parse\"]."),
    VALUE("workflow", WEIR_FORM_STRING | WEIR_FORM_OBJECT, weir_workflow_keys, "the job has operators",
          "A file whose tasks are the operators, in place of \"operators\" and \"edges\"."),
    VALUE("sink", PLACE, weir_place_keys, "results end where they are made",
          "Where results are sent; a place, or \"source\"."),
    REAL_OR(JOB, "slo", WEIR_UNIT_TIME, job.slo_s, "none", DBL_MIN, DBL_MAX,
            "Objective for an item's latency; what has not come by then is a violation."),
    VALUE("kinds", WEIR_FORM_LISTED, weir_kind_keys, "all are alike",
          "Kinds of its items, for operators with an \"order\"."),
    REAL(JOB, "omega", WEIR_UNIT_NONE, job.omega, "1", 1e-6, 1e6,
         "What its latency weighs among those of all jobs, for policies that offload."),
    TIME(JOB, "arrive", job.arrive_s, "0s", 0, "Time since the start of the run."),
    REAL_OR(JOB, "depart", WEIR_UNIT_TIME, job.depart_s, "never", 0, DBL_MAX,
            "Time since the start of the run; items come before it and before the end of the run, not at it."),
    VALUE("backlog", WEIR_FORM_OBJECT, weir_backlog_keys, "no limit", "What waits at the source at most."),
    WHOLE_OR(JOB, "count", count, "one job, under its own name", 1, 1000000,
             "Makes the job a template of so many copies."),
    TIME(JOB, "arrive_every", arrive_every_s, "0s", 0, "Time between the arrivals of two copies."),
    END,
};

#define SOURCE struct weir_source_spec
const struct weir_param weir_source_keys[] = {
    VALUE_NEEDED("name", WEIR_FORM_STRING, NULL, "For the edges; no operator's."),
    VALUE_NEEDED("source", PLACE, weir_place_keys, "Where its items come from, a place."),
    REAL(SOURCE, "source_bytes", WEIR_UNIT_BYTES, source_bytes, "0B", 0, DBL_MAX, "Size of an item as it leaves it."),
    VALUE_NEEDED("load", WEIR_FORM_OBJECT, NULL, "When its items arrive, a load."),
    VALUE("backlog", WEIR_FORM_OBJECT, weir_source_backlog_keys, "no limit", "What waits at it at most."),
    END,
};

const struct weir_param weir_source_backlog_keys[] = {
    WHOLE_NEEDED(SOURCE, "capacity", backlog_capacity, 1, 1000000000, "Items that wait at the source at most."),
    CHOICE(SOURCE, "full", backlog_full, "drop-new", fulls,
           "What a full backlog drops: the newest, the oldest, or, \"latest\", all that waits, so that the source goes "
           "on with what comes."),
    END,
};

const struct weir_param weir_backlog_keys[] = {
    WHOLE_NEEDED(struct weir_job, "capacity", backlog_capacity, 1, 1000000000,
                 "Items that wait at the source at most."),
    CHOICE(struct weir_job, "full", backlog_full, "drop-new", fulls,
           "What a full backlog drops: the newest, the oldest, or, \"latest\", all that waits, so that the source goes "
           "on with what comes."),
    END,
};

#define OPERATOR struct weir_operator
#define WORK     (WEIR_FORM_STRING | WEIR_FORM_OBJECT)
#define COUNT(key, field, text, absent, least, sentence)                                                               \
    {                                                                                                                  \
        .name = (key), .type = WEIR_PARAM_INT, AT(OPERATOR, field), .fallback = (text), .without = (absent),           \
        ENDS(least, 100000), .help = (sentence)                                                                        \
    }
const struct weir_param weir_operator_keys[] = {
    VALUE_NEEDED("name", WEIR_FORM_STRING, NULL, "Unique in the job; not \"source\" or \"sink\"."),
    VALUE("flops", WORK, weir_flops_keys, "0f", "Work per item: a quantity, or a distribution."),
    REAL(OPERATOR, "bytes", WEIR_UNIT_BYTES, out_bytes, "0B", 0, DBL_MAX, "Size of an item that it emits."),
    REAL(OPERATOR, "selectivity", WEIR_UNIT_NONE, selectivity, "1", 0, 1e6,
         "Items out per item in; with a window, per item of the window."),
    REAL(OPERATOR, "disk", WEIR_UNIT_BYTES, disk_bytes, "0B", 0, DBL_MAX,
         "Bytes that it reads or writes for an item; they show in what its host reports and take no time."),
    VALUE("state", WORK, weir_state_keys, "stateless", "A size, or how it begins and grows."),
    VALUE("keys", WEIR_FORM_NUMBER | WEIR_FORM_OBJECT, weir_keys_keys, "not partitioned",
          "Items are partitioned by a key; a number alone is the count of keys."),
    CHOICE(OPERATOR, "join", join, "merge", weir_join_names,
           "\"merge\": items of all inputs in the order they come; \"all\": waits for the same item from every input; "
           "\"window\", \"interval\": pairs of the items of two inputs with one key, in a window or near each other."),
    VALUE("interval", WEIR_FORM_OBJECT, weir_interval_keys, "required of a join \"interval\"",
          "How far apart the items of a pair may have come."),
    VALUE("window", WORK, weir_window_keys, "none",
          "Length of a tumbling window by the clock, whose results leave at its end; or windows in event time, with a "
          "result for each key."),
    COUNT("parallelism", parallelism, NULL, "1, or \"min_instances\" if that is more", 0, "Instances at the start."),
    VALUE(
        "weights", WEIR_FORM_LIST, NULL, "all alike",
        "What the instances at the start weigh when items are handed out in turns: a number for each, 1e-09 to 1e+09."),
    COUNT("min_instances", min_instances, "1", NULL, 0, "Instances that a policy must leave it; 0: it may have none."),
    COUNT("max_parallelism", max_parallelism, NULL, "16, or \"parallelism\" if that is more", 1,
          "Instances that a policy may ask for."),
    CHOICE(OPERATOR, "class", work_class, "cpu", weir_class_names,
           "What it computes on: \"cpu\", or \"gpu\" for the speed_gpu of a host."),
    VALUE("placement", PLACE, weir_place_keys, "source",
          "Where the instances are put unless a policy decides; a place, or \"source\"."),
    EITHER(OPERATOR, "queue", shared_queue, "own", queues,
           "\"own\": an input for each instance; \"shared\": instances on one host take from one."),
    VALUE("batch", WEIR_FORM_OBJECT, weir_batch_keys, "each by itself", "Items are served together."),
    WHOLE(OPERATOR, "capacity", input_capacity, "1000", 1, 1000000000,
          "Items that wait at most, per input edge of an instance."),
    REAL_OR(OPERATOR, "capacity_bytes", WEIR_UNIT_BYTES, capacity_bytes, "no limit", 1, DBL_MAX,
            "The same in bytes of the items of that edge; one item finds room in any case."),
    WHOLE_OR(OPERATOR, "low_watermark", low_watermark, "it has room as soon as one is taken", 0, 1000000000,
             "Items at which an input that was full has room again, below what it holds."),
    CHOICE(OPERATOR, "order", order, "fifo", orders,
           "Who is served next, of what waits in the input of an instance: \"fifo\" what came first, \"priority\" what "
           "has the highest priority, \"edf\" what has the earliest deadline."),
    YES_NO(OPERATOR, "preempt", preempts, "false",
           "true: an item that should go before one in service takes its place at once."),
    YES_NO(OPERATOR, "expire", expires, "false",
           "true: an item whose deadline passes while it waits leaves, and counts as dropped."),
    VALUE("scaling", WEIR_FORM_OBJECT, weir_scaling_keys, "they do not", "How much its instances hinder each other."),
    VALUE("tires", WEIR_FORM_OBJECT, weir_tires_keys, "they do not", "How instances slow down that have no rest."),
    WHOLE(OPERATOR, "concurrency", concurrency, "1", 1, 100000, "Items that an instance serves at once."),
    REAL(OPERATOR, "fails", WEIR_UNIT_NONE, fails, "0", 0, 1, "Share of services that fail."),
    VALUE("retry", WEIR_FORM_OBJECT, weir_retry_keys, "once is all",
          "How often what has failed is tried again, and when."),
    VALUE("hedge", WEIR_FORM_OBJECT, weir_hedge_keys, "none", "A second attempt beside the first."),
    VALUE("breaker", WEIR_FORM_OBJECT, weir_breaker_keys, "none",
          "Nothing is let into an input for a while after failures in succession."),
    WHOLE_OR(OPERATOR, "unacked", unacked, "no limit", 1, 1000000000,
             "Items that are sent to an input and not acknowledged, at most."),
    REAL_OR(OPERATOR, "cut_off", WEIR_UNIT_TIME, cut_off_s, "never", 1e-6, DBL_MAX,
            "How long an instance may take nothing while senders wait, before what waits in its input is dropped."),
    VALUE("cpu_quota", WEIR_FORM_OBJECT, weir_quota_keys, "no limit",
          "Processor time that an instance has in each period."),
    REAL_OR(OPERATOR, "max_wait", WEIR_UNIT_TIME, max_wait_s, "none leaves", 1e-9, DBL_MAX,
            "An item that has waited so long in an input leaves, and counts as dropped."),
    END,
};

#define FLOPS struct weir_flops_read
const struct weir_param weir_flops_keys[] = {
    REAL_NEEDED(FLOPS, "mean", WEIR_UNIT_FLOPS, mean, 0, DBL_MAX, "Mean work."),
    CHOICE(FLOPS, "distribution", distribution, "constant", weir_spread_names, "Law of the work."),
    REAL_OR(FLOPS, "cv", WEIR_UNIT_NONE, cv, "none for constant, 1 for exponential; else required", 0, DBL_MAX,
            "Standard deviation divided by the mean: of uniform at most 0.57735, of normal 0.5, of the others 10."),
    END,
};

const struct weir_param weir_scaling_keys[] = {
    REAL(OPERATOR, "contention", WEIR_UNIT_NONE, contention, "0", 0, 1e6,
         "What each further instance adds to the time of an item, as a share of it: what is shared makes them wait."),
    REAL(OPERATOR, "coherence", WEIR_UNIT_NONE, coherence, "0", 0, 1e6,
         "What each pair of instances adds to it, in both directions: they have to agree."),
    END,
};

const struct weir_param weir_tires_keys[] = {
    REAL_NEEDED(OPERATOR, "least", WEIR_UNIT_NONE, tires_least, 1e-3, 1,
                "The share of its speed that is left in the end."),
    REAL_NEEDED(OPERATOR, "time", WEIR_UNIT_TIME, tires_time_s, 1e-6, DBL_MAX,
                "The time without rest in which it goes down by all but 1/e of the way."),
    END,
};

#define STATE struct weir_state_read
const struct weir_param weir_state_keys[] = {
    REAL(STATE, "size", WEIR_UNIT_BYTES, size, "0B", 0, DBL_MAX, "What it begins with."),
    REAL(STATE, "per_item", WEIR_UNIT_BYTES, per_item, "0B", 0, DBL_MAX, "What it grows by for each item processed."),
    REAL(STATE, "per_key", WEIR_UNIT_BYTES, per_key, "0B", 0, DBL_MAX,
         "Added to \"size\" for each of the operator's \"keys\"."),
    REAL(STATE, "update", WEIR_UNIT_BYTES, update, "0B", 0, DBL_MAX,
         "What is written of it for each item processed, by incremental checkpoints."),
    REAL(STATE, "flops", WEIR_UNIT_FLOPS, flops, "0f", 0, DBL_MAX,
         "Work added to each item for each byte of state that its instance has, an equal part of all."),
    REAL_OR(STATE, "max", WEIR_UNIT_BYTES, max, "no limit", 0, DBL_MAX, "Up to which it grows."),
    END,
};

const struct weir_param weir_keys_keys[] = {
    WHOLE_NEEDED(OPERATOR, "count", keys, 1, 100000000, "Number of keys."),
    REAL(OPERATOR, "skew", WEIR_UNIT_NONE, key_skew, "0", 0, 10,
         "Exponent of the Zipf law that keys are drawn from; 0: uniform."),
    END,
};

const struct weir_param weir_window_keys[] = {
    CHOICE(OPERATOR, "type", window_type, "tumbling", weir_window_type_names,
           "\"tumbling\": one after the other; \"sliding\": they overlap; \"session\": as long as items follow."),
    REAL_OR(OPERATOR, "size", WEIR_UNIT_TIME, window_s, "required, but for sessions", 1e-6, DBL_MAX,
            "Length of a window."),
    REAL_OR(OPERATOR, "slide", WEIR_UNIT_TIME, window_slide_s, "required of sliding windows", 1e-6, DBL_MAX,
            "From the beginning of a sliding window to that of the next."),
    REAL_OR(OPERATOR, "gap", WEIR_UNIT_TIME, window_gap_s, "required of sessions", 1e-6, DBL_MAX,
            "A session ends so long after its last item."),
    TIME(OPERATOR, "allowed_lateness", allowed_lateness_s, "0s", 0,
         "How long a window that has given its result takes late items, each of which makes it give a result anew."),
    TIME(OPERATOR, "out_of_orderness", out_of_orderness_s, "0s", 0,
         "By which the watermark is behind the latest item seen."),
    REAL_OR(OPERATOR, "idle_timeout", WEIR_UNIT_TIME, idle_timeout_s, "a source always counts", 1e-6, DBL_MAX,
            "After which a source of which nothing comes holds no window back."),
    END,
};

const struct weir_param weir_interval_keys[] = {
    REAL_NEEDED(OPERATOR, "lower", WEIR_UNIT_TIME, interval_lower_s, -DBL_MAX, DBL_MAX,
                "An item of the second input comes at least so long after that of the first; below 0: before."),
    REAL_NEEDED(OPERATOR, "upper", WEIR_UNIT_TIME, interval_upper_s, -DBL_MAX, DBL_MAX, "And at most so long."),
    TIME(OPERATOR, "out_of_orderness", out_of_orderness_s, "0s", 0,
         "By which the watermark is behind the latest item seen."),
    REAL_OR(OPERATOR, "idle_timeout", WEIR_UNIT_TIME, idle_timeout_s, "a source always counts", 1e-6, DBL_MAX,
            "After which a source of which nothing comes does not hold the watermark back."),
    END,
};

const struct weir_param weir_batch_keys[] = {
    WHOLE_NEEDED(OPERATOR, "items", batch_items, 1, 1000000, "Items of a batch at most."),
    TIME(OPERATOR, "wait", batch_wait_s, "0s", 0, "How long the first waits for the others at most."),
    VALUE("flops", WORK, weir_flops_keys, "0f", "Work of a batch, beside that of its items."),
    END,
};

const struct weir_param weir_quota_keys[] = {
    REAL_NEEDED(OPERATOR, "quota", WEIR_UNIT_TIME, quota_s, 1e-6, DBL_MAX, "Processor time in each period."),
    TIME(OPERATOR, "period", quota_period_s, "100ms", 1e-6, "Periods begin at 0 s, for all alike."),
    END,
};

const struct weir_param weir_retry_keys[] = {
    WHOLE_NEEDED(OPERATOR, "attempts", retry_attempts, 1, 1000000, "Attempts at most, the first included."),
    TIME(OPERATOR, "delay", retry_delay_s, "0s", 0, "Before the second attempt."),
    REAL(OPERATOR, "multiplier", WEIR_UNIT_NONE, retry_multiplier, "2", 1, 1e6, "From each delay to the next."),
    REAL_OR(OPERATOR, "max_delay", WEIR_UNIT_TIME, retry_max_delay_s, "no limit", 0, DBL_MAX,
            "A delay is at most so long."),
    REAL(OPERATOR, "jitter", WEIR_UNIT_NONE, retry_jitter, "0", 0, 1,
         "Share of each delay that is drawn between nothing and all."),
    END,
};

const struct weir_param weir_hedge_keys[] = {
    REAL_NEEDED(OPERATOR, "after", WEIR_UNIT_TIME, hedge_after_s, 0, DBL_MAX,
                "How long an attempt may wait and be served before a second one begins."),
    END,
};

const struct weir_param weir_breaker_keys[] = {
    WHOLE_NEEDED(OPERATOR, "failures", breaker_failures, 1, 1000000000,
                 "Failures in succession, after which it opens."),
    REAL_NEEDED(OPERATOR, "open", WEIR_UNIT_TIME, breaker_open_s, 0, DBL_MAX, "How long it lets nothing through."),
    END,
};

#define KIND struct weir_kind
const struct weir_param weir_kind_keys[] = {
    VALUE_NEEDED("name", WEIR_FORM_STRING, NULL, "Unique in the job."),
    REAL_NEEDED(KIND, "share", WEIR_UNIT_NONE, share, 0, 1, "Share of the items; the shares come to 1."),
    WHOLE(KIND, "priority", priority, "0", -1000000, 1000000, "Higher ones go first."),
    REAL_OR(KIND, "deadline", WEIR_UNIT_TIME, deadline_s, "the job's \"slo\"", 1e-9, DBL_MAX,
            "Since the item came to the source."),
    END,
};

#define EDGE struct weir_edge
const struct weir_param weir_edge_keys[] = {
    VALUE_NEEDED("from", WEIR_FORM_STRING, NULL, "\"source\", the name of one of the \"sources\", or an operator."),
    VALUE_NEEDED("to", WEIR_FORM_STRING, NULL, "An operator or \"sink\"."),
    REAL_OR(EDGE, "bytes", WEIR_UNIT_BYTES, bytes, "the operator's \"bytes\", or \"source_bytes\"", 0, DBL_MAX,
            "Size of an item along this edge."),
    CHOICE(EDGE, "full", full, "block", weir_full_names, "What a full input does."),
    REAL_OR(EDGE, "share", WEIR_UNIT_NONE, shed_share, "required for \"shed\"", 0, 1,
            "Of \"shed\": the share of items dropped while the input is more than half full."),
    VALUE("delay", WEIR_FORM_STRING | WEIR_FORM_OBJECT, weir_delay_keys, "none",
          "Of edges to the sink: how much longer than the network items are on their way; a time, or how it grows with "
          "the rate."),
    END,
};

const struct weir_param weir_delay_keys[] = {
    REAL_NEEDED(EDGE, "time", WEIR_UNIT_TIME, delay_s, 0, DBL_MAX,
                "What it is while next to nothing goes over the edge."),
    REAL_OR(
        EDGE, "rate", WEIR_UNIT_RATE, delay_rate, "it does not grow", 1e-9, DBL_MAX,
        "The rate r that it cannot bear: at a rate x it is time / (1 - x / r), and a hundred times the time at most."),
    TIME(EDGE, "over", delay_over_s, "10s", 1e-3,
         "The rate is that of the last whole stretch of so long; stretches begin at 0 s."),
    END,
};

const struct weir_param weir_place_keys[] = {
    VALUE("host", WEIR_FORM_STRING, NULL, "another key says where", "One host."),
    VALUE("region", WEIR_FORM_STRING, NULL, "another key says where",
          "The hosts of a region, in the order of the platform file; with \"tier\", those of the tier."),
    VALUE("tier", WEIR_FORM_STRING, NULL, "another key says where",
          "The hosts of a tier: device, edge or cloud; in the region of the job's source first."),
    END,
};

#define TEXT_NEEDED(record, key, field, sentence)                                                                      \
    {                                                                                                                  \
        .name = (key), .type = WEIR_PARAM_STRING, AT(record, field), .required = true, .help = (sentence)              \
    }
#define WORKFLOW struct weir_workflow_read
const struct weir_param weir_workflow_keys[] = {
    TEXT_NEEDED(WORKFLOW, "file", file, "Path of the workflow, relative to the file that names it."),
    REAL(WORKFLOW, "reference_speed", WEIR_UNIT_SPEED, options.reference_flops_per_s, "1Gf", DBL_MIN, DBL_MAX,
         "Of the core on which runtimes were measured: work = runtime x this."),
    REAL(WORKFLOW, "data_factor", WEIR_UNIT_NONE, options.data_factor, "1", 0, 1e12, "Times all sizes."),
    TIME(WORKFLOW, "least_runtime", options.least_runtime_s, "0s", 0,
         "Shorter runtimes are raised to it; at 0, those of zero stay."),
    {.name = "dag",
     .type = WEIR_PARAM_STRING,
     AT(WORKFLOW, options.dag),
     .without = "there is one",
     .help = "Of a table that holds several workflows: which."},
    YES_NO(WORKFLOW, "staging", staging, "false",
           "Whether what tasks read from outside comes from the source, and what they leave goes to the sink."),
    VALUE("placement", PLACE, weir_place_keys, "source", "Where tasks are put unless a policy decides; a place."),
    VALUE("rules", WEIR_FORM_LISTED, weir_rule_keys, "none",
          "The same for tasks whose name matches a pattern (*, ?, [a-z]); the first that matches counts, each must be "
          "for "
          "one task at least."),
    END,
};

const struct weir_param weir_rule_keys[] = {
    TEXT_NEEDED(struct weir_rule_read, "tasks", tasks, "A name of tasks, or a pattern."),
    VALUE_NEEDED("placement", PLACE, weir_place_keys, "Where they are put, a place."),
    END,
};

#define TASK struct weir_task_read
const struct weir_param weir_task_keys[] = {
    TEXT_NEEDED(TASK, "name", name, "Unique in the workflow."),
    REAL_OR(TASK, "flops", WEIR_UNIT_FLOPS, flops, "\"runtime\" says it", 0, DBL_MAX, "Work."),
    REAL_OR(TASK, "runtime", WEIR_UNIT_TIME, runtime_s, "\"flops\" says it", 0, DBL_MAX, "Measured, for its work."),
    REAL(TASK, "input", WEIR_UNIT_BYTES, input_bytes, "0B", 0, DBL_MAX, "What it reads that no task makes."),
    REAL(TASK, "output", WEIR_UNIT_BYTES, output_bytes, "0B", 0, DBL_MAX, "What it makes that no task reads."),
    END,
};

#define STEP struct weir_step_read
const struct weir_param weir_step_keys[] = {
    REAL_NEEDED(STEP, "at", WEIR_UNIT_TIME, at_s, 0, DBL_MAX, "When the rate begins."),
    REAL_NEEDED(STEP, "rate", WEIR_UNIT_RATE, rate, 0, DBL_MAX, "Items per second from then on."),
    END,
};
