/* How far proactive looks, how many instances it takes, and when a change pays: exact numbers, by hand. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/text.h"
#include "tests/policies/proactive_world.h"
#include "tests/support/test.h"

/* The last value goes on, with nothing added for its error. */
#define LAST "\"forecaster\": \"last\", \"confidence\": 0"
/* Down when less has been asked for during twice what the last change took: in the second window. */
#define AT_ONCE ", \"stabilization\": \"0s\", \"cooldown\": \"0s\", \"down_windows\": 1"

static void start(const char *keys, const char *more)
{
    char *text = weir_format("{%s%s}", keys, more);
    CU_ASSERT_EQUAL_FATAL(begin(&weir_policy_proactive, text), WEIR_OK);
    free(text);
}

/* An oracle of rates, a row each 10 s, that knows from the first window on. */
static void start_oracle(const double *rates, int count, const char *more)
{
    struct weir_text csv = {0};
    weir_text_add(&csv, "time_s,rate\n");
    for (int k = 0; k < count; k++)
        weir_text_addf(&csv, "%d,%g\n", 10 * k, rates[k]);
    char *keys = weir_format("\"forecaster\": {\"name\": \"oracle\", \"file\": \"%s\"}, \"warm\": 1",
                             weir_test_file("load.csv", csv.data));
    start(keys, more);
    free(keys);
    weir_text_fini(&csv);
}

static void deploy(int more)
{
    for (int i = 0; i < more; i++)
        weir_mock_deploy(world, 0, 0, 0);
}

/* (1 + headroom) (ingress + backlog / drain) over 100/s an instance. */
static void sizes(void)
{
    static const struct {
        const char *more;
        double ingress, backlog;
        int got;
    } rows[] = {
        {"", 250, 0, 3},
        {"", 250.1, 0, 4},
        {", \"headroom\": 0", 300, 0, 3},
        {", \"headroom\": 0", 300.1, 0, 4},
        {", \"headroom\": 1", 150, 0, 3},
        {"", 150, 3000, 3}, /* 100/s more */
        {"", 151, 3000, 4},
        {", \"drain\": \"0s\"", 151, 3000, 2},
        {", \"drain\": \"60s\"", 200, 3000, 3},
        {", \"drain\": \"0.5s\"", 100, 1000, 26}, /* 1.2 x 21 = 25.2 */
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        start(LAST, rows[i].more);
        world->jobs[0].backlog = rows[i].backlog;
        CU_ASSERT_EQUAL(step(rows[i].ingress), rows[i].got);
        CHECK_NEAR(told(why, "in "), rows[i].ingress, 0.05);
        if (!*rows[i].more)
            CHECK_NEAR(told(why, "/s, "), rows[i].backlog / 30, 1e-9);
        end();
    }
}

/* A ramp of 100/s a window: how many windows ahead of it the decision looks, and what is said of it. */
static void ahead(double restart_s, double state_bytes, const char *more, double within_s, int steps)
{
    double ramp[60];
    for (int k = 0; k < 60; k++)
        ramp[k] = 100 * (k + 1);
    char *keys = weir_format(", \"confidence\": 0, \"pay\": 0, \"hold\": \"0s\"%s", more);
    start_oracle(ramp, 60, keys);
    free(keys);
    struct weir_operator_view *op = &world->operators[0][0];
    weir_mock_host(world, "second", "far", WEIR_VIEW_CLOUD, 64, 0);
    weir_mock_deploy(world, 0, 0, 1);
    op->stateful = restart_s > 0;
    op->state_bytes = state_bytes;
    world->restart_s = restart_s;
    step(100);
    CHECK_NEAR(told(why, "within "), within_s, 0.1);
    CHECK_NEAR(told(why, "sees "), 100 * (1 + steps), 0.1);
    CHECK_NEAR(told(why, "known: "), 1, 0);
    end();
}

