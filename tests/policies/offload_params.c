/* Parameters of the offloading policies: their ranges, and what each makes of a decision, by arithmetic or against the
 * library itself with the options that it stands for. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/base/json.h"
#include "sim/base/memory.h"
#include "sim/base/random.h"
#include "tests/policies/offload_mock.h"
#include "tests/support/test.h"

extern const struct weir_policy weir_policy_dwo, weir_policy_heu_wo, weir_policy_heu_wo_refined, weir_policy_lawa,
    weir_policy_optimal, weir_policy_nearest_offload, weir_policy_random_offload;
static const struct weir_policy *const all[] = {
    &weir_policy_dwo,     &weir_policy_heu_wo,          &weir_policy_heu_wo_refined, &weir_policy_lawa,
    &weir_policy_optimal, &weir_policy_nearest_offload, &weir_policy_random_offload};
enum { POLICIES = 7, HOSTS = 4, USERS = 4, STEPS = 3 };

/* A state with these parameters, NULL: they are refused. Free by drop(). */
static void *bound(const struct weir_policy *policy, const char *params)
{
    struct weir_json_doc *doc;
    void *state = weir_mock_state(policy);
    int failed = weir_json_parse(params, "params", &doc);
    CU_ASSERT_EQUAL_FATAL(failed, 0);
    struct weir_json root = weir_json_root(doc);
    failed = weir_param_bind(policy->params, &root, NULL, state);
    weir_json_free(doc);
    weir_error_clear();
    if (!failed)
        failed = policy->create(state, &(struct weir_policy_env){.seed = 5, .stream = "policy/x"});
    if (!failed)
        return state;
    free(state);
    return NULL;
}

static void drop(const struct weir_policy *policy, void *state)
{
    policy->destroy(state);
    free(state);
}

/* Both ends of each range, and what is just beyond. */
static void ranges(void)
{
    static const struct {
        const char *param, *good[2], *bad[2];
        int policies; /* of the list above that have it */
    } cases[] = {{"horizon", {"\"1ms\"", "\"1000000000s\""}, {"\"0.9ms\"", "\"1000000001s\""}, 4},
                 {"least_gain", {"0", "1"}, {"-0.001", "1.001"}, 4},
                 {"starts", {"1", "10000"}, {"0", "10001"}, 1},
                 {"limit", {"1", "1e18"}, {"0.99", "1.01e18"}, 1},
                 {"replan", {"\"arrival\"", "\"window\""}, {"\"never\"", "1"}, 4},
                 {"hold", {"\"all\"", "\"none\""}, {"\"some\"", "0"}, 7},
                 {"share", {"\"user\"", "\"subtask\""}, {"\"job\"", "0"}, 7},
                 {"rates", {"\"flow\"", "\"model\""}, {"\"fast\"", "0"}, 7},
                 {"unit", {"\"item\"", "\"rate\""}, {"\"day\"", "0"}, 7},
                 {"best_response", {"\"viterbi\"", "\"segment\""}, {"\"guess\"", "0"}, 1},
                 {"start", {"\"nearest\"", "\"heu-wo\""}, {"\"given\"", "0"}, 1},
                 {"polish", {"true", "false"}, {"2", "\"yes\""}, 1},
                 {"lower_sum", {"true", "false"}, {"2", "\"yes\""}, 1}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int accepted[4] = {0};
        for (int p = 0; p < POLICIES; p++)
            for (int v = 0; v < 4; v++) {
                char params[96];
                snprintf(params, sizeof params, "{\"%s\": %s}", cases[i].param,
                         v < 2 ? cases[i].good[v] : cases[i].bad[v - 2]);
                void *state = bound(all[p], params);
                accepted[v] += state != NULL;
                if (state)
                    drop(all[p], state);
            }
        CU_ASSERT(accepted[0] == cases[i].policies && accepted[1] == cases[i].policies);
        CU_ASSERT(accepted[2] == 0 && accepted[3] == 0);
    }
}

static void defaults(void)
{
    for (int p = 0; p < POLICIES; p++) {
        struct weir_offload *self = bound(all[p], "{}");
        CU_ASSERT_PTR_NOT_NULL_FATAL(self);
        bool replans = p == 0 || p == 1 || p == 2 || p == 4;
        CHECK_NEAR(self->horizon_s, replans ? 300 : 0, 0);
        CHECK_NEAR(self->least_gain, 0, 0);
        CU_ASSERT(self->replan == WEIR_OFFLOAD_ARRIVAL && self->hold == WEIR_OFFLOAD_WORKFLOWS && self->share == 0);
        CU_ASSERT(self->rates == WEIR_OFFLOAD_FLOW && self->unit == WEIR_OFFLOAD_AUTO);
        CU_ASSERT_EQUAL(self->rules->solo != NULL, !replans);
        CU_ASSERT_EQUAL(self->rules->for_all, replans && p != 0);
        CU_ASSERT(strcmp(self->rules->name, all[p]->name) == 0);
        struct weir_stream same = weir_stream_at(weir_stream_key(5, "policy/x"), 1);
        struct weir_stream own = weir_stream_at(self->seed, 1);
        CU_ASSERT_EQUAL(weir_stream_bits(&own), weir_stream_bits(&same));
        drop(all[p], self);
    }
}

