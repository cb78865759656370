/* How many requests sentinel expects: the mean of the newest windows brought to the newest total, models of each cell,
 * and the graph, window by window against the test's own reckoning. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "policies/learn/stgcn/stgcn.h"
#include "sim/base/error.h"
#include "sim/base/json.h"
#include "sim/base/memory.h"
#include "tests/policies/sentinel_parts.h"
#include "tests/support/test.h"

enum { JOBS = 4, MOST = 400, CELLS = 16 };
extern const struct weir_policy weir_policy_sentinel;
static struct weir_mock *land;
static struct sentinel *self;
static struct weir_json_doc *params;
static double history[JOBS][MOST];
static int warnings; /* of the last window */

/* Jobs 0 and 1 are of two categories in the north, 2 and 3 in the south and the west; all histories begin with `known`
 * windows that sentinel has not seen. */
static void begin(const char *text, double window_s, int known)
{
    land_seed(3);
    land = land_new(false);
    land->view.window_s = window_s;
    self = parts_new_on_land();
    CU_ASSERT_EQUAL_FATAL(weir_json_parse(text, "params", &params), WEIR_OK);
    struct weir_json root = weir_json_root(params);
    CU_ASSERT_EQUAL_FATAL(weir_param_bind(weir_policy_sentinel.params, &root, NULL, self), WEIR_OK);
    self->stream = weir_copy("test");
    self->seed = 5;
    self->graph = sentinel_wants_graph(&self->forecaster);
    for (int j = 0; j < JOBS; j++) {
        land_simple_job(land, j < 2 ? 0 : j - 1, j % 2 ? 1e6 : 1e8, 1e6);
        land->jobs[j].ingress_history = history[j];
        land->jobs[j].history_count = known;
        for (int t = 0; t < known; t++)
            history[j][t] = land_between(0, 10) / window_s;
    }
}

static void end(void)
{
    parts_free(self);
    weir_json_free(params);
    free(land);
}

/* A window in which jobs had so many requests; what is forecast is in self->requests. */
static void step(const double came[JOBS])
{
    for (int j = 0; j < JOBS; j++) {
        struct weir_job_view *job = &land->jobs[j];
        job->ingress_rate = history[j][job->history_count++] = came[j] / land->view.window_s;
    }
    land->view.window++;
    land->view.time_s += land->view.window_s;
    parts_read(self, land);
    struct weir_plan *plan = weir_plan_new(&land->view);
    CU_ASSERT_EQUAL_FATAL(sentinel_predict(self, &land->view, plan), WEIR_OK);
    weir_plan_warnings(plan, &warnings);
    weir_plan_free(plan);
}

static int cell_of(int job)
{
    return self->live.jobs[job].region * self->live.categories + self->live.jobs[job].category;
}

/* Requests of a cell so many windows ago. */
static double past(int cell, int ago)
{
    double sum = 0;
    for (int j = 0; j < land->view.job_count; j++)
        if (cell_of(j) == cell)
            sum += history[j][land->jobs[j].history_count - 1 - ago] * land->view.window_s;
    return sum;
}

/* What the test reckons with. */
static double recent[CELLS], stand_in[CELLS], next[CELLS], total, level, trend, flat_error, trend_error, error;
static bool began;

static double all_cells(const double *of)
{
    double sum = 0;
    for (int c = 0; c < self->requests.cells; c++)
        sum += of[c];
    return sum;
}

/* The stand-in for a model: a mean in which each window counts a fifth (30 to begin with), brought to a total in which
 * each counts half, or to Holt's if that has erred less. */
static void reckon(void)
{
    double now[CELLS], off = 0;
    int cells = self->requests.cells, known = land->jobs[0].history_count;
    for (int c = 0; c < cells; c++) {
        now[c] = past(c, 0);
        off += fabs(now[c] - next[c]);
    }
    double came = all_cells(now);
    if (began)
        error = came > 0 ? off / came : off > 0;
    for (int c = 0, first = known < 30 ? known : 30; c < cells && !began; c++) {
        recent[c] = past(c, first - 1);
        for (int ago = first - 2; ago >= 0; ago--)
            recent[c] = 0.8 * recent[c] + 0.2 * past(c, ago);
    }
    for (int c = 0; c < cells && began; c++)
        recent[c] = 0.8 * recent[c] + 0.2 * now[c];
    if (!began) {
        total = level = all_cells(recent);
        trend = flat_error = trend_error = 0;
    }
    began = true;
    double ahead = level + trend, before = level;
    flat_error = 0.9 * flat_error + 0.1 * fabs(came - total);
    trend_error = 0.9 * trend_error + 0.1 * fabs(came - ahead);
    total = (total + came) / 2;
    level = (ahead + came) / 2;
    trend = 0.7 * trend + 0.3 * (level - before);
    double to = trend_error < flat_error ? fmax(level + trend, 0) : total, mean = all_cells(recent);
    for (int c = 0; c < cells; c++)
        next[c] = stand_in[c] = mean > 0 ? recent[c] * to / mean : recent[c];
}

