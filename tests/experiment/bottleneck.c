/* Who holds whom back, by cases reckoned by hand. */
#include "sim/experiment/bottleneck.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/experiment/held.h"
#include "sim/experiment/outage_share.h"
#include "tests/support/test.h"

static struct weir_hold holds[8];

static void reckon(const struct weir_stage *stages, int stage_count, const struct weir_way *ways, int way_count)
{
    weir_bottleneck_holds(stages, stage_count, ways, way_count, holds);
}
#define RECKON(stages, ways) reckon(stages, sizeof(stages) / sizeof *(stages), ways, sizeof(ways) / sizeof *(ways))

static void check_hold(const struct weir_hold *hold, enum weir_hold_kind kind, int at)
{
    CU_ASSERT_EQUAL(hold->kind, kind);
    if (kind != WEIR_HOLD_NONE)
        CU_ASSERT_EQUAL(hold->at, at);
}

/* 100 items/s: parse takes 5 ms, price 12 ms, store 0.5 ms. Price gives 83.3/s, so parse is busy 0.417 and held the
 * rest. */
static void chain(void)
{
    static const struct weir_stage stages[] = {
        {.held = 1}, {.held = 0.583, .busy = 0.417}, {.busy = 1}, {.busy = 0.042}};
    static const struct weir_way ways[] = {{0, 1, 0.01}, {1, 2, 0.01}, {2, 3, 0.08}};
    RECKON(stages, ways);
    check_hold(&holds[0], WEIR_HOLD_OPERATOR, 2); /* through parse */
    check_hold(&holds[1], WEIR_HOLD_OPERATOR, 2);
    check_hold(&holds[3], WEIR_HOLD_NONE, 0); /* nothing comes after it */
}

/* What parse waits for now and then is no reason for the source, where parse itself is busier. */
static void nearer_and_busier(void)
{
    static const struct weir_stage stages[] = {{.held = 0.3}, {.held = 0.05, .busy = 0.95}, {.busy = 0.9}};
    static const struct weir_way ways[] = {{0, 1, 0}, {1, 2, 0}};
    RECKON(stages, ways);
    check_hold(&holds[0], WEIR_HOLD_OPERATOR, 1);
    check_hold(&holds[1], WEIR_HOLD_OPERATOR, 2);
}

/* An operator that is not held back hides all that comes after it. */
static void not_through_the_free(void)
{
    static const struct weir_stage stages[] = {{.held = 0.5}, {.busy = 0.6}, {.busy = 1}};
    static const struct weir_way ways[] = {{0, 1, 0}, {1, 2, 0}};
    RECKON(stages, ways);
    check_hold(&holds[0], WEIR_HOLD_OPERATOR, 1);
}

/* split sends to left and right; right takes longest, and both go to the join. */
static void diamond(void)
{
    static const struct weir_stage stages[] = {
        {.held = 1}, {.held = 0.857, .busy = 0.143}, {.busy = 0.286}, {.busy = 1}, {.busy = 0.01}};
    static const struct weir_way ways[] = {{3, 4, 0}, {2, 4, 0}, {1, 3, 0}, {1, 2, 0}, {0, 1, 0}};
    RECKON(stages, ways);
    check_hold(&holds[0], WEIR_HOLD_OPERATOR, 3);
    check_hold(&holds[1], WEIR_HOLD_OPERATOR, 3);
}

/* 30 frames/s of 50 kB over 1 MB/s: the link carries 20/s. */
static void link(void)
{
    static const struct weir_stage stages[] = {{.held = 1}, {.held = 0.9, .busy = 0.1}, {.busy = 0.1}};
    static const struct weir_way ways[] = {{0, 1, 0}, {1, 2, 0.999}, {2, -1, 0.2}};
    RECKON(stages, ways);
    check_hold(&holds[0], WEIR_HOLD_LINK, 1);
    check_hold(&holds[1], WEIR_HOLD_LINK, 1);
    check_hold(&holds[2], WEIR_HOLD_LINK, 2); /* to the sink there is nothing else */
}

/* A host has failed, and the whole job stands still: nobody between is busy or held back. */
static void failed_host(void)
{
    static const struct weir_stage stages[] = {{.held = 1}, {.busy = 0.01}, {.down = 1}};
    static const struct weir_way ways[] = {{0, 1, 0}, {1, 2, 0}};
    RECKON(stages, ways);
    check_hold(&holds[0], WEIR_HOLD_HOST, 2);
    CU_ASSERT_EQUAL(holds[1].failed, 2);
}

