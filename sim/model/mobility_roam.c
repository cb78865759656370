/* Which access point a device is attached to, found exactly on straight legs.
 *
 * With distances d from the present access point i and another one j, the device changes to j when
 *     d_i >= q d_j + h
 * where h is the hysteresis in metres and q = 1 (the nearest counts), or h = 0 and q = ratio w_i / w_j (the strongest
 * counts). On a leg d^2 is a quadratic in time. With h = 0 the condition is d_i^2 - q^2 d_j^2 >= 0; with q = 1 it is
 * E >= 0 and E^2 - 4 h^2 d_j^2 >= 0, E = d_i^2 - d_j^2 - h^2, which is linear. So dates are roots of quadratics. */
#include <math.h>

#include "sim/model/mobility.h"

/* Share of its terms below which a value counts as zero, and seconds below which a date is the present one. */
#define TINY  1e-11
#define NOW_S 1e-9

/* c[0] + c[1] u + c[2] u^2. */
struct quadratic {
    double c[3];
};

/* Real roots in increasing order; returns how many. */
static int roots_of(const struct quadratic *q, double roots[2])
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
    roots[0] = fmin(one, other);
    roots[1] = fmax(one, other);
    return 2;
}

/* Square of the distance from a place, u seconds from a date of the leg on. */
static struct quadratic square_of(const struct weir_leg *leg, double date_s, double x, double y)
{
    double dx = leg->x + leg->vx * (date_s - leg->from_s) - x, dy = leg->y + leg->vy * (date_s - leg->from_s) - y;
    return (struct quadratic){
        {dx * dx + dy * dy, 2 * (leg->vx * dx + leg->vy * dy), leg->vx * leg->vx + leg->vy * leg->vy}};
}

