#include "sim/base/random.h"

#include <assert.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <gsl/gsl_sf_gamma.h>
#include <limits.h>
#include <math.h>

#include "sim/base/text.h"

const char *const weir_spread_names[WEIR_SPREAD_COUNT + 1] = {
    "constant", "exponential", "uniform", "normal", "lognormal", "gamma", "pareto", NULL,
};

#define GOLDEN 0x9e3779b97f4a7c15ULL

/* Stafford's thirteenth mixer, the finaliser of splitmix64: each bit in flips each bit out with probability 1/2. */
static inline uint64_t mix(uint64_t z)
{
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31);
}

static inline uint64_t next_bits(uint64_t *state)
{
    return mix(*state += GOLDEN);
}

/* 52 bits in the middles of 2^52 cells: neither 0 nor 1 can come out. */
static inline double next_uniform(uint64_t *state)
{
    return ((double)(next_bits(state) >> 12) + 0.5) * 0x1p-52;
}

uint64_t weir_stream_key(uint64_t seed, const char *name)
{
    return mix(weir_hash_string(WEIR_HASH_START, name) ^ mix(seed + GOLDEN));
}

struct weir_stream weir_stream_open(uint64_t seed, const char *name)
{
    return (struct weir_stream){.state = weir_stream_key(seed, name)};
}

struct weir_stream weir_stream_at(uint64_t key, uint64_t id)
{
    return (struct weir_stream){.state = mix(key ^ mix(id + GOLDEN))};
}

uint64_t weir_stream_bits(struct weir_stream *stream)
{
    return next_bits(&stream->state);
}

double weir_stream_uniform(struct weir_stream *stream)
{
    return next_uniform(&stream->state);
}

double weir_stream_exponential(struct weir_stream *stream, double mean)
{
    return -mean * log(next_uniform(&stream->state));
}

uint64_t weir_stream_below(struct weir_stream *stream, uint64_t count)
{
    assert(count > 0);
    /* Lemire, ACM TOMACS 29(1), 2019: multiply and reject the few that would make it uneven. */
    unsigned __int128 product = (unsigned __int128)next_bits(&stream->state) * count;
    if ((uint64_t)product < count) {
        uint64_t uneven = -count % count;
        while ((uint64_t)product < uneven)
            product = (unsigned __int128)next_bits(&stream->state) * count;
    }
    return (uint64_t)(product >> 64);
}

/* A stream as a generator of GSL's: the state is the stream's own 8 bytes, nothing is allocated. */

static void gsl_set(void *state, unsigned long seed)
{
    *(uint64_t *)state = seed;
}

static unsigned long gsl_get(void *state)
{
    return next_bits(state);
}

static double gsl_get_double(void *state)
{
    return next_uniform(state);
}

static const gsl_rng_type splitmix64 = {
    .name = "splitmix64",
    .max = ULONG_MAX,
    .min = 0,
    .size = sizeof(uint64_t),
    .set = gsl_set,
    .get = gsl_get,
    .get_double = gsl_get_double,
};
static_assert(sizeof(unsigned long) == sizeof(uint64_t), "GSL's generators give an unsigned long");

double weir_stream_normal(struct weir_stream *stream, double mean, double deviation)
{
    const gsl_rng generator = {&splitmix64, &stream->state};
    return mean + gsl_ran_gaussian_ziggurat(&generator, deviation);
}

double weir_stream_gamma(struct weir_stream *stream, double shape, double scale)
{
    const gsl_rng generator = {&splitmix64, &stream->state};
    return gsl_ran_gamma(&generator, shape, scale);
}

double weir_stream_weibull(struct weir_stream *stream, double mean, double shape)
{
    const gsl_rng generator = {&splitmix64, &stream->state};
    return gsl_ran_weibull(&generator, mean / gsl_sf_gamma(1 + 1 / shape), shape);
}

/* A normal that is drawn again until positive has another mean and deviation than the one drawn from. This gives the
 * parent's mean and deviation for those wanted: with a = mean / deviation of the parent and l = pdf(a) / cdf(a), the
 * positive part has mean (a + l) and variance (1 - a l - l^2) in units of the parent's deviation (Johnson, Kotz and
 * Balakrishnan, Continuous Univariate Distributions 1, section 10.1). Solved for a by Newton's method. */
static void positive_normal(double mean, double cv, double *parent_mean, double *parent_deviation)
{
    double a = 1 / cv;
    double l = 0;
    for (int step = 0; cv > 0.15 && step < 6; step++) { /* at cv 0.15, 1 draw in 10^11 is negative */
        l = exp(-0.5 * a * a) * sqrt(2 / M_PI) / erfc(-a * M_SQRT1_2);
        double slope = -l * (a + l);
        double deviation = sqrt(1 - a * l - l * l);
        double residue = deviation - cv * (a + l);
        if (fabs(residue) < 1e-12)
            break;
        a -= residue / (-(l + (a + 2 * l) * slope) / (2 * deviation) - cv * (1 + slope));
    }
    *parent_deviation = mean / (a + l);
    *parent_mean = a * *parent_deviation;
}

double weir_draw(const struct weir_distribution *distribution, struct weir_stream *stream)
{
    double mean = distribution->mean, cv = distribution->cv;
    if (distribution->spread == WEIR_SPREAD_EXPONENTIAL)
        return weir_stream_exponential(stream, mean);
    if (cv <= 0 || mean <= 0)
        return mean;
    switch (distribution->spread) {
    case WEIR_SPREAD_UNIFORM:
        return mean * (1 + sqrt(3) * cv * (2 * next_uniform(&stream->state) - 1));
    case WEIR_SPREAD_NORMAL: {
        assert(cv <= 0.5);
        double parent_mean, parent_deviation, value;
        positive_normal(mean, cv, &parent_mean, &parent_deviation);
        do
            value = weir_stream_normal(stream, parent_mean, parent_deviation);
        while (value <= 0);
        return value;
    }
    case WEIR_SPREAD_LOGNORMAL: {
        double variance = log1p(cv * cv); /* of the logarithm */
        return mean * exp(weir_stream_normal(stream, -variance / 2, sqrt(variance)));
    }
    case WEIR_SPREAD_GAMMA:
        return weir_stream_gamma(stream, 1 / (cv * cv), mean * cv * cv);
    case WEIR_SPREAD_PARETO: {
        double shape = 1 + sqrt(1 + 1 / (cv * cv));
        double least = mean * (shape - 1) / shape;
        return least * pow(next_uniform(&stream->state), -1 / shape);
    }
    default:
        return mean;
    }
}
