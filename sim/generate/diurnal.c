/* Kind diurnal: days with peaks, weekends and noise, as a series of rates. */
#include <math.h>
#include <stdlib.h>

#include "sim/base/error.h"
#include "sim/base/json.h"
#include "sim/base/random.h"
#include "sim/base/text.h"
#include "sim/generate/kinds.h"
#include "sim/generate/rates.h"
#include "sim/model/load.h"

struct options {
    double base_per_s, peak_per_s, period_s, width, offset, weekend, noise;
    const char *peaks;
    struct weir_rates_options rates;
};

#define AT(field) offsetof(struct options, field)
static const struct weir_param params[] = {
    WEIR_PARAM("base", WEIR_PARAM_DOUBLE, WEIR_UNIT_RATE, AT(base_per_s), "10/s", 0, 1e300, NULL,
               "rate far from the peaks"),
    WEIR_PARAM("peak", WEIR_PARAM_DOUBLE, WEIR_UNIT_RATE, AT(peak_per_s), "100/s", 0, 1e300, NULL, "highest rate"),
    WEIR_PARAM("period", WEIR_PARAM_DOUBLE, WEIR_UNIT_TIME, AT(period_s), "24h", 1e-3, 1e300, NULL, "length of a day"),
    WEIR_PARAM("peaks", WEIR_PARAM_STRING, WEIR_UNIT_NONE, AT(peaks), "0.33,0.75", 0, 0, NULL,
               "where in the day the peaks are, as shares of the period"),
    WEIR_PARAM("width", WEIR_PARAM_DOUBLE, WEIR_UNIT_NONE, AT(width), "0.08", 0.001, 0.5, NULL,
               "standard deviation of a peak, as a share of the period"),
    WEIR_PARAM("offset", WEIR_PARAM_DOUBLE, WEIR_UNIT_NONE, AT(offset), "0", 0, 1, NULL,
               "where in the day the series begins, as a share"),
    WEIR_PARAM("weekend", WEIR_PARAM_DOUBLE, WEIR_UNIT_NONE, AT(weekend), "1", 0, 1000, NULL,
               "factor of the sixth and seventh day of each week"),
    WEIR_PARAM("noise", WEIR_PARAM_DOUBLE, WEIR_UNIT_NONE, AT(noise), "0", 0, 1, NULL,
               "each rate times a uniform draw from 1 - noise to 1 + noise"),
    WEIR_RATES_PARAMS(struct options, rates, "24h", "1min", "length of the series"),
    {.name = NULL},
};

#define MOST_PEAKS 24

/* The shape is that of the load of the same name. */
static int read_shape(const struct options *o, struct weir_load **load)
{
    double peaks[MOST_PEAKS];
    int count;
    *load = NULL;
    if (o->peak_per_s < o->base_per_s)
        return weir_error(WEIR_EUSAGE, "--peak (%g/s) is below --base (%g/s); exchange them", o->peak_per_s,
                          o->base_per_s);
    int code = weir_generate_numbers("peaks", o->peaks, 0, 1, peaks, MOST_PEAKS, &count);
    if (code)
        return code;
    struct weir_text text = {0};
    weir_text_addf(&text,
                   "{\"kind\": \"diurnal\", \"base\": \"%.17g/s\", \"peak\": \"%.17g/s\", \"period\": \"%.17gs\", "
                   "\"width\": %.17g, \"offset\": %.17g, \"peaks\": [",
                   o->base_per_s, o->peak_per_s, o->period_s, o->width, o->offset);
    for (int i = 0; i < count; i++)
        weir_text_addf(&text, "%s%.17g", i ? ", " : "", peaks[i]);
    weir_text_add(&text, "]}");
    struct weir_json_doc *doc = NULL;
    code = weir_json_parse(weir_text_string(&text), "shape", &doc);
    if (!code) {
        struct weir_json root = weir_json_root(doc);
        code = weir_load_read(&root, "", load);
    }
    weir_json_free(doc);
    weir_text_fini(&text);
    return code;
}

static int run(const void *given, unsigned long long seed, FILE *out)
{
    const struct options *o = given;
    struct weir_load *load;
    size_t count;
    int code = weir_rates_count(&o->rates, &count);
    if (!code)
        code = read_shape(o, &load);
    if (code)
        return code;
    struct weir_stream stream = weir_stream_open(seed, "generate/diurnal");
    weir_rates_header(out);
    double items = 0;
    for (size_t i = 0; i < count; i++) {
        double from_s = (double)i * o->rates.step_s, to_s = (double)(i + 1) * o->rates.step_s;
        double until = weir_load_mean_rate(load, to_s) * to_s; /* items up to then, so the mean over the step */
        double rate = (until - items) / o->rates.step_s;
        items = until;
        if (fmod(floor(from_s / o->period_s + o->offset), 7) >= 5)
            rate *= o->weekend;
        rate *= weir_rates_noise(o->noise, &stream);
        weir_rates_write(&o->rates, from_s, rate, out);
    }
    weir_load_free(load);
    return WEIR_OK;
}

const struct weir_generator weir_generator_diurnal = {
    .name = "diurnal",
    .summary = "a series of rates: days with peaks, quieter weekends, noise (CSV)",
    .detail = "The day has the shape of the load \"diurnal\" (docs/workload.md); each row is the mean over its step.\n",
    .params = params,
    .size = sizeof(struct options),
    .run = run,
};
