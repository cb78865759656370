/* weir forecast: how well forecasters do on a series, one and several steps ahead. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "policies/learn/forecast/forecaster.h"
#include "policies/learn/series/grid.h"
#include "sim/analysis/forecast_report.h"
#include "sim/base/csv.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/quantity.h"
#include "sim/cli/command.h"

enum {
    MODELS,
    WINDOW,
    HORIZON,
    SPLIT,
    REFIT,
    SEASON,
    STEP,
    TIME,
    VALUE,
    FORMAT,
    NO_HEADER,
    SORT,
    SAME,
    SEED,
    OUTPUT,
    SAVE,
    LOAD,
    QUIET
};
static const struct weir_flag flags[] = {
    [MODELS] = {"models", 'm', "MODELS",
                "forecasters, by comma: NAME, or NAME:KEY=VALUE:...; last and seasonal are always added"},
    [WINDOW] = {"window", 0, "N", "newest values that models weigh, for those with such a parameter"},
    [HORIZON] = {"horizon", 0, "N", "steps ahead; default 12"},
    [SPLIT] = {"split", 0, "PART", "part of the series that models are fitted to; default 0.8; 1 only fits and saves"},
    [REFIT] = {"refit", 0, "TIME", "fit anew to all that is past, each such time; else once"},
    [SEASON] = {"season", 0, "TIME", "the season of the series; default 1d"},
    [STEP] = {"step", 0, "TIME", "time between two values; else the median of the file"},
    [TIME] = {"time", 0, "COLUMN", "the column of times, or DATE,CLOCK; else by its name, or the first"},
    [VALUE] = {"value", 0, "COLUMN", "the column of values; else the first that holds numbers"},
    [FORMAT] = {"time-format", 0, "FORMAT", "how times are written, as strptime has it; or s, ms, us, ns for numbers"},
    [NO_HEADER] = {"no-header", 0, NULL, "the file has no line of column names: they are 1, 2 and so on"},
    [SORT] = {"sort", 0, NULL, "sort the rows by time"},
    [SAME] = {"same", 0, "WAY", "rows of one time: refuse (default), add or mean"},
    [SEED] = {"seed", 's', "N", "seed of models that draw; default 1"},
    [OUTPUT] = {"output", 'o', "DIR", "write scores.csv, forecasts.csv and a plot there"},
    [SAVE] = {"save", 0, "FILE", "save the first model, as it is when all values have passed"},
    [LOAD] = {"load", 0, "FILE", "try a saved model too; it is told the first part, not fitted to it"},
    [QUIET] = {"quiet", 'q', NULL, "no remarks"},
    {0},
};

#define MODELS_DEFAULT "moving-average,linear,holt-winters,arima,ensemble"

/* A command line, read. */
struct request {
    const struct weir_cli *cli;
    const char *path, *window, *save, *load, *output;
    struct series_grid grid;
    double start_s, split, refit_s;
    struct forecaster_env env;
    struct forecaster_trial trial;
    bool quiet;
};

static int read_split(const char *text, double *split)
{
    const char *end = weir_number_scan(text, split);
    if (!end || *end || !(*split > 0 && *split <= 1))
        return weir_error(WEIR_EUSAGE, "--split: \"%s\" is not a part between 0 and 1, as in 0.8", text);
    return WEIR_OK;
}

static int read_flags(const struct weir_arguments *arguments, struct request *request)
{
    const char *value;
    int code = WEIR_OK, horizon = 12, window;
    *request = (struct request){
        .path = arguments->words[0],
        .window = weir_arguments_value(arguments, WINDOW),
        .save = weir_arguments_value(arguments, SAVE),
        .load = weir_arguments_value(arguments, LOAD),
        .output = weir_arguments_value(arguments, OUTPUT),
        .quiet = weir_arguments_value(arguments, QUIET) != NULL,
        .split = 0.8,
        .env = {.seed = 1},
    };
    if (request->window)
        code = weir_read_integer("window", request->window, 1, 1000000, &window);
    if (code == WEIR_OK && (value = weir_arguments_value(arguments, HORIZON)))
        code = weir_read_integer("horizon", value, 1, FORECASTER_HORIZON, &horizon);
    if (code == WEIR_OK && (value = weir_arguments_value(arguments, SPLIT)))
        code = read_split(value, &request->split);
    if (code == WEIR_OK && (value = weir_arguments_value(arguments, REFIT)))
        code = weir_read_time("refit", value, &request->refit_s);
    if (code == WEIR_OK && (value = weir_arguments_value(arguments, SEASON)))
        code = weir_read_time("season", value, &request->env.season_s);
    if (code == WEIR_OK && (value = weir_arguments_value(arguments, STEP)))
        code = weir_read_time("step", value, &request->env.step_s);
    if (code == WEIR_OK && (value = weir_arguments_value(arguments, SEED)))
        code = weir_read_seed("seed", value, &request->env.seed);
    if (code == WEIR_OK && request->split >= 1 && !request->save)
        code = weir_error(WEIR_EUSAGE,
                          "--split: 1 leaves nothing to forecast; it is for --save, to fit to the whole series");
    request->trial.horizon = (size_t)horizon;
    return code;
}

