/* Stations whose queues and cores are bounded or shared, against queueing theory at default settings, over seeds. The
 * first seed of each case runs with everything in SimGrid's hands, too. */
#include <math.h>
#include <stdlib.h>

#include "sim/base/error.h"
#include "sim/base/memory.h"
#include "tests/support/run.h"
#include "tests/support/test.h"

#define QUEUES   "tests/input/valid/queues.xml"   /* h8: 8 cores of 1 Gf/s */
#define TWO_TIER "tests/input/valid/two-tier.xml" /* edge: one core of 1 Gf/s */
#define SEEDS    10

#define JOB(name, host, rate, operators, more)                                                                         \
    "{\"name\": \"" name "\", \"source\": \"" host "\", \"load\": {\"kind\": \"poisson\", \"rate\": \"" rate "/s\"},"  \
    " \"operators\": [" operators "]" more "}"
#define EXPONENTIAL(name, flops, more)                                                                                 \
    "{\"name\": \"" name "\", \"flops\": {\"mean\": \"" flops "\", \"distribution\": \"exponential\"}" more "}"
#define ROOM ", \"capacity\": 1000000"
#define SCENARIO(jobs)                                                                                                 \
    "{\"platform\": \"\", \"duration\": \"660s\", \"warmup\": \"60s\", \"window\": \"60s\","                           \
    " \"record\": {\"operators\": false, \"hosts\": false, \"links\": false}, \"workload\": {\"jobs\": [" jobs "]}}"

static double latency_s(const struct weir_test_result *got)
{
    return got->result.metrics.latency_mean_s;
}

static double wait_s(const struct weir_test_result *got)
{
    return weir_test_op(got, "q", "s")->waiting_s;
}

static double loss(const struct weir_test_result *got)
{
    const struct weir_operator_total *station = weir_test_op(got, "q", "s");
    return (double)station->dropped / (double)(station->dropped + station->arrived);
}

/* Erlang C: mean wait in M/M/c. */
static double erlang_wait_s(double lambda, double mu, int c)
{
    double a = lambda / mu, b = 1;
    for (int k = 1; k <= c; k++)
        b = a * b / (k + a * b);
    return b / (1 - a / c * (1 - b)) / (c * mu - lambda);
}

/* ---- several servers of one queue ---- */

static void three_servers_of_one_queue(void)
{
    double wanted_s = erlang_wait_s(240, 100, 3);
    CHECK_NEAR(wanted_s, 10.79e-3, 0.005e-3);
    weir_test_seeds("M/M/3, mean wait", QUEUES,
                    SCENARIO(JOB("q", "h8", "240",
                                 EXPONENTIAL("s", "10Mf", ", \"parallelism\": 3, \"queue\": \"shared\"" ROOM), "")),
                    SEEDS, 1, wait_s, wanted_s, 0.06);
}

static void five_servers_of_one_queue(void)
{
    double wanted_s = erlang_wait_s(425, 100, 5);
    CHECK_NEAR(wanted_s, 8.73e-3, 0.005e-3);
    weir_test_seeds("M/M/5, mean wait", QUEUES,
                    SCENARIO(JOB("q", "h8", "425",
                                 EXPONENTIAL("s", "10Mf", ", \"parallelism\": 5, \"queue\": \"shared\"" ROOM), "")),
                    SEEDS, 1, wait_s, wanted_s, 0.06);
}

/* ---- two instances on one core ----
 * Work is exponential and the core works whenever there is some, so the number of items is that of M/M/1, however the
 * core is shared: load 0.8 of 10 ms each, 10 / (1 - 0.8) = 50 ms. */

#define HALF(name) JOB(name, "edge", "40", EXPONENTIAL("s", "10Mf", ROOM), "")

static void two_jobs_on_one_core(void)
{
    weir_test_seeds("two jobs on one core", TWO_TIER, SCENARIO(HALF("a") "," HALF("b")), SEEDS, 1, latency_s, 50e-3,
                    0.05);
}

static void two_instances_on_one_core(void)
{
    weir_test_seeds("two instances on one core", TWO_TIER,
                    SCENARIO(JOB("q", "edge", "80", EXPONENTIAL("s", "10Mf", ", \"parallelism\": 2" ROOM), "")), SEEDS,
                    1, latency_s, 50e-3, 0.07);
}

/* ---- bounded inputs that drop ---- */

#define BOUNDED(rate, capacity, full)                                                                                  \
    SCENARIO(JOB("q", "h8", rate, EXPONENTIAL("s", "10Mf", ", \"capacity\": " capacity),                               \
                 ", \"edges\": [{\"from\": \"source\", \"to\": \"s\", \"full\": " full "}, [\"s\", \"sink\"]]"))

/* M/M/1 with 5 places, of which one is in service: the state n has the weight 0.8^n, and what comes in state 5 is lost:
 * 0.8^5 / (1 + 0.8 + ... + 0.8^5) = 0.0888. So it is if the oldest one goes, as that changes no state. */
