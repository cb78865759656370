/* Lines: a metric over time, and the distribution of latencies. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/experiment/run_folder.h"
#include "sim/report/groups.h"
#include "sim/report/plot_parts.h"

/* What windows.csv has of all jobs. */
static const struct measure {
    const char *name, *unit;
    int slot; /* in a group's values */
} measures[] = {
    {"ingress_rate", "items/s", WEIR_JOB_INGRESS},    {"delivered_rate", "items/s", WEIR_JOB_DELIVERED},
    {"dropped_rate", "items/s", WEIR_JOB_DROPPED},    {"backlog", "items", WEIR_JOB_BACKLOG},
    {"latency_mean", "s", WEIR_JOB_LATENCY},          {"latency_p50", "s", WEIR_JOB_LATENCY + 1},
    {"latency_p95", "s", WEIR_JOB_LATENCY + 2},       {"latency_p99", "s", WEIR_JOB_LATENCY + 3},
    {"instances", "instances", WEIR_GROUP_INSTANCES}, {"slo_violations", "share", WEIR_JOB_VIOLATIONS},
};
enum { MEASURES = sizeof measures / sizeof *measures };

static int find_measure(const char *name, const struct measure **found)
{
    const char *names[MEASURES];
    *found = NULL;
    for (size_t m = 0; m < MEASURES; m++) {
        names[m] = measures[m].name;
        if (strcmp(names[m], name) == 0)
            *found = &measures[m];
    }
    return *found ? WEIR_OK : weir_plot_unknown("--metric over time", name, names, MEASURES);
}

/* The series of a policy in a run. */
struct line {
    double *time_s, *values; /* [count]; values are NaN where there is none */
    size_t count;
};

static int read_line(const struct weir_results *results, int policy, unsigned long long seed, int slot,
                     struct line *line)
{
    const struct weir_results_run *run = weir_results_find(results, policy, seed);
    struct weir_windows windows;
    struct weir_groups groups;
    if (!run || !weir_results_usable(run, "windows.csv"))
        return WEIR_OK;
    char *path = weir_run_file(run->folder, "windows.csv");
    int code = weir_windows_read(path, &windows);
    free(path);
    if (code != WEIR_OK)
        return code;
    weir_groups_make(&windows, &groups);
    const double *values = groups.list[0].sum.values[slot];
    if (values && windows.count) {
        line->count = windows.count;
        line->time_s = weir_alloc(windows.count, sizeof *line->time_s);
        line->values = weir_alloc(windows.count, sizeof *line->values);
        memcpy(line->time_s, windows.time_s, windows.count * sizeof *line->time_s);
        memcpy(line->values, values, windows.count * sizeof *line->values);
    }
    weir_groups_fini(&groups);
    weir_windows_fini(&windows);
    return WEIR_OK;
}

/* The unit of the time axis: the user's, else the one in which the longest run has the fewest digits, and two at
 * least. */
static int find_time_unit(const struct weir_plot_spec *spec, double longest_s, double *size, const char **shown)
{
    static const char *const names[] = {"s", "min", "h", "d"};
    static const double sizes[] = {1, 60, 3600, 86400}, from_s[] = {0, 20 * 60, 10 * 3600, 4 * 86400};
    enum { UNITS = sizeof sizes / sizeof *sizes };
    size_t unit = 0;
    if (spec->time_unit) {
        while (unit < UNITS && strcmp(names[unit], spec->time_unit) != 0)
            unit++;
        if (unit == UNITS)
            return weir_plot_unknown("--time-unit", spec->time_unit, names, UNITS);
    } else {
        while (unit + 1 < UNITS && longest_s >= from_s[unit + 1])
            unit++;
    }
    *size = sizes[unit];
    *shown = names[unit];
    return WEIR_OK;
}

static void add_line(struct weir_plotting *plot, int policy, const struct line *line, double time_size, double size)
{
    weir_text_addf(plot->script, "$line%d << END\n", policy);
    for (size_t w = 0; w < line->count; w++)
        if (isfinite(line->values[w])) {
            weir_text_addf(plot->script, "%.8g %.6g\n", line->time_s[w] / time_size, line->values[w] / size);
            weir_plot_see(plot, line->time_s[w], line->values[w] / size);
        } else if (w && isfinite(line->values[w - 1])) {
            weir_text_add(plot->script, "\n"); /* the line does not go on over what is not there */
        }
    weir_text_add(plot->script, "END\n");
}

