/* weir transfer: whether a net that has learnt other loads forecasts one of which little is known better than a net
 * that has not. */
#include <dirent.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "policies/learn/series/fill.h"
#include "policies/learn/series/grid.h"
#include "sim/analysis/transfer_report.h"
#include "sim/base/csv.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/quantity.h"
#include "sim/cli/command.h"
#include "sim/experiment/files.h"

enum {
    SOURCES,
    TARGET,
    KNOWN,
    QUANTILE,
    WITHIN,
    BAND,
    WINDOW,
    NET,
    EPOCHS,
    MMD,
    CMMD,
    STEP,
    TIME,
    VALUE,
    FORMAT,
    SEEDS,
    OUTPUT,
    QUIET
};
static const struct weir_flag flags[] = {
    [SOURCES] = {"sources", 0, "DIR", "folder of series to learn from: its files *.csv and *.csv.gz"},
    [TARGET] = {"target", 0, "FILE", "the series to forecast"},
    [KNOWN] = {"known", 0, "PART", "first part of the target that is learnt, the rest is forecast; default 0.1"},
    [QUANTILE] = {"quantile", 0, "Q", "learn sources up to this quantile of their distances; default 0.5; 1: all"},
    [WITHIN] = {"within", 0, "DISTANCE", "learn no source farther than that; default 0: no bound"},
    [BAND] = {"band", 0, "PART", "band of dynamic time warping, of the length; default 0.1"},
    [WINDOW] = {"window", 0, "N", "newest values that a forecast is made from; default 24"},
    [NET] = {"net", 0, "NAME", "conv-gru: a convolution and 24 GRU units (default); gru: two GRU layers of 64 units"},
    [EPOCHS] = {"epochs", 0, "N", "passes over the sources, and over both in the joint training; default 5"},
    [MMD] = {"mmd", 0, "WEIGHT", "weight of MMD in the joint loss; default 0.1"},
    [CMMD] = {"cmmd", 0, "WEIGHT", "weight of CMMD in the joint loss; default 0.1"},
    [STEP] = {"step", 0, "TIME", "time between two values; else the median of each file"},
    [TIME] = {"time", 0, "COLUMN", "the column of times; else by its name, or the first"},
    [VALUE] = {"value", 0, "COLUMN", "the column of values; else the first that holds numbers"},
    [FORMAT] = {"time-format", 0, "FORMAT", "how times are written, as strptime has it; or s, ms, us, ns for numbers"},
    [SEEDS] = {"seeds", 's', "LIST", "seeds of weights and order; default 3: 1 to 3"},
    [OUTPUT] = {"output", 'o', "DIR", "write sources.csv and transfer.csv there"},
    [QUIET] = {"quiet", 'q', NULL, "no remarks"},
    {0},
};

/* A command line, read. */
struct request {
    const struct weir_arguments *arguments;
    const char *folder, *target, *output;
    double known, quantile, within, band, step_s;
    bool quiet;
    struct transfer_options options;
    unsigned long long *seeds; /* owned */
    int seed_count;
};

static int read_number(const struct request *request, int flag, double least, double most, double *value)
{
    const char *text = weir_arguments_value(request->arguments, flag), *end;
    if (!text)
        return WEIR_OK;
    end = weir_number_scan(text, value);
    if (!end || *end || !(*value >= least && *value <= most))
        return weir_error(WEIR_EUSAGE, "--%s: \"%s\" is no number from %g to %g", flags[flag].name, text, least, most);
    return WEIR_OK;
}

static int read_net(const char *name, struct transfer_options *options)
{
    if (!name || strcmp(name, "conv-gru") == 0)
        return WEIR_OK;
    if (strcmp(name, "gru") != 0)
        return weir_error(WEIR_EUSAGE, "--net: \"%s\" is neither conv-gru nor gru", name);
    options->channels = 0;
    options->layers = 2;
    options->units = 64;
    return WEIR_OK;
}

