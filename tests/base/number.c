/* Numbers as text against the C library's printf and strtod: exact, as short as can be, and the same digits. */
#include "sim/base/number.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/random.h"
#include "tests/support/test.h"

#define DRAWS 1000000

static double of_bits(uint64_t bits)
{
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

/* The significant digits of a text, without the zeros at its ends. */
static int digits_of(const char *text, char digits[32])
{
    int count = 0;
    for (; *text && *text != 'e'; text++)
        if (*text >= '0' && *text <= '9' && (count || *text != '0'))
            digits[count++] = *text;
    while (count > 1 && digits[count - 1] == '0')
        count--;
    digits[count] = '\0';
    return count;
}

/* What is wrong with the text of a number, or NULL. */
static const char *judge(double value, const char *text)
{
    char ours[32], theirs[32], library[40];
    double back = strtod(text, NULL);
    if (memcmp(&back, &value, sizeof value) != 0)
        return "is another number";
    int count = digits_of(text, ours);
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    /* Below a power of two numbers are denser than above: the nearest decimal of a length may be none of it while
     * another of that length is. */
    bool uneven = (bits & ((1ULL << 52) - 1)) == 0;
    if (count > 1) {
        snprintf(library, sizeof library, "%.*e", count - 2, value);
        if (strtod(library, NULL) == value)
            return "is not the shortest";
    }
    snprintf(library, sizeof library, "%.*e", count - 1, value);
    digits_of(library, theirs);
    if (strcmp(ours, theirs) != 0 && !uneven)
        return "is not the nearest";
    return NULL;
}

/* Numbers of many kinds, by turns. */
static double draw(struct weir_stream *stream, long number)
{
    double sign = number & 1 ? -1 : 1;
    uint64_t any = (uint64_t)weir_stream_below(stream, 1ULL << 32) << 32 | weir_stream_below(stream, 1ULL << 32);
    switch (number / 2 % 8) {
    case 0: /* all that there are */
    case 1:
        return of_bits(any);
    case 2: /* near powers of two */
        return sign * of_bits((any % 2047 << 52) + (any >> 32) % 3 - (any % 2047 ? 1 : 0));
    case 3: /* few digits */
        return sign * (double)(any % 1000000) / pow(10, (double)(any >> 40 & 15));
    case 4: /* whole ones, and quarters: printf's ties */
        return sign * (double)(any % (1ULL << 54)) / (double)(1 << (any >> 60 & 7));
    case 5: /* without leading digits */
        return sign * of_bits(any & ((1ULL << 52) - 1));
    case 6: /* near powers of ten */
        return sign * nextafter(pow(10, (double)(any % 600) - 300), any >> 63 ? INFINITY : 0);
    default: /* shares */
        return sign * (double)(any >> 11) * 0x1p-53;
    }
}

static void numbers_read_back_and_are_shortest(void)
{
    struct weir_stream stream = weir_stream_open(1, "numbers");
    char text[WEIR_NUMBER_SIZE];
    long wrong = 0;
    for (long i = 0; i < DRAWS; i++) {
        double value = draw(&stream, i);
        if (!isfinite(value))
            continue;
        const char *fault = judge(value, weir_number(value, text));
        if (fault && wrong++ < 10)
            printf("    %s, %.17g: %s\n", text, value, fault);
    }
    CU_ASSERT_EQUAL(wrong, 0);
}

static void every_power_of_two_and_ten(void)
{
    char text[WEIR_NUMBER_SIZE];
    int wrong = 0;
    for (int e = -1074; e <= 1023; e++)
        wrong += judge(ldexp(1, e), weir_number(ldexp(1, e), text)) != NULL;
    CU_ASSERT_EQUAL(wrong, 0);
    for (int e = -323; e <= 308; e++) {
        char power[16];
        snprintf(power, sizeof power, "1e%d", e);
        weir_number(strtod(power, NULL), text);
        char digits[32];
        CU_ASSERT_EQUAL(strtod(text, NULL), strtod(power, NULL));
        CU_ASSERT_EQUAL(digits_of(text, digits), 1);
    }
    /* 2^-44 lies between 5.684341886080801e-14 and ...802e-14, of which both read back: the nearer one. */
    CU_ASSERT_STRING_EQUAL(weir_number(0x1p-44, text), "5.684341886080802e-14");
    CU_ASSERT_STRING_EQUAL(weir_number(5e-324, text), "5e-324");
    CU_ASSERT_STRING_EQUAL(weir_number(1.7976931348623157e308, text), "1.7976931348623157e+308");
    CU_ASSERT_STRING_EQUAL(weir_number(9007199254740993.0, text), "9007199254740992");
    CU_ASSERT_STRING_EQUAL(weir_number(0.1 + 0.2, text), "0.30000000000000004");
    CU_ASSERT_STRING_EQUAL(weir_number(-0.0, text), "-0");
    CU_ASSERT_STRING_EQUAL(weir_number(100, text), "100");
    CU_ASSERT_STRING_EQUAL(weir_number(1e15, text), "1e+15");
    CU_ASSERT_STRING_EQUAL(weir_number(0.0001, text), "0.0001");
    CU_ASSERT_STRING_EQUAL(weir_number(0.00001, text), "1e-05");
    CU_ASSERT_STRING_EQUAL(weir_number(NAN, text), "");
    CU_ASSERT_STRING_EQUAL(weir_number(-INFINITY, text), "");
}

static void digits_are_those_of_printf(void)
{
    struct weir_stream stream = weir_stream_open(2, "numbers");
    long wrong = 0;
    for (long i = 0; i < DRAWS; i++) {
        char ours[WEIR_NUMBER_SIZE], theirs[64];
        double value = draw(&stream, i);
        int digits = i % 3 ? 10 : 1 + (int)(i / 3 % 15);
        if (!isfinite(value))
            continue;
        int length = weir_number_digits(value, digits, ours);
        snprintf(theirs, sizeof theirs, "%.*g", digits, value);
        if ((strcmp(ours, theirs) != 0 || length != (int)strlen(theirs)) && wrong++ < 10)
            printf("    %.17g to %d digits: %s, printf %s\n", value, digits, ours, theirs);
    }
    CU_ASSERT_EQUAL(wrong, 0);
    /* Middles between two texts, which printf rounds by what the binary number is: below, above, and exactly there. */
    static const double middles[] = {0.15, 0.25, 0.35, 2.675, 1.005, 0.125, 0.375, 2.5, 3.5, 999.5, 99.95};
    for (size_t i = 0; i < sizeof middles / sizeof *middles; i++)
        for (int digits = 1; digits <= 4; digits++) {
            char ours[WEIR_NUMBER_SIZE], theirs[64];
            weir_number_digits(middles[i], digits, ours);
            snprintf(theirs, sizeof theirs, "%.*g", digits, middles[i]);
            CU_ASSERT_STRING_EQUAL(ours, theirs);
        }
}

static const struct weir_case cases[] = {
    {"numbers read back and are shortest", numbers_read_back_and_are_shortest},
    {"every power of two and ten", every_power_of_two_and_ten},
    {"digits are those of printf", digits_are_those_of_printf},
    {0},
};

int main(int argc, char **argv)
{
    return weir_test_main("base number", cases, argc, argv);
}
