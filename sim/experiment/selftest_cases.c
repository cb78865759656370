/* Cases whose answer is arithmetic, on two hosts and the link between them. */
#include "sim/experiment/selftest_cases.h"

#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"

static const char two_hosts[] =
    "<?xml version=\"1.0\"?>\n"
    "<!DOCTYPE platform SYSTEM \"https://simgrid.org/simgrid.dtd\">\n"
    "<platform version=\"4.1\"><zone id=\"world\" routing=\"Full\">\n"
    "<host id=\"edge\" speed=\"1Gf\"><prop id=\"tier\" value=\"edge\"/></host>\n"
    "<host id=\"edge2\" speed=\"1Gf\" core=\"2\"><prop id=\"tier\" value=\"edge\"/></host>\n"
    "<host id=\"cloud\" speed=\"1Gf\"><prop id=\"tier\" value=\"cloud\"/></host>\n"
    "<link id=\"backhaul\" bandwidth=\"100Mbps\" latency=\"10ms\" sharing_policy=\"SPLITDUPLEX\"/>\n"
    "<route src=\"edge\" dst=\"cloud\"><link_ctn id=\"backhaul\" direction=\"UP\"/></route>\n"
    "</zone></platform>\n";

static const struct weir_policy nothing = {
    .abi = WEIR_POLICY_ABI, .name = "static", .summary = "Changes nothing.", .source = ""};
const struct weir_policy *const weir_selftest_static[] = {&nothing, NULL};

/* At the end of the fourth window, the first operator moves to the cloud. */
static int move_once(void *state, const struct weir_view *view, struct weir_plan *plan)
{
    for (int h = 0; view->window == 3 && h < view->host_count; h++) {
        if (strcmp(view->hosts[h].name, "cloud") != 0)
            continue;
        struct weir_placement there = {h, 1, 1};
        weir_plan_set(plan, 0, 0, &there, 1, "the test says so");
    }
    return 0;
}
static const struct weir_policy mover = {
    .abi = WEIR_POLICY_ABI, .name = "mover", .summary = "Moves once.", .source = "", .window_ends = move_once};
static const struct weir_policy *const moving[] = {&mover, NULL};

const struct weir_operator_total *weir_selftest_op(const struct weir_result *result, const char *op)
{
    static const struct weir_operator_total none;
    for (int o = 0; o < result->operator_count; o++)
        if (strcmp(result->operators[o].name, op) == 0)
            return &result->operators[o];
    return &none;
}

static double latency_ms(const struct weir_result *result, const char *op)
{
    (void)op;
    return result->metrics.latency_mean_s * 1e3;
}

static double longest_s(const struct weir_result *result, const char *op)
{
    (void)op;
    return result->metrics.latency_max_s;
}

static double network_ms(const struct weir_result *result, const char *op)
{
    (void)op;
    return result->metrics.network_s * 1e3;
}

/* What the parts of the latency lack of the whole. */
static double rest_ms(const struct weir_result *result, const char *op)
{
    (void)op;
    const struct weir_metrics *m = &result->metrics;
    return (m->latency_mean_s - m->waiting_s - m->service_s - m->network_s - m->blocked_s) * 1e3;
}

static double throughput(const struct weir_result *result, const char *op)
{
    (void)op;
    return result->metrics.throughput_per_s;
}

static double backlog(const struct weir_result *result, const char *op)
{
    (void)op;
    return result->job_count ? (double)result->jobs[0].backlog : 0;
}

static double paused_s(const struct weir_result *result, const char *op)
{
    (void)op;
    return result->metrics.paused_s;
}

static double moved_mb(const struct weir_result *result, const char *op)
{
    (void)op;
    return result->metrics.state_moved_bytes * 1e-6;
}

static double busy(const struct weir_result *result, const char *op)
{
    return weir_selftest_op(result, op)->busy;
}

static double dropped(const struct weir_result *result, const char *op)
{
    const struct weir_operator_total *total = weir_selftest_op(result, op);
    double came = (double)(total->dropped + total->arrived);
    return came > 0 ? (double)total->dropped / came : 0;
}

