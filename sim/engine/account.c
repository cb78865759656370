/* The account of a platform that sells what it serves (sim/model/account.h): counted at sinks and where items are
 * dropped, closed with each window. Nothing of it where the scenario has no account. */
#include <math.h>
#include <stdlib.h>

#include "sim/base/memory.h"
#include "sim/engine/parts.h"

#define EPSILON_S 1e-9

struct counts {
    uint64_t served, device, service;
    double bytes; /* to sinks on other hosts; of all hosts together: in time */
};

struct weir_ledger {
    struct counts *hosts; /* [host] in this window */
    bool *has_uplink;     /* [host] of the account */
    double *uplink_bytes_per_s;
    struct counts all, at_window, at_warmup; /* since the start of the run, but for drops at sources */
    double revenue;                          /* of the window that closes */
    double window_s;
    double closed_s, revenue_sum, use_sum; /* of whole windows after the warm-up, times their length */
};

void weir_account_init(struct weir_world *world)
{
    if (!world->scenario->account.on)
        return;
    struct weir_ledger *ledger = world->ledger = weir_alloc(1, sizeof *ledger);
    size_t hosts = world->platform->host_count;
    ledger->hosts = weir_alloc(hosts, sizeof *ledger->hosts);
    ledger->has_uplink = weir_alloc(hosts, sizeof *ledger->has_uplink);
    ledger->uplink_bytes_per_s = weir_alloc(hosts, sizeof *ledger->uplink_bytes_per_s);
}

void weir_account_fini(struct weir_world *world)
{
    if (!world->ledger)
        return;
    free(world->ledger->hosts);
    free(world->ledger->has_uplink);
    free(world->ledger->uplink_bytes_per_s);
    free(world->ledger);
}

void weir_account_results(struct weir_world *world, const struct weir_run_job *job, int host, uint64_t count,
                          uint64_t late, double item_bytes)
{
    struct weir_ledger *ledger = world->ledger;
    if (!ledger)
        return;
    struct counts *here = &ledger->hosts[host];
    bool wrong = weir_truth_is_wrong(world, host, weir_now());
    here->served += count;
    ledger->all.served += count;
    *(wrong ? &here->device : &here->service) += wrong ? count : late;
    *(wrong ? &ledger->all.device : &ledger->all.service) += wrong ? count : late;
    if (job->sink.host >= 0 && job->sink.host != host)
        here->bytes += (double)count * item_bytes;
    ledger->all.bytes += (double)(count - late) * item_bytes;
}

void weir_account_drops(struct weir_world *world, int host, uint64_t count)
{
    struct weir_ledger *ledger = world->ledger;
    if (!ledger)
        return;
    bool wrong = weir_truth_is_wrong(world, host, weir_now());
    *(wrong ? &ledger->hosts[host].device : &ledger->hosts[host].service) += count;
    *(wrong ? &ledger->all.device : &ledger->all.service) += count;
}

/* Of the first link on the way to any other host; 0 if there is none. */
static double uplink_bytes_per_s(struct weir_world *world, int host)
{
    struct weir_ledger *ledger = world->ledger;
    for (int to = 0; to < world->view.host_count && !ledger->has_uplink[host]; to++) {
        if (to == host)
            continue;
        const struct weir_route *route = weir_world_route(world, host, to, NULL);
        if (!route->link_count)
            continue;
        ledger->uplink_bytes_per_s[host] = world->links[route->links[0]].bytes_per_s;
        break;
    }
    ledger->has_uplink[host] = true;
    return ledger->uplink_bytes_per_s[host];
}

static double use_of(struct weir_world *world, int host)
{
    double could_bytes = uplink_bytes_per_s(world, host) * world->ledger->window_s;
    return could_bytes > 0 ? world->ledger->hosts[host].bytes / could_bytes : 0;
}

