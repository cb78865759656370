/* Means, intervals, paired differences, and the table. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/experiment/summary.h"
#include "sim/experiment/table.h"
#include "tests/support/test.h"

static struct weir_stack stacks[] = {{.label = "first"}, {.label = "second, better"}};
static const unsigned long long seeds[] = {1, 2, 3};

static const struct weir_metric *metric(const char *name)
{
    for (const struct weir_metric *m = weir_metric_table; m->name; m++)
        if (strcmp(m->name, name) == 0)
            return m;
    return NULL;
}

/* Two policies, three seeds: mean latencies of 10, 20, 30 ms and 8, 17, 26 ms. */
static struct weir_summary *three_seeds(void)
{
    static const double latency_s[2][3] = {{0.010, 0.020, 0.030}, {0.008, 0.017, 0.026}};
    struct weir_summary *summary = weir_summary_new("small", "folder", stacks, 2, seeds, 3);
    for (int p = 0; p < 2; p++) {
        for (int s = 0; s < 3; s++) {
            struct weir_record *record = weir_summary_record(summary, p, s);
            record->present = true;
            record->metrics.latency_mean_s = latency_s[p][s];
            record->metrics.throughput_per_s = 100;
            record->metrics.latency_p99_s = p == 0 ? 0.1 : NAN;
        }
    }
    return summary;
}

static void intervals_are_students(void)
{
    struct weir_summary *summary = three_seeds();
    struct weir_estimate value, difference;
    weir_summary_estimate(summary, 0, metric("latency_mean"), &value, &difference);
    /* mean 0.020, deviation 0.010; t(2, 97.5 %) = 4.302653; 4.302653 * 0.010 / sqrt(3) = 0.02484138 */
    CU_ASSERT_EQUAL(value.count, 3);
    CHECK_NEAR(value.mean, 0.020, 1e-15);
    CHECK_NEAR(value.high - value.mean, 0.02484138, 1e-8);
    CHECK_NEAR(value.mean - value.low, 0.02484138, 1e-8);
    CU_ASSERT_EQUAL(difference.mean, 0);
    weir_summary_free(summary);
}

static void differences_are_paired(void)
{
    struct weir_summary *summary = three_seeds();
    struct weir_estimate value, difference;
    weir_summary_estimate(summary, 1, metric("latency_mean"), &value, &difference);
    /* -2, -3, -4 ms: mean -3 ms, deviation 1 ms, half width 4.302653 * 0.001 / sqrt(3) = 0.002484138: below zero,
     * although the intervals of the means themselves overlap. */
    CHECK_NEAR(difference.mean, -0.003, 1e-15);
    CHECK_NEAR(difference.high, -0.003 + 0.002484138, 1e-9);
    CU_ASSERT(difference.high < 0);
    weir_summary_record(summary, 0, 1)->present = false; /* its seed has no partner then */
    weir_summary_estimate(summary, 1, metric("latency_mean"), &value, &difference);
    CU_ASSERT_EQUAL(value.count, 3);
    CU_ASSERT_EQUAL(difference.count, 2);
    CHECK_NEAR(difference.mean, -0.003, 1e-15); /* of -2 and -4 ms */
    weir_summary_free(summary);
}

/* The line of a text that begins so, owned; NULL if there is none. */
static char *line_of(const char *text, const char *begin)
{
    for (const char *line = text; line && *line; line = strchr(line, '\n'), line = line ? line + 1 : NULL)
        if (strncmp(line, begin, strlen(begin)) == 0)
            return strndup(line, strcspn(line, "\n"));
    return NULL;
}

static void csv_has_a_row_a_policy_and_metric(void)
{
    struct weir_summary *summary = three_seeds();
    char *csv = weir_summary_csv(summary);
    static const char *const lines[] = {
        "policy,metric,unit,better,n,mean,ci95_low,ci95_high,diff_to_first,diff_ci95_low,diff_ci95_high,"
        "none,doubt,diff_doubt",
        "first,throughput,items/s,high,3,100,100,100,0,0,0,0,,",
        "\"second, better\",latency_p99,s,low,0,,,,,,,3,,", /* nothing was measured */
    };
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        char *line = line_of(csv, lines[i]);
        CU_ASSERT_PTR_NOT_NULL(line);
        free(line);
    }
    int rows = 0;
    for (const char *c = csv; *c; c++)
        rows += *c == '\n';
    CU_ASSERT_EQUAL(rows, 1 + 2 * weir_metric_count());
    free(csv);

    char *runs = weir_summary_runs_csv(summary);
    char *row = line_of(runs, "\"second, better\",2,");
    CU_ASSERT(row && strstr(row, ",100,0.017,,")); /* throughput, mean, no p99 */
    free(row);
    free(runs);

    char *json = weir_summary_json(summary);
    CU_ASSERT_PTR_NOT_NULL(strstr(json, "\"diff_to_first\":\tnull"));
    CU_ASSERT_PTR_NOT_NULL(strstr(json, "\"policy\":\t\"second, better\""));
    free(json);
    weir_summary_free(summary);
}

