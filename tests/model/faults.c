/* Faults that are drawn: dates by seed and name alone, times with the moments they promise, hosts that fail together.
 */
#include "sim/model/faults.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/model/scenario.h"
#include "tests/support/test.h"

/* Hosts of tiny.xml: cam-1 (device) and edge-1 of region site-1, edge-2 of site-2, cloud-1 of cloud; links access,
 * metro and backhaul. */
enum { CAM_1, EDGE_1, EDGE_2, CLOUD_1 };

#define TIMES(up, down) "\"up\": {\"mean\": \"" up "\"}, \"down\": {\"mean\": \"" down "\"}"
#define EDGES           "{\"tier\": \"edge\", " TIMES("2h", "5min") "}"

static struct weir_scenario *need(const char *duration, const char *faults)
{
    char *here = getcwd(NULL, 0);
    char *text = weir_format("{\"platform\": \"%s/tests/input/valid/tiny.xml\", \"duration\": \"%s\", \"faults\": [%s],"
                             " \"workload\": {\"jobs\": [{\"name\": \"j\", \"source\": \"cam-1\","
                             "  \"load\": {\"kind\": \"constant\", \"rate\": \"1/s\"},"
                             "  \"operators\": [{\"name\": \"a\", \"flops\": \"1Mf\"}]}]}}",
                             here, duration, faults);
    struct weir_scenario *scenario;
    if (weir_scenario_read(weir_test_file("scenario.json", text), NULL, &scenario)) {
        fprintf(stderr, "\n%s\n", weir_error_message());
        exit(2);
    }
    free(text);
    free(here);
    return scenario;
}

/* The faults of one host, or (host -1) of one link. */
struct picked {
    struct weir_fault *faults;
    size_t count;
};

static struct picked pick(const struct weir_scenario *scenario, unsigned long long seed, int host, const char *link)
{
    struct picked picked;
    size_t kept = 0, count = weir_faults_draw(scenario, seed, &picked.faults);
    for (size_t f = 0; f < count; f++)
        if (picked.faults[f].host == host && (!link || strcmp(picked.faults[f].link, link) == 0))
            picked.faults[kept++] = picked.faults[f];
    picked.count = kept;
    return picked;
}

static bool same_dates(struct picked a, struct picked b)
{
    bool same = a.count == b.count;
    for (size_t f = 0; same && f < a.count; f++)
        same = a.faults[f].at_s == b.faults[f].at_s && a.faults[f].for_s == b.faults[f].for_s;
    free(a.faults);
    free(b.faults);
    return same;
}

static void the_seed_gives_the_dates(void)
{
    struct weir_scenario *s = need("1000h", EDGES);
    struct picked some = pick(s, 7, EDGE_1, NULL);
    CU_ASSERT(some.count > 300);
    CU_ASSERT(some.faults[some.count - 1].at_s + some.faults[some.count - 1].for_s >= 1000 * 3600.0);
    for (size_t f = 1; f < some.count; f++)
        CU_ASSERT(some.faults[f].at_s > some.faults[f - 1].at_s + some.faults[f - 1].for_s);
    free(some.faults);
    CU_ASSERT(same_dates(pick(s, 7, EDGE_1, NULL), pick(s, 7, EDGE_1, NULL)));
    CU_ASSERT(!same_dates(pick(s, 7, EDGE_1, NULL), pick(s, 8, EDGE_1, NULL)));
    CU_ASSERT(!same_dates(pick(s, 7, EDGE_1, NULL), pick(s, 7, EDGE_2, NULL)));
    weir_scenario_free(s);
}