void weir_account_close(struct weir_world *world, double now_s)
{
    struct weir_ledger *ledger = world->ledger;
    const struct weir_account *account = &world->scenario->account;
    if (!ledger)
        return;
    double start_s = world->window_start_s, window_s = ledger->window_s = now_s - start_s, used = 0;
    ledger->revenue = 0;
    if (!(window_s > 0))
        return;
    for (int i = 0; i < account->host_count; i++) {
        int host = account->hosts[i];
        double use = use_of(world, host);
        double well = 1 - weir_truth_wrong_s(world, host, start_s, now_s) / window_s;
        used += use / account->host_count;
        ledger->revenue += weir_account_revenue(account, use) * well; /* eq. 10 */
    }
    if (!world->warm || start_s + EPSILON_S < world->scenario->warmup_s)
        return;
    ledger->closed_s += window_s;
    ledger->revenue_sum += ledger->revenue * window_s;
    ledger->use_sum += used * window_s;
}

static void tell(const struct weir_world *world, const char *host, const char *metric, double value)
{
    const struct weir_observer *observer = world->spec->observer;
    observer->metric(observer->context, world->view.time_s, "", "", host, metric, value);
}

void weir_account_tell(const struct weir_world *world)
{
    const struct weir_ledger *ledger = world->ledger;
    if (!ledger)
        return;
    uint64_t requests = 0, at_sources = 0;
    for (int j = 0; j < world->arrived_jobs; j++) {
        const struct weir_job_counts *now = &world->jobs[j].counts, *then = &world->jobs[j].at_window;
        requests += now->delivered - then->delivered + now->dropped - then->dropped;
        at_sources += now->dropped_at_source - then->dropped_at_source;
    }
    tell(world, "", "revenue", ledger->revenue);
    tell(world, "", "requests", (double)requests);
    tell(world, "", "device_anomalies", (double)(ledger->all.device - ledger->at_window.device));
    tell(world, "", "service_anomalies", (double)(ledger->all.service - ledger->at_window.service + at_sources));
}

void weir_account_tell_host(struct weir_world *world, int host)
{
    if (!world->ledger)
        return;
    const struct counts *counts = &world->ledger->hosts[host];
    const char *name = world->platform->hosts[host].name;
    if (counts->bytes > 0)
        tell(world, name, "utilisation", use_of(world, host));
    if (counts->served)
        tell(world, name, "served", (double)counts->served);
    if (counts->device)
        tell(world, name, "device_anomalies", (double)counts->device);
    if (counts->service)
        tell(world, name, "service_anomalies", (double)counts->service);
}

void weir_account_next_window(struct weir_world *world)
{
    struct weir_ledger *ledger = world->ledger;
    if (!ledger)
        return;
    for (int h = 0; h < world->view.host_count; h++)
        ledger->hosts[h] = (struct counts){0};
    ledger->at_window = ledger->all;
}

void weir_account_warm(struct weir_world *world)
{
    if (world->ledger)
        world->ledger->at_warmup = world->ledger->all;
}

static double ratio(double part, double whole)
{
    return whole > 0 ? part / whole : 0;
}

void weir_account_result(const struct weir_world *world, struct weir_metrics *metrics)
{
    const struct weir_ledger *ledger = world->ledger;
    const struct weir_account *account = &world->scenario->account;
    if (!ledger) {
        metrics->revenue = metrics->utilisation = metrics->anomaly_frequency = metrics->device_anomalies =
            metrics->service_anomalies = metrics->income = metrics->fines = NAN;
        return;
    }
    double requests = metrics->delivered + metrics->dropped;
    double device = (double)(ledger->all.device - ledger->at_warmup.device);
    double service = (double)(ledger->all.service - ledger->at_warmup.service);
    for (int j = 0; j < world->arrived_jobs; j++)
        service += (double)(world->jobs[j].counts.dropped_at_source - world->jobs[j].at_warmup.dropped_at_source);
    metrics->revenue = ratio(ledger->revenue_sum, ledger->closed_s);
    metrics->utilisation = ratio(ledger->use_sum, ledger->closed_s);
    metrics->device_anomalies = ratio(device, requests);
    metrics->service_anomalies = ratio(service, requests);
    metrics->anomaly_frequency = ratio(device + service, requests);
    metrics->income = account->price_per_byte * (ledger->all.bytes - ledger->at_warmup.bytes);
    metrics->fines = account->fine_device * device + account->fine_service * service;
}