static void check(bool models)
{
    for (int c = 0; c < self->requests.cells; c++) {
        CHECK_NEAR_FATAL(self->requests.stand_in[c], stand_in[c], 1e-9 * (1 + stand_in[c]));
        CHECK_NEAR_FATAL(self->requests.next[c], next[c], 1e-9 * (1 + next[c]));
        CU_ASSERT_EQUAL_FATAL(self->requests.ready[c], models);
    }
    CHECK_NEAR_FATAL(self->requests.error, error, 1e-9);
}

/* Noise, growth, decline, nothing, all with jobs of their own size. */
static void random_window(int w, double *came)
{
    static const double kinds[] = {1, 1.15, 0.85, 0, 1.3, 0.7};
    static double size = 100;
    size = w == 0 ? 100 : fmin(fmax(size * kinds[w / 15 % 6], 1), 1e6);
    for (int j = 0; j < JOBS; j++)
        came[j] = kinds[w / 15 % 6] == 0 ? 0 : size * (j + 1) * land_between(0.9, 1.1);
}

static void newest_windows(void)
{
    static const int known[] = {0, 1, 7, 45};
    for (size_t k = 0; k < sizeof known / sizeof *known; k++) {
        bool by_trend = false, by_mean = false;
        double came[JOBS];
        begin("{\"warm\": 1000000}", 60, known[k]);
        began = false;
        error = 0;
        for (int w = 0; w < 200; w++) {
            random_window(w, came);
            step(came);
            CU_ASSERT_EQUAL_FATAL(self->requests.cells, 3 * 2);
            reckon();
            check(false);
            by_trend |= trend_error < flat_error;
            by_mean |= trend_error > flat_error;
        }
        CU_ASSERT_FATAL(by_trend && by_mean);
        end();
    }
}

/* A model of each cell, once there are `warm` windows and as many as it needs: the mean of four. It goes on with what
 * comes, and is fitted anew when it is stale. Of windows of two days the newest four are shown at most. */
static void models(void)
{
    static const struct {
        double window_s;
        const char *params;
        int length, from; /* windows */
    } rows[] = {{60, "{\"warm\": 20, \"forecaster\": {\"name\": \"moving-average\", \"length\": 4}}", 4, 20},
                {60, "{\"warm\": 12, \"forecaster\": {\"name\": \"moving-average\", \"length\": 15}}", 15, 41},
                {172800, "{\"warm\": 12, \"forecaster\": {\"name\": \"moving-average\", \"length\": 4}}", 4, 12},
                {172800, "{\"warm\": 12, \"forecaster\": {\"name\": \"moving-average\", \"length\": 5}}", 5, 1000},
                {60, "{\"warm\": 12, \"forecaster\": \"last\"}", 1, 12}};
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
        begin(rows[k].params, rows[k].window_s, 0);
        began = false;
        error = 0;
        for (int w = 1; w <= 60; w++) {
            double came[JOBS];
            random_window(w, came);
            step(came);
            reckon();
            bool ready = w >= rows[k].from;
            for (int c = 0; c < self->requests.cells && ready; c++) {
                next[c] = 0;
                for (int ago = 0; ago < rows[k].length; ago++)
                    next[c] += past(c, ago) / rows[k].length;
            }
            check(ready);
            CU_ASSERT_EQUAL_FATAL(self->requests.fitted_at, w < self->warm ? 0 : w < 41 ? self->warm : 41);
            CU_ASSERT_FATAL(!self->requests.stale);
            self->requests.stale = w == 40 || w == 3;
            if (w == 3)
                self->requests.stale = false; /* before there is anything to be stale */
        }
        CU_ASSERT_EQUAL_FATAL(self->requests.failures, 0);
        end();
    }
}

/* Other cells: all begins anew, with what the histories have. Twice, with models and without. */
static void cells_change(void)
{
    for (int model = 0; model < 2; model++) {
        begin(model ? "{\"warm\": 12, \"forecaster\": \"last\"}" : "{\"warm\": 1000000}", 60, 2);
        land->view.job_count = 2; /* of the north */
        began = false;
        error = 0;
        for (int w = 1; w <= 60; w++) {
            double came[JOBS];
            random_window(w, came);
            if (w == 20 || w == 40)
                land->view.job_count++;
            began &= w != 20 && w != 40;
            step(came);
            reckon();
            for (int c = 0; c < self->requests.cells && model && w >= 10; c++)
                next[c] = past(c, 0);
            check(model && w >= 10);
        }
        end();
    }
}

