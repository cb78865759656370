/* Bars: a metric's mean of each policy. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/report/plot_parts.h"

/* Letters of the names below bars that fit side by side into one column at the default size. */
#define LETTERS_ACROSS 50

/* "mean low high" in a unit; the interval is the mean where there is none. */
static void add_estimate(struct weir_text *script, const struct weir_sheet *sheet, size_t row, double size)
{
    double mean = weir_sheet_number(sheet, row, weir_sheet_column(sheet, "mean")) / size;
    double low = weir_sheet_number(sheet, row, weir_sheet_column(sheet, "ci95_low")) / size;
    double high = weir_sheet_number(sheet, row, weir_sheet_column(sheet, "ci95_high")) / size;
    weir_text_addf(script, "%.8g %.8g %.8g\n", mean, isfinite(low) ? low : mean, isfinite(high) ? high : mean);
}

/* The row of a policy's metric; row_count if there is none. */
static size_t find_row(const struct weir_sheet *sheet, const char *metric, const char *label)
{
    int name = weir_sheet_column(sheet, "metric"), policy = weir_sheet_column(sheet, "policy");
    size_t row = 0;
    while (row < sheet->row_count && (strcmp(weir_sheet_cell(sheet, row, name), metric) != 0 ||
                                      strcmp(weir_sheet_cell(sheet, row, policy), label) != 0))
        row++;
    return row;
}

/* The bars' data; their names as tics go to `names`. Returns how many have a value. */
static int add_bars(struct weir_plotting *plot, double size, struct weir_text *names, size_t *letters)
{
    const struct weir_sheet *sheet = &plot->results->summary;
    int with_value = 0;
    for (int c = 0; c < plot->chosen_count; c++) {
        int policy = plot->chosen[c];
        size_t row = find_row(sheet, plot->spec->metric, plot->results->labels[policy]);
        double mean = row < sheet->row_count ? weir_sheet_number(sheet, row, weir_sheet_column(sheet, "mean")) : NAN;
        char *label = weir_format("%s%s", weir_plot_name(plot, policy), isnan(mean) ? " (none)" : "");
        if (!isnan(mean)) {
            weir_text_addf(plot->script, "%d ", c);
            add_estimate(plot->script, sheet, row, size);
            weir_plot_see(plot, 1, mean / size);
            with_value++;
        }
        weir_text_add(names, c ? ", " : "");
        weir_script_string(names, label);
        weir_text_addf(names, " %d", c);
        *letters = strlen(label) > *letters ? strlen(label) : *letters;
        free(label);
    }
    return with_value;
}

int weir_plot_bars(struct weir_plotting *plot)
{
    const struct weir_sheet *sheet = &plot->results->summary;
    const struct weir_plot_spec *spec = plot->spec;
    const char *unit, *shown;
    double size, across = LETTERS_ACROSS * (spec->columns == 2 ? 2.2 : 1) * WEIR_PLOT_FONT_PT;
    struct weir_text names = {0};
    size_t letters = 0;
    int code = weir_plot_find_metric(sheet, spec->metric, &unit);
    if (code == WEIR_OK && plot->log_x)
        code = weir_error(WEIR_EUSAGE, "--log: bars stand on an axis without numbers; it can be y or none");
    if (code == WEIR_OK)
        code = weir_script_unit(unit, spec->unit, weir_plot_largest(sheet, spec->metric), &size, &shown);
    if (code != WEIR_OK)
        return code;
    weir_text_add(plot->script, "# policy, mean, 95 % interval\n$data << END\n");
    int bars = add_bars(plot, size, &names, &letters);
    char *range = weir_format("[-0.6:%g]", plot->chosen_count - 0.4);
    bool turned =
        (double)letters * plot->chosen_count * (spec->font_pt > 0 ? spec->font_pt : WEIR_PLOT_FONT_PT) > across;
    weir_text_add(plot->script, "END\n\nunset key\nset boxwidth 0.6\n");
    weir_plot_axes(plot, range);
    weir_text_addf(plot->script, "set xtics (%s)%s scale 0\n", weir_text_string(&names),
                   turned ? " rotate by -25" : "");
    weir_plot_titles(plot, "", "", spec->metric, shown);
    weir_text_addf(plot->script, "plot $data %s:(0.6) with boxerrorbars linecolor rgb '#555555' linewidth 0.9\n",
                   weir_plot_interval_style(plot));
    free(range);
    weir_text_fini(&names);
    return bars ? WEIR_OK
                : weir_error(WEIR_EINPUT, "%s: no policy has a value of %s", plot->results->folder, spec->metric);
}
