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
        {"no_more_than_comes", test_no_more_than_comes},
        {"reserve_of_what_comes", test_reserve_of_what_comes},
        {"least_that_is_there", test_least_that_is_there},
        {0},
    };
    return weir_test_main("policies/reactive_reach", cases, argc, argv);
}