static void nothing(void)
{
    static const struct weir_stage stages[] = {{.held = 0}, {.busy = 0}};
    static const struct weir_way ways[] = {{0, 1, 0}};
    RECKON(stages, ways);
    check_hold(&holds[0], WEIR_HOLD_NONE, 0);
}

/* A scenario of one job: source, parse, price. */
static struct weir_operator ops[] = {{.name = "parse"}, {.name = "price"}};
static struct weir_job job = {.name = "pay", .operators = ops, .operator_count = 2};
static struct weir_workload workload = {.jobs = &job, .job_count = 1};
static struct weir_host hosts[] = {{.name = "edge"}, {.name = "cloud"}};
static struct weir_platform platform = {.hosts = hosts, .host_count = 2};
static struct weir_fault faults[1];
static struct weir_scenario scenario = {
    .workload = &workload, .platform = &platform, .duration_s = 100, .warmup_s = 20, .faults = faults};

static int route_links(const struct weir_view *view, int from, int to, int *links, int max)
{
    (void)view;
    links[0] = 0;
    return from == to || max < 1 ? 0 : 1;
}

/* The windows of 20 s of a run, told to the book; price is busy `busy` and the link in use `use`. */
static void tell(struct weir_held *held, const struct weir_control *control, double busy, double use)
{
    static const struct weir_placement here = {.host = 0}, there = {.host = 1};
    static const int from_source[] = {-1}, from_parse[] = {0};
    const struct weir_link_view links[] = {{.name = "up_UP", .bytes_per_s = 1e6}};
    struct weir_operator_view views[] = {
        {.upstream = from_source, .upstream_count = 1, .instances = &here, .instance_count = 1},
        {.upstream = from_parse, .upstream_count = 1, .instances = &there, .instance_count = 1}};
    struct weir_job_view told = {.running = true, .sink_host = -1, .operators = views, .operator_count = 2};
    struct weir_view view = {
        .window = -1, .links = links, .link_count = 1, .host_count = 2, .jobs = &told, .route_links = route_links};
    struct weir_wish wishes[WEIR_WISHES];
    control->window(control->context, &view, wishes);
    view.job_count = 1;
    for (view.window = 0; view.window < 5; view.window++) {
        view.time_s = 20 * (double)(view.window + 1);
        told.source_backpressured = view.window ? 0.25 * (double)view.window : 1; /* the first is warm-up */
        views[0].backpressured = 0.5;
        views[0].busy = 0.5;
        views[1].busy = busy;
        weir_held_metric(held, "", "up_UP", "use", use);
        weir_held_metric(held, "pay", "", "use", 1); /* of something else */
        CU_ASSERT_EQUAL(control->window(control->context, &view, wishes), 0);
    }
}

static void verdict_with(double busy, double use, struct weir_operator_total *totals, struct weir_verdict *verdict)
{
    struct weir_control control;
    const struct weir_run_spec spec = {.scenario = &scenario, .seed = 1};
    struct weir_held *held = weir_held_new(&spec, &control);
    struct weir_job_total total = {.name = "pay"};
    struct weir_link_total link = {.name = "up_UP", .use = use};
    const struct weir_result result = {
        .jobs = &total, .job_count = 1, .operators = totals, .operator_count = 2, .links = &link, .link_count = 1};
    tell(held, &control, busy, use);
    CU_ASSERT_TRUE(weir_held_covers(held, &result));
    weir_held_verdict(held, &result, 0, verdict);
    if (verdict->kind == WEIR_HOLD_LINK) { /* its name goes with the book */
        CU_ASSERT_STRING_EQUAL(verdict->name, "up_UP");
        verdict->name = "up_UP";
    }
    weir_held_free(held);
}

/* The source is held 0.25, 0.5, 0.75 and 1 of four windows: 0.625. */
static void verdict_operator(void)
{
    struct weir_operator_total totals[] = {{.name = "parse", .busy = 0.5, .backpressured = 0.5},
                                           {.name = "price", .busy = 0.97}};
    struct weir_verdict verdict;
    verdict_with(0.98, 0.1, totals, &verdict);
    CU_ASSERT_EQUAL(verdict.kind, WEIR_HOLD_OPERATOR);
    CU_ASSERT_STRING_EQUAL(verdict.name, "price");
    CHECK_NEAR(verdict.share, 0.97, 0);
    CHECK_NEAR(verdict.hottest, 0.98, 1e-12);
    CHECK_NEAR(verdict.source_held, 0.625, 1e-12);
    CU_ASSERT_EQUAL_FATAL(verdict.wait_count, 2);
    CU_ASSERT_PTR_NULL(verdict.waits[0].name); /* the source, longest */
    CHECK_NEAR(verdict.waits[0].share, 0.625, 1e-12);
    CU_ASSERT_STRING_EQUAL(verdict.waits[1].name, "parse");
    CHECK_NEAR(verdict.waits[1].share, 0.5, 0);
    free(verdict.waits);
}

