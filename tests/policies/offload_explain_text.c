/* What weir explain prints of a decision of an offloading policy, from a picture written by hand: each figure against
 * its arithmetic, then every line as it is to be read. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/policies/offload_page.h"
#include "tests/support/test.h"

static struct page_world page;

/* The text from the first line that begins so to the next empty one, or the end. Owned. */
static char *part(const char *begins)
{
    char *all = weir_offload_picture_text(&page.picture), *from = strstr(all, begins), *end = NULL;
    while (from && from > all && from[-1] != '\n')
        from = strstr(from + 1, begins);
    CU_ASSERT_PTR_NOT_NULL_FATAL(from);
    end = strstr(from, "\n\n");
    if (end)
        end[1] = 0;
    memmove(all, from, strlen(from) + 1);
    return all;
}

/* The part is so. */
static void check_part(const char *begins, const char *wanted)
{
    char *got = part(begins);
    if (strcmp(got, wanted) != 0)
        fprintf(stderr, "\ngot:\n%s\nwanted:\n%s\n", got, wanted);
    CU_ASSERT_STRING_EQUAL(got, wanted);
    free(got);
}

/* The number behind a word in the part. */
static double figure(const char *begins, const char *word)
{
    char *got = part(begins), *at = strstr(got, word);
    double value = at ? strtod(at + strlen(word), NULL) : NAN;
    free(got);
    return value;
}

/* Length of the bar in the line that begins so. */
static int bar(const char *begins)
{
    char *got = part(begins), *end = strchr(got, '\n'), *at = strpbrk(got, "#\n");
    int length = at && at < end ? (int)strspn(at, "#") : 0;
    free(got);
    return length;
}

static void head(void)
{
    weir_page_begin(&page);
    /* a: 6 s of 2 items a second, 3 s an item; longest: 0.5 s. (5 / 2 + 0.25) / 2 of latency. */
    CHECK_NEAR(figure("of an item", "mean cost "), (6 / 2.0 + 0.5) / 2, 1e-9);
    CHECK_NEAR(figure("of an item", "mean latency "), (5 / 2.0 + 0.25) / 2, 1e-9);
    CHECK_NEAR(figure("of an item", "potential "), 7.125, 1e-9);
    check_part("dwo at", "dwo at 12.5 s: 2 users on 2 of 4 nodes\n"
                         "of an item: mean cost 1.75 s, mean latency 1.375 s; potential 7.125 s\n");
    page.load[3] = 1;
    CHECK_NEAR(figure("dwo at", "users on "), 3, 0);
    page.decision.left_out = "user 7: no room";
    page.elsewhere[1] = page.elsewhere[2] = true;
    page.decided[1] = 3;
    page.decided[2] = 1;
    check_part("left out", "left out: user 7: no room\n"
                           "not as decided: a/o1 is on h2, and was to be on h3\n"
                           "not as decided: longest/o0 is on h0, and was to be on h1\n");
    page.decision.left_out = NULL;
    weir_page_end(&page);
}

static void users(void)
{
    weir_page_begin(&page);
    CHECK_NEAR(figure("a   ", "a        "), 6 / 2.0, 1e-9);
    check_part("user ", "user             cost     latency  who is where, with which share of the node\n"
                        "a                 3 s       2.5 s  h0 > o0@h0 25% > o1@h2 50% > h2\n"
                        "longest        500 ms      250 ms  h1, o0@h0 12.5%, o1@h0 100%  (shares are not held)\n");
    page.decision.game.users[0].holds = false;
    page.decision.game.users[1].holds = true;
    weir_offload_mock->jobs[1].name = "b";
    weir_offload_mock->jobs[1].sink_host = 0; /* the width of "user" is the least */
    page.placement[2] = 4;
    page.placement[3] = -1;
    check_part("user ", "user          cost     latency  who is where, with which share of the node\n"
                        "a              3 s       2.5 s  h0 > o0@h0 25% > o1@h2 50% > h2  (shares are not held)\n"
                        "b           500 ms      250 ms  h1, o0@? 12.5%, o1@? 100% > h0\n");
    weir_page_end(&page);
}

