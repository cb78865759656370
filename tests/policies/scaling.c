/* Autoscalers in runs, on their defaults: they know when to stop, do not thrash, and still act. Sizes that are right
 * come from arithmetic. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/random.h"
#include "sim/base/text.h"
#include "tests/policies/scaling.h"
#include "tests/support/test.h"

/* Two cores serve 2 x 100/s, whatever the number of instances. */
static void two_cores(void)
{
    char *on = scaling_platform(2);
    for (int p = 0; p < SCALERS; p++) {
        struct weir_test_result got = scaling_run(
            on, "5min",
            "\"workload\": {\"jobs\": [{\"name\": \"j\", \"source\": \"s\", \"load\": {\"kind\": \"constant\", "
            "\"rate\": \"350/s\"}, \"operators\": [{\"name\": \"op\", \"flops\": \"10Mf\", \"placement\": "
            "{\"tier\": \"edge\"}}]}]}",
            scalers[p], 1);
        CU_ASSERT_EQUAL(scaling_size(&got, "op", 1), 2);
        weir_test_result_fini(&got);
    }
    free(on);
}

/* Two instances of 100/s before, which are all it may have: 200/s come to one that serves 200/s. */
static void capped_upstream(void)
{
    char *on = scaling_platform(64);
    for (int p = 0; p < SCALERS; p++) {
        struct weir_test_result got = scaling_run(
            on, "5min",
            "\"workload\": {\"jobs\": [{\"name\": \"j\", \"source\": \"s\", \"load\": {\"kind\": \"constant\", "
            "\"rate\": \"1600/s\"}, \"operators\": [{\"name\": \"a\", \"flops\": \"10Mf\", \"bytes\": \"1B\", "
            "\"max_parallelism\": 2, \"placement\": \"h\"}, {\"name\": \"light\", \"flops\": \"5Mf\", "
            "\"placement\": \"h\"}]}]}",
            scalers[p], 1);
        CU_ASSERT_EQUAL(scaling_size(&got, "a", 1), 2);
        int light = scaling_size(&got, "light", 1);
        CU_ASSERT(light == 1 || light == 2);
        weir_test_result_fini(&got);
    }
    free(on);
}

/* One key has three quarters of the items: two instances serve what many would, or hardly less. */
static void hot_key(void)
{
    char *on = scaling_platform(64);
    for (int p = 0; p < SCALERS; p++)
        for (int seed = 1; seed <= 3; seed++) {
            struct weir_test_result got = scaling_run(
                on, "5min",
                "\"workload\": {\"jobs\": [{\"name\": \"j\", \"source\": \"s\", \"load\": {\"kind\": \"constant\", "
                "\"rate\": \"450/s\"}, \"operators\": [{\"name\": \"op\", \"flops\": \"10Mf\", \"parallelism\": 2, "
                "\"max_parallelism\": 32, \"placement\": \"h\", \"keys\": {\"count\": 1000, \"skew\": 2.5}, "
                "\"state\": \"1MB\"}]}]}",
                scalers[p], seed);
            int size = scaling_size(&got, "op", 2);
            CU_ASSERT(size == 2 || size == 3);
            weir_test_result_fini(&got);
        }
    free(on);
}

/* A link that carries 150/s, which no field of the view limits: what does not come through it needs two instances. */
static void hidden_link(void)
{
    char *on = weir_copy(weir_test_file(
        "thin.xml", "<?xml version='1.0'?>\n<!DOCTYPE platform SYSTEM \"https://simgrid.org/simgrid.dtd\">\n<platform "
                    "version=\"4.1\"><zone id=\"w\" routing=\"Full\">\n<host id=\"s\" speed=\"1Gf\"><prop id=\"tier\" "
                    "value=\"device\"/></host>\n<host id=\"h\" speed=\"1Gf\" core=\"64\"><prop id=\"tier\" "
                    "value=\"edge\"/></host>\n"
                    "<link id=\"l\" bandwidth=\"150kBps\" latency=\"0ms\"/>\n<route src=\"s\" dst=\"h\"><link_ctn "
                    "id=\"l\"/></route>\n</zone></platform>\n"));
    struct weir_test_result got = scaling_run(
        on, "9min",
        "\"workload\": {\"jobs\": [{\"name\": \"j\", \"source\": \"s\", \"source_bytes\": \"1kB\", \"load\": "
        "{\"kind\": \"constant\", \"rate\": \"1000/s\"}, \"operators\": [{\"name\": \"op\", \"flops\": \"10Mf\", "
        "\"placement\": \"h\"}]}]}",
        "ds2", 1);
    struct changes changes = scaling_changes(&got, "op", 1, 0, INFINITY);
    if (changes.size != 2)
        fprintf(stderr, "\n%s\n", got.decisions);
    CU_ASSERT_EQUAL(changes.size, 2);
    CU_ASSERT_EQUAL(changes.count, 2); /* up once, undone once, remembered */
    CU_ASSERT_PTR_NOT_NULL(strstr(got.decisions, "1 had served 99.9/s, and more waits: no more than 2 for 600 s"));
    weir_test_result_fini(&got);
    free(on);
}

