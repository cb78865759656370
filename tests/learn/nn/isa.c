/* What is compiled for several instruction sets gives the same bits in each that the processor at hand has: all
 * operations, forward and backward, products of many shapes, and a net's training. Built in single and in double
 * precision.
 */
#include "policies/learn/nn/isa.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "policies/learn/nn/product.h"
#include "policies/learn/nn/train.h"
#include "sim/base/memory.h"
#include "tests/learn/nn/operations.h"
#include "tests/support/test.h"

static const char *const isa_names[NN_ISA_COUNT] = {"default", "avx2", "avx512f"};

/* Limits kernels to a set; false if the processor has not got it. */
static bool take(enum nn_isa isa)
{
    nn_isa_limit(isa);
    return nn_isa() == isa;
}

static void sets(void)
{
    for (int isa = 0; isa < NN_ISA_COUNT; isa++)
        printf("%s %s; ", isa_names[isa], take((enum nn_isa)isa) ? "here" : "not here");
    nn_isa_limit(NN_ISA_COUNT);
#if defined(NN_WIDER)
    CU_ASSERT(__builtin_cpu_supports("avx2") ? nn_isa() >= NN_ISA_AVX2 : nn_isa() == NN_ISA_DEFAULT);
#else
    CU_ASSERT(nn_isa() == NN_ISA_DEFAULT);
#endif
}

/* All that an operation makes: its result and the gradients. To be freed. */
static nn_real *run_operation(const struct nn_test_operation *operation, size_t *count)
{
    struct nn_params params = {0};
    nn_test_add_params(operation, &params);
    params.values[3] = (nn_real)-0.0;
    struct nn_tape tape;
    nn_tape_init(&tape, 1);
    nn_tape_start(&tape, true);
    nn_params_clear_grads(&params);
    struct nn_tensor *loss = nn_test_judged(&tape, &params, operation);
    nn_backward(&tape, loss);
    nn_real *made = weir_alloc(*count = params.size + 1, sizeof *made);
    made[0] = loss->value[0];
    memcpy(made + 1, params.grads, params.size * sizeof *made);
    nn_tape_fini(&tape);
    nn_params_fini(&params);
    return made;
}

static void operations(void)
{
    for (size_t i = 0; i < nn_test_operation_count; i++) {
        const struct nn_test_operation *operation = &nn_test_operations[i];
        size_t count;
        take(NN_ISA_DEFAULT);
        nn_real *wanted = run_operation(operation, &count);
        CU_ASSERT(isfinite(wanted[0]) && wanted[0] != 0);
        for (int isa = 1; isa < NN_ISA_COUNT; isa++) {
            if (!take((enum nn_isa)isa))
                continue;
            nn_real *made = run_operation(operation, &count);
            bool same = memcmp(made, wanted, count * sizeof *made) == 0;
            if (!same)
                printf("%s differs under %s\n", operation->name, isa_names[isa]);
            CU_ASSERT(same);
            free(made);
        }
        free(wanted);
    }
    nn_isa_limit(NN_ISA_COUNT);
}

/* Each shape, turned or not, against a sum over k for each number, in one order: equal to the bit. What is not the
 * result's stays as it was. */
static void product_of(int m, int n, int k, bool turn_a, bool turn_b, bool keep, struct weir_stream *stream)
{
    static nn_real a[150 * 305], b[150 * 305], c[150 * 153], wanted[150 * 153];
    int lda = (turn_a ? m : k) + 1, ldb = (turn_b ? k : n) + 2, ldc = n + 3;
    for (int i = 0; i < lda * (turn_a ? k : m); i++)
        a[i] = (nn_real)(weir_stream_uniform(stream) - 0.5);
    for (int i = 0; i < ldb * (turn_b ? n : k); i++)
        b[i] = (nn_real)(weir_stream_uniform(stream) - 0.5);
    for (int i = 0; i < ldc * m; i++)
        c[i] = wanted[i] = keep || i % ldc >= n ? (nn_real)i : (nn_real)NAN;
    for (int i = 0; i < m; i++)
        for (int j = 0; j < n; j++) {
            nn_real sum = keep ? wanted[i * ldc + j] : 0;
            for (int p = 0; p < k; p++)
                sum += a[turn_a ? p * lda + i : i * lda + p] * b[turn_b ? j * ldb + p : p * ldb + j];
            wanted[i * ldc + j] = sum;
        }
    nn_product(turn_a, turn_b, m, n, k, a, lda, b, ldb, keep, c, ldc);
    CU_ASSERT(memcmp(c, wanted, (size_t)(ldc * m) * sizeof *c) == 0);
}

