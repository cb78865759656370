/* weir report: a results folder as a page to look at. */
#include "sim/report/report.h"

#include <stdlib.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/cli/command.h"
#include "sim/cli/reporting.h"

enum { OUTPUT, SEED, QUIET };
static const struct weir_flag flags[] = {
    [OUTPUT] = {"output", 'o', "FILE", "the page; else RESULTS/report.html"},
    [SEED] = {"seed", 's', "N", "show the series of this seed; else of the first that all policies have"},
    [QUIET] = {"quiet", 'q', NULL, "no remarks"},
    {0},
};

void weir_tell_problems(const char *problems)
{
    for (const char *at = problems ? problems : ""; *at;) {
        const char *end = at;
        while (*end != '\n')
            end++;
        fprintf(stderr, "remark: %.*s\n", (int)(end - at), at);
        at = end + 1;
    }
}

static int run(const struct weir_cli *cli, const struct weir_arguments *arguments)
{
    struct weir_report_spec spec = {.output = weir_arguments_value(arguments, OUTPUT)};
    const char *seed = weir_arguments_value(arguments, SEED);
    char *folder = NULL, *problems = NULL;
    int code = weir_read_results(arguments->words[0], &folder);
    if (code == WEIR_OK && seed)
        code = weir_read_seed("seed", seed, &spec.seed);
    spec.folder = folder;
    spec.has_seed = seed != NULL;
    if (code == WEIR_OK)
        code = weir_report_write(&spec, &problems);
    if (code == WEIR_OK && !weir_arguments_value(arguments, QUIET)) {
        weir_tell_problems(problems);
        if (spec.output)
            fprintf(stderr, "the report is %s\n", spec.output);
        else
            fprintf(stderr, "the report is %s/report.html\n", folder);
    }
    free(problems);
    free(folder);
    return code;
}

void weir_report_after(const char *folder, bool quiet)
{
    char *problems = NULL, *said = weir_copy(weir_error_message());
    int before = weir_error_code();
    const struct weir_report_spec spec = {.folder = folder};
    if (weir_report_write(&spec, &problems) != WEIR_OK) {
        fprintf(stderr, "weir: no report: %s\n", weir_error_message());
    } else if (!quiet) {
        fprintf(stderr, "the report is %s/report.html\n", folder);
    }
    weir_error_clear();
    if (before != WEIR_OK)
        weir_error(before, "%s", said);
    free(said);
    free(problems);
}

const struct weir_command weir_command_report = {
    .name = "report",
    .words = "RESULTS",
    .min_words = 1,
    .max_words = 1,
    .summary = "make a page of results: tables, charts over time, the platform at work",
    .detail = "RESULTS is a folder of weir compare, sweep or run; a name that is none here is one in results/, so that "
              "the name\n"
              "of a scenario will do. The page is one file that opens in any browser without a network "
              "(docs/report.md). weir\n"
              "compare and weir sweep make it, too, unless told --no-report.\n",
    .flags = flags,
    .run = run,
};
