/* The faults of a scenario: when each host and link is down. Hosts follow a profile of SimGrid's, which acts between
 * two steps of the actors; links, which SimGrid seals as it reads them, are switched by an actor. */
#include <math.h>
#include <simgrid/actor.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"
#include "sim/engine/simgrid_shim.h"
#include "sim/engine/world.h"

/* Hosts before links, each together, by time. */
static int by_target(const void *a, const void *b)
{
    const struct weir_fault *left = *(const struct weir_fault *const *)a, *right = *(const struct weir_fault *const *)b;
    if (left->host != right->host)
        return left->host > right->host ? -1 : 1;
    int order = left->link ? strcmp(left->link, right->link) : 0;
    return order ? order : (left->at_s > right->at_s) - (left->at_s < right->at_s);
}

static bool same_target(const struct weir_fault *a, const struct weir_fault *b)
{
    return a->host == b->host && (!a->link || strcmp(a->link, b->link) == 0);
}

/* Dates of down, up, down ... for faults that are sorted by time; those that overlap are one. */
static void add_dates(struct weir_outages *outages, const struct weir_fault *const *faults, size_t count)
{
    outages->dates_s = weir_alloc(2 * count, sizeof *outages->dates_s);
    for (size_t i = 0; i < count;) {
        double up_s = faults[i]->at_s + faults[i]->for_s;
        outages->dates_s[outages->count++] = faults[i]->at_s;
        for (i++; i < count && faults[i]->at_s <= up_s; i++)
            up_s = fmax(up_s, faults[i]->at_s + faults[i]->for_s);
        if (isfinite(up_s))
            outages->dates_s[outages->count++] = up_s;
    }
}

struct weir_outages *weir_outages_new(const struct weir_scenario *scenario, unsigned long long seed, size_t *count)
{
    struct weir_fault *drawn;
    size_t faults = weir_faults_draw(scenario, seed, &drawn);
    const struct weir_fault **sorted = weir_alloc(faults, sizeof *sorted);
    for (size_t f = 0; f < faults; f++)
        sorted[f] = &drawn[f];
    qsort(sorted, faults, sizeof *sorted, by_target);
    struct weir_outages *outages = weir_alloc(faults, sizeof *outages);
    *count = 0;
    for (size_t f = 0, end; f < faults; f = end) {
        for (end = f + 1; end < faults && same_target(sorted[f], sorted[end]);)
            end++;
        struct weir_outages *one = &outages[(*count)++];
        one->host = sorted[f]->link ? NULL : scenario->platform->hosts[sorted[f]->host].name;
        one->link = sorted[f]->link;
        add_dates(one, sorted + f, end - f);
    }
    free(sorted);
    free(drawn);
    return outages;
}

void weir_outages_free(struct weir_outages *outages, size_t count)
{
    for (size_t o = 0; o < count; o++)
        free(outages[o].dates_s);
    free(outages);
}

static void link_actor(int argc, char **argv)
{
    const struct weir_outages *outages = sg_actor_self_get_data();
    for (unsigned d = 0; d < outages->count; d++) {
        sg_actor_sleep_until(outages->dates_s[d]);
        weir_shim_link_switch(outages->link, d % 2);
    }
}

void weir_faults_start(struct weir_world *world)
{
    for (size_t o = 0; o < world->outage_count; o++)
        if (world->outages[o].link)
            weir_actor_start("fault", world->hosts[world->home].host, link_actor, &world->outages[o]);
}
