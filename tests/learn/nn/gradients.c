#include "policies/learn/nn/layer.h"

#include "tests/learn/nn/check.h"
#include "tests/learn/nn/operations.h"

_Static_assert(sizeof(nn_real) == sizeof(double), "gradient checks need the double build");

static void operations(void)
{
    bool checked[NN_OP_COUNT] = {false};
    for (size_t i = 0; i < nn_test_operation_count; i++) {
        const struct nn_test_operation *operation = &nn_test_operations[i];
        struct nn_params params = {0};
        nn_test_add_params(operation, &params);
        nn_check_gradients(operation->name, nn_test_judged, &params, operation);
        checked[operation->kind] = true;
        nn_params_fini(&params);
    }
    for (int i = 0; i < NN_OP_COUNT; i++) {
        if (!checked[i])
            printf("no gradient check of %s\n", nn_ops[i].name);
        CU_ASSERT(checked[i]);
    }
}

/* The nets of the forecasters in small: two GRU layers with dropout between, and two blocks of convolution and pool. */
struct net {
    struct nn_gru_layer gru[2];
    struct nn_convolution_layer convolution[3];
    struct nn_dense_layer dense;
};

static struct nn_tensor *gru_net(struct nn_tape *tape, const struct nn_params *params, const void *with)
{
    const struct net *net = with;
    struct nn_tensor *h = nn_gru_layer_run(tape, params, &net->gru[0], nn_test_series(tape, params, 0));
    h = nn_gru_layer_run(tape, params, &net->gru[1], nn_dropout(tape, h, 0.2));
    return nn_test_judge(tape, nn_dense_layer_run(tape, params, &net->dense, nn_steps(tape, h, STEPS - 1, 1)));
}

static struct nn_tensor *cnn_net(struct nn_tape *tape, const struct nn_params *params, const void *with)
{
    const struct net *net = with;
    struct nn_tensor *h = nn_convolution_layer_run(tape, params, &net->convolution[0], nn_test_series(tape, params, 0));
    h = nn_dropout(tape, nn_max_pool(tape, nn_relu(tape, h), 2), 0.2);
    h = nn_relu(tape, nn_convolution_layer_run(tape, params, &net->convolution[1], h));
    return nn_test_judge(tape, nn_convolution_layer_run(tape, params, &net->convolution[2], h));
}

static void nets(void)
{
    struct net net;
    struct nn_params params = {0};
    struct weir_stream stream = weir_stream_open(5, "nets");
    nn_params_add(&params, "x", STEPS * ROWS, COLUMNS, 1, &stream);
    nn_gru_layer_add(&net.gru[0], &params, "gru.0", COLUMNS, 3, NN_GRU_RESET_AFTER, &stream);
    nn_gru_layer_add(&net.gru[1], &params, "gru.1", 3, 3, NN_GRU_RESET_BEFORE, &stream);
    nn_dense_layer_add(&net.dense, &params, "dense", 3, 1, &stream);
    nn_check_gradients("GRU net", gru_net, &params, &net);
    nn_params_fini(&params);

    stream = weir_stream_open(5, "nets");
    struct nn_convolution_shape plain = {.kernel = 3}, whole = {.kernel = 1}; /* (7 + 1 - 2) / 2 - 2 = 1 step is left */
    nn_params_add(&params, "x", STEPS * ROWS, COLUMNS, 1, &stream);
    nn_convolution_layer_add(&net.convolution[0], &params, "convolution.0", COLUMNS, 4,
                             &(struct nn_convolution_shape){.kernel = 3, .before = 1}, &stream);
    nn_convolution_layer_add(&net.convolution[1], &params, "convolution.1", 4, 4, &plain, &stream);

    nn_convolution_layer_add(&net.convolution[2], &params, "out", 4, 1, &whole, &stream);
    nn_check_gradients("CNN net", cnn_net, &params, &net);
    nn_params_fini(&params);
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {{"operations", operations}, {"nets", nets}, {0}};
    return weir_test_main("learn/nn/gradients", cases, argc, argv);
}
