#include "bench/offloading/instance.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/random.h"
#include "sim/base/text.h"

/* Items begin when what was decided at the arrivals is carried out. */
#define SETTLED_S 1600.0
/* With arrivals over time: from the arrival to the item. */
#define AFTER_S 1.0

_Noreturn void give_up(const char *what)
{
    fprintf(stderr, "%s: %s\n", what, weir_error_message());
    exit(1);
}

struct draw draw_default(void)
{
    return (struct draw){.nodes = 20,
                         .users = 20,
                         .subtasks = 6,
                         .links_per_node = 1.5,
                         .speed_flops_per_s = {100e9, 500e9},
                         .bytes_per_s = {100e6 / 8, 1000e6 / 8},
                         .work_flop = {5e9, 30e9},
                         .data_bytes = {0.5e6, 5e6}};
}

static double between(struct weir_stream *dice, const double bounds[2])
{
    return bounds[0] + (bounds[1] - bounds[0]) * weir_stream_uniform(dice);
}

static int below(struct weir_stream *dice, int limit)
{
    return (int)weir_stream_below(dice, (uint64_t)limit);
}

static bool joined(const struct instance *instance, int a, int b)
{
    for (int l = 0; l < instance->link_count; l++)
        if (instance->links[l].from == a && instance->links[l].to == b)
            return true;
    return false;
}

static void add_link(struct instance *instance, struct weir_stream *dice, int a, int b)
{
    double bytes_per_s = between(dice, instance->draw.bytes_per_s);
    instance->links[instance->link_count++] = (struct offload_link){a, b, bytes_per_s, 0};
    instance->links[instance->link_count++] = (struct offload_link){b, a, bytes_per_s, 0};
}

static void draw_network(struct instance *instance, struct weir_stream *dice)
{
    const struct draw *draw = &instance->draw;
    int nodes = draw->nodes, wanted = (int)lround(draw->links_per_node * nodes);
    instance->nodes = weir_alloc((size_t)nodes, sizeof *instance->nodes);
    instance->links = weir_alloc(2 * (size_t)(wanted + nodes), sizeof *instance->links);
    for (int m = 0; m < nodes; m++) {
        double speed = between(dice, draw->speed_flops_per_s);
        instance->nodes[m] = (struct node){speed, draw->gpu_factor > 0 && m % 2 ? draw->gpu_factor * speed : speed};
    }
    for (int m = 1; m < nodes; m++)
        add_link(instance, dice, below(dice, m), m);
    int most = nodes * (nodes - 1) / 2;
    while (instance->link_count / 2 < wanted && instance->link_count / 2 < most) {
        int a = below(dice, nodes), b = below(dice, nodes);
        if (a != b && !joined(instance, a, b))
            add_link(instance, dice, a, b);
    }
}

static void add_edge(struct instance *instance, struct job *job, struct weir_stream *dice, int from, int to)
{
    job->edges[job->edge_count++] = (struct edge){from, to, between(dice, instance->draw.data_bytes)};
}

static bool has_edge(const struct job *job, int from, int to)
{
    for (int e = 0; e < job->edge_count; e++)
        if (job->edges[e].from == from && job->edges[e].to == to)
            return true;
    return false;
}

/* Levels of about sqrt(subtasks); each subtask has a parent in the level before, further edges are drawn. */
static void draw_graph(struct instance *instance, struct job *job, struct weir_stream *dice)
{
    int count = instance->draw.subtasks, width = (int)lround(sqrt(count));
    int wanted = (int)lround(instance->draw.edges_per_subtask * count);
    for (int s = width; s < count; s++)
        add_edge(instance, job, dice, (s / width - 1) * width + below(dice, width), s);
    for (int tries = 0; tries < 100 * count && job->edge_count < wanted; tries++) {
        int to = width + below(dice, count - width);
        int from = (to / width - 1) * width + below(dice, width);
        if (!has_edge(job, from, to))
            add_edge(instance, job, dice, from, to);
    }
    for (int s = 0; s < count; s++) {
        bool last = true;
        for (int t = s + 1; t < count; t++)
            last &= !has_edge(job, s, t);
        if (s < width)
            add_edge(instance, job, dice, -1, s);
        if (last)
            add_edge(instance, job, dice, s, -1);
    }
}

