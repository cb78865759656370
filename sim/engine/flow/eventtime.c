#include "sim/engine/flow/eventtime.h"

#include <math.h>
#include <stdlib.h>

#include "sim/base/memory.h"
#include "sim/engine/flow/pairs.h"
#include "sim/engine/flow/route.h"
#include "sim/engine/flow/source.h"
#include "sim/engine/flow/window.h"

/* Windows that may still meet items that are played again are looked at so often. */
#define LOOK_AGAIN_S 1.0

void weir_eventtime_init(struct weir_op *op)
{
    if (!op->spec->event_time)
        return;
    struct weir_eventtime *events = op->events = weir_alloc(1, sizeof *events);
    weir_watermark_init(&events->watermark, op);
    events->panes = weir_panes_new();
    for (int g = 0; g < WEIR_KEY_GROUPS; g++)
        events->floor_s[g] = -INFINITY;
}

void weir_eventtime_fini(struct weir_op *op)
{
    if (!op->events)
        return;
    weir_watermark_fini(&op->events->watermark);
    weir_panes_free(op->events->panes);
    free(op->events);
}

static void keep_alive(struct weir_op *op, const struct weir_pane *pane, long by)
{
    if (op->job->segments)
        weir_segments_alive(op->job->segments, pane->segment, by);
}

/* An item that is processed. */
struct coming {
    struct weir_op *op;
    const struct weir_item *item;
    uint64_t key, group;
    unsigned segment;
    unsigned input; /* by which it has come */
    double mark_s;  /* the watermark */
    bool again;     /* one of its windows gave its result before the job went back */
    bool taken;
};

/* The watermark has come to a window's end; it is too late even for what is allowed. */
static bool has_ended(const struct coming *coming, double end_s)
{
    return end_s <= coming->mark_s + WEIR_EVENT_ROUNDING_S;
}

static bool is_too_late(const struct coming *coming, double end_s)
{
    return has_ended(coming, end_s + coming->op->spec->allowed_lateness_s);
}

/* An item, which is of the window. What is fresh keeps the oldest segment of it alive. */
static void put(struct coming *coming, struct weir_pane *pane)
{
    struct weir_op *op = coming->op;
    if (pane->given) {
        coming->again = true;
        return;
    }
    unsigned before = pane->segment;
    if (!pane->fresh || coming->segment < before)
        pane->segment = coming->segment;
    if (!pane->fresh || pane->segment != before) {
        keep_alive(op, pane, 1);
        if (pane->fresh)
            keep_alive(op, &(struct weir_pane){.segment = before}, -1);
    }
    if (!pane->fresh) /* by now, if it has ended */
        weir_panes_date(op->events->panes, coming->group, pane, pane->end_s);
    pane->fresh++;
    if (coming->item->birth >= pane->latest.birth)
        pane->latest = *coming->item;
    if (op->spec->join == WEIR_JOIN_WINDOW)
        weir_pane_keep(pane, coming->input, coming->item);
    op->events->counts.put++;
    op->in_window++;
    coming->taken = true;
}

static void into_windows(struct coming *coming)
{
    struct weir_op *op = coming->op;
    double size_s = op->spec->window_s, slide_s = op->spec->window_slide_s;
    double birth_s = coming->item->birth + WEIR_EVENT_ROUNDING_S;
    double first = floor((birth_s - size_s) / slide_s) + 1, last = floor(birth_s / slide_s);
    for (double n = first; n <= last; n++) {
        double start_s = n * slide_s, end_s = start_s + size_s;
        struct weir_pane *pane = weir_panes_find(op->events->panes, coming->key, start_s, end_s);
        if (pane && pane->given)
            coming->again = true;
        else if (!is_too_late(coming, end_s))
            put(coming, pane ? pane : weir_panes_add(op->events->panes, coming->key, start_s, end_s));
    }
}

/* One session takes in another one; both are gathered, or have given results, before. */
static void merge(struct coming *coming, struct weir_pane *into, struct weir_pane *pane)
{
    struct weir_op *op = coming->op;
    if (pane->latest.birth >= into->latest.birth)
        into->latest = pane->latest;
    if (pane->fresh) {
        bool older = !into->fresh || pane->segment < into->segment;
        keep_alive(op, older ? into : pane, into->fresh ? -1 : 0);
        if (older)
            into->segment = pane->segment;
    }
    into->fresh += pane->fresh;
    into->results += pane->results;
    weir_pane_take_in(into, pane);
    weir_panes_remove(op->events->panes, pane);
}

