/* What faults are drawn for a run, put in order: a list of dates for each host and link and kind of fault. */
#include "sim/engine/books/outages.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"

/* Hosts before links, each together, by what they do, by time. */
static int by_target(const void *a, const void *b)
{
    const struct weir_fault *left = *(const struct weir_fault *const *)a, *right = *(const struct weir_fault *const *)b;
    if (left->host != right->host)
        return left->host > right->host ? -1 : 1;
    int order = left->link ? strcmp(left->link, right->link) : 0;
    if (!order)
        order = (int)left->effect - (int)right->effect;
    return order ? order : (left->at_s > right->at_s) - (left->at_s < right->at_s);
}

static bool same_target(const struct weir_fault *a, const struct weir_fault *b)
{
    return a->host == b->host && a->effect == b->effect && (!a->link || strcmp(a->link, b->link) == 0);
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

static int by_value(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;
    return (left > right) - (left < right);
}

/* Dates at which shares change, for faults that are sorted by time; where several meet, the least share holds. */
static void add_shares(struct weir_outages *outages, const struct weir_fault *const *faults, size_t count)
{
    double *dates_s = outages->dates_s = weir_alloc(2 * count, sizeof *dates_s);
    double *shares = outages->shares = weir_alloc(2 * count, sizeof *shares);
    const struct weir_fault **now = weir_alloc(count, sizeof *now); /* those under way */
    size_t dates = 0, next = 0, under_way = 0;
    for (size_t f = 0; f < count; f++) {
        dates_s[dates++] = faults[f]->at_s;
        if (isfinite(faults[f]->at_s + faults[f]->for_s))
            dates_s[dates++] = faults[f]->at_s + faults[f]->for_s;
    }
    qsort(dates_s, dates, sizeof *dates_s, by_value);
    for (size_t d = 0; d < dates; d++) {
        double date_s = dates_s[d], share = 1;
        while (next < count && faults[next]->at_s <= date_s)
            now[under_way++] = faults[next++];
        size_t kept = 0;
        for (size_t f = 0; f < under_way; f++)
            if (now[f]->at_s + now[f]->for_s > date_s) {
                share = fmin(share, now[f]->left);
                now[kept++] = now[f];
            }
        under_way = kept;
        if (outages->count && shares[outages->count - 1] == share)
            continue;
        dates_s[outages->count] = date_s; /* in place: no more than have been read */
        shares[outages->count++] = share;
    }
    free(now);
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
        one->host = sorted[f]->link ? -1 : sorted[f]->host;
        one->link = sorted[f]->link;
        one->lossy = sorted[f]->effect == WEIR_FAULT_LOSSY;
        if (sorted[f]->effect != WEIR_FAULT_DOWN)
            add_shares(one, sorted + f, end - f);
        else
            add_dates(one, sorted + f, end - f);
    }
    free(sorted);
    free(drawn);
    return outages;
}

void weir_outages_free(struct weir_outages *outages, size_t count)
{
    for (size_t o = 0; o < count; o++) {
        free(outages[o].dates_s);
        free(outages[o].shares);
    }
    free(outages);
}
