/* Forecasts of all cells at once. What a decoder computes first is linear in Q + alpha V, and alpha is the same for all
 * servers: for each region, its weights times alpha of each category are one matrix, and one product with V serves all
 * servers, categories and units of both decoders. */
#include <math.h>

#include "policies/learn/effect/work.h"
#include "policies/learn/nn/elementary.h"
#include "policies/learn/nn/op_table.h"
#include "policies/learn/nn/product.h"
#include "policies/learn/series/calendar.h"

/* Servers of a product: so many that its result stays in a processor's second cache, beside the weights. */
#define BLOCK 24

static struct nn_tensor *calendar_rows(struct nn_tape *tape, double time_s, int count)
{
    double features[SERIES_CALENDAR];
    struct nn_tensor *calendar = nn_input(tape, 1, count, SERIES_CALENDAR);
    series_calendar(time_s, features);
    for (int i = 0; i < count * SERIES_CALENDAR; i++)
        calendar->value[i] = (nn_real)features[i % SERIES_CALENDAR];
    return calendar;
}

/* V of all servers for requests of a region. */
static struct nn_tensor *servers_of(struct effect *model, int region, const double *bandwidth_bytes_per_s,
                                    const double *load)
{
    int servers = model->settings.servers;
    struct nn_tape *tape = &model->server_tape;
    nn_tape_start(tape, false);
    struct nn_tensor *state = nn_input(tape, 1, servers, EFFECT_STATE);
    int *all = nn_arena_take(&tape->arena, (size_t)servers * sizeof *all);
    for (int e = 0; e < servers; e++) {
        all[e] = e;
        effect_state(model, e, region, bandwidth_bytes_per_s[e], load[e], state->value + e * EFFECT_STATE);
    }
    return effect_net_server(&model->net, tape, &model->params, all, model->home, servers, state);
}

/* The weights and biases of the first layers of both decoders for the categories of a region: `q`, categories x width.
 * Column (decoder * hidden + unit) * categories + category. */
static void weights_of(const struct effect *model, const nn_real *q, const nn_real *alpha, nn_real *weights,
                       nn_real *biases)
{
    int categories = model->settings.categories, hidden = model->settings.hidden, width = model->settings.width;
    size_t columns = 2 * (size_t)hidden * (size_t)categories;
    for (int unit = 0; unit < 2 * hidden; unit++) {
        const struct nn_dense_layer *layer = &model->net.first[unit / hidden];
        const nn_real *weight = model->params.values + model->params.arrays[layer->weight].first + unit % hidden;
        nn_real bias = model->params.values[model->params.arrays[layer->bias].first + (size_t)(unit % hidden)];
        for (int i = 0; i < categories; i++) {
            size_t column = (size_t)unit * (size_t)categories + (size_t)i;
            nn_real sum = bias;
            for (int k = 0; k < width; k++) {
                sum += q[i * width + k] * weight[k * hidden];
                weights[(size_t)k * columns + column] = (nn_real)width * alpha[i * width + k] * weight[k * hidden];
            }
            biases[column] = sum;
        }
    }
}

/* out[categories] = bias + sum of the units' weights times relu(h[unit][category]). */
NN_KERNEL(static, void, second_layer,
          (const nn_real *restrict h, const nn_real *restrict weight, nn_real bias, int hidden, int categories,
           nn_real *restrict out),
          (h, weight, bias, hidden, categories, out))
{
    for (int i = 0; i < categories; i++)
        out[i] = bias;
    for (int unit = 0; unit < hidden; unit++) {
        const nn_real *restrict row = h + unit * categories;
        for (int i = 0; i < categories; i++)
            out[i] += weight[unit] * (row[i] < 0 ? 0 : row[i]);
    }
}

/* One decoder's results for the categories of a server and region, from `h`, what its first layer gave. */
static void decode(const struct effect *model, const nn_real *h, int decoder, nn_real *out)
{
    const struct nn_dense_layer *layer = &model->net.decoded[decoder];
    const struct nn_params *params = &model->params;
    int hidden = model->settings.hidden, categories = model->settings.categories;
    second_layer(h + decoder * hidden * categories, params->values + params->arrays[layer->weight].first,
                 params->values[params->arrays[layer->bias].first], hidden, categories, out);
}

