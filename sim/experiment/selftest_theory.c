/* Cases whose answer is queueing theory: open networks of stations with Poisson arrivals (Jackson, Operations Research
 * 5(4), 1957; the second stations by Burke's theorem), and one with constant service times (Pollaczek and Khinchine).
 */
#include <math.h>
#include <stdlib.h>

#include "sim/base/memory.h"
#include "sim/experiment/selftest_cases.h"

#define SEEDS          12
#define SECONDS        300
#define ARRIVALS_PER_S 100.0

static const char one_host[] = "<?xml version=\"1.0\"?>\n"
                               "<!DOCTYPE platform SYSTEM \"https://simgrid.org/simgrid.dtd\">\n"
                               "<platform version=\"4.1\"><zone id=\"world\" routing=\"Full\">"
                               "<host id=\"h\" speed=\"1Gf\" core=\"8\"/></zone></platform>\n";

static double wait_ms(const struct weir_result *result, const char *op)
{
    return weir_selftest_op(result, op)->waiting_s * 1e3;
}

static double queue(const struct weir_result *result, const char *op)
{
    return weir_selftest_op(result, op)->queue_mean;
}

/* Mean queue against rate x mean wait, in the rate of the run itself; all items reach the sink here. */
static double little(const struct weir_result *result, const char *op)
{
    const struct weir_operator_total *total = weir_selftest_op(result, op);
    return total->queue_mean / (result->metrics.throughput_per_s * total->waiting_s);
}

static char *scenario(const char *operators)
{
    return weir_format("{\"platform\": \"platform.xml\", \"duration\": \"%ds\", \"warmup\": \"%ds\","
                       " \"window\": \"%ds\", \"items_per_batch\": 1,"
                       " \"workload\": {\"jobs\": [{\"name\": \"q\", \"source\": {\"host\": \"h\"},"
                       " \"load\": {\"kind\": \"poisson\", \"rate\": \"100/s\"}, \"operators\": [%s]}]}}",
                       SECONDS + SECONDS / 10, SECONDS / 10, SECONDS / 10, operators);
}

/* c servers that take service_s on average, behind one queue; `more` is further JSON of the operator. */
static char *station(const char *name, const char *distribution, double service_s, int servers, const char *more)
{
    return weir_format("{\"name\": \"%s\", \"flops\": {\"mean\": \"%.17gf\", \"distribution\": \"%s\"},"
                       " \"parallelism\": %d, \"capacity\": 100000000%s}",
                       name, service_s * 1e9, distribution, servers, more);
}

/* The station waits wait_s on average. */
static void expect(struct weir_selftest_case *one, const char *op, double wait_s)
{
    double items = ARRIVALS_PER_S * wait_s;
    weir_selftest_expect(one, (struct weir_selftest_check){"mean wait", "ms", wait_ms, op, wait_s * 1e3, 0});
    weir_selftest_expect(one, (struct weir_selftest_check){"mean queue", "items", queue, op, items, 0});
    weir_selftest_expect(one, (struct weir_selftest_check){"queue / (rate x wait)", "", little, op, 1, 0.01});
}

static struct weir_selftest_case *add(struct weir_selftest_case **cases, int *count, const char *name, double load,
                                      const char *operators)
{
    struct weir_selftest_case *one =
        weir_selftest_add(cases, count, weir_format("%s, load %g", name, load), scenario(operators));
    one->group = "theory";
    one->platform = one_host;
    one->seeds = SEEDS;
    return one;
}

/* Erlang C: mean wait in M/M/c. */
static double erlang_wait_s(double lambda, double mu, int c)
{
    double a = lambda / mu, b = 1;
    for (int k = 1; k <= c; k++)
        b = a * b / (k + a * b);
    return b / (1 - a / c * (1 - b)) / (c * mu - lambda);
}

static void add_single(struct weir_selftest_case **cases, int *count, double load)
{
    const double mu = ARRIVALS_PER_S / load, wait_s = load / (mu - ARRIVALS_PER_S);
    char *op = station("s", "exponential", 1 / mu, 1, "");
    expect(add(cases, count, "M/M/1", load, op), "s", wait_s);
    free(op);
    op = station("s", "exponential", 3 / mu, 3, ", \"queue\": \"shared\"");
    expect(add(cases, count, "M/M/3", load, op), "s", erlang_wait_s(ARRIVALS_PER_S, mu / 3, 3));
    free(op);
    op = station("s", "constant", 1 / mu, 1, "");
    expect(add(cases, count, "M/D/1", load, op), "s", wait_s / 2);
    free(op);
}

/* Two stations one behind the other. */
static void add_tandem(struct weir_selftest_case **cases, int *count, double load)
{
    const double mu = ARRIVALS_PER_S / load;
    char *a = station("a", "exponential", 1 / mu, 1, ""), *b = station("b", "exponential", 1 / mu, 1, "");
    char *both = weir_format("%s, %s", a, b);
    expect(add(cases, count, "second of a tandem", load, both), "b", load / (mu - ARRIVALS_PER_S));
    free(a);
    free(b);
    free(both);
}

/* One station, whose results are split at random over two, whose results come together at a fourth. */
static void add_network(struct weir_selftest_case **cases, int *count, double load)
{
    const double mu = ARRIVALS_PER_S / load, half = ARRIVALS_PER_S / 2;
    char *a = station("a", "exponential", 1 / mu, 1, "");
    char *b = station("b", "exponential", 2 / mu, 2, ", \"keys\": 1000000");
    char *c = station("c", "exponential", 1 / mu, 1, "");
    char *all = weir_format("%s, %s, %s", a, b, c);
    struct weir_selftest_case *one = add(cases, count, "split and merge", load, all);
    expect(one, "b", load / (mu / 2 - half));
    expect(one, "c", load / (mu - ARRIVALS_PER_S));
    free(a);
    free(b);
    free(c);
    free(all);
}

void weir_selftest_theory(struct weir_selftest_case **cases, int *count)
{
    static const double loads[] = {0.5, 0.8};
    for (size_t l = 0; l < sizeof loads / sizeof *loads; l++) {
        add_single(cases, count, loads[l]);
        add_tandem(cases, count, loads[l]);
        add_network(cases, count, loads[l]);
    }
}
