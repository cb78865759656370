/* The JSON that weir explain gives of a decision of an offloading policy, from a picture written by hand. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/json.h"
#include "tests/policies/offload_page.h"
#include "tests/support/test.h"

static struct page_world page;
static struct weir_json_doc *doc;

/* The picture, read back; close() frees it. */
static struct weir_json open_page(void)
{
    char *got = weir_offload_picture_json(&page.picture);
    int failed = weir_json_parse(got, "explained", &doc);
    CU_ASSERT_EQUAL_FATAL(failed, 0);
    CU_ASSERT_EQUAL(got[strlen(got) - 1], '\n');
    free(got);
    return weir_json_root(doc);
}

static void close_page(void)
{
    weir_json_free(doc);
    doc = NULL;
}

/* A number below an object; NAN: it is null or not there. */
static double number(const struct weir_json *at, const char *key)
{
    double value = NAN;
    struct weir_json found;
    if (weir_json_get(at, key, &found) && weir_json_is_number(&found))
        weir_json_number(&found, -1e300, 1e300, &value);
    return value;
}

/* 1 or 0; -1: it is not there. */
static int truth(const struct weir_json *at, const char *key)
{
    bool value = false;
    struct weir_json found;
    if (!weir_json_get(at, key, &found) || !weir_json_is_bool(&found))
        return -1;
    weir_json_bool(&found, &value);
    return value;
}

/* Whether the value is this word; "": null. */
static bool says(const struct weir_json *at, const char *key, const char *word)
{
    const char *value = "";
    struct weir_json found;
    if (!weir_json_get(at, key, &found))
        return false;
    if (weir_json_is_null(&found))
        return !*word;
    return weir_json_is_string(&found) && weir_json_string(&found, &value) == 0 && strcmp(value, word) == 0;
}

static struct weir_json below(const struct weir_json *at, const char *key)
{
    struct weir_json found;
    CU_ASSERT_FATAL(weir_json_get(at, key, &found));
    return found;
}

static struct weir_json element(const struct weir_json *at, const char *key, int i)
{
    struct weir_json list = below(at, key);
    CU_ASSERT_FATAL(i < weir_json_size(&list));
    return weir_json_at(&list, i);
}

static int length(const struct weir_json *at, const char *key)
{
    struct weir_json list = below(at, key);
    return weir_json_size(&list);
}

static void whole(void)
{
    weir_page_begin(&page);
    page.decision.trace.moves = 7;
    struct weir_json root = open_page();
    CU_ASSERT(says(&root, "policy", "dwo"));
    CHECK_NEAR(number(&root, "time_s"), 12.5, 0);
    CHECK_NEAR(number(&root, "cost_sum_s"), 18.5, 0);
    CHECK_NEAR(number(&root, "potential_s"), 7.125, 0);
    CHECK_NEAR(number(&root, "moves"), 7, 0);
    CU_ASSERT_EQUAL(truth(&root, "equilibrium"), 1);
    CU_ASSERT(says(&root, "left_out", ""));
    CU_ASSERT_EQUAL(length(&root, "rounds"), 0);
    CU_ASSERT_EQUAL(length(&root, "users"), 2);
    struct weir_json bound;
    CU_ASSERT_FALSE(weir_json_get(&root, "bound", &bound));
    close_page();
    page.decision.left_out = "user 7";
    root = open_page();
    CU_ASSERT(says(&root, "left_out", "user 7"));
    close_page();
    page.decision.left_out = NULL;
    weir_page_end(&page);
}

