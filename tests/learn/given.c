/* Public functions bear what they are given: each answers with an error and a sentence, or with what its header says.
 */
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "policies/learn/learn.h"
#include "tests/support/test.h"

/* The call fails with WEIR_EINPUT and says something of the kind. */
#define REFUSES(call, fragment)                                                                                        \
    do {                                                                                                               \
        weir_error_clear();                                                                                            \
        CU_ASSERT_EQUAL(call, WEIR_EINPUT);                                                                            \
        CHECK_MESSAGE(fragment);                                                                                       \
    } while (0)

static const double series[40] = {1, 2, 4, 3, 5, 6, 8, 7, 9, 10, 12, 11, 13, 14, 16, 15, 17, 18, 20, 19,
                                  1, 2, 4, 3, 5, 6, 8, 7, 9, 10, 12, 11, 13, 14, 16, 15, 17, 18, 20, 19};

static void forecasters_made(void)
{
    struct forecaster_env env = {.step_s = 60}, wrong = env;
    struct forecaster *made = (struct forecaster *)&env;
    REFUSES(forecaster_make_text(NULL, "last", &made), "\"env\" is NULL");
    REFUSES(forecaster_make_text(&env, NULL, &made), "\"text\" is NULL");
    REFUSES(forecaster_make_text(&env, "last", NULL), "\"made\" is NULL");
    REFUSES(forecaster_make(&env, NULL, &made), "\"slot\" is NULL");
    REFUSES(forecaster_make_text(&env, "", &made), "forecaster");
    CU_ASSERT_PTR_NULL(made);
    REFUSES(forecaster_make_text(&env, "lst", &made), "did you mean \"last\"?");
    REFUSES(forecaster_make_text(&env, "linear:window=0", &made), "window");
    const double steps[] = {0, -1, NAN, INFINITY};
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        wrong.step_s = steps[i];
        REFUSES(forecaster_make_text(&wrong, "last", &made), "(above 0)");
    }
    wrong = (struct forecaster_env){.step_s = 60, .season_s = NAN};
    REFUSES(forecaster_make_text(&wrong, "last", &made), "season");
    wrong = (struct forecaster_env){.step_s = 60, .ahead = -1};
    REFUSES(forecaster_make_text(&wrong, "last", &made), "-1 steps ahead");
    wrong.ahead = FORECASTER_HORIZON + 1;
    REFUSES(forecaster_make_text(&wrong, "last", &made), "steps ahead");
    CU_ASSERT_PTR_NULL(forecaster_find(NULL, NULL));
    CU_ASSERT_PTR_NULL(forecaster_find(NULL, "lst"));
    CU_ASSERT_PTR_EQUAL(forecaster_find(NULL, "last"), forecaster_find(forecaster_catalog, "last"));
}

