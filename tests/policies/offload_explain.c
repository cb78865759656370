/* What weir explain says of a decision as it is in force: places, costs, what each could gain, and the bound, each
 * against arithmetic by hand. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "tests/policies/offload_mock.h"
#include "tests/support/test.h"

static const struct weir_offload_rules rules = {.name = "dwo"};

/* Two hosts, 1 Gf/s and 4 Gf/s, 1 MB/s from the first to the second and 2 MB/s back. A user on h0 of a subtask of 4 Gf
 * with 4 MB of raw data of its own host, and one of 1 Gf with 1 MB of its. No results. */
static struct weir_offload self;

/* omega of the first user: weight. */
static void begin(double weight)
{
    static const double speeds[] = {1e9, 4e9}, big[] = {4e9}, small[] = {1e9};
    weir_offload_mock_begin(speeds, 2);
    weir_offload_mock_link(0, 1, 1e6);
    weir_offload_mock_link(1, 0, 2e6);
    weir_offload_mock_job("big", 0, -1, big, 1, 4e6);
    weir_offload_mock_job("small", 0, -1, small, 1, 1e6);
    weir_offload_mock->jobs[0].omega = weight;
    for (int j = 0; j < 2; j++) {
        weir_offload_mock->operators[j][0].downstream_count = 0;
        weir_mock_deploy(weir_offload_mock, j, 0, 0);
    }
    self = weir_offload_mock_self(&rules);
    char *left_out;
    int failed = weir_offload_mock_game(&self, &self.last.game, &left_out);
    CU_ASSERT_EQUAL_FATAL(failed, 0);
    self.last.placement = weir_alloc(2, sizeof *self.last.placement);
    self.last.time_s = 3;
}

static void end(void)
{
    weir_offload_destroy(&self);
    weir_offload_mock_end();
}

/* Numbers behind a word of the JSON, at its n-th place. */
static double told(bool bound, const char *word, int n)
{
    const struct weir_explain_wish wish = {.json = true, .bound = bound};
    char *got = weir_offload_explain_as(&self, weir_mock_view(weir_offload_mock), &wish), *at = got;
    for (int i = 0; at && i <= n; i++)
        at = strstr(i ? at + 1 : at, word);
    double value = at ? strtod(at + strlen(word), NULL) : NAN;
    free(got);
    return value;
}

static double fast(const struct weir_view *view, int from, int to)
{
    return view && from != to ? 1e12 : INFINITY;
}

static double none(const struct weir_view *view, int from, int to)
{
    return view ? 0 : from - to;
}

/* Both on h0: X = 2 + 1 roots of 1e9, costs 2 * 3 and 1 * 3. The big one on h1: 4 MB over 1 MB/s and 4 / 4 Gf, 5 s; the
 * small one there: 1 + 0.25. */