static void entries_do_not_shift_each_other(void)
{
    struct weir_scenario *alone = need("1000h", EDGES);
    struct weir_scenario *among = need(
        "1000h",
        "{\"link\": \"metro\", \"at\": \"1h\", \"for\": \"1s\"},"
        "{\"links\": \"*\", " TIMES("1h", "1s") "},"
                                                "{\"region\": \"site-2\", " TIMES(
                                                    "9h", "1s") "},"
                                                                "{\"host\": \"cam-1\", " TIMES("1h", "1s") "}," EDGES);
    CU_ASSERT(same_dates(pick(alone, 3, EDGE_1, NULL), pick(among, 3, EDGE_1, NULL)));
    /* What fails for two reasons has the faults of both. */
    struct picked own = pick(alone, 3, EDGE_2, NULL), both = pick(among, 3, EDGE_2, NULL);
    size_t more = both.count - own.count; /* those of the region come first: about 1000 / 9 */
    CU_ASSERT(more > 80 && more < 145);
    for (size_t f = 0; f < own.count; f++) {
        const struct weir_fault *one = &both.faults[more + f], *other = &own.faults[f];
        CU_ASSERT(one->host == other->host && one->link == other->link && one->at_s == other->at_s &&
                  one->for_s == other->for_s && one->effect == other->effect && one->left == other->left);
    }
    free(own.faults);
    free(both.faults);
    weir_scenario_free(among);
    /* A name makes other dates. */
    among = need("1000h", "{\"name\": \"power\", \"tier\": \"edge\", " TIMES("2h", "5min") "}");
    CU_ASSERT(!same_dates(pick(alone, 3, EDGE_1, NULL), pick(among, 3, EDGE_1, NULL)));
    weir_scenario_free(alone);
    weir_scenario_free(among);
}

static void dates_for_patterns(void)
{
    /* tiny.xml has two hosts edge-1 and edge-2, and links metro and backhaul among others. */
    struct weir_scenario *s =
        need("1h", "{\"hosts\": \"edge-*\", \"at\": \"10min\", \"for\": \"1min\", \"speed\": 0.5},"
                   "{\"host\": \"cam-1\", \"at\": \"20min\"},"
                   "{\"links\": [\"metro\", \"back*\"], \"at\": \"30min\", \"loss\": 0.1}");
    CU_ASSERT_EQUAL(s->fault_rule_count, 0);
    CU_ASSERT_EQUAL_FATAL(s->fault_count, 5);
    for (int f = 0; f < 2; f++) {
        const struct weir_fault *fault = &s->faults[f];
        CU_ASSERT(fault->host == EDGE_1 + f && !fault->link && fault->at_s == 600 && fault->for_s == 60);
        CU_ASSERT(fault->effect == WEIR_FAULT_SLOW && fault->left == 0.5);
    }
    CU_ASSERT(s->faults[2].effect == WEIR_FAULT_DOWN && s->faults[2].at_s == 1200 && isinf(s->faults[2].for_s));
    for (int f = 3; f < 5; f++) {
        const struct weir_fault *fault = &s->faults[f];
        CU_ASSERT(fault->host == -1 && fault->link && fault->at_s == 1800 && isinf(fault->for_s));
        CU_ASSERT(fault->effect == WEIR_FAULT_LOSSY && fault->left == 0.9);
    }
    CU_ASSERT(strcmp(s->faults[3].link, s->faults[4].link) != 0);
    weir_scenario_free(s);
}

#define DRAWS 1000

/* The mean of 1000 times lies within 3.29 standard errors of the one asked for (1 in 1000 does not), and as near to
 * half of them below the median. Of Weibull's distribution with scale a and shape k: mean a G(1 + 1/k), mean square a^2
 * G(1 + 2/k), median a ln(2)^(1/k). */
static void check_times(const double *times_s, double mean_s, double shape)
{
    double sum = 0, below = 0, unit = tgamma(1 + 1 / shape);
    double median_s = mean_s / unit * pow(M_LN2, 1 / shape);
    for (int i = 0; i < DRAWS; i++) {
        sum += times_s[i];
        below += times_s[i] < median_s;
    }
    double deviation_s = mean_s * sqrt(tgamma(1 + 2 / shape) / (unit * unit) - 1);
    CHECK_NEAR(sum / DRAWS, mean_s, 3.29 * deviation_s / sqrt(DRAWS));
    CHECK_NEAR(below / DRAWS, 0.5, 3.29 * 0.5 / sqrt(DRAWS));
}