static void forecasters_at_work(void)
{
    struct forecaster_env env = {.step_s = 60};
    struct forecaster *last, *gru, *other, *made;
    double mean[4];
    CU_ASSERT_EQUAL(forecaster_make_text(&env, "last", &last), WEIR_OK);
    REFUSES(forecaster_predict(last, 1, mean, NULL), "fitted");
    REFUSES(forecaster_push(last, 1), "fitted");
    REFUSES(forecaster_save(last, "/nowhere"), "fitted");
    REFUSES(forecaster_fit(NULL, series, 40), "\"forecaster\" is NULL");
    REFUSES(forecaster_fit(last, NULL, 40), "\"values\" is NULL");
    REFUSES(forecaster_fit(last, series, 0), "0 values");
    REFUSES(forecaster_tune(NULL, series, 40), "\"forecaster\"");
    REFUSES(forecaster_tune(last, NULL, 40), "\"values\"");
    CU_ASSERT_EQUAL(forecaster_fit(last, series, 40), WEIR_OK);
    REFUSES(forecaster_push(NULL, 1), "\"forecaster\"");
    REFUSES(forecaster_push(last, INFINITY), "infinite");
    REFUSES(forecaster_predict(NULL, 1, mean, NULL), "\"forecaster\"");
    REFUSES(forecaster_predict(last, 1, NULL, NULL), "\"mean\"");
    REFUSES(forecaster_predict(last, 0, mean, NULL), "horizon");
    REFUSES(forecaster_predict(last, FORECASTER_HORIZON + 1, mean, NULL), "horizon");
    REFUSES(forecaster_predict(last, SIZE_MAX, mean, NULL), "horizon");
    REFUSES(forecaster_save(NULL, "x"), "\"forecaster\"");
    REFUSES(forecaster_save(last, NULL), "\"path\"");
    REFUSES(forecaster_load(NULL, "x", &made), "\"env\"");
    REFUSES(forecaster_load(&env, NULL, &made), "\"path\"");
    REFUSES(forecaster_load(&env, "/nowhere", &made), "/nowhere");
    REFUSES(forecaster_twin(&env, NULL, &made), "\"of\"");
    /* Sharing. */
    CU_ASSERT_EQUAL(forecaster_make_text(&env, "gru:hidden=2:layers=1:window=4", &gru), WEIR_OK);
    CU_ASSERT_EQUAL(forecaster_make_text(&env, "gru:hidden=3:layers=1:window=4", &other), WEIR_OK);
    struct forecaster *both[] = {gru, other}, *lone[] = {NULL}, *lasts[] = {last};
    struct forecaster_series shares[] = {{series, 40}, {series, 40}}, none = {NULL, 40};
    REFUSES(forecaster_fit_together(NULL, shares, 2, false), "\"forecasters\"");
    REFUSES(forecaster_fit_together(both, NULL, 2, false), "\"series\"");
    REFUSES(forecaster_fit_together(both, shares, 0, false), "no forecaster");
    REFUSES(forecaster_fit_together(lone, shares, 1, false), "\"forecasters[i]\"");
    REFUSES(forecaster_fit_together(both, &none, 1, false), "\"values\"");
    REFUSES(forecaster_fit_together(both, shares, 2, false), "the same parameters");
    REFUSES(forecaster_fit_together(lasts, shares, 1, false), "shares nothing");
    REFUSES(forecaster_join(NULL, gru, shares), "\"joining\"");
    REFUSES(forecaster_join(gru, gru, shares), "fitted");
    REFUSES(forecaster_join(gru, last, shares), "shares nothing");
    REFUSES(forecaster_join(other, gru, shares), "the same parameters");
    forecaster_prepare(NULL, 1, 1);
    forecaster_prepare(lone, 1, 1);
    forecaster_prepare(both, 2, 0);
    forecaster_prepare(both, 2, 1);
    forecaster_free(last);
    forecaster_free(gru);
    forecaster_free(other);
}

static void forecasters_answer(void)
{
    struct forecaster_trial trial = {.values = series, .count = 40, .train = 30, .horizon = 1}, wrong = {.count = 40};
    struct forecaster_result result;
    struct forecaster *last;
    CU_ASSERT_EQUAL(forecaster_make_text(&(struct forecaster_env){.step_s = 1}, "last", &last), WEIR_OK);
    REFUSES(forecaster_try(NULL, &trial, &result), "\"forecaster\"");
    REFUSES(forecaster_try(last, NULL, &result), "\"trial\"");
    REFUSES(forecaster_try(last, &trial, NULL), "\"result\"");
    REFUSES(forecaster_try(last, &wrong, &result), "\"values\"");
    trial.train = 40;
    REFUSES(forecaster_try(last, &trial, &result), "nothing");
    trial.train = 30;
    trial.horizon = 11;
    REFUSES(forecaster_try(last, &trial, &result), "horizon");
    CU_ASSERT_PTR_NULL(result.means);
    forecaster_result_fini(NULL);
    forecaster_free(last);
    forecaster_free(NULL);
    CU_ASSERT_PTR_NULL(forecaster_kind_of(NULL));
    CU_ASSERT_EQUAL(forecaster_need(NULL), 0);
    CU_ASSERT_EQUAL(forecaster_cost(NULL, 1, 1).fit_flops, 0);
    CU_ASSERT_EQUAL(forecaster_counts(NULL).filled, 0);
    CU_ASSERT_FALSE(forecaster_shares(NULL));
    char *said = forecaster_describe(NULL);
    CU_ASSERT_STRING_EQUAL(said, "");
    free(said);
    CU_ASSERT(isnan(series_measure(NULL, series, 3).mae) && isnan(series_measure(series, NULL, 3).mae));
    CU_ASSERT(isnan(series_smape(NULL, series, 3)) && isnan(series_smape(series, series, 0)));
}

