/* Angles. */
#include "sim/base/real.h"

#include <math.h>

#include "sim/base/real_parts.h"

/* atan(i / 16). */
static const struct parts arcs[] = {
    {0, 0},
    {0x1.ff55bb72cfdeap-5, -0x1.c934d86d23f1dp-60},
    {0x1.fd5ba9aac2f6ep-4, -0x1.cd37686760c17p-59},
    {0x1.7b97b4bce5b02p-3, 0x1.347b0b4f881cap-58},
    {0x1.f5b75f92c80ddp-3, 0x1.8ab6e3cf7afbdp-57},
    {0x1.362773707ebccp-2, -0x1.963a544b672d8p-57},
    {0x1.6f61941e4def1p-2, -0x1.c63aae6f6e918p-56},
    {0x1.a64eec3cc23fdp-2, -0x1.24dec1b50b7ffp-56},
    {0x1.dac670561bb4fp-2, 0x1.a2b7f222f65e2p-56},
    {0x1.0657e94db30dp-1, -0x1.d5b495f6349e6p-56},
    {0x1.1e00babdefeb4p-1, -0x1.928df287a668fp-58},
    {0x1.345f01cce37bbp-1, 0x1.1021137c71102p-55},
    {0x1.4978fa3269ee1p-1, 0x1.2419a87f2a458p-56},
    {0x1.5d58987169b18p-1, 0x1.0028e4bc5e7cap-57},
    {0x1.700a7c5784634p-1, -0x1.8c34d25aadef6p-56},
    {0x1.819d0b7158a4dp-1, -0x1.bf76229d3b917p-56},
    {0x1.921fb54442d18p-1, 0x1.1a62633145c07p-55},
};

/* 2 / pi, 64 binary digits a word; the first are those before the point. */
static const uint64_t two_over_pi[] = {
    0,
    0xa2f9836e4e441529,
    0xfc2757d1f534ddc0,
    0xdb6295993c439041,
    0xfe5163abdebbc561,
    0xb7246e3a424dd2e0,
    0x06492eea09d1921c,
    0xfe1deb1cb129a73e,
    0xe88235f52ebb4484,
    0xe99c7026b45f7e41,
    0x3991d639835339f4,
    0x9c845f8bbdf9283b,
    0x1ff897ffde05980f,
    0xef2f118b5a0a6d1f,
    0x6d367ecf27cb09b7,
    0x4f463f669e5fea2d,
    0x7527bac7ebe5f17b,
    0x3d0739f78a5292ea,
    0x6bfb5fb11f8d5d08,
    0x56033046fc7b6bab,
    0xf0cfbc209af4361d,
    0xa9e391615ee61b08,
};
static const struct parts half_pi = {0x1.921fb54442d18p+0, 0x1.1a62633145c07p-54};

/* x - quarter pi / 2 in two parts, and the quarter, of which the last two binary digits count. |x| < 2^20: pi / 2 in
 * parts of 33 digits, whose products with the quarter are exact. */
static unsigned reduce_medium(double x, struct parts *rest)
{
    const double shift = 0x1.8p52;
    double shifted = x * 0x1.45f306dc9c883p-1 + shift, quarter = shifted - shift;
    double first = x - quarter * 0x1.921fb544p+0;
    struct parts second = any_sum_of(first, -quarter * 0x1.0b4611a6p-34);
    struct parts third = any_sum_of(second.high, -quarter * 0x1.3198a2ep-69);
    *rest = sum_of(third.high, second.low + (third.low - quarter * 0x1.b839a252049c1p-104));
    return (unsigned)bits_of(shifted);
}

/* The same for a large x = m 2^e (Payne and Hanek 1983): of 2 / pi, those 256 digits count that give neither whole
 * turns nor less than 2^-130. */
static unsigned reduce_large(double x, struct parts *rest)
{
    uint64_t bits = bits_of(x), m = (bits & 0xfffffffffffffULL) | 0x10000000000000ULL;
    int e = (int)(bits >> 52 & 0x7ff) - 1075, skip = e >= 2 ? (e - 2) / 64 + 1 : 0;
    uint64_t word[4], carry = 0;
    for (int i = 3; i >= 0; i--) { /* m times four words, without what is above them */
        unsigned __int128 product = (unsigned __int128)m * two_over_pi[skip + i] + carry;
        word[i] = (uint64_t)product;
        carry = (uint64_t)(product >> 64);
    }
    /* digits behind the point; above it stand two at least */
    int behind = 64 * (skip + 3) - e, above = 256 - behind;
    unsigned quarter = 0;
    for (int i = 0; i < above; i++) { /* shifts the point to the front */
        quarter = quarter << 1 | (unsigned)(word[0] >> 63);
        for (int j = 0; j < 4; j++)
            word[j] = word[j] << 1 | (j < 3 ? word[j + 1] >> 63 : 0);
    }
    /* to the nearest quarter: a rest of a half or more becomes one below 0 */
    double sign = 1;
    if (word[0] >> 63) {
        quarter++;
        sign = -1;
        for (int j = 0; j < 4; j++)
            word[j] = ~word[j];
    }
    struct parts part = {0, 0};
    for (int j = 3; j >= 0; j--) /* 32 digits at a time, each exact; the last sums are of two parts */
        for (int half = 0; half < 2; half++) {
            double digits = ldexp((double)(half ? word[j] >> 32 : word[j] & 0xffffffffU), -64 * j - (half ? 32 : 64));
            struct parts sum = any_sum_of(digits, part.high);
            part = sum_of(sum.high, sum.low + part.low);
        }
    struct parts product = product_of(part.high, half_pi.high);
    product = sum_of(product.high, product.low + (part.high * half_pi.low + part.low * half_pi.high));
    if (bits >> 63) {
        sign = -sign;
        quarter = -quarter;
    }
    *rest = (struct parts){sign * product.high, sign * product.low};
    return quarter;
}

