#include "sim/base/number.h"

#include <float.h>
#include <math.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* Schubfach: the double c 2^q lies in an interval of numbers that are rounded to it; of the multiples of a power of ten
 * that is about as wide, one or two lie in it. They are found with the power's first 128 bits. */

#define LEAST_POWER (-292)
#define MOST_POWER  324

__extension__ typedef unsigned __int128 wide;

/* Of each power of ten the first 128 bits, rounded up. */
static struct power {
    uint64_t high, low;
} powers[MOST_POWER - LEAST_POWER + 1];

#define WORDS 20 /* of 64 bits, the last one highest: 10^324 has 1077 bits */

static struct power first_bits(const uint64_t words[WORDS], bool inexact)
{
    int top = WORDS - 1;
    while (!words[top])
        top--;
    int shift = __builtin_clzll(words[top]);
    uint64_t part[3];
    for (int i = 0; i < 3; i++)
        part[i] = top >= i ? words[top - i] : 0;
    struct power power = {shift ? part[0] << shift | part[1] >> (64 - shift) : part[0],
                          shift ? part[1] << shift | part[2] >> (64 - shift) : part[1]};
    inexact |= part[2] << shift != 0;
    for (int i = 3; i <= top; i++)
        inexact |= words[top - i] != 0;
    power.low += inexact;
    power.high += inexact && power.low == 0;
    return power;
}

static void make_powers(void)
{
    uint64_t words[WORDS] = {1};
    for (int e = 0; e <= MOST_POWER; e++) {
        powers[e - LEAST_POWER] = first_bits(words, false);
        uint64_t carry = 0;
        for (int w = 0; w < WORDS; w++) {
            wide product = (wide)words[w] * 10 + carry;
            words[w] = (uint64_t)product;
            carry = (uint64_t)(product >> 64);
        }
    }
    /* 2^1279 / 10 / 10 / ...: the whole part of each quotient is that of 2^1279 / 10^n. */
    memset(words, 0, sizeof words);
    words[WORDS - 1] = 1ULL << 63;
    for (int e = -1; e >= LEAST_POWER; e--) {
        uint64_t rest = 0;
        for (int w = WORDS - 1; w >= 0; w--) {
            wide part = (wide)rest << 64 | words[w];
            words[w] = (uint64_t)(part / 10);
            rest = (uint64_t)(part % 10);
        }
        powers[e - LEAST_POWER] = first_bits(words, true);
    }
}

/* The whole part of g c / 2^128, its last bit set if something is left: enough to compare by. */
static uint64_t round_to_odd(struct power g, uint64_t c)
{
    wide low = (wide)g.low * c, high = (wide)g.high * c + (uint64_t)(low >> 64);
    return (uint64_t)(high >> 64) | ((uint64_t)high > 1);
}

/* digits times 10^exponent */
struct decimal {
    uint64_t digits;
    int exponent;
};

static int floor_log2_of_power(int e) /* of 10^e */
{
    return (e * 1741647) >> 19;
}

static struct decimal nearest(uint64_t c, int q, bool closer)
{
    /* 10^k is at most as wide as the interval, 10^(k+1) is wider: k = floor(log10(2^q)), or of 3/4 2^q */
    int k = (q * 1262611 - (closer ? 524031 : 0)) >> 22;
    int shift = q + floor_log2_of_power(-k) + 1;
    struct power g = powers[-k - LEAST_POWER];
    uint64_t odd = c & 1;
    uint64_t lower = round_to_odd(g, (4 * c - 2 + closer) << shift) + odd;
    uint64_t middle = round_to_odd(g, (4 * c) << shift);
    uint64_t upper = round_to_odd(g, (4 * c + 2) << shift) - odd;
    uint64_t s = middle / 4, tenth = s / 10;
    if (s >= 10) {
        bool below = lower <= 40 * tenth, above = 40 * tenth + 40 <= upper;
        if (below != above)
            return (struct decimal){tenth + above, k + 1};
    }
    bool below = lower <= 4 * s, above = 4 * s + 4 <= upper;
    if (below != above)
        return (struct decimal){s + above, k};
    uint64_t half = 4 * s + 2;
    return (struct decimal){s + (middle > half || (middle == half && (s & 1))), k};
}

