/* exp, log and what follows from them. */
#include "sim/base/real.h"

#include <math.h>

#include "sim/base/real_parts.h"

struct log_row {
    double reciprocal;
    struct parts log;
};

#define EXP_STEPS 32 /* of the table, to a factor of two */
#define LOG_FIRST 90

/* 2^(i / 32). */
static const struct parts two_to[] = {
    {0x1p+0, 0},
    {0x1.059b0d3158574p+0, 0x1.d73e2a475b465p-55},
    {0x1.0b5586cf9890fp+0, 0x1.8a62e4adc610bp-54},
    {0x1.11301d0125b51p+0, -0x1.6c51039449b3ap-54},
    {0x1.172b83c7d517bp+0, -0x1.19041b9d78a76p-55},
    {0x1.1d4873168b9aap+0, 0x1.e016e00a2643cp-54},
    {0x1.2387a6e756238p+0, 0x1.9b07eb6c70573p-54},
    {0x1.29e9df51fdee1p+0, 0x1.612e8afad1255p-55},
    {0x1.306fe0a31b715p+0, 0x1.6f46ad23182e4p-55},
    {0x1.371a7373aa9cbp+0, -0x1.63aeabf42eae2p-54},
    {0x1.3dea64c123422p+0, 0x1.ada0911f09ebcp-55},
    {0x1.44e086061892dp+0, 0x1.89b7a04ef80dp-59},
    {0x1.4bfdad5362a27p+0, 0x1.d4397afec42e2p-56},
    {0x1.5342b569d4f82p+0, -0x1.07abe1db13cadp-55},
    {0x1.5ab07dd485429p+0, 0x1.6324c054647adp-54},
    {0x1.6247eb03a5585p+0, -0x1.383c17e40b497p-54},
    {0x1.6a09e667f3bcdp+0, -0x1.bdd3413b26456p-54},
    {0x1.71f75e8ec5f74p+0, -0x1.16e4786887a99p-55},
    {0x1.7a11473eb0187p+0, -0x1.41577ee04992fp-55},
    {0x1.82589994cce13p+0, -0x1.d4c1dd41532d8p-54},
    {0x1.8ace5422aa0dbp+0, 0x1.6e9f156864b27p-54},
    {0x1.93737b0cdc5e5p+0, -0x1.75fc781b57ebcp-57},
    {0x1.9c49182a3f09p+0, 0x1.c7c46b071f2bep-56},
    {0x1.a5503b23e255dp+0, -0x1.d2f6edb8d41e1p-54},
    {0x1.ae89f995ad3adp+0, 0x1.7a1cd345dcc81p-54},
    {0x1.b7f76f2fb5e47p+0, -0x1.5584f7e54ac3bp-56},
    {0x1.c199bdd85529cp+0, 0x1.11065895048ddp-55},
    {0x1.cb720dcef9069p+0, 0x1.503cbd1e949dbp-56},
    {0x1.d5818dcfba487p+0, 0x1.2ed02d75b3707p-55},
    {0x1.dfc97337b9b5fp+0, -0x1.1a5cd4f184b5cp-54},
    {0x1.ea4afa2a490dap+0, -0x1.e9c23179c2893p-54},
    {0x1.f50765b6e454p+0, 0x1.9d3e12dd8a18bp-54},
};

