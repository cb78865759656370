/* The graph of a job: edges, checks, topological order, and whether joins can match items. */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/text.h"
#include "sim/model/scenario_keys.h"
#include "sim/model/workload_parts.h"

#define UNSAID (-1) /* bytes of an edge that does not give them */

const char *const weir_full_names[] = {"block", "drop-new", "drop-old", "shed", NULL};

/* The source that the beginning of an edge names, of a job with several; -1: none does. */
static int source_named(const struct weir_json *at, const struct weir_job *job)
{
    const char *name;
    for (int s = 0; s < job->source_count; s++)
        if (weir_json_string(at, &name) == WEIR_OK && strcmp(job->sources[s].name, name) == 0)
            return s;
    return -1;
}

/* Index of the operator that an end of an edge names; -1 for `outside` ("source" or "sink"). */
static int read_end(const struct weir_json *at, const struct weir_job *job, const char *outside, int *index)
{
    const char *name;
    bool is_from = strcmp(outside, "sink") != 0;
    int code = weir_json_string(at, &name);
    if (code)
        return code;
    *index = -1;
    if (strcmp(name, outside) == 0)
        return WEIR_OK;
    if (strcmp(name, is_from ? "sink" : "source") == 0)
        return weir_json_error(at, "nothing flows %s; turn the edge round",
                               is_from ? "out of the sink" : "into the source");
    const char **names = weir_alloc((size_t)job->operator_count + 1, sizeof *names);
    for (int i = 0; i < job->operator_count; i++) {
        names[i] = job->operators[i].name;
        if (strcmp(names[i], name) == 0)
            *index = i;
    }
    names[job->operator_count] = outside;
    if (*index < 0) {
        const char *near = weir_nearest(name, names, (size_t)job->operator_count + 1);
        if (near)
            code = weir_json_error(at, "there is no operator \"%s\"; did you mean \"%s\"?", name, near);
        else
            code = weir_json_error(at, "there is no operator \"%s\"; add it, or use \"%s\"", name, outside);
    }
    free(names);
    return code;
}

/* ["a", "b"] or {"from": "a", "to": "b", "bytes": "2kB", "full": "shed", "share": 0.3}. */
static int read_edge(const struct weir_json *at, const struct weir_job *job, struct weir_edge *edge)
{
    struct weir_json from, to, share;
    int code = WEIR_OK;
    if (weir_json_is_array(at)) {
        if (weir_json_size(at) != 2)
            return weir_json_error(at, "an edge has two ends, as in [\"source\", \"%s\"]", job->operators[0].name);
        from = weir_json_at(at, 0);
        to = weir_json_at(at, 1);
    } else {
        code = weir_param_read(weir_edge_keys, at, edge);
        if (!code)
            code = weir_json_need(at, "from", &from);
        if (!code)
            code = weir_json_need(at, "to", &to);
        if (code)
            return code;
        bool has_share = weir_json_get(at, "share", &share);
        if (edge->full == WEIR_FULL_SHED && !has_share)
            return weir_json_error(at, "\"shed\" needs \"share\", the share of items dropped above half full");
        if (edge->full != WEIR_FULL_SHED && has_share)
            return weir_json_error(at, "\"share\" is for \"full\": \"shed\" alone; leave it out");
    }
    int source = source_named(&from, job);
    edge->source = source < 0 ? 0 : source;
    edge->from = -1;
    if (source < 0)
        code = read_end(&from, job, job->source_count ? job->sources[0].name : "source", &edge->from);
    if (!code)
        code = read_end(&to, job, "sink", &edge->to);
    if (code)
        return code;
    if (edge->from < 0 && edge->to < 0)
        return weir_json_error(at, "an edge from source to sink does nothing; lead it through an operator");
    if (weir_json_is_object(at))
        code = weir_delay_read(at, job, edge);
    if (code)
        return code;
    if (edge->from >= 0 && edge->from == edge->to)
        return weir_json_error(at, "the edges go in a circle: %s -> %s; take one out", job->operators[edge->from].name,
                               job->operators[edge->from].name);
    for (int i = 0; i < job->edge_count; i++)
        if (&job->edges[i] != edge && job->edges[i].from == edge->from && job->edges[i].to == edge->to &&
            job->edges[i].source == edge->source)
            return weir_json_error(at, "the edge is there twice; keep one");
    return WEIR_OK;
}