/* Two windows and the longest pause before a change was seen: restart, and a third of the state over 1e8 B/s. */
static void looks_ahead(void)
{
    ahead(0, 0, "", 20, 2);
    ahead(25, 0, "", 45, 5);
    ahead(5, 6e9, "", 45, 5);
    ahead(10, 0, "", 30, 3);
    ahead(0, 6e9, "", 20, 2); /* without state there is no pause */
    ahead(25, 0, ", \"horizon\": \"30s\"", 30, 3);
    ahead(25, 0, ", \"horizon\": \"31s\"", 31, 4);
    ahead(0, 0, ", \"horizon\": \"5s\"", 5, 1);
    ahead(0, 0, ", \"horizon\": \"0.5s\"", 0.5, 1);
}

/* A window and what changes took: 30 s the first, 10 s the second, half of both then. */
static void learns_the_delay(void)
{
    static const struct {
        double within_s, takes_s, sees;
    } rows[] = {{20, 0, 3}, {20, 0, 3}, {20, 0, 3}, {40, 30, 8}, {30, 20, 8}, {30, 20, 9}, {25, 15, 10}};
    double ramp[60];
    for (int k = 0; k < 60; k++)
        ramp[k] = 100 * (k + 1);
    start_oracle(ramp, 60, ", \"confidence\": 0");
    for (int w = 1; w <= 7; w++) {
        world->operators[0][0].changing = w == 2 || w == 3; /* the change of the first window is under way */
        why[0] = '\0';
        step(100 * w);
        if (w == 2 || w == 3 || w == 5) { /* the fifth sees 800/s as the fourth did */
            CU_ASSERT_EQUAL(why[0], '\0');
            continue;
        }
        CHECK_NEAR(told(why, "within "), rows[w - 1].within_s, 0.1);
        CHECK_NEAR(told(why, "a change takes "), rows[w - 1].takes_s, 0.1);
        CHECK_NEAR(told(why, "sees "), 100 * rows[w - 1].sees, 0.1);
    }
    end();
}

/* The spread of 405/s is sqrt(4050)/10 = 6.364: 1.2 x 4.05, 4.11 and 4.18 need 5, 5 and 6. */
static void margins(void)
{
    static const struct {
        const char *more;
        double rate;
        int got;
    } rows[] = {{"", 405, 5}, {", \"confidence\": 2", 405, 6}, {", \"confidence\": 0", 415, 5}, {"", 415, 6}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        double rates[] = {rows[i].rate, rows[i].rate, rows[i].rate, rows[i].rate, rows[i].rate};
        start_oracle(rates, 5, rows[i].more);
        CU_ASSERT_EQUAL(step(rows[i].rate), rows[i].got);
        CHECK_NEAR(told(why, "(+-"), sqrt(10 * rows[i].rate) / 10, 0.005);
        end();
    }
}

/* After 100 errors of which none was above 1/s the margin is 1 and no longer 6.44: 1.2 x 4.16 -> 5, 1.2 x 4.214 -> 6.
 * With errors of 3/s it is 3: 1.2 x 4.18 -> 6. */
static void earns(void)
{
    double rates[200];
    for (int k = 0; k < 200; k++)
        rates[k] = 415;
    for (int off = 1; off <= 3; off += 2) {
        start_oracle(rates, 200, AT_ONCE);
        for (int w = 1; w <= 105; w++) /* 100 errors are seen at window 101, and two ask */
            CU_ASSERT_EQUAL(step(415 - off), w < 102 || off == 3 ? 6 : 5);
        end();
    }
}

/* 490/s are forecast, with a spread of 7: 1.2 x (4.9 + 2 x 0.07) -> 7. What stays 14/s below is no contradiction; what
 * is further below is one, after three windows of it: 1.2 x 4.759 -> 6, which two windows ask for. Once it comes true
 * it is followed again. */
static void doubts(void)
{
    static const struct {
        const char *more;
        double load;
        int falls_at;
    } rows[] = {{"", 476, 99},
                {"", 475.9, 5},
                {", \"doubt\": 1", 475.9, 3},
                {", \"doubt\": 5", 475.9, 7},
                {", \"doubt\": 0", 475.9, 99}};
    double rates[40];
    for (int k = 0; k < 40; k++)
        rates[k] = 490;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char *more = weir_format(", \"confidence\": 2%s%s", AT_ONCE, rows[i].more);
        start_oracle(rates, 40, more);
        for (int w = 1; w <= 10; w++)
            CU_ASSERT_EQUAL(step(rows[i].load), w < rows[i].falls_at ? 7 : 6);
        CU_ASSERT_EQUAL(step(490), 7);
        end();
        free(more);
    }
}

