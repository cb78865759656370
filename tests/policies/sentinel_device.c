/* Device detection of sentinel: what is kept of samples, what healthy servers look like, and what becomes of a server
 * of which the rules or the net have said something, window by window, against a plain reckoning. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "policies/learn/detect/vgru.h"
#include "sim/base/error.h"
#include "sim/base/random.h"
#include "tests/policies/sentinel_parts.h"
#include "tests/support/test.h"

enum { S0 = LAND_REGIONS, T = SENTINEL_SAMPLES, RUNS = 8, WINDOWS = 90 };
static struct weir_mock *land;
static struct sentinel *self;

static void begin(int run)
{
    land_seed((uint64_t)run);
    land = land_new(false);
    land->view.window_s = 60;
    for (int h = S0; h < land->view.host_count; h++) {
        land->hosts[h].memory_bytes = h % 2 ? 0 : 4e9;
        if (run % 2) /* of two types */
            land->hosts[h].cores = h % 2 ? 4 : 8;
        if (run % 2)
            land->hosts[h].speed_flops_per_s = 2e9;
        if (run % 2)
            land->hosts[h].tier = WEIR_VIEW_EDGE;
    }
    self = parts_new_on_land();
    for (int j = 0; j < 3; j++)
        land_simple_job(land, j, j ? 1e8 : 4e8, j ? 2e7 : 5e6);
    self->hold = 2 + run % 2;
    self->most = run % 3 ? 1 : 0.2;
}

static void end(void)
{
    free(land);
    parts_free(self);
}

/* Whole reports that wander; now and then one that is odd, none at all, or a server that does nothing. */
static void report(double odd, bool fails)
{
    for (int h = S0; h < S0 + LAND_SERVERS; h++) {
        struct weir_host_view *host = &land->hosts[h];
        double rate = land_between(0.5, 1.5), link = land->view.links[h].bytes_per_s;
        bool idle = fails && land_below(4) == 0, strange = land_between(0, 1) < odd;
        host->up = !fails || land_below(12) > 0;
        host->cpu = idle ? 0 : 0.2 * rate * (strange ? 5 : 1);
        host->memory_reported_bytes = 1e8 * rate * (strange ? 20 : 1);
        host->sent_bytes_per_s = idle ? 0 : 0.3 * rate * link;
        host->disk_bytes_per_s = idle ? 0 : 0.2 * rate * link / (strange ? 9 : 1);
        if (fails && land_below(30) == 0)
            host->cpu = NAN;
    }
    land->view.window++;
    land->view.time_s += 60;
    parts_read(self, land);
}

/* --- Samples. */

static double mean_of(const double *of_category)
{
    double sum = 0;
    for (int i = 0; i < self->live.categories; i++)
        sum += of_category[i] / self->live.categories;
    return sum;
}

/* What a server's newest sample has to be: shares of cores, memory, uplink and uplink; and what the net is shown, work
 * against traffic of the disk, and memory in requests. */
static void sample_of(int e, double sample[4], double shown[2])
{
    const struct weir_host_view *host = &land->hosts[S0 + e];
    double link = self->live.bandwidth[e], memory = host->memory_bytes > 0 ? host->memory_bytes : 1e9;
    double bytes = mean_of(self->live.request_bytes), flops = mean_of(self->live.request_flops),
           one = bytes / 60 / link;
    double work = host->cpu * host->speed_flops_per_s * host->cores * bytes / flops / link;
    sample[0] = host->cpu;
    sample[1] = host->memory_reported_bytes / memory;
    sample[2] = host->disk_bytes_per_s / link;
    sample[3] = host->sent_bytes_per_s / link;
    bool disks = false;
    for (int f = 0; f < LAND_SERVERS; f++)
        disks |= land->hosts[S0 + f].disk_bytes_per_s > 0;
    shown[0] = log((work + one) / (sample[disks ? 2 : 3] + one));
    shown[1] = log(1 + host->memory_reported_bytes / (4 * bytes));
}

