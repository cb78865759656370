/* What policies see: a policy writes down the whole view at the end of a window, and every row of the table of its
 * fields (sim/api/view_fields.h) has a value in view_expected.c that arithmetic gives it. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/api/view_fields.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/text.h"
#include "tests/engine/view_expected.h"
#include "tests/support/record_view.h"
#include "tests/support/run.h"
#include "tests/support/test.h"

static const char *recorded; /* the file that the policy writes; set before the child is forked */

static void write_functions(FILE *file, const struct weir_view *view)
{
    int links[4];
    int count = view->route_links(view, S, C, links, 4);
    fprintf(file, "%ld view.route_latency_s s-c=%.17g\n", view->window, view->route_latency_s(view, S, C));
    fprintf(file, "%ld view.route_bytes_per_s s-c=%.17g\n", view->window, view->route_bytes_per_s(view, S, C));
    fprintf(file, "%ld view.route_bytes_per_s s-s=%.17g\n", view->window, view->route_bytes_per_s(view, S, S));
    fprintf(file, "%ld view.traffic_price s-c=%.17g\n", view->window, view->traffic_price(view, S, C));
    fprintf(file, "%ld view.traffic_price c-s=%.17g\n", view->window, view->traffic_price(view, C, S));
    fprintf(file, "%ld view.restart_s now=%.17g\n", view->window, view->restart_s(view));
    fprintf(file, "%ld view.anomalous c=%.17g\n", view->window, view->anomalous(view, C, 20, 30));
    fprintf(file, "%ld view.route_links s-c=", view->window);
    for (int l = 0; l < count; l++)
        fprintf(file, "%s%s", l ? " " : "", view->links[links[l]].name);
    fprintf(file, "\n%ld view.route_links s-s=%d\n", view->window, view->route_links(view, S, S, links, 4));
}

static int record(void *state, const struct weir_view *view, struct weir_plan *plan)
{
    FILE *file = fopen(recorded, "a");
    if (!file)
        return weir_error(WEIR_EENGINE, "cannot write %s", recorded);
    weir_test_record_view(file, view);
    write_functions(file, view);
    fclose(file);
    if (view->window == 1 && view->job_count > SHAPE) { /* from 20 to 35 s */
        static const struct weir_placement two[] = {{C, 1, 1}, {F, 1, 1}};
        weir_plan_set(plan, SHAPE, 4, two, 2, "a second one starts");
        weir_plan_sleep(plan, Z, "for good");
    }
    return WEIR_OK;
}

/* The first job is held to half a core, and its edges to rates. */
static int place(void *state, const struct weir_view *view, int job, struct weir_plan *plan)
{
    static const struct weir_placement half = {E, 2, 0.5};
    if (job == PLAIN && strcmp(view->jobs[job].name, "plain") == 0) {
        weir_plan_set(plan, PLAIN, 0, &half, 1, "half a core");
        weir_plan_rate(plan, PLAIN, -1, 0, 1e5, "100 kB/s");
        weir_plan_rate(plan, PLAIN, 0, -1, 1e6, "1 MB/s");
    }
    return WEIR_OK;
}
static const struct weir_policy recorder = {.abi = WEIR_POLICY_ABI,
                                            .name = "recorder",
                                            .summary = "Writes down what it sees.",
                                            .source = "",
                                            .job_arrives = place,
                                            .window_ends = record};
static const struct weir_policy *const catalog[] = {&recorder, NULL};

/* What the policy wrote of a field in the window; NULL: nothing. Owned. */
static char *value_of(const char *text, long window, const char *field, const char *of)
{
    char *key = weir_format("\n%ld %s %s=", window, field, of);
    const char *at = strstr(text, key);
    char *value = NULL;
    if (at) {
        at += strlen(key);
        value = weir_format("%.*s", (int)strcspn(at, "\n"), at);
    }
    free(key);
    return value;
}

static void check_expectation(const char *text, const struct view_expectation *wanted)
{
    char *value = value_of(text, 2, wanted->field, wanted->of);
    bool right = value != NULL;
    if (value && wanted->text)
        right = strcmp(value, wanted->text) == 0;
    else if (value)
        right = fabs(strtod(value, NULL) - wanted->number) <= fmax(wanted->tolerance, 1e-9 * fabs(wanted->number));
    if (!right)
        fprintf(stderr, "\n%s of %s is %s, wanted %s or %.10g\n", wanted->field, wanted->of,
                value ? value : "not there", wanted->text ? wanted->text : "-", wanted->number);
    CU_ASSERT(right);
    free(value);
}

/* A value that a field has which nobody fills says nothing. */
static bool says_something(const struct view_expectation *wanted)
{
    return wanted->text ? strcmp(wanted->text, "false") != 0 && strcmp(wanted->text, "none") != 0 : wanted->number != 0;
}

static char *file_of(const char *name)
{
    char *path = weir_format("%s", weir_test_file(name, "\n"));
    recorded = path;
    return path;
}

