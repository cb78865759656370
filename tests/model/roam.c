/* To which access point a device is attached: dates at which that changes, against search in small steps, in worlds
 * drawn at random. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/real.h"
#include "sim/model/mobility.h"
#include "tests/support/test.h"

#define MOST 200

/* A world drawn at random: access points in a square of a kilometre, and a track of a few corners. */
struct world {
    struct weir_mobility mobility;
    struct weir_access access[MOST];
    struct weir_reach reach[3];
    struct weir_fix fixes[12];
    struct weir_course track;
    struct weir_device device;
    struct weir_downs downs;
    struct weir_down down[MOST];
    double own[MOST][8], all[8 * MOST];
};

static int by_value(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;
    return (left > right) - (left < right);
}

static void draw(struct world *world, unsigned number, bool strongest, double hysteresis)
{
    struct weir_stream s = weir_stream_open(number, strongest ? "strongest" : "nearest");
    *world = (struct world){0};
    struct weir_mobility *m = &world->mobility;
    m->access = world->access;
    m->access_count =
        2 + (int)weir_stream_below(&s, number % 8 ? 23 : MOST - 1); /* more than are looked at each time */
    m->ratio = strongest ? weir_pow(10, hysteresis / 30) : 1;
    m->hysteresis = strongest ? 0 : hysteresis;
    for (int a = 0; a < m->access_count; a++)
        world->access[a] = (struct weir_access){a,
                                                true,
                                                1000 * weir_stream_uniform(&s),
                                                1000 * weir_stream_uniform(&s),
                                                0,
                                                strongest ? weir_pow(10, (6 * weir_stream_uniform(&s) - 3) / 30) : 1};
    double time_s = 0;
    for (int f = 0; f < 12; f++) {
        time_s += 1 + 60 * weir_stream_uniform(&s);
        world->fixes[f] = (struct weir_fix){time_s, 1000 * weir_stream_uniform(&s), 1000 * weir_stream_uniform(&s), -1};
        if (f % 4 == 3) { /* it stands still for a while */
            world->fixes[f].x = world->fixes[f - 1].x;
            world->fixes[f].y = world->fixes[f - 1].y;
        }
    }
    world->downs = (struct weir_downs){.of = world->down, .dates_s = world->all};
    for (int a = 0; a < m->access_count; a++) { /* up for a minute in the mean, and down for half of one */
        double date_s = 0;
        for (int d = 0; d < 8; d++)
            world->own[a][d] = world->all[world->downs.count++] = date_s +=
                weir_stream_exponential(&s, d % 2 ? 30 : 60);
        world->down[a] = (struct weir_down){world->own[a], 8};
    }
    qsort(world->all, world->downs.count, sizeof *world->all, by_value);
    world->track = (struct weir_course){"t", world->fixes, 12, 12};
    world->device = (struct weir_device){.motion = WEIR_MOTION_TRACK, .track = &world->track};
}

/* The place on the track, by its own reckoning. */
static void place_at(const struct world *world, double t, double *x, double *y)
{
    int f = 0;
    while (f < 11 && world->fixes[f + 1].time_s <= t)
        f++;
    const struct weir_fix *a = &world->fixes[f], *b = &world->fixes[f < 11 ? f + 1 : f];
    double share = t <= a->time_s || b == a ? 0 : (t - a->time_s) / (b->time_s - a->time_s);
    *x = a->x + share * (b->x - a->x);
    *y = a->y + share * (b->y - a->y);
}

#define STEP_S    0.01
#define TOLERANCE 1e-6

/* How far past the point of change from i to j it is, in metres. */
static double past(const struct world *world, int i, int j, double t)
{
    double x, y;
    const struct weir_mobility *m = &world->mobility;
    place_at(world, t, &x, &y);
    const struct weir_access *a = &world->access[i], *b = &world->access[j];
    return hypot(x - a->x, y - a->y) - m->ratio * a->weight / b->weight * hypot(x - b->x, y - b->y) - m->hysteresis;
}

static bool is_down(const struct world *world, int access, double t)
{
    int dates = 0;
    while (dates < 8 && world->own[access][dates] <= t)
        dates++;
    return dates % 2;
}

