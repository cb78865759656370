/* A decision as a plan: hosts, shares of cores, rates of transfers, and what is near enough to stay; by hand. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"
#include "tests/policies/offload_mock.h"
#include "tests/support/test.h"

static const struct weir_offload_rules rules = {.name = "dwo"};
static struct weir_offload self;
static struct weir_offload_game game;
static struct weir_plan *plan;

/* h0 - h1 - h2 in a row, both ways, 1 MB/s and 2 MB/s, 0.5 s on the first link; 1 Gf/s each, h1 with 4 cores. A job of
 * two operators, 1 Gf and 4 Gf, from h0 to h2; 4, 1 and 9 MB on its edges. */
static void begin(void)
{
    static const double speeds[] = {1e9, 1e9, 1e9}, work[] = {1e9, 4e9};
    weir_offload_mock_begin(speeds, 3);
    weir_offload_mock->hosts[1].cores = 4;
    weir_offload_mock_link(0, 1, 1e6);
    weir_offload_mock_link(1, 2, 2e6);
    weir_offload_mock_link(1, 0, 1e6);
    weir_offload_mock_link(2, 1, 2e6);
    weir_offload_mock_latency(0, 0.5);
    weir_offload_mock_way(0, 2, 0, 1);
    weir_offload_mock_way(2, 0, 3, 2);
    weir_offload_mock_job("job", 0, 2, work, 2, 1);
    weir_offload_mock_bytes(0, 0, 4e6, 1e6);
    weir_offload_mock_bytes(0, 1, 1e6, 9e6);
    self = weir_offload_mock_self(&rules);
}

static void end(void)
{
    weir_plan_free(plan);
    plan = NULL;
    weir_offload_game_fini(&game);
    weir_offload_destroy(&self);
    weir_offload_mock_end();
}

/* The plan that carries out this placement of the first two operators. */
static void carry(int first, int second)
{
    char *left_out;
    weir_plan_free(plan);
    weir_offload_game_fini(&game);
    int failed = weir_offload_mock_game(&self, &game, &left_out);
    CU_ASSERT_EQUAL_FATAL(failed, 0);
    plan = weir_plan_new(&weir_offload_mock->view);
    weir_offload_carry(&self, &weir_offload_mock->view, plan, &game, (int[]){first, second, 1, 1});
}

static int changes(void)
{
    int count;
    weir_plan_changes(plan, &count);
    return count;
}

static int rate_changes(void)
{
    int count;
    weir_plan_rates(plan, &count);
    return count;
}

/* The instance of an operator in the plan. */
static struct weir_placement planned(int op, int instance)
{
    int count;
    const struct weir_placement *got = weir_plan_get(plan, 0, op, &count);
    CU_ASSERT_FATAL(instance < count);
    return got[instance];
}

static double rate(int from, int to)
{
    return weir_plan_rate_get(plan, 0, from, to);
}

/* The number behind a word of why an operator is changed. */
static double why(int change, const char *word)
{
    int count;
    const struct weir_plan_change *all = weir_plan_changes(plan, &count);
    const char *at = change < count ? strstr(all[change].why, word) : NULL;
    return at ? strtod(at + strlen(word), NULL) : NAN;
}

/* Both on h0: shares sqrt 1 : sqrt 4 of the core, none of the way in; the result over both links, alone there. */
static void shares(void)
{
    begin();
    carry(0, 0);
    CU_ASSERT_EQUAL(changes(), 2);
    for (int o = 0; o < 2; o++) {
        CU_ASSERT_EQUAL(planned(o, 0).host, 0);
        CHECK_NEAR(planned(o, 0).cpu_share, (o + 1) / 3.0, 1e-12);
        CHECK_NEAR(planned(o, 0).weight, 1, 0);
        CHECK_NEAR(why(o, "with "), (o + 1) / 3.0, 1e-4);
    }
    /* (1 + 2)^2 of work, 9 MB over 1 and 2 MB/s, 0.5 s of latency. */
    CHECK_NEAR(why(0, "cost "), 9 + 9 + 4.5 + 0.5, 1e-4);
    CHECK_NEAR(why(0, "latency "), 9 + 9 + 4.5 + 0.5, 1e-4);
    CU_ASSERT_EQUAL(rate_changes(), 1);
    CHECK_NEAR(rate(1, -1), 1e6, 1e-6);
    CU_ASSERT(isinf(rate(-1, 0)) && isinf(rate(0, 1)));
    end();
}

