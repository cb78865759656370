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

static void follow(struct weir_trip *trip)
{
    const struct weir_course *track = trip->device->track;
    const struct weir_fix *from = &track->fixes[trip->fix];
    struct weir_leg *leg = &trip->leg;
    *leg = (struct weir_leg){.from_s = from->time_s, .x = from->x, .y = from->y, .access = from->access};
    if (++trip->fix >= track->count) {
        stand(leg, INFINITY);
        return;
    }
    const struct weir_fix *to = &track->fixes[trip->fix];
    if (from->access >= 0 || to->access >= 0)
        stand(leg, to->time_s);
    else
        go(leg, to->time_s, to->x, to->y);
}

/* Goes to a place at a drawn speed. */
static void drive(struct weir_trip *trip, double x, double y)
{
    struct weir_leg *leg = &trip->leg;
    double speed = uniform(&trip->stream, trip->device->speed), dx = x - leg->x, dy = y - leg->y;
    double far = sqrt(dx * dx + dy * dy);
    if (far > 0)
        go(leg, leg->from_s + far / speed, x, y);
    else
        stand(leg, leg->from_s + 1); /* it was drawn where it stands */
    trip->goes = true;
}

static void draw_goal(struct weir_trip *trip)
{
    double x = uniform(&trip->stream, trip->device->x), y = uniform(&trip->stream, trip->device->y);
    drive(trip, x, y);
}

static int streets(const double ends[2], double block)
{
    return (int)floor((ends[1] - ends[0]) / block * (1 + 1e-12)) + 1;
}

/* Whether there is a crossing beyond the present one in a direction. */
static bool leads_on(const struct weir_trip *trip, int heading)
{
    const struct weir_device *device = trip->device;
    int axis = heading % 2, step = heading < 2 ? 1 : -1, to = trip->street[axis] + step;
    return to >= 0 && to < streets(axis ? device->y : device->x, device->block);
}

/* From a crossing to the next: straight on, left or right, as far as there are streets; else back. */
static void draw_street(struct weir_trip *trip)
{
    static const double share[4] = {0.5, 0.25, 0, 0.25}; /* straight on, left, back, right */
    const struct weir_device *device = trip->device;
    double sum = 0;
    for (int turn = 0; turn < 4; turn++)
        sum += leads_on(trip, (trip->heading + turn) % 4) ? share[turn] : 0;
    double drawn = sum * weir_stream_uniform(&trip->stream);
    int taken = 2;
    for (int turn = 0; turn < 4 && drawn > 0; turn++)
        if (leads_on(trip, (trip->heading + turn) % 4) && share[turn] > 0) {
            taken = turn;
            drawn -= share[turn];
        }
    trip->heading = (trip->heading + taken) % 4;
    trip->street[trip->heading % 2] += trip->heading < 2 ? 1 : -1;
    drive(trip, device->x[0] + trip->street[0] * device->block, device->y[0] + trip->street[1] * device->block);
}

void weir_trip_begin(struct weir_trip *trip, const struct weir_device *device, unsigned long long seed)
{
    *trip = (struct weir_trip){.device = device};
    struct weir_leg *leg = &trip->leg;
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
    trip->stream = weir_stream_open(seed, device->stream);
    if (device->motion == WEIR_MOTION_WAYPOINT) {
        leg->x = uniform(&trip->stream, device->x);
        leg->y = uniform(&trip->stream, device->y);
        draw_goal(trip);
        return;
    }
    trip->street[0] = (int)weir_stream_below(&trip->stream, (uint64_t)streets(device->x, device->block));
    trip->street[1] = (int)weir_stream_below(&trip->stream, (uint64_t)streets(device->y, device->block));
    trip->heading = (int)weir_stream_below(&trip->stream, 4);
    leg->x = device->x[0] + trip->street[0] * device->block;
    leg->y = device->y[0] + trip->street[1] * device->block;
    draw_street(trip);
}

void weir_trip_next(struct weir_trip *trip)
{
    const struct weir_device *device = trip->device;
    struct weir_leg *leg = &trip->leg;
    if (device->motion == WEIR_MOTION_TRACK) {
        follow(trip);
        return;
    }
    leg->x += leg->vx * (leg->until_s - leg->from_s);
    leg->y += leg->vy * (leg->until_s - leg->from_s);
    leg->from_s = leg->until_s;
    if (device->motion == WEIR_MOTION_MANHATTAN) { /* no rounding gathers */
        leg->x = device->x[0] + trip->street[0] * device->block;
        leg->y = device->y[0] + trip->street[1] * device->block;
    }
    double pause_s = trip->goes ? uniform(&trip->stream, device->pause_s) : 0;
    if (pause_s > 0) {
        trip->goes = false;
        stand(leg, leg->from_s + pause_s);
    } else if (device->motion == WEIR_MOTION_WAYPOINT) {
        draw_goal(trip);
    } else {
        draw_street(trip);
    }
}

void weir_trip_place(const struct weir_trip *trip, double date_s, double *x, double *y)
{
    const struct weir_leg *leg = &trip->leg;
    double for_s = leg->vx == 0 && leg->vy == 0 ? 0 : date_s - leg->from_s;
    *x = leg->x + leg->vx * for_s;
    *y = leg->y + leg->vy * for_s;
}
