#include "sim/report/series_data.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"
#include "sim/report/data.h"
#include "sim/report/groups.h"

/* Stocks: of windows that become one the last counts; of all others the mean does. */
static bool is_stock(const char *metric)
{
    return strcmp(metric, "backlog") == 0 || strcmp(metric, "queued") == 0 || strcmp(metric, "instances") == 0;
}

static double merged(const double *values, size_t from, size_t end, bool last)
{
    double sum = 0, newest = NAN;
    size_t count = 0;
    for (size_t w = from; w < end; w++) {
        if (!isfinite(values[w]))
            continue;
        sum += newest = values[w];
        count++;
    }
    return last ? newest : count ? sum / (double)count : NAN;
}

static void add_times(struct weir_text *text, const char *name, const struct weir_windows *windows, size_t stride)
{
    weir_text_addf(text, "\"%s\":[", name);
    for (size_t w = 0; w < windows->count; w += stride) {
        size_t end = w + stride < windows->count ? w + stride : windows->count;
        weir_text_addf(text, "%.10g,", windows->time_s[end - 1]);
    }
    weir_data_end(text);
    weir_text_add(text, "],");
}

/* "name":[...], or the value alone if it is always the same; nothing if there is none. */
static void add_values(struct weir_text *text, const char *name, const double *values, size_t count, size_t stride)
{
    size_t first = 0, same = 0;
    while (values && first < count && !isfinite(values[first]))
        first++;
    if (!values || first == count)
        return;
    while (same < count && values[same] == values[0])
        same++;
    weir_text_addf(text, "\"%s\":", name);
    if (same == count) {
        weir_data_number(text, values[0]);
    } else {
        weir_text_add(text, "[");
        for (size_t w = 0; w < count; w += stride) {
            double value = merged(values, w, w + stride < count ? w + stride : count, is_stock(name));
            if (isfinite(value)) /* an empty place says the same as null, but JSON has none */
                weir_data_number(text, value);
            else
                weir_text_add(text, "null");
            weir_text_add(text, ",");
        }
        weir_data_end(text);
        weir_text_add(text, "]");
    }
    weir_text_add(text, ",");
}

static void add_metrics(struct weir_text *text, const struct weir_entity *entity, size_t count, size_t stride)
{
    for (int m = 0; weir_entity_metrics[entity->kind][m]; m++)
        if (entity->kind != WEIR_ENTITY_OP || m != WEIR_OP_BUSY + 1) /* idle is what is left */
            add_values(text, weir_entity_metrics[entity->kind][m], entity->values[m], count, stride);
}

static void add_entity(struct weir_text *text, const struct weir_entity *entity, int members, size_t count,
                       size_t stride)
{
    weir_text_add(text, "{");
    if (entity->kind == WEIR_ENTITY_HOST || entity->kind == WEIR_ENTITY_LINK) {
        weir_text_add(text, "\"name\":");
        weir_data_string(text, entity->host);
    } else {
        weir_text_add(text, "\"job\":");
        weir_data_string(text, entity->job);
    }
    if (entity->kind == WEIR_ENTITY_OP || entity->kind == WEIR_ENTITY_DEVICE) {
        weir_text_add(text, entity->kind == WEIR_ENTITY_OP ? ",\"op\":" : ",\"source\":");
        weir_data_string(text, entity->op);
    }
    if (members)
        weir_text_addf(text, ",\"members\":%d", members);
    weir_text_add(text, ",");
    add_metrics(text, entity, count, stride);
    weir_data_end(text);
    weir_text_add(text, "},");
}

static void add_groups(struct weir_text *text, const struct weir_windows *windows, const struct weir_groups *groups,
                       const bool *kept, size_t stride)
{
    static const char *const names[] = {[WEIR_ENTITY_JOB] = "jobs", [WEIR_ENTITY_OP] = "ops"};
    weir_text_add(text, "\"all\":{");
    add_metrics(text, &groups->list[0].sum, windows->count, stride);
    add_values(text, "instances", groups->list[0].sum.values[WEIR_GROUP_INSTANCES], windows->count, stride);
    weir_data_end(text);
    weir_text_add(text, "},\"groups\":{");
    for (int kind = WEIR_ENTITY_JOB; kind <= WEIR_ENTITY_OP; kind++) {
        weir_text_addf(text, "\"%s\":[", names[kind]);
        for (size_t g = 1; g < groups->count; g++)
            if ((int)groups->list[g].sum.kind == kind && kept[g])
                add_entity(text, &groups->list[g].sum, groups->list[g].members, windows->count, stride);
        weir_data_end(text);
        weir_text_add(text, "],");
    }
    weir_data_end(text);
    weir_text_add(text, "},");
}

