#include "sim/model/initial.h"

#include <stdlib.h>

#include "sim/base/memory.h"

enum { PAIRS_AT_MOST = 20000, HOSTS_AMONG_EACH_OTHER = 64, HOSTS_BESIDES = 1000 };

static bool fits(const struct weir_scenario *scenario, const int *instances, int host, bool full_cores)
{
    const struct weir_host *spec = &scenario->platform->hosts[host];
    return spec->slots ? instances[host] < spec->slots : full_cores || instances[host] < spec->cores;
}

/* The first host of the placement with room; if there is none, the first. */
static int choose(const struct weir_scenario *scenario, const int *instances, const int *hosts, int count)
{
    for (int pass = 0; pass < 2; pass++)
        for (int i = 0; i < count; i++)
            if (fits(scenario, instances, hosts[i], pass == 1))
                return hosts[i];
    return count ? hosts[0] : 0;
}

void weir_initial_place(const struct weir_scenario *scenario, int most, struct weir_initial *initial)
{
    const struct weir_workload *workload = scenario->workload;
    int jobs = workload->job_count < most ? workload->job_count : most;
    *initial = (struct weir_initial){.job_count = jobs};
    initial->hosts = weir_alloc((size_t)jobs, sizeof *initial->hosts);
    initial->instances = weir_alloc(scenario->platform->host_count, sizeof *initial->instances);
    int max = (int)scenario->platform->host_count;
    int *hosts = weir_alloc((size_t)max, sizeof *hosts);
    for (int j = 0; j < jobs; j++) {
        const struct weir_job *job = &workload->jobs[j];
        size_t total = 0, placed = 0;
        for (int o = 0; o < job->operator_count; o++)
            total += (size_t)job->operators[o].parallelism;
        initial->hosts[j] = weir_alloc(total, sizeof **initial->hosts);
        for (int o = 0; o < job->operator_count; o++) {
            const struct weir_operator *op = &job->operators[o];
            int count = weir_where_hosts(&op->where, scenario->platform, job->source_host, hosts, max);
            for (int i = 0; i < op->parallelism; i++) {
                int host = choose(scenario, initial->instances, hosts, count);
                initial->hosts[j][placed++] = host;
                initial->instances[host]++;
            }
        }
    }
    free(hosts);
}

void weir_initial_fini(struct weir_initial *initial)
{
    for (int j = 0; j < initial->job_count; j++)
        free(initial->hosts[j]);
    free(initial->hosts);
    free(initial->instances);
    *initial = (struct weir_initial){0};
}

struct pairs {
    struct weir_pair *list;
    size_t count, capacity;
};

static void add(struct pairs *pairs, int from, int to)
{
    if (from < 0 || to < 0 || from == to || pairs->count >= 4 * (size_t)PAIRS_AT_MOST)
        return;
    pairs->list = weir_grow(pairs->list, pairs->count + 1, &pairs->capacity, sizeof *pairs->list);
    pairs->list[pairs->count++] = (struct weir_pair){from, to};
}

static int by_ends(const void *a, const void *b)
{
    const struct weir_pair *x = a, *y = b;
    if (x->from != y->from)
        return x->from < y->from ? -1 : 1;
    return (x->to > y->to) - (x->to < y->to);
}

static struct weir_pair *finish(struct pairs *pairs, size_t *count)
{
    size_t kept = 0;
    if (pairs->count)
        qsort(pairs->list, pairs->count, sizeof *pairs->list, by_ends);
    for (size_t i = 0; i < pairs->count; i++)
        if (!kept || by_ends(&pairs->list[kept - 1], &pairs->list[i]) != 0)
            pairs->list[kept++] = pairs->list[i];
    *count = kept < PAIRS_AT_MOST ? kept : PAIRS_AT_MOST;
    return pairs->list ? pairs->list : weir_alloc(1, sizeof *pairs->list);
}

struct weir_pair *weir_platform_pairs(const struct weir_platform *platform, size_t *count)
{
    struct pairs pairs = {0};
    size_t n = platform->host_count, among = n < HOSTS_AMONG_EACH_OTHER ? n : HOSTS_AMONG_EACH_OTHER;
    for (size_t i = 0; i < among; i++)
        for (size_t k = 0; k < among; k++)
            add(&pairs, (int)(i * n / among), (int)(k * n / among));
    size_t besides = n < HOSTS_BESIDES ? n : HOSTS_BESIDES;
    for (size_t i = 0; i < besides && n > among; i++) {
        int host = (int)(i * n / besides), other = (int)((i * 31 % among) * n / among);
        add(&pairs, host, other);
        add(&pairs, other, host);
    }
    return finish(&pairs, count);
}
