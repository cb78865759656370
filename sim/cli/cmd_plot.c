/* weir plot: a figure for a paper. */
#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/base/text.h"
#include "sim/cli/command.h"
#include "sim/cli/reporting.h"
#include "sim/report/plot.h"

enum { METRIC, OVER, FORMAT, OUTPUT, SCRIPT, QUIET };
static const struct weir_flag flags[] = {
    [METRIC] = {"metric", 'm', "METRIC", "what is drawn, as in latency_p99; `weir list metrics` shows all"},
    [OVER] = {"over", 0, "policy|time|share|PARAMETER",
              "as bars; over time; the distribution of latencies; over what a sweep varies"},
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

static int run(const struct weir_cli *cli, const struct weir_arguments *arguments)
{
    struct weir_plot_spec spec = {.metric = weir_arguments_value(arguments, METRIC),
                                  .over = weir_arguments_value(arguments, OVER),
                                  .output = weir_arguments_value(arguments, OUTPUT),
                                  .script_only = weir_arguments_value(arguments, SCRIPT) != NULL};
    char *folder = NULL, *figure = NULL, *script = NULL, *problems = NULL;
    int code = weir_read_results(arguments->words[0], &folder);
    spec.folder = folder;
    if (code == WEIR_OK && !spec.metric && spec.over && strcmp(spec.over, "share") == 0)
        spec.metric = "latency";
    if (code == WEIR_OK && !spec.metric)
        code = weir_error(WEIR_EUSAGE, "plot: give --metric NAME; `weir list metrics` shows them");
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
