/* One run's files, and reading them back. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "policies/catalog.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/text.h"
#include "sim/experiment/files.h"
#include "sim/experiment/record.h"
#include "sim/experiment/run_folder.h"
#include "tests/support/test.h"

static struct weir_policy_use uses[] = {{.name = "good"}};
static struct weir_stack good = {.label = "good", .uses = uses, .use_count = 1};
static struct weir_policy_use wrong_uses[] = {{.name = "refuses"}};
static struct weir_stack wrong = {.label = "wrong", .uses = wrong_uses, .use_count = 1};
static struct weir_scenario scenario = {.name = "small", .duration_s = 10, .hash = 42};

static struct weir_run_spec spec_of(struct weir_stack *stack, unsigned long long seed)
{
    return (struct weir_run_spec){.scenario = &scenario, .stack = stack, .catalog = weir_catalog, .seed = seed};
}

static char *inside(const char *folder, const char *name)
{
    return weir_format("%s/%s/%s", weir_test_folder(), folder, name);
}

/* Fails unless the file has this content. */
static void check_content(const char *folder, const char *name, const char *wanted)
{
    struct weir_text text = {0};
    char *path = inside(folder, name);
    CU_ASSERT_EQUAL(weir_text_read_file(&text, path), WEIR_OK);
    CU_ASSERT_STRING_EQUAL(weir_text_string(&text), wanted);
    weir_text_fini(&text);
    free(path);
}

static void a_run_leaves_three_files(void)
{
    struct weir_run_spec spec = spec_of(&good, 7);
    char *folder = inside("three", "seed-7"), *partial = inside("three", "seed-7.partial");
    CU_ASSERT_EQUAL(weir_run_into(folder, &spec, NULL), WEIR_OK);
    /* 1007 items in 10 s; an empty field for NaN; RFC 4180 quotes. */
    check_content("three/seed-7", "windows.csv",
                  "time,job,operator,host,metric,value\n"
                  "0.3333333333,\"job, \"\"one\"\"\",,,throughput,100.7\n"
                  "10,job-2,detect,edge-1,busy,\n");
    check_content("three/seed-7", "decisions.csv",
                  "time,policy,job,operator,what,why,refusal\n"
                  "10,good,job-2,detect,2 -> 3 instances,\"busy, 0.9 > 0.8\",\n");
    CU_ASSERT_FALSE(weir_file_exists(partial));

    struct weir_record record;
    CU_ASSERT_EQUAL(weir_record_read(folder, &record), WEIR_OK);
    CU_ASSERT(record.present);
    CU_ASSERT_EQUAL(record.key, weir_run_key(&scenario, &good, 7));
    CU_ASSERT_EQUAL(record.metrics.delivered, 1007);
    CU_ASSERT(isnan(record.metrics.latency_p99_s)); /* null in the file */
    CU_ASSERT_EQUAL(record.wall_s, 0.25);

    /* The number in the file is the number of the run, to the last bit. */
    struct weir_result result;
    CU_ASSERT_EQUAL(weir_run(&spec, &result), WEIR_OK);
    CU_ASSERT_EQUAL(record.metrics.latency_mean_s, result.metrics.latency_mean_s);
    weir_result_fini(&result);

    /* Another run of the same takes its place. */
    CU_ASSERT_EQUAL(weir_run_into(folder, &spec, NULL), WEIR_OK);
    weir_run_remove(folder);
    CU_ASSERT_FALSE(weir_file_exists(folder));
    free(partial);
    free(folder);
}

static void a_failed_run_leaves_nothing(void)
{
    struct weir_run_spec spec = spec_of(&wrong, 7);
    char *folder = inside("nothing", "seed-7"), *partial = inside("nothing", "seed-7.partial");
    CU_ASSERT_EQUAL(weir_run_into(folder, &spec, NULL), WEIR_ERUN);
    CHECK_MESSAGE("policy refuses: does not want to, with seed 7");
    CU_ASSERT_FALSE(weir_file_exists(folder));
    CU_ASSERT_FALSE(weir_file_exists(partial));
    free(partial);
    free(folder);
}

static void removing_a_run_spares_other_files(void)
{
    struct weir_run_spec spec = spec_of(&good, 1);
    char *folder = inside("spared", "seed-1"), *notes = inside("spared", "seed-1/notes.txt");
    CU_ASSERT_EQUAL(weir_run_into(folder, &spec, NULL), WEIR_OK);
    CU_ASSERT_EQUAL(weir_file_replace(notes, "mine"), WEIR_OK);
    weir_run_remove(folder);
    CU_ASSERT(weir_file_exists(notes));
    CU_ASSERT_EQUAL(weir_run_into(folder, &spec, NULL), WEIR_EINPUT);
    CHECK_MESSAGE("spared/seed-1: has notes.txt in it, which is no file of a run and is not removed");
    CU_ASSERT(weir_file_exists(notes));
    free(notes);
    free(folder);
}

static void a_broken_result_is_told(void)
{
    char *folder = weir_format("%s/broken", weir_test_folder()), *path = inside("broken", "result.json");
    struct weir_record record;
    CU_ASSERT_EQUAL(weir_folder_make(folder), WEIR_OK);
    CU_ASSERT_EQUAL(weir_record_read(folder, &record), WEIR_EINPUT);
    CU_ASSERT_FALSE(record.present);
    CU_ASSERT_EQUAL(weir_file_replace(path, "{\"key\": \"12\", \"metr"), WEIR_OK);
    CU_ASSERT_EQUAL(weir_record_read(folder, &record), WEIR_EINPUT);
    CHECK_MESSAGE("broken/result.json:1:");
    CU_ASSERT_EQUAL(weir_file_replace(path, "{\"key\": \"12\"}"), WEIR_OK);
    CU_ASSERT_EQUAL(weir_record_read(folder, &record), WEIR_EINPUT);
    CHECK_MESSAGE("metrics");
    free(path);
    free(folder);
}

static void keys_differ_with_what_makes_a_run(void)
{
    struct weir_json_doc *params = NULL;
    CU_ASSERT_EQUAL(weir_json_parse("{\"high\": 0.9}", "params", &params), WEIR_OK);
    struct weir_policy_use tuned_uses[] = {{.name = "good", .params = params}};
    struct weir_stack tuned = {.label = "good", .uses = tuned_uses, .use_count = 1};
    struct weir_stack renamed = {.label = "other label", .uses = uses, .use_count = 1};
    struct weir_scenario other = scenario;
    other.hash++;
    unsigned long long key = weir_run_key(&scenario, &good, 1);
    CU_ASSERT_EQUAL(weir_run_key(&scenario, &renamed, 1), key); /* a label is no input */
    CU_ASSERT_NOT_EQUAL(weir_run_key(&scenario, &good, 2), key);
    CU_ASSERT_NOT_EQUAL(weir_run_key(&scenario, &tuned, 1), key);
    CU_ASSERT_NOT_EQUAL(weir_run_key(&other, &good, 1), key);
    char *text = weir_stack_text(&tuned);
    CU_ASSERT_STRING_EQUAL(text, "good {\"high\":0.9}");
    free(text);
    weir_json_free(params);
}

static const struct weir_case cases[] = {
    {"a run leaves three files", a_run_leaves_three_files},
    {"a failed run leaves nothing", a_failed_run_leaves_nothing},
    {"removing a run spares other files", removing_a_run_spares_other_files},
    {"a broken result is told", a_broken_result_is_told},
    {"keys differ with what makes a run", keys_differ_with_what_makes_a_run},
    {0},
};

int main(int argc, char **argv)
{
    return weir_test_main("experiment run folder", cases, argc, argv);
}
