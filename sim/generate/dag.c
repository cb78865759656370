/* Kind dag: a random workflow in levels, by the law of daggen or with as many edges a node as asked for. */
#include <math.h>
#include <stdlib.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/random.h"
#include "sim/base/real.h"
#include "sim/base/text.h"
#include "sim/generate/kinds.h"
#include "sim/generate/pairs.h"
#include "sim/generate/tasks.h"

enum law { EDGES_PER_NODE, DAGGEN };
static const char *const laws[] = {"edges-per-node", "daggen", NULL};
enum work { UNIFORM, MIXED, SQUARE, LOG, CUBE };
static const char *const works[] = {"uniform", "mixed", "n2", "nlogn", "n3", NULL};

struct options {
    int n, jump, law, work;
    double density, fat, regularity, ccr, speed, bandwidth;
    struct weir_tasks_options amounts;
};

#define AT(field) offsetof(struct options, field)
static const struct weir_param params[] = {
    WEIR_PARAM("n", WEIR_PARAM_INT, WEIR_UNIT_NONE, AT(n), "100", 1, 10000, NULL, "how many tasks"),
    WEIR_PARAM("density", WEIR_PARAM_DOUBLE, WEIR_UNIT_NONE, AT(density), "1.5", 0, 10000, NULL,
               "edges over tasks, or daggen's share of parents (--law)"),
    WEIR_PARAM("law", WEIR_PARAM_CHOICE, WEIR_UNIT_NONE, AT(law), "edges-per-node", 0, 0, laws, "what density means"),
    WEIR_PARAM("fat", WEIR_PARAM_DOUBLE, WEIR_UNIT_NONE, AT(fat), "0.5", 0, 1, NULL, "a level has about n^fat tasks"),
    WEIR_PARAM("regularity", WEIR_PARAM_DOUBLE, WEIR_UNIT_NONE, AT(regularity), "0.9", 0, 1, NULL,
               "levels differ from that by up to the share 1 - regularity"),
    WEIR_PARAM("jump", WEIR_PARAM_INT, WEIR_UNIT_NONE, AT(jump), "1", 1, 10000, NULL,
               "levels that an edge may go down"),
    WEIR_PARAM("work", WEIR_PARAM_CHOICE, WEIR_UNIT_NONE, AT(work), "uniform", 0, 0, works,
               "drawn evenly, or on matrices as daggen has it"),
    WEIR_TASKS_PARAMS(struct options, amounts),
    WEIR_PARAM("ccr", WEIR_PARAM_DOUBLE, WEIR_UNIT_NONE, AT(ccr), "0", 0, 1e9, NULL,
               "mean transfer time over mean work time, by scaling sizes; 0: as drawn"),
    WEIR_PARAM("speed", WEIR_PARAM_DOUBLE, WEIR_UNIT_SPEED, AT(speed), "1Gf", 1, 1e300, NULL, "of a core, for ccr"),
    WEIR_PARAM("bandwidth", WEIR_PARAM_DOUBLE, WEIR_UNIT_BANDWIDTH, AT(bandwidth), "100Mbps", 1, 1e300, NULL,
               "of a route, for ccr"),
    {.name = NULL},
};

#define MOST_EDGES 1000000

/* A graph that grows. Tasks are numbered level by level: those of level l are first[l] .. first[l + 1] - 1. */
struct dag {
    const struct options *options;
    int *first, *level; /* level: of each task */
    int levels;
    struct weir_pairs edges;
};

static double between(double least, double most, struct weir_stream *stream)
{
    return least + (most - least) * weir_stream_uniform(stream);
}

static void draw_levels(struct dag *dag, unsigned long long seed)
{
    const struct options *o = dag->options;
    struct weir_stream stream = weir_stream_open(seed, "generate/dag/levels");
    double width = floor(weir_pow(o->n, o->fat) + 1e-9), spread = 1 - o->regularity;
    dag->first = weir_alloc((size_t)o->n + 1, sizeof *dag->first);
    dag->level = weir_alloc((size_t)o->n, sizeof *dag->level);
    for (int placed = 0; placed < o->n; dag->levels++) {
        int count = (int)fmax(1, round(width * (1 + between(-spread, spread, &stream))));
        count = count < o->n - placed ? count : o->n - placed;
        for (int t = placed; t < placed + count; t++)
            dag->level[t] = dag->levels;
        placed += count;
        dag->first[dag->levels + 1] = placed;
    }
}

