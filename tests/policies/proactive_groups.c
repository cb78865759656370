/* Jobs of a kind have one net: taught once, with the loads of all, run for all, and each forecast its own. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policies/learn/forecast/catalog.h"
#include "policies/learn/forecast/forecaster.h"
#include "sim/base/error.h"
#include "sim/base/json.h"
#include "sim/base/memory.h"
#include "tests/support/test.h"
#include "tests/support/view.h"

extern const struct weir_policy weir_policy_gru;

enum { MOST = 200, JOBS = 4 };

#define SLOT "gru:hidden=6:layers=1:epochs=4:window=6"
#define KEYS                                                                                                           \
    "\"forecaster\": {\"name\": \"gru\", \"hidden\": 6, \"layers\": 1, \"epochs\": 4, \"window\": 6}, "                \
    "\"confidence\": 0, "                                                                                              \
    "\"hold\": \"30s\", \"horizon\": \"30s\", \"down_windows\": 1, \"cooldown\": \"0s\", \"stabilization\": \"0s\", "  \
    "\"reserve\": \"0s\""

static struct weir_mock *world;
static struct weir_json_doc *params;
static void *state;
static double history[JOBS][MOST];
static char notes[4096], why[JOBS][1024], warning[1024];
static int lessons, warnings, foreseen[JOBS]; /* the latter: windows of the last plan */

/* Jobs of one operator, the last of another kind: windows of 10 s, three of which it looks ahead. */
static void begin(const char *text, int count)
{
    static const struct weir_policy_env env = {.seed = 1, .stream = "policy/gru", .folder = ""};
    world = weir_mock_new();
    state = weir_mock_state(&weir_policy_gru);
    lessons = warnings = 0;
    warning[0] = '\0';
    CU_ASSERT_EQUAL_FATAL(weir_json_parse(text, "params", &params), WEIR_OK);
    struct weir_json root = weir_json_root(params);
    weir_mock_host(world, "cloud", "far", WEIR_VIEW_CLOUD, 640, 0);
    for (int j = 0; j < count; j++) {
        char name[16];
        snprintf(name, sizeof name, "job-%d", j);
        weir_mock_job(world, name, 0);
        weir_mock_operator(world, j, "work", j == JOBS - 1 ? 2e7 : 1e7);
        world->operators[j][0].max_parallelism = 30;
        weir_mock_deploy(world, j, 0, 0);
        world->jobs[j].slo_s = INFINITY;
        world->jobs[j].ingress_history = history[j];
        why[j][0] = '\0';
    }
    CU_ASSERT_EQUAL_FATAL(weir_param_bind(weir_policy_gru.params, &root, NULL, state), WEIR_OK);
    CU_ASSERT_EQUAL_FATAL(weir_policy_gru.create(state, &env), WEIR_OK);
}

static void end(void)
{
    weir_policy_gru.destroy(state);
    weir_json_free(params);
    free(state);
    free(world);
}

static double load(int job, int window)
{
    return (100 + 50 * job) * (2 + sin(2 * M_PI * (window + 2 * job) / 12));
}

/* One window of those of the jobs from..until-1 that run. */
static void step(int window, int from, int until, double factor)
{
    notes[0] = '\0';
    for (int j = from; j < until; j++) {
        struct weir_job_view *job = &world->jobs[j];
        if (!job->running)
            continue;
        job->ingress_rate = history[j][job->history_count++] = factor * load(j, window);
        weir_mock_serve(world, j, 0, job->ingress_rate, 100);
    }
    world->view.window++;
    world->view.time_s += world->view.window_s;
    struct weir_plan *plan = weir_plan_new(weir_mock_view(world));
    weir_plan_author(plan, "gru");
    CU_ASSERT_EQUAL(weir_policy_gru.window_ends(state, &world->view, plan), WEIR_OK);
    int count;
    const struct weir_plan_change *changes = weir_plan_changes(plan, &count);
    for (int c = 0; c < count; c++)
        snprintf(why[changes[c].job], sizeof why[0], "%s", changes[c].why);
    const struct weir_plan_warning *told = weir_plan_warnings(plan, &count);
    for (int i = 0; i < count; i++) {
        lessons += told[i].note;
        warnings += !told[i].note;
        if (told[i].note)
            snprintf(notes + strlen(notes), sizeof notes - strlen(notes), "%d: %s|", told[i].job, told[i].why);
        else
            snprintf(warning, sizeof warning, "%s", told[i].why);
    }
    for (int j = 0; j < world->view.job_count; j++)
        foreseen[j] = weir_plan_foreseen(plan, j, -1, &(const double *){NULL});
    weir_mock_apply(world, plan);
    weir_plan_free(plan);
}

