#include "sim/experiment/outage_share.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"

struct weir_outage_share {
    struct weir_fault *faults; /* by date */
    size_t count, next;        /* the first that has not begun */
    size_t *begun, begun_count;
    double *links, *hosts; /* what is lost in the window */
    int link_count, host_count;
    char *const *names;
};

static int by_date(const void *a, const void *b)
{
    const struct weir_fault *x = a, *y = b;
    return (x->at_s > y->at_s) - (x->at_s < y->at_s);
}

struct weir_outage_share *weir_outage_share_new(const struct weir_scenario *scenario, unsigned long long seed)
{
    struct weir_outage_share *outages = weir_alloc(1, sizeof *outages);
    outages->count = weir_faults_draw(scenario, seed, &outages->faults);
    if (outages->count)
        qsort(outages->faults, outages->count, sizeof *outages->faults, by_date);
    outages->begun = weir_alloc(outages->count, sizeof *outages->begun);
    outages->host_count = (int)scenario->platform->host_count;
    outages->hosts = weir_alloc(scenario->platform->host_count, sizeof *outages->hosts);
    return outages;
}

void weir_outage_share_free(struct weir_outage_share *outages)
{
    if (!outages)
        return;
    free(outages->faults);
    free(outages->begun);
    free(outages->links);
    free(outages->hosts);
    free(outages);
}

void weir_outage_share_links(struct weir_outage_share *outages, char *const *names, int count)
{
    outages->names = names;
    outages->link_count = count;
    outages->links = weir_alloc((size_t)count, sizeof *outages->links);
}

static bool is_part(const char *name, const char *whole)
{
    size_t length = strlen(whole);
    return strncmp(name, whole, length) == 0 &&
           (!name[length] || strcmp(name + length, "_UP") == 0 || strcmp(name + length, "_DOWN") == 0);
}

static void lose(double *lost, double share)
{
    *lost = fmin(1, *lost + share);
}

static void count_fault(struct weir_outage_share *outages, const struct weir_fault *fault, double share)
{
    if (fault->host >= 0) {
        if (fault->effect == WEIR_FAULT_DOWN)
            lose(&outages->hosts[fault->host], share);
        return;
    }
    if (fault->effect == WEIR_FAULT_LOSSY)
        return;
    for (int l = 0; l < outages->link_count; l++)
        if (is_part(outages->names[l], fault->link))
            lose(&outages->links[l], share * (fault->effect == WEIR_FAULT_DOWN ? 1 : 1 - fault->left));
}

void weir_outage_share_window(struct weir_outage_share *outages, double from_s, double until_s)
{
    size_t kept = 0;
    if (outages->link_count)
        memset(outages->links, 0, (size_t)outages->link_count * sizeof *outages->links);
    if (outages->host_count)
        memset(outages->hosts, 0, (size_t)outages->host_count * sizeof *outages->hosts);
    for (; outages->next < outages->count && outages->faults[outages->next].at_s < until_s; outages->next++)
        outages->begun[outages->begun_count++] = outages->next;
    for (size_t i = 0; i < outages->begun_count; i++) {
        const struct weir_fault *fault = &outages->faults[outages->begun[i]];
        double end_s = fault->at_s + fault->for_s;
        if (end_s <= from_s)
            continue;
        outages->begun[kept++] = outages->begun[i];
        count_fault(outages, fault, (fmin(end_s, until_s) - fmax(fault->at_s, from_s)) / (until_s - from_s));
    }
    outages->begun_count = kept;
}

double weir_outage_share_of_link(const struct weir_outage_share *outages, int link)
{
    return outages->links[link];
}

double weir_outage_share_of_host(const struct weir_outage_share *outages, int host)
{
    return outages->hosts[host];
}
