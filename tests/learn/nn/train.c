/* Training as a whole, and what it stands on: the arena, elementary functions, dropout. */
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "policies/learn/nn/elementary.h"
#include "policies/learn/nn/layer.h"
#include "policies/learn/nn/train.h"
#include "sim/base/error.h"
#include "tests/support/test.h"

static void arena(void)
{
    struct nn_arena memory = {0};
    char *first = NULL;
    for (int step = 0; step < 4; step++) {
        nn_arena_reset(&memory);
        for (int i = 0; i < 100; i++) {
            char *piece = nn_arena_take(&memory, 5000);
            CU_ASSERT((uintptr_t)piece % 64 == 0);
            memset(piece, i, 5000);
            if (i == 0 && step == 1)
                first = piece; /* of the one block that the second step has found */
            if (i == 0 && step > 1)
                CU_ASSERT_PTR_EQUAL(piece, first);
        }
    }
    char *large = nn_arena_take(&memory, (size_t)8 << 20);
    memset(large, 1, (size_t)8 << 20);
    nn_arena_fini(&memory);
    nn_arena_fini(&memory);
}

static void elementary(void)
{
    double exp_error = 0, tanh_error = 0, sigmoid_error = 0;
    for (double x = -87; x < 88; x += 0.00137) {
        nn_real at = (nn_real)x;
        exp_error = fmax(exp_error, fabs((double)nn_exp(at) / exp((double)at) - 1));
        tanh_error = fmax(tanh_error, fabs((double)nn_tanh_of(at) - tanh((double)at)));
        sigmoid_error = fmax(sigmoid_error, fabs((double)nn_sigmoid_of(at) - 1 / (1 + exp(-(double)at))));
    }
    CHECK_NEAR(exp_error, 0, 2e-7);
    CHECK_NEAR(tanh_error, 0, 2e-7);
    CHECK_NEAR(sigmoid_error, 0, 2e-7);
    CHECK_NEAR((double)nn_tanh_of(INFINITY), 1, 0);
    CHECK_NEAR((double)nn_tanh_of(-INFINITY), -1, 1e-7);
    CU_ASSERT(isnan(nn_exp(NAN)) && isnan(nn_tanh_of(NAN)) && isnan(nn_sigmoid_of(NAN)));
}

/* The loops over many numbers, which take the widest vectors of the processor, give what one number alone gives. */
static void widths(void)
{
    struct nn_tape tape;
    nn_tape_init(&tape, 1);
    nn_tape_start(&tape, false);
    struct nn_tensor *x = nn_input(&tape, 1, 1, 1001);
    for (int i = 0; i < 1001; i++)
        x->value[i] = (nn_real)(0.02 * (i - 500));
    const struct nn_tensor *tanh_of = nn_tanh(&tape, x), *sigmoid_of = nn_sigmoid(&tape, x);
    int equal = 0;
    for (int i = 0; i < 1001; i++) {
        volatile nn_real one = x->value[i];
        nn_real wanted[] = {nn_tanh_of(one), nn_sigmoid_of(one)};
        equal += !memcmp(&wanted[0], &tanh_of->value[i], sizeof(nn_real)) &&
                 !memcmp(&wanted[1], &sigmoid_of->value[i], sizeof(nn_real));
    }
    CU_ASSERT_EQUAL(equal, 1001);
    nn_tape_fini(&tape);
}

static void dropout(void)
{
    struct nn_tape tape;
    nn_tape_init(&tape, 4);
    nn_tape_start(&tape, false);
    struct nn_tensor *x = nn_input(&tape, 1, 1000, 101);
    for (size_t i = 0; i < nn_size(x); i++)
        x->value[i] = 1;
    CU_ASSERT_PTR_EQUAL(nn_dropout(&tape, x, 0.2), x); /* not training */
    tape.training = true;
    CU_ASSERT_PTR_EQUAL(nn_dropout(&tape, x, 0), x);
    const struct nn_tensor *out = nn_dropout(&tape, x, 0.2);
    double dropped = 0, sum = 0;
    for (size_t i = 0; i < nn_size(out); i++) {
        dropped += out->value[i] == 0;
        sum += (double)out->value[i];
        CU_ASSERT(out->value[i] == 0 || fabs((double)out->value[i] - 1.25) < 1e-4);
    }
    /* binomial: sd of the share is sqrt(0.2 * 0.8 / 101000) = 0.0013 */
    CHECK_NEAR(dropped / 101000, 0.2, 0.004);
    CHECK_NEAR(sum / 101000, 1, 0.005);
    nn_tape_fini(&tape);
}

