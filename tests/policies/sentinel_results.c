/* What sentinel makes of results that came to the viewers: how late they are expected to be between any two regions,
 * and the use of servers that is best. Random results against sums that the test keeps by itself. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tests/policies/sentinel_parts.h"
#include "tests/support/test.h"

enum { S0 = LAND_REGIONS, JOBS = 5, RUNS = 12, WINDOWS = 40 };
static struct weir_mock *land;
static struct sentinel *self;

/* Sums of results, [all, late]: by server's zone (its first server), region and hour; by kind and hour; and both of the
 * newest windows. A kind is whether the two are of different regions, and whether the server is of the cloud. */
static double hourly[LAND_SERVERS][4][24][2], kinds[4][24][2], newest[LAND_SERVERS][4][2], newest_kind[4][2];
static double alarm[LAND_SERVERS][4];

static int zone(int e)
{
    for (int f = 0; f < e; f++)
        if (land->hosts[S0 + f].tier == land->hosts[S0 + e].tier &&
            strcmp(land->hosts[S0 + f].region, land->hosts[S0 + e].region) == 0)
            return f;
    return e;
}

static int kind(int e, int m)
{
    bool across = strcmp(land->hosts[S0 + e].region, land->hosts[self->live.viewer[m]].region) != 0;
    return across + 2 * (land->hosts[S0 + e].tier == WEIR_VIEW_CLOUD);
}

static int hour(double time_s)
{
    return (int)floor(fmod(time_s, 86400) / 3600);
}

static void begin(int run)
{
    land_seed((uint64_t)run);
    land = land_new(run % 2);
    land->view.window_s = run % 3 ? 60 : 1800;
    self = parts_new_on_land();
    self->unsafe = 0.15;
    memset(hourly, 0, sizeof hourly);
    memset(kinds, 0, sizeof kinds);
    memset(newest, 0, sizeof newest);
    memset(newest_kind, 0, sizeof newest_kind);
    memset(alarm, 0, sizeof alarm);
    for (int j = 0; j < JOBS; j++)
        land_simple_job(land, j % LAND_REGIONS, j % 2 ? 1e6 : 1e8, 1e6);
    parts_read(self, land);
}

static void end(void)
{
    free(land);
    parts_free(self);
}

/* Results of a window, and what they add to the sums: none of hosts that are no servers, of nothing, of what is no
 * number, or of servers that are not well. */
static void window(bool troubled)
{
    double s = land->view.window_s;
    land->view.window++;
    land->view.time_s += s;
    for (int k = 0; k < 4; k++)
        newest_kind[k][0] *= 0.8, newest_kind[k][1] *= 0.8;
    for (int e = 0; e < LAND_SERVERS; e++) {
        for (int m = 0; m < 4; m++)
            newest[e][m][0] *= 0.8, newest[e][m][1] *= 0.8;
        self->healthy[e] = !troubled || land_below(5) > 0;
    }
    for (int j = 0; j < JOBS; j++) {
        int m = self->live.jobs[j].region;
        land->jobs[j].origin_count = land_below(5);
        for (int o = 0; o < land->jobs[j].origin_count; o++) {
            double rate = land_below(8) ? land_between(0, 2) : 0, late = rate * land_between(0, 1) * land_between(0, 1);
            int host = land_below(S0 + LAND_SERVERS + 2) - 1, e = host - S0;
            late = land_below(12) ? late : NAN;
            land->origins[j][o] = (struct weir_origin_view){host, rate, late, 0};
            if (e < 0 || e >= LAND_SERVERS || !self->healthy[e] || rate <= 0 || isnan(late))
                continue;
            double add[2] = {rate * s, late * s};
            int h = hour(land->view.time_s - s / 2), k = kind(e, m);
            for (int n = 0; n < 2; n++) {
                hourly[zone(e)][m][h][n] += add[n];
                kinds[k][h][n] += add[n];
                newest[zone(e)][m][n] += add[n];
                newest_kind[k][n] += add[n];
            }
        }
    }
    for (int e = 0; e < LAND_SERVERS; e++)
        for (int m = 0; m < self->live.regions && zone(e) == e; m++) {
            const double *own = newest[e][m], *all = newest_kind[kind(e, m)];
            double usual = all[1] / (all[0] + 20), now = (own[1] + 5 * usual) / (own[0] + 5);
            alarm[e][m] = fmax(now, pow(0.99, s / 60) * alarm[e][m]);
        }
}

/* Late: by the hour, drawn to that of its kind by 20, and that to nothing by 20; or as of late, if that is more. */
static double late(int e, int m, double time_s)
{
    const double *own = hourly[zone(e)][m][hour(time_s)], *all = kinds[kind(e, m)][hour(time_s)];
    double usual = all[1] / (all[0] + 20);
    return fmax((own[1] + 20 * usual) / (own[0] + 20), alarm[zone(e)][m]);
}