/* 1 / c and log(c) for c = i / 128 from i = LOG_FIRST on; the first part of the logarithm is a multiple of 2^-43. */
static const struct log_row logs[] = {
    {0x1.6c16c16c16c17p+0, {-0x1.68ac83e9c68p-2, -0x1.0a0d32756ebap-45}},
    {0x1.6816816816817p+0, {-0x1.5d5bddf596p-2, 0x1.a0b2a08a465dcp-47}},
    {0x1.642c8590b2164p+0, {-0x1.522ae0738ap-2, -0x1.ebe708164c759p-45}},
    {0x1.6058160581606p+0, {-0x1.4718dc271c8p-2, 0x1.f27ce0967d675p-45}},
    {0x1.5c9882b931057p+0, {-0x1.3c25277333p-2, -0x1.83b54b606bd5cp-46}},
    {0x1.58ed2308158edp+0, {-0x1.314f1e1d36p-2, 0x1.8e27ad3213cb8p-45}},
    {0x1.5555555555555p+0, {-0x1.269621134d8p-2, -0x1.c93c1df5bb3b6p-45}},
    {0x1.51d07eae2f815p+0, {-0x1.1bf99635a68p-2, -0x1.ca6ed5147bdb7p-45}},
    {0x1.4e5e0a72f0539p+0, {-0x1.1178e8227e8p-2, 0x1.c210e63a5f01cp-45}},
    {0x1.4afd6a052bf5bp+0, {-0x1.07138604d58p-2, -0x1.89cdb16ed4e91p-48}},
    {0x1.47ae147ae147bp+0, {-0x1.f991c6cb3bp-3, -0x1.bcbecca0cdf3p-46}},
    {0x1.446f86562d9fbp+0, {-0x1.e530effe71p-3, -0x1.212276041f43p-51}},
    {0x1.4141414141414p+0, {-0x1.d1037f2656p-3, 0x1.84a7e75b6f6e4p-47}},
    {0x1.3e22cbce4a902p+0, {-0x1.bd087383bep-3, 0x1.d4bc4595412b6p-45}},
    {0x1.3b13b13b13b14p+0, {-0x1.a93ed3c8aep-3, 0x1.8724350562169p-45}},
    {0x1.3813813813814p+0, {-0x1.95a5adcf7p-3, -0x1.7f22858a0ff6fp-47}},
    {0x1.3521cfb2b78c1p+0, {-0x1.823c16551ap-3, -0x1.e0ddb9a631e83p-46}},
    {0x1.323e34a2b10bfp+0, {-0x1.6f0128b757p-3, 0x1.5118de59c21e1p-45}},
    {0x1.2f684bda12f68p+0, {-0x1.5bf406b544p-3, 0x1.27023eb68981cp-46}},
    {0x1.2c9fb4d812cap+0, {-0x1.4913d8333bp-3, -0x1.5837954fdb678p-45}},
    {0x1.29e4129e4129ep+0, {-0x1.365fcb0159p-3, -0x1.62fa8234b7289p-51}},
    {0x1.27350b8812735p+0, {-0x1.23d712a49cp-3, -0x1.00d238fd3df5cp-46}},
    {0x1.2492492492492p+0, {-0x1.1178e8227ep-3, -0x1.1ef78ce2d07f2p-45}},
    {0x1.21fb78121fb78p+0, {-0x1.fe89139dbep-4, 0x1.534d64fa10afdp-45}},
    {0x1.1f7047dc11f7p+0, {-0x1.da72763844p-4, -0x1.a89401fa71733p-46}},
    {0x1.1cf06ada2811dp+0, {-0x1.b6ac88dad6p-4, 0x1.390802bf768e5p-46}},
    {0x1.1a7b9611a7b96p+0, {-0x1.9335e5d594p-4, -0x1.3115c3abd47dap-45}},
    {0x1.1811811811812p+0, {-0x1.700d30aeacp-4, -0x1.c1e8da99ded32p-49}},
    {0x1.15b1e5f75270dp+0, {-0x1.4d3115d208p-4, 0x1.53a2582f4e1efp-48}},
    {0x1.135c81135c811p+0, {-0x1.2aa04a4472p-4, 0x1.0b6e8ae9c697dp-45}},
    {0x1.1111111111111p+0, {-0x1.08598b59e4p-4, 0x1.7e5dd7009902cp-46}},
    {0x1.0ecf56be69c9p+0, {-0x1.ccb73cdddcp-5, 0x1.a68f247d82807p-46}},
    {0x1.0c9714fbcda3bp+0, {-0x1.894aa149fcp-5, 0x1.97995d05a267dp-46}},
    {0x1.0a6810a6810a7p+0, {-0x1.466aed42ep-5, 0x1.c167375bdfd28p-45}},
    {0x1.0842108421084p+0, {-0x1.0415d89e74p-5, -0x1.111c05cf1d753p-47}},
    {0x1.0624dd2f1a9fcp+0, {-0x1.8492528c9p-6, 0x1.aa0ba325a0c34p-45}},
    {0x1.041041041041p+0, {-0x1.0205658938p-6, 0x1.3dc5b06e2f7d2p-45}},
    {0x1.0204081020408p+0, {-0x1.010157589p-7, 0x1.0c76b999d2be8p-46}},
    {0x1p+0, {0, 0}},
    {0x1.fc07f01fc07fp-1, {0x1.fe02a6b1p-8, 0x1.9e23f0dda40e4p-46}},
    {0x1.f81f81f81f82p-1, {0x1.fc0a8b0fcp-7, 0x1.f1e7cf6d3a69cp-50}},
    {0x1.f44659e4a4271p-1, {0x1.7b91b07d58p-6, 0x1.88d5493faa639p-45}},
    {0x1.f07c1f07c1f08p-1, {0x1.f829b0e78p-6, 0x1.980267c7e09e4p-45}},
    {0x1.ecc07b301eccp-1, {0x1.39e87b9fecp-5, -0x1.502b7f526feaap-48}},
    {0x1.e9131abf0b767p-1, {0x1.77458f632cp-5, 0x1.cfc4634f2a1eep-45}},
    {0x1.e573ac901e574p-1, {0x1.b42dd71198p-5, -0x1.c827ae5d6704cp-46}},
    {0x1.e1e1e1e1e1e1ep-1, {0x1.f0a30c0118p-5, -0x1.d599e83368e91p-45}},
    {0x1.de5d6e3f8868ap-1, {0x1.16536eea38p-4, -0x1.47c5e768fa309p-46}},
    {0x1.dae6076b981dbp-1, {0x1.341d7961bep-4, -0x1.c5edaccf913dfp-45}},
    {0x1.d77b654b82c34p-1, {0x1.51b073f062p-4, -0x1.f025b61c65e57p-46}},
    {0x1.d41d41d41d41dp-1, {0x1.6f0d28ae56p-4, 0x1.69737c93373dap-45}},
    {0x1.d0cb58f6ec074p-1, {0x1.8c345d631ap-4, -0x1.37c294d2f5668p-46}},
    {0x1.cd85689039b0bp-1, {0x1.a926d3a4aep-4, -0x1.53935e85baac8p-45}},
    {0x1.ca4b3055ee191p-1, {0x1.c5e548f5bcp-4, 0x1.d0c57585fbe06p-46}},
    {0x1.c71c71c71c71cp-1, {0x1.e27076e2bp-4, -0x1.a342c2af0003cp-45}},
    {0x1.c3f8f01c3f8fp-1, {0x1.fec9131dbep-4, 0x1.575545ca333f2p-45}},
    {0x1.c0e070381c0ep-1, {0x1.0d77e7cd09p-3, -0x1.a699688e85bf4p-47}},
    {0x1.bdd2b899406f7p-1, {0x1.1b72ad52f6p-3, 0x1.e80a41811a396p-45}},
    {0x1.bacf914c1badp-1, {0x1.29552f81ffp-3, 0x1.48d301771c408p-45}},
    {0x1.b7d6c3dda338bp-1, {0x1.371fc201e9p-3, -0x1.178864d27543ap-48}},
    {0x1.b4e81b4e81b4fp-1, {0x1.44d2b6ccb8p-3, -0x1.70cc16135783cp-46}},
    {0x1.b2036406c80d9p-1, {0x1.526e5e3a1bp-3, 0x1.0de8b90075b8fp-45}},
    {0x1.af286bca1af28p-1, {0x1.5ff3070a79p-3, 0x1.e9e439f105039p-46}},
    {0x1.ac5701ac5701bp-1, {0x1.6d60fe719dp-3, 0x1.0e46aa3b2e266p-46}},
    {0x1.a98ef606a63bep-1, {0x1.7ab890210ep-3, -0x1.bdb9072534a58p-45}},
    {0x1.a6d01a6d01a6dp-1, {0x1.87fa06520dp-3, -0x1.bbdbf7fdbfa09p-45}},
    {0x1.a41a41a41a41ap-1, {0x1.9525a9cf45p-3, 0x1.ad1d904c1d4e3p-45}},
    {0x1.a16d3f97a4b02p-1, {0x1.a23bc1fe2bp-3, 0x1.58c64dc46c1eap-45}},
    {0x1.9ec8e951033d9p-1, {0x1.af3c94e80cp-3, -0x1.a4e633fcd9066p-52}},
    {0x1.9c2d14ee4a102p-1, {0x1.bc286742d9p-3, -0x1.94eb0318bb78fp-46}},
    {0x1.999999999999ap-1, {0x1.c8ff7c79aap-3, -0x1.7794f689f8434p-45}},
    {0x1.970e4f80cb872p-1, {0x1.d5c216b4fcp-3, -0x1.1ba91bbca681bp-45}},
    {0x1.948b0fcd6e9ep-1, {0x1.e27076e2afp-3, 0x1.72f4f543fff1p-46}},
    {0x1.920fb49d0e229p-1, {0x1.ef0adcbdc6p-3, -0x1.b26b79c86af24p-45}},
    {0x1.8f9c18f9c18fap-1, {0x1.fb9186d5e4p-3, -0x1.d572aab993c87p-47}},
    {0x1.8d3018d3018d3p-1, {0x1.0402594b4dp-2, 0x1.036b89ef42d7fp-48}},
    {0x1.8acb90f6bf3aap-1, {0x1.0a324e2739p-2, 0x1.c6bee7ef4030ep-47}},
    {0x1.886e5f0abb04ap-1, {0x1.1058bf9ae48p-2, 0x1.6a8c4fd055a66p-45}},
    {0x1.8618618618618p-1, {0x1.1675cababa8p-2, -0x1.f1fc63382a8fp-46}},
    {0x1.83c977ab2beddp-1, {0x1.1c898c16998p-2, 0x1.fafbc68e75404p-46}},
    {0x1.8181818181818p-1, {0x1.22941fbcf78p-2, 0x1.65a242853da76p-46}},
    {0x1.7f405fd017f4p-1, {0x1.2895a13de88p-2, -0x1.5ca14b6cfb03fp-46}},
    {0x1.7d05f417d05f4p-1, {0x1.2e8e2bae12p-2, -0x1.67b1e99b72bd8p-45}},
    {0x1.7ad2208e0ecc3p-1, {0x1.347dd9a988p-2, -0x1.5594dd4c58092p-45}},
    {0x1.78a4c8178a4c8p-1, {0x1.3a64c556948p-2, -0x1.0b1c68651946p-45}},
    {0x1.767dce434a9b1p-1, {0x1.404308686a8p-2, -0x1.c42f3ed820b3ap-50}},
    {0x1.745d1745d1746p-1, {0x1.4618bc21c6p-2, -0x1.3d82f484c84ccp-46}},
    {0x1.724287f46debcp-1, {0x1.4be5f957778p-2, 0x1.41b6993293eep-47}},
    {0x1.702e05c0b817p-1, {0x1.51aad872df8p-2, 0x1.684e49eb067d5p-49}},
    {0x1.6e1f76b4337c7p-1, {0x1.57677174558p-2, 0x1.362a4d5b6506dp-45}},
    {0x1.6c16c16c16c17p-1, {0x1.5d1bdbf5808p-2, 0x1.ca508d8e0f72p-46}},
    {0x1.6a13cd153729p-1, {0x1.62c82f2b9c8p-2, -0x1.ab4242837568p-48}},
    {0x1.6816816816817p-1, {0x1.686c81e9b18p-2, -0x1.a89ddea0f7f59p-45}},
};
/* x = n log(2) / 32 + r: n, and r as a part of `rest`. Adding 1.5 * 2^52 rounds to an integer, which is then in the low
 * bits. |x| < 800. */