static unsigned reduce(double x, struct parts *rest)
{
    if (fabs(x) <= 0x1.921fb54442d18p-1) {
        *rest = (struct parts){x, 0};
        return 0;
    }
    return fabs(x) < 0x1p20 ? reduce_medium(x, rest) : reduce_large(x, rest);
}

/* Taylor's series, |x| <= pi / 4. */
static double sine_of(struct parts x)
{
    double r = x.high, z = r * r;
    double series =
        -1.0 / 6 +
        z * (1.0 / 120 +
             z * (-1.0 / 5040 + z * (1.0 / 362880 + z * (-1.0 / 39916800 +
                                                         z * (1.0 / 6227020800 + z * (-1.0 / 1307674368000 +
                                                                                      z * (1.0 / 355687428096000)))))));
    return r + (r * z * series + x.low * (1 - z / 2));
}

static double cosine_of(struct parts x)
{
    double r = x.high, z = r * r;
    double series =
        1.0 / 24 +
        z * (-1.0 / 720 +
             z * (1.0 / 40320 + z * (-1.0 / 3628800 +
                                     z * (1.0 / 479001600 + z * (-1.0 / 87178291200 + z * (1.0 / 20922789888000))))));
    double half = z / 2, most = 1 - half;
    return most + (((1 - most) - half) + (z * z * series - r * x.low));
}

static double sine_at(double x, unsigned ahead)
{
    if (!isfinite(x))
        return NAN;
    struct parts rest;
    unsigned quarter = reduce(x, &rest) + ahead;
    double value = quarter & 1 ? cosine_of(rest) : sine_of(rest);
    return quarter & 2 ? -value : value;
}

double weir_sin(double x)
{
    return fabs(x) < 0x1p-27 ? x : sine_at(x, 0);
}

double weir_cos(double x)
{
    return sine_at(x, 1);
}

/* atan(y / x) for 0 <= y <= x, x > 0. */
static struct parts arc_of(double y, double x)
{
    double ratio = y / x;
    if (ratio < 0x1p-500)
        return (struct parts){ratio, 0};
    int i = (int)(ratio * 16 + 0.5);
    double c = i / 16.0;
    /* tan(a - b) = (tan a - tan b) / (1 + tan a tan b) */
    struct parts down = product_of(c, x);
    double up = (y - down.high) - down.low, t = up / (x + c * y), z = t * t;
    double series = z * (-1.0 / 3 + z * (1.0 / 5 + z * (-1.0 / 7 + z * (1.0 / 9 + z * (-1.0 / 11 + z / 13)))));
    struct parts sum = sum_of(arcs[i].high, t);
    return (struct parts){sum.high, sum.low + (arcs[i].low + t * series)};
}

double weir_atan2(double y, double x)
{
    if (isnan(x) || isnan(y))
        return NAN;
    double down = fabs(x), up = fabs(y);
    if (isinf(down) || isinf(up)) { /* as on a unit square's sides and corners */
        double far = isinf(down) ? 1 : 0;
        up = isinf(up) ? 1 : 0;
        down = far;
    }
    if (down == 0 && up == 0)
        down = 1;
    int power;
    frexp(fmax(down, up), &power);
    down = ldexp(down, -power);
    up = ldexp(up, -power);
    struct parts arc = up <= down ? arc_of(up, down) : arc_of(down, up);
    if (up > down) {
        struct parts sum = sum_of(half_pi.high, -arc.high);
        arc = (struct parts){sum.high, sum.low + (half_pi.low - arc.low)};
    }
    if (signbit(x)) {
        struct parts sum = sum_of(2 * half_pi.high, -arc.high);
        arc = (struct parts){sum.high, sum.low + (2 * half_pi.low - arc.low)};
    }
    return copysign(arc.high + arc.low, y);
}

double weir_asin(double x)
{
    return fabs(x) <= 1 ? weir_atan2(x, sqrt((1 - x) * (1 + x))) : NAN;
}
