/* The state of sentinel as parts of its cycle find it, made by hand: random servers, regions, categories and routes. */
#ifndef WEIR_TESTS_POLICIES_SENTINEL_PARTS_H
#define WEIR_TESTS_POLICIES_SENTINEL_PARTS_H

#include "policies/sentinel/sentinel.h"
#include "tests/policies/live_land.h"

/* Servers that are up and healthy, nothing in use, all routes safe; u_opt 0.6, parameters as by default. One route in
 * eight is missing. Windows are 60 s. */
struct sentinel *parts_new(int servers, int regions, int categories);
void parts_free(struct sentinel *self);

/* A state that has seen nothing yet, with the defaults; parts_read takes in the tables of a window of the land. */
struct sentinel *parts_new_on_land(void);
void parts_read(struct sentinel *self, struct weir_mock *land);

/* Index of a server, region and category; the share of a server that a request takes, by its bytes and its work. */
long parts_at(const struct sentinel *self, int e, int m, int i);
double parts_need(const struct sentinel *self, int e, int i);
bool parts_route(const struct sentinel *self, int e, int m);

/* Whole random requests, at most so many in each cell; some cells have none. */
void parts_requests(struct sentinel *self, int most);
/* Some servers are not healthy, some routes not safe. */
void parts_trouble(struct sentinel *self);

#endif