/* What can be reckoned by hand. */
static void between_rows(void)
{
    struct nn_tape tape;
    nn_tape_init(&tape, 4);
    nn_tape_start(&tape, false);
    struct nn_tensor *x = nn_input(&tape, 1, 2, 2);
    const nn_real values[] = {0, (nn_real)log(3), 200, 200};
    memcpy(x->value, values, sizeof values);
    const struct nn_tensor *out = nn_softmax(&tape, x); /* 1 : 3, and even without overflow */
    CHECK_NEAR((double)out->value[0], 0.25, 1e-6);
    CHECK_NEAR((double)out->value[1], 0.75, 1e-6);
    CHECK_NEAR((double)out->value[2], 0.5, 1e-6);
    const nn_real two[] = {1, 2, 3, 4};
    memcpy(x->value, two, sizeof two);
    out = nn_matmul(&tape, x, x, true); /* [1 2; 3 4] [1 3; 2 4] = [5 11; 11 25] */
    CU_ASSERT(out->value[0] == 5 && out->value[1] == 11 && out->value[2] == 11 && out->value[3] == 25);
    /* mean 0, variance 4, value 2: log(2 pi) / 2 + log(4) / 2 + 1 / 2 */
    struct nn_tensor *number = nn_input(&tape, 1, 1, 1), *mean = nn_input(&tape, 1, 1, 1),
                     *log_variance = nn_input(&tape, 1, 1, 1);
    number->value[0] = 2;
    mean->value[0] = 0;
    log_variance->value[0] = (nn_real)log(4);
    CHECK_NEAR((double)nn_gaussian_error(&tape, mean, log_variance, number)->value[0],
               log(2 * M_PI) / 2 + log(4) / 2 + 0.5, 1e-6);
    /* the largest column of Gumbel's softmax is drawn with the probabilities of the softmax: 1 : 3 */
    struct nn_tensor *many = nn_input(&tape, 1, 20000, 2);
    for (size_t i = 0; i < 20000; i++) {
        many->value[2 * i] = 0;
        many->value[2 * i + 1] = (nn_real)log(3);
    }
    out = nn_gumbel_softmax(&tape, many, 0.5);
    double second = 0;
    for (size_t i = 0; i < 20000; i++)
        second += out->value[2 * i + 1] > out->value[2 * i];
    CHECK_NEAR(second / 20000, 0.75, 0.01); /* sd sqrt(0.75 * 0.25 / 20000) = 0.003 */
    nn_tape_fini(&tape);
}

/* A net of one GRU layer on a sine: the windows of 12 points of a period of 20, the next point wanted. */
struct net {
    struct nn_params params;
    struct nn_gru_layer gru;
    struct nn_dense_layer dense;
};

static double step(struct nn_tape *tape, struct net *net, int offset)
{
    nn_tape_start(tape, true);
    struct nn_tensor *x = nn_input(tape, 12, 10, 1), *y = nn_input(tape, 1, 10, 1);
    for (int row = 0; row < 10; row++) {
        for (int t = 0; t <= 12; t++) {
            nn_real value = (nn_real)sin(2 * M_PI * (t + 2 * row + offset) / 20);
            if (t < 12)
                x->value[t * 10 + row] = value;
            else
                y->value[row] = value;
        }
    }
    struct nn_tensor *h = nn_gru_layer_run(tape, &net->params, &net->gru, x);
    struct nn_tensor *out = nn_dense_layer_run(tape, &net->params, &net->dense, nn_steps(tape, h, 11, 1));
    struct nn_tensor *loss = nn_squared_error(tape, out, y);
    nn_backward(tape, loss);
    return (double)loss->value[0];
}

