/* A run that cannot go on ends with an error that names who waits; one that merely waits for time to pass does not.
 * weir has no known way to stall, so a policy of the test reaches behind its view and breaks the world. */
#include <stdlib.h>
#include <string.h>

#include "policies/catalog.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/engine/control/controller.h"
#include "tests/support/run.h"
#include "tests/support/test.h"

#define PLATFORM "tests/input/valid/two-tier.xml"

/* 100/s; a on edge2 takes 2 ms, b on cloud4 3 ms. */
#define JOB(more, b)                                                                                                   \
    "{\"platform\": \"\", \"duration\": \"60s\", \"window\": \"5s\", \"items_per_batch\": 1," more                     \
    " \"workload\": {\"jobs\": [{\"name\": \"j\", \"source\": {\"host\": \"edge\"}, \"source_bytes\": \"1kB\","        \
    "  \"load\": {\"kind\": \"constant\", \"rate\": \"100/s\"},"                                                       \
    "  \"operators\": [{\"name\": \"a\", \"flops\": \"2Mf\", \"bytes\": \"1kB\", \"placement\": {\"host\": "           \
    "\"edge2\"}},"                                                                                                     \
    "   {\"name\": \"b\", \"flops\": \"3Mf\", \"placement\": {\"host\": \"cloud4\"}" b "}]}]}}"

/* The operator b, at the end of the second window; else NULL. */
static struct weir_op *op_b(const struct weir_view *view)
{
    const struct weir_controller *controller = view->engine;
    return view->window == 1 ? &controller->flow->jobs[0].ops[1] : NULL;
}

/* The input of b takes nothing any more. */
static int close_input(void *state, const struct weir_view *view, struct weir_plan *plan)
{
    struct weir_op *b = op_b(view);
    if (b)
        b->routes[0]->room[0].capacity = b->routes[0]->room[0].limit = 0;
    return WEIR_OK;
}

/* The gate of b is shut, and nobody is there to open it. */
static int shut_gate(void *state, const struct weir_view *view, struct weir_plan *plan)
{
    struct weir_op *b = op_b(view);
    if (b)
        weir_op_pause(b);
    return WEIR_OK;
}

/* The same, while a loses its only instance: what waits for that is excused, what its last one holds for b is not. */
static int shut_gate_behind_none(void *state, const struct weir_view *view, struct weir_plan *plan)
{
    if (op_b(view))
        weir_plan_set(plan, 0, 0, NULL, 0, "nobody");
    return shut_gate(state, view, plan);
}

/* Something that happens again and again at one date. */
struct spinner {
    struct weir_soon soon;
    struct weir_clock *clock;
};

static void spin(struct weir_soon *soon)
{
    weir_soon(WEIR_RECORD(soon, struct spinner, soon)->clock, soon);
}

static int go_round(void *state, const struct weir_view *view, struct weir_plan *plan)
{
    static struct spinner spinner = {.soon = {.ring = spin}};
    const struct weir_controller *controller = view->engine;
    controller->clock->rung_at_most = 1000; /* far fewer than in a second, but time passes between them */
    spinner.clock = controller->clock;
    if (op_b(view))
        weir_soon(controller->clock, &spinner.soon);
    return WEIR_OK;
}

#define SABOTEUR(id, hook)                                                                                             \
    static const struct weir_policy id = {                                                                             \
        .abi = WEIR_POLICY_ABI, .name = #id, .summary = "Breaks the world.", .source = "", .window_ends = hook}
SABOTEUR(closes, close_input);
SABOTEUR(shuts, shut_gate);
SABOTEUR(turns, go_round);
SABOTEUR(none, shut_gate_behind_none);
static const struct weir_policy *const saboteurs[] = {&closes, &shuts, &turns, &none, NULL};

static void a_stalled_run_names_who_waits(void)
{
    static const struct {
        const char *policy, *says;
    } cases[] = {
        {"closes", "job j stands still at 30 s"},
        {"closes", "senders wait for room at an input of b on cloud4, which holds 0 of 0 items"},
        {"closes", "connection edge2 -> b on cloud4"},
        {"closes", "one that came waits for room"},
        {"closes", "instance 0 of a on edge2 waits to send on"},
        {"closes", "the source on edge waits to send; "}, /* which is named first */
        {"shuts", "1 senders wait to enter b, which is paused for a change"},
    };
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        struct weir_test_result got =
            weir_test_run_catalog(PLATFORM, JOB("", ", \"capacity\": 4}, {\"name\": \"c\", \"flops\": \"1kf\""),
                                  cases[c].policy, 1, saboteurs);
        CU_ASSERT_EQUAL(got.code, WEIR_EENGINE);
        if (!strstr(got.message, cases[c].says))
            printf("\n    wanted: %s\n    got: %s\n", cases[c].says, got.message);
        CU_ASSERT_PTR_NOT_NULL(strstr(got.message, cases[c].says));
        CU_ASSERT_PTR_NULL(strstr(got.message, "rests though items wait"));
        CU_ASSERT_PTR_NULL(strstr(got.message, "(; "));
        weir_test_result_fini(&got);
    }
}

