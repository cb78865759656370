/* Windows whose items are played again: they hold other items then, and each item still counts once. */
#include <stdlib.h>

#include "policies/catalog.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "tests/support/run.h"
#include "tests/support/test.h"

/* 100 items, one each 100 ms from 50 ms on; all goes on upon cloud4, which is down from `at` for 500 ms. No checkpoint
 * is complete before that: all is played again. */
static struct weir_test_result run(const char *operators, const char *at)
{
    char *scenario = weir_format(
        "{\"platform\": \"\", \"duration\": \"20s\", \"window\": \"1s\", \"faults\": [{\"host\": \"cloud4\", \"at\": "
        "\"%s\", \"for\": \"500ms\"}], \"recovery\": {\"place\": \"wait\", \"delivery\": \"at-least-once\", "
        "\"checkpoint_interval\": \"100s\", \"detect\": \"100ms\", \"restart\": \"300ms\"}, \"workload\": {\"jobs\": "
        "[{\"name\": \"j\", \"source\": \"cloud4\", \"sink\": \"cloud4\", \"slo\": \"4s\", \"load\": {\"kind\": "
        "\"constant\", \"rate\": \"10/s\", \"start\": \"50ms\", \"count\": 100}, \"operators\": [%s]}]}}",
        at, operators);
    struct weir_test_result got =
        weir_test_run_catalog("tests/input/valid/two-tier.xml", scenario, "static", 1, weir_catalog);
    CU_ASSERT_EQUAL_FATAL(got.code, WEIR_OK);
    CHECK_NEAR(got.result.metrics.restarts, 1, 0);
    free(scenario);
    return got;
}

/* The windows until 1 and 2 s give 10 results each, and that until 3 s is lost at 2.5 s. What is played again after 3 s
 * takes 1 ms an item, so that the window until 4 s holds items 0 to 39: of its 40 results 20 have come before. */
static void one_window_of_old_and_new(void)
{
    struct weir_test_result got =
        run("{\"name\": \"w\", \"flops\": \"1Mf\", \"window\": \"1s\", \"placement\": \"cloud4\"}", "2.5s");
    const struct weir_job_total *job = weir_test_job(&got, "j");
    CHECK_NEAR((double)job->delivered, 100, 0);
    CHECK_NEAR((double)job->duplicates, 20, 0);
    CHECK_NEAR(job->due, 100, 1e-9);
    CHECK_NEAR(job->violations, 0, 1e-9);
    weir_test_result_fini(&got);
}

/* Two instances serve every other item, 220 ms each: until 1 s the one is done with items 0, 2, 4 and 6 and the other
 * with 1, 3 and 5. Each gives its results together, when it is done with what it serves then: 6 at 930 ms and 8 at 1.15
 * s, 7 at 1.03 s. So b, which takes 150 ms each, is done with the three at 1.48 s, and would be with the four at 2.08
 * s, when all is lost at 1.9 s. Played again from 3.2 s on, items 0 to 5 are in windows until 4 s, none of them later
 * than the latest that has come; but only 1, 3 and 5 have. */
static void one_of_two_windows_came(void)
{
    struct weir_test_result got =
        run("{\"name\": \"w\", \"flops\": \"220Mf\", \"window\": \"1s\", \"parallelism\": 2, \"placement\": "
            "\"cloud4\"}, {\"name\": \"b\", \"flops\": \"150Mf\", \"placement\": \"cloud4\"}",
            "1.9s");
    const struct weir_job_total *job = weir_test_job(&got, "j");
    CHECK_NEAR((double)job->delivered, 100, 0);
    CHECK_NEAR((double)job->duplicates, 3, 0);
    weir_test_result_fini(&got);
}

/* The first case with a result of ten items, and with three of one: 2 results before the failure, or 60, and 4 or 120
 * in the window until 4 s, of which only as many can have come before; 6 or 180 after it. What stands for ten items may
 * be another item in another play, so that up to two results come once more; three results of an item are its own. */
static void fewer_and_more_results_than_items(void)
{
    struct weir_test_result got = run(
        "{\"name\": \"w\", \"flops\": \"1Mf\", \"window\": \"1s\", \"selectivity\": 0.1, \"placement\": \"cloud4\"}",
        "2.5s");
    const struct weir_job_total *job = weir_test_job(&got, "j");
    CHECK_NEAR((double)(job->delivered + job->duplicates), 2 + 4 + 6, 0);
    CU_ASSERT(job->delivered >= 10);
    weir_test_result_fini(&got);

    got =
        run("{\"name\": \"w\", \"flops\": \"1Mf\", \"window\": \"1s\", \"selectivity\": 3, \"placement\": \"cloud4\"}",
            "2.5s");
    job = weir_test_job(&got, "j");
    CHECK_NEAR((double)job->delivered, 300, 0);
    CHECK_NEAR((double)job->duplicates, 60, 0);
    weir_test_result_fini(&got);
}

int main(int argc, char **argv)
{
    const struct weir_case cases[] = {{"one window of old and new", one_window_of_old_and_new},
                                      {"one of two windows came", one_of_two_windows_came},
                                      {"fewer and more results than items", fewer_and_more_results_than_items},
                                      {0}};
    return weir_test_main("engine/windows_again", cases, argc, argv);
}
