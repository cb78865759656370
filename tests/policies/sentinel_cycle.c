/* The cycle of sentinel as a whole: when models are fitted anew, what its notes and its table say. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policies/sentinel/sentinel.h"
#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "tests/policies/sentinel_world.h"

/* The number behind a text in the notes; -1: it is not there. */
static double said(const char *text)
{
    const char *at = strstr(weir_text_string(&notes), text);
    return at ? strtod(at + strlen(text), NULL) : -1;
}

/* What a new one begins with: the seed, streams of its own, u_opt as given or 0.6, and who forecasts. Before the first
 * window it names no server. */
static void begins(void)
{
    static const struct {
        const char *params;
        double u_opt;
        int categories;
        bool graph;
    } rows[] = {{"{}", 0.6, 29, true},
                {"{\"u_opt\": 0.45, \"categories\": 7}", 0.45, 7, true},
                {"{\"forecaster\": \"st-gcn\"}", 0.6, 29, true},
                {"{\"forecaster\": \"last\"}", 0.6, 29, false},
                {"{\"forecaster\": {\"name\": \"last\"}}", 0.6, 29, false}};
    struct weir_candidate two[] = {{N1, 1, 1, 0, 0, 0}, {N2, 1, 1, 0, 0, 0}};
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
        begin(rows[k].params);
        struct sentinel *self = state;
        struct weir_stream draws = weir_stream_open(1, "policy/sentinel/draws");
        uint64_t first = weir_stream_bits(&draws);
        CU_ASSERT_FATAL(self->seed == 1 && self->live.seed == 1 && self->live.wanted == rows[k].categories);
        CU_ASSERT_FATAL(self->graph == rows[k].graph && !self->oracle && isnan(self->requests.error));
        CHECK_NEAR_FATAL(self->history.u_opt, rows[k].u_opt, 1e-12);
        struct weir_routing item = {.job = 0, .from = -1, .candidates = two, .count = 2, .choice = -1};
        CU_ASSERT_EQUAL_FATAL(policy->route(state, weir_mock_view(world), &item), WEIR_OK);
        CU_ASSERT_FATAL(item.choice == -1 && item.flops <= 0);
        CU_ASSERT_FATAL(weir_stream_bits(&self->devices.draws) == first);
        CU_ASSERT_FATAL(weir_stream_bits(&self->history.draws) == first);
        CU_ASSERT_FATAL(weir_stream_bits(&self->effect.draws) == first);
        end();
    }
    CU_ASSERT_EQUAL_FATAL(begin_as(&weir_policy_oracle, "{}"), WEIR_OK);
    CU_ASSERT_FATAL(((struct sentinel *)state)->oracle);
    end();
}

/* The notes of each window against what is in the state: servers by state, requests, what was left over, trials. */
static void figures_of_notes(void)
{
    begin("{\"warm\": 20, \"learned\": false, \"forecaster\": \"last\", \"hold\": 4, \"u_opt\": 0.5}");
    const struct sentinel *self = state;
    int kept = 0, left_over = 0;
    for (int e = SERVERS; e < HOSTS; e++)
        load[e] = e;
    for (int w = 0; w < 60; w++) {
        report();
        world->hosts[S2].up = w % 7 != 3;
        for (int k = 0; k < 2 && w > 30 && w < 40; k++) {
            world->hosts[N1].cpu += 0.1 * (w - 30);
            world->hosts[N1].memory_reported_bytes += 1e9 * (w - 30);
        }
        double came[JOBS] = {100 + 10 * (w % 5), 60 + (w > 45 ? 400 : 0), w % 9}, expected = 0, all = 0, left = 0;
        long pooled = self->live.pooled;
        int changed = close_window(came), models = 0, cells = self->requests.cells, probed = 0;
        for (int c = 0; c < cells; c++) {
            expected += self->requests.next[c];
            all += self->live.requests[c];
            models += self->requests.ready[c];
            left += self->left[c];
        }
        const int *in = self->devices.in_state;
        for (int e = 0; e < 4; e++)
            probed += self->probes[e] >= 0;
        CHECK_NEAR_FATAL(said("detect: "), in[SENTINEL_WELL], 0);
        CHECK_NEAR_FATAL(said(" well; "), in[SENTINEL_DOWN], 0);
        CHECK_NEAR_FATAL(said(" down, "), in[SENTINEL_BY_RULES], 0);
        CHECK_NEAR_FATAL(said(" by rules, "), in[SENTINEL_BY_NET], 0);
        CHECK_NEAR_FATAL(said(" by net, "), in[SENTINEL_BY_HOLD], 0);
        CHECK_NEAR_FATAL(said("rules unsure of "), self->devices.unsure, 0);
        CHECK_NEAR_FATAL(said("predict: "), expected, 0.051);
        CHECK_NEAR_FATAL(said("requests of "), cells, 0);
        CHECK_NEAR_FATAL(said(" cells, "), models, 0);
        CHECK_NEAR_FATAL(said("by a model; "), all, 0.51);
        CHECK_NEAR_FATAL(said("effect: "), self->effect.unsafe, 0);
        CHECK_NEAR_FATAL(said(" operators changed, "), probed, 0);
        CHECK_NEAR_FATAL(said("without a server, "), changed, 0);
        CHECK_NEAR_FATAL(said("of those that came "), pooled, 0);
        bool anew = said("assign: the schedule in use") < 0;
        if (anew) {
            CHECK_NEAR_FATAL(said("dispatch: ") + said("to the nearest, "), left, 0);
            CHECK_NEAR_FATAL(said("u_opt "), 0.5, 0);
            CHECK_NEAR_FATAL(self->planned[0], self->requests.next[0], 0);
        } else {
            CHECK_NEAR_FATAL(said("dispatch: ") + said("to the nearest, "), 0, 0);
        }
        kept += !anew;
        left_over += left > 0;
    }
    CU_ASSERT_FATAL(kept > 5 && left_over > 5);
    end();
}