/* Bars are parts of 40 characters of what adds most: here h0 with 0.8 s. */
static void resources(void)
{
    weir_page_begin(&page);
    CU_ASSERT_EQUAL(bar("h0 "), 40);
    CU_ASSERT_EQUAL(bar("h2 "), (int)lround(40 * 0.5 / 0.8));
    CU_ASSERT_EQUAL(bar("l1 "), (int)lround(40 * (632.5 * 632.5 / 2e6) / 0.8));
    CU_ASSERT_EQUAL(bar("l2 "), 0);
    check_part("node ", "node                   speed        adds  what it adds to the sum of costs, and for whom\n"
                        "h0                    2 Gf/s      800 ms  ######################################## "
                        " a:o0 longest:o0+o1\n"
                        "h2                   20 Gf/s      500 ms  ######################### "
                        " a:o1\n");
    check_part("link ", "link               bandwidth        adds\n"
                        "l1                    2 MBps      200 ms  ##########\n"
                        "l2                    3 MBps      300 us  .\n");
    page.load[PAGE_HOSTS + 1] = 4000; /* 16e6 / 2e6 = 8 s: ten times what h0 adds */
    CU_ASSERT_EQUAL(bar("l1 "), 40);
    CU_ASSERT_EQUAL(bar("h0 "), 4);
    CU_ASSERT_EQUAL(bar("h2 "), (int)lround(40 * 0.5 / 8));
    page.load[3] = 3e5; /* 9e10 / 3e9 = 30 s; h1 has one core: 4 Gf/s, 9 s */
    page.load[1] = sqrt(9 * 4e9);
    CU_ASSERT_EQUAL(bar("h3 "), 40);
    CU_ASSERT_EQUAL(bar("h1 "), 12);
    CU_ASSERT_EQUAL(bar("l1 "), (int)lround(40 * 8 / 30.0));
    CHECK_NEAR(figure("h1 ", "h1 "), 4, 0);
    memset(page.load, 0, sizeof page.load);
    check_part("node ", "node                   speed        adds  what it adds to the sum of costs, and for whom\n");
    weir_page_end(&page);
}

/* Twenty links are shown; how many more there are is told. */
static void many_links(void)
{
    weir_page_begin(&page);
    for (int l = 0; l < PAGE_LINKS; l++)
        page.load[PAGE_HOSTS + l] = l == 7 ? 0 : 1000;
    char *got = part("link ");
    int rows = 0;
    for (const char *at = got; (at = strstr(at, "\nl")); at++)
        rows++;
    CU_ASSERT_EQUAL(rows, 20);
    CU_ASSERT_PTR_NULL(strstr(got, "l7 "));
    CU_ASSERT_PTR_NOT_NULL(strstr(got, "\nl20 "));
    free(got);
    CHECK_NEAR(figure("and ", "and "), 24 - 20, 0);
    page.load[PAGE_HOSTS + 24] = page.load[PAGE_HOSTS + 23] = page.load[PAGE_HOSTS + 22] = 0;
    CHECK_NEAR(figure("and ", "and "), 1, 0);
    page.load[PAGE_HOSTS] = 0; /* twenty: none is left out */
    char *all = weir_offload_picture_text(&page.picture);
    CU_ASSERT_PTR_NULL(strstr(all, "more links"));
    free(all);
    weir_page_end(&page);
}

static void rounds(void)
{
    weir_page_begin(&page);
    page.decision.trace =
        (struct offload_trace){.rounds = 2, .moves = 7, .potential = page.potential, .cost_s = page.round_cost_s};
    CHECK_NEAR(figure("moves: ", "moves: "), 7, 0);
    CU_ASSERT_EQUAL(bar("0        "), 40);
    CU_ASSERT_EQUAL(bar("1        "), (int)lround(40 * 3 / 4.0));
    CU_ASSERT_EQUAL(bar("2        "), (int)lround(40 * 2.5 / 4));
    check_part("round ", "round              potential  sum of costs\n"
                         "0                        4 s           5 s  ########################################\n"
                         "1                        3 s         3.5 s  ##############################\n"
                         "2                      2.5 s        3.25 s  #########################\n"
                         "moves: 7; in the last round nobody moved\n");
    page.decision.trace.rounds = 0;
    char *got = weir_offload_picture_text(&page.picture);
    CU_ASSERT_PTR_NULL(strstr(got, "round "));
    free(got);
    page.decision.trace.rounds = 1;
    check_part("round ", "round              potential  sum of costs\n"
                         "0                        4 s           5 s  ########################################\n"
                         "1                        3 s         3.5 s  ##############################\n"
                         "moves: 7; in the last round nobody moved\n");
    page.decision.trace = (struct offload_trace){.rounds = 1};
    got = weir_offload_picture_text(&page.picture);
    CU_ASSERT_PTR_NULL(strstr(got, "round "));
    free(got);
    weir_page_end(&page);
}

