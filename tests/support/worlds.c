#include "tests/support/worlds.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Changes operators at random, also in ways that are refused. */
struct chaos {
    struct weir_stream stream, rates;
    bool all_shares;
};

static int chaos_create(void *state, const struct weir_policy_env *env)
{
    struct chaos *chaos = state;
    chaos->stream = weir_stream_open(env->seed, env->stream);
    chaos->rates = weir_stream_open(env->seed + 1, env->stream);
    return 0;
}

static int chaos_create_shares(void *state, const struct weir_policy_env *env)
{
    ((struct chaos *)state)->all_shares = true;
    return chaos_create(state, env);
}

static double draw_share(struct chaos *chaos)
{
    double draw = weir_stream_uniform(&chaos->stream);
    if (chaos->all_shares)
        return draw < 0.5 ? 0.05 + 1.8 * draw : 1;
    return draw < 0.3 ? 0.5 : 1;
}

/* Limits of transfers come, change and go; one is refused. */
static void chaos_rates(struct chaos *chaos, const struct weir_view *view, int job, struct weir_plan *plan)
{
    static const double rates[] = {INFINITY, 2e5, 1e6, 5e6, 0.5};
    for (int o = 0; o < view->jobs[job].operator_count; o++) {
        const struct weir_operator_view *op = &view->jobs[job].operators[o];
        for (int u = 0; u < op->upstream_count; u++)
            if (weir_stream_uniform(&chaos->rates) < 0.2)
                weir_plan_rate(plan, job, op->upstream[u], o, rates[weir_stream_below(&chaos->rates, 5)], "chance");
        if (op->downstream[0] < 0 && weir_stream_uniform(&chaos->rates) < 0.2)
            weir_plan_rate(plan, job, o, -1, rates[weir_stream_below(&chaos->rates, 5)], "chance");
    }
}

static int chaos_window(void *state, const struct weir_view *view, struct weir_plan *plan)
{
    struct chaos *chaos = state;
    for (int j = 0; j < view->job_count; j++) {
        chaos_rates(chaos, view, j, plan);
        for (int o = 0; o < view->jobs[j].operator_count; o++) {
            if (weir_stream_uniform(&chaos->stream) < 0.6)
                continue;
            struct weir_placement wish[5];
            int count = (int)weir_stream_below(&chaos->stream, 5);
            for (int i = 0; i < count; i++)
                wish[i] = (struct weir_placement){
                    .host = (int)weir_stream_below(&chaos->stream, (uint64_t)view->host_count),
                    .weight = 0.2 + weir_stream_uniform(&chaos->stream),
                    .cpu_share = draw_share(chaos),
                };
            weir_plan_set(plan, j, o, wish, count, "chance");
        }
    }
    return 0;
}

/* At arrivals too, of which all jobs may notice something. */
static int chaos_arrival(void *state, const struct weir_view *view, int job, struct weir_plan *plan)
{
    return chaos_window(state, view, plan);
}

static const struct weir_policy chaos_policy = {.abi = WEIR_POLICY_ABI,
                                                .name = "chaos",
                                                .summary = "Changes plans at random.",
                                                .source = "",
                                                .state_size = sizeof(struct chaos),
                                                .create = chaos_create,
                                                .job_arrives = chaos_arrival,
                                                .window_ends = chaos_window};
static const struct weir_policy chaos_shares_policy = {.abi = WEIR_POLICY_ABI,
                                                       .name = "chaos-shares",
                                                       .summary = "The same, with shares of cores of all sizes.",
                                                       .source = "",
                                                       .state_size = sizeof(struct chaos),
                                                       .create = chaos_create_shares,
                                                       .job_arrives = chaos_arrival,
                                                       .window_ends = chaos_window};
const struct weir_policy *const weir_test_chaos[] = {&chaos_policy, &chaos_shares_policy, NULL};

unsigned weir_test_below(struct weir_stream *s, unsigned count)
{
    return (unsigned)weir_stream_below(s, count);
}

const char *weir_test_pick(struct weir_stream *s, const char *const *words, unsigned count)
{
    return words[weir_test_below(s, count)];
}

