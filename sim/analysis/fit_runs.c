/* Points of a search as runs: scenarios with the keys' values in them, each in a process of its own. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "sim/analysis/fit.h"
#include "sim/analysis/fit_cache.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/text.h"
#include "sim/experiment/record.h"

void fit_changes_fini(struct fit_changes *made)
{
    for (int t = 0; t < made->text_count; t++)
        free(made->texts[t]);
    free(made->sets);
    *made = (struct fit_changes){0};
}

static int count_of(const char *const *sets)
{
    int count = 0;
    while (sets && sets[count])
        count++;
    return count;
}

static const char *own(struct fit_changes *made, char *text)
{
    return made->texts[made->text_count++] = text;
}

/* What the observer is asked for, and no more. */
static const char *record_of(const struct fit_problem *problem)
{
    bool operators = false, hosts = false;
    for (int m = 0; m < problem->match_count; m++) {
        operators |= *problem->matches[m].op != '\0';
        hosts |= *problem->matches[m].host != '\0';
    }
    return operators && hosts ? "record={\"operators\": true, \"hosts\": true, \"links\": false}"
           : operators        ? "record={\"operators\": true, \"hosts\": false, \"links\": false}"
           : hosts            ? "record={\"operators\": false, \"hosts\": true, \"links\": false}"
                              : "record={\"operators\": false, \"hosts\": false, \"links\": false}";
}

void fit_change(const struct fit_problem *problem, const struct fit_case *of, const double *u, struct fit_changes *made)
{
    int common = count_of(problem->sets), special = count_of(of->sets), count = 0;
    *made = (struct fit_changes){0};
    made->sets = weir_alloc((size_t)(common + special + problem->key_count) + 4, sizeof *made->sets);
    made->sets[count++] = record_of(problem);
    if (of->load && !problem->duration_is_set)
        made->sets[count++] = own(made, weir_format("duration=%.17gs", of->bins * of->bin_s));
    for (int s = 0; s < common; s++)
        made->sets[count++] = problem->sets[s];
    if (of->load)
        made->sets[count++] = of->load;
    for (int s = 0; s < special; s++)
        made->sets[count++] = of->sets[s];
    for (int k = 0; k < problem->key_count; k++) {
        const struct fit_key *key = &problem->keys[k];
        const char *value = own(made, fit_key_text(key, fit_key_value(key, u[k])));
        if (key->is_xpath)
            made->edits[made->changes.edit_count++] = (struct weir_platform_edit){key->path, value};
        else
            made->sets[count++] = own(made, weir_format(*key->unit ? "%s=\"%s\"" : "%s=%s", key->path, value));
    }
    made->changes.sets = made->sets;
    made->changes.edits = made->edits;
}

static int read_point(const struct fit_problem *problem, const struct fit_case *of, const double *u,
                      struct weir_scenario **scenario)
{
    struct fit_changes changes;
    fit_change(problem, of, u, &changes);
    if (!changes.changes.edit_count)
        changes.changes.platform = problem->base->platform;
    int code = weir_scenario_read_changed(problem->scenario, &changes.changes, scenario);
    fit_changes_fini(&changes);
    return code;
}

/* "costs.start=3s, work=2Mf". Owned. */
static char *describe(const struct fit_problem *problem, const double *u)
{
    struct weir_text text = {0};
    for (int k = 0; k < problem->key_count; k++) {
        char *value = fit_key_text(&problem->keys[k], fit_key_value(&problem->keys[k], u[k]));
        weir_text_addf(&text, "%s%s=%s", k ? ", " : "", problem->keys[k].name, value);
        free(value);
    }
    char *copy = weir_copy(weir_text_string(&text));
    weir_text_fini(&text);
    return copy;
}

/* --- in the child --- */

/* A run to be made. `rows` are shared with the child: [match][bin] sums, then as many counts. */
struct unit {
    const struct fit_problem *problem;
    const struct fit_case *of;
    struct weir_scenario *scenario;
    unsigned long long seed, key;
    double *rows;
    char *name;
    struct weir_pool_line *line;
};

static size_t cells(const struct fit_problem *problem, const struct fit_case *of)
{
    return (size_t)problem->match_count * (size_t)of->bins;
}

static void on_metric(void *context, double time_s, const char *job, const char *op, const char *host,
                      const char *metric, double value)
{
    const struct unit *unit = context;
    const struct fit_case *of = unit->of;
    int bin = (int)((time_s - unit->scenario->window_s / 2) / of->bin_s);
    if (bin < 0 || bin >= of->bins || !isfinite(value))
        return;
    for (int m = 0; m < unit->problem->match_count; m++) {
        const struct fit_match *match = &unit->problem->matches[m];
        if (strcmp(match->metric, metric) != 0 || strcmp(match->job, job) != 0 || strcmp(match->op, op) != 0 ||
            strcmp(match->host, host) != 0)
            continue;
        size_t cell = (size_t)m * (size_t)of->bins + (size_t)bin;
        unit->rows[cell] += value;
        unit->rows[cells(unit->problem, of) + cell] += 1;
    }
}

