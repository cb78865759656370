#include "sim/report/groups.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"
#include "sim/base/text.h"

/* "count-17" -> "count-*"; other names stay. Owned. */
static char *group_name(const char *job)
{
    size_t length = strlen(job), stem = length;
    while (stem > 0 && isdigit((unsigned char)job[stem - 1]))
        stem--;
    if (stem == length || stem < 2 || job[stem - 1] != '-')
        return weir_copy(job);
    return weir_format("%.*s*", (int)stem, job);
}

static bool is_sum(enum weir_entity_kind kind, int metric)
{
    return metric < (kind == WEIR_ENTITY_JOB ? (int)WEIR_JOB_BACKPRESSURED : (int)WEIR_OP_BUSY);
}

/* Of a mean, what a value counts in window w. */
static double weight(const struct weir_entity *entity, int metric, size_t w)
{
    const double *by = NULL;
    if (entity->kind == WEIR_ENTITY_JOB && metric == WEIR_JOB_VIOLATIONS)
        by = entity->values[WEIR_JOB_DUE];
    else if (entity->kind == WEIR_ENTITY_JOB && metric >= WEIR_JOB_LATENCY)
        by = entity->values[WEIR_JOB_DELIVERED];
    else if (entity->kind == WEIR_ENTITY_OP)
        by = entity->values[WEIR_OP_INSTANCES];
    return !by ? 1 : isfinite(by[w]) ? by[w] : 0;
}

/* Adds values to a sum, and of means their weights to `weights`. */
static void add_metric(const struct weir_entity *from, int metric, size_t windows, double **sum, double **weights)
{
    bool sums = is_sum(from->kind, metric);
    if (!*sum)
        *sum = weir_alloc(windows, sizeof **sum);
    if (!*weights)
        *weights = weir_alloc(windows, sizeof **weights);
    for (size_t w = 0; w < windows; w++) {
        double value = from->values[metric][w], counts = sums ? 1 : weight(from, metric, w);
        if (!isfinite(value) || counts <= 0)
            continue;
        (*sum)[w] += sums ? value : value * counts;
        (*weights)[w] += counts;
    }
}

/* Weighted sums become means; where nothing was added there is no value. */
static void finish(struct weir_entity *sum, double **weights, size_t windows)
{
    for (int m = 0; m < WEIR_ENTITY_METRICS; m++) {
        for (size_t w = 0; sum->values[m] && w < windows; w++) {
            double counts = weights[m][w];
            if (counts <= 0)
                sum->values[m][w] = NAN;
            else if (m != WEIR_GROUP_INSTANCES && !is_sum(sum->kind, m))
                sum->values[m][w] /= counts;
        }
        free(weights[m]);
    }
}

static size_t group_of(struct weir_groups *groups, struct weir_key_map *known, const struct weir_entity *entity)
{
    char *job = group_name(entity->job);
    unsigned long long hash = weir_hash(WEIR_HASH_START, job, strlen(job) + 1);
    hash = weir_hash_string(hash, entity->op);
    int64_t number = weir_key_map_get(known, hash);
    if (number < 0) {
        number = (int64_t)groups->count;
        weir_key_map_set(known, hash, number);
        groups->list = weir_grow(groups->list, groups->count + 1, &groups->capacity, sizeof *groups->list);
        groups->list[groups->count++] =
            (struct weir_group){.sum = {.kind = entity->kind, .job = job, .op = weir_copy(entity->op)}};
    } else {
        free(job);
    }
    return (size_t)number;
}

void weir_groups_make(const struct weir_windows *windows, struct weir_groups *groups)
{
    struct weir_key_map known = {0};
    *groups = (struct weir_groups){0};
    groups->list = weir_grow(NULL, 1, &groups->capacity, sizeof *groups->list);
    groups->list[groups->count++] =
        (struct weir_group){.sum = {.kind = WEIR_ENTITY_JOB, .job = weir_copy(""), .op = weir_copy("")}};
    groups->of = weir_alloc(windows->entity_count + 1, sizeof *groups->of);
    for (size_t e = 0; e < windows->entity_count; e++)
        if (windows->entities[e].kind <= WEIR_ENTITY_OP)
            groups->of[e] = group_of(groups, &known, &windows->entities[e]);
    weir_key_map_fini(&known);

    double *(*weights)[WEIR_ENTITY_METRICS] = weir_alloc(groups->count, sizeof *weights);
    for (size_t e = 0; e < windows->entity_count; e++) {
        const struct weir_entity *entity = &windows->entities[e];
        size_t g = groups->of[e];
        if (!g)
            continue;
        groups->list[g].members++;
        for (int m = 0; m < WEIR_GROUP_INSTANCES; m++) {
            if (!entity->values[m] || (entity->kind == WEIR_ENTITY_JOB && m >= WEIR_JOB_DEVICE))
                continue; /* two places have no sum */
            add_metric(entity, m, windows->count, &groups->list[g].sum.values[m], &weights[g][m]);
            if (entity->kind == WEIR_ENTITY_JOB)
                add_metric(entity, m, windows->count, &groups->list[0].sum.values[m], &weights[0][m]);
        }
        if (entity->kind == WEIR_ENTITY_OP && entity->values[WEIR_OP_INSTANCES])
            add_metric(entity, WEIR_OP_INSTANCES, windows->count, &groups->list[0].sum.values[WEIR_GROUP_INSTANCES],
                       &weights[0][WEIR_GROUP_INSTANCES]);
    }
    for (size_t g = 0; g < groups->count; g++)
        finish(&groups->list[g].sum, weights[g], windows->count);
    free(weights);
}

void weir_groups_fini(struct weir_groups *groups)
{
    for (size_t g = 0; g < groups->count; g++) {
        struct weir_entity *sum = &groups->list[g].sum;
        for (int m = 0; m < WEIR_ENTITY_METRICS; m++)
            free(sum->values[m]);
        free(sum->job);
        free(sum->op);
    }
    free(groups->list);
    free(groups->of);
    *groups = (struct weir_groups){0};
}