/* On a host of four cores a share is one of cores, at most a whole one; instances divide it. */
static void cores(void)
{
    begin();
    carry(1, 1);
    CHECK_NEAR(planned(0, 0).cpu_share, 1, 0); /* 4 / 3 */
    CHECK_NEAR(planned(1, 0).cpu_share, 1, 0); /* 8 / 3 */
    for (int i = 0; i < 3; i++)
        weir_mock_deploy(weir_offload_mock, 0, 0, i % 2);
    weir_offload_mock->placed[0][0][2].weight = 5;
    carry(1, 1);
    for (int i = 0; i < 3; i++) {
        CU_ASSERT_EQUAL(planned(0, i).host, 1);
        CHECK_NEAR(planned(0, i).cpu_share, 4 / 3.0 / 3, 1e-12);
        CHECK_NEAR(planned(0, i).weight, i == 2 ? 5 : 1, 0);
    }
    weir_offload_mock->hosts[1].cores = 0; /* counts as one */
    weir_offload_update_network(&self, &weir_offload_mock->view);
    carry(1, 1);
    CHECK_NEAR(planned(0, 0).cpu_share, 1 / 3.0 / 3, 1e-12);
    weir_offload_mock->operators[0][0].flops_per_item = 1e-9; /* next to nothing, and nothing */
    carry(1, 1);
    CHECK_NEAR(planned(0, 0).cpu_share, 1e-6, 0);
    weir_offload_mock->operators[0][0].flops_per_item = 0;
    carry(1, 1);
    CHECK_NEAR(planned(0, 0).cpu_share, 1, 0);
    end();
}

/* Who is not held to shares gets whole cores and no limits. */
static void not_held(void)
{
    begin();
    self.hold = WEIR_OFFLOAD_NONE;
    carry(0, 1);
    CU_ASSERT(planned(0, 0).cpu_share == 1 && planned(1, 0).cpu_share == 1 && planned(1, 0).host == 1);
    CU_ASSERT_EQUAL(rate_changes(), 0);
    end();
}

/* o0 on h1, o1 on h2: 4 MB over l0, 1 MB over l1, nothing for the result. A second job's 1 MB over l0, its operator on
 * h1: X = 2 + 1 there. */
static void rates(void)
{
    static const double work[] = {1e9};
    begin();
    weir_offload_mock_job("other", 0, -1, work, 1, 1e6);
    weir_offload_mock->operators[1][0].downstream_count = 0;
    carry(1, 2);
    CHECK_NEAR(rate(-1, 0), 1e6 * 2 / 3, 1e-6);
    CHECK_NEAR(weir_plan_rate_get(plan, 1, -1, 0), 1e6 / 3, 1e-6);
    CHECK_NEAR(rate(0, 1), 2e6, 1e-6);
    CU_ASSERT(isinf(rate(1, -1)));
    int count;
    const struct weir_plan_rate_change *all = weir_plan_rates(plan, &count);
    CU_ASSERT_EQUAL_FATAL(count, 3);
    const char *narrow = strstr(all[0].why, "with ");
    CHECK_NEAR(narrow ? strtod(narrow + 5, NULL) : NAN, 2 / 3.0, 1e-4);
    /* The model's time leaves out the latency: 4 MB over l0 take 4 / (2/3) = 6 s. */
    self.rates = WEIR_OFFLOAD_MODEL;
    carry(1, 2);
    CHECK_NEAR(rate(-1, 0), 4e6 / 6, 1e-6);
    /* Both on h0: 9 MB over both links one after the other, of the first of which it has 3/4: 12 + 4.5 s. */
    carry(0, 0);
    CHECK_NEAR(rate(1, -1), 9e6 / 16.5, 1e-6);
    weir_offload_mock_bytes(0, 1, 1e6, 0); /* nothing to send: no limit */
    carry(0, 0);
    CU_ASSERT(isinf(rate(1, -1)));
    weir_offload_mock_bytes(0, 1, 1e6, 1e-3); /* a millibyte a second is less than there may be */
    weir_offload_mock_bytes(1, 0, 1e30, 0);
    carry(0, 1);
    CHECK_NEAR(rate(0, 1), 1, 1e-6);
    self.rates = WEIR_OFFLOAD_FLOW;
    carry(0, 1);
    CHECK_NEAR(rate(0, 1), 1, 1e-6);
    end();
}

