#include "policies/learn/forecast/evaluate.h"

#include <math.h>

#include "policies/learn/forecast/catalog.h"
#include "sim/base/error.h"
#include "tests/support/test.h"

static const struct forecaster_env env = {.step_s = 60, .season_s = 120, .catalog = forecaster_catalog};

/* Values 1 2 4 | 8 16 32, the last value forecast: one step ahead it says 4 8 16, two steps ahead - 4 8. */
static void walks(void)
{
    static const double values[] = {1, 2, 4, 8, 16, 32};
    struct forecaster *made;
    struct forecaster_result result;
    struct forecaster_trial trial = {.values = values, .count = 6, .train = 3, .horizon = 2};
    CU_ASSERT_EQUAL_FATAL(forecaster_make_text(&env, "last", &made), WEIR_OK);
    CU_ASSERT_EQUAL_FATAL(forecaster_try(made, &trial, &result), WEIR_OK);
    CU_ASSERT(result.test == 3 && result.horizon == 2 && result.fits == 1);
    static const double wanted[] = {4, 8, 16, NAN, 4, 8};
    for (int i = 0; i < 6; i++)
        CU_ASSERT(result.means[i] == wanted[i] || (isnan(wanted[i]) && isnan(result.means[i])));
    /* 100/3 (4/12 + 8/24 + 16/48) = 100/3; rmse sqrt((16 + 64 + 256)/3); two ahead: (12/20 + 24/40)/2 = 60 % */
    CHECK_NEAR(result.measures[0].smape, 100. / 3, 1e-12);
    CHECK_NEAR(result.measures[0].rmse, sqrt(112), 1e-12);
    CHECK_NEAR(result.measures[0].mae, 28. / 3, 1e-12);
    CHECK_NEAR(result.measures[1].smape, 60, 1e-12);
    CU_ASSERT_EQUAL(result.measures[1].count, 2);
    /* steps 1 and 2: root mean square sqrt(2.5) = 1.58; none of the errors 4 8 16 lies in 1.96 of it */
    CHECK_NEAR(result.spreads[0], sqrt(2.5), 1e-12);
    CHECK_NEAR(result.within[0], 0, 0);
    CU_ASSERT(result.fit_s >= 0 && result.predict_s >= 0);
    forecaster_result_fini(&result);

    trial.refit = 1;
    CU_ASSERT_EQUAL_FATAL(forecaster_try(made, &trial, &result), WEIR_OK);
    CU_ASSERT_EQUAL(result.fits, 3);
    CHECK_NEAR(result.spreads[2], sqrt((1. + 4 + 16 + 64) / 4), 1e-12); /* fitted to 1 2 4 8 16 */
    forecaster_result_fini(&result);
    forecaster_free(made);
}

static void gaps(void)
{
    static const double values[] = {1, 2, 3, NAN, 5};
    struct forecaster *made;
    struct forecaster_result result;
    struct forecaster_trial trial = {.values = values, .count = 5, .train = 3, .horizon = 1};
    CU_ASSERT_EQUAL_FATAL(forecaster_make_text(&env, "last", &made), WEIR_OK);
    CU_ASSERT_EQUAL_FATAL(forecaster_try(made, &trial, &result), WEIR_OK);
    CU_ASSERT_EQUAL(result.measures[0].count, 1); /* the gap is not scored; 3 goes on over it */
    CHECK_NEAR(result.measures[0].mae, 2, 0);
    forecaster_result_fini(&result);
    forecaster_free(made);
}

static void errors(void)
{
    static const double values[] = {1, 2, 3, INFINITY, 5};
    struct forecaster *made;
    struct forecaster_result result;
    CU_ASSERT_EQUAL_FATAL(forecaster_make_text(&env, "last", &made), WEIR_OK);
    struct forecaster_trial trial = {.values = values, .count = 5, .train = 5, .horizon = 1};
    CU_ASSERT_EQUAL(forecaster_try(made, &trial, &result), WEIR_EINPUT);
    CHECK_MESSAGE("a first part of 5 values leaves nothing of 5 to forecast");
    trial.train = 3;
    trial.horizon = 3;
    CU_ASSERT_EQUAL(forecaster_try(made, &trial, &result), WEIR_EINPUT);
    CHECK_MESSAGE("a horizon of 3 steps; the part to forecast has 2 values, so it must be from 1 to 2");
    trial.horizon = 1;
    CU_ASSERT_EQUAL(forecaster_try(made, &trial, &result), WEIR_EINPUT);
    CHECK_MESSAGE("at value 4: forecaster last: the new value is infinite");
    CU_ASSERT_PTR_NULL(result.means);
    forecaster_free(made);
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {{"walks", walks}, {"gaps", gaps}, {"errors", errors}, {0}};
    return weir_test_main("learn/forecast/evaluate", cases, argc, argv);
}