static void detectors(void)
{
    struct detector_env env = {.width = 2}, wrong = {.width = 0};
    struct detector *made;
    struct detector_result results[1];
    struct detector_past past = {.rows = series, .count = 20}, none = {.count = 20};
    const double *window[] = {series}, *no_window[] = {NULL};
    double score[20], infinite[4] = {1, 2, INFINITY, 4};
    bool flagged[20];
    REFUSES(detector_make_text(NULL, "z-score", &made), "\"env\"");
    REFUSES(detector_make_text(&env, NULL, &made), "\"text\"");
    REFUSES(detector_make_text(&env, "z-score", NULL), "\"made\"");
    REFUSES(detector_make(&env, NULL, &made), "\"slot\"");
    REFUSES(detector_make_text(&wrong, "z-score", &made), "0 dimensions");
    wrong.width = INT_MAX;
    REFUSES(detector_make_text(&wrong, "z-score", &made), "dimensions");
    REFUSES(detector_make_text(&env, "z-scor", &made), "did you mean \"z-score\"?");
    CU_ASSERT_EQUAL(detector_make_text(&env, "z-score", &made), WEIR_OK);
    REFUSES(detector_judge(made, window, 1, results), "not fitted");
    REFUSES(detector_run(made, series, 0, 0, score, flagged, NULL), "not fitted");
    REFUSES(detector_fit(NULL, &past, 1), "\"detector\"");
    REFUSES(detector_fit(made, NULL, 1), "\"pasts\"");
    REFUSES(detector_fit(made, &past, -1), "-1 pasts");
    REFUSES(detector_fit(made, &past, 0), "0 samples");
    REFUSES(detector_fit(made, &none, 1), "\"rows\"");
    REFUSES(detector_fit(made, &(struct detector_past){.rows = infinite, .count = 2}, 1), "infinite");
    CU_ASSERT_EQUAL(detector_fit(made, &past, 1), WEIR_OK);
    REFUSES(detector_judge(NULL, window, 1, results), "\"detector\"");
    REFUSES(detector_judge(made, NULL, 1, results), "\"windows\"");
    REFUSES(detector_judge(made, no_window, 1, results), "\"windows[i]\"");
    REFUSES(detector_judge(made, window, 1, NULL), "\"results\"");
    REFUSES(detector_run(made, NULL, 20, 0, score, flagged, NULL), "\"rows\"");
    REFUSES(detector_run(made, series, 20, 0, NULL, flagged, NULL), "\"score\"");
    REFUSES(detector_run(made, series, 20, 0, score, NULL, NULL), "\"flagged\"");
    CU_ASSERT_EQUAL(detector_run(made, series, 20, 30, score, flagged, NULL), WEIR_OK); /* nothing is asked for */
    detector_free(made);
    detector_free(NULL);
    CU_ASSERT_EQUAL(detector_length(NULL), 0);
    char *said = detector_describe(NULL);
    CU_ASSERT_STRING_EQUAL(said, "");
    free(said);
    struct detect_rules rules[] = {
        {1, 2, 0.5, 0.4, 0.4}, {2, 0, 0.5, 0.4, 0.4}, {2, DETECT_RULES_MOST + 1, 0.5, 0.4, 0.4}};
    struct detect_evidence evidence;
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        CU_ASSERT_EQUAL(detect_rules_judge(&rules[i], series, series, NULL, NULL, &evidence), DETECT_UNSURE);
    CU_ASSERT(isnan(evidence.deviating));
    CU_ASSERT_EQUAL(detect_rules_judge(NULL, series, series, NULL, NULL, NULL), DETECT_UNSURE);
}

