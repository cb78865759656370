#define _GNU_SOURCE /* strchrnul */
/* The offloading policies in the simulator: what runs takes as long as their model says, shares follow arrivals and
 * departures, and what cannot be placed. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/random.h"
#include "sim/base/text.h"
#include "tests/support/run.h"
#include "tests/support/test.h"

static const char *const all[] = {"dwo",     "heu-wo",          "heu-wo-refined", "lawa",
                                  "optimal", "nearest-offload", "random-offload", NULL};

#define HOSTS 4

/* Hosts of one core, each pair joined by a link of its own in each direction; or only neighbours (a line). */
static const char *platform(const char *name, struct weir_stream *dice, bool line)
{
    struct weir_text text = {0};
    weir_text_add(&text, "<?xml version=\"1.0\"?>\n<!DOCTYPE platform SYSTEM \"https://simgrid.org/simgrid.dtd\">\n"
                         "<platform version=\"4.1\"><zone id=\"world\" routing=\"Full\">\n");
    for (int h = 0; h < HOSTS; h++)
        weir_text_addf(&text, "<host id=\"h%d\" speed=\"%gGf\"/>\n", h, 100 + 400 * weir_stream_uniform(dice));
    for (int a = 0; a < HOSTS; a++)
        for (int b = a + 1; b < (line ? (a + 2 < HOSTS ? a + 2 : HOSTS) : HOSTS); b++)
            weir_text_addf(&text,
                           "<link id=\"l%d%d\" bandwidth=\"%gMbps\" latency=\"1ms\" sharing_policy=\"SPLITDUPLEX\"/>\n",
                           a, b, 100 + 900 * weir_stream_uniform(dice));
    for (int a = 0; a < HOSTS; a++)
        for (int b = a + 1; b < HOSTS; b++) {
            weir_text_addf(&text, "<route src=\"h%d\" dst=\"h%d\">", a, b);
            for (int k = a; k < (line ? b : a + 1); k++)
                weir_text_addf(&text, "<link_ctn id=\"l%d%d\" direction=\"UP\"/>", k, line ? k + 1 : b);
            weir_text_add(&text, "</route>\n");
        }
    weir_text_add(&text, "</zone></platform>\n");
    const char *path = weir_test_file(name, weir_text_string(&text));
    weir_text_fini(&text);
    return path;
}

/* Users with one item each 100 s after the start, when what was decided is carried out. Chains of three operators, or a
 * diamond with a join. */
static char *scenario(struct weir_stream *dice, int users, bool diamond)
{
    struct weir_text text = {0};
    weir_text_add(&text, "{\"platform\": \"\", \"duration\": \"200s\", \"window\": \"20s\", \"items_per_batch\": 1,"
                         " \"workload\": {\"jobs\": [");
    for (int u = 0; u < users; u++) {
        int from = (int)weir_stream_below(dice, HOSTS),
            to = (from + 1 + (int)weir_stream_below(dice, HOSTS - 1)) % HOSTS;
        weir_text_addf(&text,
                       "%s{\"name\": \"u%d\", \"source\": \"h%d\", \"sink\": \"h%d\", \"source_bytes\": \"%.3fMB\","
                       " \"load\": {\"kind\": \"constant\", \"rate\": \"1/min\", \"start\": \"100s\", \"count\": 1},"
                       " \"operators\": [",
                       u ? ", " : "", u, from, to, 0.5 + 4.5 * weir_stream_uniform(dice));
        for (int o = 0; o < (diamond ? 4 : 3); o++)
            weir_text_addf(&text, "%s{\"name\": \"o%d\", \"flops\": \"%.3fGf\", \"bytes\": \"%.3fMB\"%s}",
                           o ? ", " : "", o, 5 + 25 * weir_stream_uniform(dice), 0.5 + 4.5 * weir_stream_uniform(dice),
                           o == 3 ? ", \"join\": \"all\"" : "");
        weir_text_add(&text, "]");
        if (diamond)
            weir_text_add(&text, ", \"edges\": [[\"source\", \"o0\"], [\"o0\", \"o1\"], [\"o0\", \"o2\"],"
                                 " [\"o1\", \"o3\"], [\"o2\", \"o3\"], [\"o3\", \"sink\"]]");
        weir_text_add(&text, "}");
    }
    weir_text_add(&text, "]}}");
    char *copy = weir_copy(weir_text_string(&text));
    weir_text_fini(&text);
    return copy;
}