static int read_edges(const struct weir_json *at, struct weir_job *job)
{
    struct weir_json list;
    int code = WEIR_OK;
    if (!weir_json_get(at, "edges", &list)) { /* a chain */
        int sources = job->source_count ? job->source_count : 1;
        job->edges = weir_alloc((size_t)job->operator_count + (size_t)sources, sizeof *job->edges);
        for (int s = 0; s < sources; s++)
            job->edges[job->edge_count++] = (struct weir_edge){.from = -1, .source = s, .bytes = UNSAID};
        for (int i = 1; i <= job->operator_count; i++)
            job->edges[job->edge_count++] =
                (struct weir_edge){.from = i - 1, .to = i < job->operator_count ? i : -1, .bytes = UNSAID};
        return WEIR_OK;
    }
    int count = weir_json_size(&list);
    if (!weir_json_is_array(&list) || !count)
        return weir_json_error(&list, "must be a list such as [[\"source\", \"%s\"], ...]; leave it out for a chain",
                               job->operators[0].name);
    job->edges = weir_alloc((size_t)count, sizeof *job->edges);
    for (int i = 0; i < count && !code; i++) {
        struct weir_json child = weir_json_at(&list, i);
        job->edges[i] = (struct weir_edge){.bytes = UNSAID, .delay_rate = INFINITY};
        code = read_edge(&child, job, &job->edges[job->edge_count++]);
    }
    return code;
}

/* What an edge carries unless it says so itself. */
static void fill_bytes(struct weir_job *job)
{
    for (int e = 0; e < job->edge_count; e++) {
        struct weir_edge *edge = &job->edges[e];
        if (edge->bytes < 0)
            edge->bytes = edge->from >= 0     ? job->operators[edge->from].out_bytes
                          : job->source_count ? job->sources[edge->source].source_bytes
                                              : job->source_bytes;
    }
}

static int check_ends(const struct weir_json *at, const struct weir_job *job)
{
    for (int i = 0; i < job->operator_count; i++) {
        const char *name = job->operators[i].name;
        int in = 0, out = 0;
        for (int e = 0; e < job->edge_count; e++) {
            in += job->edges[e].to == i;
            out += job->edges[e].from == i;
        }
        if (!in)
            return weir_json_error(at, "operator \"%s\" has no input; add an edge to it, such as [\"source\", \"%s\"]",
                                   name, name);
        if (!out)
            return weir_json_error(at, "operator \"%s\" leads nowhere; add an edge from it, such as [\"%s\", \"sink\"]",
                                   name, name);
        if (job->operators[i].join > WEIR_JOIN_ALL && in != 2)
            return weir_json_error(at, "operator \"%s\" joins two inputs by key, and has %d; merge others before it",
                                   name, in);
        if (job->operators[i].join_all && in < 2)
            return weir_json_error(
                at, "operator \"%s\" joins one input; a join needs two or more, or leave \"join\" out", name);
    }
    return WEIR_OK;
}

/* Names a circle among the operators that have no place in the order (place[i] < 0): each of them has an input from
 * another of them, so walking upstream must come back. */
static int cycle_error(const struct weir_json *at, const struct weir_job *job, const int *place)
{
    int n = job->operator_count, current = 0, count = 0;
    while (place[current] >= 0)
        current++;
    int *walk = weir_alloc((size_t)n + 1, sizeof *walk);
    bool *seen = weir_alloc((size_t)n, sizeof *seen);
    while (!seen[current]) {
        seen[current] = true;
        walk[count++] = current;
        for (int e = 0; e < job->edge_count; e++)
            if (job->edges[e].to == current && job->edges[e].from >= 0 && place[job->edges[e].from] < 0) {
                current = job->edges[e].from;
                break;
            }
    }
    struct weir_text circle = {0};
    weir_text_add(&circle, job->operators[current].name);
    do
        weir_text_addf(&circle, " -> %s", job->operators[walk[--count]].name);
    while (walk[count] != current);
    int code = weir_json_error(at, "the edges go in a circle: %s; take one out", weir_text_string(&circle));
    weir_text_fini(&circle);
    free(walk);
    free(seen);
    return code;
}

