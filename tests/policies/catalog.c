/* Every policy of the catalogue through the conformance suite, and the catalogue itself. */
#include "policies/catalog.h"

#include <stdio.h>
#include <string.h>

#include "sim/base/error.h"
#include "tests/policies/conformance.h"
#include "tests/support/test.h"

/* exec has no default for its command, so it is tried with one that decides nothing; perl, since a shell reads what is
 * at a pipe byte by byte. */
static void conformance_of_exec(const struct weir_policy *policy)
{
    struct weir_param params[16] = {{0}};
    for (int i = 0; i < 15 && policy->params[i].name; i++) {
        params[i] = policy->params[i];
        if (strcmp(params[i].name, "exec") == 0)
            params[i].fallback = "perl -ne '$| = 1; print \"{}\\n\" unless /hello/'";
    }
    struct weir_policy tried = *policy;
    tried.params = params;
    weir_conformance(&tried);
}

static void test_conformance(void)
{
    for (int i = 0; weir_catalog[i]; i++) {
        if (strcmp(weir_catalog[i]->name, "exec") == 0)
            conformance_of_exec(weir_catalog[i]);
        else
            weir_conformance(weir_catalog[i]);
    }
}

static void test_order(void)
{
    static const char *const names[] = {"noop",
                                        "static",
                                        "reactive",
                                        "ds2",
                                        "hpa",
                                        "keda",
                                        "flink-autoscaler",
                                        "proactive",
                                        "gru",
                                        "svr-twres",
                                        "consolidate",
                                        "load-balancer",
                                        "nearest",
                                        "random",
                                        "cloud-only",
                                        "edge-only",
                                        "dwo",
                                        "heu-wo",
                                        "heu-wo-refined",
                                        "lawa",
                                        "optimal",
                                        "nearest-offload",
                                        "random-offload",
                                        "sentinel",
                                        "oracle",
                                        "origin",
                                        "gp",
                                        "greedy",
                                        "mf",
                                        "exec"};
    int count = (int)(sizeof names / sizeof *names);
    for (int i = 0; i < count; i++) {
        const struct weir_policy *policy = weir_catalog[i];
        CU_ASSERT_PTR_NOT_NULL(policy);
        if (!policy)
            return;
        CU_ASSERT_STRING_EQUAL(policy->name, names[i]);
    }
    CU_ASSERT_PTR_NULL(weir_catalog[count]);
}

/* Beside the default the row says "A to B", with the unit of what is counted in one: the numbers that are taken. */
static void check_range(const char *row, const struct weir_param *p)
{
    double least, most;
    int of;
    bool numbers = p->type == WEIR_PARAM_INT || p->type == WEIR_PARAM_DOUBLE;
    if (!numbers || sscanf(row, "| `%*[^`]` | %*[^|]| %lf to %lf%n", &least, &most, &of) != 2)
        return;
    CHECK_NEAR(p->min, least, 0);
    CHECK_NEAR(p->max, most, 0);
}

/* No two parameters are kept in the same field. */
static void check_fields(const struct weir_param *params)
{
    int same = 0;
    for (const struct weir_param *p = params; p && p->name; p++)
        for (const struct weir_param *before = params; before < p; before++)
            same += before->offset == p->offset;
    CU_ASSERT_EQUAL(same, 0);
}

/* The table of parameters on a policy's page has a row `| name | default | ...` for each parameter. */
static void test_pages(void)
{
    for (int i = 0; weir_catalog[i]; i++) {
        char path[256], page[16384], row[128];
        snprintf(path, sizeof path, "docs/policies/%s.md", weir_catalog[i]->name);
        FILE *file = fopen(path, "r");
        CU_ASSERT_PTR_NOT_NULL(file);
        if (!file)
            continue;
        page[fread(page, 1, sizeof page - 1, file)] = '\0';
        fclose(file);
        check_fields(weir_catalog[i]->params);
        for (const struct weir_param *p = weir_catalog[i]->params; p && p->name; p++) {
            snprintf(row, sizeof row, "| `%s` | %s |", p->name, p->fallback);
            if (!strstr(page, row))
                fprintf(stderr, "\n%s: no row %s\n", path, row);
            const char *found = strstr(page, row);
            CU_ASSERT_PTR_NOT_NULL(found);
            if (found)
                check_range(found, p);
            CU_ASSERT_PTR_NOT_NULL(strstr(page, p->help));
        }
    }
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {
        {"conformance", test_conformance},
        {"order", test_order},
        {"pages", test_pages},
        {0},
    };
    return weir_test_main("catalog", cases, argc, argv);
}