static inline int split_exponent(struct parts x, double *rest)
{
    const double shift = 0x1.8p52, per_step = 0x1.71547652b82fep+5; /* 32 / log(2) */
    const double step = 0x1.62e42ffp-6, step_more = -0x1.718432a1b0e26p-40;
    double shifted = x.high * per_step + shift;
    double n = shifted - shift;
    *rest = ((x.high - n * step) - n * step_more) + x.low;
    return (int)(int32_t)(uint32_t)bits_of(shifted);
}

/* exp(r) - 1 for |r| <= log(2) / 64: Taylor's series. */
static inline double small_expm1(double r)
{
    return r + r * r * (0.5 + r * (1.0 / 6 + r * (1.0 / 24 + r * (1.0 / 120 + r * (1.0 / 720)))));
}

/* x 2^n, for results of any size. */
static inline double scaled(double x, int n)
{
    if (n < -1021) /* rounded once more, where numbers have fewer digits */
        return x * of_bits((uint64_t)(n + 1023 + 200) << 52) * 0x1p-200;
    if (n > 1023)
        return x * 0x1p1023 * of_bits((uint64_t)n << 52);
    return x * of_bits((uint64_t)(n + 1023) << 52);
}

double weir_exp_of_parts(struct parts x)
{
    if (x.high > 710)
        return INFINITY;
    if (x.high < -746)
        return 0;
    double rest;
    int n = split_exponent(x, &rest), step = n & (EXP_STEPS - 1);
    struct parts power = two_to[step];
    return scaled(power.high + (power.low + power.high * small_expm1(rest)), (n - step) / EXP_STEPS);
}

