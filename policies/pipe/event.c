#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policies/pipe/message.h"
#include "sim/api/view_fields.h"
#include "sim/base/memory.h"

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

static void add_host_name(struct weir_text *text, const struct weir_view *view, int host)
{
    if (host >= 0 && host < view->host_count)
        weir_text_add_quoted(text, view->hosts[host].name);
    else
        weir_text_add(text, "null");
}

struct sending {
    struct weir_text *text;
    const struct weir_view *view;
    const struct weir_plan *plan; /* what it holds so far is sent, too; NULL: there is none */
    int job;                      /* of which operators are being sent */
    const bool *wanted;           /* by row of weir_view_fields; NULL: all */
};

static void add_record(struct sending *sending, enum weir_view_record of, const void *record, int index);

static void add_element(struct sending *sending, const struct weir_view_field *field, const void *array, int i)
{
    struct weir_text *text = sending->text;
    const struct weir_job_view *job = &sending->view->jobs[sending->job];
    switch (field->kind) {
    case WEIR_FIELD_NUMBERS:
        add_number(text, ((const double *)array)[i]);
        break;
    case WEIR_FIELD_LIMITS:
        add_number(text, array ? ((const double *)array)[i] : INFINITY);
        break;
    case WEIR_FIELD_HOSTS:
        add_host_name(text, sending->view, ((const int *)array)[i]);
        break;
    case WEIR_FIELD_UPSTREAM:
    case WEIR_FIELD_DOWNSTREAM:
        if (((const int *)array)[i] >= 0)
            weir_text_add_quoted(text, job->operators[((const int *)array)[i]].name);
        else
            weir_text_add_quoted(text, field->kind == WEIR_FIELD_UPSTREAM ? "source" : "sink");
        break;
    default:
        add_record(sending, field->elements, (const char *)array + (size_t)i * weir_view_record_sizes[field->elements],
                   i);
    }
}

static void add_array(struct sending *sending, const struct weir_view_field *field, const void *array, int count)
{
    weir_text_add(sending->text, "[");
    for (int i = 0; i < count; i++) {
        weir_text_add(sending->text, i ? "," : "");
        add_element(sending, field, array, i);
    }
    weir_text_add(sending->text, "]");
}

static void add_value(struct sending *sending, const struct weir_view_field *field, const void *record)
{
    struct weir_text *text = sending->text;
    const void *at = weir_field_at(field, record);
    switch (field->kind) {
    case WEIR_FIELD_NUMBER:
        add_number(text, *(const double *)at);
        break;
    case WEIR_FIELD_WHOLE:
        weir_text_addf(text, "%d", *(const int *)at);
        break;
    case WEIR_FIELD_LONG:
        weir_text_addf(text, "%ld", *(const long *)at);
        break;
    case WEIR_FIELD_TRUTH:
        weir_text_add(text, *(const bool *)at ? "true" : "false");
        break;
    case WEIR_FIELD_STRING:
        weir_text_add_quoted(text, *(const char *const *)at);
        break;
    case WEIR_FIELD_TIER:
        weir_text_add_quoted(text, weir_view_tier_names[*(const enum weir_view_tier *)at]);
        break;
    case WEIR_FIELD_CLASS:
        weir_text_add_quoted(text, weir_view_class_names[*(const enum weir_view_class *)at]);
        break;
    case WEIR_FIELD_HOST:
        add_host_name(text, sending->view, *(const int *)at);
        break;
    case WEIR_FIELD_FUNCTION: /* the only one that is sent with every event */
        add_number(text, sending->view->restart_s ? sending->view->restart_s(sending->view) : 0);
        break;
    case WEIR_FIELD_COUNT:
    case WEIR_FIELD_ENGINE:
        break;
    default:
        add_array(sending, field, *(const void *const *)at, weir_field_count(field, record));
    }
}

/* What the plan has for an operator or a host so far. */
static void add_planned(struct sending *sending, enum weir_view_record of, int index)
{
    struct weir_text *text = sending->text;
    if (of == WEIR_OF_OPERATOR) {
        int count;
        const struct weir_placement *planned = weir_plan_get(sending->plan, sending->job, index, &count);
        weir_text_add(text, ",\"planned\":[");
        for (int i = 0; i < count; i++) {
            weir_text_add(text, i ? "," : "");
            add_record(sending, WEIR_OF_INSTANCE, &planned[i], i);
        }
        weir_text_add(text, "]");
    } else if (of == WEIR_OF_HOST) {
        int slots = weir_plan_free_slots(sending->plan, index);
        weir_text_addf(text, slots == INT_MAX ? ",\"free_slots\":null" : ",\"free_slots\":%d", slots);
    }
}

