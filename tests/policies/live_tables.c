/* What live_read makes of a view: servers, regions, routes, jobs, what a request takes, and how many came, on random
 * platforms against tables that the test reckons by itself. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "policies/sentinel/live.h"
#include "sim/base/error.h"
#include "sim/base/real.h"
#include "tests/policies/live_land.h"
#include "tests/support/test.h"

enum { RUNS = 80, ANY = 3 };
static struct weir_mock *land;
static struct live live;
static double history[WEIR_MOCK_JOBS][8];

/* --- What a job's requests take, by recursion over the inputs. */

static double into(const struct weir_job_view *job, int op)
{
    const struct weir_operator_view *seen = &job->operators[op];
    double sum = 0;
    for (int u = 0; u < seen->upstream_count; u++) {
        int from = seen->upstream[u];
        sum += from < 0 ? 1 : into(job, from) * job->operators[from].selectivity;
    }
    return seen->joins && seen->upstream_count > 0 ? sum / seen->upstream_count : sum;
}

static int own_tier(const struct weir_job_view *job, int op)
{
    const struct weir_operator_view *seen = &job->operators[op];
    bool says = seen->where_count > 1 || (seen->where_count == 1 && seen->where[0] != job->source_host);
    return says ? (int)land->hosts[seen->where[0]].tier : ANY;
}

static bool free_of_state(const struct weir_job_view *job, int op)
{
    const struct weir_operator_view *seen = &job->operators[op];
    return !(seen->stateful || seen->joins || seen->window_s > 0);
}

static bool movable(const struct weir_job_view *job, int op, int tier)
{
    int own = own_tier(job, op);
    return free_of_state(job, op) && own != WEIR_VIEW_DEVICE && (own == ANY || own == tier);
}

static int tier_of_job(const struct weir_job_view *job)
{
    double edge = -1, cloud = -1;
    for (int o = 0; o < job->operator_count; o++) {
        double work = into(job, o) * job->operators[o].flops_per_item;
        if (free_of_state(job, o) && own_tier(job, o) == WEIR_VIEW_EDGE)
            edge = fmax(edge, 0) + work;
        if (free_of_state(job, o) && own_tier(job, o) == WEIR_VIEW_CLOUD)
            cloud = fmax(cloud, 0) + work;
    }
    return edge < 0 && cloud < 0 ? ANY : cloud > edge ? WEIR_VIEW_CLOUD : WEIR_VIEW_EDGE;
}

struct request {
    double bytes, flops;
    int tier;
    bool served;
};

static struct request request_of(const struct weir_job_view *job)
{
    struct request it = {0, 0, tier_of_job(job), false};
    for (int o = 0; o < job->operator_count; o++) {
        const struct weir_operator_view *op = &job->operators[o];
        if (!movable(job, o, it.tier))
            continue;
        it.served = true;
        it.flops += into(job, o) * op->flops_per_item;
        for (int d = 0; d < op->downstream_count; d++)
            it.bytes += op->downstream[d] < 0 && job->sink_host < 0
                            ? 0
                            : into(job, o) * op->selectivity * op->downstream_bytes[d];
    }
    return it;
}

static void begin(uint64_t seed, bool holes, int jobs)
{
    land_seed(seed);
    land = land_new(holes);
    live = (struct live){.wanted = 29, .seed = 1};
    memset(history, 0, sizeof history);
    while (land->view.job_count < jobs)
        land_job(land);
}

static void end(void)
{
    live_fini(&live);
    free(land);
}

/* A window: rates of all jobs, one in ten of them absurd. */
static void window(bool holes)
{
    static const double odd[] = {NAN, -1, 1e16, INFINITY};
    for (int j = 0; j < land->view.job_count; j++) {
        struct weir_job_view *job = &land->jobs[j];
        job->ingress_rate = land_below(10) == 0 ? odd[land_below(4)] : land_between(0, 50);
        history[j][job->history_count++] = job->ingress_rate;
        job->ingress_history = history[j];
    }
    land_report(land, holes);
    land->view.window++;
    land->view.time_s += land->view.window_s;
    CU_ASSERT_EQUAL_FATAL(live_read(&live, weir_mock_view(land)), WEIR_OK);
}

static double items(double rate)
{
    return rate * 10 >= 0 && rate * 10 < 1e15 ? rate * 10 : 0;
}

/* Servers are the hosts of the edge and the cloud in their order; the link next to one is what it has, or the route to
 * the first region in reach that says. */
