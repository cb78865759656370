#include "sim/engine/flow/watermark.h"

#include <math.h>
#include <stdlib.h>

#include "sim/engine/flow/source.h"

static struct weir_clock *clock_of(const struct weir_watermark *watermark)
{
    return watermark->op->flow->clock;
}

/* Whether something waits at the operator's inputs. */
static bool waits(const struct weir_op *op)
{
    for (const struct weir_inbox *inbox = op->inboxes; inbox; inbox = inbox->next)
        if (inbox->first || inbox->aside_first || inbox->serving)
            return true;
    return false;
}

static bool is_idle(const struct weir_watermark *watermark, const struct weir_mark *mark)
{
    double since_s = mark->seen_s + watermark->op->spec->idle_timeout_s;
    return clock_of(watermark)->now_s + WEIR_EVENT_ROUNDING_S >= since_s && !waits(watermark->op);
}

/* When the next source is idle, unless something comes. */
static double idle_at_s(const struct weir_watermark *watermark)
{
    double date_s = INFINITY, now_s = clock_of(watermark)->now_s;
    for (int s = 0; s < watermark->streams; s++) {
        double idle_s = watermark->marks[s].seen_s + watermark->op->spec->idle_timeout_s;
        if (watermark->counts && watermark->counts[s] && watermark->marks[s].birth_s < INFINITY &&
            idle_s > now_s + WEIR_EVENT_ROUNDING_S)
            date_s = fmin(date_s, idle_s);
    }
    return date_s;
}

static void rings(struct weir_alarm *alarm)
{
    struct weir_watermark *watermark = WEIR_RECORD(alarm, struct weir_watermark, idle);
    watermark->clock_s = clock_of(watermark)->now_s;
    weir_watermark_wake(watermark);
    weir_alarm_set(clock_of(watermark), alarm, idle_at_s(watermark));
}

void weir_watermark_reset(struct weir_watermark *watermark)
{
    struct weir_op *op = watermark->op;
    double now_s = fmax(clock_of(watermark)->now_s, op->job->spec->arrive_s);
    for (int s = 0; s < watermark->streams; s++)
        watermark->marks[s] = (struct weir_mark){.birth_s = -INFINITY, .seen_s = now_s};
    for (size_t i = 0; i < op->instance_count; i++) {
        struct weir_window_content *content = &op->instances[i]->window;
        for (int s = 0; content->own && s < watermark->streams; s++)
            content->own[s] = -INFINITY;
        content->mark_s = -INFINITY;
    }
    weir_alarm_stop(clock_of(watermark), &watermark->idle);
}

void weir_watermark_init(struct weir_watermark *watermark, struct weir_op *op)
{
    *watermark = (struct weir_watermark){
        .op = op, .streams = op->job->source_count + op->job->spec->operator_count, .idle.ring = rings};
    watermark->marks = weir_alloc((size_t)watermark->streams, sizeof *watermark->marks);
    weir_watermark_reset(watermark);
}

void weir_watermark_fini(struct weir_watermark *watermark)
{
    weir_alarm_stop(clock_of(watermark), &watermark->idle);
    free(watermark->marks);
    free(watermark->before);
    free(watermark->counts);
}

/* What an instance has seen of each source. */
static double *own_of(const struct weir_watermark *watermark, struct weir_instance *instance)
{
    struct weir_window_content *content = &instance->window;
    if (content->own)
        return content->own;
    content->own = weir_alloc((size_t)watermark->streams, sizeof *content->own);
    content->mark_s = -INFINITY;
    for (int s = 0; s < watermark->streams; s++)
        content->own[s] = -INFINITY;
    return content->own;
}

/* Which operators lead to one. */
static bool *leading_to(const struct weir_op *op)
{
    const struct weir_op *ops = op->job->ops;
    bool *before = weir_alloc((size_t)op->job->spec->operator_count, sizeof *before);
    before[op->index] = true;
    for (int o = op->index; o >= 0; o--) /* in topological order */
        for (int e = 0; before[o] && e < ops[o].in_edges; e++)
            if (ops[o].upstream[e] >= 0)
                before[ops[o].upstream[e]] = true;
    return before;
}

/* The streams that reach the operator, once all edges are known. */
static void prepare(struct weir_watermark *watermark)
{
    const struct weir_op *op = watermark->op;
    const struct weir_job *spec = op->job->spec;
    if (watermark->counts)
        return;
    watermark->before = leading_to(op);
    watermark->counts = weir_alloc((size_t)watermark->streams, sizeof *watermark->counts);
    bool *reach = weir_alloc((size_t)spec->operator_count, sizeof *reach); /* without windows between */
    reach[op->index] = true;
    for (int o = op->index; o >= 0; o--)
        for (int e = 0; reach[o] && e < spec->edge_count; e++) {
            const struct weir_edge *edge = &spec->edges[e];
            if (edge->to != o)
                continue;
            if (edge->from < 0)
                watermark->counts[edge->source] = true;
            else if (op->job->ops[edge->from].events)
                watermark->counts[op->job->source_count + edge->from] = true;
            else
                reach[edge->from] = true;
        }
    free(reach);
}

