/* Dates and times of day as files have them. Seconds since 1970 are as `date -u -d ... +%s` says. */
#include "sim/base/date.h"

#include <stdio.h>
#include <string.h>

#include "tests/support/test.h"

#define DAY    1704067200.0 /* 2024-01-01 */
#define LAST   1706659200.0 /* 2024-01-31 */
#define NOON   43200
#define MINUTE 60

static void scans(void)
{
    static const struct {
        const char *text;
        enum weir_date_order order;
        double time_s;
    } rows[] = {
        {"2024-01-31", 0, LAST},
        {"2024-01", 0, DAY},
        {"2024/01/31 00:00", 0, LAST},
        {"2024/1/31", 0, LAST},
        {"2024.01.31", 0, LAST},
        {"2024-01-31T12:00:00Z", 0, LAST + NOON},
        {"2024-01-31T12:00:00+00:00", 0, LAST + NOON},
        {"2024-01-31 12:00 +02:00", 0, LAST + NOON - 7200},
        {"2024-01-31T12:00:00-0530", 0, LAST + NOON + 5.5 * 3600},
        {"2024-01-31T12:00:00+02", 0, LAST + NOON - 7200},
        {"2024-01-31 12:00:00 UTC", 0, LAST + NOON},
        {"2024-01-31 12:00:00 +0000 UTC", 0, LAST + NOON},
        {"2024-01-31 12:00:00.25", 0, LAST + NOON + 0.25},
        {"2024-01-31 12:00:00,250", 0, LAST + NOON + 0.25},
        {"2024-01-31 12", 0, LAST + NOON},
        {"2024-01-31T1200", 0, LAST + NOON},
        {"20240131T120000Z", 0, LAST + NOON},
        {"20240131 12:00", 0, LAST + NOON},
        {"31-Jan-2024", 0, LAST},
        {"31-Jan-2024 12:00:00", 0, LAST + NOON},
        {"31/Jan/2024:12:00:00 +0100", 0, LAST + NOON - 3600},
        {"31 January 2024", 0, LAST},
        {"Jan 31, 2024", 0, LAST},
        {"Jan 31, 2024, 12:00 PM", 0, LAST + NOON},
        {"2024-Jan-31", 0, LAST},
        {"Wed, 31 Jan 2024 12:00:00 GMT", 0, LAST + NOON},
        {"Wed Jan 31 12:00:00 2024", 0, LAST + NOON},
        {"Mon Jan  1 00:00:00 2024", 0, DAY},
        {"Wed Jan 31 12:00:00 UTC 2024", 0, LAST + NOON},
        {"31.1.2024 12:00", 0, LAST + NOON},
        {"31/1/2024 12:00", WEIR_DATE_DAY_FIRST, LAST + NOON},
        {"1/31/2024 12:00", WEIR_DATE_MONTH_FIRST, LAST + NOON},
        {"01-31-2024", WEIR_DATE_MONTH_FIRST, LAST},
        {"1/31/2024 12:00:00 AM", WEIR_DATE_MONTH_FIRST, LAST},
        {"1/31/2024 12:00:00 PM", WEIR_DATE_MONTH_FIRST, LAST + NOON},
        {"1/31/2024 1:01 pm", WEIR_DATE_MONTH_FIRST, LAST + NOON + 3600 + MINUTE},
        {"1969-12-31 23:59", 0, -60},
        {"2000-02-29", 0, 951782400},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        double time_s = -1;
        bool read = weir_date_scan(rows[i].text, rows[i].order, &time_s);
        if (!read || time_s != rows[i].time_s)
            fprintf(stderr, "\n%s: %d %.3f\n", rows[i].text, read, time_s - rows[i].time_s);
        CU_ASSERT(read && time_s == rows[i].time_s);
    }
}