double weir_exp(double x)
{
    return isnan(x) ? x : weir_exp_of_parts((struct parts){x, 0});
}

/* exp(x) - 1, to 4 units in the last place. */
static double expm1_of(double x)
{
    if (isnan(x) || fabs(x) < 0x1p-54)
        return x;
    if (x < -40)
        return -1;
    if (x > 60)
        return weir_exp(x);
    double rest;
    int n = split_exponent((struct parts){x, 0}, &rest), step = n & (EXP_STEPS - 1);
    struct parts power = two_to[step];
    double scale = of_bits((uint64_t)((n - step) / EXP_STEPS + 1023) << 52);
    struct parts whole = any_sum_of(scale * power.high, -1);
    return whole.high + (whole.low + scale * (power.low + power.high * small_expm1(rest)));
}

struct parts weir_log_in_parts(double x)
{
    int exponent = 0;
    if (x < 0x1p-1022) {
        x *= 0x1p54;
        exponent = -54;
    }
    /* x = 2^exponent z, 0.707 <= z < 1.415, c = the nearest i / 128 */
    uint64_t bits = bits_of(x), from = bits_of(0.7071067811865476);
    int64_t octave = (int64_t)(bits - from) >> 52;
    exponent += (int)octave;
    double z = of_bits(bits - ((uint64_t)octave << 52));
    int i = (int)(z * 128 + 0.5);
    double c = i / 128.0;
    struct log_row row = logs[i - LOG_FIRST];
    /* r = (z - c) / c in two parts. z - c is exact, and so is a half of r's digits times c, which has 8. */
    double away = z - c, r = away * row.reciprocal, first = first_half(r), second = r - first;
    double r_more = ((away - first * c) - second * c) * row.reciprocal;
    /* log(1 + r) = r - r^2 / 2 + r^3 / 3 - ...; the square in two parts, the rest in one */
    double square = 0.5 * first * first, square_more = first * second + 0.5 * second * second + r * r_more;
    double series = 1.0 / 3 + r * (-1.0 / 4 + r * (1.0 / 5 + r * (-1.0 / 6 + r * (1.0 / 7 + r * (-1.0 / 8 + r / 9)))));
    /* multiples of 2^-43, so that their sum is exact */
    double whole = exponent * 0x1.62e42fefa38p-1 + row.log.high;
    struct parts sum = sum_of(whole, r), less = sum_of(sum.high, -square);
    double low = exponent * 0x1.ef35793c7673p-45 + row.log.low;
    low = sum.low + (less.low + (low + (r_more - square_more + r * r * r * series)));
    return sum_of(less.high, low);
}

