/* Layers, gradients and Adam against the numbers of tests/data/nn-reference.txt, which PyTorch made. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policies/learn/nn/layer.h"
#include "sim/base/memory.h"
#include "tests/learn/nn/numbers.h"

/* An array of the file on the tape, rows x columns. */
static struct nn_tensor *read_array(struct nn_tape *tape, const char *prefix, const char *array)
{
    char *name = weir_format("%s.%s", prefix, array);
    struct test_numbers numbers = test_numbers_read("tests/data/nn-reference.txt", name);
    struct nn_tensor *tensor = nn_input(tape, 1, numbers.rows, numbers.columns);
    for (size_t i = 0; i < nn_size(tensor); i++)
        tensor->value[i] = (nn_real)numbers.values[i];
    free(numbers.values);
    free(name);
    return tensor;
}

/* The same with room for gradients, and with steps. */
static struct nn_tensor *read_leaf(struct nn_tape *tape, const char *prefix, const char *array, int steps)
{
    struct nn_tensor *leaf = read_array(tape, prefix, array);
    leaf->grad = nn_tape_numbers(tape, nn_size(leaf));
    memset(leaf->grad, 0, nn_size(leaf) * sizeof *leaf->grad);
    leaf->steps = steps;
    leaf->rows /= steps;
    return leaf;
}

static void check(struct nn_tape *tape, const char *prefix, const char *array, const nn_real *got, size_t size)
{
    struct nn_tensor *wanted = read_array(tape, prefix, array);
    CU_ASSERT_EQUAL(nn_size(wanted), size);
    double worst = 0;
    for (size_t i = 0; i < size && i < nn_size(wanted); i++)
        worst = fmax(worst, fabs((double)got[i] - (double)wanted->value[i]));
    if (!(worst <= 1e-5))
        printf("%s.%s differs by %g\n", prefix, array, worst);
    CU_ASSERT(worst <= 1e-5);
}

static void gru(void)
{
    static const char *const variants[] = {[NN_GRU_RESET_AFTER] = "gru", [NN_GRU_RESET_BEFORE] = "before"};
    static const char *const arrays[] = {"weight_in", "weight_state", "bias_in", "bias_state"};
    for (int variant = 0; variant < 2; variant++) {
        const char *prefix = variants[variant];
        struct nn_tape tape;
        nn_tape_init(&tape, 1);
        nn_tape_start(&tape, true);
        struct nn_tensor *x = read_leaf(&tape, "gru", "x", 6), *leaves[4];
        for (int i = 0; i < 4; i++)
            leaves[i] = read_leaf(&tape, "gru", arrays[i], 1);
        struct nn_tensor *out =
            nn_gru(&tape, x, leaves[0], leaves[1], leaves[2], leaves[3], (enum nn_gru_reset)variant);
        struct nn_tensor *loss = nn_squared_error(&tape, out, read_leaf(&tape, "gru", "target", 6));
        check(&tape, prefix, "out", out->value, nn_size(out));
        check(&tape, prefix, "loss", loss->value, 1);
        nn_backward(&tape, loss);
        check(&tape, prefix, "d_x", x->grad, nn_size(x));
        for (int i = 0; i < 4; i++) {
            char *name = weir_format("d_%s", arrays[i]);
            check(&tape, prefix, name, leaves[i]->grad, nn_size(leaves[i]));
            free(name);
        }
        nn_tape_fini(&tape);
    }
}

static void convolution(void)
{
    static const struct {
        const char *name;
        struct nn_convolution_shape shape;
    } rows[] = {
        {"conv.plain", {.kernel = 3}},
        {"conv.same", {.kernel = 3, .before = 1, .after = 1}},
        {"conv.causal", {.kernel = 3, .dilation = 2, .before = 4}},
    };
    for (int i = 0; i < 3; i++) {
        const char *prefix = rows[i].name;
        struct nn_tape tape;
        nn_tape_init(&tape, 1);
        nn_tape_start(&tape, true);
        struct nn_tensor *x = read_leaf(&tape, "conv", "x", 11);
        struct nn_tensor *weight = read_leaf(&tape, prefix, "weight", 1), *bias = read_leaf(&tape, prefix, "bias", 1);
        struct nn_tensor *out = nn_convolution(&tape, x, weight, bias, &rows[i].shape);
        check(&tape, prefix, "out", out->value, nn_size(out));
        struct nn_tensor *pool = nn_max_pool(&tape, nn_relu(&tape, out), 2);
        check(&tape, prefix, "pool", pool->value, nn_size(pool));
        struct nn_tensor *zero = nn_input(&tape, pool->steps, pool->rows, pool->columns);
        memset(zero->value, 0, nn_size(zero) * sizeof *zero->value);
        struct nn_tensor *loss = nn_squared_error(&tape, pool, zero);
        check(&tape, prefix, "loss", loss->value, 1);
        nn_backward(&tape, loss);
        check(&tape, prefix, "d_x", x->grad, nn_size(x));
        check(&tape, prefix, "d_weight", weight->grad, nn_size(weight));
        check(&tape, prefix, "d_bias", bias->grad, nn_size(bias));
        nn_tape_fini(&tape);
    }
}

static void adam(void)
{
    struct nn_tape tape;
    nn_tape_init(&tape, 1);
    nn_tape_start(&tape, true);
    struct weir_stream stream = weir_stream_open(1, "adam");
    struct nn_params params = {0};
    struct nn_dense_layer layer;
    nn_dense_layer_add(&layer, &params, "layer", 4, 2, &stream);
    memcpy(params.values, read_array(&tape, "adam", "weight")->value, 8 * sizeof *params.values);
    memcpy(params.values + 8, read_array(&tape, "adam", "bias")->value, 2 * sizeof *params.values);
    struct nn_adam optimiser;
    nn_adam_init(&optimiser, &params, 0.01);
    for (int step = 0; step < 5; step++) {
        nn_tape_start(&tape, true);
        struct nn_tensor *loss =
            nn_squared_error(&tape, nn_dense_layer_run(&tape, &params, &layer, read_array(&tape, "adam", "x")),
                             read_array(&tape, "adam", "y"));
        nn_backward(&tape, loss);
        nn_adam_step(&optimiser, &params);
        if (step == 4)
            check(&tape, "adam", "loss", loss->value, 1);
    }
    check(&tape, "adam", "weight_5", params.values, 8);
    check(&tape, "adam", "bias_5", params.values + 8, 2);
    nn_adam_fini(&optimiser);
    nn_params_fini(&params);
    nn_tape_fini(&tape);
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {{"GRU", gru}, {"convolution", convolution}, {"Adam", adam}, {0}};
    return weir_test_main("learn/nn/reference", cases, argc, argv);
}
