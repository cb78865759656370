/* What requests take of a server, as sentinel learns it from how long instances were busy for them, against arithmetic:
 * windows of 20 minutes, four servers of 4 cores of 1 Gf/s, next to nothing on their uplinks. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "policies/sentinel/sentinel.h"
#include "tests/policies/sentinel_world.h"

#define WINDOW_S 1200.0
#define UPLINK   1e8 /* bytes/s */

static const double bytes[] = {1000, 1000};
static double slower[HOSTS], dearer[JOBS], jitter; /* times the declared that servers take, and requests of a job */
static struct weir_stream draws;

static struct sentinel *self(void)
{
    return state;
}

/* The categories of jobs 0 and 2 differ by their work: 400 and 100 Mflop, so 1/12000 and 1/48000 of a server's cores in
 * a window. */
static void prepare(const char *params)
{
    static const double flops[JOBS] = {4e8, 4e8, 1e8};
    begin(params);
    world->view.window_s = WINDOW_S;
    jitter = 0;
    draws = weir_stream_open(1, "jitter");
    for (int h = 0; h < HOSTS; h++)
        slower[h] = 1;
    for (int j = 0; j < JOBS; j++) {
        dearer[j] = 1;
        world->operators[j][0].flops_per_item = flops[j];
        world->operators[j][0].downstream_bytes = bytes;
        world->jobs[j].slo_s = j == 2 ? 5 : 10;
    }
}

static double declared(int job)
{
    return world->operators[job][0].flops_per_item / (4e9 * WINDOW_S);
}

/* A window in which servers did what the last plan gave them: of n instances on a host each is busy for a part of it.
 */
static void window(const double came[JOBS])
{
    for (int j = 0; j < JOBS; j++) {
        const struct weir_operator_view *op = &world->operators[j][0];
        world->jobs[j].origin_count = 0;
        for (int e = SERVERS; e < HOSTS; e++) {
            double rate = came[j] / WINDOW_S * share(j, e), off = 1 + jitter * (2 * weir_stream_uniform(&draws) - 1);
            int there = 0;
            for (int k = 0; k < op->instance_count; k++)
                there += op->instances[k].host == e;
            for (int k = 0; k < op->instance_count; k++)
                if (op->instances[k].host == e)
                    world->busy[j][0][k] = rate * op->flops_per_item / 1e9 * slower[e] * dearer[j] * off / there;
            if (there > 0 && rate > 1e-6)
                world->origins[j][world->jobs[j].origin_count++] =
                    (struct weir_origin_view){e, rate, 0, rate * bytes[0]};
        }
    }
    close_window(came);
}

static void windows(int count, const double came[JOBS])
{
    for (int k = 0; k < count; k++)
        window(came);
}

/* What the policy takes a request of the job to need of the server, in times the declared. */
static double times(int job, int server)
{
    const struct live *live = &self()->live;
    int e = server - SERVERS, m = live->jobs[job].region, i = live->jobs[job].category;
    double rate = (double)self()->rate[(e * live->regions + m) * live->categories + i];
    return rate / UPLINK / declared(job);
}

/* Requests that the last plan gives a server in a window, each by what it truly takes there. */
static double use(int server, const double came[JOBS])
{
    double sum = 0;
    for (int j = 0; j < JOBS; j++)
        sum += came[j] * share(j, server) * declared(j) * slower[server] * dearer[j];
    return sum;
}

#define PARAMS "{\"warm\": 12, \"u_opt\": 0.3, \"device_detection\": false, \"forecaster\": \"last\"}"

/* N1 takes one and a half times as long as it says. 0.3 of a server are 3600 requests a window, and of N1 2400 truly.
 * 9400 need 0.78 of servers as declared: at least 0.196 of one of four. Before the net has learnt it, N1 has more than
 * 0.3 of its true cores; then no server has. */
static void a_slow_server(void)
{
    static const double came[JOBS] = {4700, 4700, 100};
    prepare(PARAMS);
    slower[N1] = 1.5;
    windows(90, came);
    for (int e = SERVERS; e < HOSTS; e++)
        CHECK_NEAR(times(0, e), 1, 1e-6);
    CU_ASSERT(use(N1, came) > 0.3 * 1.1);
    windows(30, came); /* trained after 96, the first time after a day */
    CU_ASSERT(told("what requests take is learnt of 1 servers"));
    CHECK_NEAR(times(0, N1), 1.5, 0.075);
    for (int e = N2; e < HOSTS; e++)
        CHECK_NEAR(times(0, e), 1, 1e-6);
    for (int e = SERVERS; e < HOSTS; e++) {
        CU_ASSERT(use(e, came) < 0.3 * 1.05);
        CHECK_NEAR(self()->use[e - SERVERS], use(e, came), 0.02); /* as expected */
    }
    /* It is repaired: what was learnt errs by a half from now on, what is declared by nothing, as it did before. */
    slower[N1] = 1;
    windows(3, came);
    CHECK_NEAR(times(0, N1), 1.5, 0.075);
    windows(37, came);
    CHECK_NEAR(times(0, N1), 1, 1e-6);
    end();
}