static char *table_of(const struct weir_summary *summary, const char *names, bool bold, int width)
{
    struct weir_columns columns;
    char *text;
    size_t size;
    CU_ASSERT_EQUAL(weir_columns_choose(names, summary, &columns), WEIR_OK);
    FILE *file = open_memstream(&text, &size);
    weir_table_print(file, summary, &columns, bold, width);
    fclose(file);
    return text;
}

static void the_table_is_aligned_and_marked(void)
{
    struct weir_summary *summary = three_seeds();
    char *table = table_of(summary, "throughput,latency_mean,latency_p99", false, 120);
    /* All throughputs are alike: no mark. p99: the only one there is has no rival. */
    static const char wanted[] = "small: 2 policies, 3 seeds\n"
                                 "\n"
                                 "policy          throughput   latency mean   latency p99 \n"
                                 "                   items/s             ms            ms \n"
                                 "first             100.0 ±0         20 ±25      100.0 ±0 \n"
                                 "second, better    100.0 ±0         17 ±22*            - \n"
                                 "\n"
                                 "* best of its column. ±: half the 95 % confidence interval over 3 seeds. summary.csv "
                                 "has the differences to first, paired by seed.\n"
                                 "latency_p99: none in 3 of 3 runs of second, better.\n";
    CU_ASSERT_STRING_EQUAL(table, wanted);
    if (strcmp(table, wanted) != 0)
        fprintf(stderr, "\n%s\n", table);
    free(table);

    table = table_of(summary, "latency_mean", true, 120);
    CU_ASSERT_PTR_NOT_NULL(strstr(table, "\033[1m17 ±22*\033[0m"));
    free(table);
    weir_summary_free(summary);
}

/* Of three runs of the second policy one delivered something, and quickly: it is no rival of 20 ms, and that is said.
 */
static void who_delivers_nothing_does_not_win(void)
{
    struct weir_summary *summary = three_seeds();
    for (int s = 0; s < 2; s++)
        weir_summary_record(summary, 1, s)->metrics.latency_mean_s = NAN;
    weir_summary_record(summary, 1, 2)->metrics.latency_mean_s = 0.001;
    char *table = table_of(summary, "latency_mean,latency_p99", false, 120);
    CU_ASSERT_PTR_NOT_NULL(strstr(table, "20 ±25  "));
    CU_ASSERT_PTR_NOT_NULL(strstr(table, " 1.000  "));
    CU_ASSERT_PTR_NOT_NULL(strstr(table,
                                  "\nlatency_mean: none in 2 of 3 runs of second, better; the mean is that of the "
                                  "others, and is not marked.\nlatency_p99: none in 3 of 3 runs of second, "
                                  "better.\n"));
    free(table);
    struct weir_estimate value, difference;
    weir_summary_estimate(summary, 1, metric("latency_mean"), &value, &difference);
    CU_ASSERT_EQUAL(value.count, 1);
    CU_ASSERT_EQUAL(value.none, 2);
    CU_ASSERT_EQUAL(difference.count, 1);
    weir_summary_free(summary);
}

static enum weir_doubt doubt_of(const double *values, int count, bool heavy, const char *name)
{
    struct weir_stack one_stack[] = {{.label = (char *)"one"}};
    unsigned long long numbers[12];
    for (int s = 0; s < count; s++)
        numbers[s] = (unsigned long long)s;
    struct weir_summary *summary = weir_summary_new("small", "folder", one_stack, 1, numbers, count);
    struct weir_estimate value, difference;
    summary->heavy_tails = heavy;
    for (int s = 0; s < count; s++) {
        struct weir_record *record = weir_summary_record(summary, 0, s);
        record->present = true;
        memcpy((char *)&record->metrics + metric(name)->offset, &values[s], sizeof *values);
    }
    weir_summary_estimate(summary, 0, metric(name), &value, &difference);
    char *table = table_of(summary, name, false, 120);
    CU_ASSERT_EQUAL(value.doubt != WEIR_DOUBT_NONE, strstr(table, "~") != NULL);
    free(table);
    weir_summary_free(summary);
    return value.doubt;
}

