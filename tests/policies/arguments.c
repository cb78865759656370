/* Public functions with arguments that make no sense: nothing happens, or a refusal says what is wrong. Never a signal,
 * and never for ever. */
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/base/random.h"
#include "tests/support/test.h"
#include "tests/support/view.h"

static const int strange[] = {INT_MIN, -2, -1, 3, 99, INT_MAX};
#define STRANGE (int)(sizeof strange / sizeof *strange)

static struct weir_mock *world;
static struct weir_plan *plan;

/* One job of two operators on two hosts, without limits of slots. */
static void begin(void)
{
    world = weir_mock_new();
    weir_mock_host(world, "edge-0", "north", WEIR_VIEW_EDGE, 2, 0);
    weir_mock_host(world, "cloud-0", "far", WEIR_VIEW_CLOUD, 8, 0);
    weir_mock_job(world, "stream", 0);
    weir_mock_operator(world, 0, "a", 1e6);
    weir_mock_operator(world, 0, "b", 1e6);
    weir_mock_deploy(world, 0, 0, 0);
    weir_mock_deploy(world, 0, 1, 1);
    plan = weir_plan_new(weir_mock_view(world));
    weir_plan_author(plan, "strange");
}

static void end(void)
{
    weir_plan_free(plan);
    free(world);
}

static int changes(void)
{
    int count;
    weir_plan_changes(plan, &count);
    return count;
}

/* What the check says of the only change; "" if there is none, or it is allowed. */
static const char *refusal(void)
{
    int count;
    weir_plan_check(plan);
    const struct weir_plan_change *all = weir_plan_changes(plan, &count);
    return count == 1 && all->refusal ? all->refusal : "";
}

static void jobs_and_operators_that_are_not(void)
{
    begin();
    const struct weir_placement wish = {.host = 1, .weight = 1, .cpu_share = 1};
    const double *per_s = &(double){1};
    for (int i = 0; i < STRANGE; i++)
        for (int k = -1; k < STRANGE; k++) {
            int job = strange[i], op = k < 0 ? 0 : strange[k], count = 7;
            CU_ASSERT_PTR_NULL(weir_plan_get(plan, job, op, &count));
            CU_ASSERT_EQUAL(count, 0);
            weir_plan_set(plan, job, op, &wish, 1, "why");
            weir_plan_scale(plan, job, op, 2, "why");
            weir_plan_move(plan, job, op, 1, "why");
            weir_plan_rate(plan, job, op, -1, 1e6, "why");
            if (strange[i] != -1) /* the source */
                weir_plan_rate(plan, 0, strange[i], op, 1e6, "why");
            CU_ASSERT_EQUAL(weir_plan_rate_get(plan, job, op, 1), 0);
            weir_plan_foresee(plan, job, op, &(double){1}, 1);
            CU_ASSERT_EQUAL(weir_plan_foreseen(plan, job, op, &per_s), 0);
            CU_ASSERT_PTR_NULL(per_s);
        }
    CU_ASSERT_EQUAL(changes(), 0);
    int rates;
    weir_plan_rates(plan, &rates);
    CU_ASSERT_EQUAL(rates, 0);
    for (int i = 0; i < STRANGE; i++)
        CU_ASSERT_EQUAL(weir_plan_free_slots(plan, strange[i]), 0);
    end();
}

static void wishes_that_cannot_be(void)
{
    for (int i = 0; i < STRANGE; i++) { /* hosts that are not */
        begin();
        weir_plan_move(plan, 0, 0, strange[i], "why");
        char said[64];
        snprintf(said, sizeof said, "host %d does not exist", strange[i]);
        CU_ASSERT_STRING_EQUAL(refusal(), said);
        end();
    }
    begin();
    weir_plan_set(plan, 0, 0, NULL, 3, "why");
    CU_ASSERT_STRING_EQUAL(refusal(), "host -1 does not exist");
    weir_plan_set(plan, 0, 0, NULL, INT_MIN, "why");
    CU_ASSERT_STRING_EQUAL(refusal(), "no instances");
    weir_plan_scale(plan, 0, 0, INT_MIN, "why");
    CU_ASSERT_STRING_EQUAL(refusal(), "no instances");
    weir_plan_scale(plan, 0, 0, INT_MAX, "why"); /* of two thousand million instances no list is made */
    CU_ASSERT_PTR_NOT_NULL(strstr(refusal(), " instances, at most 8 are allowed"));
    weir_plan_scale(plan, 0, 0, 9, "why");
    CU_ASSERT_STRING_EQUAL(refusal(), "9 instances, at most 8 are allowed");
    weir_plan_rate(plan, 0, 0, 1, -1, "why");
    weir_plan_rate(plan, 0, 0, 1, 0, "why");
    end();
}

