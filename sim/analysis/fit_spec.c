/* What is free and what it is held against, as users write it. */
#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/analysis/fit.h"
#include "sim/base/csv_lines.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/quantity.h"
#include "sim/base/real.h"
#include "sim/base/text.h"

const char *const fit_by_names[] = {"relative", "log", "quantiles", "onsets", NULL};

/* Metrics of windows.csv (docs/results.md), and by what they are held against others unless the user says it. */
static const char *const job_metrics[] = {"ingress_rate",   "emitted_rate",
                                          "delivered_rate", "dropped_rate",
                                          "backlog",        "source_backpressured",
                                          "latency_mean",   "latency_p50",
                                          "latency_p95",    "latency_p99",
                                          "duplicate_rate", "due_rate",
                                          "slo_violations", NULL};
static const char *const op_metrics[] = {"instances", "arrival_rate", "processed_rate", "output_rate",
                                         "true_rate", "busy",         "idle",           "backpressured",
                                         "occupancy", "queued",       "waiting",        "service",
                                         "blocked",   "latency",      "state_bytes",    NULL};
static const char *const host_metrics[] = {"cpu", "memory", "disk", "sent", "received", "instances", NULL};
static const struct {
    const char *said, *meant;
} aliases[] = {{"throughput", "delivered_rate"}, {"load", "ingress_rate"}, {"workers", "instances"}};

static bool is_one(const char *const *names, const char *name)
{
    for (; *names; names++)
        if (strcmp(*names, name) == 0)
            return true;
    return false;
}

static size_t count_names(const char *const *names)
{
    size_t count = 0;
    while (names[count])
        count++;
    return count;
}

static const char *meant(const char *said)
{
    for (size_t i = 0; i < sizeof aliases / sizeof *aliases; i++)
        if (strcmp(aliases[i].said, said) == 0)
            return aliases[i].meant;
    return said;
}

/* --- keys --- */

double fit_key_value(const struct fit_key *key, double u)
{
    u = fmin(fmax(u, 0), 1);
    double value = key->is_log ? key->min * weir_pow(key->max / key->min, u) : key->min + u * (key->max - key->min);
    return key->is_integer ? floor(value + 0.5) : value;
}

char *fit_key_text(const struct fit_key *key, double value)
{
    return weir_format(key->is_integer ? "%.0f%s" : "%.9g%s", value, key->unit);
}

void fit_key_fini(struct fit_key *key)
{
    free(key->path);
    free(key->name);
    free(key->unit);
    *key = (struct fit_key){0};
}

static int key_option(const char *text, const char *option, struct fit_key *key, bool *linear)
{
    if (strcmp(option, "log") == 0)
        key->is_log = true;
    else if (strcmp(option, "linear") == 0)
        *linear = true;
    else if (strcmp(option, "integer") == 0)
        key->is_integer = true;
    else if (strncmp(option, "as=", 3) == 0 && option[3]) {
        free(key->name);
        key->name = weir_copy(option + 3);
    } else
        return weir_error(WEIR_EUSAGE,
                          "--free %s: \"%s\" is no option of a range; there are log, linear, integer and "
                          "as=NAME",
                          text, option);
    return WEIR_OK;
}

/* One end: a number, and the unit behind it. */
static bool read_end(const char *text, double *value, char **unit)
{
    const char *end = weir_number_scan(text, value);
    if (!end || !isfinite(*value))
        return false;
    *unit = weir_copy(end);
    return true;
}

static int check_range(const char *text, struct fit_key *key, bool linear)
{
    if (key->min >= key->max)
        return weir_error(WEIR_EUSAGE, "--free %s: the lower end, %g, is not below the upper one, %g; %s", text,
                          key->min, key->max,
                          key->min > key->max ? "write them the other way round"
                                              : "leave it out, and set it by --set, or give it room");
    if (key->is_log && (linear || key->is_integer))
        return weir_error(WEIR_EUSAGE, "--free %s: log and %s do not go together; leave out one of the two", text,
                          linear ? "linear" : "integer");
    if (key->is_log && key->min <= 0)
        return weir_error(WEIR_EUSAGE, "--free %s: a logarithmic range must begin above 0", text);
    if (key->is_integer && (key->min != floor(key->min) || key->max != floor(key->max)))
        return weir_error(WEIR_EUSAGE, "--free %s: a range of whole numbers must have whole ends", text);
    key->is_log |= !linear && !key->is_integer && key->min > 0 && key->max >= 10 * key->min;
    return WEIR_OK;
}

