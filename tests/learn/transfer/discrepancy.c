/* MMD and CMMD against the reference and against central differences, in double precision. */
#include "policies/learn/transfer/discrepancy.h"

#include "sim/base/memory.h"
#include "tests/learn/nn/check.h"
#include "tests/learn/nn/numbers.h"

static const char reference[] = "tests/data/transfer-reference.txt";
enum { A, YA, B, YB, POINTS };
static const char *const names[POINTS] = {"a", "ya", "b", "yb"};

struct points {
    struct nn_params params; /* a, ya, b, yb */
    double s2[2];            /* of the reference: features, outputs */
};

static void read_points(struct points *points)
{
    struct weir_stream stream = weir_stream_open(1, "points");
    *points = (struct points){0};
    for (int i = 0; i < POINTS; i++) {
        char *name = weir_format("points.%s", names[i]);
        struct test_numbers numbers = test_numbers_read(reference, name);
        nn_params_add(&points->params, names[i], numbers.rows, numbers.columns, 0, &stream);
        memcpy(points->params.values + points->params.arrays[i].first, numbers.values,
               (size_t)(numbers.rows * numbers.columns) * sizeof(double));
        free(numbers.values);
        free(name);
    }
    struct test_numbers s2 = test_numbers_read(reference, "points.s2");
    memcpy(points->s2, s2.values, sizeof points->s2);
    free(s2.values);
}

static void check_array(const char *prefix, const char *array, const double *got)
{
    char *name = weir_format("%s.%s", prefix, array);
    struct test_numbers wanted = test_numbers_read(reference, name);
    for (int i = 0; i < wanted.rows * wanted.columns; i++)
        CHECK_NEAR(got[i], wanted.values[i], 1e-9 * fmax(1, fabs(wanted.values[i])));
    free(wanted.values);
    free(name);
}

static struct nn_tensor *mmd(struct nn_tape *tape, const struct nn_params *params, const void *with)
{
    const struct points *points = with;
    return transfer_mmd(tape, nn_params_tensor(tape, params, A), nn_params_tensor(tape, params, B), points->s2[0]);
}

static struct nn_tensor *cmmd(struct nn_tape *tape, const struct nn_params *params, const void *with)
{
    const struct points *points = with;
    struct nn_tensor *in[POINTS];
    for (int i = 0; i < POINTS; i++)
        in[i] = nn_params_tensor(tape, params, i);
    return transfer_cmmd(tape, in[A], in[YA], in[B], in[YB], points->s2[0], points->s2[1], 0.1);
}

static void equal_reference(void)
{
    static const struct {
        const char *prefix;
        nn_checked function;
        bool outputs; /* has gradients by the outputs */
    } rows[] = {{"mmd", mmd, false}, {"cmmd", cmmd, true}};
    struct points points;
    read_points(&points);
    for (int i = 0; i < 2; i++) {
        struct nn_tape tape;
        nn_tape_init(&tape, 1);
        nn_tape_start(&tape, true);
        nn_params_clear_grads(&points.params);
        struct nn_tensor *value = rows[i].function(&tape, &points.params, &points);
        check_array(rows[i].prefix, "value", value->value);
        nn_backward(&tape, value);
        for (int k = 0; k < POINTS; k++) {
            char *name = weir_format("d_%s", names[k]);
            if (k == A || k == B || rows[i].outputs)
                check_array(rows[i].prefix, name, points.params.grads + points.params.arrays[k].first);
            free(name);
        }
        nn_tape_fini(&tape);
    }
    nn_params_fini(&points.params);
}

static void gradients(void)
{
    struct points points;
    read_points(&points);
    nn_check_gradients("mmd", mmd, &points.params, &points);
    nn_check_gradients("cmmd", cmmd, &points.params, &points);
    nn_params_fini(&points.params);
}

static void bandwidths(void)
{
    struct points points;
    read_points(&points);
    struct nn_tape tape;
    nn_tape_init(&tape, 1);
    nn_tape_start(&tape, false);
    for (int i = 0; i < 2; i++)
        CHECK_NEAR(transfer_bandwidth(nn_params_tensor(&tape, &points.params, i),
                                      nn_params_tensor(&tape, &points.params, i + 2)),
                   points.s2[i], 1e-12);
    /* rows 0, 0 and 2: squares 0, 4, 4, median 4, half of it; all rows equal: the least that there is */
    double values[] = {0, 0, 2};
    struct nn_tensor *pair = nn_tensor_of(&tape, values, NULL, 1, 2, 1),
                     *one = nn_tensor_of(&tape, values + 2, NULL, 1, 1, 1);
    CHECK_NEAR(transfer_bandwidth(pair, one), 2, 0);
    values[2] = 0;
    CHECK_NEAR(transfer_bandwidth(pair, one), 1e-8, 0);
    /* a sample against itself: nothing between them */
    struct nn_tensor *a = nn_params_tensor(&tape, &points.params, A), *ya = nn_params_tensor(&tape, &points.params, YA);
    CHECK_NEAR(transfer_mmd(&tape, a, a, 1)->value[0], 0, 1e-14);
    CHECK_NEAR(transfer_cmmd(&tape, a, ya, a, ya, 1, 1, 0.7)->value[0], 0, 1e-12);
    nn_tape_fini(&tape);
    nn_params_fini(&points.params);
}

int main(int argc, char **argv)
{
    static const struct weir_case cases[] = {
        {"reference", equal_reference}, {"gradients", gradients}, {"bandwidths", bandwidths}, {0}};
    return weir_test_main("learn/transfer/discrepancy", cases, argc, argv);
}
