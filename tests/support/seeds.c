/* Scenarios run under several seeds, and by both ways of sharing. */
#include <stdio.h>

#include "sim/base/error.h"
#include "sim/base/stats.h"
#include "tests/support/run.h"
#include "tests/support/test.h"

const char *weir_test_all(const char *scenario)
{
    static char text[1 << 14];
    int length = snprintf(text, sizeof text, "{\"activities\": \"all\", %s", scenario + 1);
    CU_ASSERT_FATAL(scenario[0] == '{' && length < (int)sizeof text);
    return text;
}

static double figure_of(const char *platform, const char *scenario, unsigned long long seed,
                        double (*figure)(const struct weir_test_result *got))
{
    struct weir_test_result got = weir_test_run(platform, scenario, "static", seed);
    CU_ASSERT_EQUAL_FATAL(got.code, WEIR_OK);
    weir_test_conservation(platform, scenario, &got);
    double value = figure(&got);
    weir_test_result_fini(&got);
    return value;
}

void weir_test_seeds(const char *what, const char *platform, const char *scenario, int seeds, int both,
                     double (*figure)(const struct weir_test_result *got), double wanted, double most)
{
    struct weir_moments seen = {0};
    for (int seed = 1; seed <= seeds; seed++) {
        double value = figure_of(platform, scenario, (unsigned long long)seed, figure);
        weir_moments_add(&seen, value);
        if (seed <= both)
            CHECK_NEAR(figure_of(platform, weir_test_all(scenario), (unsigned long long)seed, figure), value,
                       1e-9 * value);
    }
    double half = weir_moments_half_width(&seen, 0.99);
    printf("\n    %s: %.6g, wanted %.6g, half width %.2g ", what, seen.mean, wanted, half);
    CHECK_NEAR(seen.mean, wanted, half);
    CU_ASSERT(half <= most * wanted);
}