static void into_session(struct coming *coming)
{
    struct weir_op *op = coming->op;
    struct weir_panes *panes = op->events->panes;
    double start_s = coming->item->birth, end_s = start_s + op->spec->window_gap_s;
    double least_s = start_s, most_s = end_s;
    for (const struct weir_pane *pane = *weir_panes_of(panes, coming->key); pane; pane = pane->next) {
        if (pane->start_s > end_s + WEIR_EVENT_ROUNDING_S || pane->end_s < start_s - WEIR_EVENT_ROUNDING_S)
            continue;
        if (pane->given) {
            coming->again = true;
            return;
        }
        least_s = fmin(least_s, pane->start_s);
        most_s = fmax(most_s, pane->end_s);
    }
    if (is_too_late(coming, most_s))
        return;
    struct weir_pane *session = weir_panes_add(panes, coming->key, least_s, most_s);
    for (struct weir_pane *pane = *weir_panes_of(panes, coming->key), *next; pane; pane = next) {
        next = pane->next;
        bool touches = pane->start_s <= end_s + WEIR_EVENT_ROUNDING_S && pane->end_s >= start_s - WEIR_EVENT_ROUNDING_S;
        if (pane != session && touches)
            merge(coming, session, pane);
    }
    if (session->fresh)
        weir_panes_date(panes, coming->group, session, most_s);
    put(coming, session);
}

/* An item of a join by interval meets those of the other input that wait, and waits as long as more may come. */
static void meet(struct weir_instance *instance, struct coming *coming)
{
    struct weir_op *op = coming->op;
    const struct weir_operator *spec = op->spec;
    double birth_s = coming->item->birth, keep_s = coming->input ? -spec->interval_lower_s : spec->interval_upper_s;
    if (birth_s < coming->mark_s - WEIR_EVENT_ROUNDING_S)
        return;
    for (const struct weir_pane *pane = *weir_panes_of(op->events->panes, coming->key); pane; pane = pane->next) {
        double apart_s = coming->input ? birth_s - pane->start_s : pane->start_s - birth_s;
        if (pane->input != coming->input && apart_s >= spec->interval_lower_s - WEIR_EVENT_ROUNDING_S &&
            apart_s <= spec->interval_upper_s + WEIR_EVENT_ROUNDING_S)
            weir_pairs_meet(instance, pane, coming->item, coming->segment);
    }
    double end_s = birth_s + fmax(0, keep_s) + 4 * WEIR_EVENT_ROUNDING_S; /* a partner may come at the very end */
    struct weir_pane *pane = weir_panes_add(op->events->panes, coming->key, birth_s, end_s);
    pane->input = coming->input;
    put(coming, pane);
}

static void add(struct weir_instance *instance, const struct weir_batch *batch, const struct weir_item *item)
{
    struct weir_op *op = instance->op;
    struct weir_eventtime *events = op->events;
    struct coming coming = {.op = op, .item = item, .segment = batch->segment, .input = batch->edge};
    coming.key = weir_op_key_of(op, item->id);
    coming.group = weir_op_group_of(op, coming.key);
    coming.mark_s = fmax(instance->window.mark_s, events->floor_s[coming.group]);
    if (op->spec->join == WEIR_JOIN_INTERVAL)
        meet(instance, &coming);
    else if (op->spec->window_type == WEIR_WINDOW_SESSION)
        into_session(&coming);
    else
        into_windows(&coming);
    events->counts.in_time += coming.taken;
    events->counts.again += !coming.taken && coming.again;
    if (!coming.taken && !coming.again) {
        op->counts.late++;
        weir_source_counts_of(op->job, item->path)->late++;
    }
    if (coming.taken)
        weir_window_gathered(op, item);
    weir_watermark_see(&events->watermark, instance, item);
}

void weir_eventtime_add(struct weir_instance *instance, const struct weir_batch *batch)
{
    struct weir_eventtime *events = instance->op->events;
    for (int i = 0; i < batch->count; i++)
        add(instance, batch, &batch->items[i]);
    double ahead_s = weir_watermark_ahead(&events->watermark);
    if (instance->op->route_count > 1 && weir_panes_next_s(events->panes) <= ahead_s + WEIR_EVENT_ROUNDING_S)
        weir_watermark_wake(&events->watermark);
}

/* Whether items that would be of the window may be played again. */
static bool may_come_again(const struct weir_op *op, const struct weir_pane *pane)
{
    const struct weir_segments *segments = op->job->segments;
    return segments && pane->end_s > fmin(weir_segments_oldest_s(segments), op->flow->clock->now_s);
}

/* A date of a window has come: it gives what comes of it, or goes. The results stand behind `last`; returns where the
 * next ones will. */