/* Samples move on by one each window; where a server was down, or windows were missed, there are none. */
static void samples(void)
{
    for (int run = 0; run < 4; run++) {
        double sample[LAND_SERVERS][64][4], shown[LAND_SERVERS][64][2];
        memset(sample, 0xff, sizeof sample); /* NaN */
        memset(shown, 0xff, sizeof shown);
        begin(run);
        for (int w = T; w < 60; w++) {
            if (w == 30 || w == 45) /* three windows are missed, and many */
                land->view.window += w == 30 ? 3 : 100;
            w += w == 30 ? 3 : 0;
            report(0.1, true);
            if (run == 3) /* without disks */
                for (int e = 0; e < LAND_SERVERS; e++)
                    land->hosts[S0 + e].disk_bytes_per_s = 0;
            sentinel_devices_judge(self, &land->view);
            for (int e = 0; e < LAND_SERVERS; e++) {
                if (land->hosts[S0 + e].up)
                    sample_of(e, sample[e][w], shown[e][w]);
                for (int t = 0; t < T; t++) {
                    const struct sentinel_device *device = &self->devices.servers[e];
                    bool gap = w >= 45 && w - T + 1 + t < 45; /* before the many */
                    for (int n = 0; n < 4; n++) {
                        double is = device->sample[t][n], was = gap ? NAN : sample[e][w - T + 1 + t][n];
                        CU_ASSERT_FATAL(isnan(was) ? isnan(is) : fabs(is - was) <= 1e-12 * (1 + was));
                    }
                    for (int n = 0; n < 2; n++) {
                        double is = device->shown[t][n], was = gap ? NAN : shown[e][w - T + 1 + t][n];
                        CU_ASSERT_FATAL(isnan(was) ? isnan(is) : fabs(is - was) <= 1e-9);
                    }
                }
            }
        }
        end();
    }
}

/* --- States. */

static int suspected[LAND_SERVERS], calm[LAND_SERVERS];

/* Whether the net is asked: of whom the rules are unsure, of those who seem well but were suspected or are out of the
 * range that it knows, and of those whom both rules accuse while they are within it. */
static bool asks(int e, int was_suspected)
{
    const struct sentinel_devices *all = &self->devices;
    const struct sentinel_device *device = &all->servers[e];
    bool strange = false;
    for (int n = 0; n < 2; n++)
        strange |= device->shown[T - 1][n] > all->high[n] || device->shown[T - 1][n] < all->low[n];
    return device->verdict == DETECT_UNSURE || (device->verdict == DETECT_ANOMALOUS && !strange) ||
           (device->verdict == DETECT_HEALTHY && (was_suspected > 0 || strange));
}

/* Suspect: by the rules, else by the net above 0.3; then for `hold` windows that seem well, of which four without work
 * count as one. */
static enum sentinel_state state_of(int e)
{
    const struct sentinel_device *device = &self->devices.servers[e];
    bool worked = device->sample[T - 1][0] > 0 || device->sample[T - 1][2] > 0 || device->sample[T - 1][3] > 0;
    if (!land->hosts[S0 + e].up) {
        suspected[e] = 0;
        return SENTINEL_DOWN;
    }
    bool by_rules = device->verdict == DETECT_ANOMALOUS && !(device->score <= 0.3);
    if (by_rules || device->score > 0.3) {
        suspected[e] = self->hold;
        calm[e] = 0;
        return by_rules ? SENTINEL_BY_RULES : SENTINEL_BY_NET;
    }
    calm[e] = worked ? 0 : calm[e] + 1;
    suspected[e] -= suspected[e] > 0 && calm[e] % 4 == 0;
    return suspected[e] > 0 ? SENTINEL_BY_HOLD : SENTINEL_WELL;
}

static double suspicion(int e, enum sentinel_state state)
{
    return state == SENTINEL_BY_RULES ? 2 : state == SENTINEL_BY_NET ? 1 + self->devices.servers[e].score : 1;
}

/* Of those that are up at most such a share is suspected: the least suspect are let off, the last of equals first. */
static int let_off(enum sentinel_state *state)
{
    int up = 0, accused = 0, pardoned = 0;
    for (int e = 0; e < LAND_SERVERS; e++) {
        up += state[e] != SENTINEL_DOWN;
        accused += state[e] > SENTINEL_DOWN;
    }
    for (; accused - pardoned > floor(self->most * up); pardoned++) {
        int least = -1;
        for (int e = 0; e < LAND_SERVERS; e++)
            if (state[e] > SENTINEL_DOWN && (least < 0 || suspicion(e, state[e]) <= suspicion(least, state[least])))
                least = e;
        state[least] = SENTINEL_WELL;
    }
    return pardoned;
}

