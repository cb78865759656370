/* Work and transfers in our own hands until something is shared, or all in SimGrid's: random worlds give the same. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/text.h"
#include "tests/support/run.h"
#include "tests/support/same.h"
#include "tests/support/test.h"
#include "tests/support/worlds.h"

#if defined(WEIR_LONG)
#define WORLDS 1000
#elif defined(__SANITIZE_ADDRESS__)
#define WORLDS 6
#else
#define WORLDS 40
#endif

static const char *const batches[] = {"1", "1", "1", "1", "1", "1", "1", "\"auto\"", "7"};
static const struct weir_test_worlds plain = {
    .name = "agreeing worlds", .batches = batches, .batch_count = 9, .continuous = true, .most_bytes = 60000};
static const struct weir_test_worlds failing = {.name = "agreeing worlds that fail",
                                                .batches = batches,
                                                .batch_count = 9,
                                                .failures = true,
                                                .continuous = true,
                                                .most_bytes = 60000};

static struct weir_test_result run_world(const struct weir_test_worlds *worlds, unsigned number, const char *way)
{
    struct weir_text text = {0};
    weir_test_world(&text, worlds, number);
    char *scenario = weir_format("{\"activities\": \"%s\", %s", way, text.data + 1);
    struct weir_test_result got =
        weir_test_run_catalog(WEIR_TEST_WORLDS_PLATFORM, scenario, "chaos-shares", number, weir_test_chaos);
    free(scenario);
    weir_text_fini(&text);
    return got;
}

static void compare_world(const struct weir_test_worlds *worlds, unsigned number)
{
    struct weir_test_result shared = run_world(worlds, number, "shared"), all = run_world(worlds, number, "all");
    struct weir_text text = {0};
    CU_ASSERT_EQUAL(shared.code, WEIR_OK);
    CU_ASSERT_EQUAL(all.code, WEIR_OK);
    if (shared.code || all.code)
        fprintf(stderr, "\n%s %u: shared: %s; all: %s", worlds->name, number, shared.message, all.message);
    int differences = weir_test_differences(&shared.result, &all.result, 1e-9, 1e-12, &text);
    CU_ASSERT_EQUAL(differences, 0);
    if (differences)
        fprintf(stderr, "\n%s %u: %d figures differ:\n%s", worlds->name, number, differences, text.data);
    weir_text_fini(&text);
    weir_test_result_fini(&shared);
    weir_test_result_fini(&all);
}

static void worlds_agree(void)
{
    for (unsigned w = 0; w < WORLDS / 2; w++)
        compare_world(&plain, w);
}

static void failing_worlds_agree(void)
{
    for (unsigned w = 0; w < WORLDS / 2; w++)
        compare_world(&failing, w);
}

int main(int argc, char **argv)
{
    const struct weir_case cases[] = {
        {"worlds agree", worlds_agree}, {"failing worlds agree", failing_worlds_agree}, {0}};
    return weir_test_main("engine/agreement", cases, argc, argv);
}