/* What comes is served, whatever was forecast: 1.2 x 3 -> 4, and then as long as it comes. */
static void serves_what_comes(void)
{
    double rates[40];
    for (int k = 0; k < 40; k++)
        rates[k] = 50;
    start_oracle(rates, 40, ", \"confidence\": 0" AT_ONCE);
    for (int w = 1; w <= 5; w++)
        CU_ASSERT_EQUAL(step(300), 4);
    CU_ASSERT_EQUAL(step(50), 4);
    CU_ASSERT_EQUAL(step(50), 1);
    end();
}

/* 490/s in windows 21 and 31, else 50/s; seen two windows ahead. With 80 s of `hold` the second is in sight from
 * window 23 on, with 70 s it is not. On defaults, without the second, it shrinks 120 s after the first. */
static void holds(void)
{
    static const struct {
        const char *more;
        bool twice;
        int away, back, end; /* windows: shrinks, grows again, shrinks for good */
    } rows[] = {{AT_ONCE, true, 33, 33, 33},
                {AT_ONCE ", \"hold\": \"80s\"", true, 33, 33, 33},
                {AT_ONCE ", \"hold\": \"70s\"", true, 23, 29, 33},
                {"", false, 33, 33, 33},
                {", \"stabilization\": \"0s\"", false, 23, 23, 23},
                {", \"stabilization\": \"0s\", \"down_windows\": 5", false, 26, 26, 26}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        double rates[60];
        for (int k = 0; k < 60; k++)
            rates[k] = k == 20 || (rows[i].twice && k == 30) ? 490 : 50;
        char *more = weir_format(", \"confidence\": 0%s", rows[i].more);
        start_oracle(rates, 60, more);
        for (int w = 1; w <= 40; w++) {
            bool high = w >= 19 && (w < rows[i].away || (w >= rows[i].back && w < rows[i].end));
            CU_ASSERT_EQUAL(step(rates[w - 1]), high ? 6 : 1);
        }
        end();
        free(more);
    }
}

/* It grows at 10 s and wants less from 20 s on; twice the 10 s that the change took it waits in any case. */
static void cools_down(void)
{
    static const struct {
        const char *more;
        int at;
    } rows[] = {{", \"stabilization\": \"0s\"", 4},
                {", \"stabilization\": \"0s\", \"cooldown\": \"0s\"", 3},
                {", \"stabilization\": \"0s\", \"cooldown\": \"1min\"", 7},
                {", \"stabilization\": \"0s\", \"cooldown\": \"0s\", \"down_windows\": 1", 3},
                {"", 13}}; /* the first window counts as if one had been asked for, and then three */
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        start(LAST, rows[i].more);
        for (int w = 1; w <= 14; w++)
            CU_ASSERT_EQUAL(step(w == 1 ? 250 : 50), w < rows[i].at ? 3 : 1);
        end();
    }
}

/* With state and a restart of 5 s. Up: 200/s come to one of 100/s: 140/s short for the 120 s of `hold`, against
 * `pay` x 5 s x 240/s; down from 4 to 1: 3 x 120 s against `pay` x 5 s x 4. */