/* Seconds until the quadratic rises through zero where E = e0 + e1 u is not below; 0 if it is above already. */
static double rises_in_s(const struct quadratic *q, double size, double e0, double e1)
{
    double roots[2];
    if (q->c[0] > TINY * size && e0 >= 0)
        return 0;
    int count = roots_of(q, roots);
    for (int r = 0; r < count; r++) {
        double u = roots[r], slope = q->c[1] + 2 * q->c[2] * u;
        if (u >= -NOW_S && slope > 0 && e0 + e1 * u >= -TINY * (fabs(e0) + fabs(e1 * u)))
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
    struct quadratic a = square_of(&roam->leg, roam->from_s, from->x, from->y);
    struct quadratic b = square_of(&roam->leg, roam->from_s, to->x, to->y);
    double h = mobility->hysteresis, q = ratio_of(mobility, roam->at, j);
    if (h == 0) {
        struct quadratic f;
        for (int k = 0; k < 3; k++)
            f.c[k] = a.c[k] - q * q * b.c[k];
        return rises_in_s(&f, a.c[0] + q * q * b.c[0], 0, 0);
    }
    double e0 = a.c[0] - b.c[0] - h * h, e1 = a.c[1] - b.c[1], four = 4 * h * h;
    struct quadratic f = {{e0 * e0 - four * b.c[0], 2 * e0 * e1 - four * b.c[1], e1 * e1 - four * b.c[2]}};
    return rises_in_s(&f, e0 * e0 + four * b.c[0], e0, e1);
}

void weir_roam_place(const struct weir_roam *roam, double date_s, double *x, double *y)
{
    const struct weir_leg *leg = &roam->leg;
    double for_s = leg->vx == 0 && leg->vy == 0 ? 0 : date_s - leg->from_s;
    *x = leg->x + leg->vx * for_s;
    *y = leg->y + leg->vy * for_s;
}

static double distance_to(const struct weir_roam *roam, int j)
{
    double x, y;
    weir_roam_place(roam, roam->from_s, &x, &y);
    x -= roam->mobility->access[j].x;
    y -= roam->mobility->access[j].y;
    return sqrt(x * x + y * y);
}

static double speed_of(const struct weir_leg *leg)
{
    return sqrt(leg->vx * leg->vx + leg->vy * leg->vy);
}

/* Metres left of the leg. */
static double way_of(const struct weir_roam *roam)
{
    double speed = speed_of(&roam->leg);
    return speed > 0 ? speed * (roam->leg.until_s - roam->from_s) : 0;
}

/* Going a metre changes each distance by a metre at most, so access point j is not due before so many metres. */
static double free_m(const struct weir_roam *roam, int j, double here)
{
    double q = ratio_of(roam->mobility, roam->at, j), there = distance_to(roam, j);
    return (q * there + roam->mobility->hysteresis - here) / (1 + q) - TINY * (here + q * there);
}

/* Notes those that could be due first. */
static void look_about(struct weir_roam *roam, double here)
{
    double free[WEIR_ROAM_NEAR];
    int count = 0;
    roam->far_m = INFINITY;
    for (int j = 0; j < roam->mobility->access_count; j++) {
        if (j == roam->at || !roam->mobility->access[j].placed)
            continue;
        double mine = free_m(roam, j, here);
        if (count == WEIR_ROAM_NEAR) {
            roam->far_m = fmin(roam->far_m, fmax(mine, free[count - 1]));
            if (mine >= free[count - 1])
                continue;
            count--;
        }
        int at = count++;
        for (; at > 0 && free[at - 1] > mine; at--) {
            free[at] = free[at - 1];
            roam->near[at] = roam->near[at - 1];
        }
        free[at] = mine;
        roam->near[at] = j;
    }
    roam->near_count = count;
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

/* Finds where the stretch ends: at the end of its leg, or where another access point is due. */
static void look_ahead(struct weir_roam *roam)
{
    const struct weir_mobility *mobility = roam->mobility;
    struct change first = {INFINITY, INFINITY};
    double way = way_of(roam);
    roam->until_s = roam->leg.until_s;
    roam->next = -1;
    if (roam->leg.access >= 0 || way < roam->slack_m)
        return;
    double here = distance_to(roam, roam->at);
    if (roam->near_count < 0 || way >= roam->far_m)
        look_about(roam, here);
    roam->slack_m = roam->far_m;
    if (way < roam->far_m) {
        for (int n = 0; n < roam->near_count; n++)
            consider(roam, roam->near[n], here, way, &first);
    } else {
        for (int j = 0; j < mobility->access_count; j++)
            if (j != roam->at && mobility->access[j].placed)
                consider(roam, j, here, way, &first);
    }
    roam->slack_m = fmax(roam->slack_m, 0);
    if (roam->from_s + first.in_s < roam->leg.until_s)
        roam->until_s = roam->from_s + first.in_s;
    else
        roam->next = -1;
}

static void attach(struct weir_roam *roam, int at)
{
    roam->at = at;
    roam->handed = true;
    roam->open_s = roam->from_s + roam->mobility->handover_s;
    roam->slack_m = 0;
    roam->near_count = -1;
}

/* The nearest by weighted distance; the first of equals. */
static int best_at(const struct weir_roam *roam)
{
    const struct weir_mobility *mobility = roam->mobility;
    int best = 0;
    double least = INFINITY;
    for (int j = 0; j < mobility->access_count; j++) {
        double weighted = mobility->access[j].placed ? distance_to(roam, j) / mobility->access[j].weight : INFINITY;
        if (weighted < least) {
            least = weighted;
            best = j;
        }
    }
    return best;
}

/* Changes that are due at the beginning of the stretch are made there. */
static void settle(struct weir_roam *roam)
{
    const struct weir_leg *leg = &roam->leg;
    if (leg->access >= 0 && leg->access != roam->at)
        attach(roam, leg->access);
    if (leg->access >= 0) { /* its place may be another one before and after */
        roam->slack_m = 0;
        roam->near_count = -1;
    }
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
    double moved = speed_of(&roam->leg) * (roam->until_s - roam->from_s);
    roam->slack_m -= moved;
    roam->far_m -= moved;
    roam->from_s = roam->until_s;
    roam->handed = false;
    if (next >= 0)
        attach(roam, next);
    else
        weir_leg_next(roam);
    settle(roam);
    return true;
}

void weir_roam_begin(struct weir_roam *roam, const struct weir_mobility *mobility, const struct weir_device *device,
                     unsigned long long seed, double date_s)
{
    *roam = (struct weir_roam){.mobility = mobility, .device = device, .near_count = -1};
    weir_leg_first(roam, seed);
    roam->from_s = roam->leg.from_s;
    roam->at = roam->leg.access >= 0 ? roam->leg.access : best_at(roam);
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

/* From a date of the stretch on: the rate, and until when it holds at most. */
static double rate_at(const struct weir_roam *roam, double date_s, double *until_s)
{
    const struct weir_mobility *mobility = roam->mobility;
    const struct weir_access *access = &mobility->access[roam->at];
    *until_s = roam->until_s;
    if (!mobility->reach_count)
        return INFINITY;
    if (roam->leg.access >= 0) /* it is there */
        return mobility->reach[0].bytes_per_s;
    struct quadratic square = square_of(&roam->leg, date_s, access->x, access->y);
    for (int r = 0; r < mobility->reach_count && square.c[2] > 0; r++) {
        double roots[2], within = mobility->reach[r].within;
        struct quadratic off = square;
        off.c[0] -= within * within;
        int count = within < INFINITY ? roots_of(&off, roots) : 0;
        for (int k = 0; k < count; k++)
            if (roots[k] > NOW_S)
                *until_s = fmin(*until_s, date_s + roots[k]);
    }
    double half_s = square.c[2] > 0 ? (*until_s - date_s) / 2 : 0;
    double middle = square.c[0] + half_s * (square.c[1] + half_s * square.c[2]);
    for (int r = 0; r < mobility->reach_count; r++)
        if (middle <= mobility->reach[r].within * mobility->reach[r].within)
            return mobility->reach[r].bytes_per_s;
    return 0;
}

double weir_roam_send(struct weir_roam *roam, double start_s, double bytes, double end_s, bool *lost)
{
    double now_s = start_s;
    *lost = false;
    while (now_s < end_s) {
        if (now_s >= roam->until_s) {
            weir_roam_next(roam);
            continue;
        }
        if (now_s < roam->open_s) {
            *lost = roam->mobility->loses;
            if (*lost)
                return now_s;
            now_s = fmin(roam->open_s, roam->until_s);
            continue;
        }
        double until_s, rate = rate_at(roam, now_s, &until_s);
        if (rate == INFINITY || (rate > 0 && bytes <= rate * (until_s - now_s)))
            return now_s + bytes / rate;
        bytes -= rate > 0 ? rate * (until_s - now_s) : 0;
        now_s = until_s;
    }
    return INFINITY;
}
