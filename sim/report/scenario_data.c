#include "sim/report/scenario_data.h"

#include <math.h>
#include <stdlib.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/experiment/files.h"
#include "sim/model/scenario.h"
#include "sim/report/data.h"

/* What is beyond can be named by the results all the same: its tier or objective is not known then. */
#define HOSTS_MOST 2000
#define JOBS_MOST  2000

static const char *host_name(const struct weir_scenario *scenario, int host)
{
    return host >= 0 ? scenario->platform->hosts[host].name : "";
}

/* Operators by name, and edges as [from, to, bytes an item], -1 for source and sink. */
static void add_graph(struct weir_text *text, const struct weir_job *job)
{
    weir_text_add(text, ",\"ops\":[");
    for (int o = 0; o < job->operator_count; o++) {
        const struct weir_operator *op = &job->operators[o];
        weir_text_add(text, "{\"name\":");
        weir_data_string(text, op->name);
        weir_text_addf(text, ",\"capacity\":%ld,\"state\":%d},", op->input_capacity,
                       op->state_bytes > 0 || op->state_bytes_per_item > 0);
    }
    weir_data_end(text);
    weir_text_add(text, "],\"edges\":[");
    for (int e = 0; e < job->edge_count; e++)
        weir_text_addf(text, "[%d,%d,%.6g],", job->edges[e].from, job->edges[e].to, job->edges[e].bytes);
    weir_data_end(text);
    weir_text_add(text, "]");
}

/* Then it is at no host of its own. */
static bool sink_moves(const struct weir_scenario *scenario, int job)
{
    return weir_mobility_sink(&scenario->mobility, job) >= 0;
}

static void add_jobs(struct weir_text *text, const struct weir_scenario *scenario, struct weir_results *results)
{
    const struct weir_workload *workload = scenario->workload;
    weir_text_add(text, "\"jobs\":[");
    for (int j = 0; j < workload->job_count && j < JOBS_MOST; j++) {
        const struct weir_job *job = &workload->jobs[j];
        weir_text_add(text, "{\"name\":");
        weir_data_string(text, job->name);
        weir_text_add(text, ",\"source\":");
        weir_data_string(text, host_name(scenario, job->source_host));
        weir_text_add(text, ",\"sink\":");
        weir_data_string(text, sink_moves(scenario, j) ? "" : host_name(scenario, job->sink_host));
        if (isfinite(job->slo_s))
            weir_text_addf(text, ",\"slo\":%.6g", job->slo_s);
        int like = j;
        for (int k = 0; k < j && like == j; k++)
            if (workload->jobs[k].operators == job->operators)
                like = k;
        if (like < j)
            weir_text_addf(text, ",\"like\":%d", like);
        else
            add_graph(text, job);
        weir_text_add(text, "},");
    }
    weir_data_end(text);
    weir_text_add(text, "]");
    if (workload->job_count > JOBS_MOST)
        weir_results_tell(results, "The workload has %d jobs; graphs and objectives of the first %d are in the page",
                          workload->job_count, JOBS_MOST);
}

static void add_hosts(struct weir_text *text, const struct weir_platform *platform, struct weir_results *results)
{
    weir_text_add(text, "\"hosts\":[");
    for (size_t h = 0; h < platform->host_count && h < HOSTS_MOST; h++) {
        const struct weir_host *host = &platform->hosts[h];
        weir_text_add(text, "[");
        weir_data_string(text, host->name);
        weir_text_addf(text, ",%d,", (int)host->tier);
        weir_data_string(text, host->region);
        weir_text_addf(text, ",%d", host->cores);
        if (host->has_place)
            weir_text_addf(text, ",%.6g,%.6g", host->place[0], host->place[1]);
        weir_text_add(text, "],");
    }
    weir_data_end(text);
    weir_text_add(text, "]");
    if (platform->host_count > HOSTS_MOST)
        weir_results_tell(results, "The platform has %zu hosts; the tiers of the first %d are in the page",
                          platform->host_count, HOSTS_MOST);
}

void weir_scenario_data(struct weir_text *text, struct weir_results *results)
{
    struct weir_scenario *scenario = NULL;
    char *path = weir_format("%s/scenario.json", results->folder);
    if (results->kind == WEIR_RESULTS_RUN) {
        weir_text_add(text, "null"); /* `weir run` keeps no inputs */
    } else if (!weir_file_exists(path)) {
        weir_results_tell(results, "%s is not there: the page knows no tiers and no objectives", path);
        weir_text_add(text, "null");
    } else if (weir_scenario_read(path, NULL, &scenario) != WEIR_OK) {
        weir_results_tell(results,
                          "The scenario cannot be read any more, so that the page knows no tiers and no objectives: %s",
                          weir_error_message());
        weir_error_clear();
        weir_text_add(text, "null");
    } else {
        weir_text_addf(text, "{\"duration\":%.10g,\"warmup\":%.10g,\"window\":%.10g,", scenario->duration_s,
                       scenario->warmup_s, scenario->window_s);
        add_hosts(text, scenario->platform, results);
        weir_text_add(text, ",");
        add_jobs(text, scenario, results);
        weir_text_add(text, "}");
    }
    weir_scenario_free(scenario);
    free(path);
}