static int read_series(const struct weir_arguments *arguments, struct request *request)
{
    struct weir_series series;
    struct weir_series_options options = {
        .time = weir_arguments_value(arguments, TIME),
        .value = weir_arguments_value(arguments, VALUE),
        .time_format = weir_arguments_value(arguments, FORMAT),
        .no_header = weir_arguments_value(arguments, NO_HEADER) != NULL,
        .sort = weir_arguments_value(arguments, SORT) != NULL,
        .any = true,
    };
    int code = weir_read_same("same", weir_arguments_value(arguments, SAME), &options.same);
    if (code == WEIR_OK)
        code = weir_series_load(request->path, &options, &series);
    weir_tell_remarks(request->quiet);
    if (code != WEIR_OK)
        return code;
    request->start_s = series.start_s;
    if (!series.value)
        code = weir_error(WEIR_EINPUT, "it has no column of values; `weir generate from-timestamps` counts times");
    else
        code = series_grid_make(series.time_s, series.value, series.count, request->env.step_s, &request->grid);
    weir_series_fini(&series);
    if (code != WEIR_OK)
        return weir_error_context("%s", request->path);
    struct forecaster_trial *trial = &request->trial;
    request->env.step_s = request->grid.step_s;
    trial->values = request->grid.values;
    trial->count = request->grid.count;
    trial->train = (size_t)floor(request->split * (double)trial->count);
    if (request->split < 1 && (trial->train < 1 || trial->horizon > trial->count - trial->train))
        return weir_error(WEIR_EINPUT,
                          "%s: of its %zu values %zu are left to forecast, less than a horizon of %zu; give a longer "
                          "series, a smaller --horizon or another --split",
                          request->path, trial->count, trial->count - trial->train, trial->horizon);
    if (request->refit_s > 0)
        trial->refit = (size_t)fmax(1, round(request->refit_s / request->grid.step_s));
    return WEIR_OK;
}

/* Whether a kind has a parameter of this name. */
static bool has_param(const struct forecaster_kind *kind, const char *name)
{
    for (const struct weir_param *p = kind->params; p && p->name; p++)
        if (strcmp(p->name, name) == 0)
            return true;
    return false;
}

/* The model's text, with --window where the kind has one and the text says none. Owned. */
static char *with_window(const struct request *request, const char *text)
{
    char *name = weir_copy(text);
    name[strcspn(name, ":")] = '\0';
    const struct forecaster_kind *kind = request->window ? forecaster_find(request->cli->forecasters, name) : NULL;
    bool wanted = kind && has_param(kind, "window") && !strstr(text, ":window=");
    weir_error_clear();
    free(name);
    return wanted ? weir_format("%s:window=%s", text, request->window) : weir_copy(text);
}

/* A saved model goes on from its own last value: it is told the first part instead of being fitted to it. */
static int load(const struct request *request, struct forecaster **made)
{
    int code = forecaster_load(&request->env, request->load, made);
    for (size_t i = 0; i < request->trial.train && code == WEIR_OK; i++)
        code = forecaster_push(*made, request->trial.values[i]);
    return code;
}

static void tell_counts(const struct request *request, const struct forecast_row *row,
                        const struct forecaster *forecaster)
{
    struct forecaster_counts counts = forecaster_counts(forecaster);
    if (request->quiet)
        return;
    if (counts.clipped > 0)
        fprintf(stderr, "weir: %s: %zu outliers pulled in\n", row->label, counts.clipped);
    if (counts.raised > 0)
        fprintf(stderr, "weir: %s: %zu forecasts below 0 raised to it\n", row->label, counts.raised);
}

/* Makes, tries and scores one model. One that fails has its line on stderr, and the others go on. Wrong parameters are
 * errors. */
static int try(const struct request *request, struct forecast_row *row, bool first)
{
    struct forecaster *forecaster = NULL;
    struct forecaster_trial trial = request->trial;
    char *text = with_window(request, row->label);
    trial.fitted = row->label == request->load;
    int code = trial.fitted ? load(request, &forecaster) : forecaster_make_text(&request->env, text, &forecaster);
    free(text);
    if (code == WEIR_OK) {
        int tried = forecaster_try(forecaster, &trial, &row->result);
        if (tried == WEIR_OK && first && request->save)
            code = forecaster_save(forecaster, request->save);
        if (tried != WEIR_OK) {
            row->failed = true;
            fprintf(stderr, "weir: %s: %s\n", row->label, weir_error_message());
        } else {
            row->about = forecaster_describe(forecaster);
            tell_counts(request, row, forecaster);
        }
    }
    forecaster_free(forecaster);
    return code;
}

/* Fits the first model to the whole series and saves it. */
static int fit_and_save(const struct request *request, const char *label)
{
    struct forecaster *forecaster = NULL;
    char *text = with_window(request, label);
    int code = forecaster_make_text(&request->env, text, &forecaster);
    if (code == WEIR_OK)
        code = forecaster_fit(forecaster, request->trial.values, request->trial.count);
    if (code == WEIR_OK)
        code = forecaster_save(forecaster, request->save);
    forecaster_free(forecaster);
    free(text);
    return code;
}

