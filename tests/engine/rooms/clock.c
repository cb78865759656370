/* The clock: what rings when, against a plain sorted list. */
#include "sim/engine/clock/clock.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/random.h"
#include "tests/support/test.h"

#define ALARMS 200

struct ringer {
    struct weir_alarm alarm;
    struct weir_soon soon;
    int number;
};

static struct weir_clock the_clock;
static char rung[256];

static void note(int number)
{
    size_t length = strlen(rung);
    rung[length] = (char)('a' + number);
    rung[length + 1] = 0;
}

static void rings(struct weir_alarm *alarm)
{
    note(WEIR_RECORD(alarm, struct ringer, alarm)->number);
}

static void rings_soon(struct weir_soon *soon)
{
    note(WEIR_RECORD(soon, struct ringer, soon)->number);
}

static void start(struct ringer *ringers, int count)
{
    weir_clock_init(&the_clock);
    rung[0] = 0;
    for (int r = 0; r < count; r++)
        ringers[r] = (struct ringer){.alarm.ring = rings, .soon.ring = rings_soon, .number = r};
}

static void ring_all(void)
{
    while (!isinf(weir_clock_next_s(&the_clock)) && !the_clock.over)
        weir_clock_ring(&the_clock);
}

static void dates_in_order(void)
{
    struct ringer ringers[5];
    start(ringers, 5);
    CU_ASSERT(isinf(weir_clock_next_s(&the_clock)));
    static const double dates_s[] = {3, 1, 2, 1, INFINITY};
    for (int r = 0; r < 5; r++)
        weir_alarm_set(&the_clock, &ringers[r].alarm, dates_s[r]);
    CU_ASSERT(!weir_alarm_is_set(&ringers[4].alarm));
    CU_ASSERT_EQUAL(weir_clock_next_s(&the_clock), 1);
    weir_clock_ring(&the_clock);
    CU_ASSERT_EQUAL(the_clock.now_s, 1);
    CU_ASSERT(!weir_alarm_is_set(&ringers[1].alarm));
    ring_all();
    CU_ASSERT_STRING_EQUAL(rung, "bdca");
    CU_ASSERT_EQUAL(the_clock.now_s, 3);
    weir_clock_fini(&the_clock);
}

static void set_anew_and_stopped(void)
{
    struct ringer ringers[4];
    start(ringers, 4);
    for (int r = 0; r < 4; r++)
        weir_alarm_set(&the_clock, &ringers[r].alarm, 5);
    weir_alarm_set(&the_clock, &ringers[0].alarm, 5); /* behind the others, though its date is the same */
    weir_alarm_stop(&the_clock, &ringers[1].alarm);
    weir_alarm_stop(&the_clock, &ringers[1].alarm);
    weir_alarm_set(&the_clock, &ringers[2].alarm, INFINITY);
    CU_ASSERT(!weir_alarm_is_set(&ringers[1].alarm) && !weir_alarm_is_set(&ringers[2].alarm));
    ring_all();
    CU_ASSERT_STRING_EQUAL(rung, "da");
    /* a date that has passed is the present */
    weir_alarm_set(&the_clock, &ringers[1].alarm, 1);
    CU_ASSERT_EQUAL(weir_clock_next_s(&the_clock), 5);
    ring_all();
    CU_ASSERT_EQUAL(the_clock.now_s, 5);
    weir_clock_fini(&the_clock);
}

static void soon_comes_first(void)
{
    struct ringer ringers[4];
    start(ringers, 4);
    weir_alarm_set(&the_clock, &ringers[0].alarm, 0);
    weir_soon(&the_clock, &ringers[2].soon);
    weir_soon(&the_clock, &ringers[1].soon);
    weir_soon(&the_clock, &ringers[2].soon); /* listed already */
    weir_soon(&the_clock, &ringers[3].soon);
    CU_ASSERT_EQUAL(weir_clock_next_s(&the_clock), 0);
    weir_soon_drop(&the_clock, &ringers[1].soon);
    weir_soon_drop(&the_clock, &ringers[1].soon);
    ring_all();
    CU_ASSERT_STRING_EQUAL(rung, "cda");
    weir_soon(&the_clock, &ringers[1].soon);
    weir_soon_drop(&the_clock, &ringers[1].soon);
    CU_ASSERT(isinf(weir_clock_next_s(&the_clock)));
    weir_clock_fini(&the_clock);
}

static void what_is_dropped_leaves_the_others(void)
{
    /* The last of the list, then one in its middle; others are listed behind. */
    struct ringer ringers[6];
    start(ringers, 6);
    for (int r = 0; r < 3; r++)
        weir_soon(&the_clock, &ringers[r].soon);
    weir_soon_drop(&the_clock, &ringers[2].soon);
    weir_soon(&the_clock, &ringers[3].soon);
    weir_soon_drop(&the_clock, &ringers[1].soon);
    weir_soon(&the_clock, &ringers[4].soon);
    weir_soon_drop(&the_clock, &ringers[0].soon);
    weir_soon(&the_clock, &ringers[5].soon);
    ring_all();
    CU_ASSERT_STRING_EQUAL(rung, "def");
    weir_clock_fini(&the_clock);
}

