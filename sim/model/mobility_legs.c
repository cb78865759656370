/* The straight parts of a device's way: of its track, or drawn by a model. */
#include <math.h>

#include "sim/model/mobility.h"

static double uniform(struct weir_stream *stream, const double ends[2])
{
    return ends[0] + (ends[1] - ends[0]) * weir_stream_uniform(stream);
}

/* Goes to a place, there at a date. */
static void go(struct weir_leg *leg, double until_s, double x, double y)
{
    double for_s = until_s - leg->from_s;
    leg->until_s = until_s;
    leg->vx = for_s < INFINITY ? (x - leg->x) / for_s : 0;
    leg->vy = for_s < INFINITY ? (y - leg->y) / for_s : 0;
}

static void stand(struct weir_leg *leg, double until_s)
{
    leg->until_s = until_s;
    leg->vx = leg->vy = 0;
}

static void follow(struct weir_roam *roam)
{
    const struct weir_course *track = roam->device->track;
    const struct weir_fix *from = &track->fixes[roam->fix];
    struct weir_leg *leg = &roam->leg;
    *leg = (struct weir_leg){.from_s = from->time_s, .x = from->x, .y = from->y, .access = from->access};
    if (++roam->fix >= track->count) {
        stand(leg, INFINITY);
        return;
    }
    const struct weir_fix *to = &track->fixes[roam->fix];
    if (from->access >= 0 || to->access >= 0)
        stand(leg, to->time_s);
    else
        go(leg, to->time_s, to->x, to->y);
}

/* Goes to a place at a drawn speed. */
static void drive(struct weir_roam *roam, double x, double y)
{
    struct weir_leg *leg = &roam->leg;
    double speed = uniform(&roam->stream, roam->device->speed), dx = x - leg->x, dy = y - leg->y;
    double way = sqrt(dx * dx + dy * dy);
    if (way > 0)
        go(leg, leg->from_s + way / speed, x, y);
    else
        stand(leg, leg->from_s + 1); /* it was drawn where it stands */
    roam->goes = true;
}

static void draw_goal(struct weir_roam *roam)
{
    double x = uniform(&roam->stream, roam->device->x), y = uniform(&roam->stream, roam->device->y);
    drive(roam, x, y);
}

static int streets(const double ends[2], double block)
{
    return (int)floor((ends[1] - ends[0]) / block * (1 + 1e-12)) + 1;
}

/* Whether there is a crossing beyond the present one in a direction. */
static bool leads_on(const struct weir_roam *roam, int heading)
{
    const struct weir_device *device = roam->device;
    int axis = heading % 2, step = heading < 2 ? 1 : -1, to = roam->street[axis] + step;
    return to >= 0 && to < streets(axis ? device->y : device->x, device->block);
}

/* From a crossing to the next: straight on, left or right, as far as there are streets; else back. */
static void draw_street(struct weir_roam *roam)
{
    static const double share[4] = {0.5, 0.25, 0, 0.25}; /* straight on, left, back, right */
    const struct weir_device *device = roam->device;
    double sum = 0;
    for (int turn = 0; turn < 4; turn++)
        sum += leads_on(roam, (roam->heading + turn) % 4) ? share[turn] : 0;
    double drawn = sum * weir_stream_uniform(&roam->stream);
    int taken = 2;
    for (int turn = 0; turn < 4 && drawn > 0; turn++)
        if (leads_on(roam, (roam->heading + turn) % 4) && share[turn] > 0) {
            taken = turn;
            drawn -= share[turn];
        }
    roam->heading = (roam->heading + taken) % 4;
    roam->street[roam->heading % 2] += roam->heading < 2 ? 1 : -1;
    drive(roam, device->x[0] + roam->street[0] * device->block, device->y[0] + roam->street[1] * device->block);
}

void weir_leg_first(struct weir_roam *roam, unsigned long long seed)
{
    const struct weir_device *device = roam->device;
    struct weir_leg *leg = &roam->leg;
    *leg = (struct weir_leg){.access = -1};
    if (device->motion == WEIR_MOTION_TRACK) {
        const struct weir_fix *first = &device->track->fixes[0];
        *leg = (struct weir_leg){.from_s = fmin(first->time_s, 0) - 1,
                                 .until_s = first->time_s,
                                 .x = first->x,
                                 .y = first->y,
                                 .access = first->access};
        return;
    }
    roam->stream = weir_stream_open(seed, device->stream);
    if (device->motion == WEIR_MOTION_WAYPOINT) {
        leg->x = uniform(&roam->stream, device->x);
        leg->y = uniform(&roam->stream, device->y);
        draw_goal(roam);
        return;
    }
    roam->street[0] = (int)weir_stream_below(&roam->stream, (uint64_t)streets(device->x, device->block));
    roam->street[1] = (int)weir_stream_below(&roam->stream, (uint64_t)streets(device->y, device->block));
    roam->heading = (int)weir_stream_below(&roam->stream, 4);
    leg->x = device->x[0] + roam->street[0] * device->block;
    leg->y = device->y[0] + roam->street[1] * device->block;
    draw_street(roam);
}

void weir_leg_next(struct weir_roam *roam)
{
    const struct weir_device *device = roam->device;
    struct weir_leg *leg = &roam->leg;
    if (device->motion == WEIR_MOTION_TRACK) {
        follow(roam);
        return;
    }
    leg->x += leg->vx * (leg->until_s - leg->from_s);
    leg->y += leg->vy * (leg->until_s - leg->from_s);
    leg->from_s = leg->until_s;
    if (device->motion == WEIR_MOTION_MANHATTAN) { /* no rounding gathers */
        leg->x = device->x[0] + roam->street[0] * device->block;
        leg->y = device->y[0] + roam->street[1] * device->block;
    }
    double pause_s = roam->goes ? uniform(&roam->stream, device->pause_s) : 0;
    if (pause_s > 0) {
        roam->goes = false;
        stand(leg, leg->from_s + pause_s);
    } else if (device->motion == WEIR_MOTION_WAYPOINT) {
        draw_goal(roam);
    } else {
        draw_street(roam);
    }
}