static void check_all(const char *scenario, const struct view_expectation *wanted)
{
    char *path = file_of("seen.txt");
    struct weir_test_result got = weir_test_run_catalog(PLATFORM, scenario, "recorder", 1, catalog);
    if (got.code != WEIR_OK)
        fprintf(stderr, "\n%s\n", got.message);
    CU_ASSERT_EQUAL_FATAL(got.code, WEIR_OK);
    struct weir_text text = {0};
    CU_ASSERT_EQUAL_FATAL(weir_text_read_file(&text, path), WEIR_OK);
    for (; wanted->field; wanted++)
        check_expectation(weir_text_string(&text), wanted);
    weir_text_fini(&text);
    weir_test_result_fini(&got);
    free(path);
}

static bool is_expected(const char *field)
{
    for (int i = 0; i < VIEW_WORLDS; i++)
        for (const struct view_expectation *wanted = view_worlds[i].expectations; wanted->field; wanted++)
            if (strcmp(wanted->field, field) == 0 && says_something(wanted))
                return true;
    return false;
}

static void every_field_has_its_value(void)
{
    for (int i = 0; i < VIEW_WORLDS; i++)
        check_all(view_worlds[i].scenario, view_worlds[i].expectations);
    for (const struct weir_view_field *f = weir_view_fields; f->name; f++) {
        char *name = weir_format("%s.%s", weir_view_record_names[f->of], f->name);
        bool found = f->kind == WEIR_FIELD_ENGINE || is_expected(name);
        if (!found)
            fprintf(stderr, "\nnothing is expected of %s\n", name);
        CU_ASSERT(found);
        free(name);
    }
}

/* The rows of a struct follow each other without a gap that a member would fit in. */
static void every_member_has_a_row(void)
{
    size_t reached[WEIR_VIEW_RECORDS] = {0};
    for (const struct weir_view_field *f = weir_view_fields; f->name; f++) {
        size_t aligned = f->size < sizeof(void *) ? f->size : sizeof(void *);
        size_t next = (reached[f->of] + aligned - 1) / aligned * aligned;
        if (f->offset != next)
            fprintf(stderr, "\n%s.%s stands at %zu, not at %zu: a member before it has no row\n",
                    weir_view_record_names[f->of], f->name, f->offset, next);
        CU_ASSERT_EQUAL(f->offset, next);
        reached[f->of] = f->offset + f->size;
    }
    for (int r = 0; r < WEIR_VIEW_RECORDS; r++) {
        size_t end = (reached[r] + sizeof(void *) - 1) / sizeof(void *) * sizeof(void *);
        CU_ASSERT_EQUAL(end, weir_view_record_sizes[r]);
    }
}

/* Before anything was processed: the declared speed; times of nothing are no numbers, and 0 is a time of 0 s. */
static void without_data(void)
{
    char *path = file_of("empty.txt");
    struct weir_test_result got = weir_test_run_catalog(
        PLATFORM,
        "{\"duration\": \"20s\", \"window\": \"10s\", \"workload\": {\"jobs\": [{\"name\": \"idle\", \"source\": \"s\","
        " \"load\": {\"kind\": \"steps\", \"steps\": [{\"at\": \"0s\", \"rate\": \"0/s\"}, {\"at\": \"15s\", \"rate\": "
        "\"1/s\"}]},"
        " \"operators\": [{\"name\": \"o\", \"class\": \"gpu\", \"flops\": \"40Mf\", \"selectivity\": 3,"
        "  \"placement\": \"e\"}]}, {\"name\": \"free\", \"source\": \"f\", \"load\": {\"kind\": \"constant\", "
        "\"rate\": \"1/s\"}, \"operators\": [{\"name\": \"o\", \"flops\": \"0f\", \"placement\": \"f\"}]}]}}",
        "recorder", 1, catalog);
    CU_ASSERT_EQUAL_FATAL(got.code, WEIR_OK);
    static const struct view_expectation empty[] = {
        {"operator.true_rate", "idle/o", NULL, 4e9 / 40e6, 0},
        {"operator.true_output_rate", "idle/o", NULL, 3 * 4e9 / 40e6, 0},
        {"operator.idle", "idle/o", NULL, 1, 0},
        {"operator.waiting_s", "idle/o", NULL, NAN, 0},
        {"operator.service_s", "idle/o", NULL, NAN, 0},
        {"operator.blocked_s", "idle/o", NULL, NAN, 0},
        {"operator.latency_s", "idle/o", NULL, NAN, 0},
        {"job.latency_mean_s", "idle", NULL, NAN, 0},
        {"job.latency_p50_s", "idle", NULL, NAN, 0},
        {"job.latency_p95_s", "idle", NULL, NAN, 0},
        {"job.latency_p99_s", "idle", NULL, NAN, 0},
        {"operator.latency_s", "free/o", NULL, 0, 0}, /* no work on its own host */
        {"job.latency_mean_s", "free", NULL, 0, 0},
        {"job.latency_p99_s", "free", NULL, 0, 0},
        {"job.ingress_rate", "idle", NULL, 0, 0},
    };
    struct weir_text text = {0};
    CU_ASSERT_EQUAL_FATAL(weir_text_read_file(&text, path), WEIR_OK);
    for (size_t e = 0; e < sizeof empty / sizeof *empty; e++) {
        char *value = value_of(weir_text_string(&text), 0, empty[e].field, empty[e].of);
        CU_ASSERT_PTR_NOT_NULL_FATAL(value);
        double seen = strtod(value, NULL);
        CU_ASSERT_EQUAL(isnan(seen), isnan(empty[e].number));
        CHECK_NEAR(isnan(seen) ? 0 : seen, isnan(empty[e].number) ? 0 : empty[e].number, 1e-9);
        free(value);
    }
    weir_text_fini(&text);
    weir_test_result_fini(&got);
    free(path);
}

