#include "tests/policies/scaling.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/text.h"
#include "tests/support/test.h"

const char *const scalers[] = {"ds2", "proactive", "reactive"};

char *scaling_platform(int cores)
{
    char *text = weir_format("<?xml version='1.0'?>\n<!DOCTYPE platform SYSTEM "
                             "\"https://simgrid.org/simgrid.dtd\">\n<platform version=\"4.1\"><zone id=\"w\" "
                             "routing=\"Full\">\n<host id=\"s\" speed=\"1Gf\"><prop id=\"tier\" "
                             "value=\"device\"/></host>\n<host id=\"h\" speed=\"1Gf\" core=\"%d\"><prop id=\"tier\" "
                             "value=\"edge\"/></host>\n<link id=\"l\" bandwidth=\"10Gbps\" latency=\"0ms\"/>\n<route "
                             "src=\"s\" dst=\"h\"><link_ctn id=\"l\"/></route>\n</zone></platform>\n",
                             cores);
    char *name = weir_format("cores-%d.xml", cores), *path = weir_copy(weir_test_file(name, text));
    free(name);
    free(text);
    return path;
}

struct weir_test_result scaling_run(const char *on, const char *duration, const char *jobs, const char *policy,
                                    int seed)
{
    char *text = weir_format("{\"platform\": \"\", \"duration\": \"%s\", %s}", duration, jobs);
    struct weir_test_result got = weir_test_run(on, text, policy, (unsigned long long)seed);
    if (got.code != WEIR_OK)
        fprintf(stderr, "\n%s: %s\n%s\n", policy, got.message, text);
    CU_ASSERT_EQUAL_FATAL(got.code, WEIR_OK);
    free(text);
    return got;
}

struct changes scaling_changes(const struct weir_test_result *got, const char *op, int size, double from_s,
                               double until_s)
{
    struct changes changes = {.size = size};
    char *of = weir_format("/%s ", op);
    for (const char *line = got->decisions; line && *line; line += strcspn(line, "\n") + 1) {
        char *one = weir_format("%.*s", (int)strcspn(line, "\n"), line);
        const char *arrow = strstr(one, "-> "), *at = strstr(one, of);
        double time_s = strtod(one, NULL);
        if (at && arrow && arrow > at && strstr(one, "| applied") && time_s <= until_s) {
            changes.size = (int)strtol(arrow + 3, NULL, 10);
            changes.count += time_s >= from_s;
        }
        free(one);
    }
    free(of);
    return changes;
}

int scaling_size(const struct weir_test_result *got, const char *op, int size)
{
    return scaling_changes(got, op, size, 0, INFINITY).size;
}
