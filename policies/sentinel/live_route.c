/* Requests as they come: which cell an item is of, and which servers can have it. */
#include "policies/sentinel/live.h"
#include "sim/base/memory.h"

bool live_enters(const struct weir_view *view, const struct weir_job_view *job, int op, int tier)
{
    const struct weir_operator_view *seen = &job->operators[op];
    if (!live_movable(view, job, op, tier))
        return false;
    for (int u = 0; u < seen->upstream_count; u++)
        if (seen->upstream[u] >= 0 && live_movable(view, job, seen->upstream[u], tier))
            return false;
    return true;
}

/* Items of a candidate, for each of its instances. */
static double length_of(const struct weir_candidate *candidate)
{
    double items = (double)candidate->waiting + (double)candidate->coming + (double)candidate->serving;
    return candidate->instances > 1 ? items / candidate->instances : items;
}

/* The servers among the candidates, and of those on one server the shortest. */
static int list_servers(struct live *live, const struct weir_routing *item)
{
    int count = 0;
    if ((size_t)item->count > live->offer_capacity) {
        live->offer_capacity = (size_t)item->count;
        live->offered = weir_resize(live->offered, live->offer_capacity, sizeof *live->offered);
        live->candidate = weir_resize(live->candidate, live->offer_capacity, sizeof *live->candidate);
    }
    for (int c = 0; c < item->count; c++) {
        int host = item->candidates[c].host, k = 0;
        int server = host < live->host_count ? live->server_at[host] : -1;
        while (k < count && live->offered[k] != server)
            k++;
        if (server < 0)
            continue;
        if (k == count) {
            live->offered[count] = server;
            live->candidate[count++] = c;
        } else if (length_of(&item->candidates[c]) < length_of(&item->candidates[live->candidate[k]])) {
            live->candidate[k] = c;
        }
    }
    return count;
}

bool live_request_of(struct live *live, const struct weir_view *view, const struct weir_routing *item,
                     struct live_request *request)
{
    if (item->job >= live->job_count || item->job >= view->job_count)
        return false;
    const struct live_job *job = &live->jobs[item->job];
    if (job->region < 0 || job->category < 0 || !live_enters(view, &view->jobs[item->job], item->op, job->tier))
        return false;
    int count = list_servers(live, item);
    *request = (struct live_request){job->region, job->category, live->offered, count};
    return count > 1;
}

void live_send(const struct live *live, const struct live_request *request, int server, struct weir_routing *item)
{
    for (int k = 0; k < request->count; k++)
        if (request->servers[k] == server)
            item->choice = live->candidate[k];
}

int live_fill_pool(struct live *live)
{
    if (!live->pool || live->pool_shape != live->shape) {
        pool_free(live->pool);
        live->pool = pool_new(live->servers, live->regions, live->categories);
        live->pool_shape = live->shape;
    }
    live->pooled = live->beyond = 0;
    return pool_fill(live->pool, live->plans, (size_t)live->plan_count);
}

int live_take(struct live *live, const struct live_request *request, struct weir_routing *item)
{
    int m = request->region, i = request->category;
    item->flops += LIVE_LOOK_FLOPS * (request->count + pool_strategies(live->pool, m, i));
    int server = pool_take(live->pool, m, i, request->servers, request->count);
    if (server >= 0)
        live_send(live, request, server, item);
    live->pooled += server >= 0;
    live->beyond += server < 0;
    return server;
}
