/* Anomalies as a scenario gives them: what kinds do, dates by seed and name, the faults that come with them. */
#include "sim/model/anomalies.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/model/scenario.h"
#include "tests/support/test.h"

/* Hosts of tiny.xml, of the regions site-1, site-1, site-2 and cloud. */
enum { CAM_1, EDGE_1, EDGE_2, CLOUD_1 };

#define OFTEN "\"up\": {\"mean\": \"1h\"}, \"down\": {\"mean\": \"6min\"}"

static struct weir_scenario *need(const char *anomalies)
{
    char *here = getcwd(NULL, 0);
    char *text = weir_format("{\"platform\": \"%s/tests/input/valid/tiny.xml\", \"duration\": \"1000h\","
                             " \"anomalies\": [%s],"
                             " \"workload\": {\"jobs\": [{\"name\": \"j\", \"source\": \"cam-1\","
                             "  \"load\": {\"kind\": \"constant\", \"rate\": \"1/s\"},"
                             "  \"operators\": [{\"name\": \"a\", \"flops\": \"1Mf\"}]}]}}",
                             here, anomalies);
    struct weir_scenario *scenario;
    if (weir_scenario_read(weir_test_file("scenario.json", text), NULL, &scenario)) {
        fprintf(stderr, "\n%s\n", weir_error_message());
        exit(2);
    }
    free(text);
    free(here);
    return scenario;
}

static void kinds_and_keys(void)
{
    struct weir_scenario *s =
        need("{\"kind\": \"overload\", \"tier\": \"edge\", " OFTEN "},"
             "{\"kind\": \"overload\", \"name\": \"b\", \"host\": \"cam-1\", \"at\": \"1h\", \"for\": "
             "\"1h\", \"speed\": 0.9, \"cpu\": {\"offset\": 0.1}},"
             "{\"kind\": \"outage\", \"host\": \"edge-1\", \"at\": \"1h\"},"
             "{\"host\": \"edge-1\", \"at\": \"1h\", \"upload\": {\"offset\": \"8Mbps\"}}");
    const struct weir_anomaly_rule *rules = s->anomaly_rules;
    CU_ASSERT_EQUAL_FATAL(s->anomaly_rule_count, 4);
    CU_ASSERT(rules[0].slow && !rules[0].down && rules[0].rule.left == 0.4 && rules[0].rule.target_count == 2);
    CU_ASSERT(rules[0].disturbances[WEIR_SIGNAL_CPU].offset == 0.5 && strcmp(rules[0].rule.name, "overload") == 0);
    CU_ASSERT(rules[1].rule.left == 0.9 && rules[1].disturbances[WEIR_SIGNAL_CPU].offset == 0.1);
    CU_ASSERT(rules[1].disturbances[WEIR_SIGNAL_CPU].noise == 0.05 && rules[1].for_s == 3600);
    CU_ASSERT(rules[2].down && !rules[2].slow && isinf(rules[2].for_s));
    CU_ASSERT(!rules[3].down && !rules[3].slow && rules[3].disturbances[WEIR_SIGNAL_UPLOAD].offset == 1e6);
    CU_ASSERT(!weir_disturbance_is_one(&rules[3].disturbances[WEIR_SIGNAL_CPU]));
    CU_ASSERT(s->recovery.on); /* for the outage */
    CU_ASSERT_EQUAL(weir_faults_home(s), CAM_1);
    weir_scenario_free(s);
}

/* Whether two lists have the same; what lies between the members of an entry does not count. */
static bool alike(const struct weir_anomaly *one, const struct weir_anomaly *other, size_t count)
{
    bool same = true;
    for (size_t a = 0; a < count; a++)
        same &= one[a].host == other[a].host && one[a].rule == other[a].rule && one[a].at_s == other[a].at_s &&
                one[a].for_s == other[a].for_s;
    return same;
}