static double train(unsigned long long seed, int steps, enum nn_gru_reset reset)
{
    struct net net = {0};
    struct weir_stream stream = weir_stream_open(seed, "train");
    nn_gru_layer_add(&net.gru, &net.params, "gru", 1, 16, reset, &stream);
    nn_dense_layer_add(&net.dense, &net.params, "dense", 16, 1, &stream);
    struct nn_adam adam;
    nn_adam_init(&adam, &net.params, 0.01);
    struct nn_tape tape;
    nn_tape_init(&tape, seed);
    double loss = 0;
    for (int i = 0; i < steps; i++) {
        loss = step(&tape, &net, i % 2);
        nn_adam_step(&adam, &net.params);
    }
    CU_ASSERT(nn_params_finite(&net.params));
    net.params.values[3] = (nn_real)NAN;
    CU_ASSERT_FALSE(nn_params_finite(&net.params));
    nn_tape_fini(&tape);
    nn_adam_fini(&adam);
    nn_params_fini(&net.params);
    return loss;
}

static void learns(void)
{
    for (int reset = 0; reset < 2; reset++) {
        double before = train(1, 1, (enum nn_gru_reset)reset), after = train(1, 300, (enum nn_gru_reset)reset);
        CU_ASSERT(before > 0.3); /* the variance of a sine is 0.5 */
        CU_ASSERT(after < 0.002);
    }
}

static void repeats(void)
{
    CU_ASSERT(train(3, 50, NN_GRU_RESET_AFTER) == train(3, 50, NN_GRU_RESET_AFTER));
    CU_ASSERT(train(3, 50, NN_GRU_RESET_AFTER) != train(4, 50, NN_GRU_RESET_AFTER));
}

/* A weight w that learns y = 3 x from samples x = 1..10, scaled to 0.1..1; the loss of the last tenth may be another.
 */
struct slope {
    struct nn_params params;
    int calls, bad_call; /* the call whose loss is not a number; 0: none */
    double less;         /* what is taken from every loss */
};

static struct nn_tensor *slope_loss(struct nn_tape *tape, void *with, const size_t *samples, size_t count)
{
    struct slope *slope = with;
    struct nn_tensor *x = nn_input(tape, 1, (int)count, 1), *y = nn_input(tape, 1, (int)count, 1);
    slope->calls++;
    for (size_t i = 0; i < count; i++) {
        x->value[i] = (nn_real)((double)(samples[i] + 1) / 10);
        y->value[i] = slope->calls == slope->bad_call ? (nn_real)NAN : 3 * x->value[i];
    }
    struct nn_tensor *less = nn_input(tape, 1, 1, 1);
    less->value[0] = (nn_real)-slope->less;
    return nn_add(tape, nn_squared_error(tape, nn_dense(tape, x, nn_params_tensor(tape, &slope->params, 0), NULL), y),
                  less);
}

static int train_slope(struct slope *slope, double rate, double validation, int patience, struct nn_trained *trained)
{
    struct weir_stream stream = weir_stream_open(2, "slope");
    struct nn_training training = {
        .epochs = 200, .batch = 4, .rate = rate, .validation = validation, .patience = patience, .stream = &stream};
    nn_params_fini(&slope->params);
    nn_params_add(&slope->params, "w", 1, 1, 0, &stream);
    slope->calls = 0;
    return nn_train(&slope->params, &training, slope_loss, slope, 10, trained);
}

