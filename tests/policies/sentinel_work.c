/* What deciding takes sentinel: the work of a plan, the real time of its stages, and requests beyond the plan. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "policies/sentinel/sentinel.h"
#include "sim/base/error.h"
#include "tests/policies/sentinel_world.h"

/* The number behind a text in the notes; -1: it is not there. */
static double said(const char *text)
{
    const char *at = strstr(weir_text_string(&notes), text);
    return at ? strtod(at + strlen(text), NULL) : -1;
}

/* Work of a plan: the rules for each server that is up, the graph once it is there. */
static void work(void)
{
    begin("{\"warm\": 20, \"learned\": false}");
    const struct sentinel *self = state;
    for (int w = 1; w <= 24; w++) {
        world->hosts[N2].up = w % 2;
        step(100 + w, 50, 20);
        report();
        world->view.window++;
        world->view.time_s += 60;
        struct weir_plan *plan = weir_plan_new(weir_mock_view(world));
        CU_ASSERT_EQUAL_FATAL(policy->window_ends(state, &world->view, plan), WEIR_OK);
        CU_ASSERT_EQUAL_FATAL(self->requests.graph != NULL, w >= 20);
        double graph = self->requests.graph ? stgcn_flops(self->requests.graph) : 0;
        CHECK_NEAR_FATAL(weir_plan_flops(plan), 912 * (w % 2 ? 4 : 3) + graph, 0);
        weir_plan_free(plan);
    }
    end();
}

/* The net of the effect, from the second day on, by its size in each hour: nothing else is computed here. */
static void work_of_the_effect(void)
{
    begin("{\"warm\": 12, \"device_detection\": false, \"forecaster\": \"last\"}");
    const struct sentinel *self = state;
    world->view.window_s = 3600;
    for (int hour = 1; hour <= 27; hour++) {
        for (int j = 0; j < JOBS; j++) {
            for (int e = 0; e < 4; e++)
                world->origins[j][e] = (struct weir_origin_view){N1 + e, 1, e % 2 ? 0.5 : 0, 0};
            world->jobs[j].origin_count = 4;
        }
        step(3600, 3600, 3600);
        CU_ASSERT_EQUAL_FATAL(self->effect.net != NULL, hour >= 24);
        CHECK_NEAR_FATAL(said("again at "), hour == 12 ? 86400 : hour == 24 ? 172800 : -1, 0);
    }
    world->view.window++;
    world->view.time_s += 3600;
    struct weir_plan *plan = weir_plan_new(weir_mock_view(world));
    CU_ASSERT_EQUAL_FATAL(policy->window_ends(state, &world->view, plan), WEIR_OK);
    CHECK_NEAR_FATAL(weir_plan_flops(plan), effect_flops(self->effect.net), 0);
    CU_ASSERT_FATAL(effect_flops(self->effect.net) > 1000);
    weir_plan_free(plan);
    plan = weir_plan_new(weir_mock_view(world)); /* at the same time again: what was said still holds */
    CU_ASSERT_EQUAL_FATAL(policy->window_ends(state, &world->view, plan), WEIR_OK);
    CHECK_NEAR_FATAL(weir_plan_flops(plan), 0, 0);
    weir_plan_free(plan);
    end();
}

static double now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return 1e3 * (double)now.tv_sec + 1e-6 * (double)now.tv_nsec;
}

/* The real time of each stage: together no more than the window took; with `in_cycle` detection counts in the cycle. */
static void clocks(void)
{
    static const char *const stages[] = {"detect: ", "predict: ", "effect: ", "assign: ", "dispatch: ", "upkeep: "};
    static const char *const how[] = {"{\"clock\": true, \"warm\": 20}", "{\"clock\": true, \"in_cycle\": true}",
                                      "{\"clock\": true, \"route\": false}"};
    for (int k = 0; k < 3; k++) {
        bool inside = k == 1;
        double whole = 0;
        begin(how[k]);
        for (int w = 0; w < 40; w++) {
            double begun = now_ms(), sum = 0, of[6];
            step(100 + 30 * w, 50, 20);
            double took = now_ms() - begun;
            for (int n = 0; n < (k == 0 && w % 20 == 19 ? 6 : 5); n++) {
                const char *at = strstr(weir_text_string(&notes), stages[n]);
                CU_ASSERT_PTR_NOT_NULL_FATAL(at);
                const char *behind = strstr(at, " ms\n");
                CU_ASSERT_FATAL(behind && memchr(at, '\n', (size_t)(behind - at)) == NULL);
                while (behind[-1] != ' ')
                    behind--;
                of[n] = strtod(behind, NULL);
                CU_ASSERT_FATAL(of[n] >= 0);
                sum += of[n];
            }
            CU_ASSERT_FATAL(sum - (inside ? of[0] : 0) <= took + 0.003);
            CU_ASSERT_FATAL(!inside || of[4] >= of[0] - 0.001);
            whole += sum;
        }
        CU_ASSERT_FATAL(whole > 0); /* one window may take less than is printed */
        end();
    }
}

/* Beyond the plan a request adds to what its server has in the window, and 8 operations for each that is looked at to
 * the 4 of the pool; the next window begins at nothing. */
static void beyond_the_plan(void)
{
    begin("{\"u_opt\": 0.6, \"forecaster\": \"last\", \"probe\": 0}");
    const struct sentinel *self = state;
    for (int w = 0; w < 3; w++)
        step(240, 30, 0);
    struct weir_candidate two[] = {{N1, 1, 1, 0, 0, 0}, {N2, 1, 1, 0, 0, 0}};
    double extra[2] = {0};
    int beyond = 0, before[4] = {self->count[0], self->count[4], self->count[8], self->count[12]};
    for (int n = 0; n < 400; n++) {
        struct weir_routing item = {.job = 0, .from = -1, .candidates = two, .count = 2, .choice = -1};
        CU_ASSERT_EQUAL_FATAL(policy->route(state, &world->view, &item), WEIR_OK);
        CU_ASSERT_FATAL(item.choice >= 0);
        bool planned = n < before[0] + before[1];
        double looks = 4.0 * (2 + (before[0] > 0) + (before[1] > 0) + (before[2] > 0) + (before[3] > 0));
        CHECK_NEAR_FATAL(item.flops, looks + (planned ? 0 : 8 * 2), 0);
        if (!planned)
            extra[item.choice] += 1.0 / 300;
        beyond += !planned;
        for (int e = 0; e < 2; e++)
            CHECK_NEAR_FATAL(self->extra[e], extra[e], 1e-9);
    }
    CU_ASSERT_EQUAL_FATAL(self->live.beyond, beyond);
    CU_ASSERT_EQUAL_FATAL(self->live.pooled, 400 - beyond);
    step(240, 30, 0);
    for (int e = 0; e < 4; e++)
        CHECK_NEAR_FATAL(self->extra[e], 0, 0);
    CU_ASSERT_EQUAL_FATAL(said("of those that came "), 400 - beyond);
    CU_ASSERT_EQUAL_FATAL(said("by the pool, "), beyond);
    end();
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {{"work", work},
                                             {"work of the effect", work_of_the_effect},
                                             {"clocks", clocks},
                                             {"beyond the plan", beyond_the_plan},
                                             {0}};
    return weir_test_main("policies/sentinel_work", cases, argc, argv);
}
