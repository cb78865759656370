/* Time series from CSV, plain and gzip. */
#include "sim/base/csv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/text.h"
#include "tests/support/test.h"

#define MOST 4

static void reads(void)
{
    static const struct {
        const char *content, *time, *value;
        double start_s;
        int count;
        double times[MOST], values[MOST]; /* a first value of -1: the file has none */
    } rows[] = {
        {"timestamp,value\n100,5\n160,6.5\n", NULL, NULL, 100, 2, {0, 60}, {5, 6.5}},
        {"100,5\n160,6.5", NULL, NULL, 100, 2, {0, 60}, {5, 6.5}}, /* no header, no last line end */
        {"100;5\r\n160;6.5\r\n", NULL, NULL, 100, 2, {0, 60}, {5, 6.5}},
        {"t\tv\n100\t5\n", NULL, NULL, 100, 1, {0}, {5}},
        {"\n# remark, with comma\n  \n0,1\n# more\n2,3\n\n", NULL, NULL, 0, 2, {0, 2}, {1, 3}},
        {"-1\n-1\n3.5\n", NULL, NULL, -1, 3, {0, 0, 4.5}, {-1}}, /* bare events may coincide */
        {"time\n7\n", NULL, NULL, 7, 1, {0}, {-1}},
        {"\"time\",\"the, \"\"value\"\"\"\n\"1\" , \"2\"\n", NULL, NULL, 1, 1, {0}, {2}},
        {"a,b,c\n9,1,2\n8,2,3\n", "b", "c", 1, 2, {0, 1}, {2, 3}},
        {"a,b,c\n9,1,2\n8,2,3\n", "b", NULL, 1, 2, {0, 1}, {9, 8}}, /* the first column but the time */
        {"a,b,c\n1,x,2\n2,y,3\n", NULL, "c", 1, 2, {0, 1}, {2, 3}},
        {"a,b\n1,x\n1,y\n", NULL, "", 1, 2, {0, 0}, {-1}}, /* events with other columns */
        {"\xef\xbb\xbf"
         "1,2\n",
         NULL,
         NULL,
         1,
         1,
         {0},
         {2}},                                     /* a byte order mark */
        {",v\n1,2\n", NULL, NULL, 1, 1, {0}, {2}}, /* a nameless index column */
        /* No years, parts of dates and ids; rather what is called as values are. */
        {"t,Year,day of week,x\n1,2024,3,2\n2,2024,4,3\n", "t", NULL, 1, 2, {0, 1}, {2, 3}},
        {"t,zone_id,x\n1,7,2\n2,7,3\n", "t", NULL, 1, 2, {0, 1}, {2, 3}},
        {"t,x,Value\n1,7,2\n2,7,3\n", "t", NULL, 1, 2, {0, 1}, {2, 3}},
        {"t,year\n1,2024\n2,2025\n", "t", "year", 1, 2, {0, 1}, {2024, 2025}}, /* unless it is asked for */
        {"t,year\n1,2024\n2,2025\n", "t", NULL, 1, 2, {0, 1}, {-1}},
        {" 1 , 2 \n", NULL, NULL, 1, 1, {0}, {2}},
        {"1e3,0\n1.5e3,.5\n", NULL, NULL, 1000, 2, {0, 500}, {0, 0.5}},
        /* 18262 days from 1970 to 2020: 50 years of 365 and 12 leap days */
        {"d,v\n2020-01-01 00:00,1\n2020-01-01 00:05,2\n", NULL, NULL, 18262 * 86400.0, 2, {0, 300}, {1, 2}},
        {"2020-01-01T00:00:01.25Z,1\n2020-01-01T00:00:02.5Z,1\n",
         NULL,
         NULL,
         18262 * 86400.0 + 1.25,
         2,
         {0, 1.25},
         {1, 1}},
        {"2020-02-29 23:59:59\n2020-03-01 00:00:00\n", NULL, NULL, (18262 + 59) * 86400.0 + 86399, 2, {0, 1}, {-1}},
        {"1970-01-01 00:00:00\n", NULL, NULL, 0, 1, {0}, {-1}},
        {"1969-12-31 23:59\n", NULL, NULL, -60, 1, {0}, {-1}},
        {"2000-03-01 00:00\n", NULL, NULL, 951868800, 1, {0}, {-1}}, /* as date -u -d 2000-03-01 +%s */
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct weir_series s;
        int code = weir_series_read(weir_test_file("s.csv", rows[i].content), rows[i].time, rows[i].value, &s);
        if (code || (int)s.count != rows[i].count)
            fprintf(stderr, "\n%s\n-> %s\n", rows[i].content, weir_error_message());
        CU_ASSERT_EQUAL(code, WEIR_OK);
        CU_ASSERT_EQUAL_FATAL((int)s.count, rows[i].count);
        CU_ASSERT_EQUAL(s.start_s, rows[i].start_s);
        CU_ASSERT_EQUAL(s.value == NULL, rows[i].values[0] < 0);
        for (int k = 0; k < rows[i].count; k++) {
            CU_ASSERT_EQUAL(s.time_s[k], rows[i].times[k]);
            if (s.value)
                CU_ASSERT_EQUAL(s.value[k], rows[i].values[k]);
        }
        weir_series_fini(&s);
        CU_ASSERT_PTR_NULL(s.time_s);
    }
}

