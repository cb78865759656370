/* Transfer as a whole, on loads made up for it. */
#include "policies/learn/transfer/compare.h"

#include <math.h>
#include <stdio.h>

#include "policies/learn/nn/params.h"
#include "sim/base/error.h"
#include "sim/base/random.h"
#include "tests/support/test.h"

enum { SOURCE = 1000, TARGET = 600, WINDOW = 24 };

/* A day of 48 steps with a harmonic, of a certain level, height, phase, noise and skew. */
static void fill(double *values, int count, double level, double height, double phase, double noise, double skew,
                 const char *name, unsigned long long seed)
{
    struct weir_stream stream = weir_stream_open(seed, name);
    for (int t = 0; t < count; t++) {
        double s = sin(2 * M_PI * t / 48 + phase) + 0.4 * sin(2 * M_PI * t / 12 + 2 * phase);
        values[t] = level + height * (s + skew * s * s) + weir_stream_normal(&stream, 0, noise);
    }
}

/* The target has another level, height, phase and shape, and 72 values of it are known: a net that has learnt the
 * source is better than one that has not, and better still once it is fine-tuned. Means over seeds. */
static void transfers(void)
{
    double smape[TRANSFER_WAYS] = {0};
    enum { SEEDS = 2 };
    for (unsigned long long seed = 0; seed < SEEDS; seed++) {
        double source[SOURCE], target[TARGET];
        fill(source, SOURCE, 0.45, 0.20, 0, 0.02, 0, "source", seed);
        fill(target, TARGET, 0.62, 0.13, 0.7, 0.03, 0.25, "target", seed);
        struct transfer_series sources = {source, SOURCE};
        struct transfer_trial trial = {.target = {target, TARGET},
                                       .known = 48 + WINDOW,
                                       .sources = &sources,
                                       .source_count = 1,
                                       .options = transfer_defaults};
        struct transfer_result results[TRANSFER_WAYS];
        trial.options.seed = seed;
        trial.options.source_epochs = 15;
        CU_ASSERT_EQUAL_FATAL(transfer_compare(&trial, results), 0);
        for (int way = 0; way < TRANSFER_WAYS; way++) {
            smape[way] += results[way].measures.smape / SEEDS;
            CU_ASSERT_EQUAL(results[way].measures.count, TARGET - 48 - WINDOW);
        }
    }
    for (int way = 0; way < TRANSFER_WAYS; way++)
        printf("%s %.3f; ", transfer_way_names[way], smape[way]);
    CU_ASSERT(smape[TRANSFER_FINE_TUNED] < smape[TRANSFER_TARGET_ONLY]);
    CU_ASSERT(smape[TRANSFER_FINE_TUNED] < smape[TRANSFER_SOURCE_ONLY]);
    CU_ASSERT(smape[TRANSFER_JOINT] < smape[TRANSFER_TARGET_ONLY]);
    CU_ASSERT(smape[TRANSFER_FINE_TUNED] < smape[TRANSFER_LAST]);
}

/* Two GRU layers without a convolution learn, too: the joint training draws the features of both loads together. */
static void gru_alone(void)
{
    double source[SOURCE], target[TARGET];
    fill(source, SOURCE, 0.45, 0.20, 0, 0.02, 0, "source", 1);
    fill(target, TARGET, 0.62, 0.13, 0.7, 0.03, 0.25, "target", 1);
    struct transfer_series sources = {source, SOURCE};
    struct transfer_trial trial = {.target = {target, TARGET},
                                   .known = 48 + WINDOW,
                                   .sources = &sources,
                                   .source_count = 1,
                                   .options = transfer_defaults};
    struct transfer_result results[TRANSFER_WAYS], apart[TRANSFER_WAYS];
    trial.options.channels = 0;
    trial.options.layers = 2;
    trial.options.units = 8;
    trial.options.source_epochs = 15;
    CU_ASSERT_EQUAL_FATAL(transfer_compare(&trial, results), 0);
    CU_ASSERT(results[TRANSFER_JOINT].measures.smape < results[TRANSFER_TARGET_ONLY].measures.smape);
    CU_ASSERT(results[TRANSFER_JOINT].measures.smape < results[TRANSFER_LAST].measures.smape);
    struct transfer_net *net = transfer_net_new(&trial.options);
    /* Weights of two layers, input and state to three gates with two rows of biases, and of the linear unit. */
    CU_ASSERT_EQUAL(transfer_net_params(net)->size, 24 * (1 + 8) + 48 + 24 * (8 + 8) + 48 + 8 + 1);
    transfer_net_free(net);
    trial.options.weight_mmd = trial.options.weight_cmmd = 0;
    CU_ASSERT_EQUAL_FATAL(transfer_compare(&trial, apart), 0);
    CU_ASSERT_EQUAL(apart[TRANSFER_FINE_TUNED].measures.smape, results[TRANSFER_FINE_TUNED].measures.smape);
    CU_ASSERT_NOT_EQUAL(apart[TRANSFER_JOINT].measures.smape, results[TRANSFER_JOINT].measures.smape);
}

static void refuses(void)
{
    double values[200];
    fill(values, 200, 1, 0.5, 0, 0.1, 0, "short", 1);
    struct transfer_series source = {values, 200}, tiny = {values, 10};
    struct transfer_result results[TRANSFER_WAYS];
    struct transfer_trial trial = {
        .target = {values, 200}, .known = 100, .sources = &source, .source_count = 0, .options = transfer_defaults};
    CU_ASSERT_EQUAL(transfer_compare(&trial, results), WEIR_EINPUT);
    CHECK_MESSAGE("there is no source series");
    trial.source_count = 1;
    trial.known = 25;
    CU_ASSERT_EQUAL(transfer_compare(&trial, results), WEIR_EINPUT);
    CHECK_MESSAGE("25 known values of the target are too few: a window of 24 needs 26");
    trial.known = 200;
    CU_ASSERT_EQUAL(transfer_compare(&trial, results), WEIR_EINPUT);
    CHECK_MESSAGE("nothing is left to forecast");
    trial.known = 100;
    trial.sources = &tiny;
    CU_ASSERT_EQUAL(transfer_compare(&trial, results), WEIR_EINPUT);
    CHECK_MESSAGE("transfer, source-only: no series is long enough: the longest has 10 values");
    trial.sources = &source;
    trial.options.rate = 1e300;
    CU_ASSERT_EQUAL(transfer_compare(&trial, results), WEIR_ERUN);
    CHECK_MESSAGE("transfer, source-only: its training diverged");
}

/* A constant target is no trouble. */
static void constant(void)
{
    double source[200], target[200];
    fill(source, 200, 1, 0.5, 0, 0.1, 0, "source", 1);
    for (int i = 0; i < 200; i++)
        target[i] = 7;
    struct transfer_series sources = {source, 200};
    struct transfer_result results[TRANSFER_WAYS];
    struct transfer_trial trial = {
        .target = {target, 200}, .known = 100, .sources = &sources, .source_count = 1, .options = transfer_defaults};
    CU_ASSERT_EQUAL(transfer_compare(&trial, results), 0);
    CHECK_NEAR(results[TRANSFER_LAST].measures.smape, 0, 0);
    CU_ASSERT(results[TRANSFER_TARGET_ONLY].measures.smape < 2);
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {
        {"transfers", transfers}, {"a GRU alone", gru_alone}, {"refuses", refuses}, {"constant", constant}, {0}};
    return weir_test_main("learn/transfer/compare", cases, argc, argv);
}