/* 600/s that fall to nothing at 600 s: one instance, six minutes later at most (five of stabilisation). */
static void falls_to_nothing(void)
{
    char *on = scaling_platform(32);
    for (int p = 0; p < 2; p++) {
        struct weir_test_result got = scaling_run(
            on, "20min",
            "\"workload\": {\"jobs\": [{\"name\": \"j\", \"source\": \"h\", \"load\": {\"kind\": \"steps\", "
            "\"steps\": [{\"at\": \"0s\", \"rate\": \"600/s\"}, {\"at\": \"10min\", \"rate\": \"0/s\"}]}, "
            "\"operators\": [{\"name\": \"a\", \"flops\": \"10Mf\", \"parallelism\": 8}]}]}",
            scalers[p], 1);
        CU_ASSERT_EQUAL(scaling_changes(&got, "a", 8, 0, 960).size, 1);
        weir_test_result_fini(&got);
    }
    free(on);
}

/* A flat load with noise of 20 % from window to window and Poisson arrivals: two changes an hour at most. */
static void flat_noise(void)
{
    char *on = scaling_platform(64);
    for (int seed = 1; seed <= 10; seed++) {
        struct weir_stream draw = weir_stream_open((unsigned long long)seed, "noise");
        struct weir_text csv = {0};
        weir_text_add(&csv, "time_s,rate\n");
        for (int k = 0; k < 360; k++)
            weir_text_addf(&csv, "%d,%.3f\n", 10 * k, 25 * (0.8 + 0.4 * weir_stream_uniform(&draw)));
        char *name = weir_format("noise-%d.csv", seed);
        char *jobs = weir_format(
            "\"workload\": {\"jobs\": [{\"name\": \"j\", \"source\": \"s\", \"load\": {\"kind\": \"csv\", \"file\": "
            "\"%s\"}, \"operators\": [{\"name\": \"op\", \"flops\": \"100Mf\", \"state\": \"1MB\", \"parallelism\": 4, "
            "\"placement\": \"h\"}]}]}",
            weir_test_file(name, csv.data));
        for (int p = 0; p < SCALERS; p++) {
            struct weir_test_result got = scaling_run(on, "1h", jobs, scalers[p], seed);
            struct changes changes = scaling_changes(&got, "op", 4, 0, INFINITY);
            if (changes.count > 2)
                fprintf(stderr, "\n%s, seed %d: %d changes\n%s\n", scalers[p], seed, changes.count, got.decisions);
            CU_ASSERT(changes.count <= 2);
            weir_test_result_fini(&got);
        }
        free(jobs);
        free(name);
        weir_text_fini(&csv);
    }
    free(on);
}

/* 30/s and 10/s by turns, as long each as a change takes (start, checkpoint, restore: 40 s): one change a period at
 * most, with the first two left to find the size. */
