#include "policies/learn/series/metrics.h"

#include <math.h>

#include "tests/support/test.h"

static void measures(void)
{
    /* errors f - y: 10, -10, 0; shares 10/210, 10/390, 0; values' mean 600/3 = 200, spread 100^2 + 0 + 100^2. */
    static const double values[] = {100, 200, 300}, forecasts[] = {110, 190, 300};
    struct series_metrics got = series_measure(values, forecasts, 3);
    double share = (10. / 210 + 10. / 390) / 3;
    CU_ASSERT_EQUAL(got.count, 3);
    CHECK_NEAR(got.smape, 100 * share, 1e-12);
    CHECK_NEAR(got.smape_doubled, 200 * share, 1e-12);
    CHECK_NEAR(got.rmse, sqrt(200. / 3), 1e-12);
    CHECK_NEAR(got.mae, 20. / 3, 1e-12);
    CHECK_NEAR(got.nrmse, sqrt(200. / 20000), 1e-12);
    CHECK_NEAR(got.bias, 0, 1e-12);
    CHECK_NEAR(series_smape(values, forecasts, 3), 100 * share, 1e-12);
}

static void gaps_and_zeros(void)
{
    static const double values[] = {NAN, 0, 5, 7}, forecasts[] = {1, 0, 5, NAN};
    struct series_metrics got = series_measure(values, forecasts, 4);
    CU_ASSERT_EQUAL(got.count, 2);
    CHECK_NEAR(got.smape, 0, 0);
    CHECK_NEAR(got.rmse, 0, 0);
    CHECK_NEAR(got.nrmse, 0, 0); /* 0 over (2.5^2 + 2.5^2) */
    got = series_measure(values, forecasts, 1);
    CU_ASSERT_EQUAL(got.count, 0);
    CU_ASSERT(isnan(got.smape) && isnan(got.rmse) && isnan(got.mae) && isnan(got.nrmse));
    got = series_measure((double[]){4, 4}, (double[]){5, 3}, 2);
    CU_ASSERT(isnan(got.nrmse)); /* a constant has no spread to compare with */
    CHECK_NEAR(got.rmse, 1, 0);
    got = series_measure((double[]){0}, (double[]){3}, 1);
    CHECK_NEAR(got.smape, 100, 0); /* its most */
    CHECK_NEAR(got.smape_doubled, 200, 0);
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {{"measures", measures}, {"gaps and zeros", gaps_and_zeros}, {0}};
    return weir_test_main("learn/series/metrics", cases, argc, argv);
}