static void products(void)
{
    const int sizes[] = {1, 2, 3, 4, 5, 16, 31, 64, 67}, depths[] = {0, 1, 2, 17, 63, 64, 65, 130};
    const int count = sizeof sizes / sizeof *sizes, depth_count = sizeof depths / sizeof *depths;
    for (int isa = 0; isa < NN_ISA_COUNT; isa++) {
        if (!take((enum nn_isa)isa))
            continue;
        struct weir_stream stream = weir_stream_open(1, "products");
        for (int i = 0; i < count * count * depth_count * 8; i++) {
            int turn = i % 8, m = sizes[i / 8 % count], n = sizes[i / 8 / count % count];
            product_of(m, n, depths[i / 8 / count / count], turn & 1, turn & 2, turn & 4, &stream);
        }
        product_of(3, 147, 129, false, false, false, &stream);
        product_of(1, 147, 129, false, true, true, &stream);
        for (int turn = 0; turn < 8; turn++) { /* large ones go other ways */
            product_of(147, 133, 300, turn & 1, turn & 2, turn & 4, &stream);
            product_of(66, 126, 258, turn & 1, turn & 2, turn & 4, &stream);
        }
    }
    nn_isa_limit(NN_ISA_COUNT);
}

/* 20 steps of two GRU layers of 21 units with dropout, and Adam; the parameters then. To be freed. */
static nn_real *train(size_t *count)
{
    struct nn_params params = {0};
    struct nn_gru_layer gru[2];
    struct nn_dense_layer out;
    struct weir_stream stream = weir_stream_open(1, "train");
    nn_gru_layer_add(&gru[0], &params, "gru.0", 3, 21, NN_GRU_RESET_AFTER, &stream);
    nn_gru_layer_add(&gru[1], &params, "gru.1", 21, 21, NN_GRU_RESET_BEFORE, &stream);
    nn_dense_layer_add(&out, &params, "out", 21, 1, &stream);
    struct nn_adam adam;
    nn_adam_init(&adam, &params, 0.01);
    struct nn_tape tape;
    nn_tape_init(&tape, 1);
    for (int step = 0; step < 20; step++) {
        nn_tape_start(&tape, true);
        struct nn_tensor *x = nn_input(&tape, 12, 13, 3), *y = nn_input(&tape, 1, 13, 1);
        for (size_t i = 0; i < nn_size(x); i++)
            x->value[i] = (nn_real)weir_stream_uniform(&stream);
        for (size_t i = 0; i < nn_size(y); i++)
            y->value[i] = x->value[i] * x->value[i + 50];
        struct nn_tensor *h = nn_dropout(&tape, nn_gru_layer_run(&tape, &params, &gru[0], x), 0.2);
        h = nn_steps(&tape, nn_gru_layer_run(&tape, &params, &gru[1], h), 11, 1);
        nn_backward(&tape, nn_squared_error(&tape, nn_dense_layer_run(&tape, &params, &out, h), y));
        nn_adam_step(&adam, &params);
    }
    nn_real *values = weir_alloc(*count = params.size, sizeof *values);
    memcpy(values, params.values, params.size * sizeof *values);
    nn_tape_fini(&tape);
    nn_adam_fini(&adam);
    nn_params_fini(&params);
    return values;
}

static void training(void)
{
    size_t count;
    take(NN_ISA_DEFAULT);
    nn_real *wanted = train(&count);
    for (int isa = 1; isa < NN_ISA_COUNT; isa++)
        if (take((enum nn_isa)isa)) {
            nn_real *made = train(&count);
            CU_ASSERT(memcmp(made, wanted, count * sizeof *made) == 0);
            free(made);
        }
    free(wanted);
    nn_isa_limit(NN_ISA_COUNT);
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {
        {"sets", sets}, {"operations", operations}, {"products", products}, {"training", training}, {NULL, NULL},
    };
    return weir_test_main("learn/nn/isa", cases, argc, argv);
}