static void doubtful_intervals_are_marked(void)
{
    static const double even[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, one[] = {1, 1.1, 0.9, 1.2, 0.8, 1, 1, 1, 1.1, 30},
                        same[] = {3, 3, 3, 3, 3, 3, 3};
    CU_ASSERT_EQUAL(doubt_of(even, 10, false, "latency_mean"), WEIR_DOUBT_NONE);
    CU_ASSERT_EQUAL(doubt_of(one, 10, false, "latency_mean"), WEIR_DOUBT_SKEWED);
    CU_ASSERT_EQUAL(doubt_of(one + 5, 5, false, "latency_mean"), WEIR_DOUBT_NONE); /* too few to see it */
    CU_ASSERT_EQUAL(doubt_of(same, 7, true, "latency_mean"), WEIR_DOUBT_NONE);
    CU_ASSERT_EQUAL(doubt_of(even, 10, true, "latency_mean"), WEIR_DOUBT_HEAVY);
    CU_ASSERT_EQUAL(doubt_of(even, 10, true, "latency_p99"), WEIR_DOUBT_NONE);
    CU_ASSERT_EQUAL(doubt_of(even, 10, true, "cost"), WEIR_DOUBT_NONE);
}

static void a_narrow_terminal_gets_parts(void)
{
    struct weir_summary *summary = three_seeds();
    char *table = table_of(summary, "throughput,latency_mean", false, 40);
    int heads = 0;
    for (const char *c = table; (c = strstr(c, "policy ")); c++)
        heads++;
    CU_ASSERT_EQUAL(heads, 2);
    free(table);
    weir_summary_free(summary);
}

static void usual_columns_leave_out_what_is_zero(void)
{
    struct weir_summary *summary = three_seeds();
    struct weir_columns columns;
    CU_ASSERT_EQUAL(weir_columns_choose(NULL, summary, &columns), WEIR_OK);
    for (int i = 0; i < columns.count; i++)
        CU_ASSERT_STRING_NOT_EQUAL(columns.metrics[i]->name, "energy");
    weir_summary_record(summary, 1, 2)->metrics.energy_j = 5;
    int before = columns.count;
    CU_ASSERT_EQUAL(weir_columns_choose(NULL, summary, &columns), WEIR_OK);
    CU_ASSERT_EQUAL(columns.count, before + 1);
    CU_ASSERT_EQUAL(weir_columns_choose("latency_men", summary, &columns), WEIR_EUSAGE);
    CHECK_MESSAGE("--metrics: \"latency_men\" is no metric; did you mean \"latency_mean\"?");
    weir_summary_free(summary);
}

static void values_are_shown_with_their_unit(void)
{
    static const struct {
        const char *metric;
        double value;
        const char *shown;
    } cases[] = {
        {"latency_mean", 0.0107234, "10.72 ms"},
        {"latency_mean", 0, "0 s"},
        {"latency_mean", 75, "75.00 s"},
        {"latency_mean", 2e-7, "0.2000 us"},
        {"energy", 12345, "12.35 kJ"},
        {"throughput", 100, "100.0 items/s"},
        {"cost", 0.5, "0.5000 money"},
        {"dropped", 1234567, "1234567 items"},
        {"dropped", 6, "6 items"},
        {"latency_mean", NAN, "-"},
        {"slo_violations", 0.0321, "3.210 %"},
        {"slo_violations", 0, "0 %"},
    };
    char buffer[64];
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        weir_metric_show(metric(cases[i].metric), cases[i].value, buffer, sizeof buffer);
        CU_ASSERT_STRING_EQUAL(buffer, cases[i].shown);
        if (strcmp(buffer, cases[i].shown) != 0)
            fprintf(stderr, "\n%s: \"%s\", wanted \"%s\"\n", cases[i].metric, buffer, cases[i].shown);
    }
}

static const struct weir_case cases[] = {
    {"intervals are Student's", intervals_are_students},
    {"differences are paired", differences_are_paired},
    {"CSV has a row a policy and metric", csv_has_a_row_a_policy_and_metric},
    {"the table is aligned and marked", the_table_is_aligned_and_marked},
    {"who delivers nothing does not win", who_delivers_nothing_does_not_win},
    {"doubtful intervals are marked", doubtful_intervals_are_marked},
    {"a narrow terminal gets parts", a_narrow_terminal_gets_parts},
    {"usual columns leave out what is zero", usual_columns_leave_out_what_is_zero},
    {"values are shown with their unit", values_are_shown_with_their_unit},
    {0},
};

int main(int argc, char **argv)
{
    return weir_test_main("experiment summary", cases, argc, argv);
}
