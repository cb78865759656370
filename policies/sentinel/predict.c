/* Request prediction: how many requests of each cell come in the next window. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "policies/learn/forecast/catalog.h"
#include "policies/sentinel/sentinel.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"

#define NEWEST   0.2     /* weight of the newest window in the mean that stands in for a model */
#define TOTAL    0.5     /* the same of the total of all cells, which is less noisy */
#define TREND    0.3     /* the same of its growth from window to window */
#define CHOICE   0.1     /* the same of the errors by which one of the two is chosen */
#define LOOKBACK 30      /* windows that this mean is begun with */
#define TRUST    0.02    /* weight of the newest window in the errors that are compared */
#define MOST     1e8     /* requests of a window, all cells together */
#define VALUES   4000000 /* of a fit at most, all cells together */
#define DAYS     8       /* of a fit at most */

static void drop_models(struct sentinel_requests *requests)
{
    for (int c = 0; c < requests->cells; c++)
        forecaster_free(requests->model[c]);
    free(requests->model);
    free(requests->ready);
    stgcn_free(requests->graph);
    requests->model = NULL;
    requests->ready = NULL;
    requests->graph = NULL;
}

/* Cells are others: what is known of the old ones is of no use. */
static void begin(struct sentinel *self, const struct weir_view *view)
{
    struct sentinel_requests *requests = &self->requests;
    const struct live *live = &self->live;
    drop_models(requests);
    requests->cells = live->regions * live->categories;
    size_t cells = (size_t)requests->cells;
    requests->model = weir_alloc(cells, sizeof(struct forecaster *));
    requests->ready = weir_alloc(cells, sizeof *requests->ready);
    requests->recent = weir_resize(requests->recent, cells, sizeof *requests->recent);
    requests->next = weir_resize(requests->next, cells, sizeof *requests->next);
    requests->past = weir_resize(requests->past, cells, sizeof *requests->past);
    requests->stand_in = weir_resize(requests->stand_in, cells, sizeof *requests->stand_in);
    requests->shape = live->shape;
    requests->fitted_at = 0;
    memset(requests->recent, 0, cells * sizeof *requests->recent);
    int oldest = live_past_count(live, view);
    oldest = (oldest < LOOKBACK ? oldest : LOOKBACK) - 1;
    for (int ago = oldest; ago >= 0; ago--) {
        live_past(live, view, ago, requests->past);
        for (size_t c = 0; c < cells; c++)
            requests->recent[c] += (ago == oldest ? 1 : NEWEST) * (requests->past[c] - requests->recent[c]);
    }
    memcpy(requests->next, requests->recent, cells * sizeof *requests->next);
    memcpy(requests->stand_in, requests->recent, cells * sizeof *requests->next);
    requests->total = 0;
    for (size_t c = 0; c < cells; c++)
        requests->total += requests->recent[c];
    requests->level = requests->total;
    requests->trend = requests->flat_error = requests->trend_error = 0;
}

bool sentinel_wants_graph(const struct weir_json *slot)
{
    const char *name = NULL;
    if (!slot->node)
        return true;
    if (!weir_json_is_string(slot) || weir_json_string(slot, &name) != WEIR_OK)
        return false;
    return strcmp(name, SENTINEL_FORECASTER) == 0;
}

static int make(const struct sentinel *self, const struct weir_view *view, struct forecaster **made)
{
    struct forecaster_env env = {.step_s = view->window_s,
                                 .season_s = 86400,
                                 .seed = self->seed,
                                 .stream = self->stream,
                                 .catalog = forecaster_catalog,
                                 .folder = self->folder};
    return forecaster_make(&env, &self->forecaster, made);
}

/* A model that fails is done without: the mean of the newest windows stands in. */
static void fail(struct sentinel *self, struct weir_plan *plan, int cell)
{
    struct sentinel_requests *requests = &self->requests;
    if (requests->failures++ == 0)
        weir_plan_warn(plan, -1, "%s; the mean of the newest windows takes its place, here and where else it fails",
                       weir_error_message());
    weir_error_clear();
    requests->ready[cell] = false;
}

/* One model for all cells. It goes on learning where there is one already. */
static void fit_graph(struct sentinel *self, const struct weir_view *view, struct weir_plan *plan, const double *values,
                      size_t rows)
{
    struct sentinel_requests *requests = &self->requests;
    struct stgcn_settings settings = stgcn_defaults;
    settings.nodes = requests->cells;
    settings.step_s = view->window_s;
    settings.seed = self->seed;
    struct stgcn *made;
    if (stgcn_fit(&settings, values, rows, view->time_s - (double)rows * view->window_s, &made) != WEIR_OK) {
        fail(self, plan, 0);
        return;
    }
    stgcn_free(requests->graph);
    requests->graph = made;
    requests->window = settings.window;
    requests->newest = weir_resize(requests->newest, (size_t)settings.window * (size_t)requests->cells, sizeof(double));
    requests->by_graph = weir_resize(requests->by_graph, (size_t)requests->cells, sizeof(double));
    memcpy(requests->by_graph, requests->recent, (size_t)requests->cells * sizeof(double));
}

