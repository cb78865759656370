/* Devices that move: the sources of jobs on tracks, and the access points to which they attach. Where a device is, and
 * to what it is attached, follows from its track and the seed alone: nothing that happens in a run changes it. Places
 * are in metres, in a plane. */
#ifndef WEIR_MODEL_MOBILITY_H
#define WEIR_MODEL_MOBILITY_H

#include <stdbool.h>
#include <stddef.h>

#include "sim/base/random.h"

#define WEIR_METRES_AT_MOST 1e9 /* from the origin: there a millionth of a metre is still told apart */

/* A host that devices attach to. */
struct weir_access {
    int host;
    bool placed; /* it has a place; else only tracks that name it lead there */
    double x, y;
    double power;  /* dB over that of others, where the strongest counts */
    double weight; /* its distance divided by this is what counts: 10^(power / (10 path loss)), or 1 */
};

/* A point of a track. Between two of them a device goes straight on at constant speed; before the first and after the
 * last it stands still. */
struct weir_fix {
    double time_s, x, y;
    int access; /* index of the access point where it is from then on, until the next fix; -1: by its place */
};
struct weir_course {
    char *id;
    struct weir_fix *fixes; /* times increase */
    size_t count, capacity;
};

/* The tracks of a file. */
struct weir_tracks {
    char *path;
    struct weir_course *list; /* in the order in which the file has them first */
    size_t count, capacity;
    unsigned long long hash; /* of the file's bytes */
};

enum weir_motion {
    WEIR_MOTION_TRACK,
    WEIR_MOTION_WAYPOINT, /* goes straight to a place drawn in its area, at a drawn speed, and pauses; and so on */
    WEIR_MOTION_MANHATTAN /* goes along streets; at each crossing straight on with 1/2, left or right with 1/4 each */
};
struct weir_device {
    enum weir_motion motion;
    const struct weir_course *track; /* of WEIR_MOTION_TRACK */
    /* Of models. */
    double x[2], y[2]; /* the area: least and greatest */
    double speed[2];   /* m/s, uniform between them, drawn anew for each leg */
    double pause_s[2]; /* uniform, at the end of each leg */
    double block;      /* between two streets */
    char *stream;      /* of its draws */
};

/* Up to a distance a radio link has a rate. */
struct weir_reach {
    double within; /* metres; INFINITY: any */
    double bytes_per_s;
};

struct weir_mobility {
    bool on;
    struct weir_access *access;
    int access_count;
    double hysteresis; /* metres by which another access point must be nearer; 0 where the strongest counts */
    double ratio;      /* times which another weighted distance must be smaller; 1 where the nearest counts */
    double handover_s;
    bool loses;                /* what would be sent during a handover is lost; else it waits */
    double latency_s;          /* of the radio link */
    struct weir_reach *reach;  /* by increasing distance; farther than the last nothing gets through */
    int reach_count;           /* 0: no limit */
    struct weir_tracks *files; /* that devices follow */
    int file_count;
    struct weir_device *devices;
    int device_count;
    int *first_of;  /* [job] where its sources begin in of_source */
    int *of_source; /* index of its device, -1: it stands still */
};

/* The index of the device of a source, by its number in its job (0: the only one); -1: it stands still. */
static inline int weir_mobility_device(const struct weir_mobility *mobility, int job, int source)
{
    return mobility->on ? mobility->of_source[mobility->first_of[job] + source] : -1;
}

/* A straight part of a device's way, and the state of a walk along it. */
struct weir_leg {
    double from_s, until_s;
    double x, y, vx, vy; /* at from_s; m/s */
    int access;          /* where its track says that it is; -1: by its place */
};

/* A walk along the track of a device, by stretches: of each the way is straight and the access point the same. May be
 * copied, to look ahead. */
#define WEIR_ROAM_NEAR 8
struct weir_roam {
    const struct weir_mobility *mobility;
    const struct weir_device *device;
    double from_s, until_s; /* of the stretch; until_s may be INFINITY */
    int at;                 /* index of the access point */
    bool handed;            /* the stretch begins with a handover */
    double open_s;          /* when the handover that led to `at` is over; -INFINITY: none did */
    struct weir_leg leg;
    /* What comes. */
    int next;                 /* access point at until_s; -1: the leg ends there */
    int near[WEIR_ROAM_NEAR]; /* other access points that could be due first */
    int near_count;           /* -1: not known */
    double far_m;             /* so far it may go before any but these could be due */
    double slack_m;           /* so far it may go before another access point could be due */
    size_t fix;               /* of the track, at the end of the leg */
    struct weir_stream stream;
    bool goes;     /* of models: the leg is no pause */
    int street[2]; /* the crossing at the end of the leg */
    int heading;   /* 0 east, 1 north, 2 west, 3 south */
};

/* Begins at the stretch that holds a date; what led to its access point is no handover. O(legs before). */
void weir_roam_begin(struct weir_roam *roam, const struct weir_mobility *mobility, const struct weir_device *device,
                     unsigned long long seed, double date_s);

/* Goes on to the next stretch; false if there is none. O(access points) at worst, O(1) mostly. */
bool weir_roam_next(struct weir_roam *roam);

/* Goes on to the next stretch that begins with a handover at a date before end_s; false if there is none. */
bool weir_roam_handover(struct weir_roam *roam, double end_s);

/* The place at a date of the present leg. */
void weir_roam_place(const struct weir_roam *roam, double date_s, double *x, double *y);

/* Sends bytes over the radio link from a date on, which does not go back from call to call; the walk goes on to the
 * stretch in which the last of them is sent. What is under way when a handover begins goes on after it, or is lost.
 * Returns when it is sent or lost, INFINITY if that is not before end_s; *lost says which. */
double weir_roam_send(struct weir_roam *roam, double start_s, double bytes, double end_s, bool *lost);

/* mobility_legs.c: the first leg, and the one after the present one. */
void weir_leg_first(struct weir_roam *roam, unsigned long long seed);
void weir_leg_next(struct weir_roam *roam);

/* mobility_tracks.c: reads a CSV with the columns time, id (or several names of each) and x, y or host, or the FCD XML
 * of SUMO, also gzip. Hosts are those of access points. Errors: WEIR_EINPUT with file and line. */
struct weir_platform;
int weir_tracks_read(const char *path, const struct weir_platform *platform, const struct weir_mobility *mobility,
                     struct weir_tracks *tracks);
void weir_tracks_fini(struct weir_tracks *tracks);
const struct weir_course *weir_tracks_find(const struct weir_tracks *tracks, const char *id);

#endif
