#include "tests/policies/live_land.h"

#include <math.h>
#include <string.h>

#include "sim/base/random.h"

enum { HOSTS = LAND_REGIONS + LAND_SERVERS };

static struct weir_stream draws;
static struct weir_link_view links[WEIR_MOCK_HOSTS];
static bool hole[WEIR_MOCK_HOSTS][WEIR_MOCK_HOSTS];
static double bytes[WEIR_MOCK_JOBS][WEIR_MOCK_OPERATORS][WEIR_MOCK_OPERATORS + 1];
static const char *const names[HOSTS] = {"ra", "rb", "rc", "s0", "s1", "s2", "s3", "s4", "s5"};
static const char *const regions[] = {"north", "south", "west", "far"};

void land_seed(uint64_t seed)
{
    draws = weir_stream_open(seed, "land");
}

int land_below(int count)
{
    return (int)weir_stream_below(&draws, (uint64_t)count);
}

double land_between(double low, double high)
{
    return low + (high - low) * weir_stream_uniform(&draws);
}

static bool chance(double share)
{
    return land_between(0, 1) < share;
}

bool land_route(const struct weir_mock *land, int server, int viewer)
{
    (void)land;
    return server != viewer && !hole[server][viewer];
}

static int route_links(const struct weir_view *view, int from, int to, int *found, int max)
{
    if (!land_route(view->engine, from, to))
        return 0;
    if (max > 0)
        found[0] = from;
    return 2;
}

void land_report(struct weir_mock *land, bool holes)
{
    for (int h = LAND_REGIONS; h < HOSTS; h++) {
        struct weir_host_view *host = &land->hosts[h];
        host->up = !holes || chance(0.85);
        host->cpu = land_between(0, 1);
        host->sent_bytes_per_s = chance(0.9) ? land_between(0, 1) * links[h].bytes_per_s : 0;
    }
}

struct weir_mock *land_new(bool holes)
{
    struct weir_mock *land = weir_mock_new();
    memset(hole, 0, sizeof hole);
    for (int h = 0; h < HOSTS; h++) {
        bool viewer = h < LAND_REGIONS;
        enum weir_view_tier tier = viewer ? WEIR_VIEW_DEVICE : chance(0.7) ? WEIR_VIEW_EDGE : WEIR_VIEW_CLOUD;
        weir_mock_host(land, names[h], regions[viewer ? h : land_below(4)], tier, viewer ? 1 : 1 + land_below(8), 0);
        land->hosts[h].speed_flops_per_s = land_between(1e9, 4e9);
        links[h] = (struct weir_link_view){names[h], land_between(1e7, 1e9), 0};
    }
    for (int h = LAND_REGIONS; h < HOSTS; h++)
        for (int m = 0; m < LAND_REGIONS; m++) {
            land->latency_s[h][m] = land->latency_s[m][h] = land_between(1e-3, 50e-3);
            hole[h][m] = holes && chance(0.2);
        }
    land->view.links = links;
    land->view.link_count = HOSTS;
    land->view.route_links = route_links;
    land_report(land, holes);
    return land;
}

/* Where an operator stands by default: at the source, or at two hosts of a tier. */
static void stand(struct weir_mock *land, int job, int op)
{
    struct weir_operator_view *seen = &land->operators[job][op];
    int tier = land_below(5), first = land_below(HOSTS), *where = land->where[job][op];
    if (tier > (int)WEIR_VIEW_CLOUD)
        return;
    for (int k = 0; k < HOSTS; k++)
        if ((int)land->hosts[(first + k) % HOSTS].tier == tier) {
            where[0] = where[1] = (first + k) % HOSTS;
            seen->where_count = 2;
        }
}

static void link_operators(struct weir_mock *land, int job, int from, int to)
{
    struct weir_operator_view *taker = &land->operators[job][to];
    land->upstream[job][to][taker->upstream_count++] = from;
    if (from < 0)
        return;
    struct weir_operator_view *giver = &land->operators[job][from];
    bytes[job][from][giver->downstream_count] = land_between(1e3, 1e6);
    land->downstream[job][from][giver->downstream_count++] = to;
}

static void random_operators(struct weir_mock *land, int job)
{
    int count = 1 + land_below(4);
    for (int o = 0; o < count; o++) {
        weir_mock_operator(land, job, "op", land_between(1e6, 1e8));
        struct weir_operator_view *op = &land->operators[job][o];
        op->upstream_count = op->downstream_count = 0;
        op->downstream_bytes = bytes[job][o];
        op->selectivity = land_between(0.25, 2);
        op->stateful = chance(0.1);
        op->window_s = chance(0.1) ? 5 : 0;
        stand(land, job, o);
    }
    for (int o = 0; o < count; o++) {
        for (int u = -1; u < o; u++)
            if (chance(u < 0 ? 0.4 : 0.6))
                link_operators(land, job, u, o);
        if (land->operators[job][o].upstream_count == 0)
            link_operators(land, job, o - 1, o);
        land->operators[job][o].joins = land->operators[job][o].upstream_count > 1 && chance(0.3);
    }
    for (int o = 0; o < count; o++)
        if (land->operators[job][o].downstream_count == 0) {
            bytes[job][o][0] = land_between(1e3, 1e6);
            land->downstream[job][o][0] = -1;
            land->operators[job][o].downstream_count = 1;
        }
}

static void copy_operators(struct weir_mock *land, int job, int from)
{
    land->jobs[job].source_bytes = land->jobs[from].source_bytes;
    land->jobs[job].slo_s = land->jobs[from].slo_s;
    land->jobs[job].sink_host = land->jobs[from].sink_host;
    for (int o = 0; o < land->jobs[from].operator_count; o++) {
        weir_mock_operator(land, job, "op", 0);
        struct weir_operator_view *op = &land->operators[job][o];
        const struct weir_operator_view own = *op;
        *op = land->operators[from][o];
        op->instances = own.instances;
        op->instance_count = 0;
        op->where = own.where;
        memcpy(land->where[job][o], land->where[from][o], sizeof land->where[job][o]);
        if (op->where_count == 1)
            land->where[job][o][0] = land->jobs[job].source_host;
    }
}

int land_job(struct weir_mock *land)
{
    int others = land->view.job_count, job = weir_mock_job(land, "job", land_below(LAND_REGIONS + 1));
    land->jobs[job].source_bytes = land_between(100, 1e4);
    land->jobs[job].slo_s = chance(0.5) ? land_between(0.1, 1) : INFINITY;
    land->jobs[job].sink_host = chance(0.8) ? land->jobs[job].source_host : -1;
    if (others > 0 && chance(0.4))
        copy_operators(land, job, land_below(others));
    else
        random_operators(land, job);
    return job;
}

int land_simple_job(struct weir_mock *land, int source, double flops, double bytes_out)
{
    int job = weir_mock_job(land, "job", source);
    land->jobs[job].sink_host = source;
    weir_mock_operator(land, job, "serve", flops);
    bytes[job][0][0] = bytes_out;
    land->operators[job][0].downstream_bytes = bytes[job][0];
    land->operators[job][0].max_parallelism = WEIR_MOCK_INSTANCES;
    weir_mock_deploy(land, job, 0, source);
    return job;
}
