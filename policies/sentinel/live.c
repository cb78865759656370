/* From a view to servers, regions and categories. */
#include "policies/sentinel/live.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/real.h"

#define UNBOUNDED 1e12 /* bytes/s of a server without a link of its own */

static bool can_serve(const struct weir_view *view, const struct weir_job_view *job, int tier)
{
    for (int o = 0; job->running && o < job->operator_count; o++)
        if (live_movable(view, job, o, tier))
            return true;
    return false;
}

static void find_servers(struct live *live, const struct weir_view *view)
{
    if (live->host_count == view->host_count)
        return;
    live->shape++;
    live->host_count = view->host_count;
    size_t count = (size_t)view->host_count;
    live->host = weir_resize(live->host, count, sizeof *live->host);
    live->server_at = weir_resize(live->server_at, count, sizeof *live->server_at);
    live->servers = 0;
    for (int h = 0; h < view->host_count; h++) {
        bool server = view->hosts[h].tier != WEIR_VIEW_DEVICE;
        live->server_at[h] = server ? live->servers : -1;
        if (server)
            live->host[live->servers++] = h;
    }
    live->bandwidth = weir_resize(live->bandwidth, count, sizeof *live->bandwidth);
    live->flops = weir_resize(live->flops, count, sizeof *live->flops);
    live->up = weir_resize(live->up, count, sizeof *live->up);
    live->used_per_s = weir_resize(live->used_per_s, count, sizeof *live->used_per_s);
    live->used = weir_resize(live->used, count, sizeof *live->used);
    for (int e = 0; e < live->servers; e++)
        live->bandwidth[e] = UNBOUNDED;
    live->regions = 0; /* their routes have to be found anew */
}

/* Routes from all servers to a new region. */
static void find_routes(struct live *live, const struct weir_view *view, int viewer)
{
    int old = live->regions, regions = ++live->regions;
    double *wider = weir_alloc((size_t)live->servers * (size_t)regions, sizeof *wider);
    for (int e = 0; e < live->servers; e++)
        for (int m = 0; m < old; m++)
            wider[e * regions + m] = live->latency_s[e * old + m];
    free(live->latency_s);
    live->latency_s = wider;
    live->viewer = weir_resize(live->viewer, (size_t)regions, sizeof *live->viewer);
    live->viewer[old] = viewer;
    for (int e = 0; e < live->servers; e++) {
        int first = -1, links = view->route_links ? view->route_links(view, live->host[e], viewer, &first, 1) : 0;
        double latency_s = view->route_latency_s(view, live->host[e], viewer);
        bool reached = live->host[e] == viewer || links > 0 || (!view->route_links && isfinite(latency_s));
        wider[e * regions + old] = reached ? latency_s : INFINITY;
        double bytes_per_s = INFINITY;
        if (links > 0 && first >= 0 && first < view->link_count)
            bytes_per_s = view->links[first].bytes_per_s;
        else if (reached && !view->route_links)
            bytes_per_s = view->route_bytes_per_s(view, live->host[e], viewer);
        if (live->bandwidth[e] >= UNBOUNDED && bytes_per_s > 0 && bytes_per_s < UNBOUNDED)
            live->bandwidth[e] = bytes_per_s;
    }
    live->shape++;
}

static bool same_region(const struct weir_view *view, int a, int b)
{
    const char *one = view->hosts[a].region, *other = view->hosts[b].region;
    return a == b || (one && other && *one && strcmp(one, other) == 0);
}

static int region_of(struct live *live, const struct weir_view *view, int source)
{
    for (int m = 0; m < live->regions; m++)
        if (same_region(view, live->viewer[m], source))
            return m;
    find_routes(live, view, source);
    return live->regions - 1;
}

static void take_jobs(struct live *live, const struct weir_view *view)
{
    size_t old = live->job_capacity;
    if ((size_t)view->job_count > old) {
        live->jobs = weir_grow(live->jobs, (size_t)view->job_count, &live->job_capacity, sizeof *live->jobs);
        memset(live->jobs + old, 0, (live->job_capacity - old) * sizeof *live->jobs);
    }
    for (int j = 0; j < view->job_count; j++) {
        struct live_job *job = &live->jobs[j];
        bool known = j < live->job_count && job->region >= 0 && job->region < live->regions;
        if (!known && view->jobs[j].running)
            job->tier = live_tier(view, &view->jobs[j]);
        bool serves = can_serve(view, &view->jobs[j], job->tier);
        if (!serves)
            job->region = job->category = -1;
        else if (!known) {
            job->region = region_of(live, view, view->jobs[j].source_host);
            job->category = -1;
            live->new_jobs++;
        }
    }
    live->job_count = view->job_count;
}

/* A rate that is no number, or absurd, is none. */
static double items_of(double rate, double window_s)
{
    double items = rate * window_s;
    return items >= 0 && items < 1e15 ? items : 0;
}

