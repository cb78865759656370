/* The share of a window that faults take from links and hosts, as the scenario dates or draws them. */
#ifndef WEIR_EXPERIMENT_OUTAGE_SHARE_H
#define WEIR_EXPERIMENT_OUTAGE_SHARE_H

#include "sim/model/scenario.h"

struct weir_outage_share;
struct weir_outage_share *weir_outage_share_new(const struct weir_scenario *scenario, unsigned long long seed);
void weir_outage_share_free(struct weir_outage_share *outages);

/* The links of the run: a fault of NAME is one of NAME_UP and NAME_DOWN, too, where the platform's link is two. */
void weir_outage_share_links(struct weir_outage_share *outages, char *const *names, int count);

/* The window that the functions below speak of; windows go forward in time. */
void weir_outage_share_window(struct weir_outage_share *outages, double from_s, double until_s);

/* Down: its whole bandwidth is lost; slow: what is not left of it. At most 1. */
double weir_outage_share_of_link(const struct weir_outage_share *outages, int link);
/* Down only: a slow host is busy. */
double weir_outage_share_of_host(const struct weir_outage_share *outages, int host);

#endif
