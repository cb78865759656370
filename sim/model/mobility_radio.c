/* What a radio link carries: by distance, and not during handovers. */
#include <stdlib.h>

#include "sim/base/memory.h"
#include "sim/model/mobility_parts.h"

void weir_stays_begin(struct weir_stays *stays, const struct weir_roam *walk, double end_s)
{
    *stays = (struct weir_stays){.walk = *walk, .end_s = end_s};
    WEIR_ONE_MORE(stays->list, stays->count, stays->capacity);
    stays->list[stays->count++] = (struct weir_stay){-INFINITY, walk->at};
}

void weir_stays_fini(struct weir_stays *stays)
{
    free(stays->list);
}

double weir_stays_from_s(struct weir_stays *stays, size_t i)
{
    while (stays->count <= i && !stays->all) {
        if (weir_roam_handover(&stays->walk, stays->end_s)) {
            WEIR_ONE_MORE(stays->list, stays->count, stays->capacity);
            stays->list[stays->count++] = (struct weir_stay){stays->walk.from_s, stays->walk.at};
        } else {
            stays->all = true;
        }
    }
    return i < stays->count ? stays->list[i].from_s : INFINITY;
}

void weir_radio_begin(struct weir_radio *radio, struct weir_stays *stays)
{
    *radio = (struct weir_radio){.stays = stays, .trip = stays->walk.trip};
}

/* The walk and the stay are those of a date; returns until when the way is straight and the access point the same. */
static double go_to(struct weir_radio *radio, double date_s)
{
    while (radio->trip.leg.until_s <= date_s)
        weir_trip_next(&radio->trip);
    double next_s;
    while ((next_s = weir_stays_from_s(radio->stays, radio->stay + 1)) <= date_s)
        radio->stay++;
    return fmin(radio->trip.leg.until_s, next_s);
}

/* From a date of the present leg on: the rate, and until when it holds at most. */
static double rate_at(const struct weir_radio *radio, double date_s, double *until_s)
{
    const struct weir_mobility *mobility = radio->stays->walk.mobility;
    const struct weir_access *access = &mobility->access[weir_radio_at(radio)];
    if (!mobility->reach_count)
        return INFINITY;
    if (radio->trip.leg.access >= 0) /* it is there */
        return mobility->reach[0].bytes_per_s;
    struct weir_quadratic square = weir_leg_square(&radio->trip.leg, date_s, access->x, access->y);
    for (int r = 0; r < mobility->reach_count && square.c[2] > 0; r++) {
        double roots[2], within = mobility->reach[r].within;
        struct weir_quadratic off = square;
        off.c[0] -= within * within;
        int count = within < INFINITY ? weir_quadratic_roots(&off, roots) : 0;
        for (int k = 0; k < count; k++)
            if (roots[k] > WEIR_ROAM_NOW_S)
                *until_s = fmin(*until_s, date_s + roots[k]);
    }
    double half_s = square.c[2] > 0 ? (*until_s - date_s) / 2 : 0;
    double middle = square.c[0] + half_s * (square.c[1] + half_s * square.c[2]);
    for (int r = 0; r < mobility->reach_count; r++)
        if (middle <= mobility->reach[r].within * mobility->reach[r].within)
            return mobility->reach[r].bytes_per_s;
    return 0;
}

/* The same as weir_radio_carry; where `lost` is given, what meets a handover is lost. */
static double carry(struct weir_radio *radio, double now_s, double *bytes, double end_s, bool *lost)
{
    while (now_s < end_s) {
        double until_s = go_to(radio, now_s);
        double open_s = radio->stays->list[radio->stay].from_s + radio->stays->walk.mobility->handover_s;
        if (now_s < open_s) {
            if (lost) {
                *lost = true;
                return now_s;
            }
            now_s = fmin(open_s, until_s);
            continue;
        }
        until_s = fmin(until_s, end_s);
        double rate = rate_at(radio, now_s, &until_s);
        if (rate == INFINITY || (rate > 0 && *bytes <= rate * (until_s - now_s)))
            return now_s + *bytes / rate;
        *bytes -= rate > 0 ? rate * (until_s - now_s) : 0;
        now_s = until_s;
    }
    return INFINITY;
}

double weir_radio_carry(struct weir_radio *radio, double start_s, double *bytes, double end_s)
{
    return carry(radio, start_s, bytes, end_s, NULL);
}

double weir_radio_send(struct weir_radio *radio, double start_s, double bytes, double end_s, bool *lost)
{
    *lost = false;
    return carry(radio, start_s, &bytes, end_s, radio->stays->walk.mobility->loses ? lost : NULL);
}