/* The number behind some words, NAN: they are not there. */
static double number(const char *text, const char *words)
{
    const char *at = strstr(text, words);
    return at ? strtod(at + strlen(words), NULL) : NAN;
}

/* What the policy says it saw for a job, NAN: nothing. */
static double seen_of(int job)
{
    return number(why[job], "gru sees ");
}

/* Three jobs alike are one lesson and the fourth another. What is forecast for each is what the library says that was
 * given the same: the largest of three steps and of what comes now. */
static void one_lesson_for_a_kind(void)
{
    enum { WARM = 20, WINDOWS = 60 };
    const struct forecaster_env env = {.step_s = 10,
                                       .season_s = 86400,
                                       .seed = 1,
                                       .stream = "policy/gru/forecast",
                                       .catalog = forecaster_catalog,
                                       .ahead = 3};
    struct forecaster *models[JOBS];
    struct forecaster_series series[JOBS];
    int compared = 0;
    begin("{" KEYS ", \"warm\": 20, \"adapt\": \"none\", \"refit\": 0}", JOBS);
    for (int j = 0; j < JOBS; j++)
        CU_ASSERT_EQUAL_FATAL(forecaster_make_text(&env, SLOT, &models[j]), WEIR_OK);
    for (int w = 0; w < WINDOWS; w++) {
        step(w, 0, JOBS, 1);
        CU_ASSERT_EQUAL(lessons, w + 1 < WARM ? 0 : 2);
        if (w + 1 < WARM)
            continue;
        for (int j = 0; j < JOBS; j++)
            series[j] = (struct forecaster_series){history[j], WARM};
        if (w + 1 == WARM) {
            CHECK_NEAR(number(notes, "0: gru learns "), 20, 0);
            CHECK_NEAR(number(notes, " windows of "), 3, 0);
            CHECK_NEAR(number(notes, "3: gru learns "), 20, 0);
            CU_ASSERT(strstr(notes, "0: gru learns 20 windows of 3 jobs alike") && strstr(notes, "3: gru learns 20 w"));
            CU_ASSERT_EQUAL(forecaster_fit_together(models, series, 3, false), WEIR_OK);
            CU_ASSERT_EQUAL(forecaster_fit(models[3], history[3], WARM), WEIR_OK);
        }
        for (int j = 0; j < JOBS; j++) {
            double mean[3], now = history[j][w], most = now;
            if (w + 1 > WARM)
                CU_ASSERT_EQUAL(forecaster_push(models[j], now), WEIR_OK);
            CU_ASSERT_EQUAL(forecaster_predict(models[j], 3, mean, NULL), WEIR_OK);
            for (int k = 0; k < 3; k++)
                most = fmax(most, mean[k]);
            if (isnan(seen_of(j)))
                continue;
            CHECK_NEAR(seen_of(j), most, 1e-3 * most); /* four digits are printed */
            compared++;
            why[j][0] = '\0';
        }
    }
    CU_ASSERT(compared > 20);
    CU_ASSERT_EQUAL(warnings, 0);
    for (int j = 0; j < JOBS; j++)
        forecaster_free(models[j]);
    end();
}

/* A job that comes later takes over what the others know when it has seen `warm` windows, without a lesson; when the
 * loads become others, all learn on, once, and again when the new load is known. One departs: the rest goes on. */
static void joins_and_adapts(void)
{
    begin("{" KEYS ", \"warm\": 20, \"refit\": 0, \"drift\": 1}", 3);
    for (int w = 0; w < 90; w++) {
        step(w, 0, w < 30 ? 2 : 3, w < 60 ? 1 : 3);
        bool forecasts = strstr(why[2], "gru sees") != NULL;
        if (w < 30 + 19)
            CU_ASSERT(!forecasts);
        if (w == 59)
            CU_ASSERT_EQUAL(lessons, 1);
        if (w == 55) {
            weir_policy_gru.job_departs(state, &world->view, 0);
            world->jobs[0].running = false;
        }
        if (notes[0] && w >= 60)
            CU_ASSERT(strstr(notes, "of 2 jobs alike") != NULL);
    }
    CU_ASSERT(strstr(why[2], "gru sees") != NULL);
    CU_ASSERT(lessons == 3 || lessons == 4);
    CU_ASSERT_EQUAL(warnings, 0);
    end();
}

