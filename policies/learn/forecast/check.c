/* What a forecaster remembers beside its kind: outliers, and the errors of its forecasts. */
#include <math.h>
#include <string.h>

#include "policies/learn/forecast/work.h"
#include "sim/base/memory.h"
#include "sim/base/real.h"

#define ERRORS_KEPT 100
/* Of the factors of spreads: how fast they follow, the share of values that shall be outside, and the largest one. */
#define WIDENING 0.2
#define OUTSIDE  0.05
#define WIDEST   7 /* by its logarithm */

double forecaster_take_in(struct forecaster *forecaster, double value)
{
    struct forecaster_memory *memory = &forecaster->memory;
    double taken = value;
    if (forecaster->outliers > 0 && memory->recent_count == SERIES_HAMPEL) {
        double low, high;
        series_hampel(memory->recent, SERIES_HAMPEL, forecaster->outliers, &low, &high);
        taken = fmin(fmax(value, low), high);
        memory->counts.clipped += taken != value;
    }
    if (memory->recent_count == SERIES_HAMPEL)
        memmove(memory->recent, memory->recent + 1, --memory->recent_count * sizeof *memory->recent);
    memory->recent[memory->recent_count++] = value;
    memory->largest = fmax(memory->largest, fabs(taken));
    memory->negative |= taken < 0;
    memory->last = taken;
    return taken;
}

void forecaster_score(struct forecaster *forecaster, double value)
{
    struct forecaster_memory *memory = &forecaster->memory;
    const struct forecaster_pending *pending = forecaster->pending;
    for (size_t lead = 1; pending && lead <= FORECASTER_LEADS && lead <= forecaster->time; lead++) {
        size_t made = forecaster->time - lead, row = made % FORECASTER_LEADS;
        if (pending->time[row] != made || pending->horizon[row] < lead)
            continue;
        double error = value - pending->mean[row][lead - 1];
        if (memory->seen[lead - 1] < ERRORS_KEPT)
            memory->seen[lead - 1]++;
        memory->square[lead - 1] += (error * error - memory->square[lead - 1]) / memory->seen[lead - 1];
        bool outside = fabs(error) > 1.96 * pending->spread[row][lead - 1];
        double widened = memory->widened[lead - 1] + WIDENING * (outside - OUTSIDE);
        memory->widened[lead - 1] = fmax(-WIDEST, fmin(widened, WIDEST));
    }
}

double forecaster_widening(const struct forecaster *forecaster, size_t lead)
{
    return weir_exp(forecaster->memory.widened[(lead < FORECASTER_LEADS ? lead : FORECASTER_LEADS) - 1]);
}

void forecaster_expect(struct forecaster *forecaster, size_t horizon, const double *mean, const double *spread)
{
    size_t row = forecaster->time % FORECASTER_LEADS, kept = horizon < FORECASTER_LEADS ? horizon : FORECASTER_LEADS;
    if (!forecaster->pending)
        forecaster->pending = weir_alloc(1, sizeof *forecaster->pending);
    struct forecaster_pending *pending = forecaster->pending;
    if (pending->time[row] == forecaster->time && pending->horizon[row] >= kept)
        return;
    pending->time[row] = forecaster->time;
    pending->horizon[row] = kept;
    memcpy(pending->mean[row], mean, kept * sizeof *mean);
    memcpy(pending->spread[row], spread, kept * sizeof *spread);
}

double forecaster_seen_spread(const struct forecaster *forecaster, size_t lead)
{
    const struct forecaster_memory *memory = &forecaster->memory;
    size_t kept = lead < FORECASTER_LEADS ? lead : FORECASTER_LEADS;
    double more = sqrt((double)lead / (double)kept);
    if (memory->seen[kept - 1] >= 8)
        return more * sqrt(memory->square[kept - 1]);
    return memory->step * sqrt((double)lead);
}