/* An object with the members of a record that are sent. */
static void add_record(struct sending *sending, enum weir_view_record of, const void *record, int index)
{
    if (of == WEIR_OF_JOB)
        sending->job = index;
    bool gone = of == WEIR_OF_JOB && !sending->view->jobs[index].running;
    const char *separator = "{";
    for (const struct weir_view_field *f = weir_view_fields; f->name; f++) {
        if (f->of != of || (sending->wanted && !sending->wanted[f - weir_view_fields]) ||
            (gone ? f->way != WEIR_SENT_ALWAYS : f->way > WEIR_SENT_ALWAYS))
            continue;
        weir_text_addf(sending->text, "%s\"%s\":", separator, f->name);
        add_value(sending, f, record);
        separator = ",";
    }
    if (sending->plan)
        add_planned(sending, of, index);
    if (of != WEIR_OF_VIEW)
        weir_text_add(sending->text, "}");
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

/* The numbers of the links on a route. */
static void add_route(struct weir_text *text, const struct weir_view *view, int from, int to)
{
    int count = view->route_links ? view->route_links(view, from, to, NULL, 0) : 0;
    int *links = weir_alloc((size_t)count, sizeof *links);
    if (count)
        view->route_links(view, from, to, links, count);
    weir_text_add(text, "[");
    for (int l = 0; l < count; l++)
        weir_text_addf(text, l ? ",%d" : "%d", links[l]);
    weir_text_add(text, "]");
    free(links);
}

/* The platform's links, and which of them each route takes. */
static void add_links(struct weir_text *text, const struct weir_view *view)
{
    weir_text_add(text, "\"link_names\":[");
    for (int l = 0; l < view->link_count; l++) {
        weir_text_add(text, l ? "," : "");
        weir_text_add_quoted(text, view->links[l].name);
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
            weir_text_add(text, to ? "," : "");
            add_route(text, view, from, to);
        }
        weir_text_add(text, "]");
    }
    weir_text_add(text, "]");
}

static void add_view(struct weir_text *text, const struct weir_view *view, const struct weir_plan *plan, bool routes,
                     const bool *wanted)
{
    struct sending sending = {.text = text, .view = view, .plan = plan, .wanted = wanted};
    add_record(&sending, WEIR_OF_VIEW, view, 0);
    if (routes) {
        weir_text_add(text, ",\"routes\":{");
        add_square(text, "latency_s", view, view->route_latency_s);
        weir_text_add(text, ",");
        add_square(text, "bytes_per_s", view, view->route_bytes_per_s);
        weir_text_add(text, ",");
        if (view->traffic_price) {
            add_square(text, "traffic_price", view, view->traffic_price);
            weir_text_add(text, ",");
        }
        add_links(text, view);
        weir_text_add(text, "}");
    }
    weir_text_add(text, "}");
}

void weir_pipe_add_item(struct weir_text *text, const struct weir_view *view, const struct weir_routing *item)
{
    const struct weir_job_view *job = &view->jobs[item->job];
    weir_text_add(text, "{\"event\":\"route\",\"time_s\":");
    add_number(text, item->time_s);
    weir_text_add(text, ",\"job\":");
    weir_text_add_quoted(text, job->name);
    weir_text_add(text, ",\"op\":");
    weir_text_add_quoted(text, job->operators[item->op].name);
    weir_text_add(text, ",\"from\":");
    weir_text_add_quoted(text, item->from < 0 ? "source" : job->operators[item->from].name);
    weir_text_add(text, ",\"host\":");
    add_host_name(text, view, item->host);
    weir_text_add(text, ",\"bytes\":");
    add_number(text, item->bytes);
    weir_text_addf(text, item->choice < 0 ? ",\"choice\":null" : ",\"choice\":%d", item->choice);
    weir_text_add(text, ",\"candidates\":[");
    for (int c = 0; c < item->count; c++) {
        const struct weir_candidate *candidate = &item->candidates[c];
        weir_text_add(text, c ? ",{\"host\":" : "{\"host\":");
        add_host_name(text, view, candidate->host);
        weir_text_addf(text, ",\"instances\":%d,\"weight\":", candidate->instances);
        add_number(text, candidate->weight);
        weir_text_addf(text, ",\"waiting\":%ld,\"coming\":%ld,\"serving\":%ld}", candidate->waiting, candidate->coming,
                       candidate->serving);
    }
    weir_text_add(text, "]}\n");
}

void weir_pipe_add_hello(struct weir_text *text, unsigned long long seed, const char *stream, const char *params)
{
    weir_text_addf(text, "{\"hello\":{\"abi\":%u,\"seed\":%llu,\"stream\":", WEIR_POLICY_ABI, seed);
    weir_text_add_quoted(text, stream);
    weir_text_addf(text, ",\"params\":%s}}\n", params);
}

void weir_pipe_add_event(struct weir_text *text, const char *event, int job, const struct weir_view *view,
                         const struct weir_plan *plan, bool routes, const bool *wanted)
{
    weir_text_addf(text, "{\"event\":\"%s\"", event);
    if (job >= 0) {
        weir_text_add(text, ",\"job\":");
        weir_text_add_quoted(text, view->jobs[job].name);
    }
    weir_text_add(text, ",\"view\":");
    add_view(text, view, plan, routes, wanted);
    weir_text_add(text, "}\n");
}