/* Inputs hold one item at least, so that 0 is below it. */
static void add_queue(struct weir_text *text, struct weir_stream *s, bool joins, bool join)
{
    static const char *const orders[] = {"fifo", "priority", "edf"};
    bool ordered = !join && weir_test_below(s, 3) == 0;
    if (ordered) {
        unsigned order = weir_test_below(s, 3);
        weir_text_addf(text, ", \"order\": \"%s\"%s%s", orders[order],
                       order && weir_test_below(s, 2) ? ", \"preempt\": true" : "",
                       !joins && weir_test_below(s, 2) ? ", \"expire\": true" : "");
    }
    if (!join && !ordered && weir_test_below(s, 2))
        weir_text_addf(text, ", \"batch\": {\"items\": %u, \"wait\": \"%ums\", \"flops\": \"%ukf\"}",
                       1 + weir_test_below(s, 10), weir_test_below(s, 300), weir_test_below(s, 5000));
    if (weir_test_below(s, 4) == 0)
        weir_text_addf(text, ", \"cpu_quota\": {\"quota\": \"%ums\", \"period\": \"%ums\"}", 5 + weir_test_below(s, 20),
                       30 + weir_test_below(s, 50));
    if (!joins && weir_test_below(s, 2))
        weir_text_addf(text, ", \"max_wait\": \"%ums\"", 1 + weir_test_below(s, 3000));
    if (weir_test_below(s, 2))
        weir_text_add(text, ", \"low_watermark\": 0");
    if (weir_test_below(s, 3) == 0)
        weir_text_addf(text, ", \"capacity_bytes\": \"%uB\"", 1 + weir_test_below(s, 200000));
}

static void add_calls(struct weir_text *text, struct weir_stream *s, bool joins, bool join, bool window, bool alone)
{
    bool calls = !join && weir_test_below(s, 2), unacked = !join && !calls && weir_test_below(s, 2);
    if (!window && weir_test_below(s, 2))
        weir_text_addf(text, ", \"concurrency\": %u", 1 + weir_test_below(s, 4));
    if (calls && !joins)
        weir_text_addf(text, ", \"fails\": 0.%u, \"retry\": {\"attempts\": %u, \"delay\": \"%ums\", \"jitter\": 0.5}",
                       1 + weir_test_below(s, 9), 1 + weir_test_below(s, 4), weir_test_below(s, 300));
    if (calls && !joins && weir_test_below(s, 2))
        weir_text_addf(text, ", \"max_wait\": \"%ums\", \"breaker\": {\"failures\": %u, \"open\": \"%ums\"}",
                       1 + weir_test_below(s, 2000), 1 + weir_test_below(s, 5), weir_test_below(s, 2000));
    if (calls && !alone && weir_test_below(s, 2))
        weir_text_addf(text, ", \"hedge\": {\"after\": \"%ums\"}", weir_test_below(s, 50));
    if (unacked)
        weir_text_addf(text, ", \"unacked\": %u", 1 + weir_test_below(s, 20));
    if (!join && !joins && weir_test_below(s, 3) == 0)
        weir_text_addf(text, ", \"cut_off\": \"%ums\"", 10 + weir_test_below(s, 1000));
}

/* By the clock or in event time; returns which. */
static bool add_window(struct weir_text *text, struct weir_stream *s, bool event)
{
    unsigned ms = 200 + weir_test_below(s, 3000), type = event ? weir_test_below(s, 3) : 0;
    if (!event)
        weir_text_addf(text, ", \"window\": \"%ums\", \"selectivity\": 0.2", ms);
    else if (type == 2)
        weir_text_addf(text, ", \"window\": {\"type\": \"session\", \"gap\": \"%ums\"", ms / 10);
    else if (type == 1)
        weir_text_addf(text, ", \"window\": {\"type\": \"sliding\", \"size\": \"%ums\", \"slide\": \"%ums\"", ms,
                       50 + ms / (1 + weir_test_below(s, 4)) / 2);
    else
        weir_text_addf(text, ", \"window\": {\"size\": \"%ums\"", ms);
    if (event)
        weir_text_addf(text, ", \"allowed_lateness\": \"%ums\", \"out_of_orderness\": \"%ums\"%s}",
                       weir_test_below(s, 2) * 300, weir_test_below(s, 2) * 200,
                       weir_test_below(s, 2) ? ", \"idle_timeout\": \"700ms\"" : "");
    return event;
}