/* The stream of an item whose last step is here. */
static int stream_of(const struct weir_op *op, uint64_t path)
{
    const struct weir_run_job *job = op->job;
    int from = weir_paths_back(job->paths, &path);
    while ((from = weir_paths_back(job->paths, &path)) >= 0)
        if (job->ops[from].events)
            return job->source_count + from;
    return -1 - from;
}

void weir_watermark_see(struct weir_watermark *watermark, struct weir_instance *instance, const struct weir_item *item)
{
    prepare(watermark);
    int source = stream_of(watermark->op, item->path);
    double *own = own_of(watermark, instance);
    struct weir_mark *mark = &watermark->marks[source];
    own[source] = fmax(own[source], item->birth);
    mark->birth_s = fmax(mark->birth_s, item->birth);
    watermark->clock_s = fmax(watermark->clock_s, item->at);
    mark->seen_s = clock_of(watermark)->now_s;
    if (isfinite(watermark->op->spec->idle_timeout_s) && !weir_alarm_is_set(&watermark->idle))
        weir_alarm_set(clock_of(watermark), &watermark->idle, idle_at_s(watermark));
}

/* The least of what was seen of the sources that count: of those that are not idle, or, if all are, the most. */
static double least_of(const struct weir_watermark *watermark, const double *own)
{
    double least_s = INFINITY, most_s = -INFINITY;
    bool any = false; /* counts */
    for (int s = 0; s < watermark->streams; s++) {
        const struct weir_mark *mark = &watermark->marks[s];
        if (!watermark->counts || !watermark->counts[s])
            continue;
        double birth_s = own ? own[s] : mark->birth_s;
        most_s = fmax(most_s, birth_s);
        if (isfinite(watermark->op->spec->idle_timeout_s) && is_idle(watermark, mark))
            continue;
        any = true;
        least_s = fmin(least_s, birth_s);
    }
    return (any ? least_s : most_s) - watermark->op->spec->out_of_orderness_s;
}

double weir_watermark_ahead(const struct weir_watermark *watermark)
{
    return least_of(watermark, NULL);
}

/* Whether something that leaves has items yet, of keys that are others' by now. */
static bool leaves_with_items(const struct weir_instance *instance)
{
    return instance->life == WEIR_RETIRING && !instance->left && !instance->dead && instance->inbox &&
           (instance->inbox->first || instance->inbox->in_transit || instance->batch);
}

double weir_watermark_of(struct weir_watermark *watermark, struct weir_instance *instance)
{
    const struct weir_op *op = watermark->op;
    const struct weir_inbox *inbox = instance->inbox;
    double *own = own_of(watermark, instance);
    bool rested = instance->spent.doing == WEIR_IDLE;
    if (rested || (!inbox->first && !inbox->aside_first && !inbox->in_transit && !instance->batch))
        for (int s = 0; s < watermark->streams; s++)
            own[s] = fmax(own[s], watermark->marks[s].birth_s);
    double mark_s = least_of(watermark, own);
    for (size_t i = 0; i < op->instance_count; i++)
        if (op->instances[i] != instance && leaves_with_items(op->instances[i]))
            mark_s = fmin(mark_s, least_of(watermark, own_of(watermark, op->instances[i])));
    return instance->window.mark_s = fmax(instance->window.mark_s, mark_s);
}

void weir_watermark_wake(const struct weir_watermark *watermark)
{
    for (size_t i = 0; i < watermark->op->instance_count; i++)
        if (watermark->op->instances[i]->life == WEIR_ACTIVE)
            weir_soon(clock_of(watermark), &watermark->op->instances[i]->go);
}

/* Whether nothing is in the operator or on its way to it; results of its windows not, either, unless they are ours. */
static bool is_empty(const struct weir_op *op, const struct weir_op *windows)
{
    return !op->in_hand && !op->in_service && weir_op_drained(op) && (op == windows || !op->in_window);
}

/* Operators on the way from a source to the windows are asked in their order: what comes of a source that has ended
 * cannot come back to one that has been empty. */
static bool has_passed(struct weir_watermark *watermark, struct weir_mark *mark)
{
    const struct weir_op *windows = watermark->op;
    for (; mark->passed <= windows->index; mark->passed++) {
        const struct weir_op *op = &windows->job->ops[mark->passed];
        if (watermark->before[op->index] && !is_empty(op, windows))
            return false;
    }
    return true;
}

/* A source; or all of them, of what comes of windows. */
static bool has_ended(const struct weir_run_job *job, int stream)
{
    bool ended = true;
    for (int s = 0; s < job->source_count; s++)
        if (s == stream || stream >= job->source_count)
            ended &= weir_source_has_ended(weir_source_at(job, s));
    return ended;
}

bool weir_watermark_look(struct weir_watermark *watermark)
{
    bool all = true, any = false;
    prepare(watermark);
    for (int s = 0; s < watermark->streams; s++) {
        struct weir_mark *mark = &watermark->marks[s];
        if (!watermark->counts[s] || mark->birth_s == INFINITY || !has_ended(watermark->op->job, s))
            continue;
        if (has_passed(watermark, mark)) {
            mark->birth_s = INFINITY;
            any = true;
        } else {
            all = false;
        }
    }
    if (any) {
        watermark->clock_s = clock_of(watermark)->now_s;
        weir_watermark_wake(watermark);
    }
    return all;
}