static void check_servers(void)
{
    CU_ASSERT_EQUAL_FATAL(live.servers, LAND_SERVERS);
    for (int e = 0; e < live.servers; e++) {
        int h = LAND_REGIONS + e;
        const struct weir_host_view *host = &land->hosts[h];
        bool seen = false;
        CU_ASSERT_EQUAL_FATAL(live.host[e], h);
        CU_ASSERT_EQUAL_FATAL(live.server_at[h], e);
        CU_ASSERT_EQUAL_FATAL(live.up[e], host->up);
        CU_ASSERT_EQUAL_FATAL(live.server_tier[e], host->tier);
        CHECK_NEAR_FATAL(live.flops[e], host->speed_flops_per_s * host->cores, 0);
        for (int m = 0; m < live.regions; m++) {
            bool there = h == live.viewer[m], way = there || land_route(land, h, live.viewer[m]);
            seen |= way && !there;
            CU_ASSERT_EQUAL_FATAL(isfinite(live.latency_s[e * live.regions + m]), way);
            if (way)
                CHECK_NEAR_FATAL(live.latency_s[e * live.regions + m], there ? 0 : land->latency_s[h][live.viewer[m]],
                                 0);
        }
        double bandwidth = seen ? land->view.links[h].bytes_per_s : 1e12;
        CHECK_NEAR_FATAL(live.bandwidth[e], bandwidth, 0);
        CHECK_NEAR_FATAL(live.used_per_s[e], host->sent_bytes_per_s, 0);
        CHECK_NEAR_FATAL(live.used[e], fmax(host->sent_bytes_per_s / bandwidth, host->cpu), 1e-12);
    }
    for (int m = 0; m < LAND_REGIONS; m++)
        CU_ASSERT_EQUAL_FATAL(live.server_at[m], -1);
}

/* Regions are those of the sources, in the order of the jobs; jobs of which nothing can be served have none. */
static void check_jobs(void)
{
    int regions = 0;
    const char *known[WEIR_MOCK_JOBS];
    for (int j = 0; j < land->view.job_count; j++) {
        struct request it = request_of(&land->jobs[j]);
        const char *region = land->hosts[land->jobs[j].source_host].region;
        if (!it.served) {
            CU_ASSERT_FATAL(live.jobs[j].region == -1 && live.jobs[j].category == -1);
            continue;
        }
        int m = 0;
        while (m < regions && strcmp(known[m], region) != 0)
            m++;
        if (m == regions)
            known[regions++] = region;
        CU_ASSERT_EQUAL_FATAL(live.jobs[j].region, m);
        CU_ASSERT_EQUAL_FATAL(live.jobs[j].tier, it.tier);
    }
    CU_ASSERT_EQUAL_FATAL(live.regions, regions);
}

/* Jobs are of one category if their requests are the same, as long as that leaves no more than are wanted; numbered as
 * they come. */
static void check_categories(void)
{
    int count = 0, first[WEIR_MOCK_JOBS];
    for (int j = 0; j < land->view.job_count; j++) {
        struct request it = request_of(&land->jobs[j]);
        int k = 0;
        for (; k < count; k++) {
            struct request other = request_of(&land->jobs[first[k]]);
            if (it.bytes == other.bytes && it.flops == other.flops && it.tier == other.tier &&
                land->jobs[j].source_bytes == land->jobs[first[k]].source_bytes &&
                land->jobs[j].slo_s == land->jobs[first[k]].slo_s)
                break;
        }
        if (!it.served)
            continue;
        if (k == count)
            first[count++] = j;
        CU_ASSERT_EQUAL_FATAL(live.jobs[j].category, k);
    }
    CU_ASSERT_EQUAL_FATAL(live.categories, count);
}

/* Figures of a window: sums by cell, means over the jobs of a category, and what follows from them. */
static void check_window(void)
{
    for (int i = 0; i < live.categories; i++) {
        double bytes = 0, flops = 0;
        int jobs = 0, tiers = 0;
        for (int m = 0; m < live.regions; m++) {
            double came = 0;
            for (int j = 0; j < land->view.job_count; j++)
                if (live.jobs[j].region == m && live.jobs[j].category == i)
                    came += items(land->jobs[j].ingress_rate);
            CHECK_NEAR_FATAL(live.requests[m * live.categories + i], came, 1e-9 * (1 + came));
        }
        for (int j = 0; j < land->view.job_count; j++)
            if (live.jobs[j].category == i) {
                struct request it = request_of(&land->jobs[j]);
                bytes += it.bytes;
                flops += it.flops;
                jobs++;
                tiers |= it.tier == ANY ? 7 : 1 << it.tier;
            }
        CU_ASSERT_EQUAL_FATAL(live.category_jobs[i], jobs);
        CHECK_NEAR_FATAL(live.request_bytes[i], bytes / jobs, 1e-9 * bytes);
        CHECK_NEAR_FATAL(live.request_flops[i], flops / jobs, 1e-9 * flops);
        for (int e = 0; e < live.servers; e++) {
            double uplink = bytes / jobs / (live.bandwidth[e] * 10), cores = flops / jobs / (live.flops[e] * 10);
            double need = fmax(uplink, cores);
            CU_ASSERT_EQUAL_FATAL(live_serves(&live, e, i), (tiers >> land->hosts[LAND_REGIONS + e].tier & 1) == 1);
            CHECK_NEAR_FATAL(live_need(&live, e, i), need, 1e-9 * need);
        }
    }
}

