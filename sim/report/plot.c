#include "sim/report/plot.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/text.h"
#include "sim/experiment/files.h"
#include "sim/experiment/run_folder.h"
#include "sim/report/groups.h"
#include "sim/report/plot_script.h"
#include "sim/report/results.h"

#define NAMES_TOLD 12

/* Refuses what is none of some names, with the near one, or the first of them. */
static int unknown(const char *what, const char *word, const char *const *names, size_t count)
{
    const char *near = weir_nearest(word, names, count);
    if (near)
        return weir_error(WEIR_EUSAGE, "%s: there is no \"%s\" in these results; did you mean \"%s\"?", what, word,
                          near);
    struct weir_text list = {0};
    for (size_t i = 0; i < count && i < NAMES_TOLD; i++)
        weir_text_addf(&list, "%s%s", i ? ", " : "", names[i]);
    if (count > NAMES_TOLD)
        weir_text_addf(&list, " and %zu more", count - NAMES_TOLD);
    int code = weir_error(WEIR_EUSAGE, "%s: there is no \"%s\" in these results; there are: %s", what, word,
                          weir_text_string(&list));
    weir_text_fini(&list);
    return code;
}

/* The rows of a metric in a summary, and its unit. */
static int find_metric(const struct weir_sheet *sheet, const char *metric, const char **unit)
{
    int name = weir_sheet_column(sheet, "metric");
    const char **names = weir_alloc(sheet->row_count + 1, sizeof *names);
    size_t count = 0;
    int code = WEIR_OK;
    *unit = NULL;
    for (size_t row = 0; row < sheet->row_count && !*unit; row++) {
        const char *one = weir_sheet_cell(sheet, row, name);
        if (strcmp(one, metric) == 0)
            *unit = weir_sheet_cell(sheet, row, weir_sheet_column(sheet, "unit"));
        size_t known = 0;
        while (known < count && strcmp(names[known], one) != 0)
            known++;
        if (known == count)
            names[count++] = one;
    }
    if (!*unit)
        code = unknown("--metric", metric, names, count);
    free(names);
    return code;
}

static double largest(const struct weir_sheet *sheet, const char *metric)
{
    int name = weir_sheet_column(sheet, "metric"), mean = weir_sheet_column(sheet, "mean");
    double most = 0;
    for (size_t row = 0; row < sheet->row_count; row++)
        if (strcmp(weir_sheet_cell(sheet, row, name), metric) == 0)
            most = fmax(most, fabs(weir_sheet_number(sheet, row, mean)));
    return most;
}

/* "mean low high" in a unit; the interval is the mean where there is none. */
static void add_estimate(struct weir_text *script, const struct weir_sheet *sheet, size_t row, double size)
{
    double mean = weir_sheet_number(sheet, row, weir_sheet_column(sheet, "mean")) / size;
    double low = weir_sheet_number(sheet, row, weir_sheet_column(sheet, "ci95_low")) / size;
    double high = weir_sheet_number(sheet, row, weir_sheet_column(sheet, "ci95_high")) / size;
    weir_text_addf(script, "%.8g %.8g %.8g\n", mean, isfinite(low) ? low : mean, isfinite(high) ? high : mean);
}