static void some_come_first_at_their_date(void)
{
    /* b and c before a, though later by less than a tie; d, later by more, behind it. */
    static const double tie_s = 1e-12 + 8 * 0x1p-52 * 5;
    struct ringer ringers[4];
    start(ringers, 4);
    CHECK_NEAR(weir_clock_tie_s(5), tie_s, 1e-20);
    weir_alarm_set(&the_clock, &ringers[0].alarm, 5);
    weir_alarm_set_first(&the_clock, &ringers[3].alarm, 5 + 3 * tie_s);
    weir_alarm_set_first(&the_clock, &ringers[1].alarm, 5);
    weir_alarm_set_first(&the_clock, &ringers[2].alarm, 5 + 0.5 * tie_s);
    ring_all();
    CU_ASSERT_STRING_EQUAL(rung, "bcad");
    CHECK_NEAR(the_clock.now_s, 5 + 3 * tie_s, 1e-18);
    weir_clock_fini(&the_clock);
}

/* Lists the next as soon, and sets an alarm at the present date. */
static void chains(struct weir_alarm *alarm)
{
    struct ringer *ringer = WEIR_RECORD(alarm, struct ringer, alarm);
    note(ringer->number);
    if (ringer->number < 3) {
        weir_alarm_set(&the_clock, &ringer[1].alarm, the_clock.now_s);
        weir_soon(&the_clock, &ringer[4].soon);
    }
}

static void a_chain_at_one_date(void)
{
    struct ringer ringers[8];
    start(ringers, 8);
    for (int r = 0; r < 4; r++)
        ringers[r].alarm.ring = chains;
    weir_alarm_set(&the_clock, &ringers[0].alarm, 2);
    ring_all();
    CU_ASSERT_STRING_EQUAL(rung, "aebfcgd");
    CU_ASSERT_EQUAL(the_clock.now_s, 2);
    weir_clock_fini(&the_clock);
}

/* Numbers are of 32 bits; those behind the turn are later than those before it. */
static void numbers_wrap_around(void)
{
    struct ringer ringers[6];
    start(ringers, 6);
    the_clock.number = UINT32_MAX - 2;
    for (int r = 0; r < 6; r++)
        weir_alarm_set(&the_clock, &ringers[r].alarm, 1);
    ring_all();
    CU_ASSERT_STRING_EQUAL(rung, "abcdef");
    weir_clock_fini(&the_clock);
}

static void over_is_over(void)
{
    struct ringer ringers[3];
    start(ringers, 3);
    weir_soon(&the_clock, &ringers[0].soon);
    weir_clock_fail(&the_clock, WEIR_ERUN, "the %s", "first");
    weir_clock_fail(&the_clock, WEIR_EINPUT, "the second");
    weir_clock_ring_soon(&the_clock);
    CU_ASSERT_STRING_EQUAL(rung, "");
    CU_ASSERT(the_clock.over);
    CU_ASSERT_EQUAL(the_clock.code, WEIR_ERUN);
    CU_ASSERT_STRING_EQUAL(the_clock.message, "the first");
    weir_clock_fini(&the_clock);
}

static void turns(struct weir_soon *soon)
{
    weir_soon(&the_clock, soon);
}

static void is_stuck(void *context)
{
    ++*(int *)context;
    weir_clock_end(&the_clock);
}

static void turning_without_time(void)
{
    struct ringer ringers[2];
    int stuck = 0;
    start(ringers, 2);
    the_clock.rung_at_most = 1000;
    the_clock.stuck = is_stuck;
    the_clock.stuck_context = &stuck;
    ringers[0].soon.ring = turns;
    weir_soon(&the_clock, &ringers[0].soon);
    ring_all();
    CU_ASSERT_EQUAL(stuck, 1);
    weir_clock_fini(&the_clock);
    /* as many events at different dates are none too many */
    start(ringers, 2);
    stuck = 0;
    the_clock.rung_at_most = 10;
    the_clock.stuck = is_stuck;
    the_clock.stuck_context = &stuck;
    for (int i = 0; i < 100; i++) {
        weir_alarm_set(&the_clock, &ringers[0].alarm, i);
        ring_all();
        rung[0] = 0;
    }
    CU_ASSERT_EQUAL(stuck, 0);
    weir_clock_fini(&the_clock);
}

/* How often something turned before each of two times that it was too often. */
static struct weir_soon turning;
static int turned, stuck_after[2], times_stuck;

static void turns_and_counts(struct weir_soon *soon)
{
    turned++;
    weir_soon(&the_clock, soon);
}

static void starts_to_turn(struct weir_alarm *alarm)
{
    weir_soon(&the_clock, &turning);
}

static void counts_stuck(void *context)
{
    stuck_after[times_stuck++] = turned;
    turned = 0;
    if (times_stuck == 2)
        weir_clock_end(&the_clock);
}

