#include "sim/engine/flow/due.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"
#include "sim/base/random.h"
#include "sim/engine/flow/flow.h"
#include "sim/engine/flow/instance.h"
#include "sim/engine/flow/source.h"

/* Results owed to the sink, and those of them that came in time; shares of results that windows owe, and of those that
 * were gathered in time. */
struct sums {
    double due, met, bound, gathered;
};

struct weir_due {
    struct sums total;
    struct sums *windows; /* a ring: [number & (size - 1)] of the windows from `first` on */
    long first;
    size_t size;
    double *shares;   /* [operator]: results at sinks that come of an item that enters it, in the mean */
    bool drawn;       /* how many come of an item hangs on the item */
    struct sums each; /* else: what is owed for one */
};

/* A join takes one part from each of its inputs: what comes of them is counted with the first. */
static bool counts(const struct weir_out_edge *edge)
{
    return !edge->to || !edge->to->join || edge->to_edge == 0;
}

/* Results at sinks of an item that goes along the edges, in the mean; those of operators behind are known. */
static double share_of(const double *shares, const struct weir_out_edge *edges, int count)
{
    double sum = 0;
    for (int e = 0; e < count; e++)
        if (counts(&edges[e]))
            sum += edges[e].to ? shares[edges[e].to->index] : 1;
    return sum;
}

/* What is owed for an item that goes along the edges: to sinks, and to windows on the way there. With draws, or in the
 * mean. */
static void owe(const struct weir_due *due, const struct weir_out_edge *edges, int count, uint64_t id, double times,
                struct sums *sums)
{
    for (int e = 0; e < count; e++) {
        const struct weir_op *to = edges[e].to;
        if (!counts(&edges[e]))
            continue;
        if (!to) {
            sums->due += times;
        } else if (to->window_s > 0) {
            sums->bound += times * due->shares[to->index];
        } else if (due->drawn) {
            int results = weir_results_of(to, id);
            for (int c = 0; c < results; c++)
                owe(due, to->out, to->out_count, weir_result_id(to, id, c), times, sums);
        } else if (to->selectivity > 0) {
            owe(due, to->out, to->out_count, id, times * to->selectivity, sums);
        }
    }
}

struct weir_due *weir_due_new(const struct weir_run_job *job)
{
    int count = job->spec->operator_count;
    if (!isfinite(job->slo_s))
        return NULL;
    struct weir_due *due = weir_alloc(1, sizeof *due);
    due->shares = weir_alloc((size_t)count, sizeof *due->shares);
    for (int o = count - 1; o >= 0; o--) { /* in topological order */
        const struct weir_op *op = &job->ops[o];
        due->shares[o] = op->selectivity * share_of(due->shares, op->out, op->out_count);
        due->drawn |= !(op->window_s > 0) && op->selectivity != floor(op->selectivity);
    }
    if (!due->drawn)
        owe(due, job->source.out, job->source.out_count, 0, 1, &due->each);
    return due;
}

void weir_due_free(struct weir_due *due)
{
    if (!due)
        return;
    free(due->windows);
    free(due->shares);
    free(due);
}

/* Makes room for the window; those between are empty. */
static void reach(struct weir_due *due, long window)
{
    size_t size = due->size ? due->size : 4;
    while ((size_t)(window - due->first) >= size)
        size *= 2;
    if (size == due->size)
        return;
    struct sums *windows = weir_alloc(size, sizeof *windows);
    for (size_t w = 0; w < due->size; w++) {
        size_t number = (size_t)due->first + w;
        windows[number & (size - 1)] = due->windows[number & (due->size - 1)];
    }
    free(due->windows);
    due->windows = windows;
    due->size = size;
}

static void add(struct sums *to, const struct sums *what)
{
    to->due += what->due;
    to->met += what->met;
    to->bound += what->bound;
    to->gathered += what->gathered;
}

/* Counts what is due at that date; of a window that has closed, as clocks of batches are behind, in the total alone. */
static void count(const struct weir_run_job *job, double birth_s, const struct sums *what)
{
    struct weir_due *due = job->due;
    const struct weir_scenario *scenario = job->flow->scenario;
    double date_s = birth_s + job->slo_s;
    if (!(date_s < scenario->duration_s))
        return;
    if (date_s >= scenario->warmup_s)
        add(&due->total, what);
    long window = (long)(date_s / scenario->window_s);
    if (window < due->first)
        return;
    reach(due, window);
    add(&due->windows[(size_t)window & (due->size - 1)], what);
}

void weir_due_arrives(struct weir_run_job *job, uint64_t id, double birth_s)
{
    struct sums drawn = {0};
    if (!job->due)
        return;
    bool each = job->due->drawn || job->source_count > 1;
    const struct weir_source *source =
        weir_source_at(job, job->source_count > 1 ? (int)(id >> WEIR_SOURCE_SHIFT & 0xff) : 0);
    if (each)
        owe(job->due, source->out, source->out_count, id, 1, &drawn);
    count(job, birth_s, each ? &drawn : &job->due->each);
}

void weir_due_gathered(const struct weir_op *window, double birth_s, double at_s)
{
    const struct weir_run_job *job = window->job;
    if (job->due && at_s - birth_s <= job->slo_s)
        count(job, birth_s, &(struct sums){.gathered = job->due->shares[window->index]});
}

void weir_due_fired(const struct weir_op *window, uint64_t id, double birth_s)
{
    const struct weir_run_job *job = window->job;
    struct sums sums = {0};
    if (!job->due)
        return;
    owe(job->due, window->out, window->out_count, id, 1, &sums);
    count(job, birth_s, &sums);
}

void weir_due_met(const struct weir_run_job *job, double birth_s)
{
    if (job->due)
        count(job, birth_s, &(struct sums){.met = 1});
}

/* Windows whose items were played again may have given more than was due. */
static struct weir_owed owed_of(const struct sums *sums)
{
    double missed = fmax(0, sums->bound - sums->gathered);
    if (missed < 1e-9 * sums->bound) /* sums of shares are as exact as this */
        missed = 0;
    return (struct weir_owed){sums->due + missed, fmax(0, sums->due - sums->met) + missed};
}

struct weir_owed weir_due_total(const struct weir_run_job *job)
{
    return job->due ? owed_of(&job->due->total) : (struct weir_owed){0, 0};
}

struct weir_owed weir_due_close(struct weir_run_job *job, long window)
{
    struct weir_due *due = job->due;
    struct weir_owed owed = {0, 0};
    if (!due)
        return owed;
    if (window - due->first < (long)due->size)
        owed = owed_of(&due->windows[(size_t)window & (due->size - 1)]);
    for (; due->first <= window; due->first++)
        if (due->size)
            due->windows[(size_t)due->first & (due->size - 1)] = (struct sums){0};
    return owed;
}
