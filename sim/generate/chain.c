/* Kind chain: tasks in a row, drawn or the layers of a neural network. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/random.h"
#include "sim/generate/kinds.h"
#include "sim/generate/models.h"
#include "sim/generate/tasks.h"

struct options {
    int n, model, number_bytes;
    struct weir_tasks_options amounts;
};

#define AT(field) offsetof(struct options, field)
static const struct weir_param params[] = {
    WEIR_PARAM("n", WEIR_PARAM_INT, WEIR_UNIT_NONE, AT(n), "0", 0, 10000, NULL,
               "how many tasks; 0: 10, or one a layer of the model"),
    WEIR_PARAM("model", WEIR_PARAM_CHOICE, WEIR_UNIT_NONE, AT(model), "none", 0, 0, weir_model_names,
               "a neural network whose layers are the tasks; none: drawn"),
    WEIR_PARAM("number_bytes", WEIR_PARAM_INT, WEIR_UNIT_NONE, AT(number_bytes), "4", 1, 16, NULL,
               "size of a number between layers"),
    WEIR_TASKS_PARAMS(struct options, amounts),
    {.name = NULL},
};

#define DRAWN 10

static void draw(const struct options *o, unsigned long long seed, int n, struct weir_made_task *tasks,
                 struct weir_made_edge *edges)
{
    struct weir_stream works = weir_stream_open(seed, "generate/chain/work");
    struct weir_stream sizes = weir_stream_open(seed, "generate/chain/data");
    for (int t = 0; t < n; t++) {
        snprintf(tasks[t].name, sizeof tasks[t].name, "t%d", t + 1);
        tasks[t].flops = weir_tasks_flops(&o->amounts, &works);
        if (t + 1 < n)
            edges[t] = (struct weir_made_edge){t, t + 1, weir_tasks_bytes(&o->amounts, &sizes)};
    }
}

/* The layers in n pieces of about the same work: a piece ends where the work up to there is nearest to its share, as
 * far as each piece keeps a layer. *n of 0 becomes their number. */
static int cut(const struct options *o, int *n, struct weir_made_task *tasks, struct weir_made_edge *edges)
{
    struct weir_model_layer layers[WEIR_MODEL_LAYERS];
    double input, flops = 0, done = 0;
    int count = weir_model_layers(o->model, layers, &input), layer = 0;
    if (*n > count)
        return weir_error(WEIR_EUSAGE, "--n %d is more than the %d layers of %s", *n, count,
                          weir_model_names[o->model]);
    *n = *n ? *n : count;
    for (int l = 0; l < count; l++)
        flops += layers[l].flops;
    for (int t = 0; t < *n; t++) {
        int first = layer, last_allowed = count - (*n - t); /* one for each piece that comes */
        double end = flops * (t + 1) / *n;
        do {
            tasks[t].flops += layers[layer].flops;
            done += layers[layer++].flops;
        } while (layer <= last_allowed && (t + 1 == *n || fabs(done + layers[layer].flops - end) < fabs(done - end)));
        if (layer - first == 1)
            snprintf(tasks[t].name, sizeof tasks[t].name, "%.31s", layers[first].name);
        else
            snprintf(tasks[t].name, sizeof tasks[t].name, "%.14s..%.14s", layers[first].name, layers[layer - 1].name);
        double bytes = layers[layer - 1].values * o->number_bytes;
        if (t + 1 < *n)
            edges[t] = (struct weir_made_edge){t, t + 1, bytes};
        else
            tasks[t].output_bytes = bytes;
    }
    tasks[0].input_bytes = input * o->number_bytes;
    return WEIR_OK;
}

static int run(const void *given, unsigned long long seed, FILE *out)
{
    const struct options *o = given;
    int n = o->n || o->model ? o->n : DRAWN, code = weir_tasks_check(&o->amounts);
    size_t room = (size_t)(n > WEIR_MODEL_LAYERS ? n : WEIR_MODEL_LAYERS);
    struct weir_made_task *tasks = weir_alloc(room, sizeof *tasks);
    struct weir_made_edge *edges = weir_alloc(room, sizeof *edges);
    if (!code && o->model)
        code = cut(o, &n, tasks, edges);
    else if (!code)
        draw(o, seed, n, tasks, edges);
    if (!code) {
        char *remark = o->model ? weir_format("weir generate chain, %s in %d tasks", weir_model_names[o->model], n)
                                : weir_format("weir generate chain, seed %llu, n %d", seed, n);
        weir_tasks_write(out, remark, tasks, n, edges, n - 1);
        free(remark);
    }
    free(tasks);
    free(edges);
    return code;
}

const struct weir_generator weir_generator_chain = {
    .name = "chain",
    .summary = "a workflow in a row: drawn, or AlexNet, VGG-16 or ResNet-50 cut into layers (JSON)",
    .detail =
        "A job runs it by \"workflow\": \"FILE\" (docs/workload.md). The picture that a network reads is the input of\n"
        "its first task, the scores are the output of the last: \"staging\" moves them, too.\n",
    .params = params,
    .size = sizeof(struct options),
    .run = run,
};
