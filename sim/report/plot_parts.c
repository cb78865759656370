#include "sim/report/plot_parts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/real.h"

#define NAMES_TOLD 12

int weir_plot_unknown(const char *what, const char *word, const char *const *names, size_t count)
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

int weir_plot_find_metric(const struct weir_sheet *sheet, const char *metric, const char **unit)
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
        code = weir_plot_unknown("--metric", metric, names, count);
    free(names);
    return code;
}

double weir_plot_largest(const struct weir_sheet *sheet, const char *metric)
{
    int name = weir_sheet_column(sheet, "metric"), mean = weir_sheet_column(sheet, "mean");
    double most = 0;
    for (size_t row = 0; row < sheet->row_count; row++)
        if (strcmp(weir_sheet_cell(sheet, row, name), metric) == 0)
            most = fmax(most, fabs(weir_sheet_number(sheet, row, mean)));
    return most;
}

void weir_plot_see(struct weir_plotting *plot, double x, double y)
{
    if ((plot->log_x && !(x > 0)) || (plot->log_y && !(y > 0)))
        plot->lost++;
    else if (y > 0)
        plot->least = fmin(plot->least, y);
}

const char *weir_plot_name(const struct weir_plotting *plot, int policy)
{
    const char *label = plot->results->labels[policy];
    size_t length = strlen(label);
    for (const char *const *name = plot->spec->names; name && *name; name++)
        if (strncmp(*name, label, length) == 0 && (*name)[length] == '=')
            return *name + length + 1;
    return label;
}

void weir_plot_axes(struct weir_plotting *plot, const char *x_range)
{
    weir_text_add(plot->script, "\n");
    if (plot->log_x)
        weir_text_add(plot->script, "set logscale x\nset format x '%g'\n");
    if (!plot->log_x || strncmp(x_range, "[0:", 3) != 0) /* which has no 0 */
        weir_text_addf(plot->script, "set xrange %s\n", x_range);
    if (!plot->log_y) {
        weir_text_add(plot->script, "set yrange [0:*]\n");
        return;
    }
    /* Below the smallest value, so that a bar of it can be seen. */
    double floor_at = isfinite(plot->least) ? weir_pow(10, ceil(weir_log10(plot->least) - 1 - 1e-9)) : 0.1;
    weir_text_addf(plot->script, "floor = %.6g\nset logscale y\nset yrange [floor:*]\n", floor_at);
}

static void title(struct weir_plotting *plot, const char *axis, const char *given, const char *name, const char *unit)
{
    if (given || *name)
        weir_script_label(plot->script, axis, given ? given : name, given ? "" : unit);
}

void weir_plot_titles(struct weir_plotting *plot, const char *x, const char *x_unit, const char *y, const char *y_unit)
{
    title(plot, "xlabel", plot->spec->x_title, x, x_unit);
    title(plot, "ylabel", plot->spec->y_title, y, y_unit);
}

void weir_plot_lines(struct weir_plotting *plot, const char *style)
{
    const char *separator = "plot ";
    for (int c = 0; c < plot->chosen_count; c++) {
        int p = plot->chosen[c];
        struct weir_text block = {0};
        weir_text_addf(&block, "$line%d << END\n", p);
        if (strstr(weir_text_string(plot->script), weir_text_string(&block))) {
            weir_text_addf(plot->script, "%s$line%d %s linetype %d title ", separator, p, style, p % 8 + 1);
            weir_script_string(plot->script, weir_plot_name(plot, p));
            separator = ", \\\n     ";
        }
        weir_text_fini(&block);
    }
    weir_text_add(plot->script, "\n");
}

const char *weir_plot_interval_style(const struct weir_plotting *plot)
{
    return plot->log_y ? "using 1:2:($3 > floor ? $3 : floor):4" : "using 1:2:3:4";
}