static int asked; /* servers, of the net */

static void check_states(bool net)
{
    const struct sentinel_devices *all = &self->devices;
    enum sentinel_state state[LAND_SERVERS];
    int in[SENTINEL_STATES] = {0}, unsure = 0;
    asked = 0;
    for (int e = 0; e < LAND_SERVERS; e++) {
        const struct sentinel_device *device = &all->servers[e];
        bool ask = net && land->hosts[S0 + e].up && asks(e, suspected[e]);
        double score = NAN;
        asked += ask;
        if (ask)
            vgru_score_recent(all->net, device->shown[0], 1, self->recent, &score);
        CU_ASSERT_FATAL(isnan(score) ? isnan(device->score) : fabs(device->score - score) <= 1e-9);
        unsure += land->hosts[S0 + e].up && device->verdict == DETECT_UNSURE;
        state[e] = state_of(e);
        CU_ASSERT_FATAL(device->suspected == suspected[e] && (state[e] == SENTINEL_DOWN || device->calm == calm[e]));
    }
    CU_ASSERT_EQUAL_FATAL(all->pardoned, let_off(state));
    for (int e = 0; e < LAND_SERVERS; e++) {
        CU_ASSERT_EQUAL_FATAL(all->servers[e].state, state[e]);
        in[state[e]]++;
    }
    for (int s = 0; s < SENTINEL_STATES; s++)
        CU_ASSERT_EQUAL_FATAL(all->in_state[s], in[s]);
    CU_ASSERT_EQUAL_FATAL(all->unsure, unsure);
}

static double flops_of(void)
{
    double sum = asked > 0 ? asked * vgru_flops(self->devices.net) : 0;
    for (int e = 0; e < LAND_SERVERS; e++)
        sum += self->rules && land->hosts[S0 + e].up ? 912 : 0;
    return sum;
}

/* --- The net. */

static int by_size(const void *a, const void *b)
{
    double one = *(const double *)a, other = *(const double *)b;
    return one < other ? -1 : one > other;
}

/* The windows kept, without those that have a sample three quartile ranges beyond the quartiles, with noise, teach the
 * net; a net that the test has taught so scores the same. */
static void check_refit(void)
{
    struct sentinel_devices *all = &self->devices;
    int count = (int)all->windows, fine = 0;
    double low[2], high[2], *sorted = malloc((size_t)count * T * sizeof *sorted);
    double(*windows)[T][2] = malloc((size_t)count * sizeof *windows);
    struct weir_stream draws = all->draws;
    for (int n = 0; n < 2; n++) {
        for (int k = 0; k < count * T; k++)
            sorted[k] = all->kept[k / T][k % T][n];
        qsort(sorted, (size_t)count * T, sizeof *sorted, by_size);
        double lower = sorted[count * T / 4], upper = sorted[3 * count * T / 4], range = fmax(upper - lower, 0.05);
        low[n] = lower - 3 * range;
        high[n] = upper + 3 * range;
    }
    for (int k = 0; k < count; k++) {
        bool within = true;
        for (int t = 0; t < T; t++)
            for (int n = 0; n < 2; n++)
                within &= all->kept[k][t][n] >= low[n] && all->kept[k][t][n] <= high[n];
        for (int t = 0; t < T && within; t++)
            for (int n = 0; n < 2; n++)
                windows[fine][t][n] = all->kept[k][t][n] + weir_stream_normal(&draws, 0, 0.05);
        fine += within;
    }
    CU_ASSERT_FATAL(fine < count && fine > count / 2);
    struct vgru_settings settings = vgru_defaults();
    settings.length = T;
    settings.width = 2;
    settings.latent = 1;
    settings.seed = self->seed;
    struct vgru *net;
    CU_ASSERT_EQUAL_FATAL(vgru_fit(&net, windows[0][0], (size_t)fine, &settings), WEIR_OK);
    struct weir_plan *plan = weir_plan_new(&land->view);
    sentinel_devices_refit(self, plan);
    weir_plan_free(plan);
    CU_ASSERT_PTR_NOT_NULL_FATAL(all->net);
    for (int n = 0; n < 2; n++) {
        CHECK_NEAR_FATAL(all->low[n], low[n], 1e-12);
        CHECK_NEAR_FATAL(all->high[n], high[n], 1e-12);
    }
    double is[20], wanted[20];
    vgru_score(all->net, windows[0][0], 20, is, NULL);
    vgru_score(net, windows[0][0], 20, wanted, NULL);
    for (int k = 0; k < 20; k++)
        CHECK_NEAR_FATAL(is[k], wanted[k], 1e-12);
    CU_ASSERT_EQUAL_FATAL(all->windows, 0);
    for (int c = 0; c < all->class_count; c++)
        CU_ASSERT_EQUAL_FATAL(all->classes[c].seen, 0);
    vgru_free(net);
    free(windows);
    free(sorted);
}