static void check_turns(int first, int second, double at_s)
{
    ring_all();
    CHECK_NEAR(the_clock.now_s, at_s, 0);
    CHECK_NEAR(times_stuck, 2, 0);
    CHECK_NEAR(stuck_after[0], first, 0);
    CHECK_NEAR(stuck_after[1], second, 0);
    weir_clock_fini(&the_clock);
}

static void start_to_turn(struct ringer *ringer)
{
    start(ringer, 1);
    the_clock.rung_at_most = 10;
    the_clock.stuck = counts_stuck;
    turning = (struct weir_soon){.ring = turns_and_counts};
    ringer->alarm.ring = starts_to_turn;
    turned = times_stuck = 0;
}

/* Ten events at one date are none too many; the eleventh is, and then eleven more. */
static void so_many_at_one_date(void)
{
    struct ringer ringer;
    start_to_turn(&ringer);
    weir_soon(&the_clock, &turning);
    check_turns(10, 11, 0);
    /* An alarm at a later date is the first of ten. */
    start_to_turn(&ringer);
    the_clock.rung = 7;
    weir_alarm_set(&the_clock, &ringer.alarm, 3);
    check_turns(9, 11, 3);
    /* At the same date it is the eighth. */
    start_to_turn(&ringer);
    the_clock.rung = 7;
    weir_alarm_set(&the_clock, &ringer.alarm, 0);
    check_turns(2, 11, 0);
    /* Moved on, the clock begins anew. */
    start_to_turn(&ringer);
    the_clock.rung = 7;
    weir_clock_move(&the_clock, 0);
    CHECK_NEAR((double)the_clock.rung, 7, 0);
    weir_clock_move(&the_clock, 2);
    weir_soon(&the_clock, &turning);
    check_turns(10, 11, 2);
}

/* The plain list. */
struct plain {
    double date_s; /* INFINITY: not set */
    unsigned long number;
};

struct random_play {
    struct ringer *ringers;
    struct plain plain[ALARMS];
    unsigned long number;
    int first; /* that must ring next */
    bool right;
};
static struct random_play play;

static int first_of(void)
{
    int first = -1;
    for (int a = 0; a < ALARMS; a++)
        if (!isinf(play.plain[a].date_s) &&
            (first < 0 || play.plain[a].date_s < play.plain[first].date_s ||
             (play.plain[a].date_s == play.plain[first].date_s && play.plain[a].number < play.plain[first].number)))
            first = a;
    return first;
}

static void rings_at_random(struct weir_alarm *alarm)
{
    int number = WEIR_RECORD(alarm, struct ringer, alarm)->number;
    play.right &= number == play.first && the_clock.now_s == play.plain[number].date_s;
    play.plain[number].date_s = INFINITY;
}

/* Few dates, so that many are equal; numbers that wrap around in the middle. */
static void against_a_plain_list(void)
{
    struct weir_stream draw = weir_stream_open(7, "clock");
    play = (struct random_play){.ringers = weir_alloc(ALARMS, sizeof *play.ringers), .right = true};
    start(play.ringers, ALARMS);
    the_clock.number = UINT32_MAX - 50000;
    for (int a = 0; a < ALARMS; a++) {
        play.ringers[a].alarm.ring = rings_at_random;
        play.plain[a].date_s = INFINITY;
    }
    for (int step = 0; step < 200000 && play.right; step++) {
        uint64_t bits = weir_stream_bits(&draw);
        int which = (int)(bits % ALARMS), what = (int)(bits >> 32) % 10;
        double date_s = the_clock.now_s + (double)((bits >> 40) % 20);
        play.first = first_of();
        double next_s = play.first < 0 ? INFINITY : play.plain[play.first].date_s;
        play.right &= weir_clock_next_s(&the_clock) == next_s;
        if (what < 6) {
            weir_alarm_set(&the_clock, &play.ringers[which].alarm, date_s);
            play.plain[which] = (struct plain){date_s, play.number++};
        } else if (what < 7) {
            weir_alarm_stop(&the_clock, &play.ringers[which].alarm);
            play.plain[which].date_s = INFINITY;
        } else if (play.first >= 0) {
            weir_clock_ring(&the_clock);
        }
    }
    CU_ASSERT(play.right);
    CU_ASSERT(the_clock.number < 200000); /* it has wrapped around */
    weir_clock_fini(&the_clock);
    free(play.ringers);
}

int main(int argc, char **argv)
{
    const struct weir_case cases[] = {
        {"dates in order", dates_in_order},
        {"set anew, and stopped", set_anew_and_stopped},
        {"soon comes first", soon_comes_first},
        {"what is dropped leaves the others", what_is_dropped_leaves_the_others},
        {"some come first at their date", some_come_first_at_their_date},
        {"a chain at one date", a_chain_at_one_date},
        {"numbers wrap around", numbers_wrap_around},
        {"over is over", over_is_over},
        {"turning without time", turning_without_time},
        {"so many at one date", so_many_at_one_date},
        {"against a plain list", against_a_plain_list},
        {0},
    };
    return weir_test_main("engine/rooms/clock", cases, argc, argv);
}