/* Requests of job 2 take twice what they declare, on all servers, those of the others what they declare. */
static void dear_requests(void)
{
    static const double came[JOBS] = {3000, 3000, 3000};
    prepare(PARAMS);
    dearer[2] = 2;
    windows(116, came);
    int seen = 0;
    for (int e = SERVERS; e < HOSTS; e++)
        if (share(2, e) > 0.1) {
            CHECK_NEAR(times(2, e), 2, 0.1);
            seen++;
        }
    CU_ASSERT(seen > 0);
    end();
}

/* As declared, or by chance up to half more or less, which is the declared on the mean: nothing is learnt. */
static void as_declared(void)
{
    static const double came[JOBS] = {4700, 4700, 100};
    for (int noisy = 0; noisy < 2; noisy++) {
        prepare(PARAMS);
        jitter = noisy ? 0.5 : 0;
        for (int k = 0; k < 126; k++) {
            window(came);
            CU_ASSERT_PTR_NULL(strstr(weir_text_string(&notes), "learnt of"));
        }
        CU_ASSERT_PTR_NOT_NULL(self()->effect.net);
        for (int e = SERVERS; e < HOSTS; e++)
            CHECK_NEAR(times(0, e), 1, 1e-6);
        end();
    }
}

/* Job 0 on N1: a result a second of 400 Mflop is 0.4 of a core; half of an instance's time is 1.25 times as
 * much. What cannot be told is not a number. */
static void what_is_seen(void)
{
    prepare(PARAMS);
    window((const double[JOBS]){100, 100, 100});
    struct sentinel *me = self();
    struct weir_placement *placed = world->placed[0][0];
    struct weir_origin_view origin = {N1, 1, 0, 1000};
    int n1 = N1 - SERVERS;
    world->operators[0][0].instance_count = 1;
    placed[0] = (struct weir_placement){N1, 1, 1};
    world->busy[0][0][0] = 0.5;
    const struct weir_view *view = weir_mock_view(world);
    CHECK_NEAR(sentinel_rate_seen(me, view, 0, n1, &origin), 1.25, 1e-9);
    placed[0].cpu_share = 0.5; /* of which it has half a core */
    CHECK_NEAR(sentinel_rate_seen(me, view, 0, n1, &origin), 0.625, 1e-9);
    placed[0].cpu_share = 1;
    world->operators[0][0].selectivity = 2; /* results are half as many items */
    CHECK_NEAR(sentinel_rate_seen(me, view, 0, n1, &origin), 2.5, 1e-9);
    world->operators[0][0].selectivity = 1;
    /* Larger results than declared matter where the uplink binds: 1 GB in 1200 s is 1/120 of it, the work 1/12000. */
    me->live.request_bytes[me->live.jobs[0].category] = 1e9;
    origin.bytes_per_s = 3000;
    CHECK_NEAR(sentinel_rate_seen(me, view, 0, n1, &origin), 3, 1e-9);
    me->live.request_bytes[me->live.jobs[0].category] = 1000;
    origin.bytes_per_s = 1000;
    world->busy[0][0][0] = 0; /* a tenth at least */
    CHECK_NEAR(sentinel_rate_seen(me, view, 0, n1, &origin), 0.1, 1e-9);
    world->busy[0][0][0] = 0.5;
    /* More instances than cores, more than a quarter of which are busy. */
    world->hosts[N1].instances = 5;
    me->effect.busy[n1] = 1.01;
    CU_ASSERT(isnan(sentinel_rate_seen(me, view, 0, n1, &origin)));
    me->effect.busy[n1] = 0.99;
    CHECK_NEAR(sentinel_rate_seen(me, view, 0, n1, &origin), 1.25, 1e-9);
    /* It has begun within the window; it was never awake; it is not there; the operator has an edge more. */
    world->ready_s[0][0][0] = WINDOW_S - 1;
    CU_ASSERT(isnan(sentinel_rate_seen(me, view, 0, n1, &origin)));
    world->ready_s[0][0][0] = WINDOW_S;
    world->busy[0][0][0] = NAN;
    CU_ASSERT(isnan(sentinel_rate_seen(me, view, 0, n1, &origin)));
    world->busy[0][0][0] = 0.5;
    CU_ASSERT(isnan(sentinel_rate_seen(me, view, 0, N2 - SERVERS, &origin)));
    weir_mock_operator(world, 0, "archive", 1e6);
    view = weir_mock_view(world);
    CU_ASSERT(isnan(sentinel_rate_seen(me, view, 0, n1, &origin)));
    end();
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {
        {"a slow server", a_slow_server},
        {"dear requests", dear_requests},
        {"as declared", as_declared},
        {"what is seen", what_is_seen},
        {0},
    };
    return weir_test_main("sentinel_rates", cases, argc, argv);
}