static void clusters(void)
{
    struct kmeans_settings settings = {.clusters = 2, .restarts = 1, .iterations = 10}, wrong = settings;
    struct kmeans model;
    double odd[4] = {1, 2, NAN, 4}, distance2;
    REFUSES(kmeans_fit(NULL, 2, 2, &settings, &model, NULL), "\"x\"");
    REFUSES(kmeans_fit(series, 2, 2, NULL, &model, NULL), "\"settings\"");
    REFUSES(kmeans_fit(series, 2, 2, &settings, NULL, NULL), "\"model\"");
    REFUSES(kmeans_fit(series, 0, 2, &settings, &model, NULL), "0 samples");
    REFUSES(kmeans_fit(series, 2, -1, &settings, &model, NULL), "-1 dimensions");
    wrong.clusters = 0;
    REFUSES(kmeans_fit(series, 2, 2, &wrong, &model, NULL), "0 clusters");
    REFUSES(kmeans_fit(odd, 2, 2, &settings, &model, NULL), "sample 1, dimension 0");
    odd[2] = 1e200; /* whose square is none */
    REFUSES(kmeans_fit(odd, 2, 2, &settings, &model, NULL), "sample 1, dimension 0");
    CU_ASSERT_EQUAL(kmeans_nearest(&model, series, &distance2), -1);
    CU_ASSERT(isnan(distance2));
    CU_ASSERT_EQUAL(kmeans_nearest(NULL, series, NULL), -1);
    CU_ASSERT_EQUAL(kmeans_fit(series, 4, 2, &settings, &model, NULL), WEIR_OK);
    odd[0] = NAN;
    CU_ASSERT_EQUAL(kmeans_nearest(&model, odd, NULL), -1);
    CU_ASSERT_EQUAL(kmeans_nearest(&model, NULL, NULL), -1);
    kmeans_fini(&model);
    kmeans_fini(NULL);
}

static void assignments(void)
{
    const double bandwidth[1] = {10}, requests[1] = {2};
    const bool healthy[1] = {true};
    const float rate[1] = {1};
    const struct assignment_problem good = {1, 1, 1, bandwidth, healthy, requests, rate, NULL, 0.5, 0.2, NULL};
    const struct assignment_settings settings = {8, 160, 100, 0.01, 10};
    struct assignment_problem wrong = good;
    struct assignment result;
    REFUSES(assignment_solve(NULL, &settings, &result), "\"problem\"");
    REFUSES(assignment_solve(&good, NULL, &result), "\"settings\"");
    REFUSES(assignment_solve(&good, &settings, NULL), "\"result\"");
    wrong.rate = NULL;
    REFUSES(assignment_solve(&wrong, &settings, &result), "\"rate\"");
    wrong = good;
    wrong.servers = -1;
    REFUSES(assignment_solve(&wrong, &settings, &result), "-1 servers");
    wrong = good;
    wrong.u_opt = NAN;
    REFUSES(assignment_solve(&wrong, &settings, &result), "u_opt");
    CU_ASSERT_PTR_NULL(result.count);
    assignment_fini(NULL);
    const double value[2] = {0.2, NAN};
    long whole[2];
    CU_ASSERT_EQUAL(assignment_round(NULL, NULL, 2, 5, whole), 5);
    CU_ASSERT_EQUAL(assignment_round(value, NULL, 0, 5, whole), 5);
    CU_ASSERT_EQUAL(assignment_round(value, NULL, 2, -3, whole), -3); /* nothing can be taken away */
    CU_ASSERT(whole[0] == 0 && whole[1] == 0);
}

/* ---- offloading ---- */

static const double speeds[2] = {1e9, 2e9}, work[1] = {4e9};
static const struct offload_link link = {.from = 0, .to = 1, .bytes_per_s = 1e6};
static const struct offload_network_spec spec = {
    .node_count = 2, .flops_per_s = speeds, .link_count = 1, .links = &link, .routing = OFFLOAD_SHORTEST};
static const struct offload_transfer raw = {.from = -1, .to = 0, .bytes = 1e6};
static const struct offload_user user = {
    .origin = 0, .end = -1, .subtask_count = 1, .work_flop = work, .transfer_count = 1, .transfers = &raw};

static int no_links(void *data, int from, int to, const int **links)
{
    return 1;
}

