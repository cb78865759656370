/* Series in the shapes that they come in: which columns are taken, how their times are written, what is told of it. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/csv.h"
#include "sim/base/error.h"
#include "sim/base/remark.h"
#include "tests/support/test.h"

#define MOST 5
#define DAY  1704067200.0 /* 2024-01-01 00:00 UTC, as date -u -d 2024-01-01 +%s says */
#define HOUR 3600.0

/* Reads, and says whether a remark has these words; "" if there must be none. */
static int read_shape(const char *content, const struct weir_series_options *options, struct weir_series *series,
                      const char *remark)
{
    struct weir_remarks remarks = {0};
    weir_remarks_collect(&remarks);
    int code = weir_series_load(weir_test_file("s.csv", content), options, series);
    weir_remarks_collect(NULL);
    bool said = !*remark && remarks.count == 0;
    for (size_t i = 0; i < remarks.count && *remark; i++)
        said = said || strstr(remarks.sentence[i], remark);
    if (!said && !code)
        fprintf(stderr, "\n%s\nno remark \"%s\", but %s\n", content, remark,
                remarks.count ? remarks.sentence[0] : "none");
    CU_ASSERT(said || code);
    weir_remarks_fini(&remarks);
    return code;
}

static void shapes(void)
{
    static const struct {
        const char *content;
        struct weir_series_options o;
        const char *remark;
        double start_s;
        int count;
        double times[MOST], values[MOST]; /* a first value of -1: none */
    } rows[] = {
        /* dates */
        {"date,v\n2024-01-01,1\n2024-01-02,2\n", {0}, "", DAY, 2, {0, 86400}, {1, 2}},
        {"month,v\n2024-01,1\n2024-02,2\n", {0}, "", DAY, 2, {0, 31 * 86400.0}, {1, 2}},
        {"t,v\n2024-01-01T01:00:00+01:00,1\n2024-01-01T02:00:00+01:00,2\n", {0}, "", DAY, 2, {0, HOUR}, {1, 2}},
        {"t,v\n31/12/2023 23:00,1\n1/1/2024 0:00,2\n", {0}, "with the day first", DAY - HOUR, 2, {0, HOUR}, {1, 2}},
        {"t,v\n12/31/2023 23:00,1\n1/1/2024 0:00,2\n", {0}, "with the month first", DAY - HOUR, 2, {0, HOUR}, {1, 2}},
        {"t,v\n1/1/2024 0:00,1\n1/1/2024 1:00,2\n", {0}, "first", DAY, 2, {0, HOUR}, {1, 2}},
        {"t,v\n1/1/2024,1\n1/2/2024,2\n1/3/2024,3\n", {0}, "month first", DAY, 3, {0, 86400, 2 * 86400}, {1, 2, 3}},
        {"t,v\n1/9/2024,1\n2/9/2024,2\n1/10/2024,3\n",
         {0},
         "day first",
         DAY + 244 * 86400,
         3,
         {0, 86400, 30 * 86400},
         {1, 2, 3}},
        {"t,v\n1/1/2024 12:00:00 AM,1\n1/1/2024 12:00:00 PM,2\n", {0}, "first", DAY, 2, {0, 12 * HOUR}, {1, 2}},
        {"t,v\n01.02.24,1\n02.02.24,2\n", {.time_format = "%d.%m.%y"}, "", DAY + 31 * 86400, 2, {0, 86400}, {1, 2}},
        {"t,v\n1/2/2024,1\n2/2/2024,2\n", {.time_format = "%d/%m/%Y"}, "", DAY + 31 * 86400, 2, {0, 86400}, {1, 2}},
        /* numbers */
        {"t,v\n1704067200000,1\n1704067260000,2\n", {0}, "taken as milliseconds since 1970", DAY, 2, {0, 60}, {1, 2}},
        {"t,v\n1704067200000000,1\n1704067260000000,2\n", {0}, "microseconds", DAY, 2, {0, 60}, {1, 2}},
        {"t,v\n1704067200000000000,1\n1704067260000000000,2\n", {0}, "nanoseconds", DAY, 2, {0, 60}, {1, 2}},
        {"t,v\n1704067200,1\n1704067260,2\n", {0}, "", DAY, 2, {0, 60}, {1, 2}},
        {"t,v\n20240101,1\n20240102,2\n", {0}, "a date in digits", DAY, 2, {0, 86400}, {1, 2}},
        {"t,v\n20240101000000,1\n20240101010000,2\n", {0}, "a date in digits", DAY, 2, {0, HOUR}, {1, 2}},
        {"t,v\n2024010100,1\n2024010101,2\n", {0}, "a date in digits", DAY, 2, {0, HOUR}, {1, 2}},
        {"t,v\n20240101,1\n20240102,2\n", {.time_format = "s"}, "", 20240101, 2, {0, 1}, {1, 2}},
        {"t,v\n20240131,1\n20240132,2\n20240133,3\n", {0}, "", 20240131, 3, {0, 1, 2}, {1, 2, 3}},
        {"year,v\n1970,1\n1971,2\n", {0}, "taken as a year", 0, 2, {0, 365 * 86400.0}, {1, 2}},
        {"t,v\n1970,1\n1971,2\n", {0}, "if it is a year, say", 1970, 2, {0, 1}, {1, 2}},
        {"offset_ms,v\n500,1\n1500,2\n", {0}, "milliseconds, as the name", 0.5, 2, {0, 1}, {1, 2}},
        {"time (us),v\n0,1\n1500,2\n", {0}, "microseconds, as the name", 0, 2, {0, 0.0015}, {1, 2}},
        {"t,v\n500,1\n1500,2\n", {.time_format = "ms"}, "", 0.5, 2, {0, 1}, {1, 2}},
        {"t,v\n0:15,1\n0:30,2\n", {0}, "", 900, 2, {0, 900}, {1, 2}},
        /* columns */
        {"id,datetime,v\n7,2024-01-01,1\n8,2024-01-02,2\n", {0}, "", DAY, 2, {0, 86400}, {1, 2}},
        {",ts,v\n0,2024-01-01,1\n1,2024-01-02,2\n", {0}, "", DAY, 2, {0, 86400}, {1, 2}},
        {"n,when,v\n0,2024-01-01,1\n1,2024-01-02,2\n",
         {.value = "v"},
         "because it holds dates",
         DAY,
         2,
         {0, 86400},
         {1, 2}},
        {"when,who,v\n2024-01-01,ann,1\n2024-01-02,bob,2\n",
         {0},
         "\"v\" is taken as the value",
         DAY,
         2,
         {0, 86400},
         {1, 2}},
        {"date,time,v\n2024-01-01,00:00,1\n2024-01-01,01:00,2\n", {0}, "taken together", DAY, 2, {0, HOUR}, {1, 2}},
        {"date,hour,v\n2024-01-01,23,1\n2024-01-01,24,2\n",
         {0},
         "taken together",
         DAY + 23 * HOUR,
         2,
         {0, HOUR},
         {1, 2}},
        {"d,h,v\n20240101,930,1\n20240101,1030,2\n", {.time = "d,h"}, "", DAY + 9.5 * HOUR, 2, {0, HOUR}, {1, 2}},
        {"date,time,v\n1/1/2024,12:00 PM,1\n1/13/2024,1:00 PM,2\n",
         {0},
         "month first",
         DAY + 12 * HOUR,
         2,
         {0, 12 * 86400 + HOUR},
         {1, 2}},
        {"1,5\n2,6\n", {.no_header = true}, "", 1, 2, {0, 1}, {5, 6}},
        {"9,1,5\n8,2,6\n", {.no_header = true, .time = "2", .value = "3"}, "", 1, 2, {0, 1}, {5, 6}},
        {"a,b,c\n9,1,5\n8,2,6\n", {.time = "2", .value = "3"}, "", 1, 2, {0, 1}, {5, 6}},
        /* values */
        {"t;v\n0;1,5\n1;2,25\n", {0}, "", 0, 2, {0, 1}, {1.5, 2.25}},
        {"t\tv\n0\t1,5\n1\t2\n", {0}, "", 0, 2, {0, 1}, {1.5, 2}},
        {"time,v\n0,1\n1,null\n2,?\n3,N/A\n4,5\n",
         {0},
         "3 of 5 values are missing",
         0,
         5,
         {0, 1, 2, 3, 4},
         {1, 1, 1, 1, 5}},
        {"time,v\n0,None\n1,2\n2,\n", {0}, "missing", 0, 3, {0, 1, 2}, {2, 2, 2}},
        {"time,user\n0,ann\n0,bob\n5,ann\n", {.events = true}, "", 0, 3, {0, 0, 5}, {-1}},
        /* order */
        {"time,v\n5,1\n1,2\n3,3\n", {.sort = true}, "1 of 3 rows were not in the order", 1, 3, {0, 2, 4}, {2, 3, 1}},
        {"time,v\n0,1\n0,2\n1,3\n", {.same = WEIR_SAME_ADD}, "added", 0, 2, {0, 1}, {3, 3}},
        {"time,v\n0,1\n1,3\n0,2\n0,\n", {.same = WEIR_SAME_MEAN, .sort = true}, "averaged", 0, 2, {0, 1}, {1.5, 3}},
        {"time,user\n7,a\n5,b\n5,c\n", {.events = true, .sort = true}, "not in the order", 5, 3, {0, 0, 2}, {-1}},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct weir_series s;
        int code = read_shape(rows[i].content, &rows[i].o, &s, rows[i].remark);
        if (code || (int)s.count != rows[i].count || s.start_s != rows[i].start_s)
            fprintf(stderr, "\n%s\n-> %s (%s)\n", rows[i].content, weir_error_message(), s.about ? s.about : "");
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
    }
}

