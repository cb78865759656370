/* The lists of result.json: jobs, operators, ways, kinds, sources, links. */
#include "sim/experiment/record_totals.h"

#include <math.h>
#include <stdio.h>

void weir_record_integer(cJSON *object, const char *key, unsigned long long value)
{
    char text[24];
    snprintf(text, sizeof text, "%llu", value);
    cJSON_AddRawToObject(object, key, text);
}

void weir_record_hash(cJSON *object, const char *key, unsigned long long value)
{
    char text[24];
    snprintf(text, sizeof text, "%016llx", value);
    cJSON_AddStringToObject(object, key, text);
}

static void add_parts(cJSON *at, double waiting_s, double service_s, double network_s, double blocked_s)
{
    cJSON_AddNumberToObject(at, "waiting_s", waiting_s);
    cJSON_AddNumberToObject(at, "service_s", service_s);
    cJSON_AddNumberToObject(at, "network_s", network_s);
    cJSON_AddNumberToObject(at, "blocked_s", blocked_s);
}

static void add_path(cJSON *paths, const struct weir_path_total *path)
{
    cJSON *at = cJSON_CreateObject();
    cJSON_AddStringToObject(at, "job", path->job);
    cJSON_AddStringToObject(at, "path", path->path);
    weir_record_integer(at, "delivered", path->delivered);
    cJSON_AddNumberToObject(at, "latency_mean_s", path->latency_mean_s);
    cJSON_AddNumberToObject(at, "latency_p50_s", path->latency_p50_s);
    cJSON_AddNumberToObject(at, "latency_p95_s", path->latency_p95_s);
    cJSON_AddNumberToObject(at, "latency_p99_s", path->latency_p99_s);
    add_parts(at, path->waiting_s, path->service_s, path->network_s, path->blocked_s);
    cJSON_AddItemToArray(paths, at);
}

static void add_kind(cJSON *kinds, const struct weir_kind_total *kind)
{
    cJSON *at = cJSON_CreateObject();
    cJSON_AddStringToObject(at, "job", kind->job);
    cJSON_AddStringToObject(at, "name", kind->name);
    weir_record_integer(at, "delivered", kind->delivered);
    weir_record_integer(at, "late", kind->late);
    cJSON_AddNumberToObject(at, "latency_mean_s", kind->latency_mean_s);
    cJSON_AddNumberToObject(at, "latency_p50_s", kind->latency_p50_s);
    cJSON_AddNumberToObject(at, "latency_p95_s", kind->latency_p95_s);
    cJSON_AddNumberToObject(at, "latency_p99_s", kind->latency_p99_s);
    cJSON_AddNumberToObject(at, "latency_max_s", kind->latency_max_s);
    cJSON_AddNumberToObject(at, "waiting_s", kind->waiting_s);
    cJSON_AddItemToArray(kinds, at);
}

static void add_source(cJSON *sources, const struct weir_source_total *source)
{
    cJSON *at = cJSON_CreateObject();
    cJSON_AddStringToObject(at, "job", source->job);
    cJSON_AddStringToObject(at, "name", source->name);
    weir_record_integer(at, "arrived", source->arrived);
    weir_record_integer(at, "emitted", source->emitted);
    weir_record_integer(at, "dropped_at_source", source->dropped_at_source);
    weir_record_integer(at, "backlog", source->backlog);
    weir_record_integer(at, "replayed", source->replayed);
    weir_record_integer(at, "dropped", source->dropped);
    weir_record_integer(at, "late", source->late);
    weir_record_integer(at, "delivered", source->delivered);
    weir_record_integer(at, "duplicates", source->duplicates);
    cJSON_AddNumberToObject(at, "latency_mean_s", source->latency_mean_s);
    cJSON_AddItemToArray(sources, at);
}

static void add_link(cJSON *links, const struct weir_link_total *link)
{
    cJSON *at = cJSON_CreateObject();
    cJSON_AddStringToObject(at, "name", link->name);
    cJSON_AddNumberToObject(at, "bytes", link->bytes);
    cJSON_AddNumberToObject(at, "use", link->use);
    cJSON_AddItemToArray(links, at);
}

