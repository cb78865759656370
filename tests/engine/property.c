/* 200 random workloads, and 500 with failures, under a policy that changes plans at random: nothing is lost or counted
 * twice, the parts of the latency sum to the whole, and nothing hangs. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/base/random.h"
#include "sim/base/text.h"
#include "tests/support/run.h"
#include "tests/support/test.h"

#define PLATFORM "tests/input/valid/two-tier.xml"

/* Under the sanitisers an actor is a thread and everything takes its time. */
#if defined(__SANITIZE_ADDRESS__)
#define WORLDS         15
#define FAILING_WORLDS 15
#define DRAINED_WORLDS 8
#else
#define WORLDS         200
#define FAILING_WORLDS 500
#define DRAINED_WORLDS 1000
#endif

/* Changes operators at random, also in ways that are refused. */
struct chaos {
    struct weir_stream stream, rates;
};

static int chaos_create(void *state, const struct weir_policy_env *env)
{
    struct chaos *chaos = state;
    chaos->stream = weir_stream_open(env->seed, env->stream);
    chaos->rates = weir_stream_open(env->seed + 1, env->stream);
    return 0;
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
                    .cpu_share = weir_stream_uniform(&chaos->stream) < 0.3 ? 0.5 : 1,
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
static const struct weir_policy *const catalog[] = {&chaos_policy, NULL};

static unsigned below(struct weir_stream *s, unsigned count)
{
    return (unsigned)weir_stream_below(s, count);
}

static const char *pick(struct weir_stream *s, const char *const *words, unsigned count)
{
    return words[below(s, count)];
}

static void add_operator(struct weir_text *text, struct weir_stream *s, int o, bool joins_ahead, bool join)
{
    static const char *const hosts[] = {"edge", "edge2", "cloud", "cloud4"};
    static const char *const spreads[] = {"constant", "exponential", "gamma"};
    const char *spread = pick(s, spreads, 3);
    weir_text_addf(text, "%s{\"name\": \"o%d\", \"flops\": {\"mean\": \"%ukf\", \"distribution\": \"%s\"%s}",
                   o ? ", " : "", o, 200 + below(s, 12000), spread, spread[0] == 'g' ? ", \"cv\": 0.8" : "");
    weir_text_addf(text, ", \"bytes\": \"%uB\", \"parallelism\": %u, \"max_parallelism\": 4, \"capacity\": %u",
                   below(s, 20000), 1 + below(s, 3), 1 + below(s, 200));
    bool shared = below(s, 2), keys = !shared && !join && below(s, 3) == 0; /* a shared queue keeps no keys apart */
    weir_text_addf(text, ", \"placement\": {\"host\": \"%s\"}, \"queue\": \"%s\"", pick(s, hosts, 4),
                   shared ? "shared" : "own");
    if (join)
        weir_text_add(text, ", \"join\": \"all\"");
    else if (!joins_ahead && below(s, 4) == 0)
        weir_text_addf(text, ", \"window\": \"%ums\", \"selectivity\": 0.2", 200 + below(s, 3000));
    else if (!joins_ahead && below(s, 3) == 0)
        weir_text_addf(text, ", \"selectivity\": %.2f", 0.1 + 2 * weir_stream_uniform(s));
    if (keys)
        weir_text_addf(text, ", \"keys\": {\"count\": %u, \"skew\": %.1f}", 1 + below(s, 100),
                       1.5 * weir_stream_uniform(s));
    if (below(s, 3) == 0)
        weir_text_addf(text, ", \"state\": {\"size\": \"%ukB\", \"per_item\": \"%uB\", \"max\": \"10MB\"}",
                       1 + below(s, 3000), below(s, 2000));
    weir_text_add(text, "}");
}

/* A chain, a diamond that joins, or a fork that merges; edges of a chain and a fork may drop. */
static void add_job(struct weir_text *text, struct weir_stream *s, int j)
{
    static const char *const full[] = {"\"block\"", "\"drop-new\"", "\"drop-old\"", "\"shed\", \"share\": 0.4"};
    static const char *const sources[] = {"edge", "edge2"};
    static const char *const loads[] = {
        "{\"kind\": \"constant\", \"rate\": \"%u/s\"}",
        "{\"kind\": \"poisson\", \"rate\": \"%u/s\"}",
        "{\"kind\": \"bursts\", \"low\": \"5/s\", \"high\": \"%u/s\", \"mean_low\": \"3s\", \"mean_high\": \"2s\"}",
    };
    bool diamond = below(s, 3) == 0;
    int count = diamond ? 4 : 1 + (int)below(s, 5);
    weir_text_addf(text, "%s{\"name\": \"j%d\", \"source\": {\"host\": \"%s\"}, \"source_bytes\": \"%uB\", \"load\": ",
                   j ? ", " : "", j, pick(s, sources, 2), below(s, 10000));
    char load[200];
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    snprintf(load, sizeof load, pick(s, loads, 3), 10 + below(s, 300));
#pragma GCC diagnostic pop
    weir_text_add(text, load);
    weir_text_addf(text, ", \"arrive\": \"%us\"", below(s, 5));
    if (below(s, 3) == 0)
        weir_text_addf(text, ", \"depart\": \"%us\"", 8 + below(s, 10));
    if (below(s, 3) == 0)
        weir_text_addf(text, ", \"backlog\": {\"capacity\": %u, \"full\": \"%s\"}", 1 + below(s, 100),
                       below(s, 2) ? "drop-new" : "drop-old");
    if (below(s, 2))
        weir_text_add(text, ", \"sink\": {\"host\": \"cloud\"}");
    weir_text_add(text, ", \"operators\": [");
    for (int o = 0; o < count; o++)
        add_operator(text, s, o, diamond && o < 3, diamond && o == 3);
    weir_text_add(text, "], \"edges\": [");
    if (diamond) {
        weir_text_add(text,
                      "[\"source\", \"o0\"], [\"o0\", \"o1\"], [\"o0\", \"o2\"], [\"o1\", \"o3\"], [\"o2\", \"o3\"],"
                      " [\"o3\", \"sink\"]");
    } else {
        weir_text_add(text, "[\"source\", \"o0\"]");
        for (int o = 1; o < count; o++)
            weir_text_addf(text, ", {\"from\": \"o%u\", \"to\": \"o%d\", \"full\": %s}", below(s, (unsigned)o), o,
                           pick(s, full, 4));
        for (int o = 0; o < count; o++)
            weir_text_addf(text, ", [\"o%d\", \"sink\"]", o);
    }
    weir_text_add(text, "]}");
}

/* Hosts and links that fail now and then; one host, cloud, stays up. */
static void add_failures(struct weir_text *text, struct weir_stream *s)
{
    static const char *const targets[] = {"{\"host\": \"edge\"", "{\"host\": \"edge2\"", "{\"host\": \"cloud4\"",
                                          "{\"link\": \"local\"", "{\"link\": \"backhaul\""};
    static const char *const places[] = {"wait", "elsewhere", "drop"};
    weir_text_add(text, "\"faults\": [");
    int count = 1 + (int)below(s, 6);
    for (int f = 0; f < count; f++)
        weir_text_addf(text, "%s%s, \"at\": \"%ums\", \"for\": \"%ums\"}", f ? ", " : "", pick(s, targets, 5),
                       below(s, 20000), 1 + below(s, 5000));
    if (below(s, 2))
        weir_text_addf(text, ", {\"link\": \"backhaul\", \"at\": \"%ums\", \"for\": \"%ums\", \"loss\": 0.%02u}",
                       below(s, 20000), 1 + below(s, 9000), 1 + below(s, 40));
    if (below(s, 2))
        weir_text_addf(
            text, "], \"anomalies\": [{\"kind\": \"%s\", \"hosts\": \"edge*\", \"at\": \"%ums\", \"for\": \"%ums\"}",
            below(s, 2) ? "outage" : "overload", below(s, 20000), 1 + below(s, 5000));
    weir_text_addf(text,
                   "], \"recovery\": {\"place\": \"%s\", \"delivery\": \"%s\", \"checkpoint_interval\": \"%ums\","
                   " \"checkpoint_time\": \"%ums\", \"restart\": \"%ums\", \"detect\": \"%ums\"}, ",
                   pick(s, places, 3), below(s, 2) ? "exactly-once" : "at-least-once", 200 + below(s, 5000),
                   below(s, 100), below(s, 3000), 100 + below(s, 2000));
}

static void worlds(const char *name, unsigned count, bool failures)
{
    double items = 0, changes = 0, refused = 0, restarts = 0, replayed = 0;
    for (unsigned w = 0; w < count; w++) {
        struct weir_stream s = weir_stream_at(weir_stream_key(2026, name), w);
        struct weir_text text = {0};
        static const char *const batches[] = {"1", "\"auto\"", "7", "50"};
        weir_text_addf(&text,
                       "{\"platform\": \"\", \"duration\": \"20s\", \"warmup\": \"2s\", \"window\": \"1s\","
                       " \"items_per_batch\": %s, \"costs\": {\"start\": \"%ums\", \"stop\": \"%ums\","
                       " \"checkpoint\": \"%ums\", \"restore\": \"%ums\"}, ",
                       pick(&s, batches, 4), below(&s, 2000), below(&s, 500), below(&s, 300), below(&s, 300));
        if (failures)
            add_failures(&text, &s);
        weir_text_add(&text, "\"workload\": {\"jobs\": [");
        int jobs = 1 + (int)below(&s, 3);
        for (int j = 0; j < jobs; j++)
            add_job(&text, &s, j);
        weir_text_add(&text, "]}}");
        struct weir_test_result got = weir_test_run_catalog(PLATFORM, text.data, "chaos", w, catalog);
        if (got.code != WEIR_OK)
            fprintf(stderr, "\nworld %u: %s\n%s\n", w, got.message, text.data);
        CU_ASSERT_EQUAL(got.code, WEIR_OK);
        if (got.code == WEIR_OK) {
            unsigned before = CU_get_number_of_failures();
            const struct weir_metrics *m = &got.result.metrics;
            weir_test_conservation(PLATFORM, text.data, &got);
            CHECK_NEAR(m->waiting_s + m->service_s + m->network_s + m->blocked_s, m->latency_mean_s,
                       1e-9 * fmax(1, m->latency_mean_s));
            if (CU_get_number_of_failures() > before)
                fprintf(stderr, "\nworld %u:\n%s\n", w, text.data);
            items += m->delivered;
            changes += m->rescales + m->migrations;
            refused += m->refused;
            restarts += m->restarts;
            replayed += m->replayed;
        }
        weir_test_result_fini(&got);
        weir_text_fini(&text);
    }
    printf("\n    %u worlds, %.0f items delivered, %.0f changes, %.0f refused, %.0f restarts, %.0f replayed ", count,
           items, changes, refused, restarts, replayed);
    CU_ASSERT(items > 100.0 * count);
    CU_ASSERT(changes > 2.0 * count);
    CU_ASSERT(failures ? restarts > 0.5 * count && replayed > 0 : restarts + replayed == 0);
}

static void random_worlds(void)
{
    worlds("worlds", WORLDS, false);
}

static void failing_worlds(void)
{
    worlds("failing worlds", FAILING_WORLDS, true);
}

/* Random failures and plans for 20 s, then time to drain: of a given number of items, each of which gives one result,
 * every one has come out, exactly once or at least once. */
static void every_item_comes_out(void)
{
    double restarts = 0, replayed = 0;
    for (unsigned w = 0; w < DRAINED_WORLDS; w++) {
        struct weir_stream s = weir_stream_at(weir_stream_key(2026, "drained worlds"), w);
        struct weir_text text = {0};
        static const char *const batches[] = {"1", "\"auto\"", "7"};
        static const char *const hosts[] = {"edge", "edge2", "cloud", "cloud4"};
        weir_text_addf(&text,
                       "{\"platform\": \"\", \"duration\": \"120s\", \"window\": \"1s\", \"items_per_batch\": %s, ",
                       pick(&s, batches, 3));
        add_failures(&text, &s);
        bool diamond = below(&s, 2), window = below(&s, 3) == 0;
        weir_text_addf(
            &text,
            "\"workload\": {\"jobs\": [{\"name\": \"j\", \"source\": {\"host\": \"edge2\"}, \"source_bytes\": \"500B\","
            " \"load\": {\"kind\": \"poisson\", \"rate\": \"%u/s\", \"count\": 400}, %s\"operators\": [",
            20 + below(&s, 60), below(&s, 2) ? "\"sink\": {\"host\": \"cloud\"}, " : "");
        for (int o = 0; o < 4; o++)
            weir_text_addf(&text,
                           "%s{\"name\": \"o%d\", \"flops\": {\"mean\": \"%ukf\", \"distribution\": \"exponential\"},"
                           " \"bytes\": \"%uB\", \"parallelism\": %u, \"max_parallelism\": 4, \"capacity\": %u,"
                           " \"placement\": {\"host\": \"%s\"}%s%s}",
                           o ? ", " : "", o, 100 + below(&s, 3000), below(&s, 2000), 1 + below(&s, 2),
                           1 + below(&s, 50), pick(&s, hosts, 4), below(&s, 3) ? "" : ", \"state\": \"100kB\"",
                           o < 3     ? ""
                           : diamond ? ", \"join\": \"all\""
                           : window  ? ", \"window\": \"700ms\""
                                     : "");
        weir_text_add(&text, diamond ? "], \"edges\": [[\"source\", \"o0\"], [\"o0\", \"o1\"], [\"o0\", \"o2\"],"
                                       " [\"o1\", \"o3\"], [\"o2\", \"o3\"], [\"o3\", \"sink\"]]}]}}"
                                     : "]}]}}");
        struct weir_test_result got = weir_test_run_catalog(PLATFORM, text.data, "chaos", w, catalog);
        const struct weir_metrics *m = &got.result.metrics;
        bool exactly = strstr(text.data, "exactly-once") != NULL;
        bool right = got.code == WEIR_OK && (exactly ? m->delivered == 400 : m->delivered >= 400) &&
                     m->delivered <= 400 + m->replayed;
        if (!right)
            fprintf(stderr, "\nworld %u: %s %.0f delivered, %.0f replayed, %.0f held or on their way\n%s\n", w,
                    got.message, m->delivered, m->replayed, m->in_flight, text.data);
        CU_ASSERT(right);
        restarts += m->restarts;
        replayed += m->replayed;
        weir_test_result_fini(&got);
        weir_text_fini(&text);
    }
    printf("\n    %d worlds, %.0f restarts, %.0f replayed ", DRAINED_WORLDS, restarts, replayed);
    CU_ASSERT(restarts > 0.5 * DRAINED_WORLDS && replayed > DRAINED_WORLDS);
}

int main(int argc, char **argv)
{
    const struct weir_case cases[] = {{"random worlds", random_worlds},
                                      {"failing worlds", failing_worlds},
                                      {"every item comes out", every_item_comes_out},
                                      {0}};
    return weir_test_main("engine/property", cases, argc, argv);
}
