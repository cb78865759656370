#include "sim/engine/flow/deliver.h"

#include "sim/base/memory.h"

int weir_origin_of(struct weir_run_job *job, int host)
{
    for (size_t o = 0; o < job->origin_count; o++)
        if (job->origins[o].host == host)
            return (int)o;
    job->origins = weir_grow(job->origins, job->origin_count + 1, &job->origin_capacity, sizeof *job->origins);
    job->origins[job->origin_count] = (struct weir_origin){.host = host};
    return (int)job->origin_count++;
}

void weir_count_delivery(struct weir_run_job *job, struct weir_batch *batch)
{
    if (!weir_segments_hold(job, batch))
        weir_count_results(job, batch);
}

void weir_count_results(struct weir_run_job *job, struct weir_batch *batch)
{
    struct weir_flow *flow = job->flow;
    uint64_t count = (uint64_t)batch->count, late = 0;
    double slo_s = job->slo_s;
    for (int i = 0; i < batch->count; i++) {
        double latency_s = batch->items[i].at - batch->items[i].birth;
        weir_histogram_add(&job->window, latency_s, 1);
        late += latency_s > slo_s;
        if (!flow->books->warm)
            continue;
        const double parts_s[4] = {batch->items[i].waiting, batch->items[i].service, batch->items[i].network,
                                   batch->items[i].blocked};
        weir_paths_deliver(job->paths, batch->items[i].path, latency_s, parts_s);
    }
    job->counts.delivered += count;
    job->counts.late += late;
    struct weir_origin *origin = &job->origins[batch->edge];
    origin->delivered += count;
    origin->late += late;
    origin->bytes += (double)count * batch->item_bytes;
    if (flow->books->ledger)
        weir_account_results(flow->books, origin->host, job->sink.host, count, late, batch->item_bytes,
                             flow->clock->now_s);
    weir_batch_release(&flow->pool, batch);
}