static void trainer(void)
{
    struct slope slope = {0};
    struct nn_trained trained;
    CU_ASSERT_EQUAL(train_slope(&slope, 0.05, 0, 0, &trained), 0);
    CHECK_NEAR((double)slope.params.values[0], 3, 0.01);
    CU_ASSERT_EQUAL(trained.epochs, 200);
    CU_ASSERT_EQUAL(slope.calls, 200 * 3); /* 4 + 4 + 2 samples */
    CU_ASSERT(trained.first_loss > 1 && trained.last_loss < 1e-3);

    /* two samples kept: (0.9 * 3)^2 / 2 + (1 * 3)^2 / 2 = 8.145 before, and steps too wide to come near are undone */
    CU_ASSERT_EQUAL(train_slope(&slope, 1000, 0.2, 3, &trained), 0);
    CHECK_NEAR(trained.validation_before, 8.145, 1e-5);
    CHECK_NEAR(trained.validation, 8.145, 1e-5);
    CHECK_NEAR((double)slope.params.values[0], 0, 0);
    CU_ASSERT_EQUAL(trained.epochs, 3);
    CU_ASSERT_EQUAL(train_slope(&slope, 0.05, 0.2, 0, &trained), 0);
    CU_ASSERT(trained.validation < 1e-3);
    CHECK_NEAR((double)slope.params.values[0], 3, 0.01);

    slope.bad_call = 8; /* the second batch of the third epoch */
    CU_ASSERT_EQUAL(train_slope(&slope, 0.05, 0, 0, &trained), WEIR_ERUN);
    CHECK_MESSAGE("its training diverged in epoch 3: the loss is not finite; a rate below 0.05 may help");
    slope.bad_call = 0;
    CU_ASSERT_EQUAL(train_slope(&slope, 1e300, 0, 0, &trained), WEIR_ERUN);
    CHECK_MESSAGE("diverged in epoch 1");
    nn_params_fini(&slope.params);
}

/* A loss may be below 0 from the first epoch on, as that of a likelihood: 9 x 0.385 (the mean of x^2) is below 10.
 * Without a goal that ends nothing. */
static void below_zero(void)
{
    struct slope slope = {.less = 10};
    struct nn_trained trained;
    CU_ASSERT_EQUAL(train_slope(&slope, 0.05, 0, 0, &trained), 0);
    CU_ASSERT(trained.first_loss < 0);
    CU_ASSERT_EQUAL(trained.epochs, 200);
    CHECK_NEAR((double)slope.params.values[0], 3, 0.01);
    CU_ASSERT_EQUAL(train_slope(&slope, 0.05, 0.2, 0, &trained), 0);
    CU_ASSERT_EQUAL(trained.epochs, 200);
    CHECK_NEAR((double)slope.params.values[0], 3, 0.01);
    nn_params_fini(&slope.params);
}

/* The samples of each batch, in one row. */
struct taken {
    struct slope slope;
    size_t samples[64], count;
};

static struct nn_tensor *taken_loss(struct nn_tape *tape, void *with, const size_t *samples, size_t count)
{
    struct taken *taken = with;
    for (size_t i = 0; i < count && taken->count < 64; i++)
        taken->samples[taken->count++] = samples[i];
    return slope_loss(tape, &taken->slope, samples, count);
}

static void updates(void)
{
    struct taken taken = {0};
    struct weir_stream stream = weir_stream_open(2, "slope");
    struct nn_updates training = {.updates = 400, .batch = 4, .rate = 0.05, .stream = &stream};
    nn_params_add(&taken.slope.params, "w", 1, 1, 0, &stream);
    CU_ASSERT_EQUAL(nn_train_updates(&taken.slope.params, &training, taken_loss, &taken, 10), 0);
    CU_ASSERT_EQUAL(taken.slope.calls, 400);
    CHECK_NEAR((double)taken.slope.params.values[0], 3, 1e-3);
    for (size_t pass = 0; pass < 6; pass++) { /* each ten have each sample once, in another order */
        bool seen[10] = {false};
        for (size_t i = 10 * pass; i < 10 * pass + 10; i++) {
            CU_ASSERT(!seen[taken.samples[i]]);
            seen[taken.samples[i]] = true;
        }
    }
    CU_ASSERT(memcmp(taken.samples, taken.samples + 10, 10 * sizeof(size_t)) != 0);

    training.batch = 100; /* of ten samples */
    taken.slope.calls = 0;
    taken.slope.bad_call = 8;
    CU_ASSERT_EQUAL(nn_train_updates(&taken.slope.params, &training, slope_loss, &taken.slope, 10), WEIR_ERUN);
    CHECK_MESSAGE("its training diverged in update 8: the loss is not finite; a rate below 0.05 may help");
    taken.slope.bad_call = 0;
    training.updates = 1;
    training.rate = 1e300;
    CU_ASSERT_EQUAL(nn_train_updates(&taken.slope.params, &training, slope_loss, &taken.slope, 10), WEIR_ERUN);
    CHECK_MESSAGE("its training diverged: a weight is not finite");
    CHECK_NEAR((double)taken.slope.params.values[0], 3, 1e-3);
    nn_params_fini(&taken.slope.params);
}