/* All figures of users are of an item: those of a, of 2 items a second, are halved. */
static void users(void)
{
    weir_page_begin(&page);
    page.deviations[0] = (struct offload_deviation){6, 4.5, 3};
    page.decision.game.users[0].stays = true;
    page.decision.game.users[1].movable = false;
    struct weir_json root = open_page(), a = element(&root, "users", 0), b = element(&root, "users", 1);
    CU_ASSERT(says(&a, "name", "a") && says(&a, "source", "h0") && says(&a, "sink", "h2"));
    CU_ASSERT(says(&b, "name", "longest") && says(&b, "source", "h1") && says(&b, "sink", ""));
    CHECK_NEAR(number(&a, "omega"), 3, 0);
    CHECK_NEAR(number(&b, "omega"), 1, 0);
    CHECK_NEAR(number(&a, "items_per_s"), 2, 0);
    CHECK_NEAR(number(&b, "items_per_s"), 1, 0);
    CHECK_NEAR(number(&a, "cost_s"), 6 / 2.0, 1e-12);
    CHECK_NEAR(number(&b, "cost_s"), 0.5, 1e-12);
    CHECK_NEAR(number(&a, "latency_s"), 5 / 2.0, 1e-12);
    CHECK_NEAR(number(&b, "latency_s"), 0.25, 1e-12);
    CHECK_NEAR(number(&a, "best_cost_s"), 4.5 / 2, 1e-12);
    CHECK_NEAR(number(&a, "least_cost_s"), 3 / 2.0, 1e-12);
    CU_ASSERT(truth(&a, "gains") == 1 && truth(&b, "gains") == 0);
    CU_ASSERT(truth(&a, "certain") == 0 && truth(&b, "certain") == 1);
    CU_ASSERT(truth(&a, "stays") == 1 && truth(&b, "stays") == 0);
    CU_ASSERT(truth(&a, "changing") == 0 && truth(&b, "changing") == 1);
    CU_ASSERT_EQUAL(truth(&root, "equilibrium"), 0);
    close_page();
    weir_page_end(&page);
}

/* An equilibrium is one that is certain, and in which nobody gains. */
static void equilibrium(void)
{
    static const struct {
        struct offload_deviation first, second;
        int holds;
    } cases[] = {{{6, 6, 6}, {1, 1, 1}, 1},
                 {{6, 6, 5}, {1, 1, 1}, 0},
                 {{6, 6, 6}, {1, 1, 0.5}, 0},
                 {{6, 5, 5}, {1, 1, 1}, 0},
                 {{6, 6, 6}, {1, 0.5, 0.5}, 0}};
    weir_page_begin(&page);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        page.deviations[0] = cases[i].first;
        page.deviations[1] = cases[i].second;
        struct weir_json root = open_page();
        CU_ASSERT_EQUAL(truth(&root, "equilibrium"), cases[i].holds);
        close_page();
    }
    weir_page_end(&page);
}

static void operators(void)
{
    weir_page_begin(&page);
    page.decided[1] = 3;
    page.placement[3] = 4; /* no such host */
    page.responses[3] = -1;
    struct weir_json root = open_page(), a = element(&root, "users", 0), b = element(&root, "users", 1);
    static const char *const hosts[2][2] = {{"h0", "h2"}, {"h0", ""}},
                             *const decided[2][2] = {{"h0", "h3"}, {"h0", "h0"}},
                             *const best[2][2] = {{"h1", "h3"}, {"h1", ""}};
    static const double shares[2][2] = {{0.25, 0.5}, {0.125, 1}};
    for (int u = 0; u < 2; u++) {
        CU_ASSERT_EQUAL(length(u ? &b : &a, "operators"), 2);
        for (int o = 0; o < 2; o++) {
            struct weir_json op = element(u ? &b : &a, "operators", o);
            CU_ASSERT(says(&op, "name", o ? "o1" : "o0"));
            CU_ASSERT(says(&op, "host", hosts[u][o]));
            CU_ASSERT(says(&op, "decided", decided[u][o]));
            CU_ASSERT(says(&op, "best", best[u][o]));
            CHECK_NEAR(number(&op, "share"), shares[u][o], 0);
        }
    }
    close_page();
    weir_page_end(&page);
}

