/* The books without a run: ways, costs, bytes, what is wrong when, and what an account makes of it, by hand. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/engine/books/ledger.h"
#include "tests/support/test.h"

/* Hosts of two-tier.xml: edge and edge2 at the edge; cloud, at 0.5 a core and second, and cloud4 in the cloud. */
enum { EDGE, EDGE2, CLOUD, CLOUD4 };
enum { UP, LOCAL };
static const struct weir_link_view links[] = {{"backhaul_UP", 12.5e6, 0.01}, {"local", 125e6, 1e-4}};

struct world {
    struct weir_scenario *scenario;
    struct weir_books books;
};

static struct world open_books(const char *more, const struct weir_observer *observer)
{
    char *here = getcwd(NULL, 0);
    char *text = weir_format("{\"platform\": \"%s/tests/input/valid/two-tier.xml\", \"duration\": \"100s\", %s"
                             " \"workload\": {\"jobs\": [{\"name\": \"j\", \"source\": {\"host\": \"edge\"},"
                             "  \"load\": {\"kind\": \"constant\", \"rate\": \"1/s\"}, \"operators\":"
                             "  [{\"name\": \"a\", \"flops\": \"1Mf\"}, {\"name\": \"b\", \"flops\": \"1Mf\"}]}]}}",
                             here, more);
    struct world world = {0};
    if (weir_scenario_read(weir_test_file("scenario.json", text), NULL, &world.scenario)) {
        fprintf(stderr, "\n%s\n", weir_error_message());
        exit(2);
    }
    weir_books_init(&world.books, &(struct weir_run_spec){.scenario = world.scenario, .seed = 1, .observer = observer},
                    links, 2);
    free(text);
    free(here);
    return world;
}

static void close_books(struct world *world)
{
    weir_books_fini(&world->books);
    weir_scenario_free(world->scenario);
}

static void ways_are_a_tree(void)
{
    struct world world = open_books("", NULL);
    struct weir_result result = {0};
    struct weir_paths *paths = weir_paths_new(2);
    uint64_t a = weir_paths_step(paths, 0, 0), ab = weir_paths_step(paths, a, 1), b = weir_paths_step(paths, 0, 1);
    CU_ASSERT(a != b && ab != a && ab != b);
    CU_ASSERT_EQUAL(weir_paths_step(paths, 0, 0), a);
    CU_ASSERT_EQUAL(weir_paths_step(paths, a, 1), ab);
    weir_paths_deliver(paths, ab, 1.0, (const double[]){0.1, 0.2, 0.3, 0.4});
    weir_paths_deliver(paths, ab, 3.0, (const double[]){0.5, 0.4, 0.3, 1.8});
    weir_paths_deliver(paths, b, 5.0, (const double[]){5, 0, 0, 0});
    weir_paths_totals(paths, &world.scenario->workload->jobs[0], &result);
    CU_ASSERT_EQUAL_FATAL(result.path_count, 2);
    CU_ASSERT_STRING_EQUAL(result.paths[0].path, "source > a > b > sink");
    CU_ASSERT_STRING_EQUAL(result.paths[1].path, "source > b > sink");
    CU_ASSERT_EQUAL(result.paths[0].delivered, 2);
    CHECK_NEAR(result.paths[0].latency_mean_s, 2, 1e-15);
    CHECK_NEAR(result.paths[0].waiting_s, 0.3, 1e-15);
    CHECK_NEAR(result.paths[0].service_s, 0.3, 1e-15);
    CHECK_NEAR(result.paths[0].network_s, 0.3, 1e-15);
    CHECK_NEAR(result.paths[0].blocked_s, 1.1, 1e-15);
    for (int p = 0; p < result.path_count; p++)
        free(result.paths[p].path);
    free(result.paths);
    weir_paths_free(paths);
    close_books(&world);
}

/* 1022 ways besides the source's own and the one of the rest. */
static void too_many_ways_are_one(void)
{
    enum { OPS = 2000 };
    struct weir_paths *paths = weir_paths_new(OPS);
    uint64_t last = 0, rest = weir_paths_step(paths, 0, 0);
    int different = 1;
    for (int op = 1; op < OPS; op++) {
        last = weir_paths_step(paths, 0, op);
        different += op < 1022 ? last != rest : 0;
        rest = last;
    }
    CU_ASSERT_EQUAL(different, 1022);
    CU_ASSERT_EQUAL(weir_paths_step(paths, 0, 1022), weir_paths_step(paths, 0, 1999));
    CU_ASSERT_NOT_EQUAL(weir_paths_step(paths, 0, 1021), last);
    CU_ASSERT_EQUAL(weir_paths_step(paths, last, 5), last); /* and go on together */
    /* Those from another source stay its, back to their beginning. */
    CU_ASSERT_EQUAL(weir_paths_source(paths, last), 0);
    uint64_t root = weir_paths_root(paths, 3), other = weir_paths_step(paths, root, 7);
    CU_ASSERT_NOT_EQUAL(other, weir_paths_step(paths, 0, 1999));
    CU_ASSERT_EQUAL(weir_paths_step(paths, other, 9), other);
    CU_ASSERT_EQUAL(weir_paths_source(paths, other), 3);
    CU_ASSERT_EQUAL(weir_paths_back(paths, &other), -1 - 3);
    CU_ASSERT_EQUAL(weir_paths_source(paths, other), 3);
    weir_paths_free(paths);
}