static int plot_bars(struct weir_text *script, const struct weir_results *results, const char *metric)
{
    const struct weir_sheet *sheet = &results->summary;
    int name = weir_sheet_column(sheet, "metric"), policy = weir_sheet_column(sheet, "policy");
    const char *unit, *shown;
    int code = find_metric(sheet, metric, &unit), bars = 0;
    if (code != WEIR_OK)
        return code;
    double size = weir_script_unit(unit, largest(sheet, metric), &shown);
    struct weir_text names = {0};
    size_t longest = 0;
    bool any = false;
    weir_text_add(script, "# policy, mean, 95 % interval\n$data << END\n");
    for (size_t row = 0; row < sheet->row_count; row++) {
        if (strcmp(weir_sheet_cell(sheet, row, name), metric) != 0)
            continue;
        bool none = isnan(weir_sheet_number(sheet, row, weir_sheet_column(sheet, "mean")));
        char *label = weir_format("%s%s", weir_sheet_cell(sheet, row, policy), none ? " (none)" : "");
        any |= !none;
        if (!none) {
            weir_text_addf(script, "%d ", bars);
            add_estimate(script, sheet, row, size);
        }
        weir_text_add(&names, bars ? ", " : "");
        weir_script_string(&names, label);
        weir_text_addf(&names, " %d", bars++);
        longest = strlen(label) > longest ? strlen(label) : longest;
        free(label);
    }
    weir_text_add(script, "END\n\nunset key\nset boxwidth 0.6\nset yrange [0:*]\n");
    weir_text_addf(script, "set xrange [-0.6:%g]\nset xtics (%s)%s scale 0\n", bars - 0.4, weir_text_string(&names),
                   longest * (size_t)bars > 50 ? " rotate by -25" : "");
    weir_script_label(script, "ylabel", metric, shown);
    weir_text_add(script, "plot $data using 1:2:3:4:(0.6) with boxerrorbars linecolor rgb '#555555'\n");
    weir_text_fini(&names);
    return any ? WEIR_OK : weir_error(WEIR_EINPUT, "%s: no policy has a value of %s", results->folder, metric);
}

/* "plot $line0 using 1:2 with lines title '...', ..." */
static void add_plot(struct weir_text *script, const struct weir_results *results, const char *style)
{
    const char *separator = "plot ";
    for (int p = 0; p < results->label_count; p++) {
        struct weir_text block = {0};
        weir_text_addf(&block, "$line%d << END\n", p);
        if (strstr(weir_text_string(script), weir_text_string(&block))) {
            weir_text_addf(script, "%s$line%d %s linetype %d title ", separator, p, style, p % 8 + 1);
            weir_script_string(script, results->labels[p]);
            separator = ", \\\n     ";
        }
        weir_text_fini(&block);
    }
    weir_text_add(script, "\n");
}

static int plot_time(struct weir_text *script, const struct weir_results *results, const char *metric)
{
    static const char *const names[] = {"ingress_rate", "delivered_rate", "dropped_rate", "backlog",
                                        "latency_mean", "latency_p50",    "latency_p95",  "latency_p99",
                                        "instances",    "slo_violations"};
    static const int slots[] = {WEIR_JOB_INGRESS,     WEIR_JOB_DELIVERED,   WEIR_JOB_DROPPED,     WEIR_JOB_BACKLOG,
                                WEIR_JOB_LATENCY,     WEIR_JOB_LATENCY + 1, WEIR_JOB_LATENCY + 2, WEIR_JOB_LATENCY + 3,
                                WEIR_GROUP_INSTANCES, WEIR_JOB_VIOLATIONS};
    static const char *const units[] = {"items/s", "items/s", "items/s", "items",     "s",
                                        "s",       "s",       "s",       "instances", "share"};
    enum { COUNT = sizeof names / sizeof *names };
    size_t which = 0;
    while (which < COUNT && strcmp(names[which], metric) != 0)
        which++;
    if (which == COUNT)
        return unknown("--metric over time", metric, names, COUNT);
    unsigned long long seed = 0;
    weir_results_seed(results, &seed);
    const char *shown;
    double size = weir_script_unit(units[which], 1, &shown);
    int lines = 0;
    weir_text_addf(script, "# seconds, %s (%s); seed %llu, all jobs\n", metric, shown, seed);
    for (int p = 0; p < results->label_count; p++) {
        const struct weir_results_run *run = weir_results_find(results, p, seed);
        struct weir_windows windows;
        struct weir_groups groups;
        if (!run || !weir_results_usable(run, "windows.csv"))
            continue;
        char *path = weir_run_file(run->folder, "windows.csv");
        int code = weir_windows_read(path, &windows);
        free(path);
        if (code != WEIR_OK)
            return code;
        weir_groups_make(&windows, &groups);
        const double *values = groups.list[0].sum.values[slots[which]];
        if (values) {
            weir_text_addf(script, "$line%d << END\n", p);
            for (size_t w = 0; w < windows.count; w++)
                if (isfinite(values[w]))
                    weir_text_addf(script, "%.8g %.6g\n", windows.time_s[w], values[w] / size);
                else if (w && isfinite(values[w - 1]))
                    weir_text_add(script, "\n"); /* the line does not go on over what is not there */
            weir_text_add(script, "END\n");
            lines++;
        }
        weir_groups_fini(&groups);
        weir_windows_fini(&windows);
    }
    if (!lines)
        return weir_error(WEIR_EINPUT, "%s: no windows.csv says anything of %s", results->folder, metric);
    weir_text_add(script, "\nset xlabel 'time (s)'\nset xrange [0:*] noextend\nset yrange [0:*]\n# set logscale y\n");
    weir_script_label(script, "ylabel", metric, shown);
    add_plot(script, results, "using 1:2 with lines");
    return WEIR_OK;
}

