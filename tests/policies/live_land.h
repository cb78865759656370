/* Random platforms and jobs of live streams, for tests that compare rules with brute force. */
#ifndef WEIR_TESTS_POLICIES_LIVE_LAND_H
#define WEIR_TESTS_POLICIES_LIVE_LAND_H

#include <stdbool.h>
#include <stdint.h>

#include "tests/support/view.h"

enum { LAND_REGIONS = 3, LAND_SERVERS = 6 };

/* From here on draws are those of the seed: a whole number below `count`, and one between two others. */
void land_seed(uint64_t seed);
int land_below(int count);
double land_between(double low, double high);

/* A platform: a device in each of LAND_REGIONS regions, then LAND_SERVERS servers of the edge and the cloud, in regions
 * with viewers and in one without, with a link each and reports. With `holes` some have no route to some region, and
 * some are down. Free with free(). */
struct weir_mock *land_new(bool holes);
/* Replaces figures of reports, and which servers are up, where there may be holes. */
void land_report(struct weir_mock *land, bool holes);
/* A job at one of the devices, or at a server; a copy of an earlier one of the land with a chance of two in five. */
int land_job(struct weir_mock *land);
/* The job has one operator, which goes anywhere, of so much work and so many bytes towards the sink for a request. */
int land_simple_job(struct weir_mock *land, int source, double flops, double bytes);
/* Whether the route from a server to a device has links. */
bool land_route(const struct weir_mock *land, int server, int viewer);

#endif
