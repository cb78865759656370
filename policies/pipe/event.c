#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "policies/pipe/message.h"

static void add_string(struct weir_text *text, const char *string)
{
    weir_text_add(text, "\"");
    for (; *string; string++) {
        if (*string == '"' || *string == '\\')
            weir_text_addf(text, "\\%c", *string);
        else if ((unsigned char)*string < 0x20 || *string == 0x7f)
            weir_text_addf(text, "\\u%04x", (unsigned)*string);
        else
            weir_text_add_bytes(text, string, 1);
    }
    weir_text_add(text, "\"");
}

/* 17 digits give the same double back; the point makes readers take a whole number as one, too. */
static void add_number(struct weir_text *text, double value)
{
    char digits[40];
    if (!isfinite(value)) {
        weir_text_add(text, "null");
        return;
    }
    snprintf(digits, sizeof digits, "%.17g", value);
    weir_text_add(text, digits);
    if (!strpbrk(digits, ".e"))
        weir_text_add(text, ".0");
}

/* Rows of a table name the members of a struct. */
struct field {
    const char *key;
    enum { NUMBER, WHOLE, TRUTH, STRING } type;
    size_t offset;
};

static void add_fields(struct weir_text *text, const struct field *fields, const void *base)
{
    for (const struct field *f = fields; f->key; f++) {
        const void *at = (const char *)base + f->offset;
        weir_text_addf(text, "%s\"%s\":", f == fields ? "" : ",", f->key);
        switch (f->type) {
        case NUMBER:
            add_number(text, *(const double *)at);
            break;
        case WHOLE:
            weir_text_addf(text, "%d", *(const int *)at);
            break;
        case TRUTH:
            weir_text_add(text, *(const bool *)at ? "true" : "false");
            break;
        case STRING:
            add_string(text, *(const char *const *)at);
            break;
        }
    }
}

#define HOST(member, type)                                                                                             \
    {                                                                                                                  \
#member, type, offsetof(struct weir_host_view, member)                                                         \
    }
static const struct field host_fields[] = {
    HOST(name, STRING),
    HOST(region, STRING),
    HOST(speed_flops_per_s, NUMBER),
    HOST(speed_gpu_flops_per_s, NUMBER),
    HOST(cores, WHOLE),
    HOST(slots, WHOLE),
    HOST(memory_bytes, NUMBER),
    HOST(price_per_core_s, NUMBER),
    HOST(up, TRUTH),
    HOST(instances, WHOLE),
    HOST(memory_used_bytes, NUMBER),
    HOST(cpu, NUMBER),
    HOST(memory_reported_bytes, NUMBER),
    HOST(disk_bytes_per_s, NUMBER),
    HOST(sent_bytes_per_s, NUMBER),
    HOST(received_bytes_per_s, NUMBER),
    {0},
};

#define OP(member, type)                                                                                               \
    {                                                                                                                  \
#member, type, offsetof(struct weir_operator_view, member)                                                     \
    }
static const struct field operator_fields[] = {
    OP(name, STRING),
    OP(flops_per_item, NUMBER),
    OP(in_bytes, NUMBER),
    OP(out_bytes, NUMBER),
    OP(selectivity, NUMBER),
    OP(stateful, TRUTH),
    OP(state_bytes, NUMBER),
    OP(max_parallelism, WHOLE),
    OP(window_s, NUMBER),
    OP(joins, TRUTH),
    OP(changing, TRUTH),
    OP(arrival_rate, NUMBER),
    OP(processed_rate, NUMBER),
    OP(output_rate, NUMBER),
    OP(true_rate, NUMBER),
    OP(true_output_rate, NUMBER),
    OP(busy, NUMBER),
    OP(idle, NUMBER),
    OP(backpressured, NUMBER),
    OP(occupancy, NUMBER),
    OP(queued, NUMBER),
    OP(latency_s, NUMBER),
    OP(waiting_s, NUMBER),
    OP(service_s, NUMBER),
    OP(blocked_s, NUMBER),
    OP(dropped_rate, NUMBER),
    {0},
};

#define JOB(member, type)                                                                                              \
    {                                                                                                                  \
#member, type, offsetof(struct weir_job_view, member)                                                          \
    }
static const struct field job_fields[] = {
    JOB(age_s, NUMBER),
    JOB(source_bytes, NUMBER),
    JOB(slo_s, NUMBER),
    JOB(declared_items_per_s, NUMBER),
    JOB(declared_items, NUMBER),
    JOB(ingress_rate, NUMBER),
    JOB(emitted_rate, NUMBER),
    JOB(backlog, NUMBER),
    JOB(source_backpressured, NUMBER),
    JOB(delivered_rate, NUMBER),
    JOB(late_rate, NUMBER),
    JOB(latency_mean_s, NUMBER),
    JOB(latency_p50_s, NUMBER),
    JOB(latency_p95_s, NUMBER),
    JOB(latency_p99_s, NUMBER),
    JOB(dropped_rate, NUMBER),
    {0},
};