static void loads(void)
{
    weir_page_begin(&page);
    struct weir_json root = open_page(), first = element(&root, "nodes", 0), second = element(&root, "nodes", 1);
    CU_ASSERT_EQUAL(length(&root, "nodes"), 2);
    CU_ASSERT(says(&first, "name", "h0") && says(&second, "name", "h2"));
    CHECK_NEAR(number(&first, "load"), 40000, 0);
    CHECK_NEAR(number(&second, "load"), 100000, 0);
    CU_ASSERT_EQUAL(length(&root, "links"), 2);
    first = element(&root, "links", 0);
    second = element(&root, "links", 1);
    CU_ASSERT(says(&first, "name", "l1") && says(&second, "name", "l2"));
    CHECK_NEAR(number(&first, "load"), 632.5, 0);
    CHECK_NEAR(number(&second, "load"), 30, 0);
    close_page();
    memset(page.load, 0, sizeof page.load);
    page.load[PAGE_HOSTS + PAGE_LINKS - 1] = 5;
    page.load[PAGE_HOSTS - 1] = 6;
    root = open_page();
    CU_ASSERT(length(&root, "nodes") == 1 && length(&root, "links") == 1);
    first = element(&root, "nodes", 0);
    CU_ASSERT(says(&first, "name", "h3") && number(&first, "load") == 6);
    first = element(&root, "links", 0);
    CU_ASSERT(says(&first, "name", "l24") && number(&first, "load") == 5);
    close_page();
    weir_page_end(&page);
}

static void rounds(void)
{
    weir_page_begin(&page);
    for (int count = 0; count <= 2; count++) {
        page.decision.trace =
            (struct offload_trace){.rounds = count, .potential = page.potential, .cost_s = page.round_cost_s};
        struct weir_json root = open_page();
        CU_ASSERT_EQUAL(length(&root, "rounds"), count ? count + 1 : 0);
        for (int r = 0; count && r <= count; r++) {
            struct weir_json round = element(&root, "rounds", r);
            CHECK_NEAR(number(&round, "potential"), page.potential[r], 0);
            CHECK_NEAR(number(&round, "cost_sum_s"), page.round_cost_s[r], 0);
        }
        close_page();
    }
    page.decision.trace = (struct offload_trace){.rounds = 2};
    struct weir_json root = open_page();
    CU_ASSERT_EQUAL(length(&root, "rounds"), 0);
    close_page();
    weir_page_end(&page);
}

static void bound(void)
{
    weir_page_begin(&page);
    page.picture.bound = true;
    page.picture.bounds = (struct offload_bounds){
        .cost_s = 8, .slack = 0.25, .anarchy = 2.5, .alone_s = 4, .responses_s = 5, .least_s = 5.5};
    page.picture.optimum_s = 6.4;
    page.picture.search = (struct offload_search){.placements = 12345, .whole = true};
    struct weir_json root = open_page(), told = below(&root, "bound");
    CHECK_NEAR(number(&told, "cost_sum_s"), 8, 0);
    CHECK_NEAR(number(&told, "slack"), 0.25, 0);
    CHECK_NEAR(number(&told, "anarchy"), 2.5, 0);
    CHECK_NEAR(number(&told, "alone_s"), 4, 0);
    CHECK_NEAR(number(&told, "responses_s"), 5, 0);
    CHECK_NEAR(number(&told, "least_s"), 5.5, 0);
    CHECK_NEAR(number(&told, "optimum_s"), 6.4, 0);
    CHECK_NEAR(number(&told, "placements"), 12345, 0);
    close_page();
    page.picture.search.whole = false; /* not found: null */
    root = open_page();
    told = below(&root, "bound");
    CU_ASSERT(isnan(number(&told, "optimum_s")));
    close_page();
    weir_page_end(&page);
}

static void nobody(void)
{
    weir_page_begin(&page);
    page.decision.game.user_count = 0;
    struct weir_json root = open_page();
    CU_ASSERT_EQUAL(length(&root, "users"), 0);
    CU_ASSERT_EQUAL(truth(&root, "equilibrium"), 1);
    close_page();
    page.decision.game.user_count = 2;
    weir_page_end(&page);
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {{"whole", whole},         {"users", users},   {"equilibrium", equilibrium},
                                             {"operators", operators}, {"loads", loads},   {"rounds", rounds},
                                             {"bound", bound},         {"nobody", nobody}, {0}};
    return weir_test_main("policies/offload_explain_json", cases, argc, argv);
}