/* Two on cloud from 1 s on, one of them until 5 s; counted from 2 s to 10 s: 2 x 3 s + 1 x 5 s = 11 s at 0.5 by
 * instance. The host itself has one core, and something on it for 8 s. */
static void instances_cost_while_they_are_there(void)
{
    struct world world = open_books("", NULL);
    weir_books_instances(&world.books, CLOUD, 1, 1);
    weir_books_instances(&world.books, CLOUD, 1, 1);
    weir_books_instances(&world.books, EDGE, 1, 1); /* free */
    weir_books_settle(&world.books, 2);
    CHECK_NEAR(world.books.cost + world.books.instance_cost, 0, 0);
    world.books.warm = true;
    weir_books_instances(&world.books, CLOUD, -1, 5);
    weir_books_settle(&world.books, 10);
    CHECK_NEAR(world.books.instance_cost, 5.5, 1e-15);
    CHECK_NEAR(world.books.cost, 4, 1e-15);
    CHECK_NEAR(world.books.instance_area, 11 + 8, 1e-15);
    CU_ASSERT_EQUAL(world.books.hosts[CLOUD].instances, 1);
    CU_ASSERT_EQUAL(world.books.instances_alive, 2);
    close_books(&world);
}

/* Links and hosts count from the start, sums of the run after the warm-up; only the first transfer crosses tiers. */
static void bytes_are_counted_where_they_go(void)
{
    struct world world = open_books("", NULL);
    const int up[] = {UP, LOCAL}, local[] = {LOCAL};
    weir_books_transfer(&world.books, EDGE, CLOUD4, up, 2, 100);
    CHECK_NEAR(world.books.network_bytes, 0, 0);
    world.books.warm = true;
    weir_books_transfer(&world.books, EDGE, CLOUD4, up, 2, 10);
    weir_books_transfer(&world.books, CLOUD4, CLOUD, local, 1, 1);
    CHECK_NEAR(world.books.links[UP].bytes, 110, 0);
    CHECK_NEAR(world.books.links[LOCAL].bytes, 111, 0);
    CHECK_NEAR(world.books.hosts[EDGE].counts.sent_bytes, 110, 0);
    CHECK_NEAR(world.books.hosts[CLOUD4].counts.received_bytes, 110, 0);
    CHECK_NEAR(world.books.hosts[CLOUD4].counts.sent_bytes, 1, 0);
    CHECK_NEAR(world.books.network_bytes, 11, 0);
    CHECK_NEAR(world.books.crossing_bytes, 10, 0);
    close_books(&world);
}

/* cloud is down from 10 to 20 s, and again from 15 to 30: once, for 20 s. cloud4 is at 0.5 from 10 to 40 s and at 0.2
 * from 20 to 30: the lesser holds. */
static void faults_that_meet_are_one(void)
{
    struct world world = open_books("\"faults\": [{\"host\": \"cloud\", \"at\": \"10s\", \"for\": \"10s\"},"
                                    " {\"host\": \"cloud\", \"at\": \"15s\", \"for\": \"15s\"},"
                                    " {\"host\": \"cloud4\", \"at\": \"10s\", \"for\": \"30s\", \"speed\": 0.5},"
                                    " {\"host\": \"cloud4\", \"at\": \"20s\", \"for\": \"10s\", \"speed\": 0.2}],",
                                    NULL);
    CU_ASSERT_EQUAL_FATAL(world.books.outage_count, 2);
    const struct weir_outages *down = NULL, *slow = NULL;
    for (size_t o = 0; o < 2; o++)
        *(world.books.outages[o].host == CLOUD ? &down : &slow) = &world.books.outages[o];
    CU_ASSERT_EQUAL_FATAL(down->count, 2);
    CU_ASSERT_PTR_NULL(down->shares);
    CHECK_NEAR(down->dates_s[0], 10, 0);
    CHECK_NEAR(down->dates_s[1], 30, 0);
    CU_ASSERT_EQUAL_FATAL(slow->count, 4);
    CU_ASSERT_EQUAL(slow->host, CLOUD4);
    const double dates_s[] = {10, 20, 30, 40}, shares[] = {0.5, 0.2, 0.5, 1};
    for (unsigned d = 0; d < 4; d++) {
        CHECK_NEAR(slow->dates_s[d], dates_s[d], 0);
        CHECK_NEAR(slow->shares[d], shares[d], 0);
    }
    CHECK_NEAR(weir_truth_wrong_s(&world.books, CLOUD, 0, 100), 20, 1e-12);
    CHECK_NEAR(weir_truth_wrong_s(&world.books, CLOUD, 25, 28), 3, 1e-12);
    CHECK_NEAR(weir_truth_wrong_s(&world.books, CLOUD4, 0, 35), 25, 1e-12);
    CHECK_NEAR(weir_truth_wrong_s(&world.books, EDGE, 0, 100), 0, 0);
    CU_ASSERT(weir_truth_is_wrong(&world.books, CLOUD, 10) && !weir_truth_is_wrong(&world.books, CLOUD, 30));
    close_books(&world);
}

