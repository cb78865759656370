/* From a schedule to instances, weights and the pool: random schedules, work, slots and failures, window by window,
 * against what the rules of docs/policies/sentinel.md make of them when they are gone through server by server. */
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "policies/sentinel/live.h"
#include "sim/base/error.h"
#include "tests/policies/live_land.h"
#include "tests/support/test.h"

enum { S0 = LAND_REGIONS, RUNS = 150, WINDOWS = 6, OPS = 2, ANY = 3 };
static struct weir_mock *land;
static struct live live;
static int count[LAND_SERVERS * 64], probes[LAND_SERVERS];
static bool healthy[LAND_SERVERS];
static struct live_writing how;

/* What the test knows: when each job last had something on a server, and slots that are left. */
static long used[WEIR_MOCK_JOBS][LAND_SERVERS];
static int slots_left[LAND_SERVERS];

struct spot {
    int server;
    double weight;
};
struct wishes {
    struct spot spot[WEIR_MOCK_INSTANCES];
    int count;
};
struct dealt {
    int server, cell;
    double count;
};
static struct wishes wanted[WEIR_MOCK_JOBS][OPS]; /* what is to be deployed after the window */
static struct dealt dealt[256];
static int dealt_count;

static int cell_of(int job)
{
    return live.jobs[job].region * live.categories + live.jobs[job].category;
}

/* How many requests of the job's cell a server is asked to take: 0: none. */
static double asked_of(int job, int e)
{
    int cell = cell_of(job), cells = live.regions * live.categories, tier = live.jobs[job].tier;
    if (!land->hosts[S0 + e].up || (tier != ANY && (int)land->hosts[S0 + e].tier != tier))
        return 0;
    if (count[e * cells + cell] > 0 && healthy[e])
        return count[e * cells + cell];
    return how.probes && probes[e] == cell ? -how.probe : 0; /* below 0: as a trial */
}

static bool may_stay(int job, int e)
{
    return land->hosts[S0 + e].up && (healthy[e] || (how.probes && probes[e] == cell_of(job)));
}

/* Fills asked[servers] and says their sum. Trials alone are none. */
static double portions(int job, double *asked)
{
    double sum = 0, tried = 0;
    for (int e = 0; e < LAND_SERVERS; e++) {
        double is = asked_of(job, e);
        asked[e] = fabs(is);
        sum += is > 0 ? is : 0;
        tried += is < 0 ? -is : 0;
    }
    if (sum > 0)
        return sum + tried;
    memset(asked, 0, LAND_SERVERS * sizeof *asked);
    return 0;
}

/* Cores at 0.8 that so many of the cell's requests, a part of all that are asked for, keep busy at an operator. */
static double cores(int job, int op, int e, double requests, double total)
{
    const struct weir_job_view *seen = &land->jobs[job];
    const struct weir_operator_view *work = &seen->operators[op];
    double cell = live.requests[cell_of(job)], share = cell > 0 ? fmin(seen->ingress_rate * 10 / cell, 1) : 1;
    double each = seen->ingress_rate > 0 && work->arrival_rate > 0 ? work->arrival_rate / seen->ingress_rate : 1;
    double items = requests * share * each + (work->queued + work->held) * requests / total;
    return items * work->flops_per_item / (0.8 * 10 * land->hosts[S0 + e].speed_flops_per_s);
}

static int there(const struct wishes *of, int e)
{
    int n = 0;
    for (int k = 0; k < of->count; k++)
        n += of->spot[k].server == e;
    return n;
}

static void put(struct wishes *to, int e, double weight)
{
    to->spot[to->count++] = (struct spot){e, weight};
}

static int next_largest(const double *asked, const bool *done)
{
    int best = -1;
    for (int e = 0; e < LAND_SERVERS; e++)
        if (!done[e] && asked[e] > 0 && (best < 0 || asked[e] > asked[best]))
            best = e;
    return best;
}

static int nearest_with_room(int job, const struct wishes *wish)
{
    int best = -1, m = live.jobs[job].region, tier = live.jobs[job].tier;
    for (int e = 0; e < LAND_SERVERS; e++)
        if (healthy[e] && land->hosts[S0 + e].up && (tier == ANY || (int)land->hosts[S0 + e].tier == tier) &&
            there(wish, e) == 0 && slots_left[e] > 0 && isfinite(live.latency_s[e * live.regions + m]) &&
            (best < 0 || live.latency_s[e * live.regions + m] < live.latency_s[best * live.regions + m]))
            best = e;
    return best;
}