static void refused(void)
{
    static const struct {
        const char *content;
        struct weir_series_options o;
        const char *message;
    } rows[] = {
        {"t,v\n1/2/2024,1\n2/3/2024,2\n4/5/2024,2\n", {0}, "s.csv:2: \"1/2/2024\" may have the day or the month first"},
        {"t,v\n13/2/2024,1\n2/13/2024,2\n", {0}, "s.csv:3: \"2/13/2024\" is not a time with the day first"},
        {"t,v\n20240101,1\n20240102,1\n20240103,1\n20240104,1\n20240105,1\n20240106,1\n20240107,1\n20240108,"
         "1\n20240109,1\n"
         "20240110,1\n20240230,2\n",
         {0},
         "s.csv:12: \"20240230\" is not a time such as the others of the column, dates in digits"},
        {"t,v\n2024-01-01,1\n5,2\n", {0}, "s.csv:3: \"5\" is not a time"},
        {"t,v\n1/1/24,1\n", {0}, "s.csv:2: \"1/1/24\" is not a time"},
        {"t,v\n1.1.2024,1\n", {.time_format = "%d-%m-%Y"}, "is not a time of the format \"%d-%m-%Y\""},
        {"t,v\n1,1\n", {.time_format = "Y"}, "\"Y\" is no format of times"},
        {"time,v\n5,1\n1,2\n",
         {0},
         "s.csv:3: time goes back (\"1\" is 4 s before the line above); sort the file by time, or "
         "have it sorted"},
        {"time,v\n5,1\n5,2\n", {0}, "s.csv:3: time \"5\" is given twice"},
        {"time,v\n5,1\n1,2\n", {.as_it_is = true}, "; sort the file by time"},
        {"time,v\n5,1\n5,2\n", {.as_it_is = true}, "; keep one line for each time"},
        {"time,v\n5,1\n1,1\n5,2\n", {.sort = true}, "s.csv: time 1970-01-01 00:00:05 is given twice"},
        {"1,2\n",
         {.no_header = true, .value = "3"},
         "there is no column \"3\", because the file has no line of column names"},
        {"time,v\n1,2\n", {.time = "time,clock"}, "there is no column \"clock\""},
        {"time,v\n0,x\n", {0}, "s.csv:2: \"x\" is not a number (column \"v\")"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct weir_series s;
        CU_ASSERT_EQUAL(read_shape(rows[i].content, &rows[i].o, &s, ""), WEIR_EINPUT);
        CHECK_MESSAGE(rows[i].message);
        if (rows[i].o.as_it_is) /* no remedy that whoever reads it has not */
            CU_ASSERT_PTR_NULL(strstr(weir_error_message(), "--s"));
        CU_ASSERT(s.count == 0 && !s.time_s && !s.value && !s.about);
        weir_series_fini(&s);
    }
}

static void says_what_it_read(void)
{
    static const struct {
        const char *content, *about;
    } rows[] = {
        {"date,v\n2024-01-01,1\n2024-01-02,2\n2024-01-03,2\n",
         "time \"date\" as dates, value \"v\"; 3 rows, 2024-01-01 00:00:00 to 2024-01-03 00:00:00 UTC, 24 h apart"},
        {"t,v\n0,1\n60,\n120,1\n240,5\n",
         "time \"t\" as seconds, value \"v\"; 4 rows, 0 s to 240 s, 60 s apart but for 1; 1 values missing"},
        {"t,v\n0,1\n1,2\n3,1\n7,5\n", "4 rows, 0 s to 7 s, at uneven distances"},
        {"date,hour,v\n2024-01-01,0,1\n2024-01-01,1,2\n", "time \"date\" and \"hour\" as dates, value \"v\"; 2 rows, "},
        {"t\n7\n", "time \"t\" as seconds, no values; 1 row, 7 s to 7 s"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct weir_series s;
        const struct weir_series_options any = {.any = true};
        CU_ASSERT_EQUAL_FATAL(weir_series_load(weir_test_file("s.csv", rows[i].content), &any, &s), WEIR_OK);
        if (!strstr(s.about, rows[i].about))
            fprintf(stderr, "\n%s\n", s.about);
        CU_ASSERT_PTR_NOT_NULL(strstr(s.about, rows[i].about));
        weir_series_fini(&s);
    }
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {
        {"shapes", shapes},
        {"refused", refused},
        {"says what it read", says_what_it_read},
        {NULL, NULL},
    };
    return weir_test_main("base/csv_shapes", cases, argc, argv);
}
