/* Likelihood and divergences against the numbers of tests/data/vgru-reference.txt, which PyTorch made. */
#include <stdlib.h>
#include <string.h>

#include "policies/learn/nn/ops.h"
#include "sim/base/memory.h"
#include "tests/learn/nn/numbers.h"

/* An array of the file, with room for gradients. */
static struct nn_tensor *leaf(struct nn_tape *tape, const char *name)
{
    struct test_numbers numbers = test_numbers_read("tests/data/vgru-reference.txt", name);
    struct nn_tensor *tensor = nn_input(tape, 1, numbers.rows, numbers.columns);
    tensor->grad = nn_tape_numbers(tape, nn_size(tensor));
    for (size_t i = 0; i < nn_size(tensor); i++) {
        tensor->value[i] = numbers.values[i];
        tensor->grad[i] = 0;
    }
    free(numbers.values);
    return tensor;
}

static void check(struct nn_tape *tape, const char *name, const nn_real *got)
{
    const struct nn_tensor *wanted = leaf(tape, name);
    double worst = 0;
    for (size_t i = 0; i < nn_size(wanted); i++)
        worst = fmax(worst, fabs(got[i] - wanted->value[i]));
    if (!(worst <= 1e-7)) /* the file has 9 digits */
        printf("%s differs by %g\n", name, worst);
    CU_ASSERT(worst <= 1e-7);
}

static void start(struct nn_tape *tape)
{
    nn_tape_init(tape, 1);
    nn_tape_start(tape, true);
}

static void likelihood(void)
{
    struct nn_tape tape;
    start(&tape);
    struct nn_tensor *mean = leaf(&tape, "likelihood.mean"), *log_variance = leaf(&tape, "likelihood.log_variance");
    struct nn_tensor *loss = nn_gaussian_error(&tape, mean, log_variance, leaf(&tape, "likelihood.wanted"));
    nn_backward(&tape, loss);
    check(&tape, "likelihood.loss", loss->value);
    check(&tape, "likelihood.d_mean", mean->grad);
    check(&tape, "likelihood.d_log_variance", log_variance->grad);
    nn_tape_fini(&tape);
}

static void mixture(void)
{
    struct nn_tape tape;
    start(&tape);
    struct nn_tensor *mean = leaf(&tape, "mixture.mean"), *log_variance = leaf(&tape, "mixture.log_variance");
    struct nn_mixture of = {leaf(&tape, "mixture.weights"), leaf(&tape, "mixture.means"),
                            leaf(&tape, "mixture.log_variances")};
    struct nn_tensor *loss = nn_mixture_divergence(&tape, mean, log_variance, &of);
    nn_backward(&tape, loss);
    check(&tape, "mixture.loss", loss->value);
    check(&tape, "mixture.d_mean", mean->grad);
    check(&tape, "mixture.d_log_variance", log_variance->grad);
    check(&tape, "mixture.d_weights", of.weights->grad);
    check(&tape, "mixture.d_means", of.means->grad);
    check(&tape, "mixture.d_log_variances", of.log_variances->grad);
    nn_tape_fini(&tape);
}

static void categories(void)
{
    struct nn_tape tape;
    start(&tape);
    struct nn_tensor *logits = leaf(&tape, "categories.logits"), *prior = leaf(&tape, "categories.prior");
    check(&tape, "categories.even_loss", nn_categorical_divergence(&tape, logits, NULL)->value);
    struct nn_tensor *loss = nn_categorical_divergence(&tape, logits, prior);
    nn_backward(&tape, loss);
    check(&tape, "categories.loss", loss->value);
    check(&tape, "categories.d_logits", logits->grad);
    check(&tape, "categories.d_prior", prior->grad);
    nn_tape_fini(&tape);
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {
        {"likelihood", likelihood}, {"mixture", mixture}, {"categories", categories}, {0}};
    return weir_test_main("learn/detect/vgru_reference", cases, argc, argv);
}