static void add_job(cJSON *jobs, const struct weir_job_total *job)
{
    cJSON *at = cJSON_CreateObject();
    cJSON_AddStringToObject(at, "name", job->name);
    weir_record_integer(at, "arrived", job->arrived);
    weir_record_integer(at, "emitted", job->emitted);
    weir_record_integer(at, "dropped_at_source", job->dropped_at_source);
    weir_record_integer(at, "backlog", job->backlog);
    weir_record_integer(at, "delivered", job->delivered);
    weir_record_integer(at, "in_transit", job->in_transit);
    weir_record_integer(at, "replayed", job->replayed);
    weir_record_integer(at, "lost", job->lost);
    weir_record_integer(at, "held", job->held);
    weir_record_integer(at, "duplicates", job->duplicates);
    cJSON_AddNumberToObject(at, "due", job->due);
    cJSON_AddNumberToObject(at, "violations", job->violations);
    cJSON_AddNumberToObject(at, "latency_mean_s", job->latency_mean_s);
    cJSON_AddNumberToObject(at, "latency_p50_s", job->latency_p50_s);
    cJSON_AddNumberToObject(at, "latency_p95_s", job->latency_p95_s);
    cJSON_AddNumberToObject(at, "latency_p99_s", job->latency_p99_s);
    cJSON_AddNumberToObject(at, "latency_max_s", job->latency_max_s);
    add_parts(at, job->waiting_s, job->service_s, job->network_s, job->blocked_s);
    if (!isnan(job->energy_j))
        cJSON_AddNumberToObject(at, "energy_j", job->energy_j);
    weir_record_hash(at, "arrivals_hash", job->arrivals_hash);
    cJSON_AddItemToArray(jobs, at);
}

static void add_operator(cJSON *operators, const struct weir_operator_total *op)
{
    cJSON *at = cJSON_CreateObject();
    cJSON_AddStringToObject(at, "job", op->job);
    cJSON_AddStringToObject(at, "name", op->name);
    weir_record_integer(at, "arrived", op->arrived);
    weir_record_integer(at, "processed", op->processed);
    weir_record_integer(at, "emitted", op->emitted);
    weir_record_integer(at, "dropped", op->dropped);
    weir_record_integer(at, "queued", op->queued);
    weir_record_integer(at, "pending", op->pending);
    weir_record_integer(at, "in_transit", op->in_transit);
    weir_record_integer(at, "late", op->late);
    weir_record_integer(at, "lost_on_way", op->lost_on_way);
    weir_record_integer(at, "lost_inside", op->lost_inside);
    cJSON_AddNumberToObject(at, "waiting_s", op->waiting_s);
    cJSON_AddNumberToObject(at, "service_s", op->service_s);
    cJSON_AddNumberToObject(at, "blocked_s", op->blocked_s);
    cJSON_AddNumberToObject(at, "queue_mean", op->queue_mean);
    cJSON_AddNumberToObject(at, "queue_max", op->queue_max);
    cJSON_AddNumberToObject(at, "busy", op->busy);
    cJSON_AddNumberToObject(at, "backpressured", op->backpressured);
    cJSON_AddItemToArray(operators, at);
}

void weir_record_totals(cJSON *root, const struct weir_result *result)
{
    cJSON *jobs = cJSON_AddArrayToObject(root, "jobs");
    for (int i = 0; i < result->job_count; i++)
        add_job(jobs, &result->jobs[i]);
    cJSON *operators = cJSON_AddArrayToObject(root, "operators");
    for (int i = 0; i < result->operator_count; i++)
        add_operator(operators, &result->operators[i]);
    cJSON *paths = cJSON_AddArrayToObject(root, "paths");
    for (int i = 0; i < result->path_count; i++)
        add_path(paths, &result->paths[i]);
    cJSON *kinds = result->kind_count ? cJSON_AddArrayToObject(root, "kinds") : NULL;
    for (int i = 0; i < result->kind_count; i++)
        add_kind(kinds, &result->kinds[i]);
    cJSON *sources = result->source_count ? cJSON_AddArrayToObject(root, "sources") : NULL;
    for (int i = 0; i < result->source_count; i++)
        add_source(sources, &result->sources[i]);
    cJSON *links = cJSON_AddArrayToObject(root, "links");
    for (int i = 0; i < result->link_count; i++)
        add_link(links, &result->links[i]);
}