/* What an entity has to do: latency of a job, queues of an operator, use of a host or link; its mean. */
static double activity(const struct weir_entity *entity, size_t windows)
{
    static const int by[] = {[WEIR_ENTITY_JOB] = WEIR_JOB_LATENCY + 2,
                             [WEIR_ENTITY_OP] = WEIR_OP_QUEUED,
                             [WEIR_ENTITY_HOST] = 0,
                             [WEIR_ENTITY_LINK] = 0,
                             [WEIR_ENTITY_PLACE] = 0};
    const double *values = entity->values[by[entity->kind]];
    double mean = values ? merged(values, 0, windows, false) : 0;
    return isfinite(mean) ? mean : 0;
}

struct ranked {
    double activity;
    size_t entity;
};

static int by_activity(const void *a, const void *b)
{
    const struct ranked *x = a, *y = b;
    if (x->activity != y->activity)
        return x->activity > y->activity ? -1 : 1;
    return x->entity < y->entity ? -1 : 1;
}

/* Marks the busiest of those that are ranked; returns how many are not. */
static size_t mark(struct ranked *ranked, size_t count, size_t most, bool *marks)
{
    qsort(ranked, count, sizeof *ranked, by_activity);
    for (size_t i = 0; i < count && i < most; i++)
        marks[ranked[i].entity] = true;
    return count > most ? count - most : 0;
}

/* Marks the entities of a kind that go in by themselves. Jobs and operators that are alone in their group are in it. */
static void choose(const struct weir_windows *windows, const struct weir_groups *groups, enum weir_entity_kind kind,
                   size_t most, bool *chosen, struct weir_thinned *thinned)
{
    struct ranked *ranked = weir_alloc(windows->entity_count + 1, sizeof *ranked);
    size_t count = 0;
    for (size_t e = 0; e < windows->entity_count; e++)
        if (windows->entities[e].kind == kind && (kind > WEIR_ENTITY_OP || groups->list[groups->of[e]].members > 1))
            ranked[count++] = (struct ranked){activity(&windows->entities[e], windows->count), e};
    thinned->of[kind] += count;
    thinned->left_out[kind] += mark(ranked, count, most, chosen);
    free(ranked);
}

static void choose_groups(const struct weir_groups *groups, enum weir_entity_kind kind, size_t windows, size_t most,
                          bool *kept, struct weir_thinned *thinned)
{
    struct ranked *ranked = weir_alloc(groups->count, sizeof *ranked);
    size_t count = 0;
    for (size_t g = 1; g < groups->count; g++)
        if (groups->list[g].sum.kind == kind)
            ranked[count++] = (struct ranked){activity(&groups->list[g].sum, windows), g};
    thinned->of[kind] += count;
    thinned->left_out[kind] += mark(ranked, count, most, kept);
    free(ranked);
}

/* Whether a job or an operator is in the page, by itself or alone in its group. */
static bool is_in(int64_t entity, const struct weir_groups *groups, const bool *chosen, const bool *kept)
{
    return entity >= 0 &&
           (chosen[entity] || (groups->list[groups->of[entity]].members == 1 && kept[groups->of[entity]]));
}

/* Where the only device of a job is in each window; nothing if it has none. */
static void add_way(struct weir_text *text, const struct weir_entity *job, size_t count, size_t stride)
{
    bool moves = false;
    for (int m = 0; weir_entity_metrics[WEIR_ENTITY_JOB][m]; m++) {
        const char *name = weir_entity_metrics[WEIR_ENTITY_JOB][m];
        if (strncmp(name, "device_", strlen("device_")) != 0 || !job->values[m])
            continue;
        if (!moves) {
            weir_text_add(text, "{\"job\":");
            weir_data_string(text, job->job);
            weir_text_add(text, ",");
        }
        moves = true;
        add_values(text, name, job->values[m], count, stride);
    }
    if (moves) {
        weir_data_end(text);
        weir_text_add(text, "},");
    }
}