static void refuses(void)
{
    static const struct {
        const char *content, *time, *value, *message;
    } rows[] = {
        {"", NULL, NULL, "s.csv: has no rows; it needs at least one line with a time"},
        {"\n# nothing\n", NULL, NULL, "s.csv: has no rows"},
        {"time,value\n", NULL, NULL, "s.csv: has no rows"},
        {"t,v\n1,2\nx,3\n", NULL, NULL, "s.csv:3: \"x\" is not a time; write seconds or a date such as"},
        {"t,v\n1,2\n2,x\n", NULL, NULL, "s.csv:3: \"x\" is not a number"},
        {"t,v\n1,2\n2\n", NULL, NULL, "s.csv:3: the line has 1 column where 2 are needed"},
        {"t,v\n1,2\n\n# r\n2,-3\n", NULL, NULL, "s.csv:5: the value \"-3\" is negative; it must be 0 or more"},
        {"t,v\n1,nan\n2,?\n", NULL, NULL, "s.csv: column \"v\" has no value at all"},
        {"1,1e999\n", NULL, NULL, "s.csv:1: \"1e999\" is not a number"},
        {"1,2\n1e999,2\n", NULL, NULL, "s.csv:2: \"1e999\" is not a time"},
        {"1,0x2\n", NULL, NULL, "s.csv:1: \"0x2\" is not a number"},
        {"1;2\n2;2,5,1\n", NULL, NULL, "s.csv:2: \"2,5,1\" is not a number"},
        {"5,1\n3,1\n", NULL, NULL, "s.csv:2: time goes back (\"3\" is 2 s before the line above); sort the file"},
        {"5\n3\n", NULL, NULL, "s.csv:2: time goes back"},
        {"5,1\n5,2\n", NULL, NULL, "s.csv:2: time \"5\" is given twice; keep one line for each time"},
        {"2020-01-01 00:10,1\n2020-01-01 00:05,1\n", NULL, NULL,
         "s.csv:2: time goes back (\"2020-01-01 00:05\" is 300 s before"},
        {"0\n2020-13-01 00:10\n", NULL, NULL, "s.csv:2: \"2020-13-01 00:10\" is not a time"},
        {"0\n2019-02-29 00:10\n", NULL, NULL, "is not a time"},
        {"0\n2020-01-01 24:00\n", NULL, NULL, "is not a time"},
        {"0\n2020-01-01 00:10:10.\n", NULL, NULL, "is not a time"},
        {"time,rate\n1,2\n", "time", "rat", "s.csv:1: there is no column \"rat\"; did you mean \"rate\"?"},
        {"time,rate\n1,2\n", "stamp", NULL, "s.csv:1: there is no column \"stamp\"; columns are: time, rate"},
        {"1,2\n", "time", NULL, "there is no column \"time\", because the file has no line of column names"},
        {"time,rate\n1,2\n", "time", "time", "column \"time\" cannot be both time and value"},
        {"a,\"b\n1,2\n", NULL, NULL, "s.csv:1: a quoted cell is not closed"},
        {"t,v\n\"1\"x,2\n", NULL, NULL, "s.csv:2: text follows a quoted cell; put the separator ',' between"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct weir_series s = {.count = 5};
        CU_ASSERT_EQUAL(weir_series_read(weir_test_file("s.csv", rows[i].content), rows[i].time, rows[i].value, &s),
                        WEIR_EINPUT);
        CU_ASSERT(s.count == 0 && !s.time_s && !s.value);
        CHECK_MESSAGE(rows[i].message);
        weir_series_fini(&s);
    }
    struct weir_series s;
    CU_ASSERT_EQUAL(weir_series_read("missing.csv", NULL, NULL, &s), WEIR_EINPUT);
    CHECK_MESSAGE("missing.csv: no such file; check the path");
    CU_ASSERT_EQUAL(weir_series_read("tests", NULL, NULL, &s), WEIR_EINPUT);
    CHECK_MESSAGE("tests: is a folder, not a file");
}

/* Writes bytes to a file of the test folder; the path is owned by the caller. */
static char *write_bytes(const char *name, const void *bytes, size_t count)
{
    char *path = weir_format("%s/%s", weir_test_folder(), name);
    FILE *file = fopen(path, "wb");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    CU_ASSERT_EQUAL_FATAL(fwrite(bytes, 1, count, file), count);
    fclose(file);
    return path;
}

/* 5000 rows of time, time mod 1000, each time 60 s after the other, as gzip. */
static char *write_gzip(struct weir_text *bytes)
{
    char *path = weir_format("%s/load.csv.gz", weir_test_folder());
    gzFile file = gzopen(path, "wb");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    gzprintf(file, "timestamp,value\n");
    for (int i = 0; i < 5000; i++)
        gzprintf(file, "%d,%d.5\n", 1000000 + 60 * i, i * 7919 % 1000);
    gzclose(file);
    FILE *back = fopen(path, "rb");
    char block[4096];
    size_t got;
    while ((got = fread(block, 1, sizeof block, back)) > 0)
        weir_text_add_bytes(bytes, block, got);
    fclose(back);
    return path;
}

static void reads_gzip(void)
{
    struct weir_text bytes = {0};
    struct weir_series s;
    char *path = write_gzip(&bytes);
    CU_ASSERT_EQUAL(weir_series_read(path, NULL, NULL, &s), WEIR_OK);
    CU_ASSERT_EQUAL_FATAL(s.count, 5000);
    CU_ASSERT_EQUAL(s.time_s[4999], 299940); /* 4999 * 60 */
    CU_ASSERT_EQUAL(s.value[4999], 81.5);    /* 4999 * 7919 = 39587081 */
    weir_series_fini(&s);
    free(path);

    /* Cut anywhere, it is refused: in the header, in the data, in the checksum. */
    for (size_t length = 2; length < bytes.length; length += length < 24 ? 1 : bytes.length / 50) {
        path = write_bytes("cut.csv.gz", bytes.data, length);
        CU_ASSERT_EQUAL(weir_series_read(path, NULL, NULL, &s), WEIR_EINPUT);
        CHECK_MESSAGE("cut.csv.gz: ");
        free(path);
    }
    path = write_bytes("half.csv.gz", bytes.data, bytes.length / 2);
    CU_ASSERT_EQUAL(weir_series_read(path, NULL, NULL, &s), WEIR_EINPUT);
    CHECK_MESSAGE("half.csv.gz: the gzip file is cut short after line ");
    free(path);
    path = write_bytes("tail.csv.gz", bytes.data, bytes.length - 3);
    CU_ASSERT_EQUAL(weir_series_read(path, NULL, NULL, &s), WEIR_EINPUT);
    CHECK_MESSAGE("the gzip file is cut short after line 5001; fetch or make it again");
    free(path);

    /* A wrong checksum. */
    bytes.data[bytes.length - 6] ^= 1;
    path = write_bytes("bad.csv.gz", bytes.data, bytes.length);
    CU_ASSERT_EQUAL(weir_series_read(path, NULL, NULL, &s), WEIR_EINPUT);
    CHECK_MESSAGE("bad.csv.gz: the gzip file is damaged after line ");
    CU_ASSERT_EQUAL(weir_series_read(path, NULL, NULL, &s), WEIR_EINPUT);
    CHECK_MESSAGE(" (incorrect data check); fetch or make it again");
    free(path);
    weir_text_fini(&bytes);
}

static void long_lines_and_zero_bytes(void)
{
    struct weir_series s;
    struct weir_text text = {0};
    weir_text_add(&text, "t,v,note\n1,2,");
    for (int i = 0; i < 300000; i++)
        weir_text_add(&text, "x");
    weir_text_add(&text, "\n2,3,");
    for (int i = 0; i < 100000; i++)
        weir_text_add(&text, "y,");
    CU_ASSERT_EQUAL(weir_series_read(weir_test_file("long.csv", text.data), NULL, NULL, &s), WEIR_OK);
    CU_ASSERT_EQUAL(s.count, 2);
    weir_series_fini(&s);
    weir_text_fini(&text);
    char *path = write_bytes("zero.csv", "1,2\n2,\0003\n", 9);
    CU_ASSERT_EQUAL(weir_series_read(path, NULL, NULL, &s), WEIR_EINPUT);
    CHECK_MESSAGE("zero.csv:2: has a zero byte, so this is not a text file");
    free(path);
}

/* Random bytes, half of them of the characters a CSV is made of: a series or a message, never a crash. */
static void any_bytes_are_answered(void)
{
    static const char likely[] = "0123456789,;\t\n\r\"-.: TZe#";
    unsigned random = 12345;
    for (int file = 0; file < 2000; file++) {
        char bytes[200];
        for (size_t i = 0; i < sizeof bytes; i++) {
            random = random * 1103515245 + 12345;
            unsigned pick = random >> 16;
            bytes[i] = (char)(file % 2 ? pick : (unsigned char)likely[pick % (sizeof likely - 1)]);
        }
        char *path = write_bytes("any.csv", bytes, 1 + (size_t)file % sizeof bytes);
        struct weir_series s;
        weir_error_clear();
        int code = weir_series_read(path, NULL, NULL, &s);
        if ((code == WEIR_OK) != (s.count > 0) || (code && !*weir_error_message()))
            CU_FAIL("neither a series nor a message");
        weir_series_fini(&s);
        free(path);
    }
}

/* Values of any sign, some of them missing. */
static void reads_any(void)
{
    struct weir_series s;
    const char *path = weir_test_file("any.csv", "t,v\n0,-5\n1,\n2,NaN\n3,na\n4,7\n");
    const struct weir_series_options any = {.any = true};
    CU_ASSERT_EQUAL(weir_series_load(path, &any, &s), WEIR_OK);
    CU_ASSERT_EQUAL_FATAL(s.count, 5);
    CU_ASSERT(s.value[0] == -5 && s.value[1] != s.value[1] && s.value[2] != s.value[2] && s.value[3] != s.value[3]);
    CU_ASSERT(s.value[4] == 7);
    weir_series_fini(&s);
    CU_ASSERT_EQUAL(weir_series_read(path, NULL, NULL, &s), WEIR_EINPUT);
    CHECK_MESSAGE("any.csv:2: the value \"-5\" is negative");
    path = weir_test_file("any.csv", "t,v\n0,inf\n");
    CU_ASSERT_EQUAL(weir_series_load(path, &any, &s), WEIR_EINPUT);
    CHECK_MESSAGE("any.csv:2: \"inf\" is not a number");
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {
        {"reads", reads},
        {"reads any", reads_any},
        {"refuses", refuses},
        {"reads gzip", reads_gzip},
        {"long lines and zero bytes", long_lines_and_zero_bytes},
        {"any bytes are answered", any_bytes_are_answered},
        {NULL, NULL},
    };
    return weir_test_main("base/csv", cases, argc, argv);
}