/* A join of two sources by key. */
static bool add_pairs(struct weir_text *text, struct weir_stream *s)
{
    unsigned ms = 5 + weir_test_below(s, 100);
    if (weir_test_below(s, 2))
        weir_text_addf(text, ", \"join\": \"window\", \"window\": {\"size\": \"%ums\", \"idle_timeout\": \"2s\"}", ms);
    else
        weir_text_addf(text, ", \"join\": \"interval\", \"interval\": {\"lower\": \"-%ums\", \"upper\": \"%ums\"}", ms,
                       ms / 2);
    return true;
}

static void add_operator(struct weir_text *text, struct weir_stream *s, const struct weir_test_worlds *worlds, int o,
                         bool joins_ahead, bool join, bool two)
{
    static const char *const hosts[] = {"edge", "edge2", "cloud", "cloud4"};
    static const char *const spreads[] = {"constant", "exponential", "gamma"};
    const char *spread = weir_test_pick(s, spreads, 3);
    weir_text_addf(text, "%s{\"name\": \"o%d\", \"flops\": {\"mean\": \"%ukf\", \"distribution\": \"%s\"%s}",
                   o ? ", " : "", o, 200 + weir_test_below(s, 12000), spread, spread[0] == 'g' ? ", \"cv\": 0.8" : "");
    weir_text_addf(text, ", \"bytes\": \"%uB\", \"parallelism\": %u, \"max_parallelism\": 4, \"capacity\": %u",
                   weir_test_below(s, worlds->most_bytes), 1 + weir_test_below(s, 3), 1 + weir_test_below(s, 200));
    bool pairs = two && weir_test_below(s, 4), window = false, event = pairs, shared = weir_test_below(s, 2) && !pairs,
         keys = !shared && !join && weir_test_below(s, 3) == 0; /* a shared queue keeps no keys apart */
    weir_text_addf(text, ", \"placement\": {\"host\": \"%s\"}, \"queue\": \"%s\"", weir_test_pick(s, hosts, 4),
                   shared ? "shared" : "own");
    if (join)
        weir_text_add(text, ", \"join\": \"all\"");
    else if (pairs)
        window = add_pairs(text, s);
    else if ((window = !joins_ahead && weir_test_below(s, 4) == 0))
        event = add_window(text, s, !shared && weir_test_below(s, 4));
    else if (!joins_ahead && weir_test_below(s, 3) == 0)
        weir_text_addf(text, ", \"selectivity\": %.2f", 0.1 + 2 * weir_stream_uniform(s));
    if (keys)
        weir_text_addf(text, ", \"keys\": {\"count\": %u, \"skew\": %.1f}", 1 + weir_test_below(s, 100),
                       1.5 * weir_stream_uniform(s));
    if (weir_test_below(s, 3) == 0)
        weir_text_addf(text, ", \"state\": {\"size\": \"%ukB\", \"per_item\": \"%uB\", \"max\": \"10MB\"}",
                       1 + weir_test_below(s, 3000), weir_test_below(s, 2000));
    if (worlds->zeros && weir_test_below(s, 3))
        weir_text_add(text, ", \"min_instances\": 0");
    if (worlds->queues)
        add_queue(text, s, joins_ahead || join, join || pairs);
    if (worlds->calls)
        add_calls(text, s, joins_ahead || join, join, window, shared || keys || event);
    weir_text_add(text, "}");
}

static void add_edge(struct weir_text *text, const char *from, const char *to, const char *full)
{
    weir_text_addf(text, ", {\"from\": \"%s\", \"to\": \"%s\"", from, to);
    if (strcmp(to, "sink") != 0)
        weir_text_addf(text, ", \"full\": %s", full);
    weir_text_add(text, "}");
}