/* ---- against the library ---- */

/* Four hosts in a row and users of drawn chains over it. */
static void draw(uint64_t number)
{
    struct weir_stream dice = weir_stream_at(weir_stream_key(3, "offload-params"), number);
    double speeds[HOSTS], work[STEPS];
    for (int h = 0; h < HOSTS; h++)
        speeds[h] = 1e9 * (1 + 4 * weir_stream_uniform(&dice));
    weir_offload_mock_begin(speeds, HOSTS);
    for (int a = 0; a < HOSTS; a++)
        for (int b = 0; b < HOSTS; b++)
            if (a != b)
                weir_offload_mock_link(a, b, 1e6 * (1 + 4 * weir_stream_uniform(&dice)));
    weir_offload_mock_way(0, 3, 0, 5); /* over h1: links 0 and 5 */
    for (int u = 0; u < USERS; u++) {
        for (int s = 0; s < STEPS; s++)
            work[s] = 1e9 * (0.5 + weir_stream_uniform(&dice));
        int source = (int)weir_stream_below(&dice, HOSTS);
        weir_offload_mock_job("user", source, (source + 1) % HOSTS, work, STEPS,
                              1e6 * (0.1 + weir_stream_uniform(&dice)));
    }
}

/* What a policy decides when jobs from `first` on arrive, into placement[users x steps]; the key of its draws. */
static uint64_t decided(const struct weir_policy *policy, struct weir_offload *self, int first, int *placement)
{
    int jobs[USERS];
    const struct weir_view *view = weir_mock_view(weir_offload_mock);
    struct weir_plan *plan = weir_plan_new(view);
    for (int j = first; j < USERS; j++)
        jobs[j - first] = j;
    int failed = policy->jobs_arrive(self, view, jobs, USERS - first, plan);
    CU_ASSERT_EQUAL_FATAL(failed, 0);
    weir_plan_free(plan);
    memcpy(placement, self->last.placement, USERS * STEPS * sizeof *placement);
    struct weir_stream key = weir_stream_at(self->seed, (uint64_t)first + 1);
    return weir_stream_bits(&key);
}

/* The game has the options that the parameters name. */
static void options(void)
{
    static const struct {
        const char *params;
        struct offload_dwo_options options;
    } cases[] = {
        {"{}", {.start = OFFLOAD_START_GIVEN}},
        {"{\"best_response\": \"enumerate\"}", {.start = OFFLOAD_START_GIVEN, .response = OFFLOAD_ENUMERATE}},
        {"{\"best_response\": \"viterbi\"}", {.start = OFFLOAD_START_GIVEN, .response = OFFLOAD_VITERBI}},
        {"{\"polish\": false}", {.start = OFFLOAD_START_GIVEN, .no_polish = true}},
        {"{\"start\": \"random\"}", {.start = OFFLOAD_START_RANDOM}},
        {"{\"start\": \"heu-wo\"}", {.start = OFFLOAD_START_HEU_WO}},
        {"{\"start\": \"nearest\"}", {.start = OFFLOAD_START_NEAREST}},
        {"{\"starts\": 4}", {.start = OFFLOAD_START_GIVEN, .starts = 4}},
        {"{\"start\": \"nearest\", \"lower_sum\": true}", {.start = OFFLOAD_START_NEAREST, .lower_sum_first = true}}};
    enum { ALL = sizeof cases / sizeof cases[0], DRAWN = 40 };
    int differ = 0;
    for (uint64_t n = 0; n < DRAWN; n++) {
        int first[USERS * STEPS];
        draw(n);
        for (int i = 0; i < ALL; i++) {
            struct weir_offload *self = bound(&weir_policy_dwo, cases[i].params);
            int got[USERS * STEPS], wanted[USERS * STEPS];
            struct offload_dwo_options given = cases[i].options;
            given.seed = decided(&weir_policy_dwo, self, 0, got);
            memset(wanted, -1, sizeof wanted);
            struct offload_trace trace = {0};
            CU_ASSERT_EQUAL(offload_dwo(self->last.game.problem, &given, wanted, &trace), 0);
            for (int s = 0; s < USERS * STEPS; s++)
                CU_ASSERT_EQUAL(got[s], wanted[s]);
            CU_ASSERT(self->last.trace.rounds == trace.rounds && self->last.trace.moves == trace.moves);
            offload_trace_fini(&trace);
            if (i == 0)
                memcpy(first, got, sizeof first);
            for (int s = 0, same = 1; s < USERS * STEPS && same; s++, differ += !same)
                same = got[s] == first[s];
            drop(&weir_policy_dwo, self);
        }
        weir_offload_mock_end();
    }
    CU_ASSERT(differ > DRAWN); /* the options are not all the same in effect */
}

