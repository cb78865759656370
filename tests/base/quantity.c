/* Quantities with units: every unit, every refusal with its message, and the human form back again. */
#include "sim/base/quantity.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "sim/base/error.h"
#include "tests/support/test.h"

static void reads_units(void)
{
    static const struct {
        enum weir_unit kind;
        const char *text;
        double value;
    } rows[] = {
        {WEIR_UNIT_NONE, "0.8", 0.8},
        {WEIR_UNIT_NONE, " -2e3 ", -2000},
        {WEIR_UNIT_TIME, "7ps", 7e-12},
        {WEIR_UNIT_TIME, "7ns", 7e-9},
        {WEIR_UNIT_TIME, "300us", 0.0003}, /* the nearest double, not 300 * 1e-6 */
        {WEIR_UNIT_TIME, "10ms", 0.01},
        {WEIR_UNIT_TIME, "10 ms", 0.01},
        {WEIR_UNIT_TIME, "1.5s", 1.5},
        {WEIR_UNIT_TIME, "2min", 120},
        {WEIR_UNIT_TIME, "2m", 120},
        {WEIR_UNIT_TIME, "2h", 7200},
        {WEIR_UNIT_TIME, "1d", 86400},
        {WEIR_UNIT_TIME, "1w", 604800},
        {WEIR_UNIT_TIME, "0", 0},
        {WEIR_UNIT_TIME, "-1s", -1},
        {WEIR_UNIT_TIME, "1e-3s", 0.001},
        {WEIR_UNIT_TIME, ".5s", 0.5},
        {WEIR_UNIT_BYTES, "3B", 3},
        {WEIR_UNIT_BYTES, "4kB", 4000},
        {WEIR_UNIT_BYTES, "4KiB", 4096},
        {WEIR_UNIT_BYTES, "1MiB", 1048576},
        {WEIR_UNIT_BYTES, "2TB", 2e12},
        {WEIR_UNIT_BYTES, "8b", 1},
        {WEIR_UNIT_BYTES, "10Mb", 1.25e6},
        {WEIR_UNIT_BANDWIDTH, "100Mbps", 12.5e6},
        {WEIR_UNIT_BANDWIDTH, "1GBps", 1e9},
        {WEIR_UNIT_BANDWIDTH, "8Kibps", 1024},
        {WEIR_UNIT_BANDWIDTH, "1KiBps", 1024},
        {WEIR_UNIT_BANDWIDTH, "8bps", 1},
        {WEIR_UNIT_FLOPS, "2Gf", 2e9},
        {WEIR_UNIT_FLOPS, "5f", 5},
        {WEIR_UNIT_FLOPS, "5kflop", 5000},
        {WEIR_UNIT_FLOPS, "5 Mflops", 5e6},
        {WEIR_UNIT_FLOPS, "1Pf", 1e15},
        {WEIR_UNIT_SPEED, "2Gf", 2e9},
        {WEIR_UNIT_SPEED, "2Gfps", 2e9},
        {WEIR_UNIT_SPEED, "2Gf/s", 2e9},
        {WEIR_UNIT_SPEED, "2Tflops", 2e12},
        {WEIR_UNIT_RATE, "250/s", 250},
        {WEIR_UNIT_RATE, "2k/s", 2000},
        {WEIR_UNIT_RATE, "1.5M/s", 1.5e6},
        {WEIR_UNIT_RATE, "30/min", 0.5},
        {WEIR_UNIT_RATE, "7200/h", 2},
        {WEIR_UNIT_RATE, "86400/d", 1},
        {WEIR_UNIT_ENERGY, "20Wh", 72000},
        {WEIR_UNIT_ENERGY, "1.5kJ", 1500},
        {WEIR_UNIT_ENERGY, "250mWh", 900},
        {WEIR_UNIT_ENERGY, "2 MJ", 2e6},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        double value = NAN;
        int code = weir_quantity_parse(rows[i].kind, rows[i].text, &value);
        if (code || value != rows[i].value)
            fprintf(stderr, "\n\"%s\": got %.17g %s\n", rows[i].text, value, weir_error_message());
        CU_ASSERT_EQUAL(code, WEIR_OK);
        CU_ASSERT_EQUAL(value, rows[i].value);
    }
}