static void check_safe(void)
{
    double then = land->view.time_s + land->view.window_s / 2;
    long unsafe = 0, cells = (long)self->live.regions * self->live.categories;
    sentinel_effect_expect(self, &land->view);
    for (int e = 0; e < LAND_SERVERS; e++)
        for (long c = 0; c < cells; c++) {
            int m = (int)c / self->live.categories;
            bool way = isfinite(self->live.latency_s[e * self->live.regions + m]), fine = late(e, m, then) <= 0.15;
            CU_ASSERT_EQUAL_FATAL(self->safe[e * cells + c], way && (fine || !self->service_detection));
            unsafe += way && !fine && self->service_detection;
        }
    CU_ASSERT_EQUAL_FATAL(self->effect.unsafe, unsafe);
}

static void how_late(void)
{
    long unsafe = 0;
    for (int run = 0; run < RUNS; run++) {
        begin(run);
        self->service_detection = run != 5;
        for (int w = 0; w < WINDOWS; w++) {
            window(run % 4 > 1);
            sentinel_effect_learn(self, &land->view);
            for (int e = 0; e < LAND_SERVERS; e++)
                for (int m = 0; m < self->live.regions; m++)
                    for (int h = 0; h < 24; h++)
                        CHECK_NEAR_FATAL(sentinel_late(self, e, m, 86400 + 3600 * h + 7), late(e, m, 3600 * h), 1e-5);
            check_safe();
            unsafe += self->effect.unsafe;
            if (w != 25) /* what was long ago counts half */
                continue;
            sentinel_effect_refit(self);
            for (size_t k = 0; k < sizeof hourly / sizeof(double); k++)
                ((double *)hourly)[k] /= 2;
            for (size_t k = 0; k < sizeof kinds / sizeof(double); k++)
                ((double *)kinds)[k] /= 2;
        }
        end();
    }
    CU_ASSERT_FATAL(unsafe > RUNS * WINDOWS);
}

/* --- u_opt. */

static struct {
    double latency_s[20], late[20], count[20];
} bins;
static double latencies[4096], lates[4096];
static int observed;

static bool at_home(int job)
{
    int results = 0, m = self->live.jobs[job].region;
    for (int o = 0; o < land->jobs[job].origin_count; o++) {
        int e = land->origins[job][o].host - S0;
        if (e < 0 || e >= LAND_SERVERS || land->origins[job][o].delivered_rate <= 0)
            continue;
        if (kind(e, m) % 2)
            return false;
        results++;
    }
    return results > 0;
}

/* By server, the mean of what jobs saw of it, weighted by their results from there; of jobs that stay at home, where
 * there are any. */
static void observe(void)
{
    bool home = false;
    for (int j = 0; j < JOBS; j++)
        home |= at_home(j);
    for (int e = 0; e < LAND_SERVERS; e++) {
        double seconds = 0, slow = 0, all = 0, use = self->live.used[e];
        for (int j = 0; j < JOBS; j++)
            for (int o = 0; o < land->jobs[j].origin_count; o++) {
                const struct weir_origin_view *from = &land->origins[j][o];
                if (from->host != S0 + e || isnan(land->jobs[j].latency_mean_s) || (home && !at_home(j)) ||
                    from->delivered_rate <= 0)
                    continue;
                seconds += from->delivered_rate * land->jobs[j].latency_mean_s;
                slow += from->late_rate;
                all += from->delivered_rate;
            }
        if (all <= 0 || !self->healthy[e])
            continue;
        int bin = use < 1 ? (int)floor(use * 20) : 19;
        bins.latency_s[bin] += seconds / all;
        bins.late[bin] += slow / all;
        bins.count[bin]++;
        latencies[observed] = seconds / all;
        lates[observed++] = slow / all;
    }
}

static int ascending(const void *a, const void *b)
{
    double one = *(const double *)a, other = *(const double *)b;
    return one < other ? -1 : one > other;
}

/* The use from which on the mean of all bins with 20 at least is in the worst fifth; 1: there is none. */
static double worst_from(const double *sum, double *all, double least)
{
    double sorted[4096], from = 1;
    memcpy(sorted, all, (size_t)observed * sizeof *all);
    qsort(sorted, (size_t)observed, sizeof *sorted, ascending);
    double limit = fmax(sorted[(int)(0.8 * (observed - 1))], least);
    for (int b = 19; b >= 0; b--)
        if (bins.count[b] >= 20) {
            if (sum[b] / bins.count[b] < limit)
                break;
            from = b / 20.0;
        }
    return from;
}

/* Latency and lateness that rise with use, servers at uses of their own. Two refits; what was known counts half in the
 * second, in the bins and not in the quantiles. */