static void in_force(void)
{
    begin(1);
    CHECK_NEAR(told(false, "\"cost_s\": ", 0), 6, 1e-9);
    CHECK_NEAR(told(false, "\"cost_s\": ", 1), 3, 1e-9);
    CHECK_NEAR(told(false, "\"best_cost_s\": ", 0), 5, 1e-9);
    CHECK_NEAR(told(false, "\"best_cost_s\": ", 1), 1.25, 1e-9);
    CHECK_NEAR(told(false, "\"least_cost_s\": ", 1), 1.25, 1e-9);
    CHECK_NEAR(told(false, "\"cost_sum_s\": ", 0), 9, 1e-9);
    CHECK_NEAR(told(false, "\"potential_s\": ", 0), (9 + 4 + 1) / 2.0, 1e-9);
    CHECK_NEAR(told(false, "\"share\": ", 0), 2 / 3.0, 1e-12);
    CHECK_NEAR(told(false, "\"share\": ", 1), 1 / 3.0, 1e-12);
    CHECK_NEAR(told(false, "\"load\": ", 0), 3 * sqrt(1e9), 1e-6);
    /* The small one has moved by itself: 4 + 1 and 1.25. */
    weir_offload_mock->placed[1][0][0].host = 1;
    CHECK_NEAR(told(false, "\"cost_s\": ", 0), 4, 1e-9);
    CHECK_NEAR(told(false, "\"cost_s\": ", 1), 1.25, 1e-9);
    const struct weir_view *view = weir_mock_view(weir_offload_mock);
    char *text = weir_offload_explain(&self, view);
    CU_ASSERT(strstr(text, "not as decided: small/o0 is on h1, and was to be on h0") && !strstr(text, "big/o0 is on"));
    free(text);
    /* A change that is under way counts as done: to where an instance starts. */
    weir_offload_mock->operators[0][0].changing = true;
    weir_mock_deploy(weir_offload_mock, 0, 0, 1);
    weir_offload_mock->ready_s[0][0][1] = -1;
    /* 5 MB of roots on the link, 2 + 1: 2 * 3, 1 * 3; on h1 the same, by 4 Gf/s. */
    CHECK_NEAR(told(false, "\"cost_s\": ", 0), 6 + 6 / 4.0, 1e-9);
    CHECK_NEAR(told(false, "\"cost_s\": ", 1), 3 + 3 / 4.0, 1e-9);
    /* Nowhere, or gone: as decided. */
    weir_offload_mock->operators[0][0].changing = false;
    weir_offload_mock->operators[0][0].instance_count = 0;
    weir_offload_mock->jobs[1].running = false;
    CHECK_NEAR(told(false, "\"cost_s\": ", 0), 6, 1e-9);
    CHECK_NEAR(told(false, "\"cost_s\": ", 1), 3, 1e-9);
    end();
}

/* Of two operators each, those that are elsewhere are named, and nobody else's. */
static void elsewhere(void)
{
    static const double work[] = {1e9, 1e9};
    begin(1);
    weir_offload_destroy(&self);
    for (int j = 0; j < 2; j++) {
        weir_offload_mock->jobs[j].running = false;
        weir_offload_mock_job(j ? "second" : "first", 0, -1, work, 2, 1);
        for (int o = 0; o < 2; o++)
            weir_mock_deploy(weir_offload_mock, 2 + j, o, o);
    }
    self = weir_offload_mock_self(&rules);
    char *left_out;
    int failed = weir_offload_mock_game(&self, &self.last.game, &left_out);
    CU_ASSERT_EQUAL_FATAL(failed, 0);
    self.last.placement = weir_alloc(4, sizeof *self.last.placement);
    for (int moved = 0; moved < 16; moved++) { /* one bit for each operator */
        char *text;
        for (int s = 0; s < 4; s++)
            self.last.placement[s] = s % 2 ^ (moved >> s & 1);
        text = weir_offload_explain(&self, weir_mock_view(weir_offload_mock));
        for (int s = 0; s < 4; s++) {
            char line[64];
            snprintf(line, sizeof line, "not as decided: %s/o%d is on h%d, and was to be on h%d\n",
                     s / 2 ? "second" : "first", s % 2, s % 2, 1 - s % 2);
            CU_ASSERT_EQUAL(strstr(text, line) != NULL, moved >> s & 1);
        }
        free(text);
    }
    end();
}

/* So many placements that the optimum is not sought: 16 hosts ^ 8 operators of one job. */
static void too_many(void)
{
    static const double work[] = {1, 1, 1, 1, 1, 1, 1, 1};
    double speeds[WEIR_MOCK_HOSTS];
    for (int h = 0; h < WEIR_MOCK_HOSTS; h++)
        speeds[h] = 1e9;
    weir_offload_mock_begin(speeds, WEIR_MOCK_HOSTS);
    weir_offload_mock->view.route_links = NULL; /* a link a pair, wide enough */
    weir_offload_mock->view.route_bytes_per_s = fast;
    weir_offload_mock->view.route_latency_s = none;
    weir_offload_mock_job("many", 0, -1, work, 8, 0);
    for (int o = 0; o < 8; o++)
        weir_mock_deploy(weir_offload_mock, 0, o, o);
    self = weir_offload_mock_self(&rules);
    char *left_out;
    int failed = weir_offload_mock_game(&self, &self.last.game, &left_out);
    CU_ASSERT_EQUAL_FATAL(failed, 0);
    self.last.placement = weir_alloc(8, sizeof *self.last.placement);
    CHECK_NEAR(told(true, "\"placements\": ", 0), pow(16, 8), 1);
    char *at = NULL, *text;
    text = weir_offload_explain_as(&self, &weir_offload_mock->view, &(struct weir_explain_wish){true, true});
    at = strstr(text, "\"optimum_s\": null");
    CU_ASSERT(at != NULL && *weir_error_message() == 0);
    free(text);
    end();
}

