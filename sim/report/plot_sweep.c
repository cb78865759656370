/* A sweep's metric over what it varied. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/real.h"
#include "sim/report/plot_parts.h"

/* Tics at each value where there are no more of them. */
#define TICS_AT_MOST 12
/* Beside the outer values, in parts of the axis. */
#define ROOM 0.04

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
        return weir_plot_unknown("--over", word, (const char *const *)&sheet->cells[first], (size_t)(end - first));
    return WEIR_OK;
}

/* One value of the parameter and one policy: the sums over what else was varied. */
struct point {
    double sum, low, high;
    int count;
};

static void collect(const struct weir_sheet *sheet, int column, const struct weir_plot_values *values,
                    const char *metric, const char *policy, double size, struct point *points)
{
    int name = weir_sheet_column(sheet, "metric"), label = weir_sheet_column(sheet, "policy");
    int mean = weir_sheet_column(sheet, "mean");
    int low = weir_sheet_column(sheet, "ci95_low"), high = weir_sheet_column(sheet, "ci95_high");
    for (int v = 0; v < values->count; v++)
        points[v] = (struct point){0};
    for (size_t row = 0; row < sheet->row_count; row++) {
        double value = weir_sheet_number(sheet, row, mean) / size;
        if (isnan(value) || strcmp(weir_sheet_cell(sheet, row, name), metric) != 0 ||
            strcmp(weir_sheet_cell(sheet, row, label), policy) != 0)
            continue;
        const char *text = weir_sheet_cell(sheet, row, column);
        int at = 0;
        while (at < values->count - 1 && strcmp(values->texts[at], text) != 0)
            at++;
        double least = weir_sheet_number(sheet, row, low) / size, most = weir_sheet_number(sheet, row, high) / size;
        points[at].sum += value;
        points[at].low += isnan(least) ? value : least;
        points[at].high += isnan(most) ? value : most;
        points[at].count++;
    }
}

/* Tics that name the values, at their numbers or side by side. */
static void add_tics(struct weir_plotting *plot, const struct weir_plot_values *values, bool by_value)
{
    if (by_value && (!plot->log_x || values->count > TICS_AT_MOST))
        return;
    weir_text_add(plot->script, "set xtics (");
    for (int v = 0; v < values->count; v++) {
        weir_text_add(plot->script, v ? ", " : "");
        if (by_value) {
            weir_text_addf(plot->script, "%.8g", values->numbers[v]);
        } else {
            weir_script_string(plot->script, values->texts[v]);
            weir_text_addf(plot->script, " %d", v);
        }
    }
    weir_text_add(plot->script, ")\n");
}

/* "[0:330]": the axis with some room on both sides, from 0 if that is near. Owned. */
static char *range_of(const struct weir_plotting *plot, const struct weir_plot_values *values, bool by_value)
{
    double low = INFINITY, high = -INFINITY;
    for (int v = 0; v < values->count; v++) {
        double x = by_value ? values->numbers[v] : v;
        low = plot->log_x && !(x > 0) ? low : fmin(low, x);
        high = fmax(high, x);
    }
    if (!by_value)
        return weir_format("[%g:%g]", low - 0.3, high + 0.3);
    if (!(low < high))
        return weir_copy("[*:*]");
    if (plot->log_x)
        return weir_format("[%.6g:%.6g]", low * weir_pow(low / high, ROOM), high * weir_pow(high / low, ROOM));
    double room = ROOM * (high - low);
    return weir_format("[%.6g:%.6g]", low >= 0 && low < 0.3 * high ? 0 : low - room, high + room);
}

static int where(struct weir_plotting *plot, const struct weir_plot_values *values, const char *name, bool *by_value)
{
    *by_value = plot->spec->spacing != WEIR_PLOT_SPACING_EVEN && values->are_numbers;
    if (plot->spec->spacing == WEIR_PLOT_SPACING_VALUE && !values->are_numbers)
        return weir_error(WEIR_EUSAGE, "--spacing: not all values of %s are numbers of one kind", name);
    if (plot->log_x && !*by_value)
        return weir_error(WEIR_EUSAGE, "--log: the values of %s are side by side, on an axis without numbers", name);
    return WEIR_OK;
}

static int draw_parameter(struct weir_plotting *plot, int column, const struct weir_plot_values *values,
                          const char *name, double size, const char *shown)
{
    const struct weir_sheet *sheet = &plot->results->summary;
    bool by_value;
    int code = where(plot, values, name, &by_value);
    if (code != WEIR_OK)
        return code;
    struct point *points = weir_alloc((size_t)values->count + 1, sizeof *points);
    weir_text_addf(plot->script, "# %s, mean, 95 %% interval; means over what else was varied\n",
                   by_value ? "value" : "number of the value");
    for (int c = 0; c < plot->chosen_count; c++) {
        int p = plot->chosen[c];
        collect(sheet, column, values, plot->spec->metric, plot->results->labels[p], size, points);
        weir_text_addf(plot->script, "$line%d << END\n", p);
        for (int v = 0; v < values->count; v++) {
            double x = by_value ? values->numbers[v] : v, mean = points[v].sum / points[v].count;
            if (!points[v].count)
                continue;
            weir_text_addf(plot->script, "%.8g %.8g %.8g %.8g\n", x, mean, points[v].low / points[v].count,
                           points[v].high / points[v].count);
            weir_plot_see(plot, x, mean);
        }
        weir_text_add(plot->script, "END\n");
    }
    char *range = range_of(plot, values, by_value);
    weir_plot_axes(plot, range);
    add_tics(plot, values, by_value);
    weir_plot_titles(plot, name, by_value ? values->unit : "", plot->spec->metric, shown);
    char *style = weir_format("%s with yerrorlines", weir_plot_interval_style(plot));
    weir_plot_lines(plot, style);
    free(style);
    free(range);
    free(points);
    return WEIR_OK;
}

int weir_plot_sweep(struct weir_plotting *plot)
{
    const struct weir_sheet *sheet = &plot->results->summary;
    const struct weir_plot_spec *spec = plot->spec;
    struct weir_plot_values values = {0};
    const char *unit, *shown;
    double size = 1;
    int column = -1;
    int code = weir_plot_find_metric(sheet, spec->metric, &unit);
    if (code == WEIR_OK)
        code = find_parameter(sheet, spec->over, &column);
    if (code == WEIR_OK)
        code = weir_script_unit(unit, spec->unit, weir_plot_largest(sheet, spec->metric), &size, &shown);
    if (code != WEIR_OK)
        return code;
    weir_plot_values(sheet, column, &values);
    char *name = weir_plot_plain_path(sheet->cells[column], plot->results->labels, plot->results->label_count);
    code = draw_parameter(plot, column, &values, name, size, shown);
    free(name);
    weir_plot_values_fini(&values);
    return code;
}
