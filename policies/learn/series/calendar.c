#include "policies/learn/series/calendar.h"

#include <math.h>

#include "sim/base/real.h"

#define DAY_S  86400.0
#define WEEK_S (7 * DAY_S)

void series_calendar(double time_s, double *features)
{
    double week = time_s / WEEK_S - floor(time_s / WEEK_S), day = 7 * week - floor(7 * week);
    for (int turns = 1; turns <= 6; turns++) {
        *features++ = weir_sin(2 * M_PI * turns * day);
        *features++ = weir_cos(2 * M_PI * turns * day);
    }
    *features = 7 * week >= 5;
}
