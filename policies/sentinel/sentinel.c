/* The policy "sentinel", and "oracle", which is told what is wrong with servers. docs/policies/sentinel.md. */
#include "policies/sentinel/sentinel.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "policies/learn/forecast/catalog.h"
#include "policies/sentinel/channels.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/text.h"

#define AT(field) offsetof(struct sentinel, field)
#define NUMBER(field, text, low_end, high_end, sentence)                                                               \
    WEIR_PARAM_ROW(struct sentinel, #field, WEIR_PARAM_DOUBLE, WEIR_UNIT_NONE, field, text, low_end, high_end, sentence)
#define TIME(key, field, text, low_end, sentence)                                                                      \
    WEIR_PARAM_ROW(struct sentinel, key, WEIR_PARAM_DOUBLE, WEIR_UNIT_TIME, field, text, low_end, 1e9, sentence)
#define WHOLE(field, text, low_end, high_end, sentence)                                                                \
    WEIR_PARAM_ROW(struct sentinel, #field, WEIR_PARAM_INT, WEIR_UNIT_NONE, field, text, low_end, high_end, sentence)
#define FLAG(field, text, sentence)                                                                                    \
    WEIR_PARAM_ROW(struct sentinel, #field, WEIR_PARAM_BOOL, WEIR_UNIT_NONE, field, text, 0, 0, sentence)

static const char *const expands[] = {[SENTINEL_NEAR] = "near", [SENTINEL_PROPORTIONAL] = "proportional", NULL};
static const char *const weighs[] = {[SENTINEL_SERVERS] = "servers", [SENTINEL_CAPACITY] = "capacity", NULL};

/* How servers are found not to be well, which the oracle is told. */
#define DETECTION_ROWS                                                                                                 \
    FLAG(device_detection, "true", "Keep requests off servers that are found not to be well."),                        \
        FLAG(rules, "true", "Device detection by rules first; else the net judges all servers."),                      \
        FLAG(learned, "true", "Let the net judge servers of which the rules are unsure; else these count as well."),   \
        NUMBER(theta_v, "0.4", 0, 1e6,                                                                                 \
               "Difference of variances, in shares of the healthy one, beyond which a signal deviates."),              \
        NUMBER(theta_r, "0.4", 0, 10, "Difference of the correlations of signals beyond which they deviate."),         \
        NUMBER(beta, "0.5", 0, 1, "Share of the signals that must deviate in variance."),                              \
        NUMBER(eta, "0.3", 0.001, 0.999,                                                                               \
               "Score of the net above which a server is not well: 0.3 is what 1 % of healthy samples have."),         \
        WHOLE(recent, "1", 1, 12, "Newest samples of which the net's score is the mean."),                             \
        WHOLE(hold, "2", 1, 10000, "Windows that a server must seem well, after it did not, to get requests again."),  \
        NUMBER(probe, "0.5", 0, 1e6, "Requests a window that it gets until then, to be judged by; mean."),             \
        NUMBER(probe_idle, "0.05", 0, 1,                                                                               \
               "Share of all requests that may go, by so many, to servers of which the schedule asks nothing."),       \
        NUMBER(most, "0.3", 0, 1,                                                                                      \
               "Share of the servers that may seem not to be well; of more, the most suspect count."),                 \
        FLAG(in_cycle, "false", "Count device detection as part of the scheduling cycle; only times differ.")

#define SCHEDULE_ROWS                                                                                                  \
    FLAG(service_detection, "true", "Keep requests off routes on which they are expected to be late."),                \
        NUMBER(u_opt, "0", 0, 1, "Use of a server that is best; 0: fitted to what was seen."),                         \
        NUMBER(sigma, "0.25", 0.01, 10, "How fast revenue falls off beside it."),                                      \
        {.name = "weigh",                                                                                              \
         .type = WEIR_PARAM_CHOICE,                                                                                    \
         .offset = AT(weigh),                                                                                          \
         .fallback = "servers",                                                                                        \
         .choices = weighs,                                                                                            \
         .help = "What counts in the program: each server alike, or by the requests that it could take."},             \
        {.name = "expand",                                                                                             \
         .type = WEIR_PARAM_CHOICE,                                                                                    \
         .offset = AT(expand),                                                                                         \
         .fallback = "near",                                                                                           \
         .choices = expands,                                                                                           \
         .help = "Of which regions servers get their requests: the nearest, or all in proportion (equation 14)."},     \
        {.name = "forecaster",                                                                                         \
         .type = WEIR_PARAM_SLOT,                                                                                      \
         .offset = AT(forecaster),                                                                                     \
         .fallback = SENTINEL_FORECASTER,                                                                              \
         .help = "What forecasts the requests: st-gcn, or a name of weir list forecasters, or an object with it."},    \
        WEIR_PARAM_ROW(struct sentinel, "channels", WEIR_PARAM_STRING, WEIR_UNIT_NONE, channels_file, "", 0, 0,        \
                       "CSV of channels whose features say of which category requests are; without: the jobs'."),      \
        WHOLE(categories, "29", 1, 1000, "Categories of requests at most."),                                           \
        WHOLE(warm, "120", 12, 1000000, "Windows before models are fitted; again after twice as many."),               \
        TIME("refit", refit_s, "1d", 1, "Time from one fit of the models to the next."),                               \
        NUMBER(unsafe, "0.2", 0, 1, "Share of late results, as expected, above which a route is not used."),           \
        WHOLE(segments, "8", 1, 64, "Pieces of the curve of revenue in the program."),                                 \
        NUMBER(gap, "0.01", 0, 1, "Relative gap at which the search for the schedule ends."),                          \
        WHOLE(nodes, "200", 1, 1000000, "Nodes of that search at most, for 160 servers each."),                        \
        TIME("time_limit", time_limit_s, "20s", 0.001,                                                                 \
             "Real time for it: a guard only, as what it leads to depends on the machine."),                           \
        NUMBER(                                                                                                        \
            renew, "0.1", 0, 1,                                                                                        \
            "Share by which the forecast of regions or categories must differ from that of the schedule in use for a " \
            "new one."),                                                                                               \
        WHOLE(idle, "3", 0, 1000000, "Windows that instances without requests are kept."),                             \
        NUMBER(change, "0.05", 0, 1,                                                                                   \
               "Share of an operator's requests that must go another way for its weights to change."),                 \
        FLAG(route, "true", "Give each request its server as it comes, by what is planned; else by weights."),         \
        FLAG(clock, "false",                                                                                           \
             "Put the real time of each stage into decisions.csv, which then differs from run to run.")

static const struct weir_param params[] = {DETECTION_ROWS, SCHEDULE_ROWS, {0}};
static const struct weir_param oracle_params[] = {SCHEDULE_ROWS, {0}};

static int read_channels(struct sentinel *self)
{
    if (!self->channels_file || !*self->channels_file)
        return WEIR_OK;
    char *path = weir_path_beside(self->folder, self->channels_file);
    int code = channels_load(path, self->categories, self->seed, &self->channels);
    free(path);
    self->live.channels = self->channels;
    return code == WEIR_OK ? code : weir_error_context("\"channels\"");
}

static int create(void *state, const struct weir_policy_env *env)
{
    struct sentinel *self = state;
    self->seed = env->seed;
    self->stream = weir_format("%s/forecast", env->stream);
    self->folder = weir_copy(env->folder ? env->folder : "");
    char *draws = weir_format("%s/draws", env->stream);
    self->devices.draws = self->history.draws = self->effect.draws = weir_stream_open(env->seed, draws);
    free(draws);
    self->live = (struct live){.wanted = self->categories, .seed = env->seed};
    self->shape = self->devices.shape = self->requests.shape = self->effect.shape = self->effect.net_shape = -1;
    self->effect.rates_shape = -1;
    self->history.u_opt = sentinel_u_opt_at_first(self);
    self->requests.error = NAN;
    self->graph = sentinel_wants_graph(&self->forecaster);
    int code = read_channels(self);
    if (code != WEIR_OK || self->graph)
        return code;
    /* A slot that is wrong shall be refused before the run. */
    struct forecaster *tried;
    struct forecaster_env of = {.step_s = 60, .catalog = forecaster_catalog, .folder = self->folder};
    code = forecaster_make(&of, &self->forecaster, &tried);
    if (code == WEIR_OK)
        forecaster_free(tried);
    return code;
}

static int create_oracle(void *state, const struct weir_policy_env *env)
{
    ((struct sentinel *)state)->oracle = true;
    return create(state, env);
}

/* Milliseconds of real time; 0 unless they are asked for, so that results are the same everywhere. */
static double now_ms(const struct sentinel *self)
{
    struct timespec now = {0};
    if (self->clock)
        clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

/* "", or what the stage took. */
static const char *took(const struct sentinel *self, double ms, char text[32])
{
    text[0] = '\0';
    if (self->clock)
        snprintf(text, 32, "; %.3f ms", ms);
    return text;
}

/* Which servers get requests. Returns how many. */
static int find_healthy(struct sentinel *self, const struct weir_view *view)
{
    const struct live *live = &self->live;
    int healthy = 0, up = 0;
    for (int e = 0; e < live->servers; e++) {
        bool well = live->up[e];
        if (self->oracle)
            well &= !view->anomalous ||
                    !(view->anomalous(view, live->host[e], view->time_s, view->time_s + view->window_s) > 0);
        else if (self->device_detection)
            well &= self->devices.servers[e].state == SENTINEL_WELL;
        self->healthy[e] = well;
        healthy += well;
        up += live->up[e];
    }
    self->none_healthy = healthy == 0 && up > 0;
    if (self->none_healthy) /* rather on such a server than on none */
        memcpy(self->healthy, live->up, (size_t)live->servers * sizeof *self->healthy);
    return healthy;
}

static double detect(struct sentinel *self, const struct weir_view *view, struct weir_plan *plan)
{
    char text[32], names[320] = "";
    double begun = now_ms(self);
    bool judged = self->device_detection;
    if (judged)
        sentinel_devices_judge(self, view);
    int healthy = find_healthy(self, view);
    double ms = now_ms(self) - begun;
    if (judged && self->in_cycle)
        self->cycle_flops = self->devices.flops;
    else if (judged)
        weir_plan_work(plan, self->devices.flops);
    const int *in = self->devices.in_state;
    if (judged || self->oracle)
        sentinel_name_unwell(self, view, names, sizeof names);
    const char *instead = self->none_healthy ? ", so those that are up are used" : "";
    if (judged)
        weir_plan_note(plan, -1,
                       "detect: %d of %d servers are well%s; %d down, %d by rules, %d by net, %d since short, rules "
                       "unsure of %d%s%s%s",
                       healthy, self->live.servers, instead, in[SENTINEL_DOWN], in[SENTINEL_BY_RULES],
                       in[SENTINEL_BY_NET], in[SENTINEL_BY_HOLD], self->devices.unsure,
                       self->learned && !self->devices.net ? ", no net yet" : "", names, took(self, ms, text));
    else
        weir_plan_note(plan, -1, "detect: %d of %d servers %s%s%s%s", healthy, self->live.servers,
                       self->oracle ? "will be well" : "are up", instead, names, took(self, ms, text));
    return ms;
}

static int predict(struct sentinel *self, const struct weir_view *view, struct weir_plan *plan)
{
    char text[32];
    const struct sentinel_requests *requests = &self->requests;
    double begun = now_ms(self), sum = 0, came = 0;
    int code = sentinel_predict(self, view, plan), ready = 0;
    if (code != WEIR_OK)
        return code;
    for (int c = 0; c < requests->cells; c++) {
        sum += requests->next[c];
        came += self->live.requests[c];
        ready += requests->ready[c];
    }
    weir_plan_work(plan, requests->graph ? stgcn_flops(requests->graph) : 0);
    weir_plan_note(plan, -1, "predict: %.1f requests of %d cells, %d of them by a model; %.0f came%s", sum,
                   requests->cells, ready, came, took(self, now_ms(self) - begun, text));
    begun = now_ms(self);
    double asked_s = self->effect.asked_s;
    sentinel_effect_expect(self, view);
    if (self->effect.net && self->effect.asked_s > asked_s)
        weir_plan_work(plan, effect_flops(self->effect.net));
    char *learnt = self->effect.learnt > 0
                       ? weir_format("; what requests take is learnt of %d servers", self->effect.learnt)
                       : NULL;
    weir_plan_note(plan, -1, "effect: %ld of %d servers, regions and categories unsafe, by %s%s%s", self->effect.unsafe,
                   self->live.servers * self->requests.cells, self->effect.net ? "the net" : "the table",
                   learnt ? learnt : "", took(self, now_ms(self) - begun, text));
    free(learnt);
    return WEIR_OK;
}

static int schedule(struct sentinel *self, const struct weir_view *view, struct weir_plan *plan, double detect_ms)
{
    static const char *const ends[] = {"within the gap", "limit reached", "greedy"};
    char text[32];
    struct sentinel_schedule result = {0};
    double begun = now_ms(self);
    memset(self->extra, 0, (size_t)self->live.servers * sizeof *self->extra);
    int code = sentinel_preschedule(self, &result);
    if (code != WEIR_OK)
        return code;
    if (result.kept)
        weir_plan_note(plan, -1, "assign: the schedule in use will do%s", took(self, now_ms(self) - begun, text));
    else
        weir_plan_note(
            plan, -1,
            "assign: %ld of %ld requests, u_opt %.2f, value %.2f (without regions at most %.2f), %d blocks, %s%s",
            result.placed, result.wanted, self->history.u_opt, result.value, result.bound, result.blocks,
            ends[result.end], took(self, now_ms(self) - begun, text));
    begun = now_ms(self);
    sentinel_postschedule(self, &result);
    double ms = now_ms(self) - begun;
    int probed = sentinel_choose_probes(self);
    long pooled = self->live.pooled, beyond = self->live.beyond;
    struct live_writing writing = {.count = self->count,
                                   .healthy = self->healthy,
                                   .probes = self->probes,
                                   .probe = self->probe,
                                   .idle = self->idle,
                                   .change = self->change};
    int changed = live_write(&self->live, view, plan, &writing);
    code = live_fill_pool(&self->live);
    if (code != WEIR_OK)
        return code;
    weir_plan_note(plan, -1,
                   "dispatch: %ld requests to the nearest, %ld without a server, %d operators changed, %d servers "
                   "tried; of those that came %ld by the pool, %ld beyond it%s",
                   result.left, result.unserved, changed, probed, pooled, beyond,
                   took(self, ms + (self->in_cycle ? detect_ms : 0), text));
    return WEIR_OK;
}

/* What is learnt from time to time: at first often, then every `refit`. */
static void upkeep(struct sentinel *self, const struct weir_view *view, struct weir_plan *plan)
{
    if (self->refit_at_s <= 0)
        self->refit_at_s = self->warm * view->window_s;
    if (view->time_s < self->refit_at_s)
        return;
    char text[32];
    double begun = now_ms(self);
    live_refit(&self->live);
    self->requests.stale = true;
    if (self->device_detection)
        sentinel_devices_refit(self, plan);
    sentinel_history_refit(self);
    sentinel_effect_train(self, view, plan);
    sentinel_effect_refit(self);
    self->refit_at_s = view->time_s + fmin(view->time_s, self->refit_s);
    weir_plan_note(plan, -1,
                   "upkeep: models anew, u_opt %.2f (by latency %.2f, by late results %.2f), again at %.6g s%s",
                   self->history.u_opt, self->history.by_latency, self->history.by_late, self->refit_at_s,
                   took(self, now_ms(self) - begun, text));
}

static int window_ends(void *state, const struct weir_view *view, struct weir_plan *plan)
{
    struct sentinel *self = state;
    int code = live_read(&self->live, view);
    if (code != WEIR_OK || self->live.servers == 0 || self->live.categories == 0)
        return code;
    bool same = self->shape == self->live.shape;
    sentinel_schedule_room(self);
    if (same)
        sentinel_history_take(self, view);
    sentinel_effect_learn(self, view);
    double detect_ms = detect(self, view, plan);
    code = predict(self, view, plan);
    if (code == WEIR_OK)
        code = schedule(self, view, plan, detect_ms);
    upkeep(self, view, plan);
    return code;
}

static void job_departs(void *state, const struct weir_view *view, int job)
{
    live_forget(&((struct sentinel *)state)->live, job);
}

static void destroy(void *state)
{
    struct sentinel *self = state;
    sentinel_devices_fini(&self->devices);
    sentinel_requests_fini(&self->requests);
    sentinel_effect_fini(&self->effect);
    free(self->history.drawn);
    live_fini(&self->live);
    channels_free(self->channels);
    free(self->healthy);
    free(self->rate);
    free(self->safe);
    free(self->count);
    free(self->probes);
    free(self->left);
    free(self->use);
    free(self->extra);
    free(self->capacity);
    free(self->planned);
    free(self->order);
    free(self->was_healthy);
    free(self->was_safe);
    free(self->stream);
    free(self->folder);
}

const struct weir_policy weir_policy_sentinel = {
    .abi = WEIR_POLICY_ABI,
    .name = "sentinel",
    .summary = "Schedules requests ahead, by forecast and program, on servers and routes that are expected to be well.",
    .source = "li-2025",
    .state_size = sizeof(struct sentinel),
    .params = params,
    .create = create,
    .window_ends = window_ends,
    .job_departs = job_departs,
    .destroy = destroy,
    .explain = sentinel_explain,
    .route = sentinel_route,
    .routes = sentinel_routes,
};

const struct weir_policy weir_policy_oracle = {
    .abi = WEIR_POLICY_ABI,
    .name = "oracle",
    .summary = "Sentinel that is told which servers will not be well: a bound, not a method.",
    .source = "li-2025",
    .state_size = sizeof(struct sentinel),
    .params = oracle_params,
    .create = create_oracle,
    .window_ends = window_ends,
    .job_departs = job_departs,
    .destroy = destroy,
    .explain = sentinel_explain,
    .route = sentinel_route,
    .routes = sentinel_routes,
};