static int width_of(const struct dag *dag, int level)
{
    return dag->first[level + 1] - dag->first[level];
}

/* A level from which a parent of a task of the level comes: 1 to jump above, as far as there are levels. */
static int draw_parent_level(const struct dag *dag, int level, struct weir_stream *stream)
{
    int up = 1 + (int)weir_stream_below(stream, (uint64_t)dag->options->jump);
    return up < level ? level - up : 0;
}

static int draw_parent(const struct dag *dag, int level, struct weir_stream *stream)
{
    int from = draw_parent_level(dag, level, stream);
    return dag->first[from] + (int)weir_stream_below(stream, (uint64_t)width_of(dag, from));
}

/* How many edges there can be, and the free ones among them (NULL: only counted). */
static double count_pairs(const struct dag *dag, struct weir_pairs *free_pairs)
{
    double count = 0;
    for (int t = dag->levels > 1 ? dag->first[1] : dag->options->n; t < dag->options->n; t++) {
        int level = dag->level[t], top = level > dag->options->jump ? level - dag->options->jump : 0;
        count += dag->first[level] - dag->first[top];
        for (int p = dag->first[top]; free_pairs && p < dag->first[level]; p++)
            if (!weir_pairs_has(&dag->edges, p, t))
                weir_pairs_append(free_pairs, p, t);
    }
    return count;
}

/* The rest of the edges where few pairs are left to hit on: from a list of them, each as likely. */
static void fill_up(struct dag *dag, int wanted, struct weir_stream *stream)
{
    struct weir_pairs left = {0};
    count_pairs(dag, &left);
    for (size_t i = 0; dag->edges.count < (size_t)wanted; i++) {
        size_t other = i + weir_stream_below(stream, left.count - i);
        struct weir_pair pair = left.pairs[other];
        left.pairs[other] = left.pairs[i];
        weir_pairs_add(&dag->edges, pair.from, pair.to);
    }
    weir_pairs_fini(&left);
}

/* A parent for each task below the first level, then edges at random until there are as many as asked for. */
static int draw_counted(struct dag *dag, struct weir_stream *stream)
{
    int n = dag->options->n, below = dag->levels > 1 ? dag->first[1] : n, misses = 0;
    double wanted = round(dag->options->density * n), most = count_pairs(dag, NULL);
    if (wanted < n - below)
        return weir_error(WEIR_EUSAGE,
                          "--density %g makes %g edges, but each of the %d tasks below the first level has a parent; "
                          "the least density is %.4g here (more --fat needs less)",
                          dag->options->density, wanted, n - below, (double)(n - below) / n);
    if (wanted > fmin(most, MOST_EDGES))
        return weir_error(
            WEIR_EUSAGE,
            "--density %g makes %g edges; %g fit between the levels, a density of %.4g (more --jump allows "
            "more; %d are the most)",
            dag->options->density, wanted, most, most / n, MOST_EDGES);
    for (int t = below; t < n; t++)
        weir_pairs_add(&dag->edges, draw_parent(dag, dag->level[t], stream), t);
    while (dag->edges.count < (size_t)wanted && misses < 100) {
        int task = below + (int)weir_stream_below(stream, (uint64_t)(n - below));
        misses = weir_pairs_add(&dag->edges, draw_parent(dag, dag->level[task], stream), task) ? 0 : misses + 1;
    }
    fill_up(dag, (int)wanted, stream);
    return WEIR_OK;
}

/* daggen's law: a task draws its number of parents from 1 to the share of the level above, then each of them; where one
 * is there already, the next of its level that is not. */
static int draw_daggen(struct dag *dag, struct weir_stream *stream)
{
    if (dag->options->density > 1)
        return weir_error(WEIR_EUSAGE,
                          "--density %g: by the law of daggen it is a share, from 0 to 1 (its own default is 0.5)",
                          dag->options->density);
    for (int t = dag->levels > 1 ? dag->first[1] : dag->options->n; t < dag->options->n; t++) {
        int level = dag->level[t], above = width_of(dag, level - 1);
        int parents = 1 + (int)floor(between(0, dag->options->density * above, stream));
        for (int p = 0; p < parents && p < above && dag->edges.count < MOST_EDGES; p++) {
            int from = draw_parent_level(dag, level, stream), width = width_of(dag, from);
            int at = (int)weir_stream_below(stream, (uint64_t)width);
            for (int tries = 0; tries < width; tries++)
                if (weir_pairs_add(&dag->edges, dag->first[from] + (at + tries) % width, t))
                    break;
        }
    }
    return WEIR_OK;
}