static void refuses(void)
{
    static const struct {
        enum weir_unit kind;
        const char *text, *message;
    } rows[] = {
        {WEIR_UNIT_TIME, "10", "\"10\" has no unit; write a time such as \"10ms\" (units: ps ns us ms s min h d w)"},
        {WEIR_UNIT_TIME, "10Ms", "\"10Ms\" has the unknown unit \"Ms\"; write a time such as \"10ms\""},
        {WEIR_UNIT_TIME, "10MB", "\"10MB\" is a size, not a time; write a time"},
        {WEIR_UNIT_TIME, "ms", "\"ms\" is not a time"},
        {WEIR_UNIT_TIME, "", "\"\" is not a time"},
        {WEIR_UNIT_TIME, "nan", "is not a time"},
        {WEIR_UNIT_TIME, "infs", "is not a time"},
        {WEIR_UNIT_TIME, "-inf", "is not a time"},
        {WEIR_UNIT_TIME, "0x10s", "is not a time"},
        {WEIR_UNIT_TIME, "1e999s", "is too large"},
        {WEIR_UNIT_TIME, "1e308d", "is too large"},
        {WEIR_UNIT_TIME, "5s later", "unknown unit \"s later\""},
        {WEIR_UNIT_TIME, "5 seconds and a half or so", "unknown unit"},
        {WEIR_UNIT_TIME, "1,5s", "unknown unit \",5s\""},
        {WEIR_UNIT_BYTES, "4", "write a size such as \"4kB\""},
        {WEIR_UNIT_BYTES, "4KB", "unknown unit \"KB\""},
        {WEIR_UNIT_BYTES, "4kBps", "is a bandwidth, not a size"},
        {WEIR_UNIT_BANDWIDTH, "100Mb", "is a size, not a bandwidth; write a bandwidth such as \"100Mbps\""},
        {WEIR_UNIT_FLOPS, "2", "write an amount of work such as \"2Gf\""},
        {WEIR_UNIT_FLOPS, "2Gfps", "is a speed, not an amount of work"},
        {WEIR_UNIT_SPEED, "2GHz", "unknown unit \"GHz\""},
        {WEIR_UNIT_RATE, "250", "write a rate such as \"250/s\""},
        {WEIR_UNIT_RATE, "250s", "is a time, not a rate"},
        {WEIR_UNIT_ENERGY, "250s", "is a time, not an energy"},
        {WEIR_UNIT_ENERGY, "20W", "unknown unit \"W\""},
        {WEIR_UNIT_NONE, "10ms", "\"10ms\" is a time, not a number; write a number such as 0.8"},
        {WEIR_UNIT_NONE, "abc", "\"abc\" is not a number"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        double value = 123;
        CU_ASSERT_EQUAL(weir_quantity_parse(rows[i].kind, rows[i].text, &value), WEIR_EINPUT);
        CU_ASSERT_EQUAL(value, 123);
        CHECK_MESSAGE(rows[i].message);
    }
}

static void shows(void)
{
    static const struct {
        enum weir_unit kind;
        double value;
        const char *text;
    } rows[] = {
        {WEIR_UNIT_NONE, 0.25, "0.25"},       {WEIR_UNIT_NONE, 2147483647, "2147483647"},
        {WEIR_UNIT_TIME, 0.01068, "10.7 ms"}, {WEIR_UNIT_TIME, 0, "0 s"},
        {WEIR_UNIT_TIME, 2.5e-7, "250 ns"},   {WEIR_UNIT_TIME, 0.99999, "1 s"}, /* rounds up into the next unit */
        {WEIR_UNIT_TIME, 1, "1 s"},           {WEIR_UNIT_TIME, 90, "90 s"},
        {WEIR_UNIT_TIME, 600, "10 min"},      {WEIR_UNIT_TIME, 7200, "2 h"},
        {WEIR_UNIT_TIME, 864000, "10 d"},     {WEIR_UNIT_TIME, -0.5, "-500 ms"},
        {WEIR_UNIT_BYTES, 1.5e9, "1.5 GB"},   {WEIR_UNIT_BYTES, 999, "999 B"},
        {WEIR_UNIT_BYTES, 0, "0 B"},          {WEIR_UNIT_BANDWIDTH, 12.5e6, "12.5 MBps"},
        {WEIR_UNIT_FLOPS, 2e9, "2 Gf"},       {WEIR_UNIT_SPEED, 2e9, "2 Gf/s"},
        {WEIR_UNIT_RATE, 250, "250 /s"},      {WEIR_UNIT_RATE, 2500, "2.5 k/s"},
        {WEIR_UNIT_RATE, 0.01, "0.01 /s"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char buffer[64];
        CU_ASSERT_STRING_EQUAL(weir_quantity_show(rows[i].kind, rows[i].value, buffer, sizeof buffer), rows[i].text);
        if (strcmp(buffer, rows[i].text) != 0)
            fprintf(stderr, "\nwanted %s, got %s\n", rows[i].text, buffer);
    }
}

/* What is shown can be read again, to the three digits that are shown. */
static void shown_can_be_read(void)
{
    for (int kind = 0; kind < WEIR_UNIT_COUNT_OF_UNITS; kind++)
        for (double value = 1e-9; value < 1e14; value *= 3.7) {
            char buffer[64];
            double back = 0;
            weir_quantity_show(kind, value, buffer, sizeof buffer);
            CU_ASSERT_EQUAL(weir_quantity_parse(kind, buffer, &back), WEIR_OK);
            CHECK_NEAR(back / value, 1, 0.006);
        }
}

static void describes(void)
{
    CU_ASSERT_STRING_EQUAL(weir_unit_describe(WEIR_UNIT_TIME), "a time such as \"10ms\"");
    CU_ASSERT_STRING_EQUAL(weir_unit_symbol(WEIR_UNIT_RATE), "1/s");
    for (int kind = 0; kind < WEIR_UNIT_COUNT_OF_UNITS; kind++) {
        /* The example in each description is itself a quantity of the kind. */
        char example[64];
        double value;
        const char *quote = strchr(weir_unit_describe(kind), '"');
        snprintf(example, sizeof example, "%s", quote ? quote + 1 : "0.8");
        example[strcspn(example, "\"")] = '\0';
        CU_ASSERT_EQUAL(weir_quantity_parse(kind, example, &value), WEIR_OK);
        CU_ASSERT_PTR_NOT_NULL(weir_unit_symbol(kind));
    }
}

static void scans_numbers(void)
{
    double value = 0;
    const char *end = weir_number_scan("12.5e1x", &value);
    CU_ASSERT_PTR_NOT_NULL_FATAL(end);
    CU_ASSERT(end && strcmp(end, "x") == 0);
    CU_ASSERT_EQUAL(value, 125);
    static const char *const none[] = {"", "x", "+", "-.", ".", "inf", "nan", "0x1", "-0X1", " 1"};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        CU_ASSERT_PTR_NULL(weir_number_scan(none[i], &value));
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {
        {"reads units", reads_units},
        {"refuses", refuses},
        {"shows", shows},
        {"shown can be read", shown_can_be_read},
        {"describes", describes},
        {"scans numbers", scans_numbers},
        {NULL, NULL},
    };
    return weir_test_main("base/quantity", cases, argc, argv);
}