static void pays(void)
{
    static const struct {
        double pay, hold_s, load;
        int from;
        bool stateful, changes;
    } rows[] = {{14, 120, 200, 1, true, true},  {14.1, 120, 200, 1, true, false}, {1.16, 5, 200, 1, true, true},
                {1.17, 5, 200, 1, true, false}, {18, 120, 50, 4, true, true},     {18.1, 120, 50, 4, true, false},
                {1.5, 5, 50, 4, true, true},    {1.6, 5, 50, 4, true, false},     {1e6, 120, 200, 1, false, true},
                {1e6, 120, 50, 4, false, true}, {0, 5, 101, 1, true, true}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char *more = weir_format(AT_ONCE ", \"pay\": %g, \"hold\": \"%gs\"", rows[i].pay, rows[i].hold_s);
        start(LAST, more);
        deploy(rows[i].from - 1);
        world->operators[0][0].stateful = rows[i].stateful;
        world->restart_s = 5;
        CU_ASSERT_EQUAL(step(rows[i].load) != rows[i].from, rows[i].changes);
        end();
        free(more);
    }
}

/* What stands still for 15 s has to work that off in 30 s, so 1.5 times as many are taken if it changes at all; and it
 * grows to what comes within `hold`, 400/s from 60 s on. */
static void with_a_pause(void)
{
    static const struct {
        const char *more;
        double restart_s, later;
        int from, got;
    } rows[] = {
        {"", 0, 200, 1, 3},
        {"", 15, 200, 1, 4}, /* 3.6 */
        {"", 20, 200, 1, 4}, /* 4.0 */
        {"", 21, 200, 1, 5}, /* 4.08 */
        {", \"drain\": \"0s\"", 15, 200, 1, 3},
        {", \"drain\": \"0.5s\"", 1, 200, 1, 8}, /* 7.2 */
        {", \"drain\": \"60s\"", 15, 200, 1, 3}, /* 3.0 */
        {"", 15, 200, 3, 3},                     /* enough: it does not change */
        {"", 0, 200, 6, 3},
        {"", 15, 200, 6, 4},
        {"", 0, 400, 1, 3},
        {"", 1, 400, 1, 5},                    /* 4.96 */
        {", \"hold\": \"40s\"", 1, 400, 1, 3}, /* 2.48 */
        {", \"hold\": \"50s\"", 1, 400, 1, 3}, /* what is known begins at 10 s */
        {", \"hold\": \"60s\"", 1, 400, 1, 5},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        double rates[40];
        for (int k = 0; k < 40; k++)
            rates[k] = k < 6 ? 200 : rows[i].later;
        char *more = weir_format(", \"confidence\": 0, \"pay\": 0" AT_ONCE "%s", rows[i].more);
        start_oracle(rates, 40, more);
        deploy(rows[i].from - 1);
        world->operators[0][0].stateful = rows[i].restart_s > 0;
        world->restart_s = rows[i].restart_s;
        CU_ASSERT_EQUAL(step(200), rows[i].got);
        end();
        free(more);
    }
}

/* As for ds2 (ds2_policy.c): after swings by 20 %, 89/s ask for the second instance by noise alone; 92/s do not. */
static void noise(void)
{
    static const struct {
        const char *more;
        double load, swing;
        int at;
    } rows[] = {{"", 89, 20, 7},
                {"", 92, 20, 1},
                {", \"reserve\": \"30s\"", 89, 20, 4},
                {", \"reserve\": \"0s\"", 89, 20, 1},
                {"", 89, 3, 1}, /* noise of 7.3 %, within half of the reserve; not of that of 10 % */
                {", \"headroom\": 0.1", 93, 3, 7}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        start(LAST, rows[i].more);
        for (int k = 0; k < 10; k++)
            history[world->jobs[0].history_count++] = 100 + (k % 2 ? rows[i].swing : -rows[i].swing);
        for (int w = 1; w <= 8; w++)
            CU_ASSERT_EQUAL(step(rows[i].load), w < rows[i].at ? 1 : 2);
        end();
    }
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {{"sizes", sizes},
                                             {"looks_ahead", looks_ahead},
                                             {"learns_the_delay", learns_the_delay},
                                             {"margins", margins},
                                             {"earns", earns},
                                             {"doubts", doubts},
                                             {"serves_what_comes", serves_what_comes},
                                             {"holds", holds},
                                             {"cools_down", cools_down},
                                             {"pays", pays},
                                             {"with_a_pause", with_a_pause},
                                             {"noise", noise},
                                             {0}};
    return weir_test_main("policies/proactive-rules", cases, argc, argv);
}
