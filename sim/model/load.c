/* Loads: the kinds, their parameters, reading. */
#include "sim/model/load.h"

#include <float.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/text.h"
#include "sim/model/load_parts.h"

static const char *const kind_names[] = {"constant", "poisson", "steps", "diurnal", "bursts", "csv", NULL};
static const char *const arrivals_names[] = {"poisson", "even", NULL};
static const char *const values_names[] = {"rates", "counts", "events", NULL};

/* Rows of the parameter tables. */
#define DOUBLE(key, kind, field, preset, low, high, text)                                                              \
    {                                                                                                                  \
        .name = key, .type = WEIR_PARAM_DOUBLE, .unit = kind, .offset = offsetof(struct weir_load, field),             \
        .fallback = preset, .min = low, .max = high, .help = text                                                      \
    }
#define CHOICE(key, field, list, preset, text)                                                                         \
    {                                                                                                                  \
        .name = key, .type = WEIR_PARAM_CHOICE, .offset = offsetof(struct weir_load, field), .fallback = preset,       \
        .choices = list, .help = text                                                                                  \
    }
#define STRING(key, field, preset, text)                                                                               \
    {                                                                                                                  \
        .name = key, .type = WEIR_PARAM_STRING, .offset = offsetof(struct weir_load, field), .fallback = preset,       \
        .help = text                                                                                                   \
    }
#define RATE(key, field, preset, text) DOUBLE(key, WEIR_UNIT_RATE, field, preset, 0, DBL_MAX, text)
#define EVERY_KIND                                                                                                     \
    DOUBLE("start", WEIR_UNIT_TIME, start_s, "0s", 0, DBL_MAX, "delay after the job's arrival"),                       \
        DOUBLE("end", WEIR_UNIT_TIME, end_s, "0s", 0, DBL_MAX, "time after the job's arrival to stop at; 0: never"),   \
        {.name = "count",                                                                                              \
         .type = WEIR_PARAM_INT,                                                                                       \
         .offset = offsetof(struct weir_load, count),                                                                  \
         .fallback = "0",                                                                                              \
         .min = 0,                                                                                                     \
         .max = INT_MAX,                                                                                               \
         .help = "items at most; 0: no limit"},                                                                        \
        DOUBLE("scale", WEIR_UNIT_NONE, scale, "1", 1e-6, 1e9, "times the rate, the counts or the events"),            \
        DOUBLE("speedup", WEIR_UNIT_NONE, speedup, "1", 1e-9, 1e9, "how much faster the load's own time runs"),        \
    {                                                                                                                  \
        0                                                                                                              \
    }
#define ARRIVALS                                                                                                       \
    CHOICE("arrivals", arrivals, arrivals_names, "poisson", "random (a Poisson process) or evenly spaced by the rate")

static const struct weir_param constant_params[] = {
    RATE("rate", rate_per_s, "0/s", "items per second; required"),
    EVERY_KIND,
};
static const struct weir_param poisson_params[] = {
    RATE("rate", rate_per_s, "0/s", "mean items per second; required"),
    EVERY_KIND,
};
static const struct weir_param steps_params[] = {
    ARRIVALS,
    EVERY_KIND,
};
static const struct weir_param diurnal_params[] = {
    RATE("base", base_per_s, "0/s", "rate far from the peaks"),
    RATE("peak", peak_per_s, "0/s", "highest rate; required"),
    DOUBLE("period", WEIR_UNIT_TIME, period_s, "24h", DBL_MIN, DBL_MAX, "length of a day"),
    DOUBLE("width", WEIR_UNIT_NONE, width, "0.08", 0.001, 0.5,
           "standard deviation of a peak, as a share of the period"),
    DOUBLE("offset", WEIR_UNIT_NONE, offset, "0", 0, 1, "where in the day the load begins, as a share of the period"),
    ARRIVALS,
    EVERY_KIND,
};
static const struct weir_param bursts_params[] = {
    RATE("low", low_per_s, "0/s", "rate of the quiet state"),
    RATE("high", high_per_s, "0/s", "rate of the busy state; required"),
    DOUBLE("mean_low", WEIR_UNIT_TIME, mean_low_s, "10s", DBL_MIN, DBL_MAX, "mean stay in the quiet state; required"),
    DOUBLE("mean_high", WEIR_UNIT_TIME, mean_high_s, "1s", DBL_MIN, DBL_MAX, "mean stay in the busy state; required"),
    EVERY_KIND,
};
static const struct weir_param csv_params[] = {
    STRING("file", file, "", "path of a CSV, plain or gzip, relative to the file that names it; required"),
    STRING("time", time, "",
           "column of the times, or two of date and time of day, by comma; default: by name, else the first"),
    STRING("value", value, "", "column of the values; default: the first that holds numbers"),
    STRING("time_format", time_format, "", "how times are written, as strptime has it, or s, ms, us, ns for numbers"),
    {.name = "header",
     .type = WEIR_PARAM_BOOL,
     .offset = offsetof(struct weir_load, header),
     .fallback = "true",
     .help = "the first line names the columns, unless it holds values; false: it never does, they are 1, 2, ..."},
    {.name = "sort",
     .type = WEIR_PARAM_BOOL,
     .offset = offsetof(struct weir_load, sort),
     .fallback = "false",
     .help = "sort the rows by time"},
    CHOICE("same", same, weir_series_same_names, "refuse",
           "several rows of one time: refuse, add up, or take their mean"),
    CHOICE("values", values, values_names, "rates",
           "items per second held until the next row, items in the time up to the next row, or a time an item"),
    {.name = "repeat",
     .type = WEIR_PARAM_BOOL,
     .offset = offsetof(struct weir_load, repeat),
     .fallback = "false",
     .help = "begin again at the end of the file"},
    DOUBLE("shift", WEIR_UNIT_TIME, shift_s, "0s", -DBL_MAX, DBL_MAX,
           "how much later the file's times come; may be negative"),
    {.name = "wrap",
     .type = WEIR_PARAM_BOOL,
     .offset = offsetof(struct weir_load, wrap),
     .fallback = "false",
     .help = "what is shifted out at one end of the file comes in at the other"},
    ARRIVALS,
    EVERY_KIND,
};

