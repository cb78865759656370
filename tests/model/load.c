#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "sim/base/error.h"
#include "sim/base/json.h"
#include "sim/base/memory.h"
#include "sim/model/load.h"
#include "tests/support/test.h"

#define BESIDE "tests/input/valid/any.json" /* files of loads are found beside it */

/* The load that a text with single quotes describes; NULL if it is refused. */
static struct weir_load *read_load(const char *text)
{
    char *json = weir_copy(text);
    for (char *c = json; *c; c++)
        *c = *c == '\'' ? '"' : *c;
    struct weir_json_doc *doc = NULL;
    struct weir_load *load = NULL;
    int code = weir_json_parse(json, "test.json", &doc);
    if (!code) {
        struct weir_json root = weir_json_root(doc);
        code = weir_load_read(&root, BESIDE, &load);
    }
    CU_ASSERT_EQUAL(code, load ? WEIR_OK : WEIR_EINPUT);
    weir_json_free(doc);
    free(json);
    return load;
}

static struct weir_load *need(const char *text)
{
    struct weir_load *load = read_load(text);
    if (!load) {
        fprintf(stderr, "\n%s\n", weir_error_message());
        exit(2);
    }
    return load;
}

/* Counts arrivals by cells of a length; checks that times do not decrease. Returns how many there are in all cells. */
static long count_cells(const struct weir_load *load, unsigned long long seed, double cell_s, int cells, long *counts)
{
    struct weir_arrivals walk = weir_arrivals_open(load, seed, "arrivals/test");
    long total = 0;
    double last_s = 0;
    memset(counts, 0, (size_t)cells * sizeof *counts);
    for (;;) {
        double time_s = weir_arrivals_next(&walk);
        CU_ASSERT_FATAL(time_s >= last_s);
        if (!(time_s < cell_s * cells))
            return total;
        counts[(int)(time_s / cell_s)]++;
        total++;
        last_s = time_s;
    }
}

static void check_times(const char *text, const double *wanted, int count)
{
    struct weir_load *load = need(text);
    struct weir_arrivals walk = weir_arrivals_open(load, 1, "arrivals/test");
    for (int i = 0; i < count; i++)
        CHECK_NEAR(weir_arrivals_next(&walk), wanted[i], 1e-9 * (1 + wanted[i]));
    CU_ASSERT(isinf(weir_arrivals_next(&walk)));
    CU_ASSERT(isinf(weir_arrivals_next(&walk))); /* and it stays over */
    weir_load_free(load);
}

static void times_are_exact(void)
{
    /* 4/s: every 0.25 s, the first at once */
    check_times("{'kind':'constant','rate':'4/s','count':4}", (double[]){0, 0.25, 0.5, 0.75}, 4);
    /* times 2 is 8/s; from 1 s on, and before 1.5 s */
    check_times("{'kind':'constant','rate':'4/s','scale':2,'start':'1s','end':'1500ms'}",
                (double[]){1, 1.125, 1.25, 1.375}, 4);
    /* 2/s for 2 s are items 0 to 3; nothing for 1 s; then 1/s: item 4 at 3 s, 5 at 4 s; a count of 6 */
    check_times("{'kind':'steps','arrivals':'even','count':6,'steps':[{'at':'0s','rate':'2/s'},{'at':'2s','rate':0},"
                "{'at':'3s','rate':'1/s'}]}",
                (double[]){0, 0.5, 1, 1.5, 3, 4}, 6);
    /* twice as fast: the steps come at 1 s and 1.5 s, the rates stay: items 0, 1 at 0 and 0.5 s, 2 at 1.5 s, 3 at 2.5 s
     */
    check_times("{'kind':'steps','arrivals':'even','count':4,'speedup':2,'steps':[{'at':'0s','rate':'2/s'},"
                "{'at':'2s','rate':0},{'at':'3s','rate':'1/s'}]}",
                (double[]){0, 0.5, 1.5, 2.5}, 4);
    /* nothing before the first step */
    check_times("{'kind':'steps','arrivals':'even','count':2,'steps':[{'at':'5s','rate':'1/s'}]}", (double[]){5, 6}, 2);
    /* a last rate of 0 ends the load */
    check_times("{'kind':'steps','arrivals':'even','steps':[{'at':'0s','rate':'1/s'},{'at':'2s','rate':0}]}",
                (double[]){0, 1}, 2);
    /* events at 100, 100, 103.5, 110 s begin at 0 */
    check_times("{'kind':'csv','file':'load-events.csv','values':'events'}", (double[]){0, 0, 3.5, 10}, 4);
    check_times("{'kind':'csv','file':'load-events.csv','values':'events','speedup':10}", (double[]){0, 0, 0.35, 1}, 4);
    /* times 1.5: owed 1.5, 2, 1.5, 2: played 1, 2, 1, 2 times */
    check_times("{'kind':'csv','file':'load-events.csv','values':'events','scale':1.5}",
                (double[]){0, 0, 0, 3.5, 10, 10}, 6);
    /* times a half: every second */
    check_times("{'kind':'csv','file':'load-events.csv','values':'events','scale':0.5}", (double[]){0, 10}, 2);
    /* again after 10 s * 4 / 3 */
    check_times("{'kind':'csv','file':'load-events.csv','values':'events','repeat':true,'count':6}",
                (double[]){0, 0, 3.5, 10, 40. / 3, 40. / 3}, 6);
    /* no rate, no item */
    check_times("{'kind':'constant','rate':0}", NULL, 0);
    check_times("{'kind':'poisson','rate':'0/s'}", NULL, 0);
    check_times("{'kind':'diurnal','peak':'0/s'}", NULL, 0);
}

