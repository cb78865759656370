/* Kind bursts: a Markov-modulated Poisson process of two states, as a series of rates or of counts. */
#include <math.h>

#include "sim/base/error.h"
#include "sim/base/random.h"
#include "sim/generate/kinds.h"
#include "sim/generate/rates.h"

enum { ROWS_RATES, ROWS_COUNTS };
static const char *const rows_names[] = {"rates", "counts", NULL};

struct options {
    double low_per_s, high_per_s, mean_low_s, mean_high_s;
    int rows;
    struct weir_rates_options rates;
};

#define AT(field) offsetof(struct options, field)
static const struct weir_param params[] = {
    WEIR_PARAM("low", WEIR_PARAM_DOUBLE, WEIR_UNIT_RATE, AT(low_per_s), "5/s", 0, 1e300, NULL,
               "rate of the quiet state"),
    WEIR_PARAM("high", WEIR_PARAM_DOUBLE, WEIR_UNIT_RATE, AT(high_per_s), "95/s", 0, 1e300, NULL,
               "rate of the busy state"),
    WEIR_PARAM("mean_low", WEIR_PARAM_DOUBLE, WEIR_UNIT_TIME, AT(mean_low_s), "20s", 1e-9, 1e300, NULL,
               "mean stay in the quiet state"),
    WEIR_PARAM("mean_high", WEIR_PARAM_DOUBLE, WEIR_UNIT_TIME, AT(mean_high_s), "5s", 1e-9, 1e300, NULL,
               "mean stay in the busy state"),
    WEIR_PARAM("rows", WEIR_PARAM_CHOICE, WEIR_UNIT_NONE, AT(rows), "rates", 0, 0, rows_names,
               "mean rate of the states over the step, or items that came in it"),
    WEIR_RATES_PARAMS(struct options, rates, "1h", "1s", "length of the series"),
    {.name = NULL},
};

/* The modulating chain. */
struct chain {
    struct weir_stream stream;
    bool busy;
    double until_s; /* end of the stay */
};

static double stay_s(const struct options *o, struct chain *chain)
{
    return weir_stream_exponential(&chain->stream, chain->busy ? o->mean_high_s : o->mean_low_s);
}

/* Expected items between two times, the chain being moved on to the second. */
static double expected(const struct options *o, struct chain *chain, double from_s, double to_s)
{
    double items = 0;
    while (chain->until_s < to_s) {
        items += (chain->busy ? o->high_per_s : o->low_per_s) * (chain->until_s - from_s);
        from_s = chain->until_s;
        chain->busy = !chain->busy;
        chain->until_s += stay_s(o, chain);
    }
    return items + (chain->busy ? o->high_per_s : o->low_per_s) * (to_s - from_s);
}

static int run(const void *given, unsigned long long seed, FILE *out)
{
    const struct options *o = given;
    size_t count;
    int code = weir_rates_count(&o->rates, &count);
    if (code)
        return code;
    if (o->low_per_s > o->high_per_s)
        return weir_error(WEIR_EUSAGE, "--low (%g/s) is above --high (%g/s); exchange them", o->low_per_s,
                          o->high_per_s);
    double switches = 2 * o->rates.duration_s / (o->mean_low_s + o->mean_high_s);
    double items = o->rates.duration_s * o->high_per_s;
    if (switches > 1e9 || (o->rows == ROWS_COUNTS && items > 1e10))
        return weir_error(WEIR_EUSAGE, "%g changes of state and up to %g items are too many; shorten --duration",
                          switches, items);
    /* The long-run share of the busy state; a stay that has begun lasts as long as a new one, being exponential. */
    struct chain chain = {.stream = weir_stream_open(seed, "generate/bursts/states")};
    struct weir_stream arrivals = weir_stream_open(seed, "generate/bursts/arrivals");
    chain.busy = weir_stream_uniform(&chain.stream) < o->mean_high_s / (o->mean_low_s + o->mean_high_s);
    chain.until_s = stay_s(o, &chain);
    double next = weir_stream_exponential(&arrivals, 1); /* expected items until the next one comes */
    weir_rates_header(out);
    for (size_t i = 0; i < count; i++) {
        double from_s = (double)i * o->rates.step_s, to_s = (double)(i + 1) * o->rates.step_s;
        double came = expected(o, &chain, from_s, to_s);
        if (o->rows == ROWS_COUNTS) {
            double left = came;
            for (came = 0; next <= left; came++) {
                left -= next;
                next = weir_stream_exponential(&arrivals, 1);
            }
            next -= left;
        }
        weir_rates_write(&o->rates, from_s, came / o->rates.step_s, out);
    }
    return WEIR_OK;
}

const struct weir_generator weir_generator_bursts = {
    .name = "bursts",
    .summary = "a series of rates that switch between a quiet and a busy state, MMPP (CSV)",
    .detail = "Stays in a state are exponential. --rows rates (played with Poisson arrivals, they make the process "
              "itself) or\n"
              "counts, whose Poisson draws are made here: play those with \"arrivals\": \"even\".\n",
    .params = params,
    .size = sizeof(struct options),
    .run = run,
};