static void networks(void)
{
    struct offload_network *network;
    struct offload_network_spec wrong = spec;
    int links[1];
    REFUSES(offload_network_new(NULL, &network), "\"spec\"");
    REFUSES(offload_network_new(&spec, NULL), "\"network\"");
    wrong.flops_per_s = NULL;
    REFUSES(offload_network_new(&wrong, &network), "missing");
    wrong = spec;
    wrong.links = NULL;
    REFUSES(offload_network_new(&wrong, &network), "missing");
    wrong = spec;
    wrong.routing = OFFLOAD_GIVEN;
    REFUSES(offload_network_new(&wrong, &network), "missing");
    wrong.way = no_links;
    REFUSES(offload_network_new(&wrong, &network), "has no links");
    wrong.routing = (enum offload_routing)7;
    REFUSES(offload_network_new(&wrong, &network), "routing 7");
    wrong = spec;
    wrong.node_count = OFFLOAD_NODES + 1;
    REFUSES(offload_network_new(&wrong, &network), "30001 nodes");
    CU_ASSERT_EQUAL(offload_network_nodes(NULL), 0);
    CU_ASSERT_EQUAL(offload_network_links(NULL), 0);
    CU_ASSERT_EQUAL(offload_network_new(&spec, &network), WEIR_OK);
    CU_ASSERT_TRUE(offload_network_reaches(network, 0, 1));
    CU_ASSERT_FALSE(offload_network_reaches(network, 0, 2) || offload_network_reaches(network, -1, 0) ||
                    offload_network_reaches(NULL, 0, 0));
    CU_ASSERT_EQUAL(offload_network_way(network, 0, 1, links, 1), 1);
    CU_ASSERT_EQUAL(offload_network_way(network, 0, 2, links, 1), -1);
    CU_ASSERT_EQUAL(offload_network_way(network, 0, 1, NULL, 1), -1);
    CU_ASSERT_EQUAL(offload_network_way(NULL, 0, 1, links, 1), -1);
    offload_network_free(network);
    offload_network_free(NULL);
}

static void problems(void)
{
    struct offload_network *network;
    struct offload_problem *problem;
    struct offload_user wrong = user;
    CU_ASSERT_EQUAL(offload_network_new(&spec, &network), WEIR_OK);
    REFUSES(offload_problem_new(NULL, &user, 1, OFFLOAD_SHARE_OF_SUBTASK, &problem), "\"network\"");
    REFUSES(offload_problem_new(network, &user, 1, OFFLOAD_SHARE_OF_SUBTASK, NULL), "\"problem\"");
    REFUSES(offload_problem_new(network, NULL, 1, OFFLOAD_SHARE_OF_SUBTASK, &problem), "must be given");
    REFUSES(offload_problem_new(network, &user, 1, (enum offload_shares)5, &problem), "shares 5");
    wrong.work_flop = NULL;
    REFUSES(offload_problem_new(network, &wrong, 1, OFFLOAD_SHARE_OF_SUBTASK, &problem), "NULL");
    wrong = user;
    wrong.transfers = NULL;
    REFUSES(offload_problem_new(network, &wrong, 1, OFFLOAD_SHARE_OF_SUBTASK, &problem), "NULL");
    wrong = user;
    wrong.origin = 2;
    REFUSES(offload_problem_new(network, &wrong, 1, OFFLOAD_SHARE_OF_SUBTASK, &problem), "origin");
    CU_ASSERT_EQUAL(offload_problem_new(network, &user, 1, OFFLOAD_SHARE_OF_SUBTASK, &problem), WEIR_OK);
    CU_ASSERT(offload_problem_users(NULL) == 0 && offload_problem_subtasks(NULL) == 0 &&
              offload_problem_transfers(NULL) == 0);
    CU_ASSERT(offload_problem_first_subtask(problem, 1) == -1 && offload_problem_first_subtask(NULL, 0) == -1 &&
              offload_problem_first_transfer(problem, -1) == -1);
    CU_ASSERT_FALSE(offload_problem_is_chain(problem, 1) || offload_problem_is_chain(NULL, 0));
    CU_ASSERT_TRUE(offload_problem_may_host(problem, 0, 0, 1));
    CU_ASSERT_FALSE(offload_problem_may_host(problem, 0, 0, 2) || offload_problem_may_host(problem, 0, 1, 0) ||
                    offload_problem_may_host(problem, 1, 0, 0) || offload_problem_may_host(problem, 0, 0, -1));
    offload_problem_free(problem);
    offload_problem_free(NULL);
    offload_network_free(network);
}