/* A job that arrives before the first window has ended, and one that arrives in the third: by the number of the window
 * that ended last, from -1 on, they get as many instances. */
static int count_windows(void *state, const struct weir_view *view, int job, struct weir_plan *plan)
{
    struct weir_placement place = {C, 1, 1};
    for (int o = 0; o < view->jobs[job].operator_count; o++) {
        struct weir_placement list[] = {place, place, place, place};
        weir_plan_set(plan, job, o, list, (int)view->window + 2, "after %ld", view->window);
    }
    return WEIR_OK;
}

static void windows_are_counted_from_minus_one(void)
{
    static const struct weir_policy counter = {
        .abi = WEIR_POLICY_ABI, .name = "counter", .summary = "Counts.", .source = "", .job_arrives = count_windows};
    static const struct weir_policy *const counters[] = {&counter, NULL};
    struct weir_test_result got =
        weir_test_run_catalog(PLATFORM,
                              "{\"duration\": \"40s\", \"window\": \"10s\", \"workload\": {\"jobs\": ["
                              "{\"name\": \"first\", \"source\": \"s\", \"load\": {\"kind\": \"constant\", \"rate\": "
                              "\"1/s\"}, \"operators\": "
                              "[{\"name\": \"o\", \"flops\": \"1Mf\", \"max_parallelism\": 4}]},"
                              "{\"name\": \"third\", \"arrive\": \"25s\", \"source\": \"s\", \"load\": {\"kind\": "
                              "\"constant\", \"rate\": \"1/s\"}, "
                              "\"operators\": [{\"name\": \"o\", \"flops\": \"1Mf\", \"max_parallelism\": 4}]}]}}",
                              "counter", 1, counters);
    CU_ASSERT_EQUAL_FATAL(got.code, WEIR_OK);
    CHECK_NEAR(got.result.metrics.instances_mean, (1 * 40 + 3 * 15) / 40.0, 1e-9);
    weir_test_result_fini(&got);
}

/* Asks for a host that there is not. */
static int asked; /* which question; set before the child is forked */

static int ask(void *state, const struct weir_view *view, struct weir_plan *plan)
{
    int link;
    double ignored[] = {asked == 0 ? view->route_latency_s(view, S, -1) : 0,
                        asked == 1 ? view->route_latency_s(view, 6, 6) : 0,
                        asked == 2 ? view->route_bytes_per_s(view, -7, S) : 0,
                        asked == 3 ? view->route_links(view, S, 1 << 30, &link, 1) : 0,
                        asked == 4 ? view->anomalous(view, -1, 0, 1) : 0,
                        asked == 5 ? view->traffic_price(view, 6, S) : 0};
    weir_plan_note(plan, 0, "%g", ignored[asked]);
    return WEIR_OK;
}

static void hosts_that_are_not_there(void)
{
    static const struct weir_policy asker = {
        .abi = WEIR_POLICY_ABI, .name = "asker", .summary = "Asks.", .source = "", .window_ends = ask};
    static const struct weir_policy *const askers[] = {&asker, NULL};
    static const char *const wanted[] = {"view->route_latency_s for host -1; hosts are 0 to 5",
                                         "view->route_latency_s for host 6; hosts are 0 to 5",
                                         "view->route_bytes_per_s for host -7; hosts are 0 to 5",
                                         "view->route_links for host 1073741824; hosts are 0 to 5",
                                         "view->anomalous for host -1; hosts are 0 to 5",
                                         "view->traffic_price for host 6; hosts are 0 to 5"};
    for (asked = 0; asked < 6; asked++) {
        struct weir_test_result got = weir_test_run_catalog(PLATFORM, view_worlds[0].scenario, "asker", 1, askers);
        CU_ASSERT_EQUAL(got.code, WEIR_ERUN);
        CU_ASSERT(strstr(got.message, "policy asker at 10 s") != NULL && strstr(got.message, wanted[asked]) != NULL);
        weir_test_result_fini(&got);
    }
}

int main(int argc, char **argv)
{
    const struct weir_case cases[] = {{"every field has its value", every_field_has_its_value},
                                      {"every member has a row", every_member_has_a_row},
                                      {"without data", without_data},
                                      {"windows are counted from minus one", windows_are_counted_from_minus_one},
                                      {"hosts that are not there", hosts_that_are_not_there},
                                      {0}};
    return weir_test_main("engine/view", cases, argc, argv);
}
