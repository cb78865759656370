/* The ways that items take through a job: a tree from the source, one node a prefix, made as items go along. */
#include "sim/engine/books/books.h"

#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"
#include "sim/base/text.h"

/* A job of many branches may have more ways than anyone will look at: the rest from each source is counted together, in
 * the node behind its beginning. */
#define PATHS_AT_MOST 1024
#define OTHER(root)   ((root) + 1)

struct weir_path_node {
    int parent, op, root;
    double part_sum_s[4];
    struct weir_histogram *latency; /* NULL until something is delivered at its end */
};

/* Adds a way that ends with the operator. */
static int add(struct weir_paths *paths, int parent, int op)
{
    size_t had = paths->capacity;
    WEIR_ONE_MORE(paths->nodes, paths->count, paths->capacity);
    if (paths->capacity > had) {
        size_t ops = (size_t)paths->ops;
        paths->next = weir_resize(paths->next, paths->capacity * ops, sizeof *paths->next);
        memset(paths->next + had * ops, 0, (paths->capacity - had) * ops * sizeof *paths->next);
    }
    int root = op < 0 ? parent : paths->nodes[parent].root;
    paths->nodes[paths->count] = (struct weir_path_node){.parent = parent, .op = op, .root = root};
    return (int)paths->count++;
}

/* The beginning of the ways from a source, and all others from there, which lead nowhere else. Their operator is -1 -
 * the source. */
static int add_source(struct weir_paths *paths, int source)
{
    int root = add(paths, (int)paths->count, -1 - source), other = add(paths, root, -1 - source);
    for (int op = 0; op < paths->ops; op++)
        paths->next[other * paths->ops + op] = other;
    return root;
}

struct weir_paths *weir_paths_new(int ops)
{
    struct weir_paths *paths = weir_alloc(1, sizeof *paths);
    paths->ops = ops;
    add_source(paths, 0);
    return paths;
}

void weir_paths_free(struct weir_paths *paths)
{
    if (!paths)
        return;
    for (size_t n = 0; n < paths->count; n++)
        if (paths->nodes[n].latency) {
            weir_histogram_fini(paths->nodes[n].latency);
            free(paths->nodes[n].latency);
        }
    free(paths->nodes);
    free(paths->next);
    free(paths);
}

uint64_t weir_paths_root(struct weir_paths *paths, int source)
{
    return source ? (uint64_t)add_source(paths, source) : 0;
}

int weir_paths_source(const struct weir_paths *paths, uint64_t path)
{
    return -1 - paths->nodes[paths->nodes[path].root].op;
}

uint64_t weir_paths_branch(struct weir_paths *paths, uint64_t path, int op)
{
    int to = paths->count < PATHS_AT_MOST ? add(paths, (int)path, op) : OTHER(paths->nodes[path].root);
    return (uint64_t)(paths->next[path * (uint64_t)paths->ops + (uint64_t)op] = to);
}

int weir_paths_back(const struct weir_paths *paths, uint64_t *path)
{
    int op = paths->nodes[*path].op;
    *path = (uint64_t)paths->nodes[*path].parent;
    return op;
}

void weir_paths_deliver(struct weir_paths *paths, uint64_t path, double latency_s, const double parts_s[4])
{
    struct weir_path_node *node = &paths->nodes[path];
    if (!node->latency)
        node->latency = weir_alloc(1, sizeof *node->latency);
    weir_histogram_add(node->latency, latency_s, 1);
    for (int p = 0; p < 4; p++)
        node->part_sum_s[p] += parts_s[p];
}

/* "source > decode > detect > sink" */
static char *name_of(const struct weir_paths *paths, const struct weir_job *job, size_t n)
{
    int root = paths->nodes[n].root;
    const char *source = job->source_count ? job->sources[-1 - paths->nodes[root].op].name : "source";
    if ((int)n == OTHER(root))
        return job->source_count > 1 ? weir_format("%s > other ways", source) : weir_copy("other ways");
    struct weir_text text = {0};
    int way[PATHS_AT_MOST], length = 0;
    int at = (int)n;
    for (; paths->nodes[at].op >= 0; at = paths->nodes[at].parent)
        way[length++] = paths->nodes[at].op;
    weir_text_add(&text, source);
    while (length--)
        weir_text_addf(&text, " > %s", job->operators[way[length]].name);
    weir_text_add(&text, " > sink");
    return text.data;
}

void weir_paths_totals(const struct weir_paths *paths, const struct weir_job *job, struct weir_result *result)
{
    for (size_t n = 0; n < paths->count; n++) {
        const struct weir_path_node *node = &paths->nodes[n];
        if (!node->latency || !node->latency->count)
            continue;
        double delivered = (double)node->latency->count;
        result->paths = weir_resize(result->paths, (size_t)result->path_count + 1, sizeof *result->paths);
        result->paths[result->path_count++] = (struct weir_path_total){
            .job = job->name,
            .path = name_of(paths, job, n),
            .delivered = node->latency->count,
            .latency_mean_s = node->latency->sum / delivered,
            .latency_p50_s = weir_histogram_quantile(node->latency, 0.5),
            .latency_p95_s = weir_histogram_quantile(node->latency, 0.95),
            .latency_p99_s = weir_histogram_quantile(node->latency, 0.99),
            .waiting_s = node->part_sum_s[0] / delivered,
            .service_s = node->part_sum_s[1] / delivered,
            .network_s = node->part_sum_s[2] / delivered,
            .blocked_s = node->part_sum_s[3] / delivered,
        };
    }
}
