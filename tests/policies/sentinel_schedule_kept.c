/* When sentinel keeps the schedule in use, and one of requests that take nothing. */
#include <math.h>

#include "sim/base/error.h"
#include "tests/policies/sentinel_parts.h"
#include "tests/support/test.h"

static struct sentinel *self;

/* Of two categories in each region; a third has none. */
static void expect(const double next[4])
{
    for (int c = 0; c < 6; c++)
        self->requests.next[c] = c % 3 < 2 ? next[c / 3 * 2 + c % 3] : 0;
}

/* A hundred requests in four cells. The schedule is kept while what differs by region, or by category, is less than a
 * tenth of all. */
static void kept(void)
{
    static const struct {
        double next[4]; /* regions of two categories */
        bool kept;
    } rows[] = {{{25, 25, 25, 25}, true},      {{25 + 4.9, 25, 25 - 4.9, 25}, true},
                {{30.1, 25, 19.9, 25}, false}, {{25 + 4.9, 20.1, 25, 25}, true},
                {{30.1, 19.9, 25, 25}, false}, {{45, 5, 5, 45}, true},
                {{25, 25, 25, 34.9}, true},    {{25, 25, 25, 35.1}, false},
                {{20.1, 20.1, 25, 25}, true},  {{19.9, 19.9, 24.9, 25}, false},
                {{25, 25, 25, 35}, false}};
    land_seed(5);
    self = parts_new(3, 2, 3);
    expect((const double[]){25, 25, 25, 25});
    struct sentinel_schedule schedule = {0};
    CU_ASSERT_EQUAL_FATAL(sentinel_preschedule(self, &schedule), WEIR_OK);
    CU_ASSERT_FATAL(!schedule.kept && schedule.wanted == 100);
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
        expect(rows[k].next);
        CU_ASSERT_EQUAL_FATAL(sentinel_preschedule(self, &schedule), WEIR_OK);
        CU_ASSERT_EQUAL_FATAL(schedule.kept, rows[k].kept);
        expect((const double[]){25, 25, 25, 25});
        self->renew = 0; /* anew whatever comes */
        CU_ASSERT_EQUAL_FATAL(sentinel_preschedule(self, &schedule), WEIR_OK);
        CU_ASSERT_FATAL(!schedule.kept);
        self->renew = 0.1;
    }
    self->healthy[2] = false;
    sentinel_preschedule(self, &schedule);
    CU_ASSERT_FATAL(!schedule.kept);
    self->safe[parts_at(self, 2, 1, 2)] = 0; /* the last one */
    sentinel_preschedule(self, &schedule);
    CU_ASSERT_FATAL(!schedule.kept);
    self->history.u_opt = 0.5;
    sentinel_preschedule(self, &schedule);
    CU_ASSERT_FATAL(!schedule.kept);
    sentinel_preschedule(self, &schedule);
    CU_ASSERT_FATAL(schedule.kept);
    parts_free(self);
}

/* Requests that take nothing: all servers count alike, and the nearest has all. */
static void needs_nothing(void)
{
    land_seed(6);
    self = parts_new(3, 1, 1);
    self->live.request_bytes[0] = self->live.request_flops[0] = 0;
    self->live.category_tiers[0] = LIVE_ALL_TIERS;
    for (int e = 0; e < 3; e++)
        self->live.latency_s[e] = 1e-2 * (3 - e);
    live_rates(&self->live, self->rate);
    self->weigh = SENTINEL_CAPACITY;
    self->requests.next[0] = 50;
    struct sentinel_schedule schedule = {0};
    CU_ASSERT_EQUAL_FATAL(sentinel_preschedule(self, &schedule), WEIR_OK);
    sentinel_postschedule(self, &schedule);
    for (int e = 0; e < 3; e++) {
        CHECK_NEAR_FATAL(self->capacity[e], 1, 1e-12);
        CHECK_NEAR_FATAL(self->use[e], 0, 0);
        CU_ASSERT_EQUAL_FATAL(self->count[e], e == 2 ? 50 : 0);
    }
    CU_ASSERT_FATAL(schedule.left == 50 && schedule.unserved == 0);
    parts_free(self);
}

/* What the program does not take is an error, and says where it is from. */
static void refused(void)
{
    land_seed(8);
    self = parts_new(3, 2, 2);
    self->rate[5] = INFINITY;
    struct sentinel_schedule schedule = {0};
    CU_ASSERT_EQUAL_FATAL(sentinel_preschedule(self, &schedule), WEIR_EINPUT);
    CHECK_MESSAGE("pre-scheduling");
    CU_ASSERT_FATAL(!schedule.kept && schedule.wanted == 0);
    parts_free(self);
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {
        {"kept", kept}, {"needs nothing", needs_nothing}, {"refused", refused}, {0}};
    return weir_test_main("policies/sentinel_schedule_kept", cases, argc, argv);
}