static void square_wave(void)
{
    char *on = scaling_platform(64);
    struct weir_text csv = {0};
    weir_text_add(&csv, "time_s,rate\n");
    for (int k = 0; k < 40; k++)
        weir_text_addf(&csv, "%d,%d\n", 40 * k, k % 2 ? 10 : 30);
    char *jobs = weir_format(
        "\"costs\": {\"start\": \"34s\", \"stop\": \"0s\", \"checkpoint\": \"3s\", \"restore\": \"3s\"}, "
        "\"workload\": {\"jobs\": [{\"name\": \"j\", \"source\": \"s\", \"load\": {\"kind\": \"csv\", \"file\": "
        "\"%s\"}, \"operators\": [{\"name\": \"op\", \"flops\": \"100Mf\", \"state\": \"1MB\", \"parallelism\": 3, "
        "\"placement\": \"h\"}]}]}",
        weir_test_file("square.csv", csv.data));
    for (int p = 0; p < SCALERS; p++) {
        struct weir_test_result got = scaling_run(on, "1600s", jobs, scalers[p], 1);
        for (int period = 0; period < 20; period++)
            CU_ASSERT(scaling_changes(&got, "op", 3, 80 * period, 80 * (period + 1)).count <= 1);
        weir_test_result_fini(&got);
    }
    free(jobs);
    weir_text_fini(&csv);
    free(on);
}

/* The host of the operators fails and comes back: what is played again needs no more instances than there are. */
static void replay(void)
{
    char *on = scaling_platform(64);
    for (int p = 0; p < SCALERS; p++) {
        struct weir_test_result got = scaling_run(
            on, "20min",
            "\"faults\": [{\"host\": \"h\", \"at\": \"10min\", \"for\": \"20s\"}], \"recovery\": "
            "{\"checkpoint_interval\": \"60s\", \"place\": \"wait\"}, \"workload\": {\"jobs\": [{\"name\": \"j\", "
            "\"source\": \"s\", \"load\": {\"kind\": \"poisson\", \"rate\": \"25/s\"}, \"operators\": [{\"name\": "
            "\"a\", \"flops\": \"10Mf\", \"bytes\": \"1B\", \"placement\": \"h\"}, {\"name\": \"op\", \"flops\": "
            "\"100Mf\", \"state\": \"1MB\", \"parallelism\": 4, \"placement\": \"h\"}]}]}",
            scalers[p], 1);
        int changes =
            scaling_changes(&got, "a", 1, 600, INFINITY).count + scaling_changes(&got, "op", 4, 600, INFINITY).count;
        if (changes)
            fprintf(stderr, "\n%s\n", got.decisions);
        CU_ASSERT_EQUAL(changes, 0);
        CU_ASSERT(weir_test_job(&got, "j")->replayed > 0);
        weir_test_result_fini(&got);
    }
    free(on);
}

/* From 22/s to 65/s at 300 s, 10/s an instance: at least 7 of them, by when the pages of the policies promise it:
 * ds2 and proactive with the first window, reactive with a step every 40 s. */
static void after_a_step(void)
{
    static const double by_s[] = {320, 320, 300 + 5 * 40};
    char *on = scaling_platform(64);
    for (int p = 0; p < SCALERS; p++) {
        struct weir_test_result got = scaling_run(
            on, "10min",
            "\"workload\": {\"jobs\": [{\"name\": \"j\", \"source\": \"s\", \"load\": {\"kind\": \"steps\", "
            "\"steps\": [{\"at\": \"0s\", \"rate\": \"22/s\"}, {\"at\": \"5min\", \"rate\": \"65/s\"}]}, "
            "\"operators\": [{\"name\": \"op\", \"flops\": \"100Mf\", \"parallelism\": 3, \"placement\": "
            "\"h\"}]}]}",
            scalers[p], 1);
        CU_ASSERT_EQUAL(scaling_changes(&got, "op", 3, 0, 300).size, 3);
        CU_ASSERT(scaling_changes(&got, "op", 3, 0, by_s[p]).size >= 7);
        CU_ASSERT(scaling_size(&got, "op", 3) <= 11);
        weir_test_result_fini(&got);
    }
    free(on);
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {
        {"two_cores", two_cores},
        {"capped_upstream", capped_upstream},
        {"hot_key", hot_key},
        {"hidden_link", hidden_link},
        {"falls_to_nothing", falls_to_nothing},
        {"flat_noise", flat_noise},
        {"square_wave", square_wave},
        {"replay", replay},
        {"after_a_step", after_a_step},
        {0},
    };
    return weir_test_main("policies/scaling", cases, argc, argv);
}
