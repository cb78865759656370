/* How far reactive grows: hot keys, what can come, and what it may shrink to. */
#include "tests/policies/reactive_world.h"

/* Two hot keys share a range of 3 as of 2: 4 are next. */
static void test_ranges(void)
{
    static const struct shown busy = {0.9, 0, 0, 0};
    static const double share[] = {1, 0.6, 0.6, 0.3};
    begin("{}", 2);
    world->operators[0][0].key_groups = 4;
    world->operators[0][0].range_share = share;
    world->operators[0][0].range_share_count = 4;
    window(&busy);
    CU_ASSERT_EQUAL(window(&busy), 4);
    end();
}

/* The hottest of 3 ranges has 0.48 of the items, of 2 the half: of what 3 serve 2 serve 0.48 / 0.5 = 96 %. In a window
 * of N items that share deviates by sqrt(0.52 / (0.48 N)) of it; two deviations are 4 % for N = 2708. So the growth
 * from two of 135/s, 2700 in 10 s, to 3 that serve no more is not judged, that of two of 136/s, 2720, is. Of what 4
 * serve, with 0.3 of the items at most, 2 serve 60 %: these are judged, and if they serve no more either, the growth
 * since 2 is undone. Where 1.8 instances' worth is served, 243/s, that is not chance: 3 are to serve 135 / 0.48 =
 * 281/s, and two deviations of 2430 items are 4.2 % of it. And where 4 of 5/s, which are to serve 16.7/s, serve 12.5/s,
 * that may be chance, 27 % of 125 items, but 2 cannot serve 73 % of 16.7/s: this is judged, as worth three, which
 * serve 12.5/s. */
static void test_hidden_by_chance(void)
{
    static const double close[] = {1, 0.5, 0.48, 0.3}, apart[] = {1, 0.5, 0.4, 0.3};
    static const struct {
        const char *params;
        const double *share;
        double each, worth[4]; /* items/s that an instance serves; instances' worth that 1, 2, 3, 4 serve */
        int after[7];          /* windows: with two it grows, in 30 s from then on again */
    } rows[] = {
        {"{}", close, 135, {1, 2, 2, 3.33}, {2, 3, 3, 3, 4, 4, 4}},
        {"{}", close, 135, {1, 2, 2, 2}, {2, 3, 3, 3, 4, 4, 2}},
        {"{}", close, 136, {1, 2, 2, 2}, {2, 3, 3, 2, 2, 2, 2}},
        {"{}", close, 135, {1, 1.8, 1.8, 1.8}, {2, 3, 3, 2, 2, 2, 2}},
        {"{\"step\": 2}", apart, 5, {1, 2, 2.5, 2.5}, {2, 4, 4, 3, 3, 3, 3}},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        begin(rows[i].params, 2);
        struct weir_operator_view *a = &world->operators[0][0];
        a->key_groups = 4;
        a->range_share = rows[i].share;
        a->range_share_count = a->max_parallelism = 4;
        world->jobs[0].backlog = 1e6;
        for (int w = 0; w < 7; w++) {
            double served = rows[i].each * rows[i].worth[a->instance_count - 1];
            weir_mock_serve(world, 0, 0, served, rows[i].each);
            weir_mock_serve(world, 0, 1, 1000, 1000);
            a->busy = 0.9;
            world->jobs[0].ingress_rate = 4 * rows[i].each;
            weir_mock_step(world, &weir_policy_reactive, state);
            CU_ASSERT_EQUAL(a->instance_count, rows[i].after[w]);
        }
        end();
    }
}

/* b can have 8 instances. Measured at 20/s each, which takes 10 items in the window, they let 160/s through: two
 * instances of a serve that; its declared 100/s each would be 800/s. */
static void test_no_more_than_comes(void)
{
    for (int few = 0; few < 2; few++) {
        begin("{}", 2);
        for (int w = 1; w <= 2; w++) {
            weir_mock_serve(world, 0, 0, 180, 100);
            weir_mock_serve(world, 0, 1, few ? 0.9 : 1, 20);
            world->operators[0][1].busy = 0.5;
            weir_mock_step(world, &weir_policy_reactive, state);
        }
        CU_ASSERT_EQUAL(world->operators[0][0].instance_count, few ? 3 : 2);
        end();
    }
}

/* b lets 8 x 20 = 160/s or 8 x 23 = 184/s through, of which a is to be busy no more than `high`: 160 / 0.8 = 200/s are
 * what two instances do, 184 / 0.8 = 230/s are not, and 184 / 0.95 = 194/s are again. */
static void test_reserve_of_what_comes(void)
{
    static const struct {
        const char *params;
        double each;
        int after;
    } rows[] = {{"{}", 20, 2}, {"{}", 23, 3}, {"{\"high\": 0.95}", 23, 2}, {"{\"high\": 0.95}", 24, 3}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        begin(rows[i].params, 2);
        for (int w = 1; w <= 2; w++) {
            weir_mock_serve(world, 0, 0, 192, 100);
            weir_mock_serve(world, 0, 1, 10, rows[i].each);
            world->operators[0][0].busy = 0.96;
            world->operators[0][1].busy = 0.5;
            weir_mock_step(world, &weir_policy_reactive, state);
        }
        CU_ASSERT_EQUAL(world->operators[0][0].instance_count, rows[i].after);
        end();
    }
}

/* More than what it may shrink to are there, but no more than what it may have: it stays. */
static void test_least_that_is_there(void)
{
    static const struct shown idle = {0.05, 0, 0, 0};
    for (int least = 1; least <= 3; least++) {
        char params[80];
        snprintf(params, sizeof params, "{\"stabilization\": \"0s\", \"step\": 9, \"min_instances\": %d}", least);
        CU_ASSERT_EQUAL(after(params, 3, 5, &idle), least);
    }
    /* An operator that has fewer than the least, since somebody else placed it so, does not grow by that. */
    begin("{\"stabilization\": \"0s\", \"min_instances\": 3}", 2);
    for (int w = 0; w < 6; w++)
        CU_ASSERT_EQUAL(window(&idle), 2);
    end();
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {
        {"ranges", test_ranges},
        {"hidden_by_chance", test_hidden_by_chance},
        {"no_more_than_comes", test_no_more_than_comes},
        {"reserve_of_what_comes", test_reserve_of_what_comes},
        {"least_that_is_there", test_least_that_is_there},
        {0},
    };
    return weir_test_main("policies/reactive_reach", cases, argc, argv);
}