/* 1000 hours of one of up 1 h and down 6 min on average: 909 anomalies, with a standard deviation of about 28. */
static void dates(void)
{
    struct weir_scenario *s = need("{\"kind\": \"erratic\", \"host\": \"edge-1\", " OFTEN "},"
                                   "{\"kind\": \"overload\", \"host\": \"edge-2\", \"at\": \"2000h\"},"
                                   "{\"kind\": \"leak\", \"host\": \"edge-2\", \"at\": \"5h\", \"for\": \"1h\","
                                   " \"memory\": {\"offset\": \"1GB\"}}");
    struct weir_anomaly *list, *again;
    size_t count = weir_anomalies_draw(s, 3, &list);
    CU_ASSERT(count > 909 - 100 && count < 909 + 100);
    double sum_s = 0;
    size_t leaks = 0;
    for (size_t a = 0; a < count; a++) {
        CU_ASSERT(list[a].at_s < 3.6e6 && (!a || list[a].at_s >= list[a - 1].at_s));
        if (list[a].host == EDGE_2)
            leaks++;
        else
            sum_s += list[a].for_s;
    }
    CU_ASSERT_EQUAL(leaks, 1); /* the other is behind the end */
    CHECK_NEAR(sum_s / (double)(count - 1), 360, 3.29 * 360 / sqrt(809));
    CU_ASSERT_EQUAL(weir_anomalies_draw(s, 3, &again), count);
    CU_ASSERT(alike(list, again, count));
    free(again);
    CU_ASSERT(weir_anomalies_draw(s, 4, &again) != count || !alike(list, again, count));
    free(again);
    free(list);
    weir_scenario_free(s);
}

static void faults_that_come_with_them(void)
{
    struct weir_scenario *s =
        need("{\"kind\": \"overload\", \"host\": \"edge-1\", \"at\": \"1h\", \"for\": \"2h\"},"
             "{\"kind\": \"outage\", \"region\": \"site-*\", " OFTEN "},"
             "{\"kind\": \"quiet\", \"host\": \"edge-2\", \"at\": \"1h\", \"cpu\": {\"noise\": 1}}");
    struct weir_fault *faults;
    struct weir_anomaly *anomalies;
    size_t count = weir_faults_draw(s, 1, &faults), drawn = weir_anomalies_draw(s, 1, &anomalies), slow = 0;
    CU_ASSERT_EQUAL(count, drawn - 1); /* the quiet one takes nothing */
    for (size_t f = 0; f < count; f++)
        if (faults[f].effect == WEIR_FAULT_SLOW) {
            slow++;
            CU_ASSERT(faults[f].host == EDGE_1 && faults[f].at_s == 3600 && faults[f].for_s == 7200);
            CU_ASSERT_EQUAL(faults[f].left, 0.4);
        }
    CU_ASSERT_EQUAL(slow, 1);
    /* Hosts of a region are gone together. */
    double cam_s = 0, edge_s = 0;
    for (size_t f = 0; f < count; f++) {
        cam_s += faults[f].host == CAM_1 ? faults[f].at_s : 0;
        edge_s += faults[f].host == EDGE_1 && faults[f].effect == WEIR_FAULT_DOWN ? faults[f].at_s : 0;
    }
    CU_ASSERT(cam_s > 0 && cam_s == edge_s);
    CU_ASSERT_EQUAL(weir_faults_home(s), CLOUD_1);
    free(faults);
    free(anomalies);
    weir_scenario_free(s);
}

static void the_hash_covers_them(void)
{
    struct weir_scenario *a = need("{\"kind\": \"erratic\", \"host\": \"edge-1\", \"at\": \"1h\"}");
    struct weir_scenario *b = need("{\"kind\": \"erratic\", \"host\": \"edge-1\", \"at\": \"2h\"}");
    CU_ASSERT(a->hash != b->hash);
    weir_scenario_free(a);
    weir_scenario_free(b);
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {
        {"kinds and keys", kinds_and_keys},
        {"dates", dates},
        {"faults that come with them", faults_that_come_with_them},
        {"the hash covers them", the_hash_covers_them},
        {0},
    };
    return weir_test_main("model/anomalies", cases, argc, argv);
}
