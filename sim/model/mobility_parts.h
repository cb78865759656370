/* What files about devices that move share: quadratics in time, and speed. */
#ifndef WEIR_MODEL_MOBILITY_PARTS_H
#define WEIR_MODEL_MOBILITY_PARTS_H

#include <math.h>

#include "sim/model/mobility.h"

/* Share of its terms below which a value counts as zero, and seconds below which a date is the present one. */
#define WEIR_ROAM_TINY  1e-11
#define WEIR_ROAM_NOW_S 1e-9

/* c[0] + c[1] u + c[2] u^2. */
struct weir_quadratic {
    double c[3];
};

/* Real roots in increasing order; returns how many. */
static inline int weir_quadratic_roots(const struct weir_quadratic *q, double roots[2])
{
    double a = q->c[2], b = q->c[1], c = q->c[0];
    if (a == 0) {
        if (b == 0)
            return 0;
        roots[0] = -c / b;
        return 1;
    }
    double under = b * b - 4 * a * c;
    if (!(under >= 0))
        return 0;
    double half = -(b + copysign(sqrt(under), b)) / 2, one = half / a, other = half != 0 ? c / half : 0;
    roots[0] = one < other ? one : other;
    roots[1] = one < other ? other : one;
    return 2;
}

/* Square of the distance from a place, u seconds from a date of the leg on. */
static inline struct weir_quadratic weir_leg_square(const struct weir_leg *leg, double date_s, double x, double y)
{
    double dx = leg->x + leg->vx * (date_s - leg->from_s) - x, dy = leg->y + leg->vy * (date_s - leg->from_s) - y;
    return (struct weir_quadratic){
        {dx * dx + dy * dy, 2 * (leg->vx * dx + leg->vy * dy), leg->vx * leg->vx + leg->vy * leg->vy}};
}

static inline double weir_leg_speed(const struct weir_leg *leg)
{
    return sqrt(leg->vx * leg->vx + leg->vy * leg->vy);
}

/* Going a metre changes each distance by a metre at most, so an access point `there` metres away, whose distance counts
 * q times, is not due before so many metres; the present one is `here` metres away. */
static inline double weir_roam_free_m(double q, double there, double hysteresis, double here)
{
    return (q * there + hysteresis - here) / (1 + q) - WEIR_ROAM_TINY * (here + q * there);
}

/* Notes those that could be due first; the present one is `here` metres away. */
void weir_roam_look_about(struct weir_roam *roam, double here);
bool weir_roam_is_down(const struct weir_roam *roam, int access);

#endif