static void on_foreign(void *context, const char *where, double limit_s)
{
    const struct unit *unit = context;
    weir_pool_foreign(unit->line, where, limit_s);
}

static int work(void *context, struct weir_pool_line *line)
{
    struct unit *unit = context;
    unit->line = line;
    const struct weir_observer observer = {.context = unit, .metric = on_metric, .foreign = on_foreign};
    const struct weir_run_spec spec = {.scenario = unit->scenario,
                                       .stack = &unit->scenario->stacks[0],
                                       .catalog = unit->problem->catalog,
                                       .seed = unit->seed,
                                       .observer = &observer};
    struct weir_result result = {0};
    int code = weir_run(&spec, &result);
    weir_result_fini(&result);
    size_t count = cells(unit->problem, unit->of);
    for (size_t c = 0; c < count; c++)
        unit->rows[c] = unit->rows[count + c] > 0 ? unit->rows[c] / unit->rows[count + c] : NAN;
    return code;
}

/* --- in the parent --- */

struct batch {
    struct fit_problem *problem;
    struct unit *units;
    int count, next;
};

static bool next_unit(void *context, struct weir_pool_task *task)
{
    struct batch *batch = context;
    if (batch->next == batch->count)
        return false;
    struct unit *unit = &batch->units[batch->next++];
    *task = (struct weir_pool_task){.name = unit->name, .work = work, .context = unit};
    return true;
}

static int unit_ended(void *context, int number, const struct weir_pool_task *task, struct weir_pool_outcome *outcome)
{
    struct batch *batch = context;
    struct unit *unit = task->context;
    (void)number;
    if (outcome->state == WEIR_TASK_DONE) {
        batch->problem->runs_made++;
        return fit_cache_keep(batch->problem->cache, unit->key, unit->rows, cells(batch->problem, unit->of));
    }
    if (outcome->state == WEIR_TASK_FAILED)
        return weir_error(outcome->code, "the run with %s failed: %s", unit->name, outcome->message);
    return WEIR_OK;
}

/* What a run's numbers are kept under: its inputs, and what is taken from it. */
static unsigned long long key_of(const struct fit_problem *problem, const struct fit_case *of,
                                 const struct weir_scenario *scenario, unsigned long long seed)
{
    unsigned long long key = weir_run_key(scenario, &scenario->stacks[0], seed);
    for (int m = 0; m < problem->match_count; m++) {
        const struct fit_match *match = &problem->matches[m];
        const char *const names[] = {match->job, match->op, match->host, match->metric};
        for (size_t n = 0; n < sizeof names / sizeof *names; n++)
            key = weir_hash_string(key, names[n]);
    }
    key = weir_hash(key, &of->bin_s, sizeof of->bin_s);
    return weir_hash(key, &of->bins, sizeof of->bins);
}

static bool is_there(const struct batch *batch, unsigned long long key, size_t count)
{
    for (int i = 0; i < batch->count; i++)
        if (batch->units[i].key == key)
            return true;
    return fit_cache_get(batch->problem->cache, key, count) != NULL;
}

/* Plans what is missing of a point and case; keys[seed] tell where its numbers will be. */
static int plan(struct batch *batch, const struct fit_case *of, const double *u, unsigned long long *keys)
{
    struct fit_problem *problem = batch->problem;
    struct weir_scenario *scenario = NULL;
    int code = read_point(problem, of, u, &scenario), users = 0;
    if (code != WEIR_OK) {
        char *text = describe(problem, u);
        weir_error_context("with %s", text);
        free(text);
        return code;
    }
    for (int s = 0; s < problem->seed_count; s++) {
        keys[s] = key_of(problem, of, scenario, problem->seeds[s]);
        if (is_there(batch, keys[s], cells(problem, of))) {
            problem->runs_kept++;
            continue;
        }
        struct unit *unit = &batch->units[batch->count++];
        *unit = (struct unit){problem, of, scenario, problem->seeds[s], keys[s], NULL, describe(problem, u), NULL};
        users++;
    }
    if (!users)
        weir_scenario_free(scenario);
    return WEIR_OK;
}

