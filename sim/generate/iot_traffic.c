/* Kind iot-traffic: a coarse series made finer by a cubic spline, with a factor and noise (armah-2025, Algorithm 1). */
#include <gsl/gsl_spline.h>
#include <math.h>

#include "sim/base/csv.h"
#include "sim/base/error.h"
#include "sim/base/random.h"
#include "sim/generate/kinds.h"
#include "sim/generate/rates.h"

enum { VALUES_COUNTS, VALUES_RATES };
static const char *const values_names[] = {"counts", "rates", NULL};

struct options {
    const char *input, *time, *column;
    int values;
    double factor, noise;
    struct weir_rates_options rates;
};

#define AT(field) offsetof(struct options, field)
static const struct weir_param params[] = {
    WEIR_PARAM("input", WEIR_PARAM_STRING, WEIR_UNIT_NONE, AT(input), NULL, 0, 0, NULL,
               "CSV of the coarse series, plain or gzip; required"),
    WEIR_PARAM("time", WEIR_PARAM_STRING, WEIR_UNIT_NONE, AT(time), NULL, 0, 0, NULL,
               "its column of times; default: the first"),
    WEIR_PARAM("column", WEIR_PARAM_STRING, WEIR_UNIT_NONE, AT(column), NULL, 0, 0, NULL,
               "its column of values; default: the second"),
    WEIR_PARAM("values", WEIR_PARAM_CHOICE, WEIR_UNIT_NONE, AT(values), "counts", 0, 0, values_names,
               "items in the time from row to row, or items per second"),
    WEIR_PARAM("factor", WEIR_PARAM_DOUBLE, WEIR_UNIT_NONE, AT(factor), "0", 0, 1e300, NULL,
               "of counts, from the coarse step to the fine one; 0: fine step / coarse step"),
    WEIR_PARAM("noise", WEIR_PARAM_DOUBLE, WEIR_UNIT_NONE, AT(noise), "0.1", 0, 1, NULL,
               "each count times a uniform draw from 1 - noise to 1 + noise"),
    WEIR_RATES_PARAMS(struct options, rates, "0s", "1min", "length of the series; 0: that of the input"),
    {.name = NULL},
};

static int resample(const struct options *o, const struct weir_series *coarse, unsigned long long seed, FILE *out)
{
    size_t n = coarse->count, rows;
    if (n < 3)
        return weir_error(WEIR_EINPUT, "%s has %zu rows; a cubic spline needs three", o->input, n);
    if (!coarse->value)
        return weir_error(WEIR_EINPUT, "%s has no column of values; name it by --column", o->input);
    double last_s = coarse->time_s[n - 1], coarse_step_s = last_s / (double)(n - 1);
    struct weir_rates_options rates = o->rates;
    if (rates.duration_s == 0)
        rates.duration_s = last_s + rates.step_s;
    else if (rates.duration_s > last_s + rates.step_s)
        return weir_error(WEIR_EUSAGE,
                          "--duration (%g s) is longer than the input (%g s); a spline ends at the last row",
                          rates.duration_s, last_s);
    int code = weir_rates_count(&rates, &rows);
    if (code)
        return code;
    double factor = o->factor > 0 ? o->factor : rates.step_s / coarse_step_s; /* alpha */
    if (o->values == VALUES_RATES)
        factor *= coarse_step_s;
    struct weir_stream stream = weir_stream_open(seed, "generate/iot-traffic");
    gsl_spline *spline = gsl_spline_alloc(gsl_interp_cspline, n);
    gsl_interp_accel *place = gsl_interp_accel_alloc();
    gsl_spline_init(spline, coarse->time_s, coarse->value, n);
    weir_rates_header(out);
    for (size_t i = 0; i < rows; i++) {
        double time_s = (double)i * rates.step_s;
        double items = factor * gsl_spline_eval(spline, fmin(time_s, last_s), place);
        weir_rates_write(&rates, time_s, items * weir_rates_noise(o->noise, &stream) / rates.step_s, out);
    }
    gsl_interp_accel_free(place);
    gsl_spline_free(spline);
    return WEIR_OK;
}

static int run(const void *given, unsigned long long seed, FILE *out)
{
    const struct options *o = given;
    struct weir_series coarse = {0};
    int code = weir_generate_needs("input", o->input);
    if (!code)
        code = weir_series_read(o->input, o->time, o->column, &coarse);
    if (!code)
        code = resample(o, &coarse, seed, out);
    weir_series_fini(&coarse);
    return code;
}

const struct weir_generator weir_generator_iot_traffic = {
    .name = "iot-traffic",
    .summary = "a coarse series of IoT traffic made finer: cubic spline, factor, noise (CSV)",
    .detail = "Algorithm 1 of [armah-2025]: a 5-minute series becomes one of 1 or 2 minutes. Where the spline dips "
              "below 0, the\n"
              "rate is 0. The algorithm ends with whole items: --integers.\n",
    .params = params,
    .size = sizeof(struct options),
    .run = run,
};