/* Of ten samples an epoch learns four, others each time; of five, two are the newest, which choose the epoch. */
static void fewer_of_many(void)
{
    struct taken taken = {0};
    struct weir_stream stream = weir_stream_open(2, "slope");
    struct nn_training training = {.epochs = 16, .batch = 4, .rate = 0.05, .most = 4, .stream = &stream};
    bool seen[10] = {false};
    size_t different = 0;
    nn_params_add(&taken.slope.params, "w", 1, 1, 0, &stream);
    CU_ASSERT_EQUAL(nn_train(&taken.slope.params, &training, taken_loss, &taken, 10, NULL), 0);
    CU_ASSERT_EQUAL(taken.slope.calls, 16);
    CU_ASSERT_EQUAL(taken.count, 64);
    for (size_t i = 0; i < 64; i++) {
        different += !seen[taken.samples[i]];
        seen[taken.samples[i]] = true;
    }
    CU_ASSERT_EQUAL(different, 10);
    training.most = 5;
    training.validation = 0.4;
    taken.count = 0;
    CU_ASSERT_EQUAL(nn_train(&taken.slope.params, &training, taken_loss, &taken, 10, NULL), 0);
    CU_ASSERT(taken.samples[0] == 8 && taken.samples[1] == 9); /* before training */
    CU_ASSERT(taken.samples[2] < 8 && taken.samples[4] < 8);   /* three learnt */
    CU_ASSERT(taken.samples[5] == 8 && taken.samples[6] == 9); /* and after the first epoch */
    nn_params_fini(&taken.slope.params);
}

static void windows(void)
{
    const nn_real values[] = {0, 1, 2, 3, 4, 5};
    CU_ASSERT_EQUAL(nn_windows_count(6, 4, 1), 2);
    CU_ASSERT_EQUAL(nn_windows_count(6, 6, 1), 0);
    CU_ASSERT_EQUAL(nn_windows_count(2, 6, 1), 0);
    CU_ASSERT_EQUAL(nn_windows_count(6, 3, 2), 2); /* 0 1 2 and 3 4; 1 2 3 and 4 5 */
    CU_ASSERT_EQUAL(nn_windows_count(6, 3, 4), 0);
    struct nn_tape tape;
    nn_tape_init(&tape, 1);
    nn_tape_start(&tape, false);
    struct nn_tensor *x, *y;
    nn_windows_take(&tape, &(struct nn_windows){values, 4, 0, NULL}, (const size_t[]){1, 0}, 2, &x, &y);
    CU_ASSERT(x->steps == 4 && x->rows == 2 && x->columns == 1 && y->rows == 2);
    CU_ASSERT(x->value[0] == 1 && x->value[1] == 0 && x->value[6] == 4 && x->value[7] == 3);
    CU_ASSERT(y->value[0] == 5 && y->value[1] == 4);
    const size_t first[] = {0, 1};
    for (int i = 0; i < 2; i++) { /* the first and the second window, and those named the other way round */
        nn_windows_take(&tape, &(struct nn_windows){values, 3, 2, i ? first : NULL}, (const size_t[]){1, 0}, 2, &x, &y);
        CU_ASSERT(x->steps == 3 && y->rows == 2 && y->columns == 2);
        CU_ASSERT(y->value[0] == 4 && y->value[1] == 5 && y->value[2] == 3 && y->value[3] == 4);
    }
    nn_windows_take(&tape, &(struct nn_windows){values, 3, 2, first + 1}, (const size_t[]){0}, 1, &x, &y);
    CU_ASSERT(x->value[0] == 1 && y->value[1] == 5);
    nn_tape_fini(&tape);
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {{"arena", arena},
                                             {"elementary functions", elementary},
                                             {"vector widths", widths},
                                             {"dropout", dropout},
                                             {"between rows", between_rows},
                                             {"learns", learns},
                                             {"repeats", repeats},
                                             {"trainer", trainer},
                                             {"losses below zero", below_zero},
                                             {"updates", updates},
                                             {"fewer of many", fewer_of_many},
                                             {"windows", windows},
                                             {0}};
    return weir_test_main("learn/nn/train", cases, argc, argv);
}