/* The instances that shall be, with weights. */
static struct wishes wish_of(int job, int op, const struct wishes *now)
{
    struct wishes wish = {.count = 0};
    double asked[LAND_SERVERS], total = portions(job, asked), left = 0, sum = 0;
    bool done[LAND_SERVERS] = {false};
    int most = land->operators[job][op].max_parallelism, others = 0;
    for (int e = 0; e < LAND_SERVERS; e++)
        others += asked[e] > 0;
    for (int e; wish.count < most && (e = next_largest(asked, done)) >= 0;) {
        double full = cores(job, op, e, asked[e], total), part = asked[e] / total;
        int has = there(now, e), n = full <= 1 ? 1 : (int)fmin(ceil(full - 1e-9), land->hosts[S0 + e].cores);
        done[e] = true;
        others--;
        n = has == n + 1 ? has : n; /* one more than needed may stay */
        if (n > has + slots_left[e])
            n = has + slots_left[e];
        if (others > 0 && n > 1 && most - wish.count - n < others)
            n = 1;
        if (n > most - wish.count)
            n = most - wish.count;
        for (int k = 0; k < n; k++)
            put(&wish, e, fmin(n / full, 1) * part / n);
        left += n < full ? (1 - n / full) * part : 0;
    }
    for (int e; left > 0 && wish.count < most && (e = nearest_with_room(job, &wish)) >= 0;) {
        double part = left / fmax(cores(job, op, e, total * left, total), 1);
        put(&wish, e, part);
        left -= part;
    }
    for (int k = 0; k < wish.count; k++)
        sum += wish.spot[k].weight;
    for (int k = 0; k < wish.count; k++)
        wish.spot[k].weight /= sum;
    return wish;
}

/* Half the weight that differs by server, both scaled to 1 in all. */
static double moved(const struct wishes *a, const struct wishes *b)
{
    double by[2][LAND_SERVERS] = {{0}}, sum[2] = {0}, off = 0;
    for (int k = 0; k < a->count; k++)
        by[0][a->spot[k].server] += a->spot[k].weight, sum[0] += a->spot[k].weight;
    for (int k = 0; k < b->count; k++)
        by[1][b->spot[k].server] += b->spot[k].weight, sum[1] += b->spot[k].weight;
    for (int e = 0; e < LAND_SERVERS; e++)
        off += fabs(by[0][e] / sum[0] - by[1][e] / sum[1]) / 2;
    return off;
}

static double weight_at(const struct wishes *of, int e)
{
    double sum = 0;
    for (int k = 0; k < of->count; k++)
        sum += of->spot[k].server == e ? of->spot[k].weight : 0;
    return sum;
}

/* What is deployed, without hosts that are no servers: whether there was one. */
static bool deployed(int job, int op, struct wishes *now)
{
    const struct weir_operator_view *seen = &land->operators[job][op];
    bool astray = false;
    now->count = 0;
    for (int k = 0; k < seen->instance_count; k++) {
        astray |= seen->instances[k].host < S0;
        if (seen->instances[k].host >= S0)
            put(now, seen->instances[k].host - S0, seen->instances[k].weight);
    }
    return astray;
}

/* Whether the operator changes; `wanted` then has what it changes to. */
static bool decide(int job, int op)
{
    struct wishes now, wish;
    bool must = deployed(job, op, &now) || land->operators[job][op].instance_count == 0;
    double asked[LAND_SERVERS], total = portions(job, asked);
    wish = wish_of(job, op, &now);
    int scheduled = wish.count, most = land->operators[job][op].max_parallelism;
    for (int k = 0; k < now.count; k++) {
        int e = now.spot[k].server;
        if (scheduled == 0 && may_stay(job, e))
            put(&wish, e, now.spot[k].weight);
        else if (wish.count < most && there(&wish, e) == 0 && may_stay(job, e) && used[job][e] >= 0)
            put(&wish, e, 1e-9);
    }
    for (int k = 0; k < now.count; k++)
        must |= !may_stay(job, now.spot[k].server);
    for (int e = 0; e < LAND_SERVERS; e++) {
        bool trial = asked[e] > 0 && asked_of(job, e) < 0;
        must |= trial && there(&wish, e) > 0 && weight_at(&now, e) < asked[e] / total / 2;
        must |= there(&now, e) > 0 && there(&wish, e) > there(&now, e);
    }
    wanted[job][op] = wish;
    return wish.count > 0 && (must || (scheduled > 0 && moved(&now, &wish) >= how.change));
}

