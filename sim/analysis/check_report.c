#include "sim/analysis/check_report.h"

#include <cjson/cJSON.h>
#include <math.h>
#include <stdio.h>

#include "sim/analysis/check_learning.h"
#include "sim/model/scenario_bounds.h"

enum { SHOWN = 5 }; /* operators, links and hosts of a preview */

void check_report_fini(struct check_report *report)
{
    weir_text_fini(&report->summary);
    weir_remarks_fini(&report->errors);
    weir_remarks_fini(&report->remarks);
    weir_preview_fini(&report->preview);
    weir_scenario_free(report->scenario);
    *report = (struct check_report){0};
}

void check_report_print(const struct check_report *report)
{
    if (report->ok)
        printf("%s: ok (%s)\n", report->path, weir_text_string(&report->summary));
    for (size_t i = 0; i < report->errors.count; i++)
        printf("%s%s\n", i ? "  and: " : "", report->errors.sentence[i]);
    for (size_t i = 0; i < report->remarks.count; i++)
        printf("  remark: %s\n", report->remarks.sentence[i]);
    if (report->remarks.dropped)
        printf("  remark: and %zu more\n", report->remarks.dropped);
    if (report->ok && report->preview.scenario)
        weir_preview_print(stdout, &report->preview, SHOWN);
    fflush(stdout);
}

static void add_sentences(cJSON *object, const char *key, const struct weir_remarks *sentences)
{
    cJSON *list = cJSON_AddArrayToObject(object, key);
    for (size_t i = 0; i < sentences->count; i++)
        cJSON_AddItemToArray(list, cJSON_CreateString(sentences->sentence[i]));
}

/* A number; null if it is none, as of what has no work. */
static void add_number(cJSON *object, const char *key, double value)
{
    if (isfinite(value))
        cJSON_AddNumberToObject(object, key, value);
    else
        cJSON_AddNullToObject(object, key);
}

static void add_ops(cJSON *object, const struct weir_preview *preview)
{
    cJSON *list = cJSON_AddArrayToObject(object, "operators");
    for (int i = 0; i < preview->op_count; i++) {
        const struct weir_preview_op *row = &preview->ops[i];
        const struct weir_job *job = &preview->scenario->workload->jobs[row->job];
        cJSON *op = cJSON_CreateObject();
        cJSON_AddStringToObject(op, "job", job->name);
        cJSON_AddStringToObject(op, "operator", job->operators[row->op].name);
        cJSON_AddNumberToObject(op, "instances", job->operators[row->op].parallelism);
        add_number(op, "mean_per_s", row->mean_per_s);
        add_number(op, "peak_per_s", row->peak_per_s);
        add_number(op, "capacity_per_s", row->capacity_per_s);
        add_number(op, "use", row->use);
        cJSON_AddItemToArray(list, op);
    }
}

static void add_links(cJSON *object, const struct weir_preview *preview)
{
    cJSON *list = cJSON_AddArrayToObject(object, "links");
    for (size_t i = 0; i < preview->link_count; i++) {
        cJSON *link = cJSON_CreateObject();
        cJSON_AddStringToObject(link, "link", preview->links[i].name);
        add_number(link, "peak_bytes_per_s", preview->links[i].bytes_per_s);
        add_number(link, "bandwidth_bytes_per_s", preview->links[i].bandwidth_bytes_per_s);
        add_number(link, "use", preview->links[i].bytes_per_s / preview->links[i].bandwidth_bytes_per_s);
        cJSON_AddItemToArray(list, link);
    }
}

static void add_hosts(cJSON *object, const struct weir_preview *preview)
{
    const struct weir_platform *platform = preview->scenario->platform;
    cJSON *list = cJSON_AddArrayToObject(object, "hosts");
    for (size_t h = 0; h < platform->host_count; h++) {
        const struct weir_host *spec = &platform->hosts[h];
        if (!preview->hosts[h].instances)
            continue;
        cJSON *host = cJSON_CreateObject();
        cJSON_AddStringToObject(host, "host", spec->name);
        cJSON_AddNumberToObject(host, "instances", preview->hosts[h].instances);
        add_number(host, "slots", spec->slots ? spec->slots : INFINITY);
        add_number(host, "busy_cores", preview->hosts[h].cores);
        cJSON_AddNumberToObject(host, "cores", spec->cores);
        add_number(host, "state_bytes", preview->hosts[h].state_bytes);
        add_number(host, "memory_bytes", spec->memory_bytes > 0 ? spec->memory_bytes : INFINITY);
        cJSON_AddItemToArray(list, host);
    }
}

static void add_needs(cJSON *object, const struct weir_preview *preview)
{
    struct weir_needs needs;
    weir_scenario_needs(preview->scenario, &needs);
    cJSON *run = cJSON_AddObjectToObject(object, "run");
    cJSON_AddNumberToObject(run, "items", round(needs.items));
    cJSON_AddNumberToObject(run, "memory_bytes", round(needs.memory_bytes));
    add_number(run, "services", round(preview->services));
    add_number(run, "processor_s", weir_preview_run_s(preview));
    cJSON_AddNumberToObject(run, "runs", (double)preview->scenario->stack_count * preview->scenario->seed_count);
}

static void add_record(cJSON *object, const struct weir_scenario *scenario)
{
    struct weir_record_size size;
    cJSON *record = cJSON_AddObjectToObject(object, "record");
    weir_scenario_record_size(scenario, scenario->record_operators, scenario->record_hosts, scenario->record_links,
                              &size);
    cJSON_AddStringToObject(record, "file", scenario->record_gzip ? "windows.csv.gz" : "windows.csv");
    cJSON_AddNumberToObject(record, "rows", round(size.rows));
    cJSON_AddNumberToObject(record, "bytes", round(size.bytes));
}

void check_report_add(const struct check_report *report, struct cJSON *files)
{
    cJSON *object = cJSON_CreateObject();
    cJSON_AddStringToObject(object, "file", report->path);
    if (report->kind)
        cJSON_AddStringToObject(object, "kind", report->kind);
    cJSON_AddBoolToObject(object, "ok", report->ok && !report->strict);
    if (report->ok)
        cJSON_AddStringToObject(object, "summary", weir_text_string(&report->summary));
    add_sentences(object, "errors", &report->errors);
    add_sentences(object, "remarks", &report->remarks);
    if (report->ok && report->preview.scenario) {
        cJSON *preview = cJSON_AddObjectToObject(object, "preview");
        add_ops(preview, &report->preview);
        add_links(preview, &report->preview);
        add_hosts(preview, &report->preview);
        add_needs(preview, &report->preview);
        add_record(preview, report->preview.scenario);
        weir_check_learning_add(report->preview.scenario, object);
    }
    cJSON_AddItemToArray(files, object);
}
