#include "sim/report/plot.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/text.h"
#include "sim/experiment/files.h"
#include "sim/experiment/run_folder.h"
#include "sim/report/plot_parts.h"

const char *const weir_plot_logs[] = {"auto", "none", "x", "y", "xy", NULL};
const char *const weir_plot_spacings[] = {"auto", "value", "even", NULL};

/* The numbers of the policies that are asked for; all if none is. */
static int choose(struct weir_plotting *plot)
{
    const struct weir_results *results = plot->results;
    const char *const *wanted = plot->spec->policies;
    int wanted_count = 0;
    while (wanted && wanted[wanted_count])
        wanted_count++;
    plot->chosen = weir_alloc((size_t)(wanted_count + results->label_count) + 1, sizeof *plot->chosen);
    for (int w = 0; w < (wanted_count ? wanted_count : results->label_count); w++) {
        int p = wanted_count ? 0 : w;
        while (wanted_count && p < results->label_count && strcmp(results->labels[p], wanted[w]) != 0)
            p++;
        if (p == results->label_count)
            return weir_plot_unknown("--policy", wanted[w], (const char *const *)results->labels,
                                     (size_t)results->label_count);
        int c = 0;
        while (c < plot->chosen_count && plot->chosen[c] != p)
            c++;
        if (c == plot->chosen_count)
            plot->chosen[plot->chosen_count++] = p;
    }
    return WEIR_OK;
}

/* Each "LABEL=TEXT" must be of a policy that is there. */
static int check_names(const struct weir_plotting *plot)
{
    const struct weir_results *results = plot->results;
    for (const char *const *name = plot->spec->names; name && *name; name++) {
        int p = 0;
        for (; p < results->label_count; p++) {
            size_t length = strlen(results->labels[p]);
            if (strncmp(*name, results->labels[p], length) == 0 && (*name)[length] == '=')
                break;
        }
        if (p < results->label_count)
            continue;
        if (!strchr(*name, '='))
            return weir_error(WEIR_EUSAGE, "--name: \"%s\" is not LABEL=TEXT, as in \"static=unchanged\"", *name);
        char *label = weir_format("%.*s", (int)strcspn(*name, "="), *name);
        int code =
            weir_plot_unknown("--name", label, (const char *const *)results->labels, (size_t)results->label_count);
        free(label);
        return code;
    }
    return WEIR_OK;
}

static int draw_kind(struct weir_plotting *plot)
{
    static const char *const ways[] = {"policy", "time", "share"};
    const char *over = plot->spec->over ? plot->spec->over : "policy";
    bool is_sweep = plot->results->kind == WEIR_RESULTS_SWEEP;
    if (plot->spec->spacing != WEIR_PLOT_SPACING_AUTO && !is_sweep)
        return weir_error(WEIR_EUSAGE, "--spacing is for the values of a sweep");
    if (plot->spec->time_unit && (is_sweep || strcmp(over, ways[1]) != 0))
        return weir_error(WEIR_EUSAGE, "--time-unit is for --over time");
    if (is_sweep)
        return weir_plot_sweep(plot);
    if (strcmp(over, ways[0]) == 0)
        return weir_plot_bars(plot);
    if (strcmp(over, ways[1]) == 0)
        return weir_plot_time(plot);
    if (strcmp(over, ways[2]) == 0)
        return weir_plot_share(plot);
    return weir_plot_unknown("--over", over, ways, sizeof ways / sizeof *ways);
}

static int write_script(const struct weir_plot_spec *spec, struct weir_results *results, const char *figure,
                        const char *path)
{
    struct weir_text script = {0};
    struct weir_plotting plot = {.spec = spec,
                                 .results = results,
                                 .script = &script,
                                 .log_x = spec->log == WEIR_PLOT_LOG_X || spec->log == WEIR_PLOT_LOG_XY,
                                 .log_y = spec->log == WEIR_PLOT_LOG_Y || spec->log == WEIR_PLOT_LOG_XY,
                                 .least = INFINITY};
    weir_text_addf(&script, "# Made by `weir plot`; change it and run: gnuplot %s\n", path);
    weir_script_begin(&script, spec, figure);
    int code = choose(&plot);
    if (code == WEIR_OK)
        code = check_names(&plot);
    if (code == WEIR_OK)
        code = draw_kind(&plot);
    if (code == WEIR_OK)
        code = weir_file_replace(path, weir_text_string(&script));
    if (code == WEIR_OK && plot.lost)
        weir_results_tell(results, "%d value%s of 0 or less: a logarithmic axis has no place for %s", plot.lost,
                          plot.lost == 1 ? "" : "s", plot.lost == 1 ? "it" : "them");
    free(plot.chosen);
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