/* Of what has no finite logarithm. */
static double no_log(double x)
{
    return x == 0 ? -INFINITY : x < 0 ? NAN : x;
}

double weir_log(double x)
{
    return x > 0 && x < INFINITY ? weir_log_in_parts(x).high : no_log(x);
}

/* log(x) over the logarithm of a base, whose reciprocal is given. */
static double log_to(double x, struct parts reciprocal)
{
    if (!(x > 0 && x < INFINITY))
        return no_log(x);
    struct parts log = weir_log_in_parts(x), product = product_of(log.high, reciprocal.high);
    return product.high + (product.low + (log.high * reciprocal.low + log.low * reciprocal.high));
}

double weir_log2(double x)
{
    return log_to(x, (struct parts){0x1.71547652b82fep+0, 0x1.777d0ffda0d24p-56});
}

double weir_log10(double x)
{
    return log_to(x, (struct parts){0x1.bcb7b1526e50ep-2, 0x1.95355baaafad3p-57});
}

double weir_log1p(double x)
{
    if (!(x > -1 && x < INFINITY))
        return x == -1 ? -INFINITY : x < -1 ? NAN : x;
    if (fabs(x) < 0x1p-54)
        return x;
    struct parts sum = any_sum_of(1, x), log = weir_log_in_parts(sum.high);
    return log.high + (log.low + sum.low / sum.high); /* log(1 + x) - log(sum.high) */
}

