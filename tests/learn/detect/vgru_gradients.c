#include "policies/learn/detect/vgru_net.h"

#include "tests/learn/nn/check.h"

struct check {
    struct vgru_net net;
    int steps, rows;
    double temperature;
};

static struct nn_tensor *loss(struct nn_tape *tape, const struct nn_params *params, const void *with)
{
    const struct check *check = with;
    struct nn_tensor *s = nn_input(tape, check->steps, check->rows, check->net.width);
    for (size_t i = 0; i < nn_size(s); i++)
        s->value[i] = 1.5 * sin((double)(2 * i + 1));
    return vgru_net_loss(tape, &check->net, s, check->temperature);
}

/* The whole net, draws and all, for both ends of the temperature. */
static void whole(void)
{
    static const double temperatures[] = {5, 0.5};
    for (int i = 0; i < 2; i++) {
        struct check check = {.steps = 5, .rows = 3, .temperature = temperatures[i]};
        const struct vgru_settings settings = {.length = 5, .width = 4, .units = 5, .latent = 3, .components = 3};
        struct weir_stream stream = weir_stream_open(3, "whole");
        vgru_net_init(&check.net, &settings, &stream);
        nn_check_gradients("variational GRU", loss, &check.net.params, &check);
        vgru_net_fini(&check.net);
    }
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {{"whole net", whole}, {0}};
    return weir_test_main("learn/detect/vgru_gradients", cases, argc, argv);
}