/* What the last decision about a job says after a word; NAN if there is none. */
static double said(const struct weir_test_result *got, const char *job, const char *word)
{
    char *name = weir_format(" %s/", job), *with = weir_format("%s ", word);
    double value = NAN;
    for (const char *line = got->decisions; line && *line; line = strchr(line, '\n'), line += line != NULL) {
        const char *end = strchrnul(line, '\n'), *about = strstr(line, name), *at = strstr(line, with);
        if (about && about < end && at && at < end)
            value = strtod(at + strlen(with), NULL);
    }
    free(name);
    free(with);
    return value;
}

/* Runs users under a policy and compares each one's latency with the model's. */
static void compare(const char *path, const char *text, const char *policy, int users)
{
    struct weir_test_result got = weir_test_run(path, text, policy, 3);
    CU_ASSERT_EQUAL(got.code, WEIR_OK);
    if (got.code)
        fprintf(stderr, "\n%s: %s\n", policy, got.message);
    for (int u = 0; u < users && !got.code; u++) {
        char *name = weir_format("u%d", u);
        double model_s = said(&got, name, "latency"), run_s = weir_test_job(&got, name)->latency_mean_s;
        if (!(fabs(run_s - model_s) <= 1e-5 * model_s))
            fprintf(stderr, "\n%s, %s: %g s in the run, %g s in the model\n", policy, name, run_s, model_s);
        CU_ASSERT(fabs(run_s - model_s) <= 1e-5 * model_s); /* six digits are told */
        free(name);
    }
    weir_test_result_fini(&got);
}

/* One hop: the run and the model agree, for one user and for many, whatever the policy. */
static void one_hop(void)
{
    for (int i = 0; i < 5; i++) {
        struct weir_stream dice = weir_stream_at(weir_stream_key(7, "offload"), (uint64_t)i);
        const char *path = platform("one-hop.xml", &dice, false);
        for (int users = 1; users <= 4; users += 3) {
            char *text = scenario(&dice, users, false);
            for (const char *const *policy = all; *policy; policy++)
                compare(path, text, *policy, users);
            compare(path, text, "{\"name\": \"dwo\", \"share\": \"user\"}", users);
            compare(path, text, "{\"name\": \"dwo\", \"best_response\": \"enumerate\", \"starts\": 5}", users);
            compare(path, text, "{\"name\": \"dwo\", \"best_response\": \"viterbi\", \"start\": \"random\"}", users);
            free(text);
        }
    }
}

/* Several hops: they agree if transfers take the model's time; as flows they are faster. */
static void several_hops(void)
{
    int faster = 0;
    for (int i = 0; i < 5; i++) {
        struct weir_stream dice = weir_stream_at(weir_stream_key(8, "offload"), (uint64_t)i);
        const char *path = platform("hops.xml", &dice, true);
        char *text = scenario(&dice, 3, false);
        compare(path, text, "{\"name\": \"dwo\", \"rates\": \"model\"}", 3);
        compare(path, text, "{\"name\": \"lawa\", \"rates\": \"model\"}", 3);
        compare(path, text, "{\"name\": \"random-offload\", \"rates\": \"model\"}", 3);
        struct weir_test_result got = weir_test_run(path, text, "random-offload", 3);
        for (int u = 0; u < 3; u++) {
            char *name = weir_format("u%d", u);
            double model_s = said(&got, name, "latency"), run_s = weir_test_job(&got, name)->latency_mean_s;
            CU_ASSERT(run_s <= model_s * (1 + 1e-5));
            faster += run_s < 0.99 * model_s;
            free(name);
        }
        weir_test_result_fini(&got);
        free(text);
    }
    CU_ASSERT(faster > 3);
}