/* The cells of a server and region from on `rate` and `safe`, both of which may be NULL; `out` is room. */
static void answer(const struct effect *model, const nn_real *h, nn_real *out, float *rate, float *safe)
{
    int categories = model->settings.categories;
    if (rate) {
        decode(model, h, 0, out);
        for (int i = 0; i < categories; i++)
            rate[i] = (float)(out[i] > 0 ? (double)out[i] * model->rate_scale : 0);
    }
    if (safe) {
        decode(model, h, 1, out);
        for (int i = 0; i < categories; i++)
            safe[i] = (float)nn_sigmoid_of(out[i]);
    }
}

/* Q of all regions and categories. */
static struct nn_tensor *requests_of(struct effect *model, double time_s)
{
    int count = model->settings.regions * model->settings.categories;
    struct nn_tape *tape = &model->tape;
    int *region = nn_arena_take(&tape->arena, (size_t)count * sizeof *region);
    int *category = nn_arena_take(&tape->arena, (size_t)count * sizeof *category);
    for (int row = 0; row < count; row++) {
        region[row] = row / model->settings.categories;
        category[row] = row % model->settings.categories;
    }
    return effect_net_request(&model->net, tape, &model->params, region, category, count,
                              calendar_rows(tape, time_s, count));
}

void effect_predict_all(struct effect *model, double time_s, const double *bandwidth_bytes_per_s, const double *load,
                        float *rate, float *safe)
{
    const struct effect_settings *s = &model->settings;
    int columns = 2 * s->hidden * s->categories;
    size_t wide = (size_t)columns;
    struct nn_tape *tape = &model->tape;
    nn_tape_start(tape, false);
    struct nn_tensor *q = requests_of(model, time_s), *alpha = nn_softmax(tape, q);
    nn_real *weights = nn_tape_numbers(tape, (size_t)s->width * wide), *biases = nn_tape_numbers(tape, wide);
    nn_real *h = nn_tape_numbers(tape, BLOCK * wide), *out = nn_tape_numbers(tape, (size_t)s->categories);
    for (int m = 0; m < s->regions; m++) {
        size_t rows = (size_t)m * (size_t)s->categories * (size_t)s->width;
        const struct nn_tensor *v = servers_of(model, m, bandwidth_bytes_per_s, load);
        weights_of(model, q->value + rows, alpha->value + rows, weights, biases);
        for (int first = 0; first < s->servers; first += BLOCK) {
            int count = s->servers - first < BLOCK ? s->servers - first : BLOCK;
            nn_fill_rows(h, biases, (size_t)count, columns);
            nn_product(false, false, count, columns, s->width, v->value + (size_t)first * (size_t)s->width, s->width,
                       weights, columns, true, h, columns);
            for (int e = 0; e < count; e++) {
                size_t cell = ((size_t)(first + e) * (size_t)s->regions + (size_t)m) * (size_t)s->categories;
                answer(model, h + (size_t)e * wide, out, rate ? rate + cell : NULL, safe ? safe + cell : NULL);
            }
        }
    }
}

void effect_predict(struct effect *model, const struct effect_sample *at, double *rate, double *safe)
{
    struct nn_tape *tape = &model->tape;
    nn_tape_start(tape, false);
    struct nn_tensor *state = nn_input(tape, 1, 1, EFFECT_STATE), *odds, *yielded;
    effect_state(model, at->server, at->region, at->bandwidth_bytes_per_s, at->load, state->value);
    struct nn_tensor *q = effect_net_request(&model->net, tape, &model->params, &at->region, &at->category, 1,
                                             calendar_rows(tape, at->time_s, 1));
    struct nn_tensor *v = effect_net_server(&model->net, tape, &model->params, &at->server,
                                            model->home ? &model->home[at->server] : NULL, 1, state);
    effect_net_decode(&model->net, tape, &model->params, q, v, 0, &yielded, &odds);
    *rate = fmax((double)yielded->value[0], 0) * model->rate_scale;
    *safe = (double)nn_sigmoid_of(odds->value[0]);
}