static int read_flags(const struct weir_arguments *arguments, struct request *request)
{
    const char *value, *seeds = weir_arguments_value(arguments, SEEDS);
    *request = (struct request){
        .arguments = arguments,
        .folder = weir_arguments_value(arguments, SOURCES),
        .target = weir_arguments_value(arguments, TARGET),
        .output = weir_arguments_value(arguments, OUTPUT),
        .quiet = weir_arguments_value(arguments, QUIET) != NULL,
        .known = 0.1,
        .quantile = 0.5,
        .band = 0.1,
        .options = transfer_defaults,
    };
    struct transfer_options *options = &request->options;
    if (!request->folder || !request->target)
        return weir_error(WEIR_EUSAGE, "--%s is missing", request->folder ? "target" : "sources");
    int code = read_number(request, KNOWN, 0, 1, &request->known);
    if (code == WEIR_OK)
        code = read_number(request, QUANTILE, 0, 1, &request->quantile);
    if (code == WEIR_OK)
        code = read_number(request, WITHIN, 0, 1e6, &request->within);
    if (code == WEIR_OK)
        code = read_number(request, BAND, 0, 1, &request->band);
    if (code == WEIR_OK)
        code = read_number(request, MMD, 0, 1e6, &options->weight_mmd);
    if (code == WEIR_OK)
        code = read_number(request, CMMD, 0, 1e6, &options->weight_cmmd);
    if (code == WEIR_OK && (value = weir_arguments_value(arguments, WINDOW)))
        code = weir_read_integer("window", value, 2, 2000, &options->window);
    if (code == WEIR_OK)
        code = read_net(weir_arguments_value(arguments, NET), options);
    if (code == WEIR_OK && (value = weir_arguments_value(arguments, EPOCHS))) {
        code = weir_read_integer("epochs", value, 1, 10000, &options->source_epochs);
        options->joint_epochs = options->source_epochs;
    }
    if (code == WEIR_OK && (value = weir_arguments_value(arguments, STEP)))
        code = weir_read_time("step", value, &request->step_s);
    if (code == WEIR_OK)
        code = weir_read_seeds("seeds", seeds ? seeds : "3", &request->seeds, &request->seed_count);
    return code;
}

/* One file as an even series, its gaps filled. */
static int read_series(const struct request *request, const char *path, struct series_grid *grid)
{
    struct weir_series series;
    const struct weir_series_options options = {.time = weir_arguments_value(request->arguments, TIME),
                                                .value = weir_arguments_value(request->arguments, VALUE),
                                                .time_format = weir_arguments_value(request->arguments, FORMAT),
                                                .any = true};
    int code = weir_series_load(path, &options, &series);
    weir_tell_remarks(request->quiet);
    *grid = (struct series_grid){0};
    if (code != WEIR_OK)
        return code;
    if (!series.value)
        code = weir_error(WEIR_EINPUT, "it has no column of values");
    else
        code = series_grid_make(series.time_s, series.value, series.count, request->step_s, grid);
    weir_series_fini(&series);
    if (code != WEIR_OK)
        return weir_error_context("%s", path);
    if (grid->gaps > 0 && !request->quiet)
        fprintf(stderr, "weir: %s: %zu gaps, filled by spline\n", path, grid->gaps);
    series_fill(grid->values, grid->count);
    return WEIR_OK;
}

static int is_csv(const struct dirent *entry)
{
    size_t length = strlen(entry->d_name);
    return entry->d_name[0] != '.' && ((length > 4 && !strcmp(entry->d_name + length - 4, ".csv")) ||
                                       (length > 7 && !strcmp(entry->d_name + length - 7, ".csv.gz")));
}

static int by_name(const struct dirent **one, const struct dirent **other)
{
    return strcmp((*one)->d_name, (*other)->d_name);
}

/* The series of the folder, in the order of their names, the target itself excepted. */
static int read_sources(const struct request *request, const struct series_grid *target, struct transfer_report *report)
{
    struct dirent **entries;
    int count = scandir(request->folder, &entries, is_csv, by_name), code = WEIR_OK;
    if (count < 0)
        return weir_error(WEIR_EINPUT, "--sources: %s: cannot be read as a folder", request->folder);
    report->sources = weir_alloc((size_t)count + 1, sizeof *report->sources);
    for (int i = 0; i < count; i++) {
        char *path = weir_format("%s/%s", request->folder, entries[i]->d_name);
        if (code == WEIR_OK && !weir_file_same(path, request->target)) {
            struct transfer_source *source = &report->sources[report->source_count++];
            source->name = weir_copy(entries[i]->d_name);
            code = read_series(request, path, &source->grid);
            if (code == WEIR_OK && source->grid.count < transfer_net_need(&request->options))
                code = weir_error(WEIR_EINPUT, "%s: its %zu values are too few for a window of %d", path,
                                  source->grid.count, request->options.window);
            if (code == WEIR_OK && source->grid.step_s != target->step_s && !request->quiet)
                fprintf(stderr, "weir: %s: its values are %g s apart, those of the target %g s\n", path,
                        source->grid.step_s, target->step_s);
        }
        free(path);
        free(entries[i]);
    }
    free(entries);
    if (code == WEIR_OK && report->source_count == 0)
        code = weir_error(WEIR_EINPUT, "--sources: %s: there is no *.csv or *.csv.gz to learn from", request->folder);
    return code;
}

