/* When something is truly wrong with a host: an anomaly, or a fault that takes the host or a part of its speed. */
#include <math.h>
#include <stdlib.h>

#include "sim/base/memory.h"
#include "sim/engine/books/parts.h"

struct spell {
    int host;
    double start_s, end_s;
};

struct weir_truth {
    struct spell *spells; /* by host and time; those of one host do not touch each other */
    size_t *first;        /* [host + 1] index of its first spell */
    size_t capacity;
};

static int by_host_and_time(const void *a, const void *b)
{
    const struct spell *left = a, *right = b;
    if (left->host != right->host)
        return left->host - right->host;
    return (left->start_s > right->start_s) - (left->start_s < right->start_s);
}

static size_t add(struct weir_truth *truth, size_t count, int host, double start_s, double end_s)
{
    WEIR_ONE_MORE(truth->spells, count, truth->capacity);
    truth->spells[count] = (struct spell){host, start_s, end_s};
    return count + 1;
}

/* The times of an outage: down at even dates, or slower until the share is 1 again. */
static size_t add_outages(struct weir_truth *truth, size_t count, const struct weir_outages *outages)
{
    for (unsigned d = 0; d < outages->count; d++)
        if (outages->shares ? outages->shares[d] < 1 : d % 2 == 0)
            count = add(truth, count, outages->host, outages->dates_s[d],
                        d + 1 < outages->count ? outages->dates_s[d + 1] : INFINITY);
    return count;
}

void weir_truth_init(struct weir_books *books)
{
    struct weir_truth *truth = books->truth = weir_alloc(1, sizeof *truth);
    size_t hosts = books->platform->host_count, count = 0, kept = 0, anomalies;
    const struct weir_anomaly *list = weir_telemetry_anomalies(books, &anomalies);
    for (size_t a = 0; a < anomalies; a++)
        count = add(truth, count, list[a].host, list[a].at_s, list[a].at_s + list[a].for_s);
    for (size_t o = 0; o < books->outage_count; o++)
        if (books->outages[o].host >= 0)
            count = add_outages(truth, count, &books->outages[o]);
    if (count)
        qsort(truth->spells, count, sizeof *truth->spells, by_host_and_time);
    truth->first = weir_alloc(hosts + 1, sizeof *truth->first);
    for (size_t s = 0; s < count; s++) {
        struct spell *last = kept ? &truth->spells[kept - 1] : NULL;
        const struct spell *spell = &truth->spells[s];
        if (last && last->host == spell->host && spell->start_s <= last->end_s) {
            last->end_s = fmax(last->end_s, spell->end_s);
            continue;
        }
        truth->spells[kept++] = *spell;
        truth->first[spell->host + 1]++;
    }
    for (size_t h = 0; h < hosts; h++)
        truth->first[h + 1] += truth->first[h];
}

void weir_truth_fini(struct weir_books *books)
{
    if (!books->truth)
        return;
    free(books->truth->spells);
    free(books->truth->first);
    free(books->truth);
}

/* The first spell of the host that ends after a date. */
static size_t ends_after(const struct weir_truth *truth, int host, double date_s)
{
    size_t low = truth->first[host], high = truth->first[host + 1];
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (truth->spells[middle].end_s > date_s)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

double weir_truth_wrong_s(const struct weir_books *books, int host, double from_s, double until_s)
{
    const struct weir_truth *truth = books->truth;
    double wrong_s = 0;
    for (size_t s = ends_after(truth, host, from_s); s < truth->first[host + 1]; s++) {
        if (truth->spells[s].start_s >= until_s)
            break;
        wrong_s += fmin(until_s, truth->spells[s].end_s) - fmax(from_s, truth->spells[s].start_s);
    }
    return wrong_s;
}

bool weir_truth_is_wrong(const struct weir_books *books, int host, double date_s)
{
    size_t s = ends_after(books->truth, host, date_s);
    return s < books->truth->first[host + 1] && books->truth->spells[s].start_s <= date_s;
}
