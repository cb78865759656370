#include "sim/model/carbon.h"

#include <math.h>

struct weir_intensity_walk weir_intensity_open(const struct weir_intensity *of)
{
    struct weir_intensity_walk walk = {.of = of};
    while (weir_intensity_next_s(&walk) <= 0)
        weir_intensity_go_on(&walk);
    return walk;
}

double weir_intensity_next_s(const struct weir_intensity_walk *walk)
{
    const struct weir_intensity *of = walk->of;
    size_t next = walk->step + 1;
    if (next == of->count && !(of->period_s > 0))
        return INFINITY;
    double round = next < of->count ? walk->round : walk->round + 1;
    return (round * of->period_s + of->time_s[next < of->count ? next : 0] - of->start_s) / of->speedup;
}

void weir_intensity_go_on(struct weir_intensity_walk *walk)
{
    if (++walk->step < walk->of->count)
        return;
    walk->step = 0;
    walk->round++;
}

double weir_intensity_now(const struct weir_intensity_walk *walk)
{
    return walk->of->g_per_kwh[walk->step];
}