/* Deviations are of all items of a second, what would be saved is told of one. */
static void somebody_gains(void)
{
    weir_page_begin(&page);
    page.deviations[0] = (struct offload_deviation){6, 4.5, 3};
    CHECK_NEAR(figure("no Nash", "would save "), 100 * (1 - 4.5 / 6), 1e-9);
    CHECK_NEAR(figure("no Nash", "% ("), 1000 * (6 - 4.5) / 2, 1e-9); /* 2 items a second */
    check_part("no Nash", "no Nash point: 1 of 2 users would gain by other places of their own; "
                          "a would save 25 % (750 ms) on h1, h3\n");
    page.deviations[1] = (struct offload_deviation){0.5, 0.3, 0.25}; /* a greater part, though less time */
    check_part("no Nash", "no Nash point: 2 of 2 users would gain by other places of their own; "
                          "longest would save 40 % (200 ms) on h1, h2\n");
    page.decision.game.users[1].stays = true;
    check_part("no Nash", "no Nash point: 2 of 2 users would gain by other places of their own; "
                          "longest would save 40 % (200 ms) on h1, h2: its move would not pay\n");
    page.decision.game.users[1].movable = false;
    check_part("no Nash", "no Nash point: 2 of 2 users would gain by other places of their own; "
                          "longest would save 40 % (200 ms) on h1, h2: a change of it is under way\n");
    page.deviations[1].best_s = 0.5 - 0.5 * 0.25; /* as much: the first of them is named */
    check_part("no Nash", "no Nash point: 2 of 2 users would gain by other places of their own; "
                          "a would save 25 % (750 ms) on h1, h3\n");
    weir_offload_mock->jobs[1].running = false;
    weir_offload_game_fini(&page.decision.game);
    char *left_out;
    int code = weir_offload_mock_game(&page.self, &page.decision.game, &left_out);
    CU_ASSERT_EQUAL_FATAL(code, 0);
    check_part("no Nash", "no Nash point: 1 of 1 user would gain by other places of its own; "
                          "a would save 25 % (750 ms) on h1, h3\n");
    CHECK_NEAR(figure("dwo at", "s: "), 1, 0);
    check_part("dwo at", "dwo at 12.5 s: 1 user on 2 of 4 nodes\n"
                         "of an item: mean cost 3 s, mean latency 2.5 s; potential 7.125 s\n");
    weir_page_end(&page);
}

static void nobody_gains(void)
{
    weir_page_begin(&page);
    check_part("an equil", "an equilibrium: no user would gain by other places of its own\n");
    page.deviations[0].least_s = 5.4;
    CHECK_NEAR(figure("no better", "more than "), 100 * (1 - 5.4 / 6), 1e-9);
    check_part("no better", "no better place was found for any user; none can gain more than 10 % by other places of "
                            "its own, and 1 of 2 nothing\n");
    page.deviations[1].least_s = 0.4;
    CHECK_NEAR(figure("no better", "more than "), 20, 1e-9);
    CHECK_NEAR(figure("no better", "own, and "), 0, 0);
    page.deviations[1] = (struct offload_deviation){0, 0, 0}; /* nothing to gain, and no share of nothing */
    CHECK_NEAR(figure("no better", "more than "), 10, 1e-9);
    weir_page_end(&page);
}

