#include "policies/learn/series/grid.h"

#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"

static double median_step(const double *time_s, size_t count)
{
    double *steps = weir_alloc(count - 1, sizeof *steps);
    for (size_t i = 1; i < count; i++)
        steps[i - 1] = time_s[i] - time_s[i - 1];
    gsl_sort(steps, 1, count - 1);
    double median = gsl_stats_median_from_sorted_data(steps, 1, count - 1);
    free(steps);
    return median;
}

static int place(const double *time_s, const double *values, size_t count, struct series_grid *grid)
{
    bool *taken = weir_alloc(grid->count, sizeof *taken);
    int code = WEIR_OK;
    for (size_t i = 0; i < grid->count; i++)
        grid->values[i] = NAN;
    for (size_t i = 0; i < count && code == WEIR_OK; i++) {
        double steps = (time_s[i] - time_s[0]) / grid->step_s, nearest = round(steps);
        if (fabs(steps - nearest) > 0.25) {
            code = weir_error(WEIR_EINPUT,
                              "value %zu comes %g s after the first, which is no multiple of %g s; make the times even "
                              "or give another step",
                              i + 1, time_s[i] - time_s[0], grid->step_s);
        } else if (taken[(size_t)nearest]) {
            code = weir_error(WEIR_EINPUT,
                              "value %zu comes %g s after the first, where there is one already; make the times even "
                              "or give a step smaller than %g s",
                              i + 1, time_s[i] - time_s[0], grid->step_s);
        } else {
            taken[(size_t)nearest] = true;
            grid->values[(size_t)nearest] = values[i];
        }
    }
    free(taken);
    for (size_t i = 0; i < grid->count; i++)
        grid->gaps += isnan(grid->values[i]);
    return code;
}

int series_grid_make(const double *time_s, const double *values, size_t count, double step_s, struct series_grid *grid)
{
    *grid = (struct series_grid){0};
    if (count < 2)
        return weir_error(WEIR_EINPUT, "it has %zu value%s; a series has two at least", count, count == 1 ? "" : "s");
    grid->step_s = step_s > 0 ? step_s : median_step(time_s, count);
    double length = grid->step_s > 0 ? round((time_s[count - 1] - time_s[0]) / grid->step_s) + 1 : INFINITY;
    if (!(length <= SERIES_GRID_LONGEST)) {
        int code = weir_error(WEIR_EINPUT,
                              "from its first time to its last there are more than %d steps of %g s; give "
                              "a larger step",
                              SERIES_GRID_LONGEST, grid->step_s);
        *grid = (struct series_grid){0};
        return code;
    }
    grid->count = (size_t)length;
    grid->values = weir_alloc(grid->count, sizeof *grid->values);
    int code = place(time_s, values, count, grid);
    if (code != WEIR_OK)
        series_grid_fini(grid);
    return code;
}

void series_grid_fini(struct series_grid *grid)
{
    free(grid->values);
    *grid = (struct series_grid){0};
}
