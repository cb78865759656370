#include "policies/learn/stgcn/net.h"

#include <math.h>

#include "policies/learn/series/calendar.h"

/* Embeddings begin with products about as large as 1, so that the graph is neither even nor settled. */
#define EMBEDDING_BOUND 1.0
#define PATTERN_BOUND   0.1

void stgcn_net_add(struct stgcn_net *net, const struct stgcn_shape *shape, struct nn_params *params,
                   struct weir_stream *stream)
{
    static const char *const first[] = {"tanh.first", "sigmoid.first"}, *const whole[] = {"tanh.whole",
                                                                                          "sigmoid.whole"};
    int channels = shape->channels;
    *net = (struct stgcn_net){.shape = *shape};
    for (int i = 0; i < 2; i++) {
        nn_convolution_layer_add(&net->first[i], params, first[i], 1, channels,
                                 &(struct nn_convolution_shape){.kernel = shape->kernel}, stream);
        nn_convolution_layer_add(&net->whole[i], params, whole[i], channels, channels,
                                 &(struct nn_convolution_shape){.kernel = shape->window - shape->kernel + 1}, stream);
    }
    net->from = nn_params_add(params, "graph.from", shape->nodes, shape->embedding, EMBEDDING_BOUND, stream);
    net->to = nn_params_add(params, "graph.to", shape->nodes, shape->embedding, EMBEDDING_BOUND, stream);
    nn_dense_layer_add(&net->theta, params, "theta", channels, channels, stream);
    nn_dense_layer_add(&net->out, params, "out", channels, 1, stream);
    net->level = nn_params_add(params, "level", shape->nodes, 1, 0, stream);
    if (!shape->calendar)
        return;
    nn_dense_layer_add(&net->patterns, params, "patterns", SERIES_CALENDAR, shape->embedding, stream);
    nn_dense_layer_ignore(&net->patterns, params, SERIES_WEEKEND);
    net->pattern = nn_params_add(params, "pattern", shape->nodes, shape->embedding, PATTERN_BOUND, stream);
}

struct nn_tensor *stgcn_net_graph(const struct stgcn_net *net, struct nn_tape *tape, const struct nn_params *params)
{
    return nn_adaptive_graph(tape, nn_params_tensor(tape, params, net->from), nn_params_tensor(tape, params, net->to));
}

static struct nn_tensor *tcn(const struct stgcn_net *net, struct nn_tape *tape, const struct nn_params *params, int i,
                             struct nn_tensor *x)
{
    struct nn_tensor *h = nn_relu(tape, nn_convolution_layer_run(tape, params, &net->first[i], x));
    return nn_convolution_layer_run(tape, params, &net->whole[i], h);
}

struct nn_tensor *stgcn_net_run(const struct stgcn_net *net, struct nn_tape *tape, const struct nn_params *params,
                                struct nn_tensor *x, struct nn_tensor *calendar, struct nn_tensor *graph)
{
    int nodes = net->shape.nodes, batch = x->rows / nodes;
    struct nn_tensor *one = nn_input(tape, 1, 1, batch);
    for (int i = 0; i < batch; i++)
        one->value[i] = 1;
    struct nn_tensor *h =
        nn_multiply(tape, nn_tanh(tape, tcn(net, tape, params, 0, x)), nn_sigmoid(tape, tcn(net, tape, params, 1, x)));
    h = nn_dense_layer_run(tape, params, &net->theta, nn_graph_mix(tape, graph, h));
    struct nn_tensor *out = nn_dense_layer_run(tape, params, &net->out, h);
    out = nn_tensor_of(tape, out->value, out->grad, 1, nodes, batch);
    out = nn_add(tape, out, nn_matmul(tape, nn_params_tensor(tape, params, net->level), one, false));
    if (net->shape.calendar) {
        struct nn_tensor *day = nn_tanh(tape, nn_dense_layer_run(tape, params, &net->patterns, calendar));
        out = nn_add(tape, out, nn_matmul(tape, nn_params_tensor(tape, params, net->pattern), day, true));
    }
    return nn_relu(tape, out);
}