static void nothing_where_something_should_be(void)
{
    begin();
    CU_ASSERT_PTR_NOT_NULL(weir_plan_get(plan, 0, 0, NULL));
    weir_plan_warn(plan, INT_MAX, NULL);
    weir_plan_note(plan, INT_MIN, NULL);
    int count;
    CU_ASSERT_STRING_EQUAL(weir_plan_warnings(plan, &count)->why, "");
    CU_ASSERT_EQUAL(count, 2);
    weir_plan_scale(plan, 0, 0, 2, NULL);
    CU_ASSERT_STRING_EQUAL(weir_plan_changes(plan, &count)->why, "");
    weir_plan_foresee(plan, 0, 0, NULL, 3);
    weir_plan_foresee(plan, 0, 0, &(double){1}, 0);
    weir_plan_foresee(plan, 0, 0, &(double){NAN}, 1);
    weir_plan_foresee(plan, 0, 0, &(double){-1}, 1);
    CU_ASSERT_EQUAL(weir_plan_foreseen(plan, 0, 0, NULL), 0);
    weir_plan_foresee(plan, 0, 0, &(double){1}, 1);
    CU_ASSERT_EQUAL(weir_plan_foreseen(plan, 0, 0, NULL), 1);
    const double none[] = {NAN, INFINITY, -INFINITY, -1, 0};
    for (int i = 0; i < 5; i++)
        weir_plan_work(plan, none[i]);
    CU_ASSERT_EQUAL(weir_plan_flops(plan), 0);
    end();
}

/* The base that policies have of weir. */
static void draws_and_quantities(void)
{
    struct weir_stream stream = weir_stream_at(1, 0);
    CU_ASSERT_EQUAL(weir_stream_below(&stream, 0), 0);
    const double bad[] = {NAN, 0, -1, -INFINITY};
    for (int i = 0; i < 4; i++)
        CU_ASSERT(isnan(weir_stream_gamma(&stream, bad[i], 1)));
    for (int s = -1; s <= WEIR_SPREAD_COUNT; s++)
        for (int i = 0; i < 4; i++) {
            weir_draw(&(struct weir_distribution){1, bad[i], (enum weir_spread)s}, &stream);
            weir_draw(&(struct weir_distribution){bad[i], 0.3, (enum weir_spread)s}, &stream);
        }
    CU_ASSERT(isnan(weir_draw(&(struct weir_distribution){1, 0.6, WEIR_SPREAD_NORMAL}, &stream)));
    double value = 4;
    char text[32];
    CU_ASSERT_EQUAL(weir_quantity_parse(WEIR_UNIT_TIME, NULL, &value), WEIR_EINPUT);
    CU_ASSERT_STRING_EQUAL(weir_error_message(), "no text is given where a time is wanted");
    CU_ASSERT_EQUAL(weir_quantity_parse((enum weir_unit)99, "3s", &value), WEIR_EINPUT);
    CU_ASSERT_EQUAL(weir_quantity_parse(WEIR_UNIT_TIME, "", &value), WEIR_EINPUT);
    CHECK_NEAR(value, 4, 0);
    CU_ASSERT_STRING_EQUAL(weir_quantity_show((enum weir_unit)99, 1.5, text, sizeof text), "1.5");
    CU_ASSERT_STRING_EQUAL(weir_quantity_show(WEIR_UNIT_TIME, NAN, text, sizeof text), "nan s");
    CU_ASSERT_STRING_EQUAL(weir_unit_symbol((enum weir_unit)99), "");
    CU_ASSERT_STRING_EQUAL(weir_unit_describe((enum weir_unit)99), weir_unit_describe(WEIR_UNIT_NONE));
    weir_error_clear();
}

int main(int argc, char **argv)
{
    const struct weir_case cases[] = {{"jobs and operators that are not", jobs_and_operators_that_are_not},
                                      {"wishes that cannot be", wishes_that_cannot_be},
                                      {"nothing where something should be", nothing_where_something_should_be},
                                      {"draws and quantities", draws_and_quantities},
                                      {0}};
    return weir_test_main("policies/arguments", cases, argc, argv);
}
