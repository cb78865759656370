/* Each value of some scenarios, put in place of by ones that are wrong there: reading goes on behind what is broken, to
 * tell of more, and must not fall over it. */
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/remark.h"
#include "sim/base/text.h"
#include "sim/model/scenario.h"
#include "tests/support/test.h"

static const char *const values[] = {"null", "-1", "\"\"", "{}", "[]"};
static int tried, refused;

/* As for a run, which stops at the first error, or (`on`) as for a check, which goes on. */
static void put_one(const char *path, const char *set, bool on)
{
    const char *const sets[] = {set, NULL};
    struct weir_remarks errors = {0};
    struct weir_scenario *scenario = NULL;
    struct weir_remarks *before = weir_errors_collect(on ? &errors : NULL);
    int code = weir_scenario_read(path, sets, &scenario);
    weir_errors_collect(before);
    tried++;
    refused += code != WEIR_OK || errors.count > 0;
    CU_ASSERT(code == WEIR_OK || code == WEIR_EINPUT);
    CU_ASSERT_EQUAL(code == WEIR_OK, scenario != NULL);
    CU_ASSERT(code == WEIR_OK || *weir_error_message());
    weir_error_clear();
    weir_remarks_fini(&errors);
    weir_scenario_free(scenario);
}

static void put(const char *path, const char *key)
{
    for (size_t v = 0; v < sizeof values / sizeof *values; v++) {
        char *set = weir_format("%s=%s", key, values[v]);
        put_one(path, set, false);
        put_one(path, set, true);
        free(set);
    }
}

/* Of lists the first two entries. */
static void walk(const char *path, const char *key, const cJSON *value)
{
    int index = 0;
    for (const cJSON *child = value->child; child && (index < 2 || cJSON_IsObject(value));
         child = child->next, index++) {
        if (child->string && *child->string == '#')
            continue;
        char *name = cJSON_IsArray(value) ? weir_format("%s[%d]", key, index)
                                          : weir_format("%s%s%s", key, *key ? "." : "", child->string);
        put(path, name);
        walk(path, name, child);
        free(name);
    }
}

static void broken_values(void)
{
    static const char *const paths[] = {
        "workloads/demos/mobility.json",          "workloads/demos/anomaly.json",
        "workloads/scenarios/rack-at-night.json", "workloads/scenarios/clicks.json",
        "workloads/scenarios/city-faults.json",   "workloads/scenarios/inference.json",
        "workloads/scenarios/stateful.json",      "workloads/scenarios/vehicle-city.json",
        "workloads/scenarios/offloading.json",    "workloads/scenarios/autoscale-surge.json"};
    for (size_t p = 0; p < sizeof paths / sizeof *paths; p++) {
        struct weir_text text = {0};
        CU_ASSERT_EQUAL_FATAL(weir_text_read_file(&text, paths[p]), WEIR_OK);
        cJSON *root = cJSON_Parse(weir_text_string(&text));
        CU_ASSERT_PTR_NOT_NULL_FATAL(root);
        walk(paths[p], "", root);
        cJSON_Delete(root);
        weir_text_fini(&text);
    }
    CU_ASSERT(tried > 5000 && refused > tried / 2);
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {{"broken values", broken_values}, {0}};
    return weir_test_main("model/broken", cases, argc, argv);
}