/* The labels of the rows: the models given, then a saved one, then the naive ones that are missing. The list is cut up.
 */
static int list_rows(const struct request *request, char *list, struct forecast_report *report)
{
    static const char *const naive[] = {"last", "seasonal"};
    size_t capacity = 0;
    const char *labels[2] = {0};
    for (char *name; (name = strsep(&list, ","));) {
        report->rows = weir_grow(report->rows, (size_t)report->row_count + 1, &capacity, sizeof *report->rows);
        for (int i = 0; i < report->row_count; i++)
            if (strcmp(report->rows[i].label, name) == 0)
                return weir_error(WEIR_EUSAGE, "--models: \"%s\" is there twice", name);
        report->rows[report->row_count++] = (struct forecast_row){.label = name};
    }
    for (size_t n = 0; n < 2; n++) {
        labels[n] = naive[n];
        for (int i = 0; i < report->row_count; i++)
            if (strcmp(report->rows[i].label, naive[n]) == 0)
                labels[n] = NULL;
    }
    const char *more[] = {request->load, labels[0], labels[1]};
    for (size_t n = 0; n < 3; n++) {
        report->rows = weir_grow(report->rows, (size_t)report->row_count + 1, &capacity, sizeof *report->rows);
        if (more[n])
            report->rows[report->row_count++] = (struct forecast_row){.label = more[n]};
    }
    return WEIR_OK;
}

static void print_head(const struct request *request)
{
    char step[40], season[40];
    const struct forecaster_trial *trial = &request->trial;
    double season_s = request->env.season_s > 0 ? request->env.season_s : 86400;
    printf("%s: %zu values, %s apart, season %s; fitted to %zu, %zu forecast\n", request->path, trial->count,
           weir_quantity_show(WEIR_UNIT_TIME, request->grid.step_s, step, sizeof step),
           weir_quantity_show(WEIR_UNIT_TIME, season_s, season, sizeof season), trial->train,
           trial->count - trial->train);
    if (request->grid.gaps > 0)
        fprintf(stderr, "weir: %s: %zu gaps, filled by spline where models are fitted, by their own forecasts later\n",
                request->path, request->grid.gaps);
}

static int show(const struct request *request, const struct forecast_report *report)
{
    bool drawn;
    forecast_report_print(stdout, report);
    if (!request->output)
        return WEIR_OK;
    int code = forecast_report_write(request->output, report, &drawn);
    if (code == WEIR_OK && !request->quiet)
        fprintf(stderr, "weir: scores.csv, forecasts.csv, forecast.gp%s are in %s%s\n",
                drawn ? " and forecast.svg" : "", request->output, drawn ? "" : "; gnuplot did not draw the plot");
    return code;
}

static int run(const struct weir_cli *cli, const struct weir_arguments *arguments)
{
    struct request request;
    struct forecast_report report = {0};
    const char *models = weir_arguments_value(arguments, MODELS);
    char *list = weir_copy(models ? models : MODELS_DEFAULT);
    int code = read_flags(arguments, &request), failed = 0;
    request.cli = cli;
    request.env.catalog = cli->forecasters;
    if (code == WEIR_OK)
        code = list_rows(&request, list, &report);
    if (code == WEIR_OK)
        code = read_series(arguments, &request);
    if (code != WEIR_OK)
        goto out;
    print_head(&request);
    if (request.split >= 1) {
        code = fit_and_save(&request, report.rows[0].label);
        goto out;
    }
    for (int i = 0; i < report.row_count && code == WEIR_OK; i++) {
        code = try(&request, &report.rows[i], i == 0);
        failed += report.rows[i].failed;
    }
    if (code != WEIR_OK)
        goto out;
    report.title = request.path;
    report.start_s = request.start_s;
    report.step_s = request.grid.step_s;
    report.values = request.grid.values;
    report.count = request.trial.count;
    report.train = request.trial.train;
    report.horizon = request.trial.horizon;
    code = show(&request, &report);
    if (code == WEIR_OK && failed > 0)
        code = weir_error(WEIR_ERUN, "%d of %d models failed", failed, report.row_count);
out:
    for (int i = 0; i < report.row_count; i++) {
        forecaster_result_fini(&report.rows[i].result);
        free(report.rows[i].about);
    }
    free(report.rows);
    free(list);
    series_grid_fini(&request.grid);
    return code;
}

const struct weir_command weir_command_forecast = {
    .name = "forecast",
    .words = "DATA.csv",
    .min_words = 1,
    .max_words = 1,
    .summary = "fit forecasters to a part of a series and measure them on the rest",
    .detail =
        "DATA.csv has a column of times and one of values, plain or gzip (docs/forecast.md). Models are those of\n"
        "`weir list forecasters`, by default " MODELS_DEFAULT ".\n",
    .flags = flags,
    .run = run,
};