/* The load of a second source is continuous. */
static void add_source(struct weir_text *text, struct weir_stream *s, const struct weir_test_worlds *worlds,
                       bool second)
{
    static const char *const sources[] = {"edge", "edge2"};
    static const char *const loads[] = {
        "{\"kind\": \"constant\", \"rate\": \"%u/s\"}",
        "{\"kind\": \"poisson\", \"rate\": \"%u/s\"}",
        "{\"kind\": \"bursts\", \"low\": \"5/s\", \"high\": \"%u/s\", \"mean_low\": \"3s\", \"mean_high\": \"2s\"}",
    };
    weir_text_addf(text, "\"source\": {\"host\": \"%s\"}, \"source_bytes\": \"%uB\", \"load\": ",
                   weir_test_pick(s, sources, 2), weir_test_below(s, worlds->most_bytes / 2));
    char load[200];
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    unsigned kind = second ? 1 + weir_test_below(s, 2) : weir_test_below(s, 3);
    snprintf(load, sizeof load, loads[kind], 10 + weir_test_below(s, 300));
#pragma GCC diagnostic pop
    weir_text_add(text, load);
}

/* A chain, a diamond that joins, or a fork that merges; edges of a chain and a fork may drop. */
static void add_job(struct weir_text *text, struct weir_stream *s, const struct weir_test_worlds *worlds, int j)
{
    static const char *const full[] = {"\"block\"", "\"drop-new\"", "\"drop-old\"", "\"shed\", \"share\": 0.4"};
    bool diamond = weir_test_below(s, 3) == 0;
    int count = diamond ? 4 : 1 + (int)weir_test_below(s, 5);
    weir_text_addf(text, "%s{\"name\": \"j%d\", ", j ? ", " : "", j);
    bool two = !diamond && weir_test_below(s, 2) == 0;
    weir_text_add(text, two ? "\"sources\": [{\"name\": \"s0\", " : "");
    add_source(text, s, worlds, false);
    if (two) {
        weir_text_add(text, "}, {\"name\": \"s1\", ");
        add_source(text, s, worlds, true);
        if (weir_test_below(s, 2))
            weir_text_addf(text, ", \"backlog\": {\"capacity\": %u}", 1 + weir_test_below(s, 10));
        weir_text_add(text, "}]");
    }
    weir_text_addf(text, ", \"arrive\": \"%us\"", weir_test_below(s, 5));
    if (weir_test_below(s, 3) == 0)
        weir_text_addf(text, ", \"depart\": \"%us\"", 8 + weir_test_below(s, 10));
    if (!two && weir_test_below(s, 3) == 0)
        weir_text_addf(text, ", \"backlog\": {\"capacity\": %u, \"full\": \"%s\"}", 1 + weir_test_below(s, 100),
                       weir_test_below(s, 2) ? "drop-new" : "drop-old");
    if (weir_test_below(s, 2))
        weir_text_add(text, ", \"sink\": {\"host\": \"cloud\"}");
    if (worlds->queues)
        weir_text_addf(text,
                       ", \"kinds\": [{\"name\": \"x\", \"share\": 0.%u, \"priority\": %u, \"deadline\": \"%ums\"},"
                       " {\"name\": \"y\", \"share\": 0.%u}]",
                       1 + j, weir_test_below(s, 3), 1 + weir_test_below(s, 2000), 9 - j);
    weir_text_add(text, ", \"operators\": [");
    for (int o = 0; o < count; o++)
        add_operator(text, s, worlds, o, diamond && o < 3, diamond && o == 3, two && o == 0);
    weir_text_add(text, "], \"edges\": [");
    weir_text_add(text, two ? "[\"s0\", \"o0\"], [\"s1\", \"o0\"]" : "[\"source\", \"o0\"]");
    if (diamond) {
        static const char *const ends[][2] = {{"o0", "o1"}, {"o0", "o2"}, {"o1", "o3"}, {"o2", "o3"}, {"o3", "sink"}};
        for (int e = 0; e < 5; e++)
            add_edge(text, ends[e][0], ends[e][1], "\"block\"");
    } else {
        char from[16], to[16];
        for (int o = 1; o < count; o++) {
            const char *when_full = worlds->queues || worlds->calls ? full[0] : weir_test_pick(s, full, 4);
            snprintf(from, sizeof from, "o%u", weir_test_below(s, (unsigned)o));
            snprintf(to, sizeof to, "o%d", o);
            add_edge(text, from, to, when_full);
        }
        for (int o = 0; o < count; o++) {
            snprintf(from, sizeof from, "o%d", o);
            add_edge(text, from, "sink", "\"block\"");
        }
    }
    weir_text_add(text, "]}");
}