/* A host without room for the user is none of the places that it could go to. */
static void without_room(void)
{
    begin(1);
    weir_offload_mock->hosts[1].slots = 1;
    weir_offload_mock_job("other", 1, -1, (double[]){1}, 1, 1);
    weir_mock_deploy(weir_offload_mock, 2, 0, 1); /* was not in the game: departs later */
    CHECK_NEAR(told(false, "\"best_cost_s\": ", 0), 6, 1e-9);
    CHECK_NEAR(told(false, "\"best_cost_s\": ", 1), 3, 1e-9);
    weir_offload_mock->operators[2][0].instance_count = 0;
    CHECK_NEAR(told(false, "\"best_cost_s\": ", 0), 5, 1e-9);
    end();
}

/* The least sum of these two: big on h0, 4 s, and small on h1, 1.25 s. Alone each costs the same, so that nothing is
 * lost. C = 9 where both are; best responses 5 and 1.25: slack 9/... of small 3 / 1.25 - 1 = 1.4. */
static void bound(void)
{
    begin(1);
    double slack = 3 / 1.25 - 1, root = (-3 + sqrt(9 + 4 * 6.25)) / 2;
    CHECK_NEAR(told(true, "\"optimum_s\": ", 0), 5.25, 1e-9);
    CHECK_NEAR(told(true, "\"placements\": ", 0), 4, 0);
    CHECK_NEAR(told(true, "\"alone_s\": ", 0), 4 + 1, 1e-9); /* big on h0: 4; small on h0: 1 */
    CHECK_NEAR(told(true, "\"slack\": ", 0), slack, 1e-9);
    CHECK_NEAR(told(true, "\"responses_s\": ", 0), root * root, 1e-9);
    /* rho^2 = (1 + e) (rho + 1) */
    double anarchy = told(true, "\"anarchy\": ", 0);
    CHECK_NEAR(anarchy, (1 + slack) * (sqrt(anarchy) + 1), 1e-9);
    CHECK_NEAR(told(true, "\"least_s\": ", 0), 5, 1e-9);
    CU_ASSERT(isnan(told(false, "\"optimum_s\": ", 0)));
    end();
    begin(4); /* all sums weigh the big one by 4: its roots by 2 */
    CHECK_NEAR(told(true, "\"cost_sum_s\": ", 0), (4 + 1) * (4 + 1), 1e-9);
    /* big on h0, 16, small on h1, 1.25; or small with it: 25. */
    CHECK_NEAR(told(true, "\"optimum_s\": ", 0), 17.25, 1e-9);
    end();
}

/* Where jobs are neither where they could be nor elsewhere: what cannot be said is said. */
static void impossible(void)
{
    const struct weir_explain_wish wish = {.json = true};
    CU_ASSERT_PTR_NULL(weir_offload_explain_as(&(struct weir_offload){.rules = &rules}, NULL, &wish));
    begin(1);
    weir_offload_mock->placed[0][0][0].host = 7;
    weir_offload_mock->hosts[7].up = false;
    const struct weir_view *view = &weir_offload_mock->view; /* not recounted: there is no host 7 */
    char *text = weir_offload_explain(&self, view);
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "dwo at 3 s: what is in force is none of its game's placements: placement: "
                                        "subtask 0 of user 0 (big) is on node 7; nodes are 0 to 1\n"));
    free(text);
    end();
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {{"in force", in_force},
                                             {"elsewhere", elsewhere},
                                             {"too many", too_many},
                                             {"without room", without_room},
                                             {"bound", bound},
                                             {"impossible", impossible},
                                             {0}};
    return weir_test_main("policies/offload_explain", cases, argc, argv);
}