/* y is an odd integer, or an even one, or none. */
enum parity { NO_INTEGER, EVEN, ODD };

static enum parity parity_of(double y)
{
    if (fabs(y) >= 0x1p53)
        return EVEN;
    if (y != floor(y))
        return NO_INTEGER;
    return fmod(y, 2) != 0 ? ODD : EVEN;
}

double weir_pow(double x, double y)
{
    if (y == 0 || x == 1)
        return 1;
    if (isnan(x) || isnan(y))
        return NAN;
    double size = fabs(x), sign = 1;
    if (isinf(y))
        return size == 1 ? 1 : (size > 1) == (y > 0) ? INFINITY : 0;
    if (signbit(x)) {
        enum parity parity = parity_of(y);
        if (parity == NO_INTEGER && x != 0 && !isinf(x))
            return NAN;
        sign = parity == ODD ? -1 : 1;
    }
    if (size == 0 || isinf(size))
        return sign * ((size == 0) == (y > 0) ? 0 : INFINITY);
    if (size == 1)
        return sign;
    struct parts log = weir_log_in_parts(size);
    double about = y * log.high;
    if (fabs(about) > 800) /* also keeps y small enough to be split */
        return sign * (about > 0 ? INFINITY : 0);
    if (fabs(about) < 0x1p-60)
        return sign;
    struct parts product = product_of(y, log.high);
    product.low += y * log.low;
    return sign * weir_exp_of_parts(product);
}

double weir_tanh(double x)
{
    double size = fabs(x);
    if (size < 0x1p-28 || isnan(x))
        return x;
    double less = expm1_of(-2 * size); /* (exp(-2x) - 1) / (exp(-2x) + 1), in sizes */
    return copysign(-less / (less + 2), x);
}
