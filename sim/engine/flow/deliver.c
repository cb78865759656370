#include "sim/engine/flow/deliver.h"

#include "sim/base/memory.h"
#include "sim/engine/flow/again.h"
#include "sim/engine/flow/kinds.h"
#include "sim/engine/flow/source.h"

int weir_origin_of(struct weir_run_job *job, int host)
{
    for (size_t o = 0; o < job->origin_count; o++)
        if (job->origins[o].host == host)
            return (int)o;
    WEIR_ONE_MORE(job->origins, job->origin_count, job->origin_capacity);
    job->origins[job->origin_count] = (struct weir_origin){.host = host};
    return (int)job->origin_count++;
}

void weir_count_delivery(struct weir_run_job *job, struct weir_batch *batch)
{
    if (!weir_segments_hold(job, batch))
        weir_count_results(job, batch);
}

/* Whether the result has been delivered before the job went back to a checkpoint. A window's result may be of another
 * kind in each play. */
static bool is_again(const struct weir_run_job *job, const struct weir_item *item)
{
    struct weir_segments *segments = job->segments;
    if (!segments || job->flow->scenario->recovery.exactly_once)
        return false;
    uint64_t way = item->path; /* of a join's result it may be another in each play, but for the last step */
    int from = weir_paths_back(job->paths, &way);
    return weir_again_item(segments->again, segments->epoch, weir_kind_like(job, item->id, 0), from, item->birth);
}

void weir_count_results(struct weir_run_job *job, struct weir_batch *batch)
{
    struct weir_flow *flow = job->flow;
    uint64_t count = (uint64_t)batch->count, late = 0, again = 0;
    double slo_s = job->slo_s;
    bool by_source = job->source_count > 1 || job->moves;
    for (int i = 0; i < batch->count; i++) {
        bool known = is_again(job, &batch->items[i]);
        if (by_source)
            weir_source_delivers(job, &batch->items[i], known);
        if (known) {
            again++;
            continue;
        }
        double latency_s = batch->items[i].at - batch->items[i].birth;
        weir_histogram_add(&job->window, latency_s, 1);
        if (latency_s > slo_s)
            late++;
        else if (job->due)
            weir_due_met(job, batch->items[i].birth);
        if (!flow->books->warm)
            continue;
        const double parts_s[4] = {batch->items[i].waiting, batch->items[i].service, batch->items[i].network,
                                   batch->items[i].blocked};
        weir_paths_deliver(job->paths, batch->items[i].path, latency_s, parts_s);
        if (job->kinds)
            weir_kinds_deliver(job, &batch->items[i]);
    }
    count -= again;
    job->counts.delivered += count;
    job->counts.late += late;
    job->counts.duplicates += again;
    struct weir_origin *origin = &job->origins[batch->edge];
    origin->delivered += count;
    origin->late += late;
    origin->bytes += (double)batch->count * batch->item_bytes;
    if (flow->books->ledger)
        weir_account_results(flow->books, origin->host, job->sink.host, count, late, again, batch->item_bytes,
                             flow->clock->now_s);
    weir_batch_release(&flow->pool, batch);
}
