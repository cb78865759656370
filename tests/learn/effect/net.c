/* The net against PyTorch and against central differences, in double precision. */
#include "policies/learn/effect/net.h"

#include "tests/learn/nn/check.h"
#include "tests/learn/nn/reference.h"

_Static_assert(sizeof(nn_real) == sizeof(double), "gradient checks need the double build");

static const char reference[] = "tests/data/effect-reference.txt";

enum { COUNT = 6 };
static const double caution = 3;
static const struct effect_shape shape = {
    .servers = 4, .regions = 3, .categories = 2, .width = 4, .hidden = 3, .home = true};

struct results {
    struct nn_tensor *q, *v, *rate, *odds, *cross_entropy, *loss;
};

static int *read_indices(struct nn_tape *tape, const char *name)
{
    struct nn_tensor *numbers = test_input_read(tape, reference, name, 1);
    int *indices = nn_arena_take(&tape->arena, COUNT * sizeof *indices);
    for (int i = 0; i < COUNT; i++)
        indices[i] = (int)numbers->value[i];
    return indices;
}

static struct results run(const struct effect_net *net, struct nn_tape *tape, const struct nn_params *params,
                          double dropout)
{
    struct results all;
    all.q =
        effect_net_request(net, tape, params, read_indices(tape, "which_region"), read_indices(tape, "which_category"),
                           COUNT, test_input_read(tape, reference, "calendar", 1));
    all.v = effect_net_server(net, tape, params, read_indices(tape, "which_server"),
                              net->shape.home ? read_indices(tape, "which_home") : NULL, COUNT,
                              test_input_read(tape, reference, "state", 1));
    effect_net_decode(net, tape, params, all.q, all.v, dropout, &all.rate, &all.odds);
    all.cross_entropy = nn_cross_entropy(tape, all.odds, test_input_read(tape, reference, "share_safe", 1),
                                         test_input_read(tape, reference, "weights", 1), caution);
    all.loss =
        nn_add(tape, nn_squared_error(tape, all.rate, test_input_read(tape, reference, "y", 1)), all.cross_entropy);
    return all;
}

static struct nn_tensor *loss(struct nn_tape *tape, const struct nn_params *params, const void *with)
{
    return run(with, tape, params, 0).loss;
}

static struct nn_tensor *loss_with_dropout(struct nn_tape *tape, const struct nn_params *params, const void *with)
{
    return run(with, tape, params, 0.4).loss;
}

static void equal_reference(void)
{
    struct effect_net net;
    struct nn_params params = {0};
    struct weir_stream stream = weir_stream_open(1, "net");
    struct nn_tape tape;
    effect_net_add(&net, &shape, &params, &stream);
    test_params_read(&params, reference);
    nn_tape_init(&tape, 1);
    nn_tape_start(&tape, true);
    struct results all = run(&net, &tape, &params, 0);
    test_numbers_check(reference, "q", all.q->value, nn_size(all.q));
    test_numbers_check(reference, "v", all.v->value, nn_size(all.v));
    test_numbers_check(reference, "rate_out", all.rate->value, nn_size(all.rate));
    test_numbers_check(reference, "odds", all.odds->value, nn_size(all.odds));
    test_numbers_check(reference, "cross_entropy", all.cross_entropy->value, 1);
    test_numbers_check(reference, "loss", all.loss->value, 1);
    nn_params_clear_grads(&params);
    nn_backward(&tape, all.loss);
    test_grads_check(&params, reference);
    nn_tape_fini(&tape);
    nn_params_fini(&params);
}

static void gradients(void)
{
    for (int home = 0; home < 2; home++) {
        struct effect_net net;
        struct effect_shape own = shape;
        struct nn_params params = {0};
        struct weir_stream stream = weir_stream_open(1, "net");
        own.home = home;
        effect_net_add(&net, &own, &params, &stream);
        test_params_read(&params, reference);
        nn_check_gradients(home ? "effect" : "effect without homes", loss, &params, &net);
        nn_check_gradients("effect with dropout", loss_with_dropout, &params, &net);
        nn_params_fini(&params);
    }
}

/* Odds of 0 are a chance of 1/2: log 2 each; certain ones cost nothing where right and their odds where wrong. */
static void cross_entropy(void)
{
    static const struct {
        double odds, wanted, weight, caution, loss;
    } rows[] = {
        {0, 1, 1, 1, M_LN2}, {0, 0, 1, 1, M_LN2}, {0, 0, 5, 4, 4 * M_LN2}, {0, 0.5, 1, 3, 2 * M_LN2}, {800, 1, 1, 1, 0},
        {-800, 0, 2, 9, 0},  {800, 0, 1, 1, 800}, {-800, 1, 1, 7, 800},    {-800, 0.25, 1, 1, 200},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct nn_tape tape;
        nn_tape_init(&tape, 1);
        nn_tape_start(&tape, false);
        nn_real odds = rows[i].odds, wanted = rows[i].wanted, weight = rows[i].weight;
        struct nn_tensor *loss_here = nn_cross_entropy(&tape, nn_tensor_of(&tape, &odds, NULL, 1, 1, 1),
                                                       nn_tensor_of(&tape, &wanted, NULL, 1, 1, 1),
                                                       nn_tensor_of(&tape, &weight, NULL, 1, 1, 1), rows[i].caution);
        CHECK_NEAR((double)loss_here->value[0], rows[i].loss, 1e-12);
        nn_tape_fini(&tape);
    }
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {
        {"equal to the reference", equal_reference}, {"gradients", gradients}, {"cross entropy", cross_entropy}, {0}};
    return weir_test_main("learn/effect/net", cases, argc, argv);
}
