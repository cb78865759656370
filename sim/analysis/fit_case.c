/* Measured files: columns as rows of equal length. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/analysis/fit.h"
#include "sim/base/csv.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/remark.h"
#include "sim/base/text.h"
#include "sim/experiment/seal.h"
#include "sim/model/scenario_parts.h"

enum { BINS_AT_MOST = 1000000 };

void fit_case_fini(struct fit_case *of)
{
    free(of->path);
    free(of->name);
    free(of->measured);
    free(of->load);
    free(of->sets);
    *of = (struct fit_case){0};
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The usual time between two rows. */
static double step_of(const struct weir_series *series)
{
    if (series->count < 2)
        return 0;
    double *steps = weir_alloc(series->count - 1, sizeof *steps);
    for (size_t i = 1; i < series->count; i++)
        steps[i - 1] = series->time_s[i] - series->time_s[i - 1];
    qsort(steps, series->count - 1, sizeof *steps, compare);
    double step_s = steps[(series->count - 1) / 2];
    free(steps);
    return step_s;
}

static int load_column(const struct fit_problem *problem, const struct fit_case *of, const char *column,
                       struct weir_series *series)
{
    const struct weir_series_options options = {.time = problem->reading.time,
                                                .value = column,
                                                .time_format = problem->reading.time_format,
                                                .any = true,
                                                .as_it_is = true};
    return weir_series_load(of->path, &options, series);
}

/* The bins: whole windows, and no shorter than the rows are apart. */
static int set_grid(const struct fit_problem *problem, struct fit_case *of, const struct weir_series *series)
{
    double window_s = problem->base->window_s;
    of->step_s = step_of(series);
    if (!(of->step_s > 0))
        return weir_error(WEIR_EINPUT, "%s: has %zu row%s; it takes two at least, at different times", of->path,
                          series->count, series->count == 1 ? "" : "s");
    of->origin_s = series->start_s - of->step_s;
    of->end_s = series->time_s[series->count - 1] + of->step_s;
    double wanted_s = problem->reading.every_s > 0 ? problem->reading.every_s : of->step_s;
    of->bin_s = window_s * fmax(1, ceil(wanted_s / window_s - 1e-9));
    double end_s = of->load && !problem->duration_is_set ? of->end_s : fmin(of->end_s, problem->base->duration_s);
    if (end_s < of->end_s - of->step_s / 2)
        weir_remark("%s: has rows up to %g s, and the run ends at %g s: those behind do not count", of->path, of->end_s,
                    problem->base->duration_s);
    double bins = floor(end_s / of->bin_s + 1e-9);
    if (bins < 1 || bins > BINS_AT_MOST)
        return weir_error(WEIR_EINPUT,
                          "%s: is cut into %.0f rows of %g s, and may be into 1 to %d; see window, duration "
                          "and --every",
                          of->path, bins, of->bin_s, BINS_AT_MOST);
    of->bins = (int)bins;
    of->measured = weir_alloc((size_t)problem->match_count * (size_t)of->bins, sizeof *of->measured);
    return WEIR_OK;
}

/* Means of the rows of each bin. */
static int fill(const struct fit_problem *problem, struct fit_case *of, int match, const struct weir_series *series)
{
    double *rows = of->measured + (size_t)match * (size_t)of->bins, factor = problem->matches[match].factor;
    int *counts = weir_alloc((size_t)of->bins, sizeof *counts), seen = 0;
    for (size_t i = 0; i < series->count; i++) {
        double middle_s = series->time_s[i] + of->step_s / 2;
        int bin = (int)fmin(middle_s / of->bin_s, of->bins);
        if (bin < of->bins && isfinite(series->value[i])) {
            rows[bin] += factor * series->value[i];
            counts[bin]++;
        }
    }
    double warmup_s = problem->base->warmup_s, from_s = fmax(of->from_s, warmup_s);
    for (int b = 0; b < of->bins; b++) {
        bool out = b * of->bin_s < from_s - 1e-9 || (b + 1) * of->bin_s > of->until_s + 1e-9;
        rows[b] = counts[b] && !out ? rows[b] / counts[b] : NAN;
        seen += isfinite(rows[b]);
    }
    free(counts);
    if (!seen)
        return weir_error(WEIR_EINPUT,
                          "%s: column \"%s\" has no value between %g and %g s of the run; look at the warm-up, "
                          "the duration and the range",
                          of->path, problem->matches[match].column, from_s, fmin(of->until_s, of->bins * of->bin_s));
    return WEIR_OK;
}

