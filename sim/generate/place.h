/* Distances, and what light makes of them. */
#ifndef WEIR_GENERATE_PLACE_H
#define WEIR_GENERATE_PLACE_H

#include "sim/base/param.h"
#include "sim/generate/graph.h"

/* How a distance becomes a latency: hop_s + stretch distance / (2/3 c). */
struct weir_way_options {
    double stretch, hop_s;
};
#define WEIR_WAY_PARAMS(member)                                                                                        \
    WEIR_PARAM("stretch", WEIR_PARAM_DOUBLE, WEIR_UNIT_NONE, AT(member.stretch), "1", 0, 1000, NULL,                   \
               "length of a cable over the distance of its ends"),                                                     \
        WEIR_PARAM("hop", WEIR_PARAM_DOUBLE, WEIR_UNIT_TIME, AT(member.hop_s), "100us", 0, 1e300, NULL,                \
                   "latency that a link has beside its length: equipment")

/* What a file says of it: "latencies are length times 1.4 at 2/3 of the speed of light, ...". Owned. */
char *weir_way_about(const struct weir_way_options *way);

double weir_way_latency_s(const struct weir_way_options *way, double distance_km);

/* A place on the earth, a sphere of 6371 km (mean radius, moritz-2000), in kilometres from its centre. */
struct weir_point weir_point_on_earth(double longitude_deg, double latitude_deg);

/* Great-circle distance of two such points. */
double weir_point_way_km(const struct weir_point *a, const struct weir_point *b);

#endif
