/* Two regions and two servers in each, small enough to see through, for the tests of sentinel. */
#ifndef WEIR_TESTS_POLICIES_SENTINEL_WORLD_H
#define WEIR_TESTS_POLICIES_SENTINEL_WORLD_H

#include "sim/base/text.h"
#include "tests/support/test.h"
#include "tests/support/view.h"

extern const struct weir_policy weir_policy_sentinel, weir_policy_oracle;

enum { NORTH, SOUTH, SERVERS = 2, N1 = SERVERS, N2, S1, S2, HOSTS, JOBS = 3 };

/* Of the world that was begun last. A request of the jobs 0 and 1 (north, south) is 20 MB, one of job 2 (north) 5 MB;
 * windows of 60 s, uplinks of 100 MB/s: 300 requests of 20 MB a window fill one. */
extern struct weir_mock *world;
extern const struct weir_policy *policy;
extern void *state;
extern struct weir_text notes; /* of the last window */
extern double load[HOSTS];     /* requests a second that a server had, for its telemetry */

/* Begins with these parameters; the code of create. */
int begin_as(const struct weir_policy *which, const char *text);
/* sentinel, which must not fail. */
void begin(const char *text);
void end(void);

/* Servers that are well show what they do: a little of everything for each request, and never quite the same. */
void report(void);
/* Closes a window in which jobs had so many requests, as the hosts report it; the plan is carried out. Returns its
 * changes. */
int close_window(const double came[JOBS]);
/* The two together. */
int step(double north, double south, double little);

/* Whether the notes of the last window have the text; prints them if not. */
bool told(const char *text);
/* Share of a job's requests that go to the host; to the four servers. */
double share(int job, int host);
double on_servers(int job);

#endif