/* Fits the models of all cells to what the jobs' histories have. */
static int fit(struct sentinel *self, const struct weir_view *view, struct weir_plan *plan, int count)
{
    struct sentinel_requests *requests = &self->requests;
    long rows = count, most = VALUES / (requests->cells > 0 ? requests->cells : 1);
    long days = (long)fmin(DAYS * 86400 / view->window_s, 1e9);
    rows = rows > most ? most : rows;
    rows = rows > days ? days : rows;
    double *values = weir_alloc((size_t)(rows * requests->cells), sizeof *values),
           *of = weir_alloc((size_t)rows, sizeof *of);
    for (long t = 0; t < rows; t++)
        live_past(&self->live, view, (int)(rows - 1 - t), values + t * requests->cells);
    int code = WEIR_OK;
    requests->fitted_at = count;
    if (self->graph)
        fit_graph(self, view, plan, values, (size_t)rows);
    for (int c = 0; c < requests->cells && code == WEIR_OK && !self->graph; c++) {
        if (!requests->model[c])
            code = make(self, view, &requests->model[c]);
        if (code != WEIR_OK || (long)forecaster_need(requests->model[c]) > rows)
            continue;
        for (long t = 0; t < rows; t++)
            of[t] = values[t * requests->cells + c];
        requests->ready[c] = true;
        if (forecaster_fit(requests->model[c], of, (size_t)rows) != WEIR_OK)
            fail(self, plan, c);
    }
    free(of);
    free(values);
    return code;
}

/* What the last forecast was off by, as a share of what came. */
static void score(struct sentinel *self)
{
    struct sentinel_requests *requests = &self->requests;
    double off = 0, all = 0;
    for (int c = 0; c < requests->cells; c++) {
        off += fabs(self->live.requests[c] - requests->next[c]);
        all += self->live.requests[c];
    }
    requests->error = all > 0 ? off / all : off > 0 ? 1 : 0;
    if (!requests->graph)
        return;
    double by_graph = 0, by_recent = 0;
    for (int c = 0; c < requests->cells; c++) {
        by_graph += fabs(self->live.requests[c] - requests->by_graph[c]);
        by_recent += fabs(self->live.requests[c] - requests->stand_in[c]);
    }
    requests->graph_error += TRUST * (by_graph - requests->graph_error);
    requests->recent_error += TRUST * (by_recent - requests->recent_error);
}

/* By the graph, as long as it has been no worse of late than the mean of the newest windows. */
static void forecast_graph(struct sentinel *self, const struct weir_view *view)
{
    struct sentinel_requests *requests = &self->requests;
    for (int t = 0; t < requests->window; t++)
        live_past(&self->live, view, requests->window - 1 - t, requests->newest + t * requests->cells);
    stgcn_forecast(requests->graph, requests->newest, view->time_s, requests->by_graph);
    bool trusted = requests->graph_error <= requests->recent_error;
    for (int c = 0; c < requests->cells; c++)
        requests->ready[c] = trusted;
    if (trusted)
        memcpy(requests->next, requests->by_graph, (size_t)requests->cells * sizeof(double));
}

/* The total of the next window: the mean of the newest, or Holt's, which sees it rise or fall, where that has erred
 * less of late. */
static double next_total(struct sentinel_requests *requests, double newest)
{
    double ahead = requests->level + requests->trend, before = requests->level;
    requests->flat_error += CHOICE * (fabs(newest - requests->total) - requests->flat_error);
    requests->trend_error += CHOICE * (fabs(newest - ahead) - requests->trend_error);
    requests->total += TOTAL * (newest - requests->total);
    requests->level = ahead + TOTAL * (newest - ahead);
    requests->trend += TREND * (requests->level - before - requests->trend);
    return requests->trend_error < requests->flat_error ? fmax(requests->level + requests->trend, 0) : requests->total;
}

static void forecast(struct sentinel *self, const struct weir_view *view, struct weir_plan *plan)
{
    struct sentinel_requests *requests = &self->requests;
    double newest = 0, mean = 0;
    for (int c = 0; c < requests->cells; c++) {
        newest += self->live.requests[c];
        mean += requests->recent[c];
    }
    double next = next_total(requests, newest), level = mean > 0 ? next / mean : 1;
    for (int c = 0; c < requests->cells; c++) {
        requests->next[c] = requests->stand_in[c] = requests->recent[c] * level;
        if (requests->ready[c] && requests->model[c] &&
            forecaster_predict(requests->model[c], 1, &requests->next[c], NULL) != WEIR_OK) {
            requests->next[c] = requests->stand_in[c];
            fail(self, plan, c);
        }
    }
    if (requests->graph)
        forecast_graph(self, view);
    for (int c = 0; c < requests->cells; c++) { /* more than that no program takes */
        requests->next[c] = requests->next[c] >= 0 ? fmin(requests->next[c], MOST / requests->cells) : 0;
    }
}

int sentinel_predict(struct sentinel *self, const struct weir_view *view, struct weir_plan *plan)
{
    struct sentinel_requests *requests = &self->requests;
    const struct live *live = &self->live;
    int count = live_past_count(live, view), code = WEIR_OK;
    if (requests->shape != live->shape || requests->cells != live->regions * live->categories)
        begin(self, view);
    else {
        score(self);
        for (int c = 0; c < requests->cells; c++)
            requests->recent[c] += NEWEST * (live->requests[c] - requests->recent[c]);
    }
    bool due = count >= self->warm && requests->fitted_at == 0;
    if (due || (requests->stale && requests->fitted_at > 0)) {
        code = fit(self, view, plan, count);
        requests->stale = false;
    } else {
        for (int c = 0; c < requests->cells; c++)
            if (requests->ready[c] && requests->model[c] &&
                forecaster_push(requests->model[c], live->requests[c]) != WEIR_OK)
                fail(self, plan, c);
    }
    if (code == WEIR_OK)
        forecast(self, view, plan);
    return code == WEIR_OK ? code : weir_error_context("\"forecaster\"");
}

void sentinel_requests_fini(struct sentinel_requests *requests)
{
    drop_models(requests);
    free(requests->recent);
    free(requests->next);
    free(requests->past);
    free(requests->stand_in);
    free(requests->newest);
    free(requests->by_graph);
}