static void times_have_their_moments(void)
{
    static const struct {
        const char *up, *down;
        double up_s, up_shape, down_s, down_shape;
    } cases[] = {
        {"{\"mean\": \"2h\"}", "{\"mean\": \"5min\", \"distribution\": \"exponential\"}", 7200, 1, 300, 1},
        {"{\"mean\": \"2h\", \"distribution\": \"weibull\", \"shape\": 0.7}",
         "{\"mean\": \"5min\", \"distribution\": \"weibull\", \"shape\": 3}", 7200, 0.7, 300, 3},
        {"{\"mean\": \"1h\", \"distribution\": \"weibull\", \"shape\": 0.4}",
         "{\"mean\": \"1h\", \"distribution\": \"weibull\", \"shape\": 1.5}", 3600, 0.4, 3600, 1.5},
    };
    double *up_s = weir_alloc(DRAWS, sizeof *up_s), *down_s = weir_alloc(DRAWS, sizeof *down_s);
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        char *fault = weir_format("{\"host\": \"edge-1\", \"up\": %s, \"down\": %s}", cases[c].up, cases[c].down);
        struct weir_scenario *s = need("5000h", fault);
        struct picked got = pick(s, 1, EDGE_1, NULL);
        CU_ASSERT_FATAL(got.count >= DRAWS);
        double since_s = 0;
        for (int i = 0; i < DRAWS; i++) {
            up_s[i] = got.faults[i].at_s - since_s;
            down_s[i] = got.faults[i].for_s;
            since_s = got.faults[i].at_s + got.faults[i].for_s;
        }
        check_times(up_s, cases[c].up_s, cases[c].up_shape);
        check_times(down_s, cases[c].down_s, cases[c].down_shape);
        free(got.faults);
        weir_scenario_free(s);
        free(fault);
    }
    free(up_s);
    free(down_s);
}

static void constant_times(void)
{
    struct weir_scenario *s =
        need("30min", "{\"link\": \"metro\", \"up\": {\"mean\": \"10min\", \"distribution\": \"constant\"},"
                      " \"down\": {\"mean\": \"1min\", \"distribution\": \"constant\"}}");
    struct picked got = pick(s, 1, -1, "metro");
    /* Down at 10 and 21 min; the next one, at 32, is behind the end, and the last. */
    CU_ASSERT_EQUAL_FATAL(got.count, 3);
    for (int f = 0; f < 3; f++) {
        CHECK_NEAR(got.faults[f].at_s, 600 + 660 * f, 1e-9);
        CHECK_NEAR(got.faults[f].for_s, 60, 1e-9);
    }
    free(got.faults);
    weir_scenario_free(s);
}

static void regions_fail_together(void)
{
    struct weir_scenario *s = need("100h", "{\"region\": \"site-*\", " TIMES("2h", "5min") "}");
    CU_ASSERT(same_dates(pick(s, 1, CAM_1, NULL), pick(s, 1, EDGE_1, NULL)));
    CU_ASSERT(!same_dates(pick(s, 1, EDGE_1, NULL), pick(s, 1, EDGE_2, NULL)));
    CU_ASSERT_EQUAL(weir_faults_home(s), CLOUD_1);
    weir_scenario_free(s);
}

static void links_fail_with_their_region(void)
{
    /* Of the links, access alone is of site-1. */
    struct weir_scenario *s = need("100h", "{\"region\": \"site-*\", \"with_links\": true, " TIMES("2h", "5min") "}");
    CU_ASSERT(same_dates(pick(s, 1, -1, "access"), pick(s, 1, EDGE_1, NULL)));
    struct picked none = pick(s, 1, -1, "metro");
    CU_ASSERT_EQUAL(none.count, 0);
    free(none.faults);
    weir_scenario_free(s);
}

static void what_is_selected(void)
{
    static const struct {
        const char *what;
        int kind, count, first, home;
    } cases[] = {
        {"\"tier\": \"edge\"", WEIR_FAULT_HOST, 2, EDGE_1, CAM_1},
        {"\"host\": \"cam-1\"", WEIR_FAULT_HOST, 1, CAM_1, EDGE_1},
        {"\"hosts\": \"*-1\"", WEIR_FAULT_HOST, 3, CAM_1, EDGE_2},
        {"\"hosts\": [\"edge-*\", \"edge-1\", \"cam-?\"]", WEIR_FAULT_HOST, 3, CAM_1, CLOUD_1},
        {"\"link\": \"metro\"", WEIR_FAULT_LINK, 1, 1, CAM_1},
        {"\"links\": \"*\"", WEIR_FAULT_LINK, 3, 0, CAM_1},
        {"\"links\": [\"backhaul\", \"m*\"]", WEIR_FAULT_LINK, 2, 1, CAM_1},
        {"\"region\": \"site-1\"", WEIR_FAULT_REGION, 2, CAM_1, EDGE_2},
        {"\"region\": \"*\", \"tier\": \"edge\"", WEIR_FAULT_REGION, 2, EDGE_1, CAM_1},
        {"\"region\": [\"cloud\", \"site-2\"]", WEIR_FAULT_REGION, 2, EDGE_2, CAM_1},
    };
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        char *fault = weir_format("{%s, " TIMES("2h", "5min") "}", cases[c].what);
        struct weir_scenario *s = need("1h", fault);
        CU_ASSERT_EQUAL_FATAL(s->fault_rule_count, 1);
        CU_ASSERT(s->fault_count == 0 && s->recovery.on);
        const struct weir_fault_rule *rule = &s->fault_rules[0];
        CU_ASSERT_EQUAL((int)rule->kind, cases[c].kind);
        CU_ASSERT_EQUAL(rule->target_count, cases[c].count);
        CU_ASSERT_EQUAL(rule->targets[0], cases[c].first);
        CU_ASSERT_EQUAL(weir_faults_home(s), cases[c].home);
        weir_scenario_free(s);
        free(fault);
    }
}