static void verdict_link(void)
{
    struct weir_operator_total totals[] = {{.name = "parse", .busy = 0.5, .backpressured = 0.5},
                                           {.name = "price", .busy = 0.3}};
    struct weir_verdict verdict;
    verdict_with(0.3, 0.9, totals, &verdict);
    CU_ASSERT_EQUAL(verdict.kind, WEIR_HOLD_LINK);
    CHECK_NEAR(verdict.share, 0.9, 0);
    CHECK_NEAR(verdict.lost, 0, 0);
    CU_ASSERT_EQUAL(verdict.wait_count, 2);
    free(verdict.waits);
}

/* It carries a tenth of what it could, as it is down from 36 s on: 64 of the 80 s that are measured. */
static void verdict_dead_link(void)
{
    struct weir_operator_total totals[] = {{.name = "parse", .busy = 0.5, .backpressured = 0.5},
                                           {.name = "price", .busy = 0.3}};
    struct weir_verdict verdict;
    faults[0] = (struct weir_fault){.host = -1, .link = "up", .at_s = 36, .for_s = INFINITY};
    scenario.fault_count = 1;
    verdict_with(0.3, 0.1, totals, &verdict);
    scenario.fault_count = 0;
    CU_ASSERT_EQUAL(verdict.kind, WEIR_HOLD_LINK);
    CHECK_NEAR(verdict.lost, 0.8, 1e-12);
    /* From 20 to 40 s it is down for 4 s: 0.1 + 0.2 is less than parse does. (0.5 + 0.75 + 1) / 4 is left. */
    CHECK_NEAR(verdict.waits[0].share, 0.5625, 1e-12);
    free(verdict.waits);
}

/* Nobody waits, but half of what comes is dropped at full inputs. */
static void verdict_drops(void)
{
    struct weir_operator_total totals[] = {{.name = "parse", .busy = 0.5},
                                           {.name = "price", .busy = 1, .arrived = 50, .dropped = 150}};
    struct weir_verdict verdict;
    verdict_with(1, 0, totals, &verdict);
    CU_ASSERT_EQUAL(verdict.kind, WEIR_HOLD_OPERATOR);
    CHECK_NEAR(verdict.dropped, 0.75, 0);
    free(verdict.waits);
}

/* A link that is slow, to a quarter, from 5 to 15 s; a host that is down from 0 to 4 s. */
static void outages(void)
{
    struct weir_fault two[] = {
        {.host = -1, .link = "up", .at_s = 5, .for_s = 10, .effect = WEIR_FAULT_SLOW, .left = 0.25},
        {.host = 1, .at_s = 0, .for_s = 4}};
    struct weir_scenario with = scenario;
    char *names[] = {"upper", "up_DOWN", "up"};
    with.faults = two;
    with.fault_count = 2;
    struct weir_outage_share *share = weir_outage_share_new(&with, 1);
    weir_outage_share_links(share, names, 3);
    weir_outage_share_window(share, 0, 10);
    CHECK_NEAR(weir_outage_share_of_host(share, 1), 0.4, 1e-12);
    CHECK_NEAR(weir_outage_share_of_host(share, 0), 0, 0);
    CHECK_NEAR(weir_outage_share_of_link(share, 0), 0, 0); /* another name */
    CHECK_NEAR(weir_outage_share_of_link(share, 1), 0.375, 1e-12);
    CHECK_NEAR(weir_outage_share_of_link(share, 2), 0.375, 1e-12);
    weir_outage_share_window(share, 10, 20);
    CHECK_NEAR(weir_outage_share_of_host(share, 1), 0, 0);
    CHECK_NEAR(weir_outage_share_of_link(share, 2), 0.375, 1e-12);
    weir_outage_share_window(share, 20, 30);
    CHECK_NEAR(weir_outage_share_of_link(share, 2), 0, 0);
    weir_outage_share_free(share);
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {{"chain", chain},
                                             {"nearer and busier", nearer_and_busier},
                                             {"not through the free", not_through_the_free},
                                             {"diamond", diamond},
                                             {"link", link},
                                             {"failed host", failed_host},
                                             {"nothing", nothing},
                                             {"verdict: operator", verdict_operator},
                                             {"verdict: link", verdict_link},
                                             {"verdict: dead link", verdict_dead_link},
                                             {"verdict: drops", verdict_drops},
                                             {"outages", outages},
                                             {0}};
    return weir_test_main("bottleneck", cases, argc, argv);
}
