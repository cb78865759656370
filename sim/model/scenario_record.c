/* "record": which rows windows.csv holds, and how large it will be. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/remark.h"
#include "sim/model/initial.h"
#include "sim/model/scenario_keys.h"
#include "sim/model/scenario_parts.h"

/* By default files beyond this are compressed, and rows are left out beyond what report reads. */
#define PLAIN_AT_MOST 64e6
#define TEXT_AT_MOST  1e9

/* Rows of each window, and the bytes of their metrics' names, as weir_report_window (sim/engine/control) tells them. */
enum {
    JOB_ROWS = 10,
    JOB_BYTES = 122,
    DEVICE_ROWS = 4, /* of those whose sources move */
    DEVICE_BYTES = 33,
    SOURCE_ROWS = 6, /* of each of several of a job */
    SOURCE_BYTES = 69,
    DUE_ROWS = 2, /* of jobs with an objective */
    DUE_BYTES = 22,
    OPERATOR_ROWS = 14,
    OPERATOR_BYTES = 119,
    HOST_ROWS = 6,
    HOST_BYTES = 34,
    LINK_BYTES = 3,
    COMMAS = 6,       /* and the end of the line */
    VALUE_BYTES = 7,  /* on average */
    HOSTS_SEEN = 1000 /* of platforms with more hosts those count that jobs use at first */
};

/* Adds rows that have a name of so many bytes, in so many windows. */
static void add(struct weir_record_size *size, double windows, double rows, double metric_bytes, double name_bytes)
{
    size->rows += windows * rows;
    size->bytes += windows * (metric_bytes + rows * (COMMAS + VALUE_BYTES + name_bytes));
}

static void add_device(const struct weir_scenario *scenario, double windows, double name_bytes,
                       struct weir_record_size *size)
{
    int host = scenario->mobility.access[0].host;
    add(size, windows, DEVICE_ROWS, DEVICE_BYTES, name_bytes + (double)strlen(scenario->platform->hosts[host].name));
}

/* Of a source or a sink that moves; and of each of several sources. */
static void add_sources(const struct weir_scenario *scenario, int j, double windows, double name_bytes,
                        struct weir_record_size *size)
{
    const struct weir_job *job = &scenario->workload->jobs[j];
    bool several = job->source_count > 1;
    for (int s = 0; s == 0 || s < job->source_count; s++) {
        double name = name_bytes + (several ? (double)strlen(job->sources[s].name) : 0);
        if (several)
            add(size, windows, SOURCE_ROWS, SOURCE_BYTES, name);
        if (weir_mobility_device(&scenario->mobility, j, s) >= 0)
            add_device(scenario, windows, name, size);
    }
    int sink = weir_mobility_sink(&scenario->mobility, j);
    if (sink >= 0 && sink != weir_mobility_device(&scenario->mobility, j, 0))
        add_device(scenario, windows, name_bytes, size);
}

static void add_jobs(const struct weir_scenario *scenario, bool operators, double time_bytes,
                     struct weir_record_size *size)
{
    for (int j = 0; j < scenario->workload->job_count; j++) {
        const struct weir_job *job = &scenario->workload->jobs[j];
        double windows = (fmin(job->depart_s, scenario->duration_s) - job->arrive_s) / scenario->window_s;
        double name = time_bytes + (double)strlen(job->name);
        if (!(windows > 0))
            continue;
        add(size, windows, JOB_ROWS, JOB_BYTES, name);
        add_sources(scenario, j, windows, name, size);
        if (isfinite(job->slo_s))
            add(size, windows, DUE_ROWS, DUE_BYTES, name);
        for (int o = 0; operators && o < job->operator_count; o++)
            add(size, windows, OPERATOR_ROWS, OPERATOR_BYTES, name + (double)strlen(job->operators[o].name));
    }
}

