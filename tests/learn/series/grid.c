#include "policies/learn/series/grid.h"

#include <math.h>

#include "sim/base/error.h"
#include "tests/support/test.h"

static void places(void)
{
    struct series_grid grid;
    /* steps 10 10 30 10: the median is 10; two places are empty */
    CU_ASSERT_EQUAL(series_grid_make((double[]){5, 15, 25, 55, 65}, (double[]){1, 2, 3, 4, 5}, 5, 0, &grid), WEIR_OK);
    CHECK_NEAR(grid.step_s, 10, 0);
    CU_ASSERT_EQUAL(grid.count, 7);
    CU_ASSERT_EQUAL(grid.gaps, 2);
    CU_ASSERT(grid.values[2] == 3 && isnan(grid.values[3]) && isnan(grid.values[4]) && grid.values[5] == 4);
    series_grid_fini(&grid);
    /* a little off is put right */
    CU_ASSERT_EQUAL(series_grid_make((double[]){0, 11, 19}, (double[]){1, 2, 3}, 3, 10, &grid), WEIR_OK);
    CU_ASSERT(grid.count == 3 && grid.values[1] == 2 && grid.gaps == 0);
    series_grid_fini(&grid);
}

/* A NaN is a gap, and its place is taken all the same. */
static void holes(void)
{
    struct series_grid grid;
    CU_ASSERT_EQUAL(series_grid_make((double[]){0, 10, 20, 40}, (double[]){1, NAN, 3, 5}, 4, 0, &grid), WEIR_OK);
    CU_ASSERT(grid.count == 5 && grid.gaps == 2 && isnan(grid.values[1]) && isnan(grid.values[3]));
    series_grid_fini(&grid);
    CU_ASSERT_EQUAL(series_grid_make((double[]){0, 10, 11}, (double[]){1, NAN, 3}, 3, 10, &grid), WEIR_EINPUT);
    CHECK_MESSAGE("where there is one already");
}

static void refuses(void)
{
    static const struct {
        double times[3], step_s;
        size_t count;
        const char *message;
    } rows[] = {
        {{0}, 0, 1, "it has 1 value; a series has two at least"},
        {{0}, 0, 0, "it has 0 values; a series has two at least"},
        {{0, 10, 24}, 10, 3, "value 3 comes 24 s after the first, which is no multiple of 10 s"},
        {{0, 10, 11}, 10, 3, "value 3 comes 11 s after the first, where there is one already"},
        {{0, 0, 0}, 0, 3, "more than 50000000 steps of 0 s; give a larger step"},
        {{0, 1, 1e12}, 1, 3, "more than 50000000 steps of 1 s; give a larger step"},
    };
    struct series_grid grid;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        CU_ASSERT_EQUAL(series_grid_make(rows[i].times, (double[]){1, 2, 3}, rows[i].count, rows[i].step_s, &grid),
                        WEIR_EINPUT);
        CHECK_MESSAGE(rows[i].message);
        CU_ASSERT_PTR_NULL(grid.values);
    }
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {{"places", places}, {"holes", holes}, {"refuses", refuses}, {0}};
    return weir_test_main("learn/series/grid", cases, argc, argv);
}