static const char *const kind_only[] = {"kind", NULL}, *const kind_steps[] = {"kind", "steps", NULL},
                         *const kind_peaks[] = {"kind", "peaks", NULL},
                         *const kind_sites[] = {"kind", "shifts", "scales", NULL};

const struct weir_load_info weir_load_table[] = {
    {"constant", "evenly spaced items, the first at once", constant_params, kind_only},
    {"poisson", "random items at a constant mean rate", poisson_params, kind_only},
    {"steps", "a rate that changes at given times: \"steps\": [{\"at\": \"0s\", \"rate\": \"10/s\"}, ...]",
     steps_params, kind_steps},
    {"diurnal", "a day whose rate rises to peaks at given shares of the period: \"peaks\": [0.33, 0.75]",
     diurnal_params, kind_peaks},
    {"bursts", "a Poisson process that switches between a quiet and a busy state (MMPP)", bursts_params, kind_only},
    {"csv", "played from a file: rates, counts or one time an item", csv_params, kind_sites},
    {0},
};

/* Keys that must be there. */
static const char *const constant_needs[] = {"rate", NULL}, *const steps_needs[] = {"steps", NULL},
                         *const diurnal_needs[] = {"peak", NULL},
                         *const bursts_needs[] = {"high", "mean_low", "mean_high", NULL},
                         *const csv_needs[] = {"file", NULL};
static const char *const *const needs[WEIR_LOAD_KINDS] = {constant_needs, constant_needs, steps_needs,
                                                          diurnal_needs,  bursts_needs,   csv_needs};

static int read_bursts(const struct weir_json *at, struct weir_load *load)
{
    load->low_per_s *= load->scale;
    load->high_per_s *= load->scale;
    load->mean_low_s /= load->speedup;
    load->mean_high_s /= load->speedup;
    if (load->low_per_s > load->high_per_s)
        return weir_json_error(at, "\"low\" (%g/s) is above \"high\" (%g/s); exchange them", load->low_per_s,
                               load->high_per_s);
    /* An arrival is found by walking through the states, so there must not be millions between two. */
    double items = load->low_per_s * load->mean_low_s + load->high_per_s * load->mean_high_s;
    if (items < 1e-4)
        return weir_json_error(at,
                               "a quiet and a busy stay together bring %g items on average; raise the rates or the "
                               "stays until it is 0.0001 or more",
                               items);
    return WEIR_OK;
}

static int read_kind(const struct weir_json *at, const char *file, struct weir_load *load)
{
    int code = WEIR_OK;
    struct weir_json child;
    for (int i = 0; needs[load->kind][i] && !code; i++)
        code = weir_json_need(at, needs[load->kind][i], &child);
    if (code)
        return code;
    if (load->end_s > 0 && load->end_s <= load->start_s)
        return weir_json_error(at, "\"end\" (%g s) must be after \"start\" (%g s)", load->end_s, load->start_s);
    switch (load->kind) {
    case WEIR_LOAD_CONSTANT:
    case WEIR_LOAD_POISSON:
        load->rate_per_s *= load->scale;
        return WEIR_OK;
    case WEIR_LOAD_STEPS:
        return weir_load_read_steps(at, load);
    case WEIR_LOAD_DIURNAL:
        return weir_load_read_diurnal(at, load);
    case WEIR_LOAD_BURSTS:
        return read_bursts(at, load);
    case WEIR_LOAD_CSV:
        return weir_load_read_csv(at, file, load);
    case WEIR_LOAD_KINDS:
        break;
    }
    return WEIR_OK;
}

