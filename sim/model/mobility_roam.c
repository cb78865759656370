/* Which access point a device is attached to, found exactly on straight legs.
 *
 * With distances d from the present access point i and another one j, the device changes to j when
 *     d_i >= q d_j + h
 * where h is the hysteresis in metres and q = 1 (the nearest counts), or h = 0 and q = ratio w_i / w_j (the strongest
 * counts). On a leg d^2 is a quadratic in time. With h = 0 the condition is d_i^2 - q^2 d_j^2 >= 0; with q = 1 it is
 * E >= 0 and E^2 - 4 h^2 d_j^2 >= 0, E = d_i^2 - d_j^2 - h^2, which is linear. So dates are roots of quadratics. */
#include <math.h>

#include "sim/model/mobility_parts.h"

/* Seconds until the quadratic rises through zero where E = e0 + e1 u is not below; 0 if it is above already. */
static double rises_in_s(const struct weir_quadratic *q, double size, double e0, double e1)
{
    double roots[2];
    if (q->c[0] > WEIR_ROAM_TINY * size && e0 >= 0)
        return 0;
    int count = weir_quadratic_roots(q, roots);
    for (int r = 0; r < count; r++) {
        double u = roots[r], slope = q->c[1] + 2 * q->c[2] * u;
        if (u >= -WEIR_ROAM_NOW_S && slope > 0 && e0 + e1 * u >= -WEIR_ROAM_TINY * (fabs(e0) + fabs(e1 * u)))
            return fmax(u, 0);
    }
    return INFINITY;
}

static double ratio_of(const struct weir_mobility *mobility, int from, int to)
{
    return mobility->ratio * mobility->access[from].weight / mobility->access[to].weight;
}

/* Seconds from the beginning of the stretch until the device changes to access point j, on its leg. */
static double change_in_s(const struct weir_roam *roam, int j)
{
    const struct weir_mobility *mobility = roam->mobility;
    const struct weir_access *from = &mobility->access[roam->at], *to = &mobility->access[j];
    struct weir_quadratic a = weir_leg_square(&roam->trip.leg, roam->from_s, from->x, from->y);
    struct weir_quadratic b = weir_leg_square(&roam->trip.leg, roam->from_s, to->x, to->y);
    double h = mobility->hysteresis, q = ratio_of(mobility, roam->at, j);
    if (h == 0) {
        struct weir_quadratic f;
        for (int k = 0; k < 3; k++)
            f.c[k] = a.c[k] - q * q * b.c[k];
        return rises_in_s(&f, a.c[0] + q * q * b.c[0], 0, 0);
    }
    double e0 = a.c[0] - b.c[0] - h * h, e1 = a.c[1] - b.c[1], four = 4 * h * h;
    struct weir_quadratic f = {{e0 * e0 - four * b.c[0], 2 * e0 * e1 - four * b.c[1], e1 * e1 - four * b.c[2]}};
    return rises_in_s(&f, e0 * e0 + four * b.c[0], e0, e1);
}

static double distance_to(const struct weir_roam *roam, int j)
{
    double x, y;
    weir_trip_place(&roam->trip, roam->from_s, &x, &y);
    x -= roam->mobility->access[j].x;
    y -= roam->mobility->access[j].y;
    return sqrt(x * x + y * y);
}

/* Metres left of the leg. */
static double way_of(const struct weir_roam *roam)
{
    double speed = weir_leg_speed(&roam->trip.leg);
    return speed > 0 ? speed * (roam->trip.leg.until_s - roam->from_s) : 0;
}

static double free_m(const struct weir_roam *roam, int j, double here)
{
    return weir_roam_free_m(ratio_of(roam->mobility, roam->at, j), distance_to(roam, j), roam->mobility->hysteresis,
                            here);
}

/* The change that comes first. */
struct change {
    double in_s, weighted;
};
static void consider(struct weir_roam *roam, int j, double here, double way, struct change *first)
{
    double free = free_m(roam, j, here);
    roam->slack_m = fmin(roam->slack_m, free);
    if (free > way)
        return;
    double in_s = change_in_s(roam, j), weighted = distance_to(roam, j) / roam->mobility->access[j].weight;
    bool same = in_s == first->in_s && in_s < INFINITY; /* then the nearer one, then the first */
    if (in_s < first->in_s ||
        (same && (weighted < first->weighted || (weighted == first->weighted && j < roam->next)))) {
        *first = (struct change){in_s, weighted};
        roam->next = j;
    }
}

bool weir_roam_is_down(const struct weir_roam *roam, int access)
{
    if (!roam->downs)
        return false;
    const struct weir_down *down = &roam->downs->of[access];
    size_t low = 0, high = down->count; /* dates before low have passed */
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (down->dates_s[middle] <= roam->from_s)
            low = middle + 1;
        else
            high = middle;
    }
    return low % 2;
}