/* Graphs: the latency is that of the longest way, which the cost only bounds. */
static void graphs(void)
{
    for (int i = 0; i < 4; i++) {
        struct weir_stream dice = weir_stream_at(weir_stream_key(9, "offload"), (uint64_t)i);
        const char *path = platform("graphs.xml", &dice, false);
        char *text = scenario(&dice, 3, true);
        for (const char *const *policy = all; *policy; policy++)
            compare(path, text, *policy, 3);
        free(text);
    }
}

/* A host of 4 cores of 1 Gf/s is a node of 4 Gf/s, but one instance uses one core: 4 Gf take 4 s, and not 1. Four
 * instances share them; the one item still goes to one of them. */
static void several_cores(void)
{
    static const char text[] =
        "{\"platform\": \"\", \"duration\": \"100s\", \"items_per_batch\": 1, \"workload\": {\"jobs\": ["
        " {\"name\": \"u0\", \"source\": \"cloud4\", \"load\": {\"kind\": \"constant\", \"rate\": \"1/min\", "
        "\"count\": 1}, \"operators\": [{\"name\": \"a\", \"flops\": \"4Gf\"}]}]}}";
    struct weir_test_result got = weir_test_run("tests/input/valid/two-tier.xml", text, "nearest-offload", 1);
    CU_ASSERT_EQUAL_FATAL(got.code, WEIR_OK);
    CHECK_NEAR(weir_test_job(&got, "u0")->latency_mean_s, 4, 1e-6);
    CU_ASSERT_STRING_EQUAL(got.decisions, ""); /* it is at its source, with a whole core, already */
    weir_test_result_fini(&got);
}

/* A class that is faster on the far host draws the operator there. */
static void classes(void)
{
    const char *path = weir_test_file(
        "classes.xml", "<?xml version=\"1.0\"?>\n<!DOCTYPE platform SYSTEM \"https://simgrid.org/simgrid.dtd\">\n"
                       "<platform version=\"4.1\"><zone id=\"world\" routing=\"Full\">\n"
                       "<host id=\"near\" speed=\"2Gf\"/>\n"
                       "<host id=\"far\" speed=\"1Gf\"><prop id=\"speed_gpu\" value=\"8Gf\"/></host>\n"
                       "<link id=\"l\" bandwidth=\"1MBps\" latency=\"0s\" sharing_policy=\"SPLITDUPLEX\"/>\n"
                       "<route src=\"near\" dst=\"far\"><link_ctn id=\"l\" direction=\"UP\"/></route></zone>"
                       "</platform>\n");
    static const char text[] =
        "{\"platform\": \"\", \"duration\": \"60s\", \"workload\": {\"jobs\": [{\"name\": \"u0\", \"source\": "
        "\"near\", \"sink\": \"near\", \"source_bytes\": \"1MB\", \"load\": {\"kind\": \"constant\", \"rate\": "
        "\"1/min\", \"start\": \"30s\", \"count\": 1}, \"operators\": [{\"name\": \"a\", \"flops\": \"16Gf\", "
        "\"class\": \"gpu\"}]}]}}";
    struct weir_test_result got = weir_test_run(path, text, "dwo", 1);
    CU_ASSERT_EQUAL_FATAL(got.code, WEIR_OK);
    /* There 1 s on the link and 16 / 8 = 2 s; here 16 / 2 = 8 s. The empty result is a byte. */
    CHECK_NEAR(weir_test_job(&got, "u0")->latency_mean_s, 3, 2e-6);
    weir_test_result_fini(&got);
}

/* ---- arrivals and departures ---- */

#define TWO_HOSTS "tests/input/valid/two-tier.xml"