/* Hosts and links that fail now and then; one host, cloud, stays up. */
void weir_test_failures(struct weir_text *text, struct weir_stream *s, const char *recovery)
{
    static const char *const targets[] = {"{\"host\": \"edge\"", "{\"host\": \"edge2\"", "{\"host\": \"cloud4\"",
                                          "{\"link\": \"local\"", "{\"link\": \"backhaul\""};
    static const char *const places[] = {"wait", "elsewhere", "drop"};
    weir_text_add(text, "\"faults\": [");
    int count = 1 + (int)weir_test_below(s, 6);
    for (int f = 0; f < count; f++)
        weir_text_addf(text, "%s%s, \"at\": \"%ums\", \"for\": \"%ums\"}", f ? ", " : "", weir_test_pick(s, targets, 5),
                       weir_test_below(s, 20000), 1 + weir_test_below(s, 5000));
    if (weir_test_below(s, 2))
        weir_text_addf(text, ", {\"link\": \"backhaul\", \"at\": \"%ums\", \"for\": \"%ums\", \"loss\": 0.%02u}",
                       weir_test_below(s, 20000), 1 + weir_test_below(s, 9000), 1 + weir_test_below(s, 40));
    if (weir_test_below(s, 2))
        weir_text_addf(
            text, "], \"anomalies\": [{\"kind\": \"%s\", \"hosts\": \"edge*\", \"at\": \"%ums\", \"for\": \"%ums\"}",
            weir_test_below(s, 2) ? "outage" : "overload", weir_test_below(s, 20000), 1 + weir_test_below(s, 5000));
    weir_text_addf(text,
                   "], \"recovery\": {\"place\": \"%s\", \"delivery\": \"%s\", \"checkpoint_interval\": \"%ums\","
                   " \"checkpoint_time\": \"%ums\", \"restart\": \"%ums\", \"detect\": \"%ums\"",
                   weir_test_pick(s, places, 3), weir_test_below(s, 2) ? "exactly-once" : "at-least-once",
                   200 + weir_test_below(s, 5000), weir_test_below(s, 100), weir_test_below(s, 3000),
                   100 + weir_test_below(s, 2000));
    weir_text_addf(text, "%s}, ", recovery ? recovery : "");
}

void weir_test_world(struct weir_text *text, const struct weir_test_worlds *worlds, unsigned number)
{
    struct weir_stream s = weir_stream_at(weir_stream_key(2026, worlds->name), number);
    weir_text_addf(text,
                   "{\"platform\": \"\", \"duration\": \"20s\", \"warmup\": \"2s\", \"window\": \"1s\","
                   " \"items_per_batch\": %s, \"costs\": {\"start\": \"%ums\", \"stop\": \"%ums\","
                   " \"checkpoint\": \"%ums\", \"restore\": \"%ums\"}, ",
                   weir_test_pick(&s, worlds->batches, worlds->batch_count), weir_test_below(&s, 2000),
                   weir_test_below(&s, 500), weir_test_below(&s, 300), weir_test_below(&s, 300));
    if (worlds->failures)
        weir_test_failures(text, &s, worlds->recovery);
    if (worlds->queues)
        weir_text_addf(text, "\"cpu\": \"%s\", ", weir_test_below(&s, 2) ? "fifo" : "share");
    weir_text_add(text, worlds->more ? worlds->more : "");
    weir_text_add(text, "\"workload\": {\"jobs\": [");
    int jobs = 1 + (int)weir_test_below(&s, 3);
    for (int j = 0; j < jobs; j++)
        add_job(text, &s, worlds, j);
    weir_text_add(text, "]}}");
}