/* What the pool is told of the job. */
static void deal(int job, int op, int jobs)
{
    double asked[LAND_SERVERS], total = portions(job, asked), cell = live.requests[cell_of(job)];
    double mine = total * (cell > 0 ? fmin(land->jobs[job].ingress_rate * 10 / cell, 1) : 1.0 / jobs);
    const struct weir_operator_view *seen = &land->operators[job][op];
    if (op > 0 || !(mine > 0))
        return;
    bool done[LAND_SERVERS] = {false};
    if (seen->changing || seen->max_parallelism == 0)
        for (int e; (e = next_largest(asked, done)) >= 0; done[e] = true)
            dealt[dealt_count++] = (struct dealt){e, cell_of(job), mine * asked[e] / total};
    else
        for (int k = 0; k < wanted[job][op].count; k++)
            if (wanted[job][op].spot[k].weight > 1e-9)
                dealt[dealt_count++] =
                    (struct dealt){wanted[job][op].spot[k].server, cell_of(job), mine * wanted[job][op].spot[k].weight};
}

static void remember(int job)
{
    double asked[LAND_SERVERS];
    portions(job, asked);
    for (int e = 0; e < LAND_SERVERS; e++)
        if (asked[e] > 0)
            used[job][e] = land->view.window;
        else if (land->view.window - used[job][e] > how.idle || !may_stay(job, e))
            used[job][e] = -1;
}

/* Goes through the jobs, cell by cell; returns how many operators change. */
static int reckon(void)
{
    int changes = 0, cells = live.regions * live.categories;
    dealt_count = 0;
    for (int c = 0; c < cells; c++) {
        int jobs = 0;
        for (int j = 0; j < land->view.job_count; j++)
            jobs += cell_of(j) == c;
        for (int j = 0; j < land->view.job_count; j++) {
            if (cell_of(j) != c)
                continue;
            remember(j);
            for (int o = 0; o < land->jobs[j].operator_count; o++) {
                struct wishes now;
                bool looked = !land->operators[j][o].changing && land->operators[j][o].max_parallelism > 0;
                bool changed = looked && decide(j, o);
                deployed(j, o, &now);
                deal(j, o, jobs);
                for (int k = 0; k < now.count && changed; k++)
                    slots_left[now.spot[k].server]++;
                for (int k = 0; k < wanted[j][o].count && changed; k++)
                    slots_left[wanted[j][o].spot[k].server]--;
                if (!changed)
                    wanted[j][o] = now;
                changes += changed;
            }
        }
    }
    return changes;
}

static void check_job(int job, int op)
{
    const struct weir_operator_view *seen = &land->operators[job][op];
    const struct wishes *wish = &wanted[job][op];
    int servers = 0;
    for (int k = 0; k < seen->instance_count; k++)
        servers += seen->instances[k].host >= S0;
    CU_ASSERT_EQUAL_FATAL(servers, wish->count);
    for (int k = 0; k < servers; k++) {
        CU_ASSERT_EQUAL_FATAL(seen->instances[seen->instance_count - servers + k].host, S0 + wish->spot[k].server);
        CHECK_NEAR_FATAL(seen->instances[seen->instance_count - servers + k].weight, wish->spot[k].weight, 1e-9);
    }
}