/* A user with 4 Gf on the cloud host's one core; a second one from 100 s to 200 s with 1 Gf there. */
#define CHURN(more)                                                                                                    \
    "{\"platform\": \"\", \"duration\": \"400s\", \"window\": \"10s\", \"items_per_batch\": 1,"                        \
    " \"workload\": {\"jobs\": ["                                                                                      \
    " {\"name\": \"long\", \"source\": \"cloud\", \"load\": {\"kind\": \"constant\", \"rate\": \"1/min\"},"            \
    "  \"operators\": [{\"name\": \"a\", \"flops\": \"4Gf\"" more "}]},"                                               \
    " {\"name\": \"short\", \"arrive\": \"100s\", \"depart\": \"200s\", \"source\": \"cloud\","                        \
    "  \"load\": {\"kind\": \"constant\", \"rate\": \"1/min\", \"end\": \"90s\"},"                                     \
    "  \"operators\": [{\"name\": \"b\", \"flops\": \"1Gf\"}]}]}}"

#define HELD "\"unit\": \"item\", \"hold\": \"all\""

static void shares_follow_arrivals_and_departures(void)
{
    struct weir_test_result got = weir_test_run(TWO_HOSTS, CHURN(""), "{\"name\": \"nearest-offload\", " HELD "}", 1);
    CU_ASSERT_EQUAL_FATAL(got.code, WEIR_OK);
    /* Alone a takes 4 s. With b its share is sqrt 4 / (sqrt 4 + sqrt 1) = 2/3: 6 s, for the items at 120 and 180 s; b's
     * at 100 and 160 s take 3 s. Of the seven of a in 400 s: (5 x 4 + 2 x 6) / 7. */
    CHECK_NEAR(weir_test_job(&got, "long")->latency_mean_s, (5 * 4 + 2 * 6) / 7.0, 1e-6);
    CHECK_NEAR(weir_test_job(&got, "long")->latency_max_s, 6, 1e-6);
    CHECK_NEAR(weir_test_job(&got, "short")->latency_mean_s, 3, 1e-6);
    CU_ASSERT_EQUAL(got.result.metrics.refused, 0);
    weir_test_result_fini(&got);
}

static void moves_must_pay(void)
{
    /* 1 GB of state over 12.5 MB/s is a stall of 80 s. When b comes, a would gain by going to another host; it stays,
     * and moves if it may expect to gain for long. */
    struct weir_test_result got =
        weir_test_run(TWO_HOSTS, CHURN(", \"state\": \"1GB\""), "{\"name\": \"dwo\", " HELD "}", 1);
    CU_ASSERT_EQUAL_FATAL(got.code, WEIR_OK);
    CU_ASSERT_EQUAL(got.result.metrics.migrations, 0);
    weir_test_result_fini(&got);
    got = weir_test_run(TWO_HOSTS, CHURN(", \"state\": \"1kB\""),
                        "{\"name\": \"heu-wo\", \"replan\": \"window\", \"least_gain\": 0.01, " HELD "}", 1);
    CU_ASSERT_EQUAL_FATAL(got.code, WEIR_OK);
    CHECK_NEAR(weir_test_job(&got, "long")->latency_p50_s, 4, 0.1);
    weir_test_result_fini(&got);
}

/* A workflow that has run is no user any more: the next one has the host for itself. */
static void what_is_done_makes_room(void)
{
    static const char text[] =
        "{\"platform\": \"\", \"duration\": \"400s\", \"window\": \"10s\", \"items_per_batch\": 1,"
        " \"workload\": {\"jobs\": ["
        " {\"name\": \"one\", \"source\": \"cloud\", \"load\": {\"kind\": \"constant\", \"rate\": \"1/min\", "
        "\"count\": "
        "1}, \"operators\": [{\"name\": \"a\", \"flops\": \"1Gf\"}]},"
        " {\"name\": \"two\", \"arrive\": \"50s\", \"source\": \"cloud\", \"load\": {\"kind\": \"constant\", \"rate\": "
        "\"1/min\", \"count\": 1}, \"operators\": [{\"name\": \"a\", \"flops\": \"1Gf\"}]}]}}";
    struct weir_test_result got = weir_test_run(TWO_HOSTS, text, "nearest-offload", 1);
    CU_ASSERT_EQUAL_FATAL(got.code, WEIR_OK);
    CHECK_NEAR(weir_test_job(&got, "one")->latency_mean_s, 1, 1e-6);
    CHECK_NEAR(weir_test_job(&got, "two")->latency_mean_s, 1, 1e-6);
    weir_test_result_fini(&got);
}

