/* The account of a platform that sells what it serves (sim/model/account.h): counted at sinks and where items are
 * dropped, closed with each window. Nothing of it where the scenario has no account. */
#include <math.h>
#include <stdlib.h>

#include "sim/base/memory.h"
#include "sim/engine/books/ledger.h"
#include "sim/engine/books/parts.h"

#define EPSILON_S 1e-9

struct counts {
    uint64_t served, device, service;
    double bytes; /* to sinks on other hosts; of all hosts together: in time */
};

struct weir_ledger {
    struct counts *hosts; /* [host] in this window */
    bool *has_uplink;     /* [host] of the account */
    double *uplink_bytes_per_s;
    double (*ask_uplink)(void *context, int host);
    void *context;
    struct counts all, at_window, at_warmup; /* since the start of the run, but for drops at sources */
    double revenue;                          /* of the window that closes */
    double window_s;
    double closed_s, revenue_sum, use_sum; /* of whole windows after the warm-up, times their length */
};

void weir_account_init(struct weir_books *books)
{
    if (!books->scenario->account.on)
        return;
    struct weir_ledger *ledger = books->ledger = weir_alloc(1, sizeof *ledger);
    size_t hosts = books->platform->host_count;
    ledger->hosts = weir_alloc(hosts, sizeof *ledger->hosts);
    ledger->has_uplink = weir_alloc(hosts, sizeof *ledger->has_uplink);
    ledger->uplink_bytes_per_s = weir_alloc(hosts, sizeof *ledger->uplink_bytes_per_s);
}

void weir_account_fini(struct weir_books *books)
{
    if (!books->ledger)
        return;
    free(books->ledger->hosts);
    free(books->ledger->has_uplink);
    free(books->ledger->uplink_bytes_per_s);
    free(books->ledger);
}

void weir_account_uplinks(struct weir_books *books, double (*bytes_per_s)(void *context, int host), void *context)
{
    if (!books->ledger)
        return;
    books->ledger->ask_uplink = bytes_per_s;
    books->ledger->context = context;
}

void weir_account_results(struct weir_books *books, int host, int sink_host, uint64_t count, uint64_t late,
                          uint64_t again, double item_bytes, double now_s)
{
    struct weir_ledger *ledger = books->ledger;
    if (!ledger)
        return;
    struct counts *here = &ledger->hosts[host];
    bool wrong = weir_truth_is_wrong(books, host, now_s);
    here->served += count;
    ledger->all.served += count;
    *(wrong ? &here->device : &here->service) += wrong ? count : late;
    *(wrong ? &ledger->all.device : &ledger->all.service) += wrong ? count : late;
    if (sink_host >= 0 && sink_host != host)
        here->bytes += (double)(count + again) * item_bytes;
    ledger->all.bytes += (double)(count - late) * item_bytes;
}

void weir_account_drops(struct weir_books *books, int host, uint64_t count, double now_s)
{
    struct weir_ledger *ledger = books->ledger;
    if (!ledger)
        return;
    bool wrong = weir_truth_is_wrong(books, host, now_s);
    *(wrong ? &ledger->hosts[host].device : &ledger->hosts[host].service) += count;
    *(wrong ? &ledger->all.device : &ledger->all.service) += count;
}

static double uplink_bytes_per_s(struct weir_books *books, int host)
{
    struct weir_ledger *ledger = books->ledger;
    if (!ledger->has_uplink[host])
        ledger->uplink_bytes_per_s[host] = ledger->ask_uplink(ledger->context, host);
    ledger->has_uplink[host] = true;
    return ledger->uplink_bytes_per_s[host];
}

static double use_of(struct weir_books *books, int host)
{
    double could_bytes = uplink_bytes_per_s(books, host) * books->ledger->window_s;
    return could_bytes > 0 ? books->ledger->hosts[host].bytes / could_bytes : 0;
}