static int run_batch(struct batch *batch, bool *interrupted)
{
    size_t total = 0;
    for (int i = 0; i < batch->count; i++)
        total += 2 * cells(batch->problem, batch->units[i].of);
    if (!total)
        return WEIR_OK;
    double *rows = mmap(NULL, total * sizeof *rows, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (rows == MAP_FAILED)
        return weir_error(WEIR_ERUN, "no memory to share with the runs");
    double *place = rows;
    for (int i = 0; i < batch->count; i++) {
        batch->units[i].rows = place;
        place += 2 * cells(batch->problem, batch->units[i].of);
    }
    const struct weir_pool_feed feed = {batch->count, next_unit, unit_ended, batch};
    int code = weir_engine_open();
    if (code == WEIR_OK)
        code = weir_pool_feed(&batch->problem->pool, &feed, interrupted);
    munmap(rows, total * sizeof *rows);
    return code;
}

/* Units of one point and case stand side by side and share their scenario. */
static void free_batch(struct batch *batch)
{
    for (int i = 0; i < batch->count; i++) {
        if (i == 0 || batch->units[i].scenario != batch->units[i - 1].scenario)
            weir_scenario_free(batch->units[i].scenario);
        free(batch->units[i].name);
    }
    free(batch->units);
}

/* The mean over seeds of what they have. */
static double *collect(const struct fit_problem *problem, const struct fit_case *of, const unsigned long long *keys)
{
    size_t count = cells(problem, of);
    double *mean = weir_alloc(count, sizeof *mean);
    for (size_t c = 0; c < count; c++) {
        double sum = 0;
        int seen = 0;
        for (int s = 0; s < problem->seed_count; s++) {
            const double *rows = fit_cache_get(problem->cache, keys[s], count);
            if (rows && isfinite(rows[c])) {
                sum += rows[c];
                seen++;
            }
        }
        mean[c] = seen ? sum / seen : NAN;
    }
    return mean;
}

int fit_simulate(struct fit_problem *problem, const double *u, int count, bool predict, double **series,
                 bool *interrupted)
{
    int cases = problem->case_count, seeds = problem->seed_count, code = WEIR_OK;
    struct batch batch = {.problem = problem};
    batch.units = weir_alloc((size_t)count * (size_t)cases * (size_t)seeds, sizeof *batch.units);
    unsigned long long *keys = weir_alloc((size_t)count * (size_t)cases * (size_t)seeds, sizeof *keys);
    memset(series, 0, (size_t)count * (size_t)cases * sizeof *series);
    for (int i = 0; i < count * cases && code == WEIR_OK; i++)
        if (predict || problem->cases[i % cases].fitted)
            code = plan(&batch, &problem->cases[i % cases], u + (size_t)(i / cases * problem->key_count),
                        keys + (size_t)i * (size_t)seeds);
    if (code == WEIR_OK)
        code = run_batch(&batch, interrupted);
    for (int i = 0; i < count * cases && code == WEIR_OK; i++)
        if (predict || problem->cases[i % cases].fitted)
            series[i] = collect(problem, &problem->cases[i % cases], keys + (size_t)i * (size_t)seeds);
    free_batch(&batch);
    free(keys);
    return code;
}

/* The identity of the first fitted case's run with all keys in the middle, and key k (-1: none) at its end. */
static int identity(const struct fit_problem *problem, int k, double end, unsigned long long *hash)
{
    double u[FIT_KEYS];
    struct weir_scenario *scenario = NULL;
    int c = 0;
    while (!problem->cases[c].fitted)
        c++;
    for (int i = 0; i < problem->key_count; i++)
        u[i] = i == k ? end : 0.5;
    int code = read_point(problem, &problem->cases[c], u, &scenario);
    if (code == WEIR_OK)
        *hash = weir_run_key(scenario, &scenario->stacks[0], 1);
    weir_scenario_free(scenario);
    return code;
}

int fit_check(struct fit_problem *problem)
{
    int code = WEIR_OK;
    for (int k = 0; k < problem->key_count && code == WEIR_OK; k++) {
        unsigned long long low = 0, high = 0;
        code = identity(problem, k, 0, &low);
        if (code == WEIR_OK)
            code = identity(problem, k, 1, &high);
        if (code != WEIR_OK) {
            weir_error_context("--free %s, which the scenario must take from %.9g%s to %.9g%s", problem->keys[k].path,
                               problem->keys[k].min, problem->keys[k].unit, problem->keys[k].max,
                               problem->keys[k].unit);
            return code;
        }
        if (low == high)
            return weir_error(WEIR_EINPUT,
                              "%s: --free %s: its value changes nothing in a run; look at the path, and at "
                              "values set after it",
                              problem->scenario, problem->keys[k].path);
    }
    return code;
}