static const struct field origin_fields[] = {
    {"delivered_rate", NUMBER, offsetof(struct weir_origin_view, delivered_rate)},
    {"late_rate", NUMBER, offsetof(struct weir_origin_view, late_rate)},
    {"bytes_per_s", NUMBER, offsetof(struct weir_origin_view, bytes_per_s)},
    {0},
};

static void add_host_name(struct weir_text *text, const struct weir_view *view, int host)
{
    if (host >= 0 && host < view->host_count)
        add_string(text, view->hosts[host].name);
    else
        weir_text_add(text, "null");
}

static void add_instances(struct weir_text *text, const char *key, const struct weir_view *view,
                          const struct weir_placement *instances, int count)
{
    weir_text_addf(text, ",\"%s\":[", key);
    for (int i = 0; i < count; i++) {
        weir_text_add(text, i ? ",{\"host\":" : "{\"host\":");
        add_host_name(text, view, instances[i].host);
        weir_text_add(text, ",\"weight\":");
        add_number(text, instances[i].weight);
        weir_text_add(text, ",\"cpu_share\":");
        add_number(text, instances[i].cpu_share);
        weir_text_add(text, "}");
    }
    weir_text_add(text, "]");
}

/* Neighbours by name; -1 is the source or the sink. */
static void add_neighbours(struct weir_text *text, const char *key, const struct weir_job_view *job, const int *indexes,
                           int count, const char *end)
{
    weir_text_addf(text, ",\"%s\":[", key);
    for (int i = 0; i < count; i++) {
        weir_text_add(text, i ? "," : "");
        add_string(text, indexes[i] < 0 ? end : job->operators[indexes[i]].name);
    }
    weir_text_add(text, "]");
}

static void add_sizes(struct weir_text *text, const char *key, const double *bytes, int count)
{
    weir_text_addf(text, ",\"%s\":[", key);
    for (int i = 0; i < count; i++) {
        weir_text_add(text, i ? "," : "");
        add_number(text, bytes[i]);
    }
    weir_text_add(text, "]");
}

/* Limits along edges; no limit, in the view infinity or no array at all, is null. */
static void add_rates(struct weir_text *text, const char *key, const double *rates, int count)
{
    weir_text_addf(text, ",\"%s\":[", key);
    for (int i = 0; i < count; i++) {
        weir_text_add(text, i ? "," : "");
        add_number(text, rates ? rates[i] : INFINITY);
    }
    weir_text_add(text, "]");
}

static void add_operator(struct weir_text *text, const struct weir_view *view, const struct weir_plan *plan, int j,
                         int o)
{
    const struct weir_job_view *job = &view->jobs[j];
    const struct weir_operator_view *op = &job->operators[o];
    weir_text_add(text, "{");
    add_fields(text, operator_fields, op);
    weir_text_addf(text, ",\"work_class\":\"%s\"", op->work_class == WEIR_VIEW_GPU ? "gpu" : "cpu");
    add_neighbours(text, "upstream", job, op->upstream, op->upstream_count, "source");
    add_sizes(text, "upstream_bytes", op->upstream_bytes, op->upstream_count);
    add_rates(text, "upstream_rates", op->upstream_rates, op->upstream_count);
    add_neighbours(text, "downstream", job, op->downstream, op->downstream_count, "sink");
    add_sizes(text, "downstream_bytes", op->downstream_bytes, op->downstream_count);
    add_rates(text, "downstream_rates", op->downstream_rates, op->downstream_count);
    add_instances(text, "instances", view, op->instances, op->instance_count);
    if (plan) {
        int count;
        const struct weir_placement *planned = weir_plan_get(plan, j, o, &count);
        add_instances(text, "planned", view, planned, count);
    }
    weir_text_add(text, ",\"where\":[");
    for (int i = 0; i < op->where_count; i++) {
        weir_text_add(text, i ? "," : "");
        add_host_name(text, view, op->where[i]);
    }
    weir_text_add(text, "]}");
}

/* The hosts that results came from. */
static void add_origins(struct weir_text *text, const struct weir_view *view, const struct weir_job_view *job)
{
    weir_text_add(text, ",\"origins\":[");
    for (int i = 0; i < job->origin_count; i++) {
        weir_text_add(text, i ? ",{\"host\":" : "{\"host\":");
        add_host_name(text, view, job->origins[i].host);
        weir_text_add(text, ",");
        add_fields(text, origin_fields, &job->origins[i]);
        weir_text_add(text, "}");
    }
    weir_text_add(text, "]");
}

static void add_job(struct weir_text *text, const struct weir_view *view, const struct weir_plan *plan, int j)
{
    const struct weir_job_view *job = &view->jobs[j];
    weir_text_add(text, "{\"name\":");
    add_string(text, job->name);
    weir_text_addf(text, ",\"running\":%s", job->running ? "true" : "false");
    if (job->running) {
        weir_text_add(text, ",\"source_host\":");
        add_host_name(text, view, job->source_host);
        weir_text_add(text, ",\"sink_host\":");
        add_host_name(text, view, job->sink_host);
        weir_text_add(text, ",");
        add_fields(text, job_fields, job);
        add_origins(text, view, job);
        weir_text_add(text, ",\"operators\":[");
        for (int o = 0; o < job->operator_count; o++) {
            weir_text_add(text, o ? "," : "");
            add_operator(text, view, plan, j, o);
        }
        weir_text_add(text, "]");
    }
    weir_text_add(text, "}");
}