void weir_account_close(struct weir_books *books, double now_s)
{
    struct weir_ledger *ledger = books->ledger;
    const struct weir_account *account = &books->scenario->account;
    if (!ledger)
        return;
    double start_s = books->window_start_s, window_s = ledger->window_s = now_s - start_s, used = 0;
    ledger->revenue = 0;
    if (!(window_s > 0))
        return;
    for (int i = 0; i < account->host_count; i++) {
        int host = account->hosts[i];
        double use = use_of(books, host);
        double well = 1 - weir_truth_wrong_s(books, host, start_s, now_s) / window_s;
        used += use / account->host_count;
        ledger->revenue += weir_account_revenue(account, use) * well; /* eq. 10 */
    }
    if (!books->warm || start_s + EPSILON_S < books->scenario->warmup_s)
        return;
    ledger->closed_s += window_s;
    ledger->revenue_sum += ledger->revenue * window_s;
    ledger->use_sum += used * window_s;
}

static void tell(const struct weir_books *books, double time_s, const char *host, const char *metric, double value)
{
    books->observer->metric(books->observer->context, time_s, "", "", host, metric, value);
}

void weir_account_tell(const struct weir_books *books, uint64_t requests, uint64_t at_sources, double time_s)
{
    const struct weir_ledger *ledger = books->ledger;
    if (!ledger)
        return;
    tell(books, time_s, "", "revenue", ledger->revenue);
    tell(books, time_s, "", "requests", (double)requests);
    tell(books, time_s, "", "device_anomalies", (double)(ledger->all.device - ledger->at_window.device));
    tell(books, time_s, "", "service_anomalies",
         (double)(ledger->all.service - ledger->at_window.service + at_sources));
}

void weir_account_tell_host(struct weir_books *books, int host, double time_s)
{
    if (!books->ledger)
        return;
    const struct counts *counts = &books->ledger->hosts[host];
    const char *name = books->platform->hosts[host].name;
    if (counts->bytes > 0)
        tell(books, time_s, name, "utilisation", use_of(books, host));
    if (counts->served)
        tell(books, time_s, name, "served", (double)counts->served);
    if (counts->device)
        tell(books, time_s, name, "device_anomalies", (double)counts->device);
    if (counts->service)
        tell(books, time_s, name, "service_anomalies", (double)counts->service);
}

void weir_account_next_window(struct weir_books *books)
{
    struct weir_ledger *ledger = books->ledger;
    if (!ledger)
        return;
    for (size_t h = 0; h < books->platform->host_count; h++)
        ledger->hosts[h] = (struct counts){0};
    ledger->at_window = ledger->all;
}

void weir_account_warm(struct weir_books *books)
{
    if (books->ledger)
        books->ledger->at_warmup = books->ledger->all;
}

static double ratio(double part, double whole)
{
    return whole > 0 ? part / whole : 0;
}

void weir_account_result(const struct weir_books *books, uint64_t dropped_at_sources, struct weir_metrics *metrics)
{
    const struct weir_ledger *ledger = books->ledger;
    const struct weir_account *account = &books->scenario->account;
    if (!ledger) {
        metrics->revenue = metrics->utilisation = metrics->anomaly_frequency = metrics->device_anomalies =
            metrics->service_anomalies = metrics->income = metrics->fines = NAN;
        return;
    }
    double requests = metrics->delivered + metrics->dropped;
    double device = (double)(ledger->all.device - ledger->at_warmup.device);
    double service = (double)(ledger->all.service - ledger->at_warmup.service + dropped_at_sources);
    metrics->revenue = ratio(ledger->revenue_sum, ledger->closed_s);
    metrics->utilisation = ratio(ledger->use_sum, ledger->closed_s);
    bool any = requests > 0; /* of none there is no share */
    metrics->device_anomalies = any ? device / requests : NAN;
    metrics->service_anomalies = any ? service / requests : NAN;
    metrics->anomaly_frequency = any ? (device + service) / requests : NAN;
    metrics->income = account->price_per_byte * (ledger->all.bytes - ledger->at_warmup.bytes);
    metrics->fines = account->fine_device * device + account->fine_service * service;
}
