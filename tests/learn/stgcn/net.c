/* The net against PyTorch and against central differences, in double precision. */
#include "policies/learn/stgcn/net.h"

#include "tests/learn/nn/check.h"
#include "tests/learn/nn/reference.h"

_Static_assert(sizeof(nn_real) == sizeof(double), "gradient checks need the double build");

static const char reference[] = "tests/data/stgcn-reference.txt";

enum { BATCH = 2 };
static const struct stgcn_shape shape = {
    .nodes = 5, .window = 6, .channels = 3, .kernel = 2, .embedding = 2, .calendar = true};

static struct nn_tensor *run(const struct stgcn_net *net, struct nn_tape *tape, const struct nn_params *params,
                             struct nn_tensor **graph)
{
    struct nn_tensor *x = test_input_read(tape, reference, "x", 1); /* a row a step */
    x = nn_tensor_of(tape, x->value, NULL, shape.window, shape.nodes * BATCH, 1);
    *graph = stgcn_net_graph(net, tape, params);
    return stgcn_net_run(net, tape, params, x,
                         net->shape.calendar ? test_input_read(tape, reference, "calendar", 1) : NULL, *graph);
}

static struct nn_tensor *loss(struct nn_tape *tape, const struct nn_params *params, const void *with)
{
    struct nn_tensor *graph;
    return nn_squared_error(tape, run(with, tape, params, &graph), test_input_read(tape, reference, "y", 1));
}

static void equal_reference(void)
{
    struct stgcn_net net;
    struct nn_params params = {0};
    struct weir_stream stream = weir_stream_open(1, "net");
    struct nn_tape tape;
    stgcn_net_add(&net, &shape, &params, &stream);
    test_params_read(&params, reference);
    nn_tape_init(&tape, 1);
    nn_tape_start(&tape, true);
    struct nn_tensor *graph, *out = run(&net, &tape, &params, &graph);
    struct nn_tensor *error = nn_squared_error(&tape, out, test_input_read(&tape, reference, "y", 1));
    test_numbers_check(reference, "graph", graph->value, nn_size(graph));
    test_numbers_check(reference, "out", out->value, nn_size(out));
    test_numbers_check(reference, "loss", error->value, 1);
    nn_params_clear_grads(&params);
    nn_backward(&tape, error);
    test_grads_check(&params, reference);
    nn_tape_fini(&tape);
    nn_params_fini(&params);
}

static void gradients(void)
{
    for (int calendar = 0; calendar < 2; calendar++) {
        struct stgcn_net net;
        struct stgcn_shape own = shape;
        struct nn_params params = {0};
        struct weir_stream stream = weir_stream_open(1, "net");
        own.calendar = calendar;
        stgcn_net_add(&net, &own, &params, &stream);
        test_params_read(&params, reference);
        nn_check_gradients(calendar ? "stgcn" : "stgcn without calendar", loss, &params, &net);
        nn_params_fini(&params);
    }
}

/* Rows of the graph sum to 1, so that D of A + I is 2; and each row is a softmax: exp of 1 x 2, 1 x -1 cut to 0. */
static void graph_of_three(void)
{
    struct nn_tape tape;
    nn_tape_init(&tape, 1);
    nn_tape_start(&tape, false);
    nn_real from[] = {1, 0, 0.5}, to[] = {2, -1, 0};
    struct nn_tensor *graph =
        nn_adaptive_graph(&tape, nn_tensor_of(&tape, from, NULL, 1, 3, 1), nn_tensor_of(&tape, to, NULL, 1, 3, 1));
    double e2 = exp(2), e1 = exp(1);
    const double wanted[] = {e2 / (e2 + 2), 1 / (e2 + 2),  1 / (e2 + 2), 1. / 3,      1. / 3,
                             1. / 3,        e1 / (e1 + 2), 1 / (e1 + 2), 1 / (e1 + 2)};
    for (int i = 0; i < 9; i++)
        CHECK_NEAR((double)graph->value[i], wanted[i], 1e-12);
    nn_real x[] = {3, 30, 6, 60, 9, 90}; /* two samples a node */
    struct nn_tensor *mixed = nn_graph_mix(&tape, graph, nn_tensor_of(&tape, x, NULL, 1, 6, 1));
    /* the middle row sees all alike: (3 + 6 + 9) / 3 and 6, halved */
    CHECK_NEAR((double)mixed->value[2], 6, 1e-12);
    CHECK_NEAR((double)mixed->value[3], 60, 1e-11);
    CHECK_NEAR((double)mixed->value[0], (3 + (3 * e2 + 6 + 9) / (e2 + 2)) / 2, 1e-12);
    nn_tape_fini(&tape);
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {
        {"equal to the reference", equal_reference}, {"gradients", gradients}, {"graph of three", graph_of_three}, {0}};
    return weir_test_main("learn/stgcn/net", cases, argc, argv);
}