static int plot_share(struct weir_text *script, const struct weir_results *results)
{
    int lines = 0;
    weir_text_add(script, "# seconds, share of the results (%); mean over seeds of each quantile\n");
    for (int p = 0; p < results->label_count; p++) {
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
        for (int i = 0; i < points; i++)
            weir_text_addf(script, "%.8g %.6g\n", sums[i] / runs, 100 * shares[i]);
        weir_text_add(script, "END\n");
        lines++;
    }
    if (!lines)
        return weir_error(WEIR_EINPUT, "%s: no result.json has a distribution of latencies; an older weir made them",
                          results->folder);
    weir_text_add(script, "\nset logscale x\nset yrange [0:100]\nset xlabel 'latency (s)'\nset ylabel 'results (%)'\n"
                          "set format x '%g'\n");
    add_plot(script, results, "using 1:2 with lines");
    return WEIR_OK;
}

/* The column of the parameter that a word means: its name, or the end of it. */
static int find_parameter(const struct weir_sheet *sheet, const char *word, int *column)
{
    int first = weir_sheet_column(sheet, "configuration") + 1, end = weir_sheet_column(sheet, "policy");
    if (end <= first)
        return weir_error(WEIR_EINPUT, "%s: nothing was varied", sheet->path);
    *column = first;
    for (int c = first; word && c < end; c++) {
        size_t length = strlen(sheet->cells[c]), tail = strlen(word);
        if (tail && tail <= length && strcmp(sheet->cells[c] + length - tail, word) == 0) {
            *column = c;
            return WEIR_OK;
        }
    }
    if (word)
        return unknown("--over", word, (const char *const *)&sheet->cells[first], (size_t)(end - first));
    return WEIR_OK;
}

/* One value of the parameter and one policy: the mean over what else was varied. */
struct point {
    double at; /* the value as a number, NaN if it is none */
    const char *text;
    double sum, low, high;
    int count;
};

static size_t collect(const struct weir_sheet *sheet, int column, const char *metric, const char *policy, double size,
                      struct point *points)
{
    int name = weir_sheet_column(sheet, "metric"), label = weir_sheet_column(sheet, "policy");
    int mean = weir_sheet_column(sheet, "mean");
    int low = weir_sheet_column(sheet, "ci95_low"), high = weir_sheet_column(sheet, "ci95_high");
    size_t count = 0;
    for (size_t row = 0; row < sheet->row_count; row++) {
        double value = weir_sheet_number(sheet, row, mean) / size;
        if (isnan(value) || strcmp(weir_sheet_cell(sheet, row, name), metric) != 0 ||
            strcmp(weir_sheet_cell(sheet, row, label), policy) != 0)
            continue;
        const char *text = weir_sheet_cell(sheet, row, column);
        size_t at = 0;
        while (at < count && strcmp(points[at].text, text) != 0)
            at++;
        if (at == count)
            points[count++] = (struct point){.text = text};
        double least = weir_sheet_number(sheet, row, low) / size, most = weir_sheet_number(sheet, row, high) / size;
        points[at].sum += value;
        points[at].low += isnan(least) ? value : least;
        points[at].high += isnan(most) ? value : most;
        points[at].count++;
    }
    return count;
}