/* From the '=' before the range on. */
static int read_range(const char *text, const char *dots, const char *range, struct fit_key *key)
{
    char *words = weir_copy(range), *rest = words, *option, *other = NULL;
    bool linear = false;
    int code = WEIR_OK;
    char *ends = strsep(&rest, ",");
    char *gap = words + (dots - range);
    *gap = '\0'; /* or a dot would belong to the number before it */
    if (!read_end(ends, &key->min, &key->unit) || !read_end(gap + 2, &key->max, &other))
        code = weir_error(WEIR_EUSAGE,
                          "--free %s: \"%s\" and \"%s\" are no range; write two numbers with their unit, as in "
                          "1ms..50ms",
                          text, ends, gap + 2);
    else if (!*key->unit && *other) { /* 1..50ms */
        free(key->unit);
        key->unit = weir_copy(other);
    } else if (strcmp(key->unit, other) != 0)
        code =
            weir_error(WEIR_EUSAGE, "--free %s: the units of both ends differ (\"%s\" and \"%s\"); write both in one",
                       text, key->unit, other);
    while (code == WEIR_OK && (option = strsep(&rest, ",")))
        code = key_option(text, option, key, &linear);
    free(words);
    free(other);
    return code == WEIR_OK ? check_range(text, key, linear) : code;
}

int fit_key_parse(const char *text, struct fit_key *key)
{
    static const char *const reserved[] = {"seeds", "policies", "name", "workload", "platform", NULL};
    *key = (struct fit_key){0};
    const char *dots = strstr(text, ".."), *equals = NULL;
    for (const char *c = text; dots && c < dots; c++)
        if (*c == '=')
            equals = c;
    if (!equals || equals == text)
        return weir_error(WEIR_EUSAGE, "--free %s: write PATH=MIN..MAX, as in costs.start=1s..60s", text);
    key->path = weir_format("%.*s", (int)(equals - text), text);
    key->name = weir_copy(key->path);
    key->is_xpath = *text == '/';
    if (is_one(reserved, key->path))
        return weir_error(WEIR_EUSAGE,
                          "--free %s: \"%s\" is no number; free one in it, such as "
                          "workload.jobs[0].operators[0].flops",
                          text, key->path);
    return read_range(text, dots, equals + 1, key);
}

/* --- matches --- */

void fit_match_fini(struct fit_match *match)
{
    free(match->name);
    free(match->job);
    free(match->op);
    free(match->host);
    free(match->metric);
    free(match->column);
    *match = (struct fit_match){0};
}

int fit_column_parse(const char *text, char **column, double *factor)
{
    const char *star = strrchr(text, '*');
    double value = 1;
    const char *end = star ? weir_number_scan(star + 1, &value) : NULL;
    *factor = 1;
    if (star && end && !*end) {
        if (value == 0 || !isfinite(value))
            return weir_error(WEIR_EUSAGE, "\"%s\": %g is no factor", text, value);
        *factor = value;
        *column = weir_format("%.*s", (int)(star - text), text);
    } else {
        *column = weir_copy(text);
    }
    return **column ? WEIR_OK : weir_error(WEIR_EUSAGE, "\"%s\": the name of a column is missing", text);
}

static int match_option(const char *text, const char *option, struct fit_match *match)
{
    const char *end;
    for (int by = 0; by < FIT_ONSETS; by++) {
        if (strcmp(option, fit_by_names[by]) == 0) {
            match->by = (enum fit_by)by;
            return WEIR_OK;
        }
    }
    if (strncmp(option, "onsets>", 7) == 0) {
        match->by = FIT_ONSETS;
        end = weir_number_scan(option + 7, &match->threshold);
        if (end && !*end)
            return WEIR_OK;
        return weir_error(WEIR_EUSAGE, "--match %s: \"%s\" is no threshold; write a number, as in onsets>10", text,
                          option + 7);
    }
    if (strncmp(option, "weight=", 7) == 0) {
        end = weir_number_scan(option + 7, &match->weight);
        if (end && !*end && match->weight > 0 && match->weight <= 1e6)
            return WEIR_OK;
        return weir_error(WEIR_EUSAGE, "--match %s: a weight is a number above 0", text);
    }
    return weir_error(WEIR_EUSAGE,
                      "--match %s: \"%s\" is no option; there are log, relative, quantiles, onsets>VALUE "
                      "and weight=W",
                      text, option);
}

static int unknown_metric(const char *text, const char *what, const char *name, const char *const *names)
{
    const char *near = weir_nearest(name, names, count_names(names));
    return weir_error(WEIR_EUSAGE,
                      "--match %s: \"%s\" is no metric of %s%s%s%s; docs/results.md has them under "
                      "windows.csv",
                      text, name, what, near ? "; did you mean \"" : "", near ? near : "", near ? "\"?" : "");
}

static const struct weir_job *find_job(const struct weir_workload *workload, const char *name)
{
    for (int j = 0; j < workload->job_count; j++)
        if (!*name ? workload->job_count == 1 : strcmp(workload->jobs[j].name, name) == 0)
            return &workload->jobs[j];
    return NULL;
}

static int find_operator(const char *text, const struct weir_job *job, struct fit_match *match)
{
    if (!is_one(op_metrics, match->metric))
        return unknown_metric(text, "operators", match->metric, op_metrics);
    if (!*match->op && job->operator_count == 1) {
        free(match->op);
        match->op = weir_copy(job->operators[0].name);
    }
    for (int o = 0; o < job->operator_count; o++)
        if (strcmp(job->operators[o].name, match->op) == 0)
            return WEIR_OK;
    if (!*match->op)
        return weir_error(WEIR_EUSAGE,
                          "--match %s: \"%s\" is a metric of operators, and job \"%s\" has %d; name one, "
                          "as in %s/%s/%s",
                          text, match->metric, job->name, job->operator_count, job->name, job->operators[0].name,
                          match->metric);
    return weir_error(WEIR_EUSAGE, "--match %s: job \"%s\" has no operator \"%s\"; its first is \"%s\"", text,
                      job->name, match->op, job->operators[0].name);
}

