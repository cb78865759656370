/* Kind from-timestamps: events counted by windows, and brought to another series' mean and spread (armah-2025,
 * Algorithm 2). */
#include <math.h>
#include <stdlib.h>

#include "sim/base/csv.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/generate/kinds.h"
#include "sim/generate/rates.h"

struct options {
    const char *input, *time, *time_format, *like, *like_column;
    bool no_header, sort;
    double mean_per_s, deviation_per_s;
    struct weir_rates_options rates;
};

#define AT(field) offsetof(struct options, field)
static const struct weir_param params[] = {
    WEIR_PARAM("input", WEIR_PARAM_STRING, WEIR_UNIT_NONE, AT(input), NULL, 0, 0, NULL,
               "CSV with a row an event, plain or gzip; required"),
    WEIR_PARAM("time", WEIR_PARAM_STRING, WEIR_UNIT_NONE, AT(time), NULL, 0, 0, NULL,
               "its column of times, or two of date and time of day, by comma; default: by name, else the first"),
    WEIR_PARAM("time-format", WEIR_PARAM_STRING, WEIR_UNIT_NONE, AT(time_format), NULL, 0, 0, NULL,
               "how times are written, as strptime has it, or s, ms, us, ns for numbers"),
    WEIR_PARAM("no-header", WEIR_PARAM_BOOL, WEIR_UNIT_NONE, AT(no_header), "false", 0, 0, NULL,
               "the file has no line of column names: they are 1, 2 and so on"),
    WEIR_PARAM("sort", WEIR_PARAM_BOOL, WEIR_UNIT_NONE, AT(sort), "false", 0, 0, NULL, "sort the events by time"),
    WEIR_PARAM("like", WEIR_PARAM_STRING, WEIR_UNIT_NONE, AT(like), NULL, 0, 0, NULL,
               "CSV of rates whose mean and standard deviation the series is brought to"),
    WEIR_PARAM("like_column", WEIR_PARAM_STRING, WEIR_UNIT_NONE, AT(like_column), NULL, 0, 0, NULL,
               "its column of rates; default: the second"),
    WEIR_PARAM("mean", WEIR_PARAM_DOUBLE, WEIR_UNIT_RATE, AT(mean_per_s), "0/s", 0, 1e300, NULL,
               "mean to bring the series to; 0: that of the events, or of --like"),
    WEIR_PARAM("deviation", WEIR_PARAM_DOUBLE, WEIR_UNIT_RATE, AT(deviation_per_s), "0/s", 0, 1e300, NULL,
               "standard deviation to bring it to; 0: as for the mean"),
    WEIR_RATES_PARAMS(struct options, rates, "0s", "1min", "length of the series; 0: that of the input"),
    {.name = NULL},
};

/* The wanted moments: options before --like before those of the series itself. */
static int wanted_moments(const struct options *o, double *mean, double *deviation)
{
    if (o->like && *o->like) {
        struct weir_series like = {0};
        int code = weir_series_read(o->like, NULL, o->like_column, &like);
        if (code)
            return code;
        if (!like.value)
            return weir_series_fini(&like), weir_error(WEIR_EINPUT, "%s has no column of rates", o->like);
        weir_rates_moments(like.value, like.count, mean, deviation);
        weir_series_fini(&like);
    }
    *mean = o->mean_per_s > 0 ? o->mean_per_s : *mean;
    *deviation = o->deviation_per_s > 0 ? o->deviation_per_s : *deviation;
    return WEIR_OK;
}

static int count_events(const struct options *o, const struct weir_series *events, FILE *out)
{
    struct weir_rates_options rates = o->rates;
    size_t windows;
    double last_s = events->time_s[events->count - 1];
    if (rates.duration_s == 0 && rates.step_s > 0) /* whole windows; the last, unfinished one is left out */
        rates.duration_s = floor(last_s / rates.step_s) * rates.step_s;
    int code = weir_rates_count(&rates, &windows);
    if (code)
        return code;
    double *rate = weir_alloc(windows, sizeof *rate);
    for (size_t i = 0; i < events->count; i++) {
        double window = floor(events->time_s[i] / rates.step_s);
        if (window < (double)windows)
            rate[(size_t)window] += 1 / rates.step_s;
    }
    double mean, deviation, wanted_mean, wanted_deviation;
    weir_rates_moments(rate, windows, &mean, &deviation);
    wanted_mean = mean;
    wanted_deviation = deviation;
    code = wanted_moments(o, &wanted_mean, &wanted_deviation);
    if (!code && deviation == 0 && wanted_deviation > 0)
        code = weir_error(WEIR_EINPUT, "%s has as many events in every window; no other deviation can be given to that",
                          o->input);
    if (code)
        goto out;
    weir_rates_header(out);
    for (size_t i = 0; i < windows; i++) {
        double standard = deviation > 0 ? (rate[i] - mean) / deviation : 0;
        weir_rates_write(&rates, (double)i * rates.step_s, wanted_mean + wanted_deviation * standard, out);
    }
out:
    free(rate);
    return code;
}

static int run(const void *given, unsigned long long seed, FILE *out)
{
    (void)seed; /* nothing is drawn */
    const struct options *o = given;
    struct weir_series events = {0};
    int code = weir_generate_needs("input", o->input);
    if (!code)
        code = weir_series_load(o->input,
                                &(struct weir_series_options){.time = o->time,
                                                              .time_format = o->time_format,
                                                              .events = true,
                                                              .no_header = o->no_header,
                                                              .sort = o->sort},
                                &events);
    if (!code)
        code = count_events(o, &events, out);
    weir_series_fini(&events);
    return code;
}

const struct weir_generator weir_generator_from_timestamps = {
    .name = "from-timestamps",
    .summary = "a series of rates from one timestamp an event, brought to another mean and spread (CSV)",
    .detail = "Algorithm 2 of [armah-2025]: events are counted by windows of --step, standardised, and shifted and "
              "scaled to a\n"
              "mean and standard deviation, of --like or given. What falls below 0 is 0. Nothing is drawn.\n",
    .params = params,
    .size = sizeof(struct options),
    .run = run,
};