static int plot_sweep(struct weir_text *script, const struct weir_results *results, const char *metric,
                      const char *over)
{
    const struct weir_sheet *sheet = &results->summary;
    const char *unit, *shown;
    int column = -1;
    int code = find_metric(sheet, metric, &unit);
    if (code == WEIR_OK)
        code = find_parameter(sheet, over, &column);
    if (code != WEIR_OK)
        return code;
    double size = weir_script_unit(unit, largest(sheet, metric), &shown);
    struct point *points = weir_alloc(sheet->row_count + 1, sizeof *points);
    struct weir_text tics = {0};
    size_t known = 0;
    weir_text_add(script, "# number of the value, mean, 95 % interval; means over what else was varied\n");
    for (int p = 0; p < results->label_count; p++) {
        size_t count = collect(sheet, column, metric, results->labels[p], size, points);
        weir_text_addf(script, "$line%d << END\n", p);
        for (size_t i = 0; i < count; i++)
            weir_text_addf(script, "%zu %.8g %.8g %.8g\n", i, points[i].sum / points[i].count,
                           points[i].low / points[i].count, points[i].high / points[i].count);
        weir_text_add(script, "END\n");
        for (; known < count; known++) {
            weir_text_add(&tics, known ? ", " : "");
            weir_script_string(&tics, points[known].text);
            weir_text_addf(&tics, " %zu", known);
        }
    }
    weir_text_addf(script, "\nset xtics (%s)\nset xrange [-0.3:%g]\nset yrange [0:*]\n# set logscale y\n",
                   weir_text_string(&tics), (double)known - 0.7);
    const char *name = sheet->cells[column];
    weir_text_add(script, "set xlabel ");
    weir_script_string(script, name);
    weir_text_add(script, "\n");
    weir_script_label(script, "ylabel", metric, shown);
    add_plot(script, results, "using 1:2:3:4 with yerrorlines");
    weir_text_fini(&tics);
    free(points);
    return WEIR_OK;
}

static int write_script(const struct weir_plot_spec *spec, const struct weir_results *results, const char *figure,
                        const char *path)
{
    static const char *const ways[] = {"policy", "time", "share"};
    struct weir_text script = {0};
    const char *over = spec->over ? spec->over : "policy";
    int code;
    weir_text_addf(&script, "# Made by `weir plot`; change it and run: gnuplot %s\n", path);
    weir_script_begin(&script, spec->format, figure);
    if (results->kind == WEIR_RESULTS_SWEEP)
        code = plot_sweep(&script, results, spec->metric, spec->over);
    else if (strcmp(over, ways[0]) == 0)
        code = plot_bars(&script, results, spec->metric);
    else if (strcmp(over, ways[1]) == 0)
        code = plot_time(&script, results, spec->metric);
    else if (strcmp(over, ways[2]) == 0)
        code = plot_share(&script, results);
    else
        code = unknown("--over", over, ways, sizeof ways / sizeof *ways);
    if (code == WEIR_OK)
        code = weir_file_replace(path, weir_text_string(&script));
    weir_text_fini(&script);
    return code;
}

/* FOLDER/METRIC.pdf, FOLDER/METRIC-over-time.pdf */
static char *default_name(const struct weir_plot_spec *spec)
{
    char *what = spec->over ? weir_format("%s-over-%s", spec->metric, spec->over) : weir_copy(spec->metric);
    char *name = weir_file_name(what);
    char *path = weir_format("%s/%s.%s", spec->folder, name, weir_plot_formats[spec->format]);
    free(name);
    free(what);
    return path;
}

int weir_plot(const struct weir_plot_spec *spec, char **figure, char **script, char **problems)
{
    struct weir_results results;
    *figure = *script = *problems = NULL;
    int code = weir_results_read(spec->folder, &results);
    if (code != WEIR_OK)
        return code;
    char *path = spec->output ? weir_copy(spec->output) : default_name(spec);
    const char *slash = strrchr(path, '/'), *dot = strrchr(path, '.');
    int stem = dot && dot > (slash ? slash + 1 : path) ? (int)(dot - path) : (int)strlen(path);
    char *beside = weir_format("%.*s.gp", stem, path);
    code = write_script(spec, &results, path, beside);
    if (code == WEIR_OK) {
        *figure = path;
        *script = beside;
        if (!spec->script_only)
            code = weir_script_run(beside);
    } else {
        free(path);
        free(beside);
    }
    *problems = weir_results_problems(&results);
    weir_results_fini(&results);
    return code;
}