/* Devices of jobs that are in the page: of those that have several sources, and of those that stand there as a group
 * alone, not by themselves. */
static void add_devices(struct weir_text *text, const struct weir_windows *windows, const struct weir_groups *groups,
                        const bool *chosen, const bool *kept, size_t stride)
{
    weir_text_add(text, "\"devices\":[");
    for (size_t e = 0; e < windows->entity_count; e++) {
        const struct weir_entity *entity = &windows->entities[e];
        if (entity->kind == WEIR_ENTITY_DEVICE &&
            is_in(weir_windows_find(windows, WEIR_ENTITY_JOB, entity->job, "", ""), groups, chosen, kept))
            add_entity(text, entity, 0, windows->count, stride);
        else if (entity->kind == WEIR_ENTITY_JOB && !chosen[e] && is_in((int64_t)e, groups, chosen, kept))
            add_way(text, entity, windows->count, stride);
    }
    weir_data_end(text);
    weir_text_add(text, "],");
}

/* [[job, op, host, [time, instances, ...]], ...] of the operators that are in the page. */
static void add_placed(struct weir_text *text, const struct weir_windows *windows, const struct weir_groups *groups,
                       const bool *chosen, const bool *kept)
{
    weir_text_add(text, "\"placed\":[");
    for (size_t e = 0; e < windows->entity_count; e++) {
        const struct weir_entity *entity = &windows->entities[e];
        if (entity->kind != WEIR_ENTITY_PLACE)
            continue;
        int64_t op = weir_windows_find(windows, WEIR_ENTITY_OP, entity->job, entity->op, "");
        if (!is_in(op, groups, chosen, kept))
            continue;
        weir_text_add(text, "[");
        weir_data_string(text, entity->job);
        weir_text_add(text, ",");
        weir_data_string(text, entity->op);
        weir_text_add(text, ",");
        weir_data_string(text, entity->host);
        weir_text_add(text, ",[");
        for (size_t w = 0; w < windows->count; w++)
            if (entity->values[0] && isfinite(entity->values[0][w]))
                weir_text_addf(text, "%.10g,%.0f,", windows->time_s[w], entity->values[0][w]);
        weir_data_end(text);
        weir_text_add(text, "]],");
    }
    weir_data_end(text);
    weir_text_add(text, "]");
}

void weir_series_data(struct weir_text *text, const struct weir_windows *windows, const struct weir_thinning *thinning,
                      struct weir_thinned *thinned)
{
    static const char *const names[] = {[WEIR_ENTITY_JOB] = "jobs",
                                        [WEIR_ENTITY_OP] = "ops",
                                        [WEIR_ENTITY_HOST] = "hosts",
                                        [WEIR_ENTITY_LINK] = "links"};
    struct weir_groups groups;
    weir_groups_make(windows, &groups);
    bool *chosen = weir_alloc(windows->entity_count + 1, sizeof *chosen);
    bool *kept = weir_alloc(groups.count, sizeof *kept);
    for (int kind = WEIR_ENTITY_JOB; kind <= WEIR_ENTITY_OP; kind++)
        choose_groups(&groups, kind, windows->count, thinning->most, kept, thinned);
    add_times(text, "times", windows, thinning->sum_stride);
    add_groups(text, windows, &groups, kept, thinning->sum_stride);
    add_times(text, "entity_times", windows, thinning->stride);
    for (int kind = WEIR_ENTITY_JOB; kind <= WEIR_ENTITY_LINK; kind++) {
        choose(windows, &groups, kind, thinning->most, chosen, thinned);
        weir_text_addf(text, "\"%s\":[", names[kind]);
        for (size_t e = 0; e < windows->entity_count; e++)
            if ((int)windows->entities[e].kind == kind && chosen[e])
                add_entity(text, &windows->entities[e], 0, windows->count, thinning->stride);
        weir_data_end(text);
        weir_text_add(text, "],");
    }
    add_devices(text, windows, &groups, chosen, kept, thinning->stride);
    add_placed(text, windows, &groups, chosen, kept);
    free(kept);
    free(chosen);
    weir_groups_fini(&groups);
}
