/* Playback of a trace with shifts and scales. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/base/json.h"
#include "sim/base/memory.h"
#include "sim/model/load.h"
#include "sim/model/workload.h"
#include "tests/support/test.h"

/* load-rates.csv is 100/s, 250/s, 0/s and 50/s for a minute each. */
static struct weir_load *read_file(const char *file, const char *more)
{
    char *text = weir_format("{\"kind\": \"csv\", \"file\": \"%s\"%s%s}", file, *more ? ", " : "", more);
    struct weir_json_doc *doc = NULL;
    struct weir_load *load = NULL;
    CU_ASSERT_EQUAL_FATAL(weir_json_parse(text, "test.json", &doc), WEIR_OK);
    struct weir_json root = weir_json_root(doc);
    int code = weir_load_read(&root, "tests/input/valid/any.json", &load);
    CU_ASSERT_EQUAL(code, load ? WEIR_OK : WEIR_EINPUT);
    weir_json_free(doc);
    free(text);
    return load;
}

static struct weir_load *read_load(const char *more)
{
    return read_file("load-rates.csv", more);
}

#define CELLS 6

/* Fails unless so many items come in each of the first six cells, to `tolerance` items and, for the expected rate and
 * the mean that the load tells, exactly. */
static void check_cells(const struct weir_load *load, double cell_s, const double *wanted, double tolerance)
{
    struct weir_arrivals walk = weir_arrivals_open(load, 1, "arrivals/test");
    double counts[CELLS] = {0}, sum = 0, last_s = 0, time_s;
    while ((time_s = weir_arrivals_next(&walk)) < CELLS * cell_s) {
        CU_ASSERT_FATAL(time_s >= last_s);
        counts[(int)((time_s + 1e-9) / cell_s)]++;
        last_s = time_s;
    }
    for (int i = 0; i < CELLS; i++) {
        CHECK_NEAR(counts[i], wanted[i], wanted[i] > 0 ? tolerance : 0);
        CHECK_NEAR(weir_load_rate_at(load, (i + 0.5) * cell_s) * cell_s, wanted[i], 1e-9 * (1 + wanted[i]));
        sum += wanted[i];
        CHECK_NEAR(weir_load_mean_rate(load, (i + 1) * cell_s) * (i + 1) * cell_s, sum, 1e-9 * (1 + sum));
    }
}

