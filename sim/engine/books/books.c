/* The books as a whole, and what is counted of hosts and links. */
#include "sim/engine/books/books.h"

#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"
#include "sim/engine/books/parts.h"

void weir_books_init(struct weir_books *books, const struct weir_run_spec *spec, const struct weir_link_view *links,
                     int link_count)
{
    memset(books, 0, sizeof *books);
    books->scenario = spec->scenario;
    books->platform = spec->scenario->platform;
    books->observer = spec->observer;
    books->seed = spec->seed;
    books->hosts = weir_alloc_lines(books->platform->host_count * sizeof *books->hosts);
    books->tiers = weir_alloc(books->platform->host_count, sizeof *books->tiers);
    for (size_t h = 0; h < books->platform->host_count; h++)
        books->tiers[h] = (unsigned char)books->platform->hosts[h].tier;
    books->links = weir_alloc((size_t)link_count, sizeof *books->links);
    books->link_count = link_count;
    for (int l = 0; l < link_count; l++) {
        books->links[l].name = links[l].name;
        books->links[l].bytes_per_s = links[l].bytes_per_s;
    }
    books->outages = weir_outages_new(books->scenario, books->seed, &books->outage_count);
    weir_telemetry_init(books);
    weir_monitors_init(books);
    weir_truth_init(books);
    weir_account_init(books);
}

void weir_books_fini(struct weir_books *books)
{
    weir_account_fini(books);
    weir_truth_fini(books);
    weir_monitors_fini(books);
    weir_telemetry_fini(books);
    weir_outages_free(books->outages, books->outage_count);
    free(books->tiers);
    free(books->hosts);
    free(books->links);
    memset(books, 0, sizeof *books);
}

void weir_books_settle(struct weir_books *books, double now_s)
{
    double passed_s = now_s - books->instance_since_s;
    books->instance_since_s = now_s;
    if (!books->warm)
        return;
    books->instance_area += books->instances_alive * passed_s;
    books->cost += books->price_per_s * passed_s;
    books->asleep_s += books->asleep * passed_s;
    books->instance_cost += books->instance_price_per_s * passed_s;
}

void weir_books_instances(struct weir_books *books, int host, int by, double now_s)
{
    weir_books_settle(books, now_s);
    const struct weir_host *spec = &books->platform->hosts[host];
    int before = books->hosts[host].instances, after = before + by;
    books->instances_alive += by;
    books->hosts[host].instances = after;
    books->instance_price_per_s += by * spec->price_per_core_s;
    books->price_per_s += ((after > 0) - (before > 0)) * spec->cores * spec->price_per_core_s;
    if (!books->instances_alive)
        books->price_per_s = books->instance_price_per_s = 0; /* no rounding is left over */
}

void weir_books_change(struct weir_books *books, bool moves, bool crosses)
{
    if (!books->warm)
        return;
    books->rescales += !moves;
    books->migrations += moves || crosses;
    books->tier_crossings += crosses;
}

void weir_books_transfer(struct weir_books *books, int from, int to, const int *links, int link_count, double bytes)
{
    for (int i = 0; i < link_count; i++)
        books->links[links[i]].bytes += bytes;
    books->hosts[from].counts.sent_bytes += bytes;
    books->hosts[to].counts.received_bytes += bytes;
    if (!books->warm)
        return;
    books->network_bytes += bytes;
    if (books->tiers[from] != books->tiers[to])
        books->crossing_bytes += bytes;
    if (books->scenario->traffic.count)
        books->traffic_cost += bytes * weir_traffic_price(&books->scenario->traffic, books->platform, from, to);
}
