#include "policies/learn/effect/net.h"

#include "policies/learn/series/calendar.h"

void effect_net_add(struct effect_net *net, const struct effect_shape *shape, struct nn_params *params,
                    struct weir_stream *stream)
{
    static const char *const first[] = {"rate.first", "safe.first"}, *const decoded[] = {"rate.out", "safe.out"};
    int hidden = shape->hidden, width = shape->width;
    *net = (struct effect_net){.shape = *shape};
    /* rows begin at 0: what no sample shows is like the others on average */
    net->category = nn_params_add(params, "category", shape->categories, hidden, 0, stream);
    net->region = nn_params_add(params, "region", shape->regions, hidden, 0, stream);
    nn_dense_layer_add(&net->time, params, "time", SERIES_CALENDAR, hidden, stream);
    nn_dense_layer_ignore(&net->time, params, SERIES_WEEKEND);
    nn_dense_layer_add(&net->request, params, "request", hidden, width, stream);
    net->server = nn_params_add(params, "server", shape->servers, hidden, 0, stream);
    if (shape->home)
        net->home = nn_params_add(params, "home", shape->regions, hidden, 0, stream);
    nn_dense_layer_add(&net->state, params, "state", EFFECT_STATE, hidden, stream);
    nn_dense_layer_add(&net->standing, params, "standing", hidden, width, stream);
    for (int i = 0; i < 2; i++) {
        nn_dense_layer_add(&net->first[i], params, first[i], width, hidden, stream);
        nn_dense_layer_add(&net->decoded[i], params, decoded[i], hidden, 1, stream);
    }
}

static struct nn_tensor *rows_of(struct nn_tape *tape, const struct nn_params *params, int table, const int *which,
                                 int count)
{
    return nn_lookup(tape, nn_params_tensor(tape, params, table), which, count);
}

struct nn_tensor *effect_net_request(const struct effect_net *net, struct nn_tape *tape, const struct nn_params *params,
                                     const int *region, const int *category, int count, struct nn_tensor *calendar)
{
    struct nn_tensor *h = nn_dense_layer_run(tape, params, &net->time, calendar);
    h = nn_add(tape, h, rows_of(tape, params, net->region, region, count));
    h = nn_add(tape, h, rows_of(tape, params, net->category, category, count));
    return nn_dense_layer_run(tape, params, &net->request, nn_relu(tape, h));
}

struct nn_tensor *effect_net_server(const struct effect_net *net, struct nn_tape *tape, const struct nn_params *params,
                                    const int *server, const int *home, int count, struct nn_tensor *state)
{
    struct nn_tensor *h = nn_dense_layer_run(tape, params, &net->state, state);
    h = nn_add(tape, h, rows_of(tape, params, net->server, server, count));
    if (net->shape.home)
        h = nn_add(tape, h, rows_of(tape, params, net->home, home, count));
    return nn_dense_layer_run(tape, params, &net->standing, nn_relu(tape, h));
}

void effect_net_decode(const struct effect_net *net, struct nn_tape *tape, const struct nn_params *params,
                       struct nn_tensor *q, struct nn_tensor *v, double dropout, struct nn_tensor **rate,
                       struct nn_tensor **odds)
{
    struct nn_tensor *attended = nn_scale(tape, nn_multiply(tape, nn_softmax(tape, q), v), net->shape.width);
    struct nn_tensor *h = nn_add(tape, q, nn_dropout(tape, attended, dropout)), *out[2];
    for (int i = 0; i < 2; i++)
        out[i] = nn_dense_layer_run(tape, params, &net->decoded[i],
                                    nn_relu(tape, nn_dense_layer_run(tape, params, &net->first[i], h)));
    *rate = out[0];
    *odds = out[1];
}
