#include "sim/base/stats.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"
#include "sim/base/student.h"

void weir_moments_add(struct weir_moments *moments, double value)
{
    moments->count++;
    double distance = value - moments->mean;
    moments->mean += distance / (double)moments->count;
    moments->m2 += distance * (value - moments->mean);
}

double weir_moments_deviation(const struct weir_moments *moments)
{
    return moments->count < 2 ? 0 : sqrt(moments->m2 / (double)(moments->count - 1));
}

double weir_moments_half_width(const struct weir_moments *moments, double level)
{
    if (moments->count < 2)
        return NAN;
    double t = weir_student_quantile_above((1 - level) / 2, (double)(moments->count - 1));
    return t * weir_moments_deviation(moments) / sqrt((double)moments->count);
}

double weir_moments_p_value(const struct weir_moments *moments)
{
    if (moments->count < 2)
        return NAN;
    double error = weir_moments_deviation(moments) / sqrt((double)moments->count);
    if (error == 0)
        return moments->mean == 0 ? 1 : 0;
    return 2 * weir_student_above(fabs(moments->mean) / error, (double)(moments->count - 1));
}

#define LEAST_EXPONENT (-30)
#define OCTAVES        50
#define PER_OCTAVE     64 /* the first 6 bits of the mantissa */
#define LAST           (WEIR_HISTOGRAM_BUCKETS - 1)

/* Sign, exponent and the first 6 bits of the mantissa, read as an integer, count the buckets of a positive double. */
static unsigned bucket_of(double value)
{
    if (!(value >= 0x1p-30))
        return 0;
    if (value >= 0x1p20)
        return LAST;
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    const unsigned first = (1023 + LEAST_EXPONENT) * PER_OCTAVE;
    return 1 + (unsigned)(bits >> 46) - first;
}

/* Where a bucket begins that is not the first, and where the one before it ends. */
static double begin_of(unsigned bucket)
{
    unsigned octave = (bucket - 1) / PER_OCTAVE, part = (bucket - 1) % PER_OCTAVE;
    return ldexp(1 + (double)part / PER_OCTAVE, (int)octave + LEAST_EXPONENT);
}

/* Makes sure of the buckets from first to last; by octaves, since what comes next is not far. */
static void cover(struct weir_histogram *histogram, unsigned first, unsigned last)
{
    unsigned end = histogram->first + histogram->size;
    if (first >= histogram->first && last < end)
        return;
    if (histogram->size) {
        first = first < histogram->first ? first : histogram->first;
        last = last + 1 > end ? last : end - 1;
    }
    first = first / PER_OCTAVE * PER_OCTAVE;
    last = (last / PER_OCTAVE + 1) * PER_OCTAVE - 1;
    uint64_t *buckets = weir_alloc(last + 1 - first, sizeof *buckets);
    if (histogram->size)
        memcpy(buckets + (histogram->first - first), histogram->buckets, histogram->size * sizeof *buckets);
    free(histogram->buckets);
    histogram->buckets = buckets;
    histogram->first = first;
    histogram->size = last + 1 - first;
}

void weir_histogram_add(struct weir_histogram *histogram, double value_s, uint64_t weight)
{
    if (!(value_s > 0))
        value_s = 0;
    if (weight && (!histogram->count || value_s > histogram->max))
        histogram->max = value_s;
    if (weight && (!histogram->count || value_s < histogram->min))
        histogram->min = value_s;
    histogram->count += weight;
    histogram->sum += value_s * (double)weight;
    unsigned bucket = bucket_of(value_s);
    if (bucket - histogram->first >= histogram->size)
        cover(histogram, bucket, bucket);
    histogram->buckets[bucket - histogram->first] += weight;
}

void weir_histogram_merge(struct weir_histogram *into, const struct weir_histogram *from)
{
    if (!from->count)
        return;
    if (!into->count || from->max > into->max)
        into->max = from->max;
    if (!into->count || from->min < into->min)
        into->min = from->min;
    into->count += from->count;
    into->sum += from->sum;
    cover(into, from->first, from->first + from->size - 1);
    for (unsigned i = 0; i < from->size; i++)
        into->buckets[from->first + i - into->first] += from->buckets[i];
}

void weir_histogram_clear(struct weir_histogram *histogram)
{
    if (histogram->count)
        memset(histogram->buckets, 0, histogram->size * sizeof *histogram->buckets);
    histogram->count = 0;
    histogram->sum = histogram->min = histogram->max = 0;
}

void weir_histogram_fini(struct weir_histogram *histogram)
{
    free(histogram->buckets);
    *histogram = (struct weir_histogram){0};
}

/* The value of that rank among the `count` of a bucket, which stand in the middles of as many equal parts of it. */
static double value_in(const struct weir_histogram *histogram, unsigned bucket, double rank, double count)
{
    if (!bucket)
        return histogram->min;
    double part = fmin(fmax(rank - 0.5, 0.5), count - 0.5) / count;
    double begin = fmax(begin_of(bucket), histogram->min), end = fmin(begin_of(bucket + 1), histogram->max);
    return begin + part * (end - begin);
}

double weir_histogram_quantile(const struct weir_histogram *histogram, double q)
{
    if (histogram->count == 0)
        return NAN;
    if (q >= 1)
        return histogram->max;
    if (q <= 0)
        return histogram->min;
    double rank = q * (double)histogram->count, seen = 0; /* so many values are at or below it */
    for (unsigned i = 0; i < histogram->size && histogram->first + i < LAST; i++) {
        double here = (double)histogram->buckets[i];
        if (here > 0 && seen + here >= rank)
            return value_in(histogram, histogram->first + i, rank - seen, here);
        seen += here;
    }
    return histogram->max;
}
