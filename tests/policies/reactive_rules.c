/* The rules of reactive on defaults, at both sides of each of its bounds, by hand. */
#include "tests/policies/reactive_world.h"

/* Two windows: busy above 0.8; or not itself blocked above 0.1, and the source blocked above 0.1 while busy above 0.3,
 * or more than 5 s of work waiting. */
static void test_grows(void)
{
    static const struct {
        struct shown shown;
        int before, after;
    } rows[] = {
        {{0.80, 0, 0, 0}, 1, 1},      {{0.81, 0, 0, 0}, 1, 2},     {{0.81, 0, 0.5, 0}, 1, 2},
        {{0.5, 0, 0, 0.10}, 1, 1},    {{0.5, 0, 0, 0.11}, 1, 2},   {{0.5, 0, 0.10, 0.11}, 1, 2},
        {{0.5, 0, 0.11, 0.11}, 1, 1}, {{0.30, 0, 0, 0.5}, 1, 1},   {{0.31, 0, 0, 0.5}, 1, 2},
        {{0.5, 500, 0, 0}, 1, 1},     {{0.5, 501, 0, 0}, 1, 2},    {{0.5, 1000, 0, 0}, 2, 2},
        {{0.5, 1001, 0, 0}, 2, 3},    {{0.5, 501, 0.10, 0}, 1, 2}, {{0.5, 501, 0.11, 0}, 1, 1},
        {{0.81, 0, 0, 0}, 7, 8},      {{0.81, 0, 0, 0}, 8, 8},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        CU_ASSERT_EQUAL(after("{}", rows[i].before, 2, &rows[i].shown), rows[i].after);
    static const struct shown stuck = {0.5, 1, 0, 0}; /* waits for ever where nothing is served */
    begin("{}", 1);
    for (int w = 0; w < 2; w++) {
        weir_mock_serve(world, 0, 1, 100, 100);
        world->operators[0][0].queued = stuck.queued;
        weir_mock_step(world, &weir_policy_reactive, state);
    }
    CU_ASSERT_EQUAL(world->operators[0][0].instance_count, 2);
    end();
}

/* Five windows: busy below 0.3 and below 0.8 of what would be left; nobody blocked above 0.1; at most 0.5 s of work
 * waits. */
static void test_shrinks(void)
{
    static const struct {
        struct shown shown;
        const char *more;
        int before, after;
    } rows[] = {
        {{0.30, 0, 0, 0}, "", 2, 2},
        {{0.29, 0, 0, 0}, "", 2, 1},
        {{0.29, 0, 0, 0}, "", 1, 1},
        {{0.20, 0, 0, 0}, ", \"step\": 3", 4, 4}, /* 0.8 of the one that would be left */
        {{0.19, 0, 0, 0}, ", \"step\": 3", 4, 1},
        {{0.19, 0, 0, 0}, ", \"step\": 2", 4, 2},
        {{0.10, 0, 0, 0}, ", \"step\": 9", 4, 1},
        {{0.25, 0, 0, 0}, ", \"step\": 6", 8, 8}, /* 2 of the 1.6 that would be left */
        {{0.19, 0, 0, 0}, ", \"step\": 6", 8, 2},
        {{0.10, 0, 0, 0}, ", \"step\": 9, \"min_instances\": 2", 4, 2},
        {{0.26, 0, 0, 0}, ", \"step\": 9, \"min_instances\": 2", 6, 2}, /* 1.56 < 1.6 */
        {{0.27, 0, 0, 0}, ", \"step\": 9, \"min_instances\": 2", 6, 6},
        {{0.10, 0, 0, 0}, ", \"min_instances\": 2", 2, 2},
        {{0.10, 0, 0, 0}, ", \"max_instances\": 8", 3, 2},
        {{0.10, 0, 0, 0}, ", \"max_instances\": 8, \"min_instances\": 2", 6, 5},
        {{0.10, 100, 0, 0}, "", 2, 1},
        {{0.10, 101, 0, 0}, "", 2, 2},
        {{0.10, 0, 0.10, 0}, "", 2, 1},
        {{0.10, 0, 0.11, 0}, "", 2, 2},
        {{0.10, 0, 0, 0.10}, "", 2, 1},
        {{0.10, 0, 0, 0.11}, "", 2, 2},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char params[160];
        snprintf(params, sizeof params, "{\"stabilization\": \"0s\"%s}", rows[i].more);
        CU_ASSERT_EQUAL(after(params, rows[i].before, 5, &rows[i].shown), rows[i].after);
    }
}

/* Each parameter moves its own bound: two instances, and how many there are after the windows. */
static void test_parameters(void)
{
    static const struct {
        const char *params;
        struct shown shown;
        int windows, after;
    } rows[] = {
        {"{\"high\": 0.9}", {0.85, 0, 0, 0}, 2, 2},
        {"{\"high\": 0.9}", {0.91, 0, 0, 0}, 2, 3},
        {"{\"low\": 0.2, \"stabilization\": \"0s\"}", {0.2, 0, 0, 0}, 5, 2},
        {"{\"low\": 0.2, \"stabilization\": \"0s\"}", {0.19, 0, 0, 0}, 5, 1},
        {"{\"low\": 0.6}", {0.5, 0, 0, 0.5}, 2, 2},
        {"{\"blocked\": 0.4}", {0.5, 0, 0, 0.4}, 2, 2},
        {"{\"blocked\": 0.4}", {0.5, 0, 0, 0.41}, 2, 3},
        {"{\"backlog\": \"8s\"}", {0.5, 1600, 0, 0}, 2, 2},
        {"{\"backlog\": \"8s\"}", {0.5, 1601, 0, 0}, 2, 3},
        {"{\"for_windows\": 4}", {0.9, 0, 0, 0}, 4, 3},
        {"{\"down_windows\": 3, \"stabilization\": \"0s\"}", {0.1, 0, 0, 0}, 3, 1},
        {"{\"stabilization\": \"70s\"}", {0.1, 0, 0, 0}, 8, 1},
        {"{}", {0.1, 0, 0, 0}, 13, 1}, /* two minutes after the first, which counts as if 2 had been asked for, too */
        {"{\"step\": 3}", {0.9, 0, 0, 0}, 2, 5},
        {"{\"step\": 9}", {0.9, 0, 0, 0}, 2, 8},
        {"{\"step\": 9, \"max_instances\": 4}", {0.9, 0, 0, 0}, 2, 4},
        {"{\"max_instances\": 2}", {0.9, 0, 0, 0}, 3, 2},
        {"{\"max_instances\": 1}", {0.9, 0, 0, 0}, 3, 2},
        {"{\"max_instances\": 9}", {0.9, 0, 0, 0}, 2, 3},
        {"{\"min_instances\": 3, \"max_instances\": 3}", {0.9, 0, 0, 0}, 2, 3},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        CU_ASSERT_EQUAL(after(rows[i].params, 2, rows[i].windows, &rows[i].shown), rows[i].after);
}

/* Growth at 20 s and, 30 s later, at 50 s. 3 -> 2 at 130 s, and 2 -> 1 when 2 were asked for 120 s ago: at 250 s. */
static void test_times(void)
{
    static const struct shown busy = {0.9, 0, 0, 0}, idle = {0.1, 0, 0, 0};
    begin("{}", 1);
    for (int w = 1; w <= 8; w++)
        CU_ASSERT_EQUAL(window(&busy), w < 2 ? 1 : w < 5 ? 2 : w < 8 ? 3 : 4);
    end();
    begin("{\"cooldown\": \"50s\"}", 1);
    for (int w = 1; w <= 7; w++)
        CU_ASSERT_EQUAL(window(&busy), w < 2 ? 1 : w < 7 ? 2 : 3);
    end();
    begin("{\"stabilization\": \"0s\", \"down_windows\": 1}", 1); /* 30 s after it has grown, too */
    for (int w = 1; w <= 5; w++)
        CU_ASSERT_EQUAL(window(w < 3 ? &busy : &idle), w < 2 || w == 5 ? 1 : 2);
    end();
    begin("{}", 3);
    for (int w = 1; w <= 26; w++)
        CU_ASSERT_EQUAL(window(&idle), w < 13 ? 3 : w < 25 ? 2 : 1);
    end();
}

/* The worst of what feeds it counts: b behind the source and a. */
static void test_upstream(void)
{
    begin("{}", 1);
    struct weir_operator_view *b = &world->operators[0][1];
    world->upstream[0][1][0] = 0;
    world->upstream[0][1][1] = -1;
    b->upstream_count = 2;
    b->instance_count = 1;
    static const struct shown a = {0.2, 0, 0.05, 0.2}, both = {0.2, 0, 0.2, 0.05};
    window(&a);
    window(&a);
    CU_ASSERT_EQUAL(b->instance_count, 2); /* the source is blocked; a is not busy enough to be the cause */
    CU_ASSERT_EQUAL(world->operators[0][0].instance_count, 1);
    window(&both);
    window(&both);
    window(&both);
    CU_ASSERT_EQUAL(b->instance_count, 3);
    end();
}

/* 600 items pile up while a stands still for a change with state; as they get fewer, nothing grows. As soon as they do
 * not, 590 are 5.9 s of work. */
static void test_catches_up(void)
{
    static const double waits[] = {0, 600, 595, 592, 590, 590, 590};
    begin("{}", 1);
    world->operators[0][0].stateful = true;
    for (int w = 0; w < 7; w++) {
        world->operators[0][0].changing = w == 0;
        struct shown shown = {0.5, waits[w], 0, 0};
        CU_ASSERT_EQUAL(window(&shown), w < 6 ? 1 : 2); /* the fourth and fifth that ask: 60, 70 s */
    }
    end();
}

/* A window at whose end a change with state has just ended is not judged; one without state is. */
static void test_pauses(void)
{
    static const struct shown busy = {0.9, 0, 0, 0};
    for (int stateful = 0; stateful < 2; stateful++) {
        begin("{}", 1);
        world->operators[0][0].stateful = stateful;
        for (int w = 1; w <= 4; w++) {
            world->operators[0][0].changing = w == 1;
            CU_ASSERT_EQUAL(window(&busy), w < 3 + stateful ? 1 : 2);
        }
        end();
    }
}

/* Jobs that do not run are left alone; those that depart are forgotten; without room nothing is asked for. */
static void test_jobs(void)
{
    static const struct shown busy = {0.9, 0, 0, 0};
    begin("{}", 1);
    weir_mock_job(world, "other", 0);
    weir_mock_operator(world, 1, "c", 1e7);
    weir_mock_deploy(world, 1, 0, 0);
    weir_mock_job(world, "bare", 0);
    world->jobs[0].running = false;
    for (int w = 1; w <= 4; w++) {
        weir_mock_serve(world, 1, 0, 95 * world->operators[1][0].instance_count, 100);
        CU_ASSERT_EQUAL(window(&busy), 1);
        CU_ASSERT_EQUAL(world->operators[1][0].instance_count, w < 2 ? 1 : w < 4 ? 2 : 3);
        if (w == 2)
            weir_policy_reactive.job_departs(state, &world->view, 1); /* and its cool-down with it */
    }
    end();
    begin("{}", 1);
    world->hosts[0].slots = 3;
    for (int w = 1; w <= 3; w++)
        CU_ASSERT_EQUAL(window(&busy), 1);
    world->hosts[0].slots = 4; /* of which two windows ask for one */
    CU_ASSERT_EQUAL(window(&busy), 1);
    CU_ASSERT_EQUAL(window(&busy), 2);
    end();
}

/* 1000/s come and 100/s are sent on, with one as with two instances: grown at 20 s, which is first seen whole at 40 s,
 * undone, and not tried again for 600 s, and then by two windows; with "remember" at a minute, or without. */
static void test_brings_nothing(void)
{
    static const struct {
        const char *params;
        int undone, again;
    } rows[] = {{"{}", 4, 65}, {"{\"remember\": \"1min\"}", 4, 11}, {"{\"remember\": \"0s\"}", 99, 99}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        begin(rows[i].params, 1);
        world->operators[0][0].max_parallelism = 2;
        for (int w = 1; w <= 65; w++) {
            struct weir_operator_view *a = &world->operators[0][0];
            weir_mock_serve(world, 0, 0, 1000, 100);
            a->processed_rate = world->jobs[0].emitted_rate = 100;
            world->jobs[0].ingress_rate = 1000;
            world->jobs[0].backlog = 9000;
            weir_mock_step(world, &weir_policy_reactive, state);
            if (w < 13 || w >= 64)
                CU_ASSERT_EQUAL(a->instance_count, 1 + (w >= 2 && (w < rows[i].undone || w >= rows[i].again)));
            if (w == 12 && rows[i].again == 11)
                break; /* then it is judged again */
        }
        end();
    }
}

/* The numbers of the reason of a change of a, after windows that show this. */
static void check_told(const char *params, int k, int windows, const struct shown *shown, const char *format,
                       const double *wanted, int numbers)
{
    double got[6] = {0};
    begin(params, k);
    for (int w = 1; w < windows; w++)
        window(shown);
    struct weir_operator_view *a = &world->operators[0][0];
    world->view.time_s += 10;
    struct weir_plan *plan = weir_plan_new(weir_mock_view(world));
    weir_policy_reactive.window_ends(state, &world->view, plan);
    int count;
    const struct weir_plan_change *changes = weir_plan_changes(plan, &count);
    CU_ASSERT_EQUAL(count, 1);
    CU_ASSERT_EQUAL(a->instance_count, k);
    if (count == 1)
        CU_ASSERT_EQUAL(sscanf(changes[0].why, format, &got[0], &got[1], &got[2], &got[3], &got[4], &got[5]), numbers);
    for (int i = 0; i < numbers; i++)
        CHECK_NEAR(got[i], wanted[i], 0.006);
    weir_plan_free(plan);
    end();
}

static void test_told(void)
{
    static const struct shown busy = {0.93, 0, 0, 0}, stuck = {0.5, 0, 0, 0.25}, waits = {0.5, 1300, 0, 0},
                              idle = {0.12, 0, 0, 0};
    static const double of_busy[] = {0.93, 0.8, 2, 3}, of_stuck[] = {0.25, 0.1, 0.5, 2, 3},
                        of_waits[] = {1300, 6.5, 5, 2, 3}, of_idle[] = {0.12, 0.3, 5, 2};
    check_told("{}", 2, 2, &busy, "busy %lf > %lf for %lf windows: %lf instances", of_busy, 4);
    check_told("{}", 2, 2, &stuck, "upstream blocked %lf > %lf, busy %lf for %lf windows: %lf instances", of_stuck, 5);
    check_told("{}", 2, 2, &waits, "%lf items wait, %lf s of work > %lf s for %lf windows: %lf instances", of_waits, 5);
    check_told("{\"stabilization\": \"0s\"}", 3, 5, &idle, "busy %lf < %lf for %lf windows: %lf instances", of_idle, 4);
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {
        {"grows", test_grows},
        {"shrinks", test_shrinks},
        {"parameters", test_parameters},
        {"times", test_times},
        {"upstream", test_upstream},
        {"catches_up", test_catches_up},
        {"pauses", test_pauses},
        {"jobs", test_jobs},
        {"told", test_told},
        {"brings_nothing", test_brings_nothing},
        {0},
    };
    return weir_test_main("policies/reactive_rules", cases, argc, argv);
}