/* After `warm` windows, twice as many, four times as many, and at last every `refit`. */
static void upkeep_times(void)
{
    static const double at_s[] = {720, 1440, 2880, 4680, 6480};
    int next = 0;
    begin("{\"warm\": 12, \"refit\": \"30min\", \"learned\": false, \"forecaster\": \"last\"}");
    for (int w = 1; w <= 110; w++) {
        step(100, 50, 20);
        bool due = next < 5 && 60 * w >= at_s[next];
        double again = said("again at ");
        CHECK_NEAR_FATAL(again, !due ? -1 : next < 4 ? at_s[next + 1] : 8280, 0);
        next += due;
    }
    CU_ASSERT_EQUAL_FATAL(next, 5);
    end();
}

static long place(const char *text, const char *word)
{
    const char *at = strstr(text, word);
    return at ? at - text : -1;
}

/* Each row of the table says what the server has, what it is used, and what is planned for it. */
static void table(void)
{
    begin("{\"u_opt\": 0.6, \"learned\": false, \"probe\": 0}");
    const struct sentinel *self = state;
    CU_ASSERT_PTR_NULL_FATAL(policy->explain(state, weir_mock_view(world))); /* before the first window */
    for (int e = SERVERS; e < HOSTS; e++)
        load[e] = e;
    for (int w = 0; w < 3; w++) {
        world->hosts[S2].up = w != 2;
        step(150, 90, 40);
    }
    char *text = policy->explain(state, weir_mock_view(world)), *line = text;
    CU_ASSERT_PTR_NOT_NULL_FATAL(text);
    double figures[4];
    CU_ASSERT_EQUAL_FATAL(sscanf(text, "%lf servers, %lf regions, %lf categories; best use %lf", figures, figures + 1,
                                 figures + 2, figures + 3),
                          4);
    CU_ASSERT_FATAL(figures[0] == 4 && figures[1] == 2 && figures[2] == 2);
    CHECK_NEAR_FATAL(figures[3], 0.6, 1e-9);
    line = strchr(strchr(line, '\n') + 1, '\n') + 1;
    for (int e = 0; e < 4; e++, line = strchr(line, '\n') + 1) {
        char name[8], region[8], device[8];
        double uplink, use, planned, requests, given = 0;
        CU_ASSERT_EQUAL_FATAL(
            sscanf(line, "%7s %7s %lf %lf %lf %lf %7s", name, region, &uplink, &use, &planned, &requests, device), 7);
        for (int c = 0; c < 4; c++)
            given += self->count[4 * e + c];
        CU_ASSERT_FATAL(name[1] == (e % 2 ? '2' : '1') && name[0] == region[0] && region[0] == (e < 2 ? 'n' : 's'));
        CU_ASSERT_FATAL(device[0] == (e == 3 ? 'd' : 'w')); /* down, well */
        CHECK_NEAR_FATAL(uplink, 1e8, 0);
        CHECK_NEAR_FATAL(use, world->hosts[SERVERS + e].sent_bytes_per_s / 1e8, 5e-4);
        CHECK_NEAR_FATAL(planned, self->use[e], 5e-4);
        CHECK_NEAR_FATAL(requests, given, 0);
    }
    CU_ASSERT_EQUAL_FATAL(*line, '\0');
    free(text);
    end();
    begin("{\"device_detection\": false}"); /* it then says no more than up or down */
    world->hosts[N2].up = false;
    step(10, 10, 10);
    text = policy->explain(state, weir_mock_view(world));
    CU_ASSERT_FATAL(place(text, "down") > place(text, "n2") && place(text, "down") < place(text, "s1"));
    free(text);
    end();
}