/* Marks the hosts that jobs use at first; returns how many. */
static size_t mark_hosts(const struct weir_scenario *scenario, bool *used)
{
    const struct weir_workload *workload = scenario->workload;
    struct weir_initial initial;
    size_t count = 0;
    weir_initial_place(scenario, workload->job_count, &initial);
    for (int j = 0; j < workload->job_count; j++) {
        int ends[] = {workload->jobs[j].source_host, workload->jobs[j].sink_host};
        for (int e = 0; e < 2; e++)
            if (ends[e] >= 0)
                used[ends[e]] = true;
    }
    for (size_t h = 0; h < scenario->platform->host_count; h++)
        count += used[h] = used[h] || initial.instances[h];
    weir_initial_fini(&initial);
    return count;
}

static void add_platform(const struct weir_scenario *scenario, bool hosts, bool links, double time_bytes,
                         struct weir_record_size *size)
{
    const struct weir_platform *platform = scenario->platform;
    double windows = scenario->duration_s / scenario->window_s, share = 1;
    bool many = platform->host_count > HOSTS_SEEN, *used = weir_alloc(platform->host_count + 1, sizeof *used);
    if (many)
        share = (double)mark_hosts(scenario, used) / (double)platform->host_count;
    for (size_t h = 0; hosts && h < platform->host_count; h++)
        if (!many || used[h])
            add(size, windows, HOST_ROWS, HOST_BYTES, time_bytes + (double)strlen(platform->hosts[h].name));
    for (size_t l = 0; links && l < platform->link_count; l++)
        add(size, windows * share, 1, LINK_BYTES, time_bytes + (double)strlen(platform->links[l].name));
    free(used);
}

void weir_scenario_record_size(const struct weir_scenario *scenario, bool operators, bool hosts, bool links,
                               struct weir_record_size *size)
{
    char time[32];
    double middle = floor(scenario->duration_s / scenario->window_s / 2) * scenario->window_s;
    double time_bytes = snprintf(time, sizeof time, "%.10g", middle);
    *size = (struct weir_record_size){0};
    add_jobs(scenario, operators, time_bytes, size);
    if (hosts || links)
        add_platform(scenario, hosts, links, time_bytes, size);
}

/* Leaves out what nobody asked for of a file that would be too large, the least told of first. */
static void choose_rows(const bool given[3], struct weir_scenario *scenario, struct weir_record_size *size)
{
    bool *const rows[] = {&scenario->record_links, &scenario->record_hosts, &scenario->record_operators};
    static const char *const names[] = {"links", "hosts", "operators"};
    double whole = size->bytes;
    for (int i = 0; i < 3 && size->bytes > TEXT_AT_MOST; i++) {
        if (given[i])
            continue;
        *rows[i] = false;
        weir_scenario_record_size(scenario, scenario->record_operators, scenario->record_hosts, scenario->record_links,
                                  size);
        weir_remark(
            "windows.csv would have about %.3g GB: rows of %s are left out; \"record\": {\"%s\": true} has them",
            whole / 1e9, names[i], names[i]);
    }
}

int weir_scenario_read_record(const struct weir_json *at, struct weir_scenario *scenario)
{
    static const char *const names[] = {"links", "hosts", "operators"};
    struct weir_record_read read = {.operators = true, .hosts = true, .links = true};
    struct weir_json child, row;
    struct weir_record_size size;
    bool given[3] = {false};
    int code = WEIR_OK;
    if (weir_json_get(at, "record", &child)) {
        code = weir_param_read(weir_record_keys, &child, &read);
        for (int i = 0; i < 3; i++)
            given[i] = weir_json_get(&child, names[i], &row);
    }
    scenario->record_operators = read.operators;
    scenario->record_hosts = read.hosts;
    scenario->record_links = read.links;
    if (code || !scenario->workload || !scenario->platform)
        return code;
    weir_scenario_record_size(scenario, scenario->record_operators, scenario->record_hosts, scenario->record_links,
                              &size);
    choose_rows(given, scenario, &size);
    scenario->record_gzip = read.compress == 1 || (read.compress == 0 && size.bytes > PLAIN_AT_MOST);
    return WEIR_OK;
}