/* Figures of the window by server, cell and category. */
static void take_window(struct live *live, const struct weir_view *view)
{
    size_t cells = (size_t)live->regions * (size_t)live->categories, categories = (size_t)live->categories;
    live->window_s = view->window_s;
    live->requests = weir_resize(live->requests, cells, sizeof *live->requests);
    live->request_bytes = weir_resize(live->request_bytes, categories, sizeof *live->request_bytes);
    live->request_flops = weir_resize(live->request_flops, categories, sizeof *live->request_flops);
    live->category_jobs = weir_resize(live->category_jobs, categories, sizeof *live->category_jobs);
    live->category_tiers = weir_resize(live->category_tiers, categories, sizeof *live->category_tiers);
    live->server_tier = weir_resize(live->server_tier, (size_t)live->servers, sizeof *live->server_tier);
    memset(live->requests, 0, cells * sizeof *live->requests);
    memset(live->request_bytes, 0, categories * sizeof *live->request_bytes);
    memset(live->request_flops, 0, categories * sizeof *live->request_flops);
    memset(live->category_jobs, 0, categories * sizeof *live->category_jobs);
    memset(live->category_tiers, 0, categories * sizeof *live->category_tiers);
    for (int e = 0; e < live->servers; e++) {
        const struct weir_host_view *host = &view->hosts[live->host[e]];
        live->up[e] = host->up;
        live->server_tier[e] = host->tier;
        live->flops[e] = host->speed_flops_per_s * host->cores;
        live->used_per_s[e] = host->sent_bytes_per_s;
        live->used[e] = fmax(host->sent_bytes_per_s / live->bandwidth[e], host->cpu);
    }
    for (int j = 0; j < live->job_count; j++) {
        int m = live->jobs[j].region, i = live->jobs[j].category;
        if (m < 0 || i < 0)
            continue;
        double bytes, flops;
        live_request(view, &view->jobs[j], live->jobs[j].tier, &bytes, &flops);
        live->requests[m * live->categories + i] += items_of(view->jobs[j].ingress_rate, view->window_s);
        int known = live->category_jobs[i]++, tier = live->jobs[j].tier;
        live->category_tiers[i] |= tier == LIVE_ANY ? LIVE_ALL_TIERS : 1u << tier;
        live->request_bytes[i] += (bytes - live->request_bytes[i]) / (known + 1);
        live->request_flops[i] += (flops - live->request_flops[i]) / (known + 1);
    }
}

int live_read(struct live *live, const struct weir_view *view)
{
    find_servers(live, view);
    take_jobs(live, view);
    int code = live_classify(live, view);
    if (code == WEIR_OK)
        take_window(live, view);
    return code;
}

void live_refit(struct live *live)
{
    live->stale = true;
}

bool live_serves(const struct live *live, int server, int category)
{
    return live->category_tiers[category] & 1u << live->server_tier[server];
}

double live_need(const struct live *live, int server, int category)
{
    double uplink = live->request_bytes[category] / (live->bandwidth[server] * live->window_s);
    double cores = live->flops[server] > 0 ? live->request_flops[category] / (live->flops[server] * live->window_s) : 0;
    return fmax(uplink, cores);
}

void live_rates(const struct live *live, float *rate)
{
    for (int e = 0; e < live->servers; e++)
        for (int i = 0; i < live->categories; i++) {
            float each = (float)(live_need(live, e, i) * live->bandwidth[e]);
            for (int m = 0; m < live->regions; m++)
                rate[((long)e * live->regions + m) * live->categories + i] = each;
        }
}

void live_past(const struct live *live, const struct weir_view *view, int ago, double *requests)
{
    memset(requests, 0, (size_t)live->regions * (size_t)live->categories * sizeof *requests);
    for (int j = 0; j < live->job_count; j++) {
        const struct live_job *job = &live->jobs[j];
        const struct weir_job_view *seen = &view->jobs[j];
        if (job->region >= 0 && job->category >= 0 && seen->history_count > ago)
            requests[job->region * live->categories + job->category] +=
                items_of(seen->ingress_history[seen->history_count - 1 - ago], view->window_s);
    }
}

int live_past_count(const struct live *live, const struct weir_view *view)
{
    int most = 0;
    for (int j = 0; j < live->job_count; j++)
        if (live->jobs[j].region >= 0 && view->jobs[j].history_count > most)
            most = view->jobs[j].history_count;
    return most;
}

void live_forget(struct live *live, int job)
{
    if (job < 0 || job >= live->job_count)
        return;
    free(live->jobs[job].seats);
    live->jobs[job] = (struct live_job){.region = -1, .category = -1};
}

void live_fini(struct live *live)
{
    for (int j = 0; j < live->job_count; j++)
        free(live->jobs[j].seats);
    free(live->jobs);
    free(live->host);
    free(live->server_at);
    free(live->bandwidth);
    free(live->flops);
    free(live->up);
    free(live->used_per_s);
    free(live->viewer);
    free(live->latency_s);
    free(live->requests);
    free(live->request_bytes);
    free(live->request_flops);
    free(live->used);
    free(live->category_jobs);
    free(live->category_tiers);
    free(live->server_tier);
    pool_free(live->pool);
    free(live->plans);
    free(live->offered);
    free(live->candidate);
    kmeans_fini(&live->classes);
    free(live->class_category);
}