/* daggen's tasks: a matrix of d x d numbers, d from 2048 to 11264 by steps of 1024, of 8 bytes each; on it a d^2, 2 a
 * d^2 log2 d or d^3 flops, a from 64 to 512. */
static void draw_matrix(const struct options *o, struct weir_stream *stream, double *flops, double *bytes)
{
    double d = floor(between(2048, 11264, stream) / 1024) * 1024, a = between(64, 512, stream);
    int work = o->work == MIXED ? SQUARE + (int)weir_stream_below(stream, 3) : o->work;
    *flops = work == SQUARE ? a * d * d : work == LOG ? 2 * a * d * d * weir_log2(d) : d * d * d;
    *bytes = 8 * d * d;
}

static void write_dag(const struct dag *dag, unsigned long long seed, FILE *out)
{
    const struct options *o = dag->options;
    struct weir_stream works_of = weir_stream_open(seed, "generate/dag/work");
    struct weir_stream sizes_of = weir_stream_open(seed, "generate/dag/data");
    size_t n = (size_t)o->n, edge_count = dag->edges.count;
    struct weir_made_task *tasks = weir_alloc(n, sizeof *tasks);
    struct weir_made_edge *edges = weir_alloc(edge_count, sizeof *edges);
    double *matrix = weir_alloc(n, sizeof *matrix), flops = 0, bytes = 0;
    for (size_t t = 0; t < n; t++) {
        snprintf(tasks[t].name, sizeof tasks[t].name, "t%zu", t + 1);
        if (o->work == UNIFORM)
            tasks[t].flops = weir_tasks_flops(&o->amounts, &works_of);
        else
            draw_matrix(o, &works_of, &tasks[t].flops, &matrix[t]);
        flops += tasks[t].flops;
    }
    for (size_t e = 0; e < edge_count; e++) {
        const struct weir_pair *pair = &dag->edges.pairs[e];
        double size = o->work == UNIFORM ? weir_tasks_bytes(&o->amounts, &sizes_of) : matrix[pair->from];
        edges[e] = (struct weir_made_edge){pair->from, pair->to, size};
        bytes += size;
    }
    /* ccr = (bytes / edges / bandwidth) / (flops / tasks / speed) */
    double factor = o->ccr > 0 && bytes > 0
                        ? o->ccr * (flops / (double)n / o->speed) / (bytes / (double)edge_count / o->bandwidth)
                        : 1;
    for (size_t e = 0; e < edge_count; e++)
        edges[e].bytes *= factor;
    char *remark = weir_format("weir generate dag, seed %llu, n %d, %s density %g, fat %g, regularity %g, jump %d",
                               seed, o->n, laws[o->law], o->density, o->fat, o->regularity, o->jump);
    weir_tasks_write(out, remark, tasks, o->n, edges, (int)edge_count);
    free(remark);
    free(tasks);
    free(edges);
    free(matrix);
}

static int run(const void *given, unsigned long long seed, FILE *out)
{
    const struct options *o = given;
    struct dag dag = {.options = o};
    struct weir_stream stream = weir_stream_open(seed, "generate/dag/edges");
    int code = weir_tasks_check(&o->amounts);
    if (code)
        return code;
    draw_levels(&dag, seed);
    code = o->law == DAGGEN ? draw_daggen(&dag, &stream) : draw_counted(&dag, &stream);
    if (!code)
        write_dag(&dag, seed, out);
    free(dag.first);
    free(dag.level);
    weir_pairs_fini(&dag.edges);
    return code;
}

const struct weir_generator weir_generator_dag = {
    .name = "dag",
    .summary = "a random workflow in levels: n, density, fat, regularity, jump, ccr (JSON)",
    .detail =
        "A job runs it by \"workflow\": \"FILE\" (docs/workload.md). Density is edges over tasks, exactly, or that of\n"
        "the program daggen: see docs/generate.md.\n",
    .params = params,
    .size = sizeof(struct options),
    .run = run,
};