static void random_window(bool fails)
{
    int cells = live.regions * live.categories;
    bool all_well = !fails || land_below(3) == 0;
    for (int e = 0; e < LAND_SERVERS; e++) {
        land->hosts[S0 + e].up = !fails || land_below(8) > 0;
        healthy[e] = all_well || land_below(6) > 0;
        probes[e] = land_below(4) == 0 ? land_below(cells) : -1;
        for (int c = 0; c < cells; c++)
            count[e * cells + c] = land_below(3) == 0 ? 1 + land_below(60) : 0;
    }
    if (land_below(6) == 0) /* a cell of which nobody says anything */
        for (int e = 0, c = land_below(cells); e < LAND_SERVERS; e++)
            count[e * cells + c] = 0;
    how = (struct live_writing){.count = count,
                                .healthy = all_well ? NULL : healthy,
                                .probes = land_below(3) ? probes : NULL,
                                .probe = land_below(5) ? 0.5 : 0,
                                .idle = 2,
                                .change = land_below(2) ? 0.05 : 0.5};
    for (int j = 0; j < land->view.job_count; j++) {
        land->jobs[j].ingress_rate = land_below(5) ? land_between(0, 20) : 0;
        for (int o = 0; o < land->jobs[j].operator_count; o++) {
            struct weir_operator_view *op = &land->operators[j][o];
            op->arrival_rate = land_below(5) ? land_between(0, 30) : 0;
            op->queued = land_below(3) ? 0 : land_below(50);
            op->held = land_below(3) ? 0 : land_below(50);
            op->changing = land_below(8) == 0;
        }
    }
}

static void begin(int run)
{
    static const double works[] = {5e6, 2e9, 6e8};
    land_seed((uint64_t)run);
    land = land_new(run % 3 == 1);
    live = (struct live){.wanted = 29, .seed = 1};
    memset(used, -1, sizeof used);
    for (int j = 0; j < 4; j++) {
        land_simple_job(land, land_below(2), works[run % 3], 1e6);
        for (int k = 0; k < LAND_SERVERS && land_below(3) == 0; k++) /* of one tier, which may have few servers */
            if (land->hosts[S0 + k].tier == WEIR_VIEW_EDGE) {
                land->where[j][0][0] = land->where[j][0][1] = S0 + k;
                land->operators[j][0].where_count = 2;
            }
        if (land_below(3) == 0)
            weir_mock_operator(land, j, "after", 1e6);
        for (int o = 0; o < land->jobs[j].operator_count; o++)
            land->operators[j][o].max_parallelism = land_below(3) ? 12 : land_below(4);
    }
    for (int e = 0; e < LAND_SERVERS; e++)
        land->hosts[S0 + e].slots = run % 2 ? 0 : 2 + land_below(6);
}

static void whole_rule(void)
{
    int changes = 0, spread = 0;
    for (int run = 0; run < RUNS; run++) {
        begin(run);
        for (int w = 0; w < WINDOWS; w++) {
            land->view.window++;
            CU_ASSERT_EQUAL_FATAL(live_read(&live, weir_mock_view(land)), WEIR_OK);
            random_window(run % 4 > 1);
            CU_ASSERT_EQUAL_FATAL(live_read(&live, weir_mock_view(land)), WEIR_OK);
            struct weir_plan *plan = weir_plan_new(&land->view);
            for (int e = 0; e < LAND_SERVERS; e++) {
                int room = weir_plan_free_slots(plan, S0 + e);
                slots_left[e] = room < 1000 ? room : 1000;
            }
            int changed = live_write(&live, &land->view, plan, &how), expected = reckon();
            CU_ASSERT_EQUAL_FATAL(changed, expected);
            CU_ASSERT_EQUAL_FATAL(live.plan_count, dealt_count);
            for (int k = 0; k < dealt_count; k++) {
                const struct pool_plan *is = &live.plans[k];
                CU_ASSERT_FATAL(is->server == dealt[k].server);
                CU_ASSERT_EQUAL_FATAL(is->region * live.categories + is->category, dealt[k].cell);
                CHECK_NEAR_FATAL(is->count, dealt[k].count, 1e-9 * (1 + dealt[k].count));
            }
            weir_mock_apply(land, plan);
            weir_plan_free(plan);
            for (int j = 0; j < land->view.job_count; j++)
                for (int o = 0; o < land->jobs[j].operator_count; o++) {
                    check_job(j, o);
                    spread += land->operators[j][o].instance_count > 2;
                }
            changes += changed;
        }
        live_fini(&live);
        free(land);
    }
    CU_ASSERT_FATAL(changes > RUNS * WINDOWS && spread > RUNS * WINDOWS);
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {{"whole rule", whole_rule}, {0}};
    return weir_test_main("policies/live_write", cases, argc, argv);
}