int weir_load_read(const struct weir_json *at, const char *file, struct weir_load **load)
{
    *load = NULL;
    struct weir_json child;
    int kind = 0;
    int code = weir_json_need(at, "kind", &child);
    if (!code)
        code = weir_json_choice(&child, kind_names, &kind);
    if (code)
        return code;
    struct weir_load *made = weir_alloc(1, sizeof *made);
    made->kind = (enum weir_load_kind)kind;
    made->times = 1;
    weir_param_defaults(weir_load_table[kind].params, made);
    code = weir_param_bind(weir_load_table[kind].params, at, weir_load_table[kind].keys, made);
    if (!code)
        code = read_kind(at, file, made);
    made->file = made->time = made->value = made->time_format = NULL; /* they belong to the document */
    if (code) {
        weir_load_free(made);
        return code;
    }
    *load = made;
    return WEIR_OK;
}

void weir_load_free(struct weir_load *load)
{
    if (!load)
        return;
    weir_load_free_sites(load);
    weir_rate_table_fini(&load->table);
    free(load->event_s);
    free(load);
}

/* Items expected in [0, time_s] of the data, of whichever site. */
static double items_of_data(const struct weir_load *load, double time_s)
{
    if (time_s <= 0)
        return 0;
    switch (load->kind) {
    case WEIR_LOAD_CONSTANT:
    case WEIR_LOAD_POISSON:
        return load->rate_per_s * time_s;
    case WEIR_LOAD_BURSTS:
        return (load->low_per_s * load->mean_low_s + load->high_per_s * load->mean_high_s) /
               (load->mean_low_s + load->mean_high_s) * time_s;
    default:
        break;
    }
    if (!load->event_s)
        return weir_rate_table_items(&load->table, time_s);
    double plays = 0;
    if (load->repeat || load->wrap) {
        plays = floor(time_s / load->event_period_s);
        time_s -= plays * load->event_period_s;
    }
    size_t low = 0, high = load->event_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (load->event_s[middle] <= time_s)
            low = middle + 1;
        else
            high = middle;
    }
    return load->scale * (plays * (double)load->event_count + (double)low);
}

/* Items expected in [0, time_s] of the load's own clock, which starts at start_s. */
static double items_until(const struct weir_load *load, double time_s)
{
    if (load->stop_s > 0 && time_s > load->stop_s)
        time_s = load->stop_s;
    double items = items_of_data(load, time_s + load->begin_s);
    if (load->begin_s > 0)
        items -= items_of_data(load, load->begin_s);
    return items > 0 ? load->times * items : 0;
}

double weir_load_items(const struct weir_load *load)
{
    return load->count > 0 ? load->count : INFINITY;
}

double weir_load_mean_rate(const struct weir_load *load, double horizon_s)
{
    if (!(horizon_s > 0))
        return weir_load_rate_at(load, 0);
    if (isinf(horizon_s))
        horizon_s = 1e12;
    double until_s = load->end_s > 0 && load->end_s < horizon_s ? load->end_s : horizon_s;
    double items = items_until(load, until_s - load->start_s);
    if (load->count > 0 && items > load->count)
        items = load->count;
    return items / horizon_s;
}

double weir_load_rate_at(const struct weir_load *load, double time_s)
{
    if (time_s < load->start_s || (load->end_s > 0 && time_s >= load->end_s))
        return 0;
    double inner_s = time_s - load->start_s + load->begin_s;
    if (inner_s < 0 || (load->stop_s > 0 && time_s - load->start_s >= load->stop_s))
        return 0;
    if (load->table.count)
        return load->times * weir_rate_table_rate(&load->table, inner_s);
    if (!load->event_s)
        return items_until(load, 1);
    /* Events: the mean over the whole file while it plays. */
    double period_s = load->event_period_s;
    return load->repeat || inner_s <= period_s ? load->times * load->scale * (double)load->event_count / period_s : 0;
}

unsigned long long weir_load_hash(const struct weir_load *load, unsigned long long hash)
{
    return load->kind == WEIR_LOAD_CSV ? weir_hash(hash, &load->bytes, sizeof load->bytes) : hash;
}