/* Kahn's order, the first in the file first; remaps the edges. */
static int sort_operators(const struct weir_json *at, struct weir_job *job)
{
    int n = job->operator_count, placed = 0, code = WEIR_OK;
    int *place = weir_alloc((size_t)n, sizeof *place), *waits = weir_alloc((size_t)n, sizeof *waits);
    for (int i = 0; i < n; i++)
        place[i] = -1;
    for (int e = 0; e < job->edge_count; e++)
        if (job->edges[e].from >= 0 && job->edges[e].to >= 0)
            waits[job->edges[e].to]++;
    while (placed < n) {
        int next = 0;
        while (next < n && (place[next] >= 0 || waits[next]))
            next++;
        if (next == n) {
            code = cycle_error(at, job, place);
            goto out;
        }
        place[next] = placed++;
        for (int e = 0; e < job->edge_count; e++)
            if (job->edges[e].from == next && job->edges[e].to >= 0)
                waits[job->edges[e].to]--;
    }
    struct weir_operator *sorted = weir_alloc((size_t)n, sizeof *sorted);
    for (int i = 0; i < n; i++)
        sorted[place[i]] = job->operators[i];
    free(job->operators);
    job->operators = sorted;
    for (int e = 0; e < job->edge_count; e++) {
        struct weir_edge *edge = &job->edges[e];
        edge->from = edge->from < 0 ? -1 : place[edge->from];
        edge->to = edge->to < 0 ? -1 : place[edge->to];
    }
out:
    free(place);
    free(waits);
    return code;
}

int weir_graph_read(const struct weir_json *at, struct weir_job *job)
{
    int code = read_edges(at, job);
    if (!code)
        code = check_ends(at, job);
    if (!code)
        fill_bytes(job);
    if (!code)
        code = sort_operators(at, job);
    if (!code)
        code = weir_sources_check(at, job);
    if (!code)
        code = weir_queues_check(at, job);
    if (!code)
        code = weir_services_check(at, job);
    if (!code)
        code = weir_calls_check(at, job);
    return code ? code : weir_graph_check_joins(at, job);
}

/* A join waits for the same item from every input, so between the source and the join each operator must emit one item
 * per item, and no edge may drop. Operators are in topological order. */
static int check_join(const struct weir_json *at, const struct weir_job *job, int join)
{
    int code = WEIR_OK;
    const char *name = job->operators[join].name;
    bool *before = weir_alloc((size_t)job->operator_count, sizeof *before);
    before[join] = true;
    for (int i = join; i >= 0 && !code; i--) {
        const struct weir_operator *op = &job->operators[i];
        int inputs = 0;
        for (int e = 0; e < job->edge_count && before[i] && !code; e++) {
            const struct weir_edge *edge = &job->edges[e];
            if (edge->to != i)
                continue;
            inputs++;
            if (edge->from >= 0)
                before[edge->from] = true;
            if (edge->full != WEIR_FULL_BLOCK)
                code = weir_json_error(at,
                                       "join \"%s\" comes behind the edge %s -> %s, which drops items, so its inputs "
                                       "could not be matched; let the edge block, or merge instead",
                                       name, edge->from < 0 ? "source" : job->operators[edge->from].name, op->name);
        }
        if (i == join || !before[i] || code)
            continue;
        const char *why = op->selectivity != 1          ? "has a selectivity other than 1"
                          : isfinite(op->max_wait_s)    ? "lets items go that have waited too long"
                          : isfinite(op->cut_off_s)     ? "drops what waits when it is cut off (\"cut_off\")"
                          : op->fails > 0               ? "gives items up whose service fails (\"fails\")"
                          : op->expires                 ? "lets items go whose deadline has passed"
                          : op->window_s > 0            ? "gathers items in windows"
                          : inputs > 1 && !op->join_all ? "merges several inputs"
                                                        : NULL;
        if (why)
            code = weir_json_error(at,
                                   "join \"%s\" comes behind operator \"%s\", which %s, so its inputs could not be "
                                   "matched; move that behind the join, or merge instead",
                                   name, op->name, why);
    }
    free(before);
    return code;
}

int weir_graph_check_joins(const struct weir_json *at, const struct weir_job *job)
{
    int code = WEIR_OK;
    for (int i = 0; i < job->operator_count && !code; i++)
        if (job->operators[i].join_all)
            code = check_join(at, job, i);
    return code;
}