static void check_rates(void)
{
    size_t count = (size_t)live.servers * (size_t)live.regions * (size_t)live.categories;
    float *rate = calloc(count + 1, sizeof *rate);
    rate[count] = -7;
    live_rates(&live, rate);
    for (size_t k = 0; k < count; k++) {
        int e = (int)k / (live.regions * live.categories), i = (int)k % live.categories;
        double wanted = live_need(&live, e, i) * live.bandwidth[e];
        CHECK_NEAR_FATAL((double)rate[k], wanted, 1e-6 * wanted);
    }
    CHECK_NEAR_FATAL((double)rate[count], -7, 0);
    free(rate);
}

/* Past windows by cell, from histories of different lengths. */
static void check_past(void)
{
    int longest = 0;
    double past[WEIR_MOCK_JOBS * WEIR_MOCK_JOBS];
    for (int j = 0; j < land->view.job_count; j++)
        if (live.jobs[j].region >= 0 && land->jobs[j].history_count > longest)
            longest = land->jobs[j].history_count;
    CU_ASSERT_EQUAL_FATAL(live_past_count(&live, &land->view), longest);
    for (int ago = 0; ago <= longest; ago++) {
        live_past(&live, &land->view, ago, past);
        for (int c = 0; c < live.regions * live.categories; c++) {
            double came = 0;
            for (int j = 0; j < land->view.job_count; j++)
                if (live.jobs[j].region >= 0 && live.jobs[j].region * live.categories + live.jobs[j].category == c &&
                    ago < land->jobs[j].history_count)
                    came += items(history[j][land->jobs[j].history_count - 1 - ago]);
            CHECK_NEAR_FATAL(past[c], came, 1e-9 * (1 + came));
        }
    }
}

static void tables(void)
{
    int served = 0;
    for (int run = 0; run < RUNS; run++) {
        begin((uint64_t)run, run % 2, 4);
        for (int w = 0; w < 5; w++) {
            window(run % 2);
            long shape = live.shape;
            if (live.categories == 0)
                continue;
            served++;
            check_servers();
            check_jobs();
            check_window();
            check_rates();
            check_past();
            if (w < 2)
                check_categories();
            if (w == 1) { /* another one comes, with a shorter history; more than a quarter only together */
                land_job(land);
            } else if (w == 3) {
                CU_ASSERT_EQUAL_FATAL(live_read(&live, &land->view), WEIR_OK);
                CU_ASSERT_EQUAL_FATAL(live.shape, shape); /* nothing is new */
            }
        }
        end();
    }
    CU_ASSERT_FATAL(served > 4 * RUNS);
}

/* Each operator by itself: whether it may go, and whether requests come to it first. */
static void who_may_go(void)
{
    int enters = 0;
    for (int run = 0; run < RUNS; run++) {
        begin((uint64_t)run, false, 6);
        for (int j = 0; j < land->view.job_count; j++) {
            const struct weir_job_view *job = &land->jobs[j];
            struct request it = request_of(job);
            double bytes, flops;
            CU_ASSERT_EQUAL_FATAL(live_tier(&land->view, job), it.tier);
            live_request(&land->view, job, it.tier, &bytes, &flops);
            CHECK_NEAR_FATAL(bytes, it.bytes, 1e-9 * it.bytes);
            CHECK_NEAR_FATAL(flops, it.flops, 1e-9 * it.flops);
            for (int o = 0; o < job->operator_count; o++)
                for (int tier = WEIR_VIEW_EDGE; tier <= ANY; tier++) {
                    bool first = movable(job, o, tier);
                    CU_ASSERT_EQUAL_FATAL(live_movable(&land->view, job, o, tier), first);
                    for (int u = 0; u < job->operators[o].upstream_count; u++)
                        first &=
                            job->operators[o].upstream[u] < 0 || !movable(job, job->operators[o].upstream[u], tier);
                    CU_ASSERT_EQUAL_FATAL(live_enters(&land->view, job, o, tier), first);
                    enters += first;
                }
        }
        end();
    }
    CU_ASSERT_FATAL(enters > RUNS);
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {{"tables", tables}, {"who may go", who_may_go}, {0}};
    return weir_test_main("policies/live_tables", cases, argc, argv);
}