static void bounds(void)
{
    weir_page_begin(&page);
    page.picture.bounds =
        (struct offload_bounds){.cost_s = 8, .slack = 0, .anarchy = 2.5, .alone_s = 4, .responses_s = 5, .least_s = 5};
    page.picture.optimum_s = 6.4;
    page.picture.search = (struct offload_search){.placements = 12345678, .whole = true};
    char *without = weir_offload_picture_text(&page.picture);
    CU_ASSERT_PTR_NULL(strstr(without, "over it"));
    free(without);
    page.picture.bound = true;
    CHECK_NEAR(figure("least by (36)", "equilibrium"), 8 / 2.5, 1e-9);
    CHECK_NEAR(figure("the optimum", "the optimum"), 6.4, 1e-9);
    check_part("sum of costs  ", "sum of costs                                                 over it\n"
                                 "as it is in force                                      8 s         1\n"
                                 "least by (36), of an equilibrium                     3.2 s       2.5\n"
                                 "least if each user were alone                          4 s         2\n"
                                 "the optimum                                          6.4 s      1.25\n");
    page.picture.bounds.slack = 0.25;
    page.picture.search.whole = false;
    CHECK_NEAR(figure("no user costs", "more than "), 1 + 0.25, 1e-9);
    CHECK_NEAR(figure("least by (31)", "responses"), 5, 1e-9);
    check_part("sum of costs  ", "sum of costs                                                 over it\n"
                                 "as it is in force                                      8 s         1\n"
                                 "no user costs more than 1.25 times its best response\n"
                                 "least by (36) with that                              3.2 s       2.5\n"
                                 "least by (31), with all best responses                 5 s       1.6\n"
                                 "least if each user were alone                          4 s         2\n"
                                 "the optimum of 1.23e+07 placements was not searched to the end\n");
    weir_page_end(&page);
}

/* Twenty that are not as decided are named, and how many more there are; eleven users of two operators make 22. */
static void much_elsewhere(void)
{
    weir_page_begin(&page);
    enum { MANY = 11 };
    struct weir_offload_game *game = &page.decision.game;
    static const double work[] = {1, 1};
    struct offload_user users[MANY];
    struct weir_offload_user who[MANY];
    struct offload_problem *before = game->problem;
    bool elsewhere[2 * MANY];
    int at[2 * MANY];
    for (int u = 0; u < MANY; u++) {
        users[u] = (struct offload_user){.origin = -1, .end = -1, .subtask_count = 2, .work_flop = work};
        who[u] = game->users[0];
        elsewhere[2 * u] = elsewhere[2 * u + 1] = true;
        at[2 * u] = at[2 * u + 1] = 0;
    }
    struct weir_offload_user *kept = game->users;
    double zero[MANY] = {0}, shares[2 * MANY] = {0};
    struct offload_deviation none[MANY] = {{0}};
    game->users = who;
    page.picture.elsewhere = elsewhere;
    page.picture.placement = page.picture.responses = page.decision.placement = at;
    page.picture.cost_s = page.picture.latency_s = zero;
    page.picture.shares = shares;
    page.picture.deviations = none;
    for (int count = 10; count <= MANY; count++) { /* 20, and 22 */
        game->user_count = count;
        CU_ASSERT_EQUAL_FATAL(
            offload_problem_new(page.self.network, users, count, OFFLOAD_SHARE_OF_SUBTASK, &game->problem), 0);
        char *got = weir_offload_picture_text(&page.picture), *more = strstr(got, "more are not as decided");
        int lines = 0;
        for (const char *line = got; (line = strstr(line, "not as decided: ")); line++)
            lines++;
        CU_ASSERT_EQUAL(lines, 20);
        CU_ASSERT_EQUAL(more != NULL, count == MANY);
        if (more)
            CHECK_NEAR(strtod(more - 2, NULL), 2, 0);
        free(got);
        offload_problem_free(game->problem);
    }
    game->problem = before;
    game->users = kept;
    game->user_count = PAGE_USERS;
    weir_page_end(&page);
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {{"head", head},
                                             {"users", users},
                                             {"resources", resources},
                                             {"many links", many_links},
                                             {"rounds", rounds},
                                             {"somebody gains", somebody_gains},
                                             {"nobody gains", nobody_gains},
                                             {"bounds", bounds},
                                             {"much elsewhere", much_elsewhere},
                                             {0}};
    return weir_test_main("policies/offload_explain_text", cases, argc, argv);
}