struct weir_selftest_case *weir_selftest_add(struct weir_selftest_case **cases, int *count, char *name, char *scenario)
{
    *cases = weir_resize(*cases, (size_t)*count + 1, sizeof **cases);
    struct weir_selftest_case *one = &(*cases)[(*count)++];
    *one = (struct weir_selftest_case){.group = "exact",
                                       .name = name,
                                       .platform = two_hosts,
                                       .scenario = scenario,
                                       .catalog = weir_selftest_static,
                                       .seeds = 1};
    return one;
}

void weir_selftest_expect(struct weir_selftest_case *one, struct weir_selftest_check check)
{
    if (one->check_count < WEIR_SELFTEST_CHECKS)
        one->checks[one->check_count++] = check;
}

/* Source 1 per ms, A 0.5 ms on the edge, 1 kB over 100 Mbit/s (0.08 ms) and 10 ms, B 0.1 ms in the cloud. */
static char *common_case(const char *batch)
{
    return weir_format("{\"platform\": \"platform.xml\", \"duration\": \"10s\", \"window\": \"1s\","
                       " \"items_per_batch\": %s,"
                       " \"workload\": {\"jobs\": [{\"name\": \"j\", \"source\": {\"host\": \"edge\"},"
                       "  \"load\": {\"kind\": \"constant\", \"rate\": \"1000/s\"},"
                       "  \"operators\": [{\"name\": \"A\", \"flops\": \"500kf\", \"bytes\": \"1kB\"},"
                       "   {\"name\": \"B\", \"flops\": \"100kf\", \"placement\": {\"host\": \"cloud\"}}]}]}}",
                       batch);
}

/* A passes 1000/s on to B, which takes 1.5 ms and has room for 10. */
static char *overload(const char *full)
{
    return weir_format("{\"platform\": \"platform.xml\", \"duration\": \"20s\", \"warmup\": \"2s\","
                       " \"window\": \"1s\", \"items_per_batch\": 1,"
                       " \"workload\": {\"jobs\": [{\"name\": \"j\", \"source\": {\"host\": \"edge\"},"
                       "  \"load\": {\"kind\": \"constant\", \"rate\": \"1000/s\"},"
                       "  \"operators\": [{\"name\": \"A\", \"flops\": \"100kf\", \"bytes\": \"1kB\","
                       "    \"capacity\": 10}, {\"name\": \"B\", \"flops\": \"1500kf\", \"capacity\": 10,"
                       "    \"placement\": {\"host\": \"cloud\"}}],"
                       "  \"edges\": [[\"source\", \"A\"], {\"from\": \"A\", \"to\": \"B\", \"full\": \"%s\"},"
                       "   [\"B\", \"sink\"]]}]}}",
                       full);
}

/* Two operators of 6 ms an item, 100 items a second, on one host. */
static char *two_operators(const char *host)
{
    return weir_format("{\"platform\": \"platform.xml\", \"duration\": \"20s\", \"window\": \"1s\","
                       " \"items_per_batch\": 1,"
                       " \"workload\": {\"jobs\": [{\"name\": \"j\", \"source\": {\"host\": \"%s\"},"
                       "  \"load\": {\"kind\": \"constant\", \"rate\": \"100/s\"},"
                       "  \"operators\": [{\"name\": \"A\", \"flops\": \"6Mf\"}, {\"name\": \"B\","
                       "   \"flops\": \"6Mf\"}]}]}}",
                       host);
}

static char *migration(void)
{
    return weir_copy("{\"platform\": \"platform.xml\", \"duration\": \"60s\", \"window\": \"5s\","
                     " \"items_per_batch\": 1, \"costs\": {\"start\": \"0s\", \"stop\": \"0s\","
                     " \"checkpoint\": \"0s\", \"restore\": \"0s\"}, \"policies\": [\"mover\"],"
                     " \"workload\": {\"jobs\": [{\"name\": \"j\", \"source\": {\"host\": \"edge\"},"
                     "  \"source_bytes\": \"100B\", \"load\": {\"kind\": \"constant\", \"rate\": \"100/s\"},"
                     "  \"operators\": [{\"name\": \"A\", \"flops\": \"1Mf\", \"bytes\": \"100B\","
                     "   \"state\": \"100MB\"}]}]}}");
}