/* Chooses the sources; *chosen, owned, holds those that are learnt. */
static size_t choose(const struct request *request, struct transfer_report *report, struct transfer_series **chosen)
{
    size_t count = (size_t)report->source_count, kept = 0;
    struct transfer_series *all = weir_alloc(count, sizeof *all);
    struct transfer_series target = {.values = report->target.values, .count = report->known};
    for (size_t i = 0; i < count; i++)
        all[i] = (struct transfer_series){report->sources[i].grid.values, report->sources[i].grid.count};
    report->choices = weir_alloc(count, sizeof *report->choices);
    *chosen = weir_alloc(count, sizeof **chosen);
    transfer_choose(&target, all, count, request->band, request->quantile, report->choices);
    transfer_reject(report->choices, count, request->within);
    for (size_t i = 0; i < count; i++)
        if (report->choices[i].kept)
            (*chosen)[kept++] = all[report->choices[i].index];
    free(all);
    return kept;
}

static int run_trials(const struct request *request, struct transfer_report *report)
{
    struct transfer_series *chosen;
    struct transfer_trial trial = {
        .target = {report->target.values, report->target.count}, .known = report->known, .options = request->options};
    int code = WEIR_OK;
    trial.source_count = choose(request, report, &chosen);
    if (trial.source_count == 0) {
        free(chosen);
        return weir_error(WEIR_EINPUT,
                          "--within: no source is within %g of the target; the nearest, %s, is %.3g away: learn the "
                          "target alone",
                          request->within, report->sources[report->choices[0].index].name, report->choices[0].distance);
    }
    trial.sources = chosen;
    report->seeds = request->seeds;
    report->results = weir_alloc((size_t)request->seed_count, sizeof *report->results);
    for (int i = 0; code == WEIR_OK && i < request->seed_count; i++) {
        trial.options.seed = request->seeds[i];
        code = transfer_compare(&trial, report->results[i]);
        report->seed_count = i + 1;
    }
    free(chosen);
    return code;
}

static int run(const struct weir_cli *cli, const struct weir_arguments *arguments)
{
    struct request request;
    struct transfer_report report = {0};
    int code = read_flags(arguments, &request);
    report.title = request.target;
    if (code == WEIR_OK)
        code = read_series(&request, request.target, &report.target);
    report.known = (size_t)floor(request.known * (double)report.target.count);
    if (code == WEIR_OK && report.known < transfer_net_need(&request.options))
        code = weir_error(WEIR_EINPUT,
                          "%s: the first %g of its %zu values are %zu, too few for a window of %d; raise --known",
                          request.target, request.known, report.target.count, report.known, request.options.window);
    if (code == WEIR_OK)
        code = read_sources(&request, &report.target, &report);
    if (code == WEIR_OK)
        code = run_trials(&request, &report);
    if (code == WEIR_OK)
        transfer_report_print(stdout, &report);
    if (code == WEIR_OK && request.output)
        code = transfer_report_write(request.output, &report);
    free(request.seeds);
    transfer_report_fini(&report);
    return code;
}

const struct weir_command weir_command_transfer = {
    .name = "transfer",
    .words = "--sources DIR --target FILE",
    .summary = "compare nets that learnt other loads with one that did not",
    .detail =
        "Of the target a first part is known. Four nets forecast the rest one step ahead: source-only, which never "
        "saw\n"
        "the target; target-only, which saw nothing else; fine-tuned, which learnt the sources and then the target;\n"
        "joint, which learnt both together in between (docs/transfer.md).\n",
    .flags = flags,
    .run = run,
};
