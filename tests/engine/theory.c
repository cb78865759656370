/* Queueing theory: mean wait and mean queue within the 99 % confidence interval over seeds, and Little's law in every
 * run. Built twice: short, and long (more seeds, also load 0.95). */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "sim/base/stats.h"
#include "tests/support/run.h"
#include "tests/support/test.h"

#define PLATFORM       "tests/input/valid/queues.xml"
#define ARRIVALS_PER_S 100.0
#define LEVEL          0.99

#ifdef WEIR_LONG
#define SEEDS   30
#define SECONDS 2000
static const double loads[] = {0.5, 0.8, 0.95};
#else
#define SEEDS   10
#define SECONDS 400
static const double loads[] = {0.5, 0.8};
#endif
#define LOADS (sizeof loads / sizeof *loads)

/* A job of Poisson arrivals whose operators are given as JSON. */
static char *scenario(const char *operators, const char *edges)
{
    return weir_format("{\"platform\": \"\", \"duration\": \"%ds\", \"warmup\": \"%ds\", \"window\": \"%ds\","
                       " \"items_per_batch\": 1,"
                       " \"record\": {\"operators\": false, \"hosts\": false, \"links\": false},"
                       " \"workload\": {\"jobs\": [{\"name\": \"q\", \"source\": {\"host\": \"h8\"},"
                       " \"load\": {\"kind\": \"poisson\", \"rate\": \"100/s\"}, \"operators\": [%s]%s}]}}",
                       SECONDS + SECONDS / 10, SECONDS / 10, SECONDS / 10, operators, edges);
}

static char *server(const char *name, double flops, const char *distribution, int instances)
{
    return weir_format("{\"name\": \"%s\", \"flops\": {\"mean\": \"%.17gf\", \"distribution\": \"%s\"},"
                       " \"parallelism\": %d, \"queue\": \"shared\", \"capacity\": 100000000}",
                       name, flops, distribution, instances);
}

/* Runs the scenario over the seeds; the named operator must wait wait_s on average, seen over the seeds. */
static void check_wait(const char *text, const char *op, double wait_s, const char *what)
{
    struct weir_moments wait = {0}, queue = {0};
    for (int seed = 1; seed <= SEEDS; seed++) {
        struct weir_test_result got = weir_test_run(PLATFORM, text, "static", (unsigned long long)seed);
        CU_ASSERT_EQUAL_FATAL(got.code, WEIR_OK);
        const struct weir_operator_total *total = weir_test_op(&got, "q", op);
        weir_moments_add(&wait, total->waiting_s);
        weir_moments_add(&queue, total->queue_mean);
        /* Little: items that wait = rate x wait, with the rate of this run. */
        double rate = got.result.metrics.throughput_per_s;
        CHECK_NEAR(total->queue_mean, rate * total->waiting_s, 0.01 * total->queue_mean);
        weir_test_result_fini(&got);
    }
    double half_wait = weir_moments_half_width(&wait, LEVEL), half_queue = weir_moments_half_width(&queue, LEVEL);
    printf("\n    %s: wait %.4f ms, theory %.4f, half width %.4f; queue %.4f, theory %.4f ", what, wait.mean * 1e3,
           wait_s * 1e3, half_wait * 1e3, queue.mean, ARRIVALS_PER_S * wait_s);
    CHECK_NEAR(wait.mean, wait_s, half_wait);
    CHECK_NEAR(queue.mean, ARRIVALS_PER_S * wait_s, half_queue);
}

/* One station of c servers of 1 Gf/s, all of them loaded by `load`. */
static void station(const char *distribution, int servers, double load, double wait_s)
{
    double service_s = load * servers / ARRIVALS_PER_S;
    char *op = server("s", service_s * 1e9, distribution, servers);
    char *text = scenario(op, "");
    char *what = weir_format("%s, %d servers, load %g", distribution, servers, load);
    check_wait(text, "s", wait_s, what);
    free(op);
    free(text);
    free(what);
}

/* Erlang C: mean wait in M/M/c. */
static double erlang_wait_s(double lambda, double mu, int c)
{
    double a = lambda / mu, b = 1;
    for (int k = 1; k <= c; k++)
        b = a * b / (k + a * b);
    return b / (1 - a / c * (1 - b)) / (c * mu - lambda);
}

static void mm1(void)
{
    for (size_t l = 0; l < LOADS; l++) {
        double mu = ARRIVALS_PER_S / loads[l];
        station("exponential", 1, loads[l], loads[l] / (mu - ARRIVALS_PER_S));
    }
}

static void mmc(void)
{
    for (size_t l = 0; l < LOADS; l++) {
        double mu = ARRIVALS_PER_S / (3 * loads[l]);
        station("exponential", 3, loads[l], erlang_wait_s(ARRIVALS_PER_S, mu, 3));
    }
}

static void md1(void)
{
    for (size_t l = 0; l < LOADS; l++) {
        double mu = ARRIVALS_PER_S / loads[l];
        station("constant", 1, loads[l], loads[l] / (2 * mu * (1 - loads[l])));
    }
}

static void tandem(void)
{
    for (size_t l = 0; l < LOADS; l++) {
        double mu = ARRIVALS_PER_S / loads[l], wait_s = loads[l] / (mu - ARRIVALS_PER_S);
        char *first = server("a", 1e9 / mu, "exponential", 1), *second = server("b", 1e9 / mu, "exponential", 1);
        char *both = weir_format("%s, %s", first, second), *text = scenario(both, "");
        /* Burke: what leaves M/M/1 is Poisson, so the second station is M/M/1 as well. */
        char *what = weir_format("second of a tandem, load %g", loads[l]);
        check_wait(text, "b", wait_s, what);
        free(first);
        free(second);
        free(both);
        free(text);
        free(what);
    }
}

/* A feed-forward network: one station, whose results are split at random over two, whose results come together at a
 * fourth. Each station of a Jackson network waits as an M/M/1 of its own. */
static void network(void)
{
    for (size_t l = 0; l < LOADS; l++) {
        double mu = ARRIVALS_PER_S / loads[l];
        char *first = server("a", 1e9 / mu, "exponential", 1), *last = server("c", 1e9 / mu, "exponential", 1);
        char *both = weir_format("{\"name\": \"b\", \"flops\": {\"mean\": \"%.17gf\", \"distribution\": "
                                 "\"exponential\"}, \"parallelism\": 2, \"keys\": 1000000, \"capacity\": 100000000}",
                                 2e9 / mu);
        char *all = weir_format("%s, %s, %s", first, both, last), *text = scenario(all, "");
#ifdef WEIR_LONG
        char *two = weir_format("two of a network, load %g", loads[l]);
        check_wait(text, "b", loads[l] / (mu / 2 - ARRIVALS_PER_S / 2), two);
        free(two);
#endif
        char *what = weir_format("last of a network, load %g", loads[l]);
        check_wait(text, "c", loads[l] / (mu - ARRIVALS_PER_S), what);
        free(first);
        free(last);
        free(both);
        free(all);
        free(text);
        free(what);
    }
}

int main(int argc, char **argv)
{
    const struct weir_case cases[] = {
        {"M/M/1", mm1}, {"M/M/c", mmc}, {"M/D/1", md1}, {"tandem", tandem}, {"network", network}, {0},
    };
    return weir_test_main("engine/theory", cases, argc, argv);
}