static int add_lines(struct weir_plotting *plot, const struct measure *measure, const struct line *lines)
{
    const struct weir_plot_spec *spec = plot->spec;
    double most = 0, longest_s = 0, size, time_size = 1;
    const char *shown, *time_shown = "s";
    for (int c = 0; c < plot->chosen_count; c++)
        for (size_t w = 0; w < lines[c].count; w++) {
            longest_s = fmax(longest_s, lines[c].time_s[w]);
            if (isfinite(lines[c].values[w]))
                most = fmax(most, fabs(lines[c].values[w]));
        }
    int code = weir_script_unit(measure->unit, spec->unit, most, &size, &shown);
    if (code == WEIR_OK)
        code = find_time_unit(spec, longest_s, &time_size, &time_shown);
    if (code != WEIR_OK)
        return code;
    for (int c = 0; c < plot->chosen_count; c++)
        if (lines[c].count)
            add_line(plot, plot->chosen[c], &lines[c], time_size, size);
    weir_plot_axes(plot, "[0:*] noextend");
    weir_plot_titles(plot, "time", time_shown, spec->metric, shown);
    weir_plot_lines(plot, "using 1:2 with lines");
    return WEIR_OK;
}

int weir_plot_time(struct weir_plotting *plot)
{
    struct line *lines = weir_alloc((size_t)plot->chosen_count + 1, sizeof *lines);
    const struct measure *measure;
    unsigned long long seed = 0;
    bool any = false;
    int code = find_measure(plot->spec->metric, &measure);
    weir_results_seed(plot->results, &seed);
    for (int c = 0; c < plot->chosen_count && code == WEIR_OK; c++) {
        code = read_line(plot->results, plot->chosen[c], seed, measure->slot, &lines[c]);
        any |= lines[c].count > 0;
    }
    if (code == WEIR_OK && !any)
        code = weir_error(WEIR_EINPUT, "%s: no windows.csv says anything of %s", plot->results->folder,
                          plot->spec->metric);
    if (code == WEIR_OK) {
        weir_text_addf(plot->script, "# time, %s; seed %llu, all jobs\n", plot->spec->metric, seed);
        code = add_lines(plot, measure, lines);
    }
    for (int c = 0; c < plot->chosen_count; c++) {
        free(lines[c].time_s);
        free(lines[c].values);
    }
    free(lines);
    return code;
}

int weir_plot_share(struct weir_plotting *plot)
{
    const struct weir_results *results = plot->results;
    struct weir_text *script = plot->script;
    const char *shown;
    double size;
    int lines = 0;
    int code = weir_script_unit("s", plot->spec->unit ? plot->spec->unit : "s", 1, &size, &shown);
    if (code != WEIR_OK)
        return code;
    plot->log_x |= plot->spec->log == WEIR_PLOT_LOG_AUTO;
    weir_text_add(script, "# latency, share of the results (%); mean over seeds of each quantile\n");
    for (int c = 0; c < plot->chosen_count; c++) {
        int p = plot->chosen[c];
        double sums[WEIR_LATENCY_POINTS] = {0}, shares[WEIR_LATENCY_POINTS] = {0};
        int runs = 0, points = 0;
        for (size_t r = 0; r < results->run_count; r++) {
            const struct weir_results_run *run = &results->runs[r];
            if (run->policy != p || run->point_count == 0 || (points && run->point_count != points))
                continue;
            runs++;
            points = run->point_count;
            for (int i = 0; i < points; i++) {
                sums[i] += run->latency_s[i];
                shares[i] = run->shares[i];
            }
        }
        if (!runs)
            continue;
        weir_text_addf(script, "$line%d << END\n", p);
        for (int i = 0; i < points; i++) {
            weir_text_addf(script, "%.8g %.6g\n", sums[i] / runs / size, 100 * shares[i]);
            weir_plot_see(plot, sums[i], shares[i] * 100);
        }
        weir_text_add(script, "END\n");
        lines++;
    }
    if (!lines)
        return weir_error(WEIR_EINPUT, "%s: no result.json has a distribution of latencies; an older weir made them",
                          results->folder);
    weir_plot_axes(plot, "[0:*]");
    weir_text_addf(script, "set yrange [%s:100]\n", plot->log_y ? "floor" : "0");
    weir_plot_titles(plot, "latency", shown, "results", "%");
    weir_plot_lines(plot, "using 1:2 with lines");
    return WEIR_OK;
}