/* The first job of a kind stands still for a while: the other is taught alone, and the first joins it without a lesson
 * of its own when it has seen enough, be it the first of the list or not. */
static void joins_who_knows(void)
{
    begin("{" KEYS ", \"warm\": 20, \"refit\": 0, \"adapt\": \"none\"}", 2);
    for (int w = 0; w < 60; w++) {
        bool still = w >= 3 && w < 30;
        world->jobs[0].running = !still;
        step(w, 0, 2, 1);
        CU_ASSERT_EQUAL(lessons, w >= 19);
        CU_ASSERT_EQUAL(foreseen[1], w >= 19 ? 3 : 0);
        CU_ASSERT_EQUAL(foreseen[0], w >= 30 + 16 ? 3 : 0); /* 3 + 17 windows */
    }
    CU_ASSERT_EQUAL(warnings, 0);
    end();
}

/* A kind is known by any job that is left of it, whatever became of the one that was the first. The last job, of
 * another kind, departs, too; the others are taught as before, all at once. */
static void kinds_outlive_their_first(void)
{
    for (int first = 0; first < 2; first++) {
        begin("{" KEYS ", \"warm\": 20, \"refit\": 20, \"adapt\": \"none\"}", JOBS);
        world->jobs[2].running = false;
        for (int w = 0; w < 60; w++) {
            for (int j = 0; j < JOBS && w == 30; j++)
                if (j == first || j == JOBS - 1) {
                    weir_policy_gru.job_departs(state, &world->view, j);
                    world->jobs[j].running = false;
                    world->operators[j][0].flops_per_item = 5e6; /* what is there now is another one */
                }
            world->jobs[2].running |= w == 40;
            step(w, 0, JOBS, 1);
            CU_ASSERT_EQUAL(lessons, w < 19 ? 0 : w < 39 ? 2 : w < 59 ? 3 : 4);
        }
        CHECK_NEAR(number(notes, " windows of "), 2, 0);
        CU_ASSERT_EQUAL(warnings, 0);
        end();
    }
}

/* What is never fitted is said, once: with 12 windows and 20 to be seen; with 20 of 20, whose fit nothing follows; not
 * with 21. */
static void says_that_a_run_is_short(void)
{
    for (int windows = 12; windows <= 21; windows++) {
        begin("{" KEYS ", \"warm\": 20}", 2);
        world->view.ends_s = 10.0 * windows;
        for (int w = 0; w < windows; w++)
            step(w, 0, 2, 1);
        CU_ASSERT_EQUAL(warnings, windows <= 20);
        if (windows == 12)
            CU_ASSERT(strstr(warning, "gru is fitted after 20 windows of 10 s, and the run ends") != NULL);
        end();
    }
}

/* A net that diverges is replaced for each of its jobs, and tried again. */
static void falls_back(void)
{
    begin("{\"forecaster\": {\"name\": \"gru\", \"hidden\": 4, \"rate\": 1e9, \"window\": 6}, \"warm\": 20, \"refit\": "
          "5}",
          2);
    for (int w = 0; w < 26; w++) {
        step(w, 0, 2, 1);
        CU_ASSERT_EQUAL(warnings, w < 19 ? 0 : w < 24 ? 2 : 4);
    }
    CU_ASSERT(strstr(warning, "diverged") && strstr(warning, "\"last\" takes its place"));
    end();
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {{"one_lesson_for_a_kind", one_lesson_for_a_kind},
                                             {"joins_and_adapts", joins_and_adapts},
                                             {"joins_who_knows", joins_who_knows},
                                             {"kinds_outlive_their_first", kinds_outlive_their_first},
                                             {"says_that_a_run_is_short", says_that_a_run_is_short},
                                             {"falls_back", falls_back},
                                             {0}};
    return weir_test_main("policies/proactive_groups", cases, argc, argv);
}
