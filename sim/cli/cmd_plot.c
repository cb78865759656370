/* weir plot: a figure for a paper. */
#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/base/text.h"
#include "sim/cli/command.h"
#include "sim/cli/reporting.h"
#include "sim/report/plot.h"

enum {
    METRIC,
    OVER,
    POLICY,
    NAME,
    LOG,
    SPACING,
    UNIT,
    TIME_UNIT,
    TITLE,
    XLABEL,
    YLABEL,
    COLUMNS,
    FONT,
    FORMAT,
    OUTPUT,
    SCRIPT,
    QUIET
};
static const struct weir_flag flags[] = {
    [METRIC] = {"metric", 'm', "METRIC", "what is drawn, as in latency_p99; `weir list metrics` shows all"},
    [OVER] = {"over", 0, "policy|time|share|PARAMETER",
              "as bars; over time; the distribution of latencies; over what a sweep varies"},
    [POLICY] = {"policy", 'p', "LABEL", "draw this policy, and others that are asked for, in this order; repeatable"},
    [NAME] = {"name", 0, "LABEL=TEXT", "what a policy is called in the figure; repeatable"},
    [LOG] = {"log", 0, "x|y|xy|none", "logarithmic axes; else that of --over share only"},
    [SPACING] = {"spacing", 0, "value|even",
                 "a sweep's values where they lie on the axis, or side by side; else the first if all are numbers"},
    [UNIT] = {"unit", 0, "UNIT", "of the metric, as in ms, MB, %; else one in which the numbers are short"},
    [TIME_UNIT] = {"time-unit", 0, "s|min|h|d", "of the axis of --over time; else by the length of the run"},
    [TITLE] = {"title", 0, "TEXT", "above the figure"},
    [XLABEL] = {"xlabel", 0, "TEXT", "below the x axis; else what it shows, with its unit"},
    [YLABEL] = {"ylabel", 0, "TEXT", "beside the y axis; else what it shows, with its unit"},
    [COLUMNS] = {"columns", 0, "1|2", "as wide as a column of a journal, 8.5 cm, or as two, 17.8 cm; else 1"},
    [FONT] = {"font", 0, "PT", "size of the letters in points, from 4 to 24; else 7.5"},
    [FORMAT] = {"as", 0, "pdf|svg|png",
                "the format, in pdf with its fonts; else what the name after -o ends in, or pdf"},
    [OUTPUT] = {"output", 'o', "FILE", "the figure; else RESULTS/METRIC.FORMAT"},
    [SCRIPT] = {"script", 0, NULL, "write the gnuplot script only"},
    [QUIET] = {"quiet", 'q', NULL, "no remarks"},
    {0},
};

static int read_format(const char *word, const char *output, enum weir_plot_format *format)
{
    const char *dot = output ? strrchr(output, '.') : NULL;
    for (int i = 0; weir_plot_formats[i]; i++) {
        if (word ? strcmp(word, weir_plot_formats[i]) == 0 : dot && strcmp(dot + 1, weir_plot_formats[i]) == 0) {
            *format = i;
            return WEIR_OK;
        }
    }
    if (word)
        return weir_error(WEIR_EUSAGE, "--as: \"%s\" is none; there are pdf, svg and png", word);
    *format = WEIR_PLOT_PDF;
    return WEIR_OK;
}

/* The number of a word in a list; 0, "auto", if it is not given. */
static int read_choice(const char *flag, const char *word, const char *const *list, int *choice)
{
    struct weir_text names = {0};
    *choice = 0;
    for (int i = 1; word && list[i]; i++) {
        if (strcmp(word, list[i]) == 0)
            *choice = i;
        weir_text_addf(&names, "%s%s", i == 1 ? "" : list[i + 1] ? ", " : " and ", list[i]);
    }
    int code = word && !*choice
                   ? weir_error(WEIR_EUSAGE, "--%s: \"%s\" is none of %s", flag, word, weir_text_string(&names))
                   : WEIR_OK;
    weir_text_fini(&names);
    return code;
}