/* What is as wanted is left alone: of an item to 1e-9, of a stream to 2 %. */
static void near_enough(void)
{
    static const struct {
        double by, items_per_s;
        bool stays;
    } cases[] = {{0, 1, true},     {0.9e-9, 1, true}, {-0.9e-9, 1, true}, {2e-9, 1, false},  {-2e-9, 1, false},
                 {0.019, 3, true}, {0.021, 3, false}, {-0.019, 3, true},  {-0.021, 3, false}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        begin();
        self.hold = WEIR_OFFLOAD_ALL;
        weir_offload_mock->jobs[0].declared_items = cases[i].items_per_s == 1 ? 1 : 9;
        weir_offload_mock->jobs[0].declared_items_per_s = cases[i].items_per_s;
        for (int o = 0; o < 2; o++) {
            weir_mock_deploy(weir_offload_mock, 0, o, 0);
            weir_offload_mock->placed[0][o][0].cpu_share = (o + 1) / 3.0 * (1 + (o ? 0 : cases[i].by));
        }
        double limit = 1e6 * (1 + cases[i].by);
        weir_offload_mock->operators[0][1].downstream_rates = &limit;
        carry(0, 0);
        CU_ASSERT_EQUAL(changes(), cases[i].stays ? 0 : 1);
        CU_ASSERT_EQUAL(rate_changes(), cases[i].stays ? 0 : 1);
        CU_ASSERT_EQUAL(planned(0, 0).cpu_share == 1 / 3.0, !cases[i].stays || cases[i].by == 0);
        CU_ASSERT_FALSE(self.stale);
        end();
    }
}

/* A limit goes where nothing is left to hold back. */
static void lifted(void)
{
    begin();
    const double limit = 5e5;
    weir_offload_mock->operators[0][1].upstream_rates = &limit;
    carry(0, 0);
    CU_ASSERT(isinf(rate(0, 1)));
    carry(0, 1);
    CHECK_NEAR(rate(0, 1), 1e6, 1e-6);
    end();
}

/* An operator of which a change is under way is left alone, and all decide once more; not if it goes where it is to. */
static void changing(void)
{
    begin();
    weir_mock_deploy(weir_offload_mock, 0, 0, 0);
    weir_mock_deploy(weir_offload_mock, 0, 1, 1);
    carry(1, 1);
    CU_ASSERT(!self.stale && changes() == 1 && planned(0, 0).host == 1);
    weir_plan_reset(plan);
    weir_offload_mock->operators[0][0].changing = true; /* since the game was made */
    weir_offload_carry(&self, &weir_offload_mock->view, plan, &game, (int[]){1, 1});
    CU_ASSERT(self.stale && changes() == 0 && planned(0, 0).host == 0); /* o1 has its whole core already: 8 / 3 */
    self.stale = false;
    weir_offload_mock->operators[0][0].changing = false;
    weir_offload_mock->operators[0][1].changing = true;
    carry(0, 1);
    CU_ASSERT(!self.stale && changes() == 0);
    /* One of two instances is elsewhere. */
    weir_mock_deploy(weir_offload_mock, 0, 0, 2);
    weir_offload_mock->placed[0][0][0].cpu_share = weir_offload_mock->placed[0][0][1].cpu_share = 0.5;
    carry(0, 1);
    CU_ASSERT(changes() == 1 && planned(0, 0).host == 0 && planned(0, 1).host == 0);
    end();
}

/* Figures of a stream are told of an item: 4 items a second together cost 4 times as much. */
static void of_an_item(void)
{
    begin();
    self.unit = WEIR_OFFLOAD_RATE;
    self.hold = WEIR_OFFLOAD_ALL;
    weir_offload_mock->jobs[0].declared_items_per_s = 4;
    carry(0, 0);
    CHECK_NEAR(why(1, "cost "), 9 + 9 + 4.5 + 0.5 / 4, 1e-4); /* of a latency there is one */
    CHECK_NEAR(why(1, "latency "), 9 + 9 + 4.5 + 0.5 / 4, 1e-4);
    end();
}

/* Nothing is planned of a placement that cannot be. */
static void impossible(void)
{
    begin();
    carry(0, 3);
    CU_ASSERT(changes() == 0 && rate_changes() == 0);
    end();
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {{"shares", shares},           {"cores", cores},
                                             {"not held", not_held},       {"rates", rates},
                                             {"near enough", near_enough}, {"lifted", lifted},
                                             {"changing", changing},       {"of an item", of_an_item},
                                             {"impossible", impossible},   {0}};
    return weir_test_main("policies/offload_carry", cases, argc, argv);
}