/* METRIC, JOB/METRIC, JOB/OPERATOR/METRIC, @HOST/METRIC. */
static int find_metric(const char *text, const struct weir_scenario *scenario, struct fit_match *match)
{
    const char *name = match->name, *last = strrchr(name, '/');
    match->metric = weir_copy(meant(last ? last + 1 : name));
    match->host = weir_copy("");
    match->op = weir_copy("");
    match->job = weir_copy("");
    if (*name == '@') {
        free(match->host);
        match->host = last ? weir_format("%.*s", (int)(last - name - 1), name + 1) : weir_copy("");
        if (weir_platform_find(scenario->platform, match->host) < 0)
            return weir_error(WEIR_EUSAGE, "--match %s: the platform has no host \"%s\"; write @HOST/cpu", text,
                              match->host);
        return is_one(host_metrics, match->metric) ? WEIR_OK
                                                   : unknown_metric(text, "hosts", match->metric, host_metrics);
    }
    const char *slash = strchr(name, '/');
    if (last) {
        free(match->job);
        match->job = weir_format("%.*s", (int)(slash - name), name);
    }
    if (last && last != slash) {
        free(match->op);
        match->op = weir_format("%.*s", (int)(last - slash - 1), slash + 1);
    }
    const struct weir_job *job = find_job(scenario->workload, match->job);
    if (!job)
        return weir_error(WEIR_EUSAGE,
                          *match->job ? "--match %s: the workload has no job \"%s\"; its first is \"%s\""
                                      : "--match %s: the workload has several jobs%.0s; name one, as in "
                                        "%s/%s",
                          text, match->job, scenario->workload->jobs[0].name, match->metric);
    free(match->job);
    match->job = weir_copy(job->name);
    if (*match->op || !is_one(job_metrics, match->metric)) {
        if (!*match->op && !is_one(op_metrics, match->metric))
            return unknown_metric(text, "jobs", match->metric, job_metrics);
        return find_operator(text, job, match);
    }
    return WEIR_OK;
}

static bool is_time(const char *metric)
{
    return strncmp(metric, "latency", 7) == 0 || strcmp(metric, "waiting") == 0 || strcmp(metric, "service") == 0 ||
           strcmp(metric, "blocked") == 0;
}

int fit_match_parse(const char *text, const struct weir_scenario *scenario, struct fit_match *match)
{
    char *words = weir_copy(text), *rest = words, *option;
    const char *head = strsep(&rest, ","), *equals = strchr(head, '=');
    int code = WEIR_OK;
    *match = (struct fit_match){.weight = 1};
    if (!equals || equals == head) {
        code = weir_error(WEIR_EUSAGE, "--match %s: write METRIC=COLUMN, as in latency_p95=p95_ms*0.001", text);
        goto out;
    }
    match->name = weir_format("%.*s", (int)(equals - head), head);
    code = fit_column_parse(equals + 1, &match->column, &match->factor);
    if (code != WEIR_OK)
        weir_error_context("--match %s", text);
    if (code == WEIR_OK)
        code = find_metric(text, scenario, match);
    if (code == WEIR_OK)
        match->by = is_time(match->metric) ? FIT_LOG : FIT_RELATIVE;
    while (code == WEIR_OK && (option = strsep(&rest, ",")))
        code = match_option(text, option, match);
out:
    free(words);
    return code;
}

/* What the loads come to is no result: it is matched only if the user says so. */
static bool is_result(const char *column)
{
    const char *metric = meant(column);
    return is_one(job_metrics, metric) && strcmp(metric, "ingress_rate") != 0;
}

int fit_match_all(struct fit_problem *problem, const char *path)
{
    struct weir_csv_lines lines = {0};
    struct weir_csv_names names = {0};
    bool more = false;
    int code = weir_csv_open(&lines, path);
    if (code != WEIR_OK)
        return code;
    code = weir_csv_next(&lines, &more);
    if (code == WEIR_OK && more)
        weir_csv_names_take(&names, &lines, false);
    for (size_t n = 0; n < names.count && code == WEIR_OK && problem->match_count < FIT_MATCHES; n++) {
        if (!is_result(names.name[n]))
            continue;
        char *text = weir_format("%s=%s", names.name[n], names.name[n]);
        code = fit_match_parse(text, problem->base, &problem->matches[problem->match_count++]);
        free(text);
    }
    if (code == WEIR_OK && problem->match_count == 0)
        code = weir_error(WEIR_EINPUT,
                          "%s: no column is called as a metric of jobs is, such as throughput or "
                          "latency_p95; say what is what with --match METRIC=COLUMN",
                          path);
    weir_csv_names_fini(&names);
    weir_csv_close(&lines);
    return code;
}