static void decisions(void)
{
    struct offload_network *network;
    struct offload_problem *problem;
    struct offload_dwo_options options = {.start = OFFLOAD_START_NEAREST};
    struct offload_evaluation evaluation = {0};
    struct offload_deviation deviation;
    struct offload_bounds bounds;
    int placement[1] = {0}, outside[1] = {2}, unplaced[1] = {-1}, response[1];
    const bool nobody[1] = {false};
    double cost_s;
    CU_ASSERT_EQUAL(offload_network_new(&spec, &network), WEIR_OK);
    CU_ASSERT_EQUAL(offload_problem_new(network, &user, 1, OFFLOAD_SHARE_OF_SUBTASK, &problem), WEIR_OK);
    int (*const all[])(const struct offload_problem *, int *) = {offload_heu_wo, offload_nearest, offload_lawa,
                                                                 offload_heu_wo_refined};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        REFUSES(all[i](NULL, placement), "\"problem\"");
        REFUSES(all[i](problem, NULL), "\"placement\"");
    }
    REFUSES(offload_random(problem, 1, NULL), "\"placement\"");
    REFUSES(offload_optimal(problem, 0, NULL, NULL), "\"placement\"");
    REFUSES(offload_optimal(NULL, 0, placement, NULL), "\"problem\"");
    REFUSES(offload_evaluate(problem, NULL, &evaluation), "\"placement\"");
    REFUSES(offload_evaluate(problem, placement, NULL), "\"evaluation\"");
    REFUSES(offload_evaluate(problem, outside, &evaluation), "node 2");
    REFUSES(offload_shares(NULL, placement, NULL, NULL), "\"problem\"");
    REFUSES(offload_shares(problem, unplaced, NULL, NULL), "node -1");
    REFUSES(offload_dwo(problem, NULL, placement, NULL), "\"options\"");
    REFUSES(offload_dwo(NULL, &options, placement, NULL), "\"problem\"");
    options.least_gain = NAN;
    REFUSES(offload_dwo(problem, &options, placement, NULL), "least gain");
    options = (struct offload_dwo_options){.start = (enum offload_start)9};
    REFUSES(offload_dwo(problem, &options, placement, NULL), "start 9");
    options = (struct offload_dwo_options){.response = (enum offload_response) - 1};
    REFUSES(offload_dwo(problem, &options, placement, NULL), "response -1");
    options = (struct offload_dwo_options){.start = OFFLOAD_START_GIVEN};
    REFUSES(offload_dwo(problem, &options, outside, NULL), "node 2");
    REFUSES(offload_refine(problem, outside, NULL), "node 2");
    REFUSES(offload_refine(problem, NULL, NULL), "\"placement\"");
    REFUSES(offload_heu_wo_place(problem, NULL, placement), "\"which\"");
    REFUSES(offload_heu_wo_place(problem, nobody, outside), "node 2");
    CU_ASSERT_EQUAL(offload_heu_wo_place(problem, nobody, unplaced), WEIR_OK);
    REFUSES(offload_best_response(problem, placement, 1, OFFLOAD_SEGMENT, true, response, &cost_s), "user 1");
    REFUSES(offload_best_response(problem, placement, 0, (enum offload_response)3, true, response, &cost_s), "kind 3");
    REFUSES(offload_best_response(problem, placement, 0, OFFLOAD_SEGMENT, true, NULL, &cost_s), "\"response\"");
    REFUSES(offload_deviations(problem, placement, 1, NULL, response), "\"deviations\"");
    REFUSES(offload_deviations(problem, outside, 1, &deviation, response), "node 2");
    REFUSES(offload_bound(problem, placement, 1, NULL), "\"bounds\"");
    REFUSES(offload_bound(problem, outside, 1, &bounds), "node 2");
    CU_ASSERT_FALSE(offload_deviation_gains(NULL) || offload_deviation_certain(NULL));
    offload_trace_fini(NULL);
    offload_problem_free(problem);
    offload_network_free(network);
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {{"forecasters are made", forecasters_made},
                                             {"forecasters at work", forecasters_at_work},
                                             {"forecasters that are asked", forecasters_answer},
                                             {"detectors", detectors},
                                             {"k-means", clusters},
                                             {"assignment", assignments},
                                             {"networks", networks},
                                             {"problems", problems},
                                             {"decisions", decisions},
                                             {0}};
    return weir_test_main("learn/given", cases, argc, argv);
}