static void draw_job(struct instance *instance, struct job *job, struct weir_stream *dice)
{
    const struct draw *draw = &instance->draw;
    size_t count = (size_t)draw->subtasks;
    job->origin = below(dice, draw->nodes);
    job->end = (job->origin + 1 + below(dice, draw->nodes - 1)) % draw->nodes;
    job->work_flop = weir_alloc(count, sizeof *job->work_flop);
    job->kinds = weir_alloc(count, sizeof *job->kinds);
    job->edges = weir_alloc(count * count + 2 * count + 1, sizeof *job->edges);
    for (size_t s = 0; s < count; s++) {
        job->work_flop[s] = between(dice, draw->work_flop);
        job->kinds[s] = weir_stream_uniform(dice) < draw->gpu_share;
    }
    if (draw->edges_per_subtask > 0) {
        draw_graph(instance, job, dice);
        return;
    }
    for (int s = 0; s <= draw->subtasks; s++)
        add_edge(instance, job, dice, s - 1, s < draw->subtasks ? s : -1);
}

static void build(struct instance *instance)
{
    const struct draw *draw = &instance->draw;
    size_t nodes = (size_t)draw->nodes, users = (size_t)draw->users;
    double *speeds = weir_alloc(2 * nodes, sizeof *speeds);
    for (size_t m = 0; m < nodes; m++) {
        speeds[m] = instance->nodes[m].speed_flops_per_s;
        speeds[nodes + m] = instance->nodes[m].gpu_flops_per_s;
    }
    const struct offload_network_spec spec = {.node_count = draw->nodes,
                                              .flops_per_s = speeds,
                                              .kind_count = 2,
                                              .kind_flops_per_s = speeds,
                                              .link_count = instance->link_count,
                                              .links = instance->links,
                                              .routing = OFFLOAD_SHORTEST};
    if (offload_network_new(&spec, &instance->network) != WEIR_OK)
        give_up("network");
    struct offload_user *list = weir_alloc(users, sizeof *list);
    struct offload_transfer **transfers = weir_alloc(users, sizeof(struct offload_transfer *));
    for (size_t u = 0; u < users; u++) {
        const struct job *job = &instance->jobs[u];
        transfers[u] = weir_alloc((size_t)job->edge_count, sizeof **transfers);
        for (int e = 0; e < job->edge_count; e++)
            transfers[u][e] = (struct offload_transfer){job->edges[e].from, job->edges[e].to, job->edges[e].bytes};
        list[u] = (struct offload_user){.origin = job->origin,
                                        .end = job->end,
                                        .subtask_count = draw->subtasks,
                                        .work_flop = job->work_flop,
                                        .kinds = job->kinds,
                                        .transfer_count = job->edge_count,
                                        .transfers = transfers[u]};
        instance->mean_hops +=
            offload_network_way(instance->network, job->origin, job->end, NULL, 0) / (double)draw->users;
    }
    if (offload_problem_new(instance->network, list, draw->users, OFFLOAD_SHARE_OF_SUBTASK, &instance->problem) !=
        WEIR_OK)
        give_up("problem");
    for (size_t u = 0; u < users; u++)
        free(transfers[u]);
    free(transfers);
    free(list);
    free(speeds);
}

struct instance instance_draw(const struct draw *draw, uint64_t number)
{
    struct instance instance = {.draw = *draw};
    struct weir_stream dice = weir_stream_at(weir_stream_key(2023, "offloading"), number);
    draw_network(&instance, &dice);
    instance.jobs = weir_alloc((size_t)draw->users, sizeof *instance.jobs);
    double time_s = 0;
    for (int u = 0; u < draw->users; u++) {
        draw_job(&instance, &instance.jobs[u], &dice);
        instance.jobs[u].arrive_s = time_s;
        if (draw->arrive_every_s > 0)
            time_s += weir_stream_exponential(&dice, draw->arrive_every_s);
    }
    build(&instance);
    return instance;
}

void instance_free(struct instance *instance)
{
    for (int u = 0; u < instance->draw.users; u++) {
        free(instance->jobs[u].work_flop);
        free(instance->jobs[u].kinds);
        free(instance->jobs[u].edges);
    }
    offload_problem_free(instance->problem);
    offload_network_free(instance->network);
    free(instance->jobs);
    free(instance->links);
    free(instance->nodes);
}

static void write_file(const char *folder, const char *name, struct weir_text *text)
{
    char *path = weir_format("%s/%s", folder, name);
    FILE *file = fopen(path, "w");
    if (!file || fputs(weir_text_string(text), file) < 0 || fclose(file) != 0) {
        perror(path);
        exit(1);
    }
    free(path);
    weir_text_fini(text);
}