/* Names of those that are not well as far as there is room: three of 100 characters. */
static void names_of_the_unwell(void)
{
    for (int longer = 0; longer < 2; longer++) {
        char name[3][102];
        CU_ASSERT_EQUAL_FATAL(begin_as(&weir_policy_oracle, "{}"), WEIR_OK);
        for (int k = 0; k < 3; k++) {
            memset(name[k], 'a' + k, 101);
            name[k][k == 2 && longer ? 101 : 100] = '\0';
            world->hosts[N1 + k].name = name[k];
            world->wrong_until_s[N1 + k] = 1e9;
        }
        step(10, 10, 10);
        CU_ASSERT_FATAL(told("1 of 4 servers will be well: a") && told(longer ? "b, 1 more" : "bb, cc"));
        CU_ASSERT_FATAL(longer || said("more") < 0);
        end();
    }
}

/* With what was found by the rules beside the name, there is room for 296 characters in all. */
static void name_and_who(void)
{
    for (int longer = 0; longer < 2; longer++) {
        char name[300];
        begin("{\"u_opt\": 0.6, \"learned\": false, \"probe\": 0}");
        memset(name, 'a', sizeof name);
        name[296 + longer] = '\0';
        world->hosts[N1].name = name;
        for (int e = SERVERS; e < HOSTS; e++)
            load[e] = 1;
        for (int w = 0; w < 26; w++) {
            report();
            world->hosts[N1].cpu += w < 20 ? 0 : 0.15 * (w - 19);
            world->hosts[N1].memory_reported_bytes += w < 20 ? 0 : 1e9 * (w - 19);
            close_window((const double[JOBS]){200, 200, 0});
        }
        CU_ASSERT_FATAL(told("3 of 4 servers are well") && told(longer ? "unsure of 0, 1 more" : "aaa (rules)"));
        end();
    }
}

/* A job that departs is no part of the next cycle. */
static void departs(void)
{
    begin("{}");
    const struct sentinel *self = state;
    step(100, 50, 20);
    CU_ASSERT_EQUAL_FATAL(self->live.jobs[1].region, 1);
    world->jobs[1].running = false;
    policy->job_departs(state, &world->view, 1);
    CU_ASSERT_FATAL(self->live.jobs[1].region == -1 && self->live.jobs[0].region == 0);
    step(100, 50, 20);
    CHECK_NEAR_FATAL(said("0 of them by a model; "), 120, 0);
    end();
}

/* Without servers, and where figures of jobs are no numbers, there is nothing to schedule, and nothing is said. */
static void nothing_to_schedule(void)
{
    begin("{}");
    step(100, 50, 20);
    CU_ASSERT_FATAL(said("predict: ") >= 0);
    world->jobs[0].source_bytes = INFINITY;
    live_refit(&((struct sentinel *)state)->live);
    struct weir_plan *plan = weir_plan_new(weir_mock_view(world));
    int count;
    CU_ASSERT_FATAL(policy->window_ends(state, &world->view, plan) < 0);
    weir_plan_warnings(plan, &count);
    CU_ASSERT_EQUAL_FATAL(count, 0);
    CHECK_MESSAGE("categories of jobs");
    weir_plan_free(plan);
    end();
    begin("{}");
    for (int e = SERVERS; e < HOSTS; e++)
        world->hosts[e].tier = WEIR_VIEW_DEVICE;
    CU_ASSERT_EQUAL_FATAL(step(100, 50, 20), 0);
    CU_ASSERT_EQUAL_FATAL(notes.length, 0);
    end();
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {
        {"begins", begins},   {"figures of notes", figures_of_notes},       {"upkeep times", upkeep_times},
        {"table", table},     {"names of the unwell", names_of_the_unwell}, {"name and who", name_and_who},
        {"departs", departs}, {"nothing to schedule", nothing_to_schedule}, {0}};
    return weir_test_main("policies/sentinel_cycle", cases, argc, argv);
}
