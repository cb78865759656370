/* A crowdsourced cloud-edge platform that serves live streams [li-2025]: what it is made of, drawn before it is
 * written. */
#ifndef WEIR_GENERATE_CCP_H
#define WEIR_GENERATE_CCP_H

#include <stdio.h>

#include "sim/generate/graph.h"
#include "sim/generate/place.h"

enum { WEIR_CCP_CONTENTS = 6, WEIR_CCP_SCREENS = 3, WEIR_CCP_CLASSES = 3, WEIR_CCP_KINDS = 5, WEIR_CCP_PEAKS = 2 };
extern const char *const weir_ccp_contents[], *const weir_ccp_screens[], *const weir_ccp_classes[];

/* When links between regions lose packets. */
enum weir_ccp_losses { WEIR_CCP_DRAWN, WEIR_CCP_HOURS };

struct weir_ccp_options {
    int size, regions, servers, categories, channels;
    int losses;
    double duration_s, run_s, requests_per_s, quiet, weekend, noise, device, service, loss, radius_km;
    double backbone_bytes_per_s, slo_s;
    struct weir_way_options way;
};

struct weir_ccp_server {
    int region, number;      /* in the region, from 1 */
    int quality;             /* of the classes */
    double load_bytes_per_s; /* mean, of the jobs that begin there */
    double uplink_bytes_per_s;
};

struct weir_ccp_category {
    int content, screen;
    double bitrate_bits_per_s, session_s;
    double share; /* of all requests */
};

/* The requests of a category from a region, and the server that they go to as long as no policy decides. */
struct weir_ccp_job {
    double requests_per_s; /* mean */
    int server;
    bool crosses; /* the server is in another region */
};

struct weir_ccp {
    const struct weir_ccp_options *options;
    int regions, servers, categories, channels;
    struct weir_point *place; /* [regions] in km */
    double *popularity;       /* [regions], sum 1 */
    struct weir_ccp_server *server;
    struct weir_ccp_category *category;
    struct weir_ccp_job *job; /* [regions][categories] */
    double *shape;            /* [WEIR_CCP_CONTENTS][steps] rates whose mean over the whole is 1 */
    int steps;                /* of weir_ccp_step_s */
    double peak_share;        /* of requests in the times of peaks */
    double crossing;          /* of requests */
    double class_share[WEIR_CCP_CLASSES], class_anomalous[WEIR_CCP_CLASSES]; /* of servers; of their time */
};
#define WEIR_CCP_STEP_S 600.
extern const double weir_ccp_peaks[WEIR_CCP_PEAKS]; /* where in the day, as shares */
#define WEIR_CCP_PEAK_HALF_S 5400.                  /* around these */

/* Draws all. Errors: WEIR_EUSAGE. */
int weir_ccp_make(const struct weir_ccp_options *options, unsigned long long seed, struct weir_ccp *ccp);
void weir_ccp_fini(struct weir_ccp *ccp);

/* "r07-s03-b": the class is the last letter. Returns `buffer`. */
const char *weir_ccp_name(const struct weir_ccp *ccp, int server, char buffer[48]);

/* The faults of the links fibre1 to fibre<links>, as elements of a list. */
void weir_ccp_write_losses(const struct weir_ccp *ccp, unsigned long long seed, int links, FILE *out);

/* Writes all files. Errors: WEIR_EINPUT. */
int weir_ccp_write(const struct weir_ccp *ccp, unsigned long long seed, FILE *out);

#endif