struct heard {
    int spans;
    double busy_s, blocked_s;
};

static void hear(void *context, const struct weir_span *span)
{
    struct heard *heard = context;
    heard->spans++;
    *(span->kind == WEIR_SPAN_BUSY ? &heard->busy_s : &heard->blocked_s) += span->end_s - span->start_s;
}

/* Idle until 1 s, busy until 3 s, blocked until 7 s, idle: 6 s of it are told, in two spans. */
static void time_is_spent_and_told(void)
{
    struct heard heard = {0};
    struct weir_observer observer = {.context = &heard, .span = hear};
    struct world world = open_books("", &observer);
    struct weir_spent spent = {0};
    weir_trace_spent(&world.books, &spent, EDGE, "j", "a", 0, 0);
    weir_spent_set(&spent, WEIR_BUSY, 1);
    weir_spent_set(&spent, WEIR_BUSY, 2); /* the same goes on */
    weir_spent_set(&spent, WEIR_BLOCKED, 3);
    weir_spent_set(&spent, WEIR_IDLE, 7);
    CU_ASSERT_EQUAL(heard.spans, 2);
    CHECK_NEAR(heard.busy_s, 2, 0);
    CHECK_NEAR(heard.blocked_s, 4, 0);
    CHECK_NEAR(spent.spent_s[WEIR_IDLE], 1, 0);
    CHECK_NEAR(spent.spent_s[WEIR_BUSY], 2, 0);
    CHECK_NEAR(spent.spent_s[WEIR_BLOCKED], 4, 0);
    weir_trace_free(&spent);
    close_books(&world);
}

static double uplink(void *context, int host)
{
    ++*(int *)context;
    return host == CLOUD ? 1000 : 0;
}

/* A window of 10 s: 40 results of 100 bytes from cloud over 1000 bytes/s are a use of 0.4, 4 of them late; 6 more from
 * cloud4, which stands beside the sink and counts no bytes. Of the 40, 4 are delivered again: bytes, but no requests.
 */
static void an_account_by_hand(void)
{
    int asked = 0;
    struct world world = open_books("\"account\": {\"price_per_GB\": 1e6, \"fine_service\": 2, \"fine_device\": 3,"
                                    " \"hosts\": \"cloud\"},",
                                    NULL);
    struct weir_account *account = &world.scenario->account;
    weir_account_uplinks(&world.books, uplink, &asked);
    world.books.warm = true;
    weir_account_results(&world.books, CLOUD, EDGE, 36, 4, 4, 100, 5); /* and 4 of the 40 again */
    weir_account_results(&world.books, CLOUD4, CLOUD4, 6, 0, 0, 100, 6);
    weir_account_drops(&world.books, CLOUD4, 2, 7);
    weir_account_close(&world.books, 10);
    weir_account_next_window(&world.books);
    world.books.window_start_s = 10;
    CU_ASSERT_EQUAL_FATAL(account->host_count, 1);
    weir_account_close(&world.books, 10); /* a window without length: nothing */
    CU_ASSERT_EQUAL(asked, 1);
    struct weir_metrics metrics = {.delivered = 42, .dropped = 4};
    weir_account_result(&world.books, 2, &metrics);
    CHECK_NEAR(metrics.utilisation, 0.4, 1e-12);
    CHECK_NEAR(metrics.revenue, weir_account_revenue(account, 0.4), 1e-12);
    CHECK_NEAR(metrics.service_anomalies, (4 + 2 + 2) / 46.0, 1e-12);
    CHECK_NEAR(metrics.device_anomalies, 0, 0);
    CHECK_NEAR(metrics.fines, 2 * 8, 1e-12);
    CHECK_NEAR(metrics.income, 3800e-3, 1e-12); /* 38 in time x 100 bytes at 1e-3 a byte */
    /* Of no requests no share is wrong, nor right. */
    struct weir_metrics nothing = {0};
    weir_account_result(&world.books, 0, &nothing);
    CU_ASSERT(isnan(nothing.service_anomalies) && isnan(nothing.device_anomalies) && isnan(nothing.anomaly_frequency));
    close_books(&world);
}

int main(int argc, char **argv)
{
    const struct weir_case cases[] = {
        {"ways are a tree", ways_are_a_tree},
        {"too many ways are one", too_many_ways_are_one},
        {"instances cost while they are there", instances_cost_while_they_are_there},
        {"bytes are counted where they go", bytes_are_counted_where_they_go},
        {"faults that meet are one", faults_that_meet_are_one},
        {"time is spent, and told", time_is_spent_and_told},
        {"an account by hand", an_account_by_hand},
        {0},
    };
    return weir_test_main("engine/books", cases, argc, argv);
}