static int read_look(const struct weir_arguments *arguments, struct weir_plot_spec *spec)
{
    const char *columns = weir_arguments_value(arguments, COLUMNS), *font = weir_arguments_value(arguments, FONT);
    int log = 0, spacing = 0, code = WEIR_OK;
    spec->unit = weir_arguments_value(arguments, UNIT);
    spec->time_unit = weir_arguments_value(arguments, TIME_UNIT);
    spec->title = weir_arguments_value(arguments, TITLE);
    spec->x_title = weir_arguments_value(arguments, XLABEL);
    spec->y_title = weir_arguments_value(arguments, YLABEL);
    if (columns)
        code = weir_read_integer("columns", columns, 1, 2, &spec->columns);
    if (code == WEIR_OK && font) {
        char *end;
        spec->font_pt = strtod(font, &end);
        if (!*font || *end || !(spec->font_pt >= WEIR_PLOT_FONT_LEAST && spec->font_pt <= WEIR_PLOT_FONT_MOST))
            code = weir_error(WEIR_EUSAGE, "--font: \"%s\" is no number of points from %d to %d", font,
                              WEIR_PLOT_FONT_LEAST, WEIR_PLOT_FONT_MOST);
    }
    if (code == WEIR_OK)
        code = read_choice("log", weir_arguments_value(arguments, LOG), weir_plot_logs, &log);
    if (code == WEIR_OK)
        code = read_choice("spacing", weir_arguments_value(arguments, SPACING), weir_plot_spacings, &spacing);
    spec->log = (enum weir_plot_log)log;
    spec->spacing = (enum weir_plot_spacing)spacing;
    return code;
}

static int run(const struct weir_cli *cli, const struct weir_arguments *arguments)
{
    struct weir_plot_spec spec = {.metric = weir_arguments_value(arguments, METRIC),
                                  .over = weir_arguments_value(arguments, OVER),
                                  .output = weir_arguments_value(arguments, OUTPUT),
                                  .script_only = weir_arguments_value(arguments, SCRIPT) != NULL};
    char *folder = NULL, *figure = NULL, *script = NULL, *problems = NULL;
    int count;
    const char **policies = weir_arguments_values(arguments, POLICY, &count);
    const char **names = weir_arguments_values(arguments, NAME, &count);
    spec.policies = policies;
    spec.names = names;
    int code = weir_read_results(arguments->words[0], &folder);
    spec.folder = folder;
    if (code == WEIR_OK && !spec.metric && spec.over && strcmp(spec.over, "share") == 0)
        spec.metric = "latency";
    if (code == WEIR_OK && !spec.metric)
        code = weir_error(WEIR_EUSAGE, "plot: give --metric NAME; `weir list metrics` shows them");
    if (code == WEIR_OK)
        code = read_look(arguments, &spec);
    if (code == WEIR_OK)
        code = read_format(weir_arguments_value(arguments, FORMAT), spec.output, &spec.format);
    if (code == WEIR_OK)
        code = weir_plot(&spec, &figure, &script, &problems);
    if (!weir_arguments_value(arguments, QUIET))
        weir_tell_problems(problems);
    if (code == WEIR_OK && !weir_arguments_value(arguments, QUIET)) {
        if (!spec.script_only)
            fprintf(stderr, "the figure is %s\n", figure);
        fprintf(stderr, "its script is %s\n", script);
    }
    free(policies);
    free(names);
    free(problems);
    free(figure);
    free(script);
    free(folder);
    return code;
}

const struct weir_command weir_command_plot = {
    .name = "plot",
    .words = "RESULTS",
    .min_words = 1,
    .max_words = 1,
    .summary = "draw a figure for a paper, by gnuplot",
    .detail =
        "RESULTS is a folder of weir compare, sweep or run; a name that is none here is one in results/. The gnuplot\n"
        "script stays beside the figure, with the data in it, so that it can be changed (docs/report.md).\n",
    .flags = flags,
    .run = run,
};