static void counts_of_a_file_are_kept(void)
{
    static const struct {
        const char *more;
        double cell_s;
        long wanted[8];
    } cases[] = {
        {"", 60, {6, 0, 11, 3, 0, 0, 0, 0}},
        {",'speedup':60", 1, {6, 0, 11, 3, 0, 0, 0, 0}},
        {",'scale':10", 60, {60, 0, 110, 30, 0, 0, 0, 0}},
        {",'repeat':true", 60, {6, 0, 11, 3, 6, 0, 11, 3}},
        /* halves: 3, 0, 5.5, 1.5: items 0 to 9 at whole parts, so 6 come before 8.5 and 4 after; 3 + 0 + 6 + 1 */
        {",'scale':0.5", 60, {3, 0, 6, 1, 0, 0, 0, 0}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        long counts[8];
        char *text =
            weir_format("{'kind':'csv','file':'load-counts.csv','values':'counts','arrivals':'even'%s}", cases[i].more);
        struct weir_load *load = need(text);
        count_cells(load, 1, cases[i].cell_s, 8, counts);
        for (int c = 0; c < 8; c++)
            CU_ASSERT_EQUAL(counts[c], cases[i].wanted[c]);
        weir_load_free(load);
        free(text);
    }
}

static void rates_of_a_file_are_held(void)
{
    long counts[4];
    /* 100/s, 250/s, 0, 50/s, a minute each */
    struct weir_load *load = need("{'kind':'csv','file':'load-rates.csv','arrivals':'even'}");
    count_cells(load, 1, 60, 4, counts);
    CU_ASSERT(counts[0] == 6000 && counts[1] == 15000 && counts[2] == 0 && counts[3] == 3000);
    CHECK_NEAR(weir_load_rate_at(load, 61), 250, 0);
    CHECK_NEAR(weir_load_rate_at(load, 241), 0, 0);        /* over */
    CHECK_NEAR(weir_load_mean_rate(load, 240), 100, 1e-9); /* 24000 / 240 */
    CHECK_NEAR(weir_load_mean_rate(load, 90), 150, 1e-9);  /* (6000 + 7500) / 90 */
    CHECK_NEAR(weir_load_mean_rate(load, 480), 50, 1e-9);
    weir_load_free(load);
    /* 60 times as fast: a second each, at the same rates */
    load = need("{'kind':'csv','file':'load-rates.csv','arrivals':'even','speedup':60,'scale':2}");
    count_cells(load, 1, 1, 4, counts);
    CU_ASSERT(counts[0] == 200 && counts[1] == 500 && counts[2] == 0 && counts[3] == 100);
    weir_load_free(load);
}

#define CELLS 4000

/* Mean and variance-to-mean of the counts in cells of 1 s. */
static double dispersion(const struct weir_load *load, double *mean)
{
    static long counts[CELLS];
    double sum = (double)count_cells(load, 7, 1, CELLS, counts), squares = 0;
    *mean = sum / CELLS;
    for (int i = 0; i < CELLS; i++)
        squares += ((double)counts[i] - *mean) * ((double)counts[i] - *mean);
    return squares / (CELLS - 1) / *mean;
}

static void poisson_is_poisson(void)
{
    static const char *const texts[] = {
        "{'kind':'poisson','rate':'25/s'}",
        "{'kind':'poisson','rate':'50/s','scale':0.5}",
        "{'kind':'steps','steps':[{'at':'0s','rate':'25/s'},{'at':'100s','rate':'25/s'}]}",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        double mean;
        struct weir_load *load = need(texts[i]);
        double ratio = dispersion(load, &mean);
        /* deviations: of the mean sqrt(25 / 4000) = 0.08, of the ratio sqrt(2 / 4000) = 0.022; four of each */
        CHECK_NEAR(mean, 25, 0.32);
        CHECK_NEAR(ratio, 1, 0.09);
        CHECK_NEAR(weir_load_mean_rate(load, 1000), 25, 1e-9);
        weir_load_free(load);
    }
}

static void poisson_times_follow_the_rate(void)
{
    /* the same file as above, at random: counts a minute within 4.5 deviations, none where the rate is 0 */
    static const double wanted[] = {6000, 15000, 0, 3000};
    long counts[4];
    struct weir_load *load = need("{'kind':'csv','file':'load-rates.csv'}");
    count_cells(load, 3, 60, 4, counts);
    for (int i = 0; i < 4; i++)
        CHECK_NEAR((double)counts[i], wanted[i], 4.5 * sqrt(wanted[i]));
    weir_load_free(load);
}

static void bursts_have_the_mean_of_their_states(void)
{
    double mean;
    struct weir_load *load = need("{'kind':'bursts','low':'5/s','high':'95/s','mean_low':'2s','mean_high':'1s'}");
    double ratio = dispersion(load, &mean);
    /* (5 * 2 + 95 * 1) / 3 = 35. The rate's variance is 90^2 * 2/9 = 1800 and its correlation falls as exp(-1.5 t), so
     * the index of dispersion of long counts is 1 + 2 * 1800 / (1.5 * 35) = 69.6; the mean over 4000 s deviates by
     * sqrt(35 * 69.6 / 4000) = 0.78. In cells of 1 s: 1 + 2 * 1800 / 35 * (1.5 - 1 + exp(-1.5)) / 1.5^2 = 34.1. */
    CHECK_NEAR(mean, 35, 3.2);
    CHECK_NEAR(ratio, 34.1, 3.4);
    CHECK_NEAR(weir_load_mean_rate(load, 100), 35, 1e-9);
    CHECK_NEAR(weir_load_rate_at(load, 100), 35, 1e-9);
    weir_load_free(load);
    /* ten times as fast: stays a tenth as long, the same mean */
    load = need("{'kind':'bursts','low':'5/s','high':'95/s','mean_low':'2s','mean_high':'1s','speedup':10}");
    /* correlation exp(-15 t): 1 + 2 * 1800 / 35 * (15 - 1 + exp(-15)) / 15^2 = 7.4 */
    CHECK_NEAR(dispersion(load, &mean), 7.4, 0.74);
    CHECK_NEAR(mean, 35, 1.0);
    weir_load_free(load);
    /* silence between the bursts */
    load = need("{'kind':'bursts','high':'90/s','mean_low':'2s','mean_high':'1s'}");
    dispersion(load, &mean);
    CHECK_NEAR(mean, 30, 3.5);
    weir_load_free(load);
}

static void a_day_has_its_peaks(void)
{
    struct weir_load *load =
        need("{'kind':'diurnal','base':'20/s','peak':'200/s','period':'1h','peaks':[0.25,0.75],'width':0.05,"
             "'arrivals':'even'}");
    CHECK_NEAR(weir_load_rate_at(load, 900), 200, 0.5);
    CHECK_NEAR(weir_load_rate_at(load, 2700), 200, 0.5);
    CHECK_NEAR(weir_load_rate_at(load, 0), 20, 0.5);                    /* five deviations from either peak */
    CHECK_NEAR(weir_load_rate_at(load, 1080), 20 + 180 * exp(-0.5), 1); /* one deviation, 180 s */
    CHECK_NEAR(weir_load_rate_at(load, 4500), 200, 0.5);                /* the next day */
    /* 20 + 180 * 2 * 0.05 * sqrt(2 pi) = 65.12 */
    CHECK_NEAR(weir_load_mean_rate(load, 3600), 65.12, 0.03);
    long counts[3];
    count_cells(load, 1, 3600, 3, counts);
    for (int i = 0; i < 3; i++)
        CHECK_NEAR((double)counts[i], 65.12 * 3600, 110);
    weir_load_free(load);
    load = need("{'kind':'diurnal','base':'20/s','peak':'200/s','period':'1h','peaks':[0.25],'width':0.05,'speedup':60,"
                "'offset':0.25,'scale':2}");
    CHECK_NEAR(weir_load_rate_at(load, 0), 400, 1); /* it begins at the peak of a day of a minute */
    CHECK_NEAR(weir_load_rate_at(load, 30), 40, 1);
    weir_load_free(load);
}

static void walks_repeat_and_fork(void)
{
    static const char *const texts[] = {
        "{'kind':'poisson','rate':'25/s'}",
        "{'kind':'bursts','low':'5/s','high':'95/s','mean_low':'2s','mean_high':'1s'}",
        "{'kind':'diurnal','base':'20/s','peak':'200/s','period':'10s'}",
        "{'kind':'csv','file':'load-rates.csv','repeat':true,'speedup':50}",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct weir_load *load = need(texts[i]);
        struct weir_arrivals a = weir_arrivals_open(load, 5, "arrivals/x"),
                             b = weir_arrivals_open(load, 5, "arrivals/x");
        struct weir_arrivals seed = weir_arrivals_open(load, 6, "arrivals/x"), name = weir_arrivals_open(load, 5, "y");
        int other_seed = 0, other_name = 0;
        for (int n = 0; n < 1000; n++) {
            double time_s = weir_arrivals_next(&a);
            CU_ASSERT(time_s == weir_arrivals_next(&b));
            other_seed += time_s != weir_arrivals_next(&seed);
            other_name += time_s != weir_arrivals_next(&name);
        }
        CU_ASSERT(other_seed > 990 && other_name > 990);
        struct weir_arrivals fork = a;
        for (int n = 0; n < 1000; n++)
            CU_ASSERT(weir_arrivals_next(&a) == weir_arrivals_next(&fork));
        weir_load_free(load);
    }
}

static void means_know_the_ends(void)
{
    /* 10/s from 10 s to 30 s: 200 items in 100 s */
    struct weir_load *load = need("{'kind':'poisson','rate':'10/s','start':'10s','end':'30s'}");
    CHECK_NEAR(weir_load_mean_rate(load, 100), 2, 1e-9);
    CHECK_NEAR(weir_load_mean_rate(load, 20), 5, 1e-9);
    CHECK_NEAR(weir_load_rate_at(load, 5), 0, 0);
    CHECK_NEAR(weir_load_rate_at(load, 15), 10, 0);
    CHECK_NEAR(weir_load_rate_at(load, 30), 0, 0);
    weir_load_free(load);
    load = need("{'kind':'constant','rate':'10/s','count':50}");
    CHECK_NEAR(weir_load_mean_rate(load, 100), 0.5, 1e-9);
    CHECK_NEAR(weir_load_mean_rate(load, 1), 10, 1e-9);
    weir_load_free(load);
    load = need("{'kind':'csv','file':'load-events.csv','values':'events'}");
    CHECK_NEAR(weir_load_mean_rate(load, 10), 0.4, 1e-9); /* all four within 10 s */
    CHECK_NEAR(weir_load_mean_rate(load, 2), 1, 1e-9);
    CHECK_NEAR(weir_load_rate_at(load, 1), 0.3, 1e-9); /* 3 gaps in 10 s */
    weir_load_free(load);
}

static void hashes_know_the_content(void)
{
    static const char *const texts[] = {"{'kind':'csv','file':'load-rates.csv'}",
                                        "{'kind':'csv','file':'load-rates.csv'}",
                                        "{'kind':'csv','file':'load-counts.csv'}", "{'kind':'constant','rate':'1/s'}"};
    unsigned long long hashes[4];
    for (int i = 0; i < 4; i++) {
        struct weir_load *load = need(texts[i]);
        hashes[i] = weir_load_hash(load, 1);
        weir_load_free(load);
    }
    CU_ASSERT_EQUAL(hashes[0], hashes[1]);
    CU_ASSERT_NOT_EQUAL(hashes[0], hashes[2]);
    CU_ASSERT_EQUAL(hashes[3], 1); /* no data of its own */
}

static void mistakes_are_told(void)
{
    static const struct {
        const char *text, *message;
    } cases[] = {
        {"{'rate':'1/s'}", "test.json: the key \"kind\" is missing"},
        {"{'kind':3}", "test.json: kind: expected one of constant, poisson"},
        {"{'kind':'constant'}", "the key \"rate\" is missing"},
        {"{'kind':'constant','rate':5}", "rate: 5 has no unit; write a rate"},
        {"{'kind':'constant','rate':'-5/s'}", "rate: \"-5/s\" is negative"},
        {"{'kind':'constant','rate':'5/s','speedup':0}", "speedup: 0 is too small"},
        {"{'kind':'constant','rate':'5/s','scale':-1}", "scale: -1 is negative"},
        {"{'kind':'constant','rate':'5/s','start':'5s','end':'4s'}", "\"end\" (4 s) must be after \"start\" (5 s)"},
        {"{'kind':'constant','rate':'5/s','high':'4/s'}", "unknown key \"high\""},
        {"{'kind':'steps','steps':[]}", "\"steps\" must be a list"},
        {"{'kind':'steps','steps':[{'at':'1s'}]}", "steps[0]: the key \"rate\" is missing"},
        {"{'kind':'steps','steps':[{'at':'1s','rate':'1/s','x':1}]}", "steps[0]: unknown key \"x\""},
        {"{'kind':'steps','steps':[{'at':'1s','rate':'1/s'},{'at':'1s','rate':'2/s'}]}",
         "steps[1].at: 1 s is not after"},
        {"{'kind':'diurnal','peak':'1/s','peaks':[]}", "peaks: must be a list of 1 to 24"},
        {"{'kind':'diurnal','peak':'1/s','peaks':[1.5]}", "peaks[0]: 1.5 is too large"},
        {"{'kind':'diurnal','peak':'1/s','width':0.9}", "width: 0.9 is too large"},
        {"{'kind':'bursts','high':'1/s','mean_low':'1s'}", "the key \"mean_high\" is missing"},
        {"{'kind':'bursts','high':'1/s','mean_low':'1s','mean_high':'1ns'}", "raise the rates or the stays"},
        {"{'kind':'csv','file':''}", "file: must name a CSV file"},
        {"{'kind':'csv','file':'none.csv'}", "file: tests/input/valid/none.csv: no such file"},
        {"{'kind':'csv','file':'load-rates.csv','values':'count'}", "did you mean \"counts\"?"},
        {"{'kind':'csv','file':'load-rates.csv','repeat':1}", "repeat: expected true or false"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct weir_load *load = read_load(cases[i].text);
        CU_ASSERT_PTR_NULL(load);
        CHECK_MESSAGE(cases[i].message);
        weir_load_free(load);
    }
}

/* Every default of the public tables can be bound, and every row has help. */
static void tables_are_whole(void)
{
    int kinds = 0;
    for (const struct weir_load_info *info = weir_load_table; info->name; info++, kinds++) {
        CU_ASSERT(strlen(info->summary) > 10);
        for (const struct weir_param *row = info->params; row->name; row++)
            CU_ASSERT(row->help && strlen(row->help) > 5);
    }
    CU_ASSERT_EQUAL(kinds, WEIR_LOAD_KINDS);
}

/* The processor's time for 200 000 items. */
static clock_t walk(const char *text)
{
    struct weir_load *load = need(text);
    struct weir_arrivals arrivals = weir_arrivals_open(load, 5, "arrivals/x");
    clock_t begin = clock();
    for (int i = 0; i < 200000; i++)
        weir_arrivals_next(&arrivals);
    clock_t took = clock() - begin;
    weir_load_free(load);
    return took;
}

/* A walk through a day of 1440 pieces looks none of them up: it takes a few times what one through a single piece does.
 */
static void walks_are_cheap(void)
{
    clock_t plain = walk("{'kind':'poisson','rate':'110/s'}");
    clock_t pieces = walk("{'kind':'diurnal','base':'20/s','peak':'200/s','period':'1h'}");
    CU_ASSERT(pieces < 30 * plain + CLOCKS_PER_SEC / 100);
}

/* 60 s of a load, then from there on times `factor`: how many come in the first and in the second minute. */
static void count_scaled(const char *text, double factor, double *first, double *second)
{
    struct weir_load *load = need(text);
    struct weir_arrivals walk = weir_arrivals_open(load, 1, "arrivals/test");
    double time_s;
    *first = *second = 0;
    while ((time_s = weir_arrivals_next(&walk)) < 60)
        (*first)++;
    weir_arrivals_scale(&walk, factor);
    for (; time_s < 120; time_s = weir_arrivals_next(&walk))
        (*second)++;
    weir_load_free(load);
}

static void a_walk_is_scaled(void)
{
    static const struct {
        const char *load;
        double factor, second, tolerance;
    } rows[] = {
        /* 10/s by 2.5 for a minute */
        {"{'kind':'constant','rate':'10/s'}", 2.5, 1500, 1},
        {"{'kind':'constant','rate':'10/s','start':'1s'}", 0.5, 300, 1},
        {"{'kind':'poisson','rate':'50/s'}", 2, 6000, 310},
        /* the profile stays: 30 s of 10/s, 30 s of 40/s */
        {"{'kind':'steps','arrivals':'even','steps':[{'at':'0s','rate':'10/s'},{'at':'90s','rate':'40/s'}]}", 2, 3000,
         2},
        {"{'kind':'steps','steps':[{'at':'0s','rate':'10/s'},{'at':'90s','rate':'40/s'}]}", 3, 4500, 270},
        {"{'kind':'bursts','low':'50/s','high':'50/s','mean_low':'5s','mean_high':'5s'}", 2, 6000, 310},
    };
    for (size_t c = 0; c < sizeof rows / sizeof *rows; c++) {
        double first, second, plain, as_before;
        count_scaled(rows[c].load, rows[c].factor, &first, &second);
        CHECK_NEAR(second, rows[c].second, rows[c].tolerance);
        count_scaled(rows[c].load, 1, &plain, &as_before);
        CU_ASSERT_EQUAL(first, plain);
        CHECK_NEAR(as_before, rows[c].second / rows[c].factor, rows[c].tolerance);
    }
    /* By 1 nothing changes, to the last bit. */
    struct weir_load *load = need("{'kind':'poisson','rate':'7/s'}");
    struct weir_arrivals one = weir_arrivals_open(load, 1, "arrivals/test"), other = one;
    for (int i = 0; i < 1000; i++) {
        weir_arrivals_scale(&other, 1);
        CU_ASSERT_EQUAL(weir_arrivals_next(&one), weir_arrivals_next(&other));
    }
    weir_load_free(load);
}

static const struct weir_case cases[] = {
    {"times_are_exact", times_are_exact},
    {"counts_of_a_file_are_kept", counts_of_a_file_are_kept},
    {"rates_of_a_file_are_held", rates_of_a_file_are_held},
    {"poisson_is_poisson", poisson_is_poisson},
    {"poisson_times_follow_the_rate", poisson_times_follow_the_rate},
    {"bursts_have_the_mean_of_their_states", bursts_have_the_mean_of_their_states},
    {"a_day_has_its_peaks", a_day_has_its_peaks},
    {"walks_repeat_and_fork", walks_repeat_and_fork},
    {"a_walk_is_scaled", a_walk_is_scaled},
    {"means_know_the_ends", means_know_the_ends},
    {"hashes_know_the_content", hashes_know_the_content},
    {"mistakes_are_told", mistakes_are_told},
    {"tables_are_whole", tables_are_whole},
    {"walks_are_cheap", walks_are_cheap},
    {0},
};

int main(int argc, char **argv)
{
    return weir_test_main("model/load", cases, argc, argv);
}
