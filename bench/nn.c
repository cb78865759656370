/* Training of the GRU forecaster's net: two layers of 64, dropout 0.2 between, 24 steps, batches of 16, Adam. Prints
 * milliseconds of processor time a batch, the least of five rounds, and the loss that it came to.
 *   bench_nn [BATCHES]     batches a round, 500 unless said */
#include <stdio.h>
#include <stdlib.h>

#include "bench/measure.h"
#include "policies/learn/nn/layer.h"

enum { STEPS = 24, ROWS = 16, UNITS = 64, ROUNDS = 5 };

struct net {
    struct nn_params params;
    struct nn_gru_layer gru[2];
    struct nn_dense_layer out;
};

static double train_batch(struct nn_tape *tape, struct net *net, struct nn_adam *adam, struct weir_stream *stream)
{
    nn_tape_start(tape, true);
    struct nn_tensor *x = nn_input(tape, STEPS, ROWS, 1), *y = nn_input(tape, 1, ROWS, 1);
    for (size_t i = 0; i < nn_size(x); i++)
        x->value[i] = (nn_real)weir_stream_uniform(stream);
    for (int i = 0; i < ROWS; i++)
        y->value[i] = (x->value[(STEPS - 1) * ROWS + i] + x->value[(STEPS - 2) * ROWS + i]) / 2;
    struct nn_tensor *h = nn_gru_layer_run(tape, &net->params, &net->gru[0], x);
    h = nn_gru_layer_run(tape, &net->params, &net->gru[1], nn_dropout(tape, h, 0.2));
    struct nn_tensor *out = nn_dense_layer_run(tape, &net->params, &net->out, nn_steps(tape, h, STEPS - 1, 1));
    struct nn_tensor *loss = nn_squared_error(tape, out, y);
    nn_backward(tape, loss);
    nn_adam_step(adam, &net->params);
    return (double)loss->value[0];
}

int main(int argc, char **argv)
{
    int batches = argc > 1 ? atoi(argv[1]) : 500;
    if (batches < 1) {
        fprintf(stderr, "usage: bench_nn [BATCHES]\n");
        return 2;
    }
    struct net net = {0};
    struct weir_stream stream = weir_stream_open(1, "bench");
    nn_gru_layer_add(&net.gru[0], &net.params, "gru.0", 1, UNITS, NN_GRU_RESET_AFTER, &stream);
    nn_gru_layer_add(&net.gru[1], &net.params, "gru.1", UNITS, UNITS, NN_GRU_RESET_AFTER, &stream);
    nn_dense_layer_add(&net.out, &net.params, "out", UNITS, 1, &stream);
    struct nn_adam adam;
    nn_adam_init(&adam, &net.params, 0.001);
    struct nn_tape tape;
    nn_tape_init(&tape, 1);
    double least = 0, loss = 0;
    for (int round = 0; round < ROUNDS; round++) {
        double start = bench_cpu_s();
        for (int i = 0; i < batches; i++)
            loss = train_batch(&tape, &net, &adam, &stream);
        double each = (bench_cpu_s() - start) / batches;
        least = round == 0 || each < least ? each : least;
    }
    printf("%.4f %.6f\n", 1e3 * least, loss);
    nn_tape_fini(&tape);
    nn_adam_fini(&adam);
    nn_params_fini(&net.params);
    return 0;
}