static void add_host(struct weir_text *text, const struct weir_view *view, const struct weir_plan *plan, int h)
{
    static const char *const tiers[] = {"device", "edge", "cloud"};
    const struct weir_host_view *host = &view->hosts[h];
    weir_text_add(text, "{");
    add_fields(text, host_fields, host);
    weir_text_addf(text, ",\"tier\":\"%s\"", tiers[host->tier]);
    if (plan) {
        int slots = weir_plan_free_slots(plan, h);
        if (slots == INT_MAX)
            weir_text_add(text, ",\"free_slots\":null");
        else
            weir_text_addf(text, ",\"free_slots\":%d", slots);
    }
    weir_text_add(text, "}");
}

/* A square of numbers, a row for each host that a route begins at. */
static void add_square(struct weir_text *text, const char *key, const struct weir_view *view,
                       double (*at)(const struct weir_view *view, int from, int to))
{
    weir_text_addf(text, "\"%s\":[", key);
    for (int from = 0; from < view->host_count; from++) {
        weir_text_add(text, from ? ",[" : "[");
        for (int to = 0; to < view->host_count; to++) {
            weir_text_add(text, to ? "," : "");
            add_number(text, at(view, from, to));
        }
        weir_text_add(text, "]");
    }
    weir_text_add(text, "]");
}

/* The platform's links, and which of them each route takes, by number. */
static void add_links(struct weir_text *text, const struct weir_view *view)
{
    enum { LINKS_MAX = 256 };
    int links[LINKS_MAX];
    weir_text_add(text, "\"link_names\":[");
    for (int l = 0; l < view->link_count; l++) {
        weir_text_add(text, l ? "," : "");
        add_string(text, view->links[l].name);
    }
    weir_text_add(text, "],\"link_bytes_per_s\":[");
    for (int l = 0; l < view->link_count; l++) {
        weir_text_add(text, l ? "," : "");
        add_number(text, view->links[l].bytes_per_s);
    }
    weir_text_add(text, "],\"link_latency_s\":[");
    for (int l = 0; l < view->link_count; l++) {
        weir_text_add(text, l ? "," : "");
        add_number(text, view->links[l].latency_s);
    }
    weir_text_add(text, "],\"links\":[");
    for (int from = 0; from < view->host_count; from++) {
        weir_text_add(text, from ? ",[" : "[");
        for (int to = 0; to < view->host_count; to++) {
            int count = view->route_links ? view->route_links(view, from, to, links, LINKS_MAX) : 0;
            weir_text_add(text, to ? ",[" : "[");
            for (int l = 0; l < count && l < LINKS_MAX; l++)
                weir_text_addf(text, l ? ",%d" : "%d", links[l]);
            weir_text_add(text, "]");
        }
        weir_text_add(text, "]");
    }
    weir_text_add(text, "]");
}

static void add_view(struct weir_text *text, const struct weir_view *view, const struct weir_plan *plan, bool routes)
{
    weir_text_add(text, "{\"time_s\":");
    add_number(text, view->time_s);
    weir_text_add(text, ",\"window_s\":");
    add_number(text, view->window_s);
    weir_text_addf(text, ",\"window\":%ld,\"restart_s\":", view->window);
    add_number(text, view->restart_s ? view->restart_s(view) : 0);
    weir_text_add(text, ",\"hosts\":[");
    for (int h = 0; h < view->host_count; h++) {
        weir_text_add(text, h ? "," : "");
        add_host(text, view, plan, h);
    }
    weir_text_add(text, "],\"jobs\":[");
    for (int j = 0; j < view->job_count; j++) {
        weir_text_add(text, j ? "," : "");
        add_job(text, view, plan, j);
    }
    weir_text_add(text, "]");
    if (routes) {
        weir_text_add(text, ",\"routes\":{");
        add_square(text, "latency_s", view, view->route_latency_s);
        weir_text_add(text, ",");
        add_square(text, "bytes_per_s", view, view->route_bytes_per_s);
        weir_text_add(text, ",");
        add_links(text, view);
        weir_text_add(text, "}");
    }
    weir_text_add(text, "}");
}

void weir_pipe_add_hello(struct weir_text *text, unsigned long long seed, const char *stream, const char *params)
{
    weir_text_addf(text, "{\"hello\":{\"abi\":%u,\"seed\":%llu,\"stream\":", WEIR_POLICY_ABI, seed);
    add_string(text, stream);
    weir_text_addf(text, ",\"params\":%s}}\n", params);
}

void weir_pipe_add_event(struct weir_text *text, const char *event, int job, const struct weir_view *view,
                         const struct weir_plan *plan, bool routes)
{
    weir_text_addf(text, "{\"event\":\"%s\"", event);
    if (job >= 0) {
        weir_text_add(text, ",\"job\":");
        add_string(text, view->jobs[job].name);
    }
    weir_text_add(text, ",\"view\":");
    add_view(text, view, plan, routes);
    weir_text_add(text, "}\n");
}