static double loss_of_five_places(void)
{
    double sum = 0;
    for (int n = 0; n <= 5; n++)
        sum += pow(0.8, n);
    CHECK_NEAR(pow(0.8, 5) / sum, 0.0888, 0.00005);
    return pow(0.8, 5) / sum;
}

static void five_places_that_drop_the_newest(void)
{
    weir_test_seeds("M/M/1/5 drop-new, loss", QUEUES, BOUNDED("80", "4", "\"drop-new\""), SEEDS, 1, loss,
                    loss_of_five_places(), 0.04);
}

static void five_places_that_drop_the_oldest(void)
{
    weir_test_seeds("M/M/1/5 drop-old, loss", QUEUES, BOUNDED("80", "4", "\"drop-old\""), SEEDS, 1, loss,
                    loss_of_five_places(), 0.04);
}

/* Items that are served and delivered: how long they took. */
static void five_places_that_drop_the_newest_take(void)
{
    /* By Little's law: the mean of n by 80/s of what is let in. */
    double sum = 0, items = 0;
    for (int n = 0; n <= 5; n++) {
        sum += pow(0.8, n);
        items += n * pow(0.8, n);
    }
    weir_test_seeds("M/M/1/5 drop-new, latency", QUEUES, BOUNDED("80", "4", "\"drop-new\""), SEEDS, 1, latency_s,
                    items / sum / (80 * (1 - loss_of_five_places())), 0.02);
}

/* M/M/1 at 100/s by 100/s with 10 places to wait. While at most half of these are taken (n <= 6 with the one in
 * service) all come in, above only half of them, and none with all taken: the states 0 to 7 have the weight 1, 8 to 11
 * a half, a quarter, ... a sixteenth: 8.9375 together. The server idles 1 / 8.9375 of the time, as much as is lost. */
static void shed_begins_above_half_full(void)
{
    double idle = 1 / 8.9375;
    CHECK_NEAR(idle, 0.1119, 0.00005);
    weir_test_seeds("M/M/1 with shed, loss", QUEUES, BOUNDED("100", "10", "\"shed\", \"share\": 0.5"), SEEDS, 1, loss,
                    idle, 0.04);
}

static void shed_of_an_odd_number_of_places(void)
{
    /* Of 11 places 6 are more than half: the states up to 6 (5 wait) let all in, those from 7 on a quarter. */
    double sum = 8, weight = 1;
    for (int n = 8; n <= 12; n++)
        sum += weight *= 0.25;
    weir_test_seeds("M/M/1 with shed of 11, loss", QUEUES, BOUNDED("100", "11", "\"shed\", \"share\": 0.75"), SEEDS, 1,
                    loss, 1 / sum, 0.04);
}

/* ---- fork and join ---- */

/* Each item goes to two stations of their own queues, and is through when both are: (12 - rho) / 8 times the time of
 * M/M/1, exactly (Flatto and Hahn 1984; Nelson and Tantawi 1988). */
#define TWO_AND_A_JOIN                                                                                                 \
    EXPONENTIAL("a", "10Mf", ROOM)                                                                                     \
    "," EXPONENTIAL("b", "10Mf", ROOM) ", {\"name\": \"c\", \"join\": \"all\"" ROOM "}"
#define FORK_AND_JOIN                                                                                                  \
    ", \"edges\": [[\"source\", \"a\"], [\"source\", \"b\"], [\"a\", \"c\"], [\"b\", \"c\"], [\"c\", \"sink\"]]"
#define FORK_JOIN(rate) SCENARIO(JOB("q", "h8", rate, TWO_AND_A_JOIN, FORK_AND_JOIN))

static void fork_and_join(void)
{
    weir_test_seeds("fork-join at 0.5", QUEUES, FORK_JOIN("50"), SEEDS, 1, latency_s, (12 - 0.5) / 8 / (100 - 50),
                    0.02);
    weir_test_seeds("fork-join at 0.8", QUEUES, FORK_JOIN("80"), SEEDS, 1, latency_s, (12 - 0.8) / 8 / (100 - 80),
                    0.05);
}

int main(int argc, char **argv)
{
    const struct weir_case cases[] = {
        {"three servers of one queue, many items", three_servers_of_one_queue},
        {"five servers of one queue, many items", five_servers_of_one_queue},
        {"two jobs on one core, many items", two_jobs_on_one_core},
        {"two instances on one core, many items", two_instances_on_one_core},
        {"five places that drop the newest, many items", five_places_that_drop_the_newest},
        {"five places that drop the oldest, many items", five_places_that_drop_the_oldest},
        {"how long five places take, many items", five_places_that_drop_the_newest_take},
        {"shed begins above half full, many items", shed_begins_above_half_full},
        {"shed of an odd number of places, many items", shed_of_an_odd_number_of_places},
        {"fork and join, many items", fork_and_join},
        {0},
    };
    return weir_test_main("engine/stations", cases, argc, argv);
}