/* The place of the job in the workload's file, by its name or as the only one. */
static int find_job(const struct weir_json *jobs, const char *wanted, int *index)
{
    int count = weir_json_size(jobs);
    for (*index = 0; *index < count; ++*index) {
        struct weir_json job = weir_json_at(jobs, *index), name;
        const char *text = "";
        if (wanted && weir_json_get(&job, "name", &name))
            weir_json_string(&name, &text);
        if (wanted ? strcmp(text, wanted) == 0 : count == 1)
            return WEIR_OK;
    }
    if (wanted)
        return weir_error(WEIR_EUSAGE, "--load-of: there is no job \"%s\" in the workload", wanted);
    return weir_error(WEIR_EUSAGE, "--load: the workload has %d jobs; say whose load it is with --load-of JOB", count);
}

static int job_index(const struct fit_problem *problem, int *index)
{
    struct weir_json_doc *doc = NULL, *inner = NULL;
    struct weir_json root, workload, jobs;
    const char *file;
    int code = weir_json_load(problem->scenario, &doc);
    if (code == WEIR_OK)
        code = weir_scenario_apply(doc, problem->sets, false);
    if (code == WEIR_OK) {
        root = weir_json_root(doc);
        code = weir_json_need(&root, "workload", &workload);
    }
    if (code == WEIR_OK && weir_json_is_string(&workload) && weir_json_string(&workload, &file) == WEIR_OK) {
        char *path = weir_path_beside(problem->scenario, file);
        code = weir_json_load(path, &inner);
        free(path);
        if (code == WEIR_OK)
            workload = weir_json_root(inner);
    }
    if (code == WEIR_OK)
        code = weir_json_need(&workload, "jobs", &jobs);
    if (code == WEIR_OK)
        code = find_job(&jobs, problem->reading.job, index);
    weir_json_free(inner);
    weir_json_free(doc);
    return code;
}

static int make_load(const struct fit_problem *problem, struct fit_case *of)
{
    const struct fit_reading *reading = &problem->reading;
    char *column = NULL, *absolute = realpath(of->path, NULL);
    const char *comma = strrchr(reading->load, ','), *arrivals = comma ? comma + 1 : "";
    bool said = strcmp(arrivals, "even") == 0 || strcmp(arrivals, "poisson") == 0;
    char *wanted = weir_format("%.*s", said ? (int)(comma - reading->load) : -1, reading->load);
    double factor = 1;
    struct weir_text text = {0};
    int index = 0, code = fit_column_parse(wanted, &column, &factor);
    free(wanted);
    if (code == WEIR_OK)
        code = job_index(problem, &index);
    if (code == WEIR_OK && !absolute)
        code = weir_error(WEIR_EINPUT, "%s: no such file", of->path);
    if (code == WEIR_OK) {
        weir_text_addf(&text, "workload.jobs[%d].load={\"kind\": \"csv\", \"scale\": %.17g, ", index, factor);
        if (said)
            weir_text_addf(&text, "\"arrivals\": \"%s\", ", arrivals);
        weir_text_add(&text, "\"file\": ");
        weir_text_add_quoted(&text, absolute);
        weir_text_add(&text, ", \"value\": ");
        weir_text_add_quoted(&text, column);
        const char *const names[] = {"time", "time_format"}, *const values[] = {reading->time, reading->time_format};
        for (int i = 0; i < 2; i++) {
            if (!values[i])
                continue;
            weir_text_addf(&text, ", \"%s\": ", names[i]);
            weir_text_add_quoted(&text, values[i]);
        }
        weir_text_add(&text, "}");
        of->load = weir_copy(weir_text_string(&text));
    }
    weir_text_fini(&text);
    free(absolute);
    free(column);
    return code;
}

int fit_case_read(const struct fit_problem *problem, struct fit_case *of)
{
    int code = problem->reading.load ? make_load(problem, of) : WEIR_OK;
    for (int m = 0; m < problem->match_count && code == WEIR_OK; m++) {
        struct weir_series series = {0};
        code = load_column(problem, of, problem->matches[m].column, &series);
        if (code == WEIR_OK && m == 0)
            code = set_grid(problem, of, &series);
        if (code == WEIR_OK)
            code = fill(problem, of, m, &series);
        weir_series_fini(&series);
    }
    return code == WEIR_OK ? weir_seal_sum(of->path, &of->bytes, &of->crc32) : code;
}
