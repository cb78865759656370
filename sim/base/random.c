#include "sim/base/random.h"

#include <math.h>

#include "sim/base/random_table.h"
#include "sim/base/real.h"
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
    return -mean * weir_log(next_uniform(&stream->state));
}

uint64_t weir_stream_below(struct weir_stream *stream, uint64_t count)
{
    if (!count)
        return 0;
    /* Lemire, ACM TOMACS 29(1), 2019: multiply and reject the few that would make it uneven. */
    unsigned __int128 product = (unsigned __int128)next_bits(&stream->state) * count;
    if ((uint64_t)product < count) {
        uint64_t uneven = -count % count;
        while ((uint64_t)product < uneven)
            product = (unsigned __int128)next_bits(&stream->state) * count;
    }
    return (uint64_t)(product >> 64);
}

/* One of the standard normal distribution. 8 bits choose layer and side, 24 a place in the layer. */
static double standard_normal(uint64_t *state)
{
    for (;;) {
        uint64_t bits = next_bits(state);
        unsigned row = bits & 0x7f;
        uint32_t place = bits >> 8 & 0xffffff;
        double x = place * ziggurat[row].width, y;
        if (place >= ziggurat[row].inside) {
            if (row < 127) {
                y = ziggurat[row + 1].top + (ziggurat[row].top - ziggurat[row + 1].top) * next_uniform(state);
            } else {
                double first = 1 - next_uniform(state);
                x = ZIGGURAT_TAIL - weir_log(first) / ZIGGURAT_TAIL;
                y = weir_exp(-ZIGGURAT_TAIL * (x - 0.5 * ZIGGURAT_TAIL)) * next_uniform(state);
            }
            if (!(y < weir_exp(-0.5 * x * x)))
                continue;
        }
        return bits & 0x80 ? x : -x;
    }
}

double weir_stream_normal(struct weir_stream *stream, double mean, double deviation)
{
    return mean + deviation * standard_normal(&stream->state);
}

double weir_stream_gamma(struct weir_stream *stream, double shape, double scale)
{
    double factor = 1;
    if (!(shape > 0))
        return NAN;
    if (shape < 1) {
        factor = weir_pow(next_uniform(&stream->state), 1 / shape);
        shape++;
    }
    /* Marsaglia and Tsang, ACM TOMS 26(3), 2000 */
    double d = shape - 1.0 / 3, c = 1.0 / 3 / sqrt(d);
    for (;;) {
        double x = standard_normal(&stream->state), v = 1 + c * x;
        if (v <= 0)
            continue;
        v = v * v * v;
        double u = next_uniform(&stream->state);
        if (u < 1 - 0.0331 * x * x * x * x || weir_log(u) < 0.5 * x * x + d * (1 - v + weir_log(v)))
            return scale * d * v * factor;
    }
}

double weir_stream_weibull(struct weir_stream *stream, double mean, double shape)
{
    double scale = mean / weir_gamma(1 + 1 / shape);
    return scale * weir_pow(-weir_log(next_uniform(&stream->state)), 1 / shape);
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
        l = weir_exp(-0.5 * a * a) * sqrt(2 / M_PI) / weir_erfc(-a * M_SQRT1_2);
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
        if (!(cv <= 0.5))
            return NAN;
        double parent_mean, parent_deviation, value;
        positive_normal(mean, cv, &parent_mean, &parent_deviation);
        do
            value = weir_stream_normal(stream, parent_mean, parent_deviation);
        while (value <= 0);
        return value;
    }
    case WEIR_SPREAD_LOGNORMAL: {
        double variance = weir_log1p(cv * cv); /* of the logarithm */
        return mean * weir_exp(weir_stream_normal(stream, -variance / 2, sqrt(variance)));
    }
    case WEIR_SPREAD_GAMMA:
        return weir_stream_gamma(stream, 1 / (cv * cv), mean * cv * cv);
    case WEIR_SPREAD_PARETO: {
        double shape = 1 + sqrt(1 + 1 / (cv * cv));
        double least = mean * (shape - 1) / shape;
        return least * weir_pow(next_uniform(&stream->state), -1 / shape);
    }
    default:
        return mean;
    }
}
