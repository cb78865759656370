/* Paths after --set: how one may go on. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policies/catalog.h"
#include "sim/base/error.h"
#include "sim/model/scenario_paths.h"
#include "tests/support/test.h"

/* Lines for a beginning in a scenario (NULL: none). Owned. */
static char *paths(const char *scenario, const char *beginning)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    CU_ASSERT_EQUAL(weir_scenario_paths(scenario, beginning, weir_catalog, out), WEIR_OK);
    fclose(out);
    return text;
}

static void check(const char *scenario, const char *beginning, const char *wanted)
{
    char *got = paths(scenario, beginning);
    CU_ASSERT_STRING_EQUAL(got, wanted);
    free(got);
}

static void steps(void)
{
    const char *scenario = weir_test_file(
        "paths.json", "{\"costs\": {\"stop\": \"1s\"}, \"# costs.note\": 1, \"simgrid\": {\"network/model\": \"CM02\"},"
                      " \"workload\": {\"jobs\": [{\"operators\": [{\"name\": \"f\"}, {}]},"
                      "  {\"load\": {\"kind\": \"poisson\", \"rate\": \"1/s\"}}]},"
                      " \"policies\": [\"static\", {\"name\": \"nearest\"}, {\"stack\": [\"ds2\"]}]}");
    check(scenario, "cos", "costs.\n");
    check(scenario, "costs.",
          "costs.stop=\ncosts.start=\ncosts.checkpoint=\ncosts.restore=\ncosts.each=\ncosts.shared=\n");
    check(scenario, "costs.st", "costs.stop=\ncosts.start=\n");
    check(scenario, "costs.stop", "costs.stop=\n");
    check(scenario, "costs.stop=", "");
    check(scenario, "nothing", "");
    check(scenario, "sim", "simgrid.\n");
    check(scenario, "simgrid.", "simgrid.network/model=\n");
    check(scenario, "workload.jobs[0", "workload.jobs[0].\n");
    check(scenario, "workload.jobs[0].operators[", "workload.jobs[0].operators[0].\nworkload.jobs[0].operators[1].\n");
    check(scenario, "workload.jobs[1].load.r", "workload.jobs[1].load.rate=\n");
    check(scenario, "workload.jobs[1].load.s",
          "workload.jobs[1].load.start=\nworkload.jobs[1].load.scale=\nworkload.jobs[1].load.speedup=\n");
    check(scenario, "policies", "policies=\npolicies[1].\npolicies[2].\n");
    check(scenario, "policies[2].", "policies[2].stack=\n");
    check(NULL, "war", "warmup=\n");
    check(NULL, "costs", "costs=\n");
}

static void other_files(void)
{
    weir_test_file("load.json", "{\"jobs\": [{\"name\": \"a\", \"slo\": \"1s\"}]}");
    const char *scenario = weir_test_file("outer.json", "{\"workload\": \"load.json\"}");
    check(scenario, "work", "workload=\nworkload.\n");
    check(scenario, "workload.jobs[0].sl", "workload.jobs[0].slo=\n");
    FILE *out = tmpfile();
    scenario = weir_test_file("lost.json", "{\"workload\": \"nowhere.json\"}");
    CU_ASSERT_EQUAL(weir_scenario_paths(scenario, "", weir_catalog, out), WEIR_EINPUT);
    CHECK_MESSAGE("nowhere.json: no such file");
    CU_ASSERT_EQUAL(weir_scenario_paths("absent.json", "", weir_catalog, out), WEIR_EINPUT);
    CHECK_MESSAGE("absent.json: no such file");
    fclose(out);
}

/* Every parameter of every policy. */
static void parameters(void)
{
    for (const struct weir_policy *const *p = weir_catalog; *p; p++) {
        char text[200];
        snprintf(text, sizeof text, "{\"policies\": [{\"name\": \"%s\"}]}", (*p)->name);
        char *got = paths(weir_test_file("policy.json", text), "policies[0].");
        for (const struct weir_param *row = (*p)->params; row && row->name; row++) {
            const char *quote = strchr(row->name, '.') ? "\"" : "";
            snprintf(text, sizeof text, "policies[0].%s%s%s=\n", quote, row->name, quote);
            CU_ASSERT_PTR_NOT_NULL(strstr(got, text));
        }
        free(got);
    }
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {
        {"steps", steps}, {"other files", other_files}, {"parameters", parameters}, {0}};
    return weir_test_main("model/scenario_paths", cases, argc, argv);
}