/* More than a hundred million in all are cut; the cells are six. */
static void cut(void)
{
    begin("{\"warm\": 12, \"forecaster\": \"last\"}", 60, 0);
    for (int w = 0; w < 14; w++)
        step((const double[JOBS]){1e9, 10, 20, 2e8});
    for (int j = 0; j < JOBS; j++)
        CHECK_NEAR_FATAL(self->requests.next[cell_of(j)], j == 0 || j == 3 ? 1e8 / 6 : 10 * j, 1e-6);
    end();
}

/* The graph is taught what the histories have, is shown the newest windows, and counts as long as its errors, of which
 * each window's counts a fiftieth, are no larger than those of the stand-in. */
static void by_graph(void)
{
    struct stgcn *model = NULL;
    double graph_error = 0, recent_error = 0, forecast[CELLS] = {0}, came[JOBS];
    int trusted = 0, later = 60;
    begin("{\"warm\": 40}", 60, 0);
    CU_ASSERT_FATAL(self->graph);
    began = false;
    error = 0;
    for (int w = 1; w <= 40 + later; w++) {
        bool noisy = w > 40 + later / 2;
        for (int j = 0; j < JOBS; j++) /* up and down in turn, which no mean sees; then as never before */
            came[j] = (j + 1) * (noisy ? land_between(0, 900) : w % 2 ? 40 : 80) + land_between(0, 1);
        step(came);
        int cells = self->requests.cells;
        double by_model = 0, by_mean = 0;
        for (int c = 0; c < cells; c++) {
            by_model += fabs(past(c, 0) - forecast[c]);
            by_mean += fabs(past(c, 0) - stand_in[c]);
        }
        if (model) {
            graph_error += (by_model - graph_error) / 50;
            recent_error += (by_mean - recent_error) / 50;
        }
        reckon();
        if (w == 40) {
            static double values[40 * CELLS];
            struct stgcn_settings settings = stgcn_defaults;
            settings.nodes = cells;
            settings.seed = 5;
            for (int t = 0; t < 40; t++)
                for (int c = 0; c < cells; c++)
                    values[t * cells + c] = past(c, 39 - t);
            CU_ASSERT_EQUAL_FATAL(stgcn_fit(&settings, values, 40, 0, &model), WEIR_OK);
        }
        CU_ASSERT_EQUAL_FATAL(self->requests.graph != NULL, model != NULL);
        if (model) {
            double newest[12 * CELLS];
            for (int t = 0; t < 12; t++)
                for (int c = 0; c < cells; c++)
                    newest[t * cells + c] = past(c, 11 - t);
            stgcn_forecast(model, newest, land->view.time_s, forecast);
            for (int c = 0; c < cells; c++)
                CHECK_NEAR_FATAL(self->requests.by_graph[c], forecast[c], 1e-6 * (1 + forecast[c]));
            CHECK_NEAR_FATAL(self->requests.graph_error, graph_error, 1e-4);
            CHECK_NEAR_FATAL(self->requests.recent_error, recent_error, 1e-6);
        }
        bool trust = model && graph_error <= recent_error;
        if (trust)
            memcpy(next, forecast, sizeof next);
        check(trust);
        trusted += trust;
    }
    CU_ASSERT_FATAL(trusted > later / 3 && trusted < later);
    stgcn_free(model);
    end();
}

/* Twelve windows teach no graph, which wants fourteen: that is told once, the mean stands in, and with more windows the
 * graph is taught when it is time again. */
static void too_short_for_the_graph(void)
{
    begin("{\"warm\": 12}", 60, 0);
    began = false;
    error = 0;
    for (int w = 1; w <= 24; w++) {
        double came[JOBS];
        random_window(w, came);
        self->requests.stale = w == 13 || w == 20;
        step(came);
        CU_ASSERT_EQUAL_FATAL(warnings, w == 12);
        CU_ASSERT_EQUAL_FATAL(self->requests.failures, w < 12 ? 0 : w < 13 ? 1 : 2);
        CU_ASSERT_EQUAL_FATAL(self->requests.graph != NULL, w >= 20);
        reckon();
        if (w < 20)
            check(false);
    }
    end();
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {{"newest windows", newest_windows},
                                             {"models", models},
                                             {"cells change", cells_change},
                                             {"cut", cut},
                                             {"by graph", by_graph},
                                             {"too short for the graph", too_short_for_the_graph},
                                             {0}};
    return weir_test_main("policies/sentinel_predict", cases, argc, argv);
}