/* Steps at which a device that is at i should not be there: another one that is up is due, or i is down and some other
 * is up. */
static int wrong_steps(const struct world *world, int i, double from_s, double until_s, bool downs)
{
    int wrong = 0;
    for (double t = from_s + STEP_S; t < until_s - STEP_S; t += STEP_S) {
        bool lost = downs && is_down(world, i, t);
        for (int j = 0; j < world->mobility.access_count; j++)
            if (j != i && !(downs && is_down(world, j, t)))
                wrong += lost || past(world, i, j, t) > TOLERANCE;
    }
    return wrong;
}

/* Whether it goes from i to j for a reason: the rule holds now, as it has, or begins to, where one of them has just
 * come up; or i goes down, and j is the nearest of those that are up. */
static bool is_due(const struct world *world, int i, int j, double t, bool downs)
{
    const struct weir_mobility *m = &world->mobility;
    double m_past = past(world, i, j, t);
    if (downs && is_down(world, j, t))
        return false;
    if (!downs || !is_down(world, i, t)) {
        bool fresh = false;
        for (int d = 1; downs && d < 8; d += 2)
            fresh |= world->own[j][d] == t;
        return fresh ? m_past > -TOLERANCE : fabs(m_past) < TOLERANCE;
    }
    double x, y, mine = 0, least = INFINITY;
    place_at(world, t, &x, &y);
    for (int k = 0; k < m->access_count; k++) {
        double weighted = hypot(x - world->access[k].x, y - world->access[k].y) / world->access[k].weight;
        mine = k == j ? weighted : mine;
        least = k != i && !is_down(world, k, t) ? fmin(least, weighted) : least;
    }
    return fabs(mine - least) < TOLERANCE;
}

/* Every handover is where the rule holds, and in steps of a hundredth of a second it holds nowhere else. With the grid
 * of access points, and without it, the walks are the same. */
static void against_steps(bool strongest, double hysteresis, bool downs)
{
    int handovers = 0;
    for (unsigned number = 1; number <= 40; number++) {
        struct world world;
        struct weir_roam roam, plain;
        draw(&world, number, strongest, hysteresis);
        weir_roam_begin(&plain, &world.mobility, downs ? &world.downs : NULL, &world.device, 1, 0);
        struct weir_mobility indexed = world.mobility;
        weir_grid_make(&indexed);
        weir_roam_begin(&roam, &indexed, downs ? &world.downs : NULL, &world.device, 1, 0);
        double until_s = world.fixes[11].time_s + 1, from_s = 0;
        int at = roam.at, missed = 0, wrong = 0, unlike = 0;
        for (;;) {
            bool any = weir_roam_handover(&roam, until_s);
            unlike += weir_roam_handover(&plain, until_s) != any || plain.from_s != roam.from_s || plain.at != roam.at;
            unlike += plain.far_m != roam.far_m || plain.slack_m != roam.slack_m || plain.near_count != roam.near_count;
            double next_s = any ? roam.from_s : until_s;
            missed += wrong_steps(&world, at, from_s, next_s, downs);
            if (!any)
                break;
            wrong += !is_due(&world, at, roam.at, next_s, downs);
            handovers++;
            at = roam.at;
            from_s = next_s;
        }
        weir_grid_free(indexed.grid);
        CU_ASSERT_EQUAL(missed, 0);
        CU_ASSERT_EQUAL(wrong, 0);
        CU_ASSERT_EQUAL(unlike, 0);
    }
    printf("\n    %s, hysteresis %g%s: %d handovers", strongest ? "strongest" : "nearest", hysteresis,
           downs ? ", some are down" : "", handovers);
    CU_ASSERT(handovers > 100);
}

static void dates_are_those_of_small_steps(void)
{
    against_steps(false, 0, false);
    against_steps(false, 0, true);
    against_steps(false, 20, false);
    against_steps(false, 20, true);
    against_steps(true, 0, false);
    against_steps(true, 0, true);
    against_steps(true, 2, false);
    against_steps(true, 2, true);
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {
        {"dates are those of small steps", dates_are_those_of_small_steps},
        {0},
    };
    return weir_test_main("roam", cases, argc, argv);
}
