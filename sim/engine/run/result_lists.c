#include "sim/engine/run/result_lists.h"

#include <math.h>

#include "sim/base/memory.h"
#include "sim/base/text.h"
#include "sim/engine/flow/kinds.h"
#include "sim/engine/flow/source.h"

double weir_result_mean(double sum, double count)
{
    return count > 0 ? sum / count : NAN;
}

void weir_result_add_kinds(const struct weir_run_job *job, struct weir_result *result)
{
    int count = job->spec->kind_count;
    if (!count)
        return;
    result->kinds = weir_resize(result->kinds, (size_t)result->kind_count + (size_t)count, sizeof *result->kinds);
    for (int k = 0; k < count; k++) {
        const struct weir_kind_count *of = &job->kinds->counts[k];
        double delivered = (double)of->latency.count;
        result->kinds[result->kind_count++] = (struct weir_kind_total){
            .job = job->spec->name,
            .name = job->spec->kinds[k].name,
            .delivered = of->latency.count,
            .late = of->late,
            .latency_mean_s = weir_result_mean(of->latency.sum, delivered),
            .latency_p50_s = weir_histogram_quantile(&of->latency, 0.5),
            .latency_p95_s = weir_histogram_quantile(&of->latency, 0.95),
            .latency_p99_s = weir_histogram_quantile(&of->latency, 0.99),
            .latency_max_s = weir_histogram_quantile(&of->latency, 1),
            .waiting_s = weir_result_mean(of->waiting_s, delivered),
        };
    }
}

void weir_result_add_sources(const struct weir_run_job *job, struct weir_result *result)
{
    int count = job->source_count;
    if (count < 2)
        return;
    result->sources =
        weir_resize(result->sources, (size_t)result->source_count + (size_t)count, sizeof *result->sources);
    for (int s = 0; s < count; s++) {
        const struct weir_source *source = weir_source_at(job, s);
        const struct weir_source_counts *now = &source->counts, *then = &source->counts_at_warmup;
        result->sources[result->source_count++] = (struct weir_source_total){
            .job = job->spec->name,
            .name = weir_source_name(source),
            .arrived = now->arrived,
            .emitted = now->emitted,
            .dropped_at_source = now->dropped_at_source,
            .backlog = weir_source_waiting_at(source, job->flow->clock->now_s),
            .replayed = now->replayed,
            .dropped = now->dropped,
            .late = now->late,
            .delivered = now->delivered,
            .duplicates = now->duplicates,
            .latency_mean_s =
                weir_result_mean(now->latency_s - then->latency_s, (double)(now->delivered - then->delivered)),
        };
    }
}

void weir_result_fill_links(const struct weir_books *books, struct weir_result *result)
{
    double could_s = books->scenario->duration_s;
    result->links = weir_alloc((size_t)books->link_count, sizeof *result->links);
    for (int l = 0; l < books->link_count; l++) {
        const struct weir_link_book *link = &books->links[l];
        if (link->bytes > 0)
            result->links[result->link_count++] = (struct weir_link_total){
                weir_copy(link->name), link->bytes,
                could_s * link->bytes_per_s > 0 ? link->bytes / (could_s * link->bytes_per_s) : 0};
    }
}