static struct weir_batch **settle(struct weir_op *op, uint64_t group, const struct weir_pane_date *date, double mark_s,
                                  double clock_s, struct weir_batch **last)
{
    struct weir_eventtime *events = op->events;
    struct weir_pane *pane = weir_panes_find(events->panes, date->key, date->start_s, date->end_s);
    if (!pane) /* it is a part of another one */
        return last;
    if (pane->fresh) {
        last = weir_pairs_give(op, pane, clock_s, last);
        events->counts.given += pane->fresh;
        op->in_window -= pane->fresh;
        pane->fresh = 0;
        keep_alive(op, pane, -1);
    }
    double goes_s = pane->end_s + op->spec->allowed_lateness_s;
    if (goes_s > mark_s + WEIR_EVENT_ROUNDING_S)
        weir_panes_date(events->panes, group, pane, goes_s);
    else if (op->spec->join == WEIR_JOIN_INTERVAL || !may_come_again(op, pane))
        weir_panes_remove(events->panes, pane);
    else if (isfinite(mark_s))
        weir_panes_date(events->panes, group, pane, mark_s + LOOK_AGAIN_S);
    return last;
}

/* The groups of keys that an instance has; none if it leaves. */
static void groups_of(const struct weir_instance *instance, uint64_t *first, uint64_t *end)
{
    const struct weir_op *op = instance->op;
    int place = 0;
    while (place < op->route_count && op->routes[place] != instance->inbox)
        place++;
    *first = *end = 0;
    if (place == op->route_count)
        return;
    while (weir_group_owner(*first, op->route_count) < place)
        ++*first;
    for (*end = *first; *end < WEIR_KEY_GROUPS && weir_group_owner(*end, op->route_count) == place; ++*end)
        ;
}

struct weir_batch *weir_eventtime_fire(struct weir_instance *instance)
{
    struct weir_op *op = instance->op;
    struct weir_eventtime *events = op->events;
    struct weir_batch *first = instance->window.ready, **last = &first;
    double mark_s = weir_watermark_of(&events->watermark, instance), now_s = op->flow->clock->now_s;
    double until_s = mark_s + WEIR_EVENT_ROUNDING_S;
    instance->window.ready = NULL;
    if (weir_panes_next_s(events->panes) > until_s)
        return first;
    while (*last)
        last = &(*last)->next;
    /* Clocks of batches are behind; by itself each item is where the run is. */
    double clock_s = op->flow->one_by_one ? now_s : fmin(now_s, events->watermark.clock_s);
    uint64_t group, end;
    groups_of(instance, &group, &end);
    for (; group < end; group++) {
        struct weir_pane_date date;
        events->floor_s[group] = fmax(events->floor_s[group], mark_s);
        while (weir_panes_take_date(events->panes, group, until_s, &date))
            last = settle(op, group, &date, mark_s, clock_s, last);
    }
    return first;
}

struct clearing {
    struct weir_op *op;
    unsigned segment; /* those before are complete */
};

static void clear(struct weir_pane *pane, void *context)
{
    const struct clearing *clearing = context;
    struct weir_op *op = clearing->op;
    op->events->counts.lost += pane->fresh;
    op->in_window -= pane->fresh;
    if (pane->fresh)
        keep_alive(op, pane, -1);
    if (pane->fresh || !op->job->segments || pane->segment >= clearing->segment) {
        weir_panes_remove(op->events->panes, pane);
        return;
    }
    pane->given = true;
    weir_panes_date(op->events->panes, weir_op_group_of(op, pane->key), pane, pane->end_s);
}

void weir_eventtime_clear(struct weir_op *op)
{
    struct weir_eventtime *events = op->events;
    struct clearing clearing = {op, op->job->segments ? (unsigned)op->job->segments->first : 0};
    weir_pairs_clear(op);
    weir_panes_forget_dates(events->panes);
    weir_panes_each(events->panes, clear, &clearing);
    weir_watermark_reset(&events->watermark);
    for (int g = 0; g < WEIR_KEY_GROUPS; g++)
        events->floor_s[g] = -INFINITY;
}

void weir_eventtime_look(struct weir_run_job *job)
{
    bool all = true;
    for (int o = 0; o < job->spec->operator_count; o++)
        if (job->ops[o].events)
            all &= weir_watermark_look(&job->ops[o].events->watermark);
    job->ending = !all;
}

double weir_eventtime_lag_s(const struct weir_op *op)
{
    double mark_s = weir_watermark_ahead(&op->events->watermark);
    return isfinite(mark_s) ? op->flow->clock->now_s - mark_s : mark_s > 0 ? 0 : NAN;
}