static void refuses(void)
{
    static const char *const rows[] = {
        "",
        "x",
        "2024",
        "20240131",
        "2024-13-01",
        "2024-02-30",
        "2023-02-29",
        "1900-02-29",
        "2024-01-31x",
        "2024-01-31 24:00",
        "2024-01-31 12:60",
        "2024-01-31 12:00:00.",
        "2024-01-31 12:00 XYZ",
        "2024-01-31 13:00 PM",
        "2024-01-31 0:30 AM",
        "31/1/2024",
        "1/31/2024",
        "1/1/24",
        "31 Foo 2024",
        "Jan 31",
        "2024-1-1-1",
        "2024-01-31T",
        "2024-01-31 12:00 +99:00",
        "2024-0131",
        "2024-01/31",
        "-2024-01-01",
        "2024-W01",
        "2024-001",
        "32-Jan-2024",
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        double time_s;
        bool read = weir_date_scan(rows[i], WEIR_DATE_NO_ORDER, &time_s);
        if (read)
            fprintf(stderr, "\n%s is read as %.0f\n", rows[i], time_s);
        CU_ASSERT_FALSE(read);
    }
    double time_s;
    CU_ASSERT_FALSE(weir_date_scan("31/1/2024", WEIR_DATE_MONTH_FIRST, &time_s));
    CU_ASSERT(weir_date_needs_order("31/1/2024 12:00") && weir_date_needs_order("1-2-2024"));
    CU_ASSERT(!weir_date_needs_order("31.1.2024") && !weir_date_needs_order("2024/1/31") &&
              !weir_date_needs_order("1/2/24"));
}

static void others(void)
{
    double time_s;
    CU_ASSERT(weir_date_digits("20240131", &time_s) && time_s == LAST);
    CU_ASSERT(weir_date_digits("2024013112", &time_s) && time_s == LAST + NOON);
    CU_ASSERT(weir_date_digits("202401311201", &time_s) && time_s == LAST + NOON + MINUTE);
    CU_ASSERT(weir_date_digits("20240131120101", &time_s) && time_s == LAST + NOON + MINUTE + 1);
    CU_ASSERT_FALSE(weir_date_digits("20240132", &time_s) || weir_date_digits("2024", &time_s) ||
                    weir_date_digits("20240131x", &time_s) || weir_date_digits("18991231", &time_s) ||
                    weir_date_digits("2024013124", &time_s) || weir_date_digits("1704067200", &time_s));
    CU_ASSERT(weir_date_clock("12:30", &time_s) && time_s == 45000);
    CU_ASSERT(weir_date_clock("100:00:00.5", &time_s) && time_s == 360000.5);
    CU_ASSERT(weir_date_clock("1:30 PM", &time_s) && time_s == 48600);
    CU_ASSERT_FALSE(weir_date_clock("12", &time_s) || weir_date_clock("12:5", &time_s) ||
                    weir_date_clock("12:30x", &time_s));
    CU_ASSERT(weir_date_format("31.01.24 12h", "%d.%m.%y %Hh", &time_s) && time_s == LAST + NOON);
    CU_ASSERT(weir_date_format("2024-01-31 12:00:00.25 +0200", "%Y-%m-%d %H:%M:%S.%f %z", &time_s) &&
              time_s == LAST + NOON + 0.25 - 7200);
    CU_ASSERT(weir_date_format("24-031", "%y-%j", &time_s) && time_s == LAST);
    CU_ASSERT_FALSE(weir_date_format("30.02.2024", "%d.%m.%Y", &time_s) ||
                    weir_date_format("31.01.2024 x", "%d.%m.%Y", &time_s) ||
                    weir_date_format("31", "%d.%m.%Y", &time_s));
    char shown[WEIR_DATE_SIZE];
    CU_ASSERT_STRING_EQUAL(weir_date_show(LAST + NOON + 0.25, shown), "2024-01-31 12:00:00.250");
    CU_ASSERT_STRING_EQUAL(weir_date_show(-60, shown), "1969-12-31 23:59:00");
    CU_ASSERT_STRING_EQUAL(weir_date_show(1e300, shown), "1e+300 s");
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {
        {"scans", scans},
        {"refuses", refuses},
        {"others", others},
        {NULL, NULL},
    };
    return weir_test_main("base/date", cases, argc, argv);
}