static void turns_without_time_end_the_run(void)
{
    struct weir_test_result got = weir_test_run_catalog(PLATFORM, JOB("", ""), "turns", 1, saboteurs);
    CU_ASSERT_EQUAL(got.code, WEIR_EENGINE);
    CU_ASSERT_PTR_NOT_NULL(
        strstr(got.message, "the run does not get on at 10 s: 1000 events have come without time passing (job j: "));
    weir_test_result_fini(&got);
}

static void without_an_instance_others_are_watched(void)
{
    static const char world[] =
        "{\"platform\": \"\", \"duration\": \"60s\", \"window\": \"5s\", \"items_per_batch\": 1, \"workload\": "
        "{\"jobs\": [{"
        "\"name\": \"j\", \"source\": \"edge\", \"load\": {\"kind\": \"constant\", \"rate\": \"100/s\"}, "
        "\"operators\": ["
        "{\"name\": \"a\", \"flops\": \"15Mf\", \"min_instances\": 0}, {\"name\": \"b\", \"flops\": \"1Mf\"}]}]}}";
    struct weir_test_result got = weir_test_run_catalog(PLATFORM, world, "none", 1, saboteurs);
    CU_ASSERT_EQUAL(got.code, WEIR_EENGINE);
    CU_ASSERT_PTR_NOT_NULL(strstr(got.message, "job j stands still at 20 s: "));
    CU_ASSERT_PTR_NOT_NULL(strstr(got.message, "1 senders wait to enter b, which is paused for a change"));
    weir_test_result_fini(&got);
}

/* Items stand inside for many windows, but time may help them. */
static void an_idle_run_goes_on(void)
{
    static const char *const idle[] = {
        /* b waits for its host, which never comes back; a's results wait for b */
        JOB("\"faults\": [{\"host\": \"cloud4\", \"at\": \"12s\"}], \"recovery\": {\"place\": \"wait\"},", ""),
        /* noticed only after several windows */
        JOB("\"faults\": [{\"host\": \"cloud4\", \"at\": \"12s\"}], \"recovery\": {\"detect\": \"30s\"},", ""),
        /* the way to b is cut for good */
        JOB("\"faults\": [{\"link\": \"backhaul\", \"at\": \"12s\"}],", ""),
        /* an item takes 40 s, the next wait for it */
        JOB("", "}, {\"name\": \"c\", \"flops\": \"40Gf\", \"placement\": {\"host\": \"cloud4\"}"),
        /* a window of 30 s: nothing comes out before */
        JOB("", ", \"window\": \"30s\""),
    };
    for (size_t c = 0; c < sizeof idle / sizeof *idle; c++) {
        struct weir_test_result got = weir_test_run(PLATFORM, idle[c], "static", 1);
        if (got.code != WEIR_OK)
            printf("case %zu: %s\n", c, got.message);
        CU_ASSERT_EQUAL(got.code, WEIR_OK);
        weir_test_result_fini(&got);
    }
}

/* What moves slower than a byte in the 60 s of the run never ends; what moves faster is let alone. */
static void a_transfer_that_never_ends(void)
{
    static const struct {
        const char *factor;
        int code;
    } cases[] = {{"2e-9", WEIR_OK}, {"1e-9", WEIR_EENGINE}}; /* of 12.5 MB/s: 1.5 and 0.75 bytes a minute */
    for (int c = 0; c < 2; c++) {
        char *text = weir_format(JOB("\"simgrid\": {\"unsafe\": true, \"network/bandwidth-factor\": \"%s\"},", ""),
                                 cases[c].factor);
        struct weir_test_result got = weir_test_run_catalog(PLATFORM, text, "static", 1, weir_catalog);
        CU_ASSERT_EQUAL(got.code, cases[c].code);
        if (got.code != cases[c].code)
            printf("\n    %s: %s\n", cases[c].factor, got.message);
        free(text);
        weir_test_result_fini(&got);
    }
}

int main(int argc, char **argv)
{
    const struct weir_case cases[] = {
        {"a stalled run names who waits", a_stalled_run_names_who_waits},
        {"turns without time end the run", turns_without_time_end_the_run},
        {"without an instance others are watched", without_an_instance_others_are_watched},
        {"an idle run goes on, many items", an_idle_run_goes_on},
        {"a transfer that never ends", a_transfer_that_never_ends},
        {0},
    };
    return weir_test_main("engine/watchdog", cases, argc, argv);
}
