#include "policies/learn/series/scale.h"

#include <math.h>

#include "tests/support/test.h"

static void scales(void)
{
    static const double values[] = {2, 4, 4, 4, 5, 5, 7, 9}; /* mean 5, variance (9+1+1+1+0+0+4+16)/8 = 4 */
    struct series_scale scale = series_scale_min_max(values, 8);
    CHECK_NEAR(series_scale_to(&scale, 2), 0, 0);
    CHECK_NEAR(series_scale_to(&scale, 9), 1, 0);
    CHECK_NEAR(series_scale_from(&scale, series_scale_to(&scale, 5)), 5, 1e-15);
    scale = series_scale_standard(values, 8);
    CHECK_NEAR(scale.offset, 5, 1e-15);
    CHECK_NEAR(scale.factor, 2, 1e-15);
    CHECK_NEAR(series_scale_to(&scale, 9), 2, 1e-15);
}

static void constant(void)
{
    static const double values[] = {3, 3, 3};
    struct series_scale scales[] = {series_scale_min_max(values, 3), series_scale_standard(values, 3),
                                    series_scale_min_max(values, 1), series_scale_standard(values, 1)};
    for (int i = 0; i < 4; i++) {
        CHECK_NEAR(series_scale_to(&scales[i], 3), 0, 0);
        CHECK_NEAR(series_scale_from(&scales[i], 0), 3, 0);
        CU_ASSERT(isfinite(series_scale_to(&scales[i], 4)));
    }
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {{"scales", scales}, {"constant", constant}, {0}};
    return weir_test_main("learn/series/scale", cases, argc, argv);
}
