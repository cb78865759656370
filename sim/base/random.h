/* Randomness has a name: a stream is opened by (seed, name), so that adding one never shifts another, and policies
 * that are compared see the same draws. Two kinds:
 *  - a sequence (arrivals): draws in order;
 *  - a field (service times, keys): the draw for item `id` depends on (seed, name, id) alone, whatever the order in
 *    which items are served, so that two policies see the same work for the same item.
 * The generator is splitmix64, whose state is 8 bytes (Steele, Lea and Flood, OOPSLA 2014). Draws of normal, gamma and
 * Weibull distributions are GSL's but for last bits, which do not depend on the processor (real.h). */
#ifndef WEIR_BASE_RANDOM_H
#define WEIR_BASE_RANDOM_H

#include <stdint.h>

/* One stream. Copy it by value to fork an identical sequence. */
struct weir_stream {
    uint64_t state;
};

/* The 64-bit key of (seed, name). */
uint64_t weir_stream_key(uint64_t seed, const char *name);

struct weir_stream weir_stream_open(uint64_t seed, const char *name);

/* The stream of one element of a field: key from weir_stream_key, id of the element. */
struct weir_stream weir_stream_at(uint64_t key, uint64_t id);

uint64_t weir_stream_bits(struct weir_stream *stream);  /* 64 uniform bits */
double weir_stream_uniform(struct weir_stream *stream); /* (0, 1), both ends open */
double weir_stream_exponential(struct weir_stream *stream, double mean);
double weir_stream_normal(struct weir_stream *stream, double mean, double deviation);
/* A shape that is not above 0: NaN. */
double weir_stream_gamma(struct weir_stream *stream, double shape, double scale);
/* Weibull's, of this mean: scale = mean / Gamma(1 + 1 / shape). Shape 1 is the exponential, INFINITY the mean itself.
 */
double weir_stream_weibull(struct weir_stream *stream, double mean, double shape);
/* Uniform on 0..count-1; of none 0. */
uint64_t weir_stream_below(struct weir_stream *stream, uint64_t count);

/* A positive quantity that varies about its mean. */
enum weir_spread {
    WEIR_SPREAD_CONSTANT,    /* always the mean */
    WEIR_SPREAD_EXPONENTIAL, /* cv is 1 */
    WEIR_SPREAD_UNIFORM,     /* mean * (1 +- sqrt(3) cv), cv at most 1/sqrt(3) */
    WEIR_SPREAD_NORMAL,      /* normal, drawn again until positive; cv at most 0.5 */
    WEIR_SPREAD_LOGNORMAL,
    WEIR_SPREAD_GAMMA,
    WEIR_SPREAD_PARETO, /* shape from the cv: 1 + sqrt(1 + 1/cv^2) */
    WEIR_SPREAD_COUNT
};
extern const char *const weir_spread_names[WEIR_SPREAD_COUNT + 1]; /* "constant", "exponential", ..., NULL */

struct weir_distribution {
    double mean;
    double cv; /* coefficient of variation; 0 for constant */
    enum weir_spread spread;
};
/* One draw; unit of the mean. NaN for a cv that the distribution cannot have. */
double weir_draw(const struct weir_distribution *distribution, struct weir_stream *stream);

#endif
