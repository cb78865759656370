/* Devices that move: sources and sinks of jobs on tracks, and the access points to which they attach. Where a device
 * is, and to what it is attached, follows from its track and the seed alone: nothing that happens in a run changes it.
 * Places are in metres, in a plane. */
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
    bool is_sink;                    /* of its job, perhaps besides */
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

struct weir_grid;

struct weir_mobility {
    bool on;
    struct weir_access *access;
    int access_count;
    double hysteresis; /* metres by which another access point must be nearer; 0 where the strongest counts */
    double ratio;      /* times which another weighted distance must be smaller; 1 where the nearest counts */
    double handover_s;
    bool loses;                /* what would be sent during a handover is lost; else it waits */
    bool leaves;               /* a device changes from an access point that is down */
    double latency_s;          /* of the radio link */
    struct weir_reach *reach;  /* by increasing distance; farther than the last nothing gets through */
    int reach_count;           /* 0: no limit */
    struct weir_tracks *files; /* that devices follow */
    int file_count;
    struct weir_device *devices;
    int device_count;
    int *first_of; /* [job] where its ends begin in of_end: its sources, then its sink; one more for the end */
    int *of_end;   /* index of its device, -1: it stands still; a sink may share that of its job's first source */
    struct weir_grid *grid; /* NULL: none is made */
};

/* The index of the device of a source, by its number in its job (0: the only one); -1: it stands still. */
static inline int weir_mobility_device(const struct weir_mobility *mobility, int job, int source)
{
    return mobility->on ? mobility->of_end[mobility->first_of[job] + source] : -1;
}

/* That of its sink. */
static inline int weir_mobility_sink(const struct weir_mobility *mobility, int job)
{
    return mobility->on ? mobility->of_end[mobility->first_of[job + 1] - 1] : -1;
}

/* When the hosts of access points are down. */
struct weir_down {
    const double *dates_s; /* down, up, down, ...; borrowed */
    size_t count;
};
struct weir_downs {
    struct weir_down *of; /* [access] */
    double *dates_s;      /* of all of them, increasing */
    size_t count;
};

/* mobility_legs.c: a walk along the straight parts of a device's way. May be copied, to look ahead. */
struct weir_leg {
    double from_s, until_s;
    double x, y, vx, vy; /* at from_s; m/s */
    int access;          /* where its track says that it is; -1: by its place */
};
struct weir_trip {
    const struct weir_device *device;
    struct weir_leg leg;
    size_t fix; /* of the track, at the end of the leg */
    /* Of models. */
    struct weir_stream stream;
    bool goes;     /* the leg is no pause */
    int street[2]; /* the crossing at the end of the leg */
    int heading;   /* 0 east, 1 north, 2 west, 3 south */
};
void weir_trip_begin(struct weir_trip *trip, const struct weir_device *device, unsigned long long seed);
void weir_trip_next(struct weir_trip *trip);
/* The place at a date of the present leg. */
void weir_trip_place(const struct weir_trip *trip, double date_s, double *x, double *y);

/* mobility_roam.c: a walk by stretches: of each the way is straight and the access point the same. May be copied. */
#define WEIR_ROAM_NEAR 8
struct weir_roam {
    const struct weir_mobility *mobility;
    const struct weir_downs *downs; /* NULL: it heeds none */
    struct weir_trip trip;
    double from_s, until_s; /* of the stretch; until_s may be INFINITY */
    int at;                 /* index of the access point */
    bool handed;            /* the stretch begins with a handover */
    double open_s;          /* when the handover that led to `at` is over; -INFINITY: none did */
    /* What comes. */
    int next;                 /* access point at until_s; -1: none */
    int near[WEIR_ROAM_NEAR]; /* other access points that could be due first */
    int near_count;           /* -1: not known */
    double far_m;             /* so far it may go before any but these could be due */
    double slack_m;           /* so far it may go before another access point could be due */
    size_t down;              /* of the dates of `downs`, the next */
};

/* Begins at the stretch that holds a date; what led to its access point is no handover. O(legs before). */
void weir_roam_begin(struct weir_roam *roam, const struct weir_mobility *mobility, const struct weir_downs *downs,
                     const struct weir_device *device, unsigned long long seed, double date_s);

/* Goes on to the next stretch; false if there is none. O(access points) at worst, O(1) mostly. */
bool weir_roam_next(struct weir_roam *roam);

/* Goes on to the next stretch that begins with a handover at a date before end_s; false if there is none. */
bool weir_roam_handover(struct weir_roam *roam, double end_s);

/* mobility_grid.c: access points by place, to find those nearby. Without it all of them are looked at, which gives the
 * same. */
struct weir_grid {
    double x, y, cell;
    int across, along; /* cells */
    int *first;        /* [cell]: of `access`; one more for the end */
    int *access;       /* those that have a place, cell by cell */
    double most_weight;
};
void weir_grid_make(struct weir_mobility *mobility);
void weir_grid_free(struct weir_grid *grid);

/* mobility_radio.c: at which access point a device is from when on, as far as anybody has looked ahead. */
struct weir_stay {
    double from_s; /* a handover begins; -INFINITY of the first, to which none led */
    int at;
};
struct weir_stays {
    struct weir_roam walk; /* at the last one */
    double end_s;          /* those that begin later are not looked for */
    bool all;
    struct weir_stay *list;
    size_t count, capacity;
};
void weir_stays_begin(struct weir_stays *stays, const struct weir_roam *walk, double end_s);
void weir_stays_fini(struct weir_stays *stays);
/* When stay number i begins; INFINITY if there is none that begins before the end. */
double weir_stays_from_s(struct weir_stays *stays, size_t i);

/* A radio link. Dates given do not go back from call to call. */
struct weir_radio {
    struct weir_stays *stays; /* of its device */
    struct weir_trip trip;
    size_t stay;
};
void weir_radio_begin(struct weir_radio *radio, struct weir_stays *stays);
static inline int weir_radio_at(const struct weir_radio *radio)
{
    return radio->stays->list[radio->stay].at;
}
/* Sends bytes from a date on; what is left when a handover begins goes on after it. Returns when the last of them is
 * sent; INFINITY if that is not before end_s, and *bytes are left then. */
double weir_radio_carry(struct weir_radio *radio, double start_s, double *bytes, double end_s);
/* The same, but that *lost says whether they are lost to a handover instead, at the date returned. */
double weir_radio_send(struct weir_radio *radio, double start_s, double bytes, double end_s, bool *lost);

/* mobility_tracks.c: reads a CSV with the columns time, id (or several names of each) and x, y or host, or the FCD XML
 * of SUMO, also gzip. Hosts are those of access points. Errors: WEIR_EINPUT with file and line. */
struct weir_platform;
int weir_tracks_read(const char *path, const struct weir_platform *platform, const struct weir_mobility *mobility,
                     struct weir_tracks *tracks);
void weir_tracks_fini(struct weir_tracks *tracks);
const struct weir_course *weir_tracks_find(const struct weir_tracks *tracks, const char *id);

#endif
