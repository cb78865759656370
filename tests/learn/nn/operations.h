/* A use of each operation of nets, for tests that are about all of them. */
#ifndef WEIR_TESTS_LEARN_NN_OPERATIONS_H
#define WEIR_TESTS_LEARN_NN_OPERATIONS_H

#include "policies/learn/nn/layer.h"

/* Small unless a build says otherwise. */
#ifndef NN_TEST_COLUMNS
#define NN_TEST_COLUMNS 4
#define NN_TEST_UNITS   5
#endif

/* Parameter 0 is x, steps x rows x columns, written as 21 rows; 1 is y, another of its shape; a layer's follow. */
enum { STEPS = 7, ROWS = 3, COLUMNS = NN_TEST_COLUMNS, UNITS = NN_TEST_UNITS };

struct nn_test_operation {
    enum nn_op_kind kind; /* what the case is about; noted as checked */
    const char *name;
    struct nn_tensor *(*run)(struct nn_tape *tape, const struct nn_params *params,
                             const struct nn_test_operation *operation);
    int number, more[4];
};
extern const struct nn_test_operation nn_test_operations[];
extern const size_t nn_test_operation_count;

void nn_test_add_params(const struct nn_test_operation *operation, struct nn_params *params);

/* Parameter 0 or 1 in its shape. */
struct nn_tensor *nn_test_series(struct nn_tape *tape, const struct nn_params *params, int index);

/* The mean of (out - something fixed)^2: a number in which each output counts otherwise. */
struct nn_tensor *nn_test_judge(struct nn_tape *tape, struct nn_tensor *out);

/* The operation `with` as one number. */
struct nn_tensor *nn_test_judged(struct nn_tape *tape, const struct nn_params *params, const void *with);

#endif