/* Considers all that could be due before the first of those nearby. */
static void consider_all(struct weir_roam *roam, double here, double way, struct change *first)
{
    for (int j = 0; j < roam->mobility->access_count; j++)
        if (j != roam->at && roam->mobility->access[j].placed && !weir_roam_is_down(roam, j))
            consider(roam, j, here, way, first);
}

/* Finds where the stretch ends: at the end of its leg, where another access point is due, or where one goes down or
 * comes up. */
static void look_ahead(struct weir_roam *roam)
{
    struct change first = {INFINITY, INFINITY};
    double way = way_of(roam), end_s = roam->trip.leg.until_s;
    if (roam->downs && roam->down < roam->downs->count)
        end_s = fmin(end_s, roam->downs->dates_s[roam->down]);
    roam->until_s = end_s;
    roam->next = -1;
    if (roam->trip.leg.access >= 0 || way < roam->slack_m)
        return;
    double here = distance_to(roam, roam->at);
    if (roam->near_count < 0 || way >= roam->far_m)
        weir_roam_look_about(roam, here);
    roam->slack_m = roam->far_m;
    for (int n = 0; n < roam->near_count; n++)
        consider(roam, roam->near[n], here, way, &first);
    if (way >= roam->far_m && !(weir_leg_speed(&roam->trip.leg) * first.in_s < roam->far_m))
        consider_all(roam, here, way, &first);
    roam->slack_m = fmax(roam->slack_m, 0);
    if (roam->from_s + first.in_s < end_s)
        roam->until_s = roam->from_s + first.in_s;
    else
        roam->next = -1;
}

/* Nothing is known of those around it. */
static void forget(struct weir_roam *roam)
{
    roam->slack_m = 0;
    roam->near_count = -1;
}

static void attach(struct weir_roam *roam, int at)
{
    roam->at = at;
    roam->handed = true;
    roam->open_s = roam->from_s + roam->mobility->handover_s;
    forget(roam);
}

/* The nearest by weighted distance, or of those that are up; the first of equals. -1: there is none. */
static int best_at(const struct weir_roam *roam, bool up)
{
    const struct weir_mobility *mobility = roam->mobility;
    int best = -1;
    double least = INFINITY;
    for (int j = 0; j < mobility->access_count; j++) {
        bool counts = mobility->access[j].placed && !(up && weir_roam_is_down(roam, j));
        double weighted = counts ? distance_to(roam, j) / mobility->access[j].weight : INFINITY;
        if (weighted < least) {
            least = weighted;
            best = j;
        }
    }
    return best;
}

/* From an access point that is down the device goes to the best of those that are up; if none is, it stays. */
static void heed_downs(struct weir_roam *roam)
{
    for (; roam->down < roam->downs->count && roam->downs->dates_s[roam->down] <= roam->from_s; roam->down++)
        forget(roam);
    if (roam->trip.leg.access >= 0 || !weir_roam_is_down(roam, roam->at))
        return;
    int best = best_at(roam, true);
    if (best >= 0)
        attach(roam, best);
}

/* Changes that are due at the beginning of the stretch are made there. */
static void settle(struct weir_roam *roam)
{
    const struct weir_leg *leg = &roam->trip.leg;
    if (leg->access >= 0 && leg->access != roam->at)
        attach(roam, leg->access);
    if (leg->access >= 0) /* its place may be another one before and after */
        forget(roam);
    if (roam->downs)
        heed_downs(roam);
    look_ahead(roam);
    for (int changes = 0; roam->next >= 0 && roam->until_s <= roam->from_s && changes < roam->mobility->access_count;
         changes++) {
        attach(roam, roam->next);
        look_ahead(roam);
    }
}

bool weir_roam_next(struct weir_roam *roam)
{
    if (!(roam->until_s < INFINITY))
        return false;
    int next = roam->next;
    double moved = weir_leg_speed(&roam->trip.leg) * (roam->until_s - roam->from_s);
    roam->slack_m -= moved;
    roam->far_m -= moved;
    roam->from_s = roam->until_s;
    roam->handed = false;
    if (next >= 0)
        attach(roam, next);
    else if (roam->from_s >= roam->trip.leg.until_s)
        weir_trip_next(&roam->trip);
    settle(roam);
    return true;
}

void weir_roam_begin(struct weir_roam *roam, const struct weir_mobility *mobility, const struct weir_downs *downs,
                     const struct weir_device *device, unsigned long long seed, double date_s)
{
    *roam = (struct weir_roam){.mobility = mobility, .downs = downs, .near_count = -1};
    weir_trip_begin(&roam->trip, device, seed);
    roam->from_s = roam->trip.leg.from_s;
    int first = roam->trip.leg.access >= 0 ? roam->trip.leg.access : best_at(roam, false);
    roam->at = first >= 0 ? first : 0;
    settle(roam);
    while (roam->until_s <= date_s && weir_roam_next(roam))
        continue;
    roam->handed = false;
    roam->open_s = -INFINITY;
}

bool weir_roam_handover(struct weir_roam *roam, double end_s)
{
    while (roam->until_s < end_s && weir_roam_next(roam))
        if (roam->handed)
            return true;
    return false;
}