/* ---- bad input ---- */

static void expect_error(const char *policy, const char *text, const char *message)
{
    struct weir_test_result got = weir_test_run(TWO_HOSTS, text, policy, 1);
    CU_ASSERT_NOT_EQUAL(got.code, WEIR_OK);
    if (!strstr(got.message, message))
        fprintf(stderr, "\ngot: %s\nwanted: %s\n", got.message, message);
    CU_ASSERT_PTR_NOT_NULL(strstr(got.message, message));
    weir_test_result_fini(&got);
}

/* 4 hosts ^ (2 users x 12 operators) = 2.8e14 placements. */
static char *many(int users, const char *flops)
{
    struct weir_text text = {0};
    weir_text_add(&text, "{\"platform\": \"\", \"duration\": \"20s\", \"workload\": {\"jobs\": [");
    for (int u = 0; u < users; u++) {
        weir_text_addf(&text,
                       "%s{\"name\": \"u%d\", \"source\": \"edge\", \"sink\": \"cloud\", \"load\": {\"kind\": "
                       "\"constant\", \"rate\": \"1/min\", \"count\": 1}, \"operators\": [",
                       u ? ", " : "", u);
        for (int o = 0; o < 12; o++)
            weir_text_addf(&text, "%s{\"name\": \"o%d\", \"flops\": \"%s\", \"bytes\": \"1kB\"}", o ? ", " : "", o,
                           flops);
        weir_text_add(&text, "]}");
    }
    weir_text_add(&text, "]}}");
    char *copy = weir_copy(weir_text_string(&text));
    weir_text_fini(&text);
    return copy;
}

static void too_large(void)
{
    char *text = many(2, "1Mf");
    expect_error("optimal", text, "policy optimal at 0 s (arrival of job u0 and 1 more): ");
    expect_error("optimal", text, "2.81e+14");
    expect_error("{\"name\": \"optimal\", \"limit\": 1000}", text, "it takes fewer than 1e+03");
    free(text);
}

static void no_work(void)
{
    char *text = many(2, "0f");
    for (const char *const *policy = all; *policy; policy++) {
        if (strcmp(*policy, "optimal") == 0)
            continue;
        struct weir_test_result got = weir_test_run(TWO_HOSTS, text, *policy, 1);
        CU_ASSERT_EQUAL(got.code, WEIR_OK);
        CU_ASSERT_EQUAL(got.result.metrics.delivered, 2);
        weir_test_result_fini(&got);
    }
    free(text);
}

/* One host with one slot: the first job takes it, and the second finds none; it stays where the scenario puts it. */
static void no_room(void)
{
    const char *path = weir_test_file(
        "no-room.xml", "<?xml version=\"1.0\"?>\n<!DOCTYPE platform SYSTEM \"https://simgrid.org/simgrid.dtd\">\n"
                       "<platform version=\"4.1\"><zone id=\"world\" routing=\"Full\">\n"
                       "<host id=\"small\" speed=\"1Gf\"><prop id=\"slots\" value=\"1\"/></host>\n"
                       "<host id=\"other\" speed=\"1Gf\"><prop id=\"slots\" value=\"1\"/></host>\n"
                       "<link id=\"l\" bandwidth=\"1MBps\" latency=\"1ms\"/>\n"
                       "<route src=\"small\" dst=\"other\"><link_ctn id=\"l\"/></route></zone></platform>\n");
    static const char text[] =
        "{\"platform\": \"\", \"duration\": \"60s\", \"workload\": {\"jobs\": [{\"name\": \"j\", \"count\": 2,"
        " \"source\": \"small\", \"source_bytes\": \"1MB\", \"load\": {\"kind\": \"constant\", \"rate\": \"1/min\","
        " \"count\": 1}, \"operators\": [{\"name\": \"a\", \"flops\": \"1Gf\"}]}]}}";
    for (const char *const *policy = all; *policy; policy++) {
        struct weir_test_result got = weir_test_run(path, text, *policy, 1);
        CU_ASSERT_EQUAL(got.code, WEIR_OK);
        CU_ASSERT_EQUAL(got.result.metrics.delivered, 2);
        weir_test_result_fini(&got);
    }
}