static void best_use(void)
{
    static const double knee[] = {0.3, 0.7, 0.1, 2};
    for (int run = 0; run < 12; run++) {
        double beyond = knee[run % 4];
        begin(run);
        memset(&bins, 0, sizeof bins);
        observed = 0;
        for (int w = 0; w < 300; w++) {
            window(run % 2);
            for (int e = 0; e < LAND_SERVERS; e++)
                self->live.used[e] = fmax(land_between(0.05, 1.1) - land_between(0, 0.3), 0);
            for (int j = 0; j < JOBS; j++) {
                double use = 0;
                for (int o = 0; o < land->jobs[j].origin_count; o++) {
                    struct weir_origin_view *from = &land->origins[j][o];
                    int e = from->host - S0;
                    double is = e >= 0 && e < LAND_SERVERS ? self->live.used[e] : 0;
                    from->late_rate = from->delivered_rate * (is > beyond + 0.1 ? land_between(0.4, 0.6) : 0);
                    use = fmax(use, is);
                }
                land->jobs[j].latency_mean_s = land_below(9) ? (use > beyond ? 2 + use : 1) : NAN;
            }
            sentinel_effect_learn(self, &land->view);
            sentinel_history_take(self, &land->view);
            observe();
            CU_ASSERT_EQUAL_FATAL(self->history.seen, observed);
            for (int b = 0; b < 20; b++) {
                CHECK_NEAR_FATAL(self->history.count[b], bins.count[b], 1e-9);
                CHECK_NEAR_FATAL(self->history.latency_s[b], bins.latency_s[b], 1e-6);
                CHECK_NEAR_FATAL(self->history.late[b], bins.late[b], 1e-6);
            }
            if (w % 140 != 139)
                continue;
            double was = self->history.u_opt, by_latency = worst_from(bins.latency_s, latencies, 0);
            double by_late = worst_from(bins.late, lates, 0.01), lower = fmin(by_latency, by_late);
            sentinel_history_refit(self);
            CHECK_NEAR_FATAL(self->history.by_latency, by_latency, 1e-12);
            CHECK_NEAR_FATAL(self->history.by_late, by_late, 1e-12);
            CHECK_NEAR_FATAL(self->history.u_opt, lower < 1 ? fmax(lower, 0.2) : was, 1e-12);
            for (int b = 0; b < 20; b++)
                bins.latency_s[b] /= 2, bins.late[b] /= 2, bins.count[b] /= 2;
        }
        end();
    }
}

/* Fewer than a hundred say nothing, and nothing is fitted where u_opt is given. */
static void too_few(void)
{
    for (int given = 0; given < 2; given++) {
        begin(1);
        self->u_opt = given ? 0.5 : 0;
        CHECK_NEAR_FATAL(sentinel_u_opt_at_first(self), given ? 0.5 : 0.6, 0);
        for (int n = 0; n < 120; n++) {
            for (int e = 0; e < LAND_SERVERS; e++)
                self->live.used[e] = 0.45;
            for (int j = 0; j < JOBS; j++) {
                land->jobs[j].origin_count = 1;
                land->jobs[j].latency_mean_s = 3;
                land->origins[j][0] = (struct weir_origin_view){S0, 1, 0, 0};
            }
            memset(self->healthy, 1, LAND_SERVERS);
            sentinel_effect_learn(self, &land->view);
            sentinel_history_take(self, &land->view);
            sentinel_history_refit(self);
            CU_ASSERT_EQUAL_FATAL(self->history.refits, given || n < 99 ? 0 : n - 98);
        }
        CHECK_NEAR_FATAL(self->history.u_opt, given ? 0.6 : 0.45, 1e-12);
        end();
    }
}

/* Of more than 2048 observations each has the same chance to be kept. */
static void drawn_evenly(void)
{
    static double kept[SENTINEL_DRAWN];
    begin(1);
    memset(self->healthy, 1, LAND_SERVERS);
    struct weir_stream draws = self->history.draws;
    for (int n = 0; n < 3000; n++) {
        self->live.used[0] = 0.5;
        land->jobs[0].latency_mean_s = n;
        land->jobs[0].origin_count = 1;
        land->origins[0][0] = (struct weir_origin_view){S0, 1, 0, 0};
        sentinel_effect_learn(self, &land->view);
        sentinel_history_take(self, &land->view);
        int at = n < SENTINEL_DRAWN ? n : (int)weir_stream_below(&draws, (uint64_t)n + 1);
        if (at < SENTINEL_DRAWN)
            kept[at] = n;
    }
    for (int k = 0; k < SENTINEL_DRAWN; k++)
        CHECK_NEAR_FATAL(self->history.drawn[k].latency_s, kept[k], 0);
    sentinel_history_refit(self);
    CHECK_NEAR_FATAL(self->history.u_opt, 0.6, 0); /* one use alone: the mean is below the worst fifth */
    end();
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {
        {"how late", how_late}, {"best use", best_use}, {"too few", too_few}, {"drawn evenly", drawn_evenly}, {0}};
    return weir_test_main("policies/sentinel_results", cases, argc, argv);
}