static void place_at_random(struct weir_offload *self, int user, int *own)
{
    bool stays[USERS] = {false};
    const struct weir_offload_question question = {.stays = stays};
    struct weir_stream seed = weir_stream_at(self->seed, (uint64_t)user);
    struct offload_problem *alone;
    int failed =
        weir_offload_game_solo(self, &weir_offload_mock->view, NULL, &question, &self->last.game, user, &alone);
    CU_ASSERT_EQUAL_FATAL(failed, 0);
    CU_ASSERT_EQUAL(offload_random(alone, weir_stream_bits(&seed), own), 0);
    offload_problem_free(alone);
}

/* The others are what the library has under their names. */
static void others(void)
{
    int (*const rules[POLICIES])(const struct offload_problem *, int *) = {
        NULL, offload_heu_wo, offload_heu_wo_refined, offload_lawa, NULL, offload_nearest, NULL};
    for (uint64_t n = 0; n < 20; n++)
        for (int p = 1; p < POLICIES; p++) {
            int got[USERS * STEPS], wanted[USERS * STEPS];
            draw(100 + n);
            struct weir_offload *self = bound(all[p], "{}");
            decided(all[p], self, 0, got);
            const struct offload_problem *problem = self->last.game.problem;
            if (rules[p])
                CU_ASSERT_EQUAL(rules[p](problem, wanted), 0);
            if (all[p] == &weir_policy_optimal)
                CU_ASSERT_EQUAL(offload_optimal(problem, 0, wanted, NULL), 0);
            for (int u = 0; u < USERS && all[p] == &weir_policy_random_offload; u++) /* each job has draws of its own */
                place_at_random(self, u, wanted + u * STEPS);
            for (int s = 0; s < USERS * STEPS; s++)
                CU_ASSERT_EQUAL(got[s], wanted[s]);
            drop(all[p], self);
            weir_offload_mock_end();
        }
}

/* At the end of a window dwo only places those who have no place: as heu-wo would beside the others, then each by its
 * best response in turn. */
static void answers(void)
{
    static const char *const responses[] = {"segment", "enumerate", "viterbi"};
    for (uint64_t n = 0; n < 40; n++)
        for (int waiting = 1; waiting <= USERS; waiting++) {
            enum offload_response kind = (enum offload_response)(n % 3);
            bool polish = n / 3 % 2;
            int got[USERS * STEPS], wanted[USERS * STEPS], before[USERS * STEPS] = {0};
            char params[96];
            snprintf(params, sizeof params, "{\"replan\": \"window\", \"best_response\": \"%s\", \"polish\": %s}",
                     responses[kind], polish ? "true" : "false");
            draw(200 + n);
            struct weir_offload *self = bound(&weir_policy_dwo, params);
            for (int j = 0; j < USERS - waiting; j++)
                for (int s = 0; s < STEPS; s++) {
                    before[j * STEPS + s] = (int)(n + (uint64_t)(j + s)) % HOSTS;
                    weir_mock_deploy(weir_offload_mock, j, s, before[j * STEPS + s]);
                }
            decided(&weir_policy_dwo, self, USERS - waiting, got);
            const struct offload_problem *problem = self->last.game.problem;
            memcpy(wanted, before, sizeof before);
            bool which[USERS];
            for (int j = 0; j < USERS; j++)
                which[j] = j >= USERS - waiting;
            CU_ASSERT_EQUAL(offload_heu_wo_place(problem, which, wanted), 0);
            for (int j = USERS - waiting; j < USERS; j++) {
                double cost_s;
                CU_ASSERT_EQUAL(offload_best_response(problem, wanted, j, kind, polish, wanted + j * STEPS, &cost_s),
                                0);
            }
            for (int s = 0; s < USERS * STEPS; s++)
                CU_ASSERT_EQUAL(got[s], wanted[s]);
            drop(&weir_policy_dwo, self);
            weir_offload_mock_end();
        }
}

/* `limit`: 4 hosts ^ (4 x 3) = 16777216 placements. */
static void limit(void)
{
    for (int refused = 0; refused < 2; refused++) {
        int jobs[USERS] = {0, 1, 2, 3};
        draw(1);
        struct weir_offload *self =
            bound(&weir_policy_optimal, refused ? "{\"limit\": 16777216}" : "{\"limit\": 16777217}");
        struct weir_plan *plan = weir_plan_new(weir_mock_view(weir_offload_mock));
        CU_ASSERT_EQUAL(weir_policy_optimal.jobs_arrive(self, &weir_offload_mock->view, jobs, USERS, plan),
                        refused ? WEIR_EINPUT : 0);
        weir_error_clear();
        weir_plan_free(plan);
        drop(&weir_policy_optimal, self);
        weir_offload_mock_end();
    }
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {{"ranges", ranges},
                                             {"defaults", defaults},
                                             {"options", options},
                                             {"others", others},
                                             {"answers", answers},
                                             {"limit", limit},
                                             {0}};
    return weir_test_main("policies/offload_params", cases, argc, argv);
}