/* Rules alone, then with a net. */
static void states(void)
{
    int count[SENTINEL_STATES] = {0}, pardoned = 0;
    for (int run = 0; run < RUNS; run++) {
        bool net = run == 1 || run == 2;
        begin(run);
        self->rules = run != 4;
        self->learned = run != 5;
        memset(suspected, 0, sizeof suspected);
        memset(calm, 0, sizeof calm);
        for (int w = 0; w < WINDOWS; w++) {
            report(w < 40 ? 0.02 : 0.4, w > 45);
            bool has = self->learned && self->devices.net;
            sentinel_devices_judge(self, &land->view);
            check_states(has);
            CHECK_NEAR_FATAL(self->devices.flops, flops_of(), 1e-6);
            for (int e = 0; e < LAND_SERVERS; e++)
                count[self->devices.servers[e].state]++;
            pardoned += self->devices.pardoned;
            if (w == 40 && net)
                check_refit();
        }
        end();
    }
    for (int s = 0; s < SENTINEL_STATES; s++)
        CU_ASSERT_FATAL(count[s] > 10);
    CU_ASSERT_FATAL(pardoned > 10);
}

/* Whoever differs at all is accused by the rules in the first and the last of these windows, and nobody between; of the
 * first server nothing whole is reported meanwhile, so that it is one suspected before, and the least suspect. */
static void lets_off_the_least(void)
{
    begin(1);
    self->learned = false;
    self->hold = 60;
    self->beta = 0;
    for (int w = 0; w < 30; w++) {
        bool strict = w == 15 || w == 29;
        self->theta_v = self->theta_r = strict ? 0 : 1e6;
        self->most = w == 29 ? 0.2 : 1; /* of 6: one */
        report(0, false);
        if (w > 15)
            land->hosts[S0].cpu = NAN;
        sentinel_devices_judge(self, &land->view);
    }
    CU_ASSERT_EQUAL_FATAL(self->devices.pardoned, 5);
    for (int e = 0; e < LAND_SERVERS; e++) {
        CU_ASSERT_FATAL(self->devices.servers[e].suspected > 0);
        CU_ASSERT_EQUAL_FATAL(self->devices.servers[e].state, e == 1 ? SENTINEL_BY_RULES : SENTINEL_WELL);
    }
    end();
}

/* A hundred windows teach a net, if one is wanted. */
static void when_taught(void)
{
    static const struct {
        int windows;
        bool learned, net;
    } rows[] = {{99, true, false}, {100, true, true}, {100, false, false}};
    for (int k = 0; k < 3; k++) {
        begin(1);
        self->learned = rows[k].learned;
        for (int w = 0; w < 40; w++) {
            report(0, false);
            sentinel_devices_judge(self, &land->view);
        }
        CU_ASSERT_FATAL(self->devices.windows > 100);
        self->devices.windows = rows[k].windows;
        struct weir_plan *plan = weir_plan_new(&land->view);
        sentinel_devices_refit(self, plan);
        weir_plan_free(plan);
        CU_ASSERT_EQUAL_FATAL(self->devices.net != NULL, rows[k].net);
        CU_ASSERT_EQUAL_FATAL(self->devices.windows, rows[k].net ? 0 : rows[k].windows);
        end();
    }
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {{"samples", samples},
                                             {"states", states},
                                             {"lets off the least", lets_off_the_least},
                                             {"when taught", when_taught},
                                             {0}};
    return weir_test_main("policies/sentinel_device", cases, argc, argv);
}