static void write_platform(const struct instance *instance, const char *folder)
{
    struct weir_text text = {0};
    int way[256];
    weir_text_add(&text, "<?xml version=\"1.0\"?>\n<!DOCTYPE platform SYSTEM \"https://simgrid.org/simgrid.dtd\">\n"
                         "<platform version=\"4.1\"><zone id=\"world\" routing=\"Full\">\n");
    for (int m = 0; m < instance->draw.nodes; m++) {
        const struct node *node = &instance->nodes[m];
        weir_text_addf(&text, "<host id=\"n%d\" speed=\"%.17gf\">", m, node->speed_flops_per_s);
        if (node->gpu_flops_per_s != node->speed_flops_per_s)
            weir_text_addf(&text, "<prop id=\"speed_gpu\" value=\"%.17gf\"/>", node->gpu_flops_per_s);
        weir_text_add(&text, "</host>\n");
    }
    for (int l = 0; l < instance->link_count; l += 2)
        weir_text_addf(&text,
                       "<link id=\"l%d\" bandwidth=\"%.17gBps\" latency=\"0s\" sharing_policy=\"SPLITDUPLEX\"/>\n",
                       l / 2, instance->links[l].bytes_per_s);
    for (int a = 0; a < instance->draw.nodes; a++)
        for (int b = a + 1; b < instance->draw.nodes; b++) {
            int count = offload_network_way(instance->network, a, b, way, 256);
            weir_text_addf(&text, "<route src=\"n%d\" dst=\"n%d\">", a, b);
            for (int i = 0; i < count; i++)
                weir_text_addf(&text, "<link_ctn id=\"l%d\" direction=\"%s\"/>", way[i] / 2,
                               way[i] % 2 ? "DOWN" : "UP");
            weir_text_add(&text, "</route>\n");
        }
    weir_text_add(&text, "</zone></platform>\n");
    write_file(folder, "platform.xml", &text);
}

static void add_job(const struct instance *instance, int u, bool plain, struct weir_text *text)
{
    const struct job *job = &instance->jobs[u];
    double start_s = instance->draw.arrive_every_s > 0 ? AFTER_S : SETTLED_S;
    weir_text_addf(text,
                   "%s{\"name\": \"u%d\", \"source\": \"n%d\", \"sink\": \"n%d\", \"arrive\": \"%.9gs\", \"load\": "
                   "{\"kind\": \"constant\", \"rate\": \"1/min\", \"start\": \"%gs\", \"count\": 1}, \"operators\": [",
                   u ? ",\n" : "", u, job->origin, job->end, job->arrive_s, start_s);
    for (int s = 0; s < instance->draw.subtasks; s++) {
        int parents = 0;
        for (int e = 0; e < job->edge_count; e++)
            parents += job->edges[e].to == s;
        weir_text_addf(text, "%s{\"name\": \"s%d\", \"flops\": \"%.17gf\"%s%s}", s ? ", " : "", s, job->work_flop[s],
                       parents > 1 ? ", \"join\": \"all\"" : "", job->kinds[s] && !plain ? ", \"class\": \"gpu\"" : "");
    }
    weir_text_add(text, "], \"edges\": [");
    for (int e = 0; e < job->edge_count; e++) {
        const struct edge *edge = &job->edges[e];
        char *from = edge->from < 0 ? weir_copy("source") : weir_format("s%d", edge->from);
        char *to = edge->to < 0 ? weir_copy("sink") : weir_format("s%d", edge->to);
        weir_text_addf(text, "%s{\"from\": \"%s\", \"to\": \"%s\", \"bytes\": \"%.17gB\"}", e ? ", " : "", from, to,
                       edge->bytes);
        free(from);
        free(to);
    }
    weir_text_add(text, "]}");
}

void instance_write(const struct instance *instance, const char *folder, bool plain)
{
    struct weir_text text = {0};
    bool over_time = instance->draw.arrive_every_s > 0;
    double last_s = instance->jobs[instance->draw.users - 1].arrive_s;
    write_platform(instance, folder);
    weir_text_addf(&text,
                   "{\"platform\": \"platform.xml\", \"duration\": \"%gs\", \"window\": \"%s\", \"items_per_batch\": 1,"
                   " \"costs\": {\"start\": \"0s\"}, \"workload\": {\"jobs\": [\n",
                   ceil(last_s) + SETTLED_S + 300, over_time ? "1s" : "200s");
    for (int u = 0; u < instance->draw.users; u++)
        add_job(instance, u, plain, &text);
    weir_text_add(&text, "]}}\n");
    write_file(folder, "scenario.json", &text);
}