/* The shortest decimal of a positive number, without zeros at its end. */
static struct decimal shortest(double value)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    uint64_t bits, fraction;
    pthread_once(&once, make_powers);
    memcpy(&bits, &value, sizeof bits);
    fraction = bits & ((1ULL << 52) - 1);
    int biased = (int)(bits >> 52 & 0x7ff), q = (biased ? biased : 1) - 1075;
    uint64_t c = biased ? fraction | 1ULL << 52 : fraction;
    struct decimal decimal;
    if (q <= 0 && q > -53 && (c & ((1ULL << -q) - 1)) == 0)
        decimal = (struct decimal){c >> -q, 0}; /* a whole number */
    else
        decimal = nearest(c, q, fraction == 0 && biased > 1);
    while (decimal.digits % 10 == 0) {
        decimal.digits /= 10;
        decimal.exponent++;
    }
    return decimal;
}

/* Writes digits, without a sign; returns how many. */
static int put_digits(uint64_t digits, char *text)
{
    char reversed[20];
    int count = 0;
    do
        reversed[count++] = (char)('0' + digits % 10);
    while (digits /= 10);
    for (int i = 0; i < count; i++)
        text[i] = reversed[count - 1 - i];
    return count;
}

/* Lays a decimal out as %.Ng does; returns the length. */
static int lay_out(struct decimal decimal, int precision, char *text)
{
    char digits[20];
    int count = put_digits(decimal.digits, digits), point = count + decimal.exponent, length = 0;
    if (point < -3 || point > precision) { /* 1.25e-07 */
        text[length++] = digits[0];
        if (count > 1)
            text[length++] = '.';
        memcpy(text + length, digits + 1, (size_t)count - 1);
        length += count - 1;
        int exponent = point - 1;
        text[length++] = 'e';
        text[length++] = exponent < 0 ? '-' : '+';
        exponent = exponent < 0 ? -exponent : exponent;
        if (exponent < 10)
            text[length++] = '0';
        return length + put_digits((uint64_t)exponent, text + length);
    }
    if (point <= 0) { /* 0.00125 */
        text[length++] = '0';
        text[length++] = '.';
        memset(text + length, '0', (size_t)-point);
        length -= point;
        memcpy(text + length, digits, (size_t)count);
        return length + count;
    }
    int whole = count < point ? count : point;
    memcpy(text, digits, (size_t)whole);
    memset(text + whole, '0', (size_t)(point - whole));
    length = point;
    if (count > point) {
        text[length++] = '.';
        memcpy(text + length, digits + point, (size_t)(count - point));
        length += count - point;
    }
    return length;
}

static int count_digits(uint64_t digits)
{
    int count = 1;
    while (digits /= 10)
        count++;
    return count;
}

const char *weir_number(double value, char buffer[WEIR_NUMBER_SIZE])
{
    int length = 0;
    if (isfinite(value) && signbit(value))
        buffer[length++] = '-';
    if (value == 0) {
        buffer[length++] = '0';
    } else if (isfinite(value)) {
        struct decimal decimal = shortest(fabs(value));
        length += lay_out(decimal, count_digits(decimal.digits) > 15 ? 17 : 15, buffer + length);
    }
    buffer[length] = '\0';
    return buffer;
}

int weir_number_digits(double value, int digits, char buffer[WEIR_NUMBER_SIZE])
{
    int length = 0;
    buffer[0] = '\0';
    if (!isfinite(value))
        return 0;
    if (fabs(value) < DBL_MIN) /* of so little, the shortest text may have fewer digits than are asked for */
        return snprintf(buffer, WEIR_NUMBER_SIZE, "%.*g", digits, value);
    struct decimal decimal = shortest(fabs(value));
    int more = count_digits(decimal.digits) - digits;
    if (more > 0) {
        uint64_t cut = 1;
        for (int i = 0; i < more; i++)
            cut *= 10;
        /* Nothing of fewer digits lies between a number and its shortest decimal, so both are on one side of the middle
         * between two texts. If that is the decimal itself, the number may be on either. */
        uint64_t rest = decimal.digits % cut;
        if (rest == cut / 2)
            return snprintf(buffer, WEIR_NUMBER_SIZE, "%.*g", digits, value);
        decimal = (struct decimal){decimal.digits / cut + (rest > cut / 2), decimal.exponent + more};
        while (decimal.digits % 10 == 0) {
            decimal.digits /= 10;
            decimal.exponent++;
        }
    }
    if (signbit(value))
        buffer[length++] = '-';
    length += lay_out(decimal, digits, buffer + length);
    buffer[length] = '\0';
    return length;
}