static void slow_is_not_down(void)
{
    struct weir_scenario *s = need("1h", "{\"hosts\": \"*\", \"speed\": 0.25, " TIMES(
                                             "2h", "5min") "},"
                                                           "{\"link\": \"metro\", \"at\": \"1s\", \"bandwidth\": 0.5}");
    CU_ASSERT(s->fault_rules[0].left == 0.25 && s->faults[0].left == 0.5);
    CU_ASSERT(!s->recovery.on);
    CU_ASSERT(s->faults[0].effect == WEIR_FAULT_SLOW && s->fault_rules[0].effect == WEIR_FAULT_SLOW);
    CU_ASSERT_EQUAL(weir_faults_home(s), CAM_1);
    struct picked got = pick(s, 1, EDGE_1, NULL);
    CU_ASSERT(got.count > 0 && got.faults[0].left == 0.25);
    free(got.faults);
    weir_scenario_free(s);
}

/* SimGrid would abort the run. */
static void hosts_with_a_profile_of_their_speed(void)
{
    weir_test_file("speed.profile", "1 0.5\n2 1\n");
    weir_test_file("slow.xml", "<?xml version=\"1.0\"?>\n"
                               "<!DOCTYPE platform SYSTEM \"https://simgrid.org/simgrid.dtd\">\n"
                               "<platform version=\"4.1\"><zone id=\"world\" routing=\"Full\">"
                               "<host id=\"steady\" speed=\"1Gf\"/>"
                               "<host id=\"slow\" speed=\"1Gf\" speed_file=\"speed.profile\"/></zone></platform>\n");
    const char *path = weir_test_file(
        "slow.json", "{\"platform\": \"slow.xml\", \"duration\": \"1h\","
                     " \"workload\": {\"jobs\": [{\"name\": \"j\", \"source\": \"steady\","
                     "  \"load\": {\"kind\": \"constant\", \"rate\": \"1/s\"}, \"operators\": [{\"name\": \"a\"}]}]},"
                     " \"faults\": [{\"host\": \"slow\", \"at\": \"1s\"}]}");
    struct weir_scenario *scenario;
    static const char *const slower[] = {"faults[0].speed=0.5", NULL};
    CU_ASSERT_EQUAL(weir_scenario_read(path, NULL, &scenario), WEIR_OK);
    weir_scenario_free(scenario);
    CU_ASSERT_EQUAL(weir_scenario_read(path, slower, &scenario), WEIR_EINPUT);
    CHECK_MESSAGE("faults[0]: host \"slow\" has a profile of its speed in ");
}

static void the_hash_covers_them(void)
{
    struct weir_scenario *a = need("1h", EDGES), *b = need("1h", EDGES);
    struct weir_scenario *c = need("1h", "{\"tier\": \"edge\", " TIMES("2h", "6min") "}");
    CU_ASSERT(a->hash == b->hash && a->hash != c->hash);
    weir_scenario_free(a);
    weir_scenario_free(b);
    weir_scenario_free(c);
}

int main(int argc, char **argv)
{
    const struct weir_case cases[] = {
        {"the seed gives the dates", the_seed_gives_the_dates},
        {"entries do not shift each other", entries_do_not_shift_each_other},
        {"dates for patterns", dates_for_patterns},
        {"times have their moments", times_have_their_moments},
        {"constant times", constant_times},
        {"regions fail together", regions_fail_together},
        {"links fail with their region", links_fail_with_their_region},
        {"what is selected", what_is_selected},
        {"slow is not down", slow_is_not_down},
        {"hosts with a profile of their speed", hosts_with_a_profile_of_their_speed},
        {"the hash covers them", the_hash_covers_them},
        {0},
    };
    return weir_test_main("model/faults", cases, argc, argv);
}