static void shifts(void)
{
    static const struct {
        const char *more;
        double cell_s, wanted[CELLS];
    } cases[] = {
        {"", 60, {6000, 15000, 0, 3000, 0, 0}},
        /* later: nothing comes first */
        {"\"shift\": \"60s\"", 60, {0, 6000, 15000, 0, 3000, 0}},
        /* earlier: the first minute is passed over */
        {"\"shift\": \"-1min\"", 60, {15000, 0, 3000, 0, 0, 0}},
        /* wrapped: what is shifted out comes in at the other end, and one turn is played */
        {"\"shift\": \"60s\", \"wrap\": true", 60, {3000, 6000, 15000, 0, 0, 0}},
        {"\"shift\": \"-60s\", \"wrap\": true", 60, {15000, 0, 3000, 6000, 0, 0}},
        {"\"shift\": \"-540s\", \"wrap\": true", 60, {15000, 0, 3000, 6000, 0, 0}}, /* two turns and a minute */
        {"\"shift\": \"240s\", \"wrap\": true", 60, {6000, 15000, 0, 3000, 0, 0}},
        /* repeated: for ever */
        {"\"shift\": \"60s\", \"repeat\": true", 60, {3000, 6000, 15000, 0, 3000, 6000}},
        {"\"shift\": \"60s\", \"repeat\": true, \"wrap\": true", 60, {3000, 6000, 15000, 0, 3000, 6000}},
        /* the shift is in the file's time: half of it at twice the speed, where a minute takes 30 s */
        {"\"shift\": \"60s\", \"speedup\": 2", 30, {0, 3000, 7500, 0, 1500, 0}},
        /* into the silence: it ends there as it begins */
        {"\"shift\": \"-120s\"", 60, {0, 3000, 0, 0, 0, 0}},
        {"\"shift\": \"60s\", \"scale\": 0.3", 60, {0, 1800, 4500, 0, 900, 0}},
        {"\"shift\": \"60s\", \"start\": \"60s\"", 60, {0, 0, 6000, 15000, 0, 3000}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        /* Evenly spaced, to the item; and at random, to four deviations of the greatest count. */
        char *even = weir_format("\"arrivals\": \"even\"%s%s", *cases[i].more ? ", " : "", cases[i].more);
        struct weir_load *load = read_load(even);
        CU_ASSERT_PTR_NOT_NULL_FATAL(load);
        check_cells(load, cases[i].cell_s, cases[i].wanted, 1.001);
        weir_load_free(load);
        load = read_load(cases[i].more);
        check_cells(load, cases[i].cell_s, cases[i].wanted, 4 * sqrt(15000));
        weir_load_free(load);
        free(even);
    }
}

/* The events: 0, 0, 3.5 and 10 s; a turn is 10 x 4/3 = 13.333 s. */
static void check_events(const char *more, const double *wanted, int count)
{
    char *text = weir_format("\"values\": \"events\", %s", more);
    struct weir_load *load = read_file("load-events.csv", text);
    CU_ASSERT_PTR_NOT_NULL_FATAL(load);
    struct weir_arrivals walk = weir_arrivals_open(load, 1, "arrivals/test");
    for (int i = 0; i < count; i++)
        CHECK_NEAR(weir_arrivals_next(&walk), wanted[i], 1e-9);
    CU_ASSERT(isinf(weir_arrivals_next(&walk)));
    weir_load_free(load);
    free(text);
}

static void shifted_events(void)
{
    double turn_s = 40. / 3;
    check_events("\"shift\": \"5s\"", (double[]){5, 5, 8.5, 15}, 4);
    check_events("\"shift\": \"-1s\"", (double[]){2.5, 9}, 2);
    check_events("\"shift\": \"-1s\", \"wrap\": true", (double[]){2.5, 9, turn_s - 1, turn_s - 1}, 4);
    check_events("\"shift\": \"5s\", \"wrap\": true", (double[]){10 + 5 - turn_s, 5, 5, 8.5}, 4);
    check_events("\"shift\": \"-1s\", \"repeat\": true, \"count\": 5",
                 (double[]){2.5, 9, turn_s - 1, turn_s - 1, turn_s + 2.5}, 5);
}

static void sites(void)
{
    /* Each site has its own shift and scale; sites beyond the list begin it again. Their data is one. */
    struct weir_load *load = read_load("\"arrivals\": \"even\", \"wrap\": true, \"shift\": \"60s\", "
                                       "\"shifts\": [\"0s\", \"60s\", \"-60s\"], \"scales\": [1, 0.5, 2]");
    CU_ASSERT_PTR_NOT_NULL_FATAL(load);
    static const double wanted[][CELLS] = {
        {3000, 6000, 15000, 0, 0, 0}, {0, 1500, 3000, 7500, 0, 0}, {12000, 30000, 0, 6000, 0, 0}};
    for (int site = 0; site < 7; site++) {
        CU_ASSERT_PTR_EQUAL(weir_load_at_site(load, site), weir_load_at_site(load, site % 3));
        check_cells(weir_load_at_site(load, site), 60, wanted[site % 3], 1.001);
    }
    CU_ASSERT_EQUAL(weir_load_hash(load, 1), weir_load_hash(weir_load_at_site(load, 1), 1));
    weir_load_free(load);
    /* One list alone. */
    load = read_load("\"arrivals\": \"even\", \"scales\": [0.1, 1]");
    check_cells(weir_load_at_site(load, 0), 60, (double[]){600, 1500, 0, 300, 0, 0}, 1.001);
    check_cells(weir_load_at_site(load, 3), 60, (double[]){6000, 15000, 0, 3000, 0, 0}, 1.001);
    weir_load_free(load);
    load = read_load("");
    CU_ASSERT_PTR_EQUAL(weir_load_at_site(load, 5), load);
    weir_load_free(load);
}

static void copies_take_the_load_of_their_site(void)
{
    /* Five copies round two hosts: sites 0, 1, 0, 1, 0. */
    static const char text[] =
        "{\"jobs\": [{\"name\": \"t\", \"count\": 5, \"source\": {\"tier\": \"cloud\"}, \"load\": {\"kind\": \"csv\", "
        "\"file\": \"load-rates.csv\", \"shifts\": [\"0s\", \"60s\"]}, \"operators\": [{\"name\": \"o\"}]}]}";
    struct weir_platform *platform = NULL;
    struct weir_workload *workload = NULL;
    struct weir_json_doc *doc = NULL;
    const char *path = weir_test_file(
        "two.xml", "<?xml version='1.0'?>\n<!DOCTYPE platform SYSTEM \"https://simgrid.org/simgrid.dtd\">\n"
                   "<platform version=\"4.1\"><zone id=\"z\" routing=\"Full\"><prop id=\"tier\" value=\"cloud\"/>"
                   "<host id=\"a\" speed=\"1Gf\"/><host id=\"b\" speed=\"1Gf\"/></zone></platform>\n");
    CU_ASSERT_EQUAL_FATAL(weir_platform_read(path, &platform), WEIR_OK);
    CU_ASSERT_EQUAL_FATAL(weir_json_parse(text, "test.json", &doc), WEIR_OK);
    struct weir_json root = weir_json_root(doc);
    int code = weir_workload_read(&root, "tests/input/valid/any.json", platform, &workload);
    if (code)
        fprintf(stderr, "\n%s\n", weir_error_message());
    CU_ASSERT_EQUAL_FATAL(code, WEIR_OK);
    for (int i = 0; i < workload->job_count; i++)
        CU_ASSERT_EQUAL(weir_load_rate_at(workload->jobs[i].load, 30), workload->jobs[i].source_host == 0 ? 100 : 0);
    weir_workload_free(workload);
    weir_json_free(doc);
    weir_platform_free(platform);
}

static void wrong_playback_is_refused(void)
{
    static const struct {
        const char *more, *message;
    } wrong[] = {
        {"\"shift\": \"-240s\"", "a shift of -240 s passes over the whole file, which lasts 240 s; say \"wrap\""},
        {"\"shifts\": [\"1s\", \"-4min\"]", "a shift of -240 s passes over the whole file"},
        {"\"shift\": 60", "shift: 60 has no unit"},
        {"\"shift\": \"1e308s\", \"speedup\": 1e-9, \"wrap\": true", "the shift is beyond all numbers"},
        {"\"scales\": [1e10]", "scales[0]: 10000000000 is too large"},
        {"\"shifts\": []", "shifts: must be a list, one value a host of the source"},
        {"\"shifts\": \"2h\"", "shifts: must be a list"},
        {"\"shifts\": [\"2h\", 3]", "shifts[1]: 3 has no unit"},
        {"\"scales\": [0.5, 0]", "scales[1]: 0"},
        {"\"scales\": [1, 2], \"shifts\": [\"1s\"]", "there are 1 \"shifts\" and 2 \"scales\"; give as many of both"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        CU_ASSERT_PTR_NULL(read_load(wrong[i].more));
        CHECK_MESSAGE(wrong[i].message);
    }
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {
        {"shifts", shifts},
        {"shifted events", shifted_events},
        {"sites", sites},
        {"copies take the load of their site", copies_take_the_load_of_their_site},
        {"wrong playback is refused", wrong_playback_is_refused},
        {0},
    };
    return weir_test_main("model load shift", cases, argc, argv);
}