struct weir_selftest_case *weir_selftest_cases(int *count)
{
    struct weir_selftest_case *cases = NULL, *one;
    *count = 0;
    one = weir_selftest_add(&cases, count, weir_copy("common case, items one by one"), common_case("1"));
    /* 0.5 + 0.08 + 10 + 0.1 ms */
    weir_selftest_expect(one, (struct weir_selftest_check){"mean latency", "ms", latency_ms, NULL, 10.680, 1e-5});
    weir_selftest_expect(one, (struct weir_selftest_check){"time in the network", "ms", network_ms, NULL, 10.08, 1e-5});
    weir_selftest_expect(one, (struct weir_selftest_check){"latency less its parts", "ms", rest_ms, NULL, 0, 1e-6});
    weir_selftest_expect(one, (struct weir_selftest_check){"busy share", "", busy, "A", 0.5, 1e-3});
    weir_selftest_expect(one, (struct weir_selftest_check){"busy share", "", busy, "B", 0.1, 1e-3});
    one = weir_selftest_add(&cases, count, weir_copy("common case, 50 ms a batch"), common_case("\"auto\""));
    weir_selftest_expect(one, (struct weir_selftest_check){"mean latency", "ms", latency_ms, NULL, 10.680, 1e-3});
    one = weir_selftest_add(&cases, count, weir_copy("load 1.5, backpressure"), overload("block"));
    /* 1 / 1.5 ms come through; the rest waits at the source: 333.3/s x 20 s, less what is under way. */
    weir_selftest_expect(one, (struct weir_selftest_check){"throughput", "1/s", throughput, NULL, 1000 / 1.5, 1});
    weir_selftest_expect(one, (struct weir_selftest_check){"busy share", "", busy, "B", 1, 1e-3});
    weir_selftest_expect(one, (struct weir_selftest_check){"dropped share", "", dropped, "B", 0, 1e-9});
    weir_selftest_expect(one, (struct weir_selftest_check){"waiting at the source", "items", backlog, NULL, 6667, 60});
    one = weir_selftest_add(&cases, count, weir_copy("load 1.5, drop-new"), overload("drop-new"));
    weir_selftest_expect(one, (struct weir_selftest_check){"dropped share", "", dropped, "B", 1 / 3.0, 3e-3});
    weir_selftest_expect(one, (struct weir_selftest_check){"throughput", "1/s", throughput, NULL, 1000 / 1.5, 1});
    one = weir_selftest_add(&cases, count, weir_copy("load 1.2, two operators, one core"), two_operators("edge"));
    /* 12 ms of work an item */
    weir_selftest_expect(one, (struct weir_selftest_check){"throughput", "1/s", throughput, NULL, 1 / 12e-3, 2.5});
    one = weir_selftest_add(&cases, count, weir_copy("load 1.2, two operators, two cores"), two_operators("edge2"));
    weir_selftest_expect(one, (struct weir_selftest_check){"throughput", "1/s", throughput, NULL, 100, 0.5});
    weir_selftest_expect(one, (struct weir_selftest_check){"mean latency", "ms", latency_ms, NULL, 12, 1e-5});
    one = weir_selftest_add(&cases, count, weir_copy("100 MB of state move"), migration());
    one->catalog = moving;
    /* over 100 Mbit/s: 8 s, and the link's 10 ms */
    weir_selftest_expect(one, (struct weir_selftest_check){"pause", "s", paused_s, NULL, 8.01, 0.02});
    weir_selftest_expect(one, (struct weir_selftest_check){"moved", "MB", moved_mb, NULL, 100, 1e-6});
    weir_selftest_expect(one, (struct weir_selftest_check){"longest latency", "s", longest_s, NULL, 8.02, 0.1});
    weir_selftest_theory(&cases, count);
    return cases;
}

void weir_selftest_cases_free(struct weir_selftest_case *cases, int count)
{
    for (int c = 0; c < count; c++) {
        free(cases[c].name);
        free(cases[c].scenario);
    }
    free(cases);
}
