/* A car that goes from one access point to another: the world of mobility.c and following.c. Two access points a
 * kilometre apart and a cloud; a link of 10 MB/s and 10 ms between the two, and of 10 MB/s and 20 ms to the cloud. The
 * car goes from west to east at 10 m/s. With 24 m of hysteresis it changes at 512 m, at 51.2 s, which takes a second.
 * Items of 100 kB come each second from 1 s on: 0.1 s at the radio link's 1 MB/s, and its 5 ms; a service takes 10 ms.
 */
#ifndef WEIR_TESTS_ENGINE_DRIVE_H
#define WEIR_TESTS_ENGINE_DRIVE_H

#include "tests/support/run.h"
#include "tests/support/test.h"

/* What differs from case to case. */
struct weir_drive {
    const char *mobility; /* more keys of it */
    const char *rates;
    const char *bytes;
    const char *place, *state; /* of the operator */
    const char *more;          /* of the scenario */
    const char *source, *end;  /* of the job; which of its ends moves */
    const char *job;           /* more keys of the job */
    const char *flops, *out_bytes;
    const char *duration;
    const char *handover; /* how long one takes */
    const char *track;    /* of the car */
};

extern const struct weir_drive weir_drive_stays;

struct weir_test_result weir_drive_with(const struct weir_drive *drive, const char *policy, bool all,
                                        const struct weir_policy *const *catalog);
/* The same with the policies that weir brings along. */
struct weir_test_result weir_drive_under(const struct weir_drive *drive, const char *policy, bool all);

/* Once with weir's own clock, once with all activities in SimGrid. */
static inline void weir_both_ways(void (*check)(bool all))
{
    check(false);
    check(true);
}

#endif