/* A sink that no way leads to: the job is left where the scenario puts it, and the run says what is missing. A host
 * that cannot be reached is not chosen, however fast it is. */
static void no_way(void)
{
    const char *path = weir_test_file(
        "no-way.xml",
        "<?xml version=\"1.0\"?>\n<!DOCTYPE platform SYSTEM \"https://simgrid.org/simgrid.dtd\">\n"
        "<platform version=\"4.1\"><zone id=\"world\" routing=\"Full\">\n"
        "<host id=\"a\" speed=\"1Gf\"/><host id=\"b\" speed=\"2Gf\"/><host id=\"island\" speed=\"99Gf\"/>\n"
        "<link id=\"l\" bandwidth=\"1GBps\" latency=\"0s\"/>\n"
        "<route src=\"a\" dst=\"b\"><link_ctn id=\"l\"/></route></zone></platform>\n");
    static const char text[] =
        "{\"platform\": \"\", \"duration\": \"60s\", \"workload\": {\"jobs\": [{\"name\": \"u0\", \"source\": \"a\","
        " \"sink\": \"%s\", \"load\": {\"kind\": \"constant\", \"rate\": \"1/min\", \"start\": \"10s\", \"count\": 1},"
        " \"operators\": [{\"name\": \"o\", \"flops\": \"4Gf\"}]}]}}";
    char *lost = weir_format(text, "island"), *found = weir_format(text, "b");
    for (const char *const *policy = all; *policy; policy++) {
        struct weir_test_result got = weir_test_run(path, lost, *policy, 1);
        CU_ASSERT_NOT_EQUAL(got.code, WEIR_OK);
        CU_ASSERT_PTR_NOT_NULL(strstr(got.message, "there is no route from a to island"));
        weir_test_result_fini(&got);
        got = weir_test_run(path, found, *policy, 1);
        CU_ASSERT_EQUAL(got.code, WEIR_OK);
        CU_ASSERT_EQUAL(got.result.metrics.delivered, 1);
        weir_test_result_fini(&got);
    }
    struct weir_test_result got = weir_test_run(path, found, "dwo", 1);
    CHECK_NEAR(weir_test_job(&got, "u0")->latency_mean_s, 2, 1e-6); /* 4 Gf on b */
    weir_test_result_fini(&got);
    free(lost);
    free(found);
}

static void parameters(void)
{
    char *text = many(1, "1Mf");
    expect_error("{\"name\": \"dwo\", \"best_response\": \"guess\"}", text, "best_response");
    expect_error("{\"name\": \"dwo\", \"starts\": 0}", text, "starts");
    expect_error("{\"name\": \"heu-wo\", \"replan\": \"never\"}", text, "replan");
    expect_error("{\"name\": \"lawa\", \"replan\": \"window\"}", text, "replan");
    free(text);
}

int main(int argc, char **argv)
{
    const struct weir_case cases[] = {
        {"one hop", one_hop},
        {"several hops", several_hops},
        {"graphs", graphs},
        {"several cores", several_cores},
        {"classes", classes},
        {"shares follow arrivals and departures", shares_follow_arrivals_and_departures},
        {"moves must pay", moves_must_pay},
        {"what is done makes room", what_is_done_makes_room},
        {"too large", too_large},
        {"no work", no_work},
        {"no room", no_room},
        {"no way", no_way},
        {"parameters", parameters},
        {0},
    };
    return weir_test_main("policies/offload", cases, argc, argv);
}
